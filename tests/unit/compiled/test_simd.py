"""The SIMD loops compared with numpy, for all shapes of tiles, vectors and remainders."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry, Library, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable, Integers
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd import table
from connectionist_plugins.engines.compiled.simd.sparse import PREFETCH_DISTANCE
from connectionist_plugins.engines.compiled.simd.sums import CHAINS, are_finite, sum_in_vectors, sum_of_products
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES
from connectionist_plugins.engines.compiled.simd.wrong_cases import mark_wrong

PRECISIONS: tuple[Precision, ...] = ("float64", "float32")
CLOSE = {"float64": 1e-13, "float32": 2e-5}
SIZES = st.integers(1, 27)
each_precision = pytest.mark.parametrize("precision", PRECISIONS)


def use(name: str, kind: Precision, *given: Any) -> None:
    """Call a loop with arrays by their addresses."""
    call(getattr(table.block_loops(kind), name) or getattr(table.case_loops(kind), name), *given)


def call(address: int, *given: Any) -> None:
    """Call the C function at an address with arrays by their addresses."""
    numbers = [each.ctypes.data if isinstance(each, np.ndarray) else int(each) for each in given]
    ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * len(numbers))(address)(*numbers)


def rows(kind: Precision, count: int, cases: int, seed: int) -> Any:
    """Return an array [row, case] with room for whole vectors, 0 beyond the cases."""
    lanes = VECTOR_BYTES // np.dtype(kind).itemsize
    array = np.zeros((count, -(-cases // lanes) * lanes), kind)
    array[:, :cases] = np.random.default_rng(seed).uniform(-1, 1, (count, cases))
    return array


def stride(array: Any) -> int:
    return int(array.strides[0])


def width(array: Any) -> int:
    return int(array.nbytes // len(array) // VECTOR_BYTES)


def weights(kind: Precision, count: int) -> Any:
    return np.random.default_rng(count).uniform(-1, 1, count).astype(kind)


def close(ours: Any, expected: Any, kind: Precision) -> None:
    np.testing.assert_allclose(ours, expected, rtol=CLOSE[kind], atol=20 * CLOSE[kind])


@each_precision
@settings(max_examples=40, deadline=None)
@given(receivers=SIZES, senders=st.lists(SIZES, min_size=1, max_size=3), cases=st.integers(1, 70), adds=st.booleans())
def test_weighted_sums_over_several_matrices(precision: Precision, receivers: int, senders: list[int], cases: int, adds: bool) -> None:
    source, out = rows(precision, sum(senders), cases, 1), rows(precision, receivers, cases, 2)
    values = weights(precision, receivers * sum(senders))
    matrices, expected, first, weight = [], out * adds, 0, 0
    for count in senders:
        matrices.append([first, count, weight, count, 1])
        block = values[weight : weight + receivers * count].reshape(receivers, count)
        expected = expected + block @ source[first : first + count]
        first, weight = first + count, weight + receivers * count
    use("weighted_sums", precision, values, np.array(matrices), len(matrices), out, receivers, source, stride(out), width(out), adds)
    close(out, expected, precision)


@each_precision
@settings(max_examples=40, deadline=None)
@given(receivers=SIZES, senders=SIZES, cases=st.integers(1, 70))
def test_weighted_sums_backward(precision: Precision, receivers: int, senders: int, cases: int) -> None:
    derivatives, out = rows(precision, receivers, cases, 1), rows(precision, senders, cases, 2)
    values, before = weights(precision, receivers * senders), out.copy()
    matrix = np.array([[0, receivers, 0, 1, senders]])
    use("weighted_sums", precision, values, matrix, 1, out, senders, derivatives, stride(out), width(out), 1)
    close(out, before + values.reshape(receivers, senders).T @ derivatives, precision)


@each_precision
@settings(max_examples=40, deadline=None)
@given(
    receivers=SIZES, senders=st.lists(SIZES, min_size=1, max_size=3), first=st.integers(0, 2), cases=st.integers(1, 70), adds=st.booleans()
)
def test_summed_products_of_several_matrices(
    precision: Precision, receivers: int, senders: list[int], first: int, cases: int, adds: bool
) -> None:
    derivatives, activations = rows(precision, receivers, cases, 1), rows(precision, 1 + sum(senders), cases, 2)
    sums = weights(precision, 3 + (first + receivers) * sum(senders))
    matrices, expected, row, weight = [], sums.copy(), 1, 2
    for count in senders:
        matrices.append([row, count, weight, count, 1])
        own = slice(weight + first * count, weight + (first + receivers) * count)
        expected[own] = expected[own] * adds + (derivatives @ activations[row : row + count].T).ravel()
        row, weight = row + count, own.stop
    shape = (first, derivatives, receivers, activations, stride(activations), width(activations))
    use("summed_products", precision, sums, np.array(matrices), len(matrices), *shape, adds)
    close(sums, expected, precision)


@each_precision
@settings(max_examples=40, deadline=None)
@given(data=st.data(), count=SIZES, units=SIZES, cases=st.integers(1, 140))
def test_loops_connection_by_connection(precision: Precision, data: st.DataObject, count: int, units: int, cases: int) -> None:
    drawn = data.draw(st.lists(st.integers(0, units - 1), min_size=count, max_size=count))
    listed = np.array(drawn + [0] * PREFETCH_DISTANCE)
    senders = listed[:count]
    of_weight = np.array(data.draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)))
    backs = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), np.uint8)
    values, source, receiver = weights(precision, 10), rows(precision, units, cases, 1), rows(precision, 1, cases, 2)

    middle = data.draw(st.integers(0, count))
    starts, out = np.array([0, middle, count]), rows(precision, 2, cases, 3)
    use("gathered_sums", precision, values, listed, of_weight, starts, np.array([1, 0]), 2, out, source, stride(source), width(source))
    for row, part in ((1, slice(middle)), (0, slice(middle, count))):
        close(out[row], values[of_weight[part]] @ source[senders[part]], precision)

    added, of_units = rows(precision, units + 2, cases, 4), np.array([units + 1, units])
    expected, weighted = added.copy(), values[of_weight, None] * added[np.repeat(of_units, np.diff(starts))]
    np.add.at(expected, senders[backs == 1], weighted[backs == 1])
    use("scattered_sums", precision, values, listed, of_weight, backs, starts, of_units, 2, added, stride(added), width(added))
    close(added, expected, precision)

    sums, expected = np.ones(10, precision), np.ones(10, precision)
    np.add.at(expected, of_weight, source[senders] @ receiver[0])
    use("gathered_products", precision, sums, listed, of_weight, count, receiver, source, stride(source), width(source))
    close(sums, expected, precision)

    dy, products = receiver.copy(), np.ones(10, precision)
    for target in (products, 0):  # 0 does not add to the derivatives
        use(
            "gathered_from_receivers",
            precision,
            values,
            target,
            listed,
            of_weight,
            count,
            dy,
            receiver,
            source,
            stride(source),
            width(source),
        )
    close(dy[0], receiver[0] + 2.0 * (values[of_weight] @ source[senders]), precision)
    np.testing.assert_array_equal(products, sums)  # the same additions in the same order


@each_precision
@settings(max_examples=40, deadline=None)
@given(data=st.data(), columns=SIZES, count=st.integers(1, 40))
def test_a_table_is_transposed(precision: Precision, data: st.DataObject, columns: int, count: int) -> None:
    table = np.random.default_rng(0).normal(size=(50, columns)).astype(precision)
    order = np.array(data.draw(st.lists(st.integers(0, 49), min_size=count, max_size=count)))
    targets = np.random.default_rng(1).permutation(columns)
    out = rows(precision, columns + 1, count, 3)
    padded = np.concatenate([targets, np.full(-columns % VECTOR_BYTES, columns)])
    use("transposed", precision, table, order, count, columns, padded, out, stride(out))
    np.testing.assert_array_equal(out[targets, :count], table[order].T)


@each_precision
@given(seed=st.integers(0, 99), columns=SIZES, cases=st.integers(1, 9))
def test_a_table_is_transposed_for_networks_with_one_order(precision: Precision, seed: int, columns: int, cases: int) -> None:
    generator, lanes = np.random.default_rng(seed), VECTOR_BYTES // np.dtype(precision).itemsize
    examples = generator.normal(size=(50, columns)).astype(precision)
    order, targets = np.repeat(generator.integers(0, 50, cases), lanes), generator.permutation(columns)
    out = rows(precision, columns + 1, len(order), 3)
    unused = out[columns].copy()
    loops = table.lane_block_loops(precision, is_by_case=True, has_one_order=True)
    call(loops.transposed, examples, order, len(order), columns, targets, out, stride(out))
    np.testing.assert_array_equal(out[targets], examples[order].T)
    np.testing.assert_array_equal(out[columns], unused)


@each_precision
@settings(max_examples=40, deadline=None)
@given(receivers=SIZES, senders=st.integers(1, 90), propagates=st.booleans(), adds=st.booleans())
def test_loops_over_one_case(precision: Precision, receivers: int, senders: int, propagates: bool, adds: bool) -> None:
    lanes = VECTOR_BYTES // np.dtype(precision).itemsize
    values, y = weights(precision, receivers * senders), rows(precision, 1, senders, 1)[0]
    y[senders:] = np.nan  # numbers after the last must not be read
    table = values.reshape(receivers, senders)

    x = np.ones(receivers + 1, precision)
    use("dot_products", precision, values, 0, receivers, y, senders, x)
    close(x[:receivers], 1 + table @ y[:senders], precision)
    assert x[-1] == 1

    dx, back = rows(precision, 1, receivers, 2)[0], np.ones(senders + lanes, precision)
    dx[receivers:] = np.nan
    derivatives = weights(precision, receivers * senders + 1)
    expected = derivatives[:-1] * adds + np.outer(dx[:receivers], y[:senders]).ravel()
    last = derivatives[-1]
    name = f"{'add' if adds else 'set'}_derivatives{'_and_propagate' if propagates else ''}"
    use(name, precision, values, derivatives, 0, dx, receivers, y, senders, back)
    close(derivatives[:-1], expected, precision)
    close(back[:senders], 1 + propagates * (dx[:receivers] @ table), precision)
    assert derivatives[-1] == last
    assert (back[senders:] == 1).all()

    line = np.ones(senders + 1, precision)
    use("scaled_vector", precision, dx, 0, y, line, senders, adds)
    close(line[:-1], adds + dx[0] * y[:senders], precision)
    assert line[-1] == 1


@each_precision
def test_numbers_are_bit_identical_in_all_tiles(precision: Precision) -> None:
    receivers, senders, cases = 13, 11, 90
    source, values = rows(precision, senders, cases, 1), weights(precision, receivers * senders)
    whole, single = rows(precision, receivers, cases, 2), rows(precision, receivers, cases, 2)
    matrix = np.array([[0, senders, 0, senders, 1]])
    use("weighted_sums", precision, values, matrix, 1, whole, receivers, source, stride(whole), width(whole), 0)
    for receiver in range(receivers):
        for vector in range(width(whole)):
            at = vector * VECTOR_BYTES
            one = np.array([[0, senders, receiver * senders, senders, 1]])
            out, read = single[receiver].ctypes.data + at, source.ctypes.data + at
            use("weighted_sums", precision, values, one, 1, out, 1, read, stride(whole), 1, 0)
    np.testing.assert_array_equal(whole, single)

    together, apart = np.zeros(receivers * senders, precision), np.zeros(receivers * senders, precision)
    step = stride(whole)
    use("summed_products", precision, together, matrix, 1, 0, whole, receivers, source, step, width(whole), 0)
    for receiver in range(receivers):
        for sender in range(senders):
            one = np.array([[sender, 1, sender, senders, 1]])
            use("summed_products", precision, apart, one, 1, receiver, whole[receiver], 1, source, step, width(whole), 0)
    np.testing.assert_array_equal(together, apart)


@each_precision
@settings(max_examples=40)
@given(receivers=SIZES, senders=st.integers(1, 75), seed=st.integers(0, 1000))
def test_propagated_derivatives_are_added_to_the_senders(precision: Precision, receivers: int, senders: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = generator.uniform(-1, 1, (receivers, senders)).astype(precision)
    dx, back = (generator.uniform(-1, 1, size).astype(precision) for size in (receivers, senders + 1))
    before, end = back[:senders].copy(), back[senders]
    use("propagated_derivatives", precision, values, 0, dx, receivers, senders, back)
    np.testing.assert_allclose(back[:senders], before + dx @ values, rtol=0, atol=CLOSE[precision] * receivers)
    assert back[senders] == end


@each_precision
@pytest.mark.parametrize("adds", [0, 1])
@settings(max_examples=40)
@given(receivers=SIZES, senders=st.integers(1, 75), ticks=st.integers(1, 9), seed=st.integers(0, 1000))
def test_derivatives_are_summed_over_ticks(precision: Precision, adds: int, receivers: int, senders: int, ticks: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    span = receivers + senders
    table = generator.uniform(-1, 1, (ticks, span)).astype(precision)
    derivatives = generator.uniform(-1, 1, 3 + receivers * senders + 1).astype(precision)
    before = derivatives.copy()
    at_senders = table.reshape(-1)[receivers:]
    stride = int(table.strides[0])
    use("derivatives_over_ticks", precision, derivatives, 3, table, receivers, at_senders, senders, stride, ticks, adds)
    expected = table[:, :receivers].T @ table[:, receivers:] + adds * before[3:-1].reshape(receivers, senders)
    np.testing.assert_allclose(derivatives[3:-1].reshape(receivers, senders), expected, rtol=0, atol=CLOSE[precision] * ticks)
    assert (derivatives[:3] == before[:3]).all()
    assert derivatives[-1] == before[-1]


class Sums(NamedTuple):
    a: Floats
    b: Floats
    a_rows: Integers
    b_rows: Integers
    size: int


@kernel
def both_sums(given: Sums) -> tuple[float, float]:
    """Return the two sums of `sums`, the second from index 1 on."""
    products = sum_of_products(given.a, given.a_rows, given.b, given.b_rows, 2, 1, given.size)
    return sum_in_vectors(given.a, given.size), products


BOTH_SUMS = Entry(Library("both-sums", (both_sums,)), both_sums)


def added(terms: Any, sizes: tuple[tuple[int, int], ...]) -> float:
    """Return the sum of terms in the order that `sums` describes."""
    total, left = 0.0, terms.astype(float)
    for size, chains in sizes:
        end = len(left) // (size * chains) * size * chains
        sums = np.zeros((chains, size))
        sums[0, 0] = total
        for step in left[:end].reshape(-1, chains, size):
            sums += step
        while len(sums) > 1:
            sums = sums[::2] + sums[1::2]
        vector = sums[0]
        while len(vector) > 1:
            vector = vector[: len(vector) // 2] + vector[len(vector) // 2 :]
        total, left = float(vector[0]), left[end:]
    return total


@each_precision
@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 150), seed=st.integers(0, 1000))
def test_sums_have_a_fixed_order(precision: Precision, count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    a, b = (generator.uniform(-1, 1, 160).astype(precision) for _ in range(2))
    a_rows, b_rows = (generator.integers(0, 150, 160) for _ in range(2))
    total, products = BOTH_SUMS(precision, Sums(a, b, a_rows, b_rows, count))
    lanes = VECTOR_BYTES // 8
    assert total == added(a[:count], ((lanes, CHAINS), (lanes // 2, 1), (1, 1)))
    terms = a[a_rows[1 : count + 1]] * b[b_rows[1 : count + 1] + 2]
    sizes = ((lanes, CHAINS), (lanes, 1), (1, 1))
    if precision == "float32":  # the products are rounded before they are added
        assert products == added(terms, sizes)
    np.testing.assert_allclose(products, added(terms, sizes), rtol=0, atol=1e-13)


class Outputs(NamedTuple):
    y: FloatTable
    d: FloatTable
    wrong: Floats
    units: int
    first: int
    columns: int
    tolerance: float
    adds: bool


@kernel
def mark(given: Outputs) -> None:
    """Mark the wrong cases of units from rows 2 and 1 on."""
    mark_wrong(given.y, 2, given.d, 1, given.units, given.first, given.columns, given.tolerance, given.adds, given.wrong)


MARK = Entry(Library("mark", (mark,)), mark)


@each_precision
@settings(max_examples=60, deadline=None)
@given(units=st.integers(1, 5), slices=st.integers(0, 3), cases=st.integers(1, 90), adds=st.booleans())
def test_wrong_cases_are_marked(precision: Precision, units: int, slices: int, cases: int, adds: bool) -> None:
    lanes = VECTOR_BYTES // np.dtype(precision).itemsize
    first = min(slices * lanes, (cases - 1) // lanes * lanes)
    y, d = rows(precision, units + 3, cases, 1), rows(precision, units + 1, cases, 2)
    d[1, cases // 2] = np.nan  # no target
    y[2, 0], d[1, 0] = np.float32(0.7), 0.0  # a little less than the tolerance
    before = np.arange(y.shape[1]).astype(precision) % 2
    wrong = before.copy()
    MARK(precision, Outputs(y, d, wrong, units, first, cases - first, 0.7, adds))
    distances = np.abs(y[2 : 2 + units] - d[1 : 1 + units]).astype(float)
    expected = (distances >= 0.7).any(axis=0) | ((before == 1) & adds)
    np.testing.assert_array_equal(wrong[first:cases], expected[first:cases])
    np.testing.assert_array_equal(wrong[:first], before[:first])


class Numbers(NamedTuple):
    numbers: Floats


@kernel
def check(given: Numbers) -> bool:
    """Return whether all numbers are finite."""
    return are_finite(given.numbers)


CHECK = Entry(Library("check", (check,)), check)


@each_precision
@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, 70), place=st.integers(0, 69), value=st.sampled_from([np.nan, np.inf, -np.inf]))
def test_a_number_that_is_not_finite_is_found(precision: Precision, count: int, place: int, value: float) -> None:
    numbers = np.full(70, np.finfo(precision).max, precision)
    numbers[place] = value
    assert CHECK(precision, Numbers(numbers[:count])) == (place >= count,)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(1, 140), st.integers(0, 27), st.integers(0, 99))
def test_selected_rows_are_added_as_in_python(count: int, columns: int, selected: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    matrix, before, out = (rows("float64", each, columns, seed) for each in (count, 1, 1))
    factors, indices = generator.uniform(-1, 1, count), generator.integers(0, count, selected)
    expected = before[0].copy()
    for index in indices:
        expected = expected + matrix[index] * factors[index]
    numbers = [each.ctypes.data if isinstance(each, np.ndarray) else each for each in (matrix, stride(matrix), indices, selected, factors)]
    arguments = [*numbers, before.ctypes.data, out.ctypes.data, width(matrix)]
    ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * len(arguments))(table.selected_rows_address())(*arguments)
    np.testing.assert_array_equal(out[0], expected)
