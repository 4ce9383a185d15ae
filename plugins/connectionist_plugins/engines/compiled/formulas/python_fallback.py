"""Run a plugin's formulas in Python, through the same addresses as compiled code, if they cannot be compiled.

The functions take the arguments that `templates` describes. An exception cannot pass through compiled code. It is therefore stored, and
the caller of the kernel raises the first one afterwards (`CollectedExceptions`). NaN is written to the result before a formula is called,
so the rest of the pass computes with NaN.

Compiled formulas are called in Python too, by a reporter, for numbers for which Python may raise an exception.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from connectionist.plugins.formula_faults import call_formula, checked_summary, write_results
from connectionist.utils.real_number import real_number
from connectionist_plugins.engines.compiled.formulas.python_arrays import array_at, float64s, matrix_at
from connectionist_plugins.engines.compiled.formulas.python_errors import compare, cost, joint_compare, joint_paired, paired
from connectionist_plugins.engines.compiled.formulas.python_signals import case_signals, matrix_signals, phased_signal, signal
from connectionist_plugins.engines.compiled.formulas.templates import INDEXED, ROLES
from connectionist_plugins.engines.compiled.precision import Precision

PAIRED = ("paired", "joint_paired")
RESULTS = {  # the first arguments of C functions: "out" is a matrix of results, "errors" and "unit" are rows of results
    "activate": "- out rows stride count",
    "dynamic_activate": "- - unit count",
    "slope": "- - out rows stride count",
    "joint_activate": "- out rows units stride count",
    "joint_slope": "- out rows units stride count",
    "compare": "- - out errors rows stride count",
    "cost": "- out errors rows stride count",
    "paired": "- - - out errors rows stride count",
    "joint_paired": "- - - out errors - - rows units stride count",
    "joint_compare": "- - out errors rows - units stride count",
}
_reporters: dict[str, object] = {}  # by precision, since their addresses are in use as long as the process
_exceptions: ContextVar[tuple[list[BaseException], npt.NDArray[np.int64]]] = ContextVar("exceptions of formulas, and the kernel's flag")


class Callback:
    """A C function that calls the Python methods of a plugin object. Its address is valid as long as this object exists.

    Parameters
    ----------
    plugin : object
    role : str
        Key of `CALLBACKS`.
    precision : {"float64", "float32"}
    activation_function : object
        Activation function of a paired error function; None for other roles.
    """

    def __init__(self, plugin: Any, role: str, precision: Precision, activation_function: Any = None) -> None:
        make, result, parameters = CALLBACKS[role]
        self.plugin, self.activation_function = plugin, activation_function  # their ids are the key of this object
        extra = () if activation_function is None else (activation_function,)
        function = storing_exceptions(make(plugin, np.dtype(precision), *extra))
        self.c_function = ctypes.CFUNCTYPE(result, *_c_types(parameters, precision))(function)
        self.address = ctypes.cast(self.c_function, ctypes.c_void_p).value


def _c_types(parameters: str, precision: Precision) -> list[Any]:
    return [C_TYPES.get(letter) or (ctypes.c_double if precision == "float64" else ctypes.c_float) for letter in parameters]


_callbacks: WeakValueDictionary[tuple[int, int, str, str], Callback] = WeakValueDictionary()  # those in use, by ids of the objects


def callback_address(plugin: Any, role: str, precision: Precision, kept: list[object], activation_function: Any = None) -> int:
    """Return the address of a C function that calls the object's Python methods, on arrays of one precision.

    Parameters
    ----------
    plugin : object
    role : str
        Key of `CALLBACKS`.
    precision : {"float64", "float32"}
    kept : list
        Receives an object that the caller must keep as long as it uses the address.
    activation_function : object
        Activation function of a paired error function; None for other roles.
    """
    key = (id(plugin), id(activation_function), role, precision)
    callback = _callbacks.get(key)
    if callback is None:
        callback = _callbacks[key] = Callback(plugin, role, precision, activation_function)
    kept.append(callback)
    assert callback.address is not None
    return callback.address


class CollectedExceptions:
    """Context manager for a list that receives the exceptions of formulas in this block, in this thread and those that a kernel starts.

    Parameters
    ----------
    has_raised : int array [1]
        Set to 1 when a formula raises, and to 0 now. The kernel reads it after each epoch, since NaN may not reach E or a weight.
    """

    def __init__(self, has_raised: npt.NDArray[np.int64]) -> None:
        self.has_raised = has_raised

    def __enter__(self) -> list[BaseException]:
        exceptions: list[BaseException] = []
        self.has_raised[0] = 0
        self.token = _exceptions.set((exceptions, self.has_raised))
        return exceptions

    def __exit__(self, *_: object) -> None:
        _exceptions.reset(self.token)


def raise_first(exceptions: list[BaseException]) -> None:
    """Raise the first of the exceptions, if there is one."""
    if exceptions:
        raise exceptions[0]


def storing_exceptions(function: Callable[..., float | None]) -> Callable[..., float | None]:
    """Return a function that stores an exception for `CollectedExceptions`, and then returns NaN."""

    def guarded(*arguments: Any) -> float | None:
        try:
            return function(*arguments)
        except BaseException as error:  # the caller of the kernel raises it
            exceptions, has_raised = _exceptions.get()
            exceptions.append(error)
            has_raised[0] = 1
            return float("nan")

    return guarded


@cache
def reporter_table(precision: Precision) -> int:
    """Return the address of a table with the address of one C function for each role, in the order of `templates.ROLES`.

    The function takes the address of a plugin object, and then the arguments of the role's C function; for a paired error function, the
    last one is the address of the activation function. It calls the formulas in Python,
    for numbers for which they may raise an exception. If they do not, it leaves the results of the compiled function, since those of Python
    may differ from them in the last bits, and a block has other cases and networks than the one with such numbers.
    """
    functions = []
    for role in ROLES:
        _, result, parameters = CALLBACKS[role]
        signature = ctypes.CFUNCTYPE(result, ctypes.c_int64, *_c_types(parameters, precision))
        functions.append(signature(storing_exceptions(_reporter(role, np.dtype(precision)))))
    table = np.array([ctypes.cast(function, ctypes.c_void_p).value for function in functions], np.int64)
    _reporters[precision] = functions, table
    return int(table.ctypes.data)


def _reporter(role: str, dtype: Any) -> Callable[..., float | None]:
    def report(plugin_address: int, *arguments: Any) -> float | None:
        objects = [plugin_address, *arguments[-1:]] if role in PAIRED else [plugin_address]
        plugin, *paired = (ctypes.cast(address, ctypes.py_object).value for address in objects)
        results = _results(role, arguments, dtype)
        before = [each.copy() for each in results]
        value = CALLBACKS[role][0](plugin, dtype, *paired)(*arguments)
        for result, old in zip(results, before, strict=True):
            result[:] = old
        return value

    return report


def _results(role: str, arguments: tuple[Any, ...], dtype: Any) -> list[Any]:
    """Return the arrays of the results of an activation, error or cost function. Other columns of a matrix belong to other threads."""
    if role not in RESULTS:
        return []
    names = RESULTS[role].split()
    found = {name: argument for name, argument in zip(names, arguments, strict=False) if name != "-"}
    count, results = found["count"], []
    if "out" in found:
        rows = found["rows"]
        if "units" in found:  # the address of row numbers, not their number
            rows = int(array_at(rows, found["units"], np.dtype(np.int64)).max()) + 1
        results.append(matrix_at(found["out"], rows, found["stride"], dtype)[:, :count])
    return results + [array_at(found[name], count, dtype) for name in ("errors", "unit") if name in found]


def _activate(plugin: Any, dtype: Any) -> Callable[..., None]:
    def c_function(xs: int, ys: int, rows: int, stride: int, count: int, _: int) -> None:
        y = matrix_at(ys, rows, stride, dtype)[:, :count]
        y[:] = np.nan
        for row, x in zip(y, matrix_at(xs, rows, stride, dtype)[:, :count].tolist(), strict=True):
            row[:] = float64s((plugin.activation(each) for each in x), count)

    return c_function


def _dynamic_activate(plugin: Any, dtype: Any) -> Callable[..., None]:
    def c_function(xs: int, before: int, ys: int, count: int, _: int) -> None:
        x, previous, y = (array_at(address, count, dtype) for address in (xs, before, ys))
        y[:] = np.nan
        y[:] = float64s((plugin.activation(*each) for each in zip(x.tolist(), previous.tolist(), strict=True)), count)

    return c_function


def _slope(plugin: Any, dtype: Any) -> Callable[..., None]:
    def c_function(xs: int, ys: int, dys: int, rows: int, stride: int, count: int, _: int) -> None:
        x, y, dy = (matrix_at(address, rows, stride, dtype)[:, :count] for address in (xs, ys, dys))
        before = dy.tolist()
        dy[:] = np.nan
        for row in range(rows):
            numbers = zip(x[row].tolist(), y[row].tolist(), before[row], strict=True)
            dy[row] = float64s((derivative * plugin.slope(net_input, activation) for net_input, activation, derivative in numbers), count)

    return c_function


def _joint_activate(plugin: Any, dtype: Any) -> Callable[..., None]:
    def c_function(xs: int, ys: int, rows: int, units: int, stride: int, count: int, _: int, __: int) -> None:
        row = array_at(rows, units, np.dtype(np.int64))
        x, y = (matrix_at(address, int(row.max()) + 1, stride, dtype) for address in (xs, ys))
        y[row, :count] = np.nan
        for case in range(count):
            activations = [0.0] * units
            write_results(plugin, "activations", x[row, case].tolist(), activations)
            y[row, case] = float64s(activations, units)

    return c_function


def _joint_slope(plugin: Any, dtype: Any) -> Callable[..., None]:
    def c_function(ys: int, dys: int, rows: int, units: int, stride: int, count: int, _: int, __: int) -> None:
        row = array_at(rows, units, np.dtype(np.int64))
        y, dy = (matrix_at(address, int(row.max()) + 1, stride, dtype) for address in (ys, dys))
        before = dy[row, :count]
        dy[row, :count] = np.nan
        for case in range(count):
            net_derivatives = [0.0] * units
            write_results(plugin, "net_derivatives", y[row, case].tolist(), before[:, case].tolist(), net_derivatives)
            dy[row, case] = float64s(net_derivatives, units)

    return c_function


def _net_input(plugin: Any, dtype: Any) -> Callable[..., float]:
    def c_function(*arguments: int) -> float:
        return real_number(call_formula(plugin, "net_input", *_inputs_of_unit(dtype, *arguments)))

    return c_function


def _input_slopes(plugin: Any, dtype: Any) -> Callable[..., float]:
    def c_function(*arguments: int) -> float:
        *_, connections, _, scratch, _ = arguments
        weights, activations = _inputs_of_unit(dtype, *arguments)
        out = matrix_at(scratch, 4, connections, np.dtype(float))[2:]
        out[:] = np.nan
        slopes = [0.0] * connections, [0.0] * connections
        write_results(plugin, "slopes", weights, activations, *slopes)
        for row, each in zip(out, slopes, strict=True):
            row[:] = float64s((1.0 * slope for slope in each), connections)  # the error of the local engine, if one is not a number
        return 0.0

    return c_function


def _inputs_of_unit(
    dtype: Any, values: int, weight_rows: int, sender_rows: int, ys: int, first_row: int, connections: int, stride: int, *_: int
) -> tuple[list[float], list[float]]:
    """Return the weights of the connections of a unit, and the activations that they carry."""
    weights, senders = (array_at(address, connections, np.dtype(np.int64)) for address in (weight_rows, sender_rows))
    places = (first_row + senders) * stride
    pairs = (values, weights), (ys, places)
    return tuple(array_at(address, int(used.max(initial=0)) + 1, dtype)[used].tolist() for address, used in pairs)


def _change(plugin: Any, dtype: Any) -> Callable[..., None]:
    @cache
    def with_rate(rate: float) -> Any:
        return plugin if math.isnan(rate) or rate == getattr(plugin, "rate", None) else plugin.with_rate(rate)

    def c_function(
        count: int,
        total: int,
        size: int,
        rows: int,
        values: int,
        derivatives: int,
        changes: int,
        memories: int,
        rates: int,
        rate: float,
        mode: int,
        decay: float,
        error: float,
        _: int,
    ) -> None:
        if count == 0:
            return
        is_indexed = mode == INDEXED
        row = array_at(rows, count, np.dtype(np.int64)) if is_indexed else np.arange(count)
        own_rates = array_at(rates, count, np.dtype(np.float64)).tolist() if is_indexed else [rate] * count
        value, derivative, last_change = (
            array_at(address, size if is_indexed else count, dtype) for address in (values, derivatives, changes)
        )
        memory = array_at(memories, (len(plugin.memory) - 1) * total + count, dtype) if plugin.memory else np.empty(0)
        before = value[row].tolist()
        value[row] = np.nan
        extra = checked_summary(plugin, derivative[row].tolist(), error)
        for index, (r, own_rate) in enumerate(zip(row.tolist(), own_rates, strict=True)):
            remembered = memory[index::total]
            change, *new = with_rate(own_rate).change(before[index], float(derivative[r]), *extra, *remembered.tolist())
            last_change[r], remembered[:] = change, new
            value[r] = (before[index] + change) * (1.0 - decay)

    return c_function


# Types of a C function's parameters: an integer or address, a float64, a number of the arrays' precision ("v", which depends on it).
C_TYPES: dict[str, Any] = {"n": ctypes.c_int64, "x": ctypes.c_double}
CALLBACKS: dict[str, tuple[Callable[..., Callable[..., float | None]], Any, str]] = {
    "activate": (_activate, None, "nnnnnn"),
    "dynamic_activate": (_dynamic_activate, None, "nnnnn"),
    "slope": (_slope, None, "nnnnnnn"),
    "joint_activate": (_joint_activate, None, "nnnnnnnn"),
    "joint_slope": (_joint_slope, None, "nnnnnnnn"),
    "compare": (compare, None, "nnnnnnnxn"),
    "cost": (cost, None, "nnnnnnxn"),
    "paired": (paired, None, "nnnnnnnnxxn"),
    "joint_paired": (joint_paired, None, "nnnnnnnnnnnxxnn"),
    "joint_compare": (joint_compare, None, "nnnnnnnnnxxnn"),
    "net_input": (_net_input, ctypes.c_double, "nnnnnnnnn"),
    "input_slopes": (_input_slopes, ctypes.c_double, "nnnnnnnnn"),
    "signal": (signal, ctypes.c_double, "vnnnnn"),
    "phased_signal": (phased_signal, ctypes.c_double, "vnnnnnnn"),
    "case_signals": (case_signals, None, "vnnnnnnnn"),
    "matrix_signals": (matrix_signals, None, "nnnnnnnnnnxn"),
    "change": (_change, None, "nnnnnnnnnxnxxn"),
}
