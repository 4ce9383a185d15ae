# %% [markdown]
# # A network of your own
#
# A party is fun when Anna comes or when Bert comes, but not when both come, because they quarrel. This is *exclusive
# or*, the smallest problem that needs a hidden unit. We build the network of PDP vol. 1, ch. 8, Fig. 2, with one hidden
# unit and with connections that skip it. We train it and then read from it, number by number, what it does.

# %%
import connectionist as cn

# %% [markdown]
# ## Build
#
# Groups have a role and, optionally, a label for each unit. By default a group is hidden, and its units are logistic
# and have a bias.

# %%
net = cn.Network("party")
net.add_group("guest", ["Anna", "Bert"], role="input")
net.add_group("hidden", 1)
net.add_group("party", ["fun"], role="output")
net.connect("guest", "hidden")
net.connect("hidden", "party")
net.connect("guest", "party")  # skips the hidden unit
net.randomize(1.0, seed=2)
print(net)
print([connection.name for connection in net.connections])

# %% [markdown]
# The hidden unit is meant to notice the quarrel. A quarrel needs both guests, and neither should matter more than the
# other. So the two connections to `hidden:0` are tied: from now on they share one `Weight` object. The bias of
# `party:fun` is set to -2 and frozen, so training cannot change it.

# %%
net.tie(net.projection("guest", "hidden").connections)
assert net.connection("guest:Anna", "hidden:0").weight is net.connection("guest:Bert", "hidden:0").weight

bias = net.connection("bias", "party:fun").weight
bias.value = -2.0
bias.trainable = False

# %% [markdown]
# ## Train
#
# There are four cases, each with a name. `until` ends training as soon as every case is correct, that is, within 0.2 of
# its target.

# %%
cases = cn.ExampleSet.from_arrays([[0, 0], [1, 0], [0, 1], [1, 1]], [[0], [1], [1], [0]], names=["nobody", "Anna", "Bert", "both"])
run = cn.train(net, cases, cn.rule("momentum", rate=0.5, momentum=0.9), 2000, until=cn.Criterion(correct=1.0), tolerance=0.2)
print(run)
for case in cases:
    print(f"{case.name:7}", net.forward(case.inputs).round(2))
assert run.stopped == "criterion"
assert bias.value == -2.0

# %% [markdown]
# The drawing shows what the network found: black lines are positive, orange lines are negative, and wider lines are
# larger. It is not the solution that we expected. The hidden unit comes on when anybody is there, and makes the party
# fun. Each guest then reduces the fun a little, and two guests remove all of it. No unit notices a quarrel. The network
# finds out what its units represent, and we must find out from the network.

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
# After `forward`, every unit has its net input and its activation. After `backward`, it also has its error derivatives.
# These are always available.

# %%
net.forward({"guest": [1, 1]})
error = net.backward([0])
print(f"E = {error:.4f}; hidden:0 has x = {hidden.net_input:.2f}, y = {hidden.activation:.4f}, ∂E/∂x = {hidden.net_derivative:.5f}")

# %% [markdown]
# Where does the output's activation come from? `explain()` prints the sum. Its terms are the numbers that the unit
# used, and their sum is the net input that the unit holds.

# %%
fun = net.unit("party:fun")
print(fun.explain())
assert fun.explain().net_input.total == fun.net_input

# %% [markdown]
# ## Step through a case
#
# `cn.step` stops at each unit of the forward and the backward pass and, with a rule, at each change of a weight. The
# frozen weight does not change, and the tied weight changes once. (We step through a copy, because this changes
# weights.)

# %%
for stop in cn.step(net.copy(), [1, 0], [1], cn.rule("steepest", rate=0.5)):
    print(stop)

# %% [markdown]
# ## Lesion and restore
#
# Without the hidden unit, no guest makes the party fun, and the remaining connections only reduce the fun. The
# activation of `party:fun` is now highest when nobody comes.


# %%
def answers():
    """Return the output for each case."""
    return dict(zip(cases.names, net.outputs(cases).ravel().round(2).tolist(), strict=True))


intact = answers()
net.lesion("hidden:0")
lesioned = answers()
net.restore()
print("intact  ", intact)
print("lesioned", lesioned)
assert lesioned["nobody"] > max(lesioned["Anna"], lesioned["Bert"], lesioned["both"])
assert answers() == intact
