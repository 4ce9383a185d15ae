"""Files are written whole or not at all."""

from __future__ import annotations

import gc
import io
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from connectionist.errors import FileError
from connectionist.utils import files, temporary_files
from connectionist.utils.files import atomic_write, check_path, create_file, write_at, write_bytes, write_rows, write_text
from connectionist.utils.folders import make_folder
from connectionist.utils.temporary_files import is_temporary, remove_leftovers


def test_each_kind_of_content_is_written(tmp_path: Path) -> None:
    write_bytes(tmp_path / "bytes", b"\x00\r\n")
    write_text(tmp_path / "text", "ε = 0.1\n")
    write_rows(tmp_path / "rows.csv", [["name", "value"], ["a, b", 0.1], ["two\nlines", 2]])
    assert (tmp_path / "bytes").read_bytes() == b"\x00\r\n"
    assert (tmp_path / "text").read_bytes() == "ε = 0.1\n".encode()
    assert (tmp_path / "rows.csv").read_bytes() == b'name,value\r\n"a, b",0.1\r\n"two\nlines",2\r\n'
    assert len(list(tmp_path.iterdir())) == 3


def test_a_stream_may_be_as_large_as_it_likes_and_seek(tmp_path: Path) -> None:
    values = np.arange(3 * files.BUFFER_BYTES, dtype=float)
    with atomic_write(tmp_path / "arrays.npz") as file:
        np.savez(file, values=values, few=values[:3])
    with atomic_write(tmp_path / "array.npy") as file:
        np.save(file, values)
    with np.load(tmp_path / "arrays.npz") as written:
        assert written["values"].tolist() == values.tolist()
        assert written["few"].tolist() == [0.0, 1.0, 2.0]
    assert np.load(tmp_path / "array.npy").tolist() == values.tolist()


def test_a_surrogate_is_no_reason_to_lose_a_text(tmp_path: Path) -> None:
    write_text(tmp_path / "text", "name \udcff")
    write_rows(tmp_path / "rows", [["name \udcff"]])
    assert (tmp_path / "text").read_text(encoding="utf-8") == "name \\udcff"
    assert (tmp_path / "rows").read_text(encoding="utf-8") == "name \\udcff\n"


