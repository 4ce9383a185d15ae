"""Values as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any


def as_json(value: object) -> str:
    """Return valid JSON: a number that is not finite becomes null, and what JSON does not know its text."""
    return json.dumps(json_value(value), indent=2, ensure_ascii=False, allow_nan=False)


def json_value(value: object) -> Any:
    """Return a value made of what JSON knows: numbers that are not finite become None, anything foreign its text."""
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
