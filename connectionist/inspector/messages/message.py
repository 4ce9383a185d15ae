"""Messages from a page, and those by which it chooses what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Quantity = Literal["activation", "net_input", "target", "activation_derivative", "net_derivative", "incoming", "outgoing"]
LinkQuantity = Literal["weight", "derivative", "change"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message from the page.

    Attributes
    ----------
    id : int
        Number that the reply repeats.
    """

    kind: ClassVar[str] = ""
    id: int


@dataclass(frozen=True, kw_only=True)
class Watch(Message):
    """Choose what frames show.

    Attributes
    ----------
    quantity : str
        Quantity of the units. "incoming" and "outgoing" are the weights from each unit to `unit`, and from `unit` to each unit.
    unit : str
        Locked unit, whose lines the frames have; "" for none.
    visible : bool
        Whether the page is visible. A hidden page gets no frames.
    gap : float
        Least number of seconds between two frames of training, for a page that takes long to draw them.
    """

    kind = "watch"
    quantity: Quantity = "activation"
    unit: str = ""
    visible: bool = True
    gap: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Follow(Message):
    """Ask a query again after each change. `query` is the message of the query without an id."""

    kind = "follow"
    query: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Unfollow(Message):
    """End what was followed under this id."""

    kind = "unfollow"


VIEWS: tuple[type[Message], ...] = (Watch, Follow, Unfollow)
