"""Recorder: what to record while a network is trained, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.data.example_set import Examples, as_example_set
from connectionist.errors import ParameterError, UnknownNameError, check_number, unknown_name
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors
from connectionist.utils.finite_list import finite_list
from connectionist.utils.functions import takes
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    from connectionist.engines.probes import DueMask
    from connectionist.learning.run import Run

UNIT_QUANTITIES = ("activation", "net_input", "activation_derivative", "net_derivative", "target")
GOODNESS, ENERGY = GOODNESS_QUANTITIES = ("goodness", "energy")  # of units, in tests
WEIGHT_QUANTITIES = {"weight": "value", "derivative": "derivative", "change": "change"}  # name in a recording to attribute of `Weight`


@with_assignment_errors
@dataclass(frozen=True)
class Recorder(KnownAttributes):
    """The quantities to record during training, and the epochs, cases and ticks.

    Quantities of units are recorded when the examples of an epoch are presented, before the weight change that follows. Quantities of
    connections are recorded after the last change of the epoch. The objects show the same values if training ends with that epoch. If
    `examples` is given, the recorder tests instead: these examples are presented after the epoch, and the network does not learn from
    them.

    Parameters
    ----------
    quantities : str or sequence of str
        For units "activation", "net_input", "activation_derivative" (∂E/∂y), "net_derivative" (∂E/∂x) and "target", and with `examples`
        "goodness" and "energy", as for `record`. For connections "weight", "derivative" (∂E/∂w of the last change) and "change".
    of : str, Group, Unit, Projection, Connection, or a sequence of these
        Units or connections to record. A string is the name of a group or unit, a pattern of unit names (``"person:C*"``), or
        connections, such as ``"input → hidden"`` or ``"bias -> *"``. For quantities of connections, units mean all their incoming
        connections.
    every : int, optional
        Interval in epochs, at least 1: with 10, epochs 10, 20, 30, … are recorded. The default is every epoch.
    epochs : sequence of int, optional
        Epochs to record, from 1, instead of `every`. 0 is before training. Only weights, and units in a test, can be recorded then.
    when : function, optional
        Function of the `Run`, called after each epoch that is due. The epoch is recorded if it returns true. It must not change anything.
    cases : str, int, or a sequence of these, optional
        Examples to record, by name, pattern or number (from 0). The default is all.
    ticks : sequence of int, optional
        Ticks to record in a network that runs in time, from 1. The default is all.
    each : {"epoch", "change"}
        How often to record connections: once per epoch, or after each weight change.
    examples : ExampleSet or list of Example, optional
        Examples for a test after each recorded epoch.
    folder : str or path, optional
        New or empty folder into which the recording is written during training, for recordings that are too large for memory. ``{seed}``
        in it is replaced by the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    UnknownNameError
        If there is no such quantity.

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
    examples: Examples | None = None
    folder: str | Path | None = None

    def __post_init__(self) -> None:
        """Check everything that does not depend on a network."""
        object.__setattr__(self, "quantities", check_quantities(self.quantities))
        if self.every is not None:
            keep_number(self, "Recorder", "every", at_least=1, whole=True)
        if self.epochs is not None:
            object.__setattr__(self, "epochs", check_whole_numbers("epochs", self.epochs, at_least=0))
        if self.ticks is not None:
            object.__setattr__(self, "ticks", check_whole_numbers("ticks", self.ticks, at_least=1))
        if self.each not in ("epoch", "change"):
            raise ParameterError(f"Recorder.each: must be 'epoch' or 'change' (got {self.each!r})")
        if self.when is not None and not takes(self.when, 1):
            raise ParameterError(f"Recorder.when: must be a function of one argument, the run (got {self.when!r})")
        if self.examples is not None:
            as_example_set(self.examples, what="Recorder.examples", error=ParameterError)  # checks the type
        if self.folder is not None and (not isinstance(self.folder, (str, Path)) or not str(self.folder)):
            raise ParameterError(f"Recorder.folder: must be the name of a folder (got {self.folder!r})")
        self._check_combinations()

    def due(self, first: int, count: int) -> DueMask:
        """Return which epochs are due, without calling `when`.

        Parameters
        ----------
        first : int
            First epoch, from 0.
        count : int
            Number of epochs.

        Returns
        -------
        bool array [epoch]
        """
        import numpy as np

        epochs = np.arange(first, first + count)
        return np.isin(epochs, self.epochs) if self.epochs is not None else (epochs % (self.every or 1) == 0) & (epochs > 0)

    @property
    def unit_quantities(self) -> tuple[str, ...]:
        """Quantities of units among `quantities`."""
        return tuple(quantity for quantity in self.quantities if quantity in (*UNIT_QUANTITIES, *GOODNESS_QUANTITIES))

    @property
    def weight_quantities(self) -> tuple[str, ...]:
        """Quantities of connections among `quantities`."""
        return tuple(quantity for quantity in self.quantities if quantity in WEIGHT_QUANTITIES)

    def _check_combinations(self) -> None:
        for name in ("cases", "examples", "ticks"):
            if getattr(self, name) is not None and not self.unit_quantities:
                raise ParameterError(f"Recorder.{name}: weights are the same for every case and tick; add a quantity of units")
        if self.every is not None and self.epochs is not None:
            raise ParameterError(
                f"Recorder: every and epochs exclude each other; give one of them (got {self.every} and {list(self.epochs)})"
            )
        if self.examples is None and (found := [name for name in self.quantities if name in GOODNESS_QUANTITIES]):
            raise ParameterError(
                f"Recorder.quantities: {found[0]!r} is recorded in tests only, with the weights after an epoch; give examples= to test with"
            )
        if self.each == "change" and not self.weight_quantities:
            raise ParameterError(
                "Recorder.each: only quantities of connections can be recorded after each change; units are recorded by case"
            )
        if self.epochs is not None and 0 in self.epochs and self.unit_quantities and self.examples is None:
            raise ParameterError("Recorder.epochs: no example is presented before training; give examples= to test with (got 0)")

    def __repr__(self) -> str:
        interval = "each epoch" if self.every in (None, 1) else f"every {describe_count(self.every, 'epoch')}"
        when = interval if self.epochs is None else f"in {describe_count(len(self.epochs), 'epoch')}"
        return f"Recorder({', '.join(self.quantities)} of {self.of!r}, {when})"


