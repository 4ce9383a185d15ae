"""Conversion of values to JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from connectionist.utils.visible_text import visible_json

NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}  # numbers that JSON lacks


def as_json(value: object) -> str:
    """Return a value as JSON text, indented by two spaces, with control characters as escapes. `json_value` converts what JSON lacks."""
    return visible_json(json.dumps(json_value(value), indent=2, ensure_ascii=False, allow_nan=False))


def json_value(value: object) -> Any:
    """Return a value as dicts, lists, text, numbers, booleans and None.

    NaN and infinity become None. Arrays and iterables become lists. An object of any other class becomes its ``str``.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [json_value(item) for item in value]
    return str(value)
