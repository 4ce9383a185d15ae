"""Measurements of the networks of a lesion study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.accuracy import correct_cases
from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError
from connectionist.experiments.lesion_study.result import COLUMNS, PART
from connectionist.learning.training import error_derivatives
from connectionist.model.network import Network

Measure = Callable[[Network], float | Mapping[str, float]]


class Measurement:
    """Measures networks and collects the results.

    Parameters
    ----------
    measure : function or None
        A user's function, called with each network; returns a number, or a dict of name to number.
    tolerance : float
        A case is correct if every output with a target is less than this from it.
    engine : Engine

    Attributes
    ----------
    rows : list of dict
        One row of the study's table per measured network.
    cases : list of (tuple of str, bool array [case])
        For each row: the names of the cases, and which are correct.

    Raises
    ------
    ParameterError
        If `measure` is not a function.
    """

    def __init__(self, measure: Measure | None, tolerance: float, engine: Engine) -> None:
        if measure is not None and not callable(measure):
            raise ParameterError(f"lesion_study.measure: must be a function, called with a network (got {measure!r})")
        self.measure, self.tolerance, self.engine = measure, tolerance, engine
        self.rows: list[dict[str, Any]] = []
        self.cases: list[tuple[tuple[str, ...], npt.NDArray[np.bool_]]] = []

    def add(self, network: Network, examples: ExampleSet, **keys: Any) -> None:
        """Measure a network, and add a row; `keys` are the columns that identify the row."""
        correct = correct_cases(network.outputs(examples, self.engine), examples.targets, self.tolerance)
        error, _ = error_derivatives(network, examples, self.engine)
        own = {} if self.measure is None else own_measures(self.measure, network)
        self.rows.append({**keys, "error": error, "correct": float(correct.mean()), **own})
        self.cases.append((examples.names, correct))


def own_measures(measure: Measure, network: Network) -> dict[str, float]:
    """Return the results of a user's function by name; a single number has the name of the function.

    Raises
    ------
    ParameterError
        If a result is not a number, or has the name of a column that every study has.
    """
    answer = measure(network)
    function_name = getattr(measure, "__name__", "measure").replace("<lambda>", "measure")
    values = dict(answer) if isinstance(answer, Mapping) else {function_name: answer}
    for name, value in values.items():
        if name in (*COLUMNS, PART):
            raise ParameterError(f"lesion_study.measure: must use another name than {name!r}, which is a column of every study")
        if not isinstance(value, (int, float, np.number, np.bool_)):
            raise ParameterError(f"lesion_study.measure: must return a number, or a dict of name to number (got {value!r} for {name!r})")
    return {str(name): float(value) for name, value in values.items()}
