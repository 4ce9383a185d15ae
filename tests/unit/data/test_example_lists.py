"""A plain list of examples, wherever a set of examples is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError

LIST = [cn.Example({"b": [0, 1], "a": [1]}, {"out": [1]}, "first"), cn.Example({"a": [0], "b": [1, 0]}, {"out": [0]}, "second")]
RULE = cn.rule("momentum", rate=0.1)


def make_net() -> cn.Network:
    net = cn.Network("net")
    net.add_group("a", 1, role="input")
    net.add_group("b", 2, role="input")
    net.add_group("out", 1, role="output")
    net.connect("a", "out")
    net.connect("b", "out")
    net.randomize(0.5, seed=1)
    return net


def trained(net: cn.Network, examples: Any, **options: Any) -> list[Any]:
    run = cn.train(net, examples, RULE, 3, **options)
    return [run.errors, net.weight_values, run.test_errors, *(each["activation"].values for each in run.recordings)]


def studied(net: cn.Network, examples: Any) -> list[Any]:
    study = cn.lesion_study(
        net, examples, damage="connections", severities=[0.5], draws=2, recovery=cn.Phase(RULE, 2), retrained_on=examples, at_epochs=[2]
    )
    return [study.table.to_numpy()]


USES: dict[str, Callable[[cn.Network, Any], Any]] = {
    "outputs": lambda net, each: net.outputs(each),
    "outputs, local": lambda net, each: net.outputs(each, engine="local"),
    "activations": lambda net, each: net.activations(each, "out"),
    "error_derivatives": lambda net, each: cn.error_derivatives(net, each)[1],
    "record": lambda net, each: cn.record(net, each, of="out")["activation"].values,
    "train": trained,
    "train, test": lambda net, each: trained(net, cn.ExampleSet(LIST, network=net), test=each),
    "train_many": lambda net, each: [cn.train_many([net], each, RULE, 3)[0].errors],
    "analysis": lambda net, each: cn.analysis.correct_by_tolerance(net.outputs(LIST), each).values,
    "confusions": lambda net, each: cn.analysis.confusion(net.outputs(LIST), each).values,
    "lesion study": studied,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_gives_the_numbers_of_a_set(use: Callable[[cn.Network, Any], Any], kind: Callable[[Any], Any]) -> None:
    net = make_net()
    expected = use(net, cn.ExampleSet(LIST, network=net))
    for one, other in zip(use(make_net(), kind(LIST)), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_list_may_be_recorded_in_training() -> None:
    net = make_net()
    recorders = [cn.Recorder("activation", of="out", examples=given) for given in (LIST, cn.ExampleSet(LIST, network=net))]
    run = cn.train(net, LIST, RULE, 2, record=recorders)
    one, other = (each["activation"].values for each in run.recordings)
    np.testing.assert_array_equal(one, other)


GIVEN = [[], [1, 2], [LIST[0], 1], np.zeros((2, 3)), "xor", None, {"a": [1]}, iter(LIST)]


@pytest.mark.parametrize("given", GIVEN, ids=map(repr, range(len(GIVEN))))
def test_anything_else_is_named_with_what_is_taken(given: Any) -> None:
    net = make_net()
    uses: list[Callable[[Any], object]] = [
        *(net.outputs, net.check, lambda each: net.activations(each, "out"), lambda each: cn.train(net, each, RULE, 1)),
        *(lambda each: cn.record(net, each), lambda each: cn.error_derivatives(net, each)),
    ]
    for use in uses:
        with pytest.raises(DataError, match=r"^examples: must be an ExampleSet or a list of Example \(got ") as raised:
            use(given)
        assert str(raised.value).count("\n") == 0


def test_a_list_that_does_not_fit_the_network_is_named_as_a_set_is() -> None:
    with pytest.raises(DataError, match="input of the examples: must have 3 values"):
        make_net().outputs([cn.Example([1], [1])])
    with pytest.raises(DataError, match=r"train\.test: input of the examples: must have 3 values"):
        cn.train(make_net(), LIST, RULE, 1, test=[cn.Example([1], [1])])
