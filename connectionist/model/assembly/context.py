"""Context groups: linear units that copy the earlier activations of another group, without passing error back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError, WiringError, check_number
from connectionist.model.group import Group
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.network import Network


def add_context(network: Network, group: str | Group, name: str = "context", decay: float = 0.0, weight: float = 1.0) -> Group:
    """Add linear units that copy the activations of another group with a delay of one tick.

    The context c of units y is::

        c(t) = weight · y(t − 1) + decay · c(t − 1)

    Copies of hidden units without decay make a simple recurrent network (Elman 1990, Cognitive Science 14, 179–211). Copies of output
    units with a decay μ are the state units of Jordan (1986). A context of a context goes back one tick more. The connections into the
    context are fixed and pass no error back. The connections from the context are left to the caller.

    Parameters
    ----------
    network : Network
    group : str or Group
        Group to copy. Its ``initial`` activations are y(0), so the context has weight · y(0) at tick 1. c(0) is 0 unless ``initial`` of the
        context is assigned.
    name : str
        Name of the new group.
    decay : float
        Fraction of its own activation that the context keeps, at least 0 and below 1.
    weight : float
        Weight of the copied activation, finite. With 1 − decay the context is a running average.

    Returns
    -------
    Group

    Raises
    ------
    UnknownNameError, WiringError, ParameterError
        If the group does not exist, the name is taken, or the decay is out of range.

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
    if not hasattr(network, "add_group"):  # the module of Network imports this layer
        raise DataError(f"add_context.network: must be a Network (got {shown(network)})")
    decay = check_number("add_context", "decay", decay, at_least=0, below=1)
    weight = check_number("add_context", "weight", weight)
    if network.ticks is not None:
        raise WiringError(f"add_context: {network.name} is an unrolled network; add the context to its original, and unroll that")
    copied = network[group if isinstance(group, str) else getattr(group, "name", repr(group))]
    if not isinstance(group, str) and copied is not group:
        raise WiringError(f"add_context: group {copied.name!r} belongs to another network than {network.name}")
    made = network.add_group(name, copied.labels, activation="linear", biased=False)
    fixed: dict[str, Any] = {"pattern": "one_to_one", "delay": 1, "trainable": False, "backpropagate": False}
    network.connect(copied, made, weights=weight, **fixed)
    if decay:
        network.connect(made, made, weights=decay, **fixed)
    return made
