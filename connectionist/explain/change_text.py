"""The text of the last change of weights, and the reasons why stored values can differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.explain.text_table import format_parameters

if TYPE_CHECKING:
    from connectionist.explain.change import Change
    from connectionist.explain.unit_sums import UnitSums

NOT_FORWARD = (
    "a weight or an activation was changed after the forward pass, as by training, or there was no forward pass; call forward again"
)
NOT_BACKWARD = (
    "there was no backward pass after the last forward pass, or a weight was changed after it, or another learning procedure than "
    "back-propagation made it; call forward and backward again"
)
NOISY_WEIGHTS = "the weights had noise in the pass"
NOT_STORED = "its inputs are not stored"


def reason_of(reason: str, sums: UnitSums, side: str) -> str:
    """Return the reason why a stored value of a unit can differ. `side` is that of the weights in the sum, "incoming" or "outgoing"."""
    return f"{NOISY_WEIGHTS}, or {reason}" if side in sums.noisy_weights else reason


def rule_line(change: Change) -> str:
    """Return a line with the rule of the last change, its parameters and the number of examples."""
    after = f"after {change.examples} example{'' if change.examples == 1 else 's'}"
    title = f"last change, by {change.rule}{format_parameters(change.parameters.items())}, {after}"
    return title + (f": {change.equation}" if change.equation else "")
