"""What is to be recorded, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError, check_number, unknown

if TYPE_CHECKING:
    from connectionist.engines.probes import DueMask
    from connectionist.learning.run import Run

OF_UNITS = ("activation", "net_input", "activation_derivative", "net_derivative", "target")
OF_WEIGHTS = {"weight": "value", "derivative": "derivative", "change": "change"}  # to what a `Weight` calls it


@dataclass(frozen=True)
class Recorder:
    """What to record while a network is trained.

    Of units, what is recorded in an epoch is what they are as its examples are presented, and so before the change of weights that
    follows; of connections, what their weights are after the epoch's last change. That is what the objects show when training ends with
    that epoch. With `examples` of its own, a recorder instead tests: they are presented after the epoch, and nothing is learned from them.

    Parameters
    ----------
    quantities : str or sequence of str
        Of units "activation", "net_input", "activation_derivative" (∂E/∂y), "net_derivative" (∂E/∂x), "target"; of connections "weight",
        "derivative" (∂E/∂w, of the last change), "change".
    of : str, Group, Unit, Projection, Connection, or a sequence of these
        A group or unit by name, a pattern of unit names (``"person:C*"``), connections as ``"input → hidden"`` or ``"bias -> *"``. For
        quantities of connections, units stand for all that come into them.
    every : int
        Every how many epochs, counted from 1: with 10 in epochs 10, 20, 30, …; in each unless given.
    epochs : sequence of int, optional
        Which epochs, instead of `every`. 0 is before training; there is then something to record of weights and in testing only.
    when : function, optional
        Called with the `Run` after each epoch that may be recorded; it is recorded when the answer is true. It must not change anything.
    cases : str, int, or a sequence of these, optional
        Examples by name, pattern or number; all unless given.
    ticks : sequence of int, optional
        Which ticks, from 1, of a network in time; all unless given.
    each : {"epoch", "change"}
        When quantities of connections are recorded: once an epoch, or after each change within it.
    examples : ExampleSet, optional
        What to test with.
    folder : str or path, optional
        Where to write what is recorded while training goes on, for what is too large for memory; a new folder. ``{seed}`` in it stands for
        the seed of the training, so that several seeds have a folder each.

    Raises
    ------
    ParameterError
        When one is out of its range.
    UnknownNameError
        When there is no such quantity.

    Examples
    --------
    >>> Recorder("activation", of="hidden", every=10)
    Recorder(activation of 'hidden', every 10 epochs)
    """

    quantities: str | Sequence[str]
    of: Any
    every: int | None = None
    epochs: Sequence[int] | None = None
    when: Callable[[Run], bool] | None = None
    cases: Any = None
    ticks: Sequence[int] | None = None
    each: str = "epoch"
    examples: ExampleSet | None = None
    folder: str | Path | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without a network."""
        object.__setattr__(self, "quantities", check_quantities(self.quantities))
        if self.every is not None:
            check_number("Recorder", "every", self.every, at_least=1, whole=True)
        if self.epochs is not None:
            object.__setattr__(self, "epochs", whole_numbers("epochs", self.epochs, at_least=0))
        if self.ticks is not None:
            object.__setattr__(self, "ticks", whole_numbers("ticks", self.ticks, at_least=1))
        if self.each not in ("epoch", "change"):
            raise ParameterError(f"Recorder.each: must be 'epoch' or 'change' (got {self.each!r})")
        if self.when is not None and not callable(self.when):
            raise ParameterError(f"Recorder.when: must be a function of the run (got {self.when!r})")
        if self.examples is not None and not isinstance(self.examples, ExampleSet):
            raise ParameterError(f"Recorder.examples: must be an ExampleSet (got {self.examples!r})")
        if self.folder is not None and (not isinstance(self.folder, (str, Path)) or not str(self.folder)):
            raise ParameterError(f"Recorder.folder: must be the name of a folder (got {self.folder!r})")
        self._check_targets_possible()

    def due(self, first: int, count: int) -> DueMask:
        """Return which of so many epochs may be recorded, leaving `when` apart: bool [epoch]."""
        import numpy as np

        epochs = np.arange(first, first + count)
        return np.isin(epochs, self.epochs) if self.epochs is not None else (epochs % (self.every or 1) == 0) & (epochs > 0)

    @property
    def of_units(self) -> tuple[str, ...]:
        """Those quantities that units have."""
        return tuple(quantity for quantity in self.quantities if quantity in OF_UNITS)

    @property
    def of_weights(self) -> tuple[str, ...]:
        """Those quantities that connections have."""
        return tuple(quantity for quantity in self.quantities if quantity in OF_WEIGHTS)

    def _check_targets_possible(self) -> None:
        for name in ("cases", "examples", "ticks"):
            if getattr(self, name) is not None and not self.of_units:
                raise ParameterError(f"Recorder.{name}: weights are the same for every case and tick; no quantity of units is recorded")
        if self.every is not None and self.epochs is not None:
            raise ParameterError(f"Recorder: every and epochs both say when; give one of them (got {self.every} and {list(self.epochs)})")
        if self.each == "change" and not self.of_weights:
            raise ParameterError("Recorder.each: only quantities of connections are recorded after each change; units are by case anyway")
        if self.epochs is not None and 0 in self.epochs and self.of_units and self.examples is None:
            raise ParameterError("Recorder.epochs: before training nothing is presented to units; give examples= to test with (got 0)")

    def __repr__(self) -> str:
        often = "each epoch" if self.every in (None, 1) else f"every {self.every} epochs"
        when = often if self.epochs is None else f"in {len(self.epochs)} epochs"
        return f"Recorder({', '.join(self.quantities)} of {self.of!r}, {when})"


def check_quantities(quantities: object) -> tuple[str, ...]:
    """Return the names of quantities as a tuple.

    Raises
    ------
    UnknownNameError
        When there is no such quantity.
    """
    given = (quantities,) if isinstance(quantities, str) else quantities
    if not isinstance(given, Sequence) or not all(isinstance(quantity, str) for quantity in given):
        raise ParameterError(f"recording: quantities must be a name or a list of names (got {quantities!r})")
    for quantity in given:
        if quantity not in OF_UNITS and quantity not in OF_WEIGHTS:
            raise unknown("quantity", quantity, [*OF_UNITS, *OF_WEIGHTS])
    if not given:
        raise ParameterError(f"recording: quantities must be named, of {', '.join([*OF_UNITS, *OF_WEIGHTS])} (got none)")
    return tuple(dict.fromkeys(given))


def whole_numbers(name: str, given: object, at_least: int) -> tuple[int, ...]:
    """Return a sequence of whole numbers as a tuple, in order and each once.

    Raises
    ------
    ParameterError
        For anything else.
    """
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise ParameterError(f"Recorder.{name}: must be a list of whole numbers (got {given!r})")
    numbers = list(given)
    if not numbers:
        raise ParameterError(f"Recorder.{name}: must have at least one number (got an empty list)")
    for number in numbers:
        check_number("Recorder", name, number, at_least=at_least, whole=True)
    return tuple(sorted({int(number) for number in numbers}))
