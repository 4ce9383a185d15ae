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


class _Reader:
    """Reads a file line by line. A tag says what the lines after it are of.

    Attributes
    ----------
    file : InputFile
    line : int
        Number of the line that is read, from 1.
    layers : list of dict
        The layers until now, with their names in JSON.
    paths : dict of str to dict
        The paths to the last layer, by the text of their tags.
    biases : dict of int to float
        The biases of the last layer, by the number of the unit.
    is_in_layer : bool
        Whether the last layer has not ended.
    unit : int
        Number of the last ``<UgUn>``.
    row : dict
        Connections of the last ``<Cg>``.
    expects_bias : bool
        Whether the last ``<Un>`` has no bias yet.
    missing : int
        Connections that the last ``<Cn>`` announces and that have not come.
    """

    def __init__(self, file: cn.formats.InputFile) -> None:
        self.file, self.line = file, 1
        self.layers: list[dict[str, Any]] = []
        self.paths: dict[str, dict[str, Any]] = {}
        self.biases: dict[int, float] = {}
        self.is_in_layer = False
        self.unit = 0
        self.row: dict[str, Any] = {}
        self.expects_bias = False
        self.missing = 0

    def error(self, found: str, expected: str) -> cn.errors.FormatError:
        """Return the error of this line."""
        return self.file.error(found, expected, line=self.line)

    def read(self, text: str) -> None:
        """Read a line without the spaces around it."""
        tag = TAG.fullmatch(text)
        if self.missing:
            self.read_connection(text)
        elif not tag:
            self.read_bias(text)
        elif tag[1]:
            self.is_in_layer &= tag[2] != "Lay"
        elif tag[2] in TAGS:
            if tag[2] not in ("Fmt", "Lay") and not self.layers:
                raise self.error(f"'<{tag[2]}>'", "'<Lay NAME>'")
            TAGS[tag[2]](self, tag[3] or "")

    def check_format(self, value: str) -> None:
        """Raise an error if ``<Fmt>`` says that the weights are binary."""
        if value != "TEXT":
            raise self.error(shown(f"<Fmt {value}>", 60), "'<Fmt TEXT>' (binary weights are not read)")

    def begin_layer(self, name: str) -> None:
        """Begin the layer of a ``<Lay>``."""
        self.close_layer()
        self.is_in_layer = True
        self.layers.append({"Layer": name, "Paths": []})

    def close_layer(self) -> None:
        """Give the last layer its biases."""
        if self.biases:
            values = [self.biases.get(number, 0.0) for number in range(1 + max(self.biases))]
            self.layers[-1]["Units"] = {"Bias": values}
        self.paths, self.biases = {}, {}

    def begin_unit(self, value: str) -> None:
        """Begin the unit of a ``<UgUn>``."""
        self.unit = self.whole_number(value, "the number of a unit")

    def begin_values(self, _: str) -> None:
        """Begin the values of the unit, after ``<Un>``."""
        self.expects_bias = True

    def begin_row(self, value: str) -> None:
        """Begin the connections from a layer, after ``<Cg>``."""
        sender = SENDER.fullmatch(value)
        if not sender:
            raise self.error(shown(f"<Cg {value}>", 60), "'<Cg NUMBER Fm:LAYER>'")
        if value not in self.paths:  # a layer may send through several paths, whose numbers differ
            self.paths[value] = {"From": sender[1], "Rs": []}
            self.layers[-1]["Paths"].append(self.paths[value])
        self.row = {"Ri": self.unit, "Si": [], "Wt": []}
        self.paths[value]["Rs"].append(self.row)

    def begin_connections(self, value: str) -> None:
        """Begin the lines of connections, after ``<Cn>``."""
        if not self.row:
            raise self.error("'<Cn>'", "'<Cg NUMBER Fm:LAYER>'")
        self.missing = self.whole_number(value, "a number of connections")

    def read_connection(self, text: str) -> None:
        """Read the number of a sender and a weight."""
        expected = f"the number of a sender and a weight, {self.missing} more such lines"
        words = text.split()
        if len(words) < 2:
            raise self.error(shown(text, 60), expected)
        self.row["Si"].append(self.whole_number(words[0], expected))
        self.row["Wt"].append(self.finite_number(words[1], expected))
        self.missing -= 1

    def read_bias(self, text: str) -> None:
        """Read the bias of a unit, or an empty line."""
        if not text:
            return
        if not self.expects_bias or len(text.split()) > 1:
            raise self.error(shown(text, 60), "a tag such as '<Cg 0 Fm:Input>'")
        self.biases[self.unit] = self.finite_number(text, "a bias")
        self.expects_bias = False

    def whole_number(self, text: str, expected: str) -> int:
        """Return the whole number with which a text begins."""
        match = NUMBER.fullmatch(text)
        if not match:
            raise self.error(shown(text, 60), expected)
        return int(match[1])

    def finite_number(self, text: str, expected: str) -> float:
        """Return a weight or a bias."""
        try:
            value = float(text) if "_" not in text else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.error(shown(text, 60), expected)
        return value


TAGS = {
    "Fmt": _Reader.check_format,
    "Lay": _Reader.begin_layer,
    "UgUn": _Reader.begin_unit,
    "Un": _Reader.begin_values,
    "Cg": _Reader.begin_row,
    "Cn": _Reader.begin_connections,
}


def parse(file: cn.formats.InputFile) -> dict[str, Any]:
    """Return the layers of a file, with their names in JSON.

    Raises
    ------
    FormatError
        If a tag or a number is missing, or is not as described above.
    """
    reader = _Reader(file)
    with file.stream() as stream:
        for reader.line, text in enumerate(stream, 1):
            file.check_text(text, reader.line)
            file.check_memory(BYTES * reader.line, f"the connections of {reader.line} lines")
            reader.read(text.decode("utf-8", "replace").strip())
    if reader.is_in_layer:
        raise reader.error("the end of the file in a layer", "'</Lay>'")
    if not reader.layers:
        raise file.error("no layer", "'<Lay NAME>'")
    reader.close_layer()
    return {"Layers": reader.layers}
