"""Confusion matrices: the number of answers of each kind per target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.analysis._labels import labels_along
from connectionist.analysis._outputs_and_targets import OutputsAndTargets
from connectionist.analysis.matching import match
from connectionist.errors import DataError, ParameterError
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    import pandas as pd

Numbers = npt.NDArray[np.intp]


def confusion(outputs: object, targets: object, by: str = "match", candidates: object = None, metric: str = "euclidean") -> pd.DataFrame:
    """Return how often each answer is given for each wanted answer.

    Entry [w, a] is the number of patterns for which w is wanted and a is answered.

    Parameters
    ----------
    outputs : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        Activations of the output units.
    targets : ExampleSet, list of Example, DataArray, DataFrame or array_like
        Targets of the same shape. Every unit of a pattern has a target, or none. Each tick counts as a pattern; patterns without targets
        are left out.
    by : {"match", "winner"}
        "match": the answer is the candidate nearest to the output. "winner": the answer is the most active unit, and the wanted answer is
        the unit with the largest target.
    candidates : DataArray, DataFrame or array_like [candidate, unit], optional
        Possible answers, with their names, for "match". The default is every distinct target vector, named after the units whose target
        is above 0.5.
    metric : str
        Metric for "match", as for `distances`.

    Returns
    -------
    DataFrame [wanted, answered]
        Counts. If several answers are equally near, or equally active, the first counts.

    Raises
    ------
    DataError
        If outputs and targets do not have the same cases and units, if a target is not among the candidates, or if a pattern has several
        largest targets.
    ParameterError
        If `by` is neither "match" nor "winner", or if candidates are given for "winner".
    UnknownNameError
        If there is no such metric.

    References
    ----------
    G. A. Miller & P. E. Nicely (1955), An analysis of perceptual confusions among some English consonants, *Journal of the Acoustical
    Society of America* 27, 338–352.

    Examples
    --------
    >>> outputs, targets = [[0.9, 0.1], [0.6, 0.3], [0.2, 0.7]], [[1, 0], [0, 1], [0, 1]]
    >>> table = confusion(outputs, targets, by="winner")
    >>> int(table.loc[1, 0]), int(table.loc[1, 1])  # unit 1 is wanted twice; unit 0 wins once
    (1, 1)
    """
    import pandas as pd

    pair = OutputsAndTargets.read(outputs, targets, "confusion")
    pair.check_complete()
    if by == "match":
        found = match(pair, candidates, metric)
        names, wanted, answered = found.names, found.wanted, found.nearest
    elif by == "winner":
        if candidates is not None:
            raise ParameterError("confusion.candidates: must be None for by='winner', where the candidates are the units")
        names, wanted, answered = _winners(pair)
    else:
        raise ParameterError(f"confusion.by: must be 'match' or 'winner' (got {by!r})")
    with allocating(NUMBER_BYTES * len(names) ** 2, f"confusion: a table of {len(names)} × {len(names)} counts"):
        counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, (wanted, answered), 1)
    return pd.DataFrame(counts, pd.Index(names, name="wanted"), pd.Index(names, name="answered"))


def _winners(pair: OutputsAndTargets) -> tuple[list[Any], Numbers, Numbers]:
    """Return the names of the units, and for each pattern the wanted unit and the most active unit."""
    targets = pair.targets[pair.has_target]
    is_tied = (targets == targets.max(axis=1, keepdims=True)).sum(axis=1) > 1
    if is_tied.any():
        position = pair.describe_pattern(np.flatnonzero(pair.has_target)[is_tied.argmax()])
        raise DataError(
            f"confusion.targets: each pattern must have one largest target (several at {position}); by='match' compares whole patterns"
        )
    return labels_along(pair.labelled, -1), targets.argmax(axis=1), pair.outputs[pair.has_target].argmax(axis=1)
