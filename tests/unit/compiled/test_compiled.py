"""Properties of the compiled engine alone. The conformance tests compare it with the local engine."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist.engines.phase import Phase
from connectionist.errors import DivergenceError
from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.plugins.rules import LocalRule, UpdateRule, WholeNetRule
from connectionist.testing import random_network
from connectionist_plugins.engines.compiled import Compiled
from connectionist_plugins.engines.compiled.formulas import numba_formulas
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, _compiled, _warned
from connectionist_plugins.engines.compiled.formulas.guard_functions import exponential, logarithm

TABLE = {"steep": 3.0}  # numba does not support such dictionaries


@dataclass(frozen=True)
class Uncompilable(ActivationFunction):
    """A logistic function that numba cannot compile."""

    name = "uncompilable"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        return 1.0 / (1.0 + math.exp(-TABLE["steep"] * net_input))

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return TABLE["steep"] * activation * (1.0 - activation)


@dataclass(frozen=True)
class UncompilableJoint(JointActivationFunction):
    """Shares of a sum of squares, which numba cannot compile."""

    name = "uncompilable_joint"

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
        """Write numbers that depend on all arguments. They are not the derivatives."""
        for i in range(len(activations)):
            net_derivatives[i] = activation_derivatives[i] * TABLE["steep"] - activations[i] * activation_derivatives[0]


@dataclass(frozen=True)
class UncompilableError(ErrorFunction):
    """The fourth power, which numba cannot compile."""

    name = "uncompilable_error"

    def error(self, activation: float, target: float) -> float:
        """Return E."""
        return (activation - target) ** 4 / TABLE["steep"]

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""
        return 4.0 * (activation - target) ** 3 / TABLE["steep"]


@dataclass(frozen=True)
class UncompilableRule(WholeNetRule):
    """Momentum over the length of the derivative, which numba cannot compile."""

    rate: float = 0.1
    decay: float = 0.0
    name = "uncompilable_rule"
    memory = ("last_change", "count")

    def summarize(self, derivatives: Sequence[float]) -> float:
        """Return the length."""
        return TABLE["steep"] + math.sqrt(math.fsum(d * d for d in derivatives))

    def change(self, value: float, derivative: float, summary: float, last: float, count: float) -> tuple[float, float, float]:
        """Return Δw and the memory."""
        change = -self.rate * derivative / summary + 0.5 * last + 0.001 * count * value
        return change, change, count + 1.0


@dataclass(frozen=True)
class UncompilableLocal(LocalRule):
    """Oja's rule, which numba cannot compile."""

    rate: float = 0.1
    name = "uncompilable_local"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return y (x − y w)."""
        return TABLE["steep"] * receiver * (sender - receiver * value)

    def change(self, value: float, signal: float) -> tuple[float]:
        """Return Δw."""
        return (self.rate * signal,)


def small(activation: Any = None, error: Any = None, output: Any = None) -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network("small")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, activation=activation)
    net.add_group("output", 2, role="output", activation=output, error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output", rate=0.03)
    net.randomize(1.0, seed=3)
    generator = np.random.default_rng(0)
    return net, cn.ExampleSet.from_arrays(generator.uniform(-1, 1, (7, 3)), generator.integers(0, 2, (7, 2)))


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
@pytest.mark.parametrize(
    ("activation", "error", "rule"),
    [
        (Uncompilable(), None, cn.rule("momentum", rate=0.2)),
        (UncompilableJoint(), None, cn.rule("momentum", rate=0.2)),
        (None, UncompilableError(), cn.rule("momentum", rate=0.2)),
        (None, None, UncompilableRule(rate=0.2, decay=0.01)),
        (None, None, UncompilableLocal()),
    ],
)
def test_formulas_in_python_give_the_same_numbers(activation: Any, error: Any, rule: Any) -> None:
    weights = []
    for engine in ("local", "compiled"):
        net, examples = small(activation, error)
        net["output"].error_function = error or net["output"].error_function
        cn.train(net, examples, rule=rule, epochs=3, update_after=2, engine=engine)
        weights.append(net.weight_values)
    assert np.abs(weights[0] - small()[0].weight_values).max() > 1e-3
    np.testing.assert_allclose(weights[1], weights[0], rtol=1e-12)


def test_a_formula_that_cannot_be_compiled_warns_once() -> None:
    _compiled.clear()
    _warned.clear()
    net, examples = small(Uncompilable())
    with pytest.warns(CompilationWarning, match="uncompilable: cannot be compiled") as warned:
        net.outputs(examples, engine="compiled")
    assert len(warned) == 1  # the reason is the same for the activation and for the slope
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.outputs(examples, engine="compiled")


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
def test_an_exception_in_a_formula_in_python_is_raised() -> None:
    net, examples = small(Uncompilable())
    net["hidden"].activation_function = Broken()
    with pytest.raises(KeyError, match="nowhere"):
        net.outputs(examples, engine="compiled")
    net["hidden"].activation_function = Uncompilable()
    assert np.isfinite(net.outputs(examples, engine="compiled")).all()


@dataclass(frozen=True)
class Broken(Uncompilable):
    """Raises when it is called."""

    def activation(self, net_input: float) -> float:
        """Raise."""
        return TABLE["nowhere"]


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_every_builtin_formula_compiles_without_numba(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(numba_formulas, "numba_address")
    _compiled.clear()
    _warned.clear()
    engine = cn.engine("compiled", precision=precision)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("logistic", "tanh", "linear", "rectified", "softmax"):
            for error in ("squared", "cross_entropy", "divergence") if name in ("logistic", "softmax") else ("squared",):
                net, examples = small(name, error, name)
                cn.train(net, examples, rule=cn.rule("momentum", rate=0.01), epochs=1, engine=engine)
        warnings.filterwarnings("ignore", message="rule 'delta': learns from targets")
        for rule in ("steepest", "dougs_momentum", "delta", "hebb"):
            cn.train(net, examples, rule=cn.rule(rule, rate=0.01), epochs=1, engine=engine)


@dataclass(frozen=True)
class CountedSteepest(UpdateRule):
    """Steepest descent with an integer parameter."""

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


def test_exponential_is_within_two_units_in_the_last_place() -> None:
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


def test_tables_may_have_any_memory_layout() -> None:
    trained = []
    for kind in ("as they are", "by columns", "broadcast"):
        net, examples = small()
        if kind == "by columns":
            vars(examples).update(inputs=np.asfortranarray(examples.inputs), targets=np.asfortranarray(examples.targets))
        if kind == "broadcast":
            vars(examples).update(inputs=np.broadcast_to(examples.inputs[0], examples.inputs.shape))
        weights = [net.weight_values]
        for update_after in ("epoch", 1, 2):
            cn.train(net, examples, rule=cn.rule("steepest", rate=0.1), epochs=3, update_after=update_after, engine="compiled")
            weights.append(net.weight_values)
            cn.error_derivatives(net, examples, engine="compiled")
        local, _ = small()
        for update_after in ("epoch", 1, 2):
            cn.train(local, examples, rule=cn.rule("steepest", rate=0.1), epochs=3, update_after=update_after, engine="local")
        np.testing.assert_allclose(net.weight_values, local.weight_values, rtol=1e-11)
        trained.append(net.weight_values)
    np.testing.assert_array_equal(trained[0], trained[1])
    assert np.abs(trained[2] - trained[0]).max() > 1e-3


def everything_shown(net: cn.Network, run: cn.Run) -> list[bytes]:
    arrays = [net.state.array(name) for name in net.state.quantities] + [
        net.weight_state.array(name) for name in net.weight_state.quantities
    ]
    return [np.ascontiguousarray(array).tobytes() for array in [*arrays, np.array(run.errors), np.array(run.corrects)]]


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("update_after", ["epoch", 1, 7])
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 7, 8])  # in network 6, Hebb's rule diverges
def test_results_are_bit_identical_for_any_number_of_threads(seed: int, update_after: str | int, threads: int) -> None:
    shown = []
    for count in (1, threads):
        net, examples = random_network(seed, cases=90)
        engine = cn.engine("compiled", threads=count)
        rules = [cn.rule("momentum", rate=0.01), cn.rule("dougs_momentum", rate=0.01), cn.rule("hebb", rate=0.001)]
        runs = [cn.train(net, examples, rule, 3, update_after=update_after, order="permuted", engine=engine) for rule in rules]
        shown.append([*everything_shown(net, runs[0]), np.array(runs[1].errors).tobytes()])
    assert shown[0] == shown[1]


def test_training_stops_in_the_same_epoch_with_several_threads() -> None:
    for goal, rate in ((1.2, 0.5), (None, 1e200)):
        outcomes = []
        for threads in (1, 2):
            net, examples = random_network(2, cases=70)
            until = None if goal is None else cn.Criterion(error=cn.error_derivatives(net, examples)[0] / goal)
            try:
                run = cn.train(
                    net, examples, cn.rule("momentum", rate=rate / 1000), 200, until=until, engine=cn.engine("compiled", threads=threads)
                )
            except DivergenceError as diverged:
                run = diverged.run
            outcomes.append((run.stopped, run.epochs, net.weight_values.tobytes()))
        assert outcomes[0] == outcomes[1]
        assert outcomes[0][0] == ("diverged" if goal is None else "criterion")


@pytest.mark.parametrize("update_after", ["epoch", 1, 7])
@pytest.mark.parametrize("seed", range(12))
def test_single_precision_agrees_within_its_tolerance(seed: int, update_after: str | int) -> None:
    single = cn.engine("compiled", precision="float32")
    (net, examples), (copy, _) = random_network(seed, cases=19), random_network(seed, cases=19)
    np.testing.assert_allclose(net.outputs(examples, single), copy.outputs(examples, "local"), rtol=single.tolerance, atol=1e-5)
    (error, derivatives), (expected, of_local) = cn.error_derivatives(net, examples, single), cn.error_derivatives(copy, examples, "local")
    assert error == pytest.approx(expected, rel=single.tolerance)
    np.testing.assert_allclose(derivatives, of_local, rtol=single.tolerance, atol=single.tolerance * np.abs(of_local).max())
    assert np.abs(derivatives - of_local).max() > 1e-12 * np.abs(of_local).max()
    for each, engine in ((net, single), (copy, "local")):
        cn.train(each, examples, cn.rule("momentum", rate=0.001), 2, update_after=update_after, engine=engine)
    np.testing.assert_allclose(net.weight_values, copy.weight_values, rtol=1e-4, atol=1e-5)


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
def test_single_precision_runs_formulas_in_python() -> None:
    single = cn.engine("compiled", precision="float32")
    for update_after in ("epoch", 1):
        trained = []
        for engine in (single, "local"):
            net, examples = small(Uncompilable(), UncompilableError())
            cn.train(net, examples, UncompilableRule(), 4, update_after=update_after, engine=engine)
            cn.train(net, examples, UncompilableLocal(), 2, update_after=update_after, engine=engine)
            trained.append(net.weight_values)
        np.testing.assert_allclose(trained[0], trained[1], rtol=1e-4)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"precision": "float16"}, r"compiled\.precision: must be 'float64' or 'float32' \(got 'float16'\)"),
        ({"threads": 0}, r"compiled\.threads: must be a whole number of at least 1 \(got 0\)"),
        ({"cores": 2}, r"compiled\.cores: no such parameter; known: precision, threads"),
    ],
)
def test_wrong_parameters_raise(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        cn.engine("compiled", **parameters)


def test_a_run_has_the_settings_of_its_engine() -> None:
    net, examples = small()
    run = cn.train(net, examples, cn.rule("momentum"), 1, engine=cn.engine("compiled", threads=2))
    assert (run.engine, run.engine_settings) == ("compiled", {"threads": 2})
    assert cn.run("xor", epochs=2, engine=cn.engine("compiled", precision="float32")).report["engine"] == "compiled precision=float32"


@pytest.mark.parametrize(("side", "cases"), [(400, 16), (40, 2000)])
def test_training_needs_no_more_memory_than_documented(side: int, cases: int) -> None:
    net = cn.Network("memory")
    net.add_group("input", side, role="input")
    net.add_group("output", side, role="output")
    net.connect("input", "output")
    generator = np.random.default_rng(0)
    examples = cn.ExampleSet.from_arrays(generator.uniform(size=(cases, side)), generator.uniform(size=(cases, side)))
    rule = cn.rule("momentum", rate=1e-6)
    cn.train(net, examples, rule, 1, engine="compiled")  # machine code and the schedule stay in memory
    tracemalloc.start()
    try:
        cn.train(net, examples, rule, 2, engine="compiled")
        numbers = tracemalloc.get_traced_memory()[1] / 8
    finally:
        tracemalloc.stop()
    assert numbers <= 3 * len(net.units) * cases + 5 * len(net.weights)


def test_logarithm_is_within_two_units_in_the_last_place() -> None:
    @numba.njit
    def logarithms(xs: Any, ys: Any) -> None:
        for i in range(len(xs)):
            ys[i] = logarithm(xs[i])

    generator = np.random.default_rng(0)
    spread, near = (
        10.0 ** generator.uniform(-323, 308, 200_000),
        1.0 + generator.normal(size=100_000) * 10.0 ** generator.uniform(-15, -1, 100_000),
    )
    x = np.concatenate([spread, near[near > 0]])
    y, expected = np.empty_like(x), np.log(x.astype(np.longdouble))
    logarithms(x, y)
    assert (np.abs(y - expected) <= 2 * np.spacing(np.abs(expected.astype(float)))).all()
    ends, answers = np.array([0.0, -1.0, math.inf, math.nan, 1.0, 5e-324]), np.empty(6)
    logarithms(ends, answers)
    np.testing.assert_array_equal(answers, [-math.inf, math.nan, math.inf, math.nan, 0.0, math.log(5e-324)])


@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
def test_orders_may_be_transposed_and_of_any_integer_type(update_after: str | int) -> None:
    by_epoch = np.array([[0, 3, 1, 2, 6, 5, 4], [6, 6, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 6, 0]])
    weights = []
    different: list[Any] = [by_epoch, np.asfortranarray(by_epoch), by_epoch.T.copy().T, by_epoch.astype(np.int32)]
    for orders in different:
        net, examples = small()
        phase = Phase(cn.rule("steepest", rate=0.3), 3, update_after=update_after, order="permuted")
        Compiled().session(TrainingJob(net, examples, phase, 0.5, {})).run(orders, None)
        weights.append(net.weight_values)
    for each in weights[1:]:
        np.testing.assert_array_equal(each, weights[0])


def test_after_a_local_rule_all_derivatives_are_zero() -> None:
    net, examples = small()
    cn.error_derivatives(net, examples, engine="compiled")
    assert any(weight.derivative for weight in net.weights)
    cn.train(net, examples, rule=cn.rule("hebb", rate=0.01), epochs=2, engine="compiled")
    assert not any(weight.derivative for weight in net.weights)


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_a_lesioned_output_unit_has_no_target(update_after: str | int) -> None:
    found = []
    for engine in ("local", "compiled"):
        net, examples = small()
        net.lesion(net.unit("output:1"))
        run = cn.train(net, examples, rule=cn.rule("steepest", rate=0.1), epochs=3, update_after=update_after, engine=engine)
        error, derivatives = cn.error_derivatives(net, examples, engine=engine)
        assert math.isnan(net.unit("output:1").target)
        assert net.unit("output:1").activation_derivative == 0.0
        assert not np.isnan(examples.targets).any()
        found.append([*net.weight_values, error, *derivatives, *run.log["error"], *run.log["correct"]])
    np.testing.assert_allclose(found[1], found[0], rtol=1e-11, atol=1e-15)


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
@pytest.mark.parametrize("rule", [cn.rule("momentum", rate=0.2), UncompilableRule(), UncompilableLocal()])
def test_a_network_without_trainable_weights_can_be_trained(rule: Any) -> None:
    net, examples = small()
    for weight in net.weights:
        weight.trainable = False
    before = net.weight_values
    with pytest.warns(UserWarning, match="all weights are frozen"):
        assert len(cn.train(net, examples, rule=rule, epochs=2, engine="compiled").log) == 2
    np.testing.assert_array_equal(net.weight_values, before)


NO_NUMBA = """
import sys, warnings
import connectionist as cn
from connectionist.plugins import registry
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning

