"""What a network file says: numbers of nodes, and for each pair of nodes how they are connected."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

import connectionist as cn
from connectionist_plugins.formats.tlearn.lists import Selection, take_list

MOST_NODES = 10**8
MOST_CHANGES = 2**28  # of elements of the tables by all statements of a file
PAIR_BYTES = 48
FUNCTIONS = "linear", "bipolar", "binary"
SHOWN = "selected", "layer", "slab"  # they choose what is printed and drawn


@dataclass
class Configuration:
    """What a network file says. Rows of the tables are nodes; their columns are the bias, the inputs and the nodes.

    Attributes
    ----------
    count : int array
        Number of statements that connect a pair; 0 for no connection.
    group : int array
        Number of the group of linked weights, or 0.
    breaks : bool array [node]
        Whether a range of a statement begins at a node, or has ended before it.
    """

    nodes: int
    inputs: int
    outputs: int
    is_output: Selection = field(init=False)
    count: npt.NDArray[np.int32] = field(init=False)
    fixed: Selection = field(init=False)
    recurrent: Selection = field(init=False)
    group: npt.NDArray[np.int32] = field(init=False)
    lowest: cn.Array = field(init=False)
    highest: cn.Array = field(init=False)
    breaks: Selection = field(init=False)
    functions: list[str] = field(init=False)
    delayed: Selection = field(init=False)
    weight_limit: float = 1.0
    changes: int = 0

    def __post_init__(self) -> None:
        shape = self.nodes, 1 + self.inputs + self.nodes
        self.count, self.group = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        self.fixed, self.recurrent = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        self.lowest, self.highest = np.full(shape, np.nan), np.full(shape, np.nan)
        self.breaks, self.delayed = np.zeros(self.nodes, np.bool_), np.zeros(self.nodes, np.bool_)
        self.functions = ["logistic"] * self.nodes

    def own(self, selected: Selection) -> Selection:
        """Return the part of a selection that is nodes, and note where its ranges begin and end."""
        nodes = selected[1 + self.inputs :]
        if nodes.sum() > 1:
            self.breaks[1:] |= nodes[1:] != nodes[:-1]
        return nodes


def read(file: cn.formats.InputFile) -> Configuration:
    """Return what a network file says.

    Raises
    ------
    FormatError
        If tlearn could not read it.
    """
    with file.scanner(comment="") as scanner:
        made = _read_nodes(scanner)
        _read_connections(scanner, made)
        while not scanner.is_at_end:
            _read_special(scanner, made)
    return made


def _read_nodes(scanner: cn.formats.Scanner) -> Configuration:
    scanner.expect("NODES:")
    numbers: dict[str, int] = {}
    left = ["nodes", "inputs", "outputs"]
    while left:
        name = scanner.expect(*left)
        left.remove(name)
        scanner.expect("=")
        numbers[name] = scanner.whole_number(f"the number of {name}", at_least=name == "nodes", at_most=MOST_NODES)
    pairs = numbers["nodes"] * (1 + numbers["inputs"] + numbers["nodes"])
    scanner.file.check_memory(PAIR_BYTES * pairs + 2000 * (numbers["nodes"] + numbers["inputs"]), f"{numbers['nodes']} nodes")
    made = Configuration(**numbers)
    scanner.expect("output")
    scanner.expect("node", "nodes")
    scanner.expect("is", "are")
    selected = take_list(scanner, made.nodes, made.inputs, "the output nodes, a list")
    if selected[: 1 + made.inputs].any() or selected.sum() != made.outputs:
        line, column = scanner.last_place
        text = f"the list must have {made.outputs} output nodes, as 'outputs =' says, and no input and no 0 (got {selected.sum()} elements)"
        raise scanner.file.error(message=text, line=line, column=column)
    made.is_output = made.own(selected)
    return made


def _read_connections(scanner: cn.formats.Scanner, made: Configuration) -> None:
    scanner.expect("CONNECTIONS:")
    scanner.expect("groups")
    scanner.expect("=")
    groups = scanner.whole_number("the number of groups", at_most=MOST_NODES)
    scanner.file.check_memory(groups, f"{groups} groups")
    while not scanner.accept("SPECIAL:"):
        if scanner.is_at_end:
            scanner.fail("'SPECIAL:', or a connection such as '1-4 from i1-i2'")
        if scanner.accept("group"):
            _read_group(scanner, made, groups)
        else:
            _read_connection(scanner, made, groups)


def _read_group(scanner: cn.formats.Scanner, made: Configuration, groups: int) -> None:
    chosen = np.flatnonzero(take_list(scanner, groups, what="a list of groups"))
    scanner.expect("=")
    which = np.isin(made.group, chosen)
    _count(scanner, made, made.count.size)
    if scanner.accept("fixed"):
        made.fixed |= which
    else:
        made.lowest[which], made.highest[which] = _limits(scanner)


def _limits(scanner: cn.formats.Scanner) -> tuple[float, float]:
    lowest = scanner.number("'fixed', 'group', 'recurrent', or the lowest weight")
    scanner.expect("&")
    highest = scanner.number("the highest weight")
    if highest < lowest:
        line, column = scanner.last_place
        raise scanner.file.error(message=f"the highest weight, {highest:g}, is below the lowest, {lowest:g}", line=line, column=column)
    return lowest, highest


def _count(scanner: cn.formats.Scanner, made: Configuration, changes: int) -> None:
    """Count the elements of the tables that statements change, which is the time that a file takes."""
    made.changes += changes
    if made.changes > MOST_CHANGES:
        line, column = scanner.last_place
        text = f"the statements up to here make {made.changes} connections, counted with repetitions; at most {MOST_CHANGES} are read"
        raise scanner.file.error(message=text, line=line, column=column)


def _read_connection(scanner: cn.formats.Scanner, made: Configuration, groups: int) -> None:
    receivers = take_list(scanner, made.nodes, made.inputs)
    if receivers[: 1 + made.inputs].any():
        line, column = scanner.last_place
        raise scanner.file.error(message="nothing can be connected to an input or to 0, the bias", line=line, column=column)
    scanner.expect("from")
    senders = take_list(scanner, made.nodes, made.inputs)
    block = np.ix_(made.own(receivers), senders)
    made.own(senders)
    _count(scanner, made, int(receivers.sum()) * int(senders.sum()))
    made.count[block] += 1
    if not scanner.accept("="):
        return
    if scanner.accept("fixed"):
        made.fixed[block] = True
    elif scanner.accept("recurrent"):
        made.recurrent[block] = True
    elif scanner.accept("group"):
        made.group[block] = scanner.whole_number("the number of a group", at_most=groups)
    else:
        made.lowest[block], made.highest[block] = _limits(scanner)
    if scanner.accept("fixed"):
        made.fixed[block] = True
    if scanner.accept("one-to-one"):
        _make_one_to_one(scanner, made, receivers[1 + made.inputs :], senders)


def _make_one_to_one(scanner: cn.formats.Scanner, made: Configuration, receivers: Selection, senders: Selection) -> None:
    """Take back the full block of connections that the statement has made, and connect pairs instead, with fixed weights in limits."""
    rows, columns = np.flatnonzero(receivers), np.flatnonzero(senders)
    if len(rows) != len(columns) or (np.diff(columns) != 1).any():
        line, column = scanner.last_place
        text = f"'one-to-one' needs as many senders in succession as receivers (got {len(columns)} and {len(rows)})"
        raise scanner.file.error(message=text, line=line, column=column)
    block = np.ix_(receivers, senders)
    was_new = made.count[block] == 1
    for table, nothing in ((made.fixed, False), (made.lowest, np.nan), (made.highest, np.nan)):
        limits = table[rows, columns]
        table[block] = np.where(was_new, nothing, table[block])
        if table is not made.fixed:
            table[rows, columns] = np.nan_to_num(limits, nan=0.0)
    made.count[block] -= 1
    made.count[rows, columns] = 1
    made.fixed[rows, columns] = True


def _read_special(scanner: cn.formats.Scanner, made: Configuration) -> None:
    name = scanner.take("a statement such as 'linear = 1-3'")
    scanner.expect("=")
    if name == "weight_limit":
        made.weight_limit = scanner.number("the range of the weights")
        if made.weight_limit < 0 or not math.isfinite(2 * made.weight_limit):
            scanner.fail("a positive number before this")
    elif name in SHOWN:
        made.own(take_list(scanner, made.nodes, made.inputs)) if name != "selected" else scanner.take("a list of nodes")
    elif name in (*FUNCTIONS, "delayed"):
        selected = take_list(scanner, made.nodes)
        if name == "binary":
            scanner.cannot("binary nodes have no counterpart; they are read as bipolar")
        if name == "delayed":
            made.delayed |= selected[1:]
        else:
            for node in np.flatnonzero(selected[1:]).tolist():
                made.functions[node] = "bipolar" if name == "binary" else name
    else:
        scanner.take("a value")
        scanner.cannot(f"the statement '{name} =' is not known")
