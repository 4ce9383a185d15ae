"""A network written as one with shortcut connections, in which any neuron may send to any later one."""

from __future__ import annotations

import numpy as np

import connectionist as cn
from connectionist.formats import BIAS, UnitList, check_labels, check_network, depths, order_units
from connectionist_plugins.formats.fann import build

FUNCTIONS = "linear", "logistic", "bipolar", "tanh", "gaussian", "threshold", "clipped_linear", "piecewise_logistic"

FIELDS = """learning_rate=0.700000
connection_rate=0.999000
network_type=1
learning_momentum=0.000000
training_algorithm=2
train_error_function=1
train_stop_function=0
cascade_output_change_fraction=0.010000
quickprop_decay=-0.000100
quickprop_mu=1.750000
rprop_increase_factor=1.200000
rprop_decrease_factor=0.500000
rprop_delta_min=0.000000
rprop_delta_max=50.000000
rprop_delta_zero=0.100000
cascade_output_stagnation_epochs=12
cascade_candidate_change_fraction=0.010000
cascade_candidate_stagnation_epochs=12
cascade_max_out_epochs=150
cascade_min_out_epochs=50
cascade_max_cand_epochs=150
cascade_min_cand_epochs=50
cascade_num_candidate_groups=2
bit_fail_limit=3.5e-01
cascade_candidate_limit=1e+03
cascade_weight_multiplier=4e-01
cascade_activation_functions_count=2
cascade_activation_functions=3 5 
cascade_activation_steepnesses_count=2
cascade_activation_steepnesses=2.5e-01 5e-01 
"""  # the library's own defaults; a connection rate below 1 makes it read the numbers of the senders


def write(file: cn.formats.OutputFile, network: cn.Network) -> None:
    """Write a network.

    Raises
    ------
    FormatError
        If FANN has nothing like it.
    """
    check_network(file, network, "FANN", FUNCTIONS, gains=True)
    units = order_units(network, outputs_last=True)
    inputs, outputs = (sum(len(group) for group in network.groups if group.role == role) for role in ("input", "output"))
    if units is None or not inputs or not outputs:
        raise cn.errors.FormatError(f"{file.name}: FANN needs input units, and output units that do not send to units before them")
    by_ends = UnitList(units).by_ends(network.connections)
    layers = _layers(units, by_ends, inputs, outputs)
    check_labels(file, units, _numbers(units, layers))
    file.write(f"FANN_FLO_2.1\nnum_layers={len(layers)}\n{FIELDS}layer_sizes={' '.join(map(str, layers))} \nscale_included=0\n")
    incoming: list[list[str]] = [[] for _ in units]
    for (sender, receiver), [connection, *_] in sorted(by_ends.items()):
        number = inputs if sender == BIAS else sender + (sender >= inputs)
        incoming[receiver].append(f"({number}, {connection.weight.value:.17e}) ")
    for place in range(inputs, len(units)):
        incoming[place] = incoming[place] or [f"({inputs}, 0.0) "]  # a neuron without connections is always 1 in FANN
    neurons = [f"({len(incoming[place])}, {_function(file, unit)}) " for place, unit in enumerate(units)]
    neurons.insert(inputs, "(0, 0, 0.0) ")
    file.write(f"neurons (num_inputs, activation_function, activation_steepness)={''.join(neurons)}\n")
    file.write(f"connections (connected_to_neuron, weight)={''.join(part for parts in incoming for part in parts)}\n")


def _layers(units: list[cn.Unit], by_ends: dict[tuple[int, int], list[cn.Connection]], inputs: int, outputs: int) -> list[int]:
    """Return the number of neurons of each layer; units of one layer follow one another."""
    hidden = len(units) - inputs - outputs
    ends = np.array([each for each in by_ends if each[0] != BIAS], dtype=np.intp).reshape(-1, 2)
    depth = depths(len(units), ends[:, 0], ends[:, 1])
    assert depth is not None  # there is no loop in an order of units
    rises = np.diff(depth[inputs : inputs + hidden]) != 0
    starts = [0, *(1 + np.flatnonzero(rises)).tolist(), hidden] if hidden else [0]
    return [inputs + 1, *np.diff(starts).tolist(), outputs]


def _numbers(units: list[cn.Unit], layers: list[int]) -> list[int]:
    """Return the labels that FANN gives: the numbers of the neurons, or with a bias neuron in each layer for groups that have these."""
    inputs = layers[0] - 1
    layer = np.repeat(np.arange(len(layers)), [inputs, *layers[1:]]).tolist()
    others = {unit.group for place, unit in enumerate(units) if unit.label != str(place + layer[place])}
    return [place + (place >= inputs if unit.group in others else layer[place]) for place, unit in enumerate(units)]


def _function(file: cn.formats.OutputFile, unit: cn.Unit) -> str:
    """Return the number and the steepness of the activation function of a unit."""
    function = unit.group.activation_function
    if function is None:
        return "0, 0.0"
    if function.name == "gaussian":
        return f"{build.GAUSSIAN}, {function.gain!r}"
    if function.name in ("logistic", "bipolar"):
        return f"{build.SIGMOID if function.name == 'logistic' else build.SYMMETRIC}, {function.gain / 2!r}"
    if function.name == "piecewise_logistic" and function.lowest in (0, -1):
        return f"{build.SYMMETRIC_STEPWISE if function.lowest else build.SIGMOID_STEPWISE}, {function.gain / 2!r}"
    number = {
        cn.activation_function("linear"): build.LINEAR,
        cn.activation_function("tanh"): build.SYMMETRIC,
        cn.activation_function("threshold", threshold=build.BELOW_ZERO): build.THRESHOLD,
        cn.activation_function("clipped_linear"): build.PIECE,
        cn.activation_function("clipped_linear", lowest=-1.0): build.PIECE_SYMMETRIC,
    }.get(function)
    if number is None:
        allowed = f"threshold={build.BELOW_ZERO:g}" if function.name == "threshold" else "the bounds 0 and 1, or -1 and 1"
        raise cn.errors.FormatError(
            f"{file.name}: FANN has {function.name!r} with {allowed} only (group {unit.group.name!r} has {function!r})"
        )
    return f"{number}, 1.0"
