"""The log and the representation of a run."""

import math

import connectionist as cn
from connectionist.learning.run import Run


def test_the_log_has_a_row_per_epoch(net: cn.Network) -> None:
    run = Run(net, (), "local", 0, errors=[2.0, 1.0], corrects=[0.25, 0.5], phase_numbers=[1, 2])
    assert run.log.to_dict("list") == {"epoch": [1, 2], "error": [2.0, 1.0], "correct": [0.25, 0.5], "phase": [1, 2]}
    assert (run.epochs, run.error, run.correct) == (2, 1.0, 0.5)


def test_before_the_first_epoch_there_is_no_error(net: cn.Network) -> None:
    run = Run(net, (), "local", 0)
    assert math.isnan(run.error)
    assert math.isnan(run.correct)
    assert list(run.log.columns) == ["epoch", "error", "correct", "phase"]
    assert repr(run) == "<Run of xor: 0 epochs, error nan, in progress>"
