"""The run of a network that a function makes from a seed. The network and the lists of the log are made when they are first read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from connectionist.learning.run import Run
from connectionist.model.network import Network

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

LOG = ("errors", "corrects", "phase_numbers")
ATTRIBUTES = frozenset(field.name for field in fields(Run)) - {"network", *LOG}


class PhaseLog(NamedTuple):
    """The log of a phase: its number, and E and the fraction of correct examples, arrays [epoch]."""

    number: int
    errors: Array
    corrects: Array


def log_lists(phases: Sequence[PhaseLog]) -> dict[str, list[Any]]:
    """Return the lists "errors", "corrects" and "phase_numbers" of a `Run`."""
    numbers = [each.number for each in phases for _ in range(len(each.errors))]
    errors, corrects = ([value for each in phases for value in getattr(each, name).tolist()] for name in LOG[:2])
    return {"errors": errors, "corrects": corrects, "phase_numbers": numbers}


class RunOfSeed(Run):
    """A run in a population, whose networks need not all exist at once.

    Parameters
    ----------
    make : function
        Returns a network for a seed.
    values : array [weight]
        Weights after training.
    log : list of PhaseLog
    is_shared : function
        Whether the function returned a network in training, so that several runs may have it.
    rest : function
        Returns the further attributes of the `Run`. It is called when one of them is first read.
    """

    __slots__ = ("_is_shared", "_lists", "_log", "_make", "_network", "_rest", "_values")

    def __init__(
        self,
        make: Callable[[int], Network],
        values: Array,
        log: Sequence[PhaseLog],
        is_shared: Callable[[Network], bool],
        rest: Callable[[], dict[str, Any]],
    ) -> None:
        self._make = make
        self._network: Network | None = None
        self._values = values
        self._log = log
        self._lists: dict[str, list[Any]] = {}
        self._is_shared = is_shared
        self._rest: Callable[[], dict[str, Any]] | None = rest

    if not TYPE_CHECKING:  # or type checkers would accept every name

        def __getattr__(self, attribute: str) -> Any:
            if attribute not in ATTRIBUTES:
                return super().__getattr__(attribute)
            if self._rest is not None:
                self._make_attributes(self._rest())
                self._rest = None
            return object.__getattribute__(self, attribute)

    def _make_attributes(self, rest: dict[str, Any]) -> None:
        """Assign the attributes that have no value yet."""
        run = Run(None, **rest)  # type: ignore[arg-type]
        for name in ATTRIBUTES:
            try:
                object.__getattribute__(self, name)
            except AttributeError:
                setattr(self, name, getattr(run, name))

    @property
    def network(self) -> Network:
        """The network, made by the function when it is first read, with its weights after training.

        If the function returns the same network each time, it is called, and these weights are written, each time.
        """
        if self._network is None:
            made = self._make(self.seed)
            made.weight_values = self._values
            if self._is_shared(made):
                return made
            self._network = made
        return self._network

    @network.setter
    def network(self, network: Network | None) -> None:
        self._network = network

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy as a `Run` with its network, since the function that makes the network may have no name to pickle."""
        network = self.network
        own = network if self._network is not None else network.copy()  # of a network that is shared, the weights of this run
        return Run, (own, *(getattr(self, field.name) for field in fields(Run)[1:]))

    @property
    def epochs(self) -> int:
        """Number of epochs that ran."""
        count = 0
        for phase in self._log:
            count += len(phase.errors)
        return count


def _list_of(name: str) -> property:
    """Return a property for a list of the log, which is made when it is first read."""

    def read(run: RunOfSeed) -> list[Any]:
        if name not in run._lists:
            run._lists = log_lists(run._log) | run._lists  # with those that were assigned
        return run._lists[name]

    def assign(run: RunOfSeed, column: list[Any]) -> None:
        run._lists[name] = column

    return property(read, assign, doc=getattr(Run, name).__doc__)


for _name in LOG:
    setattr(RunOfSeed, _name, _list_of(_name))
