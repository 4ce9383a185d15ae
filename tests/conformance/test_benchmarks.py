"""The benchmarks: threads are checked, missed goals are said, and each command runs."""

from __future__ import annotations

import importlib
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
Import = Callable[[str], Any]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Import]:
    """Import a module of the folder of benchmarks. Its temporary folders are in `tmp_path`: a worker of pytest ends without `atexit`."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


TIMED = """
import sys, threading, time
import workers

def compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass

with workers.timed() as times:
    others = [threading.Thread(target=compute, args=(0.1,)) for _ in range(int(sys.argv[1]) - 1)]
    for each in others:
        each.start()
    compute(0.1)
    for each in others:
        each.join()
assert 0.1 <= times.processor <= 1.1 * times.wall
"""


def timed_in_a_process(threads: int, allowed: int) -> str:
    """Return what a new process prints that times some threads. Threads of earlier tests do not work in it."""
    environment = os.environ | {"NPROC": str(allowed), "PYTHONPATH": str(BENCHMARKS)}
    command = [sys.executable, "-c", TIMED, str(threads)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the times of threads from /proc")
def test_two_threads_are_rejected_where_one_is_allowed() -> None:
    assert timed_in_a_process(1, allowed=1) == ""
    assert timed_in_a_process(2, allowed=2) == ""
    found = timed_in_a_process(2, allowed=1)
    assert re.search(r"workers\.SpreadError: .* is \d\.?\d* times that of its busiest thread, more than 1\.15\n$", found), found


@pytest.mark.parametrize(
    ("wall", "of_threads", "is_spread"), [(1.0, [1.1], False), (0.9, [1.1], True), (2.0, [0.6, 0.5], True), (2.0, [], False)]
)
def test_the_spread(module: Import, monkeypatch: pytest.MonkeyPatch, wall: float, of_threads: list[float], is_spread: bool) -> None:
    workers = module("workers")
    monkeypatch.setenv("NPROC", "1")
    times = workers.Times()
    times.wall, times.processor = wall, 1.1
    if is_spread:
        with pytest.raises(workers.SpreadError):
            workers.check_spread(times, of_threads)
    else:
        workers.check_spread(times, of_threads)


def test_a_worker_calls_functions_with_its_number_of_threads(module: Import) -> None:
    workers = module("workers")
    with workers.Worker(2) as worker:
        assert worker.call(os.getenv, "NPROC") == worker.call(os.getenv, "OPENBLAS_NUM_THREADS") == "2"
        with pytest.raises(ValueError, match="math domain"):
            worker.call(math.sqrt, -1.0)
        assert worker.call(math.sqrt, 4.0) == 2.0
        with pytest.raises(SystemExit, match="the process of _exit ended with status 3"):
            worker.call(os._exit, 3)


def test_one_thread_has_one_processor_at_most(module: Import) -> None:
    workers = module("workers")
    with workers.Worker(1) as worker:  # in which no threads of earlier tests work
        assert 0.0 < worker.call(workers.free_processors, 1) < 1.2


def test_calls_are_interleaved_and_a_spread_row_is_rejected(module: Import) -> None:
    workers, called = module("workers"), []

    def call(name: str) -> int:
        called.append(name)
        if name == "spread":
            raise workers.SpreadError("its processor time is spread")
        return len(called)

    with pytest.raises(SystemExit, match="the run has ended: in spread, its processor time is spread"):
        workers.interleaved({"spread": lambda: call("spread")}, 1)
    called.clear()
    answers, rejected = workers.interleaved({("peer", name): lambda name=name: call(name) for name in ("one", "spread", "two")}, 2)
    assert called == ["one", "spread", "two", "one", "two"]
    assert answers == {("peer", "one"): [1, 4], ("peer", "two"): [3, 5]}
    assert rejected == ["peer, spread is rejected, because its processor time is spread."]


def test_tables_say_which_goals_are_missed(module: Import) -> None:
    cell = module("run").goal_cell({"PyTorch": 5.0, "JAX": 2.0, "C": 1.5}, {"PyTorch": 5.1, "JAX": 1.9, "C": 1.6})
    assert cell == "5× PyTorch, 2× JAX (**missed**), 1.5× of C (**missed**)"
    assert module("run").goal_cell({"JAX": 2.0}, {}) == "2× JAX"
    start = module("start")
    assert start.row(start.AGAIN, [start.Seconds(9.0, 1.5)]).endswith("| at most 1.4 s: **missed** |")
    assert start.row(start.AGAIN, [start.Seconds(9.0, 1.3)]).endswith("| at most 1.4 s: reached |")


def test_the_table_of_goals_of_populations(module: Import) -> None:
    many = module("many")
    name = "symmetry 6-2-1, each epoch"
    tasks = {f"{task}, {count:,} networks" for task, counts in many.TASKS.items() for count in counts}
    assert many.GOALS.keys() | many.FEW_GOALS.keys() == {each.name for each in many.MANY} | tasks
    report = many.Report([], [], [], [], {name: {many.OLD: 1.9, "one thread": 1.7}}, [], True)
    _, _, *rows = many.goal_table(report)
    assert [row.split(" | ")[2:] for row in rows] == [
        ["1.9", "1.8", "reached |"],
        ["–", "1.5", "not measured |"],
        ["1.7", "1.8", "**missed** |"],
    ]


def test_only_quiet_rounds_count(module: Import) -> None:
    workers, called = module("workers"), list[str]()

    def call(name: str) -> int:
        called.append(name)
        return len(called)

    calls = {name: partial(call, name) for name in ("one", "two")}
    processors = iter([2.0, 1.8, 1.8, 2.0, 2.0, 2.0, 1.9, 1.9, 2.0, 2.0])
    assert workers.quiet_rounds(calls, 2, 9, lambda: next(processors)) == ([{"one": 5, "two": 6}, {"two": 7, "one": 8}], 4)
    assert called == ["one", "two", "two", "one"] * 2
    assert workers.quiet_rounds(calls, 2, 3, lambda: 1.8) == ([], 3)


def test_weights_that_differ_stop_the_run(module: Import) -> None:
    many, values = module("many"), np.zeros((2, 3))
    many._check_agreement("xor", {(many.OURS, ""): values, ("C", "1"): values[:1] + 1e-10})
    with pytest.raises(SystemExit, match=r"xor: the weights of C \(1\) differ from those of cn.train_many by 2e-09"):
        many._check_agreement("xor", {(many.OURS, ""): values, ("C", "1"): values[:1] + 2e-9})


def test_processes_are_timed(module: Import) -> None:
    start = module("start")
    seconds = start.seconds_of([[sys.executable, "-S", "-c", "sum(range(1000000))"]] * 2)
    assert min(seconds) > 0.0
    with pytest.raises(SystemExit, match="ended with status 1:\nno"):
        start.seconds_of([[sys.executable, "-S", "-c", "raise SystemExit('no')"]])
    assert "json" in start.import_times([sys.executable, "-S", "-c", "import json"])


@pytest.mark.skipif(which("gcc") is None, reason="needs gcc")
@pytest.mark.parametrize("name", ["xor", "family trees, each case", "SRN"])
def test_the_program_in_c_trains_as_this_project_does(module: Import, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NPROC", "2")  # other tests may have threads
    peers = module("many_peers")
    many = next(each for each in module("many_workloads").MANY if each.name.startswith(name))
    own = peers.together(many, 8, 3, 1).values
    np.testing.assert_allclose(peers.in_c(many, 8, 3, 8).values, own, rtol=0, atol=1e-9)
    assert np.abs(own - many.values(8)).max() > 1e-4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["many.py", "--old", "no-python"], "argument --old: must be a program that can be run (got 'no-python')"),
        (["many.py", "--populations", "8", "0"], "argument --populations: must be a whole number of at least 1 (got '0')"),
        (
            ["many.py", "--workloads", "xor", "none"],
            "argument --workloads: must be a part of one of the names xor 2-2-1, each epoch, symmetry",
        ),
        (["start.py", "--python", "no-python"], "argument --python: must be a program that can be run (got 'no-python')"),
        (["rules_by_task.py", "--minutes-of", "foo"], "argument --minutes-of: must be TASK=M, such as xor=5 (got 'foo')"),
        (["rules_by_task.py", "--minutes-of", "foo=3"], "argument --minutes-of: must be one of the tasks "),
        (["rules_by_task.py", "--minutes-of", "xor=5", "xor=x"], "argument --minutes-of: must be a number above 0 (got 'x')"),
        (
            ["rules_by_task.py", "--tasks", "xor", "--minutes-of", "symmetry=3"],
            "argument --minutes-of: must be of the tasks that are compared, xor (got 'symmetry')",
        ),
        (["rules_by_task.py", "--minutes", "0"], "argument --minutes: must be a number above 0 (got '0')"),
        (["rules_by_task.py", "--tasks", "xor,foo"], "argument --tasks: must be one of the tasks "),
        (["rules_by_task.py", "--rates", "1,nan"], "argument --rates: must be a number above 0 (got 'nan')"),
        (["rules_by_task.py", "--seeds", "3-1"], "argument --seeds: must be A-B, two whole numbers from 0"),
        (["rules_by_task.py", "--epochs", "0"], "argument --epochs: must be a whole number of at least 1 (got '0')"),
    ],
)
def test_an_argument_that_is_not_allowed_ends_with_status_2(
    module: Import, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        module(arguments[0].removesuffix(".py")).main()
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run.py", "in_time.py", "many.py", "start.py", "studies.py"])
def test_a_benchmark_runs(command: str) -> None:
    arguments = [] if command == "start.py" else ["--repeats", "1"]
    done = subprocess.run([sys.executable, BENCHMARKS / command, "--quick", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| --- |" in done.stdout
    if command == "many.py":
        for name, program in (("PyTorch", "torch"), ("JAX", "jax")):
            assert (f"{name} is left out, because it is not installed." in done.stdout) == (importlib.util.find_spec(program) is None)


def test_the_benchmark_of_the_last_networks(module: Import, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    last_networks = module("last_networks")
    monkeypatch.setattr(last_networks, "ROWS", [last_networks.Row((24, 12, 24), 64, 64), last_networks.Row((24, 12, 24), 64, 64, 0.1)])
    monkeypatch.setattr(last_networks.remaining, "most_to_take_out", last_networks.remaining.most_to_take_out)  # restored afterwards
    last_networks.main(1)
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[0] for row in rows] == ["| 24-12-24", "| 24-12-24, 10% of the connections"]
    assert all(float(row[2]) > 1 and 1 <= int(row[3].rstrip(" |")) <= last_networks.LANES for row in rows)


@pytest.mark.slow
def test_the_benchmark_of_example_files_has_a_row_for_each_form() -> None:
    command = [sys.executable, str(BENCHMARKS / "example_files.py"), "sparse", "events", "--megabytes", "1", "--repeats", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-6:-4] == ["| form | MB/s | `float` of each word, MB/s | goal: 20 MB/s |", "| --- | --- | --- | --- |"]
    assert "| MikeNet, sparse |" in done.stdout.splitlines()[-1]
