"""The cache of machine code: its folder, when code is used again, and compilation without a writable folder."""

from __future__ import annotations

import ast
import errno
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import NoReturn

import llvmlite
import pytest

import connectionist
import connectionist_launcher
import connectionist_plugins
import connectionist_tasks
from connectionist_plugins.engines.compiled.kernel_compiler.values import NotInSubset
from connectionist_plugins.engines.compiled.machine_code import code_cache, compilation_messages

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
        ("formulas/elementary.py", "-0.002777777777669608", "-0.003777777777669608"),
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


@pytest.mark.parametrize("has_other", [True, False])
def test_a_folder_of_the_user_that_cannot_be_used_is_named_with_the_reason(
    has_other: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    given = tmp_path / "file" / "cache"
    monkeypatch.setenv("CONNECTIONIST_CACHE", str(given))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("other" if has_other else "file")))
    kept = f"is kept in {os.path.realpath(tmp_path / 'other' / 'connectionist')!r}" if has_other else "is not kept"
    reason = f"since CONNECTIONIST_CACHE={str(given)!r} cannot be used ({os.strerror(errno.ENOTDIR)})"
    monkeypatch.setattr(compilation_messages, "is_worker", lambda: True)
    code_cache.code_folder.__wrapped__()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(compilation_messages, "is_worker", lambda: False)
    assert (code_cache.code_folder.__wrapped__() is not None) == has_other
    assert capsys.readouterr().err == f"connectionist: compiled code {kept}, {reason}\n"
    monkeypatch.setenv("CONNECTIONIST_CACHE", str(tmp_path / "mine"))
    assert code_cache.code_folder.__wrapped__() is not None
    assert capsys.readouterr().err == ""


