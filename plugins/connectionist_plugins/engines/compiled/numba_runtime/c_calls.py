"""Memory access and calls of C functions through addresses, for compiled code.

``call(address, (a, b, …))`` calls a C function without a result; ``call_float`` calls one that returns a float64, and ``call_uint32`` one
that returns a uint32. Arguments are integers
(among them addresses of arrays) and floats.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

FLOAT64_BYTES = 8


def _signature_and_code(result: Any, arguments: Any) -> tuple[Any, Any]:
    """Return the signature and the code of a call whose result is void, float64 or uint32."""
    parameters = [kind if isinstance(kind, types.Float) else types.int64 for kind in arguments]

    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        native = [context.get_value_type(kind) for kind in parameters]
        returned = ir.VoidType() if result is types.void else context.get_value_type(result)
        function = builder.inttoptr(given[0], ir.PointerType(ir.FunctionType(returned, native)))
        values = [builder.extract_value(given[1], index) for index in range(len(parameters))]
        cast = [context.cast(builder, value, *pair) for value, *pair in zip(values, arguments, parameters, strict=True)]
        value = builder.call(function, cast)
        return context.get_dummy_value() if result is types.void else value

    return result(types.int64, arguments), build


@intrinsic
def _call(_context: Any, address: Any, arguments: Any) -> Any:  # noqa: ARG001  (numba passes it)
    return _signature_and_code(types.void, arguments)


@intrinsic
def _call_float(_context: Any, address: Any, arguments: Any) -> Any:  # noqa: ARG001  (numba passes it)
    return _signature_and_code(types.float64, arguments)


@intrinsic
def _call_uint32(_context: Any, address: Any, arguments: Any) -> Any:  # noqa: ARG001  (numba passes it)
    return _signature_and_code(types.uint32, arguments)


@intrinsic
def _address_of(_context: Any, array: Any) -> Any:
    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        return builder.ptrtoint(context.make_array(array)(context, builder, given[0]).data, ir.IntType(64))

    return types.int64(array), build


@intrinsic
def _set_zero(_context: Any, address: Any, count: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(context: Any, builder: Any, __: Any, given: Any) -> Any:
        cgutils.memset(  # type: ignore[no-untyped-call,unused-ignore]
            builder, builder.inttoptr(given[0], ir.PointerType(ir.IntType(8))), given[1], 0
        )
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), build


@intrinsic
def _read_float(_context: Any, address: Any, like: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        pointer = builder.inttoptr(given[0], ir.PointerType(context.get_value_type(like.dtype)))
        return context.cast(builder, builder.load(pointer), like.dtype, types.float64)

    return types.float64(types.int64, like), build


@intrinsic
def _copy_memory(_context: Any, target: Any, source: Any, count: Any) -> Any:  # noqa: ARG001  (numba passes them)
    def build(context: Any, builder: Any, __: Any, given: Any) -> Any:
        target, source = (builder.inttoptr(each, ir.PointerType(ir.IntType(8))) for each in given[:2])
        cgutils.raw_memcpy(builder, target, source, given[2], 1)  # type: ignore[no-untyped-call,unused-ignore]
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), build


call: Any = _call
call_float: Any = _call_float
call_uint32: Any = _call_uint32
address_of: Any = _address_of  # address of an array's first item
read_float: Any = _read_float  # the number at an address, stored with the dtype of the array `like`, as a float64
copy_memory: Any = _copy_memory  # copies `count` bytes from the address `source` to the address `target`
set_zero: Any = _set_zero  # sets `count` bytes from an address on to 0
