"""Learning procedures by this project, by PyTorch (eager), and by JAX with the whole training under jit; second-order rules by NumPy.

Each function takes a workload and a number of epochs, starts from the same weights, and returns the processor time per epoch and the
weights at the end. It is called in a process of `workers.py`. All programs compute the part of the net inputs that comes from the inputs
once for each change of the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from procedures_workloads import BETA, CRITERION, DT, RATE, STEPS, TICKS, Settling
from workers import timed
from workloads import Workload

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

FORMS = ("scan", "unrolled")  # of the loop over ticks in JAX


class Answer(NamedTuple):
    """Seconds of processor time per epoch or call, and the weights in the order of this project, or the activations."""

    seconds: float
    result: Array


class Places(NamedTuple):
    """Indices in ``net.weights`` of the weights [sender, receiver] and of the biases."""

    w1: Array
    w2: Array
    b1: Array
    b2: Array


def places_of(net: Any) -> Places:
    """Return the places of the weights of a network with an input, a hidden and an output group."""
    before, count = net.weight_values, len(net.weights)
    net.weight_values = np.arange(count, dtype=float)
    found = Places(
        *(net.projection(*pair).weights.astype(int) for pair in (("input", "hidden"), ("hidden", "output"))),
        *(net.projection("bias", group).weights[0].astype(int) for group in ("hidden", "output")),
    )
    net.weight_values = before
    return found


def initial_weights(workload: Settling) -> tuple[tuple[Array, ...], Places, int]:
    """Return the initial weights [sender, receiver] and biases, their places, and the number of weights."""
    net = workload.network()
    places = places_of(net)
    values = net.weight_values
    return tuple(values[place] for place in places), places, len(values)


def in_order(weights: Any, places: Places, count: int) -> Array:
    """Return weights and biases in the order of this project."""
    values = np.zeros(count)
    for place, each in zip(places, weights, strict=True):
        values[place] = np.asarray(each)
    return values


def feedback(workload: Settling, places: Places) -> Array:
    """Return the weights [hidden, output] through which feedback alignment goes back."""
    import connectionist as cn

    procedure: Any = cn.procedure("feedback_alignment")
    backward: Array = procedure.backward_weights(workload.network())[places.w2]
    return backward


def ours(workload: Settling, epochs: int) -> Answer:
    """Train with the compiled engine."""
    import connectionist as cn

    net, examples = workload.network(), workload.examples()
    initial = net.weight_values
    given: dict[str, Any] = {"procedure": workload.procedure, "update_after": workload.update_after, "engine": "compiled"}
    cn.train(net, examples, cn.rule("steepest", rate=RATE), 1, **given)  # so that compilation is not timed
    net.weight_values = initial
    with timed() as times:
        cn.train(net, examples, cn.rule("steepest", rate=RATE), epochs, **given)
    return Answer(times.processor / epochs, net.weight_values)


def batches_of(workload: Settling) -> tuple[Array, Array]:
    """Return inputs and targets [change, case, unit]."""
    inputs, targets = workload.tables
    size = 1 if workload.update_after == 1 else len(inputs)
    return inputs.reshape(-1, size, inputs.shape[1]), targets.reshape(-1, size, targets.shape[1])


def torch_eager(workload: Settling, epochs: int) -> Answer:
    """Train in PyTorch, in float64, with the change of the weights in place."""
    import torch

    torch.set_num_threads(1)
    initial, places, count = initial_weights(workload)
    weights = [torch.tensor(each) for each in initial]
    batches = list(zip(*(torch.tensor(table) for table in batches_of(workload)), strict=True))
    signals: dict[str, Callable[..., Any]] = {
        "contrastive_hebbian": torch_contrastive,
        "equilibrium_propagation": torch_equilibrium,
        "feedback_alignment": torch_alignment,
    }
    compute, back = signals[workload.procedure], 1 if workload.is_short else TICKS
    if workload.procedure == "feedback_alignment":
        back = torch.tensor(feedback(workload, places)).T.contiguous()
    with torch.no_grad(), timed() as times:
        for _ in range(epochs):
            for x, d in batches:
                for weight, signal in zip(weights, compute(weights, x, d, back), strict=True):
                    weight.add_(signal, alpha=RATE)
    return Answer(times.processor / epochs, in_order(weights, places, count))


def torch_contrastive(weights: Any, x: Any, d: Any, plus_ticks: int) -> Any:
    """Return the signals of contrastive Hebbian learning, with a number of ticks in the plus phase."""
    import torch

    w1, w2, b1, b2 = weights
    base, back = torch.addmm(b1, x, w1), w2.T.contiguous()
    output = torch.zeros_like(d)
    for _ in range(TICKS):
        hidden = torch.sigmoid(torch.addmm(base, output, back))
        output = torch.sigmoid(torch.addmm(b2, hidden, w2))
    for _ in range(plus_ticks):
        plus = torch.sigmoid(torch.addmm(base, d, back))
    difference = plus - hidden
    return x.T @ difference, plus.T @ d - hidden.T @ output, difference.sum(0), (d - output).sum(0)


def torch_equilibrium(weights: Any, x: Any, d: Any, _: Any) -> Any:
    """Return the signals of equilibrium propagation."""
    import torch

    w1, w2, b1, b2 = weights
    base, back = torch.addmm(b1, x, w1), w2.T.contiguous()

    def settle(u: Any, v: Any, beta: float) -> Any:
        moving = torch.ones((len(x), 1), dtype=torch.float64)
        h, o = torch.sigmoid(u), torch.sigmoid(v)
        for _ in range(STEPS):
            force_u, slope = h * (1.0 - h) * torch.addmm(base, o, back) - u, o * (1.0 - o)
            net_input = torch.addmm(b2, h, w2)
            force_v = slope * (net_input if beta == 0.0 else net_input - beta * (o - d)) - v
            u, v = u + moving * (DT * force_u), v + moving * (DT * force_v)
            h, o = torch.sigmoid(u), torch.sigmoid(v)
            largest = torch.maximum(force_u.abs().amax(1, keepdim=True), force_v.abs().amax(1, keepdim=True))
            moving = moving * (largest >= CRITERION)
            if not moving.any():
                break
        return u, v, h, o

    u, v, h, o = settle(torch.zeros_like(base), torch.zeros_like(d), 0.0)
    _, _, later_h, later_o = settle(u, v, BETA)
    signals = x.T @ (later_h - h), later_h.T @ later_o - h.T @ o, (later_h - h).sum(0), (later_o - o).sum(0)
    return [signal / BETA for signal in signals]


def torch_alignment(weights: Any, x: Any, d: Any, back: Any) -> Any:
    """Return minus the derivatives by feedback alignment."""
    import torch

    w1, w2, b1, b2 = weights
    h = torch.sigmoid(torch.addmm(b1, x, w1))
    o = torch.sigmoid(torch.addmm(b2, h, w2))
    dv = (d - o) * o * (1.0 - o)
    du = (dv @ back) * h * (1.0 - h)
    return x.T @ du, h.T @ dv, du.sum(0), dv.sum(0)


def jax_scan(workload: Settling, form: str, epochs: int) -> Answer:
    """Train in JAX: all epochs and changes in scans, compiled before timing. `form` is that of the loop over ticks."""
    import jax

    jax.config.update("jax_enable_x64", True)
    initial, places, count = initial_weights(workload)
    signals: dict[str, Callable[..., Any]] = {
        "contrastive_hebbian": jax_contrastive,
        "equilibrium_propagation": jax_equilibrium,
        "feedback_alignment": jax_alignment,
    }
    compute = signals[workload.procedure]
    back = feedback(workload, places).T if workload.procedure == "feedback_alignment" else (form, 1 if workload.is_short else TICKS)
    batches = batches_of(workload)

    def change(weights: Any, batch: Any) -> Any:
        return jax.tree.map(lambda w, s: w + RATE * s, weights, tuple(compute(weights, *batch, back))), None

    def epoch(weights: Any, _: Any) -> Any:
        return jax.lax.scan(change, weights, batches)[0], None

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def train(weights: Any) -> Any:
        return jax.lax.scan(epoch, weights, None, length=epochs)[0]

    jax.block_until_ready(train(initial))
    with timed() as times:
        trained = jax.block_until_ready(train(initial))
    return Answer(times.processor / epochs, in_order(trained, places, count))


def jax_contrastive(weights: Any, x: Any, d: Any, given: tuple[str, int]) -> Any:
    """Return the signals of contrastive Hebbian learning, in a form of the loop, with a number of ticks in the plus phase."""
    import jax
    import jax.numpy as jnp

    (form, plus_ticks), (w1, w2, b1, b2) = given, weights
    base = b1 + x @ w1

    def tick(state: Any, _: Any) -> Any:
        hidden = jax.nn.sigmoid(base + state[1] @ w2.T)
        return (hidden, jax.nn.sigmoid(b2 + hidden @ w2)), None

    start = jnp.zeros_like(base), jnp.zeros_like(d)
    (hidden, output), _ = jax.lax.scan(tick, start, None, length=TICKS, unroll=TICKS if form == "unrolled" else 1)
    plus = jax.lax.fori_loop(0, plus_ticks, lambda *_: jax.nn.sigmoid(base + d @ w2.T), hidden)
    difference = plus - hidden
    return x.T @ difference, plus.T @ d - hidden.T @ output, difference.sum(0), (d - output).sum(0)


def jax_equilibrium(weights: Any, x: Any, d: Any, given: tuple[str, int]) -> Any:
    """Return the signals of equilibrium propagation. Without the form "scan", two steps are made between two tests of the criterion."""
    import jax
    import jax.numpy as jnp

    w1, w2, b1, b2 = weights
    base = b1 + x @ w1

    def settle(u: Any, v: Any, beta: float) -> Any:
        def step(state: Any) -> Any:
            count, u, v, moving = state
            h, o = jax.nn.sigmoid(u), jax.nn.sigmoid(v)
            force_u = h * (1.0 - h) * (base + o @ w2.T) - u
            force_v = o * (1.0 - o) * (b2 + h @ w2 - beta * (o - d)) - v
            largest = jnp.maximum(jnp.abs(force_u).max(1), jnp.abs(force_v).max(1))[:, None]
            new = jnp.where(moving, u + DT * force_u, u), jnp.where(moving, v + DT * force_v, v)
            return count + 1, *new, moving & (largest >= CRITERION)

        def steps(state: Any) -> Any:
            return step(state) if given[0] == "scan" else step(step(state))

        start = 0, u, v, jnp.ones((x.shape[0], 1), bool)
        _, u, v, _ = jax.lax.while_loop(lambda state: (state[0] < STEPS) & state[3].any(), steps, start)
        return u, v

    free = settle(jnp.zeros_like(base), jnp.zeros_like(d), 0.0)
    h, o = (jax.nn.sigmoid(state) for state in free)
    later_h, later_o = (jax.nn.sigmoid(state) for state in settle(free[0], free[1], BETA))
    signals = x.T @ (later_h - h), later_h.T @ later_o - h.T @ o, (later_h - h).sum(0), (later_o - o).sum(0)
    return [signal / BETA for signal in signals]


def jax_alignment(weights: Any, x: Any, d: Any, back: Any) -> Any:
    """Return minus the derivatives by feedback alignment."""
    import jax

    w1, w2, b1, b2 = weights
    h = jax.nn.sigmoid(b1 + x @ w1)
    o = jax.nn.sigmoid(b2 + h @ w2)
    dv = (d - o) * o * (1.0 - o)
    du = (dv @ back) * h * (1.0 - h)
    return x.T @ du, h.T @ dv, du.sum(0), dv.sum(0)


def second_order(workload: Workload, rule: str, epochs: int) -> Answer:
    """Train by a second-order rule with the compiled engine."""
    import connectionist as cn

    examples = cn.ExampleSet.from_arrays(*workload.tables)
    cn.train(workload.network(), examples, rule, 1)  # so that compilation is not timed
    net = workload.network()
    with timed() as times:
        cn.train(net, examples, rule, epochs)
    return Answer(times.processor / epochs, net.weight_values)


def second_order_numpy(workload: Workload, rule: str, epochs: int) -> Answer:
    """Train by the same search, with E, its derivatives and those of the residuals from matrices in NumPy."""
    import connectionist as cn

    matrices, search, memory = Matrices(workload), cn.rule(rule), {}  # type: ignore[var-annotated]
    values = workload.network().weight_values
    with timed() as times:
        for _ in range(epochs):
            values = search.search(values, matrices, memory)  # type: ignore[attr-defined]
    return Answer(times.processor / epochs, values)


class Matrices:
    """The network of a workload as matrices."""

    def __init__(self, workload: Workload) -> None:
        net = replace(workload).network()
        self.inputs, self.targets = workload.tables
        self.count = len(net.weights)
        net.weight_values = np.arange(self.count, dtype=float)
        self.groups = [name for name, _ in workload.groups]
        self.places = {pair: net.projection(*pair).weights.T.astype(int) for pair in workload.projections}
        self.biases = {name: net.projection("bias", name).weights[0].astype(int) for name in self.groups}
        bounds = np.cumsum([0, *(size for _, size in workload.inputs)]).tolist()
        self.sides = {name: self.inputs[:, first:end] for (name, _), (first, end) in zip(workload.inputs, pairwise(bounds), strict=True)}

    def activations(self, values: Array) -> dict[str, Array]:
        """Return the activations [case, unit] of all groups."""
        y = dict(self.sides)
        for name in self.groups:
            net_input = values[self.biases[name]]
            for (sender, receiver), place in self.places.items():
                if receiver == name:
                    net_input = net_input + y[sender] @ values[place].T
            with np.errstate(over="ignore"):  # in steps of Gauss–Newton that are too long
                y[name] = 1.0 / (1.0 + np.exp(-net_input))
        return y

    def __call__(self, values: Array) -> tuple[float, Array]:
        """Return E and its derivatives."""
        y, derivatives = self.activations(values), np.zeros(self.count)
        e = y[self.groups[-1]] - self.targets
        dy = {self.groups[-1]: e}
        for name in reversed(self.groups):
            dx = dy[name] * y[name] * (1.0 - y[name])
            derivatives[self.biases[name]] = dx.sum(0)
            for (sender, receiver), place in self.places.items():
                if receiver == name:
                    derivatives[place] = dx.T @ y[sender]
                    if sender in self.groups:
                        dy[sender] = dy.get(sender, 0.0) + dx @ values[place]
        return 0.5 * float((e * e).sum()), derivatives

    def jacobian(self, values: Array) -> tuple[Array, Array]:
        """Return the residuals and their derivatives [residual, weight]."""
        y, last = self.activations(values), self.groups[-1]
        cases, outputs = self.targets.shape
        jacobian = np.zeros((cases, outputs, self.count))
        dy: dict[str, Any] = {last: np.broadcast_to(np.eye(outputs), (cases, outputs, outputs))}
        for name in reversed(self.groups):
            dx = dy[name] * (y[name] * (1.0 - y[name]))[:, None, :]
            jacobian[:, :, self.biases[name]] = dx
            for (sender, receiver), place in self.places.items():
                if receiver == name:
                    jacobian[:, :, place] = dx[:, :, :, None] * y[sender][:, None, None, :]
                    if sender in self.groups:
                        dy[sender] = dy.get(sender, 0.0) + dx @ values[place]
        return (y[last] - self.targets).ravel(), jacobian.reshape(cases * outputs, self.count)
