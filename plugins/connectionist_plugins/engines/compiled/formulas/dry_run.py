"""Call a rule's formula once in Python with arbitrary numbers, before its machine code is used.

Machine code does not check the number of values that a rule returns.
"""

from __future__ import annotations

from typing import Any

from connectionist.errors import PluginError
from connectionist.plugins.registry import describe_origin
from connectionist.plugins.rules import Rule
from connectionist.utils.counts import describe_count
from connectionist_plugins.engines.compiled.formulas.module_text import summarizes

ARBITRARY = 0.5


def check_change(rule: Any) -> None:
    """Check that a rule's `change` returns Δw and one number for each name in its memory.

    Raises
    ------
    PluginError
        If it returns anything else.
    """
    assert isinstance(rule, Rule)
    extra = (ARBITRARY,) if summarizes(rule) else ()
    try:
        result = rule.change(ARBITRARY, ARBITRARY, *extra, *[ARBITRARY] * len(rule.memory))  # type: ignore[attr-defined]
    except Exception:  # the arbitrary numbers may be outside its domain; an error in training is raised then
        return
    count = 1 + len(rule.memory)
    if not isinstance(result, tuple) or len(result) != count:
        names = ", ".join(["Δw", *rule.memory])
        got = f"{len(result)} of them" if isinstance(result, (tuple, list)) else repr(result)
        owner = f"{describe_origin(type(rule))}rule {rule.name!r}"
        raise PluginError(f"{owner}: change must return a tuple of {describe_count(count, 'number')}, {names} (got {got})")
