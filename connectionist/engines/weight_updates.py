"""Updates of the weights, one weight object at a time. Each trainable weight has its rule and the state that the rule keeps for it.

The inputs of the last change are stored with the weights (`last_update`), so that `Connection.explain` can show them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING

from connectionist.engines.rates import weight_limits, weight_rates
from connectionist.errors import DataError, unknown_name
from connectionist.model.last_update import LastUpdate
from connectionist.plugins.formula_faults import check_change, checked_summary
from connectionist.plugins.rules import LocalRule, Rule, UpdateRule, WholeNetRule
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import numpy.typing as npt

    from connectionist.model.connection import Weight
    from connectionist.model.network import Network
    from connectionist.plugins.procedures import SignalProcedure
    from connectionist.utils.arrays import Array


class WeightUpdates:
    """The trainable weights of a network, with the rule that changes them.

    Parameters
    ----------
    network : Network
    rule : Rule
        Any rule except a `SearchRule`.
    memory : dict of str to array [weight]
        State of the rule by name, in the order of ``net.weights``. It is read here and written by `write_back`.

    Raises
    ------
    PluginError
        If the rule's `change` does not return what it must.

    Attributes
    ----------
    updates : list of WeightUpdate
        In the order of ``net.weights``.
    examples : int
        Number of examples that the last change was made from. The caller sets it; 0 before the first change.
    error : float
        E, summed over these examples. The caller sets it.
    clip : pair of str and float, or None
        What is done to the derivatives before a change, see `Phase`. The caller sets it.
    """

    def __init__(self, network: Network, rule: Rule, memory: dict[str, Array]) -> None:
        check_change(rule)
        self.network = network
        self.rule = rule
        self.updates = [WeightUpdate(weight, weight_rule, memory, index) for index, weight, weight_rule in trainable_weights(network, rule)]
        self.limits = weight_limits(network)
        self.examples = 0
        self.error = 0.0
        self.clip: tuple[str, float] | None = None

    def change(self, signals: SignalSum | None) -> None:
        """Change every trainable weight once, from the summed signals if they are given, else from the derivatives."""
        self._clip()
        summary = self.summary()
        for update in self.updates:
            update.change(signals.sums[update.weight] if signals else update.weight.derivative, summary)
        if self.limits is not None:
            lowest, highest = self.limits
            for update in self.updates:
                update.limit(lowest[update.index], highest[update.index])

    def _clip(self) -> None:
        """Clip or scale the derivatives."""
        if self.clip is None:
            return
        kind, limit = self.clip
        weights = [update.weight for update in self.updates]
        if kind == "value":
            for weight in weights:
                weight.derivative = limit if weight.derivative > limit else max(weight.derivative, -limit)
            return
        square = 0.0
        for weight in weights:
            square += weight.derivative * weight.derivative
        length = sqrt(square)
        if length > (limit if kind == "length" else 0.0):
            for weight in weights:
                weight.derivative *= limit / length

    def summary(self) -> tuple[float, ...]:
        """Return the number that a `WholeNetRule` computes from all derivatives and from E; empty for other rules."""
        if not isinstance(self.rule, WholeNetRule):
            return ()
        return checked_summary(self.rule, [update.weight.derivative for update in self.updates], self.error)

    def write_back(self, *, is_known: bool = True) -> None:
        """Write the state of the rule to the arrays of `memory`, and store the inputs of the last change with the weights.

        Parameters
        ----------
        is_known : bool
            False if the inputs of the last change do not explain the present weights, as after a divergence. No inputs are then stored.
        """
        for update in self.updates:
            update.write_back()
        if not is_known:
            self.network.weight_state.last_update = None
        elif self.examples and self.updates:
            self.network.weight_state.last_update = self._last_update()

    def _last_update(self) -> LastUpdate:
        import numpy as np

        inputs = [update.last_inputs for update in self.updates]
        names = self.rule.memory
        return LastUpdate(
            rule=self.rule,
            rows=np.array([update.weight.row for update in self.updates], dtype=np.intp),
            rates=np.array([getattr(update.rule, "rate", np.nan) for update in self.updates]),
            values=np.array([value for value, _, _ in inputs]),
            derivatives=np.array([derivative for _, derivative, _ in inputs]),
            memory={name: np.array([memory[number] for _, _, memory in inputs]) for number, name in enumerate(names)},
            examples=self.examples,
            error=self.error,
            clip=self.clip,
        )


class WeightUpdate:
    """One trainable weight, its rule, and the state that the rule keeps for it.

    Parameters
    ----------
    weight : Weight
    rule : Rule
        Rule with the learning rate of this weight.
    memory : dict of str to array [weight]
    index : int
        Index of the weight in ``net.weights``.

    Attributes
    ----------
    own_memory : list of float
        State that the rule keeps for this weight, in the order of ``rule.memory``.
    last_inputs : tuple
        Value, derivative or signal, and state of the rule from which the last change was made.
    """

    __slots__ = ("index", "last_inputs", "memory", "own_memory", "rule", "weight")

    def __init__(self, weight: Weight, rule: Rule, memory: dict[str, Array], index: int) -> None:
        self.weight = weight
        self.rule = rule
        self.memory = memory
        self.index = index
        self.own_memory = [float(memory[name][index]) for name in rule.memory]
        self.last_inputs: tuple[float, float, list[float]] = (weight.value, 0.0, self.own_memory)

    def change(self, derivative_or_signal: float, summary: tuple[float, ...]) -> None:
        """Make one change: w ← (w + Δw)(1 − decay)."""
        rule = self.rule
        assert isinstance(rule, (UpdateRule, WholeNetRule, LocalRule))
        weight = self.weight
        value, memory = weight.value, self.own_memory
        self.last_inputs = value, derivative_or_signal, memory
        change, *self.own_memory = rule.change(value, derivative_or_signal, *summary, *memory)
        weight.change = change
        weight._overwrite((value + change) * (1.0 - rule.decay))

    def limit(self, lowest: float, highest: float) -> None:
        """Cut the weight to its limits. NaN stays, so that divergence is noticed."""
        value = self.weight.value
        if value < lowest or value > highest:
            self.weight._overwrite(lowest if value < lowest else highest)

    def write_back(self) -> None:
        """Write the state of the rule to the arrays of `memory`."""
        for name, value in zip(self.rule.memory, self.own_memory, strict=True):
            self.memory[name][self.index] = value


class SignalSum:
    """Sums of the signals of a procedure with one phase, over cases and all ticks, by weight.

    Parameters
    ----------
    network : Network
    procedure : SignalProcedure

    Attributes
    ----------
    sums : dict of Weight to float
    """

    def __init__(self, network: Network, procedure: SignalProcedure) -> None:
        self.network = network
        self.procedure = procedure
        self.sums = dict.fromkeys(network.weights, 0.0)

    def add_case(self, unrolled: Network) -> None:
        """Add the signals of the present case.

        The signal of a tied weight is the mean or the sum over its connections, according to ``network.tie_derivative``.

        Parameters
        ----------
        unrolled : Network
            Network in which the case ran: the unrolled network, or the network itself if it does not run in time.
        """
        sums = dict.fromkeys(self.sums, 0.0)
        for connection in unrolled.connections:
            receiver = connection.receiver
            target = receiver.target if receiver.group.role == "output" else float("nan")
            sums[connection.weight] += self.procedure.signal(
                connection.weight.value, connection.sender.activation, receiver.activation, target
            )
        tied = unrolled.schedule.tied if self.network.tie_derivative == "mean" else {}
        for weight, signal in sums.items():
            self.sums[weight] += signal / tied.get(weight, 1)


def trainable_weights(network: Network, rule: Rule) -> list[tuple[int, Weight, Rule]]:
    """Return the weights that training changes: trainable, and carried by at least one connection that is not lesioned.

    Returns
    -------
    list of (int, Weight, Rule)
        Index in ``net.weights``, weight, and rule with the learning rate of the weight, in the order of ``net.weights``.
    """
    counts = network.schedule.connection_counts
    return [
        (index, weight, rule.at(rate))
        for index, (weight, rate) in enumerate(zip(network.weights, weight_rates(network, rule).tolist(), strict=True))
        if weight.trainable and counts[weight.row]
    ]


def check_memory(memory: Mapping[str, npt.ArrayLike] | None, network: Network, rules: Sequence[Rule], what: str) -> dict[str, Array]:
    """Return the initial state of the rules as arrays.

    Parameters
    ----------
    memory : dict of str to array_like [weight] or None
    network : Network
    rules : sequence of Rule
    what : str
        Name of the argument, for error messages.

    Returns
    -------
    dict of str to array [weight]

    Raises
    ------
    UnknownNameError
        If no rule keeps state under one of the names.
    DataError
        If there is not exactly one finite number per weight.
    """
    if memory is None:
        return {}
    from connectionist.model.assembly.validation import check_values

    if not isinstance(memory, Mapping):
        raise DataError(f"{what}: must be a dict of name to numbers, as run.memory (got {shown(memory)})")
    known = list(dict.fromkeys(name for rule in rules for name in rule.memory))
    for name in memory:
        if name not in known:
            raise unknown_name("memory of the rule", name, known)
    count = len(network.weights)
    return {name: check_values(values, count, f"{what}[{name!r}]") for name, values in memory.items()}
