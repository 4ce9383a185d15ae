"""Tables and files of Matlab: columns by group and label, labels of units, ticks, and faults by row and column."""

from __future__ import annotations

import math
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FormatError, FormatWarning
from connectionist.formats import OutputFile

SUFFIXES = [".csv", ".tsv", ".parquet", ".xlsx", ".mat"]


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("net")
    made.add_group("item", ["canary", "rose"], role="input")
    made.add_group("size", 1, role="input")
    made.add_group("hidden", 2)
    made.add_group("can", ["sing", "grow", "fly"], role="output")
    return made


def same(got: Any, wanted: Any) -> bool:
    return bool(np.array_equal(np.asarray(got, dtype=float), np.asarray(wanted, dtype=float), equal_nan=True))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_everything_of_a_set_is_written_and_read(tmp_path: Path, net: cn.Network, suffix: str) -> None:
    events = [
        cn.Event({"item": [1, 0], "size": [0.5], "hidden": [np.nan, 1]}, {"can": [1, np.nan, 0]}, time=2),
        cn.Event({"item": [0, 1], "size": [2]}),
    ]
    given = cn.ExampleSet([cn.Example.of_events(events, "=1+1", frequency=3), cn.Example.of_events(events[:1], "b", continues=True)], net)
    strict = suffix != ".mat"  # which has no events
    if not strict:
        with pytest.raises(FormatError, match="events"):
            cn.write_examples(given, tmp_path / f"x{suffix}")
    with pytest.warns(FormatWarning) if not strict else _nothing():
        cn.write_examples(given, tmp_path / f"x{suffix}", strict=strict)
    for network in (net, None):
        again = cn.read_examples(tmp_path / f"x{suffix}", network)
        assert again.names == given.names
        for field in ("inputs", "targets", "lengths", "frequencies", "continues"):
            assert same(getattr(again, field), getattr(given, field)), field
        assert same(again.clamps["hidden"], given.clamps["hidden"])
        assert again.input_groups == given.input_groups
        if strict:
            assert [again.events_of(case) for case in range(2)] == [given.events_of(case) for case in range(2)]


class _nothing:  # noqa: N801  (in place of `pytest.warns`)
    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


def test_a_table_of_another_program(tmp_path: Path, net: cn.Network) -> None:
    path = tmp_path / "x.csv"
    path.write_text("item,size,can:grow,can:fly,can:sing,name\ncanary,1,1,,0,a\nrose,0.5,1,0,1,b\n", encoding="utf-8-sig")
    examples = cn.read_examples(path, net)
    assert same(examples.inputs, [[1, 0, 1], [0, 1, 0.5]])
    assert same(examples.targets, [[0, 1, np.nan], [1, 1, 0]])
    assert examples.names == ("a", "b")
    with pytest.raises(FormatError, match=r"x\.csv:1: has no columns 'input:…' and 'target:…'; name them with inputs=\(…\)"):
        cn.read_examples(path)
    chosen = cn.file_format("csv", inputs=("item", "size"), targets=("can:grow",))
    assert same(cn.read_examples(path, format=chosen).inputs, [[1, 0, 1], [0, 1, 0.5]])
    plain = cn.file_format("csv", inputs=("size", "can:grow"), targets=("can:sing",))
    assert same(cn.read_examples(path, format=plain).inputs, [[1, 1], [0.5, 1]])
    assert cn.read_examples(path, format=plain).input_groups is None


