"""Learning curves: error over epochs, of one run or of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from connectionist.errors import DataError, check_number
from connectionist.plots.figure import COLOURS, add_legend, append_to_title, axes_or_new, hide_frame, line_styles, literal_text
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes


class HasLog(Protocol):
    """An object with a log, such as a `Run` or a `Result`."""

    @property
    def log(self) -> pd.DataFrame:
        """One row per epoch."""


Log: TypeAlias = "pd.DataFrame | HasLog"

MAX_PUBLISHED = 2.0  # times the epochs run; a mark for more published epochs would compress the curve
LOG_SCALE = 50.0  # ratio of the largest to the smallest error, above which the scale is logarithmic
MIN_FOR_MEDIAN = 3  # runs
TEST_COLOUR = COLOURS[1]


@literal_text
def learning_curve(
    log: Log | Sequence[Log] | Mapping[str, Log | Sequence[Log]],
    criterion: float | None = None,
    published: float | None = None,
    title: str = "",
    axes: Axes | None = None,
) -> Axes:
    """Draw the error over epochs.

    The scale is logarithmic if the error falls by more than a factor of 50. For three or more runs in a list, the median is drawn too: at
    each epoch the error of the run in the middle, or of the lower of the two in the middle if their number is even, since no run need be
    near the mean of the two. A run that has ended enters the median with its last error; otherwise the median would rise when a good run
    ends.

    If a log has the error of tests (``train(test=…)``), it is drawn in orange, from test to test, except in a dict.

    Parameters
    ----------
    log : DataFrame, Run, Result, list of these, or dict of name to one or a list of these
        A DataFrame has the columns "epoch" and "error", and may have "test_error", as ``run.log``. The runs of a list, such as those of
        several seeds, are thin lines. Each entry of a dict has its own colour and name in the legend; there is no median over different
        names.
    criterion : float, optional
        Error at which training stops, drawn as a dashed line.
    published : float, optional
        Published number of epochs, drawn as a dotted line. It is not drawn if it is more than twice the number of epochs run.
    title : str
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 6 by 4 inches.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If there is no log, or if a log does not have the columns "epoch" and "error".
    ParameterError
        If `criterion` or `published` is not a finite number.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({"epoch": [1, 2, 3], "error": [3.0, 2.0, 1.5]})
    >>> learning_curve(log, criterion=1.0).get_ylabel()
    'error (summed over the examples)'
    >>> len(learning_curve({"slow": [log, log, log], "quick": log.head(2)}).lines)
    5
    """
    for name, value in (("criterion", criterion), ("published", published)):
        if value is not None:
            check_number("learning_curve", name, value)
    groups = _read_logs(log)
    names = list(groups) if isinstance(log, Mapping) else []
    logs = [each for group in groups.values() for each in group]
    axes = axes_or_new(axes, 6, 4)
    lines: list[Any] = []
    marks: dict[str, Any] = {}
    if names:
        lines = [_draw_named(axes, group, style) for group, style in zip(groups.values(), line_styles(len(groups)), strict=True)]
    else:
        marks = (_draw_single(axes, logs[0]) if len(logs) == 1 else _draw_several(axes, logs)) | _draw_tests(axes, logs)
    set_error_scale(axes, [log["error"].to_numpy() for log in [*logs, *([] if names else _tests(logs))]])
    marks |= _mark_criterion_and_published(axes, criterion, _set_epoch_range(axes, logs, published))
    axes.set(xlabel="epoch", ylabel="error (summed over the examples)")
    axes.set_title(title, fontsize=9, loc="left")
    hide_frame(axes)
    if list(marks) != ["error"]:
        note = add_legend(axes, lines, names, marks)
        append_to_title(axes, note)
    return axes


def _read_logs(given: Any) -> dict[str, list[pd.DataFrame]]:
    """Return the logs by name; logs without names have the empty name."""
    named = given if isinstance(given, Mapping) else {"": given}
    groups = {str(name): _as_list(logs) for name, logs in named.items()}
    if not groups or not all(groups.values()):
        raise DataError("learning_curve.log: needs at least one log (got none)")
    return {name: [_read_log(each) for each in logs] for name, logs in groups.items()}


def _as_list(logs: Any) -> list[Any]:
    is_one = isinstance(logs, str) or hasattr(logs, "log") or hasattr(logs, "columns") or not isinstance(logs, Iterable)
    return [logs] if is_one else finite_list(logs, "learning_curve.log")


def _read_log(given: Any) -> pd.DataFrame:
    log = given if hasattr(given, "columns") else getattr(given, "log", given)
    columns = list(getattr(log, "columns", []))
    if not {"epoch", "error"} <= set(columns):
        found = f"columns {', '.join(map(str, columns))}" if columns else shown(given)
        raise DataError(f"learning_curve.log: must be a table with the columns 'epoch' and 'error', as run.log (got {found})")
    return log  # type: ignore[no-any-return]


def _draw_single(axes: Axes, log: pd.DataFrame) -> dict[str, Any]:
    """Draw the one run, and return its line by its name in the legend."""
    (line,) = axes.plot(log["epoch"], log["error"], color="black", linewidth=1.2, label="error", marker=_marker(log))
    return {"error": line}


def _draw_several(axes: Axes, logs: list[pd.DataFrame]) -> dict[str, Any]:
    """Draw a grey line for each run, and their median; return lines by their name in the legend."""
    width = 1.2 if len(logs) < MIN_FOR_MEDIAN else 0.7
    drawn = [axes.plot(log["epoch"], log["error"], color="0.6", linewidth=width, marker=_marker(log))[0] for log in logs]
    marks: dict[str, Any] = {f"each of {len(logs)} runs": drawn[0]}
    if len(logs) >= MIN_FOR_MEDIAN:
        median = _median(logs)
        name = "median of the runs" if len(logs) % 2 else "median of the runs (lower of the middle two)"
        (marks[name],) = axes.plot(median.index, median, color="black", linewidth=2, marker=_marker(median))
    return marks


def _tests(logs: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the "epoch" and "test_error" of each test, as the columns "epoch" and "error" of one table for each run with tests."""
    tables = [log[["epoch", "test_error"]].dropna() for log in logs if "test_error" in log.columns]
    return [table.rename(columns={"test_error": "error"}) for table in tables if len(table)]


