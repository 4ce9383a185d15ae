"""Settling with many cases: the results of a call with each of them."""

import re
import warnings
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, DivergenceError, WiringError

SHOWN = ("activation", "net_input")


def make_net(kind: str) -> cn.Network:
    """Return a network with units of several kinds."""
    net = cn.Network(kind)
    function = "binary_stochastic" if kind == "stochastic" else "logistic"
    net.add_group("given", 4, role="input")
    net.add_group("more", 1, role="input")
    net.add_group("a", 5, activation="interactive_activation", output_function="rectified", initial=-0.1, biased=False)
    net.add_group("b", 3, integrates="net_input", dt=0.4, role="output", activation=function)
    for ends in (("given", "a"), ("more", "b"), ("a", "a"), ("a", "b"), ("b", "a")):
        net.connect(*ends, delay=int(ends[0] in "ab"))
    net.randomize(0.4, seed=2)
    return net


TABLE = np.random.default_rng(1).random((7, 5))
HOW: dict[str, dict[str, Any]] = {
    "all ticks": {"criterion": None, "ticks": 30},
    "until it has settled": {"criterion": 1e-3},
    "one after another": {"criterion": 0.05, "ticks": 60, "order": "permuted", "seed": 3},
}


def results(settled: list[Any]) -> list[Any]:
    return [(each.is_settled, each.ticks, each.change, each.activations.tolist()) for each in settled]


