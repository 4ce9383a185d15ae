"""Each setting of a network in each format that writes networks: it is kept, or an error or a warning names what has it."""

from __future__ import annotations

import runpy
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FormatError, FormatWarning, WiringError
from connectionist.formats.choose_format import able
from connectionist.formats.file_format import abilities
from connectionist.model.assembly.description import describe
from connectionist.model.group import Group
from connectionist.model.projection import Projection

onnx: Any = pytest.importorskip("onnx", reason="onnx is in the extra 'onnx'")
onnxruntime: Any = pytest.importorskip("onnxruntime", reason="onnxruntime is in the dependency group 'dev'")

FORMATS = {each.name: each for each in able("write_network")}
Make = Callable[[], cn.Network]
TIES = ("input:0 → hidden:1", "input:1 → hidden:0")


def network(hidden: Any = None, output: Any = None, last: Any = None, inputs: Any = 2, **options: Any) -> cn.Network:
    """Return a network of two input, two hidden and two output units."""
    net = cn.Network("small", **options)
    net.add_group("input", inputs, role="input")
    net.add_group("hidden", **{"units": 2, **(hidden or {})})
    net.add_group("output", **{"units": 2, "role": "output", **(output or {})})
    net.connect("input", "hidden")
    net.connect("hidden", "output", **(last or {}))
    return net


def connected(**options: Any) -> cn.Network:
    """Return such a network, whose connections to the output units have options."""
    return network(last=options, tie_derivative="sum")


def with_context(hidden: Any = None, **options: Any) -> cn.Network:
    """Return a simple recurrent network."""
    net = network(hidden, **{"tie_derivative": "sum", **options})
    cn.add_context(net, "hidden")
    net.connect("context", "hidden")
    return net


def with_copies(backpropagate: bool) -> cn.Network:
    """Return the same, with error derivatives that go back through the context or do not."""
    net = network(tie_derivative="sum")
    net.add_group("context", 2, activation="linear", biased=False)
    net.connect("hidden", "context", "one_to_one", delay=1, weights=1.0, trainable=False, backpropagate=backpropagate)
    net.connect("context", "hidden")
    return net


def with_loops(backpropagate: bool = False, tie_derivative: str = "sum") -> cn.Network:
    """Return a network whose hidden units have a connection to themselves."""
    net = network(tie_derivative=tie_derivative)
    net.connect("hidden", "hidden", pattern="one_to_one", delay=1, backpropagate=backpropagate)
    return net


def all_late(delay: int = 1, backpropagate: bool = True) -> cn.Network:
    """Return a network in which each connection has a delay, except those from input units."""
    net = connected(delay=delay, backpropagate=backpropagate)
    net.connect("hidden", "hidden", delay=delay, backpropagate=backpropagate)
    return net


def changed(make: Make, change: Callable[[cn.Network], object]) -> Make:
    """Return a function that makes a network and changes it."""

    def make_changed() -> cn.Network:
        net = make()
        change(net)
        return net

    return make_changed


def put(owner: str, name: str, value: Any, make: Make = network) -> Make:
    """Return a function that makes a network and sets an attribute of a group or projection, or of the network itself."""

    def assign(net: cn.Network) -> None:
        sender, _, receiver = owner.rpartition(" → ")
        setattr(net.projection(sender, receiver) if sender else net[owner] if owner else net, name, value)

    return changed(make, assign)


def freeze(net: cn.Network) -> None:
    net.connection("input:0", "hidden:1").weight.trainable = False


def tie(net: cn.Network) -> None:
    net.tie(TIES)


def tie_layers(net: cn.Network) -> None:
    net.tie(["input:0 → hidden:0", "hidden:0 → output:0"])


