"""Compare the time per epoch of networks in time with PyTorch and JAX: medians of interleaved repeats, one thread, float64.

usage: python benchmarks/in_time.py [--repeats N] [--write]

As `run.py`, without a C program. The errors after the same number of epochs from the same weights must agree, or the run stops. --write
writes the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median

from run import HEAD, LEAST, machine, put_into_page  # first, because it limits the threads

from in_time_peers import available  # isort: skip
from in_time_workloads import WORKLOADS, InTime  # isort: skip

EPOCH_DIVISORS = {"PyTorch": 20, "JAX": 2}  # slow peers run fewer epochs
GOALS = {  # smallest ratios to PyTorch and JAX, largest time per tick
    "sequence completion 5-30-3, 20 × 6 ticks, each epoch": "15× PyTorch, 1× JAX",
    "SRN 20-12-10, 100 × 10 ticks, each epoch": "15× PyTorch, 1× JAX, 1.45 µs per tick",
    "SRN 20-12-10, 100 × 10 ticks, each sequence": "15× PyTorch, 1× JAX, 1.45 µs per tick",
    "BPTT 10-100-10, 32 × 100 ticks, each epoch": "1× PyTorch, 1× JAX",
    "BPTT 10-100-10, 32 × 100 ticks, each sequence": "1× PyTorch, 1× JAX",
}

Times = dict[str, dict[str, float]]


def measure(workload: InTime, repeats: int) -> Times:
    """Return the median seconds per epoch of each peer in each form."""
    peers = available(workload)
    _check_agreement(workload)
    times: dict[tuple[str, str], list[float]] = {(peer, form): [] for peer, forms in peers.items() for form in forms}
    for _ in range(repeats):
        for (peer, form), seconds in times.items():
            seconds.append(peers[peer][form](workload, max(LEAST, workload.epochs // EPOCH_DIVISORS.get(peer, 1)))[0])
    return {peer: {form: median(times[peer, form]) for form in forms} for peer, forms in peers.items()}


def _check_agreement(workload: InTime) -> None:
    epochs = max(LEAST, workload.epochs // max(EPOCH_DIVISORS.values()))
    errors = {f"{peer} {form}": train(workload, epochs)[1] for peer, forms in available(workload).items() for form, train in forms.items()}
    own = next(iter(errors.values()))
    for name, error in errors.items():
        if not abs(error - own) <= 1e-6 * abs(own):
            raise SystemExit(f"{workload.name}: the error of {name} differs from that of connectionist: {errors}")


def row(workload: InTime, times: Times) -> str:
    """Return one line of the table, with the fastest form of each peer."""
    own = times["connectionist"][""]
    cells, ratios = [workload.name, f"{1e6 * own:.4g}"], []
    for peer in ("PyTorch", "JAX"):
        forms = times.get(peer, {})
        best = min(forms, key=lambda form: forms[form], default="")
        cells.append(f"{1e6 * forms[best]:.4g} ({best})" if forms else "–")
        ratios += [f"{forms[best] / own:.3g}× {peer}"] if forms else []
    sequences, ticks = workload.tables[0].shape[:2]
    ratios.append(f"{1e6 * own / sequences / ticks:.3g} µs per tick")
    return f"| {' | '.join([*cells, '–', ', '.join(ratios), GOALS[workload.name]])} |"


def main() -> None:
    """Measure and print the table; write it into the page with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = []
    for workload in WORKLOADS:
        times = measure(workload, given.repeats)
        rows.append(row(workload, times))
        print(rows[-1], *(f"{peer}: {forms}" for peer, forms in times.items()), sep="\n  ", file=sys.stderr)
    table = "\n".join([HEAD, *rows])
    print(table)
    if given.write:
        put_into_page("in time", f"Measured on {machine()}. Medians of {given.repeats} interleaved repeats.\n\n{table}\n")


if __name__ == "__main__":
    main()
