"""One example by hand: Matt Mazur, "A Step by Step Backpropagation Example" (2015), recomputed in double precision.

2-2-2, inputs 0.05 and 0.10, targets 0.01 and 0.99, rate 0.5, biases of 0.35 and 0.60 shared within a group and held fixed. The same
arithmetic in another order: within 1e-12 relative for one change, 1e-8 for 10,000. Nothing is drawn, so there is no seed.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import connectionist as cn

GOLDEN = json.loads((Path(__file__).parent / "data" / "mazur_golden.json").read_text())
CASE = cn.ExampleSet.from_arrays([[0.05, 0.10]], [[0.01, 0.99]])


def make_network(trainable_biases: bool = False) -> cn.Network:
    net = cn.Network("mazur")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden", weights=[[0.15, 0.25], [0.20, 0.30]])
    net.connect("hidden", "output", weights=[[0.40, 0.50], [0.45, 0.55]])
    for group, bias in (("hidden", 0.35), ("output", 0.60)):
        net.projection("bias", group).weights = bias
        net.projection("bias", group).trainable = trainable_biases
    return net


def test_the_first_pass_unit_by_unit() -> None:
    golden = GOLDEN["weights_only_1"]
    net = make_network()
    assert net.forward([0.05, 0.10]) == pytest.approx(golden["out_o"], rel=1e-12)
    assert net.backward([0.01, 0.99]) == pytest.approx(golden["E_total"], rel=1e-12)
    assert [unit.net_input for unit in net["hidden"]] == pytest.approx(golden["net_h"], rel=1e-12)
    assert [unit.activation for unit in net["hidden"]] == pytest.approx(golden["out_h"], rel=1e-12)
    assert [unit.net_derivative for unit in net["output"]] == pytest.approx(golden["delta_o"], rel=1e-12)
    assert [unit.activation_derivative for unit in net["hidden"]] == pytest.approx(golden["dE_dout_h"], rel=1e-12)
    assert [unit.net_derivative for unit in net["hidden"]] == pytest.approx(golden["delta_h"], rel=1e-12)
    for sender, receiver, expected in (("input", "hidden", golden["dE_dW1"]), ("hidden", "output", golden["dE_dW2"])):
        for j in range(2):
            for i in range(2):
                assert net.connection(f"{sender}:{i}", f"{receiver}:{j}").weight.derivative == pytest.approx(expected[j][i], rel=1e-12)


@pytest.mark.parametrize(("changes", "precision"), [(1, 1e-12), (10_000, 1e-8)])
def test_training_with_fixed_biases(engine: str, changes: int, precision: float) -> None:
    golden = GOLDEN[f"weights_only_{changes}"]
    net = make_network()
    cn.train(net, CASE, cn.rule("steepest", rate=0.5), epochs=changes, engine=engine)
    assert net.outputs(CASE, engine)[0] == pytest.approx(golden["out_after_n"], rel=precision)
    assert cn.error_derivatives(net, CASE, engine)[0] == pytest.approx(golden["E_after_n"], rel=precision)
    if changes == 1:
        assert net.projection("input", "hidden").weights.T.ravel() == pytest.approx(np.ravel(golden["W1_after"]), rel=precision)
        assert net.projection("hidden", "output").weights.T.ravel() == pytest.approx(np.ravel(golden["W2_after"]), rel=precision)
    assert net.projection("bias", "hidden").weights.ravel() == pytest.approx(golden["b1_after"], abs=0)


def test_one_change_of_biases_as_well(engine: str) -> None:
    golden = GOLDEN["per_unit_bias_updated_1"]
    net = make_network(trainable_biases=True)
    cn.train(net, CASE, cn.rule("steepest", rate=0.5), epochs=1, engine=engine)
    assert net.projection("bias", "hidden").weights.ravel() == pytest.approx(golden["b1_after"], rel=1e-12)
    assert net.projection("bias", "output").weights.ravel() == pytest.approx(golden["b2_after"], rel=1e-12)
    assert cn.error_derivatives(net, CASE, engine)[0] == pytest.approx(golden["E_after"], rel=1e-12)
