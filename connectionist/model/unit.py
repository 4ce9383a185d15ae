"""A unit: its quantities, its forward step and its backward step.

This is the executable specification of the simulator. Every faster engine is tested against it. In the symbols and equation numbers of
Rumelhart, Hinton & Williams (1986), for unit j with senders i::

    (1)  x_j = Σ_i y_i w_ji               (2)  y_j = f(x_j)
    (4)  ∂E/∂y_j = y_j − d_j              for an output unit with squared error, plus the sum of (7)
    (5)  ∂E/∂x_j = ∂E/∂y_j · f'(x_j)
    (6)  ∂E/∂w_ji = ∂E/∂x_j · y_i         (7)  ∂E/∂y_i = Σ_j ∂E/∂x_j · w_ji

If the group of a sender has an output function g, the output g(y_i) takes the place of y_i in (1) and (6), and (7) has the factor g'(y_i).
A unit reads and writes only its own connections. `schedule` decides the order in which units are called.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.model.clamping import ClampedUnit
from connectionist.plugins.functions import within_margin
from connectionist.utils import hooks
from connectionist.utils.declared_attributes import ReadOnlyProperties
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.network_part import NetworkPart
from connectionist.utils.real_number import real_number
from connectionist.utils.unknown_attributes import OtherNames

if TYPE_CHECKING:
    from connectionist.explain.unit import UnitExplanation
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.state import UnitState
    from connectionist.plugins.functions import ErrorFunction


class Unit(HtmlRepr, NetworkPart, ClampedUnit, ReadOnlyProperties, OtherNames):
    """One unit of a group.

    Attributes
    ----------
    group : Group
        Group of the unit, which has its activation function.
    index : int
        Position in the group, from 0.
    incoming, outgoing : list of Connection
        Intact connections, in the order in which they were made.
    net_input, activation, activation_derivative, net_derivative, target : float
        x, y, ∂E/∂y, ∂E/∂x and d of the present case. A unit without target has NaN.
    net_input_noise, activation_noise : float
        Noise that is part of x and of y in the present case; 0 if there is none.
    clamp : float
        The value that the present case gives for the unit; the `clamping` of its group says what is done with it. NaN if there is none.
        Input units always are clamped, and have NaN.
    """

    __slots__ = ("_group", "_incoming", "_index", "_lesioned", "_outgoing", "_row", "_state")

    _instead: ClassVar[Mapping[str, str]] = {"lesioned": "call Network.lesion or Network.restore"}
    _elsewhere: ClassVar[Mapping[str, str]] = {
        "value": "activation",
        "act": "activation",
        "y": "activation",
        "net": "net_input",
        "input": "net_input",
        "x": "net_input",
        "grad": "activation_derivative or net_derivative",
        "delta": "net_derivative",
        "error": "target − activation, or Network.backward, which returns E",
        "bias": 'net.connection("bias", unit)',
        "weights": "[connection.weight for connection in unit.incoming]",
        "layer": "group",
        "noise": "net_input_noise or activation_noise",
        "connections": "incoming or outgoing",
    }

    def __init__(self, state: UnitState, row: int, group: Group, index: int) -> None:
        self._state = state
        self._row = row
        self._group = group
        self._index = index
        self._lesioned = False
        self._incoming: list[Connection] = []
        self._outgoing: list[Connection] = []

    def _move(self, state: UnitState, row: int) -> None:
        """Take the numbers from another state or row. Only `Group` calls this."""
        self._state, self._row = state, row

    @property
    def row(self) -> int:
        """Row of the unit in the arrays of ``connectionist.model.state``."""
        return self._row

    @property
    def group(self) -> Group:
        """Group of the unit."""
        return self._group

    @property
    def index(self) -> int:
        """Position in the group, from 0."""
        return self._index

    @property
    def incoming(self) -> list[Connection]:
        """Intact connections to the unit, in the order in which they were made."""
        return self._incoming

    @property
    def outgoing(self) -> list[Connection]:
        """Intact connections from the unit, in the order in which they were made."""
        return self._outgoing

    @property
    def label(self) -> str:
        """Label in the group; the index as text if the group has no labels."""
        return self.group.labels[self.index]

    @property
    def name(self) -> str:
        """``"group:label"``, in an unrolled network ``"group:label@tick"``; ``"bias"`` for the unit that is always 1."""
        return self.group.name_of(self.label)

    @property
    def owner(self) -> object:
        """The network of the unit. Only layers above the network use it."""
        return self._state.owner

    @property
    def lesioned(self) -> bool:
        """Whether `Network.lesion` has taken the unit out; its activation is then 0."""
        return self._lesioned

    def _set_lesioned(self, lesioned: bool) -> None:
        """Set or clear the lesion. Only `Lesions` calls this, since it also unlinks or links the connections."""
        self._lesioned = lesioned
        self.net_input = 0.0
        self.activation = 0.0

    @property
    def net_input(self) -> float:
        """Total input x (equation 1)."""
        return self._state.net_input[self._row]

    @net_input.setter
    def net_input(self, net_input: float) -> None:
        self._state.net_input[self._row] = net_input

    @property
    def activation(self) -> float:
        """Output y (equation 2)."""
        return self._state.activation[self._row]

    @activation.setter
    def activation(self, activation: float) -> None:
        self._state.activation[self._row] = activation

    @property
    def activation_derivative(self) -> float:
        """∂E/∂y (equations 4 and 7)."""
        return self._state.activation_derivative[self._row]

    @activation_derivative.setter
    def activation_derivative(self, derivative: float) -> None:
        self._state.activation_derivative[self._row] = derivative

    @property
    def net_derivative(self) -> float:
        """∂E/∂x (equation 5)."""
        return self._state.net_derivative[self._row]

    @net_derivative.setter
    def net_derivative(self, derivative: float) -> None:
        self._state.net_derivative[self._row] = derivative

    @property
    def target(self) -> float:
        """Desired activation d; NaN means "no target"."""
        return self._state.target[self._row]

    @target.setter
    def target(self, target: float) -> None:
        self._state.target[self._row] = target

    @property
    def net_input_noise(self) -> float:
        """Noise that is part of the net input."""
        return self._state.net_input_noise[self._row]

    @net_input_noise.setter
    def net_input_noise(self, noise: float) -> None:
        self._state.net_input_noise[self._row] = noise

    @property
    def activation_noise(self) -> float:
        """Noise that is part of the activation."""
        return self._state.activation_noise[self._row]

    @activation_noise.setter
    def activation_noise(self, noise: float) -> None:
        self._state.activation_noise[self._row] = noise

    @property
    def output(self) -> float:
        """What the outgoing connections carry: g(y) with the output function g of the group, or the activation y."""
        function = self._group.output_function
        return self.activation if function is None else real_number(function.activation(self.activation))

    @property
    def output_slope(self) -> float:
        """The slope of the output function, or 1."""
        function = self._group.output_function
        return 1.0 if function is None else real_number(function.slope(self.activation, function.activation(self.activation)))

    def perturb(self) -> None:
        """Add the noise to the activation that was computed and, if the unit is clamped, replace it or a part of it."""
        self.activation += self.activation_noise
        share = self.clamped_share
        if share:
            self.activation = self.clamp if share == 1.0 else self.activation + share * (self.clamp - self.activation)

    def activate(self) -> None:
        """Compute the net input and the activation (equations 1 and 2)."""
        self.compute_net_input()
        self.activation = self._group.activation_function.activation(self.net_input)

    def compute_net_input(self) -> None:
        """Set the net input to the sum over the incoming connections (equation 1), the noise and the external input.

        Here and in `propagate_derivative`, ``activation[row]`` is the activation of the unit with that row, and so on: properties would
        take longer than all the rest.
        """
        net_input, activation = 0.0, self._state.activation
        if self._state.has_outputs:
            for connection in self._incoming:
                net_input += connection.weight.value * connection.sender.output
        else:
            for connection in self._incoming:
                weight, sender = connection.weight, connection.sender._row
                net_input += weight._state.value[weight._row] * activation[sender]
        self.net_input = net_input + self.net_input_noise + self.external_input if self._state.is_perturbed else net_input

    @property
    def has_error(self) -> bool:
        """Whether the unit has a target and is not within the margin of it."""
        return not (math.isnan(self.target) or within_margin(self.activation, self.target, self.group.margin))

    def compare(self, target: float) -> float:
        """Set the target, add the derivative of this unit's error to ∂E/∂y (equation 4), and return the error.

        If the error is a formula of the net inputs of the whole group, as for softmax, return 0; `Group.compare` returns it. If the error
        function is joint, return 0; `Group.add_joint_error` returns it, and adds the derivatives.
        """
        self.target = target
        if math.isnan(target) or within_margin(self.activation, target, self._group.margin):
            return 0.0
        group = self._group
        error_function: ErrorFunction = group.error_function
        if error_function.is_joint:
            return 0.0
        self.activation_derivative += error_function.derivative(self.activation, target)
        if group.paired_error is None:
            return error_function.error(self.activation, target)
        if group.joint:
            return 0.0
        error, _ = error_function.compare_net_input(self.net_input, self.activation, target, group.activation_function)
        return error

    @property
    def has_receivers(self) -> bool:
        """Whether error derivatives come back to the unit through its outgoing connections."""
        return any(connection.backpropagate for connection in self._outgoing)

    @property
    def received_derivative(self) -> float:
        """The part of ∂E/∂y that comes from the receivers, without the derivative of this unit's own error (equation 7)."""
        if not self.has_error:
            return self.activation_derivative
        own = real_number(self.group.error_function.derivative(self.activation, self.target))
        return self.activation_derivative - self._state.error_weight * own

    @property
    def computed_activation(self) -> float:
        """The activation without noise, f(x), from which the slope is computed."""
        if not self._state.is_perturbed:
            return self.activation
        return real_number(self._group.activation_function.activation(self.net_input))

    def free(self, derivative: float) -> float:
        """Return the part of ∂E/∂y that goes back through the unit: all of it, or 0 if the unit has a hard clamp."""
        share = self.clamped_share
        return derivative if share == 0.0 else 0.0 if share == 1.0 else derivative * (1.0 - share)

    def backpropagate(self) -> None:
        """Compute ∂E/∂x (equation 5) and pass it back through the incoming connections.

        If the error function has a formula of the net input, ∂E/∂x of this unit's own error comes from that formula. Equation 5 then has
        the rest of ∂E/∂y only.
        """
        group = self._group
        paired: ErrorFunction | None = group.paired_error
        net_derivative = 0.0
        if paired is None or self.has_receivers or group.cost is not None:
            derivative = self.activation_derivative if paired is None else self.received_derivative
            net_derivative = self.free(derivative) * group.activation_function.slope(self.net_input, self.computed_activation)
        if paired is not None and self.has_error:
            _, own = paired.compare_net_input(self.net_input, self.activation, self.target, group.activation_function)
            net_derivative += self._state.error_weight * own
        self.set_net_derivative(net_derivative)

    def set_net_derivative(self, net_derivative: float) -> None:
        """Set ∂E/∂x and pass it back through the incoming connections."""
        self.net_derivative = net_derivative
        self.propagate_derivative()

    def propagate_derivative(self) -> None:
        """Add to the derivative of each incoming weight (equation 6) and to ∂E/∂y of each sender (equation 7)."""
        net_derivative, activation, activation_derivative = self.net_derivative, self._state.activation, self._state.activation_derivative
        if self._state.has_outputs:
            for connection in self._incoming:
                weight, unit = connection.weight, connection.sender
                weight.derivative += net_derivative * unit.output
                if connection.backpropagate:
                    unit.activation_derivative += net_derivative * weight._state.backward[weight._row] * unit.output_slope
            return
        for connection in self._incoming:
            weight, sender = connection.weight, connection.sender._row
            weight._state.derivative[weight._row] += net_derivative * activation[sender]
            if connection.backpropagate:
                activation_derivative[sender] += net_derivative * weight._state.backward[weight._row]

    def _network(self) -> Any:
        return self._state.owner

    def _key(self) -> str:
        self.group._key()  # raises an error if the group was removed
        return self.name

    @staticmethod
    def _at(network: Any, key: Any) -> Any:
        return network.unit(key)

    def explain(self) -> UnitExplanation:
        """Return the arithmetic of the present case with names and numbers, to print or to read term by term.

        It has every term of the net input, the activation, the terms of ∂E/∂y, the slope, ∂E/∂x, the derivative of each incoming
        weight and, after a change, the terms of the update. Terms are added in the order in which the unit adds them. If a sum differs
        from the stored value (a weight was assigned since, or there was no backward pass), the text says so. In a network in time this
        is the copy at the last tick; for another tick, ask a copy: ``net.unrolled.unit("hidden:0@2").explain()``.

        Returns
        -------
        UnitExplanation

        Raises
        ------
        WiringError
            In a network in time whose last case an engine ran. Call `forward` first, which makes the copies.

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
        explanation: UnitExplanation = hooks.explain(self)
        return explanation

    def __repr__(self) -> str:
        return f"<Unit {self.name}, activation {self.activation:.6g}{', lesioned' if self.lesioned else ''}>"
