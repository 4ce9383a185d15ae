r"""Recirculation: an encoder learns from what it was given and what it reconstructs.

With the inputs v₀, the activations of one hidden group h, and the reconstruction by the output group:

.. math:: h_1 = f(W v_0) \qquad v_2 = \lambda v_0 + (1 - \lambda) f(V h_1) \qquad h_3 = \lambda h_1 + (1 - \lambda) f(W v_2)

.. math:: S_V = (v_0 - v_2)\, h_1 \qquad S_W = (h_1 - h_3)\, v_2

S takes the place of −∂E/∂w. The output units have the place of the visible units at the end of the loop, so there are as many as inputs.
Targets are used for E and for correct cases only; what is learned is to reconstruct the inputs.

Source: Hinton & McClelland (1988), Learning representations by recirculation, in Anderson (ed.), Neural Information Processing Systems,
American Institute of Physics, 358–366.
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
    net_input_of,
    output_units,
    response,
    set_targets,
)
from connectionist.utils.real_number import real_number


@dataclass(frozen=True)
class Recirculation(cn.ObjectProcedure):
    """Recirculation, for a network of an input group, a hidden group, and an output group that reconstructs the input.

    Parameters
    ----------
    regression : float
        Part λ of the old activation that a visible or hidden unit keeps, at least 0 and below 1.

    Raises
    ------
    ParameterError
        If the parameter is out of range.
    """

    regression: float = cn.parameter(0.75, at_least=0, below=1)
    name = "recirculation"
    equation = "−∂E/∂w is replaced by y of the sender · (y of the receiver before − y of the receiver after one loop)"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the network is not an encoder with one input, one hidden and one output group of separate units."""
        groups = {role: [group for group in network.groups if group.role == role] for role in ("input", "hidden", "output")}
        names = {(each.sender.role, each.receiver.role) for each in network.projections if each.sender.role != "bias"}
        if network.in_time:
            raise cn.errors.WiringError(
                f"procedure {self.name!r}: needs a network without time, and {network.in_time}; make it without delays and integrates"
            )
        check_separate_units(network, self.name)
        if any(len(found) != 1 for found in groups.values()) or names != {("input", "hidden"), ("hidden", "output")}:
            found = ", ".join(each.name for each in network.projections if each.sender.role != "bias")
            raise cn.errors.WiringError(
                f"procedure {self.name!r}: needs one input, one hidden and one output group, connected input → hidden and hidden → output, "
                f"and no others (got {found or 'no connections'})"
            )
        sizes = len(groups["input"][0]), len(groups["output"][0])
        if sizes[0] != sizes[1]:
            raise cn.errors.WiringError(
                f"procedure {self.name!r}: the output group reconstructs the input, so both need the same number of units "
                f"(got {sizes[0]} in {groups['input'][0].name!r} and {sizes[1]} in {groups['output'][0].name!r})"
            )

    def differentiate(self, network: cn.Network, inputs: cn.Array, targets: cn.Array) -> tuple[float, cn.Array]:
        """Run one loop of one case, and add minus the signal of each connection."""
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        visible, outputs = input_units(network), output_units(network)
        hidden = [unit for unit in computed_units(network) if unit.group.role == "hidden"]
        for unit in [*hidden, *(each for each in outputs if not each.lesioned)]:
            unit.activate()
        error, answer = error_of(outputs), response(network, targets)
        given, first = [unit.activation for unit in visible], [(unit.net_input, unit.activation) for unit in hidden]
        kept, new = self.regression, 1.0 - self.regression
        regressed = [kept * before + new * unit.activation for before, unit in zip(given, outputs, strict=True)]
        for unit, before, after in zip(outputs, given, regressed, strict=True):
            _add_signals(unit, before - after)
        for unit, activation in zip(visible, regressed, strict=True):
            unit.activation = activation
        for unit, (_, before) in zip(hidden, first, strict=True):
            after = kept * before + new * real_number(unit.group.activation_function.activation(net_input_of(unit)))
            _add_signals(unit, before - after)
        for unit, activation in zip(visible, given, strict=True):
            unit.activation = activation
        return error, answer


def _add_signals(unit: cn.Unit, difference: float) -> None:
    for connection in unit.incoming:
        connection.weight.derivative -= difference * connection.sender.activation


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.ObjectProcedure]]:
    """Return the procedure."""
    return [Recirculation]
