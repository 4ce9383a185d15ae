"""Settling one unit after another, with a temperature, and with dynamic units; in both engines."""

import warnings

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError, WiringError
from connectionist.utils.arrays import Array

ORDERS = ["synchronous", "fixed", "permuted", "sampled"]


def recurrent(seed: int, **options: object) -> cn.Network:
    """Return eight units with random symmetric weights and an input each."""
    draw = np.random.default_rng(seed)
    net = cn.Network("recurrent")
    net.add_group("input", 8, role="input")
    net.add_group("pool", 8, initial=0.2, **options)  # type: ignore[arg-type]
    net.connect("input", "pool", "one_to_one", weights=0.5)
    weights = draw.uniform(-1, 1, (8, 8)) * (0.2 if options.get("output_function") == "rectified" else 1.0)
    net.connect("pool", "pool", ~np.eye(8, dtype=bool), delay=1, weights=(weights + weights.T) / 2)
    return net


def given(seed: int) -> Array:
    return np.random.default_rng(seed).uniform(-1, 1, 8)


KINDS: list[dict[str, object]] = [
    {},
    {"activation": cn.activation_function("interactive_activation"), "output_function": "rectified"},
    {"activation": "brain_state_in_a_box"},
    {"activation": "tanh", "output_function": "logistic"},
    {"integrates": "net_input", "dt": 0.3, "initial_net_input": 0.1},
    {"integrates": "activation", "dt": 0.3},
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("options", KINDS)
def test_both_engines_pass_through_the_same_states(options: dict[str, object], order: str) -> None:
    net = recurrent(1, **options)
    found = [cn.settle(net, given(1), 1e-9, 3000, engine, order=order, seed=5) for engine in ("local", "compiled")]
    assert found[0].is_settled
    assert found[0].ticks == found[1].ticks
    np.testing.assert_allclose(found[1].activations, found[0].activations, atol=1e-12, rtol=0)
    if "output_function" in options:
        net.name = "renamed"
        found.append(cn.settle(net, given(1), 1e-9, 3000, order=order, seed=5))
        for each, name in zip(found, ("recurrent", "recurrent", "renamed"), strict=True):
            message = f"^{name}: goodness is for weighted sums of activations, and group 'pool' has the output function"
            with pytest.raises(WiringError, match=message):
                each.goodness  # noqa: B018
    else:
        np.testing.assert_allclose(found[1].goodness, found[0].goodness, atol=1e-11, rtol=0)


@pytest.mark.parametrize("order", ["fixed", ["pool:7", "pool:6", "pool:5", "pool:4", "pool:3", "pool:2", "pool:1", "pool:0", "pool:7"]])
def test_units_are_computed_from_the_present_activations(engine: str, order: str | list[str]) -> None:
    net = recurrent(2)
    weights = np.zeros((8, 8))
    for connection in net.projection("pool", "pool"):
        weights[connection.receiver.index, connection.sender.index] = connection.weight.value
    y, inputs = np.full(8, 0.2), given(2)
    sequence = range(8) if order == "fixed" else [int(name[-1]) for name in order]
    settled = cn.settle(net, inputs, 1e-6, 500, engine, order=order)
    for tick in range(3):
        for unit in sequence:
            y[unit] = 1 / (1 + np.exp(-(weights[unit] @ y + 0.5 * inputs[unit])))
        np.testing.assert_allclose(settled.activations[tick], y, rtol=1e-13)


def test_random_orders_depend_on_the_seed_only(engine: str) -> None:
    net = recurrent(3)
    first, again, other = (cn.settle(net, given(3), 1e-6, 500, engine, order="sampled", seed=seed).activations for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first[0].tolist() != other[0].tolist()


def test_goodness_never_falls_if_threshold_like_units_are_computed_one_after_another(engine: str) -> None:
    # With this gain the logistic units are nearly 0 or 1, as in a Hopfield net
    net = recurrent(4, activation=cn.activation_function("logistic", gain=10_000.0), biased=False)
    settled = cn.settle(net, given(4), order="permuted", engine=engine)
    assert (np.diff(settled.goodness) > -1e-9).all()
    y = settled.activations[-1]
    pairs = sum(c.weight.value * y[c.sender.index] * y[c.receiver.index] for c in net.projection("pool", "pool")) / 2
    assert settled.goodness[-1] == pytest.approx(pairs + 0.5 * given(4) @ y)
    assert cn.goodness(net) == settled.goodness[-1]


@pytest.mark.parametrize("order", ["synchronous", "permuted"])
def test_the_temperature_divides_the_gain(engine: str, order: str) -> None:
    net, inputs = recurrent(5, activation=cn.activation_function("logistic", gain=2.0)), given(5)
    annealed = cn.settle(net, inputs, 1e-6, 200, engine, order=order, temperature=[(1, 8.0), (5, 4.0), (9, 0.5)])
    temperatures = [8.0, 7.0, 6.0, 5.0, 4.0, 3.125, 2.25, 1.375, *[0.5] * 200]
    as_function = cn.settle(net, inputs, 1e-6, 200, engine, order=order, temperature=lambda tick: temperatures[tick - 1])
    assert annealed.activations.tobytes() == as_function.activations.tobytes()
    assert annealed.ticks >= 9
    assert net["pool"].activation_function.gain == 2.0
    hot = cn.settle(recurrent(5, activation=cn.activation_function("logistic", gain=0.25)), inputs, 1e-6, 200, engine, order=order)
    np.testing.assert_allclose(annealed.activations[0], hot.activations[0], rtol=1e-14)


@pytest.mark.parametrize("order", ["synchronous", "sampled"])
def test_without_a_criterion_all_ticks_run(engine: str, order: str) -> None:
    settled = cn.settle(recurrent(1), given(1), None, 300, engine, order=order)
    assert (settled.is_settled, settled.ticks, len(settled.activations)) == (False, 300, 300)


def test_clamped_units_keep_their_activation(engine: str) -> None:
    net = recurrent(6)
    clamp = [float("nan")] * 7 + [0.9]
    settled = cn.settle(net, {"input": given(6), "pool": clamp}, order="permuted", engine=engine)
    assert (settled.activations[:, 7] == 0.9).all()
    assert net["pool"][7].activation == 0.9


def test_lesioned_units_stay_at_0(engine: str) -> None:
    net = recurrent(7)
    net.lesion(net["pool"][2], net["input"][1])
    settled = cn.settle(net, given(7), order="fixed", engine=engine)
    assert settled.activations.shape[1] == 7
    assert net["pool"][2].activation == 0.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": "random"}, r"settle\.order: must be one of synchronous, fixed, permuted, sampled, or a sequence of units or their"),
        ({"order": ["pool:0"]}, r"settle\.order: must have each computed unit at least once \('pool:1' is missing\)"),
        ({"order": ["input:0"]}, r"settle\.order: must have computed units of recurrent only \(got 'input:0'\)"),
        ({"temperature": 0.0}, r"settle\.temperature: must be above 0 and finite \(got 0\.0 at tick 1\)"),
        ({"temperature": [(2, 1.0), (1, 2.0)]}, "or pairs .tick, temperature. with rising ticks"),
        ({"temperature": lambda: 1.0}, r"settle\.temperature: a function must take one argument, the tick \(got <function"),
        ({"temperature": "hot"}, r"settle\.temperature: must be a number, a function of the tick, or pairs"),
        ({"temperature": lambda tick: 3 - tick}, r"must be above 0 and finite \(got 0 at tick 3\)"),
        ({"seed": -1}, "settle.seed"),
        ({"order": 5}, r"settle\.order: must be one of synchronous, fixed, permuted, sampled, or a sequence of units .* \(got 5\)"),
        ({"order": [["pool:0"]]}, r"settle\.order: must be one of"),
        ({"order": {"pool:0"}}, r"settle\.order: must be in an order, such as a list \(got a set"),
    ],
)
def test_wrong_arguments_raise(options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.settle(recurrent(1), given(1), **options)  # type: ignore[arg-type]


def test_networks_that_cannot_run_in_the_order_raise() -> None:
    net = recurrent(1)
    net.connect("input", "pool", delay=2)
    with pytest.raises(WiringError, match="input → pool has a delay of 2, and units that are computed one after another have no past"):
        cn.settle(net, given(1), order="fixed")
    net = recurrent(1)
    net["pool"].net_input_noise = cn.Noise(0.1, during="both")
    with pytest.raises(WiringError, match="units that are computed one after another have no noise"):
        cn.settle(net, given(1), order="fixed")
    net = recurrent(1, activation="softmax")
    with pytest.raises(WiringError, match=r"the units of group 'pool' are computed together \(softmax\)"):
        cn.settle(net, given(1), order="fixed")
    with pytest.raises(ParameterError, match="needs a group whose activation function has a parameter 'temperature' or 'gain'"):
        cn.settle(recurrent(1, activation="linear"), given(1), temperature=2.0)


def test_stochastic_units_sample_the_boltzmann_distribution(engine: str) -> None:
    # Two units that excite each other, at temperature 2: the state (y, z) has the probability e^(G/T) over the sum for all states
    net = cn.Network("pair")
    net.add_group("input", 1, role="input")
    net.add_group("pair", 2, activation=cn.activation_function("binary_stochastic"), biased=False)
    net.connect("input", "pair", weights=[[-0.5, 0.25]])
    net.connect("pair", "pair", ~np.eye(2, dtype=bool), delay=1, weights=1.5)
    ticks = 60_000 if engine == "compiled" else 3000
    states = cn.settle(net, [1.0], None, ticks, engine, order="sampled", temperature=2.0, seed=4).activations
    assert set(np.unique(states)) == {0.0, 1.0}
    goodness = {(y, z): -0.5 * y + 0.25 * z + 1.5 * y * z for y in (0, 1) for z in (0, 1)}
    weights = {state: np.exp(value / 2.0) for state, value in goodness.items()}
    for state, weight in weights.items():
        found = (states == state).all(axis=1).mean()
        assert found == pytest.approx(weight / sum(weights.values()), abs=0.01 if engine == "compiled" else 0.04)
    other = "local" if engine == "compiled" else "compiled"
    again = cn.settle(net, [1.0], None, 500, other, order="sampled", temperature=2.0, seed=4).activations
    first = cn.settle(net, [1.0], None, 500, engine, order="sampled", temperature=2.0, seed=4).activations
    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize("order", ["synchronous", "fixed"])
def test_what_has_no_kernel_is_settled_by_local(order: str) -> None:
    for name in ("distance", "product"):
        net = recurrent(8, input_function=name)
        wanted = cn.settle(net, given(8), None, 20, "local", order=order).activations
        with pytest.warns(UserWarning, match=f"settling group 'pool' with '{name}': the engine 'compiled' has no kernels for it"):
            found = cn.settle(net, given(8), None, 20, order=order).activations
        assert found.tobytes() == wanted.tobytes()


@pytest.mark.parametrize("has_units", [True, False])
def test_networks_without_connections_or_units_settle(engine: str, has_units: bool) -> None:
    net = cn.Network("bare")
    net.add_group("pool", 3, integrates="net_input", dt=0.5, initial_net_input=1.0, biased=False)
    if not has_units:
        net.lesion(*net["pool"])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "settling 'bare', which has no computed unit")
        settled = cn.settle(net, [], engine=engine)
    assert settled.is_settled
    assert settled.activations.shape[1] == (3 if has_units else 0)


def test_a_constant_temperature_does_not_take_memory_for_all_ticks() -> None:
    assert cn.settle(recurrent(1), given(1), ticks=1_000_000, temperature=np.float32(1.0)).ticks < 300  # type: ignore[arg-type]


def test_great_inputs_give_no_warning() -> None:
    net = recurrent(1)
    settled = cn.settle(net, np.full(8, 1e200), None, 5)
    assert (settled.activations[-1] == 1.0 - 2.0**-53).all()