def test_names_of_columns_may_have_spaces_around_them(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a, b,b ,c\n1, 0,2,3\n")
    examples = cn.read_examples(path, format=cn.file_format("csv", inputs=("a", " b"), targets=("c",)))
    assert (examples.inputs.tolist(), examples.targets.tolist()) == ([[1, 0]], [[3]])
    with pytest.raises(FormatError, match="has no column 'b'"):
        cn.read_examples(path, format=cn.file_format("csv", inputs=("b",), targets=("c",)))
    path.write_text("0,1\n1,0\n")
    with pytest.raises(FormatError, match=r"has no column 'b' \(its columns: 0, 1\); the first line must have the names of the columns"):
        cn.read_examples(path, format=cn.file_format("csv", inputs=("b",), targets=("1",)))
    path.write_text("a, b\n1, 0\n")
    assert cn.read_examples(path, format=cn.file_format("csv", inputs=("a",), targets=("b",))).targets.tolist() == [[0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item,size,can\nparrot,1,sing", r"x\.csv:2: found 'parrot' in column 'item'; a label, such as canary, rose,"),
        ("item,can\nrose,sing", "x.csv:1: has no column for the input group 'size' of net"),
        ("item,size,can:sing\nrose,1,1", "found 1 columns of group 'can'; 3 columns"),
        (
            "input:item:canary,input:item:rose,input:size:0,target:can:0,target:can:1,target:can:2\n1,0,x,1,1,1",
            "found 'x' in column 'input:size:0'",
        ),
        ("input:item:0,input:item:1,input:size:0\n1,,0", "x.csv:2: found no value in column 'input:item:1'"),
        ("input:item:0,input:item:1,input:size:0,tick\n1,0,0,1\n1,0,0,3", "x.csv:3: found tick 3; 1, or the tick of the row before"),
        ("item,item\n1,2", r"x\.csv:1: has two columns 'item'$"),
        ("0,1,0,\n1,0,1,", r"x\.csv:1: has two columns '0'; the first line must have the names of the columns, and has numbers"),
        (",\n1,0", r"x\.csv:1: has two columns ''$"),
        ("0,1\n1,0", r"x\.csv:1: has no columns 'input:…' and .*; the first line must have the names of the columns, and has numbers$"),
        ("0,1,\n1,0,", r"has no columns .*; the first line must have the names of the columns, and has numbers$"),
        ("a,1\n1,0", r"has no columns 'input:…' and 'target:…'; name them with inputs=\(…\), targets=\(…\) \(its columns: a, 1\)$"),
        ("", "is no such table, or is damaged"),
        ("item,size\n", "has no rows"),
        ("a,b\n1,2,3\n1", "x.csv:2: found 3 cells; 2, as the header has,"),
        ("item,size,can\nrose,1,sing\nrose,1", "x.csv:3: found 2 cells; 3, as the header has,"),
        ("item,size,can\nrose,inf,sing", "x.csv:2: found inf in column 'size'; a finite number"),
        ("item\n\0", "x.csv:2:1: has a null byte"),
        ("input:item:0,input:item:1,input:size:0\n1," + "9" * 400 + ",0", "is no such table|found"),
        ("item" * 100_000 + "\n1", "is no such table"),
    ],
)
def test_faults_are_named_by_row_and_column(tmp_path: Path, net: cn.Network, text: str, message: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message.replace("(", r"\(") if "\\" not in message else message):
        cn.read_examples(path, net)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input:0,target:0,target:1\n1,1,0\n0,foo,1", r"x.csv:3: found 'foo' in column 'target:0'"),
        ("input:0,target:0\n1,1\n0,foo", r"x.csv:3: found 'foo' in column 'target:0'"),
        ("input:0,input:1,target:0\nx,y,1\n0,1,1", r"x.csv:2: found 'x' in column 'input:0'"),
        ('input:0,target:0\n"1",1\n"1\n",1,0', r"x.csv:4: found 3 cells; 2, as the header has,"),
        ("input:0,inptu:1,target:0\n1,1,0", r"x.csv:1: column 'inptu:1' is none of 'input:…', 'target:…', 'clamp:…'; it is left out"),
        ("input:0,targets:0\n1,1", r"x.csv:1: column 'targets:0' is none of"),
        ("input:0,input:2,target:0\n1,1,0", r"x.csv:1: found the columns input:0, input:2; the numbers 0, 1 as their last parts"),
        ("input:0,target:can:0,target:1\n1,1,0", r"x.csv:1: has column 'target:can:0' of a group and column 'target:1' without one"),
    ],
)
def test_no_column_of_a_unit_is_left_out(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(FormatError, match=message):
        cn.read_examples(path)


def test_utf_16_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("input:0,target:0\n1,1\n", encoding="utf-16")
    with pytest.raises(FormatError, match=r"x.csv:1:1: is text in UTF-16; save it in UTF-8"):
        cn.read_examples(path)


def test_latin_1_is_named(tmp_path: Path, net: cn.Network) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"item,size,can,name\nrose,1,fly,caf\xe9\n")
    with pytest.raises(FormatError, match=r"x\.csv:2: byte 0xe9 is not text in UTF-8"):
        cn.read_examples(path, net)
    with pytest.warns(FormatWarning):
        assert cn.read_examples(path, net, strict=False).names == ("café",)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_weights_by_name(tmp_path: Path, net: cn.Network, suffix: str) -> None:
    net.connect("item", "hidden")
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "can")
    net.randomize(1.0, seed=1)
    again = net.copy()
    again.randomize(1.0, seed=2)
    cn.write_weights(net, tmp_path / f"w{suffix}")
    cn.read_weights(again, tmp_path / f"w{suffix}")
    assert np.abs(again.weight_values - net.weight_values).max() < 1e-15 * (suffix == ".xlsx") + 1e-300  # Excel has 15 digits
    other = cn.Network("other")
    other.add_group("x", 1, role="output")
    with pytest.raises(FormatError, match="other"):
        cn.read_weights(other, tmp_path / f"w{suffix}")


