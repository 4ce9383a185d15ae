# %% [markdown]
# # A network of your own
#
# A party is fun when Anna comes or when Bert comes, but not when both do, since they quarrel. That is *exclusive or*, the smallest
# problem that needs a hidden unit. We build the network of PDP vol. 1, ch. 8, Fig. 2 for it, with one hidden unit and with connections
# that go past it, train it, and then ask it what it does, number by number.

# %%
import connectionist as cn

# %% [markdown]
# ## Build
#
# Groups have a role and, if you like, a label for each unit. Without further words a group is hidden, its units are logistic and have a
# bias.

# %%
net = cn.Network("party")
net.add_group("guest", ["Anna", "Bert"], role="input")
net.add_group("hidden", 1)
net.add_group("party", ["fun"], role="output")
net.connect("guest", "hidden")
net.connect("hidden", "party")
net.connect("guest", "party")  # past the hidden unit
net.randomize(1.0, seed=2)
print(net)
print([connection.name for connection in net.connections])

# %% [markdown]
# The hidden unit is there to notice the quarrel. It takes two for that, and neither is to matter more than the other: the two connections
# to `hidden:0` are tied, that is, from now on they share one `Weight` object. And the bias of `party:fun` is set to -2 and frozen, so
# that training cannot change it.

# %%
net.tie(net.projection("guest", "hidden").connections)
assert net.connection("guest:Anna", "hidden:0").weight is net.connection("guest:Bert", "hidden:0").weight

bias = net.connection("bias", "party:fun").weight
bias.value = -2.0
bias.trainable = False

# %% [markdown]
# ## Train
#
# Four cases, each with a name. `until` ends the training as soon as every case is right, that is, within 0.2 of its target.

# %%
cases = cn.ExampleSet.from_arrays([[0, 0], [1, 0], [0, 1], [1, 1]], [[0], [1], [1], [0]], names=["nobody", "Anna", "Bert", "both"])
run = cn.train(net, cases, cn.rule("momentum", rate=0.5, momentum=0.9), 2000, until=cn.Criterion(correct=1.0), tolerance=0.2)
print(run)
for case in cases:
    print(f"{case.name:7}", net.forward(case.inputs).round(2))
assert run.stopped == "criterion"
assert bias.value == -2.0

# %% [markdown]
# The drawing shows what was found: black lines are positive, orange ones negative, the wider the larger. It is not what we had in mind.
# The hidden unit comes on when anybody is there, and makes it fun; each guest then takes some of the fun away, and two take all of it.
# There is no unit that notices a quarrel. What units come to stand for is for the network to find, and for us to find out.

# %%
axes = cn.plots.network_drawing(net)
axes.figure

# %%
hidden = net.unit("hidden:0")
for case in cases:
    net.forward(case.inputs)
    print(f"{case.name:7} {hidden.activation:.2f}")
assert all(weight < 0 for weight in net.projection("guest", "party").weights.ravel())

# %% [markdown]
# ## One case, forward and backward
#
# After `forward` every unit has its net input and its activation; after `backward` also its error derivatives. Nothing needs to be
# switched on for that.

# %%
net.forward({"guest": [1, 1]})
error = net.backward([0])
print(f"E = {error:.4f}; hidden:0 has x = {hidden.net_input:.2f}, y = {hidden.activation:.4f}, ∂E/∂x = {hidden.net_derivative:.5f}")

# %% [markdown]
# Where does the output's activation come from? `explain()` writes the sum down. The terms are the numbers that were used, and add up to
# what the unit holds.

# %%
fun = net.unit("party:fun")
print(fun.explain())
assert fun.explain().net_input.total == fun.net_input

# %% [markdown]
# ## Step through a case
#
# `cn.step` stops at each unit on the way forward and back, and with a rule also at each change of a weight. The frozen weight is not
# among the changes, and the tied one is there once. (A copy is walked through, since this is a step of learning.)

# %%
for stop in cn.step(net.copy(), [1, 0], [1], cn.rule("steepest", rate=0.5)):
    print(stop)

# %% [markdown]
# ## Lesion and restore
#
# Without the hidden unit nobody brings any fun, and what remains only takes it away: it is the most fun now when nobody comes.


# %%
def answers():
    """Return what the network says of each case."""
    return dict(zip(cases.names, net.outputs(cases).ravel().round(2).tolist(), strict=True))


intact = answers()
net.lesion("hidden:0")
lesioned = answers()
net.restore()
print("intact  ", intact)
print("lesioned", lesioned)
assert lesioned["nobody"] > max(lesioned["Anna"], lesioned["Bert"], lesioned["both"])
assert answers() == intact
