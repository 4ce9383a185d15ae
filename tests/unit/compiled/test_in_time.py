"""The compiled engine on networks with ticks. It makes no unrolled copies and must agree with those of the local engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import MemoryLimitError
from connectionist_plugins.engines.compiled.layout import buffers

QUANTITIES = ("net_input", "activation", "activation_derivative", "net_derivative", "target")
LENGTHS = (3, 5, 2, 5, 3, 3, 4)


def recurrent(**options: Any) -> cn.Network:
    net = cn.Network("recurrent", **options)
    net.add_group("input", 3, role="input", initial=0.1)
    net.add_group("hidden", 4, initial=[0.2, 0.4, 0.0, -0.1])
    net.add_group("output", 2, role="output", error="cross_entropy")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    net.connect("input", "hidden", delay=3)
    net.connect("output", "hidden", delay=2, backpropagate=False)
    net.connect("output", "output", delay=1)
    net.tie([net.connection("input:0", "hidden:1"), net.connection("hidden:2", "hidden:3", delay=1)])
    net.randomize(0.7, seed=1)
    return net


def integrating(kind: str, **output: Any) -> cn.Network:
    net = cn.Network("integrating")
    net.add_group("input", 3, role="input")
    start = 0.3 if kind == "net_input" else 0.0
    net.add_group("hidden", 4, initial=0.2, integrates=kind, dt=[0.2, 0.5, 1.0, 0.3], initial_net_input=start)
    net.add_group("output", 2, role="output", integrates=kind, dt=0.4, **output)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    net.randomize(0.7, seed=3)
    return net


def simple(**options: Any) -> cn.Network:
    net = cn.Network("simple", **options)
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, initial=0.5)
    net.add_group("output", 2, role="output")
    cn.add_context(net, "hidden")
    cn.add_context(net, "output", name="state", decay=0.4)
    for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("state", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    net.connect("hidden", "hidden", delay=2, pattern=cn.Random(probability=0.4, seed=1))
    net.randomize(1.0, seed=2)
    return net


def sparse() -> cn.Network:
    net = cn.Network("sparse")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 12)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden", pattern=cn.Random(fan_in=1, seed=1))
    net.connect("hidden", "hidden", delay=1, pattern=cn.Random(fan_in=2, seed=2))
    net.connect("hidden", "output", pattern=cn.Random(fan_in=3, seed=3))
    net.randomize(1.0, seed=2)
    return net


FORMS: dict[str, Callable[[], cn.Network]] = {
    "mean": recurrent,
    "sum": lambda: recurrent(tie_derivative="sum"),
    "no error over ticks": lambda: recurrent(ticks_back=1),
    "errors through 3 ticks": lambda: recurrent(ticks_back=3),
    "net inputs integrated": lambda: integrating("net_input"),
    "activations integrated": lambda: integrating("activation"),
    "softmax, integrated": lambda: integrating("net_input", activation="softmax", error="divergence"),
    "contexts": simple,
    "contexts, errors through 2 ticks": lambda: simple(ticks_back=2),
    "sparse": sparse,
}


def sequences(lengths: tuple[int, ...] = LENGTHS, continues: bool = False, seed: int = 0) -> cn.ExampleSet:
    generator = np.random.default_rng(seed)
    examples = []
    for number, length in enumerate(lengths):
        targets = generator.random((length, 2))
        targets[generator.random(targets.shape) < 0.2] = np.nan
        examples.append(cn.Example.sequence(generator.random((length, 3)), targets, continues=continues and number % 3 != 2))
    return cn.ExampleSet(examples)


def close(got: Any, expected: Any, tolerance: float, what: str) -> None:
    scale = float(np.nanmax(np.abs(expected), initial=0.0))
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * scale, err_msg=what)


def same_units(net: cn.Network, copy: cn.Network, tolerance: float) -> None:
    for quantity in QUANTITIES:
        got, expected = ([getattr(unit, quantity) for unit in each.units] for each in (net, copy))
        close(got, expected, tolerance, quantity)


@pytest.mark.parametrize("continues", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_pass_agrees_with_the_unrolled_network(form: str, continues: bool) -> None:
    net, copy, examples = FORMS[form](), FORMS[form](), sequences(continues=continues)
    close(net.outputs(examples), copy.outputs(examples, "local"), 1e-12, "outputs")
    close(net.activations(examples, "hidden"), copy.activations(examples, "hidden", "local"), 1e-12, "activations")
    (error, derivatives), (expected, of_local) = cn.error_derivatives(net, examples), cn.error_derivatives(copy, examples, "local")
    close(error, expected, 1e-12, "error")
    close(derivatives, of_local, 1e-12, "derivatives")
    same_units(net, copy, 1e-12)


RULES, UPDATES = ("momentum", "hebb", "dougs_momentum"), ("epoch", 1, 3)
TRAININGS = [
    # each form has each rule and each time of the update in the default run, but not each pair of them
    pytest.param(form, update_after, rule, marks=[] if (number + column - row) % 3 == 0 else pytest.mark.slow)
    for number, form in enumerate(FORMS)
    for row, update_after in enumerate(UPDATES)
    for column, rule in enumerate(RULES)
]


@pytest.mark.parametrize(("form", "update_after", "rule"), TRAININGS)
def test_training_agrees_with_the_unrolled_network(form: str, update_after: str | int, rule: str) -> None:
    for continues, order in ((False, "fixed"), (True, "fixed"), (False, "permuted")):
        net, copy, examples = FORMS[form](), FORMS[form](), sequences(continues=continues)
        runs = [
            cn.train(each, examples, cn.rule(rule, rate=0.05), 4, engine=engine, update_after=update_after, order=order)
            for each, engine in ((net, "compiled"), (copy, "local"))
        ]
        close(runs[0].errors, runs[1].errors, 1e-10, "errors")
        assert runs[0].corrects == runs[1].corrects
        close(net.weight_values, copy.weight_values, 1e-10, "weights")
        same_units(net, copy, 1e-9)


@pytest.mark.parametrize("form", ["mean", "sum", "activations integrated", "contexts, errors through 2 ticks"])
def test_training_the_unrolled_network_gives_the_same_weights(form: str) -> None:
    net, copy = FORMS[form](), FORMS[form]()
    examples, layered = sequences((4,) * 6), copy.unroll(4)
    flat = cn.ExampleSet.from_arrays(examples.inputs.reshape(6, -1), examples.targets.reshape(6, -1))
    engine = "local" if layered.ticks_back or "integrated" in form else "compiled"
    run = cn.train(net, examples, cn.rule("momentum", rate=0.05), 5)
    expected = cn.train(layered, flat, cn.rule("momentum", rate=0.05), 5, engine=engine)
    close(run.errors, expected.errors, 1e-11, "errors")
    close(net.weight_values, copy.weight_values, 1e-11, "weights")


@pytest.mark.parametrize("form", ["mean", "errors through 3 ticks", "contexts"])
def test_threads_do_not_change_bits_and_small_blocks_agree(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = sequences(LENGTHS * 9)
    weights = []
    for threads in (1, 2):
        net = FORMS[form]()
        cn.train(net, examples, cn.rule("momentum", rate=0.02), 3, engine=cn.engine("compiled", threads=threads))
        weights.append(net.weight_values)
    assert (weights[0] == weights[1]).all()
    monkeypatch.setattr(buffers, "BLOCK_BYTES", 1)
    monkeypatch.setattr(buffers, "MIN_VECTORS", 1)
    net = FORMS[form]()
    cn.train(net, examples, cn.rule("momentum", rate=0.02), 3)
    close(net.weight_values, weights[0], 1e-12, "weights")


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_single_precision_agrees_within_its_tolerance(update_after: str | int) -> None:
    net, copy, examples = simple(), simple(), sequences()
    single = cn.engine("compiled", precision="float32")
    np.testing.assert_allclose(net.outputs(examples, single), copy.outputs(examples, "local"), rtol=1e-4)
    cn.train(net, examples, cn.rule("momentum", rate=0.05), 3, engine=single, update_after=update_after)
    cn.train(copy, examples, cn.rule("momentum", rate=0.05), 3, engine="local", update_after=update_after)
    np.testing.assert_allclose(net.weight_values, copy.weight_values, atol=1e-4)


def test_examples_continue_across_epochs_calls_and_sessions() -> None:
    examples = sequences((1,) * 5, continues=True)
    every = cn.ExampleSet([cn.Example.sequence(example.inputs, example.targets, continues=True) for example in examples])
    weights = []
    for engine in ("compiled", "local"):
        for until in (None, lambda _: False):  # with a function as criterion, each epoch is a separate call
            net = recurrent()
            cn.train(net, every, cn.rule("momentum", rate=0.05), 7, engine=engine, update_after=1, until=until)
            weights.append(net.weight_values)
    assert (weights[0] == weights[1]).all()
    assert (weights[2] == weights[3]).all()
    close(weights[0], weights[2], 1e-11, "weights")


def test_the_error_for_too_little_memory_names_the_amount(monkeypatch: pytest.MonkeyPatch) -> None:
    net, examples = recurrent(), sequences((400,))
    monkeypatch.setattr("connectionist.utils.memory_limit.free_bytes", lambda: 10_000)
    monkeypatch.setattr("connectionist.utils.memory_limit.UNCHECKED_BYTES", 0)
    with pytest.raises(MemoryLimitError, match=r"recurrent: 400 ticks of 10 units and \d+ cases at a time need about 0.9 MB of memory"):
        net.outputs(examples)


def test_divergence_is_detected_in_a_network_with_ticks() -> None:
    net = cn.Network("unstable")
    net.add_group("input", 3, role="input")
    net.add_group("output", 2, role="output", activation="linear")
    net.connect("input", "output")
    net.connect("output", "output", delay=1)
    net.randomize(0.5, seed=1)
    with pytest.raises(cn.ConnectionistError, match=r"training diverged in epoch \d+, at unit output:"):
        cn.train(net, sequences(), cn.rule("steepest", rate=50.0), 200)
