"""How the format of a file is found, what the functions do with it, and the check for plugins."""

from __future__ import annotations

import errno
import json
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import (
    AssignmentError,
    DataError,
    FileError,
    FormatError,
    FormatWarning,
    ParameterError,
    UnknownNameError,
    WiringError,
)
from connectionist.formats import OutputFile
from connectionist.formats.file_format import abilities
from connectionist.plugins import registry
from connectionist.testing import check_file_format
from connectionist.utils import files


@dataclass(frozen=True)
class Words(cn.FileFormat):
    """Targets and inputs, a word for each."""

    name = "words"
    suffixes: ClassVar[tuple[str, ...]] = (".w",)

    def sniff(self, beginning: bytes) -> bool:
        return beginning.startswith(b"words")

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        with file.scanner(missing="?") as scanner:
            scanner.expect("words")
            targets, inputs = scanner.whole_number(at_most=1000), scanner.whole_number(at_most=1000)
            if scanner.accept("odd"):
                scanner.cannot("'odd' is odd")
            numbers = scanner.numbers()
            if not targets + inputs or not len(numbers) or len(numbers) % (targets + inputs) or not scanner.is_at_end:
                scanner.fail("numbers")
        rows = numbers.reshape(-1, targets + inputs)
        return cn.ExampleSet.from_arrays(rows[:, targets:], rows[:, :targets], network=network)

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        if examples.lengths is not None:
            file.cannot("ticks")
        if (examples.frequencies != 1).any() or examples.clamps or (examples.error_weights != 1).any():
            file.cannot("weights and clamps")
        inputs, targets = (table.reshape(len(examples), -1) for table in (examples.inputs, examples.targets))
        file.write(f"words {targets.shape[1]} {inputs.shape[1]}\n")
        for row in np.hstack([targets, inputs]).tolist():
            file.write(" ".join("?" if math.isnan(value) else f"{value!r}" for value in row) + "\n")


@dataclass(frozen=True)
class Others(Words):
    """The same suffix, another beginning."""

    name = "others"

    def sniff(self, beginning: bytes) -> bool:
        return beginning.startswith((b"others", b"words both"))


@dataclass(frozen=True)
class Weights(cn.FileFormat):
    """All weights have one value."""

    name = "weights"
    suffixes = (".v",)
    values: tuple[float, ...] = (0.5,)

    def read_weights(self, file: cn.formats.InputFile, network: cn.Network) -> Mapping[cn.Connection, float]:
        return {connection: self.values[number % len(self.values)] for number, connection in enumerate(network.connections)}


@pytest.fixture
def offered() -> Iterator[None]:
    """Offer the formats of this module."""
    known = registry.get_registry()
    plugin = known.origin("file_formats", "csv")
    own = {each.name: (each, plugin) for each in (Words, Others, Weights)}
    known._offers["file_formats"].update(own)
    yield
    for name in own:
        del known._offers["file_formats"][name]


EXAMPLES = cn.ExampleSet.from_arrays([[0, 1], [1, 1]], [[1], [0]])


def test_a_format_can_do_what_it_overrides() -> None:
    assert abilities(Words) == ["read_examples", "write_examples"]
    assert abilities(Weights()) == ["read_weights"]
    with pytest.raises(FileError, match=r"format 'weights': no method read_network \(it reads weights\)"):
        Weights().read_network(cn.formats.InputFile("x"))


@pytest.mark.usefixtures("offered")
def test_the_format_follows_from_the_suffix_and_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "x.W"
    cn.write_examples(EXAMPLES, path, "words")
    assert cn.read_examples(path).inputs.tolist() == [[0, 1], [1, 1]]
    with pytest.raises(FileError, match=r"several formats have this suffix; give format=, one of others, words"):
        cn.write_examples(EXAMPLES, path)
    path.write_text("neither", encoding="utf-8")
    with pytest.raises(FileError, match="several formats have this suffix, and its beginning is that of none of them; give format="):
        cn.read_examples(path)
    path.write_text("words both", encoding="utf-8")
    with pytest.raises(FileError, match="its beginning is that of several formats; give format=, one of others, words"):
        cn.read_examples(path)
    path.write_text("neither", encoding="utf-8")
    path = path.rename(tmp_path / "x.unknown")
    with pytest.raises(FileError, match=r"has the suffix '\.unknown'; give format=, one of .*mikenet_examples \(\.ex\), .*words \(\.w\)"):
        cn.read_examples(path)
    cn.write_examples(EXAMPLES, path, Words())
    assert len(cn.read_examples(path)) == 2  # only one format knows this beginning


