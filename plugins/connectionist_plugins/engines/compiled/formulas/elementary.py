r"""An exponential, a logistic function and a logarithm that the compiler can vectorize: no branch, no table, no call.

.. math:: e^x = 2^n e^r, \qquad n = \mathrm{round}(x / \ln 2), \qquad r = x - n \ln 2

The remainder r is computed with ln 2 in two parts (Cody & Waite 1980, Software Manual for the Elementary Functions, chapter 6). For
\|r\| ≤ ½ ln 2, e^r is the power series to degree 13; the next term is below 2^-57. It is added in Estrin's scheme (1960, Proceedings
of the Western Joint Computer Conference, 33–40), whose products do not wait for one another. Adding 1.5·2^52 rounds to an integer and
puts this integer into the low bits; what is added besides is the bias of exponents, so that these bits are the exponent of the scale 2^n.
Where the greatest results could overflow, one factor 2 is applied separately. Results below 2^-1021 are 0.

.. math:: \frac{1}{1 + e^{-x}} = \frac{2^n (a + r)}{2^n (a + r) + (a - r)}, \qquad a = r \coth \frac{r}{2}, \qquad
          e^r = \frac{a + r}{a - r}

so that the logistic function has one division, and no series of the exponential. a is an even function of r, near 2. It is a polynomial in
r² to degree 5. Its coefficients make the largest relative error of e^r for \|r\| ≤ ½ ln 2 as small as possible, 2^-62. They were found by
exchange of the points of greatest error (Remez 1934, Comptes rendus 198, 2063–2065).

.. math:: \ln x = n \ln 2 + \ln(1 + f), \qquad \ln(1 + f) = f - s (f - R), \qquad s = \frac{f}{2 + f}, \qquad
          R = 2 \left( \frac{s^2}{3} + \frac{s^4}{5} + \dots \right)

with n such that 1 + f is between √½ and √2 (chapter 5 of the same book). The series of ln(1 + f) = 2 artanh s goes to s^20; the next
term is below 2^-57.
"""

from __future__ import annotations

import math

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import fma, from_bits, to_bits
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline

ROUNDING_SHIFT = 6755399441055744.0  # 1.5 · 2^52: adding it rounds a number to an integer
EXPONENT_BIAS = 1023
ONE_OVER_LN2 = 1.4426950408889634
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
COTH_COEFFICIENTS = (0.16666666666666555, -0.002777777777669608, 6.61375625005898e-05, -1.653383709432132e-06, 4.136045163843002e-08)
LARGEST_NET_INPUT = 708.0  # the logistic function is constant above, and below its negative, as `connectionist.logistic` is
UNDERFLOW = -707.7  # e^x is 0 below
OVERFLOW = 710.0  # e^x is infinite above
LN_OF_GREATEST = 709.782712893384  # e^x is greater than the greatest number above
SMALLEST_NORMAL = 2.2250738585072014e-308  # 2^-1022
TWO_TO_54 = 18014398509481984.0
ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
ROUNDING_SHIFT_BITS = 0x4338000000000000
NAN_BITS = 0x7FF8000000000000
INFINITY = math.inf


@inline
def exponential(x: float) -> float:
    """Return e^x, within 2 units in the last place; NaN for NaN."""
    bounded = OVERFLOW if x > OVERFLOW else x
    series, half_scale = series_and_scale(bounded, ROUNDING_SHIFT + EXPONENT_BIAS - 1)
    return 0.0 if bounded < UNDERFLOW else (series + series) * half_scale


@inline
def bounded_exponential(x: float) -> float:
    """Return e^x for an x that is not above 0."""
    series, scale = series_and_scale(x, ROUNDING_SHIFT + EXPONENT_BIAS)
    return 0.0 if x < UNDERFLOW else series * scale


@inline
def series_and_scale(x: float, shift: float) -> tuple[float, float]:
    """Return e^r, and the scale of `remainder_and_scale`."""
    r, scale = remainder_and_scale(x, shift)
    square = r * r
    fourth = square * square
    low = fma(square, fma(r, 1.0 / 120.0, 1.0 / 24.0), fma(r, 1.0 / 6.0, 0.5))
    middle = fma(square, fma(r, 1.0 / 362880.0, 1.0 / 40320.0), fma(r, 1.0 / 5040.0, 1.0 / 720.0))
    high = fma(square, fma(r, 1.0 / 6227020800.0, 1.0 / 479001600.0), fma(r, 1.0 / 39916800.0, 1.0 / 3628800.0))
    series = fma(square, fma(fourth, fma(fourth, high, middle), low), r) + 1.0
    return series, scale


@inline
def remainder_and_scale(x: float, shift: float) -> tuple[float, float]:
    """Return r, and the power of 2 whose biased exponent is n plus what `shift` is above `ROUNDING_SHIFT`."""
    shifted = fma(x, ONE_OVER_LN2, shift)
    n = shifted - shift
    return fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x)), from_bits(to_bits(shifted) << 52)


@inline
def logistic(x: float) -> float:
    """Return 1 / (1 + e^−x), within 3 units in the last place; e^−708 for x below −708; NaN for NaN."""
    below = LARGEST_NET_INPUT if x > LARGEST_NET_INPUT else x
    bounded = -LARGEST_NET_INPUT if below < -LARGEST_NET_INPUT else below
    r, scale = remainder_and_scale(bounded, ROUNDING_SHIFT + EXPONENT_BIAS)
    square = r * r
    a = fma(square, COTH_COEFFICIENTS[4], COTH_COEFFICIENTS[3])  # Estrin's scheme needs one more product, which counts in long loops
    a = fma(square, a, COTH_COEFFICIENTS[2])
    a = fma(square, a, COTH_COEFFICIENTS[1])
    a = fma(square, a, COTH_COEFFICIENTS[0])
    a = fma(square, a, 2.0)
    power = (a + r) * scale
    return power / (power + (a - r))


@inline
def logarithm(x: float) -> float:
    """Return ln x, within 2 units in the last place; -∞ for 0, NaN for negative numbers."""
    is_tiny = x < SMALLEST_NORMAL
    inner = x * TWO_TO_54 if is_tiny else x
    bits = to_bits(inner)
    n = (bits - ROOT_HALF_BITS) >> 52
    f = from_bits(bits - (n << 52)) - 1.0
    exponent = from_bits(n + ROUNDING_SHIFT_BITS) - ROUNDING_SHIFT - (54.0 if is_tiny else 0.0)
    s = f / (2.0 + f)
    z = s * s
    series = 2.0 / 21.0
    series = fma(series, z, 2.0 / 19.0)
    series = fma(series, z, 2.0 / 17.0)
    series = fma(series, z, 2.0 / 15.0)
    series = fma(series, z, 2.0 / 13.0)
    series = fma(series, z, 2.0 / 11.0)
    series = fma(series, z, 2.0 / 9.0)
    series = fma(series, z, 2.0 / 7.0)
    series = fma(series, z, 2.0 / 5.0)
    series = fma(series, z, 2.0 / 3.0)
    finite = fma(exponent, LN2_HIGH, f - fma(s, f - z * series, -exponent * LN2_LOW))
    regular = finite if x < INFINITY else x  # infinity or NaN
    positive = regular if x > 0.0 else from_bits(NAN_BITS)
    return -INFINITY if x == 0.0 else positive
