"""Training of networks in time by this project, by PyTorch (eager), and by JAX with the whole loop under jit and scan.

Each function takes a workload and a number of epochs, starts from the same weights, and returns the seconds per epoch and the error of
the last epoch, which shows that all computed the same. A recurrent network can be written in several forms in PyTorch and in JAX. Each
form is timed, and the fastest counts:

- by tick: everything is in the loop over ticks;
- ahead: the net inputs from the input units are computed for all ticks before that loop, and outputs that send to no unit are computed
  for all ticks after it;
- context first (PyTorch, networks with a context): no error goes from tick to tick, so the hidden units are computed without autograd,
  and then all ticks of all cases are one batch;
- unrolled (JAX): ten iterations of the scan over ticks at a time.

PyTorch's own recurrent modules have no logistic units. Arrays are [tick, case, unit].
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from in_time_workloads import InTime
from peers import jax_training
from workers import timed
from workloads import MOMENTUM

Answer = tuple[float, float]
Forms = dict[str, Callable[[InTime, int], Answer]]  # by the name of the form

UNROLLED = 10


def ours(workload: InTime, epochs: int) -> Answer:
    """Train with the compiled engine."""
    import connectionist as cn

    rule = cn.rule("momentum", rate=workload.rate, momentum=MOMENTUM)
    examples = cn.ExampleSet.from_arrays(*workload.tables)
    net = workload.network()
    initial = net.weight_values
    cn.train(net, examples, rule, 1, update_after=workload.update_after)  # so that compilation is not timed
    net.weight_values = initial
    with timed():
        run = cn.train(net, examples, rule, epochs, update_after=workload.update_after)
    return run.seconds / epochs, run.error


def parameters(workload: InTime, net: Any) -> dict[str, Any]:
    """Return biases by group, and weights [receiver, sender] by both groups, with "-" after the sender of a delayed projection."""
    found = {name: net.projection("bias", name).weights[0] for name in ("hidden", "output")}
    found |= {f"{s} {r}": net.projection(s, r).weights.T.copy() for s, r in (("input", "hidden"), ("hidden", "output"))}
    found |= {f"{s}- {r}": net.projection(s, r, delay=1).weights.T.copy() for s, r in workload.delayed}
    if workload.context:
        found["hidden- hidden"] = net.projection("context", "hidden").weights.T.copy()
    return found


def batches_of(workload: InTime) -> tuple[Any, Any]:
    """Return inputs [batch, tick, case, unit], and targets without the silent ticks."""
    inputs, targets = workload.tables
    size = len(inputs) if workload.update_after == "epoch" else int(workload.update_after)
    x, d = (table.reshape(-1, size, *table.shape[1:]).swapaxes(1, 2) for table in (inputs, targets))
    return np.ascontiguousarray(x), np.ascontiguousarray(d[:, workload.silent :])


def torch_eager(workload: InTime, epochs: int, outputs: Callable[..., Any]) -> Answer:
    """Train in PyTorch as a user would write it: autograd and one momentum step per change, in float64."""
    import torch

    torch.set_num_threads(1)
    p = {name: torch.tensor(value, requires_grad=True) for name, value in parameters(workload, workload.network()).items()}
    last = [torch.zeros_like(parameter) for parameter in p.values()]
    inputs, targets = (torch.tensor(table) for table in batches_of(workload))
    before = [torch.full((inputs.shape[2], size), workload.initial, dtype=torch.float64) for size in workload.sizes[1:]]
    with timed() as times:
        for _ in range(epochs):
            error = torch.zeros(())
            for x, d in zip(inputs, targets, strict=True):
                miss = outputs(torch, p, x, *before, workload.context)[workload.silent :] - d
                e = 0.5 * (miss * miss).sum()
                error = error + e.detach()
                gradients = torch.autograd.grad(e, tuple(p.values()))
                with torch.no_grad():
                    for parameter, change, gradient in zip(p.values(), last, gradients, strict=True):
                        change.mul_(MOMENTUM).sub_(gradient, alpha=workload.rate)
                        parameter.add_(change)
    return times.wall / epochs, float(error)


def _torch_by_tick(torch: Any, p: Any, x: Any, h: Any, y: Any, context: bool) -> Any:
    linear, outputs = torch.nn.functional.linear, []
    for now in x:
        net_input = linear(now, p["input hidden"], p["hidden"]) + linear(h.detach() if context else h, p["hidden- hidden"])
        if "output- hidden" in p:
            net_input = net_input + linear(y, p["output- hidden"])
        h = torch.sigmoid(net_input)
        net_input = linear(h, p["hidden output"], p["output"])
        if "output- output" in p:
            net_input = net_input + linear(y, p["output- output"])
        y = torch.sigmoid(net_input)
        outputs.append(y)
    return torch.stack(outputs)


def _torch_ahead(torch: Any, p: Any, x: Any, h: Any, y: Any, context: bool) -> Any:
    linear, hiddens, outputs = torch.nn.functional.linear, [], []
    for now in linear(x, p["input hidden"], p["hidden"]):
        net_input = torch.addmm(now, h.detach() if context else h, p["hidden- hidden"].T)
        if "output- hidden" in p:
            h = torch.sigmoid(torch.addmm(net_input, y, p["output- hidden"].T))
            y = torch.sigmoid(torch.addmm(linear(h, p["hidden output"], p["output"]), y, p["output- output"].T))
            outputs.append(y)
        else:
            h = torch.sigmoid(net_input)
            hiddens.append(h)
    return torch.stack(outputs) if outputs else torch.sigmoid(linear(torch.stack(hiddens), p["hidden output"], p["output"]))


def _torch_context_first(torch: Any, p: Any, x: Any, h: Any, *_: Any) -> Any:
    linear, contexts = torch.nn.functional.linear, [h]
    from_input = linear(x, p["input hidden"], p["hidden"])
    with torch.no_grad():
        for now in from_input[:-1]:
            contexts.append(torch.sigmoid(torch.addmm(now, contexts[-1], p["hidden- hidden"].T)))
    hiddens = torch.sigmoid(from_input + linear(torch.stack(contexts), p["hidden- hidden"]))
    return torch.sigmoid(linear(hiddens, p["hidden output"], p["output"]))


def jax_scan(workload: InTime, epochs: int, is_ahead: bool, unroll: int) -> Answer:
    """Train in JAX with the loops over epochs, changes and ticks under jit and scan, in float64; compiled before timing."""
    train, state = _jax_program(workload, is_ahead, unroll, epochs)
    with timed() as times:
        errors = np.asarray(train(state))  # without the compilation that an index would cause
    return times.wall / epochs, float(errors[-1])


@cache
def _jax_program(workload: InTime, is_ahead: bool, unroll: int, epochs: int) -> tuple[Callable[[Any], Any], Any]:
    error_of, batches = jax_error(workload, is_ahead, unroll)
    return jax_training(error_of, jax_parameters(workload, workload.network()), batches, workload.rate, epochs)


def jax_parameters(workload: InTime, net: Any) -> dict[str, Any]:
    """Return the weights of a network for JAX."""
    import jax.numpy as jnp

    return {name: jnp.array(value) for name, value in parameters(workload, net).items()}


def jax_error(workload: InTime, is_ahead: bool, unroll: int) -> tuple[Callable[..., Any], Any]:
    """Return the function of the error of a batch, and the batches [batch, tick, case, unit]: inputs and targets."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    batches = tuple(jnp.array(table) for table in batches_of(workload))
    before = tuple(jnp.full((batches[0].shape[2], size), workload.initial) for size in workload.sizes[1:])
    outputs = partial(_jax_outputs, jax, before, is_ahead, unroll, workload.context)

    def error_of(p: Any, x: Any, d: Any) -> Any:
        miss = outputs(p, x)[workload.silent :] - d
        return 0.5 * (miss * miss).sum()

    return error_of, batches


