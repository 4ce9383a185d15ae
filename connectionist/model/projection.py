"""A projection: the connections between two groups that one call of `connect` made."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from connectionist.errors import DataError, ParameterError, WiringError, check_number
from connectionist.model.connection import Connection
from connectionist.model.noise import Noise, as_noise
from connectionist.utils.arrays import Array, as_numbers
from connectionist.utils.counts import describe_count
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.network_part import RemovablePart
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.group import Group


LIMITS_OF_SIGN = {"excitatory": (0.0, math.inf), "inhibitory": (-math.inf, 0.0)}


def check_sign(sign: object, what: str) -> str:
    """Return a sign of weights.

    Raises
    ------
    ParameterError
        If it is neither "excitatory" nor "inhibitory".
    """
    if not isinstance(sign, str) or sign not in LIMITS_OF_SIGN:
        raise ParameterError(f"{what}: must be 'excitatory', 'inhibitory' or None (got {shown(sign)})")
    return sign


def check_signed(weights: npt.ArrayLike | None, sign: str, name: str) -> None:
    """Check the sign of a projection, and that given weights do not have the other one.

    Raises
    ------
    ParameterError
        If one is out of range. The message begins with the name.
    DataError
        If a weight is not a number.
    """
    lowest, highest = LIMITS_OF_SIGN[check_sign(sign, f"{name}, sign")]
    values = as_numbers(0.0 if weights is None else weights, f"{name}, weights")
    outside = values[(values < lowest) | (values > highest)]
    if len(outside):
        raise ParameterError(
            f"{name}, weights: must be {'at least' if lowest == 0.0 else 'at most'} 0, since they are {sign} (got {outside[0]:g})"
        )


@dataclass
class _Settings:
    """What may be assigned to a projection. The copies of a projection in an unrolled network share it."""

    rate: float | None = None
    limits: tuple[float, float] | None = None
    weight_noise: Noise | None = None


class Projection(HtmlRepr, RemovablePart):
    """The connections from one group to another that one call of `Network.connect` made.

    Attributes
    ----------
    sender, receiver : Group
        The two groups; they may be the same group.
    connections : list of Connection
        Receiver by receiver, and for each receiver in the order of its senders. Lesioned connections are included.
    delay : int
        Ticks from sender to receiver.
    rate : float or None
        Learning rate of these connections, above 0; None means the rate of the update rule. Assignable.
    limits : (float, float) or None
        Lowest and highest value of the weights, to which training cuts them after each change; None means no limits. Assignable.
    sign : {"excitatory", "inhibitory"} or None
        Sign of the weights, according to the limits: "excitatory" if none may be below 0, "inhibitory" if none may be above 0. An
        assignment sets the limits to 0 and infinity.
    weight_noise : Noise or None
        Noise that is added to each weight, newly drawn for each case; None by default. A number, the standard deviation, may be assigned.
        A weight that connections of several projections share has the noise of those that have some.
        Derivatives are those at the noisy weights; rules change the weights without noise.
    """

    sender: Group
    receiver: Group
    delay: int
    connections: list[Connection]

    _elsewhere: ClassVar[Mapping[str, str]] = {
        "noise": "weight_noise",
        "frozen": "trainable",
        "source": "sender",
        "target": "receiver",
        "decay": "the parameter of the update rule",
        "momentum": "the parameter of the update rule",
        "backpropagate": "projection.connections[0].backpropagate",
        "values": "weights",
    }
    _instead: ClassVar[dict[str, str]] = {
        "backpropagate": "choose it in connect",
        "delay": "choose it in connect",
        "lesioned": "call Network.lesion or Network.restore",
    }

    def __init__(self, sender: Group, receiver: Group, delay: int, rate: float | None = None, original: Projection | None = None) -> None:
        self.sender = sender
        self.receiver = receiver
        self.delay = delay
        self._settings: _Settings = _Settings() if original is None else original._settings
        if rate is not None:
            self.rate = rate
        self.connections = []
        self._number = 0

    @property
    def number(self) -> int:
        """Number by which the projections of a network are in the order in which they were made; removed ones leave gaps."""
        return self._number

    @property
    def name(self) -> str:
        """Names of both groups, as in ``"input → hidden"``."""
        return f"{self.sender.name} → {self.receiver.name}"

    def _training_settings(self) -> tuple[object, ...]:
        """Return what training reads when it starts: objects that are replaced, not changed. Only `NetworkSettings` calls this."""
        settings = self._settings
        return settings.rate, settings.limits, settings.weight_noise

    @property
    def rate(self) -> float | None:
        """Learning rate of these connections; None means the rate of the update rule. Assignable."""
        return self._settings.rate

    @rate.setter
    def rate(self, rate: float | None) -> None:
        self._settings.rate = None if rate is None else check_number(self.name, "rate", rate, above=0)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Lowest and highest value of the weights, to which training cuts them after each change; None means no limits. Assignable."""
        return self._settings.limits

    @limits.setter
    def limits(self, limits: tuple[float, float] | None) -> None:
        if limits is not None:
            numbers = as_numbers(limits, f"{self.name}, limits")
            if numbers.shape != (2,):
                raise ParameterError(f"{self.name}, limits: must be (lowest, highest) or None (got {shown(limits)})")
            lowest, highest = numbers.tolist()
            if not lowest <= highest:
                raise ParameterError(f"{self.name}, limits: the lowest must not be above the highest (got {lowest:g} and {highest:g})")
            limits = lowest, highest
        self._settings.limits = limits

    @property
    def sign(self) -> str | None:
        """The sign of weights that the limits allow: "excitatory", "inhibitory", or None for both. Assignable."""
        lowest, highest = self.limits or (-math.inf, math.inf)
        return "excitatory" if lowest >= 0.0 else "inhibitory" if highest <= 0.0 else None

    @sign.setter
    def sign(self, sign: str | None) -> None:
        self.limits = None if sign is None else LIMITS_OF_SIGN[check_sign(sign, f"{self.name}, sign")]

    @property
    def weight_noise(self) -> Noise | None:
        """Noise on the weights; a `Noise` or a number, the standard deviation, may be assigned."""
        return self._settings.weight_noise

    @weight_noise.setter
    def weight_noise(self, noise: Noise | float | None) -> None:
        self._settings.weight_noise = as_noise(noise, f"{self.name}, weight_noise")
        self._network().weight_state.may_have_noise |= self.weight_noise is not None

    @property
    def lesioned(self) -> tuple[Connection, ...]:
        """The connections that are lesioned, themselves or with a unit at either end."""
        # only tested for membership, so the order of the set does not matter
        intact = {connection for unit in self.receiver for connection in unit.incoming}
        return tuple(connection for connection in self.connections if connection not in intact)

    @property
    def weights(self) -> Array:
        """Weights as a new array [sender, receiver], lesioned connections included; NaN means no connection.

        Assignable: one number, or an array in which NaN keeps the present weight. An assignment to an element of the array changes only
        the array; for one weight, assign ``network.connection(sender, receiver).weight.value``.

        Raises
        ------
        MemoryLimitError
            If the array would not fit in memory.
        """
        shape = len(self.sender), len(self.receiver)
        with allocating(NUMBER_BYTES * shape[0] * shape[1], f"{self.name}: the weights of {shape[0]} × {shape[1]} pairs of units"):
            values = np.full(shape, np.nan)
        for connection in self.connections:
            values[connection.sender.index, connection.receiver.index] = connection.weight.value
        return values

    @weights.setter
    def weights(self, values: npt.ArrayLike) -> None:
        given = self._values_of(values)
        if np.isinf(given).any():
            raise DataError(f"{self.name}: weights must be finite (got {given[np.isinf(given)][0]})")
        for connection, value in zip(self.connections, given.tolist(), strict=True):
            if not math.isnan(value):
                connection.weight.value = value

    def _check_no_gaps(self, values: npt.ArrayLike) -> None:
        """Raise DataError if a weight of a connection is NaN. Only `construction` calls this.

        Raises
        ------
        DataError
            The message names the first such connection.
        """
        for connection, value in zip(self.connections, self._values_of(values).tolist(), strict=True):
            if math.isnan(value):
                raise DataError(f"{connection.name}, weight: must be finite (got {value})")

    def _values_of(self, values: npt.ArrayLike) -> Array:
        """Return one value per connection, from one number or a table [sender, receiver]."""
        shape = (len(self.sender), len(self.receiver))
        given = as_numbers(values, f"{self.name}, weights")
        if given.shape not in ((), shape):
            raise DataError(f"{self.name}: weights must be one number or of shape {shape}, [sender, receiver] (got {given.shape})")
        table = np.broadcast_to(given, shape)
        senders = [connection.sender.index for connection in self.connections]
        return table[senders, [connection.receiver.index for connection in self.connections]]

    @property
    def trainable(self) -> bool:
        """Whether training may change all its weights. An assignment freezes or unfreezes all of them."""
        return all(connection.weight.trainable for connection in self.connections)

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        for connection in self.connections:
            connection.weight.trainable = trainable

    def _network(self) -> Any:
        return self.receiver._network()

    def _key(self) -> int:
        if self.removed:
            raise WiringError(f"{self!r}: it was removed from its network")
        return bisect_left(self._network().projections, self.number, key=attrgetter("number"))

    @staticmethod
    def _at(network: Any, key: Any) -> Any:
        return network.projections[key]

    def __len__(self) -> int:
        return len(self.connections)

    def __iter__(self) -> Iterator[Connection]:
        return iter(self.connections)

    def __repr__(self) -> str:
        return f"<Projection {self.name}, {describe_count(len(self), 'connection')}{f', delay {self.delay}' if self.delay else ''}>"
