"""What was published about a task, for the report of a study, whose rows have what was measured only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectionist.experiments.run_task import run
from connectionist.plugins.error_text import error_text
from connectionist.plugins.faults import exits_as_errors

Published = dict[str, dict[str, float]]


def published_values(identity: Mapping[str, Any], conditions: Mapping[str, Mapping[str, Any]]) -> tuple[Published, str]:
    """Return the published numbers about a task.

    Parameters
    ----------
    identity : dict
        What determines the runs, from ``study.json``.
    conditions : dict of str to dict
        The parameters of each condition, by its label.

    Returns
    -------
    published : dict of str to dict of str to float
        For each quantity, its published value by the label of the condition.
    fault : str
        Why there is none, if the task cannot be made; else "".
    """
    found: Published = {}
    if "task" not in identity or not isinstance(identity["task"], str):
        return found, ""
    preset, given = identity.get("preset", "default"), dict(identity.get("parameters", {}))
    for label, parameters in conditions.items():
        try:
            with exits_as_errors():
                result = run(identity["task"], seed=0, preset=preset, epochs=0, parameters={**given, **parameters})
        except Exception as error:  # of a plugin, which may be another one now
            return {}, error_text(error)
        for quantity, value in _numbers(result.report["findings"]):
            found.setdefault(quantity, {})[label] = value
    return found, ""


def _numbers(findings: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    return [(each["quantity"], float(each["published"])) for each in findings if isinstance(each["published"], (bool, int, float))]
