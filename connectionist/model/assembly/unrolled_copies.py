"""The networks in which cases of a network run object by object: itself or, in time, a copy for each number of ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.model.assembly.validation import Values, validate_inputs
from connectionist.model.time.unrolling import check_tick_count, longest_delay

if TYPE_CHECKING:
    from connectionist.model.network import Network

MOST_CONNECTIONS = 2_000_000  # in all copies that are kept for later cases


class UnrolledCopies:
    """The unrolled copies that a network keeps, and the network that shows its present case.

    A change of the wiring, of the network or of a copy, discards what it makes out of date.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._copies: dict[int, tuple[Network, int]] = {}
        self._present: Network | None = None
        self._version = -1

    @property
    def present(self) -> Network | None:
        """The network that shows the present case; None before a forward pass, after a change of wiring, or if an engine ran in time."""
        self._discard_outdated()
        return self._present

    def for_ticks(self, ticks: int | None) -> Network:
        """Return the network in which a case of some ticks runs: the network itself without ticks, else a copy, which is kept.

        Raises
        ------
        MemoryLimitError
            If the copies would not fit into memory.
        """
        if ticks is None:
            return self.network
        self._discard_outdated()
        if ticks not in self._copies:
            if len(self.network.connections) * (ticks + sum(self._copies)) > MOST_CONNECTIONS:
                self._copies.clear()
            made = self.network._unroll(ticks, history=max(1, longest_delay(self.network)))
            self._copies[ticks] = made, made._wiring.version
        copy, self._present = self._copies[ticks][0], None
        copy.tie_derivative, copy.ticks_back = self.network.tie_derivative, self.network.ticks_back
        return copy

    def begin_forward(self, inputs: Values) -> tuple[Network, list[float]]:
        """Return the network in which a case runs, which is `present` from now on, and the inputs of the case in one list.

        Raises
        ------
        DataError, MemoryLimitError
            As `Network.forward`.
        """
        network = self.network
        if network.in_time and isinstance(inputs, np.ndarray):
            check_tick_count(network, len(inputs) if inputs.ndim else 0)  # before that many numbers are copied
        given = validate_inputs(inputs, [group for group in network.groups if group.role == "input"], network.in_time)
        running = self.for_ticks(len(given) if network.in_time else None)
        self._show(running)
        return running, given.ravel().tolist()

    def discard_case(self) -> None:
        """Forget a case that did not run to its end: no backward pass is possible from there."""
        self._present = None

    def engine_ran(self) -> None:
        """Note that an engine left its last case in the units. In time, the copies do not show that case."""
        self._show(None if self.network.in_time else self.network)

    def _show(self, running: Network | None) -> None:
        self._discard_outdated()
        self._present = running

    def _discard_outdated(self) -> None:
        if self._version != self.network._wiring.version:
            self._copies.clear()
            self._present = None
            self._version = self.network._wiring.version
        for ticks, (copy, version) in list(self._copies.items()):
            if copy._wiring.version != version:
                del self._copies[ticks]
                self._present = None if self._present is copy else self._present
