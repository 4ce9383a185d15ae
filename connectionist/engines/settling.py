"""Settling: running a network in time on a constant input until its activations stop changing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.engine import Engine
from connectionist.engines.goodness import Goodness, goodness_of, goodness_of_cases
from connectionist.engines.settling_job import Cases, SettlingJob, Trajectory, describe_case, make_job, make_jobs
from connectionist.errors import DivergenceError
from connectionist.model.network import DEFAULT_ENGINE, Network, check_network
from connectionist.plugins import registry
from connectionist.plugins.formula_faults import naming_formulas
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.functions import with_known_arguments
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    from connectionist.model.assembly.validation import Values
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

Temperature = float | Sequence[tuple[int, float]] | Callable[[int], float]


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class Settling(KnownAttributes):
    """The result of `connectionist.settle`.

    Attributes
    ----------
    is_settled : bool
    ticks : int
        First tick, from 1, at which the network had settled; the number of ticks that ran if it did not settle.
    change : float
        Largest change of an activation in that tick, divided by dt for units that integrate.
    activations : array [tick, unit]
        Activations of the units of ``network.schedule.units``, from tick 1 to that tick.
    """

    is_settled: bool
    ticks: int
    change: float
    activations: Array
    _goodness: Goodness = field(repr=False)
    _criterion: float | None = field(repr=False)

    @cached_property
    def goodness(self) -> Array:
        """Goodness of the state at each tick, [tick]; see `connectionist.goodness`. Energy is its negative.

        Raises
        ------
        WiringError
            If a group has an input or output function, for which goodness has no meaning.
        """
        return self._goodness.of_states(self.activations)

    def __repr__(self) -> str:
        ran = describe_count(self.ticks, "tick")
        settled = f"settled at tick {self.ticks}" if self.is_settled else ran if self._criterion is None else f"not settled after {ran}"
        return f"<Settling: {settled}, change {self.change:.3g}, {describe_count(self.activations.shape[1], 'unit')}>"


@with_known_arguments
@naming_formulas
def settle(
    network: Network,
    inputs: Values,
    criterion: float | None = 1e-4,
    ticks: int = 1000,
    engine: str | Engine = DEFAULT_ENGINE,
    *,
    order: str | Sequence[str | Unit] = "synchronous",
    temperature: Temperature | None = None,
    seed: int = 0,
) -> Settling:
    r"""Run a network with constant inputs until it has settled. Its units then show the state in which it settled.

    With D the longest delay in the network, at least 1, the network has settled at the first tick at which, in D successive ticks,

    .. math:: \max_i \, |y_i(t) - y_i(t-1)| / dt_i < \text{criterion}.

    The dt of a unit that does not integrate is 1. Net inputs that are integrated must meet the same condition in one tick. If units are
    computed one after another, the network has settled at the end of the first tick by which every unit was computed since the last change
    that did not meet the condition. With a temperature that changes, it has not settled before the temperature has its last value.

    Parameters
    ----------
    network : Network
        Network that runs in time.
    inputs : array_like [input unit] or dict of group name to array_like
        Inputs at every tick. A dict may also clamp units of hidden and output groups; NaN for a unit that is computed.
        The inputs are 0 if a dict has no input group but clamps.
    criterion : float or None
        Change below which a unit has settled, above 0. With None the network runs for all ticks, whether it settles or not.
    ticks : int
        Largest number of ticks, at least 2.
    engine : str or Engine
    order : {"synchronous", "fixed", "permuted", "sampled"} or sequence of units or names of units
        How the units are computed in a tick. "synchronous": all from the state one tick before. Otherwise one after another, each from the
        present activations of its senders, so that all delays must be 0 or 1: in the order of ``network.schedule.units`` ("fixed"), in a
        new random order in each tick ("permuted"), as many random draws of a unit as there are units ("sampled"), or in the order of a
        sequence that has each computed unit at least once.
    temperature : float, sequence of (tick, temperature), or function of a tick, optional
        Temperature T, above 0, of the units whose activation function has a parameter ``temperature``, or ``gain``, which becomes the gain
        divided by T. Between two pairs it is interpolated linearly, before the first and after the last it is constant. A function is
        called with each tick, from 1.
    seed : int
        Seed of random orders, and of units that draw their activation one after another. In the order "synchronous" they draw as in
        testing.

    Returns
    -------
    Settling

    Raises
    ------
    WiringError
        If the network does not run in time, or cannot run in the order, or if a group with a temperature has soft clamps.
    ParameterError, DataError
        If a parameter is out of range, or if the inputs do not fit the network.
    DivergenceError
        If an activation, or a net input that is integrated, becomes infinite or NaN.

    Warns
    -----
    UserWarning
        If the network has not settled after `ticks` ticks.

    Examples
    --------
    >>> net = Network("decay")
    >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation="linear", biased=False)
    >>> _ = net.connect("input", "output", weights=1.0), net.connect("output", "output", delay=1, weights=0.5)
    >>> settled = settle(net, [1.0], criterion=0.01)
    >>> settled.ticks, settled.activations[-1].round(2)
    (8, array([1.99]))
    """
    check_network(network, "settle")
    resolved = registry.resolve("engines", engine, Engine, what="settle.engine")  # type: ignore[type-abstract,unused-ignore]
    job = make_job("settle", network, inputs, criterion, ticks, order, temperature, seed)
    trajectory = resolved.settle(job)
    if not trajectory.is_finite:
        _raise_divergence(job, trajectory)
    if criterion is not None and not trajectory.is_settled:
        warn_caller(f"{network.name}: not settled after {describe_count(len(trajectory.activations), 'tick')} ({_moving(job, trajectory)})")
    return _settling_of(trajectory, goodness_of(network), criterion)


@with_known_arguments
@naming_formulas
def settle_many(
    network: Network,
    cases: Cases,
    criterion: float | None = 1e-4,
    ticks: int = 1000,
    engine: str | Engine = DEFAULT_ENGINE,
    *,
    order: str | Sequence[str | Unit] = "synchronous",
    temperature: Temperature | None = None,
    seed: int = 0,
) -> list[Settling]:
    """Run a network with the constant inputs of each of many cases until it has settled. Its units then show the last case.

    Each case begins in the state before tick 1. The results are those of a call of `settle` for each case, to the last bit, but the engine
    "compiled" runs many cases in one call of its kernel, without clamps and temperatures.

    Parameters
    ----------
    network : Network
        Network that runs in time.
    cases : array_like [case, input unit], ExampleSet, or list of inputs
        Inputs at every tick. Each item of a list may be anything that `settle` takes as inputs.
    criterion, ticks, engine, order, temperature, seed
        As for `settle`. The orders and the random numbers of `seed` are the same for all cases. In the order "synchronous", each case
        draws new noise, as in calls of `settle` one after another.

    Returns
    -------
    list of Settling
        If input groups have noise, the goodness is that of the inputs without it.

    Raises
    ------
    WiringError, ParameterError, DataError, DivergenceError
        As for `settle`.

    Warns
    -----
    UserWarning
        If the network has not settled after `ticks` ticks in some cases.

    Examples
    --------
    >>> net = Network("decay")
    >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation="linear", biased=False)
    >>> _ = net.connect("input", "output", weights=1.0), net.connect("output", "output", delay=1, weights=0.5)
    >>> settled = settle_many(net, [[1.0], [3.0]], criterion=0.01)
    >>> [each.ticks for each in settled], [float(each.activations[-1, 0].round(2)) for each in settled]
    ([8, 10], [1.99, 5.99])
    """
    check_network(network, "settle_many")
    resolved = registry.resolve("engines", engine, Engine, what="settle_many.engine")  # type: ignore[type-abstract,unused-ignore]
    jobs = make_jobs(network, cases, criterion, ticks, order, temperature, seed)
    trajectories = resolved.settle_many(jobs) if jobs else []
    last = shows = jobs[-1] if jobs else None
    for number, (job, trajectory) in enumerate(zip(jobs, trajectories, strict=True)):
        if not trajectory.net_input_change < math.inf and job is not last:
            resolved.settle(job)  # a trajectory has no net inputs
            shows = job
        if not trajectory.is_finite:
            _raise_divergence(job, trajectory, f"{describe_case(cases, number)}, ")
    if last is not None and shows is not last:
        resolved.settle(last)
    moving = [pair for pair in zip(jobs, trajectories, strict=True) if criterion is not None and not pair[1].is_settled]
    if moving:
        job, trajectory = max(moving, key=lambda pair: max(pair[1].change, pair[1].net_input_change))
        warn_caller(
            f"{network.name}: {len(moving)} of {describe_count(len(jobs), 'case')} not settled after {describe_count(ticks, 'tick')} "
            f"({_moving(job, trajectory)})"
        )
    goodness = goodness_of_cases(network, np.array([job.case.inputs for job in jobs])) if jobs else []
    return [_settling_of(*pair, criterion) for pair in zip(trajectories, goodness, strict=True)]


def _settling_of(trajectory: Trajectory, goodness: Goodness, criterion: float | None) -> Settling:
    activations, change, _, is_settled = trajectory
    return Settling(is_settled, len(activations), change, activations, goodness, criterion)


def _moving(job: SettlingJob, trajectory: Trajectory) -> str:
    """Return what still changes in a network that has not settled."""
    if trajectory.change < job.criterion <= trajectory.net_input_change:
        return f"a net input still changes by {trajectory.net_input_change:.3g}"
    return f"an activation still changes by {trajectory.change:.3g}"


def _raise_divergence(job: SettlingJob, trajectory: Trajectory, case: str = "") -> None:
    """Raise DivergenceError for an activation, or a net input that is integrated, that is not finite at the last tick.

    The units must show it if the change of the net inputs is not finite.
    """
    checked = [("unit", trajectory.activations[-1])]
    if not trajectory.net_input_change < math.inf:
        integrated = [unit.net_input if unit.group.integrates == "net_input" else 0.0 for unit in job.units]
        checked.append(("net input of unit", np.array(integrated)))
    for what, values in checked:
        wrong = np.flatnonzero(~np.isfinite(values))
        if len(wrong):
            name, value, tick = job.units[int(wrong[0])].name, values[wrong[0]], len(trajectory.activations)
            raise DivergenceError(f"{job.network.name}: {case}{what} {name} became {value} at tick {tick}, so the network cannot settle")
