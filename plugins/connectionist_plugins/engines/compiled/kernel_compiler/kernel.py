"""Kernels, and the modules of machine code that contain them."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from struct import Struct as Format
from types import FunctionType
from typing import Any, TypeVar, cast

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.expressions import ExpressionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.function import FunctionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.source import source_of
from connectionist_plugins.engines.compiled.kernel_compiler.structs import Packed, result_format
from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    DOUBLE,
    INT,
    WORD_BYTES,
    Nothing,
    TupleOf,
    Type,
    annotations_of,
    parts_of,
    type_of,
)
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, NotInSubset, Operand, Value, items_of
from connectionist_plugins.engines.compiled.machine_code.code_cache import cached_code
from connectionist_plugins.engines.compiled.machine_code.compilation_messages import report
from connectionist_plugins.engines.compiled.machine_code.llvm import load_object, object_code
from connectionist_plugins.engines.compiled.precision import Precision


class Kernel:
    """A function that is compiled with the kernels that call it.

    Parameters
    ----------
    function : function
        With annotated parameters and result.
    attributes : tuple of str
        Attributes of the LLVM function.
    """

    def __init__(self, function: FunctionType, attributes: tuple[str, ...] = ()) -> None:
        self.function, self.name, self.attributes = function, function.__name__, attributes
        self.__doc__ = function.__doc__

    def __repr__(self) -> str:
        return f"kernel {self.name}"


F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Mark a function as a kernel."""
    return cast(F, Kernel(cast(FunctionType, function)))


def inline(function: F) -> F:
    """Mark a function as a kernel whose code is inserted into each of its callers."""
    return cast(F, Kernel(cast(FunctionType, function), attributes=("alwaysinline",)))


def noinline(function: F) -> F:
    """Mark a function as a kernel whose code stays out of its callers.

    It is for what many networks do not need. In a caller, LLVM would compute addresses for it before a loop, and keep them in registers.
    """
    return cast(F, Kernel(cast(FunctionType, function), attributes=("noinline",)))


def rare(function: F) -> F:
    """Mark a function as a kernel that most trainings do not call.

    Its code is short and stays out of its callers, which saves half of the time to compile.
    """
    return cast(F, Kernel(cast(FunctionType, function), attributes=("cold", "noinline", "optsize")))


class Library:
    """Kernels that Python calls, compiled together, so that they share the kernels that they call.

    Parameters
    ----------
    name : str
        Unique name.
    kernels : tuple of Kernel
        Their parameters are named tuples.
    """

    def __init__(self, name: str, kernels: tuple[Any, ...]) -> None:
        self.name, self.kernels = name, kernels
        self._lock = threading.Lock()
        self._addresses: dict[Precision, dict[str, int]] = {}

    def address(self, kernel: Kernel, precision: Precision) -> int:
        """Return the address of the C function that takes the addresses of the kernel's arguments, and of memory for its result."""
        with self._lock:  # a second thread waits for the code that the first one compiles
            if precision not in self._addresses:
                symbols = {each.name: self._symbol(each, precision) for each in self.kernels}
                code = cached_code(f"{self.name}.{precision}", lambda: object_code(str(self.module(precision))))
                self._addresses[precision] = dict(zip(symbols, load_object(code, tuple(symbols.values())), strict=True))
            return self._addresses[precision][kernel.name]

    def _symbol(self, kernel: Kernel, precision: Precision) -> str:
        return f"{self.name}.{kernel.name}.{precision}"

    def module(self, precision: Precision) -> ir.Module:
        """Return the module in LLVM IR: the kernels, all that they call, and a C function for each kernel."""
        module = KernelModule(precision)
        for each in self.kernels:
            _add_c_function(module, each, self._symbol(each, precision))
        module.compile_all()
        return module.llvm


class Entry:
    """A kernel that Python calls.

    Parameters
    ----------
    library : Library
    kernel : Kernel
    """

    def __init__(self, library: Library, kernel: Any) -> None:
        self.library, self.kernel = library, kernel
        self._functions: dict[Precision, tuple[Any, Format, Any]] = {}

    def __call__(self, precision: Precision, *arguments: Any) -> Any:
        """Run the kernel without the interpreter's lock, and return its result. Arguments are named tuples, or `Packed`."""
        function, results, memory_type = self._functions.get(precision) or self._load(precision)
        packed = [each if isinstance(each, Packed) else Packed(each, precision) for each in arguments]
        report()
        memory = memory_type()
        function(*[each.address for each in packed], ctypes.addressof(memory))
        return results.unpack_from(memory)

    def _load(self, precision: Precision) -> tuple[Any, Format, Any]:
        parameters, result = signature_of(self.kernel, precision)
        pointers = [ctypes.c_void_p] * (len(parameters) + 1)
        address = self.library.address(self.kernel, precision)
        results = result_format(_items(result))
        self._functions[precision] = ctypes.CFUNCTYPE(None, *pointers)(address), results, ctypes.c_char * max(WORD_BYTES, results.size)
        return self._functions[precision]


