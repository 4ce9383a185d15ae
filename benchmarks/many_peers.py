"""Training of many networks of one wiring by this project, by PyTorch, by JAX, and by C.

Each function takes a population, a number of networks and of epochs, and returns the time per network and epoch and the weights after
training, which show that all computed the same. PyTorch, JAX and C train a part of the networks at a time, one part after the other. The
time of a part does not depend on the number of parts, so only the first parts are trained. The same holds for calls of `cn.train`.

Forms of JAX, with loops over epochs and blocks under jit and scan:

- network first: the error of one network, as in `peers.py` and `in_time_peers.py`, under vmap;
- network last: arrays whose last dimension is the network, with sums of products in place of products of matrices;
- context first: the contexts are computed for all ticks, and then all ticks are one block (SRN; the other forms of the SRN have it too).

The functions of this project use only what version 889d722 has, except `together`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from in_time_peers import UNROLLED
from in_time_workloads import InTime
from many_workloads import Many, Plan, plan_of
from workers import timed
from workloads import MOMENTUM

AT_MOST_ALONE = 8  # networks that are trained by calls of `cn.train`
ROWS_OF_A_PASS = 10  # in C, at most
AT_MOST_IN_PARTS = 64  # networks that are trained in parts, or one part if it is larger


class Answer(NamedTuple):
    """Wall and processor time per network and epoch, in seconds, and the weights [network, weight] after training."""

    wall: float
    processor: float
    values: Any


def alone(many: Many, count: int, epochs: int) -> Answer:
    """Train networks by one call of `cn.train` each."""
    import connectionist as cn

    net, examples, rule = many.workload.network(), many.examples, cn.rule("momentum", rate=many.rate, momentum=MOMENTUM)
    values = many.values(min(count, AT_MOST_ALONE))
    cn.train(net, examples, rule, 1, update_after=many.workload.update_after)  # so that compilation is not timed
    with timed() as times:
        for number, initial in enumerate(values):
            net.weight_values = initial
            cn.train(net, examples, rule, epochs, update_after=many.workload.update_after)
            values[number] = net.weight_values
    work = len(values) * epochs
    return Answer(times.wall / work, times.processor / work, values)


def together(many: Many, count: int, epochs: int, threads: int) -> Answer:
    """Train networks by `cn.train_many`, with a function that gives one network the weights of each."""
    import connectionist as cn

    net, values = many.workload.network(), many.values(count)

    def make(number: int) -> cn.Network:
        net.weight_values = values[number]
        return net

    def train(count: int, epochs: int) -> list[cn.Run]:
        rule, engine = cn.rule("momentum", rate=many.rate, momentum=MOMENTUM), cn.engine("compiled", threads=threads)
        after = many.workload.update_after
        return cn.train_many(make, many.examples, rule, epochs, seeds=range(count), update_after=after, engine=engine)

    train(1, 1)  # so that compilation is not timed
    with timed() as times:
        runs = train(count, epochs)
    work = count * epochs
    return Answer(times.wall / work, times.processor / work, np.array([run.network.weight_values for run in runs]))


def _in_parts(count: int, part: int) -> int:
    """Return how many networks are trained in whole parts."""
    return max(part, min(count, AT_MOST_IN_PARTS) // part * part)


def _taken(plan: Plan, values: Any) -> tuple[dict[str, Any], list[Any]]:
    """Return biases [network, unit] by group, and weights [network, receiver, sender] by projection."""
    return {name: values[:, places] for name, places in plan.biases.items()}, [values[:, places] for places in plan.weights]


def _put_back(plan: Plan, values: Any, biases: Any, weights: Any) -> None:
    """Write the biases and weights of some networks into the weights [network, weight]."""
    for name, places in plan.biases.items():
        values[:, places] = biases[name]
    for places, trained in zip(plan.weights, weights, strict=True):
        values[:, places] = trained


def in_torch(many: Many, count: int, epochs: int, part: int) -> Answer:
    """Train in PyTorch, with products of one matrix for each network (bmm), autograd and one momentum step per change."""
    import torch

    plan, values = plan_of(many), many.values(_in_parts(count, part))
    tables = [torch.tensor(table) for table in plan.tables]
    work, wall, processor = len(values) * epochs, 0.0, 0.0
    for first in range(0, len(values), part):
        biases, weights = _taken(plan, values[first : first + part])
        b = {name: torch.tensor(value[:, None], requires_grad=True) for name, value in biases.items()}
        w = [torch.tensor(value, requires_grad=True) for value in weights]
        with timed() as times:
            _train_in_torch(torch, many, b, w, tables, epochs)
        wall, processor = wall + times.wall, processor + times.processor
        trained = {name: value.detach().numpy()[:, 0] for name, value in b.items()}, [value.detach().numpy() for value in w]
        _put_back(plan, values[first : first + part], *trained)
    return Answer(wall / work, processor / work, values)


def _train_in_torch(torch: Any, many: Many, b: dict[str, Any], w: list[Any], tables: list[Any], epochs: int) -> None:
    plan, parameters = plan_of(many), [*b.values(), *w]
    last = [torch.zeros_like(parameter) for parameter in parameters]
    for _ in range(epochs):
        for x, d in zip(*tables, strict=True):
            out = _torch_outputs(torch, plan, b, w, x)
            miss = out - d
            if plan.margin:
                miss = miss * ~torch.where(d >= 0.5, out > d - plan.margin, out < d + plan.margin)
            gradients = torch.autograd.grad(0.5 * (miss * miss).sum(), parameters)
            with torch.no_grad():
                for parameter, change, gradient in zip(parameters, last, gradients, strict=True):
                    change.mul_(MOMENTUM).sub_(gradient, alpha=many.rate)
                    parameter.add_(change)


def _torch_outputs(torch: Any, plan: Plan, b: dict[str, Any], w: list[Any], x: Any) -> Any:
    """Return the outputs [network, row, unit] for one block [row, unit]."""
    y = dict(zip((name for name, _ in plan.inputs), x.split([size for _, size in plan.inputs], dim=1), strict=True))
    y = {name: inputs.expand(len(w[0]), *inputs.shape) for name, inputs in y.items()}
    weights = dict(zip(plan.projections, w, strict=True))
    if plan.context:
        with torch.no_grad():
            from_input, back = b["hidden"] + y["input"] @ weights["input", "hidden"].mT, weights["context", "hidden"].mT
            contexts = [torch.full((len(back), 1, plan.context), plan.initial, dtype=torch.float64)]
            for row in range(x.shape[0] - 1):
                contexts.append(torch.sigmoid(torch.baddbmm(from_input[:, row : row + 1], contexts[-1], back)))
            y["context"] = torch.cat(contexts, dim=1)
    for name, _ in plan.groups:
        net_input = b[name]
        for (s, r), weight in weights.items():
            if r == name:
                net_input = torch.baddbmm(net_input.expand(-1, x.shape[0], -1), y[s], weight.mT)
        y[name] = torch.sigmoid(net_input)
    return y[plan.groups[-1][0]]


def in_jax(many: Many, count: int, epochs: int, part: int, form: str) -> Answer:
    """Train in JAX, with the loops over epochs and blocks under jit, in float64; compiled before timing."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    plan, values = plan_of(many), many.values(_in_parts(count, part))
    train, is_last = _jax_training(many, form), form == "network last"
    work, wall, processor = len(values) * epochs, 0.0, 0.0
    for first in range(0, len(values), part):
        state = jax.tree.map(jnp.array, _taken(plan, values[first : first + part]))
        if is_last:
            state = jax.tree.map(lambda value: jnp.moveaxis(value, 0, -1), state)
        if not first:
            jax.block_until_ready(train(1, state))
        with timed() as times:
            state = jax.block_until_ready(train(epochs, state))
        wall, processor = wall + times.wall, processor + times.processor
        trained = jax.tree.map(lambda value: np.moveaxis(np.asarray(value), -1, 0) if is_last else np.asarray(value), state)
        _put_back(plan, values[first : first + part], *trained)
    return Answer(wall / work, processor / work, values)


