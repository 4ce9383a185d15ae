"""The text of the C function that `compile` compiles for one role of a plugin object: its template, filled in."""

from __future__ import annotations

import math
from functools import lru_cache
from textwrap import indent
from typing import Any

import numpy as np

from connectionist.plugins.functions import INFINITE
from connectionist.plugins.rules import WholeNetRule, uses_error
from connectionist_plugins.engines.compiled.formulas.input_templates import GATHER
from connectionist_plugins.engines.compiled.formulas.paired_templates import IS_WITHIN, PAIRED_LOOP
from connectionist_plugins.engines.compiled.formulas.templates import (
    CHANGE,
    COMPARE_LOOP,
    CONTIGUOUS_STORING,
    INDEXED,
    REPORT_CHANGE,
    ROLES,
    SET_WIDTH,
    STORE_CHANGE,
    SUMMARIZE,
    UPDATE,
)
from connectionist_plugins.engines.compiled.precision import Precision

CONVERSIONS = {"bool": "{} != 0.0", "int": "int64({})", "float": "{}"}
Names = dict[str, str]  # numeric parameters of a plugin object: "bool", "int" or "float" by name, or the number if it is constant

REPORTERS = {role: f"reporter_of(parameters, {index})" for index, role in enumerate(ROLES)}  # address of `python_fallback.reporter_table`


def method_names(role: str, plugin_class: Any) -> tuple[str, ...]:
    """Return the methods of a class that the module for a role calls."""
    return (*ROLES[role].methods, *(("summarize",) if role == "change" and summarizes(plugin_class) else ()))


def summarizes(rule: Any) -> bool:
    """Return whether a rule, or a class of rules, has a summary of all derivatives. Its memory has one more row, to hold them."""
    return issubclass(rule if isinstance(rule, type) else type(rule), WholeNetRule)


def function_text(role: str, plugin_class: Any, names: Names, precision: Precision, activation_names: Names | None = None) -> str:
    """Return the C function for one role of a plugin class whose numeric parameters have the given names, as Python.

    `activation_names` are those for the activation function of a paired error function.
    """
    template, count = ROLES[role], max(1, len(names))
    fillings = {
        "REPORTER": REPORTERS[role],
        "SELF": f"self = {_self(names)}",
        "ACTIVATION_FUNCTION": f"activation_function = {_self(activation_names or {}, first=count, kind='ActivationParameters')}",
        "SET_WIDTH": SET_WIDTH,
        "COMPARE_LOOPS": _by_margin(COMPARE_LOOP),
        "PAIRED_LOOPS": _by_margin(PAIRED_LOOP),
        "IS_WITHIN": IS_WITHIN,
        "GATHER": GATHER,
        "ROUND_INWARD": _round_inward(plugin_class, precision),
    }
    body = _change_body(plugin_class, names) if role == "change" else _fill(template.body, fillings)
    length = count + 2 + (0 if activation_names is None else 1 + max(1, len(activation_names)))
    first, rest = body.lstrip("\n").split("\n", 1)
    return f"{first}\n    parameters = carray(address_of_parameters, ({length},))\n{rest}"


def _by_margin(loop: str) -> str:
    """Return a loop over cases twice: for a margin, and for none, which takes less time."""
    outside = loop.replace("COUNTS", "IS_WITHIN\n        counts = has_target & (not within)")
    return f"if margin > 0.0:\n{indent(outside, '    ')}\nelse:\n{indent(loop.replace('COUNTS', 'counts = has_target'), '    ')}"


def _round_inward(plugin_class: Any, precision: Precision) -> str:
    """Return code that keeps a value inside the function's range from being rounded to an end of it, where error functions are singular.

    In double precision the functions themselves avoid the ends. A range that depends on parameters is not known here.
    """
    declared = getattr(plugin_class, "range", INFINITE)
    low, high = INFINITE if precision != "float32" or isinstance(declared, property) else declared
    single, lines = np.float32, ["rounded = value * 1.0"]  # a float64
    if math.isfinite(low):
        least = max(float(np.nextafter(single(low), single(np.inf))), low + float(np.finfo(single).tiny))
        lines.append(f"rounded = {least!r} if {low!r} < rounded < {least!r} else rounded")
    if math.isfinite(high):
        greatest = float(np.nextafter(single(high), single(-np.inf)))
        lines.append(f"rounded = {greatest!r} if {greatest!r} < rounded < {high!r} else rounded")
    return "\n".join(lines)


def _change_body(plugin_class: Any, names: Names) -> str:
    """Return the text of `change`, with the three loops over weights."""
    summarize = SUMMARIZE if summarizes(plugin_class) else ""
    parts = {
        "SUMMARIZE_BY_INDEX": (summarize, "row[index]", ""),
        "SUMMARIZE_RANGE": (summarize, "index", ""),
        "UPDATE_BY_INDEX": (f"{UPDATE}\n        {STORE_CHANGE}", "row[index]", "own_rate[index]"),
        "UPDATE_RANGE_STORING": (f"{UPDATE}\n        {STORE_CHANGE}", "index", "rate"),
        "UPDATE_RANGE": (UPDATE, "index", "rate"),
    }
    loops = {
        word: text.replace("WEIGHT", weight).replace("SELF", _self(names, rate) if rate else "SELF")
        for word, (text, weight, rate) in parts.items()
    }
    memory = range(len(plugin_class.memory))
    replacements = {
        "REPORT_ALL": REPORT_CHANGE.replace("CHANGED", "count"),
        "REPORT_CHANGE": REPORT_CHANGE.replace("CHANGED", "1"),
        "REPORTER": REPORTERS["change"],
        "RULE": _self(names),
        " ERROR_ARGUMENT": ", error" if uses_error(plugin_class) else "",
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


def _self(names: Names, rate: str | None = None, first: int = 0, kind: str = "Parameters") -> str:
    """Return an expression for the named tuple of the parameters from one index on. `rate` replaces the parameter of that name."""
    numbers = [CONVERSIONS.get(of, of).format(f"parameters[{index}]") for index, of in enumerate(names.values(), first)]
    values = [rate if rate and name == "rate" else number for name, number in zip(names, numbers, strict=True)]
    return f"{kind}({', '.join(values) or f'parameters[{first}]'})"
