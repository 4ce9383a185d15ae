"""The first Ctrl-C or other signal is delayed until the end of a block; the second is not."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest

import connectionist as cn
from connectionist.cli import main
from connectionist.errors import TrainingInterrupted
from connectionist.learning import stop_signals as module
from connectionist.learning.interrupts import DeferredInterrupts, training_interrupts
from connectionist.learning.stop_signals import STOP_SIGNALS, StopSignals, handle_stop_signals, stop_signals


@pytest.fixture(autouse=True)
def python_own_handler() -> Iterator[None]:
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


def test_the_first_is_delayed_until_the_check() -> None:
    with DeferredInterrupts() as deferred:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            deferred.check()
        deferred.check()
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
    with DeferredInterrupts() as deferred:
        signal.raise_signal(signal.SIGINT)
        deferred.check()
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


@pytest.fixture
def announced() -> list[str]:
    return []


@pytest.fixture
def signals(announced: list[str]) -> Iterator[StopSignals]:
    """The signals of a command that may be interrupted."""
    before = [signal.getsignal(number) for number in STOP_SIGNALS]
    with handle_stop_signals(announced.append) as handled:
        handled.allow()
        yield handled
    assert [signal.getsignal(number) for number in STOP_SIGNALS] == before


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_ends_a_command_at_once_until_training(signals: StopSignals, number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert (signals.number, signals.cause) == (number, f" by {number.name}")


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_ends_training_at_the_next_block(
    signals: StopSignals, announced: list[str], xor: cn.ExampleSet, net: cn.Network, engine: str, number: signal.Signals
) -> None:
    def interrupt(run: cn.Run) -> bool:
        if run.epochs == 3:
            signal.raise_signal(number)
        return False

    with pytest.raises(TrainingInterrupted, match=f"interrupted by {number.name} after 3 epochs"):
        cn.train(net, xor, cn.rule("steepest"), 10, until=interrupt, engine=engine)
    assert len(announced) == 1
    signal.raise_signal(signal.SIGINT)  # a program that passes signals on sends them twice


def test_a_second_signal_takes_effect_at_once(signals: StopSignals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_TOGETHER", 0.0)
    with training_interrupts() as training:
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert training.cause == " by SIGTERM"


def test_after_training_a_signal_waits_until_it_is_allowed(signals: StopSignals) -> None:
    with training_interrupts():
        pass
    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        signals.allow()


def test_a_signal_between_the_last_check_and_a_measurement_ends_it(signals: StopSignals) -> None:
    with training_interrupts():
        pass
    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), signals.raising():
        raise AssertionError
    with signals.raising():  # not a second time
        pass


def test_a_signal_whose_exception_python_drops_is_sent_again(signals: StopSignals) -> None:
    class Interrupting:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    thing = Interrupting()
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012  (it comes at an unknown moment)
        del thing
        time.sleep(10)


def test_signals_that_the_process_ignores_stay_ignored() -> None:
    previous = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with handle_stop_signals(print):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, previous)


def test_a_command_in_another_thread_handles_no_signal(signals: StopSignals) -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append((stop_signals(), main.main(["list", "rules"]))))
    thread.start()
    thread.join()
    assert found[0][0] is not signals
    assert found[0][1] == 0
