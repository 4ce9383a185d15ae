"""Weight files of emergent (``.wts``), as written by the Go version: JSON with the weights to each unit, layer by layer.

A file has a list of layers. Each layer has values of its units and, for each layer that sends to it, the senders and the weights of each
unit. Emergent compresses files with the suffix ``.wts.gz``. Text files of the versions in C++ are read too.

Aisa, B., Mingus, B. & O'Reilly, R. (2008), The emergent neural modeling system, Neural Networks 21, 1146–1152.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, cast

import connectionist as cn
from connectionist.utils.visible_text import shown

PATHS = "Paths", "Prjns"  # today's name, and that of older versions
BIAS = "Bias"  # a variable of units that only this format writes, and the bias in files of the versions in C++
OLD_MARK = b"<Fmt"
SNIFFED_BYTES = 1000
GREATEST = sys.float_info.max
MOST: float = 2**53
JSON_BYTES = 30  # of memory for a byte of JSON: a list of empty objects needs the most


class _Path(NamedTuple):
    """The weights from one layer to another: place in the file, receivers, senders and weights."""

    place: str
    sender: str
    receiver: str
    ends: cn.Array
    weights: cn.Array


@dataclass(frozen=True)
class EmergentWeights(cn.FileFormat):
    """Weight files of emergent: JSON, and the text of the versions in C++, which is read only.

    Layers are matched with groups by name, without regard to capitals. Of the values of a connection, only the weight is read. The biases
    of groups are written as the values "Bias" of the units, which emergent does not use.
    """

    name = "emergent_weights"
    suffixes = (".wts",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins with a brace, or with the mark of the versions in C++."""
        return beginning.lstrip().startswith((b"{", OLD_MARK))

    def read_weights(self, file: cn.formats.InputFile, network: cn.Network) -> Mapping[cn.Connection, float]:
        """Return the weights of the layers that are groups of the network."""
        from connectionist.formats import list_missing_weights

        content = _load(file)
        groups = {group.name.lower(): group for group in network.groups}
        weights: dict[cn.Connection, float] = {}
        seen = set[tuple[str, str]]()
        for path in _paths(file, content):
            ends = [groups.get(name.lower()) for name in (path.sender, path.receiver)]
            projections = [] if None in ends else [each for each in network.projections if [each.sender, each.receiver] == ends]
            if not projections:
                ends_of_path = f"from {path.sender!r} to {path.receiver!r}"
                file.cannot(f"{path.place}: the path {ends_of_path} has no projection in {network.name}; it is left out")
                continue
            if (path.sender, path.receiver) in seen:
                file.warn(f"{path.place}: a path from {path.sender!r} to {path.receiver!r} again; its weights replace those before")
            seen.add((path.sender, path.receiver))
            _assign(file, path, projections[0], weights)
        for name, values in _biases(file, content):
            if name.lower() in groups:
                _assign_biases(file, network, groups[name.lower()], values, weights)
        list_missing_weights(file, network, weights)
        return weights

    def write_weights(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the weights, with all digits."""
        layers = [_layer(file, network, group) for group in network.groups]
        file.write(json.dumps({"Network": network.name, "Layers": layers}, indent=1, ensure_ascii=False) + "\n")

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return a row for each connection: receiving and sending layer, the numbers of the units, and the weight."""
        import pandas as pd

        parts = []
        for path in _paths(file, _load(file)):
            part = pd.DataFrame(path.ends.astype(int), columns=["receiver", "sender"])
            parts.append(part.assign(to=path.receiver, **{"from": path.sender}, weight=path.weights))
        columns = ["to", "receiver", "from", "sender", "weight"]
        return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _load(file: cn.formats.InputFile) -> Any:
    """Return what is in a file of JSON, or in a file of the versions in C++ as such JSON."""
    with file.stream() as stream:
        if stream.read(SNIFFED_BYTES).lstrip().startswith(OLD_MARK):
            from connectionist_plugins.formats.emergent_weights.tagged_text import parse

            return parse(file)
    content = file.content()
    file.check_memory(JSON_BYTES * len(content), "the objects of its JSON")
    try:
        return json.loads(content, object_pairs_hook=partial(_object, file))
    except json.JSONDecodeError as error:
        text = f"is not JSON: {error.msg}"
        raise file.error(message=text, line=error.lineno, column=error.colno) from None
    except UnicodeDecodeError as error:
        raise file.error(f"a byte that is not text in UTF-8 ({error.reason})", "JSON", offset=error.start) from None
    except (ValueError, RecursionError) as error:
        raise file.error(message=f"cannot be read as JSON ({str(error)[:100]})") from None


def _object(file: cn.formats.InputFile, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, and warn of a key that it has twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        file.warn(f"an object has {shown(twice, 60)} twice; the last one is read")
    return made


def _paths(file: cn.formats.InputFile, content: Any) -> Iterator[_Path]:
    import numpy as np

    for place, layer in _items(file, content, "", "Layers"):
        receiver = _get(file, layer, place, "Layer", str)
        given = [name for name in PATHS if isinstance(layer, dict) and name in layer]
        for path_place, path in _items(file, layer, place, given[0]) if given else ():
            sender = _get(file, path, path_place, "From", str)
            rows = [_row(file, row, row_place) for row_place, row in _items(file, path, path_place, "Rs")]
            ends = np.concatenate([np.empty((0, 2)), *(ends for ends, _ in rows)])
            yield _Path(path_place, sender, receiver, ends, np.concatenate([np.empty(0), *(weights for _, weights in rows)]))


def _row(file: cn.formats.InputFile, row: Any, place: str) -> tuple[cn.Array, cn.Array]:
    """Return (receiver, sender) and the weight of each connection to one unit."""
    import numpy as np

    receiver = _get(file, row, place, "Ri", int)
    senders, weights = (_numbers(file, row, place, name) for name in ("Si", "Wt"))
    if len(senders) != len(weights):
        raise file.error(f"{len(senders)} senders and {len(weights)} weights in {place}", "a weight for each sender")
    if (senders != np.floor(senders)).any() or (senders < 0).any() or receiver < 0:
        raise file.error(f"a number of a unit that is not whole or negative in {place}", "numbers from 0")
    return np.column_stack([np.full(len(senders), float(receiver)), senders]), weights


def _biases(file: cn.formats.InputFile, content: Any) -> Iterator[tuple[str, cn.Array]]:
    for place, layer in _items(file, content, "", "Layers"):
        units = layer.get("Units") if isinstance(layer, dict) else None
        if isinstance(units, dict) and BIAS in units:
            yield _get(file, layer, place, "Layer", str), _numbers(file, units, f"{place}.Units", BIAS)


def _items(file: cn.formats.InputFile, owner: Any, place: str, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the place and the value of each element of a list; none for null."""
    values = _get(file, owner, place, name, (list, type(None)))
    return ((f"{place}.{name}[{number}]".lstrip("."), value) for number, value in enumerate(values or []))


def _get(file: cn.formats.InputFile, owner: Any, place: str, name: str, kind: type | tuple[type, ...]) -> Any:
    words = {str: "text", int: "a whole number", (list, type(None)): "a list"}
    where = f"{place}.{name}".lstrip(".")
    if not isinstance(owner, dict) or name not in owner:
        raise file.error(f"no {where}", words[kind])
    value: Any = owner[name]
    is_number = isinstance(value, int)
    if not isinstance(value, kind) or isinstance(value, bool) or (is_number and not -MOST < int(cast("int", value)) < MOST):
        raise file.error(f"{where} = {str(value)[:40]}", words[kind])
    return value


def _numbers(file: cn.formats.InputFile, owner: Any, place: str, name: str) -> cn.Array:
    import numpy as np

    values = _get(file, owner, place, name, (list, type(None))) or []
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not -GREATEST <= value <= GREATEST:
            raise file.error(f"{str(value)[:40]} in {place}.{name}", "a finite number")
    return np.array(values, dtype=float)


def _assign(file: cn.formats.InputFile, path: _Path, projection: cn.Projection, weights: dict[cn.Connection, float]) -> None:
    known = {(each.receiver.index, each.sender.index): each for each in projection.connections}
    for (receiver, sender), weight in zip(path.ends.tolist(), path.weights.tolist(), strict=True):
        connection = known.get((receiver, sender))
        if connection is None:
            sizes = f"{len(projection.sender)} and {len(projection.receiver)} units"
            raise cn.errors.DataError(
                f"{file.subject}: has a connection from unit {sender:g} of {path.sender!r} to unit {receiver:g} of {path.receiver!r}, and "
                f"{projection.name} ({sizes}) has none"
            )
        weights[connection] = weight


def _assign_biases(
    file: cn.formats.InputFile, network: cn.Network, group: cn.Group, values: cn.Array, weights: dict[cn.Connection, float]
) -> None:
    projections = [each for each in network.projections if each.receiver is group and each.sender.role == "bias"]
    if not projections:
        if values.any():
            file.cannot(f"the biases of layer {group.name!r} have no connections from 'bias' in {network.name}; they are left out")
        return
    if len(values) != len(group):
        raise cn.errors.DataError(f"{file.subject}: has {len(values)} biases of {group.name!r}, which has {len(group)} units")
    for projection in projections:
        for connection in projection.connections:
            weights[connection] = float(values[connection.receiver.index])


def _layer(file: cn.formats.OutputFile, network: cn.Network, group: cn.Group) -> dict[str, Any]:
    """Return the layer of a group with its weights."""
    from connectionist.formats import all_connections

    layer: dict[str, Any] = {"Layer": group.name, "MetaData": {}, "Units": {}, "Paths": []}
    by_sender: dict[cn.Group, dict[int, list[cn.Connection]]] = {}
    for connection in all_connections(network):
        if connection.receiver.group is group:
            by_sender.setdefault(connection.sender.group, {}).setdefault(connection.receiver.index, []).append(connection)
    for sender, rows in by_sender.items():
        if sender.role == "bias":
            biases = {number: connections[0].weight.value for number, connections in rows.items()}
            layer["Units"][BIAS] = [biases.get(number, 0.0) for number in range(len(group))]
            continue
        for connections in rows.values():
            if len({connection.sender for connection in connections}) < len(connections):
                name = connections[0].projection.name
                raise cn.errors.FormatError(f"{file.name}: {name} has connections of several delays between two units, and place for one")
        layer["Paths"].append({"From": sender.name, "MetaData": {}, "Rs": [_written_row(number, rows[number]) for number in sorted(rows)]})
    return layer


def _written_row(number: int, connections: list[cn.Connection]) -> dict[str, Any]:
    senders = [connection.sender.index for connection in connections]
    return {"Ri": number, "N": len(senders), "Si": senders, "Wt": [connection.weight.value for connection in connections]}


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [EmergentWeights]
