"""Training of whole populations of tasks, each network until the criterion of its task.

Each function returns the wall time, and the epochs and weights of each network. The functions use only what version 889d722 has, except
`by_function` and `at_hand`.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import connectionist as cn


class Trained(NamedTuple):
    """Wall time in seconds, and the epochs [network] and weights [network, weight] after training."""

    seconds: float
    epochs: Any
    values: Any


def by_calls(name: str, count: int) -> Trained:
    """Give one network the initial weights of each seed, and train it by one call of `cn.train` for each."""
    import connectionist as cn

    task, net, make = _task_network_and_function(name)
    epochs, values = [], []
    cn.train(net, task.training_examples, phases=task.phases, until=task.criterion, tolerance=task.tolerance)  # compiles
    began = perf_counter()
    for seed in range(count):
        make(seed)
        run = cn.train(net, task.training_examples, phases=task.phases, seed=seed, until=task.criterion, tolerance=task.tolerance)
        epochs.append(run.epochs)
        values.append(net.weight_values)
    return Trained(perf_counter() - began, np.array(epochs), np.array(values))


def by_function(name: str, seeds: range, threads: int) -> Trained:
    """Train by `cn.train_many` with a function that gives one network the initial weights of a seed."""
    task, _, make = _task_network_and_function(name)
    _train(task, make, range(1), threads)  # compiles
    began = perf_counter()
    runs = _train(task, make, seeds, threads)
    return _trained(perf_counter() - began, runs)


def at_hand(name: str, count: int, threads: int) -> Trained:
    """Train networks that exist by `cn.train_many`. The time does not include that of building them."""
    task, net, _ = _task_network_and_function(name)
    _train(task, [net], [0], threads)  # compiles
    networks = [task.network(seed) for seed in range(count)]
    began = perf_counter()
    runs = _train(task, networks, range(count), threads)
    return _trained(perf_counter() - began, runs)


def _task_network_and_function(name: str) -> Any:
    import connectionist as cn

    task: Any = cn.task(name)
    net: cn.Network = task.network(0)

    def make(seed: int) -> cn.Network:
        net.randomize(task.half_range, seed=seed)  # as `task.network` does it
        return net

    return task, net, make


def _train(task: Any, networks: Any, seeds: Any, threads: int) -> list[cn.Run]:
    import connectionist as cn

    engine = cn.engine("compiled", threads=threads)
    given = {"until": task.criterion, "tolerance": task.tolerance, "engine": engine}
    return cn.train_many(networks, task.training_examples, phases=task.phases, seeds=seeds, **given)


def _trained(seconds: float, runs: list[cn.Run]) -> Trained:
    return Trained(seconds, np.array([run.epochs for run in runs]), np.array([run.network.weight_values for run in runs]))
