"""Memory access and calls of C functions through addresses, for compiled code.

``call(address, (a, b, …))`` calls a C function without a result; ``call_float`` calls one that returns a float64. Arguments are integers
(among them addresses of arrays) and floats.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _signature_and_code(result: Any, arguments: Any) -> tuple[Any, Any]:
    """Return the signature and the code of a call whose result is void or float64."""
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
def _address_of(_context: Any, array: Any) -> Any:
    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        return builder.ptrtoint(context.make_array(array)(context, builder, given[0]).data, ir.IntType(64))

    return types.int64(array), build


@intrinsic
def _read_float(_context: Any, address: Any, like: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        pointer = builder.inttoptr(given[0], ir.PointerType(context.get_value_type(like.dtype)))
        return context.cast(builder, builder.load(pointer), like.dtype, types.float64)

    return types.float64(types.int64, like), build


@intrinsic
def _to_bits(_context: Any, number: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), build


@intrinsic
def _from_bits(_context: Any, bits: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), build


@intrinsic
def _fma(_context: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        product = builder.fmul(arguments[0], arguments[1], flags=("contract",))
        return builder.fadd(product, arguments[2], flags=("contract",))

    return types.float64(types.float64, types.float64, types.float64), build


to_bits: Any = _to_bits  # the bits of a float64 as an int64
from_bits: Any = _from_bits  # the float64 with the bits of an int64
fma: Any = _fma  # a · b + c, rounded once if the processor can
call: Any = _call
call_float: Any = _call_float
address_of: Any = _address_of  # address of an array's first item
read_float: Any = _read_float  # the number at an address, stored with the dtype of the array `like`, as a float64
