"""The tables of a study, from the results that were kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.errors import ParameterError, unknown_name
from connectionist.experiments.study import parts
from connectionist.experiments.study.curves import Curves
from connectionist.experiments.study.execute import KEYS, LAST_COLUMNS, column_names
from connectionist.experiments.study.plan import Plan
from connectionist.experiments.study.store import DIED, Results
from connectionist.experiments.study.summary import summarize_table
from connectionist.experiments.study.tables import published_values, to_frame
from connectionist.utils.declared_attributes import DeclaredAttributes
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa
    import xarray as xr
    from matplotlib.axes import Axes


class StudyTables(DeclaredAttributes):
    """The results of a study as tables, finished or not.

    Attributes
    ----------
    names : tuple of str
        Names of what varies.
    """

    names: tuple[str, ...]

    _elsewhere: ClassVar[Mapping[str, str]] = {"results": "table", "df": "table", "data": "table", "recording": "recordings"}

    def __init__(self, plan: Plan, results: Results) -> None:
        self.names = plan.names
        self._plan, self._results = plan, results

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of what varies; a name that every table has has "(parameter)" behind it."""
        return tuple(_shown_columns(dict.fromkeys(self.names)))

    @property
    def planned(self) -> int:
        """Number of runs that are to be made."""
        return self._plan.runs

    @property
    def table(self) -> pd.DataFrame:
        """One row per run that has ended, in the order of the conditions and seeds.

        The columns are those of the condition, "seed", "stopped" (how the run ended: "epochs", "criterion", "diverged", "error" if its
        code or ``measure`` raised an exception, "died" if its process ended; "finished" for a run of a task that trains nothing, and for
        a function that returned a dict), "epochs", "error", "correct", "test_correct", every finding by its name,
        what ``measure`` returned, "seconds", and "message" (why the run failed; empty if it did not). Columns without any value are
        left out.
        """
        frame = self._ordered(parts.RUNS)
        if {"stopped", "epochs"} <= set(frame):
            frame["stopped"] = frame["stopped"].mask((frame["stopped"] == "epochs") & (frame["epochs"] == 0), "finished")
        first = [name for name in ("seed", "stopped") if name in frame]
        values = self._condition_columns(frame["condition"].tolist())
        renamed = {name: f"{name} (measured)" for name in frame.columns if name in values} | {"condition (parameter)": "condition"}
        rest = [name for name in frame.columns if name not in (*KEYS, *first, *LAST_COLUMNS) and frame[name].notna().any()]
        last = [name for name in LAST_COLUMNS if name in frame]
        return _with_columns(frame[[*first, *rest, *last]].rename(columns=renamed), values)

    @property
    def cases(self) -> pd.DataFrame:
        """One row per run and case: the condition, "seed", "set", "case", "tick" for sequences, "right", "error", and the outputs."""
        frame = self._ordered(parts.CASES)
        values = self._condition_columns(frame["condition"].tolist())
        return _with_columns(frame.drop(columns="condition", errors="ignore"), values)

    @property
    def curves(self) -> pd.DataFrame:
        """The learning curves of runs of a task, and of functions that return a `Run` or `Result`.

        One row per run and epoch: the condition, "seed", "epoch" (from 1) and "error" (E of the epoch, in single precision). There are the
        epochs 1 to 20, then every second one to 30, every third to 40 and so on, and the last one of the run.
        """
        import numpy as np
        import pandas as pd

        kept = self.kept_curves()
        if kept is None:
            return pd.DataFrame(columns=[*self.columns, "seed", "epoch", "error"])
        values = self._condition_columns(kept.conditions.tolist())
        front = _with_columns(pd.DataFrame({"seed": kept.seeds}), values)
        frame = front.loc[np.repeat(front.index.to_numpy(), kept.lengths)].reset_index(drop=True)
        return frame.assign(epoch=kept.all_epochs(), error=kept.errors)

    @property
    def recordings(self) -> xr.Dataset:
        """What was recorded, with the dimension "run" before the others.

        The coordinates "seed" and those of the condition belong to "run". Epochs that a run does not have are NaN.

        Raises
        ------
        ParameterError
            If nothing was recorded.
        """
        import xarray as xr

        kept = {(condition, seed): each for condition, seed, each in self._results.recordings()}
        places = {key: self._plan.place(*key) for key in kept}
        keys = sorted((key for key in kept if places[key] >= 0), key=lambda key: places[key])
        if not keys:
            raise ParameterError("Study.recordings: nothing was recorded; give record=cn.Recorder(…)")
        runs = [xr.merge([recording.dataset.drop_attrs() for recording in kept[key]], join="outer", compat="no_conflicts") for key in keys]
        joined: xr.Dataset = xr.concat(runs, dim="run", join="outer", data_vars="all", coords="minimal", compat="override")
        values = {condition.number: _shown_columns(condition.values) for condition in self._plan.conditions}
        columns: dict[str, list[Any]] = {name: [values[number].get(name) for number, _ in keys] for name in self.columns}
        columns["seed"] = [seed for _, seed in keys]
        coordinates = {name: ("run", _coordinate(column)) for name, column in columns.items()}
        labelled: xr.Dataset = joined.assign_coords(coordinates)
        return labelled

    @property
    def summary(self) -> pd.DataFrame:
        """For each condition and measure: number of runs, how many learned, and the distribution over them.

        The columns are those of the condition, "measure", "runs", "learned" (runs that met the criterion or had every training case
        correct at the end), "n" (runs with a value), "median", "q1", "q3", and "low" and "high", the limits of the 95 % bootstrap interval
        of the median. Truth values count as 0 and 1.
        """
        return summarize_table(self.table, self.columns)

    def plot(self, measure: str = "epochs", by: str | None = None, axes: Axes | None = None) -> Axes:
        """Draw the distribution of a measure over the runs of each condition, as dots and boxes.

        Parameters
        ----------
        measure : str
            Name of a column of `table`.
        by : str, optional
            Name of the parameter on the axis; runs that differ in others are put together. By default each condition has a place.
        axes : Axes, optional
            Axes to draw into; by default those of a new figure.

        Returns
        -------
        Axes

        Raises
        ------
        UnknownNameError
            If the table has no such column.
        ParameterError
            If the measure is not a number, or no run has one.
        """
        from connectionist.plots.runs.distributions import distributions

        table = self.table
        for name in [measure, *([] if by is None else [by])]:
            if name not in table:
                raise unknown_name("column of the study", name, list(table.columns))
        names = list(self.columns) if by is None else [by]
        try:
            values = {
                label: [float(value) for value in each[measure].dropna()] for label, each in by_condition(table, names, with_names=False)
            }
        except (TypeError, ValueError):
            raise ParameterError(f"Study.plot.measure: must be a column of numbers (got {shown(measure)})") from None
        return distributions(values, axis=measure, over=", ".join(names), axes=axes)

    def kept_curves(self) -> Curves | None:
        """Return the learning curves by the numbers of the conditions; None if there are none."""
        tables, order = self._kept(parts.CURVES)
        return Curves(tables, order) if len(order) else None

    def published(self) -> dict[int, dict[str, float]]:
        """Return what was published for each condition, by its number: values by the name of the finding."""
        return published_values(self._results.tables(parts.RUNS))

    def condition_numbers(self) -> npt.NDArray[np.int64]:
        """Return the number of the condition of each row of `table`."""
        tables, order = self._kept(parts.RUNS)
        import numpy as np

        return np.concatenate([table["condition"].to_numpy() for table in tables])[order] if tables else order

    def _ordered(self, what: str) -> pd.DataFrame:
        """Return the rows of runs or cases in the order of the plan. Of several rows of a run, only those of its last part."""
        import pandas as pd

        tables, order = self._kept(what)
        return to_frame(tables).iloc[order].reset_index(drop=True) if tables else pd.DataFrame(columns=[*KEYS])

    def _kept(self, what: str) -> tuple[list[pa.Table], npt.NDArray[np.int64]]:
        """Return the tables of a kind without the rows that do not count, and the order of the plan of their rows."""
        import numpy as np

        tables = self._results.tables(what)
        if not tables:
            return [], np.zeros(0, dtype=np.int64)
        places = [self._plan.places(table["condition"].to_numpy(), table["seed"].to_numpy()) for table in tables]
        part = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
        runs, run = np.unique(np.concatenate(places), return_inverse=True)
        last = np.full(len(runs), -1)
        np.maximum.at(last, run, part)
        is_kept = (np.concatenate(places) >= 0) & (part == last[run])
        kept = [
            table.filter(is_kept[part == number]) for number, table in enumerate(tables)
        ]  # first, so that no type depends on the others
        order = np.argsort(np.concatenate(places)[is_kept], kind="stable")
        return kept, order

    def _condition_columns(self, numbers: Sequence[int]) -> dict[str, list[Any]]:
        """Return for each name that varies its values in several conditions, given by their numbers."""
        values = {condition.number: _shown_columns(condition.values) for condition in self._plan.conditions}
        return {name: [values[number].get(name) for number in numbers] for name in self.columns}


