"""Text weight files of emergent's versions in C++, as the content of a JSON file of the version in Go.

A file has tags, each in a line of its own: ``<Lay NAME>`` around a layer, ``<UgUn NUMBER>`` around a unit, which has its bias after
``<Un>``, ``<Cg NUMBER Fm:NAME>`` around the connections of a unit from a layer, and ``<Cn COUNT>`` around lines with the number of a
sender and a weight. Other tags have values of layers, which are not read. The grammar was read from files that the program wrote.
"""

from __future__ import annotations

import math
import re
from typing import Any

import connectionist as cn
from connectionist.utils.visible_text import shown

TAG = re.compile(r"<(/?)([A-Za-z]\w*)(?:\s+(.*?))?\s*>")
NUMBER = re.compile(r"(\d{1,9})(?:\s.*)?")
SENDER = re.compile(r"\d*\s*Fm:(.+)")
BYTES = 600  # of memory for a line


class _Content:
    """What was read until now; a tag opens the part in which the next ones are."""

    def __init__(self) -> None:
        self.layers: list[dict[str, Any]] = []
        self.paths: dict[str, dict[str, Any]] = {}
        self.biases: dict[int, float] = {}
        self.is_in_layer = False
        self.unit = 0
        self.row: dict[str, Any] = {}
        self.expects_bias = False
        self.missing = 0  # connections that <Cn> announces, and that have not come

    def close_layer(self) -> None:
        if any(self.biases.values()):
            values = [self.biases.get(number, 0.0) for number in range(1 + max(self.biases))]
            self.layers[-1]["Units"] = {"Bias": values}
        self.paths, self.biases = {}, {}


def parse(file: cn.formats.InputFile) -> dict[str, Any]:
    """Return the layers of a file, with their names in JSON.

    Raises
    ------
    FormatError
        If the file is not like this.
    """
    content = _Content()
    line = 1
    with file.stream() as stream:
        for line, text in enumerate(stream, 1):
            file.check_text(text, line)
            word = text.decode("utf-8", "replace").strip()
            file.check_memory(BYTES * line, f"the connections of {line} lines")
            tag = TAG.fullmatch(word)
            if content.missing or (word and not tag):
                _read_values(file, content, word, line)
            elif tag:
                _read_tag(file, content, tag[2], tag[3] or "", line, is_end=bool(tag[1]))
    if content.is_in_layer:
        raise file.error("the end of the file in a layer", "'</Lay>'", line=line)
    if not content.layers:
        raise file.error("no layer", "'<Lay NAME>'")
    content.close_layer()
    return {"Layers": content.layers}


def _read_tag(file: cn.formats.InputFile, content: _Content, name: str, value: str, line: int, *, is_end: bool) -> None:
    if is_end:
        content.is_in_layer &= name != "Lay"
        return
    if name == "Fmt" and value != "TEXT":
        raise file.error(shown(f"<Fmt {value}>", 60), "'<Fmt TEXT>' (binary weights are not read)", line=line)
    if name not in ("Lay", "UgUn", "Un", "Cg", "Cn"):
        return
    if name != "Lay" and not content.layers:
        raise file.error(f"'<{name}>'", "'<Lay NAME>'", line=line)
    if name == "Lay":
        content.close_layer()
        content.is_in_layer = True
        content.layers.append({"Layer": value, "Paths": []})
    elif name == "UgUn":
        content.unit = _number(file, value, "the number of a unit", line)
    elif name == "Un":
        content.expects_bias = True
    elif name == "Cg":
        sender = SENDER.fullmatch(value)
        if not sender:
            raise file.error(shown(f"<Cg {value}>", 60), "'<Cg NUMBER Fm:LAYER>'", line=line)
        if value not in content.paths:  # a layer may send through several paths, whose numbers differ
            content.paths[value] = {"From": sender[1], "Rs": []}
            content.layers[-1]["Paths"].append(content.paths[value])
        content.row = {"Ri": content.unit, "Si": [], "Wt": []}
        content.paths[value]["Rs"].append(content.row)
    elif not content.row:
        raise file.error("'<Cn>'", "'<Cg NUMBER Fm:LAYER>'", line=line)
    else:
        content.missing = _number(file, value, "a number of connections", line)


def _read_values(file: cn.formats.InputFile, content: _Content, text: str, line: int) -> None:
    """Read the line of a connection, or the bias of a unit."""
    words = text.split()
    if content.missing:
        expected = f"the number of a sender and a weight, {content.missing} more such lines"
        if len(words) < 2:
            raise file.error(shown(text, 60), expected, line=line)
        content.row["Si"].append(_number(file, words[0], expected, line))
        content.row["Wt"].append(_weight(file, words[1], expected, line))
        content.missing -= 1
    elif content.expects_bias and len(words) == 1:
        content.biases[content.unit] = _weight(file, text, "a bias", line)
        content.expects_bias = False
    else:
        raise file.error(shown(text, 60), "a tag such as '<Cg 0 Fm:Input>'", line=line)


def _number(file: cn.formats.InputFile, text: str, expected: str, line: int) -> int:
    match = NUMBER.fullmatch(text)
    if not match:
        raise file.error(shown(text, 60), expected, line=line)
    return int(match[1])


def _weight(file: cn.formats.InputFile, text: str, expected: str, line: int) -> float:
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise file.error(shown(text, 60), expected, line=line)
    return value