@pytest.mark.usefixtures("offered")
def test_wrong_formats_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown file format 'word'; did you mean 'words'"):
        cn.write_examples(EXAMPLES, tmp_path / "x.w", "word")
    with pytest.raises(ParameterError, match=r"read_network.format: 'words' reads examples, writes examples; give format="):
        cn.read_network(tmp_path / "x.w", "words")
    wrong: Any = 3
    with pytest.raises(ParameterError, match=r"must be the name of a file format or an object of class FileFormat"):
        cn.read_examples(tmp_path / "x.w", format=wrong)
    with pytest.raises(ParameterError, match=r"write_examples.path"):
        cn.write_examples(EXAMPLES, wrong)
    with pytest.raises(DataError, match=r"write_examples.examples"):
        cn.write_examples(wrong, tmp_path / "x.w", "words")
    with pytest.raises(ParameterError, match=r"no such parameter|has no parameter"):
        cn.file_format("words", size=3)
    with pytest.raises(AssignmentError):
        Weights().values = (1.0,)  # type: ignore[misc]


@pytest.mark.usefixtures("offered")
def test_what_cannot_be_done_is_an_error_or_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "x.w"
    path.write_text("words 1 1\nodd 1 0 0 1", encoding="utf-8")
    with pytest.raises(FormatError, match=r"x\.w:2:1: 'odd' is odd \(accepted with strict=False, or --lenient\)"):
        cn.read_examples(path)
    with pytest.warns(FormatWarning, match="not read: .*'odd' is odd") as caught:
        cn.read_examples(path, strict=False)
    assert caught[0].filename == __file__
    stream = cn.ExampleSet.stream([[1], [0]], [[1], [0]])
    with pytest.raises(FormatError, match="ticks"):
        cn.write_examples(stream, path, "words")
    assert "odd" in path.read_text(encoding="utf-8")  # the file is as it was
    with pytest.warns(FormatWarning, match="not written: .*ticks"):
        cn.write_examples(stream, path, "words", strict=False)
    assert path.read_text(encoding="utf-8") == "words 1 1\n1.0 1.0\n0.0 0.0\n"


@pytest.mark.parametrize("suffix", [".txt", ".txt.gz"])
def test_files_beside_one_another_are_replaced_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    paths = [tmp_path / f"x{suffix}", tmp_path / f"x{suffix.replace('txt', 'other')}"]

    def write(text: str) -> None:
        with OutputFile(paths[0]) as file:
            file.write(text)
            file.beside(".other").write(text)

    write("old")
    old = [path.read_bytes() for path in paths]
    for call in range(2):  # the disk is full when the first, or the second, file is synchronized
        done: list[int] = []

        def full(descriptor: int, call: int = call, done: list[int] = done) -> None:
            done.append(descriptor)
            if len(done) > call:
                raise OSError(errno.ENOSPC, "no space")

        monkeypatch.setattr(files, "synchronize", full)
        with pytest.raises(FileError, match=r"(No|no) space"):
            write("new")
        monkeypatch.undo()
        assert [path.read_bytes() for path in paths] == old
    with pytest.raises(FormatError, match="no place"), OutputFile(paths[0]) as file:
        file.beside(".other").cannot("it has no place")
    assert [path.read_bytes() for path in paths] == old
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    write("new")
    assert [path.read_bytes() for path in paths] != old


