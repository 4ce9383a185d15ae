"""Objects of the simulator as the Python that makes them."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from connectionist.inspector.script import literal
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import parameters_of

TASK_SCHEDULE = "next(phase.schedule for phase in task.phases if phase.schedule)"  # of functions, which have no other text

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine
    from connectionist.plugins.rules import Rule


def rule_code(rule: Rule) -> str:
    """Return ``cn.rule(…)`` with the parameters that differ from their defaults."""
    return _code("rule", "update_rules", rule)


def setting_code(name: str, value: Any) -> str:
    """Return a setting of a phase, such as its procedure."""
    if name == "procedure":
        return _code("procedure", "learning_procedures", value)
    functions = [each for each in value.values() if callable(each)] if name == "schedule" else []
    return TASK_SCHEDULE if functions else literal(value)


def engine_code(engine: Engine) -> dict[str, str]:
    """Return the argument ``engine`` of `train`; nothing for the default engine."""
    from connectionist.model.network import DEFAULT_ENGINE

    if engine.name == DEFAULT_ENGINE and not engine.settings:
        return {}
    return {"engine": literal(engine.name) if not engine.settings else _code("engine", "engines", engine)}


def _code(function: str, kind: str, made: Any) -> str:
    """Return the call that makes a rule or engine; its representation if no plugin offers it."""
    if made.name not in registry.get_registry().names(kind) or registry.find(kind, made.name) is not type(made):
        return repr(made)
    given = {name: getattr(made, name) for name, default in parameters_of(type(made)).items()}
    defaults = {name: default for name, default in parameters_of(type(made)).items() if default is not MISSING}
    changed = {name: value for name, value in given.items() if name not in defaults or defaults[name] != value}
    return f"cn.{function}({', '.join([literal(made.name), *(f'{name}={literal(value)}' for name, value in changed.items())])})"
