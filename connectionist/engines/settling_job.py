"""What an engine is given to settle a network, and what it returns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from numbers import Real
from operator import is_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.errors import DataError, ParameterError, WiringError, check_number
from connectionist.model.assembly.validation import CaseInputs, validate_case_inputs
from connectionist.model.perturbation import has_drawn_noise, logistic_scale_of
from connectionist.model.time.unrolling import longest_delay
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array, as_table, check_no_set
from connectionist.utils.finite_list import finite_list
from connectionist.utils.functions import takes
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.random_streams import random_stream
from connectionist.utils.real_number import plain_number
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.assembly.validation import Values
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.timing import Timing

ORDERS = ("synchronous", "fixed", "permuted", "sampled")
ALLOWED_ORDERS = f"one of {', '.join(ORDERS)}, or a sequence of units or their names"
SMALLEST = 2.0**-54  # in place of a random number of 0
TEMPERATURE, GAIN = "temperature", "gain"
Cases = ExampleSet | Iterable["Values"] | npt.ArrayLike
NO_CLAMPS: Mapping[str, Array] = MappingProxyType({})


class SettlingJob(NamedTuple):
    """The arguments of `Engine.settle`.

    Attributes
    ----------
    network : Network
        Network that runs in time.
    units : tuple of Unit
        The computed units, those of ``network.schedule.units``.
    case : CaseInputs
        Inputs and clamps of every tick.
    criterion : float
        Change below which a unit has settled, divided by its dt; 0 to run all ticks.
    ticks : int
        Largest number of ticks.
    orders : int array [tick, update] or None
        Positions in `units` of the units that are computed one after another in each tick; None to compute all units from the state one
        tick before.
    temperatures : array [tick] or None
        Temperature of each tick.
    deviates : array [tick, update] or None
        Logistic deviates with scale 1 for the units that are computed one after another; None if no activation function has some.
    """

    network: Network
    units: tuple[Unit, ...]
    case: CaseInputs
    criterion: float
    ticks: int
    orders: npt.NDArray[np.int64] | None
    temperatures: Array | None
    deviates: Array | None

    @property
    def timing(self) -> UnitTiming:
        """The timing of the units."""
        return timing_of(self.network)

    @property
    def dt(self) -> Array:
        """Fraction dt of each unit; 1 for units that do not integrate."""
        return self.timing.of_units("dt")

    @property
    def calm_ticks(self) -> int:
        """Number of successive ticks with small changes after which a network computed synchronously has settled."""
        return max(1, longest_delay(self.network))

    @property
    def last_change_of_temperature(self) -> int:
        """Index of the first tick with the last temperature; 0 if the temperature does not change."""
        if self.temperatures is None:
            return 0
        different = np.flatnonzero(self.temperatures != self.temperatures[-1])
        return int(different[-1]) + 1 if len(different) else 0

    def functions_at(self, tick: int) -> dict[Group, Any]:
        """Return the activation functions of the groups that have a temperature, at a tick counted from 0."""
        if self.temperatures is None:
            return {}
        temperature = float(self.temperatures[tick])
        return {group: with_temperature(group.activation_function, temperature) for group in groups_with_temperature(self.network)}


class Trajectory(NamedTuple):
    """The states through which a network settled.

    Attributes
    ----------
    activations : array [tick, unit]
        Up to the tick at which it had settled, a number was not finite, or the ticks ended.
    change : float
        Largest change of an activation in the last tick, divided by dt; not finite if an activation is not.
    net_input_change : float
        Largest change in the last tick of a net input that is integrated, divided by dt; not finite if such a net input is not. 0 without
        such units.
    is_settled : bool
    """

    activations: Array
    change: float
    net_input_change: float
    is_settled: bool

    @property
    def is_finite(self) -> bool:
        """Whether the changes are finite. If they are not, an activation or net input may be, and the difference of two too large."""
        return self.change < math.inf and self.net_input_change < math.inf


class UnitTiming:
    """The attributes of the groups' `Timing` as arrays, which are not to be changed.

    Parameters
    ----------
    network : Network
    timings : list of Timing
        Those of its groups.

    Attributes
    ----------
    rows : int array [unit]
        Row of each unit of ``network.schedule.units`` in the arrays of the network's state.
    """

    def __init__(self, network: Network, timings: list[Timing]) -> None:
        units = network.schedule.units
        self.timings, self.size = timings, network.state.size
        self.rows = np.fromiter((unit.row for unit in units), np.intp, len(units))
        self._rows_of_groups = [group.rows for group in network.groups]
        self._by_row: dict[str, Array] = {}
        self._of_units: dict[str, Array] = {}

    def by_row(self, name: str) -> Array:
        """Return an attribute, such as "initial", for each row of the network's state."""
        if name not in self._by_row:
            values = self._by_row[name] = np.zeros(self.size)
            for rows, timing in zip(self._rows_of_groups, self.timings, strict=True):
                values[rows] = getattr(timing, name)
        return self._by_row[name]

    def of_units(self, name: str) -> Array:
        """Return an attribute for each unit of ``network.schedule.units``."""
        if name not in self._of_units:
            self._of_units[name] = self.by_row(name)[self.rows]
        return self._of_units[name]