@pytest.mark.usefixtures("offered")
def test_weights_are_assigned_all_or_none(tmp_path: Path) -> None:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    cn.read_weights(net, tmp_path / "x.v")
    assert net.weight_values.tolist() == [0.5] * 3
    with pytest.raises(DataError, match="must be finite"):
        cn.read_weights(net, tmp_path / "x.v", Weights(values=(1.0, float("nan"))))
    net.tie(["input:0 → output:0", "input:1 → output:0"])
    with pytest.raises(DataError, match=r"are tied in net but have different weights in the file \(2.0 and 3.0\)"):
        cn.read_weights(net, tmp_path / "x.v", Weights(values=(1.0, 2.0, 3.0)))
    assert net.weight_values.tolist() == [0.5] * 2
    unrolled = cn.simple_recurrent_network("srn", list("ab"), 2, list("ab")).unroll(2)
    with pytest.raises(WiringError, match="unrolled"):
        cn.read_weights(unrolled, tmp_path / "x.v")


def test_the_check_accepts_a_format_and_finds_faults() -> None:
    check_file_format(Words, mutations=20)

    @dataclass(frozen=True)
    class Rounded(Words):
        """It loses decimals."""

        name = "rounded"

        def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
            super().write_examples(file, cn.ExampleSet.from_arrays(examples.inputs.round(), examples.targets))

    with pytest.raises(AssertionError, match="Rounded, inputs of example"):
        check_file_format(Rounded)

    @dataclass(frozen=True)
    class Careless(Words):
        """It raises errors of Python."""

        name = "careless"

        def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
            float(file.content().split()[1])
            return super().read_examples(file, network)

    with pytest.raises(AssertionError, match="reading of a damaged file: must end in an error of the simulator"):
        check_file_format(Careless, mutations=100)

    @dataclass(frozen=True)
    class Bare(Words):
        """It has no suffix."""

        suffixes = ()

    with pytest.raises(AssertionError, match="Bare, suffixes"):
        check_file_format(Bare)


ONE = cn.ExampleSet.from_arrays([[1.0, 0.0]], [[1.0]], ["a"])


@pytest.mark.parametrize(
    "name", ["emergent_tables", "fann_patterns", "mikenet_examples", "pdp_patterns", "snns_patterns", "tlearn_patterns"]
)
def test_examples_without_inputs_are_not_written_where_they_are_needed(tmp_path: Path, name: str) -> None:
    examples = cn.ExampleSet.from_arrays(np.zeros((2, 0)), [[1.0], [0.0]])
    with pytest.raises(cn.errors.FormatError, match="the examples have no inputs, which the format needs"):
        cn.write_examples(examples, tmp_path / "x.data", name)
    examples = cn.ExampleSet.from_arrays([[1.0], [0.0]], np.zeros((2, 0)))
    if name not in ("emergent_tables", "snns_patterns"):
        with pytest.raises(cn.errors.FormatError, match="the examples have no targets, which the format needs"):
            cn.write_examples(examples, tmp_path / "x.data", name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "written"), [("emergent_tables", "a b 'c'"), ("mikenet_examples", 'a b "c"'), ("pdp_patterns", 'a_b_"c"')]
)
def test_a_name_that_changes_is_listed(tmp_path: Path, name: str, written: str) -> None:
    examples = cn.ExampleSet.from_arrays([[1.0, 0.0]], [[1.0]], ['a\tb "c"'])
    with pytest.warns(cn.errors.FormatWarning, match=r"the name 'a\\tb \"c\"' of an example is written as"):
        cn.write_examples(examples, tmp_path / "x", name)
    net = cn.Network("net")
    net.add_group("Input", 2, role="input")
    net.add_group("Output", 1, role="output")
    assert cn.read_examples(tmp_path / "x", net, name).names == (written,)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cn.write_examples(ONE, tmp_path / "x", name)


