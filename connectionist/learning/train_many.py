"""Training of many networks, each as `train` trains it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from connectionist.data.example_set import Examples
from connectionist.engines.engine import Engine
from connectionist.engines.phase import SETTINGS, Phase
from connectionist.engines.population import wiring_key
from connectionist.engines.schedule import Schedule
from connectionist.errors import ParameterError, TrainingInterrupted, WiringError, check_number
from connectionist.learning.derivatives import resolve_engine
from connectionist.learning.network_changes import NetworkBefore
from connectionist.learning.population import Member, PopulationTraining, with_rate
from connectionist.learning.run import Run, attach
from connectionist.learning.run_of_seed import LOG, PhaseLog, RunOfSeed, log_lists
from connectionist.learning.train_arguments import Until, check_training, make_phases, split_until
from connectionist.model.assembly.initial_weights import WEIGHTS_STREAM
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.model.perturbation import has_noise
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import Rule
from connectionist.utils.caller_warnings import warn_caller, warning_once
from connectionist.utils.counts import describe_count
from connectionist.utils.functions import takes
from connectionist.utils.random_streams import prepared_streams
from connectionist.utils.visible_text import shown

LOG_NUMBERS = 2**24  # numbers of the log that a population may have at a time: networks × epochs
LEAST_AT_A_TIME = 16  # networks that are trained at a time, however many epochs

NetworkOfSeed = Callable[[int], Network]


@warning_once()
def train_many(
    networks: Sequence[Network] | NetworkOfSeed,
    examples: Examples,
    rule: Rule | str | None = None,
    epochs: int | None = None,
    *,
    seeds: Iterable[int] | None = None,
    rates: Sequence[float] | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    update_after: str | int = "epoch",
    order: str = "fixed",
    weighting: str = "equal",
    presentations: int | None = None,
    clip: tuple[str, float] | None = None,
    schedule: Schedule | None = None,
    procedure: str | LearningProcedure | None = None,
    phases: Sequence[Phase] | None = None,
    until: Until = None,
    tolerance: float = 0.5,
) -> list[Run]:
    """Train many networks on the same examples, such as the simulated participants of an experiment.

    Each network has the weights, errors and number of epochs that it has after `train`, to the last bit. Networks that differ in their
    weights, seeds and rates only are trained together: the "compiled" engine computes one network in each lane of the vectors of the
    processor, and so trains small networks many times as fast as one after the other (``benchmarks/many.py``). It trains the following
    one after the other: fewer than four networks, noise, clamps, formulas that run in Python, examples of different lengths or that
    continue one another, `presentations`, `clip`, `schedule`, a function of `until`, `rates` where a projection has its own rate, single
    precision, and rules other than an `UpdateRule` or `WholeNetRule`.

    Parameters
    ----------
    networks : sequence of Network, or function
        Networks to train in place, or a function that returns a network for a seed. The function is called once for each seed, so that
        the networks need not all exist at once. Training is fastest if it returns the same network each time, with other weights.
    examples : ExampleSet or list of Example
    rule, epochs, engine, update_after, order, weighting, presentations, clip, schedule, procedure, phases, until, tolerance
        See `train`.
    seeds : iterable of int, optional
        Root seed of each training, at least 0; by default ``network.seed``. Required with a function.
    rates : sequence of float, optional
        Learning rate of each network, above 0, instead of that of the rule. Projections with a rate keep theirs.

    Returns
    -------
    list of Run
        One for each network, in their order. A network whose training diverged has ``run.stopped == "diverged"``, and does not end the
        training of the others. ``run.seconds`` is the time of all networks that were trained together, divided by their number. With a
        function, ``run.network`` is made by another call of the function when it is first read, and has the weights after training.

    Raises
    ------
    UnknownNameError
        If there is no rule or engine of that name.
    ParameterError
        If a parameter is out of range, or the number of seeds or rates is not that of the networks.
    DataError
        If the examples do not fit a network.
    WiringError
        If a network is given twice.
    TrainingInterrupted
        On Ctrl-C. Networks that were given and not trained to the end have their initial weights.
    Exception
        What a formula or the function raises, unchanged. A note names the network. Networks that come later are not trained.

    These last two have the attribute ``runs``: the run of each network, or None for those that were not trained to the end.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.Network("xor")
    >>> for name, units, role in [("input", 2, "input"), ("hidden", 2, "hidden"), ("output", 1, "output")]:
    ...     group = net.add_group(name, units, role)
    >>> projections = net.connect("input", "hidden"), net.connect("hidden", "output")
    >>> examples = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> def participant(seed):
    ...     net.randomize(0.5, seed=seed)
    ...     return net
    >>> runs = cn.train_many(participant, examples, "momentum", 2000, seeds=range(100), until=cn.Criterion(correct=1.0))
    >>> len(runs)
    100
    """
    options = dict(zip(SETTINGS, (update_after, order, weighting, presentations, clip, schedule, procedure), strict=True))
    run_phases = make_phases(rule, epochs, phases, options, call="train_many")
    check_number("train_many", "tolerance", tolerance, above=0)
    criterion, _ = split_until(until, 1, "train_many")
    resolved = resolve_engine(engine, "train_many.engine")
    settings = resolved.settings
    participants = _Participants(networks, seeds, rates, run_phases, examples)
    most = max(LEAST_AT_A_TIME, LOG_NUMBERS // max(1, *(phase.epochs for phase in run_phases)))
    members: list[Member] = []
    try:
        for first in range(0, len(participants.seeds), most):
            start_time = perf_counter()
            populations = participants.populations(range(first, min(first + most, len(participants.seeds))))
            chunk = sorted((member for _, each in populations for member in each), key=lambda member: member.position)
            members += chunk
            for network, each in populations:
                PopulationTraining(network, each, participants.examples, run_phases, resolved, until, criterion, tolerance).train()
            for member in chunk:
                member.seconds = (perf_counter() - start_time) / len(chunk)
    except BaseException as error:
        runs = [participants.run(member, resolved, settings) if member.is_trained else None for member in members]
        runs += [None] * (len(participants.seeds) - len(runs))
        attach(error, "runs", runs)
        if not isinstance(error, KeyboardInterrupt) or isinstance(error, TrainingInterrupted):
            raise
        trained = sum(member.is_trained for member in members)
        interrupted = TrainingInterrupted(
            f"interrupted after {trained} of {describe_count(len(runs), 'network')} had been trained; networks that were given and not "
            f"trained to the end have their initial weights"
        )
        interrupted.runs = runs
        raise interrupted from None
    return [participants.run(member, resolved, settings) for member in members]


class _Participants:
    """The networks to train, given or made, with their seeds and rates.

    Raises
    ------
    ParameterError, DataError, WiringError
        As `train_many`.
    """

    def __init__(self, networks: object, seeds: object, rates: object, phases: tuple[Phase, ...], examples: Any) -> None:
        self.phases = phases
        self.examples = examples
        if callable(networks) and not takes(networks, 1):
            raise ParameterError(f"train_many.networks: a function must take one argument, the seed (got {shown(networks)})")
        self.make: NetworkOfSeed | None = networks if callable(networks) else None
        self.networks = () if callable(networks) else _given_networks(networks)
        self.seeds = _seeds(seeds, None if self.make else [network.seed for network in self.networks])
        self.rates = _rates(rates, len(self.seeds), phases)
        self.known: dict[int, tuple[NetworkBefore, tuple[object, ...]]] = {}  # networks that are kept, and their keys
        self.has_warned = False

    def populations(self, positions: range) -> list[tuple[Network, list[Member]]]:
        """Return the members at some positions by their wiring, each with a network of that wiring."""
        found: dict[tuple[object, ...], tuple[Network, list[Member]]] = {}
        members_of: dict[int, list[Member]] = {}  # those of a network that is kept
        seeds = self.seeds[positions.start : positions.stop]
        with prepared_streams(seeds if self.make else (), WEIGHTS_STREAM):
            for position, seed in zip(positions, seeds, strict=True):
                network = self.make(seed) if self.make else self.networks[position]
                is_known = self._is_known(network)
                members = members_of.get(id(network)) if is_known else None
                if members is None:
                    key = self.known[id(network)][1] if is_known else self._checked_key(network)
                    members = found.setdefault(key, (network, []))[1]
                    if not members:
                        self.known[id(network)] = NetworkBefore.of(network), key
                        check_training(network, self.examples, self.phases)
                    if id(network) in self.known:
                        members_of[id(network)] = members
                rate = self.rates[position] if self.rates else None
                members.append(Member(None if self.make else network, position, seed, network.weight_values, rate))
        for network, members in found.values() if not self.has_warned else ():
            self._warn_if_equal(network, members)
        return list(found.values())

    def _warn_if_equal(self, network: Network, members: Sequence[Member]) -> None:
        """Warn of the first member that has all that another one of its population has, as copies of one network have."""
        is_drawn = any(phase.order != "fixed" for phase in self.phases) or has_noise(network, "training")
        positions: dict[tuple[object, ...], int] = {}
        for member in members:
            same = member.values.tobytes(), member.rate, member.seed if is_drawn else None
            first = positions.setdefault(same, member.position)
            if first != member.position:
                self.has_warned = True
                same_text = "weights and seed" if is_drawn else "weights"
                warn_caller(
                    f"train_many: networks {first} and {member.position}, counted from 0, have the same {same_text}, so their runs are "
                    f"equal; draw the weights of each with its seed, as network.randomize(0.5, seed={member.position})"
                )
                return

    def _is_known(self, network: Network) -> bool:
        """Return whether a network was returned before and is kept, after checking that only its weights have changed."""
        known = self.known.get(id(network))
        if known is not None and not known[0].is_same():
            raise WiringError(
                f"train_many.networks: the function returned {network.name!r} again, with more than its weights changed; return a new "
                f"network for each seed, or change its weights only"
            )
        return known is not None

    def _checked_key(self, network: Network) -> tuple[object, ...]:
        """Return the key of a network's wiring, after checking that the examples fit it."""
        if not isinstance(network, Network):
            raise ParameterError(f"train_many.networks: the function must return a Network (got {shown(network)})")
        self.examples = network._examples(self.examples)
        return wiring_key(network)

    def made_before(self, network: Network) -> bool:
        """Return whether the function returned this network in training, so that several runs may have it."""
        return id(network) in self.known

    def run(self, member: Member, engine: Engine, settings: dict[str, Any]) -> Run:
        """Return the run of a trained member."""
        alone, attributes = member.run, partial(self._attributes, member, engine, settings)
        if self.make is not None:
            log = member.log if alone is None else _log_of(alone)
            return RunOfSeed(self.make, member.values, log, self.made_before, attributes)
        return alone or Run(member.network, **log_lists(member.log), **attributes())  # type: ignore[arg-type]

    def _attributes(self, member: Member, engine: Engine, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the attributes of a member's run, without its network and its log."""
        phases = self.phases if member.rate is None else tuple(with_rate(phase, member.rate) for phase in self.phases)
        found = {name: getattr(member.run or member, name) for name in ("memory", "stopped", "seconds")}
        return found | {"phases": phases, "engine": engine.name, "seed": member.seed, "engine_settings": settings}


def _log_of(run: Run) -> list[PhaseLog]:
    """Return the log of a run by phases."""
    errors, corrects, numbers = (np.array(getattr(run, name)) for name in LOG)
    return [PhaseLog(number, errors[numbers == number], corrects[numbers == number]) for number in sorted(set(run.phase_numbers))]


def _given_networks(networks: object) -> tuple[Network, ...]:
    given = tuple(networks) if isinstance(networks, Iterable) and not isinstance(networks, Network) else ()
    if not given or not all(isinstance(network, Network) for network in given):
        raise ParameterError(f"train_many.networks: must be a list of Network, or a function of a seed (got {shown(networks)})")
    seen: dict[int, int] = {}
    for position, network in enumerate(given):
        if id(network) in seen:
            raise WiringError(f"train_many.networks: {network.name!r} is given twice, at positions {seen[id(network)]} and {position}")
        seen[id(network)] = position
    return given


def _seeds(seeds: object, default: list[int] | None) -> list[int]:
    if seeds is None and default is not None:
        return default
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise ParameterError(f"train_many.seeds: must be a list or range of whole numbers, such as range(1, 41) (got {shown(seeds)})")
    found = list(seeds)
    for seed in found:
        check_number("train_many", "seeds", seed, at_least=0, whole=True)
    if not found:
        raise ParameterError("train_many.seeds: must have at least one seed (got none)")
    if default is not None and len(found) != len(default):
        raise ParameterError(f"train_many.seeds: must have one seed for each network (got {len(found)})")
    return [int(seed) for seed in found]


def _rates(rates: object, count: int, phases: Sequence[Phase]) -> list[float]:
    if rates is None:
        return []
    found = list(rates) if isinstance(rates, Iterable) and not isinstance(rates, str) else []
    if len(found) != count:
        raise ParameterError(f"train_many.rates: must have one number for each of {describe_count(count, 'network')} (got {shown(rates)})")
    for rate in found:
        check_number("train_many", "rates", rate, above=0)
        for phase in phases:
            phase.rule.with_rate(float(rate))
    return [float(rate) for rate in found]