def timing_of(network: Network) -> UnitTiming:
    """Return the timing of a network's units. It is kept with the schedule until the timing of a group changes."""
    timings = [group.timing for group in network.groups]
    known: UnitTiming | None = network.schedule.derived.get(UnitTiming)
    if known is None or len(known.timings) != len(timings) or not all(map(is_, timings, known.timings)):
        known = network.schedule.derived[UnitTiming] = UnitTiming(network, timings)
    return known


def make_job(
    caller: str,
    network: Network,
    inputs: Values,
    criterion: float | None,
    ticks: int,
    order: str | Sequence[str | Unit],
    temperature: object,
    seed: int,
) -> SettlingJob:
    """Return the job of `settle`; the parameters and errors are those of `settle`. Errors name the caller, "settle" or "settle_many".

    Parameters that were right in the last call are not checked again, and what was made of them is used again.
    """
    is_usual = temperature is None and type(order) is str and order == ORDERS[0] and type(ticks) is type(seed) is int
    is_usual = is_usual and (criterion is None or type(criterion) is float)  # an array could be changed
    if is_usual and network.in_time:
        known: tuple[tuple[object, ...], SettlingJob] | None = network.schedule.derived.get(SettlingJob)  # those of the last such call
        if known is not None and all(map(is_, known[0], (criterion, ticks, seed))):
            return SettlingJob(network, known[1].units, _case_of(inputs, network), *known[1][3:])
    if criterion is not None:
        criterion = check_number(caller, "criterion", criterion, above=0)
    ticks = check_number(caller, "ticks", ticks, at_least=2, whole=True)
    seed = check_number(caller, "seed", seed, at_least=0, whole=True)
    if not network.in_time:
        raise WiringError(f"{network.name}: has neither delays nor integrating units, so it computes its output in one pass; use forward")
    units, case = network.schedule.units, _case_of(inputs, network)
    orders = _make_orders(caller, network, units, ticks, order, seed)
    temperatures = _make_temperatures(caller, network, ticks, temperature)
    if temperatures is not None:
        _check_no_soft_clamps(caller, network, case)
    deviates = None
    if orders is not None and any(map(logistic_scale_of, network.groups)):
        with allocating(3 * NUMBER_BYTES * orders.size, f"{network.name}: random numbers of {orders.size} units"):
            uniform = random_stream(seed, "settling deviates").random(orders.shape)
            deviates = np.log(np.maximum(uniform, SMALLEST) / (1.0 - uniform))
    job = SettlingJob(network, units, case, float(criterion or 0.0), int(ticks), orders, temperatures, deviates)
    if is_usual:
        network.schedule.derived[SettlingJob] = (criterion, ticks, seed), job
    return job


