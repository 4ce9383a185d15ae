"""Several processes with one ``--out``, processes that are killed, and disks without space."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import FileError
from connectionist.experiments.run_folder import write_run
from connectionist.utils.folder_lock import LOCK_NAME

SHORT = ["run", "xor", "--engine", "local", "--epochs", "3"]
FOREVER = ["run", "symmetry", "--engine", "local", "--set", "stop_when_learned=false", "--epochs", "10000000"]
HAS_LIMITS = sys.platform != "win32"
pytestmark = pytest.mark.attack


# The command line, with figures of 100 kB that no time is spent to draw.
WITHOUT_DRAWING = """
import runpy
from connectionist.reporting.html import write
from connectionist.reporting.html.elements import Html
from connectionist.reporting.html.figures import Drawing

drawing = Drawing("nothing", "a figure")
vars(drawing).update(png=bytes(100_000), html=Html("x" * 100_000))
write.draw_run_figures = lambda result: dict.fromkeys(("learning_curve", "weights", "network"), drawing)
runpy.run_module("connectionist", run_name="__main__", alter_sys=True)
"""


def start(*words: str, preexec: Callable[[], object] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WITHOUT_DRAWING, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=preexec)  # noqa: PLW1509  (one thread)


def run(*words: str, preexec: Callable[[], object] | None = None) -> tuple[int, str, str]:
    process = start(*words, preexec=preexec)
    printed, messages = process.communicate(timeout=120)
    return process.returncode, printed, messages


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that trains for ever, in the folder ``run``."""
    with start(*FOREVER, "--out", str(tmp_path / "run")) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "run" / LOCK_NAME).exists():
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        yield process
        process.kill()


def test_of_several_runs_with_one_folder_exactly_one_runs(tmp_path: Path) -> None:
    processes = [start(*SHORT, "--seed", str(seed), "--out", str(tmp_path / "run")) for seed in range(3)]
    ends = [(process.communicate(timeout=120), process.returncode) for process in processes]
    assert sorted(status for _, status in ends) == [0, 2, 2]
    for (printed, messages), status in ends:
        assert ("Written to" in printed) == (status == 0)
        assert status == 0 or "is in use by another run" in messages or "is not empty" in messages
        assert "Traceback" not in messages
    (seed,) = [seed for seed, (_, status) in enumerate(ends) if status == 0]
    assert cn.read_run(tmp_path / "run").seed == seed
    expected = cn.run("xor", seed=seed, engine="local", epochs=3).network.weight_values.tolist()
    assert cn.read_run(tmp_path / "run").network.weight_values.tolist() == expected


