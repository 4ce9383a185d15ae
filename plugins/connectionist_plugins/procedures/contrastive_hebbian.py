r"""Contrastive Hebbian learning: activations with the targets clamped, less activations with the output units free.

.. math:: S_{ji} = y_i^+ y_j^+ - y_i^- y_j^-

In the minus phase the network settles with its inputs clamped, in the plus phase also with its output units clamped to the targets. S takes
the place of −∂E/∂w. The connections must be symmetric. With weak weights back to the hidden units, the changes tend to those of
back-propagation with cross-entropy (Xie & Seung 2003, Neural Computation 15, 441–454). Sources: Peterson & Anderson (1987), A mean field
theory learning algorithm for neural networks, Complex Systems 1, 995–1019; Movellan (1990), Contrastive Hebbian learning in the continuous
Hopfield model, Proceedings of the 1990 Connectionist Models Summer School.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn
from connectionist.engines.symmetry import check_symmetric


@dataclass(frozen=True)
class ContrastiveHebbian(cn.SignalProcedure):
    """Contrastive Hebbian learning.

    The network runs in time, and each phase lasts all ticks of a case. So the case must have enough ticks for the network to settle.
    """

    name = "contrastive_hebbian"
    synonyms = ("chl", "mean_field", "deterministic_boltzmann")
    equation = "−∂E/∂w is replaced by y of the sender · y of the receiver in the plus phase, less their product in the minus phase"
    phases = (cn.CasePhase("minus"), cn.CasePhase("plus", targets="clamped"))

    def signal(
        self, value: float, minus_sender: float, plus_sender: float, minus_receiver: float, plus_receiver: float, target: float
    ) -> float:
        """Return the difference of the products of activations."""
        return plus_sender * plus_receiver - minus_sender * minus_receiver

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the network does not settle in time, or if its connections are not symmetric."""
        check_symmetric(network, self.name)


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.SignalProcedure]]:
    """Return the procedure."""
    return [ContrastiveHebbian]