warnings.simplefilter("ignore")
warnings.simplefilter("error", CompilationWarning)

def train(activation="logistic", error="squared", rule="momentum", **options):
    net, examples = cn.Network(), cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[1, 0], [0, 1]])
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, activation=activation)
    net.add_group("output", 2, role="output", error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    cn.train(net, examples, rule=cn.rule(rule), epochs=2, engine="compiled", **options)
    return 1

trained = train(update_after=1)
for kind, parameter in (("update_rules", "rule"), ("activation_functions", "activation"), ("error_functions", "error")):
    for name in registry.get_registry().names(kind):
        try:
            trained += train(**{parameter: name})
        except (cn.errors.DataError, cn.errors.WiringError):  # it trains other networks
            pass
print("numba" in sys.modules, trained)
"""


def test_functions_and_rules_of_the_simulator_need_no_numba() -> None:
    for environment in ({}, {"NUMBA_DISABLE_JIT": "1"}):
        command = [sys.executable, "-c", NO_NUMBA]
        ended = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        has_numba, trained = ended.stdout.split()
        assert (has_numba, int(trained) >= 40) == ("False", True), ended.stdout


def test_without_numba_other_formulas_run_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    _compiled.clear()
    _warned.clear()
    net, examples = small(Cubed())
    with pytest.warns(CompilationWarning, match=r"cannot be compiled \(numba does not compile, since NUMBA_DISABLE_JIT is set\)"):
        found = net.outputs(examples, engine="compiled")
    np.testing.assert_allclose(found, net.outputs(examples, engine="local"), rtol=1e-12)


def test_a_value_that_numba_cannot_read_is_named_in_one_sentence() -> None:
    module = "connectionist_plugins.engines.compiled.formulas.numba_errors"
    program = f"from {module} import numba_warnings_in_words\nwith numba_warnings_in_words(): import numba"
    command, environment = [sys.executable, "-W", "always", "-c", program], os.environ | {"NUMBA_DISABLE_JIT": "yes"}
    lines = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr.splitlines()
    said = "UserWarning: environment variable NUMBA_DISABLE_JIT: numba cannot read the value 'yes', and uses its default"
    assert [line for line in lines if "NUMBA" in line or "Traceback" in line] == [next(line for line in lines if line.endswith(said))]


@dataclass(frozen=True)
class Cubed(cn.ActivationFunction):
    """A function with a power, which numba compiles."""

    name = "cubed"

    def activation(self, net_input: float) -> float:
        """Return x³."""
        return net_input**3

    def slope(self, net_input: float, activation: float) -> float:
        """Return 3x²."""
        return 3.0 * net_input * net_input
