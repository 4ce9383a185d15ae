"""Compare studies with loops over `cn.run`, with `cn.run_seeds`, with the training alone by `cn.train_many`, and with JAX and PyTorch.

usage: python benchmarks/studies.py [--workloads NAME ...] [--repeats N] [--quick] [--write]

Each measurement is made in a new process, which makes one run of the task first. The time of workers of a study counts, from their start.
"Processor time" is that of all processes together. The overhead of a study is its processor time per run beyond that of `cn.train_many`,
which makes the same networks and trains them, and measures nothing, and beyond that of `cn.run_seeds`, which also makes the tasks'
measurements, one run after the other. JAX (jit and vmap, in parts of the best size) and PyTorch (one run per
call of joblib, with 1 and 2 processes) train only, without making the networks; see `studies_peers`. Of PyTorch, a few runs are timed.

--workloads takes parts of names. --quick makes a twentieth of the runs. --write writes the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from statistics import median
from typing import Any

import studies_peers
from run import machine, put_into_page
from workers import VARIABLES, whole_number

import connectionist as cn

LOOP, SEEDS, TRAINING = "loop over cn.run", "cn.run_seeds", "cn.train_many"
ONE, TWO, AUTOMATIC = "study, 1 worker", "study, 2 workers", "study"
JAX, JOBLIB, JOBLIB_TWO = "JAX", "PyTorch, joblib", "PyTorch, joblib, 2 processes"
MOST_DIFFERENT = 0.02  # fraction of the runs by which the numbers of runs that met the criterion may differ
Measured = tuple[float, float] | None
QUICK_DIVISOR = 20
LONG_SECONDS, LEAST_SPEED = 20.0, 1.8  # goal: two workers make runs that take longer this much faster
MISSED = " (**missed**)"


@dataclass(frozen=True)
class Workload:
    """Runs of a task.

    Attributes
    ----------
    task : str
    seeds : int
        Number of seeds.
    vary : dict of str to list
    """

    task: str
    seeds: int
    vary: Mapping[str, list[float]]

    @property
    def conditions(self) -> int:
        """Number of conditions."""
        count = 1
        for values in self.vary.values():
            count *= len(values)
        return count


WORKLOADS = {
    "xor, 2,000 seeds": Workload("xor", 2000, {}),
    "symmetry, 400 seeds": Workload("symmetry", 400, {}),
    "family trees, 40 seeds": Workload("family-trees", 40, {}),
    "xor, 3 × 3 conditions, 100 seeds": Workload("xor", 100, {"rate": [0.2, 0.5, 1.0], "momentum": [0.5, 0.8, 0.9]}),
}


def loop(workload: Workload) -> None:
    """Call `cn.run` for each run."""
    for parameters, seed in _runs(workload):
        cn.run(workload.task, seed=seed, parameters=parameters)


def run_seeds(workload: Workload) -> None:
    """Call `cn.run_seeds` for each condition."""
    for parameters in _conditions(workload):
        for _ in cn.run_seeds(workload.task, range(workload.seeds), parameters=parameters):
            pass


def training(workload: Workload) -> None:
    """Train the networks of each condition by `cn.train_many`, without any measurement."""
    for parameters in _conditions(workload):
        task = cn.task(workload.task, **parameters)
        examples = task.training_examples
        criterion: Any = task.criterion
        cn.train_many(task.network, examples, phases=task.phases, seeds=range(workload.seeds), until=criterion, tolerance=task.tolerance)


def in_study(workload: Workload, workers: int | None) -> None:
    """Make a study in a new folder."""
    study = cn.Study(workload.task, seeds=range(workload.seeds), vary=workload.vary or None, cases=False)
    with tempfile.TemporaryDirectory() as folder:
        study.run(folder, workers=workers)


FORMS: dict[str, Callable[[Workload], None]] = {
    LOOP: loop,
    SEEDS: run_seeds,
    TRAINING: training,
    ONE: partial(in_study, workers=1),
    TWO: partial(in_study, workers=2),
    AUTOMATIC: partial(in_study, workers=None),
}


def _conditions(workload: Workload) -> list[dict[str, Any]]:
    from connectionist.experiments.study.conditions import make_conditions

    return list(make_conditions(workload.vary, None).values)


def _runs(workload: Workload) -> list[tuple[dict[str, Any], int]]:
    return [(parameters, seed) for parameters in _conditions(workload) for seed in range(workload.seeds)]


def in_jax(workload: Workload) -> Measured:
    """Return the times of JAX with the best number of networks at a time; None without JAX, or for a network of another kind."""
    settings = _settings(workload, "jax")
    if settings is None:
        return None
    study = cn.Study(workload.task, seeds=range(workload.seeds), vary=workload.vary or None, cases=False).run(workers=1)
    met = int((study.table["stopped"] == "criterion").sum())
    answers = [studies_peers.in_jax(settings, part) for part in studies_peers.PARTS]
    for *_, learned in answers:
        if abs(learned - met) > max(1, MOST_DIFFERENT * len(study.table)):
            sys.exit(f"{workload.task}: in JAX {learned} runs met the criterion, in the study {met}")
    return min(answers)[:2]


def in_torch(workload: Workload, jobs: int) -> Measured:
    """Return the times of PyTorch by joblib; None without them, or for a network of another kind."""
    settings = _settings(workload, "torch", "joblib")
    return None if settings is None else studies_peers.in_torch(settings, jobs)[:2]


def _settings(workload: Workload, *modules: str) -> list[studies_peers.Setting] | None:
    if any(find_spec(module) is None for module in modules) or not studies_peers.has_setting(cn.task(workload.task)):
        return None
    return studies_peers.all_settings(workload.task, workload.seeds, _conditions(workload))


PEERS: dict[str, tuple[int, Callable[[Workload], Measured]]] = {  # with the number of threads
    JAX: (1, in_jax),
    JOBLIB: (1, partial(in_torch, jobs=1)),
    JOBLIB_TWO: (2, partial(in_torch, jobs=2)),
}


def measure_here(workload: Workload, form: str) -> Measured:
    """Return the wall time and the processor time of a form, in this process and its workers."""
    if form in PEERS:
        return PEERS[form][1](workload)
    cn.run(workload.task, epochs=2)
    start, before = time.perf_counter(), os.times()
    FORMS[form](workload)
    wall, after = time.perf_counter() - start, os.times()
    return wall, sum(after[:4]) - sum(before[:4])


def measure(name: str, form: str, seeds: int) -> Measured:
    """Return the same, measured in a new process."""
    environment = {**os.environ, **(dict.fromkeys(VARIABLES, str(PEERS[form][0])) if form in PEERS else {})}
    command = [sys.executable, __file__, "--one", name, form, str(seeds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    answer = json.loads(done.stdout)
    return None if answer is None else (answer[0], answer[1])


def row(name: str, workload: Workload, times: Mapping[str, Measured]) -> str:
    """Return a row of the table."""
    runs = workload.seeds * workload.conditions
    one, two, training_alone, by_seeds = times[ONE], times[TWO], times[TRAINING], times[SEEDS]
    assert one is not None
    assert two is not None
    assert training_alone is not None
    assert by_seeds is not None
    with_measurements, overhead = (1000 * (one[1] - other[1]) / runs for other in (training_alone, by_seeds))
    is_reached = overhead <= max(1.0, 0.05 * 1000 * training_alone[1] / runs)
    cells = ["–" if each is None else f"{each[0]:.3g} / {each[1]:.3g}" for each in times.values()]
    speed, takes_long = one[0] / two[0], one[0] > LONG_SECONDS
    has_missed = takes_long and speed < LEAST_SPEED
    shown = [f"{with_measurements:.2f}", f"{overhead:.2f}{'' if is_reached else MISSED}", f"{speed:.2f}×{MISSED if has_missed else ''}"]
    return f"| {' | '.join([name, *cells, *shown])} |"


def _median(times: Sequence[Measured]) -> Measured:
    measured = [each for each in times if each is not None]
    return (median(wall for wall, _ in measured), median(processor for _, processor in measured)) if measured else None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", nargs="+", default=[""], metavar="NAME")
    parser.add_argument("--repeats", type=whole_number, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        name, form, seeds = arguments.one
        workload = WORKLOADS[name]
        print(json.dumps(measure_here(Workload(workload.task, int(seeds), workload.vary), form)))
        return
    lines = [
        f"Measured on {machine()}. Medians of {arguments.repeats} interleaved repeats: wall time / processor time in seconds.",
        "",
        f"| runs | {' | '.join((*FORMS, *PEERS))} | ms per run beyond cn.train_many | beyond cn.run_seeds | 2 workers |",
        "| --- |" + " --- |" * (len(FORMS) + len(PEERS) + 3),
    ]
    for name, workload in WORKLOADS.items():
        if any(part in name for part in arguments.workloads):
            seeds = max(2, workload.seeds // QUICK_DIVISOR) if arguments.quick else workload.seeds
            times: dict[str, list[Measured]] = {form: [] for form in (*FORMS, *PEERS)}
            for _ in range(1 if arguments.quick else arguments.repeats):
                for form, found in times.items():
                    found.append(measure(name, form, seeds))
            medians = {form: _median(found) for form, found in times.items()}
            lines.append(row(name, Workload(workload.task, seeds, workload.vary), medians))
    print("\n".join(lines))
    if arguments.write:
        put_into_page("studies", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
