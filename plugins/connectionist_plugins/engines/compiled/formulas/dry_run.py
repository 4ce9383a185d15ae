"""Trying a plugin's methods once in Python, with numbers that mean nothing, before their machine code is trusted with arrays.

Machine code does not look whether a place is within an array, nor how many numbers a rule answers with. Python does.
"""

from __future__ import annotations

from typing import Any

from connectionist.errors import ParameterError
from connectionist.plugins.rules import Rule

ANY = 0.5


def joint_stays_within(function: Any, role: str, units: int) -> bool:
    """Whether a joint function, given lists of one number per unit, stays within them and leaves them as long as they are."""
    lists = [[ANY] * units for _ in range(2 if role == "joint_activate" else 3)]
    method = function.activations if role == "joint_activate" else function.net_derivatives
    try:
        method(*lists)
    except (LookupError, TypeError, AttributeError):
        return False
    except Exception:  # these numbers do not suit it; others may
        return True
    return all(len(each) == units for each in lists)


def check_answer(rule: Any) -> None:
    """Refuse a rule whose change does not answer with Δw and one number for each name in its memory.

    Raises
    ------
    ParameterError
    """
    assert isinstance(rule, Rule)
    extra = (ANY,) if hasattr(rule, "summarize") else ()
    try:
        answer = rule.change(ANY, ANY, *extra, *[ANY] * len(rule.memory))  # type: ignore[attr-defined]
    except Exception:  # these numbers do not suit it; when it trains, what it raises is raised
        return
    wanted = 1 + len(rule.memory)
    if not isinstance(answer, tuple) or len(answer) != wanted:
        names = ", ".join(["Δw", *rule.memory])
        came = f"{len(answer)} of them" if isinstance(answer, (tuple, list)) else repr(answer)
        raise ParameterError(f"rule {rule.name!r}: change must return a tuple of {wanted} numbers, {names} (got {came})")
