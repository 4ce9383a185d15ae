"""A connection: one line from a sender to a receiver, and the weight it carries.

Connections that are tied share one `Weight` object.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from connectionist.errors import DataError, check_flag
from connectionist.utils import hooks
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    from connectionist.explain.connection import ConnectionExplanation
    from connectionist.model.last_update import LastChange
    from connectionist.model.projection import Projection
    from connectionist.model.state import WeightState
    from connectionist.model.unit import Unit


class Weight:
    """A modifiable number, w.

    Attributes
    ----------
    value : float
        w itself; assigning takes effect in every engine.
    derivative : float
        ∂E/∂w of the last pass or change: summed over its examples, averaged over the connections tied to this weight.
    change : float
        Δw, the last change made (before any decay); 0 before the first, and since it was loaded, drawn, or assigned with all others.
    trainable : bool
        Whether training may change it. A frozen weight still has its derivative.
    """

    __slots__ = ("_state", "row")

    def __init__(self, state: WeightState, row: int) -> None:
        self._state = state
        self.row = row

    @property
    def value(self) -> float:
        """The weight itself, w."""
        return self._state.value[self.row]

    @value.setter
    def value(self, value: float) -> None:
        if isinstance(value, str) or not math.isfinite(value):
            raise DataError(f"Weight.value: must be a finite number (got {value!r})")
        self._state.value[self.row] = value

    def _overwrite(self, value: float) -> None:
        """Set the value without asking whether it is finite: for engines, which look once an epoch."""
        self._state.value[self.row] = value

    @property
    def derivative(self) -> float:
        """∂E/∂w, averaged over the connections tied to this weight."""
        return self._state.derivative[self.row]

    @derivative.setter
    def derivative(self, derivative: float) -> None:
        self._state.derivative[self.row] = derivative

    @property
    def change(self) -> float:
        """Δw, the last change made."""
        return self._state.change[self.row]

    @change.setter
    def change(self, change: float) -> None:
        self._state.change[self.row] = change

    @property
    def last_change(self) -> LastChange | None:
        """What the last change of the network's weights was made from; None where there was none, or nobody knows."""
        return self._state.last_change

    @property
    def trainable(self) -> bool:
        """Whether training may change this weight."""
        return self._state.trainable[self.row] != 0.0

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        check_flag("Weight", "trainable", trainable)
        self._state.trainable[self.row] = 1.0 if trainable else 0.0

    def __repr__(self) -> str:
        return f"<Weight {self.value:.6g}{'' if self.trainable else ' frozen'}>"


class Connection(HtmlRepr):
    """One line from a sender to a receiver.

    Attributes
    ----------
    sender, receiver : Unit
        Where it comes from and where it goes.
    weight : Weight
        What it carries, w of receiver from sender; tied connections share one.
    delay : int
        Ticks from sender to receiver; 0 is within a tick.
    backpropagate : bool
        Whether error derivatives go back through it to the sender. The weight has its derivative in any case.
    projection : Projection
        The call of `connect` that made it.
    """

    __slots__ = ("backpropagate", "delay", "projection", "receiver", "sender", "weight")

    sender: Unit
    receiver: Unit
    weight: Weight
    delay: int
    backpropagate: bool
    projection: Projection

    def __init__(self, sender: Unit, receiver: Unit, weight: Weight, delay: int, backpropagate: bool, projection: Projection) -> None:
        fix = object.__setattr__
        fix(self, "sender", sender)
        fix(self, "receiver", receiver)
        fix(self, "weight", weight)
        fix(self, "delay", delay)
        fix(self, "backpropagate", backpropagate)
        fix(self, "projection", projection)

    def __setattr__(self, attribute: str, value: object) -> None:
        raise AttributeError(
            f"{self.name}.{attribute}: fixed when the connection was made; assign weight.value or weight.trainable, tie with "
            f"Network.tie, take it out with Network.lesion"
        )

    def _carry(self, weight: Weight) -> None:
        """Carry another weight from now on. For `Network.tie`, which keeps the schedule true."""
        object.__setattr__(self, "weight", weight)

    @property
    def name(self) -> str:
        """Both ends by name, as in ``"input:0 → hidden:1"``."""
        return f"{self.sender.name} → {self.receiver.name}"

    @property
    def derivative(self) -> float:
        """Own ∂E/∂w for the present case, before any averaging over ties (equation 6).

        In a network in time that of the last tick only, and NaN where there is a delay: see its copies in `Network.unrolled`.
        """
        if self.delay:
            return math.nan
        return self.receiver.net_derivative * self.sender.activation

    def explain(self) -> ConnectionExplanation:
        """Return the arithmetic of the present case along this line, with names and numbers: print it, or read its terms.

        What the sender sends, what the receiver hands back, the connection's own derivative, the weight's over all that carry it and,
        after a change, how the rule came by it. In a network in time it is that of the copy into the last tick.

        Returns
        -------
        ConnectionExplanation

        Examples
        --------
        >>> from connectionist.model.network import Network
        >>> net = Network("one")
        >>> _ = net.add_group("input", 1, role="input")
        >>> _ = net.add_group("output", 1, role="output", activation="linear", biased=False)
        >>> _ = net.connect("input", "output", weights=0.5)
        >>> y, error = net.forward([2]), net.backward([3])
        >>> explained = net.connection("input:0", "output:0").explain()
        >>> explained.sent.value, explained.derivative.own.value
        (1.0, -4.0)
        """
        told: ConnectionExplanation = hooks.explain(self)
        return told

    def __repr__(self) -> str:
        return f"<Connection {self.name}, weight {self.weight.value:.6g}>"