BASES: dict[str, Make] = {"network": network, "context": with_context, "loops": with_loops, "all late": all_late}
# names of the object, one of which a message must have, with "|" between them; and a function that makes a network with the setting
SETTINGS: dict[str, tuple[str, Make]] = {
    "activation": ("hidden", lambda: network({"activation": "tanh"})),
    "other activation": ("hidden", lambda: network({"activation": "softplus"})),
    "gain": ("hidden", lambda: network({"activation": cn.activation_function("logistic", gain=2.0)})),
    "lowest": ("hidden", lambda: network({"activation": cn.activation_function("clipped_linear", lowest=-0.5)})),
    "lowest of lines": ("hidden", lambda: network({"activation": cn.activation_function("piecewise_logistic", lowest=-1.0)})),
    "joint activation": ("output", lambda: network(output={"activation": "softmax"})),
    "joint activation and error": ("output", lambda: network(output={"activation": "softmax", "error": "divergence"})),
    "stochastic units": ("hidden", lambda: network({"activation": "binary_stochastic"})),
    "activation of the past": ("hidden", lambda: network({"activation": "interactive_activation"})),
    "error": ("output", lambda: network(output={"error": "cross_entropy"})),
    "joint error": ("output", lambda: network(output={"error": "cosine"})),
    "radius": ("output", lambda: network(output={"error": cn.error_function("squared", target_radius=0.1)})),
    "margin": ("output", put("output", "margin", 0.2)),
    "input function": ("hidden", lambda: network({"input_function": "distance"})),
    "output function": ("hidden", lambda: network({"output_function": "tanh"})),
    "no biases": ("hidden:0", lambda: network({"biased": False})),
    "labels": ("hidden", lambda: network({"units": ["a", "b"]})),
    "labels of numbers": ("hidden", lambda: network({"units": ["7", "5"]})),
    "labels of inputs": ("input", lambda: network(inputs=["a", "b"])),
    "labels of inputs, numbers": ("input", lambda: network(inputs=["7", "5"])),
    "labels of inputs, of tlearn": ("input", lambda: network(inputs=["i1", "i2"])),
    "labels of inputs, in another order": ("input", lambda: network(inputs=["i2", "i1"])),
    "net input integrated": (
        "hidden",
        lambda: network({"integrates": "net_input", "dt": 0.5, "initial_net_input": 0.25}, tie_derivative="sum"),
    ),
    "activation integrated": ("hidden", lambda: network({"integrates": "activation", "dt": 0.5}, tie_derivative="sum")),
    "initial, before the context": ("hidden", put("hidden", "initial", 0.25, with_context)),
    "initial, loops": ("hidden", put("hidden", "initial", 0.25, with_loops)),
    "initial, all late": ("hidden", put("hidden", "initial", 0.25, all_late)),
    **{
        f"{quantity}, {during}": ("hidden", put("hidden", quantity, cn.Noise(half_range=0.1, during=during)))
        for quantity in ("net_input_noise", "activation_noise")
        for during in ("both", "training", "testing")
    },
    "activation_noise of inputs": ("input", put("input", "activation_noise", 0.1)),
    **{
        f"weight_noise, {during}": ("input → hidden", put("input → hidden", "weight_noise", cn.Noise(0.1, during=during)))
        for during in ("both", "training", "testing")
    },
    **{f"{kind} clamping": ("hidden", put("hidden", "clamping", kind)) for kind in ("weak", "soft", "external")},
    "clamping of outputs": ("output", put("output", "clamping", cn.Clamping("external", 2.0))),
    "cost": ("hidden", put("hidden", "cost", cn.ActivationCost("quadratic", 0.1, 0.4))),
    "cost of change": ("hidden", put("hidden", "cost", cn.ActivationCost("change", 0.1), with_context)),
    "rate": ("input → hidden", put("input → hidden", "rate", 0.1)),
    "rate of biases": ("bias → hidden", put("bias → hidden", "rate", 0.1)),
    "limits": ("input → hidden", put("input → hidden", "limits", (-0.5, 0.5))),
    "limits of biases": ("bias → hidden", put("bias → hidden", "limits", (-0.5, 0.5))),
    "sign": ("input → hidden", put("input → hidden", "sign", "inhibitory")),
    "frozen weight": ("input:0 → hidden:1", changed(network, freeze)),
    "frozen projection": ("input:0 → hidden:0", put("input → hidden", "trainable", False)),
    "frozen biases": ("bias → hidden:0", put("bias → hidden", "trainable", False)),
    "frozen weights from the context": ("context:0 → hidden:0", put("context → hidden", "trainable", False, with_context)),
    "trainable weights to the context": ("hidden:0 → context:0", put("hidden → context", "trainable", True, with_context)),
    "ties": ("input:1 → hidden:0|tie_derivative", changed(network, tie)),
    "ties with limits": ("input → hidden|tie_derivative", put("input → hidden", "limits", (-0.5, 0.5), changed(network, tie))),
    "ties with limits of one": (
        "hidden → output|hidden:0 → output:0",
        put("hidden → output", "limits", (0.0, 0.25), changed(network, tie_layers)),
    ),
    "ties with a sign of one": (
        "hidden → output|hidden:0 → output:0",
        put("hidden → output", "sign", "inhibitory", changed(network, tie_layers)),
    ),
    "ties in time": ("input:1 → hidden:0|tie_derivative", changed(with_context, tie)),
    "tie_derivative": ("input:1 → hidden:0|tie_derivative", changed(lambda: network(tie_derivative="sum"), tie)),
    "tie_derivative, context": ("tie_derivative", lambda: with_context(tie_derivative="mean")),
    "tie_derivative, loops": ("tie_derivative", lambda: with_loops(tie_derivative="mean")),
    "tie_derivative, all late": ("tie_derivative", put("", "tie_derivative", "mean", all_late)),
    "ticks_back": ("ticks_back", put("", "ticks_back", 1, all_late)),
    "ticks_back, loops": ("ticks_back", put("", "ticks_back", 2, lambda: with_loops(backpropagate=True))),
    "no backpropagation": ("hidden:0 → output:0", lambda: connected(backpropagate=False)),
    "no backpropagation, all late": ("hidden:0 → output:0", lambda: all_late(backpropagate=False)),
    "backpropagation through loops": ("hidden:0 → hidden:0", lambda: with_loops(backpropagate=True)),
    "backpropagation into the context": ("hidden:0 → context:0", lambda: with_copies(backpropagate=True)),
    "delay": ("hidden:0 → output:0", lambda: connected(delay=1)),
    "delay 2": ("hidden:0 → output:0", lambda: all_late(delay=2)),
    "two delays": ("input:0 → hidden:0", changed(connected, lambda net: net.connect("input", "hidden", delay=1))),
    "sparse projection": ("input → output", changed(network, lambda net: net.connect("input", "output", pattern="one_to_one"))),
    "lesioned unit": ("hidden:1", changed(network, lambda net: net.lesion("hidden:1"))),
    "lesioned output unit": ("output:1", changed(network, lambda net: net.lesion("output:1"))),
    "lesioned connection": ("input:0 → hidden:1", changed(network, lambda net: net.lesion("input:0 → hidden:1"))),
    "seed": ("seed", lambda: network(seed=3)),
    "position": ("hidden", put("hidden", "position", (1.0, 2.0))),
    "columns": ("hidden", put("hidden", "columns", 1)),
}
GRAPHS = ("graphml", "node_link")  # they have no reader, and every setting is an attribute
NEVER_WRITTEN = ("seed", "position", "columns")  # except in graphs; docs/files.md says so
HIDDEN_LABELS = ("labels", "labels of numbers")  # pytorch has none of hidden units; docs/exporting.md says so
OUTPUTS_ONLY = ("numpy", "onnx")  # docs/exporting.md says so
LABELS = (*HIDDEN_LABELS, "labels of inputs", *(f"labels of inputs, {which}" for which in ("numbers", "of tlearn", "in another order")))
WITHOUT_EFFECT = (*NEVER_WRITTEN, *LABELS, *(f"{kind} clamping" for kind in ("weak", "soft", "external")), "clamping of outputs")


