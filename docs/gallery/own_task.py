# %% [markdown]
# # A task of your own, as a plugin
#
# The word "green" printed in red ink is read at once, but naming its ink takes time and often fails: the Stroop effect.
# Cohen, Dunbar and McClelland (1990, *Psychological Review* 97, 332–361) explained it by practice. Two pathways, one
# from inks and one from words, end in the same responses. We have read far more words than we have named inks, so the
# weights of the word pathway are stronger. Attention can only sensitize one pathway or the other.
#
# Here their idea becomes a task of the simulator: one file, with parameters, presets, findings and a figure. The
# command line can then run it like a built-in task. It is not a replication: in their model, activations build up in
# time and responses race; here there is one pass. (We describe the paper from memory and did not read it again.)

# %%
import subprocess
import sys
import tempfile
from pathlib import Path

import connectionist as cn
from connectionist.plugins import registry
from connectionist.testing import check_task

workshop = tempfile.TemporaryDirectory()
folder = Path(workshop.name)

# %% [markdown]
# ## The file
#
# A task is a frozen dataclass whose fields are its parameters. The hook at the end offers the task. The biases of the
# pathways and the weights from the questions are frozen: without attention, a pathway is nearly closed; with attention,
# it is as sensitive as possible. The pathways distinguish the colours from the beginning (weights of 2 and -2).
# Training changes mainly the strength of each pathway's connections to the responses.

# %%
STROOP = '''
"""The Stroop task."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import connectionist as cn

COLOURS, STIMULI, CONDITIONS = ["red", "green"], ["ink", "word"], ["congruent", "control", "conflict"]
AFTER = "after Cohen, Dunbar & McClelland (1990), Psychological Review 97, 332-361"


def shown(asked_for, ink="", word=""):
    """Return the inputs: two inks, two words and two questions, 1 for each that is present."""
    stimuli = [ink == colour for colour in COLOURS] + [word == colour for colour in COLOURS]
    return np.array(stimuli + [asked_for == stimulus for stimulus in STIMULI], dtype=float)


@dataclass(frozen=True)
class Stroop(cn.Task):
    """The network must name the ink or read the word, as the question input says."""

    practice: float = cn.parameter(10.0, above=0)  # ratio of words read to inks named
    attention: float = cn.parameter(4.0, at_least=0)
    epochs: int = cn.parameter(1000, at_least=0)
    name = "stroop"
    source = AFTER
    presets = {"default": {}, "published": {}, "equal-practice": {"practice": 1.0}}

    def network(self, seed):
        net = cn.Network("stroop")
        net.add_group("ink", COLOURS, role="input")
        net.add_group("word", COLOURS, role="input")
        net.add_group("asked", STIMULI, role="input")
        net.add_group("response", COLOURS, role="output")
        for stimulus in STIMULI:
            net.add_group(f"{stimulus} pathway", 2)
            net.connect(f"{stimulus} pathway", "response")
        net.randomize(0.5, seed)
        for stimulus in STIMULI:
            net.connect(stimulus, f"{stimulus} pathway", weights=[[2, -2], [-2, 2]])
            attended = [[stimulus == asked] * 2 for asked in STIMULI]
            net.connect("asked", f"{stimulus} pathway", pattern=attended, weights=self.attention, trainable=False)
            for bias in net.projection("bias", f"{stimulus} pathway"):
                bias.weight.value, bias.weight.trainable = -self.attention, False
        return net

    @property
    def training_examples(self):
        """One stimulus at a time."""
        return cn.ExampleSet(
            cn.Example(shown(stimulus, **{stimulus: colour}), np.eye(2)[number], f"{stimulus} {colour}", frequency=frequency)
            for stimulus, frequency in (("ink", 1.0), ("word", self.practice))
            for number, colour in enumerate(COLOURS)
        )

    @property
    def phases(self):
        """One phase: examples are drawn by their frequency, and weights change after each."""
        return [cn.Phase(cn.rule("steepest", rate=0.3), self.epochs, update_after=1, order="sampled")]

    def lead(self, network):
        """Return the lead of the correct response, red, with one row per condition and one column per question."""
        table = pd.DataFrame(index=pd.Index(CONDITIONS, name="condition"), columns=STIMULI, dtype=float)
        for asked, other in (STIMULI, STIMULI[::-1]):
            for condition, distractor in zip(CONDITIONS, ("red", "", "green")):
                red, green = network.forward(shown(asked, **{asked: "red", other: distractor}))
                table.loc[condition, asked] = red - green
        return table

    def findings(self, network, run):
        lead = self.lead(network)
        cost = lead.loc["control"] - lead.loc["conflict"]
        return [
            *(cn.Finding(f"lead, {asked}, {condition}", lead.loc[condition, asked]) for asked in lead for condition in CONDITIONS),
            cn.Finding("words disturb naming more than inks disturb reading", bool(cost["ink"] > cost["word"]), True, AFTER),
        ]

    def figures(self, network, run):
        axes = cn.plots.new_axes(5, 3.5)
        self.lead(network).plot(ax=axes, marker="o", xticks=range(3), ylim=(0, 1), ylabel="lead of the correct response")
        axes.legend(["naming the ink", "reading the word"])
        return {"The Stroop effect: a conflicting word costs naming more than a conflicting ink costs reading.": axes}


@cn.hookimpl
def tasks():
    """Offer the task."""
    return [Stroop]
'''
_ = (folder / "stroop.py").write_text(STROOP, encoding="utf-8")