def _draw_tests(axes: Axes, logs: list[pd.DataFrame]) -> dict[str, Any]:
    """Draw the error of tests, with the median of three or more runs, and return a line by its name in the legend."""
    tests = _tests(logs)
    width, alpha = (1.2, 1.0) if len(tests) < MIN_FOR_MEDIAN else (0.7, 0.5)
    style: dict[str, Any] = {"color": TEST_COLOUR, "linewidth": width, "alpha": alpha}
    lines = [axes.plot(test["epoch"], test["error"], marker=_marker(test), **style)[0] for test in tests]
    if len(tests) >= MIN_FOR_MEDIAN:
        median = _median(tests)
        lines = axes.plot(median.index, median, color=TEST_COLOUR, linewidth=2, marker=_marker(median))
        return {"test error, median": lines[0]}
    return {"test error": lines[0]} if lines else {}


def _draw_named(axes: Axes, logs: list[pd.DataFrame], style: dict[str, Any]) -> Any:
    """Draw the runs of one name, and return the line for the legend: the median if there is one."""
    if len(logs) < MIN_FOR_MEDIAN:
        [line, *_] = [axes.plot(log["epoch"], log["error"], linewidth=1.4, marker=_marker(log), **style)[0] for log in logs]
        return line
    for log in logs:
        axes.plot(log["epoch"], log["error"], linewidth=0.6, alpha=0.35, marker=_marker(log), **style)
    median = _median(logs)
    return axes.plot(median.index, median, linewidth=2, marker=_marker(median), **style)[0]


def _median(logs: list[pd.DataFrame]) -> pd.Series[float]:
    """Return the median error by epoch, of an even number of runs the lower one in the middle; an ended run keeps its last error."""
    import pandas as pd

    errors = pd.concat([log.set_index("epoch")["error"] for log in logs], axis=1).sort_index()
    return errors.ffill().quantile(0.5, axis=1, interpolation="lower")


def _marker(log: Any) -> str:
    """Return a dot for a curve of one epoch, which would be invisible as a line."""
    return "o" if len(log) == 1 else ""


def _mark_criterion_and_published(axes: Axes, criterion: float | None, published: float | None) -> dict[str, Any]:
    """Draw the criterion and the published epochs, and return their lines by their name in the legend."""
    marks: dict[str, Any] = {}
    if criterion is not None:
        marks[f"criterion, {criterion:g}"] = axes.axhline(criterion, color="0.4", linestyle="--", linewidth=1)
    if published is not None:
        marks[f"published, {published:g} epoch{'' if published == 1 else 's'}"] = axes.axvline(
            published, color="0.4", linestyle=":", linewidth=1.5
        )
    return marks


def set_error_scale(axes: Axes, errors: Sequence[npt.NDArray[np.float64]]) -> None:
    """Use a logarithmic scale if the error falls by more than a factor of 50, otherwise a linear scale from 0."""
    found = np.concatenate([each.ravel() for each in errors] or [np.zeros(0)])
    smallest, largest = found[found > 0].min(initial=np.inf), found.max(initial=0.0, where=~np.isnan(found))
    if 0 < smallest * LOG_SCALE < largest:
        axes.set_yscale("log", nonpositive="mask")
        _write_plain_numbers(axes)
    else:
        axes.set_ylim(bottom=0)


def _set_epoch_range(axes: Axes, logs: list[pd.DataFrame], published: float | None) -> float | None:
    """Set the range of the epoch axis, and return the published number of epochs unless it is too far out to draw."""
    longest = max([0, *(epoch for log in logs for epoch in log["epoch"].tolist()[-1:])])
    if published is not None and published > MAX_PUBLISHED * longest:
        published = None
    axes.set_xlim(0, 1.05 * max(longest, published or 0) or 1)
    label_whole_epochs(axes)
    return published


def label_whole_epochs(axes: Axes) -> None:
    """Label the epoch axis with whole numbers, also if it has a few epochs only."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))


def _write_plain_numbers(axes: Axes) -> None:
    """Label the ticks of a logarithmic scale with numbers such as 0.01, not with formulas, which `literal_text` would show as text."""
    from matplotlib.ticker import LogFormatter

    class PlainLogFormatter(LogFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return f"{x:g}" if super().__call__(x, pos) else ""

    axes.yaxis.set_major_formatter(PlainLogFormatter())
    axes.yaxis.set_minor_formatter(PlainLogFormatter(minor_thresholds=(1, 0.4)))
