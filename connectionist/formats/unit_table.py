"""A network made from a list of units and a list of links, for programs that number their units and have no groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ConnectionistError, FormatError, MemoryLimitError
from connectionist.formats.unit_order import BIAS, Numbers
from connectionist.utils.arrays import Array

if TYPE_CHECKING:
    from connectionist.formats.input_file import InputFile
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection

NO_LIMIT = 1.5e300  # as a key


@dataclass
class TableUnit:
    """A unit of a file. Units in succession with equal `role`, `activation` and `kind` are in one group.

    Attributes
    ----------
    label : str
        Label in the group.
    role : {"input", "hidden", "output"}
    activation : str or activation function or None
        None for input units.
    kind : object
        Whatever else must be equal in a group, such as the layer.
    name : str
        Name of the group; the role by default. Several groups of the same name are numbered from 1.
    initial : float
        Activation before tick 1.
    """

    label: str
    role: str
    activation: Any = None
    kind: object = None
    name: str = ""
    initial: float = 0.0


@dataclass
class Links:
    """The links of a file, one element of each array for each. A sender of -1 is the unit that is always 1.

    Attributes
    ----------
    sender, receiver : int array [link]
        Places in the list of units.
    weight : array [link]
    delay : int array [link]
    trainable, backpropagate : bool array [link]
    lowest, highest : array [link]
        Limits of the weight; NaN for none.
    tie : int array [link]
        Links with the same number above 0 share a weight.
    """

    sender: Numbers
    receiver: Numbers
    weight: Array
    delay: Any = 0
    trainable: Any = True
    backpropagate: Any = True
    lowest: Any = np.nan
    highest: Any = np.nan
    tie: Any = 0

    def __post_init__(self) -> None:
        for name in ("delay", "trainable", "backpropagate", "lowest", "highest", "tie"):
            setattr(self, name, np.broadcast_to(np.asarray(getattr(self, name)), self.sender.shape))


def make_network(file: InputFile, name: str, units: Sequence[TableUnit], links: Links, tie_derivative: str = "mean") -> Network:
    """Return the network of a list of units and links.

    Parameters
    ----------
    file : InputFile
        For messages.
    name : str
        Name of the network.
    units : sequence of TableUnit
    links : Links
        At most one between two units, and no loop without delay.
    tie_derivative : {"mean", "sum"}

    Raises
    ------
    FormatError
        If a network cannot be like this.
    MemoryLimitError
        If it does not fit in memory.
    """
    from connectionist.model.network import Network

    with errors_of(file):
        network = Network(name, tie_derivative=tie_derivative)
        groups = _add_groups(network, units)
        made: dict[int, list[Connection]] = {}
        for chosen in _projections(groups, links):
            _connect(network, groups, links, chosen, made)
        for _, tied in sorted(made.items()):
            if len(tied) > 1:
                network.tie(tied)
    return network


@contextmanager
def errors_of(file: InputFile) -> Iterator[None]:
    """Turn errors of the simulator, which do not name the file, into a `FormatError`, which does."""
    try:
        yield
    except (FormatError, MemoryLimitError):
        raise
    except ConnectionistError as error:
        raise file.error(message=str(error)) from None


@dataclass
class _Groups:
    groups: list[Group]
    group_of: Numbers  # [unit]
    index_of: Numbers  # [unit] in its group


def _add_groups(network: Network, units: Sequence[TableUnit]) -> _Groups:
    runs: list[list[TableUnit]] = []
    for unit in units:
        if not runs or _key(runs[-1][-1]) != _key(unit):
            runs.append([])
        runs[-1].append(unit)
    counts = Counter(run[0].name or run[0].role for run in runs)
    numbers: Counter[str] = Counter()
    made = _Groups([], np.empty(len(units), dtype=np.intp), np.empty(len(units), dtype=np.intp))
    first = 0
    for run in runs:
        role, name = run[0].role, run[0].name or run[0].role
        numbers[name] += 1
        numbered = f"{name}_{numbers[name]}" if counts[name] > 1 else name
        initial = [unit.initial for unit in run] if any(unit.initial for unit in run) else 0.0
        biased = None if role == "input" else False
        made.groups.append(
            network.add_group(numbered, _labels(run), role=role, activation=run[0].activation, biased=biased, initial=initial)
        )
        place = slice(first, first + len(run))
        made.group_of[place] = len(made.groups) - 1
        made.index_of[place] = np.arange(len(run))
        first += len(run)
    return made


def _key(unit: TableUnit) -> tuple[object, ...]:
    return unit.role, unit.activation, unit.kind, unit.name


def _labels(run: list[TableUnit]) -> list[str]:
    return [unit.label for unit in run]


def _projections(groups: _Groups, links: Links) -> list[Numbers]:
    """Return the numbers of the links of each projection, sorted by receiver and sender: those that one `connect` can make."""
    count = len(links.sender)
    if not count:
        return []
    is_bias = links.sender == BIAS
    sender_group = np.where(is_bias, -1, groups.group_of[links.sender])
    keys = [
        groups.group_of[links.receiver],
        sender_group,
        links.delay,
        links.backpropagate,
        np.where(np.isnan(links.lowest), NO_LIMIT, links.lowest),
        np.where(np.isnan(links.highest), NO_LIMIT, links.highest),
    ]
    sender_index = np.where(is_bias, 0, groups.index_of[links.sender])
    order = np.lexsort([sender_index, groups.index_of[links.receiver], *reversed(keys)])
    table = np.array([np.asarray(key, dtype=float)[order] for key in keys])
    ends = 1 + np.flatnonzero((table[:, 1:] != table[:, :-1]).any(axis=0))
    return list(np.split(order, ends))


def _connect(network: Network, groups: _Groups, links: Links, chosen: Numbers, made: dict[int, list[Connection]]) -> None:
    """Make one projection. `made` collects connections that are tied."""
    first = chosen[0]
    receiver = groups.groups[groups.group_of[links.receiver[first]]]
    is_bias = links.sender[first] == BIAS
    sender = network["bias"] if is_bias else groups.groups[groups.group_of[links.sender[first]]]
    mask = np.zeros((len(sender), len(receiver)), dtype=bool)
    mask[0 if is_bias else groups.index_of[links.sender[chosen]], groups.index_of[links.receiver[chosen]]] = True
    trainable = links.trainable[chosen]
    projection = network.connect(
        sender,
        receiver,
        pattern=mask,
        delay=int(links.delay[first]),
        trainable=not (~trainable).all(),
        backpropagate=bool(links.backpropagate[first]),
    )
    if not np.isnan(links.lowest[first]):
        projection.limits = float(links.lowest[first]), float(links.highest[first])
    _set_weights(projection, links, chosen, made)


def _set_weights(projection: Projection, links: Links, chosen: Numbers, made: dict[int, list[Connection]]) -> None:
    trainable = links.trainable[chosen]
    is_mixed = trainable.any() and not trainable.all()
    for connection, number, is_free in zip(projection.connections, chosen.tolist(), trainable.tolist(), strict=True):
        connection.weight.value = float(links.weight[number])
        if is_mixed:
            connection.weight.trainable = is_free
        if links.tie[number]:
            made.setdefault(int(links.tie[number]), []).append(connection)
