"""A warning is given at the line of the user's code that called the simulator."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import connectionist as cn


def build(*, draw: bool = False) -> cn.Network:
    net = cn.Network("net")
    for name, units, role in (("input", 2, "input"), ("hidden", 2, "hidden"), ("output", 1, "output")):
        net.add_group(name, units, role)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    if draw:
        net.randomize(0.5)
    return net


@dataclass(frozen=True)
class Own(type(cn.task("xor"))):  # type: ignore[misc]
    """A task whose weights are all 0."""

    def network(self, seed: int) -> cn.Network:
        net = build()
        net.seed = seed
        return net


class InPython(type(cn.rule("steepest"))):  # type: ignore[misc]
    """A rule that cannot be compiled."""

    name = "in-python"

    def change(self, value: float, derivative: float) -> tuple[float, ...]:
        return (float(re.sub("x", "", str(-self.rate * derivative))),)


EXAMPLES = cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[1], [0]])
RECORDER = cn.Recorder("activation", of="hidden", epochs=[7])

CALLS: list[tuple[str, Callable[[], object]]] = [
    ("every trainable weight is 0", lambda: cn.train(build(), EXAMPLES, "momentum", 1)),
    ("every trainable weight is 0", lambda: cn.train_many([build()], EXAMPLES, "momentum", 1)),
    ("every trainable weight is 0", lambda: cn.train_many([build() for _ in range(5)], EXAMPLES, "momentum", 1)),
    ("every trainable weight is 0", lambda: cn.train_many(lambda _: build(), EXAMPLES, "momentum", 1, seeds=[1])),
    ("every trainable weight is 0", lambda: cn.run(Own(), epochs=1)),
    ("out of the range|reached", lambda: cn.train_many([build(draw=True)], [cn.Example([0, 1], [3])], "momentum", 1)),
    ("draws the same numbers", lambda: build(draw=True).randomize(0.5)),
    ("nothing was recorded", lambda: cn.train(build(draw=True), EXAMPLES, "momentum", 1, record=RECORDER)),
    ("cannot be compiled", lambda: cn.train(build(draw=True), EXAMPLES, InPython(), 1)),
]


@pytest.mark.parametrize(("message", "call"), CALLS)
def test_the_warning_is_at_the_line_of_the_call(message: str, call: Callable[[], object]) -> None:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        call()
    places = {(Path(each.filename), each.lineno) for each in given if re.search(message, str(each.message))}
    assert places == {(Path(__file__), call.__code__.co_firstlineno)}


def test_one_line_warns_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("def call(train, nets, examples):\n    return train(nets, examples, 'momentum', 1)\n", encoding="utf-8")
    names: dict[str, Callable[..., object]] = {"__name__": "script"}  # type: ignore[dict-item]
    exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), names)
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("default")
        names["call"](cn.train_many, [build() for _ in range(3)], EXAMPLES)
    assert [(each.filename, each.lineno) for each in given] == [(str(script), 2)] * 2  # zero weights, and equal networks


def test_a_call_that_trains_many_networks_gives_a_warning_once() -> None:
    examples = cn.ExampleSet.from_arrays([[0], [1]], [[0], [1]], frequencies=[1, 2])

    def network(seed: int) -> cn.Network:
        net = cn.Network("small")
        net.add_group("input", 1, role="input")
        net.add_group("output", 1, role="output")
        net.connect("input", "output")
        net.randomize(0.5, seed=seed)
        net["input"].activation_noise = 0.1  # trained one after the other
        return net

    retraining = cn.Phase(cn.rule("momentum"), 2)
    calls: list[Callable[[], object]] = [
        lambda: cn.train_many([network(seed) for seed in range(5)], examples, "momentum", 2),
        lambda: cn.train_many(network, examples, "momentum", 2, seeds=range(5)),
        lambda: cn.lesion_study(network(1), examples, damage="noise", draws=3, severities=0.1, recovery=retraining),
    ]
    for call in calls:
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            call()
        assert [str(each.message)[:31] for each in given] == ["the frequencies of the examples"]
        assert given[0].filename == __file__
    for _ in range(2):  # other calls give it again
        with pytest.warns(UserWarning, match="frequencies"):
            cn.train(network(1), examples, "momentum", 1)


@pytest.mark.parametrize("name", ["predictive_coding", "equilibrium_propagation", "almeida_pineda"])
def test_a_call_warns_once_that_a_procedure_is_not_at_rest_whatever_its_numbers_are(name: str, engine: str) -> None:
    """Each case of each epoch had its own warning, since the largest change is another one."""
    net, examples = build(draw=True), EXAMPLES
    if name == "equilibrium_propagation":
        net.make_symmetric("hidden", "output")
        examples = cn.ExampleSet([cn.Example.sequence([case.inputs] * 3, {3: case.targets}) for case in EXAMPLES])
    procedure = cn.procedure(name, steps=2)
    calls: list[Callable[[], object]] = [
        lambda: cn.train(net, examples, "momentum", 5, procedure=procedure, engine=engine, until=lambda _: False),
        lambda: cn.error_derivatives(net, examples, procedure=procedure, engine=engine),
    ]
    for call in calls:
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            call()
        assert len([each for each in given if "not at rest" in str(each.message)]) == 1
