"""When each of many runs ended: their epochs by rank, and which of them met the criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError
from connectionist.plots.figure import own_axes, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MET = "criterion"


def endings(runs: Sequence[Any], axes: Axes | None = None, title: str = "") -> Axes:
    """Draw the epochs that each run took, the quickest first, those that did not meet the criterion last.

    Parameters
    ----------
    runs : sequence of Run, Result, or dict
        A dict is a report, as ``result.report``.
    axes : Axes, optional
        Where to draw; a figure of its own of 7 by 3 inches unless given.
    title : str

    Returns
    -------
    Axes
        A point for each run, filled where it met the criterion.

    Raises
    ------
    DataError
        When there is no run, or something is none.

    Examples
    --------
    >>> axes = endings([{"epochs": 90, "stopped": "epochs"}, {"epochs": 30, "stopped": "criterion"}])
    >>> [line.get_ydata().tolist() for line in axes.lines]
    [[30], [90]]
    """
    found = [_ending(run) for run in runs] if isinstance(runs, (list, tuple)) else []
    if not found:
        raise DataError(f"endings, runs: must be a list of runs, one at least (got {runs!r:.80})")
    axes = own_axes(axes, 7, 3)
    for met in (True, False):
        epochs = sorted(epochs for stopped, epochs in found if (stopped == MET) is met)
        first = 1 if met else 1 + len(found) - len(epochs)
        if epochs:
            how: dict[str, Any] = {"color": "black", "markersize": 4, "fillstyle": "full" if met else "none"}
            axes.plot(range(first, first + len(epochs)), epochs, "o", **how)
    axes.set(xlabel="run, by rank", ylabel="epochs", xlim=(0, len(found) + 1))
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_ylim(bottom=0)
    tidy(axes)
    return axes


def _ending(run: Any) -> tuple[str, int]:
    """Return why a run ended, and after how many epochs."""
    report = run if isinstance(run, Mapping) else getattr(run, "report", None)
    try:
        return (report["stopped"], report["epochs"]) if report is not None else (run.stopped, run.epochs)
    except (AttributeError, KeyError):
        raise DataError(f"endings, runs: must be runs, results or reports (got {run!r:.80})") from None
