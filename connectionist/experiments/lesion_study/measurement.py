"""What is measured of each network in a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.accuracy import correct_cases
from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError
from connectionist.experiments.lesion_study.result import COLUMNS
from connectionist.learning.training import error_derivatives
from connectionist.model.network import Network

if TYPE_CHECKING:
    from connectionist.analysis._pairs import Flags

Measure = Callable[[Network], float | Mapping[str, float]]


class Measurement:
    """What is measured of every network, and what was."""

    def __init__(self, measure: Measure | None, tolerance: float, engine: Engine) -> None:
        if measure is not None and not callable(measure):
            raise ParameterError(f"lesion_study.measure: must be a function, called with a network (got {measure!r})")
        self.measure, self.tolerance, self.engine = measure, tolerance, engine
        self.rows: list[dict[str, Any]] = []
        self.cases: list[tuple[tuple[str, ...], Flags]] = []

    def look(self, network: Network, examples: ExampleSet, **keys: Any) -> None:
        """Measure a network."""
        right = correct_cases(network.outputs(examples, self.engine), examples.targets, self.tolerance)
        error, _ = error_derivatives(network, examples, self.engine)
        own = {} if self.measure is None else own_measures(self.measure, network)
        self.rows.append({**keys, "error": error, "correct": float(right.mean()), **own})
        self.cases.append((examples.names, right))


def own_measures(measure: Measure, network: Network) -> dict[str, float]:
    """Return what a function of the user's measures, by name."""
    answer = measure(network)
    called = getattr(measure, "__name__", "measure").replace("<lambda>", "measure")
    found = dict(answer) if isinstance(answer, Mapping) else {called: answer}
    for name, value in found.items():
        if name in COLUMNS:
            raise ParameterError(f"lesion_study.measure: may not measure {name!r}, which the table has already; call it something else")
        if not isinstance(value, (int, float, np.number, np.bool_)):
            raise ParameterError(f"lesion_study.measure: must return a number, or a dict of name to number (got {value!r} for {name!r})")
    return {str(name): float(value) for name, value in found.items()}