@pytest.mark.parametrize("how", HOW.values(), ids=list(HOW))
def test_the_results_are_those_of_each_case_to_the_last_bit(how: dict[str, Any], engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    net, other = make_net("net"), make_net("net")
    for parts in ((), ("given:1", "a:2")):
        net.lesion(*parts)
        other.lesion(*parts)
        wanted = [cn.settle(other, inputs, engine=engine, **how) for inputs in TABLE]
        for at_once in (2**22, 2000, 1):
            monkeypatch.setattr("connectionist_plugins.engines.compiled.trajectory.NUMBERS_AT_ONCE", at_once)
            assert results(cn.settle_many(net, TABLE, engine=engine, **how)) == results(wanted)
        for quantity in SHOWN:
            np.testing.assert_array_equal(net.state.array(quantity), other.state.array(quantity))
    assert len({each.ticks for each in wanted}) > 1 or how["criterion"] is None


def test_cases_may_be_given_in_every_form_of_inputs(engine: str) -> None:
    net = make_net("net")
    by_group = [{"given": row[:4], "more": row[4:]} for row in TABLE]
    clamped: list[Any] = [{**each, "b": [np.nan, 0.2, 0.9]} for each in by_group]
    examples = cn.ExampleSet([cn.Example(row, [0.5] * 3) for row in TABLE])
    wanted = results(cn.settle_many(net, TABLE, None, 9, engine))
    for cases in (TABLE.tolist(), tuple(TABLE), iter(TABLE), by_group, list(examples), examples, [*TABLE[:3], *by_group[3:]]):
        assert results(cn.settle_many(net, cases, None, 9, engine)) == wanted
    single = [cn.settle(net, each, None, 9, engine) for each in clamped]
    assert results(cn.settle_many(net, clamped, None, 9, engine)) == results(single) != wanted
    mixed: list[Any] = [clamped[0], TABLE[1], clamped[2]]
    assert results(cn.settle_many(net, mixed, None, 9, engine)) == results([cn.settle(net, each, None, 9, engine) for each in mixed])
    assert cn.settle_many(net, [], engine=engine) == []


def test_a_table_of_pandas_has_a_case_in_each_row() -> None:
    import pandas as pd

    net = make_net("net")
    frame = pd.DataFrame(TABLE, columns=list("abcde"))
    assert results(cn.settle_many(net, frame, None, 9)) == results(cn.settle_many(net, TABLE, None, 9))


@pytest.mark.parametrize("kind", ["net", "stochastic"])
def test_temperatures_and_random_numbers_are_those_of_a_single_case(kind: str, engine: str) -> None:
    how: dict[str, Any] = {"criterion": None, "ticks": 12, "order": "sampled", "seed": 4, "engine": engine}
    if kind == "stochastic":
        how["temperature"] = [(1, 3.0), (10, 0.5)]
    net = make_net(kind)
    assert results(cn.settle_many(net, TABLE, **how)) == results([cn.settle(net, inputs, **how) for inputs in TABLE])


def test_goodness_is_that_of_each_case(engine: str) -> None:
    net = cn.Network("pair")
    net.add_group("given", 3, role="input")
    net.add_group("pair", 2)
    net.connect("given", "pair", weights=0.4)
    net.connect("pair", "pair", 1 - np.eye(2), delay=1, weights=-0.7)
    net.lesion("given:2")
    cases = TABLE[:, :3]
    found = cn.settle_many(net, cases, None, 8, engine)
    before = [each.goodness[-1] for each in found]
    net.weight_values = net.weight_values * 2.0
    assert [each.goodness[-1] for each in found] == before
    net.weight_values = net.weight_values * 0.5
    for each, inputs in zip(found, cases, strict=True):
        np.testing.assert_allclose(each.goodness, cn.settle(net, inputs, None, 8, engine).goodness, rtol=1e-13)


def test_one_warning_counts_the_cases_that_have_not_settled(engine: str) -> None:
    net = make_net("net")
    ticks = [each.ticks for each in cn.settle_many(net, TABLE, 1e-3, engine=engine)]
    limit = sorted(ticks)[3]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = cn.settle_many(net, TABLE, 1e-3, limit, engine)
    unsettled = sum(each > limit for each in ticks)
    assert 0 < unsettled < len(TABLE)
    assert [each.is_settled for each in found] == [each <= limit for each in ticks]
    (warning,) = caught
    assert re.fullmatch(
        rf"net: {unsettled} of 7 cases not settled after {limit} ticks \(an? (activation|net input) still changes by 0.\d+\)",
        str(warning.message),
    )


def test_noise_is_given_to_local_with_one_warning() -> None:
    net, other = make_net("noisy"), make_net("noisy")
    for each in (net, other):
        each["b"].net_input_noise = 0.1
    with pytest.warns(UserWarning, match="settling 'noisy' with noise: the engine 'compiled' has no kernels for it") as caught:
        found = cn.settle_many(net, TABLE, None, 5)
    assert len(caught) == 1
    assert results(found) == results([cn.settle(other, inputs, None, 5, "local") for inputs in TABLE])


def test_a_case_that_diverges_is_named(engine: str) -> None:
    net = cn.Network("growing")
    net.add_group("given", 1, role="input")
    net.add_group("unit", 1, activation="linear", biased=False)
    net.connect("given", "unit", weights=1.0)
    net.connect("unit", "unit", delay=1, weights=1e200)
    with pytest.raises(
        DivergenceError, match=r"growing: case 1, counted from 0, unit unit:0 became inf at tick 3, so the network cannot settle"
    ):
        cn.settle_many(net, [[0.0], [1.0], [0.0]], None, 50, engine)
    named = cn.ExampleSet([cn.Example([x], [0.0], name=name) for x, name in ((0.0, "none"), (1.0, "one"))])
    with pytest.raises(DivergenceError, match=r"growing: case 'one', unit unit:0 became inf at tick 3"):
        cn.settle_many(net, named, None, 50, engine)


def test_the_units_show_the_last_case_after_a_change_that_is_too_large_for_a_number(engine: str) -> None:
    net = cn.Network("alternating")
    net.add_group("given", 1, role="input")
    net.add_group("unit", 1, activation="linear", biased=False)
    net.connect("given", "unit", weights=1.0)
    net.connect("unit", "unit", delay=1, weights=-1.5)
    first, last = cn.settle_many(net, [[2.25e306], [1.0]], None, 12, engine)
    assert first.change == np.inf
    assert np.isfinite(first.activations).all()
    assert net["unit"].activations.tolist() == last.activations[-1].tolist()
    assert abs(last.activations[-1, 0]) < 100


@pytest.mark.parametrize("how", [{}, {"temperature": [(1, 2.0), (100, 1.0)]}, {"order": "fixed"}], ids=["together", "temperature", "fixed"])
@pytest.mark.parametrize("integrates", [None, "net_input"])
def test_changes_too_large_for_a_number_do_not_end_a_settling(engine: str, integrates: Any, how: dict[str, Any]) -> None:
    net = cn.Network("alternating")
    net.add_group("given", 1, role="input")
    net.add_group("hot", 1)
    net.add_group("unit", 1, activation="linear", biased=False, initial=1e308, integrates=integrates)
    net.connect("given", "hot", weights=1.0)
    net.connect("given", "unit", weights=1.0)
    net.connect("unit", "unit", delay=1, weights=-1.0)
    if integrates is not None:
        net["unit"].dt, net["unit"].initial_net_input = 1.0, 1e308
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = cn.settle_many(net, [[0.0], [1.0]], 1e-4, 200, engine, **how)
        assert [unit.activation for unit in net.schedule.units] == found[-1].activations[-1].tolist() != found[0].activations[-1].tolist()
        found.append(cn.settle(net, [0.0], 1e-4, 200, engine, **how))
    assert [(each.ticks, each.change, each.is_settled) for each in found] == [(200, np.inf, False)] * 3
    assert net["unit"].activations.tolist() == found[-1].activations[-1, -1:].tolist() == [1e308]
    assert {type(each.message) for each in caught} == {UserWarning}


@pytest.mark.parametrize("at_temperature", [True, False])
def test_a_table_may_have_any_layout_in_memory(engine: str, at_temperature: bool) -> None:
    import pandas as pd

    net = make_net("stochastic" if at_temperature else "net")
    how: dict[str, Any] = {"order": "fixed", "temperature": [(1, 3.0), (5, 0.5)]} if at_temperature else {}
    wanted = results([cn.settle(net, inputs, None, 9, engine, **how) for inputs in TABLE])
    frame = pd.DataFrame(TABLE)
    for cases in (np.asfortranarray(TABLE), frame, pd.DataFrame(dict(frame)), np.repeat(TABLE, 2, axis=1)[:, ::2], TABLE[::-1][::-1]):
        assert results(cn.settle_many(net, cases, None, 9, engine, **how)) == wanted
    for row in np.asfortranarray(TABLE)[:1]:
        assert results([cn.settle(net, row, None, 9, engine, **how)]) == wanted[:1]


def test_cases_that_end_early_take_no_memory_for_all_their_ticks(engine: str) -> None:
    net = make_net("net")
    single = [cn.settle(net, inputs, 1e-2, 10**8, engine) for inputs in TABLE]
    assert max(each.ticks for each in single) < 1000
    assert results(cn.settle_many(net, TABLE, 1e-2, 10**8, engine)) == results(single)


@pytest.mark.filterwarnings("ignore:raising")
def test_a_formula_that_raises_in_a_case_raises() -> None:
    net = make_net("net")
    net["b"].activation_function = Raising()
    for engine in ("local", "compiled"):
        with pytest.raises(ValueError, match="too large"):
            cn.settle_many(net, TABLE, None, 5, engine)


class Raising(cn.ActivationFunction):
    """An activation function that raises."""

    name = "raising"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Raise an error."""
        raise ValueError("too large")

    def slope(self, net_input: float, activation: float) -> float:
        """Return 1."""
        return 1.0


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"criterion": 0}, "criterion"),
        ({"ticks": 1}, "ticks"),
        ({"seed": -1}, "seed"),
        ({"order": "random"}, "order"),
        ({"order": 5}, "order"),
        ({"order": ["given:0"]}, "order"),
        ({"order": ["a:0"]}, "order"),
        ({"temperature": 1.0, "function": "linear"}, "temperature"),
        ({"temperature": 0.0, "kind": "stochastic"}, "temperature"),
        ({"temperature": [], "kind": "stochastic"}, "temperature"),
        ({"order": "fixed", "delay": 2}, "order"),
        ({"order": "fixed", "noise": 0.1}, "order"),
        ({"order": "fixed", "joint": "softmax"}, "order"),
        ({"temperature": 1.0, "clamps": 0}, "temperature"),
        ({"temperature": 1.0, "clamps": 1}, "temperature"),
    ],
)
def test_errors_name_the_call(options: dict[str, Any], name: str) -> None:
    how = dict(options)
    net = make_net(how.pop("kind", "net"))
    if "delay" in how:
        net.connect("given", "b", delay=how.pop("delay"))
    net["b"].net_input_noise = how.pop("noise", None)
    if "joint" in how:
        net.add_group("c", 2, activation=how.pop("joint"))
        net.connect("b", "c")
    if "function" in how:
        net["b"].activation_function = how.pop("function")
    cases: list[Any] = list(TABLE[:2])
    if "clamps" in how:
        net["b"].clamping = "soft"
        cases[how.pop("clamps")] = {"given": [0.0] * 4, "more": [0.0], "b": [0.5, 0.5, 0.5]}
    for call, given in ((cn.settle_many, cases), (cn.settle, next((each for each in cases if isinstance(each, dict)), cases[0]))):
        with pytest.raises(cn.ConnectionistError) as raised:
            call(net, given, **how)
        assert str(raised.value).startswith(f"{call.__name__}.{name}: ")


@pytest.mark.parametrize(
    ("how", "message"), [({"ticks": 1}, "settle_many.ticks: must be"), ({"order": "random"}, "settle_many.order: must be")]
)
def test_arguments_are_checked_without_cases_too(how: dict[str, Any], message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        cn.settle_many(make_net("net"), [], **how)


def test_wrong_cases_are_named() -> None:
    net = make_net("net")
    with pytest.raises(DataError, match=r"settle_many, case 2, counted from 0: input: must have 5 values"):
        cn.settle_many(net, [TABLE[0], TABLE[1], TABLE[2, :4]])
    with pytest.raises(DataError, match=r"settle_many, case 1, counted from 0: input, unit more:0: must be finite"):
        cn.settle_many(net, [TABLE[0], [0.0, 0.0, 0.0, 0.0, np.nan]])
    named = cn.ExampleSet([cn.Example([0.0] * 4, [0.0] * 3, name="first"), cn.Example([1.0] * 4, [0.0] * 3, name="second")])
    with pytest.raises(DataError, match=r"settle_many, case 'first': input: must have 5 values"):
        cn.settle_many(net, named)
    wrongs: tuple[Any, ...] = (TABLE[0], TABLE[None], {"given": TABLE[0]}, cn.Example([0.0] * 5, [0.0] * 3), "cases", 3, {(0.0, 1.0)})
    for wrong in wrongs:
        with pytest.raises(DataError, match=r"settle_many\.cases: must be"):
            cn.settle_many(net, wrong)
    with pytest.raises(DataError, match=r"\(got \{'given': .{1,200}…\); settle takes one"):
        cn.settle_many(net, {"given": list(range(1000))})
    with pytest.raises(WiringError, match="has neither delays nor integrating units"):
        cn.settle_many(cn.task("xor").network(0), [[0, 1]])
    with pytest.raises(DataError, match=r"settle_many\.network: must be a Network"):
        cn.settle_many([net], TABLE)  # type: ignore[arg-type]
