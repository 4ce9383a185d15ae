"""Check of training many networks at once: each must have the bits that it has when it is trained alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Criterion
from connectionist.errors import DivergenceError
from connectionist.learning.run import Run
from connectionist.learning.train_many import train_many
from connectionist.learning.training import train
from connectionist.model.network import Network
from connectionist.plugins.rules import Rule
from connectionist.testing.claims import assert_that
from connectionist.testing.networks import random_network
from connectionist.utils.arrays import Array

MEMBERS = 11  # more than the lanes of a vector, so that lanes take several networks
UNIT_QUANTITIES = ("net_input", "activation", "target", "activation_derivative", "net_derivative")
WEIGHT_QUANTITIES = ("value", "change", "derivative")


def check_population(
    engine: Engine, seed: int, rule: Rule, epochs: int = 4, features: Mapping[str, Any] | None = None, **options: Any
) -> None:
    """Check that random networks of one wiring have the same bits trained together and each alone.

    Parameters
    ----------
    engine : Engine
    seed : int
        Seed of the network, see `random_network`.
    rule : Rule
    epochs : int
        At least 1.
    features : dict, optional
        Further arguments of `random_network`.
    **options
        Further arguments of `train` and `train_many`.

    Raises
    ------
    AssertionError
        If a quantity differs. The message names it, and both values.
    """
    cases = 3 + seed % 17
    networks, examples = _members(seed, cases, features or {})
    alone = [network.copy() for network in networks]
    rates = [0.01 * (1 + index) for index in range(MEMBERS)] if seed % 3 == 0 and hasattr(rule, "rate") else None
    seeds = [seed + index for index in range(MEMBERS)]
    if "until" not in options and seed % 2:
        options["until"] = Criterion(error=_middle_error(alone[0].copy(), examples, rule, epochs, engine, options))
    runs = train_many(networks, examples, rule, epochs, engine=engine, seeds=seeds, rates=rates, **options)
    what = f"{engine.name}, random_network({seed}), {rule!r}, {options}"
    for index, (run, network) in enumerate(zip(runs, alone, strict=True)):
        own_rule = rule.with_rate(rates[index]) if rates else rule
        wanted = _run_of(network, examples, own_rule, epochs, engine, seed=seeds[index], **options)
        _compare(run, wanted, f"{what}, network {index}")


def _members(seed: int, cases: int, features: Mapping[str, Any]) -> tuple[list[Network], ExampleSet]:
    first, examples = random_network(seed, cases, **features)
    other, _ = random_network(seed, cases, **features)  # its functions are other objects than those of `first`, which copies share
    members = [first, other, *(first.copy() for _ in range(MEMBERS - 2))]
    for index, network in enumerate(members):
        values = np.random.default_rng([seed, index]).uniform(-0.7, 0.7, len(network.weights))
        is_trainable = network.weight_state.array("trainable")[network.weight_rows] != 0.0
        network.weight_values = np.where(is_trainable, values, network.weight_values)
    return members, examples if examples.lengths is None else _of_one_length(examples, 2 + seed % 3)


def _of_one_length(examples: ExampleSet, ticks: int) -> ExampleSet:
    """Return sequences of one length made from the ticks of examples."""
    valid = [(case, tick) for case, length in enumerate(np.asarray(examples.lengths)) for tick in range(length)]
    cases, chosen = np.transpose([valid[index % len(valid)] for index in range(ticks * len(examples))])
    shape = len(examples), ticks, -1
    return ExampleSet.from_arrays(examples.inputs[cases, chosen].reshape(shape), examples.targets[cases, chosen].reshape(shape))


def _middle_error(network: Network, examples: ExampleSet, rule: Rule, epochs: int, engine: Engine, options: Mapping[str, Any]) -> float:
    """Return an error that some networks reach before the last epoch."""
    errors = _run_of(network, examples, rule, epochs, engine, **options).errors
    return max(0.0, float(np.median(errors))) if errors else 0.0


def _run_of(network: Network, examples: ExampleSet, rule: Rule, epochs: int, engine: Engine, **options: Any) -> Run:
    try:
        return train(network, examples, rule, epochs, engine=engine, **options)
    except DivergenceError as error:
        run: Run = error.run
        return run


def _compare(run: Run, wanted: Run, what: str) -> None:
    for name in ("errors", "corrects", "phase_numbers", "stopped", "seed", "phases", "ran_by"):
        assert_that(getattr(run, name) == getattr(wanted, name), what, name, repr(getattr(wanted, name)), getattr(run, name))
    for name, array in wanted.memory.items():
        _compare_arrays(run.memory[name], array, what, f"memory {name!r}")
    for state, other, quantities in (
        (run.network.weight_state, wanted.network.weight_state, WEIGHT_QUANTITIES),
        (run.network.state, wanted.network.state, UNIT_QUANTITIES),
    ):
        for quantity in quantities:
            _compare_arrays(state.array(quantity), other.array(quantity), what, quantity)


def _compare_arrays(got: Array, wanted: Array, what: str, name: str) -> None:
    if not np.array_equal(got, wanted, equal_nan=True):  # formatting an array takes longer than comparing it
        assert_that(False, what, name, repr(wanted), got)
