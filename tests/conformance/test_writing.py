"""Files are written by `connectionist.utils.files` alone. Whatever else opens a file for writing is listed here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("connectionist", "plugins", "tasks", "connectionist_launcher.py")
EXCEPT = {
    ("connectionist/utils/files.py", "os.open"): "this module writes all files",
    ("connectionist/utils/files.py", "os.replace"): "this module writes all files",
    ("connectionist/utils/folder_lock.py", "os.open"): "the file of a lock is written in place, by the process that has locked it",
    ("connectionist/utils/untrusted_files.py", "os.open"): "reads; its flags depend on the platform",
    ("connectionist/utils/array_files.py", "open"): "reads a member of a zip file",
    ("connectionist/utils/array_files.py", "np.memmap"): 'reads; its mode is "r"',
    ("connectionist/cli/streams.py", "open"): "the null device",
    ("connectionist/experiments/study/worker.py", "fdopen"): "the pipe to the process of the study",
    ("connectionist/formats/output_file.py", "GzipFile"): "compresses into the stream of atomic_write",
    ("connectionist/testing/formats.py", "TemporaryDirectory"): "files of a check",
    ("connectionist/testing/formats.py", "write_bytes"): "files of a check",
    ("connectionist/cli/streams.py", "os.open"): "the null device",
    ("plugins/connectionist_plugins/engines/compiled/machine_code/code_cache.py", "os.open"): "the file of a lock, which stays empty",
    ("plugins/connectionist_plugins/engines/compiled/machine_code/code_cache.py", "TemporaryFile"): "tests that a folder can be written",
}
TO_STREAM = {"savez", "savez_compressed", "savefig", "save", "savetxt", "to_csv", "to_parquet", "to_excel", "to_json", "to_html", "dump"}
TO_PATH = {
    *("write_text", "write_bytes", "touch", "mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"),
    *("TemporaryDirectory", "tofile", "open_memmap", "symlink_to", "hardlink_to", "to_netcdf", "to_zarr", "to_pickle", "to_hdf", "FileIO"),
    *("FileHandler", "copyfile", "copy2", "copytree", "make_archive", "write_gml", "write_graphml", "mkfifo", "mknod"),
}
OF_MODULE = {
    "os": {"replace", "rename", "link", "symlink", "truncate", "fdopen"},
    "shutil": {"copy", "move"},
    "np": {"save", "memmap"},
    "numpy": {"save", "memmap"},
}
READ_FLAGS = {"os", "O_RDONLY", "O_DIRECTORY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"}
STREAMS = {"BytesIO", "StringIO", "atomic_write"}
OUTPUT = "file.binary"  # the stream of an `OutputFile`, in file formats


def violations(text: str) -> list[str]:
    """Return the calls in a module that write files, except those into a stream that `atomic_write` or the module itself made."""
    nodes = [*ast.walk(ast.parse(text))]
    known = streams(nodes)
    return [name for call in nodes if isinstance(call, ast.Call) for name in writing(call, known)]


def writing(call: ast.Call, known: set[str]) -> Iterator[str]:
    """Yield the name of a call that writes to a file."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    base = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
    is_method = isinstance(call.func, ast.Attribute)
    if base == "os" and name == "open":
        if not all(flag in READ_FLAGS for flag in names(call.args[1])):
            yield "os.open"
    elif name in ("open", "ZipFile", "GzipFile", "TarFile", "fdopen", "ExcelWriter", "HDFStore"):
        if opens_to_write(call, 0 if is_method and name == "open" and base not in ("io", "gzip", "bz2", "lzma", "codecs") else 1):
            yield name
    elif name in OF_MODULE.get(base, ()) and not (name in TO_STREAM and into_stream(call, known)):
        yield f"{base}.{name}"
    elif (name in TO_PATH and (is_method or name not in ("write_text", "write_bytes"))) or (
        name in TO_STREAM - {"save"} and is_method and not into_stream(call, known)
    ):
        yield name