@cache
def _jax_training(many: Many, form: str) -> Callable[[int, Any], Any]:
    """Return compiled training of biases by group and weights by projection, with momentum and a change after each block."""
    import jax
    import jax.numpy as jnp

    plan = plan_of(many)
    batches = tuple(jnp.array(table) for table in plan.tables)
    if form == "network last":
        gradient_of = jax.grad(partial(_jax_error_of_last, plan))
    else:
        gradient_of = jax.vmap(jax.grad(_jax_error_of_one(many, form)), in_axes=(0, None, None))

    def change(state: Any, batch: Any) -> Any:
        p, last = state
        last = jax.tree.map(lambda c, g: MOMENTUM * c - many.rate * g, last, gradient_of(p, *batch))
        return (jax.tree.map(jnp.add, p, last), last), None

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def train(epochs: int, p: Any) -> Any:
        state = p, jax.tree.map(jnp.zeros_like, p)
        return jax.lax.fori_loop(0, epochs, lambda _, state: jax.lax.scan(change, state, batches)[0], state)[0]

    return train  # type: ignore[no-any-return,unused-ignore]


def _jax_error_of_one(many: Many, form: str) -> Callable[..., Any]:
    """Return the function of the error of one network for one block."""
    import in_time_peers
    import peers

    workload = many.workload
    if form == "context first":
        return partial(_jax_error_of_first, plan_of(many))
    if isinstance(workload, InTime):
        error_of, _ = in_time_peers.jax_error(workload, form.startswith("network first, ahead"), UNROLLED)
        names = ("input hidden", "hidden- hidden", "hidden output")
        return lambda p, x, d: error_of(p[0] | dict(zip(names, p[1], strict=True)), x[:, None], d[:, None])
    error_of, _ = peers.jax_error(workload)
    return lambda p, x, d: error_of({"b": p[0], "w": p[1]}, x, d)


