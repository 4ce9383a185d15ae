"""What a task must offer: a network, examples, phases of training, and its findings beside the published ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.phase import Criterion, Phase
    from connectionist.learning.run import Run
    from connectionist.model.network import Network


@dataclass(frozen=True)
class Finding:
    """One quantity measured, beside what was published.

    Parameters
    ----------
    quantity : str
        What was measured, in a few words.
    measured : float, int, str, bool or None
        None when it could not be measured, with the reason in `note`.
    published : float, int, str, bool or None
        None when nothing was published.
    source : str
        Where it was published: paper, page or figure.
    note : str
        What to know when the two are compared.
    """

    quantity: str
    measured: float | int | str | bool | None
    published: float | int | str | bool | None = None
    source: str = ""
    note: str = ""


class Task(ABC):
    """Something for a network to learn. Subclasses are frozen dataclasses; their fields are the task's parameters.

    Attributes
    ----------
    name : str
        What ``cn.task(name)`` and ``connectionist run`` call it.
    source : str
        Where it was published.
    presets : dict of str to dict
        Values of the fields by preset. "default" and "published" must be there; the latter is the recipe as printed.
    tolerance : float
        A case is right when every output unit with a target is less than this from it.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {}}
    tolerance: ClassVar[float] = 0.5

    @abstractmethod
    def network(self, seed: int) -> Network:
        """Return a new network with its initial weights."""

    @property
    @abstractmethod
    def training_examples(self) -> ExampleSet:
        """The examples to learn."""

    @property
    def testing_examples(self) -> ExampleSet | None:
        """Examples that are not trained; None when there are none."""
        return None

    @property
    @abstractmethod
    def phases(self) -> Sequence[Phase]:
        """The phases of training, in order."""

    @property
    def criterion(self) -> Criterion | None:
        """When to stop before the last phase has run out; None for never."""
        return None

    def for_seed(self, seed: int) -> Task:  # noqa: ARG002  (for tasks that draw something)
        """Return the task as a run with this seed has it, where part of it is drawn (cases held out, say)."""
        return self

    @abstractmethod
    def findings(self, network: Network, run: Run) -> Sequence[Finding]:
        """Measure the trained network, beside what was published."""

    def figures(self, network: Network, run: Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (for tasks that have some)
        """Draw what the literature shows of this task, for the report of a run; nothing unless the task says otherwise.

        Parameters
        ----------
        network : Network
            Trained; its weights, lesions and ties must stay as they are.
        run : Run

        Returns
        -------
        dict of str to Axes or Figure
            By caption, in the order in which they are to stand. A caption is marked up as docstrings are.
        """
        return {}
