# %% [markdown]
# # An update rule of your own
#
# Jacobs (1988, *Neural Networks* 1, 295–307) gave each weight a separate rate. The rate grows by a fixed amount while
# the weight's derivative keeps its sign, and shrinks by a fraction when the sign changes: the delta-bar-delta rule. It
# is a built-in rule too, `delta_bar_delta`. Here we write our own version in one file, check it, and compare it with
# steepest descent and momentum over twenty seeds.

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
# A rule is a formula for one weight. `memory` names the numbers that the rule keeps for each weight from change to
# change. They are 0 at first. The formula receives them as arguments and returns their new values after Δw. The local
# engine calls the formula, and the compiled engine compiles the same source. `explain()` prints the `equation`.

# %%
RULE = '''
"""The delta-bar-delta rule."""

from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class DeltaBarDelta(cn.UpdateRule):
    """Steepest descent with a rate for each weight, which grows while its derivative keeps its sign.

    Jacobs (1988), Neural Networks 1, 295-307. The rate is the initial rate of every weight; growth, loss and smoothing are the kappa, phi
    and theta of the paper.
    """

    rate: float = cn.parameter(0.1, above=0)
    growth: float = cn.parameter(0.05, at_least=0)
    loss: float = cn.parameter(0.3, at_least=0, below=1)
    smoothing: float = cn.parameter(0.7, at_least=0, below=1)
    name = "own_delta_bar_delta"
    equation = "Δw = −(rate + gained) · ∂E/∂w"
    memory = ("gained", "average")

    def change(self, value, derivative, gained, average):
        """Return the change, the gain of the rate, and the running average of the derivatives."""
        if average * derivative > 0.0:
            gained = gained + self.growth
        elif average * derivative < 0.0:
            gained = gained - self.loss * (self.rate + gained)
        average = (1.0 - self.smoothing) * derivative + self.smoothing * average
        return -(self.rate + gained) * derivative, gained, average


@cn.hookimpl
def update_rules():
    """Offer the rule."""
    return [DeltaBarDelta]
'''
workshop = tempfile.TemporaryDirectory()
_ = (Path(workshop.name) / "own_delta_bar_delta.py").write_text(RULE, encoding="utf-8")
registry.load([workshop.name])
print(cn.rule("own_delta_bar_delta", growth=0.1))

# %% [markdown]
# ## Check it

# %%
check_update_rule(type(cn.rule("own_delta_bar_delta")))
print("the rule passes the check")

# %% [markdown]
# Among other things, the check trains with the rule in both engines, which must agree. If something were wrong, an
# AssertionError would describe it.
#
# ## Twenty seeds
#
# The task is exclusive or with two hidden units. Each rule starts from the same twenty sets of initial weights, with
# the rate 0.1.

# %%
PARAMETERS = {"steepest": {"rate": 0.1}, "momentum": {"rate": 0.1, "momentum": 0.9}, "own_delta_bar_delta": {"rate": 0.1, "growth": 0.1}}


def seeds(task):
    """Run a task with twenty seeds under each rule."""
    return {rule: list(cn.run_seeds(task, range(1, 21), rule=rule, parameters=chosen, epochs=5000)) for rule, chosen in PARAMETERS.items()}


results = seeds("xor")
axes = cn.plots.learning_curve(results, title="xor, twenty seeds and their median for each rule")
axes.figure

# %% [markdown]
# `cn.compare` shows the rules side by side, with the medians of the twenty runs:

# %%
print(cn.compare(results)[list(results)].loc["training"].to_string())

# %% [markdown]
# ## Other tasks
#
# One task proves as little as one run. For three tasks, how many of the twenty runs learn them within 5,000 epochs, and
# in how many epochs (the median of the runs that learn)?

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
assert table.loc[("xor", "own_delta_bar_delta"), "median epochs"] < table.loc[("xor", "momentum"), "median epochs"] / 4
assert table.loc[("encoder", "own_delta_bar_delta"), "median epochs"] > 2 * table.loc[("encoder", "momentum"), "median epochs"]
assert by_rule.loc["symmetry", "own_delta_bar_delta"] < by_rule.loc["symmetry", "momentum"]

# %% [markdown]
# On exclusive or, the new rule is more than four times as fast as momentum. On the encoder, it is less than half as
# fast. It learns the symmetry task in fewer runs, but in few epochs when it does. This is not a judgement of the rule:
# neither its parameters nor those of momentum were tuned for these tasks.

# %%
registry.load()
workshop.cleanup()
