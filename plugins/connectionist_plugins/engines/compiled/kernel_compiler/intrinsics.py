"""Functions that kernels call and that are emitted as instructions: memory, calls through addresses, atomic counters, mathematics.

``call(address, (a, b, …))`` calls a C function without a result; ``call_float`` calls one that returns a float64, and ``call_uint32`` one
that returns a uint32. Arguments are integers (among them addresses of arrays) and floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.types import DOUBLE, INT, SINGLE, WORD, Array, Nothing, Pointer, Scalar
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, NotInSubset, Operand, Value, items_of

FLOAT64_BYTES = 8
BYTE_POINTER = ir.PointerType(ir.IntType(8))


def call(address: int, arguments: tuple[Any, ...]) -> None:
    """Call the C function at an address."""
    raise NotImplementedError


def call_float(address: int, arguments: tuple[Any, ...]) -> float:
    """Call the C function at an address, and return its float64."""
    raise NotImplementedError


def call_uint32(address: int, arguments: tuple[Any, ...]) -> int:
    """Call the C function at an address, and return its uint32."""
    raise NotImplementedError


def address_of(array: npt.NDArray[Any]) -> int:
    """Return the address of an array's first item."""
    raise NotImplementedError


def read_float(address: int, like: npt.NDArray[Any]) -> float:
    """Return the number at an address, stored with the dtype of the array `like`."""
    raise NotImplementedError


def set_zero(address: int, count: int) -> None:
    """Set `count` bytes from an address on to 0."""
    raise NotImplementedError


def copy_memory(target: int, source: int, count: int) -> None:
    """Copy `count` bytes from the address `source` to the address `target`."""
    raise NotImplementedError


def increment_counter(address: int) -> int:
    """Increment the counter at an address, and return its earlier value."""
    raise NotImplementedError


def read_counter(address: int) -> int:
    """Read the counter at an address."""
    raise NotImplementedError


def to_bits(number: float) -> int:
    """Return the bits of a float64."""
    raise NotImplementedError


def from_bits(bits: int) -> float:
    """Return the float64 with the given bits."""
    raise NotImplementedError


def fma(a: float, b: float, c: float) -> float:
    """Return a · b + c, rounded once if the processor can."""
    raise NotImplementedError


def high_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return the high 64 bits of the product of two words."""
    raise NotImplementedError


def carray(address: Any, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return the array at an address."""
    raise NotImplementedError


def _pointer(arithmetic: Arithmetic, address: Value, target: Any) -> Any:
    return arithmetic.builder.inttoptr(address.llvm, ir.PointerType(target))


def _called(arithmetic: Arithmetic, address: Value, arguments: Value, result: Any) -> Any:
    values = []
    for each in items_of(arguments):
        if not isinstance(each.type, Scalar):
            raise NotInSubset("a C function is called with something other than numbers")
        values.append((each if each.type.is_float else arithmetic.convert(each, INT)).llvm)
    signature = ir.FunctionType(result, [value.type for value in values])
    return arithmetic.builder.call(_pointer(arithmetic, address, signature), values)


def _call(arithmetic: Arithmetic, address: Value, arguments: Value) -> Value:
    _called(arithmetic, address, arguments, ir.VoidType())
    return Value(Nothing(), ())


def _call_float(arithmetic: Arithmetic, address: Value, arguments: Value) -> Value:
    return Value(DOUBLE, (_called(arithmetic, address, arguments, DOUBLE.llvm),))


def _call_uint32(arithmetic: Arithmetic, address: Value, arguments: Value) -> Value:
    return Value(INT, (arithmetic.builder.zext(_called(arithmetic, address, arguments, ir.IntType(32)), INT.llvm),))


def _address_of(arithmetic: Arithmetic, array: Value) -> Value:
    return Value(INT, (arithmetic.builder.ptrtoint(array.parts[0], INT.llvm),))


def _read_float(arithmetic: Arithmetic, address: Value, like: Value) -> Operand:
    assert isinstance(like.type, Array)
    item = like.type.item
    stored = arithmetic.builder.load(_pointer(arithmetic, address, item.stored))
    return arithmetic.convert(Value(item.value, (stored,)), DOUBLE)


def _set_zero(arithmetic: Arithmetic, address: Value, count: Value) -> Value:
    pointer = _pointer(arithmetic, address, ir.IntType(8))
    function = _declared(arithmetic, "llvm.memset.p0.i64", ir.VoidType(), [BYTE_POINTER, ir.IntType(8), INT.llvm, ir.IntType(1)])
    arithmetic.builder.call(function, [pointer, ir.IntType(8)(0), count.llvm, ir.IntType(1)(0)])
    return Value(Nothing(), ())


def _copy_memory(arithmetic: Arithmetic, target: Value, source: Value, count: Value) -> Value:
    pointers = [_pointer(arithmetic, each, ir.IntType(8)) for each in (target, source)]
    function = _declared(arithmetic, "llvm.memcpy.p0.p0.i64", ir.VoidType(), [BYTE_POINTER, BYTE_POINTER, INT.llvm, ir.IntType(1)])
    arithmetic.builder.call(function, [*pointers, count.llvm, ir.IntType(1)(0)])
    return Value(Nothing(), ())


