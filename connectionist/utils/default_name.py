"""A name that is the default of an argument."""

from __future__ import annotations


class DefaultName(str):
    """A name that is the default of an argument, so that a function can tell it from the same name given by a user.

    Examples
    --------
    >>> DefaultName("compiled") == "compiled", DefaultName("compiled")
    (True, 'compiled')
    """

    __slots__ = ()
