"""The log and the representation of a run."""

import copy
import math
from contextlib import nullcontext

import numpy as np

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
    assert repr(run) == "<Run of xor: 0 epochs, in progress>"


def test_the_lists_of_the_log_are_made_when_they_are_read(net: cn.Network, xor: cn.ExampleSet) -> None:
    run = cn.train(net, xor, phases=[cn.Phase(cn.rule("momentum"), 70), cn.Phase(cn.rule("steepest"), 30)])
    assert run._blocks
    assert (run.epochs, math.isfinite(run.error), len(_copy(run).errors)) == (100, True, 100)
    errors, last = run.errors, run.error
    assert not run._blocks
    assert run.errors is errors
    assert (len(errors), errors[-1], run.epochs) == (100, last, 100)
    assert run.phase_numbers == [1] * 70 + [2] * 30
    assert all(type(value) is float for value in (*errors, *run.corrects, run.error, run.correct))
    assert _copy(run) == run


def test_a_list_that_is_assigned_replaces_the_log_so_far(net: cn.Network, xor: cn.ExampleSet) -> None:
    run = cn.train(net, xor, "momentum", 20)
    run.errors = [1.0]
    assert (run.errors, run.epochs, len(run.corrects)) == ([1.0], 1, 20)
    run.errors += [2.0]
    assert run.error == 2.0


def _copy(run: Run) -> Run:
    copied: Run = copy.deepcopy(run)
    copied.network = run.network  # networks are equal only if they are the same
    copied.phases = run.phases
    return copied


def test_rows_of_the_log_are_read_without_its_lists(net: cn.Network, xor: cn.ExampleSet) -> None:
    """A list of some million epochs takes longer than their training."""
    run = cn.train(net.copy(), xor, "momentum", 3000)
    first, second = cn.train(net, xor, "momentum", 100), []

    def read(present: Run) -> None:
        numbers = np.unique(np.linspace(0, present.epochs - 1, 50).astype(int))
        second.append((numbers, present._log_at(numbers)))

    _ = first.errors  # lists before the blocks
    later = cn.train(net, xor, "momentum", 2900, continue_from=first, progress=nullcontext(read))
    assert len(second) > 2
    assert len(later._blocks) == len(second)
    assert later.epochs == 3000
    for numbers, rows in second:
        assert rows.tolist() == [[run.errors[number], run.corrects[number]] for number in numbers]
    assert len(later.errors) == later.epochs == 3000
    assert later._log_at(np.array([5, 2999])).tolist() == [[run.errors[number], run.corrects[number]] for number in (5, 2999)]
    assert later._log_at(np.array([], int)).shape == (0, 2)


def test_a_run_of_a_network_without_outputs_shows_no_error() -> None:
    run = cn.run("competitive-letters", seed=1, epochs=2).run
    assert repr(run) == "<Run of competitive-letters: 2 epochs, stopped by epochs>"
    shown = str(run._repr_html_())
    assert "error" not in shown
    assert "correct" not in shown
