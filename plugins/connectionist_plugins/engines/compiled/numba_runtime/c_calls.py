"""Calls from compiled code through the address of a C function.

``call(address, (a, b, …))`` calls a function that answers nothing, ``ask`` one that answers a number. Arguments are whole numbers,
among them the addresses of arrays, and floating numbers.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

FLOAT_BYTES = 8  # of a float64


def _signature_and_code(result: Any, arguments: Any) -> tuple[Any, Any]:
    kinds = [kind if isinstance(kind, types.Float) else types.int64 for kind in arguments]

    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        native = [context.get_value_type(kind) for kind in kinds]
        returned = ir.VoidType() if result is types.void else ir.DoubleType()
        function = builder.inttoptr(given[0], ir.PointerType(ir.FunctionType(returned, native)))
        values = [builder.extract_value(given[1], number) for number in range(len(kinds))]
        cast = [context.cast(builder, value, *pair) for value, *pair in zip(values, arguments, kinds, strict=True)]
        answer = builder.call(function, cast)
        return context.get_dummy_value() if result is types.void else answer

    return result(types.int64, arguments), build


@intrinsic
def _call(_context: Any, address: Any, arguments: Any) -> Any:  # noqa: ARG001  (numba passes it)
    return _signature_and_code(types.void, arguments)


@intrinsic
def _ask(_context: Any, address: Any, arguments: Any) -> Any:  # noqa: ARG001  (numba passes it)
    return _signature_and_code(types.float64, arguments)


@intrinsic
def _address_of(_context: Any, array: Any) -> Any:
    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        return builder.ptrtoint(context.make_array(array)(context, builder, given[0]).data, ir.IntType(64))

    return types.int64(array), build


@intrinsic
def _wipe(_context: Any, address: Any, count: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(context: Any, builder: Any, __: Any, given: Any) -> Any:
        cgutils.memset(  # type: ignore[no-untyped-call,unused-ignore]
            builder, builder.inttoptr(given[0], ir.PointerType(ir.IntType(8))), given[1], 0
        )
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), build


@intrinsic
def _number_at(_context: Any, address: Any, like: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        pointer = builder.inttoptr(given[0], ir.PointerType(context.get_value_type(like.dtype)))
        return context.cast(builder, builder.load(pointer), like.dtype, types.float64)

    return types.float64(types.int64, like), build


@intrinsic
def _copy(_context: Any, target: Any, source: Any, count: Any) -> Any:  # noqa: ARG001  (numba passes them)
    def build(context: Any, builder: Any, __: Any, given: Any) -> Any:
        target, source = (builder.inttoptr(each, ir.PointerType(ir.IntType(8))) for each in given[:2])
        cgutils.raw_memcpy(builder, target, source, given[2], 1)  # type: ignore[no-untyped-call,unused-ignore]
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), build


call: Any = _call
ask: Any = _ask
address_of: Any = _address_of  # where an array begins
number_at: Any = _number_at  # the number at an address, of the kind that an array has
copy: Any = _copy  # copies to an address from another so many bytes
wipe: Any = _wipe  # sets so many bytes from an address on to 0
