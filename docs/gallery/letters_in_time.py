# %% [markdown]
# # Letters in time: a simple recurrent network
#
# Elman (1990, *Cognitive Science* 14, 179–211) trained a network to predict the next letter of a stream in which b is
# always followed by one a, d by two i, and g by three u. Which consonant comes next cannot be known. The vowels can be
# predicted from what came before, and *how long ago*: after "gu" comes another u, after "guuu" a consonant. The
# network's memory is a copy of its own hidden units from one tick before, the context.
#
# The task comes with the simulator (`connectionist run elman-letters`), and `cn.simple_recurrent_network` makes such
# networks. Here we build a small one step by step, with a unit per letter.

# %%
import numpy as np
import pandas as pd

import connectionist as cn
from connectionist import analysis

LETTERS = "bdgaiu"
WORDS = {"b": "ba", "d": "dii", "g": "guuu"}

net = cn.Network("letters")
net.add_group("letter", list(LETTERS), role="input")
net.add_group("hidden", 8, initial=0.5)
net.add_group("next", list(LETTERS), role="output", activation="softmax", error="divergence")
net.connect("letter", "hidden")
net.connect("hidden", "next")
cn.add_context(net, "hidden")
net.connect("context", "hidden")
net.randomize(0.5, seed=1)
print(net)

# %% [markdown]
# The dashed lines have a delay. They copy, with fixed weights of 1, and no error goes back through them. (Unrolled, the
# same network has no loop: `net.unroll(3)` returns it.)

# %%
axes = cn.plots.network_drawing(net)
axes.figure

# %% [markdown]
# ## Sequences
#
# An example is a sequence with an input and a target for each tick. Each of our sequences has six words, so their
# lengths differ. A sequence is named by its letters.


# %%
one_of_six = dict(zip(LETTERS, np.eye(6), strict=True))


def sequence(consonants):
    """Return the words of these consonants as one example: each letter with its successor as target."""
    text = "".join(WORDS[consonant] for consonant in consonants)
    vectors = [one_of_six[letter] for letter in text]
    return cn.Example.sequence(vectors[:-1], vectors[1:], name=text)


draw = np.random.default_rng(1)
drawn = dict.fromkeys("".join(draw.choice(list(WORDS), 6)) for _ in range(100))  # each once
examples = [sequence(consonants) for consonants in drawn]
training, testing = cn.ExampleSet(examples[:60]), cn.ExampleSet(examples[60:80])
print(training)
print(training.names[:3])

# %% [markdown]
# ## Train
#
# Weights change after each sequence. The error cannot reach 0: one of three equally likely consonants costs at least ln
# 3 on average, the error of guessing. (The network may memorize a few of the consonants, because the 60 sequences are
# repeated.)

# %%
epochs = [0, 1, 2, 5, 10, 20, 50, 100, 200]
recorder = cn.Recorder("activation", of="next", epochs=epochs, examples=testing)
run = cn.train(net, training, cn.rule("steepest", rate=1.0), 200, update_after=1, order="permuted", seed=1, record=recorder)
print(run)
consonants = sum(letter in WORDS for text in training.names for letter in text[1:])
least = consonants * np.log(3)
print(f"error if only the consonants are guessed: {consonants} × ln 3 = {least:.0f}")
assert abs(run.error / least - 1) < 0.1
axes = cn.plots.learning_curve(run, criterion=round(least), title="letters")
axes.figure

# %% [markdown]
# ## Error over time
#
# The figure shows the error of each prediction in one new sequence: −ln p of the letter that came, which is written
# below. The error is high at consonants (the dashed line is ln 3) and low at vowels, as in Elman's Fig. 4.

# %%
example = testing[0]
text = example.name
outputs = net.outputs(testing)[0][: len(text) - 1]  # NaN after the last tick of the sequence
error = -np.log((outputs * example.targets).sum(axis=1))
axes = cn.plots.over_time(pd.DataFrame({"tick": range(1, len(text)), "error": error}), title=text)
axes.axhline(np.log(3), color="grey", linestyle="--", linewidth=1)
axes.set_xticks(range(1, len(text)), list(text[1:]))
axes.set_xlabel("letter to predict")
axes.figure

# %%
is_consonant = np.array([letter in WORDS for letter in text[1:]])
print(f"mean error before consonants {error[is_consonant].mean():.2f}, before vowels {error[~is_consonant].mean():.2f}")
assert error[is_consonant].mean() > 0.9
assert error[~is_consonant].mean() < 0.15

# %% [markdown]
# ## What is learned when
#
# The recorder has the predictions for the test sequences after some epochs, by case, tick and unit. We sort the ticks
# by the letters of the present word that have been read, and compute the predicted probability of a consonant.

# %%
predicted = run.recording["activation"]
print(dict(predicted.sizes))


def read_so_far(text):
    """Yield, for each tick, the letters of the present word that have been read: b, ba, d, di, dii, …"""
    found = ""
    for letter in text:
        found = letter if letter in WORDS else found + letter
        yield found


parts = ["b", "ba", "d", "di", "dii", "g", "gu", "guu", "guuu"]
ticks = predicted.sizes["tick"]
labels = [[*read_so_far(text[:-1])] + [None] * (ticks - len(text) + 1) for text in testing.names]
consonant = predicted.sel(unit=["next:b", "next:d", "next:g"]).sum("unit", skipna=False)
rows = {epoch: [float(consonant.sel(epoch=epoch).values[np.array(labels) == part].mean()) for part in parts] for epoch in epochs}
table = pd.DataFrame(rows, index=parts).T.rename_axis("epoch")
print(table.round(2))
assert table.loc[200, ["ba", "dii", "guuu"]].min() > 0.8
assert table.loc[200, ["b", "d", "di", "g", "gu", "guu"]].max() < 0.2

# %% [markdown]
# Before training, all predictions are alike. Within a few epochs the network learns that a vowel follows a consonant
# and that a consonant follows "ba"; both can be predicted from the present letter. The difference between "guu" and
# "guuu" is learned last: the input is the same u, and only the context differs.
#
# ## What the context stores
#
# The mean hidden vector after each part of a word. The three parts before a consonant form a branch of the tree:

# %%
hidden = cn.record(net, testing, "activation", of="hidden")["activation"]
means = analysis.average_by(hidden, labels).sel(case=parts)
tree = analysis.clusters(means)
assert {"ba", "dii", "guuu"} in tree.branches
axes = cn.plots.dendrogram(tree)
axes.figure

# %% [markdown]
# The last figure shows the path of two sequences through the hidden units, along their first two principal components;
# the numbers are ticks. Before a consonant (ticks 2 and 6 of one sequence, 4 and 7 of the other) the paths are at the
# lower left. But two components do not show everything: the first sequence ends with the "di" of "dii" (tick 8), which
# looks near these ticks and is not.

# %%
short = cn.ExampleSet([sequence("bgd"), sequence("gdb")])
axes = cn.plots.trajectories(cn.record(net, short, "activation", of="hidden"))
axes.figure