def make_jobs(network: Network, cases: Cases, *arguments: Any) -> list[SettlingJob]:
    """Return the jobs of `settle_many`; the other arguments are those of `make_job`, which all cases share."""
    caller = "settle_many"
    what = f"{caller}.cases"
    if isinstance(cases, (Mapping, Example)):
        raise DataError(f"{what}: must be several cases, such as a table [case, input unit] (got {shown(cases)}); settle takes one")
    items: Iterable[Any] = cases  # type: ignore[assignment]
    if isinstance(cases, np.ndarray) or hasattr(cases, "to_numpy"):
        items = np.ascontiguousarray(as_table(cases, what, "[case, input unit]"))  # type: ignore[arg-type]
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise DataError(f"{what}: must be several cases, such as a table [case, input unit] (got {shown(cases)})")
    check_no_set(items, what)
    if isinstance(items, np.ndarray) and len(items) and _are_inputs(items[0], network) and np.isfinite(items).all():
        first = make_job(caller, network, items[0], *arguments)
        return [SettlingJob(network, first.units, CaseInputs(row, NO_CLAMPS), *first[3:]) for row in items]
    jobs: list[SettlingJob] = []
    for number, inputs in enumerate(finite_list(items, what)):
        try:
            jobs.append(jobs[0]._replace(case=_case_of(inputs, network)) if jobs else make_job(caller, network, inputs, *arguments))
        except DataError as error:
            raise DataError(f"{caller}, {describe_case(cases, number)}: {error}") from None
        if number and jobs[0].temperatures is not None:
            _check_no_soft_clamps(caller, network, jobs[-1].case)
    if not jobs:  # the arguments are checked all the same
        make_job(caller, network, np.zeros(len(network.schedule.inputs)), *arguments)
    return jobs


def describe_case(cases: Cases, number: int) -> str:
    """Return what errors of `settle_many` call a case: by its name in a set of examples, otherwise by its number."""
    return f"case {cases.names[number]!r}" if isinstance(cases, ExampleSet) else f"case {number}, counted from 0"


def _are_inputs(given: Any, network: Network) -> bool:
    """Return whether something is an array of numbers for the input units, which need not be finite."""
    return type(given) is np.ndarray and given.dtype == np.float64 and given.shape == (len(network.schedule.inputs),)


def _case_of(inputs: Any, network: Network) -> CaseInputs:
    """Return the case that a user gave. An array that is right takes less time than other inputs."""
    if _are_inputs(inputs, network) and np.isfinite(inputs).all():
        return CaseInputs(inputs.copy(), NO_CLAMPS)
    return validate_case_inputs(inputs, network.groups, "")


def _check_no_soft_clamps(caller: str, network: Network, case: CaseInputs) -> None:
    """Raise WiringError if the case has soft clamps, whose effect depends on an activation function that a temperature changes."""
    for group in groups_with_temperature(network):
        if group.name in case.clamps and group.clamping.kind == "soft":
            raise WiringError(
                f"{caller}.temperature: changes the activation function of group {group.name!r}, on which its soft clamps depend; assign "
                f"net[{group.name!r}].clamping = 'external'"
            )


def _make_orders(
    caller: str, network: Network, units: tuple[Unit, ...], ticks: int, order: str | Sequence[str | Unit], seed: int
) -> npt.NDArray[np.int64] | None:
    if isinstance(order, str):
        if order not in ORDERS:
            raise ParameterError(f"{caller}.order: must be {ALLOWED_ORDERS} (got {shown(order)})")
        if order == "synchronous":
            return None
    _check_one_by_one(caller, network)
    positions = np.arange(len(units)) if isinstance(order, str) else _positions(caller, network, units, order)
    shape = ticks, len(positions)
    with allocating(2 * NUMBER_BYTES * ticks * len(positions), f"{network.name}: orders of {len(positions)} units in {ticks} ticks"):
        if order == "sampled":
            return random_stream(seed, "settling order").integers(0, len(units), shape)
        orders = np.tile(positions, (ticks, 1))
        return random_stream(seed, "settling order").permuted(orders, axis=1) if order == "permuted" else orders


