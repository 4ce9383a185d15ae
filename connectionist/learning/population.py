"""Networks of one wiring that are trained together, phase by phase. Those that the engine cannot train together are trained alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.data.order import PresentationOrder
from connectionist.engines.engine import Engine, Memory, TrainingJob
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.population import PopulationJob, PopulationResults
from connectionist.errors import DivergenceError
from connectionist.learning.interrupts import training_interrupts
from connectionist.learning.member import Member, TrainedPhase
from connectionist.learning.network_changes import NetworkSettings
from connectionist.learning.train_arguments import with_checked_answers
from connectionist.learning.training import train
from connectionist.model.network import Network
from connectionist.plugins.rules import SearchRule

if TYPE_CHECKING:
    from connectionist.learning.run import Run
    from connectionist.learning.train_arguments import Until
    from connectionist.utils.arrays import Array


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
            active = self._store(TrainedPhase(number, number == len(self.phases), results), job, active)
        alone = []
        for member in self.members:
            if not member.stopped:
                alone.append(member)
            elif member.network is not None:
                check()  # repeating the last epoch of many networks takes time
                self.show(member, member.network)
                member.is_shown = True
        return alone

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
                for name, before in member.memory.items() if member.phases else ():
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
        is_alone = isinstance(job.phase.rule, SearchRule) or job.phase.schedule is not None  # the trainer does these
        return None if is_alone else self.engine.train_population(job)

    def _store(self, phase: TrainedPhase, job: PopulationJob, active: list[Member]) -> list[Member]:
        """Store a phase for the members that it trained. Return those that go on to the next one."""
        reasons = ["epochs"] * len(active) if phase.results is None else phase.results.stopped
        for position, (member, reason) in enumerate(zip(active, reasons, strict=True)):
            if reason:
                if phase.results is None:
                    member.epoch_before = member.last_epoch
                member.job = job
                member.phases.append((phase, position))
        return [member for member, reason in zip(active, reasons, strict=True) if reason == "epochs"]

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
                state.assign(network.state)  # since training does not change all, such as the last changes of frozen weights
                weight_state.assign(network.weight_state)
                self._repeat_last_epoch(*last_epoch, member.rate)
                network.state.assign(state)
                network.weight_state.assign(weight_state)
        network._engine_ran()

    def _repeat_last_epoch(self, job: PopulationJob, values: Array, memory: Memory, order: Any, rate: float | None) -> None:
        self.network.weight_state.array("value")[self.network.weight_rows] = values
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
    def _before(self) -> NetworkSettings:
        """The settings of the network when the first member was shown."""
        return NetworkSettings.of(self.network)

    def _train_alone(self, member: Member) -> None:
        """Train one member by `train`. Training that diverges ends this member only."""
        network = member.network or self.network
        if member.network is None:
            network.weight_values = member.initial
        phases = self.phases if member.rate is None else [with_rate(phase, member.rate) for phase in self.phases]
        run: Run | None = None
        try:
            with NetworkNote("training", member.position, member.seed):
                try:
                    run = train(
                        network,
                        self.examples,
                        phases=phases,
                        engine=self.engine,
                        seed=member.seed,
                        until=with_checked_answers(self.until, "train_many.until"),
                        tolerance=self.tolerance,
                    )
                except DivergenceError as error:
                    run, member.divergence = error.run, str(error)
            member.values_alone = network.weight_values
            member.run = run  # last, since an interrupt may come between
        except BaseException:
            if member.run is None and len(network.weights) == len(member.initial):  # unless a function of `until` has rewired it
                network.weight_values = member.initial
            raise


class NetworkNote:
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
