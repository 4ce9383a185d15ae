"""A random sparse acyclic network: 10,000 units in 20 levels of 500, each with 21 random senders in any earlier levels.

Such a network can be written in four forms in PyTorch. All are timed, and the fastest counts: dense matrices from all earlier levels with
masked derivatives, sparse matrices, gathering of the senders' activations with sums by receiver, and a bag of embeddings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from workers import timed
from workloads import MOMENTUM, RATE

LEVELS, WIDTH, FAN_IN, CASES = 20, 500, 21, 256
SLOW = RATE / 100


@dataclass(frozen=True)
class Sparse:
    """The network: its connections and initial weights. Biases are 0."""

    seed: int = 0

    @cached_property
    def senders(self) -> Any:
        """Numbers of the senders [level − 1][receiver, FAN_IN], ascending."""
        generator = np.random.default_rng(self.seed)
        return [
            np.stack([np.sort(generator.choice(level * WIDTH, FAN_IN, replace=False)) for _ in range(WIDTH)]) for level in range(1, LEVELS)
        ]

    @cached_property
    def values(self) -> Any:
        """Initial weights [level − 1][receiver, FAN_IN]."""
        generator = np.random.default_rng(self.seed + 1)
        return [generator.uniform(-0.5, 0.5, (WIDTH, FAN_IN)) for _ in range(1, LEVELS)]

    @cached_property
    def tables(self) -> Any:
        """Inputs and targets [case, unit]."""
        generator = np.random.default_rng(self.seed + 2)
        return generator.uniform(0, 1, (CASES, WIDTH)), generator.integers(0, 2, (CASES, WIDTH)).astype(float)

    def network(self) -> Any:
        """Return the network, with its groups as levels."""
        import connectionist as cn

        net = cn.Network("sparse")
        for level in range(LEVELS):
            net.add_group(f"level{level}", WIDTH, role="input" if level == 0 else "output" if level == LEVELS - 1 else "hidden")
        for level in range(1, LEVELS):
            senders, values = self.senders[level - 1], self.values[level - 1]
            for earlier in range(level):
                mask, weights = np.zeros((WIDTH, WIDTH), bool), np.zeros((WIDTH, WIDTH))
                receivers, places = np.nonzero(senders // WIDTH == earlier)
                mask[senders[receivers, places] % WIDTH, receivers] = True
                weights[senders[receivers, places] % WIDTH, receivers] = values[receivers, places]
                net.connect(f"level{earlier}", f"level{level}", pattern=mask, weights=weights)
        return net


def ours(sparse: Sparse, epochs: int) -> tuple[float, float]:
    """Train with the compiled engine. Return seconds per epoch and the last error."""
    import connectionist as cn

    net, examples, rule = _network(sparse), cn.ExampleSet.from_arrays(*sparse.tables), cn.rule("momentum", rate=SLOW, momentum=MOMENTUM)
    initial = net.weight_values
    cn.train(net, examples, rule, 1)  # so that compilation is not timed
    net.weight_values = initial
    with timed():
        run = cn.train(net, examples, rule, epochs)
    net.weight_values = initial
    return run.seconds / epochs, run.error


@cache
def _network(sparse: Sparse) -> Any:
    return sparse.network()


def in_torch(sparse: Sparse, form: str, epochs: int) -> tuple[float, float]:
    """Train in PyTorch in one form. Return seconds per epoch and the last error."""
    import torch

    inputs, targets = (torch.tensor(table.T.copy()) for table in sparse.tables)
    given = [_given(sparse, level, form) for level in range(1, LEVELS)]
    masks = [None if mask is None else torch.tensor(mask) for _, mask in given]
    weights = [torch.tensor(value, requires_grad=True) for value, _ in given]
    biases = [torch.zeros((WIDTH, 1), dtype=torch.float64, requires_grad=True) for _ in given]
    sums = [_sums(torch, form, sparse.senders[level - 1], level) for level in range(1, LEVELS)]
    parameters = [*weights, *biases]
    last = [torch.zeros_like(parameter) for parameter in parameters]
    with timed() as times:
        for _ in range(epochs):
            y = inputs
            for net_input, weight, bias in zip(sums, weights, biases, strict=True):
                out = torch.sigmoid(bias + net_input(weight, y))
                y = torch.cat([y, out])
            e = 0.5 * ((out - targets) ** 2).sum()
            error = float(e.detach())
            gradients = list(torch.autograd.grad(e, parameters))
            with torch.no_grad():
                for number, mask in enumerate(masks):
                    if mask is not None:
                        gradients[number] *= mask
                for parameter, change, gradient in zip(parameters, last, gradients, strict=True):
                    change.mul_(MOMENTUM).sub_(gradient, alpha=SLOW)
                    parameter.add_(change)
    return times.wall / epochs, error


def _given(sparse: Sparse, level: int, form: str) -> tuple[Any, Any]:
    senders, values = sparse.senders[level - 1], sparse.values[level - 1]
    if form != "dense":
        return values.ravel(), None
    dense, mask = np.zeros((WIDTH, level * WIDTH)), np.zeros((WIDTH, level * WIDTH))
    np.put_along_axis(dense, senders, values, axis=1)
    np.put_along_axis(mask, senders, 1.0, axis=1)
    return dense, mask


def _sums(torch: Any, form: str, senders: Any, level: int) -> Callable[[Any, Any], Any]:
    if form == "dense":
        return lambda weight, y: weight @ y
    rows, columns = torch.arange(WIDTH).repeat_interleave(FAN_IN), torch.tensor(senders.ravel())
    if form == "bag":
        of_each = columns.reshape(WIDTH, FAN_IN)
        return lambda weight, y: torch.nn.functional.embedding_bag(of_each, y, per_sample_weights=weight.reshape(WIDTH, FAN_IN), mode="sum")
    if form == "sparse":
        places, shape = torch.stack([rows, columns]), (WIDTH, level * WIDTH)
        return lambda weight, y: torch.sparse.mm(torch.sparse_coo_tensor(places, weight, shape, is_coalesced=True), y)
    return lambda weight, y: (weight[:, None] * y[columns]).reshape(WIDTH, FAN_IN, -1).sum(1)


FORMS = ("dense", "sparse", "gathered", "bag")
