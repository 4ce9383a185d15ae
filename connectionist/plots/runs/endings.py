"""Number of epochs of each of many runs, by rank, and whether each met the criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError
from connectionist.plots.figure import MARKERS, add_legend, axes_or_new, hide_frame, line_styles, literal_text
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

CRITERION = "criterion"
DOT: dict[str, Any] = {"linestyle": "", "markersize": 4}


@literal_text
def endings(runs: Any, axes: Axes | None = None, title: str = "") -> Axes:
    """Draw the number of epochs of each run, in ascending order; runs that did not meet the criterion come last.

    Parameters
    ----------
    runs : Run, Result or dict, several of these, or dict of name to one or several
        A dict with "stopped" and "epochs" is a report, such as ``result.report``. Each entry of a dict of sequences has a colour, a
        marker and a name in the legend.
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
        If there is no run, or if an entry is not a run, result or report.

    Examples
    --------
    >>> axes = endings([{"epochs": 90, "stopped": "epochs"}, {"epochs": 30, "stopped": "criterion"}])
    >>> [line.get_ydata().tolist() for line in axes.lines]
    [[30], [90]]
    """
    from matplotlib.ticker import MaxNLocator

    is_named = isinstance(runs, Mapping) and "stopped" not in runs and len(runs) > 0
    named = {str(name): _read_runs(each) for name, each in dict(runs).items()} if is_named else {"": _read_runs(runs)}
    axes = axes_or_new(axes, 7, 3)
    colours = [style["color"] for style in line_styles(len(named))] if is_named else ["black"]
    styles = [{"color": colour, "marker": MARKERS[number % len(MARKERS)]} for number, colour in enumerate(colours)]
    for stops, style in zip(named.values(), styles, strict=True):
        _draw_runs(axes, stops, style)
    axes.set(xlabel="run, by rank", ylabel="epochs", xlim=(0, max(map(len, named.values())) + 1))
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    hide_frame(axes)
    names = [name for name in named if name]
    note = add_legend(axes, _legend_marks(styles[: len(names)]), names, _meanings_of_fill(named))
    axes.set_title(" ".join(filter(None, [str(title), note])), fontsize=9, loc="left")
    return axes


def _read_runs(runs: Any) -> list[tuple[str, int]]:
    """Return what stopped each run, and after how many epochs."""
    is_one = isinstance(runs, Mapping) or hasattr(runs, "report") or hasattr(runs, "stopped")
    is_several = isinstance(runs, Iterable) and not isinstance(runs, str) and not hasattr(runs, "columns")
    stops = [_stop_and_epochs(run) for run in ([runs] if is_one else runs if is_several else [])]
    if not stops:
        raise DataError(f"endings.runs: must be one run or more (got {shown(runs)})")
    return stops


def _draw_runs(axes: Axes, stops: list[tuple[str, int]], style: dict[str, Any]) -> None:
    met = sorted(epochs for stop, epochs in stops if stop == CRITERION)
    others = sorted(epochs for stop, epochs in stops if stop != CRITERION)
    for epochs, first, fill in ((met, 1, "full"), (others, 1 + len(met), "none")):
        if epochs:
            axes.plot(range(first, first + len(epochs)), epochs, fillstyle=fill, **style, **DOT)


def _legend_marks(styles: Sequence[dict[str, Any]]) -> list[Line2D]:
    from matplotlib.lines import Line2D

    return [Line2D([], [], **style, **DOT) for style in styles]


def _meanings_of_fill(named: Mapping[str, list[tuple[str, int]]]) -> dict[str, Line2D]:
    """Return an artist for filled and for open dots, as far as they occur, by their meaning."""
    from matplotlib.lines import Line2D

    stops = [stop == CRITERION for runs in named.values() for stop, _ in runs]
    marks = {
        "met the criterion": Line2D([], [], color="0.3", marker="o", **DOT),
        "met no criterion": Line2D([], [], color="0.3", marker="o", fillstyle="none", **DOT),
    }
    return {name: mark for (name, mark), is_met in zip(marks.items(), (True, False), strict=True) if is_met in stops}


def _stop_and_epochs(run: Any) -> tuple[str, int]:
    """Return what stopped a run, and after how many epochs."""
    report = run if isinstance(run, Mapping) else getattr(run, "report", None)
    try:
        return (report["stopped"], report["epochs"]) if report is not None else (run.stopped, run.epochs)
    except (AttributeError, KeyError):
        raise DataError(f"endings.runs: must be runs, results or reports (got {shown(run)})") from None
