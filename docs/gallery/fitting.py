# %% [markdown]
# # Fitting: parameters recovered from scores
#
# Can the parameters of a network be found from the scores of people? We simulate people with known parameters, fit the
# model to their mean scores, and compare the parameters that are found with the true ones. Do this before every fit to
# real data. Parameters that cannot be recovered from simulated scores mean nothing when they are fitted to people.
#
# `cn.fit` needs Optuna: `pip install "connectionist-simulator[fit]"`.

# %%
import numpy as np
import pandas as pd

import connectionist as cn

# %% [markdown]
# ## Model
#
# A network learns the meanings of 16 words. Half of the words are frequent: they occur four times as often as the rare
# ones. The scores are the fractions of the features of meaning that are right, after 5, 15 and 40 epochs, for frequent
# and for rare words. Two parameters are free. `rate` is the speed of learning. `decay` is the speed of forgetting: at
# each change a weight loses this fraction of its size, times the rate.

# %%
draw = np.random.default_rng(3)
spellings, meanings = draw.integers(0, 2, (2, 16, 12)).astype(float)
frequent = np.arange(16) < 8
words = cn.ExampleSet(
    cn.Example(spelling, meaning, frequency=4 if is_frequent else 1)
    for spelling, meaning, is_frequent in zip(spellings, meanings, frequent, strict=True)
)


def learn_words(seed, rate, decay):
    """Return the scores of one simulated person."""
    net = cn.Network("words")
    net.add_group("spelling", 12, role="input")
    net.add_group("hidden", 10)
    net.add_group("meaning", 12, role="output", error="cross_entropy")
    net.connect("spelling", "hidden")
    net.connect("hidden", "meaning")
    net.randomize(0.5, seed=seed)
    rule = cn.rule("momentum", rate=rate, momentum=0.5, decay=decay)
    scores, run = {}, None
    for epochs in (5, 15, 40):
        more = epochs - (run.epochs if run else 0)
        run = cn.train(net, words, rule, more, seed=seed, order="sampled", update_after=1, continue_from=run)
        right = 1 - np.abs(net.outputs(words) - meanings).mean(axis=1)
        scores |= {f"frequent, {epochs}": right[frequent].mean(), f"rare, {epochs}": right[~frequent].mean()}
    return scores


# %% [markdown]
# ## One fit
#
# Twenty simulated people learn with the rate .1 and the decay .002. Their scores are a table with a row per person. The
# fit knows neither the parameters nor the seeds of these people.


# %%
def people(rate, decay, first_seed):
    """Return the scores of twenty people."""
    return pd.DataFrame([learn_words(seed, rate, decay) for seed in range(first_seed, first_seed + 20)])


free = {"rate": (0.02, 0.4, "log"), "decay": (0.0002, 0.01, "log")}
fit = cn.fit(learn_words, people(0.1, 0.002, 1000), free=free, seeds=range(8), trials=40)
print(fit)
print(fit.uncertainty.round(4))
fit.plot(profile_trials=10)

# %% [markdown]
# The figure shows the scores of people and model with 95 % intervals, and the profile of each parameter: the smallest
# distance as the parameter is held at ten values, with ten further trials for each, in which the other parameter is
# searched. Each profile has one valley, so the scores determine both parameters. A flat profile would say that the other
# parameter can make up for any value of this one.
#
# ## Recovery
#
# The same with eight pairs of true parameters, drawn evenly from the logarithmic ranges, and with other people for each.

# %%
names = list(free)
low, high = np.log([free[name][:2] for name in names]).T
true = pd.DataFrame(np.exp(draw.uniform(0.9 * low + 0.1 * high, 0.1 * low + 0.9 * high, (8, 2))), columns=names)
fits = [
    cn.fit(learn_words, people(row.rate, row.decay, 2000 + 100 * number), free=free, seeds=range(8), trials=40)
    for number, row in enumerate(true.itertuples())
]
found = pd.DataFrame([each.best for each in fits])
print(pd.concat({"true": true, "found": found}, axis=1).round(4))

# %%
rows = {}
for name in names:
    limits = pd.DataFrame([each.uncertainty.loc[name, ["low", "high"]] for each in fits])
    rows[name] = {
        "correlation of the logarithms": np.corrcoef(np.log(true[name]), np.log(found[name]))[0, 1],
        "median factor between them": np.exp(np.abs(np.log(found[name] / true[name])).median()),
        "true values in the interval": ((limits["low"].to_numpy() <= true[name]) & (true[name] <= limits["high"].to_numpy())).sum(),
    }
table = pd.DataFrame(rows)
print(table.round(3))

figure = cn.plots.new_axes(8, 3.8).figure
figure.clear()
ticks = {"rate": [0.02, 0.05, 0.1, 0.2, 0.4], "decay": [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01]}
for place, name in enumerate(names):
    axes = figure.add_subplot(1, 2, place + 1)
    limits = np.array([each.uncertainty.loc[name, ["low", "high"]] for each in fits], dtype=float).T
    bars = (np.array([[-1], [1]]) * (limits - found[name].to_numpy())).clip(min=0)
    axes.plot(free[name][:2], free[name][:2], "--", color="0.6", linewidth=1)
    axes.errorbar(true[name], found[name], bars, fmt="o", color="black", markersize=4, linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel=f"true {name}", ylabel=f"recovered {name}", title=f"r = {table.iloc[0][name]:.2f}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(ticks[name], [f"{tick:g}" for tick in ticks[name]], fontsize=8)
        axis.set_minor_formatter("")
figure

# %%
assert table.iloc[0].round(2).to_dict() == {"rate": 1.0, "decay": 0.85}
assert (table.iloc[2] == 8).all()

# %% [markdown]
# The rate is recovered within a few per cent. The decay is recovered within about a tenth, except for the slowest
# learners: with a rate of .03, a network has learned little after 40 epochs, and there is little to forget. Its interval
# is wide and says so. All true values are in their intervals. With eight data sets, this does not show that 95 % of all
# intervals would have them.
#
# The correlation is that of eight points in ranges that we chose. In narrower ranges it would be lower, with the same
# errors. And the recovery is that of a model that is right: these people are networks of this kind. Real people are not,
# and no recovery of simulated parameters shows that they are.
