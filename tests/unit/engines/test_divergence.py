"""Training that diverges stops, names the epoch and the unit, and keeps the weights and the log from before that epoch."""

import math

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.divergence import NanGuard, find_non_finite
from connectionist.errors import DivergenceError


@pytest.fixture
def linear() -> cn.Network:
    net = cn.Network("runaway")
    net.add_group("input", 1, role="input")
    net.add_group("middle", 1, activation="linear", biased=False)
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "middle", weights=1.0)
    net.connect("middle", "output", weights=1.0)
    return net


@pytest.fixture
def one() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[1.0]], [[0.0]])


def test_training_stops_names_the_epoch_and_the_unit_and_keeps_the_weights_from_before(
    linear: cn.Network, one: cn.ExampleSet, engine: str
) -> None:
    rule = cn.rule("steepest", rate=1e10)
    with pytest.raises(DivergenceError) as stopped:
        cn.train(linear, one, rule, 100, engine=engine)
    run = stopped.value.run
    message = str(stopped.value)
    assert message.startswith(f"runaway: training diverged in epoch {run.epochs + 1}, at ")
    assert "unit middle:0" in message or "unit output:0" in message or "connection " in message
    assert "the weights from before that epoch are kept" in message
    assert run.stopped == "diverged"
    assert all(map(math.isfinite, run.errors))
    assert np.isfinite(linear.weight_values).all()
    kept = linear.weight_values
    linear.weight_values = [1.0, 1.0]
    cn.train(linear, one, rule, run.epochs, engine="local")
    assert kept == pytest.approx(linear.weight_values, rel=1e-9)


def test_an_engine_can_train_on_after_a_divergence(linear: cn.Network, one: cn.ExampleSet, engine: str) -> None:
    with pytest.raises(DivergenceError):
        cn.train(linear, one, cn.rule("steepest", rate=1e10), 100, engine=engine)
    linear.weight_values = [1.0, 1.0]
    run = cn.train(linear, one, cn.rule("steepest", rate=0.1), 200, engine=engine)
    assert run.error < 1e-3


def test_the_first_unit_in_the_order_of_computation_is_named(linear: cn.Network) -> None:
    linear.forward([1.0])
    linear.unit("output:0").activation = math.inf
    assert find_non_finite(linear) == "unit output:0, whose activation became inf"
    linear.unit("middle:0").net_input = math.nan
    assert find_non_finite(linear) == "unit middle:0, whose net_input became nan"


def test_if_all_units_are_finite_a_connection_or_the_most_active_output_unit_is_named(linear: cn.Network) -> None:
    linear.forward([1e200])
    assert find_non_finite(linear) == "unit output:0, whose error became infinite when its activation was 1e+200"
    linear.connections[1].weight._overwrite(math.inf)
    assert find_non_finite(linear) == "connection middle:0 → output:0, whose weight became inf"


def test_a_guard_restores_the_weights_it_saved(linear: cn.Network) -> None:
    guard = NanGuard(linear)
    linear.weight_values = [2.0, 3.0]
    guard.save_weights()
    assert guard.restore_if_diverged(0.5) is None
    linear.connections[0].weight._overwrite(math.nan)
    assert guard.restore_if_diverged(0.5) is not None
    assert linear.weight_values.tolist() == [2.0, 3.0]
    linear.weight_values = [4.0, 5.0]
    assert guard.restore_if_diverged(math.nan) is not None
    assert linear.weight_values.tolist() == [2.0, 3.0]


OVERFLOWS: list[tuple[str, float, float | None]] = [
    ("bcm", 1.0, 1e300),
    ("sanger", 1e160, 1.0),
    ("kohonen", 1e160, 1.0),
    ("kohonen", 1.0, 1e300),
]
OVERFLOWS += [("scaled_conjugate_gradient", 1e200, None)]


@pytest.mark.filterwarnings("error")  # also those of NumPy, which come as an error then
@pytest.mark.parametrize(("rule", "scale", "rate"), OVERFLOWS)
def test_a_divergence_in_numpy_gives_the_error_alone(rule: str, scale: float, rate: float | None) -> None:
    net = cn.Network("steep")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output", activation="linear", biased=False)
    net.connect("input", "output", weights=[[0.5, -0.25], [0.125, 0.75]])
    targets = np.full((2, 2), np.nan if rate else 1.0)
    examples = cn.ExampleSet.from_arrays([[scale, 0.5 * scale], [0.25 * scale, scale]], targets)
    with pytest.raises(DivergenceError, match=r"steep: training diverged in epoch \d, at "):
        cn.train(net, examples, cn.rule(rule, rate=rate) if rate else rule, 9, engine="local")
    assert np.isfinite(net.weight_values).all()


def test_derivatives_of_a_map_whose_distances_are_infinite_are_no_numbers(engine: str) -> None:
    net = cn.Network("map")
    net.add_group("input", 1, role="input")
    net.add_group("output", 2, role="output", biased=False)
    net.connect("input", "output")
    _, derivatives = cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1e160]], [[np.nan, np.nan]]), engine, "kohonen")
    assert np.isnan(derivatives).all()


def test_functions_of_the_user_have_the_warnings_of_numpy(engine: str) -> None:
    net = cn.Network("warned")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        cn.train(net, cn.ExampleSet.from_arrays([[1.0]], [[1.0]]), "steepest", 1, engine=engine, after_example=lambda _: note(np.log(0.0)))


def note(_: object) -> None:
    """Return nothing, as functions after examples must."""
