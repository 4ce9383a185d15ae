"""The result of a lesion study: tables and a plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError, unknown_name
from connectionist.plots.figure import (
    append_to_title,
    label_ticks,
    literal_text,
    new_figure,
    size_in_inches,
    split_repeated_prefix,
    text_width,
)
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.visible_text import visible_text

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

KEYS = ("subject", "severity", "draw", "epoch")
TITLE_POINTS = 9.0
MAX_TITLE_LINES = 3  # of the names of the damaged parts
MAX_INCHES = 12.0  # height of the figure of many parts
PART = "part"
COLUMNS = (*KEYS, "damaged", "error", "correct")
AXES = {"correct": "correct cases (fraction)", "error": "error (summed over the examples)", "epoch": "epochs of training after damage"}


@with_assignment_errors
@dataclass(frozen=True, repr=False)
class LesionStudy(HtmlRepr):
    """Measurements of damaged networks.

    Attributes
    ----------
    table : DataFrame
        One row per measurement, with the columns "subject" (name of the network), "severity", "draw" (from 0), "epoch" (of training after
        the damage; 0 before training), "damaged" (number of units, connections or weights), "error" (E summed over the examples), "correct"
        (fraction of correct cases, from 0 to 1), and one column per further measure. If each part is lesioned in turn, "part" has its name,
        empty for the intact network.
    damage, of : str
        Name of the damage, and names of the damaged parts; `of` is empty for the default parts.
    axis : str
        Label of the severity axis of plots.
    """

    table: pd.DataFrame
    damage: str
    of: str
    axis: str
    _cases: list[tuple[tuple[str, ...], npt.NDArray[np.bool_]]] = field(default_factory=list)

    @property
    def by_case(self) -> pd.DataFrame:
        """One row per case and measurement: the first four columns of `table`, "part" if it has it, "case" (its name), "correct" (bool)."""
        import pandas as pd

        counts = [len(names) for names, _ in self._cases]
        found = self.table[[*KEYS, *([PART] if self._is_systematic else [])]].loc[self.table.index.repeat(counts)].reset_index(drop=True)
        found["case"] = [name for names, _ in self._cases for name in names]
        found["correct"] = np.concatenate([correct for _, correct in self._cases])
        return pd.DataFrame(found)

    @property
    def measures(self) -> list[str]:
        """Names of the measures: the columns of `table` from "error" on."""
        return [str(name) for name in self.table.columns if name not in (*KEYS, "damaged", PART)]

    @property
    def summary(self) -> pd.DataFrame:
        """Mean and standard deviation of each measure over networks and draws, by severity and epoch."""
        return self.table.groupby(["severity", "epoch"])[self.measures].agg(["mean", "std"])

    @literal_text
    def plot(self, measure: str = "correct", over: str | None = None, axes: Axes | None = None) -> Axes:
        """Plot the mean of a measure over networks and draws, with a band of one standard deviation to each side.

        If each part was lesioned in turn, there is a row for each part, with the mean over networks and a bar of one standard deviation to
        each side, and a line for the intact network.

        Parameters
        ----------
        measure : str
            One of `measures`.
        over : {"severity", "epoch", "part"}, optional
            "severity" shows the damaged networks and, after recovery, those at the last epoch. "epoch" shows the recovery, with one line
            per severity. "part" shows each lesioned part, after recovery at the last epoch. The default is "part" if each part was lesioned
            in turn, or else "epoch" if the networks were trained after the damage.
        axes : Axes, optional
            Axes to draw in; by default those of a new figure of 6 by 4 inches, or higher if there are many parts.

        Returns
        -------
        Axes

        Raises
        ------
        UnknownNameError
            If there is no such measure.
        ParameterError
            If `over` has another value, or is "epoch" without recovery, or "part" if not each part was lesioned in turn.
        """
        if measure not in self.measures:
            raise unknown_name("measure of the study", measure, self.measures)
        recovered = self.table["epoch"].max() > 0
        over = over or ("part" if self._is_systematic else "epoch" if recovered else "severity")
        if over == "part" and self._is_systematic:
            return self._plot_parts(measure, axes)
        if over not in ("severity", "epoch") or (over == "epoch" and not recovered):
            known = "'severity' or 'epoch'" if recovered else "'severity', since there was no training after the damage"
            raise ParameterError(f"LesionStudy.plot.over: must be {known} (got {over!r})")
        axes = axes or new_figure(6, 4).add_subplot()
        lines = self._lines_over_epochs() if over == "epoch" else self._lines_over_severity()
        for label, colour, rows in lines:
            _draw_line(axes, rows, over, measure, label, colour)
        axes.set(xlabel=self.axis if over == "severity" else AXES["epoch"], ylabel=AXES.get(measure, measure))
        _finish_axes(axes, measure, [label for label, _, _ in lines if label], "severity" if over == "epoch" else "")
        axes.set_title(self._title(size_in_inches(axes)[0]), fontsize=TITLE_POINTS, loc="left")
        return axes

    def _plot_parts(self, measure: str, axes: Axes | None) -> Axes:
        rows = self.table[self.table["epoch"] == self.table["epoch"].max()]
        groups = rows[rows[PART] != ""].groupby(PART, sort=False)[measure]
        mean, spread = groups.mean(), groups.std().fillna(0.0)
        axes = axes or new_figure(6, min(MAX_INCHES, max(2.5, 1.2 + 0.2 * len(mean)))).add_subplot()
        places = np.arange(len(mean))
        axes.errorbar(mean, places, xerr=spread if spread.any() else None, color="black", fmt="o", markersize=4, linewidth=1.2)
        axes.axvline(rows[rows[PART] == ""][measure].mean(), color="0.5", linestyle="--", linewidth=1.0, label="intact")
        prefix, names = split_repeated_prefix([str(name) for name in mean.index])
        axes.set_ylim(len(mean) - 0.5, -0.5)
        note = label_ticks(axes.yaxis, names, size_in_inches(axes)[1] / len(mean), "part")
        axes.set(xlabel=AXES.get(measure, measure), ylabel=visible_text(f"lesioned, {prefix.rstrip(': ')}" if prefix else "lesioned"))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0))
        subjects = self.table["subject"].nunique()
        append_to_title(axes, f"mean ± standard deviation of {subjects} networks" if subjects > 1 else "", note, loc="right")
        return axes

    @property
    def _is_systematic(self) -> bool:
        return PART in self.table.columns

    def _title(self, inches: float) -> str:
        """Return the title in lines that are not wider than the axes."""
        count = self.table["draw"].nunique() * self.table["subject"].nunique()
        statistics = f"mean ± standard deviation of {count} lesioned copies" if count > 1 else "one lesioned copy"
        width = max(20, int(inches / text_width(["x"], TITLE_POINTS)))
        separator = " " if len(self._damage_text) + len(statistics) + 2 <= width else "\n"
        damage = fill(f"{self._damage_text}:", width, max_lines=MAX_TITLE_LINES, placeholder=" …:")
        return f"{damage}{separator}{fill(statistics, width)}"

    @property
    def _damage_text(self) -> str:
        return f"{self.damage} of {self.of}" if self.of else self.damage

    def _lines_over_epochs(self) -> list[tuple[str, str, pd.DataFrame]]:
        severities = sorted(self.table["severity"].unique())
        greys = np.linspace(0.0, 0.7, len(severities))[::-1]
        return [
            (f"{severity:g}", _colour(float(grey)), self.table[self.table["severity"] == severity])
            for severity, grey in zip(severities, greys, strict=True)
        ]

    def _lines_over_severity(self) -> list[tuple[str, str, pd.DataFrame]]:
        epochs = sorted({0, int(self.table["epoch"].max())})
        labels = ["damaged", f"after {describe_count(epochs[-1], 'epoch')} of training"] if len(epochs) > 1 else [""]
        colours = ["black", _colour(0.35)]
        return [
            (label, colour, self.table[self.table["epoch"] == epoch]) for label, colour, epoch in zip(labels, colours, epochs, strict=False)
        ]

    def __repr__(self) -> str:
        subjects, severities, draws = (self.table[name].nunique() for name in KEYS[:3])
        last = int(self.table["epoch"].max())
        if self._is_systematic:
            parts = describe_count(draws, "part")
            return f"<LesionStudy of {self._damage_text}: {describe_count(subjects, 'subject')}, intact and with each of {parts} lesioned>"
        severity = f"{severities} severit{'ies' if severities > 1 else 'y'}"
        sizes = f"{describe_count(subjects, 'subject')} × {severity} × {describe_count(draws, 'draw')}"
        after = f", {describe_count(last, 'epoch')} of training after damage" if last else ""
        return f"<LesionStudy of {self._damage_text}: {sizes}{after}>"


def _draw_line(axes: Axes, rows: pd.DataFrame, over: str, measure: str, label: str, colour: Any) -> None:
    """Draw the mean with a band of one standard deviation to each side. The band of a fraction is clipped to 0 and 1."""
    groups = rows.groupby(over)[measure]
    mean, spread = groups.mean(), groups.std().fillna(0.0)
    low, high = ((mean + sign * spread).to_numpy(dtype=float) for sign in (-1, 1))
    if measure == "correct":
        low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    horizontal = mean.index.to_numpy(dtype=float)
    axes.fill_between(horizontal, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(horizontal, mean.to_numpy(), color=colour, marker="o", markersize=3.5, linewidth=1.4, label=label or "_")


def _finish_axes(axes: Axes, measure: str, labels: list[str], title: str) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    if measure == "correct":
        axes.set_ylim(-0.03, 1.03)
    elif axes.get_ylim()[0] > 0:
        axes.set_ylim(bottom=0)
    if labels:
        axes.legend(frameon=False, title=title or None)


def _colour(position: float) -> Any:
    """Return a colour of the viridis scale, from dark blue at 0 to yellow at 1."""
    from matplotlib import colormaps

    return colormaps["viridis"](position)
