"""Compare the time per epoch of networks in time with PyTorch and JAX: medians of interleaved repeats, one thread, float64.

usage: python benchmarks/in_time.py [--repeats N] [--write]

As `run.py`, without a C program. The errors after the same number of epochs from the same weights must agree, or the run stops. A row
whose processor time is spread over several threads is rejected, with a sentence. --write writes the table into benchmarks/README.md.
--quick measures one workload with few epochs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import median

from in_time_peers import Answer, available
from in_time_workloads import WORKLOADS, InTime
from run import HEAD, LEAST, goal_cell, machine, put_into_page, ratio_cell
from workers import Worker, interleaved, whole_number

EPOCH_DIVISORS = {"PyTorch": 20, "JAX": 2}  # slow peers run fewer epochs
GOALS = {  # smallest ratios to PyTorch and JAX, largest time per tick
    "sequence completion 5-30-3, 20 × 6 ticks, each epoch": {"PyTorch": 15.0, "JAX": 1.0},
    "SRN 20-12-10, 100 × 10 ticks, each epoch": {"PyTorch": 15.0, "JAX": 1.0, "µs per tick": 1.45},
    "SRN 20-12-10, 100 × 10 ticks, each sequence": {"PyTorch": 15.0, "JAX": 1.5, "µs per tick": 1.45},
    "BPTT 10-100-10, 32 × 100 ticks, each epoch": {"PyTorch": 1.0, "JAX": 1.0},
    "BPTT 10-100-10, 32 × 100 ticks, each sequence": {"PyTorch": 1.0, "JAX": 1.0},
}

Times = dict[str, dict[str, float]]


def measure(workload: InTime, repeats: int, worker: Worker) -> tuple[Times, list[str]]:
    """Return the median seconds per epoch of each peer in each form, and a sentence for each form that was rejected."""

    def calls(count: Callable[[str], int]) -> dict[tuple[str, str], Callable[[], Answer]]:
        peers = available(workload).items()
        return {(peer, form): partial(worker.call, train, workload, count(peer)) for peer, forms in peers for form, train in forms.items()}

    epochs = max(LEAST, workload.epochs // max(EPOCH_DIVISORS.values()))
    _check_agreement(workload.name, interleaved(calls(lambda _: epochs), 1)[0])
    answers, rejected = interleaved(calls(lambda peer: max(LEAST, workload.epochs // EPOCH_DIVISORS.get(peer, 1))), repeats)
    times: Times = {}
    for (peer, form), of_form in answers.items():
        times.setdefault(peer, {})[form] = median(seconds for seconds, _ in of_form)
    return times, [f"{workload.name}: {sentence}" for sentence in rejected]


def _check_agreement(name: str, answers: Mapping[tuple[str, str], Sequence[Answer]]) -> None:
    errors = {f"{peer} {form}": error for (peer, form), ((_, error),) in answers.items()}
    own = next(iter(errors.values()))
    for peer, error in errors.items():
        if not abs(error - own) <= 1e-6 * abs(own):
            raise SystemExit(f"{name}: the error of {peer} differs from that of connectionist: {errors}")


def row(workload: InTime, times: Times) -> str:
    """Return one line of the table, with the fastest form of each peer."""
    own = times["connectionist"][""]
    cells, ratios = [workload.name, f"{1e6 * own:.4g}"], dict[str, float]()
    for peer in ("PyTorch", "JAX"):
        forms = times.get(peer, {})
        best = min(forms, key=lambda form: forms[form], default="")
        cells.append(f"{1e6 * forms[best]:.4g} ({best})" if forms else "–")
        ratios |= {peer: forms[best] / own} if forms else {}
    sequences, ticks = workload.tables[0].shape[:2]
    ratios["µs per tick"] = 1e6 * own / sequences / ticks
    return f"| {' | '.join([*cells, '–', ratio_cell(ratios), goal_cell(GOALS[workload.name], ratios)])} |"


def main() -> None:
    """Measure and print the table; write it into the page with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=whole_number, default=7)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    rows, sentences = [], []
    with Worker(1) as worker:
        for workload in [replace(WORKLOADS[0], epochs=LEAST)] if given.quick else WORKLOADS:
            times, rejected = measure(workload, given.repeats, worker)
            rows.append(row(workload, times))
            sentences += rejected
            print(rows[-1], *(f"{peer}: {forms}" for peer, forms in times.items()), *rejected, sep="\n  ", file=sys.stderr)
    table = "\n".join([HEAD, *rows])
    print(table, *sentences, sep="\n\n")
    if given.write:
        measured = f"Measured on {machine()}. Medians of {given.repeats} interleaved repeats."
        put_into_page("in time", "\n\n".join([measured, table, *sentences]) + "\n")


if __name__ == "__main__":
    main()
