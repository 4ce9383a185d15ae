"""Calling a plugin back in Python, through the same pointers as compiled code: for formulas that cannot be compiled.

An exception cannot pass through compiled code, so the first one is kept, the rest of the pass computes with NaN (which is written
before a formula is asked), and whoever called the kernel raises it afterwards (`raise_kept`, `take_kept`).
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from connectionist.plugins.functions import within_margin
from connectionist_plugins.engines.compiled.formulas.templates import SCATTERED, summarizes
from connectionist_plugins.engines.compiled.precision import Precision

N = ctypes.c_int64  # a whole number, or an address
X = ctypes.c_double

_kept: list[BaseException] = []
_alive: dict[tuple[int, str, str], tuple[object, Any]] = {}


def called_back(thing: Any, role: str, number: Precision) -> int:
    """Return the address of a C function that calls the object's Python methods, on arrays of one kind of number."""
    key = (id(thing), role, number)
    if key not in _alive:
        make, result, arguments = MAKERS[role]
        kinds = [KINDS.get(kind) or (ctypes.c_double if number == "float64" else ctypes.c_float) for kind in arguments]
        _alive[key] = (thing, ctypes.CFUNCTYPE(result, *kinds)(_keeping(make(thing, np.dtype(number)))))
    address = ctypes.cast(_alive[key][1], ctypes.c_void_p).value
    assert address is not None
    return address


def raise_kept() -> None:
    """Raise the exception that a called-back formula raised, if one did."""
    first = take_kept()
    if first is not None:
        raise first


def take_kept() -> BaseException | None:
    """Return the exception that a called-back formula raised, if one did, and forget it."""
    first = _kept[0] if _kept else None
    _kept.clear()
    return first


def _keeping(function: Callable[..., float | None]) -> Callable[..., float | None]:
    def guarded(*arguments: Any) -> float | None:
        try:
            return function(*arguments)
        except BaseException as error:  # it is raised again once the kernel has returned
            _kept.append(error)
            return float("nan")

    return guarded


def _row(address: int, count: int, kind: Any) -> Any:
    room = (ctypes.c_char * (count * kind.itemsize)).from_address(address)
    return np.frombuffer(room, kind)


def _rows(address: int, rows: int, stride: int, kind: Any) -> Any:
    return _row(address, rows * stride, kind).reshape(rows, stride)


def _activate(thing: Any, kind: Any) -> Callable[..., None]:
    def native(xs: int, ys: int, rows: int, stride: int, count: int, _: int) -> None:
        y = _rows(ys, rows, stride, kind)[:, :count]
        y[:] = np.nan
        for row, x in zip(y, _rows(xs, rows, stride, kind)[:, :count].tolist(), strict=True):
            row[:] = [thing.activation(each) for each in x]

    return native


def _slope(thing: Any, kind: Any) -> Callable[..., None]:
    def native(xs: int, ys: int, derivatives: int, rows: int, stride: int, count: int, _: int) -> None:
        x, y, d = (_rows(address, rows, stride, kind)[:, :count] for address in (xs, ys, derivatives))
        before = d.copy()
        d[:] = np.nan
        for row in range(rows):
            slopes = [thing.slope(*pair) for pair in zip(x[row].tolist(), y[row].tolist(), strict=True)]
            d[row] = before[row] * np.array(slopes)

    return native


def _joint_activate(thing: Any, kind: Any) -> Callable[..., None]:
    def native(xs: int, ys: int, rows: int, units: int, stride: int, count: int, _: int, __: int) -> None:
        row = _row(rows, units, np.dtype(np.int64))
        x, y = (_rows(address, int(row.max()) + 1, stride, kind) for address in (xs, ys))
        y[row, :count] = np.nan
        for case in range(count):
            answer = [0.0] * units
            thing.activations(x[row, case].tolist(), answer)
            y[row, case] = answer

    return native


