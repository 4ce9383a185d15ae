"""The modules that `compile` writes: each loops one formula over rows of cases, or over weights.

Arrays are [row, case], `rows` rows of `stride` numbers, `count` of which are cases. Rows have space for whole vectors, so loops over cases
run to the end of the last vector (`width`), without a scalar remainder. Numbers between `count` and `width` are undefined. Rows without
space after `width` are treated as one long row. Pointers are to numbers of the arrays' precision unless noted. In the formula, ``self`` is
a named tuple of the plugin object's numeric parameters, which the placeholder ``SELF`` builds, so ``self.gain`` compiles unchanged. A
parameter that is True or False is so in the formula too, as in Python.

The C function for each role:

=============== ==========================================================================================================
activate        ``(x, y, rows, stride, count, parameters)``: write y = f(x)
slope           ``(x, y, dy, rows, stride, count, parameters)``: multiply ∂E/∂y by the slope, which gives ∂E/∂x
joint_activate  ``(x, y, rows, units, stride, count, scratch, parameters)``: write y of a group; `rows` points to the int64
                rows of its units, `scratch` to float64 memory for 3 numbers per unit
joint_slope     ``(y, dy, rows, units, stride, count, scratch, parameters)``: replace ∂E/∂y of a group by ∂E/∂x
compare         ``(y, d, dy, errors, rows, stride, count, margin, parameters)``: add to ∂E/∂y [row, case] and to E [case];
                a target NaN, or an activation within the margin of the target, adds nothing
paired          ``(x, y, d, dx, errors, rows, stride, count, margin, scale, activation parameters, parameters)``: the same for an
                error function with a formula of the net input; write `scale` · ∂E/∂x of the units' own errors [row, case] to `dx`
joint_paired    ``(x, y, d, dx, errors, rows, target rows, rows of dx, units, stride, count, margin, scale, scratch, activation
                parameters, parameters)``: the same for a joint activation function; `target rows` are those of `d`, `scratch` has 5
                numbers per unit
signal          ``(value, senders, receivers, targets, count, parameters)``: return the sum over cases of a weight's signal
change          ``(count, total, size, rows, values, derivatives, changes, memory, rates, rate, mode, decay, parameters)``:
                change `count` weights and their memory [name, `total`]; see below
=============== ==========================================================================================================

`parameters` points to the plugin object's float64 parameters. In the formula of a paired error function, ``activation_function`` is a
named tuple of the activation function's parameters. `change` finds its weights in one of three ways (`mode`):

- ``CONTIGUOUS``: values, derivatives and changes point to the first of `count` successive weights with one `rate`
- ``CONTIGUOUS_STORING``: the same, and Δw is written to `changes`
- ``INDEXED``: they point to row 0 of arrays of `size` weights; `rows` (int64) and `rates` (float64) list the `count` weights; Δw is
  written to `changes`
"""

from __future__ import annotations

import math
from functools import lru_cache
from textwrap import indent
from typing import Any, NamedTuple

import numpy as np

from connectionist.plugins.functions import INFINITE
from connectionist_plugins.engines.compiled.precision import FLOAT_BYTES, Precision
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

HEAD = """\
from collections import namedtuple

from numba import carray
from numba.types import CPointer, float64, int64, void, FLOAT_TYPE as number

Parameters = namedtuple("Parameters", OWN_NAMES)
ActivationParameters = namedtuple("ActivationParameters", ACTIVATION_NAMES)
numbers = CPointer(number)
float64s = CPointer(float64)
int64s = CPointer(int64)
LANES = BYTES_OF_VECTOR // BYTES_OF_FLOAT
NAN = float("nan")


@cached_cfunc(SIGNATURE, error_model="numpy")
"""

SET_WIDTH = """\
width = (count + LANES - 1) // LANES * LANES
if width == stride:
    stride, rows = rows * stride, 1
    width = (stride + LANES - 1) // LANES * LANES"""

