r"""An exponential and a logarithm that a compiler can make vectors of: no branch, no table, no call.

.. math:: e^x = 2^n e^r, \qquad n = \mathrm{round}(x / \ln 2), \qquad r = x - n \ln 2

The remainder r is taken with ln 2 in two parts (Cody & Waite 1980, Software Manual for the Elementary Functions, chapter 6); e^r for
\|r\| ≤ ½ ln 2 is the power series to degree 13, whose next term is below 2^-57. Rounding to a whole number and reading it out of the
bits both come from adding 1.5·2^52. One factor 2 is kept out of the scale 2^n, so that the greatest results are right too. Results
below 2^-1021 are 0.

.. math:: \ln x = n \ln 2 + \ln(1 + f), \qquad \ln(1 + f) = f - s (f - R), \qquad s = \frac{f}{2 + f}, \qquad
          R = 2 \left( \frac{s^2}{3} + \frac{s^4}{5} + \dots \right)

with n such that 1 + f lies between √½ and √2 (chapter 5 there); the series of ln(1 + f) = 2 artanh s goes to s^20, whose next term is
below 2^-57.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from connectionist_plugins.engines.compiled.simd.vectors import FUSE

TO_WHOLE = 6755399441055744.0  # 1.5 · 2^52: what is added to it is rounded to a whole number
PER_LN2 = 1.4426950408889634
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
LEAST = -707.7  # e^x counts as 0 below
GREATEST = 710.0  # and is infinite above
LEAST_NORMAL = 2.2250738585072014e-308  # 2^-1022
TWO_TO_54 = 18014398509481984.0
BITS_OF_ROOT_HALF = 0x3FE6A09E667F3BCD
BITS_OF_TO_WHOLE = 0x4338000000000000
BITS_OF_NAN = 0x7FF8000000000000
INFINITE = math.inf


@intrinsic
def _bits(_context: Any, number: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), build


@intrinsic
def _float(_context: Any, bits: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), build


bits_of: Any = _bits  # of a float64, as an int64
float_of: Any = _float  # with the bits of an int64


@intrinsic
def _fused(_context: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        return builder.fadd(builder.fmul(given[0], given[1], flags=FUSE), given[2], flags=FUSE)

    return types.float64(types.float64, types.float64, types.float64), build


fused: Any = _fused  # a · b + c, rounded once where the processor can


@njit(error_model="numpy", forceinline=True)
def exponential(x):  # type: ignore[no-untyped-def]
    """Return e^x for one number, within 2 units of the last place; NaN stays NaN."""
    inner = LEAST if x < LEAST else x
    inner = GREATEST if inner > GREATEST else inner
    shifted = fused(inner, PER_LN2, TO_WHOLE)
    n = shifted - TO_WHOLE
    r = fused(n, -LN2_LOW, fused(n, -LN2_HIGH, inner))
    series = 1.0 / 6227020800.0
    series = fused(series, r, 1.0 / 479001600.0)
    series = fused(series, r, 1.0 / 39916800.0)
    series = fused(series, r, 1.0 / 3628800.0)
    series = fused(series, r, 1.0 / 362880.0)
    series = fused(series, r, 1.0 / 40320.0)
    series = fused(series, r, 1.0 / 5040.0)
    series = fused(series, r, 1.0 / 720.0)
    series = fused(series, r, 1.0 / 120.0)
    series = fused(series, r, 1.0 / 24.0)
    series = fused(series, r, 1.0 / 6.0)
    series = fused(series, r, 0.5)
    series = fused(series, r, 1.0)
    series = fused(series, r, 1.0)
    half_scale = float_of((bits_of(shifted) + 1022) << 52)
    return 0.0 if x < LEAST else (series + series) * half_scale


@njit(error_model="numpy", forceinline=True)
def logarithm(x):  # type: ignore[no-untyped-def]
    """Return ln x for one number, within 2 units of the last place; -∞ for 0, NaN below."""
    is_tiny = x < LEAST_NORMAL
    inner = x * TWO_TO_54 if is_tiny else x
    bits = bits_of(inner)
    n = (bits - BITS_OF_ROOT_HALF) >> 52
    f = float_of(bits - (n << 52)) - 1.0
    exponent = float_of(n + BITS_OF_TO_WHOLE) - TO_WHOLE - (54.0 if is_tiny else 0.0)
    s = f / (2.0 + f)
    z = s * s
    series = 2.0 / 21.0
    series = fused(series, z, 2.0 / 19.0)
    series = fused(series, z, 2.0 / 17.0)
    series = fused(series, z, 2.0 / 15.0)
    series = fused(series, z, 2.0 / 13.0)
    series = fused(series, z, 2.0 / 11.0)
    series = fused(series, z, 2.0 / 9.0)
    series = fused(series, z, 2.0 / 7.0)
    series = fused(series, z, 2.0 / 5.0)
    series = fused(series, z, 2.0 / 3.0)
    finite = fused(exponent, LN2_HIGH, f - fused(s, f - z * series, -exponent * LN2_LOW))
    regular = finite if x < INFINITE else x  # infinite, or NaN
    positive = regular if x > 0.0 else float_of(BITS_OF_NAN)
    return -INFINITE if x == 0.0 else positive
