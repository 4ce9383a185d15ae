"""The modules that `native` writes: each loops one formula over rows of cases, or over the weights.

``SELF`` makes ``self``, a named tuple of the plugin object's numeric parameters, so that a method's ``self.gain`` compiles as it
stands. Pointers are to the kind of number that the kernels compute with, but for ``parameters``. A row holds one number per case and
has room for whole vectors, so that loops over cases go on to the end of the last one: nothing is left over to be computed singly. What
stands in `width` cases beyond `count` means nothing. Rows that are full are gone through as one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from textwrap import indent
from typing import Any

import numpy as np

from connectionist.plugins.functions import INFINITE
from connectionist_plugins.engines.compiled.precision import FLOAT_BYTES, Precision
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

HEAD = """\
from collections import namedtuple

from numba import carray
from numba.types import CPointer, float64, int64, void, NUMBER as number

Parameters = namedtuple("Parameters", NAMES)
row_of = CPointer(number)
float_row = CPointer(float64)
whole = CPointer(int64)
LANES = WIDTH // NUMBER_BYTES


@cached_cfunc(SIGNATURE, error_model="numpy")
"""

WIDE = """\
width = (count + LANES - 1) // LANES * LANES
if width == stride:
    stride, rows = rows * stride, 1
    width = (stride + LANES - 1) // LANES * LANES"""

ACTIVATE = """
def native(xs, ys, rows, stride, count, parameters):
    WIDE
    x, y = carray(xs, (rows, stride)), carray(ys, (rows, stride))
    SELF
    for row in range(rows):
        for case in range(width):
            value = activation(self, x[row, case])
            ROUND_INWARD
            y[row, case] = value
"""

SLOPE = """
def native(xs, ys, derivatives, rows, stride, count, parameters):
    WIDE
    x, y, d = carray(xs, (rows, stride)), carray(ys, (rows, stride)), carray(derivatives, (rows, stride))
    SELF
    for row in range(rows):
        for case in range(width):
            d[row, case] *= slope(self, x[row, case], y[row, case])
"""

JOINT_ACTIVATE = """
def native(xs, ys, rows, units, stride, count, scratch, parameters):
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
def native(ys, derivatives, rows, units, stride, count, scratch, parameters):
    row = carray(rows, (units,))
    size = (row[units - 1] + 1) * stride
    y, d = carray(ys, (size,)), carray(derivatives, (size,))
    work = carray(scratch, (3, units))
    y_case, dy_case, dx_case = work[0], work[1], work[2]
    SELF
    for case in range(count):
        for unit in range(units):
            y_case[unit] = y[row[unit] * stride + case]
            dy_case[unit], dx_case[unit] = d[row[unit] * stride + case], 0.0
        net_derivatives(self, y_case, dy_case, dx_case)
        for unit in range(units):
            d[row[unit] * stride + case] = dx_case[unit]
"""

COMPARE = """
def native(ys, targets, derivatives, errors, rows, stride, count, margin, parameters):
    width = (count + LANES - 1) // LANES * LANES
    y, d, dy = carray(ys, (rows, stride)), carray(targets, (rows, stride)), carray(derivatives, (rows, stride))
    e = carray(errors, (width,))
    SELF
    for row in range(rows):
        for case in range(width):
            is_told = (case < count) & (d[row, case] == d[row, case])
            activation, target = y[row, case] if case < count else 0.5, d[row, case] if is_told else 0.5
            above, below = activation > target - margin, activation < target + margin
            within = (margin > 0.0) & (((target >= 0.5) & above) | ((target < 0.5) & below))
            tells = is_told & (not within)
            answer = derivative(self, activation, target)
            dy[row, case] += answer if tells else 0.0
            answer = error(self, activation, target)
            e[case] += answer if tells else 0.0
"""

SIGNAL = """
def native(value, senders, receivers, targets, count, parameters):
    sender, receiver, target = carray(senders, (count,)), carray(receivers, (count,)), carray(targets, (count,))
    SELF
    total = 0.0
    for case in range(count):
        total += signal(self, value, sender[case], receiver[case], target[case])
    return total
"""

CHANGE = """
def native(count, total, size, rows, values, gathered, changes, memories, rates, rate, how, decay, parameters):
    memory = carray(memories, (MEMORIES, total))
    if how == SCATTERED:
        row, own = carray(rows, (count,)), carray(rates, (count,))
        value, given, last = carray(values, (size,)), carray(gathered, (size,)), carray(changes, (size,))
        SUMMARY_OF_SCATTERED
        LEARN_SCATTERED
    else:
        value, given, last = carray(values, (count,)), carray(gathered, (count,)), carray(changes, (count,))
        SUMMARY_OF_SUCCESSIVE
        if how == SHOWN:
            LEARN_SHOWN
        else:
            LEARN
"""

LEARN = """\
for place in range(count):
    self = SELF
    answer = change(self, value[ROW], given[ROW]SEEN)
    KEEP
    value[ROW] = (value[ROW] + answer[0]) * (1.0 - decay)"""

SHOW = "last[ROW] = answer[0]"

SUMMARY = """\
derivatives = memory[MEMORIES - 1]
for place in range(count):
    derivatives[place] = given[ROW]
summary = summarize(ONE_SELF, derivatives)"""

SUCCESSIVE, SHOWN, SCATTERED = 0, 1, 2  # how a rule finds the weights: see `arguments.RuleArguments`