def made(make: Make) -> cn.Network:
    """Return a network with weights."""
    net = make()
    drawn = np.random.default_rng(1).uniform(0.1, 0.9, len(net.weights))
    net.weight_values = np.where([weight.trainable for weight in net.weights], drawn, net.weight_values)
    return net


def examples_for(net: cn.Network) -> cn.ExampleSet:
    numbers = np.random.default_rng(3).uniform(0.1, 0.9, (2, 4, 3, 2))
    if not net.in_time:
        return cn.ExampleSet.from_arrays(*numbers[:, :, 0])
    return cn.ExampleSet([cn.Example.sequence(inputs, targets) for inputs, targets in zip(*numbers, strict=True)])


def behaviour(net: cn.Network, *, trained: bool) -> Any:
    """Return the outputs, of a trained copy too."""
    examples, copy = examples_for(net), net.copy()
    outputs = [copy.outputs(examples, engine="local")]
    if trained:
        with warnings.catch_warnings(action="ignore"):  # that stochastic units have no slope
            cn.train(copy, examples, cn.rule("steepest", rate=0.5), epochs=4, engine="local", update_after=1)
        outputs.append(copy.outputs(examples, engine="local"))
    return np.array(outputs)


def is_same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and np.allclose(one, other, rtol=0, atol=1e-10, equal_nan=True)


def path_of(folder: Path, name: str) -> Path:
    return folder / f"net{FORMATS[name].suffixes[0]}"


def write(net: cn.Network, path: Path, name: str, *, strict: bool) -> tuple[bool, list[str]]:
    """Write a network, and return whether it is written, and what the error or the warning says."""
    given = net.unroll(3) if name == "onnx" and net.in_time else net
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            cn.write_network(given, path, name, strict=strict)
        except FormatError as error:
            return False, [str(error).removeprefix(str(path))]
    assert all(isinstance(each.message, FormatWarning) for each in caught)
    return True, [issue.removeprefix(str(path)) for each in caught for issue in each.message.issues]  # type: ignore[union-attr]


def load_arrays(path: Path) -> dict[str, Any]:
    with np.load(path) as file:
        return {name: file[name].tolist() for name in file.files}


