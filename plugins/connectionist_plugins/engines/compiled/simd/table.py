"""The addresses of the loops, compiled as C functions.

Kernels call the loops through addresses, as they call formulas. Each loop is then compiled once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from inspect import Parameter, signature
from typing import Any, NamedTuple

from llvmlite import ir

from connectionist_plugins.engines.compiled.machine_code.code_cache import cached_code
from connectionist_plugins.engines.compiled.machine_code.llvm import load_object, object_code
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.dense import summed_products, weighted_sums
from connectionist_plugins.engines.compiled.simd.lanes import gathered_products_per_lane, summed_products_per_lane
from connectionist_plugins.engines.compiled.simd.lanes_of_case import (
    gathered_sums_of_case,
    products_of_case,
    products_over_ticks,
    weighted_sums_of_case,
)
from connectionist_plugins.engines.compiled.simd.one_case import (
    derivatives_over_ticks,
    dot_products,
    outer_products,
    propagated_derivatives,
    scaled_vector,
)
from connectionist_plugins.engines.compiled.simd.selected_rows import selected_rows
from connectionist_plugins.engines.compiled.simd.sparse import gathered_from_receivers, gathered_products, gathered_sums, scattered_sums
from connectionist_plugins.engines.compiled.simd.transpose import broadcast, transposed
from connectionist_plugins.engines.compiled.simd.vectors import INT64, PER_LANE, Vectors

LLVM_TYPES: dict[Precision, Any] = {"float64": ir.DoubleType(), "float32": ir.FloatType()}
BUILDERS: dict[str, Callable[..., None]] = {
    "weighted_sums": weighted_sums,
    "summed_products": summed_products,
    "gathered_sums": gathered_sums,
    "scattered_sums": scattered_sums,
    "gathered_products": gathered_products,
    "gathered_from_receivers": gathered_from_receivers,
    "transposed": transposed,
    "broadcast": broadcast,
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
    "gathered_sums_of_case": gathered_sums_of_case,
    "gathered_sums_per_lane": partial(gathered_sums, weight_type=PER_LANE),
    "scattered_sums_per_lane": partial(scattered_sums, weight_type=PER_LANE),
    "gathered_from_receivers_per_lane": partial(gathered_from_receivers, weight_type=PER_LANE),
    "gathered_products_per_lane": gathered_products_per_lane,
    "weighted_sums_of_case": weighted_sums_of_case,
    "scattered_sums_of_case": partial(scattered_sums, weight_type=PER_LANE, fuses=False),
    "products_of_case": products_of_case,
    "products_over_ticks": products_over_ticks,
    "selected_rows": selected_rows,
}


class Loops(NamedTuple):
    """Addresses of the loops over a block of cases: see `dense`, `sparse` and `transpose`, or over one case: see `one_case`.

    The last four are variants of `outer_products`. The address of a loop of the other kind is 0.
    """

    weighted_sums: int = 0
    summed_products: int = 0
    gathered_sums: int = 0
    scattered_sums: int = 0
    gathered_products: int = 0
    gathered_from_receivers: int = 0
    transposed: int = 0
    scaled_vector: int = 0
    dot_products: int = 0
    propagated_derivatives: int = 0
    derivatives_over_ticks: int = 0
    set_derivatives: int = 0
    add_derivatives: int = 0
    set_derivatives_and_propagate: int = 0
    add_derivatives_and_propagate: int = 0


class LaneLoops(NamedTuple):
    """Addresses of the loops over one case of several networks that `Loops` does not have: see `lanes_of_case`."""

    products_of_case: int = 0
    products_over_ticks: int = 0


BLOCK_LOOPS = Loops._fields[: Loops._fields.index("dot_products")]
CASE_LOOPS = Loops._fields[Loops._fields.index("scaled_vector") :]
SHARED = ("transposed", "scaled_vector")  # the same for one network and for several
PER_LANE_LOOPS = {name: name if name in SHARED else f"{name}_per_lane" for name in BLOCK_LOOPS}
OF_CASE_LOOPS = {name: f"{name}_of_case" for name in ("weighted_sums", "gathered_sums", "scattered_sums")} | {"transposed": "transposed"}


@cache
def block_loops(precision: Precision) -> Loops:
    """Return the loops over a block of cases for one precision."""
    return Loops(**_addresses("block", {name: name for name in BLOCK_LOOPS}, precision))


@cache
def case_loops(precision: Precision) -> Loops:
    """Return the loops over one case for one precision."""
    return Loops(**_addresses("case", {name: name for name in CASE_LOOPS}, precision))


@cache
def lane_block_loops(precision: Precision, *, is_by_case: bool, has_one_order: bool) -> Loops:
    """Return the loops over a block of cases, or over one case, of several networks.

    With `has_one_order`, all networks have the same order of examples, and `Loops.transposed` is the address of `transpose.broadcast`.
    """
    title, builders = ("lanes-of-case", OF_CASE_LOOPS) if is_by_case else ("lanes", PER_LANE_LOOPS)
    loops = Loops(**_addresses(title, builders, precision))
    if has_one_order:
        loops = loops._replace(**_addresses("broadcast", {"transposed": "broadcast"}, precision))
    return loops


@cache
def lane_loops(precision: Precision) -> LaneLoops:
    """Return the loops over one case of several networks that `Loops` does not have."""
    return LaneLoops(**_addresses("lane-products", {name: name for name in LaneLoops._fields}, precision))


@cache
def selected_rows_address() -> int:
    """Return the address of the loop of `selected_rows` in float64."""
    return _addresses("rows", {"selected_rows": "selected_rows"}, "float64")["selected_rows"]


def _addresses(title: str, builders: dict[str, str], precision: Precision) -> dict[str, int]:
    """Return the addresses of some loops, compiled together, by name."""
    symbols = {name: f"simd.{title}.{name}.{precision}" for name in builders}
    modules = {symbols[name]: BUILDERS[builder] for name, builder in builders.items()}
    code = cached_code(f"simd.{title}.{precision}", lambda: object_code(str(_module(modules, precision))))
    return dict(zip(builders, load_object(code, tuple(symbols.values())), strict=True))


def _module(builders: dict[str, Callable[..., None]], precision: Precision) -> ir.Module:
    """Return the module in LLVM IR with some loops, by the symbols of their functions. Their parameters are int64."""
    module = ir.Module()
    for symbol, build in builders.items():
        parameters = signature(build).parameters.values()
        count = sum(parameter.kind != Parameter.KEYWORD_ONLY for parameter in parameters) - 1
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), [INT64] * count), symbol)
        builder = ir.IRBuilder(function.append_basic_block())
        build(Vectors(builder, LLVM_TYPES[precision]), *function.args)
        builder.ret_void()
    return module
