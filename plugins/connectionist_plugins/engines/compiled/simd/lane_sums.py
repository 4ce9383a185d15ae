"""Sums of vectors with one number for each of several networks, as functions that kernels call.

`add_sums` adds in the order of `sums.sum_in_vectors`, so that each network has the bits that it has alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import EMITTERS
from connectionist_plugins.engines.compiled.kernel_compiler.types import BOOL, DOUBLE, Array, Doubles, Floats, Integers, Nothing
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, NotInSubset, Value
from connectionist_plugins.engines.compiled.simd.sums import CHAINS
from connectionist_plugins.engines.compiled.simd.vectors import INT64, VECTOR_BYTES, Vectors, constant, strided_addresses

NOTHING = Value(Nothing(), ())


def add_sums(numbers: Floats, count: int, totals: Doubles) -> None:
    """Add to each of the totals [lane] the sum of the first `count` rows of numbers [row, lane]."""
    raise NotImplementedError


def set_zero_if_finite(numbers: Floats, out: Doubles) -> None:
    """Set each of the numbers of `out` [lane] to 0 if all numbers [row, lane] of the lane are finite, else to NaN."""
    raise NotImplementedError


def log_lanes(
    errors: Doubles,
    wrong: Doubles,
    checks: Doubles,
    last_epochs: Integers,
    epoch: int,
    presentations: int,
    error_limit: float,
    correct_limit: float,
    log: Doubles,
) -> bool:
    """Log E of each lane, and then the proportions of correct cases.

    Return whether some lane meets both limits, has a number not finite, or ends with this epoch.
    """
    raise NotImplementedError


def _add_sums(arithmetic: Arithmetic, numbers: Value, count: Value, totals: Value) -> Value:
    builder, vectors = arithmetic.builder, _vectors(arithmetic, numbers)
    address, out = _address(arithmetic, numbers), _address(arithmetic, totals)

    def add(total: Any, index: Any) -> Any:
        return builder.fadd(vectors.load(builder.add(address, builder.mul(index, constant(VECTOR_BYTES)))), total)

    total = sum_in_order(vectors, count.llvm, ((vectors.lanes, CHAINS), (vectors.lanes // 2, 1), (1, 1)), add)
    vectors.store(builder.fadd(vectors.load(out), total), out)
    return NOTHING


def sum_in_order(vectors: Vectors, count: Any, sizes: Sequence[tuple[int, int]], add: Callable[[Any, Any], Any]) -> Any:
    """Return the sum of `count` terms, each a vector with a number for each network, in the order of `sums`.

    There, one vector has `size` successive terms, and several vectors are added at a time, for each of `sizes`. ``add(total, index)``
    returns a total plus the term with an index.
    """
    builder, index, total = vectors.builder, constant(0), vectors.zero
    for size, chains in sizes:
        passes = builder.sdiv(builder.sub(count, index), constant(size * chains))
        sum_some = partial(_summed, vectors, size, chains, passes, add)
        index, total = vectors.when(builder.icmp_signed(">", passes, constant(0)), [index, total], sum_some)  # folding no terms takes time
    return total


def _summed(vectors: Vectors, size: int, chains: int, passes: Any, add: Callable[[Any, Any], Any], index: Any, total: Any) -> list[Any]:
    """Return the next index, and the total after some passes of `sum_in_order`."""
    builder, terms = vectors.builder, size * chains

    def add_some(index: Any, *sums: Any) -> list[Any]:
        added = [add(each, builder.add(index, constant(term))) for term, each in enumerate(sums)]
        return [builder.add(index, constant(terms)), *added]

    index, *sums = vectors.loop(passes, [index, total, *[vectors.zero] * (terms - 1)], add_some)
    return [index, _folded(vectors, [sums[start : start + size] for start in range(0, terms, size)])]


def _folded(vectors: Vectors, chains: list[list[Any]]) -> Any:
    """Return the sum of chains of terms: of pairs of chains, then of the halves of the last one."""
    while len(chains) > 1:
        chains = [vectors.added(a, b) for a, b in zip(chains[::2], chains[1::2], strict=True)]
    (terms,) = chains
    while len(terms) > 1:
        half = len(terms) // 2
        terms = vectors.added(terms[:half], terms[half:])
    return terms[0]


def _set_zero_if_finite(arithmetic: Arithmetic, numbers: Value, out: Value) -> Value:
    builder, vectors = arithmetic.builder, _vectors(arithmetic, numbers)

    def add_rows(address: Any, *totals: Any) -> list[Any]:
        rows = strided_addresses(builder, address, constant(VECTOR_BYTES), len(totals))
        zeros = [builder.fmul(vectors.load(row), vectors.zero) for row in rows]
        return [builder.add(rows[-1], constant(VECTOR_BYTES)), *[builder.fadd(*pair) for pair in zip(totals, zeros, strict=True)]]

    rows, chains = builder.sdiv(numbers.parts[1], constant(vectors.lanes)), constant(CHAINS)
    initial = [_address(arithmetic, numbers), *[vectors.zero] * CHAINS]
    address, *totals = vectors.loop(builder.sdiv(rows, chains), initial, add_rows)
    _, total = vectors.loop(builder.srem(rows, chains), [address, _folded(vectors, [totals])], add_rows)
    vectors.store(total, _address(arithmetic, out))
    return NOTHING


def _log_lanes(arithmetic: Arithmetic, *given: Value) -> Value:
    errors, wrong, checks, last_epochs, epoch, *numbers, log = given
    builder, vectors = arithmetic.builder, _vectors(arithmetic, errors)
    error, wrong_count, check = (vectors.load(_address(arithmetic, each)) for each in (errors, wrong, checks))
    presentations, error_limit, correct_limit = (vectors.broadcast(arithmetic.convert(each, DOUBLE).llvm) for each in numbers)
    correct = builder.fdiv(builder.fsub(presentations, wrong_count), presentations)
    vectors.store(error, _address(arithmetic, log))
    vectors.store(correct, builder.add(_address(arithmetic, log), constant(VECTOR_BYTES)))
    meets_both = builder.and_(
        builder.fcmp_ordered("<=", error, error_limit),
        builder.fcmp_ordered(">=", correct, correct_limit),
    )
    is_not_finite = builder.fcmp_unordered("!=", builder.fmul(builder.fadd(error, check), vectors.zero), vectors.zero)
    indices = ir.VectorType(INT64, vectors.lanes)
    is_last = builder.icmp_signed("==", vectors.load(_address(arithmetic, last_epochs), indices), vectors.broadcast(epoch.llvm, indices))
    lanes = builder.bitcast(builder.or_(builder.or_(meets_both, is_not_finite), is_last), ir.IntType(vectors.lanes))
    return Value(BOOL, (builder.icmp_unsigned("!=", lanes, ir.IntType(vectors.lanes)(0)),))


def _vectors(arithmetic: Arithmetic, array: Value) -> Vectors:
    if not isinstance(array.type, Array):
        raise NotInSubset("not an array")
    return Vectors(arithmetic.builder, array.type.item.stored)


def _address(arithmetic: Arithmetic, array: Value) -> Any:
    return arithmetic.builder.ptrtoint(array.parts[0], INT64)


EMITTERS |= {
    add_sums: _add_sums,
    set_zero_if_finite: _set_zero_if_finite,
    log_lanes: _log_lanes,
}
