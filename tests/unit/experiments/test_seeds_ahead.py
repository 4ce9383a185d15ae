"""Several seeds of a command in several processes: the same output and folders as in one."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.experiments import seeds_ahead
from connectionist.experiments.study.work import Work

FRAGILE = """
    import connectionist as cn
    from connectionist_tasks.xor import Xor

    class Fragile(Xor):
        name = "fragile"

        def findings(self, network, run):
            if run.seed == 5:
                raise ValueError("no findings")
            return super().findings(network, run)

        def network(self, seed):
            if seed == 6:
                raise ValueError("no network")
            return super().network(seed)

    @cn.hookimpl
    def tasks():
        return [Fragile]
    """


class Processes(ThreadPoolExecutor):
    """Threads in place of worker processes, which count the calls."""

    calls = 0

    def submit(self, *arguments: Any, **options: Any) -> Any:
        Processes.calls += 1
        return super().submit(*arguments, **options)


@pytest.fixture
def run(
    capfd: pytest.CaptureFixture[str],
    own_registry: None,
    blank_images: None,
    monkeypatch: pytest.MonkeyPatch,
    plugin_file: Callable[[str, str], Path],
) -> Callable[..., Any]:
    folder = plugin_file("fragile.py", FRAGILE)
    monkeypatch.setattr(seeds_ahead, "WorkerProcesses", Processes)

    def call(processors: int, *words: Any) -> tuple[int, Any, str]:
        monkeypatch.setattr(seeds_ahead, "processors", lambda: processors)
        monkeypatch.setattr(seeds_ahead, "PARALLEL_FROM", 0.0)
        Processes.calls = 0
        status = main(["--plugins-dir", str(folder), "run", *map(str, words)])
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return call


def without_times(report: Any) -> Any:
    if isinstance(report, dict):
        return {key: without_times(value) for key, value in report.items() if key != "seconds"}
    return [without_times(each) for each in report] if isinstance(report, list) else report


def test_the_output_and_the_folders_are_those_of_one_process(run: Callable[..., Any], tmp_path: Path) -> None:
    words = ["fragile", "--seeds", "1-9", "--epochs", "30", "--json", "--out"]
    alone = run(1, *words, tmp_path / "alone")
    assert Processes.calls == 0
    ahead = run(2, *words, tmp_path / "ahead")
    assert Processes.calls >= 6
    assert ahead[0] == alone[0] == 1
    assert without_times(json.loads(ahead[1])) == without_times(json.loads(alone[1]))
    assert "seed 5: plugin 'fragile'" in alone[2]
    assert [line.replace("/ahead", "/alone") for line in ahead[2].splitlines()] == alone[2].splitlines()
    for seed in (2, 5, 9):
        one, other = (cn.read_run(tmp_path / name / f"seed-{seed}") for name in ("alone", "ahead"))
        assert one.network.weight_values.tolist() == other.network.weight_values.tolist()
        assert one.log.equals(other.log)
    names = [sorted(path.name for path in (tmp_path / name).iterdir()) for name in ("alone", "ahead")]
    assert names[0] == names[1]


def test_an_interruption_keeps_what_other_processes_have_finished(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    real = seeds_ahead.run_seed

    def interrupted(packed: Any, seed: int) -> Any:
        if seed == 4:
            raise KeyboardInterrupt
        return real(packed, seed)

    monkeypatch.setattr(seeds_ahead, "run_seed", interrupted)
    status, out, _ = run(2, "xor", "--seeds", "1-9", "--epochs", "5", "--json")
    assert status == 130
    assert json.loads(out)["seeds"][:3] == [1, 2, 3]
    assert 4 not in json.loads(out)["seeds"]


@pytest.mark.parametrize(("later", "starts"), [(0.01, False), (0.2, True)])
def test_a_first_run_that_takes_longer_starts_no_workers(later: float, starts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    Processes.calls = 0
    monkeypatch.setattr(seeds_ahead, "processors", lambda: 2)
    monkeypatch.setattr(seeds_ahead, "monotonic", lambda: now[0])
    monkeypatch.setattr(seeds_ahead, "WorkerProcesses", Processes)
    monkeypatch.setattr(seeds_ahead, "run_seed", lambda packed, seed: None)
    with seeds_ahead.SeedsAhead(Work("xor", {}, {}), range(1, 51)) as ahead:
        for seed in range(1, 6):
            ahead.take(seed)
            now[0] += 3.0 if seed == 1 else later
    assert bool(Processes.calls) is starts
