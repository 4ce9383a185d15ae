"""Parsing of ``--set``, ``--clip``, ``--schedule``, ``--vary``, ``--seeds`` and ``--checkpoint-every``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, get_args, get_origin

from connectionist.errors import ParameterError
from connectionist.plugins.parameter_types import alternatives, describe_allowed, kinds_of, parameters_of

LARGEST = 2**63 - 1
MOST_STEPS = 10_000  # values of FIRST:LAST:STEP
SPELLINGS = {"true": True, "yes": True, "false": False, "no": False}


def parse_settings(pairs: Iterable[str], owners: Sequence[type]) -> dict[str, Any]:
    """Return parameters with their values.

    Parameters
    ----------
    pairs : iterable of str
        Texts KEY=VALUE.
    owners : sequence of type
        Dataclasses with the parameters as fields. The first that has a field KEY determines the type of VALUE. If none has it, the value
        stays text, and the caller must reject the key.

    Returns
    -------
    dict of str to object

    Raises
    ------
    ParameterError
        If a pair is not KEY=VALUE, if a key is given twice, or if a value does not have the type of its parameter.

    Examples
    --------
    >>> from connectionist.engines.phase import Criterion
    >>> parse_settings(["error=0.04", "correct=none"], [Criterion])
    {'error': 0.04, 'correct': None}
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key:
            raise ParameterError(f"--set: must be KEY=VALUE (got {pair!r})")
        if key in settings:
            raise ParameterError(f"--set {key}: given twice")
        owner = next((owner for owner in owners if key in parameters_of(owner)), None)
        settings[key] = _parse(owner, key, value) if owner else value
    return settings


def parse_variations(texts: Iterable[str], owners: Sequence[type]) -> dict[str, list[Any]]:
    """Return parameters with the values of each.

    Parameters
    ----------
    texts : iterable of str
        Texts KEY=VALUE,VALUE,… or KEY=FIRST:LAST:STEP, numbers from FIRST to LAST in steps of STEP.
    owners : sequence of type
        As for `parse_settings`.

    Raises
    ------
    ParameterError
        If a text has another form, if a key is given twice, or if a value does not have the type of its parameter.

    Examples
    --------
    >>> from connectionist.engines.phase import Criterion
    >>> parse_variations(["error=0:0.3:0.1", "correct=1,0.5"], [Criterion])
    {'error': [0.0, 0.1, 0.2, 0.3], 'correct': [1.0, 0.5]}
    """
    variations: dict[str, list[Any]] = {}
    for text in texts:
        key, separator, values = text.partition("=")
        if not separator or not key or not values:
            raise ParameterError(f"--vary: must be KEY=VALUE,VALUE,… or KEY=FIRST:LAST:STEP (got {text!r})")
        if key in variations:
            raise ParameterError(f"--vary {key}: given twice")
        owner = next((owner for owner in owners if key in parameters_of(owner)), None)
        given = _steps(key, values) if values.count(":") == 2 else values.split(",")
        variations[key] = [_parse(owner, key, value) if owner else value for value in given]
    return variations


def parse_clip(text: str) -> tuple[str, float]:
    """Return the pair of a text KIND=C for `Phase.clip`, which checks it.

    Raises
    ------
    ParameterError
        If the text has another form.

    Examples
    --------
    >>> parse_clip("length=1")
    ('length', 1.0)
    """
    kind, separator, number = text.partition("=")
    if not separator or (limit := _number(number)) is None:
        raise ParameterError(f"--clip: must be KIND=C, one of length, value and normalize with a number (got {text!r})")
    return kind, float(limit)


def parse_schedule(texts: Iterable[str]) -> dict[str, dict[int, Any]]:
    """Return the schedule of texts KEY=EPOCH:VALUE,… for `Phase.schedule`, which checks the values.

    Raises
    ------
    ParameterError
        If a text has another form, or if a key or epoch is given twice.

    Examples
    --------
    >>> parse_schedule(["rate=0:0.1,500:0.01", "adds_descent=20:false"])
    {'rate': {0: 0.1, 500: 0.01}, 'adds_descent': {20: False}}
    """
    schedule: dict[str, dict[int, Any]] = {}
    for text in texts:
        key, _, items = text.partition("=")
        pairs = [item.partition(":") for item in items.split(",")]
        values = {_whole_number(epoch): SPELLINGS.get(value.lower(), _number(value)) for epoch, _, value in pairs}
        if not key or None in values or None in values.values() or len(values) < len(pairs):
            raise ParameterError(f"--schedule: must be KEY=EPOCH:VALUE,…, with each epoch once, as rate=0:0.1,500:0.01 (got {text!r})")
        if key in schedule:
            raise ParameterError(f"--schedule {key}: given twice")
        schedule[key] = values  # type: ignore[assignment]
    return schedule


