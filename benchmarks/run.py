"""Compare the time per epoch with PyTorch, JAX and C: medians of interleaved repeats, one thread, float64.

usage: python benchmarks/run.py [--repeats N] [--write]

All columns need the dependency group "peers" (torch, jax) and gcc. Missing programs are left out. The errors after the same number of
epochs from the same weights must agree, or the run stops. --write writes the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median

for variable in ("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import growth  # noqa: E402  (the threads are limited first)
from peers import available  # noqa: E402
from sparse import FORMS, Sparse, in_torch, ours  # noqa: E402
from workloads import WORKLOADS, Workload  # noqa: E402

LEAST = 3  # epochs per repeat
EPOCH_DIVISORS = {"PyTorch": 20}  # slow peers run fewer epochs
GOALS = {  # smallest ratios to PyTorch and JAX, largest ratio to C
    "symmetry 6-2-1, 64 cases, each epoch": "250× PyTorch, 4× JAX, 2× of C",
    "family-trees, 100 cases, each epoch": "15× PyTorch, 1.5× JAX, 1.5× of C",
    "family-trees, 100 cases, each case": "100× PyTorch, 1× JAX, 1.5× of C",
    "105-100-61, 3,000 cases, each epoch": "1× PyTorch, 1× JAX, 1.5× of C",
    "105-100-61, 3,000 cases, each case": "1× PyTorch, 1× JAX, 1.5× of C",
    "784-500-500-10, 10,000 cases, each 100": "0.95× PyTorch",
    "784-500-500-10, 10,000 cases, each 100, 2 threads": "0.95× PyTorch",
}


def measure(workload: Workload, repeats: int) -> dict[str, float]:
    """Return the median seconds per epoch of each peer."""
    peers = available(workload)
    _check_agreement(workload)
    times: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(repeats):
        for name, train in peers.items():
            times[name].append(train(workload, max(LEAST, workload.epochs // EPOCH_DIVISORS.get(name, 1)))[0])
    return {name: median(seconds) for name, seconds in times.items()}


def _check_agreement(workload: Workload) -> None:
    epochs = max(1, workload.epochs // max(EPOCH_DIVISORS.values()))
    errors = {name: train(workload, epochs)[1] for name, train in available(workload).items()}
    for name, error in errors.items():
        if abs(error - errors["connectionist"]) > 1e-6 * abs(error):
            raise SystemExit(f"{workload.name}: the error of {name} differs from that of connectionist: {errors}")


def row(workload: Workload, times: dict[str, float]) -> str:
    """Return one row of the table."""
    cells = [workload.name, *(f"{1e6 * times[name]:.4g}" if name in times else "–" for name in ("connectionist", "PyTorch", "JAX", "C"))]
    own = times["connectionist"]
    ratios = [f"{times[name] / own:.3g}× {name}" for name in ("PyTorch", "JAX") if name in times]
    ratios += [f"{own / times['C']:.3g}× of C"] if "C" in times else []
    return f"| {' | '.join([*cells, ', '.join(ratios), GOALS[workload.name]])} |"


def sparse_row(repeats: int) -> str:
    """Return the row of the random sparse network."""
    network = Sparse()
    net = network.network()
    ours(net, network.tables, 1)
    times: dict[str, list[float]] = {"ours": []}
    for _ in range(repeats):
        times["ours"].append(ours(net, network.tables, 20)[0])
        for form in FORMS if find_spec("torch") else ():
            times.setdefault(form, []).append(in_torch(network, form, 2)[0])
    if find_spec("torch"):
        errors = [ours(network.network(), network.tables, 3)[1], *(in_torch(network, form, 3)[1] for form in FORMS)]
        if max(errors) - min(errors) > 1e-6 * min(errors):
            raise SystemExit(f"the errors of the random sparse network differ: {errors}")
    own = median(times.pop("ours"))
    forms = {form: median(seconds) for form, seconds in times.items()}
    best = min(forms, key=lambda form: forms[form], default="")
    torch = f"{1e6 * forms[best]:.4g} ({best})" if best else "–"
    ratio = f"{forms[best] / own:.3g}× PyTorch" if best else ""
    return f"| random sparse, 10,000 units, 209,000 connections, 256 cases | {1e6 * own:.4g} | {torch} | – | – | {ratio} | 5× PyTorch |"


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
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = []
    for workload in WORKLOADS:
        rows.append(row(workload, measure(workload, given.repeats)))
        print(rows[-1], file=sys.stderr)
    rows.append(sparse_row(given.repeats))
    table = "\n".join([HEAD, *rows, "", growth.tables()])
    print(table)
    if given.write:
        measured = f"Measured on {machine()}. Medians of {given.repeats} interleaved repeats; for growth, the best of five."
        put_into_page("table", f"{measured}\n\n{table}\n")


if __name__ == "__main__":
    main()
