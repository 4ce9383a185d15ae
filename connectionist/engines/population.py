"""Training many networks of one wiring at once: what an engine is asked for, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.model.network import Network

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.data.order import PresentationOrder
    from connectionist.engines.engine import Memory
    from connectionist.engines.phase import Criterion, Phase
    from connectionist.utils.arrays import Array


@dataclass(frozen=True)
class PopulationJob:
    """Networks to train in one phase. They have one wiring, and the same functions and settings.

    Attributes
    ----------
    network : Network
        Network with the wiring, the functions and the settings of all. Its weights are not used.
    examples : ExampleSet
    phase : Phase
    tolerance : float
        Distance from the target below which an output unit is correct, above 0.
    criterion : Criterion or None
        Training of a network stops after the first epoch that meets it.
    values : array [network, weight]
        Weights in the order of ``net.weights``. The engine writes the weights after training here.
    made : int
        Number of networks that have their weights in `values` now. The other rows are for those that `make_more` makes.
    memory : dict of str to array [network, weight]
        State of the rule by name. The engine writes the state after training here.
    orders : sequence of PresentationOrder
        One per network that is made. They are used only if the order of the phase is random.
    rates : array [network] or None
        Learning rate of each network, instead of that of the rule. Then all networks are made.
    keeps_last : bool
        Whether to return the weights and the memory before the last epoch, and its order.
    check : function
        The engine calls it about ten times per second, in the thread of the caller. It may raise an exception, such as
        KeyboardInterrupt, which ends training.
    make_more : function
        Makes further networks, for some milliseconds at most: it writes their weights and orders here, and returns how many networks are
        made now. If this is the number from before, there are no more. The engine calls it until then, or `make_all`, in the thread of
        the caller, and trains the networks that are made in other threads. It may raise an exception, which ends training.
    """

    network: Network
    examples: ExampleSet
    phase: Phase
    tolerance: float
    criterion: Criterion | None
    values: Array
    made: int
    memory: Memory
    orders: Sequence[PresentationOrder]
    rates: Array | None
    keeps_last: bool
    check: Callable[[], None]
    make_more: Callable[[], int]

    def make_all(self, give: Callable[[int], None] | None = None) -> None:
        """Make the networks that are still to be made. Each time that there are more, call `give` with their number, and `check`.

        This is no generator, in which a StopIteration of `make_more` would become a RuntimeError.
        """
        made = 0
        while (now := self.make_more()) > made:
            made = now
            if give is not None:
                give(made)
            self.check()


@dataclass(frozen=True)
class PopulationResults:
    """The results of a phase for each network that was made.

    Attributes
    ----------
    errors, correct : sequence of array [epoch]
        As in `EpochResults`, for the epochs that each network was trained for.
    epochs : list of int
        Number of these epochs.
    stopped : list of str
        "criterion", "epochs", or "" if the network was not trained to its end, because an error or a weight was not finite, or a
        formula raised. It must then be trained alone.
    last_values : array [network, weight] or None
        Weights before the last epoch. None unless `PopulationJob.keeps_last`.
    last_memory : dict of str to array [network, weight], or None
        State of the rule before the last epoch. None unless `PopulationJob.keeps_last`.
    last_orders : int array [network, presentation] or None
        Order of presentation in the last epoch; None if it is that of the examples.
    """

    errors: Sequence[Array]
    correct: Sequence[Array]
    epochs: list[int]
    stopped: list[str]
    last_values: Array | None = None
    last_memory: Memory | None = None
    last_orders: npt.NDArray[np.int64] | None = None


def wiring_key(network: Network) -> tuple[object, ...]:
    """Return a key that is equal for networks without noise that differ in their weights, seeds and names only.

    Such networks have the same units and connections, in the same order, the same functions with the same parameters, and the same
    settings. Functions with attributes other than numbers are equal only if they are the same object. Costs, clamping and limits are
    compared by value.
    """
    groups = (
        (
            group.name,
            group.rows.start,
            len(group),
            group.role,
            group.joint,
            group.margin,
            group.cost,
            group.clamping,
            *map(function_key, (group.activation_function, group.error_function, group.input_function, group.output_function)),
        )
        for group in network.groups
    )
    timings = (
        (each.integrates, each.initial.tobytes(), each.dt.tobytes(), each.initial_net_input.tobytes())
        for each in (group.timing for group in network.groups)
    )
    projections = ((each.sender.name, each.receiver.name, each.rate, each.limits, each.delay, len(each)) for each in network.projections)
    table = network._intact_connections  # from which, and from the groups, the order of computation follows
    connections = table.senders, table.receivers, table.weights, table.delays, table.backpropagates
    lesioned = (unit.row for unit in network.units if unit.lesioned)
    settings = network.tie_derivative, network.ticks_back, network.ticks, *lesioned
    noisy = _Identity(network) if network.weight_state.may_have_noise else None
    arrays = *connections, network.weight_state.array("trainable"), network.weight_rows
    return (*groups, *timings, *projections, *(array.tobytes() for array in arrays), *settings, noisy)


class _Identity:
    """An object that is equal to itself only. It keeps the object, so that no other one can have its identity."""

    def __init__(self, kept: object) -> None:
        self.kept = kept

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.kept is other.kept

    def __hash__(self) -> int:
        return id(self.kept)


def function_key(function: object) -> object:
    """Return a key of a function's class and parameters, or the identity of the function if it has other attributes than numbers.

    Functions with equal keys compute the same.
    """
    names = [each.name for each in fields(function)] if is_dataclass(function) else []
    values = [getattr(function, name) for name in names]
    has_slots = any(vars(base).get("__slots__") for base in type(function).__mro__)
    has_others = has_slots or bool(set(getattr(function, "__dict__", ())) - set(names))
    if has_others or not all(type(value) in (bool, int, float) for value in values):
        return _Identity(function)
    return (type(function), *map(repr, values))  # their text, since True equals 1
