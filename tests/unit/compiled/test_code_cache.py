"""Where the compiled engine keeps machine code, when it is used again, and what happens where none can be kept."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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
TRAIN = START + 'print(cn.train(net, examples, rule=cn.rule("momentum", rate=0.5), epochs=50, engine="compiled").error.hex())\n'
FORWARD = START + 'net.weight_values = [1, 2, 3]\nprint(*net.outputs(examples, engine="compiled").ravel())\n'


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


@pytest.mark.timeout(240)
def test_several_processes_may_start_at_once_with_an_empty_cache(tmp_path: Path) -> None:
    processes = [start(TRAIN, tmp_path / "cache") for _ in range(3)]
    answers = [answer(process) for process in processes]
    assert len(set(answers)) == 1
    assert answer(start(TRAIN, tmp_path / "cache")) == answers[0]


@pytest.mark.timeout(240)
def test_what_is_kept_is_in_the_folder_that_was_named_and_is_used_again(tmp_path: Path) -> None:
    first = answer(start(FORWARD, tmp_path / "cache"))
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.code")}
    assert {"kernels.block.forward.forward", "kernels.block.passes.load_examples"} <= {path.name.rpartition("-")[0] for path in kept}
    assert any(path.name.startswith("Logistic_activate_") for path in kept)
    assert answer(start(FORWARD, tmp_path / "cache")) == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.code")} == kept
    for path in kept:
        path.write_bytes(b"damaged")
    assert answer(start(FORWARD, tmp_path / "cache")) == first


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("kernels/block/forward.py", "call(f, (x + row, y + row, end", "call(f, (x + row, x + row, end"),
        ("formulas/elementary.py", "series = fma(series, r, 0.5)", "series = fma(series, r, 0.75)"),
    ],
)
def test_another_source_makes_other_machine_code(name: str, before: str, after: str, tmp_path: Path) -> None:
    packages = copy_packages(tmp_path / "packages")
    source = packages / ENGINE / name
    first = answer(start(FORWARD, tmp_path / "cache", packages))
    text = source.read_text(encoding="utf-8")
    assert text.count(before) == 1
    source.write_text(text.replace(before, after), encoding="utf-8")
    assert answer(start(FORWARD, tmp_path / "cache", packages)) != first


def test_the_folder_is_named_by_every_source_and_by_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = copy_packages(tmp_path) / ENGINE
    digests = {code_cache.source_digest(engine)}
    for source in engine.rglob("*.py"):
        source.write_text(source.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
        digests.add(code_cache.source_digest(engine))
    assert len(digests) == 1 + len(list(engine.rglob("*.py")))
    twins = [engine / "simd" / "twin.py", engine / "twin.py"]
    for twin in twins:
        twin.write_text("", encoding="utf-8")
        digests.add(code_cache.source_digest(engine))
        twin.unlink()
    assert len(digests) == 3 + len(list(engine.rglob("*.py")))
    monkeypatch.setattr(code_cache, "VERSIONS", (sys.version, numba.__version__ + ".1"))
    assert code_cache.source_digest(engine) not in digests


def test_two_modules_of_one_name_keep_their_code_apart() -> None:
    def made_in(module: str) -> str:
        def run() -> None: ...

        run.__module__ = module
        return str(code_cache.cached_njit()(run)._cache.name)

    assert made_in(f"{code_cache.ENGINE}.block.forward") == "block.forward.run"
    assert made_in(f"{code_cache.ENGINE}.case.forward") == "case.forward.run"
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


def test_every_kernel_is_kept_by_the_engine_itself() -> None:
    things = [thing for module in KERNELS for thing in vars(module).values() if hasattr(thing, "py_func")]
    compiled = [thing for thing in things if thing.targetoptions.get("inline") != "always"]  # those are parts of what calls them
    assert len(compiled) > 20
    assert all(type(each._cache) is code_cache.FunctionCache for each in compiled)


@pytest.mark.timeout(240)
def test_it_works_when_the_cache_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert answer(start(FORWARD, tmp_path / "file" / "cache")) == answer(start(FORWARD, tmp_path / "cache"))


def test_somebody_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    for variable in ("CONNECTIONIST_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    assert code_cache.code_folder.__wrapped__() is None


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="connectionist-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, env=environment, cwd="/", user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(240)
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_somebody_who_can_write_nowhere_can_run_a_task(open_folder: Path) -> None:
    packages, temporary = copy_packages(open_folder / "packages"), open_folder / "temporary"
    temporary.mkdir()
    temporary.chmod(0o777)
    installed = Path(numba.__file__).parents[1]
    environment = {"PYTHONPATH": f"{packages}{os.pathsep}{installed}", "HOME": "/nonexistent", "TMPDIR": str(temporary), "PATH": "/usr/bin"}
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(here, path="/usr/local/bin:/usr/bin:/bin")):
        try:
            found = python and as_nobody([python, "-c", "import numba"], environment).returncode == 0
        except PermissionError:
            found = False
        if python and found:
            break
    else:
        pytest.skip("no Python of this version that another user may run")
    done = as_nobody([python, "-m", "connectionist", "run", "xor", "--epochs", "3", "--json"], environment)
    assert done.returncode in (0, 1), done.stderr  # 1: three epochs are too few to learn it
    assert '"epochs": 3' in done.stdout, done.stderr
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
def test_that_it_compiles_is_said_once_and_only_to_a_terminal(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(is_terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(code_cache, "code_folder", lambda: None)
    code_cache.announce_compilation.cache_clear()

    @code_cache.cached_njit()
    def doubled(x: float) -> float:
        return 2 * x

    assert (doubled(2.0), doubled(2)) == (4.0, 4)
    assert terminal.written.count("connectionist: compiling for the first time; this takes some seconds") == is_terminal
