"""Classes that a hook returns: what is wrong with one, and whether another has its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

from connectionist.plugins.parameter_faults import class_fault
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.procedures import LearningProcedure
from connectionist.utils.visible_text import shown

PROCEDURES = ("learning_procedures", "update_rules")  # the kinds of classes that ``procedure=`` finds by name


def fault_of_class(kind: str, cls: Any) -> str:
    """Return what is wrong with a class that a hook returned; empty if nothing is."""
    name = getattr(cls, "name", None) if isinstance(cls, type) else None
    if not isinstance(name, str) or not name or not name.isprintable():
        named = f", whose name is {name!r}" if name is not None else ""
        return f"{kind} must return classes with a name of printable text (got {shown(cls)}{named})"
    if not isinstance(cls.__doc__, (str, NoneType)):
        return f"the docstring of {cls.__name__} must be text (got {shown(cls.__doc__)})"
    memory = getattr(cls, "memory", ())
    if kind == "update_rules" and not (isinstance(memory, tuple) and all(isinstance(each, str) for each in memory)):
        return f"{cls.__name__}.memory must be a tuple of names (got {shown(memory)})"
    if fault := _fault_of_presets(cls):
        return fault
    if lacking := sorted(getattr(cls, "__abstractmethods__", ())):
        return f"{cls.__name__} lacks {', '.join(lacking)}"
    return class_fault(cls, cls.__name__)


def _fault_of_presets(cls: type) -> str:
    """Return what is wrong with the presets of a class; empty if nothing is, or if it has none."""
    presets, known = getattr(cls, "presets", {"default": {}}), parameters_of(cls)
    if not isinstance(presets, Mapping) or not all(isinstance(preset, Mapping) for preset in presets.values()):
        return f"{cls.__name__}.presets must be a dict of dicts (got {shown(presets)})"
    if "default" not in presets or not all(isinstance(name, str) for name in presets):
        return f"{cls.__name__}.presets must have text as names, 'default' among them (got {shown(list(presets))})"
    unknown = [(name, key) for name, preset in presets.items() for key in preset if key not in known]
    for name, key in unknown[:1]:
        return f"{cls.__name__}.presets[{name!r}]: no such parameter {shown(key)}; known: {', '.join(known) or 'none'}"
    return ""


def kind_with_name(kind: str, cls: type[Any], offers: Mapping[str, Mapping[str, type]]) -> str:
    """Return the kind of a class in `offers` that has the name of another class, where a name must mean one class; empty if none has it.

    A name means one class of a kind, and one learning procedure, which may be the signals of a rule.
    """
    if cls.name in offers[kind]:
        return kind
    rivals = [each for each in PROCEDURES if cls.name in offers[each] and _is_procedure(each, offers[each][cls.name])]
    return rivals[0] if rivals and _is_procedure(kind, cls) else ""


def _is_procedure(kind: str, cls: type) -> bool:
    return kind in PROCEDURES and issubclass(cls, LearningProcedure)


def name_of_both(kind: str, other: str) -> str:
    """Return the name of two classes of two kinds in messages.

    Examples
    --------
    >>> name_of_both("update_rules", "update_rules"), name_of_both("update_rules", "learning_procedures")
    ('update rules', 'learning procedures, one the signals of a rule,')
    """
    return kind.replace("_", " ") if kind == other else "learning procedures, one the signals of a rule,"