@dataclass(frozen=True)
class Template:
    """A module to be written for one role of a plugin class.

    Attributes
    ----------
    methods : tuple of str
        The methods of the class whose text is compiled into it.
    signature : str
        Of the C function, as numba writes it.
    body : str
    """

    methods: tuple[str, ...]
    signature: str
    body: str


ROLES = {
    "activate": Template(("activation",), "void(row_of, row_of, int64, int64, int64, float_row)", ACTIVATE),
    "slope": Template(("slope",), "void(row_of, row_of, row_of, int64, int64, int64, float_row)", SLOPE),
    "joint_activate": Template(("activations",), "void(row_of, row_of, whole, int64, int64, int64, float_row, float_row)", JOINT_ACTIVATE),
    "joint_slope": Template(("net_derivatives",), "void(row_of, row_of, whole, int64, int64, int64, float_row, float_row)", JOINT_SLOPE),
    "compare": Template(("error", "derivative"), "void(row_of, row_of, row_of, row_of, int64, int64, int64, float64, float_row)", COMPARE),
    "signal": Template(("signal",), "float64(number, row_of, row_of, row_of, int64, float_row)", SIGNAL),
    "change": Template(
        ("change",),
        "void(int64, int64, int64, whole, row_of, row_of, row_of, row_of, float_row, float64, int64, float64, float_row)",
        CHANGE,
    ),
}


def methods(role: str, kind: Any) -> tuple[str, ...]:
    """Return the methods of a class whose text goes into the module for a role."""
    return (*ROLES[role].methods, *(("summarize",) if role == "change" and summarizes(kind) else ()))


def summarizes(rule: Any) -> bool:
    """Whether a rule, or a class of rules, looks at all derivatives before it changes a weight; it is lent a row for them."""
    return hasattr(rule, "summarize")


def module_text(role: str, kind: Any, names: tuple[str, ...], number: Precision) -> str:
    """Return the module for one role of a plugin class with these numeric parameters."""
    template = ROLES[role]
    fillings = {"SELF": f"self = {_self(names)}", "WIDE": WIDE, "ROUND_INWARD": _round_inward(kind, number)}
    body = _change_body(kind, names) if role == "change" else _filled(template.body, fillings)
    values = f"parameters = carray(parameters, ({max(1, len(names))},))"
    first, rest = body.lstrip("\n").split("\n", 1)
    sizes = {"NUMBER_BYTES": str(FLOAT_BYTES[number]), "NUMBER": number, "WIDTH": str(VECTOR_BYTES)}
    head = _filled(HEAD, {"NAMES": repr(names or ("nothing",)), "SIGNATURE": template.signature, **sizes})
    return f"{head}{first}\n    {values}\n{rest}"


def _round_inward(kind: Any, number: Precision) -> str:
    """Return what keeps a value that lies within the function's range from being rounded to an end of it, where error functions break off.

    In double precision functions see to that themselves.
    """
    low, high = getattr(kind, "range", INFINITE) if number == "float32" else INFINITE
    single, lines = np.float32, []
    if math.isfinite(low):
        least = max(float(np.nextafter(single(low), single(np.inf))), low + float(np.finfo(single).tiny))
        lines.append(f"value = {least!r} if {low!r} < value < {least!r} else value")
    if math.isfinite(high):
        greatest = float(np.nextafter(single(high), single(-np.inf)))
        lines.append(f"value = {greatest!r} if {greatest!r} < value < {high!r} else value")
    return "\n".join(lines)


def _change_body(kind: Any, names: tuple[str, ...]) -> str:
    summary = SUMMARY if summarizes(kind) else ""
    body = {
        "SUMMARY_OF_SCATTERED": (summary, "row[place]", ""),
        "SUMMARY_OF_SUCCESSIVE": (summary, "place", ""),
        "LEARN_SCATTERED": (f"{LEARN}\n    {SHOW}", "row[place]", "own[place]"),
        "LEARN_SHOWN": (f"{LEARN}\n    {SHOW}", "place", "rate"),
        "LEARN": (LEARN, "place", "rate"),
    }
    loops = {
        word: text.replace("ROW", row).replace("SELF", _self(names, rate) if rate else "SELF") for word, (text, row, rate) in body.items()
    }
    remembered = range(len(kind.memory))
    replacements = {
        "ONE_SELF": _self(names),
        "MEMORIES": str(len(kind.memory) + summarizes(kind)),
        "SEEN": (", summary" if summary else "") + "".join(f", memory[{number}, place]" for number in remembered),
        "KEEP": "; ".join(f"memory[{number}, place] = answer[{number + 1}]" for number in remembered),
        "SCATTERED": str(SCATTERED),
        "SHOWN": str(SHOWN),
    }
    return _filled(_filled(CHANGE, loops), replacements)


def _filled(text: str, replacements: dict[str, str]) -> str:
    """Put texts in the place of words, where a word stands alone in its line indented as it is."""
    return _replaced(text, tuple(replacements.items()))


@lru_cache(512)  # a pass over a small network takes less time than the texts of its functions
def _replaced(text: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for word, new in replacements:
        lines = [indent(new, line[: -len(word)]) if line.strip() == word else line.replace(word, new) for line in text.split("\n")]
        text = "\n".join(lines)
    return text


def _self(names: tuple[str, ...], rate: str | None = None) -> str:
    """Return the named tuple of the parameters; `rate` takes the place of the parameter of that name."""
    given = [rate if rate and name == "rate" else f"parameters[{number}]" for number, name in enumerate(names)]
    return f"Parameters({', '.join(given) or 'parameters[0]'})"
