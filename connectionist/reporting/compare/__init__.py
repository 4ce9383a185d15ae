"""Comparison of runs: settings that differ, measured and published values, training, and versions.

A run is a folder written by ``connectionist run --out``, or a result in memory. For several seeds, medians and quartiles are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.reporting.compare.rows import comparison_rows, is_distribution, join_distinct, plain_value
from connectionist.reporting.compare.runs import PUBLISHED, read_compared_runs
from connectionist.utils.visible_text import visible_text

if TYPE_CHECKING:
    import pandas as pd


def compare(runs: Sequence[Any] | Mapping[str, Any], every: bool = False) -> pd.DataFrame:
    """Return a table with one column for each run.

    Parameters
    ----------
    runs : sequence, or mapping of name to run
        At least two runs: folders written by ``connectionist run --out``, of one seed or of several; results of `run` or `read_run`; or
        lists of results, which count as one run with several seeds.
    every : bool
        Whether to include settings and versions that do not differ.

    Returns
    -------
    DataFrame
        Rows have the index levels "part" ("settings", "measured", "training" or "versions") and "quantity". The first column is
        "published"; then each run has a column of its values, which are medians for several seeds. A run with several seeds has two more
        columns, "NAME q1" and "NAME q3", for the quartiles. Values that are not numbers are counted, as in "36 × yes, 4 × no". A result of
        `run` has no record of its versions, so its column has the present ones, as the row "versions of" says.

    Raises
    ------
    FileError
        If a folder is not that of a run, or cannot be read.
    ParameterError
        If there are fewer than two runs, if a folder is given twice, if something is not a run, if two names are the same, or if a name
        is "published".

    Examples
    --------
    >>> import connectionist as cn
    >>> slow, quick = (cn.run("xor", seed=1, engine="local", parameters={"rate": rate}, epochs=3) for rate in (0.1, 0.5))
    >>> table = cn.compare([slow, quick])
    >>> table.loc[("settings", "rate")].tolist()
    [None, 0.1, 0.5]
    >>> [*cn.compare({"slow": slow, "quick": quick})]
    ['published', 'slow', 'quick']
    >>> seeds = {name: [*cn.run_seeds("xor", (1, 2, 3), rule=name, epochs=3)] for name in ("steepest", "momentum")}
    >>> [*cn.compare(seeds)]
    ['published', 'steepest', 'steepest q1', 'steepest q3', 'momentum', 'momentum q1', 'momentum q3']
    """
    import pandas as pd

    compared = read_compared_runs(runs)
    rows = comparison_rows(compared, every)
    columns: dict[str, list[Any]] = {PUBLISHED: [join_distinct(row.published) for row in rows]}
    for number, run in enumerate(compared):
        values = [row.values[number] for row in rows]
        name = visible_text(run.name)  # pandas takes no path that is not UTF-8
        columns[name] = [plain_value(value) for value in values]
        if len(run.reports) > 1:
            columns |= {f"{name} {key}": [value.get(key) if is_distribution(value) else None for value in values] for key in ("q1", "q3")}
    index = pd.MultiIndex.from_tuples([(row.part, visible_text(row.quantity)) for row in rows], names=["part", "quantity"])
    return pd.DataFrame(columns, index=index, dtype=object)