def _shown_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what varies by the names of columns. Tables that are shown have no number of the condition, so a name may be "condition"."""
    names = column_names(dict.fromkeys(values))
    return {name if name == "condition" else column: values[name] for name, column in zip(values, names, strict=True)}


def finished_runs(results: Results) -> dict[int, set[int]]:
    """Return for each condition the seeds whose runs have ended, without those whose process ended."""
    finished: dict[int, set[int]] = {}
    for table in results.tables(parts.RUNS):
        stopped = table["stopped"].to_pylist() if "stopped" in table.column_names else [None] * len(table)
        for condition, seed, ending in zip(table["condition"].to_pylist(), table["seed"].to_pylist(), stopped, strict=True):
            if ending != DIED:
                finished.setdefault(condition, set()).add(seed)
    return finished


def _with_columns(frame: pd.DataFrame, values: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a table with the columns of the condition in front."""
    import pandas as pd

    front = {name: pd.Series(list(column), dtype=None if _are_plain(column) else object) for name, column in values.items()}
    return pd.concat([pd.DataFrame(front, index=frame.index), frame], axis=1) if front else frame


def _coordinate(column: Sequence[Any]) -> Any:
    """Return values as the coordinate of a dimension: as an array of objects unless they are numbers or truth values."""
    import numpy as np

    if _are_plain(column):
        return list(column)
    values = np.empty(len(column), dtype=object)
    for number, value in enumerate(column):  # numpy would take tuples for further dimensions
        values[number] = value
    return values


def _are_plain(column: Sequence[Any]) -> bool:
    """Return whether pandas may choose the type of a column: only numbers, or only truth values."""
    kinds = {type(value) for value in column}
    return bool(kinds) and (kinds <= {int, float} or kinds == {bool})


def by_condition(table: pd.DataFrame, names: Sequence[str], *, with_names: bool = True) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield for each condition a unique label, such as "rate 0.1, momentum 0.5" or without names "0.1, 0.5", and its rows."""
    seen: Counter[str] = Counter()
    if not names:
        yield "", table
    for key, rows in table.groupby(list(names), sort=False, dropna=False) if names else ():
        label = _label(names if with_names else (), key)
        seen[label] += 1
        yield f"{label} ({seen[label]})" if seen[label] > 1 else label, rows


def _label(names: Sequence[str], key: Sequence[Any]) -> str:
    if not names:
        return ", ".join(map(str, key))
    return ", ".join(f"{name} {value}" for name, value in zip(names, key, strict=True))
