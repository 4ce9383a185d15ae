"""Weight files of LENS: the order of the links, binary and text, and all headers."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, FormatError, FormatWarning


@pytest.fixture
def net() -> cn.Network:
    """A network with two projections to a group, and a copy to a context group, which is no link in LENS."""
    made = cn.Network("net")
    made.add_group("context", 2, activation="linear", biased=False, initial=0.5)
    made.add_group("input", 1, role="input")
    made.add_group("hidden", 2)
    made.add_group("output", 1, role="output")
    made.connect("context", "hidden")
    made.connect("input", "hidden")
    made.connect("hidden", "context", pattern="one_to_one", delay=1, weights=1.0, trainable=False, backpropagate=False)
    made.connect("hidden", "output")
    return made


ORDER = [  # groups in order, units in order; of each unit the bias first, then the blocks as they were connected
    *(f"{sender} → hidden:{unit}" for unit in (0, 1) for sender in ("bias", "context:0", "context:1", "input:0")),
    *("bias → output:0", "hidden:0 → output:0", "hidden:1 → output:0"),
]


def values_of(net: cn.Network) -> list[float]:
    return [net.connection(name).weight.value for name in ORDER]


def test_links_have_the_order_of_lens(net: cn.Network, tmp_path: Path) -> None:
    path = tmp_path / "x.wt"
    path.write_text("1431655766\n11 1 500\n" + "\n".join(map(str, range(11))), encoding="utf-8")
    cn.read_weights(net, path)
    assert values_of(net) == list(range(11))
    assert net.connection("hidden:0 → context:0").weight.value == 1.0


HEADERS = {
    "binary": struct.pack(">IiiI", 0x55555556, 11, 1, 7),
    "old binary": struct.pack(">Iii", 0x55555555, 11, 4),
    "text": b"1431655766 11 1 7\n",
    "old text": b"-1 11\n",
    "oldest text": b"11\n",
}


@pytest.mark.parametrize("header", HEADERS)
def test_all_headers(net: cn.Network, tmp_path: Path, header: str) -> None:
    values = np.arange(11) / 8
    numbers = values.astype(">f4").tobytes() if "binary" in header else "\n".join(map(str, values)).encode()
    path = tmp_path / "x.wt"
    path.write_bytes(HEADERS[header] + numbers)
    cn.read_weights(net, path)
    assert values_of(net) == values.tolist()
    path.write_bytes(HEADERS[header] + numbers[:-5])
    with pytest.raises(FormatError, match=r"x\.wt"):
        cn.read_weights(net, path)


@pytest.mark.parametrize("text", [True, False])
def test_what_is_written_is_read_again(net: cn.Network, tmp_path: Path, text: bool) -> None:
    net.randomize(1.0, seed=1)
    cn.write_weights(net, tmp_path / "x.wt", cn.file_format("lens_weights", text=text))
    again = net.copy()
    again.randomize(1.0, seed=2)
    cn.read_weights(again, tmp_path / "x.wt")
    assert np.abs(again.weight_values - net.weight_values).max() < 1e-5


def test_last_changes_are_named(net: cn.Network, tmp_path: Path) -> None:
    path = tmp_path / "x.wt"
    path.write_bytes(struct.pack(">IiiI", 0x55555556, 11, 2, 7) + np.arange(22).astype(">f4").tobytes())
    with pytest.raises(FormatError, match="has the last change of each weight too"):
        cn.read_weights(net, path)
    with pytest.warns(FormatWarning, match="last change"):
        cn.read_weights(net, path, strict=False)
    assert values_of(net) == list(range(0, 22, 2))


def test_frozen_links_may_be_left_out_or_alone(net: cn.Network, tmp_path: Path) -> None:
    for name in ORDER[:4]:
        net.connection(name).weight.trainable = False
    path = tmp_path / "x.wt"
    path.write_text("7 " + "1 " * 7, encoding="utf-8")
    cn.read_weights(net, path)
    assert values_of(net) == [0] * 4 + [1] * 7
    path.write_text("4 " + "2 " * 4, encoding="utf-8")
    cn.read_weights(net, path)
    assert values_of(net) == [2] * 4 + [1] * 7


def test_a_wrong_number_of_links_is_named(net: cn.Network, tmp_path: Path) -> None:
    path = tmp_path / "x.wt"
    path.write_text("5 1 1 1 1 1", encoding="utf-8")
    with pytest.raises(DataError, match=r"has 5 links, and net has 11, 11 trainable; compare the groups and their sizes"):
        cn.read_weights(net, path)
    assert net.weight_values[:11].max() == 1.0  # of the copies; nothing was assigned


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"11 1 2 x", "x.wt:1:8: found 'x'; a number, one of those of 11 links of 1 value each, may be here"),
        (b"11 1 2", "found the end after 2 numbers; those of 11 links of 1 value each may be here"),
        (b"11" + b" 1" * 12, "found the end after 12 numbers; those of 11 links of 1 value each may be here"),
        (b"-4 3", "found '-4'; the number 1431655766, or the number of links"),
        (b"1431655766 3 9", "found '9'; the number of values of each link"),
        (b"", "found the end of the file"),
        (struct.pack(">Iii", 0x55555556, -1, 1), "byte 12: found the end of the file; the header"),
        (struct.pack(">IiiI", 0x55555556, -1, 1, 0), "byte 4: found -1 links"),
        (struct.pack(">IiiI", 0x55555556, 2**30, 1, 0), "has 16 bytes, and its header says 1073741824 links"),
        (struct.pack(">IiiI", 0x55555556, 1, 7, 0), "byte 8: found 7 values"),
        (struct.pack(">IiiI", 0x12345678, 1, 1, 0), "byte 0: found the mark 0x12345678; the mark 0x55555556 or 0x55555555 of weights"),
        (struct.pack("<IiiI", 0x55555556, 1, 1, 0), "byte 0: found the mark of weights with its last byte first (little-endian); the mark"),
        (struct.pack(">Iii", 0x55555555, 1, 6), "byte 8: found 6 bytes of values of each link; 4, 8 or 12 may be here"),
    ],
)
def test_faults_are_named(net: cn.Network, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.wt"
    path.write_bytes(content)
    with pytest.raises(FormatError) as raised:
        cn.read_weights(net, path)
    assert message in str(raised.value)
