"""The cache of machine code: its folder, when code is used again, and compilation without a writable folder."""

from __future__ import annotations

import importlib
import os
import pickle
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numba
import pytest

import connectionist
import connectionist_launcher
import connectionist_plugins
import connectionist_tasks
from connectionist_plugins.engines.compiled.kernels import block, case, training_loop
from connectionist_plugins.engines.compiled.numba_runtime import code_cache

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
# The kernels of a pass take eight seconds to compile. Two small ones and a formula take one second, and are cached in the same way. So the
# tests of whole programs are slow, and the same test has a small program too.
SMALL = """
import ctypes
import numpy as np
from connectionist.plugins import registry
from connectionist_plugins.engines.compiled.formulas.compile import formula_address, parameter_values
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied
from connectionist_plugins.engines.compiled.kernels.indexing import sum_first

logistic = registry.find("activation_functions", "logistic")()
x, parameters = np.linspace(-3.0, 3.0, 64), parameter_values(logistic, "float64")
y = np.zeros(64)
activate = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 2, *[ctypes.c_int64] * 3, ctypes.c_void_p)
used = []  # keeps the C function as long as it is called
activate(formula_address(logistic, "activate", "float64", used))(x.ctypes.data, y.ctypes.data, 1, 64, 64, parameters.ctypes.data)
average_tied(np.array([0, 2]), np.array([2.0, 4.0]), y)
print(*[number.hex() for number in [*y.tolist(), sum_first(y, 64), sum_first(x.astype(np.float32), 63)]])
"""
CODE_OF_SMALL = ["Logistic_activate_", "kernels.block.derivatives.average_tied", "kernels.indexing.sum_first", "kernels.indexing.sum_first"]


def copy_packages(folder: Path) -> Path:
    for package in (connectionist, connectionist_plugins, connectionist_tasks):
        source = Path(package.__path__[0])
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(connectionist_launcher.__file__, folder)
    return folder


def start(program: str, cache: Path, packages: Path | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "CONNECTIONIST_CACHE": str(cache), "XDG_CACHE_HOME": str(cache)}
    if packages:
        environment["PYTHONPATH"] = str(packages)
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
        (SMALL, ["Logistic_activate_", "kernels.block.derivatives.average_tied", "kernels.indexing.sum_first"]),
        pytest.param(
            FORWARD,
            ["Logistic_activate_", "kernels.block.passes.present_examples", "kernels.block.forward.forward"],
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
        ("kernels/indexing.py", "total += numbers[index]", "total -= numbers[index]"),
        ("formulas/elementary.py", "series = fma(series, r, 0.5)", "series = fma(series, r, 0.75)"),
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
    monkeypatch.setattr(code_cache, "VERSIONS", (sys.version, numba.__version__ + ".1"))
    assert code_cache.source_digest(engine) not in digests


def test_modules_with_the_same_name_have_different_cache_names() -> None:
    def cache_name(module: str) -> str:
        def run() -> None: ...

        run.__module__ = module
        return str(code_cache.cached_njit()(run)._cache.name)

    assert cache_name(f"{code_cache.ENGINE}.block.forward") == "block.forward.run"
    assert cache_name(f"{code_cache.ENGINE}.case.forward") == "case.forward.run"
    assert code_cache.code_folder() == code_cache.code_folder.__wrapped__()
    assert str(code_cache.code_folder()).endswith(code_cache.source_digest(Path(connectionist_plugins.__path__[0], "engines", "compiled")))


KERNELS = [
    training_loop,
    *(
        importlib.import_module(f"{package.__name__}.{each.name}")
        for package in (block, case)
        for each in pkgutil.iter_modules(package.__path__)
    ),
]


def test_every_kernel_uses_the_cache_of_the_engine() -> None:
    dispatchers = [each for module in KERNELS for each in vars(module).values() if hasattr(each, "py_func")]
    compiled = [each for each in dispatchers if each.targetoptions.get("inline") != "always"]
    assert len(compiled) > 20
    assert all(type(each._cache) is code_cache.FunctionCache for each in compiled)


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
def test_a_user_without_any_writable_folder_can_use_the_engine(arguments: list[str], printed: str, open_folder: Path) -> None:
    packages, temporary = copy_packages(open_folder / "packages"), open_folder / "temporary"
    temporary.mkdir()
    temporary.chmod(0o777)
    installed = Path(numba.__file__).parents[1]
    environment = {"PYTHONPATH": f"{packages}{os.pathsep}{installed}", "HOME": "/nonexistent", "TMPDIR": str(temporary), "PATH": "/usr/bin"}
    environment["NUMBA_OPT"] = "0"  # not optimized, the code takes two thirds of the time to compile
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(here, path="/usr/local/bin:/usr/bin:/bin")):
        try:
            found = python and as_nobody([python, "-c", "import numba"], environment).returncode == 0
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


class Terminal:
    def __init__(self, is_terminal: bool) -> None:
        self.is_terminal = is_terminal
        self.written = ""

    def isatty(self) -> bool:
        return self.is_terminal

    def write(self, text: str) -> None:
        self.written += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("is_terminal", [True, False])
def test_compilation_is_announced_once_and_only_to_a_terminal(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(is_terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(code_cache, "code_folder", lambda: None)
    code_cache.announce_compilation.cache_clear()

    @code_cache.cached_njit()
    def doubled(x: float) -> float:
        return 2 * x

    assert (doubled(2.0), doubled(2)) == (4.0, 4)
    assert terminal.written.count("connectionist: compiling for the first time; this takes some seconds") == is_terminal
