"""The cache of machine code: its folder, when code is used again, and compilation without a writable folder."""

from __future__ import annotations

import ast
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import llvmlite
import pytest

import connectionist
import connectionist_launcher
import connectionist_plugins
import connectionist_tasks
from connectionist_plugins.engines.compiled.machine_code import code_cache

NOBODY = 65534
ENGINE = Path("connectionist_plugins", "engines", "compiled")
START = """
import connectionist as cn
net = cn.Network()
net.add_group("input", 2, role="input")
net.add_group("output", 1, role="output")
net.connect("input", "output")
examples = cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[1], [0]])
"""
FORWARD = START + 'net.weight_values = [1, 2, 3]\nprint(*net.outputs(examples, engine="compiled").ravel())\n'
TRAIN = START + 'print(cn.train(net, examples, rule=cn.rule("momentum", rate=0.5), epochs=50, engine="compiled").error.hex())\n'
# The kernels of a pass take a second to compile. Two small ones and a formula take less, and are cached in the same way. So the tests of
# whole programs are slow, and the same test has a small program too. Kernels must be in a file.
LIBRARY = """
from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry, Library, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Floats, Integers
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied
from connectionist_plugins.engines.compiled.kernels.indexing import sum_first


class Numbers(NamedTuple):
    numbers: Floats
    tied: Integers
    sizes: Doubles


@kernel
def averaged_sum(arguments: Numbers) -> float:
    average_tied(arguments.tied, arguments.sizes, arguments.numbers, 1)
    return sum_first(arguments.numbers, arguments.numbers.size)


run = Entry(Library("small", (averaged_sum,)), averaged_sum)
"""
SMALL = """
import ctypes
import numpy as np
from connectionist.plugins import registry
from connectionist_plugins.engines.compiled.formulas.compile import formula_address, parameter_values
from small_library import Numbers, run

logistic = registry.find("activation_functions", "logistic")()
x, parameters = np.linspace(-3.0, 3.0, 64), parameter_values(logistic, "float64")
y = np.zeros(64)
activate = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 2, *[ctypes.c_int64] * 3, ctypes.c_void_p)
used = []  # keeps the C function as long as it is called
activate(formula_address(logistic, "activate", "float64", used))(x.ctypes.data, y.ctypes.data, 1, 64, 64, parameters.ctypes.data)
sums = [run(str(array.dtype), Numbers(array, np.array([0, 2]), np.array([2.0, 4.0])))[0] for array in (y, x.astype(np.float32))]
print(*[number.hex() for number in [*y.tolist(), *sums]])
"""
CODE_OF_SMALL = ["Logistic_activate_", "small.float32", "small.float64"]


def copy_packages(folder: Path) -> Path:
    for package in (connectionist, connectionist_plugins, connectionist_tasks):
        source = Path(package.__path__[0])
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(connectionist_launcher.__file__, folder)
    return folder


def start(program: str, cache: Path, packages: Path | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "CONNECTIONIST_CACHE": str(cache), "XDG_CACHE_HOME": str(cache)}
    library = (packages or cache.parent).parent / "library"
    library.mkdir(exist_ok=True)
    (library / "small_library.py").write_text(LIBRARY)
    environment["PYTHONPATH"] = os.pathsep.join(map(str, filter(None, (packages, library))))
    arguments = [sys.executable, "-B", "-W", "error", "-c", program]
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


