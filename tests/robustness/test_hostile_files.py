"""Files that were made to harm: each is an error that names the file and the reason, soon, and without much memory."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import ConnectionistError, DataError, FileError
from connectionist.experiments.run_folder import write_run, write_summary
from connectionist.experiments.seed_summary import summarize
from connectionist.reporting.compare import compare
from connectionist.utils import untrusted_files

COLUMNS = ("description", "sender", "receiver", "delay", "value", "trainable")
FREE = 60_000  # kB of memory that reading a hostile file may need


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run, one of two seeds, and a recording."""
    top = tmp_path_factory.mktemp("good")
    results = list(cn.run_seeds("xor", [1, 2], epochs=3, parameters={"hidden": 2}, engine="local"))
    for name in ("run", "seeds/seed-1", "seeds/seed-2"):
        (top / name).mkdir(parents=True)
        write_run(top / name, results[name.endswith("2")], [])
    write_summary(top / "seeds", summarize([result.report for result in results], has_criterion=True), [])
    task = cn.task("xor")
    recorder = cn.Recorder("activation", of="hidden", folder=top / "recording")
    cn.train(task.network(seed=1), task.training_examples, cn.rule("momentum"), 4, record=recorder, engine="local")
    return top


@pytest.fixture
def top(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "top"))


def rewrite(path: Path, change: Callable[[Any], object]) -> None:
    """Change the JSON of a file; a manifest is removed, so that the other files may be changed too."""
    value = json.loads(path.read_text(encoding="utf-8"))
    value.pop("files", None)
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


def weights(top: Path) -> dict[str, Any]:
    with np.load(top / "run" / "weights.npz") as file:
        return {name: file[name] for name in COLUMNS}


def header(descr: str, shape: str) -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as file:
        for name, member in members.items():
            file.writestr(f"{name}.npy", member)
    return content.getvalue()


def saved(array: Any) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=True)
    return content.getvalue()


def with_column(top: Path, name: str, content: bytes) -> bytes:
    return zipped({**{key: saved(value) for key, value in weights(top).items()}, name: content})


def encrypted(content: bytes) -> bytes:
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := changed.find(mark, place + 1)) >= 0:
            changed[place + offset] |= 1
    return bytes(changed)