READ_NOISE = "unit.net_input_noise and unit.activation_noise after a pass, or in a function of train(after_example=…)"


def check_quantities(quantities: object) -> tuple[str, ...]:
    """Return the names of quantities as a tuple, without duplicates.

    Raises
    ------
    ParameterError
        If `quantities` is not a name or a sequence of names, or is empty.
    UnknownNameError
        If there is no such quantity.
    """
    names = (quantities,) if isinstance(quantities, str) else quantities
    known = [*UNIT_QUANTITIES, *GOODNESS_QUANTITIES, *WEIGHT_QUANTITIES]
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise ParameterError(f"recording: quantities must be a name or a list of names (got {quantities!r})")
    for name in names:
        if name not in known:
            if "noise" in name:
                raise UnknownNameError(f"quantity {name!r}: noise is not recorded; read {READ_NOISE}")
            raise unknown_name("quantity", name, known)
    if not names:
        raise ParameterError(f"recording: quantities must be at least one of {', '.join(known)} (got none)")
    return tuple(dict.fromkeys(names))


def check_whole_numbers(name: str, values: object, at_least: int) -> tuple[int, ...]:
    """Return whole numbers as a sorted tuple without duplicates.

    Raises
    ------
    ParameterError
        If `values` is not iterable, is empty, or has an element that is not a whole number of at least `at_least`.
    """
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise ParameterError(f"Recorder.{name}: must be a list of whole numbers (got {values!r})")
    numbers = finite_list(values, f"Recorder.{name}")
    if not numbers:
        raise ParameterError(f"Recorder.{name}: must have at least one number (got an empty list)")
    for number in numbers:
        check_number("Recorder", name, number, at_least=at_least, whole=True)
    return tuple(sorted({int(number) for number in numbers}))
