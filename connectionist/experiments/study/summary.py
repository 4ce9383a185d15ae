"""The summary of a study: for each condition the distribution of each measure over its runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.utils.random_streams import random_stream

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES, FEWEST_RESAMPLES = 2000, 200
MOST_RESAMPLED, AT_A_TIME = 2**24, 2**22  # numbers of all resamples together, and at a time
INTERVAL = (2.5, 97.5)  # percentiles of the resampled medians
NO_MEASURES = ("seed", "message", "stopped")
COLUMNS = ("measure", "runs", "learned", "n", "median", "q1", "q3", "low", "high")


def summarize_table(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return a row for each condition and measure. There is no number of runs that have learned where there is nothing to learn.

    Parameters
    ----------
    table : DataFrame
        `StudyTables.table`.
    names : sequence of str
        Columns of the condition.
    """
    import pandas as pd

    rows, is_learnable = [], can_learn(table)
    others = {*NO_MEASURES, *names, *([] if has_trained(table) else ["epochs"])}
    groups = table.groupby(list(names), sort=False, dropna=False) if names else [((), table)]
    for key, runs in groups:
        common = dict(zip(names, key if isinstance(key, tuple) else (key,), strict=True))
        counts = {"runs": len(runs), **({"learned": int(learned(runs).sum())} if is_learnable else {})}
        rows += [{**common, "measure": name, **counts, **_distribution(values)} for name, values in _measures(runs, others)]
    return pd.DataFrame(rows, columns=[*names, *(name for name in COLUMNS if name != "learned" or is_learnable)])


def has_trained(table: pd.DataFrame) -> bool:
    """Return whether there may be a number of epochs: a run has trained, or a function of the user gave none."""
    return "epochs" not in table or bool((table["epochs"] != 0).any())


def can_learn(table: pd.DataFrame) -> bool:
    """Return whether runs may have learned or not: they trained, and there is a criterion that was met, or cases that can be correct."""
    has_cases = "correct" in table and bool(table["correct"].notna().any())
    return has_trained(table) and (has_cases or bool(learned(table).any()))


def learned(table: pd.DataFrame) -> pd.Series[bool]:
    """Return for each run whether it met the criterion, or had every training case correct at the end."""
    is_met = table["stopped"] == "criterion" if "stopped" in table else table["seed"] != table["seed"]
    return is_met | (table["correct"] == 1.0) if "correct" in table else is_met


def bootstrap_interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % interval of the median of values [run], from resampled runs. The random numbers are the same each time.

    Examples
    --------
    >>> bootstrap_interval(np.array([3.0, 3.0, 3.0]))
    (3.0, 3.0)
    """
    generator = random_stream(0, "bootstrap of a study")
    resamples = max(FEWEST_RESAMPLES, min(RESAMPLES, MOST_RESAMPLED // len(values)))
    at_a_time = max(1, min(resamples, AT_A_TIME // len(values)))
    medians = [
        np.median(values[generator.integers(len(values), size=(min(at_a_time, resamples - first), len(values)))], axis=1)
        for first in range(0, resamples, at_a_time)
    ]
    low, high = np.percentile(np.concatenate(medians), INTERVAL).tolist()
    return low, high


def finite_values(column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """Return the finite numbers of a column of numbers or truth values."""
    numbers: npt.NDArray[np.float64] = column.dropna().to_numpy(dtype=float)
    return numbers[np.isfinite(numbers)]


def quartiles(values: npt.NDArray[np.float64]) -> list[float]:
    """Return the first quartile, the median and the third quartile."""
    found: list[float] = np.percentile(values, [25, 50, 75]).tolist()
    return found


def _measures(runs: pd.DataFrame, others: Collection[str]) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    """Yield the name of each column of numbers or truth values, and its finite values."""
    for name in runs.columns:
        values = [] if name in others else runs[name].dropna().tolist()
        if values and all(isinstance(value, (int, float)) for value in values):
            yield name, finite_values(runs[name])


def _distribution(values: npt.NDArray[np.float64]) -> dict[str, Any]:
    if not len(values):
        return {"n": 0}
    q1, median, q3 = quartiles(values)
    low, high = bootstrap_interval(values)
    return {"n": len(values), "median": median, "q1": q1, "q3": q3, "low": low, "high": high}