ACTIVATE = """
def c_function(xs, ys, rows, stride, count, parameters):
    SET_WIDTH
    x, y = carray(xs, (rows, stride)), carray(ys, (rows, stride))
    SELF
    for row in range(rows):
        for case in range(width):
            value = activation(self, x[row, case])
            ROUND_INWARD
            y[row, case] = value
"""

SLOPE = """
def c_function(xs, ys, dys, rows, stride, count, parameters):
    SET_WIDTH
    x, y, dy = carray(xs, (rows, stride)), carray(ys, (rows, stride)), carray(dys, (rows, stride))
    SELF
    for row in range(rows):
        for case in range(width):
            dy[row, case] *= slope(self, x[row, case], y[row, case])
"""

JOINT_ACTIVATE = """
def c_function(xs, ys, rows, units, stride, count, scratch, parameters):
    row = carray(rows, (units,))
    size = (row[units - 1] + 1) * stride
    x, y = carray(xs, (size,)), carray(ys, (size,))
    work = carray(scratch, (2, units))
    x_case, y_case = work[0], work[1]
    SELF
    for case in range(count):
        for unit in range(units):
            x_case[unit], y_case[unit] = x[row[unit] * stride + case], 0.0
        activations(self, x_case, y_case)
        for unit in range(units):
            value = y_case[unit]
            ROUND_INWARD
            y[row[unit] * stride + case] = value
"""

JOINT_SLOPE = """
def c_function(ys, dys, rows, units, stride, count, scratch, parameters):
    row = carray(rows, (units,))
    size = (row[units - 1] + 1) * stride
    y, dy = carray(ys, (size,)), carray(dys, (size,))
    work = carray(scratch, (3, units))
    y_case, dy_case, dx_case = work[0], work[1], work[2]
    SELF
    for case in range(count):
        for unit in range(units):
            y_case[unit] = y[row[unit] * stride + case]
            dy_case[unit], dx_case[unit] = dy[row[unit] * stride + case], 0.0
        net_derivatives(self, y_case, dy_case, dx_case)
        for unit in range(units):
            dy[row[unit] * stride + case] = dx_case[unit]
"""

COMPARE = """
def c_function(ys, ds, dys, errors, rows, stride, count, margin, parameters):
    width = (count + LANES - 1) // LANES * LANES
    y, d, dy = carray(ys, (rows, stride)), carray(ds, (rows, stride)), carray(dys, (rows, stride))
    e = carray(errors, (width,))
    SELF
    for row in range(rows):
        for case in range(width):
            has_target = (case < count) & (d[row, case] == d[row, case])
            activation, target = y[row, case] if case < count else 0.5, d[row, case] if has_target else 0.5
            above, below = activation > target - margin, activation < target + margin
            within = (margin > 0.0) & (((target >= 0.5) & above) | ((target < 0.5) & below))
            counts = has_target & (not within)
            result = derivative(self, activation, target)
            dy[row, case] += result if counts else 0.0
            result = error(self, activation, target)
            e[case] += result if counts else 0.0
"""

PAIRED = """
def c_function(xs, ys, ds, dxs, errors, rows, stride, count, margin, scale, activation_parameters, parameters):
    width = (count + LANES - 1) // LANES * LANES
    x, y = carray(xs, (rows, stride)), carray(ys, (rows, stride))
    d, dx = carray(ds, (rows, stride)), carray(dxs, (rows, stride))
    e = carray(errors, (width,))
    of_activation = carray(activation_parameters, (ACTIVATION_SIZE,))
    SELF
    ACTIVATION
    for row in range(rows):
        soft = 0
        for case in range(count):
            soft += 1 if (d[row, case] == d[row, case]) & (d[row, case] != 0.0) & (d[row, case] != 1.0) else 0
        if soft:
            COMPARE_SOFT
        else:
            COMPARE_HARD
"""

