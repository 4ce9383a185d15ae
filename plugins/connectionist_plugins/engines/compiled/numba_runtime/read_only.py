"""Arguments of formulas that numba must not let them write into."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic


@intrinsic
def read_only(_context: Any, value: Any) -> Any:
    """Return an array as one that is read-only, and anything else as it is. Numba does not compile a store into such an array."""
    kind = value.copy(readonly=True) if isinstance(value, types.Array) else value

    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        return impl_ret_borrowed(  # type: ignore[no-untyped-call,unused-ignore]
            context, builder, kind, given[0]
        )

    return kind(value), build
