r"""GeneRec, the generalized recirculation algorithm.

.. math:: S_{ji} = y_i^- (y_j^+ - y_j^-)

In the minus phase the network settles with its inputs clamped, in the plus phase also with its output units clamped to the targets. S takes
the place of −∂E/∂w. The midpoint form has the mean of both phases in place of the sender's :math:`y_i^-`. The symmetric form adds the same
expression with sender and receiver exchanged. Both together are contrastive Hebbian learning. Source: O'Reilly (1996), Biologically
plausible error-driven learning using local activation differences: the generalized recirculation algorithm, Neural Computation 8, 895–938.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn
from connectionist.engines.symmetry import check_feedback


@dataclass(frozen=True)
class GeneRec(cn.SignalProcedure):
    """GeneRec.

    The network runs in time, and each phase lasts all ticks of a case. So the case must have enough ticks for the network to settle.

    Parameters
    ----------
    midpoint : bool
        Whether the activation of the sender is the mean of both phases.
    symmetric : bool
        Whether to add the expression with sender and receiver exchanged.
    """

    midpoint: bool = cn.parameter(False)
    symmetric: bool = cn.parameter(False)
    name = "generec"
    equation = "−∂E/∂w is replaced by y⁻ of the sender · (y⁺ − y⁻ of the receiver); see midpoint and symmetric"
    phases = (cn.CasePhase("minus"), cn.CasePhase("plus", targets="clamped"))

    def signal(
        self, value: float, minus_sender: float, plus_sender: float, minus_receiver: float, plus_receiver: float, target: float
    ) -> float:
        """Return the activation of the sender times the difference of the receiver's."""
        sender, receiver = minus_sender, minus_receiver
        if self.midpoint:
            sender, receiver = 0.5 * (minus_sender + plus_sender), 0.5 * (minus_receiver + plus_receiver)
        signal = sender * (plus_receiver - minus_receiver)
        if self.symmetric:
            signal += receiver * (plus_sender - minus_sender)
        return signal

    def check_network(self, network: cn.Network) -> None:
        """Raise WiringError if the targets of the output units do not reach the hidden units."""
        check_feedback(network, self.name)


@cn.hookimpl
def learning_procedures() -> Sequence[type[cn.SignalProcedure]]:
    """Return the procedure."""
    return [GeneRec]
