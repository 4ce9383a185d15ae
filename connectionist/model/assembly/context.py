"""Context: units that hold what other units did before, without any error going back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.errors import WiringError, check_number
from connectionist.model.group import Group

if TYPE_CHECKING:
    from connectionist.model.network import Network


def add_context(network: Network, group: str | Group, name: str = "context", decay: float = 0.0, weight: float = 1.0) -> Group:
    """Add linear units that copy those of another group with a delay of one tick.

    The context c of units y is::

        c(t) = weight · y(t − 1) + decay · c(t − 1)

    Copies of hidden units, with no decay, make a simple recurrent network (Elman 1990, Cognitive Science 14, 179–211); copies of output
    units with a decay μ are the state units of Jordan (1986); a context of a context remembers one tick more. The connections made are
    fixed, and no error goes back through them. What the context sends to is yet to be connected.

    Parameters
    ----------
    network : Network
    group : str or Group
        What to copy. Its `initial` activations are y(0), which the context has at tick 1, times the weight; c(0) is 0 unless the
        context's own `initial` is assigned.
    name : str
        Of the new group.
    decay : float
        What the context keeps of itself, at least 0 and below 1.
    weight : float
        What it takes of the group; finite. With 1 − decay the context is a running average.

    Returns
    -------
    Group

    Raises
    ------
    UnknownNameError, WiringError, ParameterError
        When there is no such group, the name is taken, or the decay is out of range.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.Network("srn")
    >>> _ = net.add_group("input", 2, role="input"), net.add_group("hidden", 3, initial=0.5), net.add_group("output", 2, role="output")
    >>> add_context(net, "hidden")
    <Group context, 3 hidden units>
    >>> for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("hidden", "output")):
    ...     _ = net.connect(sender, receiver)
    """
    check_number("add_context", "decay", decay, at_least=0, below=1)
    check_number("add_context", "weight", weight)
    if network.ticks is not None:
        raise WiringError(f"add_context: {network.name} is an unrolled network; add it to the one it copies, and unroll that")
    copied = network[group if isinstance(group, str) else getattr(group, "name", repr(group))]
    if not isinstance(group, str) and copied is not group:
        raise WiringError(f"add_context: group {copied.name!r} belongs to another network than {network.name}")
    made = network.add_group(name, copied.labels, activation="linear", biased=False)
    fixed: dict[str, Any] = {"pattern": "one_to_one", "delay": 1, "trainable": False, "backpropagate": False}
    network.connect(copied, made, weights=weight, **fixed)
    if decay:
        network.connect(made, made, weights=decay, **fixed)
    return made
