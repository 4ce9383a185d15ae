"""A connection from a sender to a receiver, and its weight. Tied connections share one `Weight` object."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from connectionist.errors import AssignmentError, DataError, WiringError, check_flag, limit_and_given
from connectionist.utils import hooks
from connectionist.utils.declared_attributes import ReadOnlyProperties
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.network_part import NetworkPart
from connectionist.utils.real_number import plain_number
from connectionist.utils.unknown_attributes import OtherNames

if TYPE_CHECKING:
    from connectionist.explain.connection import ConnectionExplanation
    from connectionist.model.last_update import LastUpdate
    from connectionist.model.projection import Projection
    from connectionist.model.state import WeightState
    from connectionist.model.unit import Unit


class Weight(NetworkPart, ReadOnlyProperties, OtherNames):
    """A modifiable number, w.

    Attributes
    ----------
    value : float
        The weight w. An assignment takes effect in every engine.
    derivative : float
        ∂E/∂w of the last pass or update: the sum over its examples of the mean over the connections tied to this weight.
    change : float
        Δw, the last change (before decay). 0 before the first change, and after weights were loaded, drawn, or assigned together.
    trainable : bool
        Whether training may change the weight. A frozen weight still has its derivative.
    """

    __slots__ = ("_row", "_state")
    _elsewhere: ClassVar[Mapping[str, str]] = {
        "w": "value",
        "grad": "derivative",
        "gradient": "derivative",
        "delta": "change",
        "frozen": "trainable",
        "rate": "Projection.rate",
    }

    def __init__(self, state: WeightState, row: int) -> None:
        self._state = state
        self._row = row

    def _move(self, state: WeightState, row: int) -> None:
        """Take the numbers from another state or row. Only `Wiring` calls this."""
        self._state, self._row = state, row

    @property
    def row(self) -> int:
        """Row of the weight in the arrays of ``connectionist.model.state``."""
        return self._row

    @property
    def value(self) -> float:
        """The weight w."""
        return self._state.value[self._row]

    @value.setter
    def value(self, value: float) -> None:
        number = plain_number(value)
        if number is None:
            raise DataError(f"Weight.value: must be a finite number{limit_and_given(value)}")
        self._state.value[self._row] = number

    def _overwrite(self, value: float) -> None:
        """Set the value without checking that it is finite. For engines, which check once per epoch."""
        self._state.value[self._row] = value

    @property
    def derivative(self) -> float:
        """∂E/∂w, averaged over the connections tied to this weight."""
        return self._state.derivative[self._row]

    @derivative.setter
    def derivative(self, derivative: float) -> None:
        self._state.derivative[self._row] = derivative

    @property
    def change(self) -> float:
        """Δw, the last change."""
        return self._state.change[self._row]

    @change.setter
    def change(self, change: float) -> None:
        self._state.change[self._row] = change

    @property
    def last_update(self) -> LastUpdate | None:
        """The inputs of the last update of the network's weights; None if there was no update, or an engine did not record them."""
        return self._state.last_update

    @property
    def trainable(self) -> bool:
        """Whether training may change this weight."""
        return self._state.trainable[self._row] != 0.0

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        check_flag("Weight", "trainable", trainable)
        self._state.trainable[self._row] = 1.0 if trainable else 0.0

    def _network(self) -> Any:
        return self._state.owner

    def _key(self) -> int:
        original = self._network()
        place = np.flatnonzero(original.weight_rows == self._row)
        if not len(place) or original.weights[int(place[0])] is not self:
            raise WiringError(f"{self!r}: no connection has this weight, since its connection was tied to another, or removed")
        return int(place[0])

    @staticmethod
    def _at(network: Any, key: Any) -> Any:
        return network.weights[key]

    def __repr__(self) -> str:
        return f"<Weight {self.value:.6g}{'' if self.trainable else ' frozen'}>"


class Connection(HtmlRepr, NetworkPart, OtherNames):
    """A connection from one unit to another.

    Attributes
    ----------
    sender, receiver : Unit
        The two units that it connects.
    weight : Weight
        Its weight w; tied connections share one.
    delay : int
        Ticks from sender to receiver; 0 means within a tick.
    backpropagate : bool
        Whether it passes error derivatives back to the sender. The weight has its derivative in any case.
    projection : Projection
        The projection made by the same call of `connect`.
    """

    __slots__ = ("backpropagate", "delay", "projection", "receiver", "sender", "weight")
    _elsewhere: ClassVar[Mapping[str, str]] = {
        "value": "weight.value",
        "change": "weight.change",
        "grad": "weight.derivative",
        "trainable": "weight.trainable",
        "frozen": "weight.trainable",
        "rate": "projection.rate",
        "source": "sender",
        "target": "receiver",
        "pre": "sender",
        "post": "receiver",
        "lesioned": "projection.lesioned, or Network.lesioned_connections",
    }

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
        raise AssignmentError(
            f"{self.name}, {attribute}: cannot be assigned (got {value!r}); assign weight.value or weight.trainable, tie with "
            f"Network.tie, take out with Network.lesion"
        )

    def __delattr__(self, attribute: str) -> None:
        raise AssignmentError(f"{self.name}, {attribute}: cannot be deleted; take the connection out with Network.lesion")

    def _carry(self, weight: Weight) -> None:
        """Replace the weight. Only `Network.tie` calls this, since the schedule depends on ties."""
        object.__setattr__(self, "weight", weight)

    @property
    def name(self) -> str:
        """Both ends by name, as in ``"input:0 → hidden:1"``."""
        return f"{self.sender.name} → {self.receiver.name}"

    @property
    def derivative(self) -> float:
        """∂E/∂w of this connection in the present case, before the average over ties (equation 6).

        In a network in time, that of the last tick only, and NaN for a connection with a delay: see the copies in `Network.unrolled`.
        """
        if self.delay:
            return math.nan
        return self.receiver.net_derivative * self.sender.output

    def _network(self) -> Any:
        return self.receiver._network()

    def _key(self) -> tuple[int, int]:
        made = self.projection.connections  # in the order of this key
        return self.projection._key(), bisect_left(made, _place(self), key=_place)

    @staticmethod
    def _at(network: Any, key: Any) -> Any:
        number, place = key
        return network.projections[number].connections[place]

    def explain(self) -> ConnectionExplanation:
        """Return the arithmetic of this connection in the present case with names and numbers, to print or to read term by term.

        It has the term sent to the net input, the term passed back to the sender, the derivative of the connection, that of the weight
        over all tied connections and, after a change, the terms of the update. In a network in time this is the copy into the last tick.

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
        explanation: ConnectionExplanation = hooks.explain(self)
        return explanation

    def __repr__(self) -> str:
        return f"<Connection {self.name}, weight {self.weight.value:.6g}>"


def _place(connection: Connection) -> tuple[int, int]:
    return connection.receiver.index, connection.sender.index
