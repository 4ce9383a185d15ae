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

from connectionist.functions import within_margin

ROW = ctypes.POINTER(ctypes.c_double)
WHOLE = ctypes.POINTER(ctypes.c_int64)
N = ctypes.c_int64
X = ctypes.c_double

_kept: list[BaseException] = []
_alive: dict[tuple[int, str], tuple[object, Any]] = {}


def called_back(thing: Any, role: str) -> int:
    """Return the address of a C function that calls the object's Python methods."""
    key = (id(thing), role)
    if key not in _alive:
        make, signature = MAKERS[role]
        _alive[key] = (thing, signature(_keeping(make(thing))))
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


def _row(pointer: Any, count: int) -> Any:
    return np.ctypeslib.as_array(pointer, (count,))


def _activate(thing: Any) -> Callable[..., None]:
    def native(xs: Any, ys: Any, count: int, _: Any) -> None:
        _row(ys, count)[:] = np.nan
        _row(ys, count)[:] = [thing.activation(x) for x in _row(xs, count).tolist()]

    return native


def _slope(thing: Any) -> Callable[..., None]:
    def native(xs: Any, ys: Any, y_derivatives: Any, x_derivatives: Any, count: int, _: Any) -> None:
        pairs = zip(_row(xs, count).tolist(), _row(ys, count).tolist(), strict=True)
        _row(x_derivatives, count)[:] = np.nan
        _row(x_derivatives, count)[:] = _row(y_derivatives, count) * np.array([thing.slope(x, y) for x, y in pairs])

    return native


def _joint_activate(thing: Any) -> Callable[..., None]:
    def native(xs: Any, ys: Any, rows: Any, units: int, stride: int, count: int, _: Any, __: Any) -> None:
        row = _row(rows, units)
        x, y = (_row(pointer, (int(row.max()) + 1) * stride).reshape(-1, stride) for pointer in (xs, ys))
        y[row, :count] = np.nan
        for case in range(count):
            answer = [0.0] * units
            thing.activations(x[row, case].tolist(), answer)
            y[row, case] = answer

    return native


def _joint_slope(thing: Any) -> Callable[..., None]:
    def native(ys: Any, dys: Any, dxs: Any, rows: Any, units: int, stride: int, count: int, _: Any, __: Any) -> None:
        row = _row(rows, units)
        y, dy, dx = (_row(pointer, (int(row.max()) + 1) * stride).reshape(-1, stride) for pointer in (ys, dys, dxs))
        dx[row, :count] = np.nan
        for case in range(count):
            answer = [0.0] * units
            thing.net_derivatives(y[row, case].tolist(), dy[row, case].tolist(), answer)
            dx[row, case] = answer

    return native


def _compare(thing: Any) -> Callable[..., float]:
    def native(ys: Any, targets: Any, y_derivatives: Any, count: int, margin: float, _: Any) -> float:
        derivatives = _row(y_derivatives, count)
        total = 0.0
        pairs = zip(_row(ys, count).tolist(), _row(targets, count).tolist(), strict=True)
        for case, (activation, target) in enumerate(pairs):
            if target == target and not within_margin(activation, target, margin):  # noqa: PLR0124  (NaN: no target)
                derivatives[case] += thing.derivative(activation, target)
                total += thing.error(activation, target)
        return total

    return native


def _signal(thing: Any) -> Callable[..., float]:
    def native(value: float, senders: Any, receivers: Any, targets: Any, count: int, _: Any) -> float:
        total = 0.0
        rows = [_row(pointer, count).tolist() for pointer in (senders, receivers, targets)]
        for sender, receiver, target in zip(*rows, strict=True):
            total += thing.signal(value, sender, receiver, target)
        return total

    return native


def _change(thing: Any) -> Callable[..., None]:
    @cache
    def with_rate(rate: float) -> Any:
        return thing if math.isnan(rate) or rate == getattr(thing, "rate", None) else thing.with_rate(rate)

    def native(
        count: int,
        size: int,
        _first: int,
        rows: Any,
        values: Any,
        gathered: Any,
        changes: Any,
        memories: Any,
        rates: Any,
        decay: float,
        _: Any,
    ) -> None:
        if count == 0:
            return
        row = _row(rows, count)
        value, given, last = _row(values, size), _row(gathered, size), _row(changes, size)
        memory = _row(memories, (len(thing.memory) + 1) * count).reshape(-1, count)[: len(thing.memory)]
        before, of_place = value[row].tolist(), zip(row.tolist(), _row(rates, count).tolist(), strict=True)
        value[row] = np.nan
        extra = (thing.summarize(given[row].tolist()),) if hasattr(thing, "summarize") else ()
        for place, (r, rate) in enumerate(of_place):
            change, *remembered = with_rate(rate).change(before[place], float(given[r]), *extra, *memory[:, place].tolist())
            last[r], memory[:, place] = change, remembered
            value[r] = (before[place] + change) * (1.0 - decay)

    return native


MAKERS: dict[str, tuple[Callable[[Any], Callable[..., float | None]], Any]] = {
    "activate": (_activate, ctypes.CFUNCTYPE(None, ROW, ROW, N, ROW)),
    "slope": (_slope, ctypes.CFUNCTYPE(None, ROW, ROW, ROW, ROW, N, ROW)),
    "joint_activate": (_joint_activate, ctypes.CFUNCTYPE(None, ROW, ROW, WHOLE, N, N, N, ROW, ROW)),
    "joint_slope": (_joint_slope, ctypes.CFUNCTYPE(None, ROW, ROW, ROW, WHOLE, N, N, N, ROW, ROW)),
    "compare": (_compare, ctypes.CFUNCTYPE(X, ROW, ROW, ROW, N, X, ROW)),
    "signal": (_signal, ctypes.CFUNCTYPE(X, X, ROW, ROW, ROW, N, ROW)),
    "change": (_change, ctypes.CFUNCTYPE(None, N, N, N, WHOLE, ROW, ROW, ROW, ROW, ROW, X, ROW)),
}
