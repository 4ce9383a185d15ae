"""Random numbers: those that numpy draws with ``Generator(PCG64(seed))``.

A seed of 64 bits is spread over four words of 32 bits as in NumPy's ``SeedSequence`` (O'Neill 2015, Developing a seed_seq alternative,
pcg-random.org). The generator is PCG XSL RR 128/64 (O'Neill 2014, PCG: a family of simple fast space-efficient statistically good
algorithms for random number generation, HMC-CS-2014-0905). Integers are drawn by the method of Lemire (2019), Fast random integer
generation in an interval, ACM Transactions on Modeling and Computer Simulation 29, 3.
"""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import high_product
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import RandomStream

LOW_HALF = 0xFFFFFFFF
POOL_CONSTANT, POOL_FACTOR, OUT_CONSTANT, OUT_FACTOR = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
MIX_LEFT, MIX_RIGHT = 0xCA01F9DD, 0x4973F715
FACTOR_HIGH, FACTOR_LOW = np.uint64(2549297995355413924), np.uint64(4865540595714422341)
ZERO, ONE, SHIFT_32, SHIFT_63, SHIFT_58, SHIFT_11 = (np.uint64(number) for number in (0, 1, 32, 63, 58, 11))
WORD_BITS, HALF_OF_WORD = np.uint64(64), np.uint64(LOW_HALF)


@kernel
def hashed(number: int, constant: int, factor: int) -> tuple[int, int]:
    """Return the hash of a number of 32 bits, and the constant for the next one."""
    following = constant * factor & LOW_HALF
    product = (number ^ constant) * following & LOW_HALF
    return product ^ (product >> 16), following


@kernel
def start_stream(stream: RandomStream, seed: np.uint64) -> None:
    """Set a stream to the begin of that of a seed."""
    pool, state, constant = stream.pool, stream.state, POOL_CONSTANT
    pool[0], pool[1], pool[2], pool[3] = np.int64(seed & HALF_OF_WORD), np.int64(seed >> SHIFT_32), 0, 0
    for index in range(4):
        pool[index], constant = hashed(pool[index], constant, POOL_FACTOR)
    for source in range(4):
        for target in range(4):
            if source != target:
                number, constant = hashed(pool[source], constant, POOL_FACTOR)
                mixed = MIX_LEFT * pool[target] - MIX_RIGHT * number & LOW_HALF
                pool[target] = mixed ^ (mixed >> 16)
    constant = OUT_CONSTANT
    for index in range(4):
        low, constant = hashed(pool[2 * index % 4], constant, OUT_FACTOR)
        high, constant = hashed(pool[(2 * index + 1) % 4], constant, OUT_FACTOR)
        state[index] = np.uint64(low) | np.uint64(high) << SHIFT_32
    first_high, first_low = state[0], state[1]
    state[2], state[3] = (state[2] << ONE) | (state[3] >> SHIFT_63), (state[3] << ONE) | ONE
    state[0], state[1] = state[2], state[3]  # one step from 0
    low_sum = state[1] + first_low
    state[0] = state[0] + first_high + (ONE if low_sum < first_low else ZERO)
    state[1] = low_sum
    advance(stream)
    stream.half[0] = 0


@kernel
def advance(stream: RandomStream) -> None:
    """Multiply the state by a factor and add the increment, modulo 2**128."""
    high, low, state = stream.state[0], stream.state[1], stream.state
    product = low * FACTOR_LOW
    low_sum = product + state[3]
    high_sum = high_product(low, FACTOR_LOW) + high * FACTOR_LOW + low * FACTOR_HIGH + state[2]
    state[0], state[1] = high_sum + (ONE if low_sum < product else ZERO), low_sum


@kernel
def next_word(stream: RandomStream) -> np.uint64:
    """Return the next number of 64 bits."""
    advance(stream)
    high = stream.state[0]
    word, rotation = high ^ stream.state[1], high >> SHIFT_58
    return np.uint64((word >> rotation) | (word << ((WORD_BITS - rotation) & SHIFT_63)))


@kernel
def next_number(stream: RandomStream) -> float:
    """Return the next number from 0 to below 1, as ``Generator.random``."""
    return np.float64(np.int64(next_word(stream) >> SHIFT_11)) * 2.0**-53


@kernel
def next_half(stream: RandomStream) -> int:
    """Return the next number of 32 bits: the low half of a word, and then its high half."""
    half = stream.half
    if half[0]:
        half[0] = 0
        return half[1]  # type: ignore[no-any-return]  # an int64
    word = next_word(stream)
    half[0], half[1] = 1, np.int64(word >> SHIFT_32)
    return np.int64(word & HALF_OF_WORD)  # type: ignore[return-value]  # an int of kernels


@kernel
def next_below(stream: RandomStream, count: int) -> int:
    """Return the next integer from 0 to below `count`, at most 2**31, as ``Generator.integers``."""
    if count == 1:
        return 0
    product = next_half(stream) * count
    if product & LOW_HALF < count:
        smallest = (LOW_HALF + 1 - count) % count
        while product & LOW_HALF < smallest:
            product = next_half(stream) * count
    return product >> 32
