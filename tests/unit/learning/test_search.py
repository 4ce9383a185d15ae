"""Search rules run on every engine, with one search per epoch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist.errors import DivergenceError, ParameterError, PluginError
from connectionist.learning.search import SearchSession
from connectionist.plugins.rules import Evaluate, SearchRule
from connectionist.testing import check_update_rule
from connectionist.utils.arrays import Array


@dataclass(frozen=True)
class Halving(SearchRule):
    """Steps against the derivative, and halves the step until the error falls."""

    first: float = 4.0
    decay: float = 0.0
    name = "halving"

    def search(self, values: Array, evaluate: Evaluate, memory: dict[str, Any]) -> Array:
        memory["calls"] = memory.get("calls", 0) + 1
        error, derivatives = evaluate(values)
        step = self.first
        while evaluate(values - step * derivatives)[0] >= error and step > 1e-12:
            step /= 2
        return values - step * derivatives


@dataclass(frozen=True)
class Misshapen(SearchRule):
    name = "misshapen"

    def search(self, values: Array, evaluate: Evaluate, memory: dict[str, Any]) -> Array:
        return values[:-1]


@dataclass(frozen=True)
class Away(SearchRule):
    name = "away"

    def search(self, values: Array, evaluate: Evaluate, memory: dict[str, Any]) -> Array:
        return values * np.inf


def test_the_error_of_a_line_search_never_rises(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    run = cn.train(net, xor, Halving(), 20, engine=engine)
    assert all(later < earlier for earlier, later in zip(run.errors, run.errors[1:], strict=False))
    assert run.epochs == 20


def test_a_search_rule_passes_the_public_check() -> None:
    check_update_rule(Halving)


def test_frozen_and_lesioned_weights_are_not_searched(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    frozen, lesioned = net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:0")
    frozen.weight.trainable = False
    net.lesion(lesioned)
    kept = frozen.weight.value, lesioned.weight.value
    cn.train(net, xor, Halving(decay=0.1), 3, engine=engine)
    assert (frozen.weight.value, lesioned.weight.value) == kept


def test_decay_and_change(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    before = net.weight_values
    cn.train(net, xor, Halving(decay=0.1), 1, engine=engine)
    changes = np.array([weight.change for weight in net.weights])
    assert changes.any()
    assert net.weight_values == pytest.approx(0.9 * (before + changes), rel=1e-12)


def test_a_search_that_returns_the_wrong_number_of_weights_raises(net: cn.Network, xor: cn.ExampleSet) -> None:
    with pytest.raises(PluginError, match=r"rule .misshapen.: search must return 11 weights \(got shape \(10,\)\)"):
        cn.train(net, xor, Misshapen(), 1)


def test_a_search_that_diverges_raises_and_restores_the_weights(net: cn.Network, xor: cn.ExampleSet) -> None:
    before = net.weight_values
    with pytest.raises(DivergenceError, match="diverged in epoch 1"):
        cn.train(net, xor, Away(), 1)
    assert np.array_equal(net.weight_values, before)


def test_it_stops_on_a_criterion(net: cn.Network, xor: cn.ExampleSet) -> None:
    start, _ = cn.error_derivatives(net, xor)
    goal = start - 1e-3
    run = cn.train(net, xor, Halving(), 50, until=goal)
    assert run.stopped == "criterion"
    assert run.errors[-1] <= goal < run.errors[-2]


def test_other_rules_raise(net: cn.Network, xor: cn.ExampleSet) -> None:
    from connectionist.plugins import registry

    with pytest.raises(ParameterError, match="SearchSession: rule must be a SearchRule"):
        SearchSession(registry.find("engines", "local")(), TrainingJob(net, xor, cn.Phase(cn.rule("steepest"), 1), 0.5, {}), {})


def test_memory_lasts_through_a_phase_even_with_a_stopping_function(net: cn.Network, xor: cn.ExampleSet) -> None:
    calls = []

    @dataclass(frozen=True)
    class Counting(SearchRule):
        name = "counting"

        def search(self, values: Array, evaluate: Evaluate, memory: dict[str, Any]) -> Array:
            memory["calls"] = memory.get("calls", 0) + 1
            calls.append(memory["calls"])
            return values

    phases = [cn.Phase(Counting(), 2), cn.Phase(Counting(), 3)]
    cn.train(net, xor, phases=phases, until=lambda _: False)
    assert calls == [1, 2, 1, 2, 3]


def test_a_projection_with_a_rate_raises(net: cn.Network, xor: cn.ExampleSet) -> None:
    net.projection("input", "hidden").rate = 0.5
    with pytest.raises(
        ParameterError,
        match=r"rule 'halving' searches over all weights at once, so a projection cannot have a rate \(projection input → hidden has 0.5\)",
    ):
        cn.train(net, xor, Halving(), 1)


def test_examples_that_continue_one_another_raise() -> None:
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("output", "output", delay=1)
    examples = cn.ExampleSet.stream([[0.0], [1.0]], [[1.0], [0.0]])
    with pytest.raises(ParameterError, match="so examples cannot continue one another"):
        cn.train(net, examples, Halving(), 1)


def test_limits_noise_and_calls_after_examples_raise(net: cn.Network, xor: cn.ExampleSet) -> None:
    with pytest.raises(ParameterError, match="rule 'halving' evaluates whole epochs, so it is called after no example"):
        cn.train(net, xor, Halving(), 1, after_example=lambda _: None)
    net["hidden"].net_input_noise = 0.1
    with pytest.raises(
        ParameterError, match="rule 'halving' compares errors of several passes, so the network cannot have noise in training"
    ):
        cn.train(net, xor, Halving(), 1)
    net["hidden"].net_input_noise = None
    net.projection("input", "hidden").limits = (0, 1)
    with pytest.raises(ParameterError, match="rule 'halving' searches without limits, so projection input → hidden cannot have any"):
        cn.train(net, xor, Halving(), 1)
