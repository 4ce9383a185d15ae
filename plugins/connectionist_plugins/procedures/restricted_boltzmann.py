r"""The restricted Boltzmann machine, trained by contrastive divergence.

.. math:: S_{ij} = \langle v_i p_j \rangle_0 - \langle v_i p_j \rangle_k

v is the state of a visible unit, p the probability that a hidden unit is on given the visible ones, and S the signal of the weight, which
takes the place of −∂E/∂w. In the first mean the visible units, those of the output groups, have their targets. The second mean is after k
steps in each of which all hidden units are drawn from the visible ones, and then all visible ones from the hidden ones. Units of one role
must not be connected. Sources: Smolensky (1986), PDP vol. 1, chapter 6; Hinton (2002), Training products of experts by minimizing
contrastive divergence, Neural Computation 14, 1771–1800.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import connectionist as cn
from connectionist.engines.object_steps import (
    check_probabilities,
    check_separate_units,
    clamp_inputs,
    computed_units,
    error_of,
    net_input_of,
    output_units,
    response,
    set_targets,
)
from connectionist.engines.symmetry import check_symmetric
from connectionist.utils.real_number import real_number

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class RestrictedBoltzmann(cn.StochasticProcedure):
    """The restricted Boltzmann machine. The output groups are the visible units, and their targets are the data.

    Parameters
    ----------
    steps : int
        Number k of steps of the second phase, at least 1.

    Raises
    ------
    ParameterError
        If the parameter is out of range.
    """

    steps: int = cn.parameter(1, at_least=1)
    name = "restricted_boltzmann"
    synonyms = ("rbm", "contrastive_divergence")
    clamps_targets = True
    computation = "restricted_boltzmann"
    equation = "−∂E/∂w is replaced by v p of the data − v p after k steps, v visible, p the probability of hidden"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError unless hidden and output units, with activations from 0 to 1, are connected symmetrically and only so."""
        check_separate_units(network, self.name)
        for projection in network.projections:
            roles = {projection.sender.role, projection.receiver.role}
            if projection.sender.role != "bias" and roles != {"hidden", "output"} and len(projection):
                raise cn.errors.WiringError(
                    f"procedure {self.name!r}: connections are between hidden and output units only (got {projection.name}); the output "
                    f"units are the visible ones, so give the data as targets, and add no input group"
                )
        check_symmetric(network, self.name)
        check_probabilities(network, self.name)

    def differentiate(
        self, network: cn.Network, inputs: cn.Array, targets: cn.Array, stream: np.random.Generator
    ) -> tuple[float, cn.Array]:
        """Run both phases of one case, and add minus the signal of each connection. The units then show the mean reconstruction."""
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        missing = [unit.name for unit in output_units(network) if not unit.lesioned and unit.target != unit.target]
        if missing:
            raise cn.errors.DataError(f"procedure {self.name!r}: needs a target for each visible unit (got none for {missing[0]})")
        visible = [unit for unit in output_units(network) if not unit.lesioned]
        hidden = [unit for unit in computed_units(network) if unit.group.role == "hidden"]
        for unit in visible:
            unit.activation = unit.target
        _set_probabilities(hidden)
        probabilities = [unit.activation for unit in hidden]
        _add_products(network, -1.0)
        for step in range(self.steps):
            _draw(hidden, stream)
            _set_probabilities(visible)
            if step == 0:
                means = [unit.activation for unit in visible]
            _draw(visible, stream)
            _set_probabilities(hidden)
        _add_products(network, 1.0)
        for unit, activation in zip([*visible, *hidden], [*means, *probabilities], strict=True):
            unit.activation = activation
        return error_of(output_units(network)), response(network, targets)


def _set_probabilities(units: Sequence[cn.Unit]) -> None:
    """Set units to the probabilities that they are on; units of one role do not depend on one another."""
    for unit in units:
        unit.net_input = net_input_of(unit)
        unit.activation = real_number(unit.group.activation_function.activation(unit.net_input))


def _draw(units: Sequence[cn.Unit], stream: np.random.Generator) -> None:
    """Set units to 1 with the probability that is their activation, else to 0."""
    for unit, number in zip(units, stream.random(len(units)).tolist(), strict=True):
        unit.activation = float(number < unit.activation)


def _add_products(network: cn.Network, factor: float) -> None:
    for connection in network.connections:
        connection.weight.derivative += factor * connection.sender.activation * connection.receiver.activation


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.StochasticProcedure]]:
    """Return the procedure."""
    return [RestrictedBoltzmann]