COMPARE_NET_INPUTS = """\
for case in range(width):
    has_target = (case < count) & (d[row, case] == d[row, case])
    net_input, activation = x[row, case] if has_target else 0.0, y[row, case] if has_target else 0.5
    target = d[row, case] if has_target else 0.5
    above, below = activation > target - margin, activation < target + margin
    within = (margin > 0.0) & (((target >= 0.5) & above) | ((target < 0.5) & below))
    counts = has_target & (not within)
    FORMULA
    dx[row, case] = derivative * scale if counts else 0.0
    e[case] += error if counts else 0.0"""

SOFT = "error, derivative = compare_net_input(self, net_input, activation, target, activation_function)"

# With constants for the targets, the compiler removes the logarithms that only soft targets need. The numbers are the same.
HARD = """\
on, on_derivative = compare_net_input(self, net_input, activation, 1.0, activation_function)
off, off_derivative = compare_net_input(self, net_input, activation, 0.0, activation_function)
error, derivative = on if target > 0.5 else off, on_derivative if target > 0.5 else off_derivative"""

JOINT_PAIRED = """
def c_function(xs, ys, ds, dxs, errors, rows, targets, outs, units, stride, count, margin, scale, scratch, of_function, parameters):
    row, target_row, out_row = carray(rows, (units,)), carray(targets, (units,)), carray(outs, (units,))
    size, target_size, out_size = (row[units - 1] + 1) * stride, (target_row[units - 1] + 1) * stride, (out_row[units - 1] + 1) * stride
    x, y = carray(xs, (size,)), carray(ys, (size,))
    d, dx, e = carray(ds, (target_size,)), carray(dxs, (out_size,)), carray(errors, (count,))
    work = carray(scratch, (5, units))
    x_case, y_case, d_case, e_case, dx_case = work[0], work[1], work[2], work[3], work[4]
    of_activation = carray(of_function, (ACTIVATION_SIZE,))
    SELF
    ACTIVATION
    for case in range(count):
        counted = 0
        for unit in range(units):
            x_case[unit], y_case[unit] = x[row[unit] * stride + case], y[row[unit] * stride + case]
            activation, target = y_case[unit], float64(d[target_row[unit] * stride + case])
            above, below = activation > target - margin, activation < target + margin
            within = (margin > 0.0) & (((target >= 0.5) & above) | ((target < 0.5) & below))
            counts = (target == target) & (not within)
            d_case[unit] = target if counts else NAN
            counted += 1 if counts else 0
            e_case[unit], dx_case[unit] = 0.0, 0.0
        if counted:
            compare_net_inputs(self, x_case, y_case, d_case, e_case, dx_case, activation_function)
        total = 0.0
        for unit in range(units):
            total += e_case[unit] if d_case[unit] == d_case[unit] else 0.0
            dx[out_row[unit] * stride + case] = dx_case[unit] * scale
        e[case] += total
"""

SIGNAL = """
def c_function(value, senders, receivers, targets, count, parameters):
    sender, receiver, target = carray(senders, (count,)), carray(receivers, (count,)), carray(targets, (count,))
    SELF
    total = 0.0
    for case in range(count):
        total += signal(self, value, sender[case], receiver[case], target[case])
    return total
"""

CHANGE = """
def c_function(count, total, size, rows, values, derivatives, changes, memories, rates, rate, mode, decay, parameters):
    memory = carray(memories, (MEMORY_ROWS, total))
    if mode == INDEXED:
        row, own_rate = carray(rows, (count,)), carray(rates, (count,))
        value, derivative, last_change = carray(values, (size,)), carray(derivatives, (size,)), carray(changes, (size,))
        SUMMARIZE_BY_INDEX
        UPDATE_BY_INDEX
    else:
        value, derivative, last_change = carray(values, (count,)), carray(derivatives, (count,)), carray(changes, (count,))
        SUMMARIZE_RANGE
        if mode == STORING:
            UPDATE_RANGE_STORING
        else:
            UPDATE_RANGE
"""

