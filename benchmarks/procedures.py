"""Compare learning procedures and settling with PyTorch and JAX, and second-order rules with NumPy: medians of interleaved repeats.

usage: python benchmarks/procedures.py [--repeats N] [--write] [--quick]

All programs start from the same weights. Their results, weights after the same epochs or activations, must agree within 1e-9, or the run
stops. Missing programs are left out, with a sentence. JAX is measured in two forms of its loop over ticks, and the fastest counts. --write
writes the tables into benchmarks/README.md. --quick measures a few epochs, without comparing goals.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
import procedures_peers as peers
import procedures_settling as settling
from procedures_peers import Answer
from procedures_workloads import SETTLING, Settling
from run import machine, put_into_page
from workers import Worker, interleaved, whole_number
from workloads import WORKLOADS, Workload

TOLERANCE = 1e-9
CHECKED_EPOCHS = 3
LEAST = {"PyTorch": 5.0, "JAX": 1.0}  # smallest ratios
MOST = 2.0  # largest time of a second-order rule, in times of NumPy
SLOW_DIVISOR = 50  # PyTorch runs fewer epochs
SECOND_ORDER = {"gauss_newton": 3, "levenberg_marquardt": 5, "scaled_conjugate_gradient": 400}  # epochs per repeat
MISSED = " (**missed**)"
OURS = "connectionist"
CALLS = 800  # of interactive activation per repeat, of 100 ticks of one case

Form = tuple[str, str]  # program, and form


def settling_calls(workload: Settling, worker: Worker) -> dict[Form, Callable[[int], Answer]]:
    """Return the calls of all programs in all forms, each of a number of epochs."""
    found: dict[Form, Callable[[int], Answer]] = {(OURS, ""): partial(worker.call, peers.ours, workload)}
    if find_spec("torch"):
        found["PyTorch", ""] = partial(worker.call, peers.torch_eager, workload)
    for form in peers.FORMS if find_spec("jax") else ():
        found["JAX", form] = partial(worker.call, peers.jax_scan, workload, form)
    return found


def activation_calls(worker: Worker, *workload: Any) -> dict[Form, Callable[[int], Answer]]:
    """Return the calls of all programs in all forms that settle a row of `settling.ROWS`, each of a number of calls."""
    found: dict[Form, Callable[[int], Answer]] = {(OURS, ""): partial(worker.call, settling.ours, *workload)}
    if find_spec("torch"):
        found["PyTorch", ""] = partial(worker.call, settling.torch_eager, *workload)
    for form in peers.FORMS if find_spec("jax") else ():
        found["JAX", form] = partial(worker.call, settling.jax_scan, form, *workload)
    return found


def measure(name: str, calls: Mapping[Form, Callable[[int], Answer]], epochs: int, repeats: int) -> tuple[dict[str, float], list[str]]:
    """Return the median seconds per epoch of each program in its fastest form, and a sentence for each form that was rejected."""
    checked = {form: call(min(CHECKED_EPOCHS, epochs)) for form, call in calls.items()}
    own = checked[OURS, ""].result
    for form, answer in checked.items():
        difference = float(np.abs(answer.result - own).max())
        if not difference <= TOLERANCE:
            raise SystemExit(f"{name}: the results of {' '.join(form)} differ from those of {OURS} by {difference:.3g}")
    counts = {form: max(1, epochs // SLOW_DIVISOR) if form[0] == "PyTorch" else epochs for form in calls}
    answers, rejected = interleaved({form: partial(call, counts[form]) for form, call in calls.items()}, repeats)
    times: dict[str, float] = {}
    for (program, _), given in answers.items():
        seconds = median(answer.seconds for answer in given)
        times[program] = min(seconds, times.get(program, seconds))
    return times, [f"{name}: {sentence}" for sentence in dict.fromkeys(rejected)]


def settling_row(name: str, times: Mapping[str, float], has_goals: bool) -> str:
    """Return a row of the table of procedures."""
    cells = [f"{1e6 * times[program]:.4g}" if program in times else "–" for program in (OURS, *LEAST)]
    ratios = {program: times[program] / times[OURS] for program in LEAST if program in times}
    compared = ", ".join(
        f"{ratio:.3g}× {program}{MISSED if has_goals and ratio < LEAST[program] else ''}" for program, ratio in ratios.items()
    )
    return f"| {' | '.join([name, *cells, compared])} |"


def second_order_row(rule: str, times: Mapping[str, float], has_goals: bool) -> str:
    """Return a row of the table of second-order rules."""
    ratio = times[OURS] / times["NumPy"]
    return f"| {rule} | {1e3 * times[OURS]:.4g} | {1e3 * times['NumPy']:.4g} | {ratio:.3g}{MISSED if has_goals and ratio > MOST else ''} |"


def family_trees() -> Workload:
    """Return the family trees, without the margin, which residuals cannot have."""
    return replace(next(each for each in WORKLOADS if each.name.startswith("family-trees")), margin=0.0)


HEADS = (
    f"""| 20-30-10, 50 cases | {OURS}, µs per epoch | PyTorch | JAX | ratios |
| --- | --- | --- | --- | --- |""",
    f"""| settling | {OURS}, µs per call | PyTorch | JAX | ratios |
| --- | --- | --- | --- | --- |""",
    f"""| family trees, 100 cases | {OURS}, ms per step | NumPy | times of NumPy |
| --- | --- | --- | --- |""",
)


def main() -> None:
    """Measure and print the tables; write them into the page with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=whole_number, default=7)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    repeats = 1 if given.quick else given.repeats
    tables: tuple[list[str], ...] = ([], [], [])
    sentences = [f"{name} is left out, because it is not installed." for name in ("torch", "jax") if not find_spec(name)]
    # A process in which JAX has run nothing long keeps short calls in the caller's thread.
    with Worker(1) as worker, Worker(1) as worker_of_calls:
        for workload in SETTLING:
            epochs = 2 if given.quick else workload.epochs
            times, rejected = measure(workload.name, settling_calls(workload, worker), epochs, repeats)
            tables[0].append(settling_row(workload.name, times, not given.quick))
            sentences += rejected
            print(tables[0][-1], *rejected, sep="\n", file=sys.stderr)
        for name, (ticks, cases) in settling.ROWS.items():
            calls_per_repeat = CALLS * 100 // (ticks * cases)
            calls = activation_calls(worker_of_calls, ticks, cases)
            times, rejected = measure(name, calls, 2 if given.quick else calls_per_repeat, repeats)
            tables[1].append(settling_row(name, times, not given.quick))
            sentences += rejected
            print(tables[1][-1], *rejected, sep="\n", file=sys.stderr)
        for rule, epochs in SECOND_ORDER.items():
            functions: dict[str, Any] = {OURS: peers.second_order, "NumPy": peers.second_order_numpy}
            steps = {(name, ""): partial(worker.call, function, family_trees(), rule) for name, function in functions.items()}
            times, rejected = measure(rule, steps, 1 if given.quick else epochs, repeats)
            tables[2].append(second_order_row(rule, times, not given.quick))
            sentences += rejected
            print(tables[2][-1], *rejected, sep="\n", file=sys.stderr)
    text = "\n\n".join(["\n".join([head, *rows]) for head, rows in zip(HEADS, tables, strict=True)] + sentences)
    print(text)
    if given.write:
        put_into_page("procedures", f"Measured on {machine()}. Medians of {repeats} interleaved repeats, processor time.\n\n{text}\n")


if __name__ == "__main__":
    main()
