"""What is done beside training takes at most a share of its time, whatever it costs. All times are injected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectionist.inspector import hub as hub_module
from connectionist.inspector import messages as m
from connectionist.inspector import training
from connectionist.inspector.acts import do
from connectionist.inspector.hub import Hub
from connectionist.inspector.session import InspectorSession
from connectionist.inspector.time_share import TimeShare


class Clock:
    """A clock and the processor time of a thread, which gets one part in `load` of the time."""

    def __init__(self, load: float = 1.0) -> None:
        self.load = load
        self.thread = 0.0

    def pass_by(self, thread: float) -> None:
        self.thread += thread

    def time(self) -> float:
        return self.thread * self.load


def share_of_work(share: TimeShare, clock: Clock, cost: Callable[[], float], blocks: int = 2000, block: float = 0.05) -> tuple[float, int]:
    """Return the share of the time of the thread that work between blocks took, and how often it was done."""
    began, worked, times = clock.thread, 0.0, 0
    for _ in range(blocks):
        clock.pass_by(block)
        if share.is_due():
            seconds = cost()
            with share.measured():
                clock.pass_by(seconds)
            worked, times = worked + seconds, times + 1
    return worked / (clock.thread - began), times


@pytest.mark.parametrize("load", [1.0, 8.0])
@pytest.mark.parametrize("cost", [0.0001, 0.002, 0.03])
def test_work_takes_its_share_whatever_it_costs(cost: float, load: float) -> None:
    clock = Clock(load)
    found, times = share_of_work(TimeShare(0.02, clock=clock.time, thread_clock=lambda: clock.thread), clock, lambda: cost)
    assert times > 50
    assert found <= 0.0201
    if cost == 0.03:
        assert found > 0.018
    else:
        assert times > (1000 if cost == 0.0001 else 300)


def test_a_first_time_with_compilation_does_not_delay_the_next() -> None:
    clock, costs = Clock(), iter([0.4] + [0.002] * 10_000)
    share = TimeShare(0.02, clock=clock.time, thread_clock=lambda: clock.thread)
    _, times = share_of_work(share, clock, lambda: next(costs), blocks=100)
    assert times > 10


def test_work_that_becomes_dear_is_done_less_often() -> None:
    clock, cost = Clock(), [0.001]
    share = TimeShare(0.02, clock=clock.time, thread_clock=lambda: clock.thread)
    _, often = share_of_work(share, clock, lambda: cost[0])
    cost[0] = 0.05
    share_of_work(share, clock, lambda: cost[0], blocks=100)
    found, seldom = share_of_work(share, clock, lambda: cost[0])
    assert seldom < often / 10
    assert found <= 0.021


def test_there_is_a_least_gap_and_an_advance() -> None:
    clock = Clock()
    thread: dict[str, Any] = {"clock": clock.time, "thread_clock": lambda: clock.thread}
    assert share_of_work(TimeShare(0.5, least_gap=1.0, **thread), clock, lambda: 0.001)[1] <= 101
    at_once = TimeShare(0.01, in_advance=0.01, **thread)
    assert share_of_work(at_once, clock, lambda: 0.001, blocks=10, block=0.0)[1] == 10
    assert share_of_work(at_once, clock, lambda: 0.001, blocks=10, block=0.0)[1] <= 2


def test_an_engine_that_trains_elsewhere_does_not_end_the_work() -> None:
    elsewhere = Clock()
    share = TimeShare(0.02, clock=lambda: elsewhere.thread * 1000, thread_clock=lambda: elsewhere.thread)
    _, times = share_of_work(share, elsewhere, lambda: 0.001, blocks=1000, block=0.0005)
    assert times > 400


def make_hub(session_maker: Callable[..., InspectorSession]) -> Hub:
    hub = Hub(lambda between: session_maker(between=between))
    hub.worker.close()  # the test is its thread
    return hub


@pytest.mark.parametrize(("cost", "epochs"), [(0.0005, 150), (0.02, 600)])
def test_frames_histories_and_queries_stay_below_five_percent(
    session_maker: Callable[..., InspectorSession], monkeypatch: pytest.MonkeyPatch, cost: float, epochs: int
) -> None:
    """A page that takes every frame at once, and follows two queries. Each costs the same; an epoch takes 50 ms."""
    clock, spent = Clock(), [0.0]
    hub = make_hub(session_maker)
    run = hub.session.training
    page = hub_module.Page(lambda: None)
    hub.pages.append(page)
    run.is_watched = True

    def dear(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **options: Any) -> Any:
            clock.pass_by(cost)
            spent[0] += cost
            return function(*args, **options)

        return called

    for number in (1, 2):
        hub._give(page, m.Follow(id=number, query={"kind": "cases"}))
    for share in (hub.time_of_frames, run.keeping, *(each.time for each in page.followed.values())):
        share.clock, share.thread_clock = clock.time, lambda: clock.thread
    monkeypatch.setattr(hub, "publish", dear(hub.publish))
    monkeypatch.setattr(hub, "_make_answer", dear(hub._make_answer))
    monkeypatch.setattr(run, "keep", dear(run.keep))
    monkeypatch.setattr(training, "thread_time", lambda: clock.thread)
    taken = [0]

    def between() -> None:
        clock.pass_by(0.05)
        hub._between()
        taken[0] += len(page.take())

    monkeypatch.setattr(hub.worker, "between", lambda: None)
    monkeypatch.setattr(run, "between", between)
    monkeypatch.setattr("connectionist.learning.trainer.MOST_GROWTH", 1)
    began = clock.thread
    do(hub.session, m.TrainAct(id=1, epochs=epochs))
    hub.session.advance()
    assert run.epoch == epochs
    assert taken[0] > 20
    assert 0 < spent[0] < 0.05 * (clock.thread - began)


@pytest.mark.parametrize("first", [1, 500])
def test_blocks_end_early_until_what_they_take_more_is_too_much(first: int) -> None:
    """A block takes 1 ms and each of its epochs 0.01 ms."""
    early = training.BlocksEndedEarly()
    early.note(first, 0.001 + first * 0.00001)
    seconds, ended = 0.0, [0, 0]
    for number in range(20_000):
        early.is_present = early.is_due()
        epochs = 2 if early.is_present else 500
        early.note(epochs, 0.001 + epochs * 0.00001)
        seconds += 0.001 + epochs * 0.00001
        ended[number >= 10_000] += early.is_present
    assert min(ended) > 100
    assert sum(ended) * 0.001 <= 1.05 * (training.EARLY_SECONDS + training.EARLY_SHARE * seconds)


def test_jitter_of_long_epochs_costs_no_more_than_its_share() -> None:
    early = training.BlocksEndedEarly()
    for number in range(100):
        early.is_present = early.is_due()
        early.note(1, 0.07 + 0.02 * (number % 2))
    assert not early.is_due()


def test_answers_while_nothing_trains_are_no_debt_of_the_training(
    session_maker: Callable[..., InspectorSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    hub = make_hub(session_maker)
    page = hub_module.Page(lambda: None)
    hub.pages.append(page)
    hub._give(page, m.Follow(id=1, query={"kind": "cases"}))
    followed = page.followed[1]
    followed.time.clock, followed.time.thread_clock = clock.time, lambda: clock.thread
    answer = hub._make_answer

    def dear(query: Any) -> Any:
        clock.pass_by(1.0)
        return answer(query)

    monkeypatch.setattr(hub, "_make_answer", dear)
    for _ in range(20):
        hub._ask(page, followed)
    assert followed.time.is_due()
