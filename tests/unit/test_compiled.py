"""The compiled engine's own parts; that it equals `local` is tested in conformance."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import warnings
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

import connectionist as cn
from connectionist.functions import ActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.rules import LocalRule, UpdateRule, WholeNetRule
from connectionist_plugins.engines.compiled.exponential import exponential
from connectionist_plugins.engines.compiled.native import CompilationWarning, _compiled

TABLE = {"steep": 3.0}  # numba has no such dictionaries


@dataclass(frozen=True)
class Refused(ActivationFunction):
    """A logistic function that numba cannot compile."""

    name = "refused"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        return 1.0 / (1.0 + math.exp(-TABLE["steep"] * net_input))

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return TABLE["steep"] * activation * (1.0 - activation)


@dataclass(frozen=True)
class RefusedJoint(JointActivationFunction):
    """Shares of a sum of squares, which numba cannot compile."""

    name = "refused_joint"

    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write each y."""
        total = TABLE["steep"]
        for x in net_inputs:
            total += x * x
        for i, x in enumerate(net_inputs):
            activations[i] = x / total

    def net_derivatives(
        self, activations: Sequence[float], activation_derivatives: Sequence[float], net_derivatives: MutableSequence[float]
    ) -> None:
        """Write something that depends on everything; no derivative is claimed."""
        for i in range(len(activations)):
            net_derivatives[i] = activation_derivatives[i] * TABLE["steep"] - activations[i] * activation_derivatives[0]


@dataclass(frozen=True)
class RefusedError(ErrorFunction):
    """The fourth power, which numba cannot compile."""

    name = "refused_error"

    def error(self, activation: float, target: float) -> float:
        """Return E."""
        return (activation - target) ** 4 / TABLE["steep"]

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""
        return 4.0 * (activation - target) ** 3 / TABLE["steep"]


@dataclass(frozen=True)
class RefusedRule(WholeNetRule):
    """Momentum over the length of the derivative, which numba cannot compile."""

    rate: float = 0.1
    decay: float = 0.0
    name = "refused_rule"
    memory = ("last_change", "count")

    def summarize(self, derivatives: Sequence[float]) -> float:
        """Return the length."""
        return TABLE["steep"] + math.sqrt(math.fsum(d * d for d in derivatives))

    def change(self, value: float, derivative: float, summary: float, last: float, count: float) -> tuple[float, float, float]:
        """Return Δw and the memory."""
        change = -self.rate * derivative / summary + 0.5 * last + 0.001 * count * value
        return change, change, count + 1.0