def _jax_error_of_first(plan: Plan, p: Any, x: Any, d: Any) -> Any:
    """Return the error of one network for the ticks of one sequence."""
    return _jax_error(plan, p, x, d, lambda y, w: y @ w.T, plan.context)


def _jax_error_of_last(plan: Plan, p: Any, x: Any, d: Any) -> Any:
    """Return the sum of the errors of all networks, whose activations are [row, unit, network]."""
    count = p[1][0].shape[-1]
    shape = plan.context, count
    return _jax_error(plan, p, x[..., None], d[..., None], lambda y, w: (y[..., None, :, :] * w).sum(-2), shape)


def _jax_error(plan: Plan, p: Any, x: Any, d: Any, product: Callable[[Any, Any], Any], context: Any) -> Any:
    import jax
    import jax.numpy as jnp
    from peers import jax_miss

    biases, weights = p[0], dict(zip(plan.projections, p[1], strict=True))
    bounds = np.cumsum([0, *(n for _, n in plan.inputs)])
    y = {name: x[:, first:end] for (name, _), (first, end) in zip(plan.inputs, pairwise(bounds.tolist()), strict=True)}
    if plan.context:
        from_input = jax.lax.stop_gradient(biases["hidden"] + product(y["input"], weights["input", "hidden"]))
        back = jax.lax.stop_gradient(weights["context", "hidden"])

        def tick(h: Any, now: Any) -> Any:
            return jax.nn.sigmoid(now + product(h, back)), h

        y["context"] = jax.lax.scan(tick, jnp.full(context, plan.initial), from_input, unroll=UNROLLED)[1]
    for name, _ in plan.groups:
        net_input = biases[name]
        for (s, r), weight in weights.items():
            if r == name:
                net_input = net_input + product(y[s], weight)
        y[name] = jax.nn.sigmoid(net_input)
    miss = jax_miss(y[plan.groups[-1][0]], d, plan.margin)
    return 0.5 * (miss * miss).sum()


def in_c(many: Many, count: int, epochs: int, part: int) -> Answer:
    """Train with `limit_lanes.c`, compiled for this workload with the flags of `limit.c`."""
    plan, (folder, program) = plan_of(many), _c_program(many, part)
    values = many.values(_in_parts(count, part))
    places = _c_places(plan)
    packs = values[:, places].reshape(-1, part, len(places)).swapaxes(1, 2)
    np.ascontiguousarray(packs).tofile(folder / "weights")
    command: list[str | Path] = [program, folder / "tables", folder / "weights", str(epochs), str(many.rate), str(MOMENTUM)]
    seconds = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    trained = np.fromfile(folder / "weights").reshape(-1, len(places), part).swapaxes(1, 2)
    values[:, places] = trained.reshape(-1, len(places))
    work = len(values) * epochs
    return Answer(seconds / work, seconds / work, values)


def _c_places(plan: Plan) -> Any:
    """Return the places of the weights in the order of the C program."""
    return np.concatenate([*plan.biases.values(), *(places.ravel() for places in plan.weights)])


@cache
def _c_program(many: Many, lanes: int) -> tuple[Path, Path]:
    from peers import compile_c, temporary_folder

    folder, plan = temporary_folder(), plan_of(many)
    (folder / "limit_lanes.h").write_text(_c_header(plan, lanes), encoding="utf-8")
    np.concatenate([table.ravel() for table in plan.tables]).tofile(folder / "tables")
    return folder, compile_c(Path(__file__).with_name("limit_lanes.c"), folder)


def _c_header(plan: Plan, lanes: int) -> str:
    from peers import c_header

    sizes = [*plan.inputs, *([("context", plan.context)] if plan.context else []), *plan.groups]
    first_unit = dict(zip((name for name, _ in sizes), np.cumsum([0, *(size for _, size in sizes)]).tolist(), strict=False))
    units, weight = dict(sizes), 0
    groups, projections = [], []
    for name, size in plan.groups:
        groups.append((first_unit[name], size, weight))
        weight += size
    for s, r in plan.projections:
        projections.append((first_unit[s], units[s], first_unit[r], units[r], weight))
        weight += units[s] * units[r]
    blocks, in_block, inputs = plan.tables[0].shape
    rows = next(rows for rows in range(ROWS_OF_A_PASS, 0, -1) if in_block % rows == 0)
    numbers = {
        "LANES": lanes,
        "ROWS": rows,
        "PASSES": in_block // rows,
        "BLOCKS": blocks,
        "UNITS": sum(units.values()),
        "INPUTS": inputs,
        "CONTEXT": plan.context,
    }
    numbers |= {"HIDDEN": first_unit[plan.groups[0][0]], "INITIAL": plan.initial, "OUTPUTS": plan.tables[1].shape[2], "WEIGHTS": weight}
    numbers |= {"PROJECTIONS": len(projections), "GROUPS": len(groups), "MARGIN": plan.margin}
    return c_header(numbers, {"projections[][5]": projections, "groups[][3]": groups})
