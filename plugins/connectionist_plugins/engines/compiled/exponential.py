r"""An exponential that a compiler can vectorise: no branch, no table, no call.

.. math:: e^x = 2^n e^r, \qquad n = \mathrm{round}(x / \ln 2), \qquad r = x - n \ln 2

The remainder r is taken with ln 2 in two parts (Cody & Waite 1980, Software Manual for the Elementary Functions, chapter 6); e^r for
\|r\| ≤ ½ ln 2 is the power series to degree 13, whose next term is below 2^-57. Rounding to a whole number and reading it out of the
bits both come from adding 1.5·2^52. One factor 2 is kept out of the scale 2^n, so that the greatest results are right too. Results
below 2^-1021 are 0.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

TO_WHOLE = 6755399441055744.0  # 1.5 · 2^52: what is added to it is rounded to a whole number
PER_LN2 = 1.4426950408889634
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
LEAST = -707.7  # e^x counts as 0 below
GREATEST = 710.0  # and is infinite above


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


@njit(inline="always", error_model="numpy", fastmath={"contract"})
def exponential(x):  # type: ignore[no-untyped-def]
    """Return e^x for one number, within 2 units of the last place; NaN stays NaN."""
    inner = LEAST if x < LEAST else x
    inner = GREATEST if inner > GREATEST else inner
    shifted = inner * PER_LN2 + TO_WHOLE
    n = shifted - TO_WHOLE
    r = (inner - n * LN2_HIGH) - n * LN2_LOW
    series = 1.0 / 6227020800.0
    series = series * r + 1.0 / 479001600.0
    series = series * r + 1.0 / 39916800.0
    series = series * r + 1.0 / 3628800.0
    series = series * r + 1.0 / 362880.0
    series = series * r + 1.0 / 40320.0
    series = series * r + 1.0 / 5040.0
    series = series * r + 1.0 / 720.0
    series = series * r + 1.0 / 120.0
    series = series * r + 1.0 / 24.0
    series = series * r + 1.0 / 6.0
    series = series * r + 0.5
    series = series * r + 1.0
    series = series * r + 1.0
    half_scale = float_of((bits_of(shifted) + 1022) << 52)
    return 0.0 if x < LEAST else (series + series) * half_scale
