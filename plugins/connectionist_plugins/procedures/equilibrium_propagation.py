r"""Equilibrium propagation: the state of rest, less the state of rest with the outputs nudged toward the targets.

With the state u of each unit, ρ its activation function, and the energy

.. math:: F = \tfrac12 \sum_i u_i^2 - \sum_{i<j} w_{ij} \rho(u_i) \rho(u_j) - \sum_i b_i \rho(u_i) + \beta E

the units move by du/dt = −∂F/∂u, first with β = 0, and then from there with a small β. The signal is

.. math:: S_{ij} = \frac1\beta \big(\rho(u_i^\beta) \rho(u_j^\beta) - \rho(u_i^0) \rho(u_j^0)\big)

It tends to −∂E/∂w as β → 0. The symmetric form has −β in place of 0, divided by 2 β, and its error is of the order of β². The connections
must be symmetric. Source: Scellier & Bengio (2017), Equilibrium propagation: bridging the gap between energy-based models and
backpropagation, Frontiers in Computational Neuroscience 11, 24; the symmetric form, Laborieux et al. (2021), Frontiers in Neuroscience 15,
633674. There E is of the states u of the output units (``cost="state"``); here it is of their activations by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import connectionist as cn
from connectionist.engines.object_steps import check_separate_units
from connectionist.engines.symmetry import check_symmetric


@dataclass(frozen=True)
class EquilibriumPropagation(cn.SignalProcedure):
    """Equilibrium propagation.

    Parameters
    ----------
    beta : float
        Strength β of the nudging, above 0.
    symmetric : bool
        Whether to nudge the outputs toward and away from the targets.
    dt : float
        Step of the movement, above 0 and at most 1.
    steps : int
        Largest number of steps of each phase, at least 1.
    criterion : float
        Change of a state in one step, divided by dt, below which it is at rest; above 0.
    cost : {"activation", "state"}
        Whether E is the network's error of the activations, or ½ Σ (u − d)² of the states of the output units.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    beta: float = cn.parameter(0.1, above=0)
    symmetric: bool = cn.parameter(False)
    dt: float = cn.parameter(0.5, above=0, at_most=1)
    steps: int = cn.parameter(200, at_least=1)
    criterion: float = cn.parameter(1e-6, above=0)
    cost: Literal["activation", "state"] = cn.parameter("activation")
    name = "equilibrium_propagation"
    synonyms = ("eqprop", "ep")
    equation = "−∂E/∂w is replaced by (y y with the outputs nudged − y y without) / β, or the symmetric form"

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the connections are not symmetric, or if a group has a joint activation function or integrates."""
        check_separate_units(network, self.name)
        check_symmetric(network, self.name)
        for group in network.groups:
            if group.role in ("hidden", "output") and not group.activation_function.has_slope:
                raise cn.errors.WiringError(
                    f"procedure {self.name!r}: needs activation functions with a slope, and that of {group.activation_function.name!r} in "
                    f"group {group.name!r} is 0; choose another one, such as 'logistic'"
                )

    @property
    def dynamics(self) -> cn.EnergyDescent:  # type: ignore[override]
        """The movement of the states."""
        return cn.EnergyDescent(self.dt, self.steps, self.criterion, self.cost)

    @property
    def phases(self) -> tuple[cn.CasePhase, ...]:  # type: ignore[override]
        """The phase without nudging, the one with nudging away from the targets if there is one, and the one toward them."""
        free = cn.CasePhase("free", counts=not self.symmetric)
        away = cn.CasePhase("away", continues="free", nudging=-self.beta)
        toward = cn.CasePhase("toward", continues="free", nudging=self.beta)
        return (free, away, toward) if self.symmetric else (free, toward)

    def signal(
        self, value: float, first_sender: float, second_sender: float, first_receiver: float, second_receiver: float, target: float
    ) -> float:
        """Return the difference of the products of activations, divided by β, or by 2 β in the symmetric form."""
        scale = 0.5 / self.beta if self.symmetric else 1.0 / self.beta
        return scale * (second_sender * second_receiver - first_sender * first_receiver)


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.SignalProcedure]]:
    """Return the procedure."""
    return [EquilibriumPropagation]
