"""Pass named tuples of arrays between kernels by reference.

Numba passes a tuple by value: seven numbers for each array in it. It also counts references to the arrays at each call. Both cost more
than the work on a short row of cases, at run time and at compile time. The entry kernel, which Python calls, therefore stores each tuple
in memory once and passes on its address (`StructRef`). A field read through the reference is an array without a reference count. The
Python caller holds references to the arrays for as long as the kernel runs.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model

INT64 = ir.IntType(64)


class StructRef(types.Type):  # type: ignore[misc,unused-ignore]  # numba has no types
    """Numba type of a reference to a named tuple.

    Parameters
    ----------
    struct : numba.types.NamedTuple
        Type of the tuple.
    """

    def __init__(self, struct: Any) -> None:
        self.struct = struct
        super().__init__(name=f"StructRef({struct})")


@register_model(StructRef)
class _AddressModel(models.PrimitiveModel):  # type: ignore[misc,unused-ignore]
    def __init__(self, manager: Any, reference: Any) -> None:
        super().__init__(manager, reference, INT64)


@infer_getattr
class _FieldTypes(AttributeTemplate):  # type: ignore[misc,unused-ignore]
    key = StructRef

    def generic_resolve(self, reference: Any, name: str) -> Any:  # type: ignore[override,unused-ignore]
        struct = reference.struct
        return struct.types[struct.fields.index(name)] if name in struct.fields else None


@lower_getattr_generic(StructRef)  # type: ignore[untyped-decorator,unused-ignore]
def _read_field(context: Any, builder: Any, reference: Any, address: Any, name: str) -> Any:
    struct = reference.struct
    index = struct.fields.index(name)
    pointer = builder.inttoptr(address, ir.PointerType(context.get_value_type(struct)))
    return _without_owner(context, builder, struct.types[index], builder.load(cgutils.gep_inbounds(builder, pointer, 0, index)))


def _without_owner(context: Any, builder: Any, value_type: Any, value: Any) -> Any:
    """Clear the owner of an array, so that numba does not count references to it. Return any other value as it is."""
    if not isinstance(value_type, types.Array):
        return value
    array = context.make_array(value_type)(context, builder, value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


@intrinsic
def _by_reference(_context: Any, argument: Any) -> Any:
    if isinstance(argument, types.Array):
        return argument(argument), lambda context, builder, _, values: _without_owner(context, builder, argument, values[0])
    if argument is types.none:
        return argument(argument), lambda context, *_: context.get_dummy_value()

    def build(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.ptrtoint(cgutils.alloca_once_value(builder, values[0]), INT64)

    return StructRef(argument)(argument), build


by_reference: Any = _by_reference  # a tuple as a `StructRef`, valid until the calling kernel returns; an array without owner; None as None
