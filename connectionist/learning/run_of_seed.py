"""The run of a network that a function makes from a seed. The network and the lists of the log are made when they are first read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from connectionist.learning.run import LOG_COLUMNS, Run
from connectionist.model.network import Network

if TYPE_CHECKING:
    from connectionist.engines.population import PopulationResults
    from connectionist.learning.member import Member

ATTRIBUTES = frozenset(field.name for field in fields(Run)) - {"network", *LOG_COLUMNS}


class PhaseLog(NamedTuple):
    """The log of a phase: its number, and the results of a population that have the log of the network at a position."""

    number: int
    results: PopulationResults
    position: int

    @property
    def epochs(self) -> int:
        """Number of epochs."""
        return self.results.epochs[self.position]


def log_lists(phases: Sequence[PhaseLog]) -> dict[str, list[Any]]:
    """Return the lists "errors", "corrects" and "phase_numbers" of a `Run`."""
    numbers = [each.number for each in phases for _ in range(each.epochs)]
    errors = [value for each in phases for value in each.results.errors[each.position].tolist()]
    corrects = [value for each in phases for value in each.results.correct[each.position].tolist()]
    return {"errors": errors, "corrects": corrects, "phase_numbers": numbers}


class PopulationOfSeeds(Protocol):
    """What the runs of a population have in common."""

    def trained_network(self, member: Member) -> Network:
        """Return a network of a member's own with its weights after training."""

    def attributes(self, member: Member) -> dict[str, Any]:
        """Return the attributes of a member's run, without its network and its log."""


class RunOfSeed(Run):
    """A run in a population, whose networks need not all exist at once.

    Parameters
    ----------
    population : PopulationOfSeeds
    member : Member
        The network. Its training must have ended before the run is read.
    """

    __slots__ = ("_has_rest", "_lists", "_member", "_network", "_population")

    def __init__(self, population: PopulationOfSeeds, member: Member) -> None:
        self._population = population
        self._member = member
        self._network: Network | None = None
        self._lists: dict[str, list[Any]] = {}
        self._has_rest = False

    if not TYPE_CHECKING:  # or type checkers would accept every name

        def __getattr__(self, attribute: str) -> Any:
            if attribute not in ATTRIBUTES:
                return super().__getattr__(attribute)
            if not self._has_rest:
                self._has_rest = True
                self._make_attributes(self._population.attributes(self._member))
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
        """The network with its weights after training, made when it is first read. No other run has it."""
        if self._network is None:
            self._network = self._population.trained_network(self._member)
        return self._network

    @network.setter
    def network(self, network: Network | None) -> None:
        self._network = network

    @property
    def epochs(self) -> int:
        """Number of epochs that ran."""
        return self._member.epochs


def _list_of(name: str) -> property:
    """Return a property for a list of the log, which is made when it is first read."""

    def read(run: RunOfSeed) -> list[Any]:
        if name not in run._lists:
            run._lists = run._member.log_lists() | run._lists  # with those that were assigned
        return run._lists[name]

    def assign(run: RunOfSeed, column: list[Any]) -> None:
        run._lists[name] = column

    return property(read, assign, doc=getattr(Run, name).__doc__)


for _name in LOG_COLUMNS:
    setattr(RunOfSeed, _name, _list_of(_name))
