"""What a worker must know to make the runs of a study: a few hundred bytes for all of them, and a few for each chunk of runs."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from connectionist.plugins import registry

if TYPE_CHECKING:
    from connectionist.experiments.task import Task

RunFunction = Callable[..., Any]


@dataclass(frozen=True)
class Work:
    """What all runs of a study have in common.

    Attributes
    ----------
    subject : str, Task or function
        Name of a task, a task, or a function of the seed and parameters.
    options : dict of str to object
        Arguments of `connectionist.run` except the seed; empty for a function.
    parameters : dict of str to object
        Parameters of every run.
    measure : function or None
        Function of a result that returns further columns.
    has_cases : bool
        Whether to return the results of each case.
    keep : str or None
        Folder in which each run gets a folder; None for no such folders.
    command_line : tuple of str
        Words of the command, for these folders.
    checkpoint_every : int or str
        Interval of checkpoints in these folders.
    """

    subject: str | Task | RunFunction
    options: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    measure: Callable[[Any], Mapping[str, Any]] | None = None
    has_cases: bool = True
    keep: str | None = None
    command_line: tuple[str, ...] = ()
    checkpoint_every: int | str = "30 s"


@dataclass(frozen=True)
class PackedWork:
    """Work for another process: functions, classes and the plugins that it must load, by name.

    Attributes
    ----------
    plugins : tuple
        Folders of plugins, and names of plugins to leave out.
    content : bytes
        The `Work`, pickled. Only the process that made it, and its workers, ever read it.
    """

    plugins: tuple[tuple[str, ...], tuple[str, ...]]
    content: bytes

    @classmethod
    def of(cls, work: Work) -> PackedWork:
        """Return work packed for another process. What pickle raises is passed on."""
        used = registry.get_registry()
        return cls((used.folders, used.without), pickle.dumps(work))


@lru_cache(maxsize=4)
def unpack(packed: PackedWork) -> Work:
    """Return the work, after loading the same plugins as the process that packed it."""
    used = registry.get_registry()
    if (used.folders, used.without) != packed.plugins:
        registry.load(*packed.plugins)
    work: Work = pickle.loads(packed.content)
    return work


@dataclass(frozen=True)
class ConditionRuns:
    """Runs of one condition.

    Attributes
    ----------
    condition : int
        Number of the condition.
    values : dict of str to object
        What varies, with its values.
    seeds : tuple of int
    drawn : dict of str to object
        Parameters of these participants only, which their rows have.
    """

    condition: int
    values: Mapping[str, Any]
    seeds: tuple[int, ...]
    drawn: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Chunk:
    """Runs that a worker makes one after the other, and in lanes where that is possible.

    Attributes
    ----------
    work : Work or PackedWork
    groups : tuple of ConditionRuns
    seconds : float
        Time after which the worker returns what it has; the runs that are left are given out again.
    """

    work: Work | PackedWork
    groups: tuple[ConditionRuns, ...]
    seconds: float

    def __len__(self) -> int:
        return sum(len(group.seeds) for group in self.groups)


@dataclass(frozen=True)
class CallOutcome:
    """What a function of the simulator returned or raised, to be handed back whole, instead of a row."""

    value: Any = None
    error: BaseException | None = None


@dataclass
class ChunkResults:
    """Results of the runs of a chunk that were made.

    Attributes
    ----------
    rows : list of dict
        One row per run: "condition" (its number), "seed", how it ended, and what was measured.
    cases : list of dict
        One row per run and case.
    curves : list of tuple
        Learning curve of each run (`curves.make_curve`).
    published : dict of int to dict of str to float
        What was published for each condition, by its number: values by the name of the finding.
    recordings : list of (int, int, tuple of Recording)
        Number of the condition, seed, and what was recorded.
    outcomes : list of (int, CallOutcome)
        Seed, and the outcome of the call.
    seconds : float
        Time of all runs together.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    curves: list[tuple[int, int, int, Any]] = field(default_factory=list)
    published: dict[int, dict[str, float]] = field(default_factory=dict)
    recordings: list[tuple[int, int, Sequence[Any]]] = field(default_factory=list)
    outcomes: list[tuple[int, CallOutcome]] = field(default_factory=list)
    seconds: float = 0.0
