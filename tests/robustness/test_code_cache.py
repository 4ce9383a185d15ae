"""The files of the code cache: damage, files of other users, and folders that other users may change.

What a damaged or foreign file contains is never used: reading a pickle runs code, and a flipped bit of machine code computes other numbers.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import re
import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connectionist.errors import FileError
from connectionist_plugins.engines.compiled.machine_code import code_cache, compilation_messages, private_files
from connectionist_plugins.engines.compiled.machine_code.private_files import make_private_folder, read_private_file, write_private_file
from connectionist_plugins.engines.compiled.numba_runtime import code_cache as numba_cache

HAS_USERS = hasattr(os, "geteuid")
IS_ROOT = HAS_USERS and os.geteuid() == 0
NOBODY = 65534
CONTENT = bytes(range(256)) * 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Path(os.path.realpath(tmp_path)) / "cache"
    assert make_private_folder(made) == ""
    return made


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "name.code"
    write_private_file(path, CONTENT)
    assert read_private_file(path) == CONTENT
    return path


def test_every_flipped_bit_and_every_cut_is_noticed_and_the_file_removed(file: Path) -> None:
    whole = file.read_bytes()
    draw = random.Random(1)
    bits = [*range(512), *draw.sample(range(512, 8 * len(whole)), 1_000)]
    damaged = [whole[: bit // 8] + bytes([whole[bit // 8] ^ 1 << bit % 8]) + whole[bit // 8 + 1 :] for bit in bits]
    damaged += [whole[:length] for length in (*range(100), *draw.sample(range(100, len(whole)), 200))]
    for content in (*damaged, whole + b"\0", bytes(len(whole)), CONTENT):
        file.write_bytes(content)
        assert read_private_file(file) is None
        assert not file.exists()
    file.write_bytes(whole)
    assert read_private_file(file) == CONTENT


def test_a_file_in_the_place_of_another_one_is_noticed(file: Path, tmp_path: Path) -> None:
    renamed, moved = file.with_name("other.code"), tmp_path / "other" / file.name
    moved.parent.mkdir()
    for place in (renamed, moved):
        shutil.copy(file, place)
        assert read_private_file(place) is None
    assert read_private_file(file) == CONTENT


@pytest.mark.skipif(not HAS_USERS, reason="Windows has no pipes with names")
@pytest.mark.timeout(60)
def test_links_pipes_and_folders_are_not_read(file: Path) -> None:
    kept = file.rename(file.with_name("kept"))
    file.symlink_to(kept)
    assert read_private_file(file) is None
    assert (kept.exists(), file.is_symlink()) == (True, False)
    os.mkfifo(file)
    assert read_private_file(file) is None
    file.mkdir()
    assert read_private_file(file) is None
    with pytest.raises(FileError):
        write_private_file(file, CONTENT)


@pytest.mark.skipif(not HAS_USERS, reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_to_which_others_may_write_is_removed_and_not_read(file: Path, mode: int) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(mode)
    assert read_private_file(file) is None
    assert not file.exists()


@pytest.mark.skipif(not IS_ROOT, reason="only root can make files of another user")
def test_a_file_of_another_user_is_removed_and_not_read(file: Path) -> None:
    os.chown(file, NOBODY, NOBODY)
    assert read_private_file(file) is None
    assert not file.exists()


@pytest.mark.skipif(not HAS_USERS, reason="Windows has no modes")
@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        (0o777, "other users may write to it (mode 777)"),
        (0o770, "other users may write to it (mode 770)"),
        (0o702, "(mode 702)"),
        (0o755, ""),
    ],
)
def test_a_folder_that_others_may_change_is_not_safe(folder: Path, mode: int, fault: str) -> None:
    folder.chmod(mode)
    found = make_private_folder(folder)
    assert found.endswith(fault)
    assert bool(found) == bool(fault)
    assert stat.S_IMODE(folder.stat().st_mode) == (mode if fault else 0o700)


@pytest.mark.skipif(not HAS_USERS, reason="Windows has no modes")
@pytest.mark.parametrize(("mode", "is_safe"), [(0o777, False), (0o773, False), (0o1777, True), (0o755, True), (0o700, True)])
def test_parents_that_others_may_change_are_not_safe(tmp_path: Path, mode: int, is_safe: bool) -> None:
    parent = Path(os.path.realpath(tmp_path)) / "parent"
    parent.mkdir()
    parent.chmod(mode)
    for folder in (parent / "cache", parent / "more" / "cache"):
        fault = make_private_folder(folder)
        assert fault == ("" if is_safe else f"other users may write to {str(parent)!r} (mode {mode:o})")
        assert folder.exists() == is_safe


@pytest.mark.skipif(not HAS_USERS, reason="Windows has no groups")
@pytest.mark.parametrize("is_private", [True, False])
def test_a_group_without_other_members_is_no_other_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_private: bool) -> None:
    monkeypatch.setattr(private_files, "_is_private_group", lambda _: is_private)
    parent = Path(os.path.realpath(tmp_path)) / "parent"
    parent.mkdir()
    parent.chmod(0o775)
    assert bool(make_private_folder(parent / "cache")) != is_private


@pytest.mark.skipif(not IS_ROOT, reason="only root can make folders of another user")
@pytest.mark.parametrize(("mode", "of_parent"), [(0o700, False), (0o700, True), (0o1777, True)])
def test_folders_of_another_user_are_not_safe(folder: Path, mode: int, of_parent: bool) -> None:
    owned = folder.parent if of_parent else folder
    os.chown(owned, NOBODY, NOBODY)
    owned.chmod(mode)
    assert make_private_folder(folder).endswith(f"belongs to another user ({NOBODY})")


@pytest.mark.skipif(not HAS_USERS, reason="Windows has no modes")
def test_a_folder_that_is_not_safe_is_named_once_and_the_next_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unsafe, safe = (Path(os.path.realpath(tmp_path)) / name for name in ("unsafe", "safe"))
    unsafe.mkdir()
    unsafe.chmod(0o777)
    monkeypatch.setenv("CONNECTIONIST_CACHE", str(unsafe))
    monkeypatch.setenv("XDG_CACHE_HOME", str(safe))
    pattern = (
        rf"compiled code is not kept in '{unsafe}/.*', because other users may write to '{unsafe}' .mode 777.; set CONNECTIONIST_CACHE"
    )
    with pytest.warns(UserWarning, match=pattern) as warned:
        found = code_cache.code_folder.__wrapped__()
    assert len(warned) == 1
    assert found is not None
    assert found.parent == safe / "connectionist"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (found, *found.parents[:2])] == [0o700] * 3
    assert list(unsafe.iterdir()) == []


@pytest.mark.skipif(not HAS_USERS, reason="on Windows a link needs a privilege")
def test_a_link_to_a_safe_folder_is_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "cache")
    monkeypatch.setenv("CONNECTIONIST_CACHE", str(tmp_path / "link"))
    found = code_cache.code_folder.__wrapped__()
    assert found is not None
    assert found.parent == Path(os.path.realpath(tmp_path)) / "cache"


class Trap:
    """An object whose pickle makes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


