"""What was answered where what was wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.analysis._labels import names_of
from connectionist.analysis._pairs import OutputsAndTargets
from connectionist.analysis.matching import match
from connectionist.errors import DataError, ParameterError

if TYPE_CHECKING:
    import pandas as pd

Numbers = npt.NDArray[np.intp]


def confusion(outputs: object, targets: object, by: str = "match", candidates: object = None, metric: str = "euclidean") -> pd.DataFrame:
    """Count how often each answer was given where each was wanted.

    Parameters
    ----------
    outputs : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
    targets : ExampleSet, DataArray, DataFrame or array_like
        A pattern with targets has one for every unit. Ticks are counted one by one, those without targets not at all.
    by : {"match", "winner"}
        The answer is the candidate nearest to the output; or the most active unit, where the unit of the largest target is wanted.
    candidates : DataArray, DataFrame or array_like [candidate, unit], optional
        What could have been answered, by name, for "match"; every target vector of the set unless given, called by the units that are on
        in it.
    metric : str
        For "match", as for `distances`.

    Returns
    -------
    DataFrame [wanted, answered]
        Counts. Of several answers as near, or as active, the first is counted.

    Raises
    ------
    DataError
        When outputs and targets do not fit each other, a target is not among the candidates, or no single target is the largest.
    ParameterError, UnknownNameError
        When `by` is something else, candidates are given for "winner", or there is no such metric.

    Examples
    --------
    >>> outputs, targets = [[0.9, 0.1], [0.6, 0.3], [0.2, 0.7]], [[1, 0], [0, 1], [0, 1]]
    >>> table = confusion(outputs, targets, by="winner")
    >>> int(table.loc[1, 0]), int(table.loc[1, 1])  # unit 1 was wanted twice, and once unit 0 won
    (1, 1)
    """
    import pandas as pd

    pair = OutputsAndTargets.read(outputs, targets, "confusion")
    pair.check_no_gaps()
    if by == "match":
        found = match(pair, candidates, metric)
        names, wanted, answered = found.names, found.own, found.nearest
    elif by == "winner":
        if candidates is not None:
            raise ParameterError("confusion.candidates: are for by='match'; by='winner' the units are what can be answered")
        names, wanted, answered = _winners(pair)
    else:
        raise ParameterError(f"confusion.by: must be 'match' or 'winner' (got {by!r})")
    counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, (wanted, answered), 1)
    return pd.DataFrame(counts, pd.Index(names, name="wanted"), pd.Index(names, name="answered"))


def _winners(pair: OutputsAndTargets) -> tuple[list[Any], Numbers, Numbers]:
    goals = pair.targets[pair.asked]
    shared = (goals == goals.max(axis=1, keepdims=True)).sum(axis=1) > 1
    if shared.any():
        where = pair.place(np.flatnonzero(pair.asked)[shared.argmax()])
        raise DataError(f"confusion, targets: must have one largest each (not so at {where}); by='match' compares whole patterns")
    return names_of(pair.labelled, -1), goals.argmax(axis=1), pair.outputs[pair.asked].argmax(axis=1)
