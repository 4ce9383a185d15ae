"""Networks in time against another program's automatic differentiation, torch in float64, to 1e-12 relative.

Twice over. The models of the literature are written out in matrices, as their papers have them: an error of any tick back through all
ticks and delays, or through a few of them; Elman's and Jordan's context; leaky integrators. And random networks with everything a
network can have are built a second time, unit by unit and tick by tick, from nothing but the graph and documented attributes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.testing import random_network

torch: Any = pytest.importorskip("torch", reason="torch is in the dependency group 'peers'")

NAMES: dict[str, Any] = {
    "activations": ("logistic", "tanh", "linear", "rectified", "softmax"),
    "errors": ("squared", "cross_entropy", "divergence"),
}
IN_TIME = {"delays": True, "integrators": True, "initial": True}
SLOW = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
FUNCTIONS = {"logistic": torch.sigmoid, "tanh": torch.tanh, "linear": lambda x: x, "rectified": torch.relu}


def tensor(values: Any) -> Any:
    return torch.tensor(np.asarray(values, dtype=float), dtype=torch.float64)


def error(name: str, y: Any, d: Any, margin: float = 0.0) -> Any:
    """E of some outputs, those without target and those within the margin left out."""
    counts = ~torch.isnan(d) & ~torch.where(d >= 0.5, margin > d - y, margin > y - d) if margin else ~torch.isnan(d)
    y, d = y[counts], d[counts]
    if name == "squared":
        return 0.5 * ((y - d) ** 2).sum()
    on = torch.xlogy(d, d) - torch.xlogy(d, y)
    return on.sum() if name == "divergence" else (on + torch.xlogy(1 - d, 1 - d) - torch.xlogy(1 - d, 1 - y)).sum()


def assert_near(got: Any, expected: Any) -> None:
    got, expected = np.asarray(got), np.asarray(expected)
    scale = float(np.nanmax(np.abs(expected), initial=0.0))
    assert np.allclose(got, expected, rtol=1e-12, atol=1e-12 * scale, equal_nan=True), np.nanmax(np.abs(got - expected)) / scale


# Models written out in matrices.

Step = Callable[[dict[str, Any], Any, list[dict[str, Any]]], dict[str, Any]]


def gradients(
    net: cn.Network, examples: cn.ExampleSet, start: dict[str, Any], step: Step, error_name: str
) -> tuple[list[Any], float, dict[str, Any]]:
    """Run a model whose `step` has weights, input and past states (the latest last) and returns the state, with "y" the outputs.

    Returns
    -------
    outputs of each example, E, and for each projection ∂E/∂w, in the network's convention for ties and ticks back.
    """
    w = {key(projection): tensor(projection.weights).requires_grad_() for projection in net.projections}
    sums = {name: torch.zeros_like(each) for name, each in w.items()}
    outputs, total = [], 0.0
    for example in examples:
        ticks = len(example.inputs)
        share = 1 / ticks if net.tie_derivative == "mean" else 1.0
        for tick in range(1, ticks + 1):
            past = [{name: tensor(value) for name, value in start.items()}] * 3
            for now in range(1, tick + 1):
                if net.ticks_back is not None and now == tick - net.ticks_back + 1:
                    past = [{name: value.detach() for name, value in state.items()} for state in past]
                past.append(step(w, tensor(example.inputs[now - 1]), past))
                if net.ticks_back is not None and now < tick - net.ticks_back + 1:
                    past[-1] = {name: value.detach() for name, value in past[-1].items()}
            here = error(error_name, past[-1]["y"], tensor(example.targets[tick - 1]))
            total += float(here.detach())
            if here.requires_grad:
                for name, found in zip(w, torch.autograd.grad(here, list(w.values()), allow_unused=True), strict=True):
                    sums[name] += 0.0 if found is None else share * found
        outputs.append(np.array([state["y"].detach().numpy() for state in past[3:]]))
    return outputs, total, sums


def key(projection: cn.Projection) -> str:
    return f"{projection.sender.name}>{projection.receiver.name}{projection.delay or ''}"


def assert_same_as_model(net: cn.Network, examples: cn.ExampleSet, start: dict[str, Any], step: Step, engine: str) -> None:
    error_name = net["output"].error_function.name
    outputs, total, sums = gradients(net, examples, start, step, error_name)
    found = net.outputs(examples, engine)
    for case, expected in enumerate(outputs):
        assert_near(found[case, : len(expected)], expected)
        assert np.isnan(found[case, len(expected) :]).all()
    found_error, derivatives = cn.error_derivatives(net, examples, engine)
    assert found_error == pytest.approx(total, rel=1e-12)
    for projection in net.projections:
        rows = [net.weights.index(connection.weight) for connection in projection]
        at = [(c.sender.index, c.receiver.index) for c in projection]
        assert_near(derivatives[rows], [float(sums[key(projection)][i, j]) for i, j in at])
        assert not projection.trainable or np.abs(derivatives[rows]).max() > 1e-7, projection


def sequences(width: int, outputs: int, lengths: Sequence[int] = (5, 2, 4, 1)) -> cn.ExampleSet:
    """Sequences of different lengths with some targets missing, those at the first tick of the last example there."""
    draw = np.random.default_rng(7)
    made = []
    for ticks in lengths:
        targets = draw.dirichlet([0.5] * outputs, ticks)
        targets[: ticks - 1][draw.random((ticks - 1, outputs)) < 0.3] = np.nan
        made.append(cn.Example.sequence(draw.normal(size=(ticks, width)), targets))
    return cn.ExampleSet(made)


def base(tie_derivative: str = "mean", ticks_back: int | None = None, hidden: dict[str, Any] | None = None, **output: Any) -> cn.Network:
    net = cn.Network("model", tie_derivative, ticks_back)
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, activation="tanh", initial=0.2, **(hidden or {}))
    net.add_group("output", 3, role="output", **output)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    return net


KINDS = pytest.mark.parametrize(
    ("activation", "error_name"), [("softmax", "divergence"), ("logistic", "cross_entropy"), ("tanh", "squared"), ("logistic", "squared")]
)


@KINDS
@pytest.mark.parametrize("ticks_back", [None, 1, 2, 3, 5])
@pytest.mark.parametrize("tie_derivative", ["mean", "sum"])
def test_error_through_all_ticks_or_some_with_delays_of_one_to_three(
    engine_in_time: str, activation: str, error_name: str, tie_derivative: str, ticks_back: int | None
) -> None:
    net = base(tie_derivative, ticks_back, activation=activation, error=error_name, initial=[0.1, 0.2, 0.7])
    for delay in (1, 2, 3):
        net.connect("hidden", "hidden", delay=delay)
    net.connect("output", "hidden", delay=1)
    net.connect("hidden", "output", delay=2)
    net.randomize(0.8, seed=1)
    f = {"softmax": lambda x: torch.softmax(x, 0), **FUNCTIONS}[activation]

    def step(w: dict[str, Any], x: Any, past: list[dict[str, Any]]) -> dict[str, Any]:
        into = w["bias>hidden"][0] + x @ w["input>hidden"] + past[-1]["y"] @ w["output>hidden1"]
        h = torch.tanh(into + sum(past[-delay]["h"] @ w[f"hidden>hidden{delay}"] for delay in (1, 2, 3)))
        return {"h": h, "y": f(w["bias>output"][0] + h @ w["hidden>output"] + past[-2]["h"] @ w["hidden>output2"])}

    start = {"h": [0.2] * 4, "y": [0.1, 0.2, 0.7]}
    assert_same_as_model(net, sequences(3, 3), start, step, engine_in_time)


@pytest.mark.parametrize("tie_derivative", ["mean", "sum"])
def test_a_simple_recurrent_network_is_one_whose_state_before_is_no_variable(engine_in_time: str, tie_derivative: str) -> None:
    net = base(tie_derivative, activation="softmax", error="divergence")
    cn.add_context(net, "hidden")
    net.connect("context", "hidden")
    net.randomize(0.8, seed=2)

    def step(w: dict[str, Any], x: Any, past: list[dict[str, Any]]) -> dict[str, Any]:
        c = w["hidden>context1"].nan_to_num().detach().T @ past[-1]["h"].detach()
        h = torch.tanh(w["bias>hidden"][0] + x @ w["input>hidden"] + c @ w["context>hidden"])
        return {"h": h, "y": torch.softmax(w["bias>output"][0] + h @ w["hidden>output"], 0)}

    examples = sequences(3, 3)
    outputs, total, sums = gradients(net, examples, {"h": [0.2] * 4}, step, "divergence")
    found, derivatives = cn.error_derivatives(net, examples, engine_in_time)
    assert found == pytest.approx(total, rel=1e-12)
    assert_near(net.outputs(examples, engine_in_time)[0], outputs[0])
    for projection in net.projections:
        if projection.trainable:
            rows = [net.weights.index(connection.weight) for connection in projection]
            assert_near(derivatives[rows], sums[key(projection)].T.reshape(-1))


@pytest.mark.parametrize("ticks_back", [None, 1, 2])
def test_jordans_state_units_keep_part_of_themselves(engine_in_time: str, ticks_back: int | None) -> None:
    net = base("sum", ticks_back, error="cross_entropy", initial=0.5)
    cn.add_context(net, "output", name="state", decay=0.6)
    net.connect("state", "hidden")
    net.randomize(0.8, seed=3)

    def step(w: dict[str, Any], x: Any, past: list[dict[str, Any]]) -> dict[str, Any]:
        s = past[-1]["y"].detach() + 0.6 * past[-1]["s"]
        h = torch.tanh(w["bias>hidden"][0] + x @ w["input>hidden"] + s @ w["state>hidden"])
        return {"s": s, "h": h, "y": torch.sigmoid(w["bias>output"][0] + h @ w["hidden>output"])}

    examples = sequences(3, 3)
    _, total, sums = gradients(net, examples, {"s": [0.0] * 3, "y": [0.5] * 3}, step, "cross_entropy")
    found, derivatives = cn.error_derivatives(net, examples, engine_in_time)
    assert found == pytest.approx(total, rel=1e-12)
    for projection in net.projections:
        if projection.trainable:
            rows = [net.weights.index(connection.weight) for connection in projection]
            assert_near(derivatives[rows], sums[key(projection)].T.reshape(-1))


@pytest.mark.parametrize("ticks_back", [None, 1, 2, 3])
@pytest.mark.parametrize("integrates", ["net_input", "activation"])
def test_leaky_integrators_of_both_kinds(engine_in_time: str, integrates: str, ticks_back: int | None) -> None:
    dt = np.array([0.3, 0.5, 0.9, 1.0])
    hidden: dict[str, Any] = {"integrates": integrates, "dt": dt}
    if integrates == "net_input":
        hidden["initial_net_input"] = -0.4
    net = base("mean", ticks_back, hidden, error="cross_entropy", integrates="net_input", dt=0.25)
    net.connect("hidden", "hidden", delay=1)
    net.connect("output", "hidden", delay=1)
    net.randomize(0.8, seed=4)

    def step(w: dict[str, Any], x: Any, past: list[dict[str, Any]]) -> dict[str, Any]:
        into = w["bias>hidden"][0] + x @ w["input>hidden"] + past[-1]["h"] @ w["hidden>hidden1"] + past[-1]["y"] @ w["output>hidden1"]
        a = tensor(dt)
        if integrates == "net_input":
            xh = a * into + (1 - a) * past[-1]["xh"]
            h = torch.tanh(xh)
        else:
            xh, h = into, a * torch.tanh(into) + (1 - a) * past[-1]["h"]
        xy = 0.25 * (w["bias>output"][0] + h @ w["hidden>output"]) + 0.75 * past[-1]["xy"]
        return {"xh": xh, "h": h, "xy": xy, "y": torch.sigmoid(xy)}

    start = {"xh": [-0.4] * 4, "h": [0.2] * 4, "xy": [0.0] * 3, "y": [0.0] * 3}
    assert_same_as_model(net, sequences(3, 3), start, step, engine_in_time)


# Random networks, unit by unit and tick by tick.

Moment = tuple[cn.Unit, int]


class Autograd:
    """One network in time as numbers of torch, each example after the other.

    If errors go back through a limited number of ticks, each tick's error is computed in a separate run, in which the activations of
    earlier ticks are constants.
    """

    def __init__(self, net: cn.Network, examples: cn.ExampleSet) -> None:
        self.net = net
        self.incoming: dict[cn.Unit, list[cn.Connection]] = {unit: [] for unit in net.graph.nodes}
        self.copies = dict.fromkeys(net.weights, 0)
        for _, receiver, data in net.graph.edges(data=True):
            for connection in (data["connection"], *data.get("delayed", ())):
                self.incoming[receiver].append(connection)
                self.copies[connection.weight] += 1
        self.w = {weight: torch.tensor(weight.value, dtype=torch.float64, requires_grad=True) for weight in net.weights}
        self.inputs = [unit for group in net.groups if group.role == "input" for unit in group]
        self.outputs = [unit for group in net.groups if group.role == "output" for unit in group]
        self.before: dict[Moment, tuple[float, float]] = {}
        self.error, self.derivatives = 0.0, np.zeros(len(net.weights))
        self.answers: list[np.ndarray] = []
        for example in examples:
            if not example.continues:
                self.before = {}
            self.present(example)

    def present(self, example: cn.Example) -> None:
        ticks = len(example.inputs)
        shares = np.array([1.0 if self.net.tie_derivative == "sum" else max(1, ticks * self.copies[weight]) for weight in self.net.weights])
        back = self.net.ticks_back
        for tick in range(1, ticks + 1):
            self.start(example, 0 if back is None else tick - back)
            found = self.error_at(tick, example)
            self.error += float(found.detach())
            if found.requires_grad:
                slopes = torch.autograd.grad(found, list(self.w.values()), allow_unused=True)
                self.derivatives += np.array([0.0 if slope is None else float(slope) for slope in slopes]) / shares
        self.answers.append(
            np.array([[float(self.activation(unit, tick).detach()) for unit in self.outputs] for tick in range(1, ticks + 1)])
        )
        self.before = self.carried(ticks)

    def start(self, example: cn.Example, constant_to: int) -> None:
        self.example, self.constant_to = example, constant_to
        self.x: dict[Moment, Any] = {}
        self.y: dict[Moment, Any] = {}
        self.coming_in: dict[Moment, Any] = {}
        for tick in range(1, len(example.inputs) + 1):
            for unit in self.net.graph.nodes:
                self.activation(unit, tick)

    def carried(self, ticks: int) -> dict[Moment, tuple[float, float]]:
        """Return what the next example may go on from: activations and net inputs of up to three ticks, numbered as of before it."""
        ago = range(ticks - 3, ticks + 1)
        units = [unit for unit in self.net.graph.nodes if unit.group.role != "bias"]
        return {
            (unit, tick - ticks): (float(self.activation(unit, tick).detach()), float(self.net_input(unit, tick).detach()))
            for unit in units
            for tick in ago
        }

    def error_at(self, tick: int, example: cn.Example) -> Any:
        total = tensor(0.0)
        for unit, target in zip(self.outputs, example.targets[tick - 1], strict=True):
            if not unit.lesioned:
                y = self.activation(unit, tick)
                total = total + error(unit.group.error_function.name, y[None], tensor([target]), unit.group.margin)
        return total

    def activation(self, unit: cn.Unit, tick: int) -> Any:
        if (unit, tick) not in self.y:
            y = self.find_activation(unit, tick)
            self.y[unit, tick] = y.detach() if tick <= self.constant_to else y
        return self.y[unit, tick]

    def find_activation(self, unit: cn.Unit, tick: int) -> Any:
        if unit.group.role == "bias":
            return tensor(1.0)
        if unit.lesioned:
            return tensor(0.0)
        if tick < 1:
            return tensor(self.before[unit, tick][0] if self.before else unit.group.initial[unit.index])
        if unit.group.role == "input":
            return tensor(self.example.inputs[tick - 1, self.inputs.index(unit)])
        x, name = self.net_input(unit, tick), unit.group.activation_function.name
        if name == "softmax":
            intact = [other for other in unit.group if not other.lesioned]
            return torch.softmax(torch.stack([self.net_input(other, tick) for other in intact]), 0)[intact.index(unit)]
        y = FUNCTIONS[name](x)
        if unit.group.timing.integrates != "activation":
            return y
        dt = float(unit.group.dt[unit.index])
        return dt * y + (1 - dt) * self.activation(unit, tick - 1)

    def net_input(self, unit: cn.Unit, tick: int) -> Any:
        if (unit, tick) not in self.x:
            x = self.find_net_input(unit, tick)
            self.x[unit, tick] = x.detach() if tick <= self.constant_to else x
        return self.x[unit, tick]

    def find_net_input(self, unit: cn.Unit, tick: int) -> Any:
        if unit.lesioned or unit.group.role == "input":
            return tensor(0.0)
        if tick < 1:
            return tensor(self.before[unit, tick][1] if self.before else unit.group.timing.initial_net_input[unit.index])
        total = torch.zeros((), dtype=torch.float64, requires_grad=True) * 1.0
        for connection in self.incoming[unit]:
            y = self.activation(connection.sender, tick - connection.delay)
            total = total + self.w[connection.weight] * (y if connection.backpropagate else y.detach())
        self.coming_in[unit, tick] = total
        if unit.group.timing.integrates != "net_input":
            return total
        dt = float(unit.group.dt[unit.index])
        return dt * total + (1 - dt) * self.net_input(unit, tick - 1)


def is_harsh(net: cn.Network, examples: cn.ExampleSet) -> bool:
    """Whether digits are lost: an output so near 0 or 1 that 1 − y has few, or units that have grown beyond all bounds."""
    intact = np.array([not unit.lesioned for unit in net.schedule.outputs])
    ends = np.array([unit.group.error_function.name != "squared" for unit in net.schedule.outputs])
    outputs = net.outputs(examples, "local")
    near = outputs[..., intact & ends]
    return bool(((near < 1e-3) | (near > 1 - 1e-3)).any() or np.nanmax(np.abs(outputs)) > 1e3)


@SLOW
@given(seed=st.integers(0, 10**6), ticks_back=st.booleans())
def test_random_networks_in_time_with_everything(engine_in_time: str, seed: int, ticks_back: bool) -> None:
    net, examples = random_network(seed, cases=4, ticks_back=ticks_back, continues=True, **IN_TIME, **NAMES)
    assume(not is_harsh(net, examples))
    peer = Autograd(net, examples)
    found, derivatives = cn.error_derivatives(net, examples, engine_in_time)
    assert found == pytest.approx(peer.error, rel=1e-12, abs=1e-15)
    assert_near(derivatives, peer.derivatives)
    outputs = net.outputs(examples, engine_in_time)
    for case, expected in enumerate(peer.answers):
        assert_near(outputs[case, : len(expected)], expected)
        assert np.isnan(outputs[case, len(expected) :]).all()


@SLOW
@given(seed=st.integers(0, 10**6))
def test_every_units_net_derivative_at_every_tick_is_that_by_the_sum_of_what_comes_in(seed: int) -> None:
    net, examples = random_network(seed, cases=1, **IN_TIME, **NAMES)
    assume(not is_harsh(net, examples))
    peer, example = Autograd(net, examples), examples[0]
    peer.before = {}
    peer.start(example, 0)
    ticks = range(1, len(example.inputs) + 1)
    moments = [moment for moment in peer.coming_in if moment[1] in ticks]
    total = sum(peer.error_at(tick, example) for tick in ticks) + 0.0 * sum(peer.coming_in[moment] for moment in moments)
    expected = torch.autograd.grad(total, [peer.coming_in[moment] for moment in moments])
    net.forward(example.inputs)
    net.backward(example.targets)
    assert net.unrolled is not None
    found = [net.unrolled[f"{unit.group.name}@{tick}"][unit.index].net_derivative for unit, tick in moments]
    assert_near(found, [float(each) for each in expected])
