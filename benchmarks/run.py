"""Compare the time per epoch with PyTorch, JAX and C: medians of interleaved repeats, one thread, float64.

usage: python benchmarks/run.py [--repeats N] [--write]

All columns need the dependency group "peers" (torch, jax) and gcc. Missing programs are left out. The errors after the same number of
epochs from the same weights must agree, or the run stops. A row whose processor time is spread over more threads than the workload has is
rejected, with a sentence. --write writes the table into benchmarks/README.md. --quick measures two workloads with few epochs.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import growth
from peers import Answer, available
from sparse import FORMS, Sparse, in_torch, ours
from workers import Worker, interleaved, whole_number
from workloads import WORKLOADS, Workload

LEAST = 3  # epochs per repeat
EPOCH_DIVISORS = {"PyTorch": 20}  # slow peers run fewer epochs
GOALS = {  # smallest ratios to PyTorch and JAX, largest ratio to C
    "symmetry 6-2-1, 64 cases, each epoch": {"PyTorch": 250.0, "JAX": 4.0, "C": 1.5},
    "family-trees, 100 cases, each epoch": {"PyTorch": 15.0, "JAX": 1.5, "C": 1.5},
    "family-trees, 100 cases, each case": {"PyTorch": 100.0, "JAX": 1.0, "C": 1.5},
    "105-100-61, 3,000 cases, each epoch": {"PyTorch": 1.0, "JAX": 1.0, "C": 1.5},
    "105-100-61, 3,000 cases, each case": {"PyTorch": 1.0, "JAX": 1.0, "C": 1.5},
    "784-500-500-10, 10,000 cases, each 100": {"PyTorch": 0.95},
    "784-500-500-10, 10,000 cases, each 100, 2 threads": {"PyTorch": 0.95},
    "random sparse, 10,000 units, 209,000 connections, 256 cases": {"PyTorch": 5.0},
}
AT_MOST = {"C": "× of C", "µs per tick": " µs per tick"}  # goals that are largest values, with their units


def measure(workload: Workload, repeats: int, worker: Worker) -> tuple[dict[str, float], list[str]]:
    """Return the median seconds per epoch of each peer, and a sentence for each peer that was rejected."""

    def calls(count: Callable[[str], int]) -> Mapping[str, Callable[[], Answer]]:
        return {name: partial(worker.call, train, workload, count(name)) for name, train in available(workload).items()}

    epochs = max(1, workload.epochs // max(EPOCH_DIVISORS.values()))
    _check_agreement(workload.name, interleaved(calls(lambda _: epochs), 1)[0])
    answers, rejected = interleaved(calls(lambda name: max(LEAST, workload.epochs // EPOCH_DIVISORS.get(name, 1))), repeats)
    times = {name: median(seconds for seconds, _ in of_name) for name, of_name in answers.items()}
    return times, [f"{workload.name}: {sentence}" for sentence in rejected]


def _check_agreement(name: str, answers: Mapping[str, Sequence[Answer]]) -> None:
    errors = {peer: error for peer, ((_, error),) in answers.items()}
    for peer, error in errors.items():
        if abs(error - errors["connectionist"]) > 1e-6 * abs(error):
            raise SystemExit(f"{name}: the error of {peer} differs from that of connectionist: {errors}")


def row(workload: Workload, times: dict[str, float]) -> str:
    """Return one row of the table."""
    cells = [workload.name, *(f"{1e6 * times[name]:.4g}" if name in times else "–" for name in ("connectionist", "PyTorch", "JAX", "C"))]
    own = times["connectionist"]
    ratios: dict[str, float] = {name: times[name] / own for name in ("PyTorch", "JAX") if name in times}
    ratios |= {"C": own / times["C"]} if "C" in times else {}
    return f"| {' | '.join([*cells, ratio_cell(ratios), goal_cell(GOALS[workload.name], ratios)])} |"


def ratio_cell(ratios: Mapping[str, float]) -> str:
    """Return the ratios as one cell of a table."""
    return ", ".join(f"{ratio:.3g}{AT_MOST.get(name, f'× {name}')}" for name, ratio in ratios.items())


def goal_cell(goals: Mapping[str, float], ratios: Mapping[str, float]) -> str:
    """Return the goals as one cell of a table, and say which ratios miss them."""

    def is_missed(name: str) -> bool:
        return name in ratios and (ratios[name] > goals[name] if name in AT_MOST else ratios[name] < goals[name])

    return ", ".join(
        f"{goal:g}{AT_MOST.get(name, f'× {name}')}{' (**missed**)' if is_missed(name) else ''}" for name, goal in goals.items()
    )


def sparse_row(repeats: int, worker: Worker) -> tuple[str, list[str]]:
    """Return the row of the random sparse network, and a sentence for each form that was rejected."""
    network = Sparse()
    forms = FORMS if find_spec("torch") else ()

    def calls(own_epochs: int, epochs: int) -> Mapping[str, Callable[[], Answer]]:
        own = {"connectionist": partial(worker.call, ours, network, own_epochs)}
        return own | {form: partial(worker.call, in_torch, network, form, epochs) for form in forms}

    _check_agreement("random sparse network", interleaved(calls(3, 3), 1)[0])
    answers, rejected = interleaved(calls(20, 2), repeats)
    times = {form: median(seconds for seconds, _ in of_form) for form, of_form in answers.items()}
    own = times.pop("connectionist")
    best = min(times, key=lambda form: times[form], default="")
    torch = f"{1e6 * times[best]:.4g} ({best})" if best else "–"
    ratios = {"PyTorch": times[best] / own} if best else {}
    name = "random sparse, 10,000 units, 209,000 connections, 256 cases"
    line = f"| {name} | {1e6 * own:.4g} | {torch} | – | – | {ratio_cell(ratios)} | {goal_cell(GOALS[name], ratios)} |"
    return line, [f"{name}: {each}" for each in rejected]


def machine() -> str:
    """Return the processor, the system and the versions."""
    from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "?")
    versions = [f"{name} {version(name)}" for name in ("numpy", "llvmlite", "torch", "jax") if find_spec(name)]
    processor = f"{model} ({os.cpu_count()} cores, vectors of {VECTOR_BYTES} bytes)"
    return f"{processor}, {platform.system()}, Python {platform.python_version()}, {', '.join(versions)}"


def put_into_page(name: str, text: str) -> None:
    """Write a text into README.md between the marker with this name and the next end marker."""
    page = Path(__file__).with_name("README.md")
    head, _, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, _, tail = rest.partition("<!-- end -->\n")
    page.write_text(f"{head}<!-- {name} -->\n{text}<!-- end -->\n{tail}", encoding="utf-8")


HEAD = """| workload | connectionist, µs per epoch | PyTorch | JAX | C | ratios | goal |
| --- | --- | --- | --- | --- | --- | --- |"""


def main() -> None:
    """Measure and print the tables; write them into the page with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=whole_number, default=7)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    rows, sentences = [], []
    with Worker(1) as one, Worker(2) as two:
        for workload in [replace(each, epochs=each.epochs // 100) for each in WORKLOADS[:2]] if given.quick else WORKLOADS:
            times, rejected = measure(workload, given.repeats, one if workload.threads == 1 else two)
            rows.append(row(workload, times))
            sentences += rejected
            print(rows[-1], *rejected, sep="\n", file=sys.stderr)
        if not given.quick:
            sparse, rejected = sparse_row(given.repeats, one)
            rows += [sparse, "", one.call(growth.tables)]
            sentences += rejected
    table = "\n".join([HEAD, *rows])
    print(table, *sentences, sep="\n\n")
    if given.write:
        measured = f"Measured on {machine()}. Medians of {given.repeats} interleaved repeats; for growth, the best of five."
        put_into_page("table", "\n\n".join([measured, table, *sentences]) + "\n")


if __name__ == "__main__":
    main()
