"""The modules that `native` writes: each loops one formula over a row of cases, or over the weights.

``SELF`` makes ``self``, a named tuple of the plugin object's numeric parameters, so that a method's ``self.gain`` compiles as it
stands. Pointers are to float64 unless said otherwise; a row holds one value per case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HEAD = """\
from collections import namedtuple

from numba import carray
from numba.types import CPointer, float64, int64, void

Parameters = namedtuple("Parameters", NAMES)
row_of = CPointer(float64)
whole = CPointer(int64)


@kept_callback(SIGNATURE, error_model="numpy")
"""

ACTIVATE = """
def native(xs, ys, count, parameters):
    x, y = carray(xs, (count,)), carray(ys, (count,))
    SELF
    for case in range(count):
        y[case] = activation(self, x[case])
"""

SLOPE = """
def native(xs, ys, y_derivatives, x_derivatives, count, parameters):
    x, y = carray(xs, (count,)), carray(ys, (count,))
    dy, dx = carray(y_derivatives, (count,)), carray(x_derivatives, (count,))
    SELF
    for case in range(count):
        dx[case] = dy[case] * slope(self, x[case], y[case])
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
            x_case[unit] = x[row[unit] * stride + case]
        activations(self, x_case, y_case)
        for unit in range(units):
            y[row[unit] * stride + case] = y_case[unit]
"""

JOINT_SLOPE = """
def native(ys, y_derivatives, x_derivatives, rows, units, stride, count, scratch, parameters):
    row = carray(rows, (units,))
    size = (row[units - 1] + 1) * stride
    y, dy, dx = carray(ys, (size,)), carray(y_derivatives, (size,)), carray(x_derivatives, (size,))
    work = carray(scratch, (3, units))
    y_case, dy_case, dx_case = work[0], work[1], work[2]
    SELF
    for case in range(count):
        for unit in range(units):
            y_case[unit] = y[row[unit] * stride + case]
            dy_case[unit] = dy[row[unit] * stride + case]
        net_derivatives(self, y_case, dy_case, dx_case)
        for unit in range(units):
            dx[row[unit] * stride + case] = dx_case[unit]
"""

COMPARE = """
def native(ys, targets, y_derivatives, count, margin, parameters):
    y, d, dy = carray(ys, (count,)), carray(targets, (count,)), carray(y_derivatives, (count,))
    SELF
    total = 0.0
    for case in range(count):
        target = d[case]
        if target != target:
            continue
        if margin > 0.0:
            if target >= 0.5:
                if y[case] > target - margin:
                    continue
            elif y[case] < target + margin:
                continue
        dy[case] += derivative(self, y[case], target)
        total += error(self, y[case], target)
    return total
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
def native(count, size, first, rows, values, gathered, changes, memories, rates, decay, parameters):
    row, rate = carray(rows, (count,)), carray(rates, (count,))
    value, given, last = carray(values, (size,)), carray(gathered, (size,)), carray(changes, (size,))
    memory = carray(memories, (MEMORIES + 1, count))
    SUMMARY
    if first >= 0:
        for place in range(count):
            r = first + place
            LEARN
    else:
        for place in range(count):
            r = row[place]
            LEARN
"""

LEARN = """SELF
            answer = change(self, value[r], given[r]SEEN)
            last[r] = answer[0]
            KEEP
            value[r] = (value[r] + answer[0]) * (1.0 - decay)"""

SUMMARY = """derivatives = memory[MEMORIES]
    for place in range(count):
        derivatives[place] = given[row[place]]
    summary = summarize(ONE_SELF, derivatives)"""


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
    "activate": Template(("activation",), "void(row_of, row_of, int64, row_of)", ACTIVATE),
    "slope": Template(("slope",), "void(row_of, row_of, row_of, row_of, int64, row_of)", SLOPE),
    "joint_activate": Template(("activations",), "void(row_of, row_of, whole, int64, int64, int64, row_of, row_of)", JOINT_ACTIVATE),
    "joint_slope": Template(("net_derivatives",), "void(row_of, row_of, row_of, whole, int64, int64, int64, row_of, row_of)", JOINT_SLOPE),
    "compare": Template(("error", "derivative"), "float64(row_of, row_of, row_of, int64, float64, row_of)", COMPARE),
    "signal": Template(("signal",), "float64(float64, row_of, row_of, row_of, int64, row_of)", SIGNAL),
    "change": Template(("change",), "void(int64, int64, int64, whole, row_of, row_of, row_of, row_of, row_of, float64, row_of)", CHANGE),
}


def methods(role: str, kind: Any) -> tuple[str, ...]:
    """Return the methods of a class whose text goes into the module for a role."""
    return (*ROLES[role].methods, *(("summarize",) if role == "change" and hasattr(kind, "summarize") else ()))


def module_text(role: str, kind: Any, names: tuple[str, ...]) -> str:
    """Return the module for one role of a plugin class with these numeric parameters."""
    template = ROLES[role]
    body = _change_body(kind, names) if role == "change" else template.body.replace("SELF", f"self = {_self(names)}")
    values = f"parameters = carray(parameters, ({max(1, len(names))},))"
    first, rest = body.lstrip("\n").split("\n", 1)
    head = HEAD.replace("NAMES", repr(names or ("nothing",))).replace("SIGNATURE", template.signature)
    return f"{head}{first}\n    {values}\n{rest}"


def _change_body(kind: Any, names: tuple[str, ...]) -> str:
    whole_net = hasattr(kind, "summarize")
    remembered = "".join(f", memory[{number}, place]" for number in range(len(kind.memory)))
    keep = "; ".join(f"memory[{number}, place] = answer[{number + 1}]" for number in range(len(kind.memory)))
    replacements = {
        "LEARN": LEARN,
        "SUMMARY": SUMMARY if whole_net else "",
        "ONE_SELF": _self(names),
        "MEMORIES": str(len(kind.memory)),
        "SEEN": (", summary" if whole_net else "") + remembered,
        "KEEP": keep,
        "SELF": f"self = {_self(names, rate='rate[place]')}",
    }
    body = CHANGE
    for word, text in replacements.items():
        body = body.replace(word, text)
    return body


def _self(names: tuple[str, ...], rate: str | None = None) -> str:
    """Return the named tuple of the parameters; `rate` takes the place of the parameter of that name."""
    given = [rate if rate and name == "rate" else f"parameters[{number}]" for number, name in enumerate(names)]
    return f"Parameters({', '.join(given) or 'parameters[0]'})"
