r"""Recurrent back-propagation of Almeida and Pineda: derivatives at the fixed point of a network.

.. math:: y_i = f\Big(\sum_j w_{ij} y_j\Big) \qquad
   \frac{\partial E}{\partial y_j} = e_j + \sum_i w_{ij} f'(x_i) \frac{\partial E}{\partial y_i} \qquad
   \frac{\partial E}{\partial w_{ij}} = f'(x_i) \frac{\partial E}{\partial y_i}\, y_j

Both equations are iterated to their fixed points; e is ∂E/∂y of an output unit's own error. At the fixed point, delays have no effect. The
derivatives are those of back-propagation through many ticks, summed over the ticks. Sources: Almeida (1987), A learning rule for
asynchronous perceptrons with feedback in a combinatorial environment, Proceedings of the IEEE First International Conference on Neural
Networks II, 609–618; Pineda (1987), Generalization of back-propagation to recurrent neural networks, Physical Review Letters 59, 2229–2232.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn
from connectionist.engines.object_steps import (
    check_separate_units,
    clamp_inputs,
    computed_units,
    error_of,
    net_input_of,
    output_units,
    repeat_until_at_rest,
    response,
    set_targets,
    slope_of,
)
from connectionist.utils.real_number import real_number


@dataclass(frozen=True)
class AlmeidaPineda(cn.ObjectProcedure):
    """Recurrent back-propagation at the fixed point.

    Parameters
    ----------
    steps : int
        Largest number of iterations of each equation, at least 1.
    criterion : float
        Change of an activation, or of a derivative, below which it is at rest; above 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    steps: int = cn.parameter(1000, at_least=1)
    criterion: float = cn.parameter(1e-8, above=0)
    name = "almeida_pineda"
    synonyms = ("recurrent_back_propagation", "rbp")
    equation = "∂E/∂w = f'(x) of the receiver · ∂E/∂y of the receiver · y of the sender, at the fixed point"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if a group has a joint activation function, or integrates."""
        check_separate_units(network, self.name)

    def differentiate(self, network: cn.Network, inputs: cn.Array, targets: cn.Array) -> tuple[float, cn.Array]:
        """Run one case to its fixed point, and add ∂E/∂w of each connection."""
        units = computed_units(network)
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        for unit in units:
            unit.activation = unit.group.initial[unit.index]
        repeat_until_at_rest(lambda: _activate(units), self.steps, self.criterion, self.name)
        error = error_of(output_units(network))
        own = {unit: unit.activation_derivative for unit in units}
        slopes = {unit: slope_of(unit) for unit in units}
        repeat_until_at_rest(lambda: _propagate(units, own, slopes), self.steps, self.criterion, self.name)
        for unit in units:
            unit.net_derivative = slopes[unit] * unit.activation_derivative
            for connection in unit.incoming:
                connection.weight.derivative += unit.net_derivative * connection.sender.activation
        return error, response(network, targets)


def _activate(units: Sequence[cn.Unit]) -> float:
    """Activate all units at once, and return the largest change of an activation."""
    for unit in units:
        unit.net_input = net_input_of(unit)
    largest = 0.0
    for unit in units:
        activation = real_number(unit.group.activation_function.activation(unit.net_input))
        largest = max(largest, abs(activation - unit.activation))
        unit.activation = activation
    return largest


def _propagate(units: Sequence[cn.Unit], own: dict[cn.Unit, float], slopes: dict[cn.Unit, float]) -> float:
    """Pass all derivatives back once, and return the largest change of one."""
    derivatives = dict(own)
    for unit in units:
        derivative = slopes[unit] * unit.activation_derivative
        for connection in unit.incoming:
            if connection.sender in derivatives and connection.backpropagate:
                derivatives[connection.sender] += derivative * connection.weight.value
    largest = max((abs(derivatives[unit] - unit.activation_derivative) for unit in units), default=0.0)
    for unit in units:
        unit.activation_derivative = derivatives[unit]
    return largest


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.ObjectProcedure]]:
    """Return the procedure."""
    return [AlmeidaPineda]
