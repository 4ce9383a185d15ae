"""The addresses of the loops, compiled as C functions.

Kernels call the loops through addresses, as they call formulas. Each loop is then compiled once. If kernels called the loops by name,
numba would compile them again with every caller.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from inspect import Parameter, signature
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_cfunc
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.dense import summed_products, weighted_sums
from connectionist_plugins.engines.compiled.simd.lanes import (
    gathered_products_per_lane,
    products_of_case,
    products_over_ticks,
    summed_products_per_lane,
    weighted_sums_of_case,
)
from connectionist_plugins.engines.compiled.simd.one_case import (
    derivatives_over_ticks,
    dot_products,
    outer_products,
    propagated_derivatives,
    scaled_vector,
)
from connectionist_plugins.engines.compiled.simd.sparse import gathered_products, gathered_sums, scattered_sums
from connectionist_plugins.engines.compiled.simd.transpose import transposed
from connectionist_plugins.engines.compiled.simd.vectors import PER_LANE, Vectors

LLVM_TYPES: dict[Precision, Any] = {"float64": ir.DoubleType(), "float32": ir.FloatType()}
BUILDERS: dict[str, Callable[..., None]] = {
    "weighted_sums": weighted_sums,
    "summed_products": summed_products,
    "gathered_sums": gathered_sums,
    "scattered_sums": scattered_sums,
    "gathered_products": gathered_products,
    "transposed": transposed,
    "dot_products": dot_products,
    "scaled_vector": scaled_vector,
    "propagated_derivatives": propagated_derivatives,
    "derivatives_over_ticks": derivatives_over_ticks,
    "set_derivatives": partial(outer_products, propagates=False, adds=False),
    "add_derivatives": partial(outer_products, propagates=False, adds=True),
    "set_derivatives_and_propagate": partial(outer_products, propagates=True, adds=False),
    "add_derivatives_and_propagate": partial(outer_products, propagates=True, adds=True),
    "weighted_sums_per_lane": partial(weighted_sums, weight_type=PER_LANE),
    "summed_products_per_lane": summed_products_per_lane,
    "gathered_sums_per_lane": partial(gathered_sums, weight_type=PER_LANE),
    "scattered_sums_per_lane": partial(scattered_sums, weight_type=PER_LANE),
    "gathered_products_per_lane": gathered_products_per_lane,
    "weighted_sums_of_case": weighted_sums_of_case,
    "scattered_sums_of_case": partial(scattered_sums, weight_type=PER_LANE, fuses=False),
    "products_of_case": products_of_case,
    "products_over_ticks": products_over_ticks,
}


class BlockLoops(NamedTuple):
    """Addresses of the loops over a block of cases: see `dense`, `sparse` and `transpose`, and `one_case` for the last."""

    weighted_sums: int
    summed_products: int
    gathered_sums: int
    scattered_sums: int
    gathered_products: int
    transposed: int
    scaled_vector: int


class CaseLoops(NamedTuple):
    """Addresses of the loops over one case: see `one_case`. The last four are variants of `outer_products`."""

    dot_products: int
    scaled_vector: int
    propagated_derivatives: int
    derivatives_over_ticks: int
    set_derivatives: int
    add_derivatives: int
    set_derivatives_and_propagate: int
    add_derivatives_and_propagate: int


class LaneLoops(NamedTuple):
    """Addresses of the loops over one case of several networks that `BlockLoops` does not have: see `lanes`."""

    products_of_case: int
    products_over_ticks: int


PER_LANE_NAMES = {name: f"{name}_per_lane" for name in BlockLoops._fields} | {"transposed": "transposed", "scaled_vector": "scaled_vector"}
OF_CASE_NAMES = PER_LANE_NAMES | {"weighted_sums": "weighted_sums_of_case", "scattered_sums": "scattered_sums_of_case"}


@cache
def block_loops(precision: Precision) -> BlockLoops:
    """Return the loops over a block of cases for one precision."""
    return BlockLoops(*(_loop_address(name, precision) for name in BlockLoops._fields))


@cache
def case_loops(precision: Precision) -> CaseLoops:
    """Return the loops over one case for one precision."""
    return CaseLoops(*(_loop_address(name, precision) for name in CaseLoops._fields))


@cache
def lane_block_loops(precision: Precision, *, is_by_case: bool) -> BlockLoops:
    """Return the loops over a block of cases, or over one case, of several networks."""
    names = OF_CASE_NAMES if is_by_case else PER_LANE_NAMES
    return BlockLoops(*(_loop_address(names[name], precision) for name in BlockLoops._fields))


@cache
def lane_loops(precision: Precision) -> LaneLoops:
    """Return the loops over one case of several networks that `BlockLoops` does not have."""
    return LaneLoops(*(_loop_address(name, precision) for name in LaneLoops._fields))


def _loop_address(name: str, precision: Precision) -> int:
    """Compile a loop, whose parameters are int64, and return the address of its C function."""
    parameters = signature(BUILDERS[name]).parameters.values()
    _vectors, *names = [parameter.name for parameter in parameters if parameter.kind != Parameter.KEYWORD_ONLY]
    namespace = {"__name__": __name__, "loop": _intrinsic(BUILDERS[name], precision)}
    exec(f"def c_function({', '.join(names)}):\n    loop(({', '.join(names)}))", namespace)  # numba needs named parameters
    compiled = cached_cfunc(types.void(*[types.int64] * len(names)), f"simd.{name}.{precision}", error_model="numpy")
    return int(compiled(namespace["c_function"]).address)


def _intrinsic(build: Callable[..., None], precision: Precision) -> Any:
    @intrinsic
    def loop(_context: Any, arguments: Any) -> Any:
        def code(context: Any, builder: Any, _: Any, values: Any) -> Any:
            unpacked = (builder.extract_value(values[0], index) for index in range(len(arguments)))
            build(Vectors(builder, LLVM_TYPES[precision]), *unpacked)
            return context.get_dummy_value()

        return types.void(arguments), code

    return loop
