"""Number of epochs of each of many runs, by rank, and whether each met the criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError
from connectionist.plots.figure import axes_or_new, hide_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CRITERION = "criterion"


def endings(runs: Sequence[Any], axes: Axes | None = None, title: str = "") -> Axes:
    """Draw the number of epochs of each run, in ascending order; runs that did not meet the criterion come last.

    Parameters
    ----------
    runs : sequence of Run, Result, or dict
        A dict is a report, such as ``result.report``.
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 7 by 3 inches.
    title : str

    Returns
    -------
    Axes
        One dot per run, filled if the run met the criterion.

    Raises
    ------
    DataError
        If `runs` is not a list of at least one run, or if an entry is not a run, result or report.

    Examples
    --------
    >>> axes = endings([{"epochs": 90, "stopped": "epochs"}, {"epochs": 30, "stopped": "criterion"}])
    >>> [line.get_ydata().tolist() for line in axes.lines]
    [[30], [90]]
    """
    stops = [_stop_and_epochs(run) for run in runs] if isinstance(runs, (list, tuple)) else []
    if not stops:
        raise DataError(f"endings, runs: must be a list of at least one run (got {runs!r:.80})")
    axes = axes_or_new(axes, 7, 3)
    met = sorted(epochs for stop, epochs in stops if stop == CRITERION)
    others = sorted(epochs for stop, epochs in stops if stop != CRITERION)
    for epochs, first, fill in ((met, 1, "full"), (others, 1 + len(met), "none")):
        if epochs:
            style: dict[str, Any] = {"color": "black", "markersize": 4, "fillstyle": fill}
            axes.plot(range(first, first + len(epochs)), epochs, "o", **style)
    axes.set(xlabel="run, by rank", ylabel="epochs", xlim=(0, len(stops) + 1))
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_ylim(bottom=0)
    hide_frame(axes)
    return axes


def _stop_and_epochs(run: Any) -> tuple[str, int]:
    """Return what stopped a run, and after how many epochs."""
    report = run if isinstance(run, Mapping) else getattr(run, "report", None)
    try:
        return (report["stopped"], report["epochs"]) if report is not None else (run.stopped, run.epochs)
    except (AttributeError, KeyError):
        raise DataError(f"endings, runs: must be runs, results or reports (got {run!r:.80})") from None
