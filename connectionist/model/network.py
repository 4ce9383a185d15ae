"""A network: parts that can be named, and one case at a time through them.

How its parts are found stands in `naming`, how they are put together in `building` and `rebuilding`, how they are copied for each tick in
`unrolling`, where a case runs in `staging`, how in `propagation`, in which order in `schedule`; many cases are the engines' affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.errors import DataError, ParameterError, WiringError
from connectionist.model.assembly.copying import copy_into
from connectionist.model.assembly.staging import Staged, enter
from connectionist.model.assembly.validation import Values, check_fit, fit_goals
from connectionist.model.propagation import passes, truncation
from connectionist.model.time.unrolling import copy_last_tick_to
from connectionist.plugins import registry
from connectionist.utils.arrays import Array
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    pass

DEFAULT_ENGINE = "compiled"
MOST_GROUPS = 10  # named when a network is printed; an unrolled one may have thousands


class Network(Staged, HtmlRepr):
    """Units and connections that can be addressed by name.

    Parameters
    ----------
    name : str
        For messages and reports.
    tie_derivative : {"mean", "sum"}
        What the derivative of a tied weight is of its connections' derivatives: their mean (Rumelhart, Hinton & Williams
        1986) or their sum (the 1987 PDP programs, LENS; tlearn sums over ticks, but takes the mean over linked weights).
        Connections at each tick of a network in time are tied.
    ticks_back : int, optional
        Through how many ticks the error of one tick is carried back, that tick included; all unless given.

    Attributes
    ----------
    state : UnitState
        Every number of every unit, one array per quantity.
    weight_state : WeightState
        Every number of every weight.

    Examples
    --------
    >>> net = Network("xor")
    >>> net.add_group("input", 2, role="input")
    <Group input, 2 input units>
    >>> net.add_group("output", 1, role="output")
    <Group output, 1 output units>
    >>> net.connect("input", "output", weights=[[2.0], [-1.0]])
    <Projection input → output, 2 connections>
    >>> net.forward([0, 0])
    array([0.5])
    """

    def __init__(self, name: str = "network", tie_derivative: str = "mean", ticks_back: int | None = None) -> None:
        super().__init__(name, tie_derivative, ticks_back)

    def forward(self, inputs: Values) -> Array:
        """Clamp the input units and activate the rest, object by object.

        A network in time starts from its initial state and runs for as many ticks as there are patterns, unrolled (`unrolled` is where);
        its own units then show the last tick.

        Parameters
        ----------
        inputs : array_like [input unit] or dict of group name to array_like
            Finite numbers, in the order of the input groups; or by group. For a network in time [tick, input unit].

        Returns
        -------
        array [output unit] or [tick, output unit]
            Activations of the output groups, in their order.

        Raises
        ------
        DataError
            When their number is wrong, one is not finite, or a network in time is given a single pattern.
        MemoryLimitError
            When there are so many ticks that the copies would not fit into memory.
        """
        stage, given = enter(self, inputs)
        passes.run(stage, given)
        copy_last_tick_to(self, stage)
        outputs = np.array([unit.activation for unit in stage.schedule.outputs])
        return outputs if stage is self else outputs.reshape(stage.ticks or 1, -1)

    def backward(self, targets: Values) -> float:
        """Compare the output of the last `forward` with targets and hand the error derivatives back, object by object.

        Parameters
        ----------
        targets : array_like [output unit] or dict of group name to array_like
            NaN means "no target". For a network in time [tick, output unit], as many ticks as `forward` had.

        Returns
        -------
        float
            E of this case. Every unit and weight then holds its derivatives for this case.

        Raises
        ------
        DataError
            When their number is wrong, or one is infinite or out of the error function's range.
        WiringError
            When nothing has been propagated forward since the network was built or rewired or, in time, run by an engine.
        """
        stage = self._stage
        if stage is None:
            raise WiringError(f"{self.name}.backward: call forward first; the network was built or rewired, or an engine ran it, since")
        goals = fit_goals(targets, self.groups, self.in_time, stage.ticks, f"{self.name}.backward")
        passes.clear_derivatives(self.weight_state)
        error = truncation.differentiate(stage, goals)
        passes.average_ties(stage.schedule, self.tie_derivative)
        copy_last_tick_to(self, stage)
        return error

    def outputs(self, examples: ExampleSet, engine: object = DEFAULT_ENGINE) -> Array:
        """Return the activations of the output units for each example.

        Parameters
        ----------
        examples : ExampleSet
        engine : str or Engine
            Who computes them.

        Returns
        -------
        array [case, output unit] or [case, tick, output unit]
            NaN at ticks that an example does not have.
        """
        return self._ask(engine, examples, "outputs")

    def activations(self, examples: ExampleSet, group: str, engine: object = DEFAULT_ENGINE) -> Array:
        """Return the activations of a group's units for each example.

        Parameters
        ----------
        examples : ExampleSet
        group : str
        engine : str or Engine
            Who computes them.

        Returns
        -------
        array [case, unit] or [case, tick, unit]
            NaN at ticks that an example does not have.
        """
        return self._ask(engine, examples, "activations", self[group].units)

    def copy(self) -> Network:
        """Return a second network like this one: groups, wiring, ties, lesions, weights and state, and nothing shared."""
        if self._original is not None:
            raise WiringError(f"{self.name}.copy: copy the network it was unrolled from, {self._original.name}, and unroll that")
        twin = Network(self.name, self.tie_derivative, self.ticks_back)
        copy_into(twin, self)
        return twin

    def __copy__(self) -> Network:
        return self.copy()

    def __deepcopy__(self, _: dict[int, Any]) -> Network:
        return self.copy()

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError(
            f"{self.name}: a network cannot be pickled; keep its weights with connectionist.save_weights, or copy it with .copy()"
        )

    def __repr__(self) -> str:
        named = [f"{group.name} {len(group)}" for group in self.groups]
        groups = ", ".join(named if len(named) <= MOST_GROUPS else [*named[:MOST_GROUPS], f"… and {len(named) - MOST_GROUPS} more"])
        return f"<Network {self.name}: {groups or 'no groups'}; {len(self.connections)} connections>"

    def check(self, examples: ExampleSet) -> None:
        """Refuse examples that this network cannot take.

        Raises
        ------
        DataError
            When the number of inputs or targets is wrong, a target is out of its error function's range, or a network in time is given
            examples without ticks.
        """
        check_fit(self.groups, examples, self.in_time)
        if self.ticks is not None and examples.lengths is not None:
            raise DataError(
                f"{self.name}: an unrolled network takes single patterns, those of all its ticks one after the other (got ticks)"
            )

    def _ask(self, engine: object, examples: ExampleSet, what: str, *given: object) -> Array:
        self.check(examples)
        found: Any = registry.find("engines", engine)() if isinstance(engine, str) else engine
        if not hasattr(found, what):
            raise ParameterError(f"{self.name}.{what}, engine: must be the name of an engine or an Engine (got {engine!r})")
        answer: Array = getattr(found, what)(self, examples, *given)
        self._was_run()
        return answer