def _number(text: str) -> int | float | None:
    """Return the number of a text, whole if it can be; None if it is none."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return None


def _steps(key: str, text: str) -> list[str]:
    """Return the numbers of FIRST:LAST:STEP as texts, exact in decimal."""
    allowed = f"FIRST:LAST:STEP, with numbers, a step that is not 0, and at most {MOST_STEPS} values"
    try:
        first, last, step = (Decimal(part) for part in text.split(":"))
        count = int((last - first) / step) + 1
    except (ArithmeticError, ValueError):
        count = 0
    if not 1 <= count <= MOST_STEPS:
        raise ParameterError(f"--vary {key}: must be {allowed} (got {text!r})")
    return [str(first + number * step) for number in range(count)]


def whole_number(text: str) -> int:
    """Return the number of a text, for `argparse`.

    Raises
    ------
    ArgumentTypeError
        If the text is not a whole number from 0 to 2⁶³ − 1.
    """
    if (number := _whole_number(text)) is None:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {LARGEST} (got {text!r})")
    return number


def checkpoint_interval(text: str) -> int | str:
    """Return the interval of checkpoints of a text, for `argparse`: a number of epochs, or a time as text.

    Raises
    ------
    ArgumentTypeError
        If the text is neither.
    """
    from connectionist.learning.checkpoints import read_interval

    interval = text if (number := _whole_number(text)) is None else number
    try:
        read_interval(interval)
    except ParameterError:
        raise argparse.ArgumentTypeError(f"must be a number of epochs, or a time such as '30 s', '5 min' or '1 h' (got {text!r})") from None
    return interval


def parse_seeds(text: str, option: str = "--seeds") -> range:
    """Return the seeds of a text A-B, both ends included. `option` is the one that has it, for messages.

    Raises
    ------
    ParameterError
        If the text is not A-B, with whole numbers A and B from 0 to 2⁶³ − 1 and A at most B.

    Examples
    --------
    >>> parse_seeds("1-40")
    range(1, 41)
    """
    first, last = (_whole_number(part) for part in (text.partition("-")[::2]))
    if first is None or last is None or first > last:
        raise ParameterError(
            f"{option}: must be A-B, two whole numbers from 0 to {LARGEST}, the first at most the second, such as 1-40 (got {text!r})"
        )
    return range(first, last + 1)


def _whole_number(text: str) -> int | None:
    """Return the number of a text of ASCII digits; None if it is something else, or larger than an integer of the machine."""
    is_number = text.isascii() and text.isdecimal() and len(text.lstrip("0")) <= len(str(LARGEST))
    return int(text) if is_number and int(text) <= LARGEST else None


def _parse(owner: type, key: str, value: str) -> Any:
    try:
        return _convert_to_any(kinds_of(owner, key), value)
    except ValueError:
        pass
    name = getattr(owner, "name", owner.__name__)
    raise ParameterError(f"{name}.{key}: must be {describe_allowed(owner, key)} (got {value!r})")


def _convert_to_any(kinds: Iterable[Any], value: str) -> Any:
    for kind in sorted(kinds, key=_is_text):
        try:
            return _convert(kind, value)
        except ValueError:
            continue
    raise ValueError(value)


def _convert(kind: Any, value: str) -> Any:
    if kind in (int, float, str):
        return kind(value)
    if kind is bool and value.lower() in SPELLINGS:
        return SPELLINGS[value.lower()]
    if kind is type(None) and value.lower() == "none":
        return None
    if get_origin(kind) is tuple and value:
        items, hints = value.split(","), get_args(kind)
        each = hints[:1] * len(items) if hints[1:] == (Ellipsis,) else hints
        return tuple(_convert_to_any(alternatives(hint), item) for hint, item in zip(each, items, strict=True))
    if not isinstance(kind, type) and value == str(kind):
        return kind
    raise ValueError(value)


def _is_text(kind: Any) -> bool:
    """Return whether a type is text, which is tried last because any value is text."""
    return kind is str
