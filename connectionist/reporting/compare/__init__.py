"""Runs side by side: what they differ in, what each measured beside what was published, and how each was trained.

A run is the folder that ``connectionist run --out`` wrote, of one seed or of several; of several, medians and quartiles are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.reporting.compare.rows import is_spread, one_or_all, plain, rows_of
from connectionist.reporting.compare.runs import PUBLISHED, sides_of

if TYPE_CHECKING:
    import pandas as pd


def compare(runs: Sequence[Any] | Mapping[str, Any], every: bool = False) -> pd.DataFrame:
    """Set runs side by side.

    Parameters
    ----------
    runs : sequence, or dict by name
        Two or more: folders that ``connectionist run --out`` wrote, of one seed or of several; what `run` or `read_run` returned; or lists
        of results, as of several seeds.
    every : bool
        Whether to list settings and versions in which the runs do not differ as well.

    Returns
    -------
    DataFrame
        A row per quantity under "what was run", "measured", "training" and "versions"; a column for what was published, and one per
        run. A run with several seeds has its medians there, and two columns more, "NAME q1" and "NAME q3", for the quartiles; what is
        no number is counted, as in "36 × yes, 4 × no". Results at hand do not say with which versions they were made: theirs are the
        present ones, as the row "versions of" says.

    Raises
    ------
    FileError
        When something is no run's folder, or cannot be read.
    ParameterError
        When there are fewer than two, one is given twice, or something is no run; or a name is used twice, or is "published".

    Examples
    --------
    >>> import connectionist as cn
    >>> slow, quick = (cn.run("xor", seed=1, engine="local", parameters={"rate": rate}, epochs=3) for rate in (0.1, 0.5))
    >>> table = cn.compare([slow, quick])
    >>> table.loc[("what was run", "rate")].tolist()
    [None, 0.1, 0.5]
    >>> [*cn.compare({"slow": slow, "quick": quick})]
    ['published', 'slow', 'quick']
    >>> seeds = {name: [*cn.run_seeds("xor", (1, 2, 3), rule=name, epochs=3)] for name in ("steepest", "momentum")}
    >>> [*cn.compare(seeds)]
    ['published', 'steepest', 'steepest q1', 'steepest q3', 'momentum', 'momentum q1', 'momentum q3']
    """
    import pandas as pd

    sides = sides_of(runs)
    rows = rows_of(sides, every)
    columns: dict[str, list[Any]] = {PUBLISHED: [one_or_all(row.published) for row in rows]}
    for place, side in enumerate(sides):
        values = [row.values[place] for row in rows]
        columns[side.name] = [plain(value) for value in values]
        if len(side.reports) > 1:
            columns |= {f"{side.name} {key}": [value.get(key) if is_spread(value) else None for value in values] for key in ("q1", "q3")}
    index = pd.MultiIndex.from_tuples([(row.part, row.quantity) for row in rows], names=["part", "quantity"])
    return pd.DataFrame(columns, index=index, dtype=object)