UPDATE = """\
for index in range(count):
    self = SELF
    result = change(self, value[WEIGHT], derivative[WEIGHT]EXTRA_ARGUMENTS)
    STORE_MEMORY
    value[WEIGHT] = (value[WEIGHT] + result[0]) * (1.0 - decay)"""

STORE_CHANGE = "last_change[WEIGHT] = result[0]"

SUMMARIZE = """\
of_all = memory[MEMORY_ROWS - 1]
for index in range(count):
    of_all[index] = derivative[WEIGHT]
summary = summarize(RULE, of_all)"""

Names = dict[str, bool]  # names of a plugin object's numeric parameters, with whether each is True or False instead of a number

CONTIGUOUS, CONTIGUOUS_STORING, INDEXED = 0, 1, 2  # modes of `change`


class Template(NamedTuple):
    """Template of the module for one role: the methods that it calls, the C function's signature for numba, and its text."""

    methods: tuple[str, ...]
    signature: str
    body: str


ROLES = {
    "activate": Template(("activation",), "void(numbers, numbers, int64, int64, int64, float64s)", ACTIVATE),
    "slope": Template(("slope",), "void(numbers, numbers, numbers, int64, int64, int64, float64s)", SLOPE),
    "joint_activate": Template(("activations",), "void(numbers, numbers, int64s, int64, int64, int64, float64s, float64s)", JOINT_ACTIVATE),
    "joint_slope": Template(("net_derivatives",), "void(numbers, numbers, int64s, int64, int64, int64, float64s, float64s)", JOINT_SLOPE),
    "compare": Template(
        ("error", "derivative"), "void(numbers, numbers, numbers, numbers, int64, int64, int64, float64, float64s)", COMPARE
    ),
    "paired": Template(
        ("compare_net_input",),
        "void(numbers, numbers, numbers, numbers, numbers, int64, int64, int64, float64, float64, float64s, float64s)",
        PAIRED,
    ),
    "joint_paired": Template(
        ("compare_net_inputs",),
        "void(numbers, numbers, numbers, numbers, numbers, int64s, int64s, int64s, int64, int64, int64, float64, float64, "
        "float64s, float64s, float64s)",
        JOINT_PAIRED,
    ),
    "signal": Template(("signal",), "float64(number, numbers, numbers, numbers, int64, float64s)", SIGNAL),
    "change": Template(
        ("change",),
        "void(int64, int64, int64, int64s, numbers, numbers, numbers, numbers, float64s, float64, int64, float64, float64s)",
        CHANGE,
    ),
}


def method_names(role: str, plugin_class: Any) -> tuple[str, ...]:
    """Return the methods of a class that the module for a role calls."""
    return (*ROLES[role].methods, *(("summarize",) if role == "change" and summarizes(plugin_class) else ()))


def summarizes(rule: Any) -> bool:
    """Return whether a rule, or a class of rules, has a summary of all derivatives. Its memory has one more row, to hold them."""
    return hasattr(rule, "summarize")


def module_text(role: str, plugin_class: Any, names: Names, precision: Precision, activation_names: Names | None = None) -> str:
    """Return the module for one role of a plugin class whose numeric parameters have the given names.

    `activation_names` are the names for the activation function of a paired error function.
    """
    template, activation_names = ROLES[role], activation_names or {}
    fillings = {"SELF": f"self = {_self(names)}", "SET_WIDTH": SET_WIDTH, "ROUND_INWARD": _round_inward(plugin_class, precision)}
    fillings |= {name: _fill(COMPARE_NET_INPUTS, {"FORMULA": text}) for name, text in (("COMPARE_SOFT", SOFT), ("COMPARE_HARD", HARD))}
    fillings["ACTIVATION_SIZE"] = str(max(1, len(activation_names)))
    fillings["ACTIVATION"] = f"activation_function = {_self(activation_names, None, 'of_activation', 'ActivationParameters')}"
    body = _change_body(plugin_class, names) if role == "change" else _fill(template.body, fillings)
    values = f"parameters = carray(parameters, ({max(1, len(names))},))"
    first, rest = body.lstrip("\n").split("\n", 1)
    sizes = {"BYTES_OF_FLOAT": str(FLOAT_BYTES[precision]), "FLOAT_TYPE": precision, "BYTES_OF_VECTOR": str(VECTOR_BYTES)}
    tuples = {"OWN_NAMES": repr(tuple(names) or ("nothing",)), "ACTIVATION_NAMES": repr(tuple(activation_names) or ("nothing",))}
    head = _fill(HEAD, {**tuples, "SIGNATURE": template.signature, **sizes})
    return f"{head}{first}\n    {values}\n{rest}"


