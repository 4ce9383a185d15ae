"""Learning procedures by name. The name of a `LocalRule` or `JointRule` means its signals, which are a procedure too."""

from __future__ import annotations

from functools import cache

from connectionist.plugins import registry
from connectionist.plugins.procedures import LearningProcedure

KIND, RULES = "learning_procedures", "update_rules"


def procedure_names() -> list[str]:
    """Return the names of all learning procedures, sorted, those of local rules included."""
    known = registry.get_registry()
    local = [name for name in known.names(RULES) if issubclass(known.find(RULES, name), LearningProcedure)]
    return sorted({*known.names(KIND), *local})


def procedure_kind(name: object) -> str:
    """Return the hook that offers the procedure of a name: "learning_procedures", or "update_rules" for a rule with signals.

    Raises
    ------
    UnknownNameError
        If there is no such procedure. The message lists the known names.
    """
    known = registry.get_registry()
    if not isinstance(name, str) or name in known.names(KIND):
        return KIND
    if name in procedure_names():
        return RULES
    raise known.unknown(KIND, name, procedure_names())


def resolve_procedure(given: object, what: str) -> LearningProcedure:
    """Return a learning procedure given by its name or as an object. `what` is the argument, for messages.

    Raises
    ------
    ParameterError
        If it is neither the name nor an object of a procedure.
    UnknownNameError
        If no plugin offers it.
    """
    kind = procedure_kind(given) if isinstance(given, str) else KIND
    return registry.resolve(kind, given, LearningProcedure, what=what)  # type: ignore[type-abstract,unused-ignore]


def back_propagation() -> LearningProcedure:
    """Return the procedure "back_propagation" with its default parameters."""
    return _made(registry.find(KIND, "back_propagation"))


@cache
def _made(kind: type[LearningProcedure]) -> LearningProcedure:
    """Return an object of a class; the same each time, since it has no state."""
    return kind()
