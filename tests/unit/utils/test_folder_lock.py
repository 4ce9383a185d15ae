"""One process at a time locks a folder, and a lock ends with its process."""

from __future__ import annotations

import errno
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectionist.errors import FileError
from connectionist.utils import folder_lock
from connectionist.utils.folder_lock import LOCK_NAME, lock_folder, lock_holder

HOLD = """
import sys, time
from pathlib import Path
from connectionist.utils.folder_lock import lock_folder
with lock_folder(Path(sys.argv[1]), "test"):
    print("locked", flush=True)
    sys.stdin.read()
"""

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a process that locks the folder until its standard input ends."""
    processes: list[subprocess.Popen[str]] = []

    def started() -> subprocess.Popen[str]:
        words = [sys.executable, "-c", HOLD, str(tmp_path)]
        processes.append(subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert processes[-1].stdout is not None
        assert processes[-1].stdout.readline() == "locked\n"
        return processes[-1]

    yield started
    for process in processes:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def write_holder(folder: Path, **changes: Any) -> None:
    holder = {"pid": 1, "host": platform.node(), "started": "2026-01-01T00:00:00+00:00", **changes}
    (folder / LOCK_NAME).write_text(json.dumps(holder), encoding="utf-8")


def test_a_lock_names_its_process_and_is_gone_afterwards(tmp_path: Path) -> None:
    assert lock_holder(tmp_path) is None
    with lock_folder(tmp_path, "test"):
        holder, may_run = lock_holder(tmp_path) or (None, False)
        assert may_run
        assert holder is not None
        assert (holder.pid, holder.host) == (os.getpid(), platform.node())
        assert f"process {os.getpid()} on {platform.node()!r}, since '20" in str(holder)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError), lock_folder(tmp_path, "test"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_locked_folder_cannot_be_locked(tmp_path: Path, start: Start) -> None:
    process = start()
    for _ in range(2):
        with pytest.raises(FileError, match=rf"^test: '{tmp_path}' is in use by another run .process {process.pid} on"):
            lock_folder(tmp_path, "test").__enter__()
    with lock_folder(tmp_path.parent, "test"), pytest.raises(FileError, match="in use"), lock_folder(tmp_path.parent, "test"):
        raise AssertionError
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait() == 0
    with lock_folder(tmp_path, "test"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_holds_no_lock(tmp_path: Path, start: Start) -> None:
    process = start()
    process.send_signal(signal.SIGKILL)
    process.wait()
    holder, may_run = lock_holder(tmp_path) or (None, True)
    assert holder is not None
    assert (holder.pid, may_run) == (process.pid, False)
    with lock_folder(tmp_path, "test"):
        holder, may_run = lock_holder(tmp_path) or (None, False)
        assert holder is not None
        assert (holder.pid, may_run) == (os.getpid(), True)


@pytest.mark.parametrize("text", ["", "{", "null", '{"pid": "x"}', "[" * 100_000, '{"pid": 1, "host": "he', '{"pid": Infinity}'])
def test_a_process_killed_while_it_wrote_its_name_holds_no_lock(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK_NAME).write_text(text, encoding="utf-8")
    assert lock_holder(tmp_path) == (None, False)
    with lock_folder(tmp_path, "test"):
        assert lock_holder(tmp_path) != (None, False)


def test_a_lock_of_another_host_is_never_taken_over(tmp_path: Path) -> None:
    write_holder(tmp_path, host="elsewhere")
    holder, may_run = lock_holder(tmp_path) or (None, False)
    assert str(holder) == "process 1 on 'elsewhere', since '2026-01-01T00:00:00+00:00'"
    assert may_run
    with pytest.raises(FileError, match=r"process 1 on 'elsewhere'.*or delete '.*run\.lock' if that run has ended"):
        lock_folder(tmp_path, "test").__enter__()
    assert (tmp_path / LOCK_NAME).exists()
    (tmp_path / LOCK_NAME).unlink()
    with lock_folder(tmp_path, "test"):
        pass


def test_names_in_a_lock_are_printed_without_control_characters(tmp_path: Path) -> None:
    write_holder(tmp_path, host="\x1b[31mred", started="\x07")
    with pytest.raises(FileError, match="process 1 on") as raised:
        lock_folder(tmp_path, "test").__enter__()
    assert str(raised.value).isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_what_is_not_a_file_is_no_lock(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / LOCK_NAME)
    assert lock_holder(tmp_path) is None
    with pytest.raises(FileError, match=r"run\.lock' is not a file, so the folder cannot be locked"):
        lock_folder(tmp_path, "test").__enter__()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_lock_that_is_a_link_overwrites_no_other_file(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    folder, other = tmp_path / "folder", tmp_path / "other"
    folder.mkdir()
    other.write_text("kept", encoding="utf-8")
    link(other, folder / LOCK_NAME)
    with pytest.raises(FileError, match=r"run\.lock' is a .*, so the folder cannot be locked"):
        lock_folder(folder, "test").__enter__()
    assert other.read_text(encoding="utf-8") == "kept"


def test_a_lock_that_is_a_link_to_nothing_makes_no_file(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).symlink_to(tmp_path / "other")
    with pytest.raises(FileError, match="is a link"):
        lock_folder(tmp_path, "test").__enter__()
    assert not (tmp_path / "other").exists()


def test_a_process_on_another_host_has_time_to_write_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file system does not pass the lock on, and the other process has made the file but not yet written into it."""
    (tmp_path / LOCK_NAME).touch()

    def sleep(seconds: float) -> None:
        if seconds:
            write_holder(tmp_path, host="elsewhere")

    monkeypatch.setattr(time, "sleep", sleep)
    with pytest.raises(FileError, match="process 1 on 'elsewhere'"):
        lock_folder(tmp_path, "test").__enter__()