def _jax_outputs(jax: Any, before: Any, is_ahead: bool, unroll: int, context: bool, p: Any, x: Any) -> Any:
    sends_on = "output- hidden" in p

    def from_input(x: Any) -> Any:
        return x @ p["input hidden"].T + p["hidden"]

    def output(h: Any, y: Any) -> Any:
        net_input = h @ p["hidden output"].T + p["output"]
        return jax.nn.sigmoid(net_input + y @ p["output- output"].T if sends_on else net_input)

    def tick(before: Any, now: Any) -> Any:
        h, y = before
        net_input = now if is_ahead else from_input(now)
        net_input = net_input + (jax.lax.stop_gradient(h) if context else h) @ p["hidden- hidden"].T
        h = jax.nn.sigmoid(net_input + y @ p["output- hidden"].T if sends_on else net_input)
        if is_ahead and not sends_on:
            return (h, y), h
        y = output(h, y)
        return (h, y), y

    _, found = jax.lax.scan(tick, before, from_input(x) if is_ahead else x, unroll=unroll)
    return output(found, None) if is_ahead and not sends_on else found


def available(workload: InTime) -> dict[str, Forms]:
    """Return the installed programs and their forms for a workload; this project first."""
    found: dict[str, Forms] = {"connectionist": {"": ours}}
    if find_spec("torch"):
        outputs: dict[str, Callable[..., Any]] = {"by tick": _torch_by_tick, "ahead": _torch_ahead}
        if workload.context:
            outputs["context first"] = _torch_context_first
        found["PyTorch"] = {name: partial(torch_eager, outputs=form) for name, form in outputs.items()}
    if find_spec("jax"):
        found["JAX"] = {
            name + unrolled: partial(jax_scan, is_ahead=is_ahead, unroll=unroll)
            for name, is_ahead in (("by tick", False), ("ahead", True))
            for unrolled, unroll in (("", 1), (", unrolled", UNROLLED))
        }
    return found
