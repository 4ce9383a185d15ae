"""A network made from the neurons and links of a file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import connectionist as cn
from connectionist.formats import BIAS, Links, Numbers, TableUnit, make_network
from connectionist_plugins.formats.fann.parse import FannFile, Neuron

NAMES = (
    *("LINEAR", "THRESHOLD", "THRESHOLD_SYMMETRIC", "SIGMOID", "SIGMOID_STEPWISE", "SIGMOID_SYMMETRIC", "SIGMOID_SYMMETRIC_STEPWISE"),
    *("GAUSSIAN", "GAUSSIAN_SYMMETRIC", "GAUSSIAN_STEPWISE", "ELLIOT", "ELLIOT_SYMMETRIC", "LINEAR_PIECE", "LINEAR_PIECE_SYMMETRIC"),
    *("SIN_SYMMETRIC", "COS_SYMMETRIC", "SIN", "COS", "LINEAR_RECT", "LINEAR_RECT_LEAKY"),
)
LINEAR, THRESHOLD, SIGMOID, SIGMOID_STEPWISE, SYMMETRIC, SYMMETRIC_STEPWISE, GAUSSIAN = 0, 1, 3, 4, 5, 6, 7
PIECE, PIECE_SYMMETRIC, RECTIFIED = 12, 13, 18
SCALED = LINEAR, PIECE, PIECE_SYMMETRIC, RECTIFIED  # the steepness is a factor of the weights here
KNOWN = *SCALED, THRESHOLD, SIGMOID, SIGMOID_STEPWISE, SYMMETRIC, SYMMETRIC_STEPWISE, GAUSSIAN
BELOW_ZERO = -1e-30  # a neuron with the net input 0 has the activation 1, also in single precision


def build(file: cn.formats.InputFile, parsed: FannFile) -> cn.Network:
    """Return the network of a file."""
    neurons = parsed.neurons
    layer = np.repeat(np.arange(len(parsed.layers)), parsed.layers)
    is_constant = _constants(file, parsed, layer)
    place = np.cumsum(~is_constant) - 1
    _list_functions(file, {number: neuron for number, neuron in enumerate(neurons) if layer[number] and not is_constant[number]})
    units = [
        _unit(file, number, neuron, int(layer[number]), len(parsed.layers))
        for number, neuron in enumerate(neurons)
        if not is_constant[number]
    ]
    receiver = np.repeat(np.arange(len(neurons)), [neuron.links for neuron in neurons])
    sender = np.array([link[0] for link in parsed.links], dtype=np.intp)
    weight = np.array([link[1] for link in parsed.links], dtype=float)
    _check_links(file, parsed, sender, receiver, is_constant)
    scale = np.array([neuron.steepness if neuron.function in SCALED else 1.0 for neuron in neurons])
    links = Links(np.where(is_constant[sender], BIAS, place[sender]), place[receiver], weight * scale[receiver])
    return make_network(file, file.path.stem, units, links)


def _constants(file: cn.formats.InputFile, parsed: FannFile, layer: Numbers) -> npt.NDArray[np.bool_]:
    """Return which neurons are always 1: the last of the first layer, and those without links in other layers."""
    is_constant = np.asarray((layer > 0) & ~np.array([neuron.links > 0 for neuron in parsed.neurons]))
    is_constant[parsed.layers[0] - 1] = True
    inputs, outputs = int((~is_constant[layer == 0]).sum()), int((~is_constant[layer == layer[-1]]).sum())
    expected = parsed.layers[-1] - (0 if parsed.has_shortcuts else 1)
    if not inputs or outputs != expected or outputs < 1:
        text = f"the first layer has {inputs} input neurons, and the last layer {outputs} neurons with connections, of {expected}"
        raise file.error(message=f"{text}; both need one or more", line=parsed.neurons[-1].line)
    if any(neuron.links for neuron in parsed.neurons[: parsed.layers[0]]):
        raise file.error(message="a neuron of the first layer has connections", line=parsed.neurons[0].line)
    return is_constant


def _check_links(
    file: cn.formats.InputFile, parsed: FannFile, sender: Numbers, receiver: Numbers, is_constant: npt.NDArray[np.bool_]
) -> None:
    line = parsed.neurons[-1].line + 1
    late = np.flatnonzero(sender >= receiver)
    if len(late):
        text = f"neuron {receiver[late[0]]} has a connection from neuron {sender[late[0]]}, which is not before it"
        raise file.error(message=text, line=line)
    ends = receiver * len(parsed.neurons) + np.where(is_constant[sender], len(parsed.neurons) - 1, sender)
    values, counts = np.unique(ends, return_counts=True)
    if len(values) and counts.max() > 1:
        again = int(values[np.argmax(counts)]) // len(parsed.neurons)
        raise file.error(message=f"neuron {again} has two connections from the same neuron, or from two that are always 1", line=line)


def _list_functions(file: cn.formats.InputFile, neurons: dict[int, Neuron]) -> None:
    """List each function that has no counterpart once, with the number of neurons that have it."""
    by_function: dict[int, list[int]] = {}
    for number, neuron in neurons.items():
        by_function.setdefault(neuron.function, []).append(number)
    for function, (first, *others) in by_function.items():
        if function in KNOWN:
            continue
        owners = f"{len(others) + 1} neurons, from {first} on, have" if others else f"neuron {first} has"
        name = f"FANN_{NAMES[function]}" if function < len(NAMES) else str(function)
        text = f"{owners} the activation function {name}, which has no counterpart; it is read as logistic"
        file.cannot(text, neurons[first].line)


def _unit(file: cn.formats.InputFile, number: int, neuron: Neuron, layer: int, layers: int) -> TableUnit:
    if layer == 0:
        return TableUnit(str(number), "input")
    role = "output" if layer == layers - 1 else "hidden"
    return TableUnit(str(number), role, _function(file, neuron), layer)


def _function(file: cn.formats.InputFile, neuron: Neuron) -> Any:
    if neuron.function in SCALED:
        return _scaled(neuron.function)
    if not neuron.steepness:
        raise file.error("the steepness 0", "a steepness above 0", line=neuron.line)
    if neuron.function == THRESHOLD:
        return cn.activation_function("threshold", threshold=BELOW_ZERO)
    if neuron.function == GAUSSIAN:
        return cn.activation_function("gaussian", gain=neuron.steepness)
    if neuron.function in (SIGMOID_STEPWISE, SYMMETRIC_STEPWISE):
        lowest = -1.0 if neuron.function == SYMMETRIC_STEPWISE else 0.0
        return cn.activation_function("piecewise_logistic", gain=2 * neuron.steepness, lowest=lowest)
    return cn.activation_function("bipolar" if neuron.function == SYMMETRIC else "logistic", gain=2 * neuron.steepness)


def _scaled(function: int) -> Any:
    if function == LINEAR:
        return cn.activation_function("linear")
    if function == RECTIFIED:
        return cn.activation_function("rectified")
    return cn.activation_function("clipped_linear", lowest=-1.0 if function == PIECE_SYMMETRIC else 0.0)
