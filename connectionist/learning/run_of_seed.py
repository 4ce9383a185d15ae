"""The run of a network that a function makes from a seed. The network and the lists of the log are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectionist.learning.run import Run
from connectionist.model.network import Network

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

LOG = ("errors", "corrects", "phase_numbers")


class RunOfSeed(Run):
    """A run in a population, whose networks need not all exist at once.

    Parameters
    ----------
    make : function
        Returns a network for a seed.
    values : array [weight]
        Weights after training.
    log : dict of str to array [epoch]
        "errors", "corrects" and "phase_numbers" of the `Run`.
    shown : dict of int to RunOfSeed
        The run that each network shows, by the id of the network. All runs of a population share this dict.
    **rest
        Further attributes of the `Run`.
    """

    __slots__ = ("_log", "_make", "_network", "_shown", "_values")

    def __init__(
        self, make: Callable[[int], Network], values: Array, log: dict[str, Any], shown: dict[int, RunOfSeed], **rest: Any
    ) -> None:
        self._make = make
        self._network: Network | None = None
        self._values = values
        self._log = log
        self._shown = shown
        super().__init__(network=None, **dict.fromkeys(LOG), **rest)  # type: ignore[arg-type]

    @property
    def network(self) -> Network:
        """The network, made by the function when it is first asked for, with its weights after training."""
        if self._network is None:
            self._network = self._make(self.seed)
        if self._shown.get(id(self._network)) is not self:  # the function may return the same network each time
            self._network.weight_values = self._values
            self._shown[id(self._network)] = self
        return self._network

    @network.setter
    def network(self, network: Network | None) -> None:
        self._network = network

    @property
    def epochs(self) -> int:
        """Number of epochs that ran."""
        return len(self._log["errors"])


def _list_of(name: str) -> property:
    """Return a property for a list of the log, which is made from the array when it is first read."""

    def read(run: RunOfSeed) -> list[Any]:
        column = run._log[name]
        made: list[Any] = column if isinstance(column, list) else column.tolist()
        run._log[name] = made
        return made

    def assign(run: RunOfSeed, column: list[Any] | None) -> None:
        if column is not None:  # the constructor gives None
            run._log[name] = column

    return property(read, assign, doc=getattr(Run, name).__doc__)


for _name in LOG:
    setattr(RunOfSeed, _name, _list_of(_name))
