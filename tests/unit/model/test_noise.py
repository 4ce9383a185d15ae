"""Noise: its distribution, where it is added, and that it depends on the seed, the pass and the case only."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.model.noise import NoiseSource, draw


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("noisy")
    made.add_group("input", 2, role="input")
    made.add_group("hidden", 3, activation="linear", biased=False)
    made.add_group("output", 1, role="output", activation="linear", biased=False)
    made.connect("input", "hidden", weights=0.5)
    made.connect("hidden", "output", weights=1.0)
    return made


@pytest.fixture
def examples() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[0, 1], [1, 1], [1, 0]], [[0.5], [1.0], [0.5]])


def test_draw_has_mean_0_and_the_given_spread() -> None:
    numbers = np.arange(200_000, dtype=np.uint64)
    key = NoiseSource(1, "training").key(0)
    normal, uniform = draw(0.3, key, numbers), draw(-0.3, key, numbers)
    for drawn, sd in ((normal, 0.3), (uniform, 0.3 / np.sqrt(3))):
        assert abs(drawn.mean()) < 5 * sd / np.sqrt(len(drawn))
        assert drawn.std() == pytest.approx(sd, rel=0.01)
        assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.01
    assert np.abs(uniform).max() < 0.3
    assert (np.abs(normal) > 0.6).mean() == pytest.approx(0.0455, rel=0.1)


def test_keys_of_presentations_epochs_and_modes_differ() -> None:
    keys = {
        int(NoiseSource(seed, mode, epoch).key(presentation)[0])
        for seed in (1, 2)
        for mode in ("training", "testing")
        for epoch in (0, 1)
        for presentation in (0, 1)
    }
    assert len(keys) == 16


@pytest.mark.parametrize(
    ("group", "quantity"), [("hidden", "net_input_noise"), ("hidden", "activation_noise"), ("input", "activation_noise")]
)
def test_noise_of_a_group_is_part_of_what_units_show(
    net: cn.Network, examples: cn.ExampleSet, engine: str, group: str, quantity: str
) -> None:
    clean = net.activations(examples, group, engine)[-1]
    setattr(net[group], quantity, 0.1)
    noisy = net.activations(examples, group, engine)[-1]
    shown = [getattr(unit, quantity) for unit in net[group]]
    assert np.allclose(noisy - clean, shown)
    assert len(set(shown)) == len(shown)
    assert 0 not in shown


def test_noise_of_weights_is_another_for_each_case_and_leaves_the_weights(net: cn.Network, examples: cn.ExampleSet, engine: str) -> None:
    clean, before = net.outputs(examples, engine), net.weight_values
    net.projection("hidden", "output").weight_noise = cn.Noise(half_range=0.2)
    differences = net.outputs(examples, engine) - clean
    assert (net.weight_values == before).all()
    assert len(set(differences.ravel())) == len(examples)
    assert np.abs(differences).max() < 3 * 0.2


def test_passes_differ_and_start_again_when_the_seed_is_assigned(net: cn.Network, examples: cn.ExampleSet, engine: str) -> None:
    net["hidden"].net_input_noise = 0.1
    net.seed = 3
    first, second = net.outputs(examples, engine), net.outputs(examples, engine)
    assert (first != second).all()
    net.seed = 3
    assert (net.outputs(examples, engine) == first).all()


@pytest.mark.parametrize("during", ["training", "testing"])
def test_noise_is_limited_to_training_or_testing(net: cn.Network, examples: cn.ExampleSet, during: str) -> None:
    clean = net.outputs(examples)
    clean_run = cn.train(net.copy(), examples, cn.rule("steepest", rate=0.01), 2)
    net["hidden"].net_input_noise = cn.Noise(0.1, during=during)
    run = cn.train(net.copy(), examples, cn.rule("steepest", rate=0.01), 2)
    assert (run.errors != clean_run.errors) == (during == "training")
    assert bool((net.outputs(examples) != clean).any()) == (during == "testing")


def test_noise_of_training_continues_over_a_function_that_opens_sessions(net: cn.Network, examples: cn.ExampleSet) -> None:
    net["hidden"].net_input_noise = 0.1
    other = net.copy()
    run = cn.train(net, examples, "momentum", 6, seed=1)
    assert cn.train(other, examples, "momentum", 6, seed=1, until=lambda _: False).errors == run.errors


def test_copies_have_the_noise_of_the_original(net: cn.Network, examples: cn.ExampleSet) -> None:
    net["hidden"].activation_noise = 0.1
    net.projection("input", "hidden").weight_noise = 0.1
    assert (net.copy().outputs(examples) == net.outputs(examples)).all()


def test_the_derivative_is_that_of_the_network_with_this_noise(net: cn.Network) -> None:
    """The slope is that without activation noise: with y = f(x) + n, ∂y/∂x = f'(x)."""
    net["hidden"].activation_function = "tanh"
    net["hidden"].activation_noise, net["hidden"].net_input_noise = 0.3, 0.3
    weight = net.connection("input:0", "hidden:1").weight
    errors = {}
    for change in (-1e-6, 1e-6):
        weight.value = 0.5 + change
        net.seed = 1
        net.forward([1.0, 0.3])
        errors[change] = net.backward([0.2])
    weight.value, net.seed = 0.5, 1
    net.forward([1.0, 0.3])
    net.backward([0.2])
    assert weight.derivative == pytest.approx((errors[1e-6] - errors[-1e-6]) / 2e-6, rel=1e-6)


def test_impossible_noise_is_an_error_with_what_is_possible(net: cn.Network, examples: cn.ExampleSet) -> None:
    with pytest.raises(
        cn.errors.ParameterError, match=r"net_input_noise: is for hidden and output groups \(the role of 'input' is 'input'\)"
    ):
        net["input"].net_input_noise = 0.1
    with pytest.raises(cn.errors.ParameterError, match=r"must be a number \(the standard deviation\), a cn.Noise or None \(got 'much'\)"):
        net["hidden"].net_input_noise = "much"  # type: ignore[assignment]
    with pytest.raises(cn.errors.ParameterError, match="sd: must be a number of at least 0"):
        net["hidden"].net_input_noise = -1.0
    with pytest.raises(cn.errors.ParameterError, match="give either sd or half_range"):
        cn.Noise()
    with pytest.raises(cn.errors.ParameterError, match=r"Noise.during: must be one of both, training, testing \(got 'lunch'\)"):
        cn.Noise(0.1, during="lunch")
    logistic = cn.Network("logistic")
    logistic.add_group("output", 1, role="output", error="cross_entropy")
    with pytest.raises(cn.errors.ParameterError, match="needs activations from 0 to 1, which noise can leave; assign net_input_noise"):
        logistic["output"].activation_noise = 0.1
    net.projection("input", "hidden").weight_noise = 0.1
    with pytest.raises(cn.errors.ParameterError, match="cannot show noise on weights"):
        cn.step(net, [0, 1])


@pytest.mark.parametrize("given", [0, 0.0, None])
def test_no_noise_may_be_assigned(net: cn.Network, given: float | None) -> None:
    net["hidden"].net_input_noise = 0.1
    net["hidden"].net_input_noise = given
    assert net["hidden"].net_input_noise is None
