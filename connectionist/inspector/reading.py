"""Messages of a page, read and checked against the fields of their classes. Nothing in a message is evaluated."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from connectionist.errors import ParameterError
from connectionist.inspector.messages import ACTS, QUERIES, VIEWS, Message
from connectionist.utils.visible_text import shown

LONGEST = 4_000_000  # characters of a message; an input entered by hand for 100,000 units has fewer
DEEPEST = 6  # lists and objects inside one another; inputs by group, tick and unit need 4
MOST_VALUES = 1_000_000
BIGGEST = 2**53  # whole numbers that JavaScript has exactly
KINDS: dict[str, type[Message]] = {each.kind: each for each in (*VIEWS, *ACTS, *QUERIES)}
QUERY_KINDS = {each.kind: each for each in QUERIES}
WORDS = {int: "a whole number", float: "a finite number", str: "text", bool: "true or false", type(None): "null"}


def read_message(text: str | bytes) -> Message:
    """Return a message of a page.

    Raises
    ------
    ParameterError
        If the text is not JSON, or not a message. The error has the id of the message, or −1, as its attribute ``message_id``.
    """
    given: object = None
    try:
        given = _parse(text)
        if not isinstance(given, dict):
            raise ParameterError(f"message: must be a JSON object (got {shown(given)})")
        return _read(given, KINDS)
    except ParameterError as error:
        identity = given.get("id") if isinstance(given, dict) else None
        error.message_id = identity if type(identity) is int and abs(identity) < BIGGEST else -1  # type: ignore[attr-defined]
        raise


def read_query(given: Mapping[str, Any], identity: int) -> Message:
    """Return the query inside a message of kind "follow" or "table".

    Raises
    ------
    ParameterError
        If it is no query.
    """
    return _read({**given, "id": identity}, QUERY_KINDS)


def _parse(text: str | bytes) -> object:
    if isinstance(text, bytes):
        raise ParameterError(f"message: must be text (got {len(text)} bytes)")
    if len(text) > LONGEST:
        raise ParameterError(f"message: must have at most {LONGEST:,} characters (got {len(text):,})")
    try:
        given: object = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"message: must be JSON ({error})") from None
    return given


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _read(given: Mapping[str, Any], kinds: Mapping[str, type[Message]]) -> Message:
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise ParameterError(f"message.kind: must be one of {', '.join(kinds)} (got {shown(kind)})")
    expected = _fields(kind)
    values = {name: value for name, value in given.items() if name != "kind"}
    for name in values:
        if name not in expected:
            raise ParameterError(f"message {kind}: has no field {shown(name)}; it has {', '.join(expected)}")
    for name, (hint, is_required) in expected.items():
        if name in values:
            values[name] = _checked(values[name], hint, f"message {kind}.{name}")
        elif is_required:
            raise ParameterError(f"message {kind}.{name}: is missing")
    return kinds[kind](**values)


@cache
def _fields(name: str) -> dict[str, tuple[Any, bool]]:
    """Return for each field of a kind its type, and whether it has no default."""
    kind = KINDS[name]
    hints = get_type_hints(kind)
    return {each.name: (hints[each.name], each.default is MISSING and each.default_factory is MISSING) for each in fields(kind)}


def _checked(value: Any, hint: Any, what: str) -> Any:
    """Return a value of a field as its type.

    Raises
    ------
    ParameterError
        If it has another type.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        if not any(type(value) is type(each) and value == each for each in arguments):
            raise ParameterError(f"{what}: must be one of {', '.join(map(str, arguments))} (got {shown(value)})")
        return value
    if origin is list:
        if not isinstance(value, list) or len(value) > MOST_VALUES:
            raise ParameterError(f"{what}: must be a list of at most {MOST_VALUES:,} values (got {shown(value)})")
        return [_checked(each, arguments[0], what) for each in value]
    if origin is dict:
        if not isinstance(value, dict):
            raise ParameterError(f"{what}: must be an object (got {shown(value)})")
        _check_plain(value, what, DEEPEST)
        return value
    kinds = arguments or (hint,)  # of a union
    plain: Any = float(value) if float in kinds and _is_number(value) else value
    for kind in kinds:
        if get_origin(kind) is dict and isinstance(plain, dict):
            return _checked(plain, kind, what)
        if type(plain) is kind and _is_exact(plain):
            return plain
    raise ParameterError(f"{what}: must be {' or '.join(WORDS.get(kind, 'an object') for kind in kinds)} (got {shown(value)})")


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _is_exact(value: object) -> bool:
    """Return whether JavaScript has a value exactly: of numbers, those that are finite and, if whole, not too large."""
    return (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (_is_number(value) and not (isinstance(value, int) and abs(value) > BIGGEST))
    )


def _check_plain(value: Any, what: str, depth: int) -> None:
    """Raise an error if a free part of a message is nested too deeply, or has a number that is too large."""
    if depth == 0:
        raise ParameterError(f"{what}: must not have more than {DEEPEST} levels")
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            _check_plain(each, what, depth - 1)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not _is_number(value):
        raise ParameterError(f"{what}: must have finite numbers (got {shown(value)})")
