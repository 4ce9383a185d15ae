"""Functions of users are checked before they are called."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import connectionist as cn
from connectionist.utils.functions import takes


@pytest.mark.parametrize(
    ("function", "counts"),
    [
        (lambda: 0, {0}),
        (lambda a: a, {1}),
        (lambda a, b=1: a + b, {1, 2}),
        (lambda *a: a, {0, 1, 2}),
        (lambda a, *, key: (a, key), set()),
        (partial(divmod, 3), {1}),
        (max, {0, 1, 2}),  # has no signature
        ("text", set()),
        (None, set()),
    ],
)
def test_the_number_of_arguments_is_counted(function: object, counts: set[int]) -> None:
    assert {count for count in range(3) if takes(function, count)} == counts


API: Any = cn
EXAMPLES = cn.task("xor").training_examples


def xor() -> cn.Network:
    return cn.task("xor").network(seed=1)


CALLS: dict[str, Callable[[Any], object]] = {
    "train.until: a function must take one argument, the run": lambda f: cn.train(xor(), EXAMPLES, "momentum", 1, until=f),
    "train_many.until: a function must take one argument, the run": lambda f: cn.train_many([xor()], EXAMPLES, "momentum", 1, until=f),
    "train_many.networks: a function must take one argument, the seed": lambda f: cn.train_many(f, EXAMPLES, "momentum", 1, seeds=[1]),
    "train.after_example: must be a function of one argument": lambda f: cn.train(xor(), EXAMPLES, "momentum", 1, after_example=f),
    "train.after_event: must be a function of one argument": lambda f: cn.train(xor(), EXAMPLES, "momentum", 1, after_event=f),
    "Recorder.when: must be a function of one argument, the run": lambda f: cn.Recorder("activation", of="hidden", when=f),
    "pattern: a function must take two arguments": lambda f: xor().connect("hidden", "hidden", pattern=f, delay=1),
}


@pytest.mark.parametrize(("message", "call"), CALLS.items())
@pytest.mark.parametrize("function", [lambda: True, lambda a, b, c: (a, b, c)])
def test_a_function_with_a_wrong_number_of_arguments_is_an_error(message: str, call: Callable[[Any], object], function: object) -> None:
    with pytest.raises(cn.errors.ConnectionistError, match=message):
        call(function)
