"""The arrays that settling keeps between calls of one network are made again after every change that they depend on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_plugins.engines.compiled.layout.trajectory import layout_of

INPUTS = {"external": [0.5, 0.0, 1.0, 0.0, 0.2]}
CLAMPED = {**INPUTS, "b": [np.nan, 0.3, np.nan]}


def make_net(kind: str) -> cn.Network:
    """Return a network with delays of 1, in a dense matrix or sparse, or with several delays."""
    net, numbers = cn.Network(kind), np.random.default_rng(3)
    iac = cn.activation_function("interactive_activation")
    net.add_group("external", 5, role="input")
    net.add_group("a", 5, activation=iac, initial=-0.1, output_function="rectified", biased=False)
    net.add_group("b", 3, integrates="net_input", dt=0.4, role="output")
    net.connect("external", "a", "one_to_one", weights=0.4)
    density, delay = {"dense": (1.0, 1), "sparse": (0.2, 1), "delays": (0.6, 3)}[kind]
    for ends in (("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")):
        net.connect(
            *ends, pattern=numbers.random((len(net[ends[0]]), len(net[ends[1]]))) < density, delay=delay if ends == ("a", "b") else 1
        )
    if kind == "delays":
        net.connect("external", "b", delay=2)
    net.randomize(0.5, seed=1)
    return net


def change_weights(net: cn.Network) -> None:
    net.weight_values = net.weight_values * 1.5


def change_weight(net: cn.Network) -> None:
    net.weights[-1].value = 0.7


def change_function(net: cn.Network) -> None:
    net["a"].activation_function = cn.activation_function("interactive_activation", decay=0.3)


def change_parameter(net: cn.Network) -> None:
    object.__setattr__(net["a"].activation_function, "decay", 0.2)


def change_output(net: cn.Network) -> None:
    net["a"].output_function = "linear"


def change_initial(net: cn.Network) -> None:
    net["a"].initial = 0.25
    net["b"].initial_net_input = 0.4


def change_dt(net: cn.Network) -> None:
    net["b"].dt = 0.7


def change_clamping(net: cn.Network) -> None:
    net["b"].clamping = "external"


def change_states(net: cn.Network) -> None:
    for unit in net.units:
        unit.activation = 0.8
        if unit.group.name in "ab":
            unit.net_input = 0.7


def run_in_between(net: cn.Network) -> None:
    cn.settle(net, CLAMPED, None, 4, "local")
    net.forward({"external": np.ones((3, 5)), "a": np.full((3, 5), 0.4)})
    cn.settle(net, INPUTS, None, 4, temperature=[(1, 2.0), (4, 0.5)])
    net.outputs([cn.Example.sequence(np.ones((2, 5)), np.zeros((2, 3)))])


def remake_formula(net: cn.Network) -> None:
    net["b"].activation_function = cn.activation_function("logistic", gain=0.6)


def add_parts(net: cn.Network) -> None:
    net.add_group("c", 2, activation="tanh")
    net.connect("b", "c", weights=0.3, delay=1)
    net.connect("c", "a", weights=-0.2, delay=1)


def tie(net: cn.Network) -> None:
    net.tie([net.connection("c:0", "a:0"), net.connection("c:1", "a:0")]).value = 0.6


def remove_part(net: cn.Network) -> None:
    net.remove_group("c")


def draw_weights(net: cn.Network) -> None:
    net.randomize(0.3, seed=5)


def lesion(net: cn.Network) -> None:
    net.lesion("a:1")
    net.lesion("external:2")


def restore(net: cn.Network) -> None:
    net.restore()


CHANGES = (
    *(change_weights, change_weight, change_function, change_parameter, change_output, change_initial, change_dt, change_clamping),
    *(change_states, run_in_between, remake_formula, lesion, add_parts, tie, restore, remove_part, draw_weights),
)


def settled(net: cn.Network, engine: str, inputs: Any, **how: Any) -> list[Any]:
    """Return what a settling of 25 ticks returns and shows."""
    result = cn.settle(net, inputs, None, 25, engine, **how)
    return [result.activations, result.change, net.state.array("activation").copy(), net.state.array("net_input").copy()]


@pytest.mark.parametrize("kind", ["dense", "sparse", "delays"])
def test_it_is_current_after_every_change(kind: str) -> None:
    net = make_net(kind)
    orders = ["synchronous"] if kind == "delays" else ["synchronous", "fixed"]
    settled(net, "compiled", INPUTS)
    for change in CHANGES:
        change(net)
        for order in orders:
            fresh, objects = net.copy(), net.copy()
            for inputs in (INPUTS, {"external": [0.0, 0.9, 0.0, 0.1, 0.0]}, CLAMPED, INPUTS):
                found = settled(net, "compiled", inputs, order=order)
                if inputs is not INPUTS:
                    for one, other in zip(found, settled(fresh, "compiled", inputs, order=order), strict=True):
                        np.testing.assert_array_equal(one, other, err_msg=f"{change.__name__} {order}")
            for one, other in zip(found, settled(objects, "local", INPUTS, order=order), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12, err_msg=f"{change.__name__} {order}")


def test_noise_that_is_added_and_removed_counts_from_the_next_call_on() -> None:
    adds: tuple[Callable[[cn.Network, cn.Noise | None], None], ...] = (
        lambda net, size: setattr(net["a"], "net_input_noise", size),
        lambda net, size: setattr(net["b"], "activation_noise", size),
        lambda net, size: setattr(net.projection("a", "b"), "weight_noise", size),
    )
    for add in adds:
        net = make_net("dense")
        without = settled(net, "compiled", INPUTS)
        add(net, cn.Noise(0.1, during="testing"))
        objects = net.copy()
        with pytest.warns(UserWarning, match="settling 'dense' with noise: the engine 'compiled' has no kernels for it"):
            found = settled(net, "compiled", INPUTS)
        np.testing.assert_array_equal(found[0], settled(objects, "local", INPUTS)[0])
        assert np.abs(found[0] - without[0]).max() > 0.001
        add(net, None)
        for one, other in zip(settled(net, "compiled", INPUTS), without, strict=True):
            np.testing.assert_array_equal(one, other)


def test_inputs_are_those_of_the_call() -> None:
    net, inputs = make_net("dense"), np.array(INPUTS["external"])
    first = cn.settle(net, inputs, None, 25)
    np.testing.assert_array_equal(first.activations, cn.settle(net, INPUTS, None, 25).activations)
    before, inputs[1] = first.activations.copy(), 0.9
    np.testing.assert_array_equal(first.activations, before)
    for given in (inputs, inputs.tolist(), inputs.astype(np.float32), np.repeat(inputs, 2)[::2], inputs[:, None], np.ma.array(inputs)):
        found = cn.settle(net, given, None, 25)
        np.testing.assert_allclose(found.activations, settled(net.copy(), "local", inputs)[0], rtol=1e-6, atol=1e-12)
    for wrong in (np.array([0.5, np.nan, 1.0, 0.0, 0.2]), np.array([0.5, 0.0, 1.0, -np.inf, 0.2])):
        with pytest.raises(cn.errors.DataError, match="must be finite"):
            cn.settle(net, wrong, None, 25)


def goodness_by_hand(net: cn.Network) -> float:
    total = 0.0
    for each in net.connections:
        share = 1.0 if each.sender in (*net.schedule.inputs, net.unit("bias")) else 0.5
        total += share * each.weight.value * each.sender.activation * each.receiver.activation
    return total


def test_goodness_is_that_of_the_call() -> None:
    net = cn.task("necker-cube").network(0)
    pairs = []
    changes: tuple[Callable[[], None], ...] = (lambda: None, lambda: change_weights(net), lambda: net.lesion(net.schedule.units[3]))
    for change in changes:
        change()
        result = cn.settle(net, np.zeros(len(net.schedule.inputs)), None, 20)
        pairs.append((result, goodness_by_hand(net)))
    for result, by_hand in pairs:
        assert result.goodness[-1] == pytest.approx(by_hand, rel=1e-12)
    assert len({by_hand for _, by_hand in pairs}) == 3


def test_results_of_earlier_calls_stay_as_they_are() -> None:
    net = make_net("dense")
    first = cn.settle(net, INPUTS, None, 30)
    before = first.activations.copy()
    cn.settle(net, CLAMPED, None, 30)
    np.testing.assert_array_equal(first.activations, before)


def test_few_ticks_of_many_do_not_keep_memory_for_all() -> None:
    net = make_net("dense")
    result = cn.settle(net, INPUTS, criterion=0.5, ticks=1000)
    assert result.ticks < 10
    assert result.activations.base is None or result.activations.base.nbytes < 4 * result.activations.nbytes


def test_a_formula_that_is_replaced_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    net = make_net("dense")
    kind: Any = type(net["a"].activation_function)
    before = settled(net, "compiled", INPUTS)

    def activation(self: Any, net_input: float, previous: float) -> float:
        return 0.5 * net_input + 0.1 * previous

    monkeypatch.setattr(kind, "activation", activation)
    found, local = settled(net, "compiled", INPUTS), settled(net, "local", INPUTS)
    np.testing.assert_allclose(found[0], local[0], rtol=1e-12, atol=1e-12)
    assert np.abs(found[0] - before[0]).max() > 0.01


def test_a_function_that_another_thread_assigns_meanwhile_counts_in_the_next_call() -> None:
    class Groups(list[Any]):
        """Groups of which one gets another function when they are gone through for the second time."""

        times = 0

        def __iter__(self) -> Iterator[Any]:
            self.times += 1
            if self.times == 2:
                change_function(net)
            return super().__iter__()

    net = make_net("dense")
    layout = layout_of(net)
    object.__setattr__(layout, "groups", Groups(layout.groups))
    first = settled(net, "compiled", INPUTS)[0]
    assert net["a"].activation_function.decay == 0.3
    second = settled(net, "compiled", INPUTS)[0]
    np.testing.assert_array_equal(second, settled(net.copy(), "compiled", INPUTS)[0])
    assert np.abs(second - first).max() > 0.001


def test_two_networks_settle_in_two_threads() -> None:
    nets = [make_net("dense"), make_net("sparse")]
    wanted = [settled(net.copy(), "compiled", INPUTS)[0] for net in nets]
    run: Callable[[cn.Network], Any] = lambda net: [settled(net, "compiled", INPUTS)[0] for _ in range(50)]  # noqa: E731
    with ThreadPoolExecutor(2) as pool:
        for found, right in zip(pool.map(run, nets), wanted, strict=True):
            for each in found:
                np.testing.assert_array_equal(each, right)