def _round_inward(plugin_class: Any, precision: Precision) -> str:
    """Return code that keeps a value inside the function's range from being rounded to an end of it, where error functions are singular.

    In double precision the functions themselves avoid the ends.
    """
    low, high = getattr(plugin_class, "range", INFINITE) if precision == "float32" else INFINITE
    single, lines = np.float32, []
    if math.isfinite(low):
        least = max(float(np.nextafter(single(low), single(np.inf))), low + float(np.finfo(single).tiny))
        lines.append(f"value = {least!r} if {low!r} < value < {least!r} else value")
    if math.isfinite(high):
        greatest = float(np.nextafter(single(high), single(-np.inf)))
        lines.append(f"value = {greatest!r} if {greatest!r} < value < {high!r} else value")
    return "\n".join(lines)


def _change_body(plugin_class: Any, names: Names) -> str:
    """Return the text of `change`, with the three loops over weights."""
    summarize = SUMMARIZE if summarizes(plugin_class) else ""
    parts = {
        "SUMMARIZE_BY_INDEX": (summarize, "row[index]", ""),
        "SUMMARIZE_RANGE": (summarize, "index", ""),
        "UPDATE_BY_INDEX": (f"{UPDATE}\n    {STORE_CHANGE}", "row[index]", "own_rate[index]"),
        "UPDATE_RANGE_STORING": (f"{UPDATE}\n    {STORE_CHANGE}", "index", "rate"),
        "UPDATE_RANGE": (UPDATE, "index", "rate"),
    }
    loops = {
        word: text.replace("WEIGHT", weight).replace("SELF", _self(names, rate) if rate else "SELF")
        for word, (text, weight, rate) in parts.items()
    }
    memory = range(len(plugin_class.memory))
    replacements = {
        "RULE": _self(names),
        "MEMORY_ROWS": str(len(plugin_class.memory) + summarizes(plugin_class)),
        "EXTRA_ARGUMENTS": (", summary" if summarize else "") + "".join(f", memory[{number}, index]" for number in memory),
        "STORE_MEMORY": "; ".join(f"memory[{number}, index] = result[{number + 1}]" for number in memory),
        "INDEXED": str(INDEXED),
        "STORING": str(CONTIGUOUS_STORING),
    }
    return _fill(_fill(CHANGE, loops), replacements)


def _fill(text: str, replacements: dict[str, str]) -> str:
    """Replace placeholders. A placeholder that is alone in its line gives its indentation to all lines of the replacement."""
    return _replaced(text, tuple(replacements.items()))


@lru_cache(512)  # a pass over a small network takes less time than building the texts of its functions
def _replaced(text: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for word, new in replacements:
        lines = [indent(new, line[: -len(word)]) if line.strip() == word else line.replace(word, new) for line in text.split("\n")]
        text = "\n".join(lines)
    return text


def _self(names: Names, rate: str | None = None, array: str = "parameters", named_tuple: str = "Parameters") -> str:
    """Return an expression for the named tuple of the parameters. `rate` replaces the parameter of that name."""
    numbers = [f"{array}[{index}] != 0.0" if is_flag else f"{array}[{index}]" for index, is_flag in enumerate(names.values())]
    values = [rate if rate and name == "rate" else number for name, number in zip(names, numbers, strict=True)]
    return f"{named_tuple}({', '.join(values) or f'{array}[0]'})"