def _increment_counter(arithmetic: Arithmetic, address: Value) -> Value:
    return Value(INT, (arithmetic.builder.atomic_rmw("add", _pointer(arithmetic, address, INT.llvm), INT.llvm(1), "seq_cst"),))


def _read_counter(arithmetic: Arithmetic, address: Value) -> Value:
    return Value(INT, (arithmetic.builder.load_atomic(_pointer(arithmetic, address, INT.llvm), "seq_cst", 8),))


def _bitcast(kind: Scalar) -> Callable[[Arithmetic, Value], Value]:
    return lambda arithmetic, number: Value(kind, (arithmetic.builder.bitcast(number.llvm, kind.llvm),))


def _fma(arithmetic: Arithmetic, *numbers: Value) -> Value:
    a, b, c = (arithmetic.convert(each, DOUBLE).llvm for each in numbers)
    product = arithmetic.builder.fmul(a, b, flags=("contract",))
    return Value(DOUBLE, (arithmetic.builder.fadd(product, c, flags=("contract",)),))


def _high_product(arithmetic: Arithmetic, a: Value, b: Value) -> Value:
    long = ir.IntType(128)
    first, second = (arithmetic.builder.zext(arithmetic.convert(each, WORD).llvm, long) for each in (a, b))
    high = arithmetic.builder.lshr(arithmetic.builder.mul(first, second), long(64))
    return Value(WORD, (arithmetic.builder.trunc(high, WORD.llvm),))


def _carray(arithmetic: Arithmetic, address: Value, shape: Value) -> Value:
    assert isinstance(address.type, Pointer)
    lengths = [arithmetic.convert(each, INT).llvm for each in items_of(shape)]
    return Value(Array(address.type.item, len(lengths)), (address.llvm, *lengths))


def _declared(arithmetic: Arithmetic, name: str, result: Any, parameters: list[Any]) -> Any:
    module = arithmetic.builder.module
    return module.globals[name] if name in module.globals else ir.Function(module, ir.FunctionType(result, parameters), name)


def of_float(name: str, is_external: bool = False) -> Callable[[Arithmetic, Operand], Value]:
    """Return the code for a function of one float, an intrinsic of LLVM or an external function of the C library."""

    def emit(arithmetic: Arithmetic, number: Operand) -> Value:
        kind, llvm = arithmetic.number(number)
        if not kind.is_float:
            raise NotInSubset(f"{name} of an int")
        is_double = kind is DOUBLE
        full_name = f"{name}{'' if is_double else 'f'}" if is_external else f"llvm.{name}.f{64 if is_double else 32}"
        function = _declared(arithmetic, full_name, kind.llvm, [kind.llvm])
        return Value(kind, (arithmetic.builder.call(function, [llvm]),))

    return emit


def _isnan(arithmetic: Arithmetic, number: Value) -> Value:
    kind, llvm = arithmetic.number(number)
    return arithmetic.value(arithmetic.compare("NotEq", Value(kind, (llvm,)), Value(kind, (llvm,))))


def _isfinite(arithmetic: Arithmetic, number: Value) -> Value:
    kind, llvm = arithmetic.number(number)
    nothing = arithmetic.binary("Mult", Value(kind, (llvm,)), Value(kind, (kind.llvm(0.0),)))
    return arithmetic.compare("Eq", nothing, Value(kind, (kind.llvm(0.0),)))


def _converting(kind: Scalar) -> Callable[[Arithmetic, Value], Value]:
    """Return the code for a conversion. Signed and unsigned words of 64 bits have the same bits; a float is cut to an int."""

    def emit(arithmetic: Arithmetic, number: Value) -> Value:
        if {number.type, kind} == {INT, WORD}:
            return Value(kind, number.parts)
        if kind is INT and number.type in (SINGLE, DOUBLE):
            return Value(INT, (arithmetic.builder.fptosi(number.llvm, INT.llvm),))
        return arithmetic.convert(number, kind)

    return emit


EMITTERS: dict[Any, Callable[..., Operand]] = {
    call: _call,
    call_float: _call_float,
    call_uint32: _call_uint32,
    address_of: _address_of,
    read_float: _read_float,
    set_zero: _set_zero,
    copy_memory: _copy_memory,
    increment_counter: _increment_counter,
    read_counter: _read_counter,
    to_bits: _bitcast(INT),
    from_bits: _bitcast(DOUBLE),
    fma: _fma,
    high_product: _high_product,
    carray: _carray,
    math.sqrt: of_float("sqrt"),
    math.log: of_float("log"),
    math.cos: of_float("cos"),
    math.tanh: of_float("tanh", is_external=True),
    math.fabs: of_float("fabs"),
    abs: of_float("fabs"),
    np.isnan: _isnan,
    np.isfinite: _isfinite,
    np.float64: _converting(DOUBLE),
    np.float32: _converting(SINGLE),
    np.int64: _converting(INT),
    np.uint64: _converting(WORD),
    min: lambda arithmetic, *numbers: arithmetic.smallest_or_greatest("<", list(numbers)),
    max: lambda arithmetic, *numbers: arithmetic.smallest_or_greatest(">", list(numbers)),
}
