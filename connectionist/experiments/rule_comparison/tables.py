"""The tables of a comparison of rules and procedures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.experiments.rule_comparison.pairs import Pair
from connectionist.experiments.rule_comparison.result import COLUMNS
from connectionist.experiments.study.summary import learned
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import RULES

if TYPE_CHECKING:
    import pandas as pd

ROW = ("rule", "procedure", "rate", "seed", "stopped", "learned", "learned_after", "epochs", "error", "correct", "seconds", "message")


def runs_of(table: pd.DataFrame | None) -> pd.DataFrame:
    """Return a row for each run of a study of pairs, with the searched parameter of each rule in the column "rate"."""
    import pandas as pd

    if table is None:
        return pd.DataFrame(columns=[*ROW])
    runs = table.reindex(columns=list(dict.fromkeys([*ROW, *table.columns]))).rename(columns={"rate": "own rate"})
    has_learned = learned(table)
    runs["rate"] = [_rate_of(dict(row)) for row in table.to_dict("records")]
    runs["procedure"] = runs["procedure"].where(runs["procedure"].notna(), runs["rule"])
    runs["learned"] = has_learned
    after = pd.to_numeric(runs["learned_after"]).fillna(runs["epochs"])
    runs["learned_after"] = after.where(has_learned)  # a run that had learned in the last change only has all its epochs
    return runs[[*ROW]]


def _rate_of(row: Mapping[Any, Any]) -> float:
    return _nan_if_none(row.get(registry.find(RULES, row["rule"]).rate_parameter))


def _nan_if_none(value: Any) -> float:
    return float("nan") if value is None else float(value)


def rows_of_pairs(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of several tables of `runs_of`."""
    import pandas as pd

    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else runs_of(None)


def comparison_table(
    notes: Mapping[Pair, str], chosen: Mapping[Pair, float | None], tried: Mapping[Pair, Sequence[float]], tables: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Return a row for each pair.

    Parameters
    ----------
    notes : dict of Pair to str
        For each pair why it was not run, or what was done to its network.
    chosen : dict of Pair to float or None
        The chosen rates.
    tried : dict of Pair to sequence of float
        The rates of each pair that was searched, in ascending order.
    tables : pair of DataFrame
        Runs of the search, and of the comparison.
    """
    import pandas as pd

    rows, (tries, runs) = [], tables
    for pair, note in notes.items():
        own = _of_pair(runs, pair)
        rate = chosen.get(pair)
        row = {"rule": pair.rule, "procedure": pair.procedure, "parameter": pair.rate_parameter, "rate": _nan_if_none(rate)}
        failed = own[own["stopped"] == "error"]
        texts = [note, _search_note(rate, tried.get(pair, ()), _of_pair(tries, pair)), *dict.fromkeys(failed["message"])]
        done = own[own["stopped"] != "error"]
        rows.append({**row, **_distribution(done), "note": "; ".join(filter(None, texts))})
    return pd.DataFrame(rows, columns=[*COLUMNS])


def _of_pair(runs: pd.DataFrame, pair: Pair) -> pd.DataFrame:
    return runs[(runs["rule"] == pair.rule) & (runs["procedure"] == pair.procedure)]


def _distribution(runs: pd.DataFrame) -> dict[str, Any]:
    after = runs["learned_after"].dropna().astype(float)
    return {
        "n": len(runs),
        "learned": int(runs["learned"].sum()),
        "epochs": after.median(),
        "q1": after.quantile(0.25),
        "q3": after.quantile(0.75),
        "error": runs["error"].astype(float).median(),
        "seconds": runs["seconds"].astype(float).median(),
    }


def _search_note(rate: float | None, tried: Sequence[float], tries: pd.DataFrame) -> str:
    """Return what a reader must know of the search for a rate."""
    if rate is None or len(tried) < 2:
        return ""
    if not tries["learned"].any():
        return "no run of the search learned, so the rate is the one with the least error"
    if rate not in (tried[0], tried[-1]):
        return ""
    return f"the {'smallest' if rate == tried[0] else 'largest'} rate tried was the best"