def test_text_that_a_spreadsheet_would_compute_is_marked(tmp_path: Path) -> None:
    cn.write_examples(cn.ExampleSet.from_arrays([[1]], [[0]], ["=1+1"]), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "name,input:0,target:0\n'=1+1,1,0\n"


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".parquet"])
def test_names_are_text(tmp_path: Path, suffix: str) -> None:
    names = ["007", "NA", "-", "nan", "1e3", 'a,b\t"c"', "\u00e9", "'s", "=x"]
    cn.write_examples(cn.ExampleSet.from_arrays(np.zeros((9, 1)), np.zeros((9, 1)), names), tmp_path / f"x{suffix}")
    assert list(cn.read_examples(tmp_path / f"x{suffix}").names) == names


def test_variables_of_matlab(tmp_path: Path) -> None:
    import scipy.io

    scipy.io.savemat(tmp_path / "x.mat", {"P": [[0, 0, 1, 1], [0, 1, 0, 1]], "T": [[0, 1, 1, 0]]})
    examples = cn.read_examples(tmp_path / "x.mat", format=cn.file_format("matlab", inputs="P", targets="T", cases_in_columns=True))
    assert same(examples.inputs, [[0, 0], [0, 1], [1, 0], [1, 1]])
    with pytest.raises(FormatError, match=r"has no variable 'inputs' \(its variables: P, T\)"):
        cn.read_examples(tmp_path / "x.mat")
    with pytest.raises(FormatError, match=r"must have the same cases and ticks \(they have \[2\] and \[1\]\)"):
        cn.read_examples(tmp_path / "x.mat", format=cn.file_format("matlab", inputs="P", targets="T"))
    (tmp_path / "y.mat").write_bytes(b"\x89HDF\r\n")
    with pytest.raises(FormatError, match=r"version 7\.3"):
        cn.read_examples(tmp_path / "y.mat")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_memory_of_a_table_is_checked_first(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectionist.formats import input_file

    cn.write_examples(cn.ExampleSet.from_arrays(np.zeros((500, 3)), np.zeros((500, 1))), tmp_path / f"x{suffix}")
    monkeypatch.setattr(input_file, "FREE_BYTES", 1000)
    monkeypatch.setattr(input_file, "BYTES_PER_BYTE", 2)
    with pytest.raises(FormatError, match=r"need \d MB, too much for a file of"):
        cn.read_examples(tmp_path / f"x{suffix}")


def test_each_type_of_variable_of_matlab_is_read_as_scipy_reads_it(tmp_path: Path) -> None:
    import scipy.io

    from connectionist_plugins.formats.matlab.mat_file import Unreadable, read_variables

    values: dict[str, Any] = {
        f"x{kind}": np.array([[1, 2, 3], [4, 5, 100]], dtype=kind) for kind in ("i1", "u1", "i2", "u2", "i4", "i8", "f4", "f8")
    }
    values |= {"flag": np.array([[True, False]]), "cube": np.arange(24.0).reshape(2, 3, 4), "empty": np.zeros((0, 3)), "scalar": 2.5}
    texts = {"word": "caf\u00e9", "rows": np.array(["abc", "de"]), "cells": np.array(["x", "", "yz"], dtype=object)}
    others = {"complex": np.array([[1j]]), "structure": {"a": 1.0}}
    for options in ({"do_compression": True}, {"do_compression": False}, {"format": "4"}):
        given = values | texts | others
        if "format" in options:
            given = {name: values[name] for name in ("xf8", "xf4", "xi4", "xi2", "xu2", "scalar")} | {
                "word": "abc",
                "complex": others["complex"],
            }
        scipy.io.savemat(tmp_path / "x.mat", given, **options)
        found = read_variables(cn.formats.InputFile(tmp_path / "x.mat"))
        assert found.keys() == given.keys()
        wanted = scipy.io.loadmat(tmp_path / "x.mat", chars_as_strings=True)
        for name, value in found.items():
            if name in values:
                assert np.array_equal(value, wanted[name]), name
            elif name in others:
                assert isinstance(value, Unreadable)
        assert found["word"] == given["word"]
        if "format" not in options:
            assert (found["rows"], found["cells"]) == (["abc", "de"], ["x", "", "yz"])


def test_rules_of_input_in_a_file_of_excel_give_no_warning(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    cn.write_examples(cn.ExampleSet.from_arrays(np.zeros((2, 3)), np.zeros((2, 1))), tmp_path / "x.xlsx")
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    with zipfile.ZipFile(tmp_path / "x.xlsx") as given, zipfile.ZipFile(tmp_path / "y.xlsx", "w") as changed:
        for name in given.namelist():
            changed.writestr(name, given.read(name).replace(b"</worksheet>", extension))
    assert len(cn.read_examples(tmp_path / "y.xlsx")) == 2
    assert not recwarn.list


def element(kind: int, content: bytes) -> bytes:
    """Return an element of a file of Matlab of version 5 to 7.2."""
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def mat_file(*elements: bytes) -> bytes:
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"".join(elements)


def test_sparse_matrices_of_matlab_are_filled(tmp_path: Path) -> None:
    import scipy.io
    import scipy.sparse

    from connectionist_plugins.formats.matlab.mat_file import Unreadable, read_variables

    wanted = np.array([[0.0, 2.5, 0.0], [1.0, 0.0, 0.0]])
    for format in ("4", "5"):
        path = tmp_path / f"{format}.mat"
        matrices = {"inputs": wanted, "flags": wanted > 0, "empty": np.zeros((2, 0)), "imaginary": wanted * 1j}
        scipy.io.savemat(path, {name: scipy.sparse.csc_array(each) for name, each in matrices.items()}, format=format)
        found = read_variables(cn.formats.InputFile(path))
        assert isinstance(found.pop("imaginary"), Unreadable)
        for name, each in found.items():
            assert np.array_equal(each, matrices[name]), (format, name)
    content = (tmp_path / "4.mat").read_bytes()
    (tmp_path / "4.mat").write_bytes(content.replace(np.array([2.0, 1.0, 2.0]).tobytes(), np.array([3.0, 1.0, 2.0]).tobytes(), 1))
    with pytest.raises(FormatError, match="a sparse matrix of 2 × 3 has a value outside of it"):
        read_variables(cn.formats.InputFile(tmp_path / "4.mat"))
    columns = element(6, struct.pack("<II", 5, 1)), element(5, struct.pack("<ii", 2, 1)), element(1, b"x"), element(5, struct.pack("<i", 1))
    logical = element(6, struct.pack("<II", 0x205, 2)), element(5, struct.pack("<ii", 2, 1)), element(1, b"x")
    places = element(5, struct.pack("<ii", 0, 1)), element(5, struct.pack("<ii", 0, 2)), element(9, b"\1\1")
    (tmp_path / "5.mat").write_bytes(mat_file(element(14, b"".join((*logical, *places)))))
    assert read_variables(cn.formats.InputFile(tmp_path / "5.mat"))["x"].tolist() == [[1.0], [1.0]]
    for firsts, message in (((0, 1), ""), ((0, 2), "has no 2 × 1 values"), ((1, 1), "has no 2 × 1 values"), ((0,), "has no 2 × 1 values")):
        values = element(5, struct.pack(f"<{len(firsts)}i", *firsts)), element(9, struct.pack("<d", 0.5))
        (tmp_path / "5.mat").write_bytes(mat_file(element(14, b"".join((*columns, *values)))))
        if not message:
            assert read_variables(cn.formats.InputFile(tmp_path / "5.mat"))["x"].tolist() == [[0.0], [0.5]]
            continue
        with pytest.raises(FormatError, match=message):
            read_variables(cn.formats.InputFile(tmp_path / "5.mat"))


def test_a_file_of_matlab_of_either_byte_order_is_read(tmp_path: Path) -> None:
    from connectionist_plugins.formats.matlab.mat_file import read_variables

    for order, kind in (("<", 0), (">", 1000)):
        header = struct.pack(f"{order}5i", kind, 2, 1, 0, 2)
        (tmp_path / "x.mat").write_bytes(header + b"x\0" + struct.pack(f"{order}2d", 0.5, -3.0))
        assert read_variables(cn.formats.InputFile(tmp_path / "x.mat"))["x"].tolist() == [[0.5], [-3.0]]


def test_objects_of_matlab_and_damaged_variables_are_named(tmp_path: Path) -> None:
    import zlib

    from connectionist_plugins.formats.matlab.mat_file import Unreadable, read_variables

    path = tmp_path / "x.mat"
    flags = element(6, struct.pack("<II", 17, 0))
    text = element(14, flags + element(1, b"word") + element(1, b"MCOS") + element(1, b"string") + element(14, b""))
    numbers = element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack("<ii", 1, 1))
    number, workspace = (element(14, numbers + element(1, name) + element(9, struct.pack("<d", 2.0))) for name in (b"x", b""))
    path.write_bytes(mat_file(text, number, workspace))
    found = read_variables(cn.formats.InputFile(path))
    assert found.keys() == {"word", "x"}
    assert found["word"] == Unreadable("object of the class 'string'")
    assert "object of the class 'string'" in str(cn.file_format("matlab").read_table(cn.formats.InputFile(path)))
    packed = zlib.compress(number)
    for content, message in (
        (mat_file(element(15, packed[:-4])), "byte 128: the end of a compressed variable is missing"),
        (mat_file(element(15, zlib.compress(number + b"12345678"))), "a compressed variable has 8 bytes after its end"),
        (mat_file().ljust(512, b"\0") + b"\x89HDF\r\n", "is of version 7.3, which is HDF5"),
    ):
        path.write_bytes(content)
        with pytest.raises(FormatError, match=message):
            read_variables(cn.formats.InputFile(path))


def test_a_file_of_matlab_that_crashes_scipy_is_an_error(tmp_path: Path) -> None:
    import scipy.io

    scipy.io.savemat(tmp_path / "x.mat", {"inputs": np.zeros((2, 3)), "targets": np.zeros((2, 1))}, do_compression=False)
    content = (tmp_path / "x.mat").read_bytes()
    for at in range(128, len(content), 2):
        (tmp_path / "y.mat").write_bytes(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])
        try:
            cn.read_examples(tmp_path / "y.mat")
        except cn.ConnectionistError:
            continue


