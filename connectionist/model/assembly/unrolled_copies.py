"""The network that runs a case object by object: the network itself or, in time, its copy with that number of ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.model.assembly.validation import CaseInputs, Values, validate_case_inputs
from connectionist.model.perturbation import UNPERTURBED, Perturbation, perturbation_of
from connectionist.model.time.unrolling import EndState, check_tick_count, longest_delay

if TYPE_CHECKING:
    from connectionist.model.network import Network

MOST_CONNECTIONS = 2_000_000  # limit for all copies that are kept for later cases


class UnrolledCopies:
    """The unrolled copies that a network keeps, and the network that shows its present case.

    All copies are discarded when the wiring of the network changes. A copy is discarded when its own wiring changes.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    present : Network or None
        The network that shows the present case. None before a forward pass, after a change of wiring, and in time after an engine ran.
    perturbation : Perturbation
        Noise and clamps of the last `begin_forward`.
    end_state : list of (float, float) or None
        State in which `Network.step_forward` left the network; None if another case ran since, or the wiring changed.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.present: Network | None = None
        self.perturbation = UNPERTURBED
        self.end_state: EndState | None = None
        self._copies: dict[int, Network] = {}

    def clear(self) -> None:
        """Discard all copies and the present case."""
        self._copies.clear()
        self.present = self.end_state = None

    def discard(self, copy: Network) -> None:
        """Discard one copy, and the present case if the copy shows it."""
        self._copies = {ticks: kept for ticks, kept in self._copies.items() if kept is not copy}
        if self.present is copy:
            self.present = None

    def for_ticks(self, ticks: int | None) -> Network:
        """Return the network in which a case of some ticks runs: the network itself without ticks, else a copy, which is kept.

        A copy no longer shows the case that ran in it before.

        Raises
        ------
        MemoryLimitError
            If the copies would not fit into memory.
        """
        if ticks is None:
            return self.network
        if ticks not in self._copies:
            if len(self.network.connections) * (ticks + sum(self._copies)) > MOST_CONNECTIONS:
                self._copies.clear()
            self._copies[ticks] = self.network._unroll(ticks, ticks_before=max(1, longest_delay(self.network)))
        copy, self.present, self.end_state = self._copies[ticks], None, None
        copy.tie_derivative, copy.ticks_back = self.network.tie_derivative, self.network.ticks_back
        return copy

    def begin_forward(self, inputs: Values | CaseInputs) -> tuple[Network, list[float], Perturbation]:
        """Return the network in which a case runs, the inputs of the case in one list, and its noise and clamps.

        The network is `present` from now on.

        Raises
        ------
        DataError, MemoryLimitError
            As `Network.forward`.
        """
        network, in_time = self.network, self.network.in_time
        if in_time and isinstance(inputs, np.ndarray):
            check_tick_count(network, len(inputs) if inputs.ndim else 0)  # before that many numbers are copied
        validated = validate_case_inputs(inputs, network.groups, in_time)
        self.present = self.for_ticks(len(validated.inputs) if in_time else None)
        self.perturbation = perturbation_of(network.next_noise(), 0, validated.clamps)
        return self.present, validated.inputs.ravel().tolist(), self.perturbation
