"""Training by this project, by PyTorch (eager), by JAX with the whole loop under jit and scan, and by C written for the benchmark.

Each function takes a workload and a number of epochs, starts from the same weights, and returns the seconds per epoch and the error of
the last epoch, which shows that all computed the same. The functions are called in a process of `workers.py`, which fixes the number of
threads, and raise SpreadError if more threads worked.
"""

from __future__ import annotations

import atexit
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from shutil import rmtree, which
from typing import Any

import numpy as np
from workers import timed
from workloads import MOMENTUM, RATE, Workload

Answer = tuple[float, float]


def ours(workload: Workload, epochs: int) -> Answer:
    """Train with the compiled engine."""
    import connectionist as cn

    rule = cn.rule("momentum", rate=RATE, momentum=MOMENTUM)
    examples = cn.ExampleSet.from_arrays(*workload.tables)
    net, engine = workload.network(), cn.engine("compiled", threads=workload.threads)
    initial = net.weight_values
    cn.train(net, examples, rule, 1, update_after=workload.update_after, engine=engine)  # so that compilation is not timed
    net.weight_values = initial
    with timed():
        run = cn.train(net, examples, rule, epochs, update_after=workload.update_after, engine=engine)
    return run.seconds / epochs, run.error


def parts(workload: Workload, net: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, str, Any]]]:
    """Return the biases of a network by group and its weights [receiver, sender] by projection, in forward order."""
    biases = [(name, net.projection("bias", name).weights[0]) for name, _ in workload.groups]
    return biases, [(s, r, net.projection(s, r).weights.T.copy()) for s, r in workload.projections]


def torch_eager(workload: Workload, epochs: int) -> Answer:
    """Train in PyTorch as a user would write it: autograd and one momentum step per change, in float64."""
    import torch

    torch.set_num_threads(workload.threads)
    biases, weights = parts(workload, workload.network())
    b = {name: torch.tensor(value, requires_grad=True) for name, value in biases}
    w = [(s, r, torch.tensor(value, requires_grad=True)) for s, r, value in weights]
    parameters = [*b.values(), *(value for _, _, value in w)]
    last = [torch.zeros_like(parameter) for parameter in parameters]
    inputs, targets = (torch.tensor(table) for table in workload.tables)
    batches = _batches(workload, len(inputs))

    def error_of(cases: slice) -> Any:
        y = dict(zip((name for name, _ in workload.inputs), inputs[cases].split([n for _, n in workload.inputs], dim=1), strict=True))
        for name, _ in workload.groups:
            x = b[name]
            for s, r, value in w:
                if r == name:
                    x = x + y[s] @ value.T
            y[name] = torch.sigmoid(x)
        out, d = y[workload.groups[-1][0]], targets[cases]
        miss = out - d
        if workload.margin:
            miss = miss * ~torch.where(d >= 0.5, out > d - workload.margin, out < d + workload.margin)
        return 0.5 * (miss * miss).sum()

    with timed() as times:
        for _ in range(epochs):
            error = torch.zeros(())
            for cases in batches:
                e = error_of(cases)
                error = error + e.detach()
                gradients = torch.autograd.grad(e, parameters)
                with torch.no_grad():
                    for parameter, change, gradient in zip(parameters, last, gradients, strict=True):
                        change.mul_(MOMENTUM).sub_(gradient, alpha=RATE)
                        parameter.add_(change)
    return times.wall / epochs, float(error)


def jax_scan(workload: Workload, epochs: int) -> Answer:
    """Train in JAX with the loops over epochs and batches under jit and scan, in float64; compiled before timing."""
    train, state = _jax_program(workload, epochs)
    with timed() as times:
        errors = np.asarray(train(state))  # without the compilation that an index would cause
    return times.wall / epochs, float(errors[-1])


@cache
def _jax_program(workload: Workload, epochs: int) -> tuple[Callable[[Any], Any], Any]:
    error_of, batches = jax_error(workload)
    return jax_training(error_of, jax_parameters(workload, workload.network()), batches, RATE, epochs)


def jax_parameters(workload: Workload, net: Any) -> dict[str, Any]:
    """Return the weights of a network for JAX."""
    import jax.numpy as jnp

    biases, weights = parts(workload, net)
    return {"b": {name: jnp.array(v) for name, v in biases}, "w": [jnp.array(v) for _, _, v in weights]}