def test_a_weight_given_twice_is_an_error(tmp_path: Path) -> None:
    net = cn.simple_recurrent_network("elman", 2, 3, 2)
    path = tmp_path / "w.csv"
    path.write_text("sender,receiver,delay,value\ninput:0,hidden:0,0,1\ninput:0,hidden:0,0,2\n")
    with pytest.raises(FormatError, match=r"w.csv:3: has the connection input:0 → hidden:0 twice"):
        cn.read_weights(net, path, "csv")


@pytest.mark.parametrize("group", ["", "item:"])
def test_columns_with_numbers_of_units_are_in_the_order_of_the_numbers(tmp_path: Path, group: str) -> None:
    units = [10, 2, *range(2), *range(3, 10)]
    path = tmp_path / "x.csv"
    path.write_text(",".join([*(f"input:{group}{unit}" for unit in units), "target:0"]) + "\n" + ",".join(map(str, [*units, 1])))
    assert cn.read_examples(path).inputs.tolist() == [list(range(11))]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_a_table_of_weights_that_was_cut_is_noticed(tmp_path: Path, net: cn.Network, suffix: str) -> None:
    import pandas as pd

    net.connect("item", "hidden")
    net.randomize(half_range=1.0, seed=1)
    cn.write_weights(net, tmp_path / "x.csv")
    table = pd.read_csv(tmp_path / "x.csv")
    first = net.projections[0]
    assert len(first) > 1
    path = tmp_path / f"y{suffix}"
    made = cn.file_format(suffix[1:])
    for count, missing in ((len(first) - 1, 1), (1, len(first) - 1)):
        with OutputFile(path) as file:
            made.write_table(file, table.head(count))
        with pytest.warns(FormatWarning, match=rf"{missing} of {len(first)} connections of {first.name}, from .* do not change"):
            cn.read_weights(net, path)
    with OutputFile(path) as file:
        made.write_table(file, table.head(len(first)))
    cn.read_weights(net, path)  # whole projections