class Doubled:
    """A function that computes 2 · 21 with code from the cache, as in a new process.

    Numba's code is a pickle; other code is an object file, here a number.
    """

    def __init__(self, is_of_numba: bool) -> None:
        self.is_of_numba = is_of_numba
        self.compiled = 0

    def __call__(self) -> float:
        """Compile the function or load it, and call it."""
        if not self.is_of_numba:
            return float(code_cache.cached_code("doubled", self._make))
        return float(numba_cache.cached_cfunc("float64(float64)", "doubled")(lambda x: 2.0 * x).ctypes(21.0))

    def _make(self) -> bytes:
        self.compiled += 1
        return b"42.0"


@pytest.fixture(params=[True, False], ids=["numba", "own compiler"])
def doubled(folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Doubled:
    function = Doubled(request.param)
    save = numba_cache.FunctionCache.save_overload

    def counted(*arguments: Any) -> None:
        function.compiled += 1
        save(*arguments)

    monkeypatch.setattr(code_cache, "code_folder", lambda: folder)
    monkeypatch.setattr(numba_cache.FunctionCache, "save_overload", counted)
    return function


def test_code_that_another_program_wrote_is_not_run(folder: Path, doubled: Doubled, tmp_path: Path) -> None:
    assert doubled() == 42.0
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    for content in (trap, hashlib.sha256(trap).digest() + trap, whole[:32] + trap):
        path.write_bytes(content)
        assert doubled() == 42.0
        assert not (tmp_path / "sprung").exists()
        assert read_private_file(path) not in (None, trap)
    if doubled.is_of_numba:
        write_private_file(path, trap)  # as the owner of the folder could
        doubled()
        assert (tmp_path / "sprung").exists()


def test_a_damaged_file_is_made_again_and_an_intact_one_is_used(folder: Path, doubled: Doubled) -> None:
    assert (doubled(), doubled(), doubled.compiled) == (42.0, 42.0, 1)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert (doubled(), doubled(), doubled.compiled) == (42.0, 42.0, 2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_damaged_code_never_runs(folder: Path, doubled: Doubled) -> None:
    doubled()
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    draw = random.Random(2)
    for _ in range(500):
        bit, length = draw.randrange(8 * len(whole)), draw.randrange(len(whole))
        flipped = whole[: bit // 8] + bytes([whole[bit // 8] ^ 1 << bit % 8]) + whole[bit // 8 + 1 :]
        path.write_bytes(draw.choice([flipped, whole[:length], whole[length:] + whole[:length]]))
        assert doubled() == 42.0
        assert read_private_file(path) is not None


def test_code_that_cannot_be_written_is_no_error(folder: Path, doubled: Doubled, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert doubled() == 42.0
    assert list(folder.iterdir()) == []


def test_code_that_another_process_compiles_is_waited_for(folder: Path, doubled: Doubled) -> None:
    doubled()
    (path,) = folder.iterdir()
    kept = path.rename(folder / "kept")
    with ThreadPoolExecutor(1) as pool:
        with code_cache.one_process(path):
            result, end = pool.submit(doubled), time.monotonic() + 30.0
            while not compilation_messages.waiting.running and time.monotonic() < end:
                time.sleep(0.01)
            assert not result.done()
            kept.rename(path)
        assert result.result(timeout=30) == 42.0
    assert doubled.compiled == 1


WRITES = """
import sys
from pathlib import Path
from connectionist_plugins.engines.compiled.numba_runtime import code_cache as numba_cache
from connectionist_plugins.engines.compiled.machine_code.private_files import read_private_file, write_private_file
path, content = Path(sys.argv[1]), sys.argv[2].encode() * 100_000
for _ in range(20):
    write_private_file(path, content)
    found = read_private_file(path)
    assert found is not None and found in (b"a" * 100_000, b"b" * 100_000)
"""


@pytest.mark.attack
def test_of_two_processes_that_write_at_once_each_reads_a_whole_file(folder: Path) -> None:
    path = folder / "name.code"
    processes = [subprocess.Popen([sys.executable, "-c", WRITES, str(path), letter]) for letter in "ab"]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert [each.name for each in folder.iterdir()] == [path.name]


MAKES = """
import os, signal, sys, time
from pathlib import Path
from connectionist_plugins.engines.compiled.machine_code import compilation_messages
from connectionist_plugins.engines.compiled.machine_code.code_cache import cached_code
calls = Path(sys.argv[1])
started = calls.with_name("started.txt")
def make():
    with calls.open("a") as file:
        file.write("made ")
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    while started.stat().st_size < int(sys.argv[3]):
        time.sleep(0.01)
    time.sleep(1.5)
    return b"code"
with started.open("a") as file:
    file.write(".")
assert cached_code("name", make) == b"code"
compilation_messages.report()
"""


def start_making(folder: Path, end: str, processes: int = 1) -> subprocess.Popen[str]:
    environment = {**os.environ, "CONNECTIONIST_CACHE": str(folder)}
    arguments = [sys.executable, "-c", MAKES, str(folder / "calls.txt"), end, str(processes)]
    return subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.attack
def test_of_several_processes_one_compiles_and_the_others_wait_for_its_file(folder: Path) -> None:
    processes = [start_making(folder, "made", 4) for _ in range(4)]
    printed = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert (folder / "calls.txt").read_text() == "made "
    assert not list(folder.rglob("*.lock"))
    words = sorted(re.findall(r"^connectionist: (\w+)|( once)$", text, re.MULTILINE) for text in printed)
    assert words == [[("compiling", ""), ("compiled", ""), ("", " once")], *[[("waiting", ""), ("waited", "")]] * 3]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.attack
def test_after_a_process_was_killed_while_it_compiled_the_next_one_compiles(folder: Path) -> None:
    killed = start_making(folder, "killed")
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    assert list(folder.rglob("*.lock"))
    after = start_making(folder, "made")
    assert after.communicate(timeout=30)[1].startswith("connectionist: compiling")
    assert after.returncode == 0
    assert (folder / "calls.txt").read_text() == "made made "