def opens_to_write(call: ast.Call, place: int) -> bool:
    """Return whether the mode of a call of ``open`` writes, or is not known."""
    modes = [call.args[place]] if len(call.args) > place else [word.value for word in call.keywords if word.arg == "mode"]
    return any(not isinstance(mode, ast.Constant) or set("wax+") & set(str(mode.value)) for mode in modes)


def into_stream(call: ast.Call, known: set[str]) -> bool:
    """Return whether the first argument is a stream of the module, or there is none."""
    names = [*call.args[:1], *(word.value for word in call.keywords if word.arg in ("path_or_buf", "fname", "file", "path"))]
    return all(
        ast.unparse(name) == OUTPUT or getattr(name, "id", "") in known or (isinstance(name, ast.Call) and called(name) in STREAMS)
        for name in names
    )


def streams(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names to which a module binds streams."""
    bound: list[tuple[ast.expr, ast.expr | None]] = []
    for node in nodes:
        if isinstance(node, ast.Assign):
            bound += [(node.value, target) for target in node.targets]
        elif isinstance(node, ast.With):
            bound += [(item.context_expr, item.optional_vars) for item in node.items]
    return {getattr(target, "id", "") for value, target in bound if isinstance(value, ast.Call) and called(value) in STREAMS} - {""}


def names(expression: ast.expr) -> list[str]:
    """Return the names and attributes in an expression."""
    return [getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(expression) if isinstance(node, (ast.Attribute, ast.Name))]


def called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def sources() -> Iterator[Path]:
    for name in SOURCES:
        yield from [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py"))


def test_one_module_writes_all_files() -> None:
    found = {(path.relative_to(ROOT).as_posix(), name) for path in sources() for name in violations(path.read_text(encoding="utf-8"))}
    assert found == set(EXCEPT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open(path, 'w')", ["open"]),
        ("open(path, mode='xb')", ["open"]),
        ("open(path, given)", ["open"]),
        ("path.open('a')", ["open"]),
        ("path.open('r+b')", ["open"]),
        ("io.open(path, 'w')", ["open"]),
        ("gzip.open(path, 'wb')", ["open"]),
        ("os.open(path, os.O_RDWR | os.O_CREAT)", ["os.open"]),
        ("os.open(path, flags)", ["os.open"]),
        ("os.fdopen(handle, 'wb')", ["fdopen"]),
        ("zipfile.ZipFile(path, 'w')", ["ZipFile"]),
        ("path.write_text(text)", ["write_text"]),
        ("path.write_bytes(text)", ["write_bytes"]),
        ("path.touch()", ["touch"]),
        ("tempfile.mkstemp()", ["mkstemp"]),
        ("np.savez(path, a=a)", ["savez"]),
        ("np.save(path, a)", ["np.save"]),
        ("a.tofile(path)", ["tofile"]),
        ("table.to_csv(path)", ["to_csv"]),
        ("table.to_csv(path_or_buf=path)", ["to_csv"]),
        ("figure.savefig(path)", ["savefig"]),
        ("figure.savefig(fname=path)", ["savefig"]),
        ("json.dump(value, file)", ["dump"]),
        ("os.replace(a, b)", ["os.replace"]),
        ("shutil.copy(a, b)", ["shutil.copy"]),
        ("with path.open('w') as file:\n    np.savez(file)", ["open", "savez"]),
        ("open(path)", []),
        ("open(path, 'rb')", []),
        ("path.open(encoding='utf-8')", []),
        ("os.open(path, os.O_RDONLY)", []),
        ("with atomic_write(path) as file:\n    np.savez(file)\n    np.save(file, a)", []),
        ("written = io.BytesIO()\nfigure.savefig(written)", []),
        ("figure.savefig(io.BytesIO())", []),
        ("np.savez(file.binary)", []),
        ("table.to_csv(index=False)", []),
        ("write_text(path, text)", []),
        ("text.replace('a', 'b')", []),
    ],
)
def test_the_check_finds_each_way_of_writing(text: str, expected: list[str]) -> None:
    assert sorted(violations(text)) == expected
