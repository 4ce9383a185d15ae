"""Every registered rule on random networks, with random settings of its phase: the same bits again, in two parts, and together."""

import random
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DivergenceError
from connectionist.plugins import registry
from connectionist.plugins.rules import JointRule, LocalRule, SearchRule
from connectionist.testing import random_network

EXPECTED = "ignore:.*(frozen|range of the activation|continue one another|frequencies|nothing breaks).*"
FEATURES: list[dict[str, Any]] = [{}, {"delays": True, "initial": True}, {"delays": True, "initial": True, "integrators": True}]
CLIPS = (None, ("length", 0.1), ("value", 0.05), ("normalize", 0.2))
NAMES = [  # a rule with signals of a group does not use targets
    name for name in registry.get_registry().names("update_rules") if not issubclass(registry.find("update_rules", name), JointRule)
]


def network_and_examples(seed: int, features: dict[str, Any], rule: Any) -> tuple[cn.Network, cn.ExampleSet]:
    net, examples = random_network(seed, 5, **features)
    for projection in net.projections:
        projection.rate = None
    if isinstance(rule, SearchRule):
        net.ticks_back = None
        for projection in net.projections:
            projection.limits = None
        for group in net.groups:
            if group.role == "output":
                group.error_function, group.margin = cn.error_function("squared"), 0.0
    return net, examples


def settings_of(drawn: random.Random, rule: Any) -> dict[str, Any]:
    """Settings of a phase that the rule can have."""
    if isinstance(rule, SearchRule):
        return {}
    found: dict[str, Any] = {"update_after": drawn.choice(["epoch", 1, 2, 3]), "order": drawn.choice(["fixed", "permuted"])}
    if not isinstance(rule, LocalRule):
        found["clip"] = drawn.choice(CLIPS)
    if drawn.random() < 0.5:
        name, value = ("rate", 0.02) if hasattr(rule, "rate") else ("increase", 1.5)
        found["schedule"] = drawn.choice([{name: {3: value}}, {name: lambda epoch, _error: value * (1 + epoch / 9)}])
    return found


def trained(net: cn.Network, examples: cn.ExampleSet, values: Any, rule: Any, epochs: int, **options: Any) -> tuple[Any, cn.Run | None]:
    """Weights after a training from some values, and its run; None if it diverged."""
    net.weight_values = values
    try:
        run = cn.train(net, examples, rule, epochs, **options)
    except DivergenceError:
        return net.weight_values, None
    return net.weight_values, run


@pytest.mark.slow
@pytest.mark.filterwarnings(EXPECTED)
@pytest.mark.parametrize("name", NAMES)
def test_a_training_has_the_same_bits_again_in_two_parts_and_together_with_others(name: str) -> None:
    rule, finished = cn.rule(name), 0
    for seed in range(30):
        drawn = random.Random(f"{name} {seed}")
        features, threads = drawn.choice(FEATURES), drawn.choice([1, 2])
        options = settings_of(drawn, rule) | {"seed": seed, "engine": cn.engine("compiled", threads=threads)}
        net, examples = network_and_examples(seed, features, rule)
        start = net.weight_values
        once, run = trained(net, examples, start, rule, 6, **options)
        again, _ = trained(net, examples, start, rule, 6, **options)
        assert once.tobytes() == again.tobytes(), (seed, options)
        if run is None:
            continue
        finished += 1
        half, first = trained(net, examples, start, rule, 2, **options)
        parts, _ = trained(net, examples, half, rule, 4, **{**options, "seed": None}, continue_from=first)
        assert once.tobytes() == parts.tobytes(), (seed, options)
        if isinstance(rule, SearchRule):
            continue
        together = [network_and_examples(seed, features, rule)[0] for _ in range(5)]
        for number, member in enumerate(together):
            member.weight_values = start * (1.0 - 0.05 * number)
        of_all = {each: value for each, value in options.items() if each != "seed"}
        cn.train_many(together, examples, rule, 6, seeds=range(seed, seed + 5), **of_all)
        assert np.array_equal(together[0].weight_values, once), (seed, options)
    assert finished > 15, finished