def test_without_locks_in_the_file_system_the_file_is_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with lock_folder(tmp_path, "test"):
        with pytest.raises(FileError, match="in use"):
            lock_folder(tmp_path, "test").__enter__()
        assert (tmp_path / LOCK_NAME).exists()
    write_holder(tmp_path)
    with pytest.raises(FileError, match=r"in use by another run .process 1 on"):
        lock_folder(tmp_path, "test").__enter__()
    assert lock_holder(tmp_path) == (folder_lock.Holder(1, platform.node(), "2026-01-01T00:00:00+00:00"), True)


def test_a_lock_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(OSError, match="Input/output error"):
        lock_folder(tmp_path, "test").__enter__()


def test_a_file_that_another_process_has_replaced_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start) -> None:
    """Between this process's opening and locking the file, its holder removes it and a third process locks a new one."""
    write_holder(tmp_path)
    lock = folder_lock.try_lock
    calls: list[int] = []

    def replace_first(descriptor: int, *, shared: bool = False) -> bool | None:
        if not calls:
            (tmp_path / LOCK_NAME).unlink()
            start()
        calls.append(descriptor)
        return lock(descriptor, shared=shared)

    monkeypatch.setattr(folder_lock, "try_lock", replace_first)
    with pytest.raises(FileError, match="in use by another run"):
        lock_folder(tmp_path, "test").__enter__()
    assert len(calls) > 1


def test_a_file_that_is_removed_before_it_is_locked_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process before this one removes the file between this one's opening and locking it."""
    write_holder(tmp_path)
    lock = folder_lock.try_lock
    calls: list[int] = []

    def remove_first(descriptor: int, *, shared: bool = False) -> bool | None:
        if not calls:
            (tmp_path / LOCK_NAME).unlink()
        calls.append(descriptor)
        return lock(descriptor, shared=shared)

    monkeypatch.setattr(folder_lock, "try_lock", remove_first)
    with lock_folder(tmp_path, "test"):
        monkeypatch.undo()
        assert len(calls) == 2
        with pytest.raises(FileError, match="in use"):
            lock_folder(tmp_path, "test").__enter__()


RACE = """
import os, sys, time
from pathlib import Path
from connectionist.errors import FileError
from connectionist.utils.folder_lock import lock_folder
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
for number in range(rounds):
    inside = folder / str(number)
    inside.mkdir()
    if number % 2:
        (inside / "run.lock").write_text("")  # left by a process that was killed
    ready, go = os.pipe()
    children = []
    for _ in range(6):
        child = os.fork()
        if not child:
            os.close(go)
            os.read(ready, 1)  # ends when the parent closes its end
            try:
                with lock_folder(inside, "test"):
                    (inside / f"won-{os.getpid()}").touch()
                    time.sleep(0.2)
            except FileError:
                os._exit(2)
            os._exit(0)
        children.append(child)
    os.close(ready)
    os.close(go)
    statuses = sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
    won = [name for name in os.listdir(inside) if name.startswith("won-")]
    assert statuses == [0, 2, 2, 2, 2, 2], (number, statuses)
    assert len(won) == 1 and len(os.listdir(inside)) == 1, os.listdir(inside)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.attack
def test_of_many_processes_at_once_exactly_one_locks_the_folder(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", RACE, str(tmp_path), "20"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
