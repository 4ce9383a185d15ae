"""Networks that are trained together differ in their weights only, whatever a group can have."""

from collections.abc import Callable

import pytest

import connectionist as cn

CHANGES: dict[str, Callable[[cn.Group], None]] = {
    "output function": lambda group: setattr(group, "output_function", "threshold"),
    "activation function": lambda group: setattr(group, "activation_function", "tanh"),
    "cost": lambda group: setattr(group, "cost", "square"),
    "clamping": lambda group: setattr(group, "clamping", "weak"),
    "noise": lambda group: setattr(group, "net_input_noise", 0.1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_networks_with_other_settings_are_trained_as_alone(change: str) -> None:
    def make(seed: int) -> cn.Network:
        net = cn.Network("pair")
        net.add_group("input", 2, role="input")
        net.add_group("hidden", 3, output_function="rectified")
        net.add_group("output", 1, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        net.randomize(0.5, seed=seed)
        if seed > 4:
            CHANGES[change](net["hidden"])
        return net

    examples = cn.ExampleSet([cn.Example([0, 1], [1], clamps={"hidden": [0.5, 0.5, 0.5]}), cn.Example([1, 1], [0])])
    together = cn.train_many(make, examples, "momentum", 5, seeds=range(10), engine="local")
    for seed, run in enumerate(together):
        assert run.errors == cn.train(make(seed), examples, "momentum", 5, seed=seed, engine="local").errors
