"""Compare studies with loops over `cn.run`, with `cn.run_seeds`, and with the training alone by `cn.train_many`.

usage: python benchmarks/studies.py [--workloads NAME ...] [--repeats N] [--quick] [--write]

Each measurement is made in a new process, which makes one run of the task first. The time of workers of a study counts, from their start.
"Processor time" is that of all processes together. The overhead of a study is its processor time per run beyond that of `cn.run_seeds`,
which makes and measures the same runs; both also have the time of the tasks' own measurements, which `cn.train_many` does not make.

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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from run import machine, put_into_page
from workers import whole_number

import connectionist as cn

LOOP, SEEDS, TRAINING = "loop over cn.run", "cn.run_seeds", "cn.train_many"
ONE, TWO, AUTOMATIC = "study, 1 worker", "study, 2 workers", "study"
QUICK_DIVISOR = 20


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
    study.run(tempfile.mkdtemp(), workers=workers)


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


def measure_here(workload: Workload, form: str) -> tuple[float, float]:
    """Return the wall time and the processor time of a form, in this process and its workers."""
    cn.run(workload.task, epochs=2)
    start, before = time.perf_counter(), os.times()
    FORMS[form](workload)
    wall, after = time.perf_counter() - start, os.times()
    return wall, sum(after[:4]) - sum(before[:4])


def measure(name: str, form: str, seeds: int) -> tuple[float, float]:
    """Return the same, measured in a new process."""
    done = subprocess.run([sys.executable, __file__, "--one", name, form, str(seeds)], capture_output=True, text=True, check=True)
    wall, processor = json.loads(done.stdout)
    return wall, processor


def row(name: str, workload: Workload, times: Mapping[str, tuple[float, float]]) -> str:
    """Return a row of the table."""
    runs = workload.seeds * workload.conditions
    overhead = 1000 * (times[ONE][1] - times[SEEDS][1]) / runs
    cells = [f"{wall:.3g} / {processor:.3g}" for wall, processor in times.values()]
    return f"| {name} | {' | '.join(cells)} | {overhead:.2f} | {times[ONE][0] / times[TWO][0]:.2f}× |"


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
        f"| runs | {' | '.join(FORMS)} | overhead, ms per run | 2 workers |",
        "| --- |" + " --- |" * (len(FORMS) + 2),
    ]
    for name, workload in WORKLOADS.items():
        if any(part in name for part in arguments.workloads):
            seeds = max(2, workload.seeds // QUICK_DIVISOR) if arguments.quick else workload.seeds
            times: dict[str, list[tuple[float, float]]] = {form: [] for form in FORMS}
            for _ in range(1 if arguments.quick else arguments.repeats):
                for form, found in times.items():
                    found.append(measure(name, form, seeds))
            medians = {form: (median(wall for wall, _ in found), median(cpu for _, cpu in found)) for form, found in times.items()}
            lines.append(row(name, Workload(workload.task, seeds, workload.vary), medians))
    print("\n".join(lines))
    if arguments.write:
        put_into_page("studies", "\n".join(lines))


if __name__ == "__main__":
    main()