def test_until_the_end_of_the_block_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_bytes(path, b"old")
    with atomic_write(path) as file:
        file.write(b"x" * 3 * files.BUFFER_BYTES)
        assert path.read_bytes() == b"old"
        (temporary,) = [other.name for other in tmp_path.iterdir() if other != path]
        assert is_temporary(temporary)
    assert path.read_bytes() == b"x" * 3 * files.BUFFER_BYTES
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_in_the_block_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file"
    write_bytes(path, b"old")

    def write() -> None:
        with atomic_write(path) as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        write()
    gc.collect()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_rows_that_raise_leave_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_bytes(path, b"old")

    def rows() -> Iterator[list[int]]:
        yield [1]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_rows(path, rows())
    gc.collect()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_errors_name_the_file_and_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for name, reason in (("file/below", "Not a directory"), ("nowhere/file", "No such file"), ("folder", "it is a folder, not a file")):
        with pytest.raises(FileError, match=f"weights file '{tmp_path / name}' cannot be written .{reason}"):
            write_bytes(tmp_path / name, b"", "weights file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(FileError, match=r"pipe' cannot be written .it is not a regular file"):
            write_bytes(tmp_path / "pipe", b"")
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert {path.name for path in tmp_path.iterdir()} <= {"file", "folder", "pipe"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write_bytes(tmp_path / "elsewhere" / "file", b"old")
    (tmp_path / "link").symlink_to("elsewhere/file")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere" / "file").read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_those_of_the_old_file_or_of_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "file", b"")
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
        (tmp_path / "file").chmod(0o604)
        write_bytes(tmp_path / "file", b"new")
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o604
    finally:
        os.umask(before)


def test_a_file_that_must_not_be_written_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bytes(tmp_path / "file", b"old")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # root may write everything
    with pytest.raises(FileError, match=r"file' cannot be written .Permission denied"):
        write_bytes(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"


def test_many_writers_of_one_file_leave_one_of_their_contents(tmp_path: Path) -> None:
    contents = [bytes([65 + number]) * 100_000 for number in range(8)]
    threads = [threading.Thread(target=write_bytes, args=(tmp_path / "file", content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "file").read_bytes() in contents
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_streamed_is_written_in_place(tmp_path: Path) -> None:
    create_file(tmp_path / "file", b"0123456789")
    node = (tmp_path / "file").stat().st_ino
    write_at(tmp_path / "file", b"ab", 2)
    write_at(tmp_path / "file", b"end", 10)
    assert (tmp_path / "file").read_bytes() == b"01ab456789end"
    assert (tmp_path / "file").stat().st_ino == node
    with pytest.raises(FileError, match=r"recording '.*file' cannot be written .File exists"):
        create_file(tmp_path / "file", b"", "recording")
    with pytest.raises(FileError, match=r"recording '.*nowhere' cannot be written .No such file"):
        write_at(tmp_path / "nowhere", b"", 0, "recording")


def dead_process() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_leftovers_of_dead_processes_are_removed_and_only_these(tmp_path: Path) -> None:
    system = temporary_files._system()
    dead = dead_process()
    leftover = f".connectionist-{system}-{dead}-00000000.tmp"
    others = [
        f".connectionist-{system}-{os.getpid()}-00000000.tmp",
        f".connectionist-{'0' * 8}-{dead}-00000000.tmp",
        f".connectionist-{system}-{dead}-00000000.tmp.txt",
        "file.tmp",
    ]
    for name in (leftover, *others):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)
    (tmp_path / leftover).touch()
    write_bytes(tmp_path / "file", b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, "file"])
    remove_leftovers(tmp_path / "nowhere")


def test_a_killed_writer_leaves_a_file_that_the_next_one_removes(tmp_path: Path) -> None:
    script = (
        "import os, sys; from connectionist.utils.files import atomic_write\n"
        "with atomic_write(sys.argv[1]) as file: file.write(b'half'); file.flush(); os._exit(9)"
    )
    write_bytes(tmp_path / "file", b"old")
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path / "file")], check=False).returncode == 9
    assert (tmp_path / "file").read_bytes() == b"old"
    (leftover,) = [path for path in tmp_path.iterdir() if path.name != "file"]
    assert is_temporary(leftover.name)
    assert leftover.read_bytes() == b"half"
    remove_leftovers(tmp_path)
    assert not leftover.exists()


def test_folders_that_cannot_all_be_made_are_removed_again(tmp_path: Path) -> None:
    assert make_folder(tmp_path) == []
    assert make_folder(tmp_path / "a" / "b") == [tmp_path / "a" / "b", tmp_path / "a"]
    with pytest.raises(OSError, match="File name too long"):
        make_folder(tmp_path / "c" / "d" / ("x" * 300))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="File exists"):
        make_folder(tmp_path / "file")


def test_a_file_system_that_cannot_synchronize_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", fsync)
    write_bytes(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_the_stream_has_no_descriptor(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "file") as file, pytest.raises(io.UnsupportedOperation):
        file.fileno()


@pytest.mark.parametrize("name", ["x" * 256, "/" + "x/" * 3000, "a\0b", "\ud800"])
def test_a_name_that_no_file_can_have_is_an_error(name: str) -> None:
    with pytest.raises(FileError, match=r"--out: .*: the name"):
        check_path(name, "--out:")


def test_a_path_of_a_file_that_does_not_exist_is_accepted(tmp_path: Path) -> None:
    assert check_path(str(tmp_path / "a" / "b"), "--out:") == tmp_path / "a" / "b"
