"""A network as steps of matrices, for formats that write a program or a graph of operations.

The steps are those of the schedule. Units of one group that need none of each other's activations within a tick are one step. Lesioned
units and connections are left out.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.errors import FormatError, WiringError
from connectionist.model.schedule import group_of, intact_units
from connectionist.model.time.group_copy import GroupAtTick
from connectionist.utils.arrays import Array
from connectionist.utils.memory_limit import NUMBER_BYTES, check_fits_in_memory
from connectionist.utils.visible_text import visible_line

if TYPE_CHECKING:
    from connectionist.formats.output_file import OutputFile
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection
    from connectionist.model.unit import Unit

Numbers = npt.NDArray[np.intp]
NOT_IN_NAMES = str.maketrans("./\\", "___")  # in the names of parameters of torch, and of files in a zip file
NONE = -1  # in place of the number of a weight where there is no connection


@dataclass(frozen=True, eq=False)
class Part:
    r"""Units of one group that are activated in one step: all that are intact, or some of them.

    Attributes
    ----------
    name : str
        That of the group, with a number after a colon if there are several parts. Unique, without control characters
        and without ".", "/" and "\\".
    group : Group
    indices : int array [unit]
        Positions of the units in the group.
    """

    name: str
    group: Group
    indices: Numbers

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def initial(self) -> Array:
        """Activations before tick 1."""
        return np.ones(1) if self.group.role == "bias" else self.group.initial[self.indices]

    @property
    def initial_net_input(self) -> Array:
        """Net inputs before tick 1."""
        return self.group.initial_net_input[self.indices]

    @property
    def dt(self) -> Array:
        """Fraction of the distance to its drive that each unit covers in one tick."""
        return self.group.dt[self.indices]


@dataclass(frozen=True, eq=False)
class Block:
    """The connections of one projection between two parts, as a matrix.

    Attributes
    ----------
    name : str
        Names of both parts, and the delay; unique, and without the same characters.
    sender : Part
    delay : int
        In ticks.
    backpropagate : bool
        Whether error derivatives are passed back to the senders.
    weights : array [sender, receiver]
        0 where there is no connection.
    numbers : int array [sender, receiver]
        Position of each weight in the weights of the network; −1 where there is no connection.
    """

    name: str
    sender: Part
    delay: int
    backpropagate: bool
    weights: Array
    numbers: Numbers


@dataclass(frozen=True, eq=False)
class Step:
    """The activation of a part.

    Attributes
    ----------
    part : Part
    blocks : tuple of Block
        Its net inputs are the sum of the products of the senders' activations and these matrices.
    """

    part: Part
    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class NetworkSteps:
    """A network as steps of matrices.

    Attributes
    ----------
    network : Network
    bias : Part
        The unit that is always 1.
    inputs : tuple of Part
        One for each input group that has an intact unit.
    steps : tuple of Step
        In the order in which they are computed within a tick.
    """

    network: Network
    bias: Part
    inputs: tuple[Part, ...]
    steps: tuple[Step, ...]

    @cached_property
    def in_time(self) -> bool:
        """Whether the network runs in time."""
        return bool(self.network.in_time)

    @cached_property
    def ticks_before(self) -> int:
        """Number of past ticks that a tick may depend on; at least 1 for a network in time."""
        return max([int(self.in_time), *(block.delay for block in self.blocks)])

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts, that of the bias first."""
        return (self.bias, *self.inputs, *(step.part for step in self.steps))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks, step by step."""
        return tuple(block for step in self.steps for block in step.blocks)

    def input_columns(self, part: Part) -> Numbers:
        """Return the positions of the units of an input part among the inputs of the network."""
        groups = [group for group in self.network.groups if group.role == "input"]
        return part.indices + sum(len(group) for group in groups[: groups.index(part.group)])

    @cached_property
    def outputs(self) -> tuple[tuple[Part, ...], Numbers]:
        """The parts that have output units, and the position of each output unit in them, side by side.

        The position of a lesioned unit is that after the last.
        """
        parts = tuple(step.part for step in self.steps if step.part.group.role == "output")
        units = [part.group[int(index)] for part in parts for index in part.indices]
        position = {unit: number for number, unit in enumerate(units)}
        return parts, np.array([position.get(unit, len(units)) for unit in self.network.schedule.outputs], dtype=np.intp)


def network_steps(network: Network) -> NetworkSteps:
    """Return a network as steps of matrices.

    Parameters
    ----------
    network : Network

    Raises
    ------
    WiringError
        If it is an unrolled network.
    MemoryLimitError
        If the matrices do not fit in memory.

    Examples
    --------
    >>> from connectionist.model.network import Network
    >>> net = Network("xor")
    >>> _ = net.add_group("input", 2, role="input"), net.add_group("output", 1, role="output")
    >>> _ = net.connect("input", "output", weights=[[2.0], [-1.0]])
    >>> for step in network_steps(net).steps:
    ...     print(step.part.name, {block.name: block.weights.tolist() for block in step.blocks})
    output {'bias → output': [[0.0]], 'input → output': [[2.0], [-1.0]]}
    """
    if network.ticks is not None:
        raise WiringError(f"{network.name} is an unrolled network; write the network from which it was made")
    names: set[str] = set()
    together = [(group, [unit for unit in group if not unit.lesioned]) for group in network.groups if group.role == "input"]
    inputs = [_part(group, units, names) for group, units in together if units]
    bias = _part(network["bias"], [*network["bias"]], names)
    computed = _computed_parts(network, names)
    blocks = _blocks(network, [bias, *inputs, *computed])
    return NetworkSteps(network, bias, tuple(inputs), tuple(Step(part, tuple(blocks[part])) for part in computed))


def folded(file: OutputFile, network: Network) -> Network:
    """Return the network from which an unrolled one was made; any other network itself.

    Raises
    ------
    FormatError
        If the unrolled network has lesions at some ticks only.
    WiringError
        If the network has been rewired since it was unrolled.
    """
    original = network._original
    if original is None or network.ticks is None:
        return network
    groups = [group for group in network.groups if isinstance(group, GroupAtTick)]
    is_same = all(unit.lesioned == group.original.units[unit.index].lesioned for group in groups for unit in group)
    if not (network.schedule and is_same and len(network.connections) == network.ticks * len(original.connections)):
        raise FormatError(f"{file.name}: {network.name} has lesions at some ticks only; lesion {original.name} and unroll it again")
    return original


def _computed_parts(network: Network, names: set[str]) -> list[Part]:
    """Return the parts in the order of the schedule."""
    together: list[tuple[Group, list[Unit]]] = []
    for step in network.schedule.steps:
        group, units = group_of(step), list(intact_units(step))
        if together and together[-1][0] is group and not _needs(units, together[-1][1]):
            together[-1][1].extend(units)
        else:
            together.append((group, units))
    counts = Counter(group for group, _ in together)
    seen: Counter[Group] = Counter()
    parts = []
    for group, units in together:
        seen[group] += 1
        parts.append(_part(group, units, names, f":{seen[group]}" if counts[group] > 1 else ""))
    return parts


def _needs(units: Iterable[Unit], others: Sequence[Unit]) -> bool:
    """Return whether units need the activations of others within a tick."""
    present = set(others)
    return any(not connection.delay and connection.sender in present for unit in units for connection in unit.incoming)


def _part(group: Group, units: Sequence[Unit], names: set[str], number: str = "") -> Part:
    name = _unique(visible_line(group.name).translate(NOT_IN_NAMES) + number, names)
    return Part(name, group, np.array([unit.index for unit in units], dtype=np.intp))


def _unique(name: str, names: set[str]) -> str:
    """Return a name that is not among some names, and add it to them."""
    made = next(each for number in itertools.count(1) if (each := name if number == 1 else f"{name} ({number})") not in names)
    names.add(made)
    return made


def _blocks(network: Network, parts: Sequence[Part]) -> dict[Part, list[Block]]:
    """Return the matrices into each part, in the order in which the projections were made."""
    place = {part.group[int(index)]: (part, row) for part in parts for row, index in enumerate(part.indices)}
    numbers = {weight: number for number, weight in enumerate(network.weights)}
    entries: dict[tuple[Projection, Part, Part], list[tuple[int, int, int]]] = {}
    for connection in network.connections:
        (sender, row), (receiver, column) = place[connection.sender], place[connection.receiver]
        entries.setdefault((connection.projection, sender, receiver), []).append((row, column, numbers[connection.weight]))
    size = sum(len(sender) * len(receiver) for _, sender, receiver in entries)
    check_fits_in_memory(4 * NUMBER_BYTES * size, f"{network.name}: its weights as matrices")
    values = network.weight_values
    names: set[str] = set()
    blocks: dict[Part, list[Block]] = {part: [] for part in parts}
    for (projection, sender, receiver), places in entries.items():
        table = np.full((len(sender), len(receiver)), NONE, dtype=np.intp)
        rows, columns, found = np.array(places).T
        table[rows, columns] = found
        weights = np.where(table == NONE, 0.0, values[table])
        name = _unique(_block_name(projection, sender, receiver), names)
        is_backward = projection.connections[0].backpropagate
        blocks[receiver].append(Block(name, sender, projection.delay, is_backward, weights, table))
    return blocks


def _block_name(projection: Projection, sender: Part, receiver: Part) -> str:
    delay = f", delay {projection.delay}" if projection.delay else ""
    return f"{sender.name} → {receiver.name}{delay}"
