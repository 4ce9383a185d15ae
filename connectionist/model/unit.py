"""A unit: what it knows, and what it does with it.

This is the executable specification of the whole simulator; every faster engine is measured against it. In the symbols of
Rumelhart, Hinton & Williams (1986), for unit j with senders i, the numbers being the paper's::

    (1)  x_j = Σ_i y_i w_ji               (2)  y_j = f(x_j)
    (4)  ∂E/∂y_j = y_j − d_j              for an output unit with squared error, plus what (7) hands it
    (5)  ∂E/∂x_j = ∂E/∂y_j · f'(x_j)
    (6)  ∂E/∂w_ji = ∂E/∂x_j · y_i         (7)  ∂E/∂y_i = Σ_j ∂E/∂x_j · w_ji

A unit looks only at its own connections. It does not know when it is called: the order is the schedule's affair.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from connectionist.plugins.functions import within_margin
from connectionist.utils import hooks
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    from connectionist.explain.unit import UnitExplanation
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.state import UnitState
    from connectionist.plugins.functions import ErrorFunction


class Unit(HtmlRepr):
    """One unit of a group.

    Attributes
    ----------
    group : Group
        Where it belongs, and whose activation function it has.
    index : int
        Its place in the group.
    incoming, outgoing : list of Connection
        Its connections in the order in which they were made, lesioned ones left out.
    net_input, activation, activation_derivative, net_derivative, target : float
        x, y, ∂E/∂y, ∂E/∂x and d of the present case. The target is NaN where there is none.
    """

    __slots__ = ("_lesioned", "_state", "group", "incoming", "index", "outgoing", "row")

    def __init__(self, state: UnitState, row: int, group: Group, index: int) -> None:
        self._state = state
        self.row = row
        self.group = group
        self.index = index
        self._lesioned = False
        self.incoming: list[Connection] = []
        self.outgoing: list[Connection] = []

    @property
    def label(self) -> str:
        """Its label in the group; its index where the group has no labels."""
        return self.group.labels[self.index]

    @property
    def name(self) -> str:
        """``"group:label"``, in an unrolled network ``"group:label@tick"``; ``"bias"`` for the unit that is always 1."""
        return self.group.name_of(self.label)

    @property
    def owner(self) -> object:
        """The network that it is part of. A unit asks nothing of it; who stands above networks may."""
        return self._state.owner

    @property
    def lesioned(self) -> bool:
        """Whether `Network.lesion` has taken it out; its activation is then 0."""
        return self._lesioned

    def _silence(self, lesioned: bool) -> None:
        """Take it out or put it back. For `Network.lesion` and `Network.restore`, which see to its connections too."""
        self._lesioned = lesioned
        self.net_input = 0.0
        self.activation = 0.0

    @property
    def net_input(self) -> float:
        """Total input x (equation 1)."""
        return self._state.net_input[self.row]

    @net_input.setter
    def net_input(self, net_input: float) -> None:
        self._state.net_input[self.row] = net_input

    @property
    def activation(self) -> float:
        """Output y (equation 2)."""
        return self._state.activation[self.row]

    @activation.setter
    def activation(self, activation: float) -> None:
        self._state.activation[self.row] = activation

    @property
    def activation_derivative(self) -> float:
        """∂E/∂y (equations 4 and 7)."""
        return self._state.activation_derivative[self.row]

    @activation_derivative.setter
    def activation_derivative(self, derivative: float) -> None:
        self._state.activation_derivative[self.row] = derivative

    @property
    def net_derivative(self) -> float:
        """∂E/∂x (equation 5)."""
        return self._state.net_derivative[self.row]

    @net_derivative.setter
    def net_derivative(self, derivative: float) -> None:
        self._state.net_derivative[self.row] = derivative

    @property
    def target(self) -> float:
        """Desired activation d; NaN means "no target"."""
        return self._state.target[self.row]

    @target.setter
    def target(self, target: float) -> None:
        self._state.target[self.row] = target

    def activate(self) -> None:
        """Forward: add up the net input and answer with an activation (equations 1 and 2)."""
        self.compute_net_input()
        self.activation = self.group.activation_function.activation(self.net_input)

    def compute_net_input(self) -> None:
        """Set the net input from the incoming connections (equation 1)."""
        net_input = 0.0
        for connection in self.incoming:
            net_input += connection.weight.value * connection.sender.activation
        self.net_input = net_input

    def compare(self, target: float) -> float:
        """Take a target, add its share to ∂E/∂y (equation 4) and return its share of E."""
        self.target = target
        if math.isnan(target) or within_margin(self.activation, target, self.group.margin):
            return 0.0
        error_function: ErrorFunction = self.group.error_function
        self.activation_derivative += error_function.derivative(self.activation, target)
        return error_function.error(self.activation, target)

    def backpropagate(self) -> None:
        """Backward: find ∂E/∂x (equation 5) and hand each incoming connection its share."""
        slope = self.group.activation_function.slope(self.net_input, self.activation)
        self.set_net_derivative(self.activation_derivative * slope)

    def set_net_derivative(self, net_derivative: float) -> None:
        """Take ∂E/∂x, and hand each incoming connection its share."""
        self.net_derivative = net_derivative
        self.propagate_derivative()

    def propagate_derivative(self) -> None:
        """Add to each incoming weight's derivative (equation 6) and to each sender's ∂E/∂y (equation 7)."""
        net_derivative = self.net_derivative
        for connection in self.incoming:
            connection.weight.derivative += net_derivative * connection.sender.activation
            if connection.backpropagate:
                connection.sender.activation_derivative += net_derivative * connection.weight.value

    def explain(self) -> UnitExplanation:
        """Return the arithmetic of the present case, with names and numbers: print it, or read its terms.

        Every incoming term of the net input, the activation, where ∂E/∂y came from, the slope, ∂E/∂x, each incoming weight's
        derivative and, after a change, how the rule came by it. Sums are made in the order in which the unit makes them; where they are
        not what is stored (a weight was assigned since, no backward pass was made), it says so. A unit of a network in time is
        explained by its copy at the last tick; for another tick ask a copy, ``net.unrolled.unit("hidden:0@2").explain()``.

        Returns
        -------
        UnitExplanation

        Raises
        ------
        WiringError
            In a network in time whose last case an engine ran: ``forward`` it, so that there are copies to ask.

        Examples
        --------
        >>> from connectionist.model.network import Network
        >>> net = Network("sum")
        >>> _ = net.add_group("input", 2, role="input")
        >>> _ = net.add_group("output", 1, role="output", activation="linear", biased=False)
        >>> _ = net.connect("input", "output", weights=[[0.5], [-0.25]])
        >>> y = net.forward([2, 3])
        >>> explained = net.unit("output:0").explain()
        >>> [(term.name, term.value) for term in explained.net_input.terms]
        [('input:0', 1.0), ('input:1', -0.75)]
        >>> explained.net_input.total == net.unit("output:0").net_input
        True
        """
        told: UnitExplanation = hooks.explain(self)
        return told

    def __repr__(self) -> str:
        return f"<Unit {self.name}, activation {self.activation:.6g}{', lesioned' if self.lesioned else ''}>"
