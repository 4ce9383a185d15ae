"""The first Ctrl-C is delayed until the end of a block; the second is not."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

import connectionist as cn
from connectionist.errors import TrainingInterrupted
from connectionist.learning.interrupts import DeferredInterrupts


@pytest.fixture(autouse=True)
def python_own_handler() -> Iterator[None]:
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


def test_the_first_is_delayed_until_the_check() -> None:
    with DeferredInterrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        interrupts.check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_pending_interrupt_is_raised_at_the_end() -> None:
    with pytest.raises(KeyboardInterrupt), DeferredInterrupts():
        signal.raise_signal(signal.SIGINT)


def test_it_is_not_lost_when_training_ends_in_the_same_block(xor: cn.ExampleSet, net: cn.Network, engine: str) -> None:
    def interrupt_and_stop(_: cn.Run) -> bool:
        signal.raise_signal(signal.SIGINT)
        return True

    with pytest.raises(TrainingInterrupted):
        cn.train(net, xor, cn.rule("steepest"), 10, until=interrupt_and_stop, engine=engine)


def test_the_second_takes_effect_at_once() -> None:
    with DeferredInterrupts():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_custom_handler_is_not_replaced() -> None:
    received: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    with DeferredInterrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        interrupts.check()
    assert received == [signal.SIGINT]


def test_after_an_interrupt_the_log_agrees_with_the_weights(engine: str) -> None:
    def network() -> cn.Network:
        net = cn.Network()
        net.add_group("input", 2, role="input")
        net.add_group("output", 1, role="output")
        net.connect("input", "output")
        return net

    def interrupt(run: cn.Run) -> bool:
        if run.epochs == 7:
            signal.raise_signal(signal.SIGINT)
        return False

    examples = cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[1], [0]])
    rule = cn.rule("momentum", rate=0.1)
    net = network()
    with pytest.raises(TrainingInterrupted, match="after 7 epochs") as interrupted:
        cn.train(net, examples, rule=rule, epochs=100, until=interrupt, engine=engine)
    assert interrupted.value.run.stopped == "interrupted"
    whole = network()
    cn.train(whole, examples, rule=rule, epochs=7, engine=engine)
    assert net.weight_values.tolist() == whole.weight_values.tolist()
