"""The compiled engine on networks with costs on activations. `check_engine` compares random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.population import PopulationJob, PopulationResults
from connectionist.model.activation_cost import WITH_PEAK
from connectionist.testing import random_network
from connectionist.testing.populations import check_population
from connectionist_plugins.engines.compiled import Compiled
from connectionist_plugins.engines.compiled.formulas import numba_formulas
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, _compiled

COSTS = [cn.ActivationCost(kind, 0.05, peak) for kind in WITH_PEAK for peak in (0.5, 0.3)]
COSTS += [cn.ActivationCost("absolute", 0.05), cn.ActivationCost("square", 0.05)]
QUANTITIES = ("activation", "activation_derivative", "net_derivative")


class Doubled(cn.ActivationCost):
    """A cost with its own formulas."""

    def cost(self, activation: float) -> float:
        return 2.0 * super().cost(activation)

    def slope(self, activation: float) -> float:
        return 2.0 * super().slope(activation)


def made(cost: cn.ActivationCost | None, hidden: str = "logistic", error: str = "cross_entropy") -> cn.Network:
    net = cn.Network("costs")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 5, activation=hidden)
    net.add_group("output", 2, role="output", error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=3)
    net["hidden"].cost = net["output"].cost = cost
    return net


def patterns(weight: float = 1.0) -> cn.ExampleSet:
    generator = np.random.default_rng(0)
    tables = zip(generator.uniform(-1, 1, (7, 3)), generator.integers(0, 2, (7, 2)), strict=True)
    return cn.ExampleSet(cn.Example(*table, error_weight=weight if index % 2 else 1.0) for index, table in enumerate(tables))


def trained(net: cn.Network, engine: Any, **options: Any) -> list[Any]:
    run = cn.train(net, patterns(2.0), cn.rule("momentum", rate=0.05), 4, engine=engine, **options)
    units = [[getattr(unit, quantity) for unit in net.units if not unit.lesioned] for quantity in QUANTITIES]
    return [run.errors, net.weight_values, units, run.test_errors if "test" in options else 0.0]


def assert_same(got: list[Any], wanted: list[Any], *, tolerance: float = 1e-12) -> None:
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("cost", COSTS, ids=str)
@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_costs_are_those_of_the_objects(cost: cn.ActivationCost, update_after: str | int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(numba_formulas, "numba_address")
    _compiled.clear()
    wanted = trained(made(cost), "local", update_after=update_after, test=patterns())
    assert_same(trained(made(cost), "compiled", update_after=update_after, test=patterns()), wanted)
    single = cn.engine("compiled", precision="float32")
    assert_same(trained(made(cost), single, update_after=update_after, test=patterns()), wanted, tolerance=1e-4)


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_costs_of_a_joint_group_with_a_lesion(update_after: str | int) -> None:
    results = []
    for engine in ("local", "compiled"):
        net = made(cn.ActivationCost("quadratic", 0.1), hidden="softmax")
        net.lesion(net.unit("hidden:2"))
        results.append(trained(net, engine, update_after=update_after))
    assert_same(*results)


@pytest.mark.parametrize("ticks_back", [False, True])
@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_costs_in_time(update_after: str | int, ticks_back: bool) -> None:
    for seed in (1, 4, 6):  # ties are summed in the first, averaged in the others
        results = []
        for engine in ("local", "compiled"):
            net, examples = random_network(seed, delays=True, integrators=True, ticks_back=ticks_back, costs=True)
            run = cn.train(net, examples, cn.rule("steepest", rate=0.01), 2, engine=engine, update_after=update_after)
            results.append([run.errors, net.weight_values])
        assert_same(*results)


def test_two_threads_give_the_same_bits() -> None:
    net, other = (made(cn.ActivationCost("quadratic", 0.1)) for _ in range(2))
    generator = np.random.default_rng(0)
    examples = cn.ExampleSet.from_arrays(generator.uniform(-1, 1, (70, 3)), generator.integers(0, 2, (70, 2)))
    runs = [cn.train(each, examples, "momentum", 5, engine=cn.engine("compiled", threads=n + 1)) for n, each in enumerate((net, other))]
    assert runs[0].errors == runs[1].errors
    np.testing.assert_array_equal(net.weight_values, other.weight_values)


def test_a_cost_that_is_assigned_later_takes_effect() -> None:
    net, cost = made(None), cn.ActivationCost("quadratic", 0.1)
    before = cn.error_derivatives(net, patterns())[0]
    for assigned in (cost, cn.ActivationCost("quadratic", 0.2), None):
        net["hidden"].cost = assigned
        found = cn.error_derivatives(net, patterns())[0]
        assert found == pytest.approx(cn.error_derivatives(net, patterns(), engine="local")[0], rel=1e-13)
        assert (found == before) == (assigned is None)


def test_formulas_of_a_subclass_run_in_python() -> None:
    results = []
    for engine in ("local", "compiled"):
        net = made(None)
        net["hidden"].cost = Doubled("quadratic", 0.1)
        results.append(trained(net, engine) if engine == "local" else warned(net, engine))
    assert_same(*results)


class Wrong(cn.ActivationCost):
    """A cost with a formula that returns no number."""

    wrong = "cost"

    def cost(self, activation: float) -> float:
        return None if self.wrong == "cost" else 1.0  # type: ignore[return-value]

    def slope(self, activation: float) -> float:
        return None if self.wrong == "slope" else 1.0  # type: ignore[return-value]


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
@pytest.mark.parametrize("wrong", ["cost", "slope"])
def test_a_formula_that_returns_no_number_raises_what_the_objects_raise(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wrong, "wrong", wrong)
    messages = set()
    for engine in ("local", "compiled"):
        net = made(None)
        net["hidden"].cost = Wrong("square", 0.1)
        with pytest.raises(TypeError) as error:
            cn.error_derivatives(net, patterns(), engine=engine)
        messages.add(str(error.value))
    assert messages == {"unsupported operand type(s) for +=: 'float' and 'NoneType'"}


def warned(net: cn.Network, engine: str) -> list[Any]:
    with pytest.warns(CompilationWarning, match="Doubled: cannot be compiled"):
        return trained(net, engine)


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("in_time", [False, True])
def test_populations_with_costs_have_the_bits_of_each_alone(update_after: str | int, in_time: bool) -> None:
    features = {"costs": True} | ({"delays": True, "integrators": True, "ticks_back": True} if in_time else {})
    for seed in (0, 1):
        check_population(cn.engine("compiled"), seed, cn.rule("momentum", rate=0.02), 3, features, update_after=update_after)


class InLanes(Compiled):
    """The compiled engine, which must train populations in lanes."""

    def train_population(self, job: PopulationJob) -> PopulationResults | None:
        results = super().train_population(job)
        assert results is not None
        return results


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_populations_in_time_with_one_length_are_trained_together(update_after: str | int) -> None:
    generator = np.random.default_rng(2)
    examples = cn.ExampleSet([cn.Example.sequence(generator.random((4, 3)), generator.random((4, 2))) for _ in range(5)])
    nets = [made(cn.ActivationCost("quadratic", 0.1)) for _ in range(8)]
    for number, net in enumerate(nets):
        net["output"].error_function = "cosine"
        net.connect("hidden", "hidden", delay=1)
        net.randomize(1.0, seed=number % 4)
    alone, together = nets[:4], nets[4:]
    for net in alone:
        cn.train(net, examples, "momentum", 3, update_after=update_after)
    cn.train_many(together, examples, "momentum", 3, update_after=update_after, engine=InLanes())
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(other.weight_values, one.weight_values)


def test_recorded_derivatives_and_explanations_have_the_costs() -> None:
    tables = []
    for engine in ("local", "compiled"):
        net = made(cn.ActivationCost("quadratic", 0.1))
        run = cn.train(net, patterns(2.0), "momentum", 3, engine=engine, record=cn.Recorder(QUANTITIES, of=["hidden", "output"]))
        explained = net.unit("hidden:1").explain()
        assert explained.activation_derivative is not None
        assert explained.activation_derivative.total == pytest.approx(net.unit("hidden:1").activation_derivative, rel=1e-13)
        tables.append([run.recording[name].to_numpy() for name in QUANTITIES])
    assert_same(*tables)
