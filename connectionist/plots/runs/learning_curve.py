"""The learning curve: how the error fell over the epochs, of one run or of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from connectionist.errors import DataError, check_number
from connectionist.plots.figure import line_styles, name_lines, own_axes, tidy

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Logged(Protocol):
    """What was run and kept its log, as a `Run` or a `Result`."""

    @property
    def log(self) -> pd.DataFrame:
        """A row per epoch."""


Log: TypeAlias = "pd.DataFrame | Logged"

FAR = 2.0  # times the epochs run: what was published beyond that would squeeze the curve
DECADES = 50.0  # errors that fall by more than this factor are drawn on a logarithmic scale
FOR_MEDIAN = 3  # runs, of which a median says something


def learning_curve(
    log: Log | Sequence[Log] | Mapping[str, Log | Sequence[Log]],
    criterion: float | None = None,
    published: float | None = None,
    title: str = "",
    axes: Axes | None = None,
) -> Axes:
    """Draw the error over epochs.

    Of three or more runs that come as a list the median is drawn too; a run that ended goes into it with its last error, or the median
    would rise whenever a good run ends.

    Parameters
    ----------
    log : DataFrame, list of DataFrame, or dict of name to either
        With the columns "epoch" and "error", as ``run.log``; runs themselves will do. Those of a list, seeds of one thing, are thin lines.
        Those of a dict, different things, each have their colour and name, and there is no median over them.
    criterion : float, optional
        Error at which training stops; a dashed line.
    published : float, optional
        Number of epochs that was published; a dotted line, left out where the axis would have to be more than doubled for it.
    title : str
    axes : Axes, optional
        Where to draw; a new figure of 6 by 4 inches unless given.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        When there is no log, or one without these columns.
    ParameterError
        When the criterion or the published number is none.

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
    groups = _groups(log)
    named = list(groups) if isinstance(log, Mapping) else []
    logs = [each for group in groups.values() for each in group]
    axes = own_axes(axes, 6, 4)
    lines: list[Any] = []
    marks: dict[str, Any] = {}
    if named:
        lines = [_draw_named(axes, group, style) for group, style in zip(groups.values(), line_styles(len(groups)), strict=True)]
    else:
        marks = _draw_one(axes, logs[0]) if len(logs) == 1 else _draw_several(axes, logs)
    _scale(axes, logs)
    published = _set_epochs(axes, logs, published)
    if criterion is not None:
        marks[f"criterion, {criterion:g}"] = axes.axhline(criterion, color="0.4", linestyle="--", linewidth=1)
    if published is not None:
        marks[f"published, {published:g} epochs"] = axes.axvline(published, color="0.4", linestyle=":", linewidth=1.5)
    axes.set(xlabel="epoch", ylabel="error (summed over the examples)", title=title)
    tidy(axes)
    if list(marks) != ["error"]:
        left_out = name_lines(axes, lines, named, marks)
        axes.set_title(f"{title}   ({left_out})".strip() if left_out else title)
    return axes


def _groups(given: Any) -> dict[str, list[pd.DataFrame]]:
    """Return the logs by name; those without names under none."""
    named = given if isinstance(given, Mapping) else {"": given}
    groups = {str(name): list(logs) if isinstance(logs, (list, tuple)) else [logs] for name, logs in named.items()}
    if not groups or not all(groups.values()):
        raise DataError("learning_curve, log: needs at least one log (got none)")
    return {name: [_log(each) for each in logs] for name, logs in groups.items()}


def _log(given: Any) -> pd.DataFrame:
    log = given if hasattr(given, "columns") else getattr(given, "log", given)
    columns = list(getattr(log, "columns", []))
    if not {"epoch", "error"} <= set(columns):
        got = f"columns {', '.join(map(str, columns))}" if columns else repr(given)[:60]
        raise DataError(f"learning_curve, log: must be a table with the columns 'epoch' and 'error', as run.log (got {got})")
    return log  # type: ignore[no-any-return]


def _draw_one(axes: Axes, log: pd.DataFrame) -> dict[str, Any]:
    (line,) = axes.plot(log["epoch"], log["error"], color="black", linewidth=1.2, label="error", marker=_marker(log))
    return {"error": line}


def _draw_several(axes: Axes, logs: list[pd.DataFrame]) -> dict[str, Any]:
    """Draw a grey line for each run, and their median."""
    width = 1.2 if len(logs) < FOR_MEDIAN else 0.7
    drawn = [axes.plot(log["epoch"], log["error"], color="0.6", linewidth=width, marker=_marker(log))[0] for log in logs]
    marks: dict[str, Any] = {f"each of {len(logs)} runs": drawn[0]}
    if len(logs) >= FOR_MEDIAN:
        median = _median(logs)
        (marks["median of the runs"],) = axes.plot(median.index, median, color="black", linewidth=2, marker=_marker(median))
    return marks


def _draw_named(axes: Axes, logs: list[pd.DataFrame], style: dict[str, Any]) -> Any:
    """Draw the runs of one name in its colour, and return the line that stands for them: their median where there is one."""
    if len(logs) < FOR_MEDIAN:
        [line, *_] = [axes.plot(log["epoch"], log["error"], linewidth=1.4, marker=_marker(log), **style)[0] for log in logs]
        return line
    for log in logs:
        axes.plot(log["epoch"], log["error"], linewidth=0.6, alpha=0.35, marker=_marker(log), **style)
    median = _median(logs)
    return axes.plot(median.index, median, linewidth=2, marker=_marker(median), **style)[0]


def _median(logs: list[pd.DataFrame]) -> pd.Series[float]:
    import pandas as pd

    side_by_side = pd.concat([log.set_index("epoch")["error"] for log in logs], axis=1).sort_index()
    return side_by_side.ffill().median(axis=1)


def _marker(log: Any) -> str:
    return "o" if len(log) == 1 else ""


def _scale(axes: Axes, logs: list[pd.DataFrame]) -> None:
    least = min((log["error"][log["error"] > 0].min() for log in logs if len(log)), default=0.0)  # within a margin there may be none
    most = max((log["error"].max() for log in logs if len(log)), default=0.0)
    if 0 < least * DECADES < most:
        axes.set_yscale("log", nonpositive="mask")
    else:
        axes.set_ylim(bottom=0)


def _set_epochs(axes: Axes, logs: list[pd.DataFrame], published: float | None) -> float | None:
    """Let the axis run from 0 to the last epoch, and on to what was published if that is not far."""
    longest = max([0, *(epoch for log in logs for epoch in log["epoch"].tolist()[-1:])])
    if published is not None and published > FAR * longest:
        published = None
    axes.set_xlim(0, 1.05 * max(longest, published or 0) or 1)
    return published
