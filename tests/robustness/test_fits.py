"""A fit that is killed at any moment, or at any system call, and resumed: it equals an undisturbed one, and no finished run is repeated."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.errors import FileError

pytest.importorskip("optuna")
PROGRAM = Path(__file__).with_name("fit_program.py")
MODES = ["error", "short", "part", "interrupt", "kill", "kill after", "power", "cache"]
MOST_CALLS = 1000


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module `fit_program`, which worker processes can import."""
    monkeypatch.syspath_prepend(str(PROGRAM.parent))
    import fit_program  # type: ignore[import-not-found]

    return fit_program


def check_same(one: cn.Fit, other: cn.Fit) -> None:
    assert one.best == other.best
    assert_frame_equal(one.table, other.table, check_exact=True)
    assert_frame_equal(one.uncertainty, other.uncertainty, check_exact=True)


@pytest.mark.parametrize(
    ("attempts", "workers"), [(1, 1), *(pytest.param(20, n, marks=[pytest.mark.slow, pytest.mark.timeout(1200)]) for n in (1, 2))]
)
@pytest.mark.attack
def test_a_fit_that_is_killed_at_random_moments_goes_on(
    tmp_path: Path, program: Any, monkeypatch: pytest.MonkeyPatch, attempts: int, workers: int
) -> None:
    undisturbed = cn.fit(program.answers, program.DATA, **program.ARGUMENTS, workers=1)
    generator = random.Random(16 + workers)
    for attempt in range(attempts):
        folder, runs = tmp_path / str(attempt), tmp_path / f"runs-{attempt}"
        runs.mkdir()
        for _ in range(generator.randrange(1, 4) if attempts > 1 else 1):
            process = subprocess.Popen([sys.executable, PROGRAM, folder, str(workers)], env={**os.environ, "RUNS": str(runs)})
            wait_for_parts(folder, process)
            time.sleep(generator.uniform(0.0, 1.5 if attempts > 1 else 0.3))
            process.kill()
            process.wait(timeout=60)
            time.sleep(0.2)  # for its workers to end
        kept = set(zip(*(cn.read_study(folder / "runs").table[name] for name in ("seed", "slope", "size")), strict=True))
        made = len(list(runs.iterdir()))
        monkeypatch.setenv("RUNS", str(runs))
        check_same(cn.fit(program.answers, program.DATA, **program.ARGUMENTS, folder=folder, workers=1), undisturbed)
        monkeypatch.delenv("RUNS")
        different = undisturbed.table[["slope", "size"]].drop_duplicates()
        assert kept
        assert len(list(runs.iterdir())) - made == 4 * len(different) - len(kept)


def wait_for_parts(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a folder has runs."""
    end = time.monotonic() + 60
    while not [*folder.glob("runs/parts/runs-*")] and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", MODES)
def test_whatever_system_call_fails_the_fit_goes_on(tmp_path: Path, program: Any, faults: ModuleType, mode: str) -> None:
    arguments = {**program.ARGUMENTS, "trials": 5, "seeds": range(2)}

    def made(folder: Path | None) -> cn.Fit:
        return cn.fit(program.answers, program.DATA, **arguments, folder=folder, workers=1)

    undisturbed = made(None)
    for at in range(MODES.index(mode), MOST_CALLS, 7):
        folder = tmp_path / str(at)
        raised: BaseException | None = None
        with faults.faulty(at, mode) as layer:
            try:
                made(folder)
            except (FileError, KeyboardInterrupt) as error:
                raised = error
        assert not isinstance(raised, FileError) or "cannot be written (" in str(raised)
        assert made(folder).table.equals(undisturbed.table)
        if not layer.happened:
            assert at > 40
            return
    raise AssertionError(f"more than {MOST_CALLS} calls")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_and_eight_workers_have_the_bits_of_none(tmp_path: Path) -> None:
    def made(workers: int, folder: Path | None = None) -> cn.Fit:
        free = {"rate": (0.1, 2.0, "log"), "momentum": (0.0, 0.95)}
        return cn.fit("xor", {"correct": 0.9, "error": 0.1}, free=free, seeds=range(20), trials=40, workers=workers, folder=folder)

    alone = made(1)
    for workers in (2, 8):
        check_same(made(workers, tmp_path / str(workers)), alone)