def cached_in(folder: Path) -> dict[Path, int]:
    """Return the files of machine code in a folder, with the time of their last change."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.code")}


def names_of(paths: Iterable[Path]) -> list[str]:
    """Return the names of the functions in files of machine code; for formulas, without the digest."""
    names = (path.name.rpartition("-")[0] for path in paths)
    return sorted(re.sub(r"_[0-9a-f]{20}$", "_", name) for name in names)


@pytest.mark.attack
def test_several_processes_may_start_at_once_with_an_empty_cache(tmp_path: Path) -> None:
    processes = [start(SMALL, tmp_path / "cache") for _ in range(4)]
    answers = [answer(process) for process in processes]
    assert len(set(answers)) == 1
    cached = cached_in(tmp_path / "cache")
    assert names_of(cached) == CODE_OF_SMALL
    assert not list(tmp_path.rglob("*.tmp"))
    assert answer(start(SMALL, tmp_path / "cache")) == answers[0]
    assert cached_in(tmp_path / "cache") == cached


@pytest.mark.parametrize(
    ("program", "names"),
    [
        (SMALL, CODE_OF_SMALL),
        pytest.param(
            FORWARD,
            ["Logistic_activate_", "block.float64", "simd.block.float64"],
            marks=[pytest.mark.slow, pytest.mark.timeout(240)],
        ),
    ],
    ids=["a few kernels", "a pass"],
)
def test_cached_code_is_in_the_named_folder_and_is_used_again(program: str, names: list[str], tmp_path: Path) -> None:
    damages = dict(zip(names, [b"damaged", b"", pickle.dumps(("of another", "kind"))], strict=True))
    first = answer(start(program, tmp_path / "cache"))
    cached = cached_in(tmp_path / "cache")
    assert set(names) <= set(names_of(cached))
    assert answer(start(program, tmp_path / "cache")) == first
    assert cached_in(tmp_path / "cache") == cached
    damaged = {path: damages[name] for path in cached for name in names_of([path]) if name in damages}
    for path, content in damaged.items():
        path.write_bytes(content)
    assert answer(start(program, tmp_path / "cache")) == first
    assert all(path.read_bytes() != content for path, content in damaged.items())
    intact = cached.keys() - damaged.keys()
    assert cached_in(tmp_path / "cache").items() >= {(path, cached[path]) for path in intact}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param("kernels/block/derivatives.py", "] /= tie_sizes[index]", "] *= tie_sizes[index]", marks=pytest.mark.slow),
        ("formulas/elementary.py", "fma(r, 1.0 / 6.0, 0.5)", "fma(r, 1.0 / 6.0, 0.75)"),
    ],
)
def test_changed_source_is_compiled_again(name: str, before: str, after: str, tmp_path: Path) -> None:
    packages = copy_packages(tmp_path / "packages")
    source = packages / ENGINE / name
    first = answer(start(SMALL, tmp_path / "cache", packages))
    text = source.read_text(encoding="utf-8")
    assert text.count(before) == 1
    source.write_text(text.replace(before, after), encoding="utf-8")
    assert answer(start(SMALL, tmp_path / "cache", packages)) != first


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_several_processes_may_start_to_train_at_once_with_an_empty_cache(tmp_path: Path) -> None:
    processes = [start(TRAIN, tmp_path / "cache") for _ in range(3)]
    answers = [answer(process) for process in processes]
    assert len(set(answers)) == 1
    cached = cached_in(tmp_path / "cache")
    assert answer(start(TRAIN, tmp_path / "cache")) == answers[0]
    assert cached_in(tmp_path / "cache") == cached


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_pass_has_the_new_code_after_a_change_of_one_of_its_kernels(tmp_path: Path) -> None:
    packages = copy_packages(tmp_path / "packages")
    source = packages / ENGINE / "kernels" / "block" / "forward.py"
    first = answer(start(FORWARD, tmp_path / "cache", packages))
    text = source.read_text(encoding="utf-8")
    before, after = "call(f, (x + row, y + row, end", "call(f, (x + row, x + row, end"
    assert text.count(before) == 1
    source.write_text(text.replace(before, after), encoding="utf-8")
    assert answer(start(FORWARD, tmp_path / "cache", packages)) != first


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_pass_runs_without_a_writable_cache_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert answer(start(FORWARD, tmp_path / "file" / "cache")) == answer(start(FORWARD, tmp_path / "cache"))


def test_the_digest_covers_every_source_file_and_the_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = copy_packages(tmp_path) / ENGINE
    digests = {code_cache.source_digest(engine)}
    for source in engine.rglob("*.py"):
        source.write_text(source.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
        digests.add(code_cache.source_digest(engine))
    assert len(digests) == 1 + len(list(engine.rglob("*.py")))
    for added in (engine / "simd" / "added.py", engine / "added.py"):
        added.write_text("", encoding="utf-8")
        digests.add(code_cache.source_digest(engine))
        added.unlink()
    assert len(digests) == 3 + len(list(engine.rglob("*.py")))
    monkeypatch.setattr(code_cache, "VERSIONS", (sys.version, llvmlite.__version__ + ".1"))
    assert code_cache.source_digest(engine) not in digests


def test_kernels_take_nothing_from_outside_that_the_digest_does_not_cover() -> None:
    engine = Path(connectionist_plugins.__path__[0], "engines", "compiled")
    imported = {
        node.module
        for folder in ("kernels", "kernel_compiler", "simd")
        for source in (engine / folder).rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("connectionist.")
    }
    assert imported == {".".join(each) for each in code_cache.OUTSIDE}


def test_the_digest_covers_modules_outside_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Path(connectionist_plugins.__path__[0], "engines", "compiled")
    digest = code_cache.source_digest(engine)
    monkeypatch.setattr(code_cache, "OUTSIDE", (("connectionist.model", "timing"),))
    assert code_cache.source_digest(engine) != digest


def test_the_folder_has_the_digest_of_the_engine() -> None:
    assert code_cache.code_folder() == code_cache.code_folder.__wrapped__()
    assert str(code_cache.code_folder()).endswith(code_cache.source_digest(Path(connectionist_plugins.__path__[0], "engines", "compiled")))


def test_the_engine_works_without_a_writable_cache_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert answer(start(SMALL, tmp_path / "file" / "cache")) == answer(start(SMALL, tmp_path / "cache"))


def test_without_a_home_directory_nothing_is_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    for variable in ("CONNECTIONIST_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(Path, "expanduser", no_home)
    assert code_cache.code_folder.__wrapped__() is None


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike the folder of tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="connectionist-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, env=environment, cwd="/", user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, check=False
    )


XOR = ["-m", "connectionist", "run", "xor", "--epochs", "3", "--json"]


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [(["-c", SMALL], "0x1."), pytest.param(XOR, '"epochs": 3', marks=[pytest.mark.slow, pytest.mark.timeout(240)])],
    ids=["a few kernels", "a task"],
)
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can run a process as another user")
@pytest.mark.attack
def test_a_user_without_any_writable_folder_can_use_the_engine(arguments: list[str], printed: str, open_folder: Path) -> None:
    packages, temporary = copy_packages(open_folder / "packages"), open_folder / "temporary"
    (packages / "small_library.py").write_text(LIBRARY)
    temporary.mkdir()
    temporary.chmod(0o777)
    installed = Path(llvmlite.__file__).parents[1]
    environment = {"PYTHONPATH": f"{packages}{os.pathsep}{installed}", "HOME": "/nonexistent", "TMPDIR": str(temporary), "PATH": "/usr/bin"}
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(here, path="/usr/local/bin:/usr/bin:/bin")):
        try:
            found = python and as_nobody([python, "-c", "import llvmlite, numpy"], environment).returncode == 0
        except PermissionError:
            found = False
        if python and found:
            break
    else:
        pytest.skip("another user may not run any Python of this version")
    done = as_nobody([python, *arguments], environment)
    assert done.returncode in (0, 1), done.stderr  # 1: three epochs are too few to learn the task
    assert printed in done.stdout, done.stderr
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(("seconds", "folder"), [(0.9, "cache"), (1.1, "cache"), (3.7, None)])
def test_each_compilation_that_takes_long_is_reported_once(
    seconds: float, folder: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(code_cache, "code_folder", lambda: folder and Path(folder))
    how_often = "once" if folder else "in every process, since no cache folder is writable; set CONNECTIONIST_CACHE to name one"
    expected = f"connectionist: compiled code for this processor in {round(seconds)} s, {how_often}\n"
    for _ in range(2):  # a process may compile again, for another way of training
        monkeypatch.setattr(code_cache, "_seconds", [seconds / 2, seconds / 2])
        for _ in range(2):
            code_cache.report_compilation()
        assert capsys.readouterr().err == (expected if seconds > 1 else "")
