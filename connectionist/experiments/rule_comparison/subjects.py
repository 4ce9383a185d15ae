"""The tasks of a comparison, and which pairs can train each: the task itself, and the task with a network that settles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectionist.errors import ConnectionistError
from connectionist.experiments.prepared_run import Preparation, PreparedRun
from connectionist.experiments.rule_comparison.pairs import Pair
from connectionist.experiments.rule_comparison.settling_task import SettlingTask
from connectionist.experiments.study.importable import source_digest
from connectionist.experiments.task import Task
from connectionist.learning.train_arguments import check_phases
from connectionist.plugins.by_name import task as make_task

LIKELY_TICKS = 15  # in the message that proposes them
PROPOSAL = f"or give ticks={LIKELY_TICKS} (--ticks {LIKELY_TICKS}), which gives these procedures a network with symmetric connections"


@dataclass
class Subject:
    """A task, or the task with a network that settles.

    Parameters
    ----------
    name : str
        Name of the folder of its study.
    task : str or Task
    options : dict
        Arguments of `Study` for it: preset, parameters, epochs and engine.
    seed : int
        Seed of the network with which it is found out what can be trained.
    note : str
        What the table says of its networks.
    """

    name: str
    task: str | Task
    options: Mapping[str, Any]
    seed: int
    note: str = ""
    pairs: list[Pair] = field(default_factory=list)
    _prepared: PreparedRun | None = None

    def obstacle(self, pair: Pair) -> str:
        """Return why a pair cannot train the network; "" if nothing is known that prevents it."""
        arguments: dict[str, Any] = {"rule": None, "procedure": None, **self.options, **pair.arguments}
        try:
            preparation = Preparation(self.task, **arguments)
            if self._prepared is None:
                self._prepared = preparation.for_seed(self.seed)
            check_phases(self._prepared.network, self._prepared.examples, preparation.phases(self._prepared.task))
        except ConnectionistError as error:
            return str(error)
        return ""


def assign_pairs(pairs: Sequence[Pair], own: Subject, settling: Subject | None) -> dict[Pair, str]:
    """Give each pair to the subject that it can train, the task itself if possible. Return why the others can train none.

    Parameters
    ----------
    pairs : sequence of Pair
    own : Subject
        The task itself.
    settling : Subject or None
        The task with a network that settles; None if the user did not ask for it.
    """
    obstacles = {}
    proposed = settling or settling_subject(own, LIKELY_TICKS)
    for pair in pairs:
        obstacle = pair.obstacle or own.obstacle(pair)
        if not obstacle:
            own.pairs.append(pair)
        elif pair.obstacle or proposed.obstacle(pair):
            obstacles[pair] = obstacle
        elif settling is None:
            obstacles[pair] = f"{obstacle}; {PROPOSAL}"
        else:
            settling.pairs.append(pair)
    return obstacles


def settling_subject(own: Subject, ticks: int) -> Subject:
    """Return the subject with symmetric connections, whose examples are held for some ticks."""
    task, options = own.task, own.options
    if isinstance(task, str):
        task = make_task(task, options["preset"], **options["parameters"])
    settling = SettlingTask(task, ticks, source_digest(type(task)))
    note = f"symmetric connections, {ticks} ticks"
    return Subject("runs-settling", settling, {**options, "preset": "default", "parameters": {}}, own.seed, note)
