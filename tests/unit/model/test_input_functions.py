"""Input functions: distance and product in the objects, in time, and in files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.reporting.file_tables import network_tables


def network(name: str, *, biased: bool = True, in_time: bool = False) -> cn.Network:
    """Return a network 3-4-2 whose hidden units have an input function."""
    net = cn.Network(name)
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, activation="gaussian" if name == "distance" else "tanh", input_function=name, biased=biased)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    if in_time:
        net.connect("hidden", "hidden", delay=1)
    net.randomize(1.0, seed=4)
    return net


def examples(in_time: bool = False) -> cn.ExampleSet:
    random = cn.random_stream(1, "cases")
    inputs, targets = random.random((3, 3)), random.random((3, 2))
    if not in_time:
        return cn.ExampleSet.from_arrays(inputs, targets)
    return cn.ExampleSet([cn.Example.sequence(np.tile(x, (3, 1)), np.tile(t, (3, 1))) for x, t in zip(inputs, targets, strict=True)])


@pytest.mark.parametrize("name", ["distance", "product"])
@pytest.mark.parametrize("in_time", [False, True])
def test_derivatives_are_central_differences(name: str, in_time: bool) -> None:
    net, cases = network(name, in_time=in_time), examples(in_time)
    net.tie_derivative = "sum"
    _, derivatives = cn.error_derivatives(net, cases, "local")
    for weight, derivative in zip(net.weights, derivatives, strict=True):
        value, errors = weight.value, []
        for step in (1e-5, -1e-5):
            weight.value = value + step
            errors.append(cn.error_derivatives(net, cases, "local")[0])
        weight.value = value
        assert derivative == pytest.approx((errors[0] - errors[1]) / 2e-5, abs=1e-8)


def test_net_inputs_are_those_of_lens() -> None:
    for name, wanted in (
        ("distance", (0.5 - 2.0) ** 2 + (-1.0 - 3.0) ** 2 + (0.25 - 1.0) ** 2),
        ("product", 0.25 * 0.5 * 2.0 * -1.0 * 3.0),
    ):
        net = cn.Network(name)
        net.add_group("input", 2, role="input")
        net.add_group("output", 1, role="output", activation="linear", input_function=name)
        net.connect("input", "output", weights=[[0.5], [-1.0]])
        net.connection("bias", "output:0").weight.value = 0.25
        assert net.forward([2.0, 3.0]).tolist() == [pytest.approx(wanted)]


def test_a_factor_of_0_has_derivatives() -> None:
    net = cn.Network("zero")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output", activation="linear", input_function="product", biased=False)
    net.connect("input", "output", weights=[[0.0], [2.0]])
    net.forward([3.0, 4.0])
    net.backward([-1.0])
    assert [weight.derivative for weight in net.weights] == [24.0, 0.0]


def test_copies_and_files_keep_the_function(tmp_path: Path) -> None:
    net = network("distance")
    cn.save_network(net, tmp_path / "net.npz")
    for copy in (net.copy(), cn.load_network(tmp_path / "net.npz")):
        assert repr(copy["hidden"].input_function) == "SquaredDistance()"
        np.testing.assert_array_equal(copy.forward([1.0, 0.5, 0.25]), net.forward([1.0, 0.5, 0.25]))


def test_descriptions_name_the_function() -> None:
    net = network("distance")
    assert "gaussian of distance" in str(net._repr_html_())
    assert "gaussian of distance" in str(network_tables(net)[0].rows)


@pytest.mark.parametrize("name", ["distance", "product"])
def test_explanations_agree_with_the_numbers(name: str) -> None:
    net = network(name)
    net.forward([1.0, 0.5, 0.25])
    net.backward([0.0, 1.0])
    explained = net.unit("hidden:1").explain()
    assert explained.net_input is not None
    assert explained.net_input.total == net.unit("hidden:1").net_input
    assert explained.net_input.terms[0].name == name
    assert all(each.derivative.copies.agreement == "exact" for each in explained.weights)
    header = [line for line in str(explained).splitlines() if "net derivative" in line and "×" in line][-1]
    assert header.split("×")[1].strip() == "slope"


@pytest.mark.parametrize("name", ["distance", "product"])
def test_explanations_after_a_change_use_the_weights_before_it(name: str) -> None:
    net, one = network(name), cn.ExampleSet.from_arrays([[1.0, 0.5, 0.25]], [[0.0, 1.0]])
    cn.train(net, one, cn.rule("steepest", rate=0.5), 1, engine="local")
    explained: Any = net.unit("hidden:1").explain()
    assert explained.net_input.agreement == "exact"
    assert all(each.derivative.copies.agreement == "exact" for each in explained.weights)
    connection = net.connection("input:0", "hidden:1").explain()
    assert connection.sent is None
    assert f"the net input of hidden:1 is no weighted sum, but '{name}'" in str(connection)
    assert connection.returned is not None
    assert [factor for factor, _ in connection.returned.factors] == ["net_derivative", "slope"]
    sender: Any = net.unit("input:0").explain()
    assert sender.activation_derivative.agreement == "exact"


def test_what_cannot_have_an_input_function() -> None:
    net = cn.Network("net")
    with pytest.raises(cn.errors.ParameterError, match=r"group 'input', input_function: is for hidden and output groups only"):
        net.add_group("input", 2, role="input", input_function="distance")
    with pytest.raises(cn.errors.ParameterError, match="units that integrate their activation have the weighted sum only"):
        net.add_group("hidden", 2, integrates="activation", input_function="distance")
    with pytest.raises(cn.errors.UnknownNameError, match="unknown input function 'distances'; did you mean 'distance'"):
        net.add_group("hidden", 2, input_function="distances")
    net = network("product")
    with pytest.raises(cn.errors.ParameterError, match="input_function: cannot change; choose it in add_group"):
        net["hidden"].input_function = "distance"
    for procedure in ("feedback_alignment", "predictive_coding"):
        with pytest.raises(
            cn.errors.WiringError, match="needs net inputs that are weighted sums, and those of group 'hidden' are 'product'"
        ):
            cn.train(net, examples(), "steepest", 1, procedure=procedure)
    with pytest.raises(cn.errors.ParameterError, match="residuals need net inputs that are weighted sums"):
        cn.train(net, examples(), "gauss_newton", 1)
    with pytest.raises(cn.errors.FormatError, match=r"weighted sums only, and group 'hidden' has the input function 'product'"):
        cn.write_network(net, "net.py", "numpy")