WEIGHTS: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "unequal": (lambda top: with_column(top, "value", saved(np.zeros(3))), "columns must have the same length"),
    "two dimensions": (lambda top: with_column(top, "value", saved(np.zeros((9, 1)))), "columns must have the same length"),
    "complex": (lambda top: with_column(top, "value", saved(np.zeros(9, complex))), "not one of numbers or text: '<c16'"),
    "structured": (lambda top: with_column(top, "value", saved(np.zeros(9, [("a", "f8")]))), "not one of numbers or text"),
    "objects": (lambda top: with_column(top, "sender", saved(np.array([{}] * 9, object))), "not one of numbers or text"),
    "text for numbers": (lambda top: with_column(top, "value", saved(np.array(["1"] * 9))), "has values of another type"),
    "dates": (lambda top: with_column(top, "value", saved(np.zeros(9, "M8[s]"))), "not one of numbers or text"),
    "10^12 elements": (lambda top: with_column(top, "value", header("'<f8'", "(1000000000000,)")), "says that it has 1000000000000 values"),
    "10^30 elements": (lambda top: with_column(top, "value", header("'<f8'", f"({10**30},)")), "says that it has 10{30} values"),
    "10^12 empty texts": (
        lambda top: with_column(top, "sender", header("'<U0'", "(1000000000000,)")),
        "says that it has 1000000000000 values",
    ),
    "negative": (lambda top: with_column(top, "value", header("'<f8'", "(-1,)")), "not one of numbers or text"),
    "code in a header": (lambda top: with_column(top, "value", header("__import__('os').abort()", "(9,)")), "not one of numbers or text"),
    "deep header": (lambda top: with_column(top, "value", header("'<f8'", "(" * 4000)), "not one of numbers or text"),
    "no letter": (lambda top: with_column(top, "sender", header("'<U1'", "(9,)") + b"\xff" * 36), "has text that is not Unicode"),
    "bomb": (
        lambda top: with_column(top, "value", header("'<f8'", "(25000000,)") + bytes(200_000_000)),
        "its arrays have 2000[0-9]* bytes",
    ),
    "missing": (lambda top: zipped({"description": saved(weights(top)["description"])}), "it has no array 'sender'"),
    "lzma": (lambda top: zipped({key: saved(value) for key, value in weights(top).items()}, zipfile.ZIP_LZMA), "by a method other than"),
    "encrypted": (lambda top: encrypted((top / "run" / "weights.npz").read_bytes()), "is encrypted"),
    "version": (
        lambda top: (top / "run" / "weights.npz").read_bytes().replace(b"PK\x01\x02\x2d\x03\x2d", b"PK\x01\x02\x2d\x03\xff"),
        "zip",
    ),
    "description": (lambda top: with_column(top, "description", saved(np.array("[" * 90_000))), "its description is not valid JSON"),
    "pattern": (lambda top: with_column(top, "description", saved(np.array('{"format": []}'))), "must be of format"),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_hostile_weights(top: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    make, reason = WEIGHTS[name]
    path = top / "run" / "weights.npz"
    path.write_bytes(make(top))
    network = cn.task("xor").network(seed=1)
    before = network.weight_values.tolist()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileError, match=reason) as raised:
        cn.load_weights(network, path)
    assert str(path) in str(raised.value)
    assert network.weight_values.tolist() == before
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < FREE
    rewrite(top / "run" / "run.json", lambda _: None)
    assert main(["explain", str(top / "run"), "hidden:0"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_connection_that_occurs_twice_is_named(top: Path) -> None:
    arrays = weights(top)
    for name in ("sender", "receiver", "delay"):
        arrays[name][1] = arrays[name][0]
    np.savez(top / "w.npz", **arrays)
    with pytest.raises(DataError, match="has a connection twice: bias → hidden:0"):
        cn.load_weights(cn.task("xor").network(seed=1), top / "w.npz")


def test_files_of_other_tools_are_read(top: Path) -> None:
    """Text that is not compressed, single precision, and whole numbers."""
    arrays = weights(top)
    network = cn.task("xor").network(seed=1)
    np.savez(top / "w.npz", **{**arrays, "value": np.arange(9, dtype="<f4"), "delay": arrays["delay"].astype("u1")})
    cn.load_weights(network, top / "w.npz")
    np.savez(top / "w.npz", **{**arrays, "value": np.arange(9, dtype=">i4")})
    cn.load_weights(network, top / "w.npz")
    assert sorted(network.weight_values.tolist()) == list(range(9))


def test_the_weights_of_an_empty_network_are_read(tmp_path: Path) -> None:
    network = cn.Network("empty")
    cn.save_weights(network, tmp_path / "w.npz")
    cn.load_weights(network, tmp_path / "w.npz")


def test_a_large_file_of_equal_weights_is_read(tmp_path: Path) -> None:
    """It is compressed to a hundredth, as a bomb would be."""
    network = cn.Network("large")
    network.add_group("a", 300, role="input")
    network.add_group("b", 300)
    network.connect("a", "b", weights=1.0)
    cn.save_weights(network, tmp_path / "w.npz")
    cn.load_weights(network, tmp_path / "w.npz")


JSON: dict[str, tuple[bytes, str]] = {
    "deep": (b"[" * 100_000, "levels of lists"),
    "deep and whole": (b"[" * 61 + b"]" * 61, "more than 60 levels"),
    "deep lists": (b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "more than 60 levels"),
    "deep objects": (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, "more than 60 levels"),
    "null characters": (b'{"format": "\x00"}', "Invalid control character"),
    "nan": (b'{"format": NaN}', "NaN is not a number"),
    "infinity": (b'{"format": [-Infinity]}', "-Infinity is not a number"),
    "large": (b'{"format": 1e999}', "a number is above 1e300"),
    "huge": (b'{"format": ' + b"9" * 400 + b"}", "a number is above 1e300"),
    "digits": (b'{"format": ' + b"9" * 5000 + b"}", "run.json is not valid JSON"),
    "twice": (b'{"format": 1, "format": 2}', "the key 'format' occurs twice"),
    "utf-16": ('{"format": 1}'.encode("utf-16"), "not text in UTF-8 .byte 0xff at 0"),
    "latin-1": ('{"format": "é"}'.encode("latin-1"), "not text in UTF-8 .byte 0xe9 at 12"),
    "null": (b"null", "must be of format"),
    "number": (b"1", "must be of format"),
    "control": (b'{"format": "\\u001b[31m"}', r"must be of format .* .got '\\x1b\[31m'"),
}


@pytest.mark.parametrize("name", JSON)
def test_hostile_json(top: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    content, reason = JSON[name]
    for folder, file in (("run", "run.json"), ("recording", "recording.json"), ("seeds", "summary.json")):
        (top / folder / file).write_bytes(content)
    with pytest.raises(FileError, match=reason) as raised:
        cn.read_run(top / "run")
    assert str(raised.value).isprintable()
    with pytest.raises(FileError, match=r"recording\.json"):
        cn.load_recording(top / "recording")
    with pytest.raises(FileError, match=r"summary\.json"):
        compare([top / "seeds", top / "seeds" / "seed-1"])
    assert main(["compare", str(top / "run"), str(top / "seeds")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_byte_order_mark_is_accepted(top: Path) -> None:
    for name in ("run.json", "log.csv"):
        rewrite(top / "run" / "run.json", lambda _: None) if name == "run.json" else None
        path = top / "run" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert cn.read_run(top / "run").log["epoch"].tolist() == [1, 2, 3]


RECORDS: list[tuple[Callable[[Any], object], str]] = [
    (lambda r: r["report"].pop("findings"), "'report.findings' is missing"),
    (lambda r: r["report"].update(epochs="3"), "'report.epochs' must be a whole number"),
    (lambda r: r["report"].update(epochs=-1), "'report.epochs' must be a whole number"),
    (lambda r: r["report"].update(error="x"), "'report.error' must be a number or null"),
    (lambda r: r["report"].update(error=True), "'report.error' must be a number or null"),
    (lambda r: r["report"].update(findings={}), "'report.findings' must be a list"),
    (lambda r: r["report"].update(findings=[1]), r"'report.findings\[0\]' must be an object"),
    (lambda r: r["report"]["phases"][0].pop("rule"), r"'report.phases\[0\].rule' is missing"),
    (lambda r: r["report"]["phases"][0].update(update_after="x" * 1000), "'epoch' or a whole number above 0"),
    (lambda r: r.update(versions=None), "'versions' must be an object of texts"),
    (lambda r: r.update(versions=[]), "'versions' must be an object of texts"),
    (lambda r: r.update(plugins={"xor": 1}), "'plugins' must be an object of texts"),
    (lambda r: r["report"].update(task="../../etc"), "unknown task"),
    (lambda r: r["report"]["parameters"].update(hidden=10_000_000), r"too large for its weights\.npz: group 'hidden': 10000000 units"),
    (lambda r: r["report"]["parameters"].update(hidden=10**30), "hidden"),
]


@pytest.mark.parametrize(("change", "reason"), RECORDS)
def test_a_record_of_another_form_is_rejected(top: Path, change: Callable[[Any], object], reason: str) -> None:
    rewrite(top / "run" / "run.json", change)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ConnectionistError, match=reason) as raised:
        cn.read_run(top / "run")
    assert str(top / "run") in str(raised.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < FREE


@pytest.mark.parametrize("change", [lambda r: r.update(task="x" * 10**6), lambda r: r["parameters"].update({"x" * 10**6: 1})])
def test_a_long_name_is_cut_on_the_terminal(top: Path, change: Callable[[Any], object], capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(top / "run" / "run.json", lambda r: change(r["report"]))
    assert main(["explain", str(top / "run"), "hidden:0"]) == 2
    message = capsys.readouterr().err
    assert len(message) < 1000
    assert "more characters" in message


SIZED = """
from dataclasses import dataclass
import connectionist as cn

@dataclass(frozen=True)
class Sized(cn.Task):
    name, source = "sized", "a test"
    layers: int = 2
    units: int = 1
    delays: int = 0
    pattern: str = "full"

    def network(self, seed):
        net = cn.Network("sized")
        net.add_group("in", 1, role="input")
        names = ["in", *(f"h{number}" for number in range(self.layers))]
        for before, name in zip(names, names[1:]):
            net.add_group(name, self.units)
            net.connect(before, name)
        for delay in range(self.delays):
            net.connect(names[-1], names[-1], self.pattern, delay=delay + 1)
        net.add_group("out", 1, role="output")
        net.connect(names[-1], "out")
        net.randomize(0.5, seed=seed)
        return net

    training_examples = property(lambda self: cn.ExampleSet.from_arrays([[0.0]], [[1.0]]))
    phases = property(lambda self: [cn.Phase(cn.rule("steepest", rate=0.1), 1)])

    def findings(self, network, run):
        return []

@cn.hookimpl
def tasks():
    return [Sized]
"""


@pytest.fixture
def sized(tmp_path: Path, own_registry: None, blank_figures: None) -> Callable[..., Path]:
    """Return a function that runs a task whose network has the given size, and returns the folder."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "sized.py").write_text(SIZED, encoding="utf-8")

    def run(**parameters: object) -> Path:
        settings = [word for key, value in parameters.items() for word in ("--set", f"{key}={value}")]
        plugins = ["--plugins-dir", str(tmp_path / "plugins")]
        assert main([*plugins, "run", "sized", "--engine", "local", "--out", str(tmp_path / "sized"), *settings]) == 0
        return tmp_path / "sized"

    return run


@pytest.mark.parametrize(
    "parameters",
    [
        {"layers": 60_000},
        {"delays": 60_000},
        {"units": 100_000},
        {"units": 4_000},
        {"layers": 2000, "units": 50},
        {"units": 7_000, "delays": 300, "pattern": "one_to_one"},
    ],
)
def test_the_size_of_the_network_of_a_run_is_limited_in_total(sized: Callable[..., Path], parameters: dict[str, Any]) -> None:
    """Each group and projection is small; a network of 60,000 layers took 446 MB and half a minute."""
    folder = sized()
    rewrite(folder / "run.json", lambda r: r["report"]["parameters"].update(parameters))
    memory, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    with pytest.raises(FileError, match=r"too large for its weights\.npz: .*(are too many|need about)"):
        cn.read_run(folder)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < FREE
    assert time.thread_time() - start < 10


@pytest.mark.parametrize("parameters", [{"layers": 200}, {"units": 60}])
def test_a_large_network_is_read(sized: Callable[..., Path], parameters: dict[str, Any]) -> None:
    assert len(cn.read_run(sized(**parameters)).network.weights) > 400


def test_links_within_a_folder_are_followed(top: Path) -> None:
    (top / "run" / "log.csv").rename(top / "run" / "real.csv")
    (top / "run" / "log.csv").symlink_to("real.csv")
    (top / "link").symlink_to(top / "run")
    assert len(cn.read_run(top / "link").log) == 3


@pytest.mark.parametrize("seeds", [["../../run"], [1], [2, 1], [], [1.0, 2.0], "12", [True, 2], [1, 2, 3]])
def test_a_summary_names_no_folder_outside(top: Path, seeds: object) -> None:
    rewrite(top / "seeds" / "summary.json", lambda r: r["summary"].update(seeds=seeds))
    with pytest.raises(FileError, match=r"'summary.seeds.* in summary\.json"):
        compare([top / "seeds", top / "run"])


RECORDINGS: list[tuple[Callable[[Any], object], str]] = [
    (lambda r: r["parts"][0].update(kind="/etc/passwd"), "'kind' must be one of"),
    (lambda r: r["parts"][0].update(kind="../run/units"), "'kind' must be one of"),
    (lambda r: r["parts"][0].update(kind=["units"]), "'kind' must be one of"),
    (lambda r: r["parts"][0].update(kind="connections"), "cannot have the dimensions"),
    (lambda r: r["parts"][0].update(quantities="activation"), "'quantities' must be a list of texts"),
    (lambda r: r["parts"][0].update(quantities=[]), "'quantities' must be a list of texts"),
    (lambda r: r["parts"][0].update(quantities=["activation", "target"]), "must have '<f8' numbers"),
    (lambda r: r["parts"][0]["coordinates"]["unit"].append("hidden:9"), "must have '<f8' numbers"),
    (lambda r: r["parts"][0]["coordinates"].update(unit=[1, 2]), "'unit' must be a list of texts"),
    (lambda r: r["parts"][0]["coordinates"].update(unit=["hidden:0", "\ud800"]), "surrogates not allowed"),
    (lambda r: r["parts"][0].update(lengths=[1]), "1 length for 4 cases"),
    (lambda r: r["parts"].append(r["parts"][0]), "must occur once"),
    (lambda r: r.update(parts=[]), "must occur once"),
    (lambda r: r.update(parts={"units": 1}), "is not that of a recording"),
    (lambda r: r.update(parts=3), "is not that of a recording"),
    (lambda r: r.pop("network"), "'network' is missing"),
    (lambda r: r.update(network=["x"]), "'network' must be text"),
    (lambda r: r.update(has_epochs="no"), "'has_epochs' true or false"),
]


@pytest.mark.parametrize(("change", "reason"), RECORDINGS)
def test_a_recording_whose_labels_do_not_fit_is_rejected(top: Path, change: Callable[[Any], object], reason: str) -> None:
    rewrite(top / "recording" / "recording.json", change)
    with pytest.raises(FileError, match=reason) as raised:
        cn.load_recording(top / "recording")
    assert str(top / "recording") in str(raised.value)


ARRAYS = {
    "complex": (saved(np.zeros((4, 4, 1, 2), complex)), "not one of numbers or text"),
    "10^12": (header("'<f8'", "(1000000000000, 4, 1, 2)"), "units.npy is cut"),
    "10^30": (header("'<f8'", f"({10**30}, 4, 1, 2)"), "units.npy is cut"),
    "another shape": (saved(np.zeros((4, 4, 2, 1))), "must have '<f8' numbers .record, 4, 1, 2."),
    "fortran": (saved(np.asfortranarray(np.zeros((4, 4, 1, 2)))), "must have '<f8' numbers"),
    "single": (saved(np.zeros((4, 4, 1, 2), "f4")), "must have '<f8' numbers"),
    "no dimension": (saved(np.float64(1)), "must have '<f8' numbers"),
    "too few": (saved(np.zeros((3, 4, 1, 2))), "units.npy has 3 records; 4 are needed"),
    "empty": (b"", "units.npy cannot be read"),
    "text": (b"x" * 500, "units.npy cannot be read"),
    "pickle": (saved(np.array([{}], object)), "not one of numbers or text"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_hostile_records(top: Path, name: str) -> None:
    content, reason = ARRAYS[name]
    (top / "recording" / "units.npy").write_bytes(content)
    with pytest.raises(FileError, match=reason):
        cn.load_recording(top / "recording")


@pytest.mark.parametrize("epochs", [[1, 2, 3, float("nan")], [1, 2, 3, float("inf")], [1, 2, 3, 3.5], [1, 2, 3, 1e300]])
def test_epochs_are_whole_numbers(top: Path, epochs: list[float]) -> None:
    (top / "recording" / "epochs.npy").write_bytes(saved(np.array(epochs)))
    with pytest.raises(FileError, match=r"epochs\.npy must have whole numbers"):
        cn.load_recording(top / "recording")


FILES: tuple[str, ...] = ("run/run.json", "run/log.csv", "run/weights.npz", "run/weights.csv", "run/cases.csv", "recording/recording.json")
FILES += ("recording/units.npy", "recording/epochs.npy", "seeds/summary.json", "seeds/runs.csv", "seeds/seed-1/run.json")


def replace_by(path: Path, kind: str) -> None:
    content = path.read_bytes() if path.exists() else b""
    path.unlink(missing_ok=True)
    outside = path.parents[2] / f"outside-{path.name}"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "link":
        outside.write_bytes(content)
        path.symlink_to(outside)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "sparse":
        path.write_bytes(content)
        os.truncate(path, 2**40)


DESCRIBED = {
    "fifo": "it is a pipe or a device, not a file",
    "folder": "it is a folder, not a file",
    "device": "it is a pipe or a device, not a file|a link out of the folder",
    "link": "a link out of the folder",
    "loop": "it is a link to nothing, not a file|a link out of the folder|Too many levels of symbolic links",  # the last from Python 3.13
    "sparse": "",
}


@pytest.mark.parametrize("kind", DESCRIBED)
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_file_of_the_folder_is_not_read(top: Path, name: str, kind: str) -> None:
    replace_by(top / name, kind)
    unread = name.endswith(("weights.csv", "cases.csv", "runs.csv"))
    if name.startswith("recording/"):
        if kind == "sparse" and name.endswith("npy"):
            cn.load_recording(top / "recording")  # its header says how much of it is read
            return
        with pytest.raises(ConnectionistError, match=rf"{Path(name).name}.*({DESCRIBED[kind]})"):
            cn.load_recording(top / "recording")
        return
    message = rf"{Path(name).name}.*({DESCRIBED[kind]})"
    with pytest.warns(UserWarning, match=message) if unread else pytest.raises(ConnectionistError, match=message):
        compare([top / "seeds", top / "run"]) if name.startswith("seeds") else cn.read_run(top / "run").log


CASES = {
    "cut": lambda text: text[:-20],
    "no header": lambda text: text.split("\n", 1)[1],
    "text in place of a number": lambda text: text.replace(",training,00,", ",training,00,yes"),
    "two columns of one name": lambda text: text.replace("seed,set", "seed,seed"),
    "no column of errors": lambda text: text.replace("error", "eror"),
}


@pytest.mark.parametrize("kind", [*CASES, "fifo", "folder", "device", "link", "loop", "sparse"])
def test_cases_that_are_no_table_are_an_error(top: Path, kind: str) -> None:
    path = top / "run" / "cases.csv"
    if kind in CASES:
        path.write_text(CASES[kind](path.read_text(encoding="utf-8")), encoding="utf-8")
        record = json.loads((top / "run" / "run.json").read_text(encoding="utf-8"))
        del record["files"]
        (top / "run" / "run.json").write_text(json.dumps(record), encoding="utf-8")
        run = cn.read_run(top / "run")
    else:
        replace_by(path, kind)
        with pytest.warns(UserWarning, match="cases.csv"):
            run = cn.read_run(top / "run")
    with pytest.raises(ConnectionistError, match=r"cases\.csv"):
        _ = run.cases


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "loop"])
def test_a_file_of_weights_that_is_no_file_is_not_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "in").mkdir()
    path = tmp_path / "in" / "in" / "w.npz"
    replace_by(path, kind)
    with pytest.raises(FileError, match="cannot be read"):
        cn.load_weights(cn.task("xor").network(seed=1), path)


@pytest.mark.parametrize("path", ["\x00", "a\x00b", "x" * 5000, "\udcff", ""])
def test_a_path_that_cannot_be_is_an_error(path: str) -> None:
    network = cn.task("xor").network(seed=1)
    for read in (cn.read_run, cn.load_recording, lambda name: cn.load_weights(network, name)):
        with pytest.raises((FileError, cn.errors.ParameterError)):
            read(path)


def test_memory_of_a_table_is_bounded(top: Path) -> None:
    """A line of 3,000,000 cells is rejected before it is split."""
    rewrite(top / "run" / "run.json", lambda _: None)
    for text in ("1," * 3_000_000, "epoch,error,correct\n" + "1," * 3_000_000 + "\n"):
        (top / "run" / "log.csv").write_text(text, encoding="utf-8")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(FileError, match="has more than 10000 characters"):
            cn.read_run(top / "run").log  # noqa: B018
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < FREE


LOG = "epoch,error,correct\n1,0.5,0\n2,0.25,0.5\n3,0.125,1\n"
LOGS: dict[str, tuple[bytes, str]] = {
    "null in a cell": (LOG.replace("1,", "1\0,", 1).encode(), "row 1 must have a whole number as 'epoch' .got '1.x00'"),
    "null in the header": (b"\0" + LOG.encode(), "it has no column 'epoch'"),
    "nulls": (b"\0" * 1_000_000, "line 1 has more than 10000 characters"),
    "a million columns": (",".join(f"c{number}" for number in range(1_000_000)).encode() + b"\n", "has more than 10000 characters"),
    "5,000 columns": (b"a," * 4_999 + b"\n", "it has no column 'correct'"),
    "short row": (LOG.encode() + b"4,1\n", "row 4 has 2 cells, and the header has 3"),
    "long row": (LOG.encode() + b"4" + b",1" * 100 + b"\n", "row 4 has 101 cells, and the header has 3"),
    "empty row": (LOG.encode() + b"\n", "row 4 has 0 cells, and the header has 3"),
    "UTF-16": (LOG.encode("utf-16"), "is not text in UTF-8"),
    "UTF-32": (LOG.encode("utf-32"), "is not text in UTF-8"),
    "two columns of a name": (LOG.replace("epoch", "epoch,epoch").encode(), "two columns have the same name"),
    "old line ends": (LOG.replace("\n", "\r").encode(), "line 1 is not whole"),
    "open quotation": (LOG.encode() + b'4,"1\n', "row 4 has 2 cells"),
    "no quotation": (LOG.encode() + b"4,0x10,1\n", "row 4 must have a number as 'error' .got '0x10'"),
    "infinite": (LOG.replace("3,", "inf,").encode(), "row 3 must have a whole number as 'epoch' .got 'inf'"),
    "empty": (b"", "it has no column 'correct'"),
}


@pytest.mark.parametrize("name", LOGS)
def test_hostile_logs(top: Path, name: str) -> None:
    content, reason = LOGS[name]
    rewrite(top / "run" / "run.json", lambda _: None)
    (top / "run" / "log.csv").write_bytes(content)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileError, match=rf"log\.csv.*{reason}"):
        cn.read_run(top / "run").log  # noqa: B018
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < FREE


class Planted:
    """An object whose pickle writes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.path, "planted", "utf-8")


@pytest.mark.parametrize("name", ["other", "../value", "/value", "value.npy", "value/", "..\\value", ""])
def test_other_members_are_neither_read_nor_written(top: Path, name: str) -> None:
    path = top / "run" / "weights.npz"
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(f"{name}.npy", saved(np.array([Planted(top / "planted")], object)))
    files = sorted(top.parent.rglob("*"))
    cn.load_weights(cn.task("xor").network(seed=1), path)
    assert sorted(top.parent.rglob("*")) == files


@pytest.mark.parametrize("name", COLUMNS[:-1])  # whether weights are trainable is not read
@pytest.mark.parametrize("is_second", [True, False])
def test_planted_objects_are_not_read(top: Path, name: str, is_second: bool) -> None:
    path = top / "run" / "weights.npz"
    planted = saved(np.array([Planted(top / "planted")], object))
    if is_second:
        with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr(f"{name}.npy", planted)
    else:
        path.write_bytes(with_column(top, name, planted))
    with pytest.raises(FileError, match="occurs twice" if is_second else "not one of numbers or text"):
        cn.load_weights(cn.task("xor").network(seed=1), path)
    assert not (top / "planted").exists()


def test_memory_of_json_is_checked_first(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (top / "run" / "run.json").write_bytes(b"[" + b"{}," * 1_000_000 + b"{}]")
    monkeypatch.setattr("connectionist.utils.memory_limit.free_bytes", lambda: 10_000_000)
    with pytest.raises(MemoryError, match=r"run\.json: its 3000004 bytes need about 90\.0 MB"):
        cn.read_run(top / "run")
    assert sys.getsizeof({}) + 8 < untrusted_files.JSON_BYTES * len("{},")


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.parametrize("name", ["bomb", "run.json", "log.csv", "hidden"])
def test_a_process_with_little_memory_reports_the_file(top: Path, name: str) -> None:
    """The readers need less than 200 MB more than the program itself."""
    rewrite(top / "run" / "run.json", lambda _: None)
    if name == "bomb":
        with zipfile.ZipFile(top / "run" / "weights.npz", "a", zipfile.ZIP_DEFLATED) as file, file.open("bombs.npy", "w") as member:
            member.write(header("'<f8'", "(187500000,)"))
            for _ in range(1500):
                member.write(bytes(1_000_000))
        content = (top / "run" / "weights.npz").read_bytes()  # the name occurs in the member and in the list of members
        (top / "run" / "weights.npz").write_bytes(content.replace(b"value.npy", b"other.npy").replace(b"bombs.npy", b"value.npy"))
    elif name == "run.json":
        (top / "run" / "run.json").write_bytes(b'{"format": [' + b"{}," * 50_000_000 + b"{}]}")
    elif name == "log.csv":
        (top / "run" / "log.csv").write_bytes(b"epoch,error,correct\n" + b"1," * 100_000_000 + b"\n")
    else:
        rewrite(top / "run" / "run.json", lambda r: r["report"]["parameters"].update(hidden=10_000_000))
    code = (
        "import resource, sys; import connectionist as cn, pandas, zipfile; cn.task('xor').network(seed=1)\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * 4096\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000, used + 200_000_000))\n"
        f"try: cn.read_run({str(top / 'run')!r}).log\n"
        "except cn.errors.ConnectionistError as error: sys.exit(str(error))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert {"bomb": "weights.npz", "hidden": "group 'hidden'"}.get(name, name) in ended.stderr
    assert ended.stderr.count("\n") == 1