# %% [markdown]
# ## Check it
#
# `registry.load` loads the folder in Python, as `--plugins-dir` does on the command line. `check_task` tests every
# preset: the same seed gives the same network; the examples fit the network; a second run gives the same report; the
# figures can be drawn and do not change the network. If something is wrong, an AssertionError describes it.

# %%
registry.load([folder])
task = cn.task("stroop")
check_task(type(task))

# %% [markdown]
# ## Run it

# %%
result = cn.run("stroop", seed=1)
print(result.findings[["measured", "published"]].to_string())
(axes,) = result.task.figures(result.network, result.run).values()
axes.figure

# %%
lead = result.task.lead(result.network)
cost = lead.loc["control"] - lead.loc["conflict"]
print(f"conflict costs naming {cost['ink']:.2f}, reading {cost['word']:.2f}")
benefit = lead.loc["congruent"] - lead.loc["control"]
print(f"agreement helps naming {benefit['ink']:.2f}, reading {benefit['word']:.2f}")
assert cost["ink"] > 0.25
assert cost["word"] < 0.05
assert cost["ink"] > benefit["ink"]

# %% [markdown]
# A conflicting word reduces the lead in naming an ink by more than .25. A conflicting ink reduces the lead in reading
# by less than .05. Conflict costs more than agreement helps. These results agree with those of people. One run proves
# little, though. And if practice is the cause, the difference must disappear when inks are named as often as words are
# read:

# %%
for preset in ("default", "equal-practice"):
    effects = []
    for each in cn.run_seeds("stroop", range(1, 11), preset=preset):
        found = each.task.lead(each.network)
        by_question = found.loc["control"] - found.loc["conflict"]
        effects.append(by_question["ink"] - by_question["word"])
    print(f"{preset:15} cost of naming minus cost of reading, seeds 1–10: {min(effects):.1f} to {max(effects):.1f}")
    assert min(effects) > 0.2 if preset == "default" else max(map(abs, effects)) < 0.05

# %% [markdown]
# The difference disappears.
#
# ## On the command line
#
# The same file gives the same numbers on the command line, with a folder of results and a report for the browser. You
# would type `connectionist --plugins-dir FOLDER run stroop --seed 1 --out FOLDER/results`. In a notebook the command is
# a little longer.

# %%
done = subprocess.run(
    [sys.executable, "-m", "connectionist", "--plugins-dir", folder, "run", "stroop", "--seed", "1", "--out", folder / "results"],
    capture_output=True,
    text=True,
    check=True,
)
print(done.stdout)
print(sorted(path.name for path in (folder / "results").iterdir()))
assert (cn.read_run(folder / "results").network.weight_values == result.network.weight_values).all()

# %% [markdown]
# This example removes its folder at the end. Keep the folder of your own plugins, and name it in `--plugins-dir`.

# %%
registry.load()
workshop.cleanup()
