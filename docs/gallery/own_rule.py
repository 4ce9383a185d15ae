# %% [markdown]
# # An update rule of your own
#
# Jacobs (1988, *Neural Networks* 1, 295–307) gave each weight a rate of its own. It grows by a fixed amount as long as the weight's derivative keeps its sign, and
# shrinks by a fraction when the sign changes: the delta-bar-delta rule. The simulator does not come with it. Here it is, in one file, checked and
# compared with steepest descent and momentum over twenty seeds.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import connectionist as cn
from connectionist import plugins
from connectionist.testing import check_update_rule

# %% [markdown]
# ## The file
#
# A rule is a formula for one weight. What it must remember it names in `memory`: these numbers are 0 at first, come with each call, and go back behind
# Δw. The same text is called by the objects and compiled for the arrays. `equation` is for `explain()`.

# %%
RULE = '''
"""The delta-bar-delta rule."""

from dataclasses import dataclass

from connectionist import hookimpl
from connectionist.errors import check_number
from connectionist.rules import UpdateRule


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
plugins.load([workshop.name])
print(cn.rule("delta_bar_delta", growth=0.1))

# %% [markdown]
# ## Does it keep its contract?

# %%
check_update_rule(type(cn.rule("delta_bar_delta")))
print("it does")

# %% [markdown]
# It was tried in both engines, among other things, which must agree; nothing was printed but "it does", since an AssertionError would have said what is wrong.
#
# ## One run each
#
# Exclusive or with two hidden units, from the same initial weights. Every rule has the rate 0.1 to begin with.

# %%
PARAMETERS = {"steepest": {"rate": 0.1}, "momentum": {"rate": 0.1, "momentum": 0.9}, "delta_bar_delta": {"rate": 0.1, "growth": 0.1}}
single = {rule: cn.run("xor", seed=1, rule=rule, parameters=chosen, epochs=5000) for rule, chosen in PARAMETERS.items()}
print(cn.compare([single["momentum"], single["delta_bar_delta"]]).to_string(na_rep="–"))

# %%
axes = cn.plots.learning_curve(single, title="xor, seed 1")
axes.figure

# %% [markdown]
# ## Twenty seeds, three tasks
#
# One run proves little, and one task proves little too. How many of twenty seeds learn within 5,000 epochs, and in how many epochs (median of those that do)?


# %%
def tried(task, rule, chosen):
    """Return how a rule does on a task."""
    runs = [result.run for result in cn.run_seeds(task, range(1, 21), rule=rule, parameters=chosen, epochs=5000)]
    epochs = pd.Series([run.epochs for run in runs if run.stopped == "criterion"], dtype=float)
    return {"task": task, "rule": rule, "learned": len(epochs), "median epochs": epochs.median()}


table = pd.DataFrame([tried(task, rule, chosen) for task in ("xor", "encoder", "symmetry") for rule, chosen in PARAMETERS.items()])
table = table.pivot(index="task", columns="rule").swaplevel(axis=1).sort_index(axis=1)[list(PARAMETERS)]
print(table.to_string(na_rep="–"))
