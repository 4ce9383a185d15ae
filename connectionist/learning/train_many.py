"""Training of many networks, each as `train` trains it alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from time import perf_counter
from typing import NamedTuple

from connectionist.data.accuracy import DEFAULT_TOLERANCE
from connectionist.data.example_set import Examples
from connectionist.engines.engine import Engine
from connectionist.engines.phase import SETTINGS, Phase
from connectionist.engines.schedule import Schedule
from connectionist.errors import TrainingInterrupted, check_number
from connectionist.learning.derivatives import resolve_engine
from connectionist.learning.member import Member
from connectionist.learning.network_changes import original_of
from connectionist.learning.participants import NetworkOfSeed, Participants
from connectionist.learning.population import NetworkNote, PopulationTraining
from connectionist.learning.run import Run, attach
from connectionist.learning.train_arguments import Until, make_phases, split_until
from connectionist.model.assembly.description import NetworkDescription
from connectionist.model.assembly.initial_weights import WEIGHTS_STREAM
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import Rule
from connectionist.utils.caller_warnings import warn_caller, warning_once
from connectionist.utils.counts import describe_count
from connectionist.utils.functions import with_known_arguments
from connectionist.utils.random_streams import PreparedStreams

LOG_EPOCHS = 2**24  # networks × epochs of the longest phase whose log may be kept at a time
LEAST_AT_A_TIME = 16  # networks that are trained at a time, however many epochs
FIRST_MADE = 8  # networks that are made before training begins
MAKING_SECONDS = 0.002  # longest time for which networks are made before those that wait are given to the engine


@with_known_arguments
@warning_once()
def train_many(
    networks: Iterable[Network] | NetworkOfSeed,
    examples: Examples,
    rule: Rule | str | None = None,
    epochs: int | None = None,
    *,
    seeds: Iterable[int] | None = None,
    rates: Iterable[float] | None = None,
    engine: str | Engine | None = None,
    update_after: str | int | None = None,
    order: str | None = None,
    weighting: str | None = None,
    presentations: int | None = None,
    clip: tuple[str, float] | None = None,
    schedule: Schedule | None = None,
    procedure: str | LearningProcedure | None = None,
    phases: Sequence[Phase] | None = None,
    until: Until = None,
    tolerance: float | None = None,
) -> list[Run]:
    """Train many networks on the same examples, such as the simulated participants of an experiment.

    Each network has the weights, errors and number of epochs that it has after `train`, to the last bit. Networks that differ in their
    weights, seeds and rates only are trained together: the "compiled" engine computes one network in each lane of the vectors of the
    processor, and so trains the smallest networks many times as fast as one after the other (``benchmarks/many.py``). It trains the
    following one after the other: fewer than four networks, noise, clamps, input functions, formulas that run in Python, examples of
    different lengths or that continue one another, `presentations`, `clip`, `schedule`, a function of `until`, `rates` where a projection
    has its own rate, single precision, learning procedures other than back-propagation, and rules other than an `UpdateRule` or
    `WholeNetRule`. No warning says so. Other engines train all networks one after the other, unless they have ``train_population``.

    Parameters
    ----------
    networks : iterable of Network, or function
        Networks to train in place, or a function that returns a network for a seed. The function is called once for each seed, so that
        the networks need not all exist at once. Training is fastest if it returns the same network each time, with other weights. If
        the engine has several threads, the function is called while networks made before are trained. An iterator must end after 10,000
        networks at most.
    examples : ExampleSet or list of Example
    rule, epochs, engine, update_after, order, weighting, presentations, clip, schedule, procedure, phases, until, tolerance
        See `train`.
    seeds : iterable of int, optional
        Root seed of each training, at least 0; by default ``network.seed``. Required with a function. An iterator must end after 1,000,000
        seeds at most.
    rates : iterable of float, optional
        Learning rate of each network in all phases, above 0, instead of that of the rule. Projections with a rate keep theirs.

    Returns
    -------
    list of Run
        One for each network, in their order. A network whose training diverged has ``run.stopped == "diverged"``, and does not end the
        training of the others. Networks are made and trained in parts, and ``run.seconds`` is the time of a part, divided by the number of
        its networks; of a network that was trained alone, it is its own time. With a function of a seed, each run has its own
        ``run.network``, which is made when it is first read.

    Raises
    ------
    UnknownNameError
        If there is no rule or engine of that name.
    ParameterError
        If a parameter is out of range, or the number of seeds or rates is not that of the networks.
    DataError
        If the examples do not fit a network.
    WiringError
        If a network is given twice, if the function of a seed changes more than the weights of a network that it has returned, or if
        a procedure cannot train a network.
    TrainingInterrupted
        On Ctrl-C. Networks that were given and not trained to the end have their initial weights.
    Exception
        What a formula or a function raises. A note names the network. Training ends, so others may not have been trained, which also
        depends on the threads.

    These last two have the attribute ``runs``: the run of each network, or None for those that were not trained to the end.

    Warns
    -----
    UserWarning
        If two networks have the same weights, rate and, unless the order is fixed and there is no noise, seed, so that their runs are
        equal; if the training of all diverged; and as `train`.

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
    chosen_tolerance = check_number("train_many", "tolerance", DEFAULT_TOLERANCE if tolerance is None else tolerance, above=0)
    resolved = resolve_engine(DEFAULT_ENGINE if engine is None else engine, "train_many.engine")
    criterion, _ = split_until(until, 1, "train_many")
    participants = Participants(networks, seeds, rates, run_phases, examples, resolved, chosen_tolerance, criterion)
    most = max(LEAST_AT_A_TIME, LOG_EPOCHS // max(1, *(phase.epochs for phase in run_phases)))
    chunks: list[_Chunk] = []
    try:
        for first in range(0, len(participants.seeds), most):
            start_time = perf_counter()
            chunk = _Chunk(participants, range(first, min(first + most, len(participants.seeds))))
            chunks.append(chunk)
            chunk.begin()
            for network, members in chunk.populations:
                common = participants.examples, run_phases, resolved, until, criterion, chosen_tolerance
                PopulationTraining(network, members, *common, waiting=chunk.left, make_more=chunk.make_more).train()
            seconds = (perf_counter() - start_time) / len(chunk.positions)
            for member in chunk.members:
                member.seconds = seconds
        _warn_if_all_diverged([member for chunk in chunks for member in chunk.members])
        return [run for chunk in chunks for run in chunk.runs()]
    except BaseException as error:
        runs: list[Run | None] = [None] * len(participants.seeds)
        for member in (member for chunk in chunks for member in chunk.members if member.is_trained):
            runs[member.position] = participants.run(member)
        attach(error, "runs", runs)
        if not isinstance(error, KeyboardInterrupt):
            raise
        interrupted = TrainingInterrupted(
            f"interrupted after {sum(run is not None for run in runs)} of {describe_count(len(runs), 'network')} had been trained; "
            f"networks that were given and not trained to the end have their initial weights"
        )
        interrupted.runs = runs
        raise interrupted from None


def _warn_if_all_diverged(members: Sequence[Member]) -> None:
    if all(member.divergence for member in members):
        warn_caller(
            f"train_many: the training of all {describe_count(len(members), 'network')} diverged; the first: {members[0].divergence}"
        )


class _Wiring(NamedTuple):
    """The members with one wiring, and the description of a network with it, if networks are made from it."""

    members: list[Member]
    description: NetworkDescription | None


class _Chunk:
    """Members that are trained before the next ones are made, by their wiring.

    Attributes
    ----------
    positions : range
        Those of the members.
    members : list of Member
        Those that are made, in their order.
    left : int
        Number of members that are still to be made.
    populations : list of pair of Network and list of Member
        The members of each wiring, with a network of it.
    """

    def __init__(self, participants: Participants, positions: range) -> None:
        self.participants, self.positions, self.left = participants, positions, len(positions)
        self.populations: list[tuple[Network, list[Member]]] = []
        self.members: list[Member] = []
        self._runs: list[Run] = []  # of members whose networks are made on demand
        self._wirings: dict[tuple[object, ...], _Wiring] = {}  # by their keys
        self._wiring_of: dict[int, _Wiring] = {}  # of each network that is kept

    @cached_property
    def _streams(self) -> PreparedStreams:
        """Streams of the weights, prepared when members are made while others are trained."""
        seeds = self.participants.seeds[self.positions[-self.left] : self.positions.stop]
        return PreparedStreams(seeds if self.participants.make else (), WEIGHTS_STREAM)

    def runs(self) -> list[Run]:
        """Return the runs of all members, which have been trained, in their order."""
        return self._runs or [self.participants.run(member) for member in self.members]

    def begin(self) -> None:
        """Make the first members. The rest are made while these are trained, unless there are several wirings or rates."""
        for _ in self.positions[:FIRST_MADE]:
            self._make_next()
        self._check_kept()
        while (len(self.populations) > 1 or self.participants.rates) and self.make_more():
            pass

    def make_more(self) -> bool:
        """Double the number of members, or make fewer if that takes some milliseconds. Return whether any were left."""
        if not self.left:
            return False
        least, end_time = max(0, 2 * self.left - len(self.positions)), perf_counter() + MAKING_SECONDS
        with self._streams:
            self._make_next()
            while self.left > least and perf_counter() < end_time:
                self._make_next()
        self._check_kept()
        return True

    def _check_kept(self) -> None:
        for network, _ in self.populations if self.participants.make else ():
            self.participants.check_kept(network)

    def _make_next(self) -> None:
        participants, position = self.participants, self.positions[-self.left]
        seed, rate = participants.seeds[position], participants.rates[position] if participants.rates else None
        network = participants.make_network(position)
        with NetworkNote("checking", position, seed):
            wiring = self._wiring_of.get(id(network)) if participants.is_known(network) else None
            if wiring is None:
                wiring = self._find_wiring(network)
        member = Member(None if participants.make else network, position, seed, network.weight_values, rate)
        if wiring.description is not None:
            member.description, member.ticks = wiring.description, network.ticks
            member.name_and_seed = original_of(network).name, original_of(network).seed
        wiring.members.append(member)
        self.members.append(member)
        if participants.make:
            self._runs.append(participants.run(member))  # now, while other networks are trained
        self.left -= 1
        for known, equal in self.populations if not self.left else ():
            participants.warn_if_equal(known, equal)

    def _find_wiring(self, network: Network) -> _Wiring:
        """Return the wiring of a network. A network whose wiring is new is kept."""
        participants = self.participants
        key = participants.key_of(network)
        if key not in self._wirings:
            participants.keep(network, key)
            self._wirings[key] = _Wiring([], participants.description_of(network))
            self.populations.append((network, self._wirings[key].members))
        if id(network) in participants.known:
            self._wiring_of[id(network)] = self._wirings[key]
        return self._wirings[key]
