"""The compiled engine on networks whose error functions compare a whole group. `check_engine` compares random ones."""

from __future__ import annotations

import math
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError
from connectionist_plugins.engines.compiled.formulas import numba_formulas
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, _compiled, _warned
from connectionist_plugins.engines.compiled.layout.program import program_of

TABLE = {"steep": 3.0}  # no compiler takes it
QUANTITIES = ("activation", "activation_derivative", "net_derivative", "target")


@dataclass(frozen=True)
class Total(cn.JointErrorFunction):
    """The squared difference of two sums, shared equally."""

    factor: float = 0.5
    name = "total"

    def compare(
        self,
        activations: Sequence[float],
        targets: Sequence[float],
        errors: MutableSequence[float],
        derivatives: MutableSequence[float],
    ) -> None:
        """Write shares and ∂E/∂y."""
        difference = 0.0
        for i in range(len(activations)):
            difference += activations[i] - targets[i]
        for i in range(len(activations)):
            errors[i] = self.factor * difference * difference / len(activations)
            derivatives[i] = 2.0 * self.factor * difference


@dataclass(frozen=True)
class InPython(Total):
    """The same, steeper, which cannot be compiled."""

    name = "in_python"

    def compare(self, activations: Any, targets: Any, errors: Any, derivatives: Any) -> None:
        """Write shares and ∂E/∂y."""
        difference = math.fsum(activations) - math.fsum(targets)
        errors[0] = TABLE["steep"] * difference * difference
        derivatives[:] = [2.0 * TABLE["steep"] * difference] * len(activations)


@dataclass(frozen=True)
class Broken(Total):
    """Divides by 0 if the first target is 0."""

    name = "broken"

    def compare(self, activations: Any, targets: Any, errors: Any, derivatives: Any) -> None:
        """Write shares and ∂E/∂y."""
        for i in range(len(activations)):
            errors[i] = activations[i] / targets[0]
            derivatives[i] = 1.0 / targets[0]


def made(error: Any = "cosine", activation: str = "logistic", hidden: int = 5, **options: Any) -> cn.Network:
    net = cn.Network("joint errors")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", hidden)
    net.add_group("output", 4, role="output", activation=activation, error=error, **options)
    net.add_group("other", 2, role="output", error="cross_entropy")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "other")
    net.randomize(1.0, seed=4)
    return net


def patterns() -> cn.ExampleSet:
    generator = np.random.default_rng(1)
    targets = generator.uniform(0.1, 1.0, (11, 6))
    targets[1, 2] = targets[4, 0] = math.nan
    targets[7, :4] = math.nan
    return cn.ExampleSet.from_arrays(generator.uniform(-1, 1, (11, 3)), targets, error_weights=generator.uniform(0.5, 2.0, 11).tolist())


def trained(net: cn.Network, engine: Any, update_after: str | int = "epoch") -> list[Any]:
    run = cn.train(
        net,
        patterns(),
        cn.rule("momentum", rate=0.05),
        4,
        engine=engine,
        update_after=update_after,
        record=cn.Recorder(QUANTITIES, of=["hidden", "output"]),
        test=patterns(),
    )
    units = [[getattr(unit, quantity) for unit in net.units if not unit.lesioned] for quantity in QUANTITIES]
    return [run.errors, net.weight_values, units, run.test_errors, *(run.recording[name].to_numpy() for name in QUANTITIES)]


def assert_same(got: list[Any], wanted: list[Any], *, tolerance: float = 1e-12) -> None:
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
@pytest.mark.parametrize("options", [{}, {"margin": 0.2}, {"activation": "softmax"}, {"error": Total()}], ids=str)
def test_joint_errors_are_those_of_the_objects(options: dict[str, Any], update_after: str | int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(numba_formulas, "numba_address")
    _compiled.clear()
    wanted = trained(made(**options), "local", update_after)
    assert_same(trained(made(**options), "compiled", update_after), wanted)
    assert_same(trained(made(**options), cn.engine("compiled", precision="float32"), update_after), wanted, tolerance=1e-4)


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_a_lesioned_unit_has_no_part_in_the_error(update_after: str | int) -> None:
    results = []
    for engine in ("local", "compiled"):
        net = made()
        net.lesion(net.unit("output:1"))
        results.append(trained(net, engine, update_after))
    assert_same(*results)


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_a_group_is_compared_as_a_whole_when_its_units_are_activated_one_after_another(update_after: str | int) -> None:
    results = []
    for engine in ("local", "compiled"):
        net = made(hidden=2)
        net.connect("output", "output", pattern=np.triu(np.ones((4, 4), bool), 1), weights=0.3)
        assert program_of(net).most_units == 4  # the memory of the kernel is for all units of the group
        results.append(trained(net, engine, update_after))
    assert_same(*results)


def test_a_formula_that_cannot_be_compiled_runs_in_python_with_a_warning() -> None:
    _warned.clear()
    with pytest.warns(CompilationWarning, match="in_python: cannot be compiled"):
        found = trained(made(InPython()), "compiled")
    assert_same(found, trained(made(InPython()), "local"))


def test_a_compiled_formula_raises_what_python_raises() -> None:
    examples = cn.ExampleSet.from_arrays(patterns().inputs, np.nan_to_num(patterns().targets))
    for engine in ("local", "compiled"):
        with pytest.raises(ZeroDivisionError):
            cn.error_derivatives(made(Broken()), examples, engine=engine)


@dataclass(frozen=True)
class Wrong(cn.JointErrorFunction):
    """Derivatives that are no numbers."""

    name = "wrong"
    equation = "E = 0"

    def compare(self, activations: Any, targets: Any, errors: Any, derivatives: Any) -> None:
        derivatives[0] = None


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
def test_a_derivative_that_is_no_number_is_named_in_both_engines() -> None:
    for engine in ("local", "compiled"):
        with pytest.raises(PluginError, match=r"compare must write one number for each item .* \(wrote \[None, 0.0\] for 2 items\)"):
            cn.error_derivatives(made(Wrong()), patterns(), engine=engine)


def test_an_error_function_that_is_assigned_later_takes_effect() -> None:
    net = made()
    for error in ("squared", "cosine", Total(), Total(0.25)):
        net["output"].error_function = error
        found, wanted = (cn.error_derivatives(net, patterns(), engine=engine) for engine in ("compiled", "local"))
        assert_same([*found], [*wanted])


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_populations_have_the_bits_of_each_alone(update_after: str | int) -> None:
    alone, together = ([made() for _ in range(5)] for _ in range(2))
    for nets in (alone, together):
        for seed, net in enumerate(nets):
            net.randomize(1.0, seed=seed)
    for net in alone:
        cn.train(net, patterns(), "momentum", 3, update_after=update_after, order="fixed")
    cn.train_many(together, patterns(), "momentum", 3, update_after=update_after, order="fixed")
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.weight_values, other.weight_values)
