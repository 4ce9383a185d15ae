"""The trainable weights of a network, each with its rule and what that remembers: how object by object a change is made.

What the last change was made from is left with the weights' state (`last_change`), so that `Connection.explain` can tell it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connectionist.engines.rates import weight_rates
from connectionist.errors import unknown
from connectionist.model.last_update import LastChange
from connectionist.plugins.rules import LocalRule, Rule, UpdateRule, WholeNetRule

if TYPE_CHECKING:
    import numpy.typing as npt

    from connectionist.model.connection import Weight
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array


class WeightUpdates:
    """The weights of a network that a rule is to change.

    Parameters
    ----------
    network : Network
    rule : Rule
        One that changes each weight by a formula, that is, no `SearchRule`.
    memory : dict of str to array [weight]
        What the rule remembers, in the order of ``net.weights``; read here, and written by `write_back`.

    Attributes
    ----------
    learners : list of WeightUpdate
        In the order of ``net.weights``.
    examples : int
        After how many examples the last change was made, as whoever asks for it notes; 0 before the first.
    """

    def __init__(self, network: Network, rule: Rule, memory: dict[str, Array]) -> None:
        self.network = network
        self.rule = rule
        self.learners = [WeightUpdate(weight, own, memory, place) for place, weight, own in trainable_weights(network, rule)]
        self.examples = 0

    def change(self, gatherer: SignalSum | None) -> None:
        """Let the rule change every trainable weight once."""
        extra = self.summary()
        for learner in self.learners:
            learner.change(gatherer.sums[learner.weight] if gatherer else learner.weight.derivative, extra)

    def summary(self) -> tuple[float, ...]:
        """Return the number that the rule makes from all derivatives, if it makes one."""
        if isinstance(self.rule, WholeNetRule):
            return (self.rule.summarize([learner.weight.derivative for learner in self.learners]),)
        return ()

    def write_back(self, *, is_known: bool = True) -> None:
        """Leave what is remembered in the memory's arrays, and what the last change was made from, if that is known, with the weights."""
        for learner in self.learners:
            learner.write_back()
        if not is_known:
            self.network.weight_state.last_change = None
        elif self.examples and self.learners:
            self.network.weight_state.last_change = self._last_change()

    def _last_change(self) -> LastChange:
        import numpy as np

        before = [learner.before for learner in self.learners]
        names = self.rule.memory
        return LastChange(
            rule=self.rule,
            rows=np.array([learner.weight.row for learner in self.learners], dtype=np.intp),
            rates=np.array([getattr(learner.rule, "rate", np.nan) for learner in self.learners]),
            values=np.array([value for value, _, _ in before]),
            derivatives=np.array([derivative for _, derivative, _ in before]),
            memory={name: np.array([remembered[number] for _, _, remembered in before]) for number, name in enumerate(names)},
            examples=self.examples,
        )


class WeightUpdate:
    """One trainable weight, its rule and what the rule remembers for it.

    Attributes
    ----------
    before : tuple
        Weight, derivative or signal, and what was remembered, as the last change was made from them.
    """

    __slots__ = ("before", "memory", "place", "remembered", "rule", "weight")

    def __init__(self, weight: Weight, rule: Rule, memory: dict[str, Array], place: int) -> None:
        self.weight = weight
        self.rule = rule
        self.memory = memory
        self.place = place
        self.remembered = [float(memory[name][place]) for name in rule.memory]
        self.before: tuple[float, float, list[float]] = (weight.value, 0.0, self.remembered)

    def change(self, derivative_or_signal: float, extra: tuple[float, ...]) -> None:
        """Make one change: w ← (w + Δw)(1 − decay)."""
        rule = self.rule
        assert isinstance(rule, (UpdateRule, WholeNetRule, LocalRule))
        weight = self.weight
        value, remembered = weight.value, self.remembered
        self.before = value, derivative_or_signal, remembered
        change, *self.remembered = rule.change(value, derivative_or_signal, *extra, *remembered)
        weight.change = change
        weight._overwrite((value + change) * (1.0 - rule.decay))

    def write_back(self) -> None:
        """Leave what is remembered in the arrays by name."""
        for name, remembered in zip(self.rule.memory, self.remembered, strict=True):
            self.memory[name][self.place] = remembered


class SignalSum:
    """Sums a local rule's signals, connection by connection and case by case."""

    def __init__(self, network: Network, rule: LocalRule) -> None:
        self.network = network
        self.rule = rule
        self.sums = dict.fromkeys(network.weights, 0.0)

    def gather(self, stage: Network) -> None:
        """Add every connection's signal in the present case, averaged over the connections tied to it unless ties are summed."""
        sums = dict.fromkeys(self.sums, 0.0)
        for connection in stage.connections:
            receiver = connection.receiver
            target = receiver.target if receiver.group.role == "output" else float("nan")
            sums[connection.weight] += self.rule.signal(connection.weight.value, connection.sender.activation, receiver.activation, target)
        tied = stage.schedule.tied if self.network.tie_derivative == "mean" else {}
        for weight, signal in sums.items():
            self.sums[weight] += signal / tied.get(weight, 1)


def trainable_weights(network: Network, rule: Rule) -> list[tuple[int, Weight, Rule]]:
    """Return, in the order of ``net.weights``, the place of each weight to train, it, and the rule with its rate."""
    copies = network.schedule.copies
    return [
        (place, weight, rule.at(rate))
        for place, (weight, rate) in enumerate(zip(network.weights, weight_rates(network, rule).tolist(), strict=True))
        if weight.trainable and copies[weight.row]
    ]


def check_memory(memory: Mapping[str, npt.ArrayLike] | None, network: Network, rules: Sequence[Rule], what: str) -> dict[str, Array]:
    """Return the memory to go on from, if every name of it is one of a rule's.

    Raises
    ------
    UnknownNameError
        When none of the rules remembers anything of that name.
    DataError
        When there is not one finite number for each weight.
    """
    from connectionist.model.assembly.validation import check_values

    known = list(dict.fromkeys(name for rule in rules for name in rule.memory))
    for name in memory or {}:
        if name not in known:
            raise unknown("memory of the rule", name, known)
    count = len(network.weights)
    return {name: check_values(values, count, f"{what}[{name!r}]") for name, values in (memory or {}).items()}
