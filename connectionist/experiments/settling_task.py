"""A task whose network settles: the network of another task with symmetric connections, and its examples held for some ticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectionist.data.event import Event
from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.errors import ConnectionistError, WiringError
from connectionist.experiments.task import Finding, Task
from connectionist.learning.training_checks import check_phases
from connectionist.plugins.parameters import parameter

if TYPE_CHECKING:
    from connectionist.engines.phase import Criterion, Phase
    from connectionist.learning.run import Run
    from connectionist.model.network import Network

COMPUTED = ("hidden", "output")
LIKELY_TICKS = 15  # in the message that proposes them
PROPOSAL = f"or give ticks={LIKELY_TICKS} (--ticks {LIKELY_TICKS}), for symmetric connections and examples of {LIKELY_TICKS} ticks"


def task_given(task: Task) -> Task:
    """Return the task that the user gave: the other task of a `SettlingTask`, or the task itself."""
    return task.base if isinstance(task, SettlingTask) else task


def with_proposal(error: ConnectionistError, task: Task, network: Network, phases: Sequence[Phase], seed: int) -> ConnectionistError:
    """Return the error of a training that could not begin. Its message proposes ticks if the phases can train the task only with them."""
    settling = SettlingTask(task_given(task), LIKELY_TICKS)
    try:
        has_other_cause = _can_train(task, network, phases) or not _can_train(settling, settling.network(seed), phases)
    except Exception:  # of the plugin, or why the task cannot have ticks
        return error
    return error if has_other_cause else type(error)(f"{error}; {PROPOSAL}")


def _can_train(task: Task, network: Network, phases: Sequence[Phase]) -> bool:
    try:
        check_phases(network, task.training_examples, phases)
    except ConnectionistError:
        return False
    return True


class NameOfBase:
    """The attribute `name` of a `SettlingTask`: the name of the other task, which the user gave. The class itself has one too."""

    def __get__(self, task: SettlingTask | None, kind: type[SettlingTask]) -> str:
        """Return the name."""
        return "settling" if task is None else task.base.name


@dataclass(frozen=True)
class SettlingTask(Task):
    """Another task, for learning procedures whose networks settle in time.

    The network is that of the other task with the same initial weights. Each connection from a hidden unit to a hidden or output unit has
    an opposite one with the same weight and a delay of 1. Each example is held for some ticks, with targets at the last one. There are no
    findings, since those of the other task are of a network without time.

    Parameters
    ----------
    base : Task
        The other task.
    ticks : int
        Ticks of each example, at least 1.
    source_digest : str
        Digest of the file of the other task, for the folder of a study.
    """

    base: Task
    ticks: int = parameter(15, at_least=1)
    source_digest: str = ""

    name = NameOfBase()

    def network(self, seed: int) -> Network:
        """Return the network of the other task with symmetric connections.

        Raises
        ------
        WiringError
            If it runs in time already.
        """
        network = self.base.network(seed)
        if network.in_time:
            raise WiringError(f"ticks: are for networks without time, and in {network.in_time}; leave ticks out")
        for projection in list(network.projections):
            if projection.sender.role == "hidden" and projection.receiver.role in COMPUTED:
                network.make_symmetric(projection.sender, projection.receiver)
        return network

    @property
    def training_examples(self) -> ExampleSet:
        """The training examples of the other task, held."""
        return self._held(self.base.training_examples)

    @property
    def testing_examples(self) -> ExampleSet | None:
        """The testing examples of the other task, held."""
        examples = self.base.testing_examples
        return None if examples is None else self._held(examples)

    def _held(self, examples: ExampleSet) -> ExampleSet:
        return ExampleSet([self._held_example(example) for example in examples])

    def _held_example(self, example: Example) -> Example:
        event = Event(example.inputs, example.targets, time=self.ticks, targets_at="last")
        return Example.of_events([event], example.name, frequency=example.frequency, error_weight=example.error_weight)

    @property
    def tolerance(self) -> float:  # type: ignore[override]
        """The tolerance of the other task."""
        return self.base.tolerance

    @property
    def every(self) -> int:  # type: ignore[override]
        """The interval of the criterion of the other task."""
        return self.base.every

    @property
    def phases(self) -> Sequence[Phase]:
        """The phases of the other task."""
        return self.base.phases

    @property
    def criterion(self) -> Criterion | Callable[[Run], bool | str] | None:
        """The criterion of the other task."""
        return self.base.criterion

    def for_seed(self, seed: int) -> Task:
        """Return the task with the data that the other task draws for this seed."""
        base = self.base.for_seed(seed)
        return self if base is self.base else replace(self, base=base)

    def findings(self, network: Network, run: Run) -> Sequence[Finding]:
        """Return no findings."""
        del network, run
        return []
