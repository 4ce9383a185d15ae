"""Procedures that settle in the compiled engine: the numbers of `local`, on random symmetric networks, and what is given to `local`."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist.engines.procedure_checks import check_procedure
from connectionist.errors import DataError, DivergenceError, WiringError
from connectionist_plugins.engines.compiled import settling_session
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, block_signals_address

TWO_PHASES = ("contrastive_hebbian", cn.procedure("generec", midpoint=True, symmetric=True))
ENGINES = ("local", "compiled")
DESCENTS = tuple(
    cn.procedure("equilibrium_propagation", **({"steps": 12} | parameters))
    for parameters in ({}, {"symmetric": True, "cost": "state"}, {"symmetric": True, "beta": 0.3, "dt": 0.3}, {"cost": "state", "steps": 4})
)


def network(draw: Any) -> cn.Network:
    """Return a random network with symmetric connections, some of them sparse, within a group, of two delays, frozen or lesioned."""
    net = cn.Network("random", tie_derivative=draw(st.sampled_from(["mean", "sum"])))
    functions = st.sampled_from(["logistic", "tanh"])
    sizes = [draw(st.integers(1, 6)) for _ in range(4)]
    net.add_group("input", sizes[0], role="input")
    net.add_group("first", sizes[1], activation=draw(functions))
    net.add_group("second", sizes[2], activation=draw(functions))
    error_function = draw(st.sampled_from(["squared", "cross_entropy"]))
    net.add_group("output", sizes[3], role="output", error=error_function)
    numbers = np.random.default_rng(draw(st.integers(0, 100)))
    densities = [1.0 if draw(st.booleans()) else 0.5 for _ in range(2)]
    net.connect("input", "first", pattern=numbers.random((sizes[0], sizes[1])) < densities[0])
    net.connect("first", "second", pattern=numbers.random((sizes[1], sizes[2])) < densities[1])
    net.connect("second", "output")
    if sizes[2] > 1 and draw(st.booleans()):
        net.connect("second", "second", delay=draw(st.integers(1, 2)), pattern=1 - np.eye(sizes[2]))
        net.make_symmetric("second", "second")
    net.make_symmetric("first", "second")
    net.make_symmetric("second", "output", delay=draw(st.integers(1, 3)))
    net.randomize(0.6, seed=draw(st.integers(0, 100)))
    if sizes[2] > 2 and draw(st.booleans()):
        net.lesion("second:1")
    return net


def held(net: cn.Network, ticks: int, count: int, missing: bool) -> cn.ExampleSet:
    """Return examples with constant inputs and targets at the last tick."""
    numbers = np.random.default_rng(count)
    inputs, targets = numbers.random((count, len(net["input"]))), 0.1 + 0.8 * numbers.random((count, len(net["output"])))
    if missing:
        targets[::3, 0] = np.nan
        targets[0] = 0.5
    pairs = zip(inputs, targets, strict=True)
    return cn.ExampleSet([cn.Example.of_events([cn.Event(x, d, time=ticks, targets_at="last")]) for x, d in pairs])


def trained(make: Callable[[], cn.Network], examples: cn.ExampleSet, engine: Any, **how: Any) -> list[Any]:
    """Return everything that a training shows."""
    net = make()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "procedure 'equilibrium_propagation': ")  # of cases that are not at rest
        run = cn.train(net, examples, cn.rule("momentum", rate=0.03, decay=0.001), 2, engine=engine, **how)
    shown = [net.state.array(name).copy() for name in ("activation", "net_input", "target", "activation_derivative", "net_derivative")]
    return [run.errors, run.corrects, net.weight_values, net.weight_state.array("derivative").copy(), *shown]


def can_run(net: cn.Network, examples: cn.ExampleSet, procedure: Any) -> bool:
    """Return whether a procedure can run examples. A sparse pattern may leave a group without connections, or ticks may be too few."""
    try:
        check_procedure(cn.procedure(procedure) if isinstance(procedure, str) else procedure, net, examples)
    except (WiringError, DataError):
        return False
    return True


def settles(net: cn.Network, examples: cn.ExampleSet, procedure: Any) -> bool:
    """Return whether the kernels that settle run a procedure."""
    made: Any = cn.procedure(procedure) if isinstance(procedure, str) else procedure
    job = TrainingJob(net, examples, cn.Phase(cn.rule("momentum"), 1, procedure=made), tolerance=0.5, memory={})
    return settling_session.can_settle(made, job, "float64")


@settings(max_examples=16, phases=[Phase.generate], deadline=None, derandomize=True)
@given(st.data())
def test_both_engines_settle_equally_for_any_number_of_threads(data: Any) -> None:
    draw = data.draw
    procedure: Any = draw(st.sampled_from([*TWO_PHASES, *DESCENTS]))
    net = network(draw)
    examples = held(net, draw(st.integers(1, 6)), draw(st.sampled_from([1, 3, 11])), draw(st.booleans()))
    how: dict[str, Any] = {
        "procedure": procedure,
        "update_after": draw(st.sampled_from(["epoch", 1, 7])),
        "order": draw(st.sampled_from(["fixed", "permuted"])),
        "seed": 1,
        "tolerance": 0.3,
    }
    assume(can_run(net, examples, procedure))
    assert settles(net, examples, procedure)
    local, one, two = (trained(net.copy, examples, engine, **how) for engine in ("local", "compiled", cn.engine("compiled", threads=2)))
    for wanted, found, also in zip(local, one, two, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-12)
        np.testing.assert_array_equal(found, also)


def small(delay: int = 1, **groups: Any) -> cn.Network:
    """Return a symmetric network, whose connections back have a delay."""
    net = cn.Network("small")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, **groups)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.make_symmetric("hidden", "output", delay=delay)
    net.randomize(0.5, seed=1)
    return net


@pytest.mark.parametrize("procedure", TWO_PHASES)
@pytest.mark.parametrize("integrates", ["net_input", "activation"])
def test_leaky_units_settle_equally(procedure: Any, integrates: str) -> None:
    def make() -> cn.Network:
        return small(integrates=integrates, dt=0.4, initial=0.2 if integrates == "activation" else 0.0)

    examples = held(make(), 6, 5, missing=True)
    assert settles(make(), examples, procedure)
    for update_after in ("epoch", 1):
        local, found = (trained(make, examples, engine, procedure=procedure, update_after=update_after) for engine in ("local", "compiled"))
        for one, other in zip(local, found, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("has_lateral", [False, True])
@pytest.mark.parametrize(("delay", "ticks"), [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3)])
def test_clamped_outputs_reach_hidden_units_at_the_tick_of_local(delay: int, ticks: int, has_lateral: bool) -> None:
    def make() -> cn.Network:
        net = small(delay)
        if has_lateral:
            net.connect("hidden", "hidden", delay=1, pattern=1 - np.eye(4))
            net.make_symmetric("hidden", "hidden")
            net.randomize(1.5, seed=2)
        return net

    examples = held(make(), ticks, 9, missing=False)
    for procedure in TWO_PHASES:
        assert can_run(make(), examples, procedure) == (ticks > delay)
        if ticks > delay:
            assert settles(make(), examples, procedure)
            for update_after in ("epoch", 1):
                local, found = (trained(make, examples, each, procedure=procedure, update_after=update_after) for each in ENGINES)
                for one, other in zip(local, found, strict=True):
                    np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("ticks", [2, 3, 4])
def test_fewer_ticks_than_the_longest_delay_are_run_one_by_one(ticks: int) -> None:
    def make() -> cn.Network:
        net = small()
        net.add_group("other", 3)
        net.connect("hidden", "other")
        net.connect("other", "output")
        net.make_symmetric("other", "output", delay=3)
        net.randomize(1.5, seed=2)
        return net

    examples = held(make(), ticks, 9, missing=False)
    assert settles(make(), examples, "generec")
    local, found = (trained(make, examples, engine, procedure="generec") for engine in ENGINES)
    for one, other in zip(local, found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("ticks", [5, 8])
@pytest.mark.parametrize("delay", [2, 3])
def test_delays_of_several_ticks_settle_equally(delay: int, ticks: int) -> None:
    examples = held(small(), ticks, 3, missing=False)
    for update_after in ("epoch", 1):
        how: dict[str, Any] = {"procedure": "contrastive_hebbian", "update_after": update_after}
        local, found = (trained(partial(small, delay), examples, engine, **how) for engine in ("local", "compiled"))
        for one, other in zip(local, found, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)


def test_a_phase_that_rests_early_has_the_numbers_of_all_its_ticks() -> None:
    examples = held(small(), 200, 5, missing=False)
    local, found = (trained(small, examples, engine, procedure="contrastive_hebbian") for engine in ("local", "compiled"))
    for one, other in zip(local, found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("procedure", [TWO_PHASES[0], DESCENTS[1]])
def test_single_precision_settles_nearly_equally(procedure: Any) -> None:
    examples = held(small(), 5, 9, missing=True)
    for update_after in ("epoch", 1):
        local, found = (
            trained(small, examples, engine, procedure=procedure, update_after=update_after)
            for engine in ("local", cn.engine("compiled", precision="float32"))
        )
        np.testing.assert_allclose(found[2], local[2], atol=1e-5)


@dataclass(frozen=True)
class InPython(cn.SignalProcedure):
    """A procedure whose formula cannot be compiled."""

    name = "in_python"
    phases = (cn.CasePhase("minus"), cn.CasePhase("plus", targets="clamped"))

    def signal(self, value: float, first: float, second: float, third: float, fourth: float, target: float) -> float:
        """Return a product."""
        return float(str(second * fourth)) - first * third


def test_a_formula_that_cannot_be_compiled_settles_equally() -> None:
    examples = held(small(), 4, 3, missing=True)
    for update_after in ("epoch", 1):
        local = trained(small, examples, "local", procedure=InPython(), update_after=update_after)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CompilationWarning)
            found = trained(small, examples, "compiled", procedure=InPython(), update_after=update_after)
        np.testing.assert_allclose(found[2], local[2], rtol=1e-12)


@dataclass(frozen=True)
class OfEverything(InPython):
    """A procedure whose formula reads the weight, the target and parameters of each type."""

    name = "of_everything"
    scale: float = 0.7
    power: int = 2
    adds_value: bool = True

    def signal(self, value: float, first: float, second: float, third: float, fourth: float, target: float) -> float:
        """Return a sum of products."""
        found = second * fourth / (self.scale * self.power) - first * third
        if self.adds_value:
            found += 0.1 * value - min(0.3, first) * abs(third)
        return found


@dataclass(frozen=True)
class OfTarget(OfEverything):
    """A procedure whose formula compares numbers of a case."""

    name = "of_target"

    def signal(self, value: float, first: float, second: float, third: float, fourth: float, target: float) -> float:
        """Return a product with the target, or without one that of the activations."""
        return second * fourth * target if target > 0.0 else first * third


@pytest.mark.parametrize(("procedure", "has_block"), [(OfEverything(), True), (OfEverything(adds_value=False), True), (OfTarget(), False)])
@pytest.mark.parametrize("cases", [3, 8, 21])
def test_signals_of_a_block_of_cases_are_those_of_python(procedure: Any, has_block: bool, cases: int) -> None:
    examples = held(small(), 4, cases, missing=True)
    local, found = (trained(small, examples, engine, procedure=procedure) for engine in ("local", "compiled"))
    np.testing.assert_allclose(found[2], local[2], rtol=1e-12)
    assert bool(block_signals_address(procedure, [])) == has_block


def test_a_formula_for_a_block_of_cases_raises_as_in_python() -> None:
    procedure = OfEverything(scale=0.0)
    assert block_signals_address(procedure, [])
    with pytest.raises(DivergenceError, match="ZeroDivisionError"):
        trained(small, held(small(), 4, 9, missing=False), "compiled", procedure=procedure)


def test_a_criterion_ends_the_training_of_both_engines_in_the_same_epoch() -> None:
    examples = held(small(), 3, 6, missing=False)
    given: dict[str, Any] = {"rule": cn.rule("steepest", rate=0.3), "procedure": "equilibrium_propagation"}
    reached = cn.train(small(), examples, epochs=10, **given).errors[6]
    given["until"] = cn.Criterion(error=reached * (1.0 + 1e-9))
    runs = [cn.train(small(), examples, epochs=10, engine=engine, **given) for engine in ("local", "compiled")]
    assert runs[0].stopped == runs[1].stopped == "criterion"
    assert runs[0].epochs == runs[1].epochs == 7


@pytest.mark.parametrize(
    ("procedure", "options", "text"),
    [
        ("contrastive_hebbian", {}, "with noise"),
        ("contrastive_hebbian", {"after_example": lambda _: None}, "with functions that are called after each example"),
        ("equilibrium_propagation", {"after_example": lambda _: None}, "with functions that are called after each example"),
        ("equilibrium_propagation", {"record": cn.Recorder("activation", of="hidden")}, "with recorders"),
        ("contrastive_hebbian", {"clamps": True}, "with examples that clamp units"),
        ("contrastive_hebbian", {"lengths": True, "after_example": lambda _: None}, "with functions .* and examples of different lengths"),
    ],
)
def test_what_has_no_kernels_is_given_to_local_and_the_run_says_so_once(procedure: str, options: dict[str, Any], text: str) -> None:
    net = small()
    net["hidden"].net_input_noise = None if options else cn.Noise(0.1)
    examples, how = held(net, 4, 3, missing=False), dict(options)
    if how.pop("clamps", False):
        examples = examples.clamped(net, {"hidden:0": 0.5})
    if how.pop("lengths", False):
        examples = cn.ExampleSet([*examples, *held(net, 5, 1, missing=False)])
    with pytest.warns(UserWarning, match=f"{procedure!r} {text}: the engine 'compiled' has no kernels for it") as warned:
        cn.train(net, examples, "steepest", 3, procedure=procedure, **how)
    assert len(warned) == 1


def test_cases_that_are_not_at_rest_are_counted_in_one_warning() -> None:
    procedure = cn.procedure("equilibrium_propagation", steps=2)
    with pytest.warns(
        UserWarning, match=r"12 phases of a case not at rest after 2 steps \(largest change 0\.\d+, criterion 1e-06\)"
    ) as warned:
        cn.train(small(), held(small(), 1, 6, missing=False), "steepest", 1, procedure=procedure, engine="compiled")
    assert len(warned) == 1
