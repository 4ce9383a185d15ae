"""A study that is killed at any moment, at any system call or by any number of workers, and resumed: it equals an undisturbed one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.errors import FileError
from connectionist.experiments.study import parts, scheduler, store
from connectionist.utils.temporary_files import is_running

PROGRAM = Path(__file__).with_name("study_program.py")
MOST_CALLS = 400
MODES = ["error", "short", "part", "interrupt", "kill", "kill after", "power", "cache"]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module `study_program`, which worker processes can import."""
    monkeypatch.syspath_prepend(str(PROGRAM.parent))
    import study_program  # type: ignore[import-not-found]

    return study_program


def check_same(study: Any, other: Any) -> None:
    assert_frame_equal(study.table.drop(columns="seconds"), other.table.drop(columns="seconds"), check_exact=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("attempts", [1, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
def test_a_study_that_is_killed_at_random_moments_goes_on(tmp_path: Path, program: Any, attempts: int) -> None:
    undisturbed = cn.Study(program.simulate, seeds=program.SEEDS, vary={"x": [1.0, 2.0]}).run(workers=1)
    generator = random.Random(16)
    total = len(undisturbed.table)
    partly = 0
    for attempt in range(attempts):
        folder, pids = tmp_path / str(attempt), tmp_path / f"pids-{attempt}"
        pids.mkdir()
        for workers in (2, 1) if attempts > 1 else (2,):
            process = subprocess.Popen([sys.executable, PROGRAM, folder, str(workers)], env={**os.environ, "PIDS": str(pids)})
            wait_for_files(pids if generator.random() < 0.2 else folder / "parts", process)
            time.sleep(generator.uniform(0.0, 0.3))
            victims = [process.pid, *(int(path.name) for path in pids.iterdir())] if generator.random() < 0.3 else [process.pid]
            kill(generator.choice(victims))
            if victims == [process.pid]:
                process.wait(timeout=60)
            else:
                process.kill()
                process.wait(timeout=60)
            check_ended(pids)
            partly += 0 < count_done(folder) < total
        resumed = cn.Study(program.simulate, seeds=program.SEEDS, vary={"x": [1.0, 2.0]}).run(folder, workers=1)
        check_same(resumed, undisturbed)
        check_same(cn.read_study(folder), undisturbed)
    assert partly or attempts == 1


def count_done(folder: Path) -> int:
    """Return the number of runs in a folder."""
    return len(cn.read_study(folder).table) if (folder / "study.json").exists() else 0


def wait_for_files(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a folder has files: a run has begun, or its results are kept."""
    end = time.monotonic() + 60
    while not (folder.exists() and any(folder.iterdir())) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)


def kill(pid: int) -> None:
    """Kill a process, if it still runs."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def check_ended(pids: Path) -> None:
    """Check that no worker outlives its study, and forget the processes."""
    end = time.monotonic() + 30
    for path in list(pids.iterdir()):
        while is_running(int(path.name)) and time.monotonic() < end:
            time.sleep(0.01)
        assert not is_running(int(path.name))
        path.unlink()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("step", [41, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])])
def test_whatever_system_call_fails_the_study_goes_on(
    tmp_path: Path, program: Any, faults: ModuleType, monkeypatch: pytest.MonkeyPatch, mode: str, step: int
) -> None:
    monkeypatch.setattr(parts, "MOST_OF_A_LEVEL", 2)
    monkeypatch.setattr(store, "SECONDS_BETWEEN_PARTS", 0.0)
    monkeypatch.setattr(scheduler, "SECONDS_OF_CHUNK", 0.0)

    def study() -> cn.Study:
        return cn.Study(program.simulate, seeds=range(2), vary={"x": [1.0, 2.0]})

    undisturbed = study().run(workers=1)
    for at in range(MODES.index(mode) % step, MOST_CALLS, step):
        folder = tmp_path / str(at)
        raised: BaseException | None = None
        with faults.faulty(at, mode) as layer:
            try:
                study().run(folder, workers=1)
            except (FileError, KeyboardInterrupt) as error:
                raised = error
        if isinstance(raised, FileError):
            assert "cannot be written (" in str(raised)
        done = count_done(folder)
        again = study().run(folder, workers=1)
        check_same(again, undisturbed)
        assert len(cn.read_study(folder).table) == 4 >= done
        if not layer.happened:
            assert at > 40
            return
    raise AssertionError(f"more than {MOST_CALLS} calls")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_two_and_eight_workers_have_the_bits_of_none(tmp_path: Path) -> None:
    def study() -> cn.Study:
        return cn.Study("xor", seeds=range(300), vary={"rate": [0.1, 0.5], "update_after": ["epoch", 1]}, parameters={"epochs": 500})

    alone = study().run(workers=1)
    for workers in (2, 8):
        made = study().run(tmp_path / str(workers), workers=workers)
        check_same(made, alone)
        assert_frame_equal(made.cases, alone.cases, check_exact=True)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the memory of the process from /proc")
def test_a_hundred_thousand_runs(tmp_path: Path) -> None:
    runs = 100_000
    memory: list[int] = []

    def note(state: Any) -> None:
        if state.done > (len(memory) + 1) * runs / 10:
            memory.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))

    before = time.process_time()
    cn.Study("xor", seeds=range(runs), cases=False).run(tmp_path, workers=2, progress=note)
    assert (time.process_time() - before) / runs < 0.001
    assert max(memory) - memory[0] < 50e6
    start = time.process_time()
    assert len(cn.read_study(tmp_path).table) == runs
    assert time.process_time() - start < 1
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) < 100e6
