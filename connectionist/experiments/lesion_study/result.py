"""What came of a lesion study: tables and a plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError, unknown
from connectionist.plots.figure import new_figure
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from connectionist.analysis._pairs import Flags

KEYS = ("subject", "severity", "draw", "epoch")
WIDEST = 72  # letters of a title that a figure of 6 inches has room for
COLUMNS = (*KEYS, "damaged", "error", "correct")
AXES = {"correct": "cases right (fraction)", "error": "error (summed over the examples)", "epoch": "epochs of training after damage"}


@dataclass(frozen=True, repr=False)
class LesionStudy(HtmlRepr):
    """Measurements of damaged networks.

    Attributes
    ----------
    table : DataFrame
        A row for each measurement: "subject", "severity", "draw", "epoch" (of training after the damage, 0 before any), "damaged" (how many
        units, connections or weights), "error" (E summed over the examples), "correct" (fraction of the cases right), and whatever
        else was measured.
    damage, of : str
        What was done, and to which parts.
    axis : str
        What the severity is.
    """

    table: pd.DataFrame
    damage: str
    of: str
    axis: str
    _cases: list[tuple[tuple[str, ...], Flags]] = field(default_factory=list)

    @property
    def by_case(self) -> pd.DataFrame:
        """A row for each case in each measurement: the first four columns of `table`, "case" (its name) and "correct"."""
        import pandas as pd

        counts = [len(names) for names, _ in self._cases]
        found = self.table[[*KEYS]].loc[self.table.index.repeat(counts)].reset_index(drop=True)
        found["case"] = [name for names, _ in self._cases for name in names]
        found["correct"] = np.concatenate([right for _, right in self._cases])
        return pd.DataFrame(found)

    @property
    def measures(self) -> list[str]:
        """The columns of `table` that were measured."""
        return [str(name) for name in self.table.columns if name not in (*KEYS, "damaged")]

    @property
    def summary(self) -> pd.DataFrame:
        """Mean and standard deviation of each measure over subjects and draws, by severity and epoch."""
        return self.table.groupby(["severity", "epoch"])[self.measures].agg(["mean", "std"])

    def plot(self, measure: str = "correct", over: str | None = None, axes: Axes | None = None) -> Axes:
        """Draw what the damage did: the mean over subjects and draws, with a band of a standard deviation.

        Parameters
        ----------
        measure : str
            A column of `table`.
        over : {"severity", "epoch"}, optional
            Over severity, before training goes on and, if it did, after its last epoch; or over epochs of that training, a line for each
            severity. Unless given: over epochs where there are any.
        axes : Axes, optional
            Where to draw; a new figure of 6 by 4 inches unless given.

        Returns
        -------
        Axes

        Raises
        ------
        UnknownNameError
            When nothing of that name was measured.
        ParameterError
            When `over` is something else, or there are no epochs.
        """
        if measure not in self.measures:
            raise unknown("measure of the study", measure, self.measures)
        recovered = self.table["epoch"].max() > 0
        over = over or ("epoch" if recovered else "severity")
        if over not in ("severity", "epoch") or (over == "epoch" and not recovered):
            known = "'severity' or 'epoch'" if recovered else "'severity', since no training went on"
            raise ParameterError(f"LesionStudy.plot, over: must be {known} (got {over!r})")
        axes = axes or new_figure(6, 4).add_subplot()
        lines = self._over_epochs() if over == "epoch" else self._over_severity()
        for label, colour, part in lines:
            _line(axes, part, over, measure, label, colour)
        axes.set(xlabel=self.axis if over == "severity" else AXES["epoch"], ylabel=AXES.get(measure, measure))
        _finish(axes, measure, [label for label, _, _ in lines if label], "severity" if over == "epoch" else "")
        count = self.table["draw"].nunique() * self.table["subject"].nunique()
        shown = f"mean ± standard deviation of {count} lesioned copies"
        between = " " if len(self._what) + len(shown) < WIDEST else "\n"
        axes.set_title(f"{fill(self._what, WIDEST)}:{between}{shown}", fontsize=9, loc="left")
        return axes

    @property
    def _what(self) -> str:
        return f"{self.damage} of {self.of}" if self.of else self.damage

    def _over_epochs(self) -> list[tuple[str, str, pd.DataFrame]]:
        severities = sorted(self.table["severity"].unique())
        greys = np.linspace(0.0, 0.7, len(severities))[::-1]
        return [
            (f"{severity:g}", _colour(float(grey)), self.table[self.table["severity"] == severity])
            for severity, grey in zip(severities, greys, strict=True)
        ]

    def _over_severity(self) -> list[tuple[str, str, pd.DataFrame]]:
        epochs = sorted({0, int(self.table["epoch"].max())})
        labels = ["damaged", f"after {epochs[-1]} epochs of training"] if len(epochs) > 1 else [""]
        colours = ["black", _colour(0.35)]
        return [
            (label, colour, self.table[self.table["epoch"] == epoch]) for label, colour, epoch in zip(labels, colours, epochs, strict=False)
        ]

    def __repr__(self) -> str:
        subjects, severities, draws = (self.table[name].nunique() for name in KEYS[:3])
        last = int(self.table["epoch"].max())
        return (
            f"<LesionStudy of {self._what}: {subjects} subject{'s' * (subjects > 1)} × {severities} "
            f"severit{'ies' if severities > 1 else 'y'} × {draws} draw{'s' * (draws > 1)}"
            f"{f', {last} epochs of training after damage' if last else ''}>"
        )


def _line(axes: Axes, part: pd.DataFrame, over: str, measure: str, label: str, colour: Any) -> None:
    """Draw the mean, and a band of a standard deviation to each side; a fraction goes no further than 0 and 1."""
    groups = part.groupby(over)[measure]
    mean, spread = groups.mean(), groups.std().fillna(0.0)
    low, high = ((mean + sign * spread).to_numpy(dtype=float) for sign in (-1, 1))
    if measure == "correct":
        low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    places = mean.index.to_numpy(dtype=float)
    axes.fill_between(places, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(places, mean.to_numpy(), color=colour, marker="o", markersize=3.5, linewidth=1.4, label=label or "_")


def _finish(axes: Axes, measure: str, labels: list[str], title: str) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    if measure == "correct":
        axes.set_ylim(-0.03, 1.03)
    elif axes.get_ylim()[0] > 0:
        axes.set_ylim(bottom=0)
    if labels:
        axes.legend(frameon=False, title=title or None)


def _colour(place: float) -> Any:
    """Return a colour of a scale that goes on getting lighter, from dark blue to yellow."""
    from matplotlib import colormaps

    return colormaps["viridis"](place)
