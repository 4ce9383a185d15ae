"""Base class of tasks: a network, examples, phases of training, and findings beside the published ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.data.accuracy import DEFAULT_TOLERANCE, correct_cases
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.parameters import Parameterized
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Engine
    from connectionist.engines.phase import Criterion, Phase
    from connectionist.learning.run import Run
    from connectionist.model.network import Network


@with_assignment_errors
@dataclass(frozen=True)
class Finding:
    """One measured quantity beside the published one.

    Parameters
    ----------
    quantity : str
        Name of the quantity, in a few words.
    measured : float, int, str, bool or None
        None if it could not be measured; then `note` gives the reason.
    published : float, int, str, bool or None
        None if nothing was published.
    source : str
        Source of the published value: paper, page or figure.
    note : str
        Differences between the two that a reader must know.
    tolerance : float, optional
        Largest difference of two numbers that agree, above 0, as for a fraction of random starts. By default 5 % of the published number,
        or 0.05 of a published 0.
    """

    quantity: str
    measured: float | int | str | bool | None
    published: float | int | str | bool | None = None
    source: str = ""
    note: str = ""
    tolerance: float | None = None


class Task(Parameterized, KnownAttributes, ABC):
    """A task for a network to learn. Subclasses are frozen dataclasses; their fields are the task's parameters.

    A field declared by `connectionist.parameter` has a range, which is checked when a task is made.

    Attributes
    ----------
    name : str
        Name for ``cn.task(name)`` and ``connectionist run``.
    source : str
        Publication of the task; empty if there is none.
    presets : dict of str to dict
        Values of the fields by preset. "default" and "published" must be among them; the latter is the recipe as printed. By default, both
        are empty, so that all fields keep their defaults.
    tolerance : float
        A case is correct if every output unit with a target is less than this from it; above 0.
    every : int
        Number of epochs between two calls of a `criterion` that is a function, at least 1; see `connectionist.train`.
    case_note : str
        A sentence for the inspector, which shows a case as `Network.forward` computes it, if the task itself computes it in another way.
    """

    name: ClassVar[str]
    source: ClassVar[str] = ""
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {}}
    tolerance: ClassVar[float] = DEFAULT_TOLERANCE
    every: ClassVar[int] = 1
    case_note: ClassVar[str] = ""
    _instead: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            "tolerance",
            "every",
            "criterion",
            "phases",
            "training_examples",
            "testing_examples",
            "network",
            "findings",
            "presets",
            "case_note",
        ),
        "define it in a subclass of the task",
    )

    @abstractmethod
    def network(self, seed: int) -> Network:
        """Return a new network with its initial weights."""

    def randomize(self, network: Network, seed: int) -> None:
        """Draw the initial weights for a seed in a network that `network` returned for another one.

        A task need not have it. With it, a study of many runs makes one network and gives it the weights of each seed, which takes less
        time than a network for each. Then the network must be that of `network` with the same seed, weight for weight.
        """
        raise NotImplementedError

    @property
    @abstractmethod
    def training_examples(self) -> ExampleSet:
        """Examples to train."""

    @property
    def testing_examples(self) -> ExampleSet | None:
        """Examples that are not trained; None if there are none."""
        return None

    @property
    @abstractmethod
    def phases(self) -> Sequence[Phase]:
        """Phases of training, in order."""

    @property
    def criterion(self) -> Criterion | Callable[[Run], bool | str] | None:
        """Condition that ends training before the end of the last phase, or None to train all epochs.

        It is a criterion, or a function of the run that returns true or a word, as for the argument ``until`` of `connectionist.train`. A
        run that such a function ends does not count as one that met the criterion.
        """
        return None

    def for_seed(self, seed: int) -> Task:
        """Return the task for a run with this seed.

        The seed becomes the value of the field ``data_seed`` if the task has one and it is None. A task that draws its data (the cases
        held out, for example) takes the draw from ``cn.random_stream(self.data_seed or 0, …)``.
        """
        if "data_seed" in parameters_of(type(self)) and self.data_seed is None:  # type: ignore[attr-defined]
            return replace(self, data_seed=seed)  # type: ignore[type-var,unused-ignore]
        return self

    @abstractmethod
    def findings(self, network: Network, run: Run) -> Sequence[Finding]:
        """Return what the trained network does, beside what was published."""

    def figures(self, network: Network, run: Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (for tasks that have some)
        """Draw the figures of the literature on this task, for the report of a run; none by default.

        Parameters
        ----------
        network : Network
            The trained network. Its weights, lesions and ties must not be changed.
        run : Run

        Returns
        -------
        dict of str to Axes or Figure
            Figures by caption, in the order of the report. Captions have the markup of docstrings.
        """
        return {}

    def correct_cases(self, network: Network, examples: ExampleSet, engine: str | Engine) -> npt.NDArray[np.bool_]:
        """Return for each example whether every output unit with a target is within the task's tolerance of it [case]."""
        return correct_cases(network.outputs(examples, engine), examples.targets, self.tolerance)
