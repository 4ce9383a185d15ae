"""Handing named tuples of arrays from kernel to kernel by where they are, and without a share in the arrays' ownership.

numba passes a tuple by value, with seven numbers for every array in it, and counts an array's owners whenever it is passed on; both
take longer than a short row of cases does, in the run and in the making of it. So what is handed to a kernel from Python it lends on:
the tuple is put into memory once, one number says where, and ``lent.name`` reads from there. The caller in Python keeps the owners.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model

WHOLE = ir.IntType(64)


class StructRef(types.Type):  # type: ignore[misc,unused-ignore]  # numba has no types
    """Where a named tuple is, for numba."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        super().__init__(name=f"Lent({kind})")


@register_model(StructRef)
class _Address(models.PrimitiveModel):  # type: ignore[misc,unused-ignore]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, WHOLE)


@infer_getattr
class _Fields(AttributeTemplate):  # type: ignore[misc,unused-ignore]
    key = StructRef

    def generic_resolve(self, lent: Any, name: str) -> Any:  # type: ignore[override,unused-ignore]
        return lent.kind.types[lent.kind.fields.index(name)] if name in lent.kind.fields else None


@lower_getattr_generic(StructRef)  # type: ignore[untyped-decorator,unused-ignore]
def _read(context: Any, builder: Any, lent: Any, address: Any, name: str) -> Any:
    place = lent.kind.fields.index(name)
    tuple_kind = context.get_value_type(lent.kind)
    pointer = builder.inttoptr(address, ir.PointerType(tuple_kind))
    return _disowned(context, builder, lent.kind.types[place], builder.load(cgutils.gep_inbounds(builder, pointer, 0, place)))


def _disowned(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    if not isinstance(kind, types.Array):
        return value
    array = context.make_array(kind)(context, builder, value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


@intrinsic
def _lend(_context: Any, given: Any) -> Any:
    if isinstance(given, types.Array):
        return given(given), lambda context, builder, _, values: _disowned(context, builder, given, values[0])
    if given is types.none:
        return given(given), lambda context, *_: context.get_dummy_value()

    def build(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.ptrtoint(cgutils.alloca_once_value(builder, values[0]), WHOLE)

    return StructRef(given)(given), build


lend: Any = _lend  # a tuple, for the time of the kernel that lends it; or an array, owned by nobody; or None
