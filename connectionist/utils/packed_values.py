"""Nested values with arrays, as values that JSON has and arrays by name, so that an ``.npz`` file without pickle can have them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError
from connectionist.utils.json_values import NOT_FINITE
from connectionist.utils.visible_text import shown

Arrays = dict[str, npt.NDArray[Any]]
KINDS = "fiubU"  # of arrays that files may have
LARGEST_ITEM = 8  # bytes of a number


def pack(value: Any, name: str, arrays: Arrays) -> Any:
    """Return a value as one that JSON has. Arrays are added to `arrays` under names that begin with `name`.

    Numbers, text, true, false, None, arrays of numbers or text, random generators, and lists, tuples and dicts of these can be packed.

    Raises
    ------
    ParameterError
        If the value, or one in it, is something else. The message has its place.

    Examples
    --------
    >>> arrays = {}
    >>> pack({"a": (1, np.zeros(2))}, "state", arrays), arrays
    ({'dict': {'a': {'tuple': [1, {'array': 'state.a.1'}]}}}, {'state.a.1': array([0., 0.])})
    """
    if isinstance(value, (np.ndarray, np.generic)) and _is_storable(np.asarray(value)):
        key = _key(name, arrays)
        arrays[key] = np.asarray(value)
        return {"array" if isinstance(value, np.ndarray) else "item": key}
    if isinstance(value, np.random.Generator):
        return {"generator": pack(value.bit_generator.state, name, arrays)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"number": str(value)}
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple)):
        items = [pack(item, f"{name}.{number}", arrays) for number, item in enumerate(value)]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {"dict": {key: pack(item, f"{name}.{key}", arrays) for key, item in value.items()}}
    raise ParameterError(
        f"checkpoint: {name} must be made of numbers, text, arrays, generators, lists, tuples and dicts by name (got {shown(value)})"
    )


def _is_storable(array: npt.NDArray[Any]) -> bool:
    return array.dtype.kind == "U" or (array.dtype.kind in KINDS and array.dtype.itemsize <= LARGEST_ITEM)


def _key(name: str, arrays: Arrays) -> str:
    """Return a name that no array has, of characters that the members of a zip file may have."""
    key = name if name.isascii() and name.isprintable() else str(len(arrays))
    while key in arrays:
        key += "'"
    return key


def unpack(packed: Any, arrays: Mapping[str, npt.NDArray[Any]]) -> Any:
    """Return the value that `pack` was given.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If it has another form.
    """
    if isinstance(packed, list):
        return [unpack(item, arrays) for item in packed]
    if not isinstance(packed, dict):
        return packed
    ((kind, inner),) = packed.items()
    if kind == "dict":
        return {key: unpack(item, arrays) for key, item in inner.items()}
    if kind == "tuple":
        return tuple(unpack(item, arrays) for item in inner)
    if kind == "generator":
        return _generator(unpack(inner, arrays))
    return NOT_FINITE[inner] if kind == "number" else arrays[inner].copy() if kind == "array" else {"item": arrays}[kind][inner][()]


def _generator(state: Mapping[str, Any]) -> np.random.Generator:
    known = {each.__name__: each for each in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64)}
    bits: Any = known[state["bit_generator"]]()
    bits.state = state
    return np.random.Generator(bits)
