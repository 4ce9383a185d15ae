"""Measurements of a damaged network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.accuracy import correct_cases
from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError
from connectionist.experiments.lesion_study.networks import TrainedNetwork
from connectionist.experiments.lesion_study.result import COLUMNS, PART
from connectionist.learning.derivatives import error_derivatives
from connectionist.model.network import Network
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import shown

Measure = Callable[[Network], float | Mapping[str, float]]


@dataclass
class Measurements:
    """Measurements of one damaged network.

    Attributes
    ----------
    rows : list of dict
        One row of the table of the study per measurement.
    cases : list of (tuple of str, bool array [case])
        For each row: the names of the cases, and which are correct.
    is_changed : bool
        Whether the damage changed the network, if it is by a function of the user's; else True.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    cases: list[tuple[tuple[str, ...], npt.NDArray[np.bool_]]] = field(default_factory=list)
    is_changed: bool = True


@dataclass(frozen=True)
class Measurement:
    """How a network is measured.

    Attributes
    ----------
    measure : function or None
        A user's function, called with each network; returns a number, or a dict of name to number.
    engine : Engine

    Raises
    ------
    ParameterError
        If `measure` is not a function of one argument.
    """

    measure: Measure | None
    engine: Engine

    def __post_init__(self) -> None:
        if self.measure is not None and not takes(self.measure, 1):
            raise ParameterError(f"lesion_study.measure: must be a function of one argument, the network (got {shown(self.measure)})")

    def add_to(self, found: Measurements, network: Network, trained: TrainedNetwork, **keys: Any) -> None:
        """Measure a damaged copy of a network, and add a row; `keys` are the columns that identify the row."""
        examples = trained.examples
        correct = correct_cases(network.outputs(examples, self.engine), examples.targets, trained.tolerance)
        error, _ = error_derivatives(network, examples, self.engine)
        own = {} if self.measure is None else own_measures(self.measure, network)
        found.rows.append({**keys, "error": error, "correct": float(correct.mean()), **own})
        found.cases.append((examples.names, correct))


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
