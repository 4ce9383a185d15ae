"""A study that is killed at any moment, at any system call or by any number of workers, and resumed: it equals an undisturbed one."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.errors import ConnectionistError, FileError
from connectionist.experiments.study import parts, scheduler, store
from connectionist.reporting.html.study_report import write_study_report
from connectionist.utils.temporary_files import is_running

PROGRAM = Path(__file__).with_name("study_program.py")
MOST_CALLS = 1000
MODES = ["error", "short", "part", "interrupt", "kill", "kill after", "power", "cache"]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module `study_program`, which worker processes can import."""
    monkeypatch.syspath_prepend(str(PROGRAM.parent))
    import study_program  # type: ignore[import-not-found]

    return study_program


def check_same(study: Any, other: Any) -> None:
    assert_frame_equal(study.table.drop(columns="seconds"), other.table.drop(columns="seconds"), check_exact=True)
    assert_frame_equal(study.curves, other.curves, check_exact=True)
    assert_frame_equal(study.cases, other.cases, check_exact=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("attempts", [1, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
@pytest.mark.attack
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
@pytest.mark.parametrize(
    ("step", "of_task"),
    [
        (41, False),
        pytest.param(1, False, marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
        pytest.param(5, True, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
)
@pytest.mark.attack
def test_whatever_system_call_fails_the_study_goes_on(
    tmp_path: Path, program: Any, faults: ModuleType, monkeypatch: pytest.MonkeyPatch, mode: str, step: int, of_task: bool
) -> None:
    monkeypatch.setattr(parts, "MOST_OF_A_LEVEL", 2)
    monkeypatch.setattr(store, "SECONDS_BETWEEN_PARTS", 0.0)
    monkeypatch.setattr(scheduler, "SECONDS_OF_CHUNK", 0.0)

    def study() -> cn.Study:
        if of_task:  # has cases, curves and recordings
            record = cn.Recorder("weight", of="hidden → output", every=1)
            return cn.Study("xor", seeds=range(2), vary={"rate": [0.1, 0.5]}, epochs=2, record=record)
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


def foreign_table(generator: random.Random) -> bytes:
    """Return a Parquet file that no study wrote."""
    runs = {"condition": [0], "seed": [0]}
    one = pa.array([[1.0, 2.0]], pa.list_(pa.float32()))
    texts = [b"[", b"[[1, 2]]", b'[[{"a": 1}, [0]]]', b'[[{"a": 1.5}, 0]]', b"{}", b"7", b"\xff", b"[[[1, 2], [3]]]"]
    metadata = {name: generator.choice(texts) for name in (b"connectionist published", b"connectionist columns")}
    tables = [
        pa.table({"a": [1, 2]}),
        pa.table({"condition": ["x"], "seed": [1]}),
        pa.table({"condition": [7, 0], "seed": [10**9, -3], "stopped": ["criterion", "x"]}),
        pa.table({**runs, "x": pa.array([{"a": 1}])}),
        pa.table({**runs, "epochs": [generator.choice([-3, 0, 1, 3, 10**15])], "errors": one}),
        pa.table({**runs, "epochs": [2], "errors": pa.array([[None, 1.0]], pa.list_(pa.float32()))}),
        pa.table({**runs, "epochs": [None], "errors": pa.array([None], pa.list_(pa.float32()))}),
        pa.table(runs).replace_schema_metadata(metadata),
    ]
    content = io.BytesIO()
    pq.write_table(generator.choice(tables), content)
    return content.getvalue()


def damage(path: Path, generator: random.Random, others: list[Path]) -> None:
    """Damage a file, or replace it."""
    content = bytearray(path.read_bytes())
    match generator.randrange(6):
        case 0:
            content = content[: generator.randrange(len(content))]
        case 1:
            for _ in range(generator.choice([1, 5, 50])):
                content[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
        case 2:
            content = bytearray(generator.randbytes(generator.choice([1, 1000])))
        case 3:
            content = bytearray(foreign_table(generator))
        case 4:
            content = bytearray(generator.choice(others).read_bytes())
        case 5:
            path.unlink()
            return path.mkdir()
    path.write_bytes(content)
    return None


def change_json(value: Any, generator: random.Random) -> None:
    """Replace or remove an entry of a JSON value, at any depth."""
    places = list(value) if isinstance(value, dict) else range(len(value))
    if not places:
        return
    place = generator.choice(places)
    if isinstance(value[place], (dict, list)) and generator.random() < 0.6:
        change_json(value[place], generator)
    elif isinstance(value, dict) and generator.random() < 0.2:
        del value[place]
    else:
        value[place] = generator.choice([None, 1, -1, "x", [], {}, 1e300, True, [[[]]], 10**30])


@pytest.mark.parametrize("attempts", [12, pytest.param(150, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
@pytest.mark.attack
def test_damaged_folders_have_errors_that_name_the_file_or_the_same_numbers(tmp_path: Path, attempts: int) -> None:
    def study() -> cn.Study:
        record = cn.Recorder("weight", of="hidden → output", every=10)
        return cn.Study("xor", seeds=range(3), vary={"rate": [0.1, 0.5]}, epochs=20, record=record)

    whole = tmp_path / "whole"
    undisturbed = study().run(whole, workers=1).table.drop(columns="seconds")

    def go_on(folder: Path) -> None:
        assert_frame_equal(study().run(folder, workers=1).table.drop(columns="seconds"), undisturbed, check_exact=True)

    files = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
    generator = random.Random(attempts)
    messages: list[str] = []
    for attempt in range(attempts):
        folder = tmp_path / str(attempt)
        shutil.copytree(whole, folder)
        path = folder / generator.choice(files)
        if attempt % 4:
            damage(path, generator, [folder / name for name in files])
        else:
            path = folder / "study.json"
            content = json.loads(path.read_text(encoding="utf-8"))
            change_json(content, generator)
            path.write_text(json.dumps(content), encoding="utf-8")
        for act in (read_all, write_study_report, go_on):
            try:
                act(folder)
            except ConnectionistError as error:
                messages.append(str(error).replace(str(folder), "FOLDER"))
        shutil.rmtree(folder)
    assert len(messages) > attempts / 4
    assert [message for message in messages if "\n" in message or "FOLDER" not in message] == []


def read_all(folder: Path) -> None:
    study = cn.read_study(folder)
    assert len(study.table) <= 6
    assert len(study.cases) <= 6 * 4
    assert len(study.curves) <= 6 * 20
    assert str(study)


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
