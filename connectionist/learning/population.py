"""Networks of one wiring that are trained together, phase by phase. Those that the engine cannot train together are trained alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.data.order import PresentationOrder
from connectionist.engines.engine import Engine, Memory, TrainingJob
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.population import PopulationJob, PopulationResults
from connectionist.errors import DivergenceError
from connectionist.learning.continuation import Continuation
from connectionist.learning.interrupts import training_interrupts
from connectionist.learning.network_changes import NetworkBefore
from connectionist.learning.run import LOG, Run
from connectionist.learning.run_of_seed import PhaseLog, log_lists
from connectionist.learning.train_arguments import with_checked_answers
from connectionist.learning.training import train
from connectionist.model.network import Network
from connectionist.plugins.rules import SearchRule

if TYPE_CHECKING:
    from connectionist.learning.train_arguments import Until
    from connectionist.utils.arrays import Array


@dataclass(eq=False, slots=True)
class Member:
    """A network of a population, and its training.

    Parameters
    ----------
    network : Network or None
        Network to train in place; None if the networks are made on demand.
    position : int
        Position among all networks.
    seed : int
        Root seed of the training.
    values : array [weight]
        Present weights, at first the initial ones.
    rate : float or None
        Learning rate instead of that of the rules.
    """

    network: Network | None
    position: int
    seed: int
    values: Array
    rate: float | None = None
    initial: Array = field(init=False)
    phases: list[tuple[int, PopulationResults, int]] = field(default_factory=list)  # with epochs: number, results, and position in them
    trained: tuple[PopulationJob, int] | None = None  # the last phase, and the position in it
    shown: tuple[PopulationJob, PopulationResults, int] | None = None  # the last phase whose last epoch can be repeated
    stopped: str = ""
    order: PresentationOrder | None = None  # of the examples, once it is needed
    is_trained: bool = False
    seconds: float = 0.0
    run: Run | None = None  # of a member that was trained alone

    def __post_init__(self) -> None:
        self.initial = self.values

    @property
    def memory(self) -> Memory:
        """State of the rule after training."""
        if self.trained is None:
            return {}
        job, position = self.trained
        return {name: array[position].copy() for name, array in job.memory.items()}

    def ran_by(self, engine: Engine) -> list[str]:
        """Return `Run.ran_by`, given the engine that trained the members that were trained together."""
        return self.run.ran_by if self.run is not None else [engine.name] if self.phases else []

    @property
    def log(self) -> list[PhaseLog]:
        """The phases with epochs."""
        return [PhaseLog(*each) for each in self.phases]

    @property
    def last_epoch(self) -> tuple[PopulationJob, Array, Memory, Any] | None:
        """Job of the last epoch, weights and memory before it, and its order; None without an epoch, or if they were not kept."""
        if self.shown is None:
            return None
        job, results, position = self.shown
        assert results.last_values is not None
        assert results.last_memory is not None
        order = np.arange(len(job.examples)) if results.last_orders is None else results.last_orders[position]
        return job, results.last_values[position], {name: array[position] for name, array in results.last_memory.items()}, order

    @property
    def epochs(self) -> int:
        """Number of epochs that ran."""
        count = 0
        for each in self.log:
            count += each.epochs
        return count if self.run is None else self.run.epochs

    def continuation(self, engine: Engine, tolerance: float, examples: int, phases: int) -> Continuation | None:
        """Return `Run._continuation`, given what all members have: engine, tolerance and the numbers of examples and phases."""
        if self.run is not None:
            return self.run._continuation
        return Continuation(
            engine=engine,
            tolerance=tolerance,
            examples=examples,
            phase=phases if self.stopped == "epochs" else self.phases[-1][0],
            order=(None, ()) if self.order is None else self.order.state(),
            reason="" if self.stopped == "epochs" else self.stopped,
        )

    def add_log(self, run: Run) -> Run:
        """Add the log to a run without one, and return the run. Its lists are made when they are read."""
        for each in self.log:
            if each.epochs:  # copies, since those of all networks are columns of one array
                run._add(each.results.errors[each.position].copy(), each.results.correct[each.position].copy(), each.number)
        return run

    def log_lists(self) -> dict[str, list[Any]]:
        """Return the lists of the log of a `Run`, by name."""
        return log_lists(self.log) if self.run is None else {name: getattr(self.run, name) for name in LOG}


@dataclass(frozen=True, eq=False)
class PopulationTraining:
    """Trains the members of a population, which differ in their weights, seeds and rates only.

    Parameters
    ----------
    network : Network
        Network with the wiring of all. If the members have no networks of their own, it is used in their place.
    members : list of Member
    examples : ExampleSet
    phases : tuple of Phase
    engine : Engine
    until : float, Criterion, function or None
        See `train`.
    criterion : Criterion or None
        That of `until`; None without one, or if `until` is a function, which the engine cannot call.
    tolerance : float
        See `train`.
    keeps_last : bool
        Whether to keep what `show` needs.
    waiting : int
        Largest number of further members that `make_more` makes; 0 if members have rates.
    make_more : function
        Makes further members, for some milliseconds at most, and appends them to `members`. It returns whether there were any. It is
        called while others are trained.
    """

    network: Network
    members: list[Member]
    examples: ExampleSet
    phases: tuple[Phase, ...]
    engine: Engine
    until: Until
    criterion: Criterion | None
    tolerance: float
    keeps_last: bool = False
    waiting: int = 0
    make_more: Callable[[], bool] = lambda: False

    def train(self) -> None:
        """Train all members.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C. Members that were trained to the end have ``is_trained``; the networks of the others have their initial weights.
        """
        interrupts = training_interrupts()
        with interrupts:
            alone = self.members if callable(self.until) else self.train_together(interrupts.check)
            while self.make_more():
                interrupts.check()
        for member in alone:
            member.values = member.initial
            self._train_alone(member)

    def train_together(self, check: Callable[[], None]) -> list[Member]:
        """Train all members in the engine at once. Return those that must be trained alone.

        The function `check` is called between blocks of training.
        """
        active = self.members
        for number, phase in enumerate(self.phases, 1):
            if not active:
                break
            job = self._job(phase, active, check)
            results = self._run(job) if phase.epochs else None
            job.make_all()
            if results is None and phase.epochs:
                break  # those that have ended in an earlier phase need not be trained again
            active = self._store(number, job, results, active)
        else:
            for member in active:
                member.stopped = "epochs"
        for member in self.members:
            if member.stopped:
                check()  # repeating the last epoch of many networks takes time
                if member.network is not None:
                    self.show(member, member.network)
                member.is_trained = True
        return [member for member in self.members if not member.stopped]

    def _job(self, phase: Phase, active: list[Member], check: Callable[[], None]) -> PopulationJob:
        """Return the job of a phase for the members that are active, and for those that are still to be made."""
        most = len(active) + (self.waiting if active is self.members else 0)
        shape = most, len(self.network.weights)
        is_random, orders, made = phase.order != "fixed", list[PresentationOrder](), 0
        values, memory = np.zeros(shape), {name: np.zeros(shape) for name in phase.rule.memory}

        def add() -> int:
            nonlocal made
            new, first = active[made:], made
            made = len(active)
            if is_random:
                orders.extend(self._orders(new))
            for index, member in enumerate(new, first):
                values[index] = member.values
                for name, before in member.memory.items() if member.trained else ():
                    if name in memory:
                        memory[name][index] = before
            return made

        def make_more() -> int:
            while self.make_more() and len(active) == made:  # those that were made have another wiring
                pass
            return add()

        return PopulationJob(
            network=self.network,
            examples=self._weighted(phase),
            phase=phase,
            tolerance=self.tolerance,
            criterion=self.criterion,
            values=values,
            made=add(),
            memory=memory,
            orders=orders,
            rates=None if active[0].rate is None else np.array([member.rate for member in active], float),
            keeps_last=self.keeps_last or active[0].network is not None,
            check=check,
            make_more=make_more,
        )

    def _orders(self, members: Sequence[Member]) -> list[PresentationOrder]:
        """Return the orders of some members, which go on from phase to phase."""
        new = [member for member in members if member.order is None]
        for member, order in zip(new, PresentationOrder.of_seeds(self.examples, [member.seed for member in new]), strict=True):
            member.order = order
        return [member.order for member in members if member.order is not None]

    def _weighted(self, phase: Phase) -> ExampleSet:
        examples = self.examples
        return examples if phase.weighting == "equal" else examples.weighted(examples.frequencies * examples.error_weights)

    def _run(self, job: PopulationJob) -> PopulationResults | None:
        is_alone = isinstance(job.phase.rule, SearchRule) or job.phase.clip is not None or job.phase.schedule is not None
        return None if is_alone else self.engine.train_population(job)

    def _store(self, number: int, job: PopulationJob, results: PopulationResults | None, active: list[Member]) -> list[Member]:
        """Store the results of a phase. Return the members that go on to the next one."""
        stopped = ["epochs"] * len(active) if results is None else results.stopped
        can_be_shown = results is not None and results.last_values is not None and results.last_memory is not None
        for position, (member, values, reason) in enumerate(zip(active, job.values, stopped, strict=False)):
            if reason:
                member.values, member.trained = values, (job, position)
                member.stopped = "" if reason == "epochs" else reason
                if results is not None:
                    member.phases.append((number, results, position))
                    member.shown = (job, results, position) if can_be_shown else member.shown
        return [member for member, reason in zip(active, stopped, strict=True) if reason == "epochs"]

    def show(self, member: Member, network: Network) -> None:
        """Repeat the last epoch of a member, so that weights, units and connections of a network are those after `train`.

        It is repeated in one network for all members, since the engine then opens one session for all.
        """
        last_epoch = member.last_epoch
        if last_epoch is None:
            return
        if network is self.network:
            self._repeat_last_epoch(*last_epoch, member.rate)
        else:
            state, weight_state = self.network.state, self.network.weight_state
            with state.restored_afterwards(), weight_state.restored_afterwards():
                self._repeat_last_epoch(*last_epoch, member.rate)
                network.state.assign(state)
                network.weight_state.assign(weight_state)
        network._engine_ran()

    def _repeat_last_epoch(self, job: PopulationJob, values: Array, memory: Memory, order: Any, rate: float | None) -> None:
        self.network.weight_values = values
        single = TrainingJob(
            network=self.network,
            examples=job.examples,
            phase=job.phase if rate is None else with_rate(job.phase, rate),
            tolerance=self.tolerance,
            memory=dict(memory),
            checked=self._before if self._before.is_same() else None,
        )
        self.engine.session(single).run(order[None, :], None)

    @cached_property
    def _before(self) -> NetworkBefore:
        """The settings of the network when the first member was shown."""
        return NetworkBefore.of(self.network)

    def _train_alone(self, member: Member) -> None:
        """Train one member by `train`. Training that diverges ends this member only."""
        network = member.network or self.network
        network.weight_values = member.values
        phases = self.phases if member.rate is None else [with_rate(phase, member.rate) for phase in self.phases]
        with Noted("training", member.position, member.seed):
            try:
                member.run = train(
                    network,
                    self.examples,
                    phases=phases,
                    engine=self.engine,
                    seed=member.seed,
                    until=with_checked_answers(self.until, "train_many.until"),
                    tolerance=self.tolerance,
                )
            except DivergenceError as error:
                member.run = error.run
            except BaseException:
                network.weight_values = member.initial
                raise
        member.values, member.is_trained = network.weight_values, True


class Noted:
    """Context manager that adds a note to an exception, which names the network and what is done with it, such as "training"."""

    def __init__(self, act: str, position: int, seed: int) -> None:
        self.act, self.position, self.seed = act, position, seed

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception):
            error.add_note(f"train_many: in the {self.act} of network {self.position}, counted from 0, with seed {self.seed}")


def with_rate(phase: Phase, rate: float) -> Phase:
    """Return a phase whose rule has another learning rate."""
    return replace(phase, rule=phase.rule.with_rate(rate))
