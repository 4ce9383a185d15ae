"""Pairs of an update rule and a learning procedure, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from connectionist.engines.phase import procedure_for
from connectionist.errors import ParameterError
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import KIND, RULES, procedure_names, resolve_procedure
from connectionist.plugins.parameter_types import parameters_of
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown

HEADINGS = ("rule", "procedure")


@dataclass(frozen=True)
class Pair:
    """An update rule and a learning procedure.

    Parameters
    ----------
    rule, procedure : str
        Names; for a local rule with its own signals, twice the same.
    obstacle : str
        Why the rule does not fit the procedure; "" if it does.
    """

    rule: str
    procedure: str
    obstacle: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """Arguments of `connectionist.run`. The procedure of a local rule is left out, since it is the rule itself, with its parameters."""
        return {"rule": self.rule} | ({} if self.procedure == self.rule else {"procedure": self.procedure})

    @property
    def rate_parameter(self) -> str:
        """Name of the parameter that sets the size of the changes; "" if the rule has none."""
        kind = registry.find(RULES, self.rule)
        return kind.rate_parameter if kind.rate_parameter in parameters_of(kind) else ""

    def condition(self, rate: float | None) -> dict[str, Any]:
        """Return the condition of a study in which the pair has a rate; None for the default."""
        return {**self.arguments, **({} if rate is None or not self.rate_parameter else {self.rate_parameter: rate})}


def make_pairs(rules: Sequence[str] | None, procedures: Sequence[str] | None) -> list[Pair]:
    """Return the pairs to compare, in the order of the rules.

    Parameters
    ----------
    rules, procedures : sequence of str or None
        Names. With None, all that fit the others: every rule; and the procedures that plugins offer, and for a local rule itself. If both
        are given, each rule is combined with each procedure, and a pair that does not fit has an obstacle.

    Raises
    ------
    ParameterError
        If one of them is no list of names, or has none or one of them twice, or if there is no pair.
    UnknownNameError
        If there is no such rule or procedure.

    Examples
    --------
    >>> [(pair.rule, pair.procedure) for pair in make_pairs(["momentum", "hebb"], ["back_propagation", "hebb"])]
    [('momentum', 'back_propagation'), ('momentum', 'hebb'), ('hebb', 'back_propagation'), ('hebb', 'hebb')]
    """
    known = registry.get_registry()
    chosen_rules = known.names(RULES) if rules is None else _names(rules, "rules")
    chosen_procedures = None if procedures is None else _names(procedures, "procedures")
    for rule in chosen_rules:
        registry.find(RULES, rule)
    for procedure in chosen_procedures or ():
        resolve_procedure(procedure, "compare_rules.procedures")
    pairs = []
    for rule, procedure in product(chosen_rules, chosen_procedures if chosen_procedures is not None else procedure_names()):
        pair = Pair(rule, procedure, obstacle_of(rule, procedure))
        is_offered = procedure in known.names(KIND) or procedure == rule
        if (rules is not None and procedures is not None) or (not pair.obstacle and (procedures is not None or is_offered)):
            pairs.append(pair)
    if not pairs:
        what = f"rules: none fits the procedures {shown(list(procedures or ()))}" if rules is None else "procedures: none fits the rules"
        raise ParameterError(f"compare_rules.{what} (got {shown(rules)})")
    return pairs


def obstacle_of(rule: str, procedure: str) -> str:
    """Return why a rule does not fit a procedure; "" if it does."""
    try:
        procedure_for(registry.find(RULES, rule)(), procedure, "procedure")
    except ParameterError as error:
        return str(error)
    return ""


def _names(given: Any, argument: str) -> list[str]:
    names = (
        finite_list(given, f"compare_rules.{argument}", in_order=True)
        if isinstance(given, Iterable) and not isinstance(given, str)
        else None
    )
    if names is None or not all(isinstance(name, str) for name in names):
        raise ParameterError(f"compare_rules.{argument}: must be a list of names, such as ['{_EXAMPLES[argument]}'] (got {shown(given)})")
    if not names:
        raise ParameterError(f"compare_rules.{argument}: must have at least one name (got none)")
    if repeated := [name for name in names if names.count(name) > 1]:
        raise ParameterError(f"compare_rules.{argument}: must have each name once (got {repeated[0]!r} twice)")
    return names


_EXAMPLES = {"rules": "momentum", "procedures": "back_propagation"}
