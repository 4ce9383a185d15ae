# %% [markdown]
# # A task of your own, as a plugin
#
# The word "green" printed in red ink is read at once, but naming its ink takes time and goes wrong: the Stroop effect. Cohen, Dunbar and
# McClelland (1990, *Psychological Review* 97, 332–361) explained it by practice. Two pathways, one from inks and one from words, end in
# the same responses; we have read far more words than we have named inks, so the weights of the word pathway are stronger; and attention
# can only sensitize one pathway or the other.
#
# Here their idea becomes a task of the simulator: one file, with parameters, presets, findings and a figure, which the command line then
# knows like the ones that came with it. It is not a replication: their activations build up in time and responses race, and here there is
# one pass. (What they did is told from memory, not read again.)

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
# A task is a frozen dataclass; its fields are its parameters. The hook at the end offers it. The pathways' biases and what attention adds
# to them are frozen: without attention a pathway is nearly closed, with attention it is as sensitive as can be. Colours can be told apart
# from the beginning (weights of 2 and -2); what is learned is above all how strongly each pathway speaks to the responses.

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
    """Return the inputs: what is there of two inks, two words and two questions."""
    there = [ink == colour for colour in COLOURS] + [word == colour for colour in COLOURS]
    return np.array(there + [asked_for == stimulus for stimulus in STIMULI], dtype=float)


@dataclass(frozen=True)
class Stroop(cn.Task):
    """The network must name the ink of a word or read the word, whichever it is asked to."""

    practice: float = 10.0  # how many times as often it reads as it names
    attention: float = 4.0
    epochs: int = 1000
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
            cn.Example(shown(stimulus, **{stimulus: colour}), np.eye(2)[number], f"{stimulus} {colour}", frequency)
            for stimulus, frequency in (("ink", 1.0), ("word", self.practice))
            for number, colour in enumerate(COLOURS)
        )

    @property
    def phases(self):
        """Examples are drawn by their frequency, and weights change after each."""
        return [cn.Phase(cn.rule("steepest", rate=0.3), self.epochs, update_after=1, order="sampled")]

    def lead(self, network):
        """Return by how much the right response leads, a row per condition and a column per question; red is right."""
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
        self.lead(network).plot(ax=axes, marker="o", xticks=range(3), ylim=(0, 1), ylabel="lead of the right response")
        axes.legend(["naming the ink", "reading the word"])
        return {"The Stroop effect: a conflicting word costs naming more than a conflicting ink costs reading.": axes}


@cn.hookimpl
def tasks():
    """Offer the task."""
    return [Stroop]
'''
_ = (folder / "stroop.py").write_text(STROOP, encoding="utf-8")

# %% [markdown]
# ## Is it a proper task?
#
# `plugins.load` has Python use the folder, as `--plugins-dir` has the command line. `check_task` tries every preset: same seed, same
# network; examples that fit; the same report when it is run again; figures that can be drawn and leave the network alone. It says what is
# wrong by an AssertionError.

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
# A word in conflict costs the naming of inks more than .25 of the lead, an ink in conflict costs reading less than .05; and conflict
# costs more than agreement helps. So it is with people. One run proves little, though; and if practice is the reason, the difference must
# go away when inks are named as often as words are read:

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
# It does.
#
# ## On the command line
#
# The same file, the same numbers, with a folder of results and a report to look at in a browser. `connectionist` is what you would type;
# a notebook says it a little longer.

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
# That was for show, so we tidy up. Your own folder you would keep, and name in `--plugins-dir`.

# %%
registry.load()
workshop.cleanup()
