"""What a call of `train` asks for: phases, and when to stop; and what it is warned about."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

from connectionist.data.example_set import ExampleSet
from connectionist.engines.phase import Criterion, Phase
from connectionist.errors import ParameterError
from connectionist.learning.run import Run
from connectionist.model.network import Network
from connectionist.plugins import registry
from connectionist.plugins.rules import Rule

Until = float | Criterion | Callable[[Run], bool] | None


def warn_of_zeros(network: Network) -> None:
    """Warn when there are hidden units and every weight to be trained is 0."""
    values = [weight.value for weight in network.weights if weight.trainable]
    if values and not any(values) and any(group.role == "hidden" for group in network.groups):
        warnings.warn(
            f"{network.name}: every trainable weight is 0, so the units of a hidden group will learn the same thing; call randomize first",
            stacklevel=3,
        )


def warn_of_shuffled_streams(examples: ExampleSet, plan: Sequence[Phase]) -> None:
    """Warn when examples that continue one another are to be presented in another order."""
    orders = [phase.order for phase in plan if phase.order != "fixed"]
    if orders and examples.continues.any():
        warnings.warn(
            f"examples continue one another, but are presented in {orders[0]} order: each goes on from whatever came before it",
            stacklevel=3,
        )


def make_plan(
    rule: Rule | str | None, epochs: int | None, update_after: str | int, order: str, phases: Sequence[Phase] | None
) -> tuple[Phase, ...]:
    """Return the phases: those given, or one of the rule and what goes with it.

    Raises
    ------
    ParameterError
        When both are given, or neither.
    """
    if phases is not None:
        if rule is not None or epochs is not None or update_after != "epoch" or order != "fixed":
            raise ParameterError("train: phases come instead of rule, epochs, update_after and order; give one or the other")
        if not phases:
            raise ParameterError("train.phases: must be at least one Phase (got none)")
        return tuple(phases)
    if rule is None or epochs is None:
        raise ParameterError("train: give a rule and epochs, or phases")
    found = registry.resolve("update_rules", rule, Rule)
    return (Phase(found, epochs, update_after, order),)


def stopping(until: Until) -> tuple[Criterion | None, Callable[[Run], bool] | None]:
    """Return the criterion and the function that `train` was given as one."""
    if until is None or isinstance(until, Criterion):
        return until, None
    if callable(until):
        return None, until
    return Criterion(error=until), None