def test_a_folder_in_use_is_rejected_and_said_to_be_in_progress(
    tmp_path: Path, running: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    for out in (folder, folder / "seed-1"):
        started = time.thread_time()
        assert main([*FOREVER, "--out", str(out)]) == 2
        assert time.thread_time() - started < 10
        assert f"--out: '{folder}' is in use by another run (process {running.pid} on " in capsys.readouterr().err
    with pytest.raises(FileError, match=rf"run '{folder}': is in progress, not finished .process {running.pid} on "):
        cn.read_run(folder)
    other = tmp_path / "other"
    other.mkdir()
    write_run(other, cn.run("xor", seed=1, epochs=2, engine="local"), [])
    assert main(["compare", str(other), str(folder)]) == 2
    assert "is in progress, not finished" in capsys.readouterr().err
    assert running.poll() is None


@pytest.mark.skipif(not HAS_LIMITS, reason="Windows has no SIGKILL")
def test_the_folder_of_a_killed_run_is_incomplete_and_can_be_used_again(
    tmp_path: Path, running: subprocess.Popen[str], blank_figures: None
) -> None:
    folder = tmp_path / "run"
    running.send_signal(signal.SIGKILL)
    running.wait()
    with pytest.raises(FileError, match=rf"is incomplete: its run ended .*process {running.pid} on "):
        cn.read_run(folder)
    assert main([*SHORT, "--out", str(folder)]) == 0
    assert len(cn.read_run(folder).log) == 3
    assert not (folder / LOCK_NAME).exists()


RECORDINGS = """
import os, sys
from pathlib import Path
import numpy as np
import connectionist as cn
from connectionist.errors import FileError
from connectionist.recording.recording import new_recording
folder = Path(sys.argv[1])
examples = cn.task("xor").training_examples
for number in range(2):
    ready, go = os.pipe()
    children = []
    for seed in range(4):
        child = os.fork()
        if not child:
            network = cn.task("xor").network(seed)
            recording = cn.record(network, examples, "activation", of="hidden" if seed % 2 else "*", engine="local")
            os.close(go)
            os.read(ready, 1)
            try:
                if number % 2:
                    recording.save(folder / str(number))
                else:
                    stream = new_recording(folder / str(number), str(seed), recording._parts, has_epochs=True)
                    stream.add([seed], [store.array() for store in recording._stores])
            except FileError:
                os._exit(2)
            np.save(folder / f"{number}-{seed}.npy", recording["activation"].values)
            os._exit(0)
        children.append(child)
    os.close(ready)
    os.close(go)
    statuses = sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
    assert statuses == [0, 2, 2, 2], (number, statuses)
    (won,) = folder.glob(f"{number}-*.npy")
    found = cn.load_recording(folder / str(number))["activation"].values
    assert found.reshape(np.load(won).shape).tolist() == np.load(won).tolist()
"""


@pytest.mark.skipif(not HAS_LIMITS, reason="Windows has no fork")
def test_of_several_programs_with_one_folder_one_writes_its_recording(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", RECORDINGS, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def limit_files(size: int) -> Callable[[], None]:
    """Return a function that limits the size of a file, as ``ulimit -f`` does."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.skipif(not HAS_LIMITS, reason="Windows has no limit of the size of files")
@pytest.mark.parametrize("size", [0, 300, 2_000, pytest.param(8_000, marks=pytest.mark.slow), 60_000])
def test_a_limit_of_the_size_of_files(tmp_path: Path, size: int) -> None:
    folder = tmp_path / "run"
    status, printed, messages = run(*SHORT, "--seed", "1", "--out", str(folder), preexec=limit_files(size))
    check_failed_run(folder, status, printed, messages)
    assert "File too large" in messages


@pytest.mark.skipif(not HAS_LIMITS, reason="Windows has no limit of the size of files")
def test_a_limit_of_the_size_of_files_for_weights_over_old_weights(net: cn.Network, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    cn.save_weights(net, path)
    script = (
        "import sys, connectionist as cn; task = cn.task('xor'); net = task.network(seed=5)\n"
        "try: cn.save_weights(net, sys.argv[1])\n"
        "except cn.errors.FileError as error: sys.exit(str(error))"
    )
    words = [sys.executable, "-c", script, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, preexec_fn=limit_files(500))
    assert done.stderr == f"weights file '{path}' cannot be written (File too large)\n"
    before = net.weight_values.tolist()
    net.randomize(0.5, seed=9)
    cn.load_weights(net, path)
    assert net.weight_values.tolist() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture(params=[8, 20, 200])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file system of some KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    words = [str(mount), "-t", "tmpfs", "-o", f"size={request.param}k", "tmpfs", str(folder)]
    if mount is None or os.name == "nt" or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this user cannot mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, own_registry: None, capfd: pytest.CaptureFixture[str]) -> None:
    folder = small_disk / "run"
    status = main([*SHORT, "--seed", "1", "--out", str(folder)])
    printed, messages = capfd.readouterr()
    check_failed_run(folder, status, printed, messages)
    assert "No space left on device" in messages


def check_failed_run(folder: Path, status: int, printed: str, messages: str) -> None:
    """Check a run that could not write all its files: its report is printed, and what it says is written is there."""
    assert status == 2
    assert "Traceback" not in messages
    trained = "Measured" in printed or "epochs" in printed
    if (folder / "run.json").exists():
        assert trained
        assert f"Written to {folder}\n" in printed
        assert len(cn.read_run(folder).log) == 3
    else:
        assert "Written to" not in printed
        with pytest.raises(FileError, match=r"there is no such folder|has no run.json"):
            cn.read_run(folder)
    assert not [path for path in folder.rglob("*") if path.name == LOCK_NAME or path.suffix == ".tmp"]