@pytest.mark.parametrize(("table", "frequency"), [([1e308, 0.0], 1.0), ([0.0, 1.0], 1e40)])
def test_numbers_that_single_precision_does_not_have_are_errors(tmp_path: Path, table: list[float], frequency: float) -> None:
    examples = cn.ExampleSet.from_arrays([table], [[1.0]], frequencies=[frequency])
    with pytest.raises(cn.errors.FormatError, match=r"1e\+(308|40) is too large for the single precision of the format"):
        cn.write_examples(examples, tmp_path / "x.bex")
    net = cn.task("xor").network(1)
    net.connections[0].weight.value = -1e40
    with pytest.raises(cn.errors.FormatError, match=r"-1e\+40 is too large for the single precision"):
        cn.write_weights(net, tmp_path / "x.wt")
    pytest.importorskip("onnx", reason="onnx is in the extra 'onnx'")
    with pytest.raises(cn.errors.FormatError, match=r"-1e\+40 in '.*' is too large for single precision; use precision='double'"):
        cn.write_network(net, tmp_path / "x.onnx")
    cn.write_network(net, tmp_path / "x.onnx", cn.file_format("onnx", precision="double"))


def test_patterns_of_tlearn_are_not_written_beside_resets(tmp_path: Path) -> None:
    sequences = cn.ExampleSet([cn.Example.sequence([[1.0], [0.0]], [[1.0], [0.0]])])
    cn.write_examples(sequences, tmp_path / "x.data", "tlearn_patterns")
    with pytest.raises(
        cn.errors.FormatError, match=r"'x\.reset' exists, and would make other sequences of these patterns; delete it first"
    ):
        cn.write_examples(ONE, tmp_path / "x.data", "tlearn_patterns")
    assert cn.read_examples(tmp_path / "x.data", format="tlearn_patterns").lengths is not None


@pytest.mark.parametrize("group", ["a\tb", "a\nb", "[a]", 'a"', "<"])
def test_groups_that_tables_of_emergent_do_not_have_are_errors(tmp_path: Path, group: str) -> None:
    examples = cn.ExampleSet.from_arrays([[1.0]], [[1.0]], input_groups={group: 1}, target_groups={"Output": 1})
    with pytest.raises(cn.errors.FormatError, match=r"the format has no name such as .* of a group: empty, or with a tab"):
        cn.write_examples(examples, tmp_path / "x.tsv", "emergent_tables")


def second(text: str, line: str) -> str:
    """Return a text with a line twice."""
    assert f"{line}\n" in text
    return text.replace(f"{line}\n", f"{line}\n{line}\n", 1)


def test_what_a_file_gives_twice_is_listed(tmp_path: Path) -> None:
    net = cn.task("xor").network(1)
    for name, suffix, lines in (
        ("snns_network", ".net", ("network name : xor", "no. of units : 5", "update function   : Topological_Order")),
        ("fann_network", ".net", ("num_layers=3", "network_type=1")),
        ("pdp_network", ".net", ("nunits 5", "ninputs 2")),
    ):
        path = tmp_path / f"x{suffix}"
        cn.write_network(net, path, name)
        text = path.read_text()
        for line in lines:
            path.write_text(second(text, next(each for each in text.splitlines() if each.startswith(line.split(" x")[0]))))
            with pytest.warns(cn.errors.FormatWarning, match=r"x\.net:\d+.* is given again; the last one is read"):
                cn.read_network(path, name)
    path = tmp_path / "x.wts"
    cn.write_weights(net, path, "emergent_weights")
    text = path.read_text()
    path.write_text(text.replace('"Network":', '"Layers": [], "Network":'))
    with pytest.warns(cn.errors.FormatWarning, match="an object has 'Layers' twice; the last one is read"):
        cn.read_weights(net, path, "emergent_weights")
    content = json.loads(text)
    content["Layers"] += content["Layers"]
    path.write_text(json.dumps(content))
    with pytest.warns(cn.errors.FormatWarning, match=r"a path from '.*' to '.*' again; its weights replace those before"):
        cn.read_weights(net, path, "emergent_weights")


def test_a_file_of_numpy_is_no_excel_table(net: cn.Network, tmp_path: Path) -> None:
    cn.save_network(net, tmp_path / "net.npz")
    with pytest.raises(FileError, match=r"no format that reads examples has the suffix '.npz'"):
        cn.read_examples(tmp_path / "net.npz")
