"""Runs of a task for several seeds, whose networks are trained together where that is possible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from inspect import signature
from itertools import islice
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError, check_number
from connectionist.experiments.prepared_run import PreparedRun, prepare
from connectionist.experiments.result import Result
from connectionist.experiments.run_task import check_task, run
from connectionist.experiments.task import Task
from connectionist.learning.train_many import train_many

SEEDS_AT_A_TIME = 32
ALONE_OPTIONS = ("every", "test_every", "record", "progress")  # of `run`, which networks that are trained together do not have


def run_seeds(task: str | Task, seeds: Iterable[int], **options: Any) -> Iterator[Result]:
    """Run a task once for each seed, and yield the results in the order of the seeds. The arguments are checked before the first run.

    Networks of up to 32 successive seeds are trained together, as `train_many` does, and their results are yielded after that. They are
    trained one after the other, and each result is yielded when its run ends, if ``every``, ``test_every``, ``record`` or ``progress`` is
    given, if the criterion of the task is a function, or if the seeds differ in examples or phases.

    Parameters
    ----------
    task : str or Task
    seeds : iterable of int
        Root seeds, each at least 0.
    **options
        Further arguments of `run`.

    Yields
    ------
    Result

    Raises
    ------
    UnknownNameError, ParameterError, DivergenceError, TrainingInterrupted
        As for `run`.
    """
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise ParameterError(f"run_seeds.seeds: must be a list or range of whole numbers, such as range(1, 41) (got {seeds!r})")
    for seed in seeds if isinstance(seeds, Collection) else ():
        check_number("run_seeds", "seeds", seed, at_least=0, whole=True)
    given = signature(run).bind(task, seed=0, **options)
    given.apply_defaults()
    check_task(task, given.arguments["preset"])
    return _results_of(task, seeds, {name: value for name, value in given.arguments.items() if name not in ("task", "seed")})


def _results_of(task: str | Task, seeds: Iterable[int], options: Mapping[str, Any]) -> Iterator[Result]:
    """Run a task for each seed, several seeds at a time."""
    waiting = iter(seeds)
    while chunk := list(islice(waiting, SEEDS_AT_A_TIME)):
        if len(chunk) == 1 or any(options.get(name) for name in ALONE_OPTIONS):
            yield from (run(task, seed=seed, **options) for seed in chunk)
        else:
            yield from _results_together(task, chunk, options)


def _results_together(task: str | Task, seeds: Sequence[int], options: Mapping[str, Any]) -> Iterator[Result]:
    """Run a task for several seeds, whose networks are trained together. A run that does not end as usual is repeated alone."""
    of_prepare = {name: value for name, value in options.items() if name not in ALONE_OPTIONS}
    prepared = [prepare(task, seed=seed, **of_prepare) for seed in seeds]
    first = prepared[0]
    if callable(first.until) or not all(_can_train_together(first, each) for each in prepared):
        yield from (each.train(None, None, (), False) for each in prepared)
        return
    with first.named_plugins():
        runs = train_many(
            [each.network for each in prepared],
            first.examples,
            phases=first.phases,
            engine=first.engine,
            seeds=seeds,
            until=first.until,
            tolerance=first.tolerance,
        )
    for each, finished in zip(prepared, runs, strict=True):
        if finished.stopped in ("epochs", "criterion"):
            yield each.result_of(finished)
        else:
            yield run(task, seed=each.seed, **options)


def _can_train_together(one: PreparedRun, other: PreparedRun) -> bool:
    """Return whether two runs have the same examples, phases and conditions of stopping, as all seeds of most tasks do."""
    same_settings = (one.phases, one.until, one.tolerance, one.engine) == (other.phases, other.until, other.tolerance, other.engine)
    return same_settings and _are_equal(one.examples, other.examples)


def _are_equal(examples: ExampleSet, others: ExampleSet) -> bool:
    """Return whether two sets have the same examples, without clamps."""
    if examples is others:
        return True
    if examples.names != others.names or examples.clamps or others.clamps:
        return False
    arrays = ("inputs", "targets", "lengths", "continues", "frequencies", "error_weights")
    return all(_array_equal(getattr(examples, name), getattr(others, name)) for name in arrays)


def _array_equal(one: Any, other: Any) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