def jax_error(workload: Workload) -> tuple[Callable[..., Any], Any]:
    """Return the function of the error of a batch, and the batches [batch, case, unit]: inputs and targets."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    inputs, targets = (jnp.array(table) for table in workload.tables)
    bounds = np.cumsum([0, *(n for _, n in workload.inputs)])

    def error_of(p: Any, x: Any, d: Any) -> Any:
        y = {name: x[:, first:end] for (name, _), (first, end) in zip(workload.inputs, pairwise(bounds.tolist()), strict=True)}
        for name, _ in workload.groups:
            net_input = p["b"][name]
            for (s, r), value in zip(workload.projections, p["w"], strict=True):
                if r == name:
                    net_input = net_input + y[s] @ value.T
            y[name] = jax.nn.sigmoid(net_input)
        miss = jax_miss(y[workload.groups[-1][0]], d, workload.margin)
        return 0.5 * (miss * miss).sum()

    size = len(_batches(workload, len(inputs)))
    return error_of, (inputs.reshape(size, -1, inputs.shape[1]), targets.reshape(size, -1, targets.shape[1]))


def jax_miss(out: Any, d: Any, margin: float) -> Any:
    """Return outputs minus targets; 0 within the margin and beyond the target."""
    import jax.numpy as jnp

    if not margin:
        return out - d
    return jnp.where(jnp.where(d >= 0.5, out > d - margin, out < d + margin), 0.0, out - d)


def jax_training(error_of: Callable[..., Any], parameters: Any, batches: Any, rate: float, epochs: int) -> tuple[Callable[[Any], Any], Any]:
    """Return compiled training with momentum and a change after each batch, and its initial state."""
    import jax
    import jax.numpy as jnp

    def change(state: Any, batch: Any) -> Any:
        p, last = state
        e, gradient = jax.value_and_grad(error_of)(p, *batch)
        last = jax.tree.map(lambda c, g: MOMENTUM * c - rate * g, last, gradient)
        return (jax.tree.map(jnp.add, p, last), last), e

    def epoch(state: Any, _: Any) -> Any:
        state, errors = jax.lax.scan(change, state, batches)
        return state, errors.sum()

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def train(state: Any) -> Any:
        return jax.lax.scan(epoch, state, None, length=epochs)[1]

    state = (parameters, jax.tree.map(jnp.zeros_like, parameters))
    train(state).block_until_ready()
    return train, state


def c_limit(workload: Workload, epochs: int) -> Answer:
    """Train with `limit.c`, compiled for this workload with gcc -O3 -march=native -ffast-math."""
    program, data = _c_program(workload)
    mode = "single" if workload.update_after == 1 else "batch"
    answer = subprocess.run(
        [program, data, str(epochs), mode, str(RATE), str(MOMENTUM)], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(answer[0]), float(answer[1])


@cache
def _c_program(workload: Workload) -> tuple[Path, Path]:
    folder = temporary_folder()
    (folder / "limit.h").write_text(_header(workload), encoding="utf-8")
    net = workload.network()
    np.concatenate([net.weight_values, *(table.ravel() for table in workload.tables)]).tofile(folder / "data")
    source = Path(__file__).with_name("limit.c")
    return compile_c(source, folder), folder / "data"


def temporary_folder() -> Path:
    """Return a new folder, which is removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="limit-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder


def compile_c(source: Path, folder: Path) -> Path:
    """Compile a program with the headers of a folder, and return its path in the folder."""
    program = folder / source.stem
    flags = ["-O3", "-march=native", "-ffast-math", "-w", "-Wno-psabi", "-I", str(folder)]
    subprocess.run(["gcc", *flags, str(source), "-o", str(program), "-lm"], check=True)
    return program


def _header(workload: Workload) -> str:
    net = workload.network()
    first_unit = {name: net[name].rows.start - 1 for name, _ in (*workload.inputs, *workload.groups)}
    first_weight, count = {}, 0
    for projection in net.projections:
        first_weight[projection.name], count = count, count + len(projection)
    projections = [(first_unit[s], len(net[s]), first_unit[r], len(net[r]), first_weight[f"{s} → {r}"]) for s, r in workload.projections]
    groups = [(first_unit[name], size, first_weight[f"bias → {name}"]) for name, size in workload.groups]
    sizes = {
        "CASES": len(workload.tables[0]),
        "UNITS": len(net.units) - 1,
        "INPUTS": workload.tables[0].shape[1],
        "OUTPUTS": workload.tables[1].shape[1],
        "WEIGHTS": count,
        "PROJECTIONS": len(projections),
        "GROUPS": len(groups),
        "MARGIN": workload.margin,
    }
    return c_header(sizes, {"projections[][5]": projections, "groups[][3]": groups})


def c_header(sizes: Mapping[str, float], rows: Mapping[str, Sequence[tuple[int, ...]]]) -> str:
    """Return a header with constants and tables."""
    lines = [f"#define {name} {value}" for name, value in sizes.items()]
    for name, table in rows.items():
        lines.append(f"static const int {name} = {{{', '.join('{' + ', '.join(map(str, row)) + '}' for row in table)}}};")
    return "\n".join(lines) + "\n"


def _batches(workload: Workload, cases: int) -> list[slice]:
    size = cases if workload.update_after == "epoch" else int(workload.update_after)
    return [slice(first, first + size) for first in range(0, cases, size)]


def available(workload: Workload) -> dict[str, Callable[[Workload, int], Answer]]:
    """Return the programs that can run a workload on this machine; this project first."""
    from importlib.util import find_spec

    found: dict[str, Callable[[Workload, int], Answer]] = {"connectionist": ours}
    if find_spec("torch"):
        found["PyTorch"] = torch_eager
    if find_spec("jax"):
        found["JAX"] = jax_scan
    if which("gcc") and workload.update_after in (1, "epoch"):
        found["C"] = c_limit
    return found
