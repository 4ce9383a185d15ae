"""The signals of a `JointSignalProcedure`, from the unit objects of a case."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from connectionist.errors import DataError, PluginError
from connectionist.model.propagation import passes
from connectionist.plugins.formula_faults import call_on_arrays, title_of
from connectionist.plugins.procedures import JointSignalProcedure
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


class GroupRows(NamedTuple):
    """One receiving group at one tick: rows of its units and weights in the arrays of the model."""

    group: str
    positions: Array  # [receiver, 2]
    receivers: Any  # [receiver]
    senders: Any  # [sender]
    weights: Any  # [receiver, sender]


class JointSignals:
    """The signals of a procedure in the cases of a runner.

    Parameters
    ----------
    network : Network
    procedure : JointSignalProcedure
    memory : dict of str to dict
        What the procedure keeps for each unit, by name and group. It is empty at first, and changes with each case.
    """

    def __init__(self, network: Network, procedure: JointSignalProcedure, memory: dict[str, Any]) -> None:
        self.network = network
        self.procedure = procedure
        self.memory = memory
        self.unrolled: Network | None = None
        self.rows: list[GroupRows] = []

    def set_derivatives(self, unrolled: Network) -> None:
        """Set the derivative of each weight to minus its signal in the present case.

        Parameters
        ----------
        unrolled : Network
            Network in which the case ran: the unrolled network, or the network itself if it does not run in time.

        Raises
        ------
        DataError
            If the procedure cannot take the activations of the case.
        PluginError
            If the procedure returns something other than one number for each weight, leaves something else in the memory than one number
            for each unit, or writes into another argument.
        """
        if self.unrolled is not unrolled:
            self.unrolled, self.rows = unrolled, group_rows(self.network, unrolled)
        values, derivatives = (self.network.weight_state.array(name) for name in ("value", "derivative"))
        net_inputs, activations = (unrolled.state.array(name) for name in ("net_input", "activation"))
        for rows in self.rows:
            senders = activations[rows.senders]
            memory = self._memory_of(rows.group, len(rows.receivers))
            try:
                signals = call_on_arrays(
                    self.procedure,
                    "signals",
                    values[rows.weights],
                    senders,
                    net_inputs[rows.receivers],
                    activations[rows.receivers],
                    rows.positions,
                    memory,
                )
            except DataError:
                self._check_senders(unrolled, rows, senders.tolist())
                raise
            if not isinstance(signals, np.ndarray) or signals.shape != rows.weights.shape or signals.dtype.kind not in "biuf":
                self._raise_wrong(signals, rows.weights.shape)
            self._keep(rows.group, memory)
            np.subtract.at(derivatives, rows.weights, signals)
        passes.average_ties(unrolled.schedule, self.network.tie_derivative)

    def _check_senders(self, unrolled: Network, rows: GroupRows, activations: list[float]) -> None:
        low, high = self.procedure.sender_range
        for row, activation in zip(rows.senders.tolist(), activations, strict=True):
            if activation < low or activation > high:
                name = next(unit.name for unit in unrolled.units if unit.row == row)
                wanted = (
                    f"at least {low:g}" if math.isinf(high) else f"at most {high:g}" if math.isinf(low) else f"from {low:g} to {high:g}"
                )
                raise DataError(
                    f"{self.procedure._title}: activations of senders must be {wanted}, and that of {name} is {activation:g}"
                ) from None

    def _raise_wrong(self, signals: object, shape: tuple[int, ...]) -> NoReturn:
        given = getattr(signals, "shape", None)
        got = shown(signals) if given is None or given == shape else f"shape {given}"
        wanted = f"an array of numbers of shape {shape}, [receiver, sender]"
        raise PluginError(f"{title_of(self.procedure)}: signals must return {wanted} (got {got})")

    def _memory_of(self, group: str, size: int) -> dict[str, Array]:
        found = {name: self.memory.setdefault(name, {}) for name in self.procedure.unit_memory}
        return {name: of_groups.setdefault(group, np.zeros(size)) for name, of_groups in found.items()}

    def _keep(self, group: str, memory: dict[str, Array]) -> None:
        """Keep the arrays that the procedure has assigned to names of the memory, instead of writing into those that it was given."""
        names = tuple(self.procedure.unit_memory)
        if memory.keys() != set(names):
            wanted = f"the names of unit_memory in memory, {names}"
            raise PluginError(f"{title_of(self.procedure)}: signals must keep {wanted} (got {shown(tuple(memory))})")
        for name, given in memory.items():
            kept = self.memory[name][group]
            if given is kept:
                continue
            if not isinstance(given, np.ndarray) or given.shape != kept.shape or given.dtype.kind not in "biuf":
                wanted = f"an array of {describe_count(len(kept), 'number')}, one for each unit of {group}"
                raise PluginError(f"{title_of(self.procedure)}: signals must assign {wanted}, to memory[{name!r}] (got {shown(given)})")
            self.memory[name][group] = given.astype(float)  # a copy, since the procedure may write into its own array later


def group_rows(network: Network, unrolled: Network) -> list[GroupRows]:
    """Return the rows of each group with trainable incoming weights, tick by tick."""
    ticks = [None] if unrolled.ticks is None else range(1, unrolled.ticks + 1)
    found = []
    for tick in ticks:
        for group in network.groups:
            units = [unit for unit in group if not unit.lesioned]
            if group.clamped or not any(connection.weight.trainable for unit in units for connection in unit.incoming):
                continue
            columns = group.columns or len(group)
            copies: list[Unit] = units if tick is None else [unrolled[f"{group.name}@{tick}"][unit.index] for unit in units]
            senders = [connection.sender for connection in copies[0].incoming]
            weights = [{connection.sender: connection.weight.row for connection in copy.incoming} for copy in copies]
            found.append(
                GroupRows(
                    group.name,
                    np.array([(unit.index % columns, unit.index // columns) for unit in units], float),
                    np.array([copy.row for copy in copies]),
                    np.array([sender.row for sender in senders]),
                    np.array([[of_unit[sender] for sender in senders] for of_unit in weights]),
                )
            )
    return found
