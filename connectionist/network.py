"""A network: parts that can be named, and one case at a time through them.

How its parts are found stands in `naming`, how they are put together in `building`, how one case runs through them in
`propagation`, in which order in `schedule`; many cases at once are the engines' affair.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist import lookup, propagation
from connectionist.building import Construction
from connectionist.connection import Weight
from connectionist.copying import copy_into
from connectionist.errors import ParameterError, WiringError, check_number
from connectionist.examples import ExampleSet
from connectionist.fitting import Values, check_fit, check_values, fit_inputs, fit_targets
from connectionist.group import Group
from connectionist.schedule import Schedule, make_schedule
from connectionist.seeds import stream
from connectionist.state import Array

DEFAULT_ENGINE = "compiled"


class Network(Construction):
    """Units and connections that can be addressed by name.

    Parameters
    ----------
    name : str
        For messages and reports.
    tie_derivative : {"mean", "sum"}
        What the derivative of a tied weight is of its connections' derivatives: their mean (Rumelhart, Hinton & Williams
        1986) or their sum (the 1988 PDP programs, LENS, tlearn).

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

    _schedule: Schedule | None

    def __init__(self, name: str = "network", tie_derivative: str = "mean") -> None:
        super().__init__(name)
        self.tie_derivative = tie_derivative

    @property
    def tie_derivative(self) -> str:
        """What the derivative of a tied weight is of its connections' derivatives, "mean" or "sum"; assignable."""
        return self._tie_derivative

    @tie_derivative.setter
    def tie_derivative(self, tie_derivative: str) -> None:
        if tie_derivative not in ("mean", "sum"):
            raise ParameterError(f"Network.tie_derivative: must be 'mean' or 'sum' (got {tie_derivative!r})")
        self._tie_derivative = tie_derivative

    @property
    def weight_values(self) -> Array:
        """A new array of every weight's value, in the order of `weights`; assignable."""
        return self.weight_state.array("value")[self.weight_rows]

    @weight_values.setter
    def weight_values(self, values: npt.ArrayLike) -> None:
        self.weight_state.array("value")[self.weight_rows] = check_values(values, len(self.weights), f"{self.name}.weight_values")

    @property
    def schedule(self) -> Schedule:
        """The order of computation, derived anew when the graph has changed.

        Raises
        ------
        WiringError
            When a projection has a delay: networks in time can be built, but not yet run.
        LoopError
            When connections without delay form a loop.
        """
        if self._schedule is None:
            self._refuse_delays()
            self._schedule = make_schedule(
                self._graph, tuple(self._groups.values()), self._projections, self.connections, self.weight_state.size
            )
        return self._schedule

    def randomize(self, half_range: float, seed: int = 0, among: Iterable[Weight] | None = None) -> None:
        """Draw every trainable weight, biases included, uniformly from ±`half_range`.

        Parameters
        ----------
        half_range : float
            At least 0.
        seed : int
            Root seed; the numbers come from its stream "weights", in the order of `weights`.
        among : iterable of Weight, optional
            Draw only these; a frozen weight is left alone all the same.

        Raises
        ------
        ParameterError
            When the range or the seed is out of range.
        """
        check_number("randomize", "half_range", half_range, at_least=0)
        drawn = [weight for weight in (self.weights if among is None else among) if weight.trainable]
        for weight, value in zip(drawn, stream(seed, "weights").uniform(-half_range, half_range, len(drawn)), strict=True):
            weight.value = float(value)

    def forward(self, inputs: Values) -> Array:
        """Clamp the input units and activate the rest, object by object.

        Parameters
        ----------
        inputs : array_like [input unit] or dict of group name to array_like
            Finite numbers, in the order of the input groups; or by group.

        Returns
        -------
        array [output unit]
            Activations of the output groups, in their order.

        Raises
        ------
        PatternError
            When their number is wrong or one is not finite.
        """
        propagation.forward(self.schedule, fit_inputs(inputs, self._with_role("input")).tolist())
        self._is_activated = True
        return np.array([unit.activation for unit in self.schedule.outputs])

    def backward(self, targets: Values) -> float:
        """Compare the output of the last `forward` with targets and hand the error derivatives back, object by object.

        Parameters
        ----------
        targets : array_like [output unit] or dict of group name to array_like
            NaN means "no target".

        Returns
        -------
        float
            E of this case. Every unit and weight then holds its derivatives for this case.

        Raises
        ------
        PatternError
            When their number is wrong, or one is infinite or out of the error function's range.
        WiringError
            When nothing has been propagated forward since the network was built or rewired.
        """
        if not self._is_activated:
            raise WiringError(f"{self.name}.backward: call forward first; the network was built or rewired since")
        goals = fit_targets(targets, self._with_role("output"))
        propagation.clear_derivatives(self.weight_state)
        error = propagation.compare(self.schedule, self.state, goals.tolist())
        propagation.backward(self.schedule)
        propagation.average_ties(self.schedule, self.tie_derivative)
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
        array [case, output unit]
        """
        check_fit(self.groups, examples)
        found: Any = lookup.find("engines", engine)() if isinstance(engine, str) else engine
        if not hasattr(found, "outputs"):
            raise ParameterError(f"{self.name}.outputs, engine: must be the name of an engine or an Engine (got {engine!r})")
        outputs: Array = found.outputs(self, examples)
        self._is_activated = True
        return outputs

    def copy(self) -> Network:
        """Return a second network like this one: groups, wiring, ties, lesions, weights and state, and nothing shared."""
        twin = Network(self.name, self.tie_derivative)
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
        groups = ", ".join(f"{group.name} {len(group)}" for group in self.groups)
        return f"<Network {self.name}: {groups}; {len(self.connections)} connections>"

    def _refuse_delays(self) -> None:
        for projection in self.projections:
            if projection.delay and not all(map(self._lesions.hides, projection)):
                raise WiringError(
                    f"{self.name}: the projection {projection.name} has a delay of {projection.delay}; networks in time can be built "
                    f"but not yet run, and running this one without its delays would be another network"
                )

    def _with_role(self, role: str) -> list[Group]:
        return [group for group in self.groups if group.role == role]

    def _rewired(self) -> None:
        super()._rewired()
        self._schedule = None
        self._is_activated = False
