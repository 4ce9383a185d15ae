"""Changes of the network by functions that training calls: the same in both engines, or an error that names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import WiringError

Change = Callable[[cn.Network], object]
ALLOWED: dict[str, Change] = {
    "one weight": lambda net: setattr(net.connection("input:0", "hidden:1").weight, "value", 0.7),
    "all weights": lambda net: setattr(net, "weight_values", net.weight_values[::-1] * 0.5),
    "a randomized projection": lambda net: net.randomize(0.3, seed=9),
    "one frozen weight": lambda net: setattr(net.connection("input:0", "hidden:1").weight, "trainable", False),
    "a frozen projection": lambda net: setattr(net.projection("hidden", "output"), "trainable", False),
    "a lesioned unit": lambda net: net.lesion("hidden:1"),
    "a lesioned connection": lambda net: net.lesion(net.connection("hidden:2", "output:0")),
    "a lesioned output unit": lambda net: net.lesion("output:1"),
    "a lesioned input unit": lambda net: net.lesion("input:1"),
    "a restored unit": lambda net: net.restore(),
    "a rate": lambda net: setattr(net.projection("input", "hidden"), "rate", 0.01),
    "an activation function": lambda net: setattr(net["hidden"], "activation_function", cn.activation_function("logistic", gain=2.0)),
    "another activation function": lambda net: setattr(net["output"], "activation_function", "logistic"),
    "an error function": lambda net: setattr(net["output"], "error_function", "cross_entropy"),
    "a margin": lambda net: setattr(net["output"], "margin", 0.3),
    "an initial state": lambda net: setattr(net["hidden"], "initial", 0.25),
    "the direction of ties": lambda net: setattr(net, "tie_derivative", "sum"),
    "a forward pass": lambda net: net.forward(np.ones((2, 2)) if net.in_time else [1, 1]),
}
FORBIDDEN: dict[str, tuple[Change, str]] = {
    "a group": (lambda net: net.add_group("extra", 2), "added group 'extra'"),
    "an output group": (lambda net: net.add_group("extra", 2, role="output"), "added group 'extra'"),
    "connections": (lambda net: net.connect("input", "output"), "added connections input → output"),
    "delayed connections": (lambda net: net.connect("hidden", "hidden", delay=2), "added connections hidden → hidden"),
    "a tie": (
        lambda net: net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")]),
        "changed the number of weights from .. to ..",
    ),
    "a removed group": (lambda net: net.remove_group("context"), "removed group 'context'"),
}


def network(kind: str) -> tuple[cn.Network, cn.ExampleSet]:
    """Return a network and examples without time, or a stream of sequences for which the wiring has a delay."""
    net = cn.Network("changed")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output", activation="softmax" if kind == "softmax" else "logistic")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.add_group("context", 3)
    net.connect("context", "hidden", pattern="one_to_one")
    if kind == "stream":
        net.connect("hidden", "context", pattern="one_to_one", delay=1)
    net.randomize(0.5, seed=3)
    net.lesion("hidden:0") if kind == "lesioned" else None
    draw = np.random.default_rng(1)
    if kind != "stream":
        return net, cn.ExampleSet.from_arrays(draw.uniform(size=(7, 2)), draw.uniform(size=(7, 2)))
    sequences = [cn.Example.sequence(draw.uniform(size=(2, 2)), draw.uniform(size=(2, 2)), continues=i > 0) for i in range(5)]
    return net, cn.ExampleSet(sequences)


def train(kind: str, change: Change, caller: str, engine: str, update_after: str | int, rule: str = "momentum") -> tuple[Any, ...]:
    """Train with a change after the first epoch, by the function `until` or by the reporter."""
    net, examples = network(kind)

    def call(run: cn.Run) -> bool:
        if run.epochs == 1:
            change(net)
        return False

    @contextmanager
    def reporter() -> Iterator[Any]:
        yield call

    how: dict[str, Any] = {"until": call} if caller == "until" else {"progress": reporter()}
    run = cn.train(net, examples, cn.rule(rule, rate=0.2), 6, engine=engine, update_after=update_after, **how)
    units = [(unit.net_input, unit.activation, unit.activation_derivative, unit.net_derivative) for unit in net.units]
    return run.errors, run.corrects, net.weight_values, units, [*run.memory.values()]


def is_possible(kind: str, change: str) -> bool:
    needs = {"a restored unit": ("lesioned",), "an initial state": ("stream",)}
    return kind in needs.get(change, ("plain", "stream", "lesioned") if change == "another activation function" else ("plain", "stream"))


CASES = [(kind, change) for kind in ("plain", "stream", "lesioned") for change in ALLOWED if is_possible(kind, change)]


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("caller", ["until", "progress"])
@pytest.mark.parametrize(("kind", "change"), CASES)
def test_a_change_takes_effect_in_the_next_epoch_in_both_engines(kind: str, change: str, caller: str, update_after: str | int) -> None:
    local, compiled = (train(kind, ALLOWED[change], caller, engine, update_after) for engine in ("local", "compiled"))
    for ours, theirs in zip(compiled, local, strict=True):
        np.testing.assert_allclose(np.array(ours), np.array(theirs), rtol=1e-9, atol=1e-12)
    unchanged = train(kind, lambda _: None, caller, "local", update_after)
    neutral = change in ("a forward pass", "another activation function") or (change == "the direction of ties" and kind != "stream")
    assert (unchanged[0] == local[0]) == neutral
    assert unchanged[0][:1] == local[0][:1]


@pytest.mark.parametrize(("kind", "rule"), [("plain", "momentum"), ("plain", "steepest"), ("stream", "momentum")])
@pytest.mark.parametrize("caller", ["until", "progress"])
@pytest.mark.parametrize("change", FORBIDDEN)
def test_new_and_removed_groups_connections_and_ties_are_errors(change: str, caller: str, kind: str, engine: str, rule: str) -> None:
    make, message = FORBIDDEN[change]
    with pytest.raises(WiringError, match=f"^changed: the function {caller} {message} after epoch 1 of training; add or remove groups"):
        train(kind, make, caller, engine, "epoch", rule)


def test_the_wiring_cannot_change_in_functions_for_which_training_does_not_stop(engine: str) -> None:
    changes = [make for make, _ in FORBIDDEN.values()] + [ALLOWED["a lesioned unit"], ALLOWED["a restored unit"]]
    for caller in ("after_example", "after_event", "when"):
        net, examples = network("plain")
        net.lesion("context:0")
        wiring = net.units, net.connections, net.groups, net.lesioned_connections

        def change(given: Any, net: cn.Network = net, caller: str = caller) -> Any:
            for make in changes:
                with pytest.raises(WiringError, match=rf"^changed: (Recorder\.)?{caller} must not change the wiring or lesions"):
                    make(net)
            return True if isinstance(given, cn.Run) else None

        how: dict[str, Any] = {caller: change} if caller != "when" else {"record": cn.Recorder("activation", of="output", when=change)}
        run = cn.train(net, examples, "momentum", 3, engine=engine, **how)
        assert (net.units, net.connections, net.groups, net.lesioned_connections) == wiring
        assert run.epochs == 3
        net.remove_group("context")  # afterwards it can


def test_settings_cannot_change_in_the_function_of_a_recorder(engine: str) -> None:
    for name in ("a rate", "a frozen projection", "an activation function"):
        net, examples = network("plain")

        def when(_: cn.Run, net: cn.Network = net, name: str = name) -> bool:
            ALLOWED[name](net)
            return True

        recorder = cn.Recorder("activation", of="output", when=when)
        with pytest.raises(WiringError, match=r"^changed: Recorder.when changed .* only weights may be assigned"):
            cn.train(net, examples, "momentum", 3, engine=engine, record=recorder)


def test_a_function_that_ends_training_may_add_groups(engine: str) -> None:
    net, examples = network("plain")
    run = cn.train(net, examples, "momentum", 5, engine=engine, until=lambda _: bool(net.add_group("extra", 2)))
    assert (run.epochs, run.stopped) == (1, "until")


def test_examples_cannot_change(engine: str) -> None:
    net, examples = network("plain")

    def until(_: cn.Run) -> bool:
        examples.inputs[0, 0] = 1.0
        return False

    with pytest.raises(ValueError, match="read-only"):
        cn.train(net, examples, "momentum", 5, engine=engine, until=until)


EQUAL: dict[str, Change] = {
    "a rate": lambda net: setattr(net.projection("input", "hidden"), "rate", float("0.05")),
    "a rate of numpy": lambda net: setattr(net.projection("input", "hidden"), "rate", np.float64(0.05)),
    "limits": lambda net: setattr(net.projection("input", "hidden"), "limits", (float("-0.9"), float("0.9"))),
    "noise on weights": lambda net: setattr(net.projection("input", "hidden"), "weight_noise", float("0.01")),
    "noise": lambda net: setattr(net["hidden"], "net_input_noise", float("0.01")),
    "a margin": lambda net: setattr(net["output"], "margin", float("0.05")),
    "a cost": lambda net: setattr(net["hidden"], "cost", "square"),
    "a clamping": lambda net: setattr(net["hidden"], "clamping", cn.Clamping("soft", 0.5)),
    "an initial state": lambda net: setattr(net["context"], "initial", [0.0, 0.0, 0.0]),
    "an activation function": lambda net: setattr(net["hidden"], "activation_function", "logistic"),
    "ticks back": lambda net: setattr(net, "ticks_back", int("1000")),
}


@pytest.mark.parametrize("caller", ["after_example", "after_event", "when"])
@pytest.mark.parametrize("setting", EQUAL)
def test_an_equal_value_is_no_change(setting: str, caller: str, engine: str) -> None:
    def errors(function: Any) -> list[float]:
        net, examples = network("stream" if setting in ("an initial state", "ticks back") else "plain")
        EQUAL[setting](net)

        def call(_: object) -> Any:
            function(net)
            return True if caller == "when" else None

        how: dict[str, Any] = {"record": cn.Recorder("activation", of="output", when=call)} if caller == "when" else {caller: call}
        return cn.train(net, examples, "momentum", 3, engine=engine, **how).errors

    assert errors(EQUAL[setting]) == errors(lambda _: None)