@dataclass(frozen=True)
class RefusedLocal(LocalRule):
    """Oja's rule, which numba cannot compile."""

    rate: float = 0.1
    name = "refused_local"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return y (x − y w)."""
        return TABLE["steep"] * receiver * (sender - receiver * value)

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)


def small(activation: Any = None, error: Any = None) -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network("small")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, activation=activation)
    net.add_group("output", 2, role="output", error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output", rate=0.03)
    net.randomize(1.0, seed=3)
    generator = np.random.default_rng(0)
    return net, cn.ExampleSet.from_arrays(generator.uniform(-1, 1, (7, 3)), generator.integers(0, 2, (7, 2)))


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.native.CompilationWarning")
@pytest.mark.parametrize(
    ("activation", "error", "rule"),
    [
        (Refused(), None, cn.rule("momentum", rate=0.2)),
        (RefusedJoint(), None, cn.rule("momentum", rate=0.2)),
        (None, RefusedError(), cn.rule("momentum", rate=0.2)),
        (None, None, RefusedRule(rate=0.2, decay=0.01)),
        (None, None, RefusedLocal()),
    ],
)
def test_what_cannot_be_compiled_gives_the_same_numbers(activation: Any, error: Any, rule: Any) -> None:
    weights = []
    for engine in ("local", "compiled"):
        net, examples = small(activation, error)
        net["output"].error_function = error or net["output"].error_function
        cn.train(net, examples, rule=rule, epochs=3, update_after=2, engine=engine)
        weights.append(net.weight_values)
    assert np.abs(weights[0] - small()[0].weight_values).max() > 1e-3
    np.testing.assert_allclose(weights[1], weights[0], rtol=1e-12)


def test_the_run_says_once_what_cannot_be_compiled() -> None:
    _compiled.cache_clear()
    net, examples = small(Refused())
    with pytest.warns(CompilationWarning, match="refused: cannot be compiled") as warned:
        net.outputs(examples, engine="compiled")
    assert len(warned) == 2  # its activation and its slope
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.outputs(examples, engine="compiled")


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.native.CompilationWarning")
def test_an_exception_in_a_formula_called_back_is_raised() -> None:
    net, examples = small(Refused())
    net["hidden"].activation_function = Broken()
    with pytest.raises(KeyError, match="nowhere"):
        net.outputs(examples, engine="compiled")
    net["hidden"].activation_function = Refused()
    assert np.isfinite(net.outputs(examples, engine="compiled")).all()


@dataclass(frozen=True)
class Broken(Refused):
    """Raises when it is called."""

    def activation(self, net_input: float) -> float:
        """Raise."""
        return TABLE["nowhere"]


def test_every_builtin_formula_compiles() -> None:
    _compiled.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("logistic", "tanh", "linear", "rectified", "softmax"):
            net, examples = small(name)
            for rule in ("steepest", "momentum", "dougs_momentum", "delta", "hebb"):
                cn.train(net, examples, rule=cn.rule(rule, rate=0.01), epochs=1, engine="compiled")


@dataclass(frozen=True)
class CountedSteepest(UpdateRule):
    """Steepest descent with a whole-numbered parameter."""

    rate: float = 0.1
    times: int = 2
    name = "counted_steepest"

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return Δw."""
        return (-self.rate * self.times * derivative,)


def test_parameters_reach_the_compiled_formula() -> None:
    weights = []
    for engine, times in (("local", 2), ("compiled", 2), ("compiled", 3)):
        net, examples = small()
        cn.train(net, examples, rule=CountedSteepest(times=times), epochs=2, engine=engine)
        weights.append(net.weight_values)
    np.testing.assert_allclose(weights[0], weights[1], rtol=1e-12)
    assert np.abs(weights[2] - weights[1]).max() > 1e-3


def test_exponential_is_within_two_units_of_the_last_place() -> None:
    @numba.njit
    def exponentials(xs: Any, ys: Any) -> None:
        for i in range(xs.size):
            ys[i] = exponential(xs[i])

    generator = np.random.default_rng(1)
    x = np.concatenate([generator.uniform(low, high, 100_000) for low, high in ((-707, 709.7), (-1, 1), (-40, 40))])
    y = np.empty_like(x)
    exponentials(x, y)
    exact = np.array([math.exp(number) for number in x])
    assert (np.abs(y - exact) / np.spacing(exact)).max() <= 2
    ends, answers = np.array([0.0, -np.inf, -800.0, np.inf, 711.0, np.nan]), np.empty(6)
    exponentials(ends, answers)
    np.testing.assert_array_equal(answers, [1.0, 0.0, 0.0, np.inf, np.inf, np.nan])


PROGRAM = """
import connectionist as cn
net = cn.Network()
net.add_group("input", 2, role="input")
net.add_group("output", 1, role="output")
net.connect("input", "output")
examples = cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[1], [0]])
run = cn.train(net, examples, rule=cn.rule("momentum", rate=0.5), epochs=50, engine="compiled")
print(run.error.hex())
"""


def start(cache: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "CONNECTIONIST_CACHE": str(cache), "XDG_CACHE_HOME": str(cache), "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.timeout(240)
def test_several_processes_may_start_at_once_with_an_empty_cache(tmp_path: Path) -> None:
    processes = [start(tmp_path / "cache") for _ in range(3)]
    answers = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    again = start(tmp_path / "cache")
    assert again.communicate()[0] == answers[0][0]


@pytest.mark.timeout(240)
def test_it_works_when_the_cache_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    process = start(tmp_path / "file" / "cache")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert float.fromhex(out) > 0
