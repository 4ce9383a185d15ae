"""Phases of a task with the rule and the settings that a run gives instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectionist.engines.phase import Phase
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.registry import make
from connectionist.plugins.rules import Rule, SearchRule
from connectionist.plugins.unknown_parameter import unknown_parameter


def replace_rule(
    phase: Phase, rule: str | Rule | None, rule_parameters: dict[str, Any], given_parameters: Mapping[str, Any], settings: Mapping[str, Any]
) -> Phase:
    """Return a phase of a task with the rule and the settings that were given."""
    if rule is None:
        return replace(phase, **settings) if settings else phase
    made = rule if isinstance(rule, Rule) else _make_rule(phase.rule, rule, rule_parameters, given_parameters)
    return replace(phase, **{"rule": made, **_fitting_settings(phase, made), **settings})


def _make_rule(of_task: Rule, rule: str, rule_parameters: dict[str, Any], given_parameters: Mapping[str, Any]) -> Rule:
    """Return a rule by name, with those parameters of the task's rule that it also has."""
    known_parameters = parameters_of(registry.find("update_rules", rule))
    for key in given_parameters:
        if key in parameters_of(type(of_task)) and key not in known_parameters:
            raise unknown_parameter(registry.find("update_rules", rule), key)
    kept_parameters = {key: getattr(of_task, key) for key in parameters_of(type(of_task)) if key in known_parameters}
    made: Rule = make("update_rules", rule, {**kept_parameters, **rule_parameters})
    return made


def _fitting_settings(phase: Phase, rule: Rule) -> dict[str, Any]:
    """Return the settings of a phase of a task that another rule does not allow, with values that it allows."""
    changed: dict[str, Any] = {}
    if isinstance(rule, SearchRule):  # which searches over whole epochs
        changed = {"update_after": "epoch", "order": "fixed", "presentations": None}
    if isinstance(rule, LearningProcedure):  # the signals of a local rule are its procedure
        changed["procedure"] = None
    if phase.schedule is not None:
        kept = {name: values for name, values in phase.schedule.items() if name in parameters_of(type(rule))}
        changed["schedule"] = kept or None
    return changed
