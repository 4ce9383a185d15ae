"""Weight files of LENS (``.wt``), as written by its command ``saveWeights``, binary or text.

A file has a number that marks the format, the number of links, the number of values of each link (1: the weight; 2: and its last change;
3: and its value before that), the number of updates, and the values. It has no names. The order of the links is that of LENS: groups in
their order, units in their order, and the incoming links of a unit in the order in which ``connectGroups`` made them; the link from the
bias comes first. Older versions of LENS wrote other headers, which are read too.

D. L. T. Rohde (1999), LENS: the light, efficient network simulator, Technical Report CMU-CS-99-164, Carnegie Mellon University.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn
from connectionist.utils.counts import describe_count

MARK, OLD_MARK = 0x55555556, 0x55555555
NAMES = "weight", "last_change", "last_value"
MOST_LINKS = 2**31 - 1
BINARY = re.compile(rb"\A(?!\xff\xfe|\xfe\xff|\xef\xbb\xbf).*[^\t-\r -~]", re.DOTALL)  # in the first bytes of a file


@dataclass(frozen=True)
class LensWeights(cn.FileFormat):
    """Weight files of LENS (saveWeights, loadWeights), binary and text.

    The connections of the network must be made in the order in which the LENS script makes its links, since the file has no names.
    Copies to context groups (`add_context`) are no links in LENS and have no value in the file.

    Parameters
    ----------
    text : bool
        Whether a written file is text, with six digits as LENS writes them, or binary, with single precision.
    """

    text: bool = cn.parameter(False)
    name = "lens_weights"
    suffixes = (".wt",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins with a mark, binary or in digits, or with a number alone."""
        is_binary = beginning[:4] in (struct.pack(">I", MARK), struct.pack(">I", OLD_MARK))
        return is_binary or beginning.split()[:1] == [str(MARK).encode()]

    def read_weights(self, file: cn.formats.InputFile, network: cn.Network) -> Mapping[cn.Connection, float]:
        """Return the weights, matched by their order."""
        values = _read(file)
        connections = _connections_of(file, network, len(values))
        if values.shape[1] > 1:
            file.cannot("has the last change of each weight too, from which training cannot go on here; only the weights are read")
        return dict(zip(connections, values[:, 0].tolist(), strict=True))

    def write_weights(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write one value for each link."""
        values = [connection.weight.value for connection in links(network)]
        if self.text:
            lines = (f"{number}" for number in (MARK, len(values), 1, 0))
            file.write("\n".join([*lines, *(f"{value:g}" for value in values)]) + "\n")
        else:
            file.write(struct.pack(">IiiI", MARK, len(values), 1, 0) + cn.formats.pack_singles(values, file.name))

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return a row for each link, with its values."""
        import pandas as pd

        values = _read(file)
        return pd.DataFrame(values, columns=list(NAMES[: values.shape[1]]))


def links(network: cn.Network) -> list[cn.Connection]:
    """Return the connections that are links in LENS, in its order."""
    incoming: dict[cn.Unit, list[cn.Connection]] = {unit: [] for unit in network.units}
    for projection in network.projections:
        for connection in [] if is_copy(projection) else projection.connections:
            incoming[connection.receiver].append(connection)
    return [connection for group in network.groups for unit in group for connection in incoming[unit]]


def is_copy(projection: cn.Projection) -> bool:
    """Return whether a projection copies activations to a context group, which LENS does without links."""
    return projection.delay > 0 and all(
        not (each.backpropagate or each.weight.trainable) and each.weight.value == 1.0 and each.sender.index == each.receiver.index
        for each in projection.connections
    )


def _connections_of(file: cn.formats.InputFile, network: cn.Network, count: int) -> Sequence[cn.Connection]:
    """Return the connections that a file with some links has: all, the trainable ones (-noFrozen), or the others (-onlyFrozen)."""
    all_links = links(network)
    choices = {"": all_links}
    for is_trainable in (True, False):
        chosen = [connection for connection in all_links if connection.weight.trainable == is_trainable]
        choices["trainable " if is_trainable else "frozen "] = chosen
    for chosen in choices.values():
        if len(chosen) == count:
            return chosen
    counts = ", ".join(f"{len(chosen)} {kind}" for kind, chosen in choices.items() if chosen or not kind).replace(" ,", ",").strip()
    raise cn.errors.DataError(
        f"{file.subject}: has {count} links, and {network.name} has {counts}; compare the groups and their sizes in the LENS script, "
        "and which of them have biases"
    )


def _read(file: cn.formats.InputFile) -> cn.Array:
    """Return the values [link, value]."""
    with file.stream() as stream:
        beginning = stream.read(4)
    mark = int.from_bytes(beginning, "big")
    is_swapped = int.from_bytes(beginning, "little") == MARK
    if is_swapped or (mark not in (MARK, OLD_MARK) and BINARY.search(beginning)):
        order = "the mark of weights with its last byte first (little-endian)" if is_swapped else f"the mark 0x{mark:08x}"
        expected = f"the mark 0x{MARK:08x} or 0x{OLD_MARK:08x} of weights, or text that begins with a number,"
        raise file.error(order, expected, offset=0)
    return _read_binary(file, is_old=mark == OLD_MARK) if mark in (MARK, OLD_MARK) else _read_text(file)


def _read_binary(file: cn.formats.InputFile, *, is_old: bool) -> cn.Array:
    import numpy as np

    content = file.content()
    header = 12 if is_old else 16
    if len(content) < header:
        raise file.error("the end of the file", "the header", offset=len(content))
    count, size = struct.unpack_from(">ii", content, 4)
    if is_old and size not in (4, 8, 12):
        raise file.error(f"{size} bytes of values of each link", "4, 8 or 12", offset=8)
    each = size // 4 if is_old else size
    _check_header(file, count, each)
    needed = header + 4 * count * each
    if len(content) != needed:
        text = f"has {len(content)} bytes, and its header says {count} links of {describe_count(each, 'value')} each, which need {needed}"
        raise file.error(message=text, offset=4)
    return np.frombuffer(content, dtype=">f4", offset=header).astype(float).reshape(count, each)


def _check_header(file: cn.formats.InputFile, count: int, each: int) -> None:
    if not 1 <= each <= len(NAMES):
        raise file.error(f"{each} values of each link", "1, 2 or 3", offset=8)
    if count < 0:
        raise file.error(f"{count} links", "0 or more", offset=4)


def _read_text(file: cn.formats.InputFile) -> cn.Array:
    with file.scanner(comment="", missing="-") as scanner:
        first = scanner.whole_number("the number 1431655766, or the number of links", at_least=-len(NAMES))
        if first == MARK:
            count = scanner.whole_number("the number of links", at_most=MOST_LINKS)
            each = scanner.whole_number("the number of values of each link", at_least=1, at_most=len(NAMES))
            scanner.whole_number("the number of updates")
        else:
            each = -first if first < 0 else 1
            count = scanner.whole_number("the number of links", at_most=MOST_LINKS) if first < 0 else first
        values = scanner.numbers()
        line, column = scanner.place
        if not scanner.is_at_end or len(values) != count * each:
            wanted = f"{count} links of {describe_count(each, 'value')} each"
            if scanner.is_at_end:
                raise file.error(f"the end after {describe_count(len(values), 'number')}", f"those of {wanted}", line=line, column=column)
            scanner.fail(f"a number, one of those of {wanted}," if len(values) < count * each else f"the end after {wanted}")
    return values.reshape(count, each)


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [LensWeights]