def test_a_folder_that_can_only_be_read_is_used_if_no_other_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read_only(dir: Path) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setenv("CONNECTIONIST_CACHE", str(tmp_path / "given"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    found = code_cache.code_folder.__wrapped__()
    assert found is not None
    assert found.parent == Path(os.path.realpath(tmp_path / "given"))
    monkeypatch.setattr(tempfile, "TemporaryFile", read_only)
    assert code_cache.code_folder.__wrapped__() == found
    assert capsys.readouterr().err == ""


def test_the_users_home_may_be_named_by_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("CONNECTIONIST_CACHE", os.path.join("~", "code"))  # noqa: PTH118  (as a user writes it)
    found = code_cache.code_folder.__wrapped__()
    assert found is not None
    assert found.parent == Path(os.path.realpath(tmp_path / "code"))


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


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """A function that reports, and returns the lines since its last call. A tenth of a second is noticeable."""
    monkeypatch.setattr(compilation_messages, "NOTICEABLE_SECONDS", 0.1)
    monkeypatch.setattr(compilation_messages, "_not_kept", [])
    for activity in (compilation_messages.compiling, compilation_messages.waiting):
        for name, value in (("seconds", 0.0), ("is_announced", False), ("has_failed", False)):
            monkeypatch.setattr(activity, name, value)  # of tests that compiled and called no kernel

    def report() -> str:
        compilation_messages.report()
        return capsys.readouterr().err

    return report


def await_announcement(activity: compilation_messages.Activity) -> None:
    end = time.monotonic() + 30.0
    while not activity.is_announced and time.monotonic() < end:
        time.sleep(0.01)


def until_announced(activity: compilation_messages.Activity) -> None:
    with activity.happening():
        await_announcement(activity)


@pytest.mark.parametrize(
    ("name", "beginning", "end"),
    [
        ("compiling", "compiling code for this processor", r"compiled code for this processor in \d+\.\d s, once"),
        ("waiting", "waiting while another process or thread compiles code for this processor", r"waited \d+\.\d s for another process .*"),
    ],
)
def test_what_takes_long_is_said_once_while_it_happens_and_at_its_end(
    name: str, beginning: str, end: str, said: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    activity = getattr(compilation_messages, name)
    for _ in range(2):  # a process may compile again, for another way of training
        for piece in range(2):  # several pieces of code are reported together
            until_announced(activity)
            assert capsys.readouterr().err == ("" if piece else f"connectionist: {beginning}\n")
        assert re.fullmatch(f"connectionist: {end}\n", said())
        assert said() == ""


def test_what_takes_little_time_is_not_said(said: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation_messages, "NOTICEABLE_SECONDS", 1000.0)
    with compilation_messages.compiling.happening():
        pass
    assert said() == ""
    assert compilation_messages.compiling.seconds == 0.0


def test_what_another_thread_still_compiles_is_reported_by_that_thread(said: Callable[[], str]) -> None:
    with compilation_messages.compiling.happening():
        until_announced(compilation_messages.compiling)
        assert said() == "connectionist: compiling code for this processor\n"
    assert said().startswith("connectionist: compiled code")


def test_threads_that_compile_at_the_same_time_take_the_time_of_one(said: Callable[[], str]) -> None:
    together = Barrier(3)

    def compile_it() -> None:
        with compilation_messages.compiling.happening():
            together.wait(timeout=30)
            await_announcement(compilation_messages.compiling)

    start = time.perf_counter()
    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(compile_it) for _ in range(3)]:
            each.result()
    assert 0.0 < compilation_messages.compiling.seconds <= time.perf_counter() - start
    assert said().count("\n") == 2


def test_a_thread_that_compiles_while_another_one_does_is_announced_with_it(
    said: Callable[[], str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compilation_messages, "NOTICEABLE_SECONDS", 1000.0)
    with compilation_messages.compiling.happening():
        monkeypatch.setattr(compilation_messages.compiling, "_start", time.perf_counter() - 2000.0)
        until_announced(compilation_messages.compiling)
        assert capsys.readouterr().err == "connectionist: compiling code for this processor\n"
    assert said().startswith("connectionist: compiled code")


def test_a_compilation_that_raised_is_not_said_to_be_done(said: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bytes:
        await_announcement(compilation_messages.compiling)
        raise ZeroDivisionError

    monkeypatch.setattr(code_cache, "code_folder", lambda: tmp_path)
    with pytest.raises(ZeroDivisionError):
        code_cache.cached_code("name", fail)
    end = r"compiling code for this processor took \d+\.\d s; not all of it was compiled"
    assert re.fullmatch(f"connectionist: compiling code for this processor\nconnectionist: {end}\n", said())
    until_announced(compilation_messages.compiling)
    assert said().endswith(", once\n")


def test_code_that_a_second_compiler_compiles_is_said_to_be_done(
    said: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave() -> bytes:
        raise NotInSubset

    monkeypatch.setattr(code_cache, "code_folder", lambda: tmp_path)
    with pytest.raises(NotInSubset):
        code_cache.cached_code("name", leave)
    code_cache.cached_code("name", slowly_made)
    assert said().endswith(", once\n")


def slowly_made() -> bytes:
    await_announcement(compilation_messages.compiling)
    return b"code"


@pytest.mark.parametrize("case", ["kept", "full", "no folder"])
def test_compiled_code_is_said_to_be_made_once_only_if_it_was_kept(
    case: str, said: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(code_cache, "code_folder", lambda: None if case == "no folder" else tmp_path)
        patch.setenv("CONNECTIONIST_CACHE", "first\x1b")
        patch.setenv("XDG_CACHE_HOME", "second")
        if case == "full":
            patch.setattr(os, "write", full)
        assert code_cache.cached_code("name", slowly_made) == b"code"
    folders = rf"'first\x1b' or {str(Path('second', 'connectionist'))!r}"
    advice = "set CONNECTIONIST_CACHE to a folder in which you can write"
    again = "; every process must compile at least a part of it, which cannot be kept in"
    end = {
        "kept": ", once",
        "full": f"{again} {str(tmp_path)!r} ({os.strerror(errno.ENOSPC)}); make room there, or {advice}",
        "no folder": f"{again} {folders}; {advice}",
    }[case]
    beginning, compiled = said().splitlines()
    assert beginning == "connectionist: compiling code for this processor"
    assert re.sub(r"\d+\.\d s", "1 s", compiled) == f"connectionist: compiled code for this processor in 1 s{end}"


def test_a_worker_waits_without_a_line_since_another_one_says_that_it_compiles(
    said: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_it() -> None:
        with code_cache.one_process(tmp_path / "name.code"):
            pass

    for is_worker in (True, False):
        monkeypatch.setattr(compilation_messages, "is_worker", lambda is_worker=is_worker: is_worker)
        with ThreadPoolExecutor(1) as pool:
            with code_cache.one_process(tmp_path / "name.code"):
                waiting = pool.submit(compile_it)
                await_announcement(compilation_messages.waiting)  # of which a worker prints nothing
            waiting.result(timeout=30)
        assert said().count("\n") == (0 if is_worker else 2)


def test_processes_that_waited_in_vain_compile_at_the_same_time(tmp_path: Path) -> None:
    path, together = tmp_path / "name.code", Barrier(2)

    def compile_it() -> None:
        with code_cache.one_process(path):
            together.wait(timeout=30)

    with ThreadPoolExecutor(2) as pool:
        with code_cache.one_process(path):
            waiting = [pool.submit(compile_it) for _ in range(2)]
            end = time.monotonic() + 30.0
            while compilation_messages.waiting.running < 2 and time.monotonic() < end:
                time.sleep(0.01)
        for each in waiting:
            each.result()
    assert list(tmp_path.iterdir()) == []
