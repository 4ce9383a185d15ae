"""Call a plugin's methods once in Python with arbitrary numbers, before their machine code is used.

Machine code checks neither array bounds nor the number of values that a rule returns. Python does.
"""

from __future__ import annotations

from typing import Any

from connectionist.errors import ParameterError
from connectionist.plugins.rules import Rule

ARBITRARY = 0.5
JOINT_FORMULAS = {"joint_activate": ("activations", 2), "joint_slope": ("net_derivatives", 3), "joint_paired": ("compare_net_inputs", 5)}


def joint_stays_in_bounds(function: Any, role: str, units: int, activation_function: Any = None) -> bool:
    """Return whether a joint function, called with lists of `units` numbers, stays within them and keeps their length."""
    name, count = JOINT_FORMULAS[role]
    lists = [[ARBITRARY] * units for _ in range(count)]
    try:
        getattr(function, name)(*lists, *([] if activation_function is None else [activation_function]))
    except (LookupError, TypeError, AttributeError):
        return False
    except Exception:  # the arbitrary numbers may be outside the function's domain
        return True
    return all(len(each) == units for each in lists)


def check_change(rule: Any) -> None:
    """Check that a rule's `change` returns Δw and one number for each name in its memory.

    Raises
    ------
    ParameterError
        If it returns anything else.
    """
    assert isinstance(rule, Rule)
    extra = (ARBITRARY,) if hasattr(rule, "summarize") else ()
    try:
        result = rule.change(ARBITRARY, ARBITRARY, *extra, *[ARBITRARY] * len(rule.memory))  # type: ignore[attr-defined]
    except Exception:  # the arbitrary numbers may be outside its domain; an error in training is raised then
        return
    count = 1 + len(rule.memory)
    if not isinstance(result, tuple) or len(result) != count:
        names = ", ".join(["Δw", *rule.memory])
        got = f"{len(result)} of them" if isinstance(result, (tuple, list)) else repr(result)
        raise ParameterError(f"rule {rule.name!r}: change must return a tuple of {count} numbers, {names} (got {got})")
