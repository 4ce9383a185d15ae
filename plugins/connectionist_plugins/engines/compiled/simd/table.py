"""The inner loops as C functions, which the kernels call through their addresses as they call formulas.

So each is compiled once. Called by name, it would go through the compiler again with everything that calls it.
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
from connectionist_plugins.engines.compiled.precision import Number
from connectionist_plugins.engines.compiled.simd.dense import summed_products, weighted_sums
from connectionist_plugins.engines.compiled.simd.one_case import dots, outer, returned, scaled, summed_over_ticks
from connectionist_plugins.engines.compiled.simd.sparse import gathered_products, gathered_sums, scattered_sums
from connectionist_plugins.engines.compiled.simd.transpose import turned
from connectionist_plugins.engines.compiled.simd.vectors import Vectors

KINDS: dict[Number, Any] = {"float64": ir.DoubleType(), "float32": ir.FloatType()}
BUILDERS: dict[str, Callable[..., None]] = {
    "weighted_sums": weighted_sums,
    "summed_products": summed_products,
    "gathered_sums": gathered_sums,
    "scattered_sums": scattered_sums,
    "gathered_products": gathered_products,
    "turned": turned,
    "dots": dots,
    "scaled": scaled,
    "returned": returned,
    "summed_over_ticks": summed_over_ticks,
    "set_only": partial(outer, returns=False, adds=False),
    "add_only": partial(outer, returns=False, adds=True),
    "set_and_return": partial(outer, returns=True, adds=False),
    "add_and_return": partial(outer, returns=True, adds=True),
}


class OverCases(NamedTuple):
    """Addresses of the loops over a block of cases: see `tiles`, `gathered`, `loading` and `lines`."""

    weighted_sums: int
    summed_products: int
    gathered_sums: int
    scattered_sums: int
    gathered_products: int
    turned: int
    scaled: int


class OverOne(NamedTuple):
    """Addresses of the loops over one case: see `lines`. The last four are `outer`."""

    dots: int
    scaled: int
    returned: int
    summed_over_ticks: int
    set_only: int
    add_only: int
    set_and_return: int
    add_and_return: int


@cache
def over_cases(number: Number) -> OverCases:
    """Return the loops over a block of cases, on one kind of number."""
    return OverCases(*(_address(name, number) for name in OverCases._fields))


@cache
def over_one(number: Number) -> OverOne:
    """Return the loops over one case, on one kind of number."""
    return OverOne(*(_address(name, number) for name in OverOne._fields))


def _address(name: str, number: Number) -> int:
    """Compile a loop, whose arguments are whole numbers, and return where it is."""
    _vectors, *given = [each.name for each in signature(BUILDERS[name]).parameters.values() if each.kind != Parameter.KEYWORD_ONLY]
    namespace = {"__name__": __name__, "loop": _intrinsic(BUILDERS[name], number)}
    exec(f"def native({', '.join(given)}):\n    loop(({', '.join(given)}))", namespace)  # a C function needs its arguments by name
    compiled = cached_cfunc(types.void(*[types.int64] * len(given)), f"loops.{name}.{number}", error_model="numpy")
    return int(compiled(namespace["native"]).address)


def _intrinsic(build: Callable[..., None], number: Number) -> Any:
    @intrinsic
    def loop(_context: Any, given: Any) -> Any:
        def code(context: Any, builder: Any, _: Any, values: Any) -> Any:
            build(Vectors(builder, KINDS[number]), *(builder.extract_value(values[0], place) for place in range(len(given))))
            return context.get_dummy_value()

        return types.void(given), code

    return loop
