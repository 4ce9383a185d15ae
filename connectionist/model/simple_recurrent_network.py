"""The simple recurrent network of Elman (1990)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectionist.model.assembly.context import add_context
from connectionist.model.network import Network

if TYPE_CHECKING:
    import numpy.typing as npt

    from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction


def simple_recurrent_network(
    name: str,
    inputs: int | Sequence[str],
    hidden: int | Sequence[str],
    outputs: int | Sequence[str],
    *,
    activation: str | ActivationFunction | JointActivationFunction | None = None,
    output_activation: str | ActivationFunction | JointActivationFunction | None = None,
    error: str | ErrorFunction | None = None,
    initial: npt.ArrayLike = 0.5,
    context_decay: float = 0.0,
    tie_derivative: str = "mean",
) -> Network:
    """Return Elman's network: hidden units that also receive their own activations of the tick before, from context units.

    The hidden units y have the net input x(t) = W i(t) + V c(t) + b, with the inputs i and the context
    c(t) = y(t − 1) + context_decay · c(t − 1). No error goes back through the context (see `add_context`). The groups are "input",
    "hidden", "output" and "context". All trainable weights are 0 until they are drawn, for example by `Network.randomize`.

    Parameters
    ----------
    name : str
        Name of the network.
    inputs, hidden, outputs : int or sequence of str
        Number of units of the group, at least 1; or a label for each unit. There are as many context units as hidden units.
    activation, output_activation : str or activation function, optional
        Of the hidden and of the output units; "logistic" by default.
    error : str or error function, optional
        "squared" by default.
    initial : float or array_like [hidden unit]
        Activations of the hidden units before tick 1, which the context has at tick 1. Elman's networks begin with 0.5.
    context_decay : float
        Fraction of its activation that a context unit keeps, at least 0 and below 1. It is 0 in Elman's networks.
    tie_derivative : {"mean", "sum"}
        Derivative of a weight over the ticks of an example, as for `Network`.

    Returns
    -------
    Network

    Raises
    ------
    WiringError, UnknownNameError, ParameterError
        If a label is not allowed, if no function has the given name, or if another value is not allowed.

    References
    ----------
    Elman, J. L. (1990). Finding structure in time. *Cognitive Science* 14, 179–211, Fig. 2.

    Examples
    --------
    >>> simple_recurrent_network("xor in time", inputs=1, hidden=2, outputs=1)
    <Network xor in time: input 1, hidden 2, output 1, context 2; 13 connections>
    """
    net = Network(name, tie_derivative=tie_derivative)
    net.add_group("input", inputs, role="input")
    net.add_group("hidden", hidden, activation=activation, initial=initial)
    net.add_group("output", outputs, role="output", activation=output_activation, error=error)
    add_context(net, "hidden", decay=context_decay)
    for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    return net