@pytest.mark.parametrize("ticks", [0, 2])
def test_a_table_without_columns_of_targets_has_none(tmp_path: Path, ticks: int) -> None:
    net = cn.Network("net")
    net.add_group("in", 2, role="input")
    net.add_group("out", 3, role="output")
    path = tmp_path / "x.csv"
    rows = [f"{tick + 1},0,1" for tick in range(ticks)] if ticks else ["0,1"]
    path.write_text("\n".join(["tick," * bool(ticks) + "input:in:0,input:in:1", *rows]) + "\n")
    targets = cn.read_examples(path, net).targets
    assert targets.shape == ((1, 2, 3) if ticks else (1, 3))
    assert np.isnan(targets).all()


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "parquet"])
@pytest.mark.parametrize("group", ["a\nb", 'a"\nb', "=a", "a,\tb;"])
def test_columns_with_line_ends_and_large_numbers_are_read_again(tmp_path: Path, suffix: str, group: str) -> None:
    numbers = [1e308, -1e20, 5e-324]
    examples = cn.ExampleSet.from_arrays([numbers], [[1e300, math.nan]], ["x"], input_groups={group: 3}, target_groups={"out": 2})
    cn.write_examples(examples, tmp_path / f"x.{suffix}")
    again = cn.read_examples(tmp_path / f"x.{suffix}")
    assert (again.inputs.tolist(), again.input_groups) == ([numbers], {group: 3})
    np.testing.assert_array_equal(again.targets, [[1e300, math.nan]])


def test_a_table_that_is_too_large_for_a_sheet_is_an_error(tmp_path: Path) -> None:
    examples = cn.ExampleSet.from_arrays(np.zeros((1, 2**14)), [[1.0]])
    with pytest.raises(cn.errors.FormatError, match="the table has 1 rows and 16,386 columns, and a sheet has"):
        cn.write_examples(examples, tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []
