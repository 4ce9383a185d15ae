r"""REINFORCE: units that are on at random, and one reward for all of them.

.. math:: S_{ij} = (r - b) (y_i - p_i) y_j + \lambda (1 - r) (1 - y_i - p_i) y_j

y is 1 with the probability p, the value of the activation function, else 0; r is the reward, b the baseline, and S the signal of the weight
from unit j to unit i, which takes the place of −∂E/∂w. The reward is 1 less the mean of ``|y − d|`` over the output units with a target d.
With λ = 0 the mean of S is the derivative of the mean reward, whatever b is. With b = 0 and λ above 0 it is the associative reward–penalty
rule. Sources: Williams (1992), Simple statistical gradient-following algorithms for connectionist reinforcement learning, Machine
Learning 8, 229–256; Barto & Jordan (1987), Gradient following without back-propagation in layered networks, Proceedings of the IEEE First
International Conference on Neural Networks, vol. 2, 629–636.
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
    error_of,
    output_units,
    response,
    set_targets,
)

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Reinforce(cn.StochasticProcedure):
    """REINFORCE, and the associative reward–penalty rule.

    Parameters
    ----------
    baseline : float
        Reward b for which the weights do not change.
    penalty : float
        Factor λ of the term that makes the other activation more probable without reward, at least 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    baseline: float = cn.parameter(0.0)
    penalty: float = cn.parameter(0.0, at_least=0)
    computation = "reinforce"
    name = "reinforce"
    synonyms = ("a_rp", "arp", "reward_penalty")
    equation = "−∂E/∂w is replaced by (reward − baseline) (y − p) y of the sender + penalty (1 − reward) (1 − y − p) y of the sender"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the network runs in time, or an activation is not from 0 to 1."""
        check_separate_units(network, self.name)
        if network.in_time:
            raise cn.errors.WiringError(
                f"procedure {self.name!r}: runs networks without time ({network.in_time}); make the network without delays"
            )
        check_probabilities(network, self.name)

    def differentiate(
        self, network: cn.Network, inputs: cn.Array, targets: cn.Array, stream: np.random.Generator
    ) -> tuple[float, cn.Array]:
        """Draw one response to one case, and add minus the signal of each connection. The units then show probabilities instead."""
        clamp_inputs(network, inputs)
        set_targets(network, targets)
        units, probabilities = network.schedule.units, {}
        for unit, number in zip(units, stream.random(len(units)).tolist(), strict=True):
            unit.activate()
            probabilities[unit] = unit.activation
            unit.activation = float(number < unit.activation)
        reward = self._reward(network)
        for unit, probability in probabilities.items():
            factor = (reward - self.baseline) * (unit.activation - probability)
            factor += self.penalty * (1.0 - reward) * (1.0 - unit.activation - probability)
            for connection in unit.incoming:
                connection.weight.derivative -= factor * connection.sender.activation
        for unit in units:
            unit.activate()
        return error_of(output_units(network)), response(network, targets)

    def _reward(self, network: cn.Network) -> float:
        distances = [abs(unit.activation - unit.target) for unit in output_units(network) if unit.target == unit.target]
        if not distances:
            what = f"procedure {self.name!r}: needs a target, from which the reward is computed"
            raise cn.errors.DataError(f"{what} (got none for a unit without lesion)")
        total = 0.0
        for distance in distances:
            total += distance
        return 1.0 - total / len(distances)


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.StochasticProcedure]]:
    """Return the procedure."""
    return [Reinforce]
