"""Arguments of formulas into which they must not write."""

from __future__ import annotations

from typing import Any, NoReturn


class WrittenArgumentError(TypeError):
    """A formula writes into numbers that it may only read.

    Attributes
    ----------
    numbers : ReadOnlyNumbers
    """

    def __init__(self, numbers: ReadOnlyNumbers) -> None:
        super().__init__("a formula must not write into numbers that it may only read")
        self.numbers = numbers


class ReadOnlyNumbers(list[float]):
    """A list of numbers that cannot be changed. Its copies, slices and sums are lists."""

    __slots__ = ()

    def _raise(self, *_: object, **__: object) -> NoReturn:
        raise WrittenArgumentError(self)

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _raise
    append = clear = extend = insert = pop = remove = reverse = sort = _raise

    def __reduce__(self) -> Any:
        """Return what makes a copy, a list."""
        return list, (list(self),)
