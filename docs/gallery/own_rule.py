# %% [markdown]
# # An update rule of your own
#
# Jacobs (1988, *Neural Networks* 1, 295–307) gave each weight a rate of its own. It grows by a fixed amount as long as the weight's
# derivative keeps its sign, and shrinks by a fraction when the sign changes: the delta-bar-delta rule. The simulator does not come with
# it. Here it is, in one file, checked and compared with steepest descent and momentum over twenty seeds.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import connectionist as cn
from connectionist.plugins import registry
from connectionist.testing import check_update_rule

# %% [markdown]
# ## The file
#
# A rule is a formula for one weight. What it must remember it names in `memory`: these numbers are 0 at first, come with each call, and
# go back behind Δw. The same text is called by the objects and compiled for the arrays. `equation` is for `explain()`.

# %%
RULE = '''
"""The delta-bar-delta rule."""

from dataclasses import dataclass

from connectionist import hookimpl
from connectionist.errors import check_number
from connectionist.plugins.rules import UpdateRule


@dataclass(frozen=True)
class DeltaBarDelta(UpdateRule):
    """Steepest descent with a rate for each weight, which grows while its derivative keeps its sign.

    Jacobs (1988), Neural Networks 1, 295-307: rate is what every weight's rate is at first, growth his kappa, loss his phi, smoothing
    his theta.
    """

    rate: float = 0.1
    growth: float = 0.05
    loss: float = 0.3
    smoothing: float = 0.7
    name = "delta_bar_delta"
    equation = "Δw = −(rate + gained) · ∂E/∂w"
    memory = ("gained", "average")

    def __post_init__(self):
        super().__post_init__()
        check_number("DeltaBarDelta", "growth", self.growth, at_least=0)
        check_number("DeltaBarDelta", "loss", self.loss, at_least=0, below=1)
        check_number("DeltaBarDelta", "smoothing", self.smoothing, at_least=0, below=1)

    def change(self, value, derivative, gained, average):
        """Return the change, what the rate has gained, and the running average of the derivatives."""
        if average * derivative > 0.0:
            gained = gained + self.growth
        elif average * derivative < 0.0:
            gained = gained - self.loss * (self.rate + gained)
        average = (1.0 - self.smoothing) * derivative + self.smoothing * average
        return -(self.rate + gained) * derivative, gained, average


@hookimpl
def update_rules():
    """Offer the rule."""
    return [DeltaBarDelta]
'''
workshop = tempfile.TemporaryDirectory()
_ = (Path(workshop.name) / "delta_bar_delta.py").write_text(RULE, encoding="utf-8")
registry.load([workshop.name])
print(cn.rule("delta_bar_delta", growth=0.1))

# %% [markdown]
# ## Does it keep its contract?

# %%
check_update_rule(type(cn.rule("delta_bar_delta")))
print("it does")

# %% [markdown]
# It was tried in both engines, which must agree, among other things; had something been wrong, an AssertionError would have said what.
#
# ## Twenty seeds
#
# Exclusive or with two hidden units, from the same twenty sets of initial weights, each rule with the rate 0.1 to begin with.

# %%
PARAMETERS = {"steepest": {"rate": 0.1}, "momentum": {"rate": 0.1, "momentum": 0.9}, "delta_bar_delta": {"rate": 0.1, "growth": 0.1}}


def seeds(task):
    """Run a task with twenty seeds under each rule."""
    return {rule: list(cn.run_seeds(task, range(1, 21), rule=rule, parameters=chosen, epochs=5000)) for rule, chosen in PARAMETERS.items()}


results = seeds("xor")
axes = cn.plots.learning_curve(results, title="xor, twenty seeds and their median for each rule")
axes.figure

# %% [markdown]
# `cn.compare` sets them side by side; of twenty runs, medians:

# %%
print(cn.compare(results)[list(results)].loc["training"].to_string())

# %% [markdown]
# ## Other tasks
#
# One task proves as little as one run. How many of the twenty learn three tasks within 5,000 epochs, and in how many epochs (median of
# those that do)?

# %%
rows = []
for task in ("xor", "encoder", "symmetry"):
    for rule, runs in (results if task == "xor" else seeds(task)).items():
        epochs = pd.Series([result.run.epochs for result in runs if result.run.stopped == "criterion"], dtype=float)
        rows.append({"task": task, "rule": rule, "learned": len(epochs), "median epochs": epochs.median()})
table = pd.DataFrame(rows).set_index(["task", "rule"])
print(table.to_string(na_rep="–"))

# %%
by_rule = table["learned"].unstack()
assert table.loc[("xor", "delta_bar_delta"), "median epochs"] < table.loc[("xor", "momentum"), "median epochs"] / 4
assert table.loc[("encoder", "delta_bar_delta"), "median epochs"] > 2 * table.loc[("encoder", "momentum"), "median epochs"]
assert by_rule.loc["symmetry", "delta_bar_delta"] < by_rule.loc["symmetry", "momentum"]

# %% [markdown]
# On exclusive or the new rule is more than four times as fast as momentum. On the encoder it is less than half as fast, and the symmetry
# task it learns in fewer runs, though very quickly when it does. None of that is a verdict on the rule: its parameters, and those of
# momentum, were not tuned for any of these.

# %%
registry.load()
workshop.cleanup()
