"""The contract of the design. External scripts call exactly these names."""

import inspect
import math

import numpy as np

import connectionist as cn


def test_the_contract() -> None:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)  # role "hidden", activation "logistic", biased  # fmt: skip
    net.add_group("output", 1, role="output")  # error "squared"  # fmt: skip
    net.connect("input", "hidden")  # pattern "full", delay 0  # fmt: skip
    net.connect("hidden", "output")
    net.connect("input", "output")  # connections may skip groups  # fmt: skip
    net.randomize(0.5, seed=1)  # every trainable weight uniform on ±0.5, biases included  # fmt: skip
    assert net["hidden"].role == "hidden"
    assert net["hidden"].activation_function.name == "logistic"
    assert net.connection("bias", "hidden:0").sender is net.unit("bias")
    assert net["output"].error_function.name == "squared"
    assert net.connection("input:0", "hidden:0").delay == 0
    assert all(0 < abs(weight.value) <= 0.5 for weight in net.weights)

    net.graph, net.units, net.connections, net.weights, net.groups  # noqa: B018
    assert set(net.graph.nodes) == set(net.units)
    assert {data["connection"] for _, _, data in net.graph.edges(data=True)} == set(net.connections)
    assert net["hidden"][0] is net.unit("hidden:0")
    c = net.connection("input:0", "hidden:1")
    c.sender, c.receiver, c.delay, c.weight.value, c.weight.derivative, c.weight.change  # noqa: B018
    c.weight.trainable = False  # frozen  # fmt: skip
    net.tie([c, net.connection("input:1", "hidden:0")])  # from now on one Weight object; its derivative is their average  # fmt: skip
    assert net.connection("input:1", "hidden:0").weight is c.weight
    assert net.weight_values.dtype == np.float64
    assert net.weight_values.tolist() == [weight.value for weight in net.weights]
    net.weight_values = net.weight_values / 2

    y = net.forward([0, 1])
    E = net.backward([1])  # noqa: N806
    u = net["hidden"][0]
    u.net_input, u.activation, u.activation_derivative, u.net_derivative, u.target, u.incoming, u.outgoing  # noqa: B018
    assert y.shape == (1,)
    assert math.isclose(u.activation, 1 / (1 + math.exp(-u.net_input)), rel_tol=1e-14)
    assert net.forward({"input": [0, 1]}) == y
    assert math.isclose(E, 0.5 * (y[0] - 1) ** 2, rel_tol=1e-15)
    assert c.weight.derivative == (c.derivative + net.connection("input:1", "hidden:0").derivative) / 2

    X, T = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]  # noqa: N806
    examples = cn.ExampleSet.from_arrays(X, T, names=None)
    E, d = cn.error_derivatives(net, examples, engine="compiled")  # noqa: N806
    Y = net.outputs(examples, engine="compiled")  # noqa: N806
    assert (d.shape, Y.shape) == ((len(net.weights),), (4, 1))
    assert math.isclose(E, 0.5 * ((Y - np.array(T)) ** 2).sum(), rel_tol=1e-12)

    rule = cn.rule("momentum", rate=0.1, momentum=0.9, decay=0.0)
    run = cn.train(net, examples, rule=rule, epochs=1425, engine="compiled",
                   update_after="epoch",                    # or a number of examples; 1 is after every example
                   order="fixed",                           # "permuted", or "sampled" by frequency
                   seed=0, until=None, progress=False)  # fmt: skip
    assert len(run.log) == 1425
    assert {"epoch", "error"} <= set(run.log.columns)
    assert run.log["error"].iloc[-1] < run.log["error"].iloc[0]

    task = cn.task("symmetry")
    task.network(seed=1), task.training_examples, task.testing_examples, task.phases
    assert "seed" in inspect.signature(cn.run).parameters


def test_running_a_task_gives_network_log_and_report() -> None:
    result = cn.run("symmetry", seed=1, epochs=2)
    assert result.report["task"] == "symmetry"
    assert result.network is result.run.network
    assert len(result.log) == result.report["epochs"] == 2
