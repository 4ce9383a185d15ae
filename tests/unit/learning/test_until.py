"""A function of `until`: when it is called, what it costs, and what a task may use in place of a criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import Session, TrainingJob
from connectionist.errors import ParameterError, PluginError
from connectionist_plugins.engines.compiled import Compiled
from connectionist_tasks.xor import Xor

MOMENTUM = cn.rule("momentum", rate=0.1, momentum=0.9)


@pytest.fixture
def net() -> cn.Network:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


@pytest.mark.parametrize(
    ("every", "epochs", "called"),
    [(1, [3], [1, 2, 3]), (2, [5], [2, 4, 5]), (100, [230], [100, 200, 230]), (4, [3, 3], [4, 6]), (9, [2, 0], [2]), (7, [0], [])],
)
def test_the_function_is_called_after_every_nth_epoch_and_after_the_last(
    net: cn.Network, xor: cn.ExampleSet, engine: str, every: int, epochs: list[int], called: list[int]
) -> None:
    seen: list[int] = []
    phases = [cn.Phase(MOMENTUM, count, order="permuted") for count in epochs]
    other = net.copy()
    run = cn.train(net, xor, phases=phases, until=lambda run: bool(seen.append(run.epochs)), every=every, engine=engine)  # type: ignore[func-returns-value]
    assert seen == called
    assert run.stopped == "epochs"
    cn.train(other, xor, phases=phases, engine=engine)
    assert np.array_equal(net.weight_values, other.weight_values)


def test_the_function_ends_training_at_a_call(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    run = cn.train(net, xor, MOMENTUM, 90, until=lambda run: run.epochs > 25, every=20, engine=engine)
    assert (run.epochs, run.stopped) == (40, "until")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"until": lambda _: False, "every": 0}, r"train.every: must be a whole number of at least 1 \(got 0\)"),
        ({"until": lambda _: False, "every": 2.5}, r"train.every: must be a whole number of at least 1 \(got 2.5\)"),
        ({"until": 0.1, "every": 10}, r"train.every: is for a function of until, and a criterion is tested after each epoch \(got 10\)"),
        ({"every": 10}, "train.every: is for a function of until"),
        ({"until": lambda _: "criterion"}, r"other than epochs, criterion, .* \(got 'criterion'\)"),
    ],
)
def test_a_mistake_is_an_error(net: cn.Network, xor: cn.ExampleSet, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.train(net, xor, MOMENTUM, 5, **options)


class Counting(Compiled):
    """Counts the sessions that it opens."""

    opened = 0

    def session(self, job: TrainingJob) -> Session:
        type(self).opened += 1
        return super().session(job)


def test_a_function_that_changes_nothing_needs_one_session(net: cn.Network, xor: cn.ExampleSet) -> None:
    Counting.opened = 0
    cn.train(net, xor, MOMENTUM, 20, engine=Counting(), until=lambda _: float(net.outputs(xor).max()) > 1)
    assert Counting.opened == 1
    cn.train(net, xor, MOMENTUM, 20, engine=Counting(), until=lambda run: run.epochs == 3 and bool(net.lesion("hidden:0")))  # type: ignore[func-returns-value]
    assert Counting.opened == 3


def test_the_function_may_change_the_state_of_the_rule(net: cn.Network, xor: cn.ExampleSet) -> None:
    def forget(run: cn.Run) -> bool:
        for numbers in run.memory.values():
            numbers[:] = 0.0
        return False

    copies = [net.copy(), net.copy()]
    for copy, engine in zip(copies, ("local", "compiled"), strict=True):
        cn.train(copy, xor, MOMENTUM, 6, engine=engine, until=forget)
    cn.train(net, xor, MOMENTUM, 6)
    assert copies[0].weight_values == pytest.approx(copies[1].weight_values, rel=1e-12)
    assert not np.allclose(net.weight_values, copies[0].weight_values)


def test_passes_in_the_function_leave_a_stream_as_it_was(engine: str) -> None:
    net = cn.simple_recurrent_network("srn", 2, 3, 2)
    net.randomize(0.5, seed=2)
    draw = np.random.default_rng(3)
    stream = cn.ExampleSet.stream(draw.uniform(size=(12, 2)), draw.uniform(size=(12, 2)), ticks=3)
    other = net.copy()
    cn.train(net, stream, MOMENTUM, 8, engine=engine, update_after=1, until=lambda _: bool(net.forward([[9.0, 9.0]]).max() > 1))
    cn.train(other, stream, MOMENTUM, 8, engine=engine, update_after=1)
    assert np.array_equal(net.weight_values, other.weight_values)


@dataclass(frozen=True)
class Limited(Xor):
    """Ends after an epoch that its function chooses."""

    name = "limited"
    every = 20

    @property
    def criterion(self) -> Any:
        return lambda run: "enough" if run.epochs > 50 else False


class WithoutRun(Limited):
    """Its criterion is a function without an argument."""

    @property
    def criterion(self) -> Any:
        return lambda: True


def test_a_task_may_end_training_by_a_function() -> None:
    result = cn.run(Limited(), epochs=500)
    assert (result.report["epochs"], result.report["stopped"]) == (60, "enough")
    assert cn.run(Limited(), epochs=500, every=51).report["epochs"] == 51
    with pytest.raises(PluginError, match=r"criterion must return a cn.Criterion, a function of the run, or None"):
        cn.run(WithoutRun())
