"""The contract of input functions, which take the place of the weighted sum in the net input of a unit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, MutableSequence, Sequence
from typing import ClassVar

from connectionist.plugins.parameters import Parameterized


class InputFunction(Parameterized, ABC):
    r"""A function that computes the net input of a unit from the weights and activations of its incoming connections.

    .. math:: x = g(w_1, \ldots, w_n, y_1, \ldots, y_n)

    The unit that is always 1 is one of the senders, and its weight is the bias. A subclass is a frozen dataclass; its fields are the
    parameters of the function.

    Attributes
    ----------
    name : str
        Name for ``add_group(input_function=…)`` and ``connectionist list functions``.
    equation : str
        The function as one line of plain text. It may be empty.
    synonyms : tuple of str
        Other names in use, in lower case. The message for one of them suggests the name.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    _writes: ClassVar[Mapping[str, tuple[int, ...]]] = {"slopes": (3, 4)}

    @abstractmethod
    def net_input(self, weights: Sequence[float], activations: Sequence[float]) -> float:
        """Return the net input x.

        Parameters
        ----------
        weights : sequence of float [connection]
            Weights w of the incoming connections, in their order.
        activations : sequence of float [connection]
            Activations y of their senders.
        """

    @abstractmethod
    def slopes(
        self,
        weights: Sequence[float],
        activations: Sequence[float],
        weight_slopes: MutableSequence[float],
        activation_slopes: MutableSequence[float],
    ) -> None:
        """Write ∂x/∂w and ∂x/∂y of each connection.

        Parameters
        ----------
        weights, activations : sequence of float [connection]
            As for `net_input`.
        weight_slopes, activation_slopes : mutable sequence of float [connection]
            Receive ∂x/∂w and ∂x/∂y.
        """
