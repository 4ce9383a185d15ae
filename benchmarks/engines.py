"""Compare the speed of the compiled engine with that of the local engine, in one process.

usage: python benchmarks/engines.py [--repeats N]

For each workload, both engines train the same network from the same weights, in turn. The table has the median times per epoch. If the
errors do not agree, the script stops with a message.
"""

from __future__ import annotations

import argparse
import os
from statistics import median
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import connectionist as cn  # noqa: E402  (the threads are pinned first)

WORKLOADS: dict[str, tuple[str, str | int, dict[str, int]]] = {
    "symmetry, change after each epoch": ("symmetry", "epoch", {"local": 5, "compiled": 20_000}),
    "symmetry, change after each case": ("symmetry", 1, {"local": 5, "compiled": 2_000}),
    "family-trees, change after each epoch": ("family-trees", "epoch", {"local": 2, "compiled": 1_000}),
    "family-trees, change after each case": ("family-trees", 1, {"local": 2, "compiled": 200}),
    "boltzmann-encoder, change after each epoch": ("boltzmann-encoder", "epoch", {"local": 5, "compiled": 1_000}),
    "boltzmann-shifter, random units": ("boltzmann-shifter", 20, {"local": 2, "compiled": 10}),
}
OPTIONS: dict[str, dict[str, Any]] = {"boltzmann-shifter": {"stochastic": True}}  # of tasks


def seconds_per_epoch(task: str, update_after: str | int, engine: str, epochs: int) -> tuple[float, float]:
    """Train from the same weights, and return the seconds per epoch and the error of the first epoch."""
    made = cn.task(task, **OPTIONS.get(task, {}))
    run = cn.train(
        made.network(seed=1),
        made.training_examples,
        rule=cn.rule("momentum", rate=0.005, momentum=0.5),
        epochs=epochs,
        update_after=update_after,
        order=made.phases[0].order,
        procedure=made.phases[0].procedure,
        engine=engine,
    )
    return run.seconds / run.epochs, run.errors[1]


def measure(task: str, update_after: str | int, epochs: dict[str, int], repeats: int) -> dict[str, float]:
    """Return the median seconds per epoch of each engine."""
    times: dict[str, list[float]] = {engine: [] for engine in epochs}
    for _ in range(repeats + 1):
        errors = {}
        for engine, count in epochs.items():
            seconds, errors[engine] = seconds_per_epoch(task, update_after, engine, count)
            times[engine].append(seconds)
        if abs(errors["local"] - errors["compiled"]) > 1e-9 * errors["local"]:
            raise SystemExit(f"the engines disagree on {task}: {errors}")
    return {engine: median(seconds[1:]) for engine, seconds in times.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    print(f"{'workload':44} {'local, µs':>12} {'compiled, µs':>14} {'ratio':>8}")
    for name, (task, update_after, epochs) in WORKLOADS.items():
        times = measure(task, update_after, epochs, repeats)
        ratio = times["local"] / times["compiled"]
        print(f"{name:44} {1e6 * times['local']:12.0f} {1e6 * times['compiled']:14.2f} {ratio:8.0f}")


if __name__ == "__main__":
    main()