def _add_c_function(module: KernelModule, kernel: Kernel, symbol: str) -> None:
    parameters, result = signature_of(kernel, module.precision)
    pointer = ir.PointerType(INT.llvm)
    function = ir.Function(module.llvm, ir.FunctionType(ir.VoidType(), [pointer] * (len(parameters) + 1)), symbol)
    builder = ir.IRBuilder(function.append_basic_block())
    arithmetic = Arithmetic(builder)
    *given, out = function.args
    values: list[Operand] = [Value(kind, (address,)) for kind, address in zip(parameters.values(), given, strict=True)]
    returned = module.call_kernel(arithmetic, kernel, values)
    for index, item in enumerate(items_of(returned) if isinstance(result, TupleOf) else [returned] if _items(result) else []):
        word = item if item.type is DOUBLE else arithmetic.convert(item, INT)
        address = builder.bitcast(builder.gep(out, [INT.llvm(index)]), ir.PointerType(word.llvm.type))
        builder.store(word.llvm, address)
    builder.ret_void()


def _items(result: Type) -> tuple[Type, ...]:
    return result.items if isinstance(result, TupleOf) else () if isinstance(result, Nothing) else (result,)


def signature_of(kernel: Kernel, precision: Precision) -> tuple[dict[str, Type], Type]:
    """Return the types of a kernel's parameters, by name, and of its result."""
    annotations = annotations_of(kernel.function)
    result = type_of(annotations.pop("return"), precision)
    names = kernel.function.__code__.co_varnames[: kernel.function.__code__.co_argcount]
    return {name: type_of(annotations[name], precision) for name in names}, result


class KernelModule:
    """A module in LLVM IR with the kernels that are called in it. LLVM sees all of them, so it can insert one into another.

    Parameters
    ----------
    precision : {"float64", "float32"}

    Attributes
    ----------
    llvm : llvmlite.ir.Module
    """

    def __init__(self, precision: Precision) -> None:
        self.precision: Precision = precision
        self.llvm = ir.Module()
        self._functions: dict[int, tuple[ir.Function, dict[str, Type], Type]] = {}
        self._waiting: list[Kernel] = []

    def call(self, compiler: ExpressionCompiler, function: Any, arguments: list[Operand]) -> Operand | None:
        """Emit the call of a kernel; None if the function is no kernel."""
        return self.call_kernel(compiler.arithmetic, function, arguments) if isinstance(function, Kernel) else None

    def call_kernel(self, arithmetic: Arithmetic, function: Kernel, arguments: list[Operand]) -> Value:
        """Emit the call of a kernel."""
        declared, parameters, result = self._declared(function)
        if len(parameters) != len(arguments):
            raise NotInSubset(f"{function.name} takes {len(parameters)} arguments")
        converted = [arithmetic.convert(each, kind) for each, kind in zip(arguments, parameters.values(), strict=True)]
        returned = arithmetic.builder.call(declared, [part for each in converted for part in each.parts])
        count = len(parts_of(result))
        parts = (returned,) if count == 1 else tuple(arithmetic.builder.extract_value(returned, index) for index in range(count))
        return Value(result, parts)

    def _declared(self, kernel: Kernel) -> tuple[ir.Function, dict[str, Type], Type]:
        if id(kernel) not in self._functions:
            parameters, result = signature_of(kernel, self.precision)
            returned = parts_of(result)
            kind = ir.VoidType() if not returned else returned[0] if len(returned) == 1 else ir.LiteralStructType(returned)
            signature = ir.FunctionType(kind, [part for each in parameters.values() for part in parts_of(each)])
            name = self.llvm.get_unique_name(kernel.name)
            function = ir.Function(self.llvm, signature, name)
            function.linkage = "internal"
            for attribute in kernel.attributes:
                function.attributes.add(attribute)
            self._functions[id(kernel)] = function, parameters, result
            self._waiting.append(kernel)
        return self._functions[id(kernel)]

    def compile_all(self) -> None:
        """Emit the bodies of all kernels that are called, and of those that these call."""
        while self._waiting:
            kernel = self._waiting.pop()
            function, parameters, result = self._functions[id(kernel)]
            builder = ir.IRBuilder(function.append_basic_block("entry"))
            left, values = list(function.args), {}
            for name, kind in parameters.items():
                count = len(parts_of(kind))
                values[name], left = Value(kind, tuple(left[:count])), left[count:]
            FunctionCompiler(self, source_of(kernel.function), builder, result).compile(dict(values))
