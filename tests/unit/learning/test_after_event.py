"""The function that `train` calls after each event of an example."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, ParameterError, WiringError
from connectionist.testing.networks import random_network

FEATURES: tuple[dict[str, bool], ...] = (
    {},
    {"delays": True, "integrators": True, "ticks_back": True, "continues": True},
    {"noise": True, "perturbed": True, "delays": True},
)


def make_net() -> cn.Network:
    net = cn.simple_recurrent_network("srn", 2, 3, 1)
    net.randomize(0.5, seed=1)
    return net


def make_examples() -> cn.ExampleSet:
    """Return an example of two events, and one of three ticks."""
    events = [cn.Event([1.0, 0.0], time=2), cn.Event([1.0, 0.0], [1.0], time=3)]
    return cn.ExampleSet([cn.Example.of_events(events, "events"), cn.Example.sequence([[0, 1], [0, 1], [1, 1]], {3: [0]}, "ticks")])


def test_an_event_is_a_cn_event_or_else_a_tick() -> None:
    net, examples, seen = make_net(), make_examples(), []

    def look(p: cn.Presentation) -> None:
        activations = p.activations("hidden")
        seen.append((p.name, p.event, p.ticks.start, p.ticks.stop, len(activations), len(p.example.targets[p.ticks])))
        assert activations[-1].tolist() == net["hidden"].activations.tolist()

    cn.train(net, examples, "momentum", 1, after_event=look)
    assert seen == [
        *(("events", 0, 0, 2, 2, 2), ("events", 1, 2, 5, 3, 3)),
        *(("ticks", 0, 0, 1, 1, 1), ("ticks", 1, 1, 2, 1, 1), ("ticks", 2, 2, 3, 1, 1)),
    ]


@pytest.mark.parametrize("update_after", ["epoch", 1, 2])
@pytest.mark.parametrize("features", FEATURES)
def test_both_engines_show_the_tick_at_which_the_event_ends(update_after: str | int, features: dict[str, bool]) -> None:
    results = []
    for engine in ("local", "compiled"):
        net, examples = random_network(4, **features)
        seen: list[list[float]] = []

        def look(p: cn.Presentation, net: cn.Network = net, seen: list[list[float]] = seen) -> None:
            intact = [unit for unit in net.units if not unit.lesioned]
            names = ("activation", "net_input", "target", "activation_noise", "net_input_noise", "clamp", "net_derivative")
            numbers = [getattr(unit, name) for name in names for unit in intact]
            assert p.event is not None
            seen.append([p.epoch, p.position, p.case, p.event, p.error, *numbers, *net.weight_values])
            if p.position == 2:
                net.weights[0].value += 0.01

        cn.train(net, examples, "momentum", 3, engine=engine, update_after=update_after, after_event=look)
        results.append((seen, net.weight_values))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_the_state_at_each_tick_is_that_of_a_forward_pass() -> None:
    net, examples = make_net(), make_examples()
    for case, ticks in ((0, [2, 5]), (1, [1, 2, 3])):
        net.forward(examples[case])
        expected = [[net.unrolled.unit(f"hidden:{unit}@{tick}").net_input for unit in range(3)] for tick in ticks]  # type: ignore[union-attr]
        seen: list[list[float]] = []

        def look(p: cn.Presentation, seen: list[list[float]] = seen) -> None:
            seen.append([unit.net_input for unit in p.network["hidden"]])

        cn.train(net.copy(), examples[[case]], "steepest", 1, after_event=look)
        np.testing.assert_allclose(seen, expected, rtol=1e-12)


def test_after_the_events_the_network_shows_the_example() -> None:
    shown: list[list[Any]] = [[], []]
    nets = [make_net(), make_net()]
    for net, numbers, function in zip(nets, shown, (None, lambda _: None), strict=True):

        def look(p: cn.Presentation, numbers: list[Any] = numbers) -> None:
            assert p.event is None
            numbers.append({name: p.network.state.array(name).copy() for name in p.network.state.quantities})

        cn.train(net, make_examples(), "momentum", 2, update_after=1, after_example=look, after_event=function)
    for one, other in zip(*shown, strict=True):
        for name in one:
            np.testing.assert_array_equal(one[name], other[name], err_msg=name)
    np.testing.assert_array_equal(nets[0].weight_values, nets[1].weight_values)


def test_derivatives_of_units_are_nan_before_the_last_event() -> None:
    seen = []
    cn.train(
        make_net(), make_examples(), "momentum", 1, after_event=lambda p: seen.append((p.event, p.network["output"][0].net_derivative))
    )
    assert [math.isnan(value) for _, value in seen] == [True, False, True, True, False]


def test_a_network_without_ticks_has_one_event_per_example() -> None:
    task, seen = cn.task("xor"), []
    cn.train(
        task.network(1), task.training_examples, "steepest", 1, after_event=lambda p: seen.append((p.event, p.activations("output").shape))
    )
    assert seen == [(0, (1,))] * 4


def test_events_are_kept_by_all_that_makes_other_sets() -> None:
    examples = make_examples()
    expected = [slice(0, 2), slice(2, 5)]
    for made in (
        examples,
        examples[[0]],
        examples.weighted([2, 1]),
        examples.with_numbered_names(),
        cn.ExampleSet(examples, network=make_net()),
    ):
        assert made[0].events == made.events_of(0) == expected
    assert examples.events_of(1) == [slice(0, 1), slice(1, 2), slice(2, 3)]
    assert cn.Example([1], [1]).events == [slice(None)]
    with pytest.raises(
        DataError, match=r"example 'a', event_lengths: must be whole numbers of at least 1 that add up to its 2 ticks \(got"
    ):
        cn.Example([[1], [1]], [[1], [1]], "a", event_lengths=[1])
    for lengths in ([3, -1], [0, 2], [True, 1], 2, "11", [1.0, 1.0]):
        with pytest.raises(DataError, match="event_lengths: must be whole numbers"):
            cn.Example([[1], [1]], [[1], [1]], event_lengths=lengths)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="event_lengths: must be None, since it has no ticks"):
        cn.Example([1], [1], event_lengths=[1])


def test_misuse_and_exceptions_name_the_argument(engine: str) -> None:
    net, examples = make_net(), make_examples()

    def fail(_: cn.Presentation) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        cn.train(net, examples, "momentum", 1, after_event=fail, engine=engine)
    with pytest.raises(ParameterError, match=r"train.after_event: must be a function of one argument, a Presentation \(got 3\)"):
        cn.train(net, examples, "momentum", 1, after_event=3, engine=engine)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"train.after_event: the function must return None \(got 1\)"):
        cn.train(net, examples, "momentum", 1, after_event=lambda _: 1, engine=engine)  # type: ignore[arg-type]
    with pytest.raises(WiringError, match="after_event must not change the wiring"):
        cn.train(net, examples, "momentum", 1, after_event=lambda p: p.network.lesion("hidden:0"), engine=engine)
