"""Printed networks that need connections past or within a group: negation, addition, parity (PDP vol. 1, chapter 8, Figs 6, 10, 12).

Forward passes with the printed weights. Nothing is random, so there is no seed. If a figure has threshold units, logistic units of gain 50
replace them: every net input is at least ½ away from 0, so they are on or off within 1e-10.
"""

import itertools

import numpy as np
import pytest

import connectionist as cn
from connectionist.utils.arrays import Array


def outputs_for_all_rows(net: cn.Network, width: int, engine: str) -> tuple[list[list[float]], Array]:
    rows = [list(map(float, row)) for row in itertools.product((0, 1), repeat=width)]
    count = sum(len(group) for group in net.groups if group.role == "output")
    return rows, net.outputs(cn.ExampleSet.from_arrays(rows, np.zeros((len(rows), count))), engine)


def test_negation(engine: str) -> None:
    """Fig. 12: one bit decides whether the other three are negated. All 16 cases are correct, none further than 0.27 from its target."""
    net = cn.Network("negation")
    net.add_group("input", ["negate", "a", "b", "c"], role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 3, role="output")
    own_bit = np.vstack([np.ones(3), np.eye(3)]).astype(bool)
    net.connect("input", "hidden", pattern=own_bit, weights=np.tile([6.0, -6.0, -6.0], (4, 1)))
    net.connect("input", "output", pattern=own_bit, weights=np.tile([4.0, -4.0, -4.0], (4, 1)))
    net.connect("hidden", "output", pattern="one_to_one", weights=-10.0)
    net.projection("bias", "hidden").weights = [[-8.0, 2.0, 2.0]]
    net.projection("bias", "output").weights = [[-1.0, 6.0, 6.0]]
    rows, outputs = outputs_for_all_rows(net, 4, engine)
    expected = np.array([[float(bit != row[0]) for bit in row[1:]] for row in rows])
    assert ((outputs > 0.5) == expected).all()
    assert np.abs(outputs - expected).max() == pytest.approx(0.27, abs=0.005)


def test_minimal_binary_addition(engine: str) -> None:
    """Fig. 10: two 2-bit numbers, two hidden units for the carries, the first connected to the second. All 16 sums are correct."""
    steep = cn.activation_function("logistic", gain=50)
    net = cn.Network("addition")
    net.add_group("input", ["a1", "a0", "b1", "b0"], role="input")
    net.add_group("carry", ["low", "high"], activation=steep)
    net.add_group("sum", ["fours", "twos", "ones"], role="output", activation=steep)
    high, low = [True, False, True, False], [False, True, False, True]
    net.connect("input", "carry", pattern=np.transpose([low, high]), weights=1.0)
    net.connect("carry", "carry", pattern=[[False, True], [False, False]], weights=1.0)
    net.connect("input", "sum", pattern=np.transpose([[False] * 4, high, low]), weights=1.0)
    to_sum = [[np.nan, 1.0, -2.0], [1.0, -2.0, np.nan]]
    net.connect("carry", "sum", pattern=~np.isnan(to_sum), weights=to_sum)
    net.projection("bias", "carry").weights = -1.5
    net.projection("bias", "sum").weights = -0.5
    rows, outputs = outputs_for_all_rows(net, 4, engine)
    expected = [2 * a1 + a0 + 2 * b1 + b0 for a1, a0, b1, b0 in rows]
    assert outputs @ [4, 2, 1] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("width", range(2, 9))
def test_parity(width: int, engine: str) -> None:
    """Fig. 6: N hidden units of which the k-th is on when at least k inputs are; all 2^N rows are correct, N from 2 to 8."""
    steep = cn.activation_function("logistic", gain=50)
    net = cn.Network("parity")
    net.add_group("input", width, role="input")
    net.add_group("hidden", width, activation=steep)
    net.add_group("output", 1, role="output", activation=steep)
    net.connect("input", "hidden", weights=1.0)
    net.connect("hidden", "output", weights=[[(-1.0) ** unit] for unit in range(width)])
    net.projection("bias", "hidden").weights = [[-0.5 - unit for unit in range(width)]]
    net.projection("bias", "output").weights = -0.5
    rows, outputs = outputs_for_all_rows(net, width, engine)
    assert outputs.ravel() == pytest.approx([sum(row) % 2 for row in rows], abs=1e-8)
