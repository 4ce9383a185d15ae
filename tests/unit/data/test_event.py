"""Expansion of events into ticks."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, ParameterError

NONE = [None]  # no target for the only output unit


def laid_out(*events: cn.Event, per_time: int = 1) -> tuple[list[float], list[float | None]]:
    """Return the only input and the only target at each tick, None without a target."""
    example = cn.Example.of_events(events, ticks_per_time=per_time)
    return example.inputs.ravel().tolist(), [None if np.isnan(target) else target for target in example.targets.ravel().tolist()]


def test_an_event_is_one_tick_unless_told_otherwise_and_events_follow_each_other() -> None:
    assert laid_out(cn.Event([1], [0.5]), cn.Event([2]), cn.Event([3], [0.25])) == ([1, 2, 3], [0.5, None, 0.25])


@pytest.mark.parametrize(
    ("time", "per_time", "ticks"), [(1, 1, 1), (3, 1, 3), (1, 5, 5), (2, 4, 8), (0.5, 4, 2), (0.24, 10, 2), (0.26, 10, 3)]
)
def test_its_time_times_the_ticks_per_time_is_how_many_ticks_it_has(time: float, per_time: int, ticks: int) -> None:
    assert cn.Event([1], [1], time=time).ticks(per_time) == ticks
    assert laid_out(cn.Event([1], [1], time=time), per_time=per_time) == ([1.0] * ticks, [1.0] * ticks)


def test_inputs_stay_or_vanish_after_the_first_tick() -> None:
    assert laid_out(cn.Event([4], [1], time=3)) == ([4, 4, 4], [1, 1, 1])
    assert laid_out(cn.Event([4], [1], time=3, stays=False), cn.Event([5], time=2, stays=False)) == ([4, 0, 0, 5, 0], [1, 1, 1, None, None])


def test_targets_are_asked_for_at_each_tick_or_at_the_last() -> None:
    assert laid_out(cn.Event([4], [1], time=3, targets_at="last"))[1] == [None, None, 1]
    assert laid_out(cn.Event([4], [1], targets_at="last"))[1] == [1]


@pytest.mark.parametrize(("grace", "targets"), [(0, [1] * 4), (0.5, NONE + [1] * 3), (1.5, NONE * 3 + [1])])
def test_during_grace_nothing_is_asked_for(grace: float, targets: list[float | None]) -> None:
    assert laid_out(cn.Event([4], [1], time=2, grace=grace), per_time=2)[1] == targets


@pytest.mark.parametrize(
    ("time", "grace", "per_time", "targets"),
    [
        (2, 1.5, 1, [None, 1]),
        (2, 1.99, 1, [None, 1]),
        (1.4, 1.3, 1, [1]),
        (1, 0.9, 1, [1]),
        (3, 1.5, 1, [None, None, 1]),
        (2, 1.9, 3, NONE * 5 + [1]),
        (2, 1.5, 2, NONE * 3 + [1]),
    ],
)
def test_grace_that_rounds_to_the_whole_event_leaves_the_last_tick(
    time: float, grace: float, per_time: int, targets: list[float | None]
) -> None:
    for targets_at in ("all", "last"):
        event = cn.Event([4], [1], time=time, grace=grace, targets_at=targets_at)
        assert laid_out(event, per_time=per_time)[1] == targets


def test_an_error_is_counted_at_the_last_tick_of_grace_that_rounds_to_the_whole_event(engine_in_time: str) -> None:
    net = cn.Network("copy")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "output", delay=1, weights=1.0)
    example = cn.Example.of_events([cn.Event([1.0], [3.0], time=2, grace=1.5)])
    # y = 0 at tick 1 and 1 at tick 2, where E = ½ (1 − 3)²
    assert cn.error_derivatives(net, cn.ExampleSet([example]), engine=engine_in_time)[0] == pytest.approx(2.0)


def test_grace_and_the_last_tick_together() -> None:
    assert laid_out(cn.Event([4], [1], time=3, grace=2, targets_at="last"))[1] == [None, None, 1]


def test_single_units_may_have_no_target_and_an_event_none_at_all() -> None:
    example = cn.Example.of_events([cn.Event([1], [0.5, np.nan]), cn.Event([1])], name="pair", frequency=2.0, continues=True)
    assert np.isnan(example.targets).tolist() == [[False, True], [True, True]]
    assert (example.name, example.frequency, example.continues, example.ticks) == ("pair", 2.0, True, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"time": 0}, r"Event.time: must be a number above 0 and at most 1000000 \(got 0\)"),
        ({"time": float("inf")}, r"Event.time: must be a number above 0 and at most 1000000 \(got inf\)"),
        ({"grace": -1}, r"Event.grace: must be a number of at least 0 and at most 1000000 \(got -1\)"),
        ({"grace": 1.0}, r"Event.grace: must be shorter than the event, 1, or no target is left \(got 1\)"),
        ({"stays": 1}, r"Event.stays: must be True or False \(got 1\)"),
        ({"targets_at": "first"}, r"Event.targets_at: must be 'all' or 'last' \(got 'first'\)"),
    ],
)
def test_the_options_of_an_event_are_checked_when_it_is_made(options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.Event([1], [1], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "options", "error", "message"),
    [
        ([], {}, DataError, r"example 'e': needs at least one event \(got none\)"),
        ([cn.Event([1]), [2]], {}, DataError, r"example 'e': must be events, as made by cn.Event\(inputs, targets\) \(got \[2\]\)"),
        ([cn.Event([1]), cn.Event([1, 2])], {}, DataError, r"example 'e': all events must have the same number of inputs \(got 1, 2\)"),
        ([cn.Event([1], [1]), cn.Event([1], [1, 2])], {}, DataError, r"event 1: must have 2 targets like the others \(got 1\)"),
        (cn.Event([1], [1]), {}, DataError, r"example 'e': must be a list of events \(got Event"),
        (5, {}, DataError, r"example 'e': must be a list of events \(got 5\)"),
        ([cn.Event([1], [1], time=0.1)], {}, DataError, r"event 1: lasts less than half a tick; use a longer time than 0.1"),
        ([cn.Event([1])], {}, DataError, r"example 'e': one event or more must have targets"),
        (
            [cn.Event([np.nan], [1])],
            {},
            DataError,
            r"example 'e', input 0 at tick 1: must be finite, since input units are always clamped; clamps= may have NaN \(got nan\)",
        ),
        ([cn.Event([1])], {"ticks_per_time": 0}, ParameterError, r"example 'e', ticks_per_time: must be a whole number of at least 1"),
        ([cn.Event([1])], {"ticks_per_time": 0.5}, ParameterError, r"ticks_per_time: must be a whole number of at least 1 \(got 0.5\)"),
    ],
)
def test_events_that_make_no_example_are_rejected(
    events: list[object], options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        cn.Example.of_events(events, name="e", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((["a"], [1]), r"Event.inputs: must be numbers"),
        (([1], ["a"]), r"Event.targets: must be numbers"),
        (([1], [[1], [1, 2]]), r"Event.targets: must be numbers"),
        (([[1, 0], [0, 1]], [1]), r"Event.inputs: must be of shape \[unit\] \(got 2 dimensions, shape \(2, 2\)\)"),
    ],
)
def test_the_patterns_of_an_event_are_checked_when_it_is_made(given: tuple[list[object], list[object]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        cn.Event(*given)  # type: ignore[arg-type]


def test_an_event_may_clamp_no_group_or_have_no_target_of_a_group() -> None:
    events = [cn.Event({"name": [1, 0]}, {}), cn.Event({}, {"shape": [3.0]})]
    example = cn.Example.of_events(events)
    np.testing.assert_array_equal(example.inputs, [[1, 0], [np.nan, np.nan]])
    np.testing.assert_array_equal(example.targets, [[np.nan], [3]])
    with pytest.raises(DataError, match="inputs: must have values for one group or more"):
        cn.Example.of_events([cn.Event({}, {"shape": [1.0]})])
    with pytest.raises(DataError, match="either all events have inputs by group or none"):
        cn.Example.of_events([cn.Event({}, [1.0]), cn.Event([1.0])])
