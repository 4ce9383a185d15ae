"""Warnings at the line of the user's code that called the simulator, however deep in it they are given."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType, MappingProxyType

PACKAGES = frozenset({"connectionist", "connectionist_plugins", "connectionist_tasks", "contextlib"})  # contextlib is between frames

ENGINE = "engine"  # topic of warnings that another engine computes something
TARGETS = "targets"  # topic of warnings of weights that a rule cannot change without targets
REST = "rest"  # topic of warnings that a procedure has not come to rest; those of one procedure differ in numbers
_left_out: ContextVar[frozenset[str]] = ContextVar("_left_out", default=frozenset())  # topics of the present `leave_out`
# Messages in the present `warning_once`, by its topic.
_given: ContextVar[Mapping[str, set[str]]] = ContextVar("_given", default=MappingProxyType({}))
_receive: ContextVar[Callable[[str, str], None] | None] = ContextVar("_receive", default=None)  # function of the present `given_to`


@contextmanager
def warning_once(topic: str = "") -> Iterator[None]:
    """Give each warning of `warn_caller` once in the context, such as a call that trains many networks; also a decorator.

    With a topic, this is for warnings of the topic only. That a procedure has not come to rest is one warning, whatever its numbers are.
    """
    given = _given.get()
    token = _given.set(given if "" in given or topic in given else {**given, topic: set()})
    try:
        yield
    finally:
        _given.reset(token)


@contextmanager
def leave_out(topic: str) -> Iterator[None]:
    """Give no warning of `warn_caller` with a topic in the context; those that are left out stay so. "" adds none."""
    token = _left_out.set(_left_out.get() | {topic})
    try:
        yield
    finally:
        _left_out.reset(token)


@contextmanager
def given_to(receive: Callable[[str, str], None]) -> Iterator[None]:
    """Give the warnings of `warn_caller` in the context to a function of message and topic, and not to the `warnings` of Python.

    The context is that of one thread. `warnings.catch_warnings` would change what other threads see.
    """
    token = _receive.set(receive)
    try:
        yield
    finally:
        _receive.reset(token)


def warn_caller(message: str, category: type[Warning] = UserWarning, topic: str = "") -> None:
    """Give a warning at the innermost line outside the simulator."""
    if topic and topic in _left_out.get():
        return
    for given in [messages for key, messages in _given.get().items() if key in ("", topic)]:
        same = f"{topic}: {message.partition(':')[0]}" if topic == REST else message
        if same in given:
            return
        given.add(same)
    if (receive := _receive.get()) is not None:
        receive(message, topic)
        return
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and is_inside(frame):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def is_inside(frame: FrameType) -> bool:
    """Return whether a frame is of the simulator, or of a constructor that `dataclass` made and that has no line in a file."""
    is_made = frame.f_code.co_name == "__init__" and frame.f_code.co_filename == "<string>"
    return is_made or frame.f_globals.get("__name__", "").partition(".")[0] in PACKAGES
