"""Files that a user names are read by `connectionist.utils.untrusted_files` alone. Whatever else reads a file is listed here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("connectionist", "plugins", "tasks", "connectionist_launcher.py")
ENGINE = "plugins/connectionist_plugins/engines/compiled"
TABLES = "plugins/connectionist_plugins/formats/tables"
EXCEPT = {
    ("connectionist/utils/untrusted_files.py", "read_text"): "its own function",
    ("connectionist_launcher.py", "read_text"): "installed files",
    ("connectionist_launcher.py", "read_bytes"): "installed files",
    ("connectionist_launcher.py", "json.loads"): "installed files",
    ("connectionist/utils/array_files.py", "ZipFile"): "of a file that untrusted_files opened",
    ("connectionist/utils/array_files.py", "open"): "a member of such a file",
    ("connectionist/utils/array_files.py", "memmap"): "of a file that untrusted_files opened",
    ("connectionist/formats/input_file.py", "GzipFile"): "of a file that untrusted_files opened",
    ("connectionist/formats/output_file.py", "GzipFile"): "writes into the stream of atomic_write",
    ("plugins/connectionist_plugins/formats/emergent_weights/__init__.py", "json.loads"): "of a file that InputFile read",
    ("connectionist/testing/formats.py", "read_bytes"): "files that the check wrote",
    ("connectionist/utils/untrusted_files.py", "json.loads"): "of text that untrusted_files read",
    ("connectionist/experiments/study/recordings_file.py", "json.loads"): "of text that array_files read",
    ("connectionist/experiments/study/tables.py", "json.loads"): "of text in a file that untrusted_files opened",
    ("connectionist/experiments/study/work.py", "loads"): "what the process of the study sent to its worker",
    ("connectionist/experiments/study/executors.py", "loads"): "what the process of the study and its worker send through pipes",
    ("connectionist/utils/memory_limit.py", "read_text"): "files of the operating system",
    ("connectionist/utils/memory_limit.py", "open"): "files of the operating system",
    ("connectionist/utils/folder_lock.py", "open"): "reads at most 1,000 bytes of a lock, after a check that it is a file",
    ("connectionist/utils/folder_lock.py", "json.loads"): "of those bytes",
    ("connectionist/cli/streams.py", "open"): "the null device",
    ("connectionist/reporting/html/page.py", "read_text"): "a file of this package",
    ("connectionist/inspector/routes.py", "read_bytes"): "files of this package",
    ("connectionist/inspector/widget.py", "read_text"): "files of this package",
    ("connectionist/inspector/reading.py", "json.loads"): "of a message of a page, whose length is limited",
    (f"{TABLES}/__init__.py", "ZipFile"): "of bytes that untrusted_files read",
    (f"{TABLES}/__init__.py", "read_csv"): "of text that untrusted_files read",
    (f"{TABLES}/__init__.py", "read_excel"): "of bytes that untrusted_files read",
    (f"{ENGINE}/machine_code/private_files.py", "open"): "the cache, where it checks the owner",
    (f"{ENGINE}/machine_code/private_files.py", "read_bytes"): "the cache, after a check of its owner",
    (f"{ENGINE}/machine_code/code_cache.py", "read_bytes"): "the cache, after a check of its owner",
    (f"{ENGINE}/numba_runtime/code_cache.py", "loads"): "the cache, after a check of its owner",
}
READING = {
    *("open", "read_text", "read_bytes", "fdopen", "ZipFile", "TarFile", "GzipFile", "FileIO", "fromfile", "memmap", "open_memmap"),
    *("genfromtxt", "loadtxt", "read_csv", "read_json", "read_parquet", "read_excel", "read_pickle", "read_hdf", "read_html"),
    *("open_dataset", "open_zarr", "imread", "read_graphml", "read_gml", "HDFStore"),
}
LOADING = {
    "pd": {"read_table"},
    "pandas": {"read_table"},
    "np": {"load"},
    "numpy": {"load"},
    "pickle": {"load", "loads"},
    "json": {"load", "loads"},
    "marshal": {"load", "loads"},
}
OWN_DATA = "Path(__file__).with_name("  # of a task, which reads the file beside its module


def reading(text: str) -> Iterator[str]:
    """Yield the calls in a module that read files, or interpret what may come from one."""
    nodes = [*ast.walk(ast.parse(text))]
    helpers = {name.asname or name.name for node in nodes if isinstance(node, ast.ImportFrom) for name in node.names}
    for call in nodes:
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        base = getattr(getattr(call.func, "value", None), "id", "")
        if name in LOADING.get(base, ()):
            yield f"json.{name}" if base == "json" else name
        if name in READING:
            is_helper = base == "os" or (isinstance(call.func, ast.Name) and name in helpers) or OWN_DATA in ast.unparse(call)
            if not is_helper:
                yield name


def sources() -> Iterator[Path]:
    for name in SOURCES:
        yield from [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py"))


def test_one_module_reads_all_files() -> None:
    found = {(path.relative_to(ROOT).as_posix(), name) for path in sources() for name in reading(path.read_text(encoding="utf-8"))}
    assert found == set(EXCEPT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open(path)", ["open"]),
        ("path.open('rb')", ["open"]),
        ("path.read_text()", ["read_text"]),
        ("np.load(path)", ["load"]),
        ("np.loadtxt(path)", ["loadtxt"]),
        ("pd.read_csv(path)", ["read_csv"]),
        ("pd.read_table(path)", ["read_table"]),
        ("pickle.loads(content)", ["loads"]),
        ("json.load(file)", ["json.load"]),
        ("zipfile.ZipFile(path)", ["ZipFile"]),
        ("Path(name).with_name('x.csv').open()", ["open"]),
        ("Path(__file__).with_name('x.csv').open()", []),
        ("from connectionist.utils.untrusted_files import read_text\nread_text(path, subject)", []),
        ("os.open(path, os.O_RDONLY)", []),
    ],
)
def test_the_check_finds_each_way_of_reading(text: str, expected: list[str]) -> None:
    assert list(reading(text)) == expected
