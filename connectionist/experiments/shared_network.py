"""Runs of a task for several seeds on one network, which gets the initial weights of each seed in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

import numpy as np

from connectionist.errors import PluginError
from connectionist.experiments.prepared_run import PreparedRun
from connectionist.experiments.task import Task
from connectionist.experiments.task_members import network_of
from connectionist.learning.interrupts import training_interrupts
from connectionist.learning.member import Member
from connectionist.learning.network_changes import NetworkSettings
from connectionist.learning.population import PopulationTraining
from connectionist.learning.run import Run
from connectionist.learning.train_arguments import split_until
from connectionist.learning.training_checks import check_criterion, check_training
from connectionist.plugins.registry import describe_origin


def can_share_network(task: Task, seeds: Sequence[int]) -> bool:
    """Return whether the runs of some seeds differ in the weights of their networks and the orders of examples only."""
    has_weights_of_seeds = type(task).randomize is not Task.randomize
    return has_weights_of_seeds and not callable(task.criterion) and all(task.for_seed(seed) is task for seed in seeds)


class SharedNetwork:
    """The network of a run, and the runs of several seeds on it.

    Parameters
    ----------
    prepared : PreparedRun
        Run of one of the seeds, whose network was not trained.
    seeds : sequence of int

    Raises
    ------
    WiringError, DataError, ParameterError
        If the network cannot be trained on the examples, as for `train`.
    PluginError
        If `Task.randomize` changes more than the weights, or the weights for the last seed are not those of `Task.network`.
    """

    def __init__(self, prepared: PreparedRun, seeds: Sequence[int]) -> None:
        self.prepared = prepared
        network, members = prepared.network, []
        before = NetworkSettings.of(network)
        for position, seed in enumerate(seeds):
            prepared.task.randomize(network, seed)
            if not before.is_same():
                raise PluginError(self._sentence("must change the weights only"))
            members.append(Member(None, position, seed, network.weight_values))
        if not np.array_equal(network_of(prepared.task, seeds[-1]).weight_values, members[-1].initial):
            raise PluginError(self._sentence("must give all weights of network(seed)"))
        criterion, _ = split_until(prepared.until, 1, "run")
        check_criterion(criterion, network, prepared.examples, prepared.tolerance)
        check_training(network, prepared.examples, prepared.phases)
        settings = tuple(prepared.phases), prepared.engine, prepared.until, criterion, prepared.tolerance
        self.training = PopulationTraining(network, members, prepared.examples, *settings, keeps_last=True)

    def _sentence(self, problem: str) -> str:
        task = self.prepared.task
        return f"{describe_origin(type(task))}task {task.name!r}: randomize(network, seed) {problem}"

    def train(self) -> None:
        """Train with all seeds.

        Raises
        ------
        Exception
            What a formula raises, unchanged.
        """
        start, interrupts = perf_counter(), training_interrupts()
        with interrupts, self.prepared.named_plugins():
            self.training.train_together(interrupts.check)
        seconds = (perf_counter() - start) / len(self.training.members)
        for member in self.training.members:
            member.seconds = seconds

    def runs(self) -> Iterator[tuple[PreparedRun, Run | None]]:
        """Yield the run of each seed; None instead if its training did not end as usual, so that it must be made alone.

        The network has the state after a run until the next one is taken.
        """
        prepared, network = self.prepared, self.prepared.network
        for member in self.training.members:
            of_seed = replace(prepared, seed=member.seed)
            if not member.is_trained or member.last_epoch is None:
                yield of_seed, None
                continue
            prepared.task.randomize(network, member.seed)
            self.training.show(member, network)
            run = Run(
                network,
                self.training.phases,
                prepared.engine.name,
                member.seed,
                engine_settings=prepared.engine.settings,
                memory=member.memory,
                stopped=member.stopped,
                seconds=member.seconds,
                ran_by=member.ran_by(prepared.engine),
            )
            yield of_seed, member.add_log(run)
