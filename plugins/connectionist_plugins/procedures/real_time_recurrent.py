r"""Real-time recurrent learning: derivatives of all activations by all weights are carried forward in time.

.. math:: \frac{\partial y_k(t)}{\partial w_{ij}} = f'(x_k(t)) \Big(\sum_l w_{kl} \frac{\partial y_l(t - d_{kl})}{\partial w_{ij}} +
   \delta_{ik}\, y_j(t - d_{ij})\Big) \qquad \frac{\partial E}{\partial w_{ij}} = \sum_t \sum_k e_k(t)
   \frac{\partial y_k(t)}{\partial w_{ij}}

e is ∂E/∂y of an output unit, d the delay of a connection. The derivatives are those of back-propagation through time, without a backward
pass; a tick takes as many steps as connections times weights. Source: Williams & Zipser (1989), A learning algorithm for continually
running fully recurrent neural networks, Neural Computation 1, 270–280.
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
    input_units,
    output_units,
    set_targets,
    slope_of,
)
from connectionist.utils.real_number import real_number


@dataclass(frozen=True)
class RealTimeRecurrent(cn.ObjectProcedure):
    """Real-time recurrent learning."""

    name = "real_time_recurrent"
    uses_all_ticks = True
    synonyms = ("rtrl",)
    equation = "∂E/∂w = Σ over ticks of ∂E/∂y of the output units · ∂y/∂w, carried forward from tick to tick"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the network does not run in time, or if a group has a joint activation function or integrates."""
        if not network.in_time:
            raise cn.errors.WiringError(
                f"procedure {self.name!r}: needs a network with delays, and {network.name!r} has none; use 'back_propagation'"
            )
        check_separate_units(network, self.name)

    def differentiate(self, network: cn.Network, inputs: cn.Array, targets: cn.Array) -> tuple[float, cn.Array]:
        """Run one case tick by tick, and add ∂E/∂w."""
        import numpy as np

        run = _Run(network)
        error, summed, answer = 0.0, np.zeros(len(network.weights)), np.empty(targets.shape)
        for tick in range(len(inputs)):
            run.tick(inputs[tick])
            set_targets(network, targets[tick])
            outputs = output_units(network)
            error += error_of(outputs)
            answer[tick] = [unit.activation for unit in outputs]
            for unit in (each for each in outputs if not each.lesioned):
                summed += unit.activation_derivative * run.sensitivities[unit][0]
        if network.tie_derivative == "mean":
            summed /= len(inputs)
        for weight, derivative in zip(network.weights, summed.tolist(), strict=True):
            weight.derivative = derivative
        return error, answer


class _Run:
    """A network that runs tick by tick, with the activations of the last ticks and their derivatives by all weights.

    Attributes
    ----------
    activations : dict of Unit to list of float
        Activations, the present one first.
    sensitivities : dict of Unit to list of array [weight]
        Their derivatives, in the order of ``network.weights``.
    """

    def __init__(self, network: cn.Network) -> None:
        import numpy as np

        self.network = network
        self.steps = [unit for unit in network.schedule.steps if isinstance(unit, cn.Unit)]
        self.columns = {weight: column for column, weight in enumerate(network.weights)}
        self.ticks = 1 + max((connection.delay for connection in network.connections), default=0)
        self.none = np.zeros(len(network.weights))
        units = [network.unit("bias"), *input_units(network), *computed_units(network)]
        initial = {unit: 1.0 if unit.group.role == "bias" else unit.group.initial[unit.index] for unit in units}
        self.activations = {unit: [initial[unit]] * self.ticks for unit in units}
        self.sensitivities = {unit: [self.none] * self.ticks for unit in units}

    def tick(self, inputs: cn.Array) -> None:
        """Run one tick."""
        clamp_inputs(self.network, inputs)
        for unit in self.activations:
            self.activations[unit] = [unit.activation, *self.activations[unit][: self.ticks - 1]]
            self.sensitivities[unit] = [self.none, *self.sensitivities[unit][: self.ticks - 1]]
        for unit in self.steps:
            self._activate(unit)

    def _activate(self, unit: cn.Unit) -> None:
        """Compute the activation of a unit and its derivatives from those of its senders."""
        net_input, sensitivity = 0.0, self.none.copy()
        for connection in unit.incoming:
            sender, weight = connection.sender, connection.weight
            if sender.lesioned:
                continue
            activation = self.activations[sender][connection.delay]
            net_input += weight.value * activation
            if connection.backpropagate:
                sensitivity += weight.value * self.sensitivities[sender][connection.delay]
            sensitivity[self.columns[weight]] += activation
        unit.net_input = net_input
        unit.activation = real_number(unit.group.activation_function.activation(net_input))
        self.activations[unit][0] = unit.activation
        self.sensitivities[unit][0] = slope_of(unit) * sensitivity


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.ObjectProcedure]]:
    """Return the procedure."""
    return [RealTimeRecurrent]
