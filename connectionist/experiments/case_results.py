"""The results of each case after training, which ``cases.csv`` in the folder of a run has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.accuracy import has_targets
from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.probes import UnitProbe
from connectionist.experiments.task_members import correct_cases_of, unchanged
from connectionist.model.network import Network
from connectionist.model.propagation import passes
from connectionist.plugins.registry import make

if TYPE_CHECKING:
    from connectionist.experiments.result import Result
    from connectionist.experiments.task import Task
    from connectionist.learning.run import Run

MOST_OUTPUTS = 200_000  # activations in one file, which then has about 5 MB
SETS = {"training": "training_examples", "testing": "testing_examples"}
TEXTS = ("set", "case")
FIRST_COLUMNS = ("seed", *TEXTS)


class CaseResults:
    """The rows of ``cases.csv``.

    Parameters
    ----------
    result : Result

    Attributes
    ----------
    columns : list of str
        "seed", "set" ("training" or "testing"), "case" (its name), "tick" (from 1; only for sequences), "right" (1 or 0, of the whole case,
        by the task; empty if no example has a target), "error" (E of the case, or of the tick), and the activation of each output unit
        by its name.
    counts : dict of str to dict
        For each set the number of "cases" in the rows, and "left_out", the number of cases for which there was no room. No sets in a
        network without output units.
    rows : list of list
    """

    def __init__(self, result: Result) -> None:
        task, network = result.task, result.network
        engine: Engine = _engine_of(result.run)
        sets = {name: examples for name, member in SETS.items() if (examples := getattr(task, member)) is not None}
        sets = sets if network.schedule.outputs else {}
        has_ticks = any(examples.ticks is not None for examples in sets.values())
        self.columns = [*FIRST_COLUMNS, *(["tick"] if has_ticks else []), "right", "error", *(u.name for u in network.schedule.outputs)]
        self.counts: dict[str, dict[str, int]] = {}
        self.rows: list[list[Any]] = []
        room = MOST_OUTPUTS // max(1, len(network.schedule.outputs))
        with network.state.restored_afterwards():
            for name, examples in sets.items():
                count = _count_that_fits(examples, room - len(self.rows))
                self.counts[name] = {"cases": count, "left_out": len(examples) - count}
                if count:
                    results = _results(task, network, examples, engine, count)
                    self.rows += [[result.run.seed, name, case, *([tick] if has_ticks else []), *rest] for case, tick, *rest in results]


def _engine_of(run: Run) -> Engine:
    """Return the engine that ran a training, with its settings if it is the one that was asked for."""
    engine: Engine = make("engines", run.engine, run.engine_settings)
    return engine if run.ran_by in ([], [run.engine]) else make("engines", run.ran_by[-1], {})


def _count_that_fits(examples: ExampleSet, room: int) -> int:
    """Return how many of the first examples have together at most as many ticks as there is room for."""
    lengths = np.ones(len(examples)) if examples.lengths is None else examples.lengths
    return int(np.searchsorted(np.cumsum(lengths), room, side="right"))


def _results(task: Task, network: Network, examples: ExampleSet, engine: Engine, count: int) -> Iterator[list[Any]]:
    """Yield case, tick (None without ticks), right, error and the activations, in the order of the columns."""
    with unchanged(network, task, "correct_cases"):
        is_right = correct_cases_of(task, network, examples, engine).astype(int).tolist()
    right = is_right if has_targets(examples) else [""] * len(is_right)
    schedule, state, quantities = network.schedule, network.state, ("activation", "net_input")
    states = engine.states(network, examples, UnitProbe(quantities, schedule.outputs, np.arange(count)))
    activations, targets = states[:, :, 0].tolist(), examples.targets.tolist()
    rows, arrays = [unit.row for unit in schedule.outputs], [state.array(quantity) for quantity in quantities]
    for case, name in enumerate(examples.names[:count]):
        for tick in range(1 if examples.lengths is None else int(examples.lengths[case])):
            for array, values in zip(arrays, states[case, tick], strict=True):
                array[rows] = values
            of_tick = targets[case] if examples.lengths is None else targets[case][tick]
            error = passes.compare(schedule, state, of_tick, with_costs=False)
            yield [name, None if examples.lengths is None else tick + 1, right[case], error, *activations[case][tick]]
