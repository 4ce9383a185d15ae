"""The terms of explanations add up to the stored values; if they do not, the explanation says so."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.engines.case_runner import CaseRunner
from connectionist.engines.engine import Engine
from connectionist.engines.rates import weight_rates
from connectionist.errors import WiringError
from connectionist.explain.terms import FunctionValue, Sum, Term
from connectionist.explain.unit import UnitExplanation
from connectionist.model.last_update import LastUpdate
from connectionist.plugins.rules import SearchRule
from connectionist.testing import random_network

SEEDS = st.integers(0, 2**32)


def add_terms(terms: tuple[Term, ...]) -> float:
    total = 0.0
    for term in terms:
        total += term.value
    return total


def sums_of(explained: UnitExplanation) -> Iterator[Sum]:
    for each in (explained.net_input, explained.integrated, explained.activation_derivative, explained.net_derivative):
        if each is not None:
            yield each
    yield from (weight.derivative.copies for weight in explained.weights)


def function_values_of(explained: UnitExplanation) -> Iterator[FunctionValue]:
    for weight in explained.weights:
        if weight.change is not None:
            yield weight.change.change
            yield weight.change.after
    if explained.activation is not None:
        yield explained.activation


def check_products(total: Sum) -> None:
    for term in total.terms:
        if term.factors and total.name not in ("signal",):
            product = math.prod(value for _, value in term.factors)
            assert term.value == pytest.approx(product, rel=1e-15, abs=1e-300)
        if term.parts is not None:
            check_products(term.parts)


def check_exact(net: cn.Network, *, sums: bool = True) -> None:
    """Check that every sum of every unit equals the stored value exactly."""
    for unit in net.units:
        explained = unit.explain()
        for total in sums_of(explained):
            assert add_terms(total.terms) / total.divisor == total.stored, (unit.name, total)
            check_products(total)
        for value in function_values_of(explained):
            assert value.agreement == "exact", (unit.name, value)
        assert "but the" not in str(explained)
        assert explained.net_input is None or explained.net_input.stored == unit.net_input
        assert explained.activation_derivative.stored == unit.activation_derivative


def run_case(net: cn.Network, example: cn.Example) -> cn.Network:
    net.forward(example.inputs)
    net.backward(example.targets)
    return net.unrolled or net


@given(SEEDS)
def test_every_sum_equals_the_stored_value_exactly(seed: int) -> None:
    net, examples = random_network(seed, cases=2)
    check_exact(run_case(net, examples[1]))


@given(SEEDS, st.booleans())
def test_every_sum_in_time_equals_the_stored_value_exactly(seed: int, integrators: bool) -> None:
    net, examples = random_network(seed, cases=2, delays=True, integrators=integrators, initial=True, ticks=4)
    check_exact(run_case(net, examples[0]))


@given(SEEDS, st.booleans())
def test_every_sum_with_ticks_back_equals_the_stored_value_exactly(seed: int, integrators: bool) -> None:
    net, examples = random_network(seed, cases=2, delays=True, integrators=integrators, initial=True, ticks_back=True, ticks=4)
    unrolled = run_case(net, examples[0])
    kept = [unrolled.state.array(quantity).copy() for quantity in unrolled.state.quantities]
    weights = [net.weight_state.array(quantity).copy() for quantity in net.weight_state.quantities]
    for unit in unrolled.units:
        explained = unit.explain()
        for total in sums_of(explained):
            assert add_terms(total.terms) / total.divisor == total.stored, (unit.name, total)
        assert "but the" not in str(explained)
    after = [unrolled.state.array(quantity) for quantity in unrolled.state.quantities]
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(kept, after, strict=True))
    for quantity, array in zip(net.weight_state.quantities, weights, strict=True):
        assert net.weight_state.array(quantity).tolist() == array.tolist()


@given(SEEDS)
def test_an_unrolled_network_is_explained_like_any_other(seed: int) -> None:
    net, examples = random_network(seed, cases=2, delays=True, integrators=True, ticks=3)
    unrolled = net.unroll(examples[0].ticks or 1)
    unrolled.forward(examples[0].inputs.ravel())
    unrolled.backward(examples[0].targets.ravel())
    check_exact(unrolled)


@given(SEEDS)
def test_after_compiled_passes_the_sums_agree_except_for_the_last_digits(seed: int) -> None:
    net, examples = random_network(seed, cases=3)
    cn.error_derivatives(net, examples, engine="compiled")
    for unit in net.units:
        explained = unit.explain()
        for total in sums_of(explained):
            assert total.name == "derivative" or total.agreement in ("exact", "rounded"), (unit.name, total)
        for value in function_values_of(explained):
            assert value.agreement in ("exact", "rounded"), (unit.name, value)


def test_a_weight_that_holds_the_sum_over_several_examples_has_a_note(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    cn.error_derivatives(net, xor, engine=engine)
    assert "the sum over several examples, or the derivative of another pass" in str(net.unit("hidden:0").explain())


def test_a_derivative_summed_over_the_examples_is_a_normal_state(net: cn.Network, xor: cn.ExampleSet) -> None:
    cn.train(net, xor, rule="steepest", epochs=1, engine="local")
    connection = net.connection("input:0", "hidden:0")
    shown = str(connection.explain())
    assert f"\n  the stored derivative, summed over 4 examples, is {connection.weight.derivative!r}\n" in shown
    assert "but the stored derivative" not in shown
    cn.train(net, cn.ExampleSet.from_arrays([[1, 0]], [[1]]), rule="steepest", epochs=1, engine="local")
    net.forward([0, 1])
    net.backward([1])
    explained = str(connection.explain())
    assert "summed over" not in explained


def test_the_parameters_of_functions_are_shown() -> None:
    @dataclass(frozen=True)
    class Scaled(cn.ErrorFunction):
        scale: float = cn.parameter(1.0, above=0)
        name = "scaled"
        equation = "E = scale · (y − d)²"

        def error(self, activation: float, target: float) -> float:
            return self.scale * (activation - target) ** 2

        def derivative(self, activation: float, target: float) -> float:
            return 2.0 * self.scale * (activation - target)

    net = cn.Network()
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation=cn.activation_function("logistic", gain=2.0), error=Scaled(scale=3.0))
    net.connect("input", "output")
    net.forward([1])
    net.backward([1])
    shown = str(net.unit("output:0").explain())
    assert "activation, logistic (gain=2.0) of the net input: y = 1 / (1 + e^(−gain · x))" in shown
    assert "comparison, scaled (scale=3.0): E = scale · (y − d)²" in shown


RULES = ["steepest", "momentum", "dougs_momentum", "delta", "hebb"]


@pytest.mark.filterwarnings("ignore:rule .delta.. learns from targets")  # random networks have hidden groups
@given(SEEDS, st.sampled_from(RULES), st.sampled_from([1, 2, "epoch"]), st.sampled_from([0.0, 0.01]))
def test_after_training_the_pass_and_the_change_are_explained_exactly(seed: int, name: str, after: Any, decay: float) -> None:
    net, examples = random_network(seed, cases=3)
    cn.train(net, examples, rule=cn.rule(name, rate=0.01, decay=decay), epochs=3, engine="local", update_after=after)
    is_local = name in ("delta", "hebb")
    for unit in net.units:
        explained = unit.explain()
        for total in sums_of(explained):
            if total.name == "net_input" or (not is_local and total.name != "derivative"):
                assert total.agreement == "exact", (unit.name, total)
        for value in function_values_of(explained):
            assert value.agreement == "exact", (unit.name, value)
        for connection, weight in zip(unit.incoming, explained.weights, strict=True):
            assert (weight.change is not None) == connection.weight.trainable
            if weight.change is not None:
                assert weight.change.rule == name
                assert weight.change.after.stored == connection.weight.value
                assert weight.change.examples == (1 if after != "epoch" else 3)


@pytest.mark.filterwarnings("ignore:rule .delta.. learns from targets")
def test_signals_of_a_local_rule_add_up(net: cn.Network, xor: cn.ExampleSet) -> None:
    cn.train(net, xor, rule=cn.rule("delta", rate=0.1), epochs=2, engine="local", update_after=1)
    explained = net.connection("hidden:0", "output:0").explain()
    assert explained.change is not None
    assert explained.change.signals is not None
    assert explained.change.signals.total == explained.change.signals.stored
    assert "training with the rule delta has no backward pass" in str(net.unit("output:0").explain())


def test_the_text_has_all_digits(net: cn.Network) -> None:
    net.forward([1, 1])
    net.backward([1])
    text = str(net.unit("output:0").explain())
    block = text.split("\n\n")[1].splitlines()[2:]
    *rows, last = [[float(found) for found in re.findall(r"(?<![:\w])-?\d[\d.e-]*", line)] for line in block]
    total = 0.0
    for activation, weight, product in rows:
        assert activation * weight == product
        total += product
    assert total == net.unit("output:0").net_input == last[0]


def test_tied_connections_are_listed_one_by_one() -> None:
    for convention in ("mean", "sum"):
        net = cn.Network("tied", tie_derivative=convention)
        net.add_group("input", 3, role="input")
        net.add_group("output", 1, role="output", activation="linear", biased=False)
        net.connect("input", "output", weights=0.5)
        net.tie(net.projection("input", "output").connections)
        net.forward([1.0, 2.0, 4.0])
        net.backward([3.0])
        explained = net.connection("input:1", "output:0").explain()
        assert explained.derivative is not None
        assert [term.value for term in explained.derivative.copies.terms] == [0.5, 1.0, 2.0]
        assert explained.derivative.copies.total == explained.derivative.copies.stored
        assert explained.derivative.own.value == 1.0
        assert f"the {convention} over the 3 connections that share it" in str(explained)


def test_an_assignment_after_the_pass_is_reported(net: cn.Network) -> None:
    net.forward([1, 0])
    net.backward([1])
    net.connection("input:0", "hidden:0").weight.value = 3.0
    explained = net.unit("hidden:0").explain()
    assert explained.net_input is not None
    assert explained.net_input.agreement == "different"
    assert "net input (as it would be now)" in str(explained)
    assert "but the stored net input is" in str(explained)
    assert "but the" not in str(net.unit("hidden:1").explain())


def test_a_missing_backward_pass_is_reported(net: cn.Network) -> None:
    net.forward([1, 0])
    net.backward([1])
    assert "but the" not in str(net.unit("output:0").explain())
    net.forward([0, 1])
    assert "there was no backward pass after the last forward pass" in str(net.unit("output:0").explain())


def test_a_connection_reports_differences_of_its_units(net: cn.Network) -> None:
    connection = net.connection("input:0", "hidden:0")
    assert "every unit is at 0, as before the first case" in str(connection.explain())
    assert "call forward first" in str(net.unit("hidden:0").explain())
    assert "but the stored net input of hidden:0 is 0.0: a weight or an activation was changed after the forward pass" in str(
        connection.explain()
    )
    net.forward([1, 0])
    net.backward([1])
    assert "but the" not in str(connection.explain())
    assert "every unit is at 0" not in str(connection.explain()) + str(net.unit("hidden:0").explain())
    before = net.unit("hidden:0").net_input
    connection.weight.value = 9.0
    explained = connection.explain()
    assert explained.sent is not None
    assert explained.sent.value == 9.0
    assert explained.receiver is not None
    assert explained.receiver.net_input == net.unit("hidden:0").explain().net_input
    assert f"but the stored net input of hidden:0 is {before!r}: a weight or an activation was changed after the forward pass" in str(
        explained
    )
    behind = net.connection("hidden:0", "output:0")
    assert "but the" not in str(behind.explain())
    behind.weight.value = 2.0
    assert "but the stored net input of output:0" in str(behind.explain())
    assert f"but the stored activation derivative of hidden:0 is {net.unit('hidden:0').activation_derivative!r}: there was no" in str(
        behind.explain()
    )
    net.forward([0, 1])
    again = str(behind.explain())
    assert "but the stored net input" not in again
    assert "but the stored activation derivative of output:0" in again


def test_a_connection_names_the_weights_of_the_pass(net: cn.Network, xor: cn.ExampleSet) -> None:
    cn.train(net, xor, rule="momentum", epochs=2, engine="local")
    assert "with the weights before the last change, from which this pass was computed" in str(
        net.connection("input:0", "hidden:0").explain()
    )


def test_the_target_of_an_earlier_case_is_marked(net: cn.Network) -> None:
    net.forward([1, 0])
    net.backward([1])
    compared = net.unit("output:0").explain().comparison
    assert compared is not None
    assert compared.is_current
    net.forward([0, 1])
    explained = net.unit("output:0").explain()
    assert explained.comparison is not None
    assert not explained.comparison.is_current
    section = str(explained).split("comparison", 1)[1].split("\n\n")[0]
    assert section.startswith(" (as it would be with the stored target), squared")
    assert "but the target may be that of an earlier case: there was no backward pass after the last forward pass" in section


def test_weights_loaded_randomized_or_assigned_have_no_last_change(net: cn.Network, xor: cn.ExampleSet, tmp_path: Path) -> None:
    cn.save_weights(net, tmp_path / "weights.npz")

    def load() -> None:
        cn.load_weights(net, tmp_path / "weights.npz")

    def assign() -> None:
        net.weight_values = net.weight_values

    for renew in (load, assign, lambda: net.randomize(0.5, seed=3)):
        cn.train(net, xor, rule="momentum", epochs=2)
        connection = net.connection("input:0", "hidden:0")
        assert connection.explain().change is not None
        renew()
        assert net.weight_state.last_update is None
        assert connection.weight.change == 0.0
        assert "last change: none since the weights were created, loaded, randomized or assigned" in str(connection.explain())
        net.forward([1, 0])
        assert "last change" not in str(net.unit("hidden:0").explain())


def test_units_without_a_target_or_within_the_margin_have_no_error() -> None:
    net = cn.Network("margin")
    net.add_group("input", 1, role="input")
    net.add_group("output", 2, role="output", activation="linear", margin=0.2)
    net.connect("input", "output", weights=[[0.9, 0.9]])
    net.forward([1])
    net.backward([1, math.nan])
    assert "no error, since it is within the margin of 0.2" in str(net.unit("output:0").explain())
    assert "no error, since it has no target" in str(net.unit("output:1").explain())
    check_exact(net)


def test_lesioned_and_clamped_units_have_notes(net: cn.Network) -> None:
    lesioned = net.connection("input:0", "hidden:1")
    net.lesion("hidden:0", lesioned)
    net.forward([1, 0])
    net.backward([1])
    assert "lesioned: its activation is 0" in str(net.unit("hidden:0").explain())
    assert "clamped to 1.0" in str(net.unit("input:0").explain())
    assert "clamped" in str(net.unit("bias").explain())
    assert "is lesioned: it has no effect" in str(lesioned.explain())
    check_exact(net)


def test_a_joint_function_is_explained_over_the_group() -> None:
    net = cn.Network("joint")
    net.add_group("input", 2, role="input")
    net.add_group("output", ["a", "b", "c"], role="output", activation="softmax")
    net.connect("input", "output")
    net.randomize(0.5)
    net.forward([1, 0])
    net.backward([1, 0, 0])
    explained = net.unit("output:b").explain()
    assert explained.slope is None
    assert explained.activation is not None
    assert [name for name, _ in explained.activation.arguments] == ["output:a", "output:b", "output:c"]
    assert "softmax over the group" in str(explained)
    assert [name for name, _, _ in explained.group] == ["output:a", "output:b", "output:c"]
    check_exact(net)
    net["output"].error_function = "divergence"
    net.forward([1, 0])
    error = net.backward([1, 0, 0])
    explained = net.unit("output:a").explain()
    assert explained.net_derivative is not None
    assert explained.comparison is not None
    assert [term.name for term in explained.net_derivative.terms] == ["divergence from the net input"]
    assert explained.comparison.error == error
    assert explained.comparison.net_derivative == net["output"][0].net_derivative == pytest.approx(net["output"][0].activation - 1.0)
    check_exact(net)


@pytest.fixture
def in_time() -> cn.Network:
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2, integrates="net_input", dt=0.5)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "output")
    net.randomize(0.5)
    return net


def test_a_network_in_time_shows_its_copy_at_the_last_tick(in_time: cn.Network) -> None:
    in_time.forward([[1], [0], [1]])
    in_time.backward([[1], [0], [1]])
    explained = in_time.unit("hidden:1").explain()
    assert explained.name == "hidden:1@3"
    assert "shown at tick 3, the last; for another tick use net.unrolled.unit('hidden:1@1').explain()" in str(explained)
    assert explained.net_input is not None
    assert explained.net_input.total == in_time.unit("hidden:1").net_input
    connection = in_time.connection("hidden:0", "hidden:1").explain()
    assert connection.name == "hidden:0@2 → hidden:1@3"
    assert connection.derivative is not None
    assert len(connection.derivative.copies.terms) == 3
    assert in_time.unit("bias").explain().value == 1.0


def test_after_an_engine_ran_a_network_in_time_the_error_says_what_to_call(in_time: cn.Network, engine_in_time: str) -> None:
    examples = cn.ExampleSet([cn.Example.sequence([[1], [0]], [[1], [0]])])
    cn.train(in_time, examples, rule="momentum", epochs=2, engine=engine_in_time)
    message = (
        r"no copies .* an engine ran the last case .* call net.forward\(inputs\) and .*: net.unrolled.unit\('hidden:1@1'\).explain\(\)"
    )
    with pytest.raises(WiringError, match=message):
        in_time.unit("hidden:1").explain()
    explained = in_time.connection("hidden:0", "hidden:1").explain()
    assert "call net.forward(inputs)" in str(explained)
    assert explained.weight == in_time.connection("hidden:0", "hidden:1").weight.value


def test_the_last_change_of_a_network_in_time_is_explained(in_time: cn.Network) -> None:
    example = cn.Example.sequence([[1], [0]], [[1], [0]])
    cn.train(in_time, cn.ExampleSet([example]), rule="momentum", epochs=2, engine="local")
    change = in_time.connection("hidden:0", "hidden:1").explain().change
    assert change is not None
    assert change.after.agreement == "exact"
    run_case(in_time, example)
    explained = in_time.unit("hidden:0").explain()
    assert all(weight.change is not None for weight in explained.weights)
    assert "last change, by momentum" in str(explained)


def test_a_weight_assigned_after_a_change_is_marked(net: cn.Network, xor: cn.ExampleSet) -> None:
    cn.train(net, xor, rule="momentum", epochs=2, engine="local")
    net.connection("input:0", "hidden:0").weight.value = 2.0
    assert "now 2.0: assigned after the change" in str(net.unit("hidden:0").explain())
    assert "the weight is 2.0: it was assigned after the change" in str(net.connection("input:0", "hidden:0").explain())
    net.connection("input:1", "hidden:0").weight.change = 7.0
    assert "7.0; its inputs are not stored" in str(net.connection("input:1", "hidden:0").explain())


def test_frozen_weights_and_weights_without_a_change_have_notes(net: cn.Network) -> None:
    connection = net.connection("input:0", "hidden:0")
    assert str(connection.explain()).endswith("last change: none since the weights were created, loaded, randomized or assigned")
    connection.weight.trainable = False
    assert str(connection.explain()).endswith("last change: none, since the weight is frozen")
    assert "frozen" in str(net.unit("hidden:0").explain())


def test_after_a_divergence_there_is_no_last_change(net: cn.Network, xor: cn.ExampleSet) -> None:
    cn.train(net, xor, rule="momentum", epochs=2, engine="local")
    net["output"].activation_function = "linear"
    with pytest.raises(cn.ConnectionistError, match="diverged"):
        cn.train(net, xor, rule=cn.rule("steepest", rate=1e200), epochs=50, engine="local")
    assert net.weight_state.last_update is None


def test_a_projections_rate_is_shown(make_net: Any, xor: cn.ExampleSet) -> None:
    net = make_net()
    net.projection("hidden", "output").rate = 0.25
    cn.train(net, xor, rule=cn.rule("steepest", rate=0.5), epochs=1, engine="local")
    change = net.connection("hidden:0", "output:0").explain().change
    assert change is not None
    assert change.parameters["rate"] == 0.25
    assert change.change.agreement == "exact"
    assert "rate=0.25" in str(net.unit("output:0").explain())


@dataclass(frozen=True)
class Half(SearchRule):
    name = "half"

    def search(self, values: Any, evaluate: Any, memory: Any) -> Any:
        """Step against the derivative."""
        _, derivatives = evaluate(values)
        return values - 0.1 * derivatives


def test_a_search_rule_is_named(net: cn.Network, xor: cn.ExampleSet) -> None:
    cn.train(net, xor, rule=Half(), epochs=2, engine="local")
    explained = net.connection("input:0", "hidden:0").explain()
    assert "half is a search rule, which moves all weights at once" in str(explained)
    assert explained.change is not None
    assert explained.change.after.agreement == "exact"


def test_an_explanation_changes_nothing(net: cn.Network, xor: cn.ExampleSet) -> None:
    cn.train(net, xor, rule="momentum", epochs=2, engine="local")
    states = net.state, net.weight_state
    before = [state.array(quantity).copy() for state in states for quantity in state.quantities]
    for unit in net.units:
        assert str(unit.explain()) == str(unit.explain()) == repr(unit.explain())
    for connection in net.connections:
        str(connection.explain())
    after = [state.array(quantity) for state in states for quantity in state.quantities]
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(before, after, strict=True))


def test_cases_that_continue_one_another_are_explained(in_time: cn.Network) -> None:
    stream = cn.ExampleSet.stream([[1.0], [0.0], [1.0]], [[1.0], [0.0], [1.0]], ticks=1)
    runner = CaseRunner(in_time, stream)
    for case in range(3):
        unrolled = runner.run(case)
        runner.differentiate()
    check_exact(unrolled)
    assert isinstance(cn.engine("local"), Engine)


def test_the_leak_term_comes_before_the_term_of_a_connection_to_itself() -> None:
    for seed in range(20):
        net = cn.Network("itself")
        net.add_group("input", 2, role="input")
        net.add_group("hidden", 3, activation="tanh", integrates="activation", dt=0.3)
        net.add_group("output", 2, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "hidden", delay=1)
        net.connect("hidden", "output")
        net.randomize(1.0, seed)
        net.forward(np.ones((4, 2)))
        net.backward(np.zeros((4, 2)))
        assert net.unrolled is not None
        check_exact(net.unrolled)


@settings(max_examples=15)
@given(SEEDS, st.sampled_from(["steepest", "momentum", "dougs_momentum"]), st.booleans())
def test_a_last_change_stored_by_an_engine_on_arrays_is_explained(seed: int, name: str, in_time: bool) -> None:
    """The last change has the rows of the trained weights, in the order of the weights, and copies of the earlier values."""
    net, examples = random_network(seed, cases=3, delays=in_time, ticks=3)
    rule = cn.rule(name, rate=0.01)
    memory = cn.train(net, examples, rule=rule, epochs=2, engine="compiled").memory
    before = net.weight_values
    cn.train(net, examples, rule=rule, epochs=1, engine="compiled", memory=memory)
    state, rows = net.weight_state, net.weight_rows
    trained = (state.array("trainable") != 0.0)[rows] & (net.schedule.connection_counts > 0)[rows]
    state.last_update = LastUpdate(
        rule=rule,
        rows=rows[trained],
        rates=weight_rates(net, rule)[trained],
        values=before[trained],
        derivatives=state.array("derivative")[rows[trained]],
        memory={key: values[trained] for key, values in memory.items()},
        examples=len(examples),
    )
    for connection in net.connections:
        change = connection.explain().change
        assert (change is not None) == connection.weight.trainable
        assert change is None or {change.change.agreement, change.after.agreement} <= {"exact", "rounded"}
    for unit in net.units if not in_time else ():
        for total in sums_of(unit.explain()):
            assert total.name == "derivative" or total.agreement in ("exact", "rounded"), (unit.name, total)


def test_a_signal_that_is_not_a_product_is_not_shown_as_one(xor: cn.ExampleSet) -> None:
    net = cn.Network("delta")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    net.randomize(0.5, seed=1)
    cn.train(net, xor, cn.rule("delta", rate=0.1), 1, update_after=1)
    explained = net.connection("input:1", "output:0").explain()
    assert explained.change is not None
    assert explained.change.signals is not None
    (term,) = explained.change.signals.terms
    numbers = dict(term.arguments)
    assert not term.factors
    assert term.value == pytest.approx(numbers["sender"] * (numbers["target"] - numbers["receiver"]), rel=1e-12)
    assert f"of sender {numbers['sender']}, receiver {numbers['receiver']}, target {numbers['target']} = {term.value}" in str(explained)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("features", [{}, {"delays": True, "integrators": True, "initial": True}])
def test_noise_clamps_and_weights_of_the_error_are_terms(seed: int, features: dict[str, bool]) -> None:
    net, examples = random_network(seed, cases=2, noise=True, perturbed=True, lesions=False, **features)
    for projection in net.projections:
        projection.weight_noise = None
    runner = CaseRunner(net, examples, noise=net.next_noise())
    state = runner.run(1, 1)
    runner.differentiate()
    for unit in state.units:
        explained = unit.explain()
        assert explained.forward_difference is None, str(explained)
        assert explained.backward_difference is None, str(explained)


def test_noise_on_incoming_weights_is_named() -> None:
    net = cn.Network("noisy")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    projection = net.connect("input", "output", weights=0.5)
    note = "incoming weights have noise, which is not kept after the pass"
    net.forward([1])
    assert note not in str(net.unit("output:0").explain())
    projection.weight_noise = 0.1
    net.forward([1])
    net.backward([1])
    output, sender = str(net.unit("output:0").explain()), str(net.unit("input:0").explain())
    assert note in output
    assert "but the stored net input is" in output
    assert "outgoing weights have noise, which is not kept" in sender
    connection = str(projection.connections[0].explain())
    assert "incoming and outgoing weights have noise, which is not kept" in connection
    for text in (output, sender, connection):
        assert all("the weights had noise in the pass, or" in line for line in text.splitlines() if "but the stored" in line)


def test_a_clamped_unit_says_so() -> None:
    net = cn.Network("clamped")
    net.add_group("input", 1, role="input")
    net.add_group("hub", 1, role="output")
    net.connect("input", "hub", weights=0.5)
    net["input"].activation_noise = 0.1
    net.forward({"input": [1.0], "hub": [0.25]})
    net.backward([1.0])
    text = str(net.unit("hub:0").explain())
    assert "clamped to 0.25 in this case, so it has no error, and no derivative goes back through it" in text
    assert "of which" in str(net.unit("input:0").explain())


@pytest.mark.parametrize(
    ("kind", "strength", "note"),
    [
        ("hard", None, "clamped to 0.8 in this case"),
        ("weak", 0.3, "weak clamp in this case, value 0.8, strength 0.3: 0.7 of ∂E/∂y goes back through the unit"),
        ("soft", 0.3, "soft clamp in this case, value 0.8, strength 0.3: the net input that gives the activation 0.5 + 0.3 · (0.8 − 0.5)"),
        ("external", 0.3, "external clamp in this case, value 0.8, strength 0.3: 0.3 · 0.8 is added to the net input"),
    ],
)
@pytest.mark.parametrize(
    "features", [{}, {"integrates": "activation", "dt": 0.5}, {"integrates": "net_input", "dt": 0.5}, {"input_function": "distance"}]
)
@pytest.mark.parametrize("delay", [0, 1])
def test_every_clamping_has_its_value_kind_and_strength_in_the_arithmetic(
    kind: str, strength: float | None, note: str, features: dict[str, Any], delay: int
) -> None:
    if features.get("integrates") and not delay:
        features = {}
    net = cn.Network("held", seed=3)
    net.add_group("input", 1, role="input")
    net.add_group("hub", 2, role="output", **features)
    net.connect("input", "hub")
    if delay:
        net.connect("hub", "hub", delay=1)
    net.randomize(1.0)
    net["hub"].clamping = cn.Clamping(kind, strength)
    times = 3 if delay else 1
    inputs = {"input": [[1.0]] * times, "hub": [[0.8, math.nan]] * times}
    targets = [[0.2, 0.9]] * times
    net.forward(inputs if delay else {name: rows[0] for name, rows in inputs.items()})
    net.backward(targets if delay else targets[0])
    check_exact(net.unrolled or net)
    assert net.unit("hub:0").clamp == 0.8
    clamped, free = (net.unit(name).explain() for name in ("hub:0", "hub:1"))
    assert note in str(clamped)
    assert "clamp" not in str(free)
    shown = [total for total in (clamped.net_input, clamped.integrated) if total is not None]
    terms = [term for total in shown for each in total.terms for term in (each, *(each.parts.terms if each.parts else ()))]
    name = {"hard": "clamped", "weak": "clamp"}.get(kind, "external input")
    (term,) = [each for each in terms if each.name == name]
    if kind == "hard":
        assert term.value == 0.8
    elif kind == "weak":
        (_, share), (_, rest) = term.factors
        assert (share, term.value) == (strength, share * rest)
    else:
        assert dict(term.factors or term.arguments) == {"strength": strength, "clamp": 0.8}


def test_the_backward_weights_of_a_procedure_are_shown(engine: str) -> None:
    task = cn.task("xor")
    net, procedure = task.network(1), cn.procedure("feedback_alignment")
    assert isinstance(procedure, cn.BackwardProcedure)
    cn.train(net, task.training_examples, "momentum", 3, procedure=procedure, engine=engine)
    connection = net.connection("hidden:0", "output:0")
    weights = procedure.backward_weights(net)
    assert weights is not None
    backward = float(weights[net.weights.index(connection.weight)])
    total = net["hidden"][0].explain().activation_derivative
    assert total is not None
    assert (total.weights, total.agreement) == ("of the learning procedure for the backward pass", "exact")
    assert dict(total.terms[0].factors)["weight"] == backward != connection.weight.value
    shown = str(connection.explain())
    assert f"× weight     {backward!r} = " in shown
    assert "with the weights of the learning procedure for the backward pass, from which this pass was computed" in shown
    assert "with the weights before the last change, from which this pass was computed" in shown
    cn.train(net, task.training_examples, "momentum", 3, engine=engine)
    total = net["hidden"][0].explain().activation_derivative
    assert total is not None
    assert total.weights == "before the last change"


def test_the_backward_weights_are_kept_when_a_group_is_removed() -> None:
    net = cn.Network("grown")
    for name, role in (("input", "input"), ("other", "hidden"), ("hidden", "hidden"), ("output", "output")):
        net.add_group(name, 2, role=role)
    for sender, receiver in (("input", "other"), ("input", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    net.randomize(0.5, seed=1)
    cn.train(net, cn.ExampleSet.from_arrays([[0, 1]], [[1, 0]]), "steepest", 1, procedure="feedback_alignment")
    weight = net.connection("hidden:1", "output:0").weight
    assert weight.last_update is not None
    assert weight.last_update.backward is not None
    before = weight.last_update.backward[weight.row]
    net.remove_group("other")
    assert weight.last_update.backward is not None
    assert weight.last_update.backward[weight.row] == before
