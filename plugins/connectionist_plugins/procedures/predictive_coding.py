r"""Predictive coding: hidden units settle between what they are predicted to be and what predicts the targets.

Each hidden unit has a value x of its net input, and a prediction error e. The output units have the error E of the network, with a
precision π:

.. math:: e_i = x_i - \sum_j w_{ij} f(x_j) \qquad F = \tfrac12 \sum_i e_i^2 + \pi E \qquad
   \frac{dx_i}{dt} = -e_i + f'(x_i) \sum_k w_{ki} e_k \qquad \frac{\partial F}{\partial w_{ij}} = -e_i f(x_j)

where e of an output unit is −π ∂E/∂x. The values begin at those of a forward pass. What takes the place of ∂E/∂w is ∂F/∂w / π at rest. It
tends to ∂E/∂w as π → 0; with π = 1 it does not, however small the error. Source: Whittington & Bogacz (2017), An approximation of the
error backpropagation algorithm in a predictive coding network with local Hebbian synaptic plasticity, Neural Computation 29, 1229–1262.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn
from connectionist.engines.object_steps import (
    check_separate_units,
    clamp_inputs,
    error_of,
    net_input_of,
    output_units,
    own_net_derivative,
    repeat_until_at_rest,
    response,
    set_targets,
    slope_of,
)
from connectionist.utils.real_number import real_number


@dataclass(frozen=True)
class PredictiveCoding(cn.ObjectProcedure):
    """Predictive coding, for networks without time.

    Parameters
    ----------
    precision : float
        Precision π of the output units, above 0.
    dt : float
        Step of the movement, above 0 and at most 1.
    steps : int
        Largest number of steps, at least 1.
    criterion : float
        Change of a value in one step, divided by dt, below which it is at rest; above 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    precision: float = cn.parameter(1.0, above=0)
    dt: float = cn.parameter(0.1, above=0, at_most=1)
    steps: int = cn.parameter(200, at_least=1)
    criterion: float = cn.parameter(1e-6, above=0)
    name = "predictive_coding"
    synonyms = ("pc",)
    equation = "−∂E/∂w is replaced by prediction error of the receiver · y of the sender, at rest"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the network runs in time, has a group with a joint activation function, or an output unit that sends."""
        if network.in_time:
            raise cn.errors.WiringError(
                f"procedure {self.name!r}: needs a network without time, and {network.in_time}; make it without delays and integrates"
            )
        check_separate_units(network, self.name)
        for projection in network.projections:
            if projection.sender.role == "output":
                raise cn.errors.WiringError(
                    f"procedure {self.name!r}: output units must not send to other units (projection {projection.name}); make the sender a "
                    f"hidden group, with connections to an output group"
                )

    def differentiate(self, network: cn.Network, inputs: cn.Array, targets: cn.Array) -> tuple[float, cn.Array]:
        """Run one case forward, let the hidden units settle, and add the number of each connection."""
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        steps = [unit for unit in network.schedule.steps if isinstance(unit, cn.Unit)]
        for unit in steps:
            unit.activate()
        outputs = output_units(network)
        error, answer = error_of(outputs), response(network, targets)
        hidden = [unit for unit in steps if unit.group.role == "hidden"]
        before = [(unit.net_input, unit.activation) for unit in steps]
        repeat_until_at_rest(lambda: self._move(hidden, outputs), self.steps, self.criterion, self.name)
        errors = self._errors(hidden, outputs)
        for unit, prediction_error in errors.items():
            unit.net_derivative = -prediction_error / self.precision
            for connection in unit.incoming:
                connection.weight.derivative += unit.net_derivative * connection.sender.activation
        for unit, (net_input, activation) in zip(steps, before, strict=True):
            unit.net_input, unit.activation = net_input, activation
        return error, answer

    def _errors(self, hidden: Sequence[cn.Unit], outputs: Sequence[cn.Unit]) -> dict[cn.Unit, float]:
        """Return the prediction errors, and set the output units to what is predicted of them."""
        errors = {unit: unit.net_input - net_input_of(unit) for unit in hidden}
        for unit in outputs:
            if not unit.lesioned:
                unit.activate()
                errors[unit] = -self.precision * own_net_derivative(unit)
        return errors

    def _move(self, hidden: Sequence[cn.Unit], outputs: Sequence[cn.Unit]) -> float:
        """Move the hidden units one step, and return the largest change divided by dt."""
        errors, largest = self._errors(hidden, outputs), 0.0
        forces = []
        for unit in hidden:
            received = 0.0
            for connection in unit.outgoing:
                received += connection.weight.value * errors.get(connection.receiver, 0.0)
            forces.append(-errors[unit] + slope_of(unit) * received)
        for unit, force in zip(hidden, forces, strict=True):
            largest = max(largest, abs(force))
            unit.net_input += self.dt * force
            unit.activation = real_number(unit.group.activation_function.activation(unit.net_input))
        return largest


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.ObjectProcedure]]:
    """Return the procedure."""
    return [PredictiveCoding]
