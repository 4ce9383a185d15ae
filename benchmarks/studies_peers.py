"""The runs of a study in JAX, and in PyTorch with joblib: tasks whose networks have one hidden group and learn by momentum, by epoch.

The runs have the initial weights, the examples and the criterion of the task. `learned` is the number of runs that met the criterion. It
must be nearly that of the study, or the row is rejected: the programs add in other orders, so a run may end in another epoch.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

import connectionist as cn

PARTS = (64, 256, 10_000)  # networks at a time
TORCH_RUNS = 4  # runs that are timed; the time of the others is the same


class Setting(NamedTuple):
    """One condition of a task.

    Attributes
    ----------
    inputs, targets : array [case, unit]
    rate, momentum, tolerance : float
    epochs : int
    error, correct : float
        The criterion.
    weights : tuple of four arrays [network, …]
        Initial weights input → hidden [sender, receiver] and hidden → output, and their biases.
    """

    inputs: Any
    targets: Any
    rate: float
    momentum: float
    tolerance: float
    epochs: int
    error: float
    correct: float
    weights: tuple[Any, Any, Any, Any]


def has_setting(task: cn.Task) -> bool:
    """Return whether these programs can run a task."""
    net = task.network(0)
    groups = [len(group) for group in net.groups if group.role != "bias"]
    return len(groups) == 3 and len(net.weights) == (groups[0] + 1) * groups[1] + (groups[1] + 1) * groups[2]


def setting_of(task: cn.Task, seeds: Sequence[int]) -> Setting:
    """Return the setting of a task, with the initial weights of some seeds."""
    (phase,), criterion = task.phases, task.criterion
    assert isinstance(criterion, cn.Criterion)
    assert phase.update_after == "epoch"
    rule: Any = phase.rule
    parts = [_weights(task.network(seed)) for seed in seeds]
    weights = tuple(np.array(each) for each in zip(*parts, strict=True))
    error = np.inf if criterion.error is None else criterion.error
    examples = task.training_examples
    rest = rule.rate, rule.momentum, task.tolerance, phase.epochs, error, criterion.correct or 0.0
    return Setting(examples.inputs, examples.targets, *rest, weights)  # type: ignore[arg-type]


def _weights(net: cn.Network) -> tuple[Any, ...]:
    hidden, output = (next(group for group in net.groups if group.role == role) for role in ("hidden", "output"))
    inputs = next(group for group in net.groups if group.role == "input")
    tables = [
        np.array([[_weight(receiver, sender) for receiver in to] for sender in of]) for of, to in ((inputs, hidden), (hidden, output))
    ]
    biases = [np.array([_weight(receiver, net.unit("bias")) for receiver in group]) for group in (hidden, output)]
    return tables[0], tables[1], *biases


def _weight(receiver: Any, sender: Any) -> float:
    return float(next(each.weight.value for each in receiver.incoming if each.sender is sender))


def in_jax(settings: Sequence[Setting], part: int) -> tuple[float, float, int]:
    """Train all networks by jit and vmap until no network of a part learns. Return wall and processor time, and `learned`."""
    import jax

    jax.config.update("jax_enable_x64", True)
    train = _jax_function(jax)
    first = settings[0]
    size = min(part, len(first.weights[0]))
    jax.block_until_ready(train(*_jax_arguments(jax, first._replace(epochs=1), slice(0, size), size)))  # compiled before timing
    wall, processor, learned = time.perf_counter(), time.process_time(), 0
    for setting in settings:
        for start in range(0, len(setting.weights[0]), size):
            met = train(*_jax_arguments(jax, setting, slice(start, start + size), size))
            learned += int(np.asarray(met)[: len(setting.weights[0]) - start].sum())
    return time.perf_counter() - wall, time.process_time() - processor, learned


def _jax_arguments(jax: Any, setting: Setting, places: slice, size: int) -> tuple[Any, ...]:
    """Return the arguments of the function for some networks; the last one is repeated to fill the part."""
    weights = [np.concatenate([each[places], np.repeat(each[-1:], size, 0)])[:size] for each in setting.weights]
    numbers = setting.rate, setting.momentum, setting.tolerance, setting.epochs, setting.error, setting.correct
    return tuple(jax.numpy.asarray(each) for each in (setting.inputs, setting.targets, *numbers, *weights))


def _jax_function(jax: Any) -> Any:
    np_ = jax.numpy

    def outputs(weights: Any, x: Any) -> Any:
        one, two, bias, other = weights
        return jax.nn.sigmoid(jax.nn.sigmoid(x @ one + bias) @ two + other)

    def error(weights: Any, x: Any, d: Any) -> tuple[Any, Any]:
        y = outputs(weights, x)
        return 0.5 * ((y - d) ** 2).sum(), y

    def train(x: Any, d: Any, rate: Any, momentum: Any, tolerance: Any, epochs: Any, limit: Any, least: Any, *weights: Any) -> Any:
        gradient = jax.vmap(jax.value_and_grad(error, has_aux=True), in_axes=(0, None, None))

        def is_active(state: Any) -> Any:
            epoch, met, _, _ = state
            return (epoch < epochs) & ~met.all()

        def step(state: Any) -> Any:
            epoch, met, values, changes = state
            (errors, y), derivatives = gradient(values, x, d)
            correct = (np_.abs(y - d) < tolerance).all(-1).mean(-1)
            new = [momentum * change - rate * each for change, each in zip(changes, derivatives, strict=True)]
            kept = [np_.where(met.reshape(-1, *[1] * (each.ndim - 1)), 0.0, each) for each in new]
            values = [value + change for value, change in zip(values, kept, strict=True)]
            return epoch + 1, met | ((errors <= limit) & (correct >= least)), values, new

        start = 0, np_.zeros(len(weights[0]), bool), list(weights), [np_.zeros_like(each) for each in weights]
        return jax.lax.while_loop(is_active, step, start)[1]

    return jax.jit(train)


def in_torch(settings: Sequence[Setting], jobs: int) -> tuple[float, float, int]:
    """Train some networks in PyTorch by joblib, one run per call. Return wall and processor time of all networks, and `learned`."""
    from joblib import Parallel, delayed

    calls = [(setting, number) for setting in settings for number in range(min(TORCH_RUNS, len(setting.weights[0])))]
    runs = sum(len(setting.weights[0]) for setting in settings)
    wall = time.perf_counter()
    with Parallel(n_jobs=jobs) as parallel:
        parallel(delayed(_torch_run)(settings[0]._replace(epochs=1), 0) for _ in range(jobs))  # workers start before timing
        wall = time.perf_counter()
        answers = parallel(delayed(_torch_run)(*call) for call in calls)
        wall = time.perf_counter() - wall
    factor = runs / len(calls)
    return factor * wall, factor * sum(seconds for seconds, _ in answers), round(factor * sum(met for _, met in answers))


def _torch_run(setting: Setting, number: int) -> tuple[float, bool]:
    """Make one run with autograd and SGD with momentum. Return its processor time, and whether it met the criterion."""
    import torch

    torch.set_num_threads(1)
    start = time.process_time()
    x, d = (torch.tensor(np.asarray(each)) for each in (setting.inputs, setting.targets))
    one, two, bias, other = weights = [torch.tensor(each[number], requires_grad=True) for each in setting.weights]
    optimizer = torch.optim.SGD(weights, lr=setting.rate, momentum=setting.momentum)
    for _ in range(setting.epochs):
        y = torch.sigmoid(torch.sigmoid(x @ one + bias) @ two + other)
        error = 0.5 * ((y - d) ** 2).sum()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        correct = float(((y - d).abs() < setting.tolerance).all(-1).double().mean())
        if float(error.detach()) <= setting.error and correct >= setting.correct:
            return time.process_time() - start, True
    return time.process_time() - start, False


def all_settings(name: str, seeds: int, conditions: Sequence[Mapping[str, Any]]) -> list[Setting]:
    """Return the settings of all conditions of a task."""
    return [setting_of(cn.task(name, **parameters), range(seeds)) for parameters in conditions]
