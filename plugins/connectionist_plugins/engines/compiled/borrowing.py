"""The kernels' arrays without a share in their ownership.

numba counts an array's owners whenever it is passed on within a tuple, which takes longer than a short row of cases does. So a
kernel that runs long borrows what it was given, once: the same memory, nothing to count. Its caller keeps the owners meanwhile.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def _borrow(_context: Any, lent: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def disown(context: Any, builder: Any, kind: Any, value: Any) -> Any:
        if isinstance(kind, types.Array):
            array = context.make_array(kind)(context, builder, value)
            array.meminfo = cgutils.get_null_value(array.meminfo.type)
            array.parent = cgutils.get_null_value(array.parent.type)
            return array._getvalue()  # noqa: SLF001  (numba has no other way)
        return value

    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        if not isinstance(lent, types.BaseTuple):
            return disown(context, builder, lent, given[0])
        values = [disown(context, builder, kind, builder.extract_value(given[0], place)) for place, kind in enumerate(lent.types)]
        return context.make_tuple(builder, lent, values)

    return lent(lent), build


borrow: Any = _borrow  # the same array, or tuple of arrays and numbers, owned by nobody