def _joint_slope(thing: Any, kind: Any) -> Callable[..., None]:
    def native(ys: int, derivatives: int, rows: int, units: int, stride: int, count: int, _: int, __: int) -> None:
        row = _row(rows, units, np.dtype(np.int64))
        y, d = (_rows(address, int(row.max()) + 1, stride, kind) for address in (ys, derivatives))
        before = d[row, :count]
        d[row, :count] = np.nan
        for case in range(count):
            answer = [0.0] * units
            thing.net_derivatives(y[row, case].tolist(), before[:, case].tolist(), answer)
            d[row, case] = answer

    return native


def _compare(thing: Any, kind: Any) -> Callable[..., None]:
    def native(ys: int, targets: int, derivatives: int, errors: int, rows: int, stride: int, count: int, margin: float, _: int) -> None:
        y, d, dy = (_rows(address, rows, stride, kind)[:, :count] for address in (ys, targets, derivatives))
        error = _row(errors, count, kind)
        for row in range(rows):
            for case, (activation, target) in enumerate(zip(y[row].tolist(), d[row].tolist(), strict=True)):
                if target == target and not within_margin(activation, target, margin):  # noqa: PLR0124  (NaN: no target)
                    given = float(error[case]), float(dy[row, case])
                    error[case] = dy[row, case] = np.nan
                    dy[row, case] = given[1] + thing.derivative(activation, target)
                    error[case] = given[0] + thing.error(activation, target)

    return native


def _signal(thing: Any, kind: Any) -> Callable[..., float]:
    def native(value: float, senders: int, receivers: int, targets: int, count: int, _: int) -> float:
        total = 0.0
        rows = [_row(address, count, kind).tolist() for address in (senders, receivers, targets)]
        for sender, receiver, target in zip(*rows, strict=True):
            total += thing.signal(value, sender, receiver, target)
        return total

    return native


def _change(thing: Any, kind: Any) -> Callable[..., None]:
    @cache
    def with_rate(rate: float) -> Any:
        return thing if math.isnan(rate) or rate == getattr(thing, "rate", None) else thing.with_rate(rate)

    def native(
        count: int,
        total: int,
        size: int,
        rows: int,
        values: int,
        gathered: int,
        changes: int,
        memories: int,
        rates: int,
        rate: float,
        how: int,
        decay: float,
        _: int,
    ) -> None:
        if count == 0:
            return
        is_scattered = how == SCATTERED
        row = _row(rows, count, np.dtype(np.int64)) if is_scattered else np.arange(count)
        own = _row(rates, count, np.dtype(np.float64)).tolist() if is_scattered else [rate] * count
        value, given, last = (_row(address, size if is_scattered else count, kind) for address in (values, gathered, changes))
        memory = _row(memories, (len(thing.memory) - 1) * total + count, kind) if thing.memory else np.empty(0)
        before = value[row].tolist()
        value[row] = np.nan
        extra = (thing.summarize(given[row].tolist()),) if summarizes(thing) else ()
        for place, (r, own_rate) in enumerate(zip(row.tolist(), own, strict=True)):
            remembered = memory[place::total]
            change, *now = with_rate(own_rate).change(before[place], float(given[r]), *extra, *remembered.tolist())
            last[r], remembered[:] = change, now
            value[r] = (before[place] + change) * (1.0 - decay)

    return native


KINDS: dict[str, Any] = {"n": N, "x": X}  # "v" is the kind of number that the arrays hold
MAKERS: dict[str, tuple[Callable[[Any, Any], Callable[..., float | None]], Any, str]] = {
    "activate": (_activate, None, "nnnnnn"),
    "slope": (_slope, None, "nnnnnnn"),
    "joint_activate": (_joint_activate, None, "nnnnnnnn"),
    "joint_slope": (_joint_slope, None, "nnnnnnnn"),
    "compare": (_compare, None, "nnnnnnnxn"),
    "signal": (_signal, X, "vnnnnn"),
    "change": (_change, None, "nnnnnnnnnxnxn"),
}
