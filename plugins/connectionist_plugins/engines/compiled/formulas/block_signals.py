"""The signals of a weight matrix over a block of cases, with the formula of a learning procedure inlined on vectors of cases.

The matrix is cut into tiles whose sums are held in registers (`simd.dense`). A sum adds vectors in their order, and then the lanes of the
result by halves. A formula of operations on floats can be inlined; with others, such as comparisons of activations, the signals of each
weight are computed by themselves (the role ``case_signals`` of `templates`).

The C function is ``(values, sums, across, down, receivers, rows, senders, columns, later, targets, distance, stride, count, sign,
parameters)``. It adds `sign` times the signals, summed over `count` cases, to the sums. It returns 1.0 if Python may have raised, else 0.0.
Arguments are addresses or int64 numbers, unless noted:

=============== ==========================================================================================================
values, sums    the weights, and their signals: [receiver · `across` + sender · `down`]
receivers, rows activations [receiver, case] at the end of the first phase, and number of receivers
senders         the same of senders, and `columns` is their number
later           bytes from an activation to that at the end of the second phase
targets         targets of the first receiver; those of the next one are `distance` bytes later
stride          bytes from row to row
sign            float64
parameters      as in `templates`
=============== ==========================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.formulas.c_function import FormulaModule
from connectionist_plugins.engines.compiled.formulas.formula_compiler import VECTOR, Formula
from connectionist_plugins.engines.compiled.kernel_compiler.function import FunctionCompiler
from connectionist_plugins.engines.compiled.kernel_compiler.types import BOOL, DOUBLE, INT, Record
from connectionist_plugins.engines.compiled.kernel_compiler.values import Value, items_of
from connectionist_plugins.engines.compiled.simd.dense import for_each_tile
from connectionist_plugins.engines.compiled.simd.vectors import (
    INT32,
    INT64,
    INT64_BYTES,
    REGISTER_COUNT,
    VECTOR_BYTES,
    Vectors,
    constant,
    strided_addresses,
)

TILES = ((2, 1), (4, 2, 1)) if REGISTER_COUNT > 16 else ((1,), (2, 1))  # receivers, senders
ADDRESSES = 13  # arguments before the sign
CONVERTED: dict[str, Callable[[Any, Any], Value]] = {
    "bool": lambda builder, number: Value(BOOL, (builder.fcmp_unordered("!=", number, DOUBLE.llvm(0.0)),)),
    "int": lambda builder, number: Value(INT, (builder.fptosi(number, INT.llvm),)),
    "float": lambda _, number: Value(DOUBLE, (number,)),
}


def block_signals_module(symbol: str, method: FunctionType, names: dict[str, str]) -> ir.Module:
    """Return the module in LLVM IR for the formula of a procedure, whose numeric parameters have some types by name.

    Raises
    ------
    NotInSubset
        If the formula contains Python that is not compiled for vectors.
    """
    module = FormulaModule("float64")
    kinds = [*[INT64] * ADDRESSES, DOUBLE.llvm, INT64]
    function = ir.Function(module.llvm, ir.FunctionType(DOUBLE.llvm, kinds), symbol)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    formula = Formula(method)
    around = FunctionCompiler(module, formula.source, builder)
    raised = builder.alloca(BOOL.llvm)
    builder.store(BOOL.llvm(False), raised)
    body = builder.append_basic_block("body")
    builder.branch(body)
    builder.position_at_end(body)
    *arguments, sign, parameters = function.args
    vectors = Vectors(builder, DOUBLE.llvm)
    record = _record(vectors, parameters, names)

    def signal(*given: Any) -> Any:
        """Emit the formula for a vector of cases of one weight."""
        result = module.call(around, formula, [record, *[Value(VECTOR, (each,)) for each in given]])
        assert isinstance(result, Value)
        value, raises = items_of(result)
        builder.store(builder.or_(builder.load(raised), raises.llvm), raised)
        return around.arithmetic.convert(value, VECTOR).llvm

    _emit_tiles(vectors, arguments, sign, signal)
    builder.ret(builder.uitofp(builder.load(raised), DOUBLE.llvm))
    module.compile_all()
    return module.llvm


def _record(vectors: Vectors, parameters: Any, names: dict[str, str]) -> Value:
    """Return the named tuple ``self`` of a formula."""
    values = []
    for index, kind in enumerate(names.values()):
        number = vectors.load(vectors.builder.add(parameters, constant(INT64_BYTES * index)), DOUBLE.llvm)
        values.append(CONVERTED[kind](vectors.builder, number))
    values = values or [Value(DOUBLE, (DOUBLE.llvm(0.0),))]
    return Value(Record(tuple(each.type for each in values), tuple(names) or ("nothing",)), tuple(each.llvm for each in values))


def _emit_tiles(vectors: Vectors, arguments: list[Any], sign: Any, signal: Callable[..., Any]) -> None:
    builder = vectors.builder
    values, sums, across, down, receivers, rows, senders, columns, later, targets, distance, stride, count = arguments
    lanes = constant(vectors.lanes)
    full, rest = builder.sdiv(count, lanes), builder.srem(count, lanes)
    bytes_across, bytes_down = (builder.mul(each, constant(vectors.number_bytes)) for each in (across, down))

    def tile(shape: tuple[int, int], row: Any, column: Any) -> None:
        height, width = shape
        places = _places(
            vectors, shape, builder.add(builder.mul(row, bytes_across), builder.mul(column, bytes_down)), bytes_across, bytes_down
        )
        weights = [vectors.broadcast(vectors.load(builder.add(values, place), DOUBLE.llvm)) for place in places]
        starts = [
            builder.add(receivers, builder.mul(row, stride)),
            builder.add(senders, builder.mul(column, stride)),
            builder.add(targets, builder.mul(row, distance)),
        ]

        def add_signals(mask: Any, receiver: Any, sender: Any, target: Any, *totals: Any) -> list[Any]:
            of_receivers = strided_addresses(builder, receiver, stride, height)
            of_senders = strided_addresses(builder, sender, stride, width)
            wanted = [vectors.load(address) for address in strided_addresses(builder, target, distance, height)]
            first, second = (
                [[vectors.load(builder.add(address, shift)) for address in addresses] for addresses in (of_senders, of_receivers)]
                for shift in (constant(0), later)
            )
            new = []
            for number, total in enumerate(totals):
                r, c = divmod(number, width)
                found = signal(weights[number], first[0][c], second[0][c], first[1][r], second[1][r], wanted[r])
                new.append(builder.fadd(total, found if mask is None else builder.select(mask, found, vectors.zero)))
            return [*[builder.add(each, constant(VECTOR_BYTES)) for each in (receiver, sender, target)], *new]

        carried = [*starts, *[vectors.zero] * (height * width)]
        carried = vectors.loop(full, carried, lambda *current: add_signals(None, *current))
        mask, has_rest = vectors.first_lanes(rest), builder.zext(builder.icmp_signed(">", rest, constant(0)), INT64)
        totals = vectors.lane_sums(vectors.loop(has_rest, carried, lambda *current: add_signals(mask, *current))[3:])
        size = totals[0].type.count
        for number, place in enumerate(places):
            address = builder.add(sums, place)
            total = builder.extract_element(totals[number // size], INT32(number % size))
            before = vectors.load(address, DOUBLE.llvm)
            vectors.store(builder.fadd(before, builder.fmul(sign, total)), address)

    for_each_tile(vectors, TILES, (rows, columns), tile)


def _places(vectors: Vectors, shape: tuple[int, int], first: Any, across: Any, down: Any) -> list[Any]:
    """Return the bytes from the first weight of a matrix to each weight of a tile."""
    builder, (height, width) = vectors.builder, shape
    return [
        place for start in strided_addresses(builder, first, across, height) for place in strided_addresses(builder, start, down, width)
    ]