def content(path: Path) -> Any:
    """Return the text of a file, and the numbers beside it."""
    numbers = path.with_suffix(".numbers.npz")
    arrays = load_arrays(numbers) if numbers.exists() else {}
    return path.read_text(encoding="utf-8"), arrays


def outputs_of_program(path: Path, name: str, net: cn.Network) -> Any:
    inputs = examples_for(net).inputs
    if name == "numpy":
        return np.array([runpy.run_path(str(path))["outputs"](inputs)])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return np.array(session.run(["outputs"], {"inputs": inputs.astype("float32")}))


@cache
def contents_of_bases(name: str) -> list[Any]:
    with TemporaryDirectory() as folder:
        path = path_of(Path(folder), name)
        return [content(path) for make in BASES.values() if write(made(make), path, name, strict=True)[0]]


@cache
def behaviour_of_base(base: str) -> Any:
    return behaviour(made(BASES[base]), trained=True)


def labels(net: cn.Network) -> list[str]:
    """Return the labels of groups that were given some."""
    labels_of_groups = [group.labels for group in net.groups if list(group.labels) != list(map(str, range(len(group))))]
    return [label for labels_of_group in labels_of_groups for label in labels_of_group]


def is_kept(net: cn.Network, path: Path, name: str) -> bool:
    """Return whether a written file has everything of a network."""
    if name in OUTPUTS_ONLY:
        return np.allclose(outputs_of_program(path, name, net), behaviour(net, trained=False), rtol=0, atol=1e-6)
    if "read_network" in abilities(FORMATS[name]):
        again, given = cn.read_network(path, name), labels(net)
        return given == [unit.label for unit in again.units if unit.label in given] and is_same(
            behaviour(again, trained=True), behaviour(net, trained=True)
        )
    return content(path) not in contents_of_bases(name)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("base", BASES)
def test_networks_without_further_settings_are_written_whole_or_an_error_says_why(tmp_path: Path, base: str, name: str) -> None:
    net, path = made(BASES[base]), path_of(tmp_path, name)
    is_written, said = write(net, path, name, strict=False)
    assert is_written == (said == [])
    if is_written and (name in OUTPUTS_ONLY or "read_network" in abilities(FORMATS[name])):
        assert is_kept(net, path, name)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_kept_or_named(tmp_path: Path, setting: str, name: str) -> None:
    names, net = SETTINGS[setting][0].split("|"), made(SETTINGS[setting][1])
    path = path_of(tmp_path, name)
    is_written, said = write(net, path, name, strict=False)
    if not is_written:  # for another reason perhaps
        assert any(each in said[0] for each in (*names, net.name, *(group.name for group in net.groups)))
    elif said:
        assert any(each in issue for issue in said for each in names)
        said_strictly = write(net, path, name, strict=True)[1]
        assert any(each in issue for issue in said_strictly for each in names)
    elif not ((setting in NEVER_WRITTEN and name not in GRAPHS) or (setting in HIDDEN_LABELS and name == "pytorch")):
        assert is_kept(net, path, name)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in (*GRAPHS, "onnx")])
def test_an_unrolled_network_is_an_error(tmp_path: Path, name: str) -> None:
    for make in (with_context, network):
        with pytest.raises((FormatError, WiringError), match=r"small@1…2 is an unrolled network; write the network from which it was made"):
            cn.write_network(make().unroll(2), path_of(tmp_path, name), name, strict=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_own_format_has_every_setting(tmp_path: Path, setting: str) -> None:
    net = made(SETTINGS[setting][1])
    cn.save_network(net, tmp_path / "net.npz")
    again, wanted = describe(cn.load_network(tmp_path / "net.npz")), describe(net)
    assert (again.values, again.functions) == (wanted.values, wanted.functions)
    for name, array in wanted.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array, err_msg=name)


@pytest.mark.parametrize("setting", [name for name in SETTINGS if name not in WITHOUT_EFFECT])
def test_the_settings_have_an_effect(setting: str) -> None:
    found = behaviour(made(SETTINGS[setting][1]), trained=True)
    assert not any(is_same(found, behaviour_of_base(base)) for base in BASES)


def test_every_attribute_that_can_be_assigned_is_among_the_settings() -> None:
    bases = [made(make) for make in BASES.values()]
    nets = [made(make) for _, make in SETTINGS.values()]
    for cls, parts in ((cn.Network, lambda net: [net]), (Group, lambda net: net.groups), (Projection, lambda net: net.projections)):
        assigned = {name for each in cls.__mro__ for name, value in vars(each).items() if isinstance(value, property) and value.fset}
        for name in assigned - {"name", "weight_values", "tie_derivative"}:
            usual = [repr([getattr(part, name) for part in parts(net)]) for net in bases]
            assert any(repr([getattr(part, name) for part in parts(net)]) not in usual for net in nets), (cls.__name__, name)