def _positions(caller: str, network: Network, units: tuple[Unit, ...], order: Iterable[str | Unit]) -> npt.NDArray[np.int64]:
    items = finite_list(order, f"{caller}.order", in_order=True) if isinstance(order, Iterable) else []
    if not items or not all(isinstance(each, (str, Unit)) for each in items):
        raise ParameterError(f"{caller}.order: must be {ALLOWED_ORDERS} (got {shown(order)})")
    position = {unit: number for number, unit in enumerate(units)}
    given = [network.unit(each) if isinstance(each, str) else each for each in items]
    for unit in given:
        if unit not in position:
            raise ParameterError(f"{caller}.order: must have computed units of {network.name} only (got {getattr(unit, 'name', unit)!r})")
    if missing := [unit.name for unit in units if unit not in set(given)]:
        raise ParameterError(f"{caller}.order: must have each computed unit at least once ({missing[0]!r} is missing)")
    return np.array([position[unit] for unit in given], np.int64)


def _check_one_by_one(caller: str, network: Network) -> None:
    """Raise WiringError if the units cannot be computed one after another."""
    if has_drawn_noise(network, "testing"):
        raise WiringError(
            f"{caller}.order: units that are computed one after another have no noise, and {network.name} has noise in testing; "
            f"use order='synchronous'"
        )
    for projection in network.projections:
        if projection.delay > 1 and len(projection):
            raise WiringError(
                f"{caller}.order: {projection.name} has a delay of {projection.delay}, and units that are computed one after another have "
                f"no past; use order='synchronous'"
            )
    for group in network.groups:
        if group.joint:
            raise WiringError(
                f"{caller}.order: the units of group {group.name!r} are computed together ({group.activation_function.name}); "
                f"use order='synchronous'"
            )


def _make_temperatures(caller: str, network: Network, ticks: int, temperature: object) -> Array | None:
    """Return the temperature of each tick, [tick]."""
    if temperature is None:
        return None
    if not groups_with_temperature(network):
        raise ParameterError(
            f"{caller}.temperature: needs a group whose activation function has a parameter {TEMPERATURE!r} or {GAIN!r} (got "
            f"{shown(temperature)}, and {network.name} has none)"
        )
    if callable(temperature):
        if not takes(temperature, 1):
            raise ParameterError(f"{caller}.temperature: a function must take one argument, the tick (got {shown(temperature)})")
        found = [temperature(tick) for tick in range(1, ticks + 1)]
    elif isinstance(temperature, Real) or plain_number(temperature) is not None:
        found = [temperature] * ticks
    else:
        found = np.interp(np.arange(1, ticks + 1), *_milestones(caller, temperature)).tolist()
    numbers = list(map(plain_number, found))
    for tick, number in enumerate(numbers, 1):
        if number is None or number <= 0.0:
            raise ParameterError(f"{caller}.temperature: must be above 0 and finite (got {shown(found[tick - 1])} at tick {tick})")
    return np.array(numbers, float)


def _milestones(caller: str, given: Any) -> tuple[Array, Array]:
    try:
        pairs = np.array([(float(tick), float(temperature)) for tick, temperature in given])
    except (TypeError, ValueError, OverflowError):
        pairs = np.zeros((0, 2))
    if not len(pairs) or not np.isfinite(pairs).all() or (np.diff(pairs[:, 0]) <= 0.0).any():
        raise ParameterError(
            f"{caller}.temperature: must be a number, a function of the tick, or pairs (tick, temperature) with rising ticks "
            f"(got {shown(given)})"
        )
    return pairs[:, 0], pairs[:, 1]


def groups_with_temperature(network: Network) -> list[Group]:
    """Return the groups whose activation function has a temperature or a gain."""
    return [group for group in network.groups if _temperature_field(group.activation_function)]


def with_temperature(function: Any, temperature: float) -> Any:
    """Return an activation function at a temperature: with this temperature, or with its gain divided by it."""
    if _temperature_field(function) == TEMPERATURE:
        return replace(function, temperature=temperature)
    return replace(function, gain=function.gain / temperature)


def _temperature_field(function: Any) -> str:
    names = {each.name for each in fields(function)} if is_dataclass(function) else set()
    return TEMPERATURE if TEMPERATURE in names else GAIN if GAIN in names else ""
