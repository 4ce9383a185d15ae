"""The result of a comparison of rules and procedures: tables and a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.errors import ParameterError
from connectionist.experiments.rule_comparison.pairs import HEADINGS
from connectionist.plots.figure import hide_frame, literal_text, new_figure
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

INCHES = 0.5  # of width for a pair
COLUMNS = (*HEADINGS, "parameter", "rate", "n", "learned", "epochs", "q1", "q3", "error", "seconds", "note")


@with_assignment_errors
@dataclass(frozen=True, repr=False)
class RuleComparison(HtmlRepr):
    """What `compare_rules` found.

    Attributes
    ----------
    task : str
        Name of the task.
    table : DataFrame
        A row for each pair of a rule and a procedure: "rule", "procedure", "parameter" (the one that was searched; empty if the rule has
        none), "rate" (its chosen value), "n" (runs), "learned" (runs that met the criterion of the task, or had every training case correct
        at the end), "epochs" (median of the epochs until they had learned, over the runs that learned) with the quartiles "q1" and "q3",
        "error" (median of E of the last epoch), "seconds" (median of the time of training), and "note" (why a pair was not run, what was
        done to the network, or that the best rate is the smallest or largest that was tried).
    runs : DataFrame
        A row for each run at the chosen rates: "rule", "procedure", "rate", "seed", "stopped", "learned", "learned_after" (epochs; missing
        if it did not learn), "epochs" (of the training), "error", "correct", "seconds" and "message".
    tries : DataFrame
        The runs of the search for the rates, with the same columns.
    """

    task: str
    table: pd.DataFrame
    runs: pd.DataFrame
    tries: pd.DataFrame

    @literal_text
    def plot(self) -> Figure:
        """Draw the percentage of runs that learned, and the epochs until they did, for each pair that was run.

        Returns
        -------
        Figure
            Two axes, the second as of `connectionist.plots.distributions`.

        Raises
        ------
        ParameterError
            If no pair was run.
        """
        from connectionist.plots.runs.distributions import distributions

        made = self.table[self.table["n"] > 0]
        if made.empty:
            raise ParameterError("RuleComparison.plot: no pair was run; the column 'note' of the table has the reasons")
        names = [name for name in HEADINGS if made[name].nunique() > 1] or list(HEADINGS)
        labels = [", ".join(row) for row in made[names].itertuples(index=False)]
        figure = new_figure(max(4.0, 1.5 + INCHES * len(made)), 6)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
        upper.bar(range(len(made)), 100 * made["learned"] / made["n"], 0.64, facecolor="0.85", edgecolor="0.5", linewidth=0.8)
        upper.set(ylim=(0, 105), ylabel="learned, % of runs", title=self.task)
        hide_frame(upper)
        upper.tick_params(labelbottom=False)
        after = {label: self._learned_after(*pair) for label, pair in zip(labels, made[[*HEADINGS]].itertuples(index=False), strict=True)}
        if any(after.values()):
            distributions(after, "epochs until learned", ", ".join(names), axes=lower)
        else:
            lower.set(ylabel="epochs until learned", xlabel=", ".join(names), xticks=range(len(labels)))
            lower.set_xticklabels(labels, rotation=90)
            hide_frame(lower)
        return figure

    def _learned_after(self, rule: str, procedure: str) -> list[float]:
        of_pair = self.runs[(self.runs["rule"] == rule) & (self.runs["procedure"] == procedure)]
        return [float(value) for value in of_pair["learned_after"].dropna()]

    def __repr__(self) -> str:
        made = self.table["n"] > 0
        rest = f", {(~made).sum()} not run" if not made.all() else ""
        return f"<RuleComparison of {self.task}: {describe_count(int(made.sum()), 'pair')}{rest}, {describe_count(len(self.runs), 'run')}>"
