"""Runs of a task for several seeds, whose networks are trained together where that is possible."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from inspect import signature
from itertools import islice
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError, check_number
from connectionist.experiments.prepared_run import Preparation, PreparedRun
from connectionist.experiments.result import Result
from connectionist.experiments.run_task import check_options, check_task, run
from connectionist.experiments.settling_task import task_given
from connectionist.experiments.shared_network import SharedNetwork, can_share_network
from connectionist.experiments.task import Task
from connectionist.learning.run import Run
from connectionist.learning.train_arguments import make_reporter
from connectionist.learning.train_many import train_many
from connectionist.plugins.faults import exits_as_errors
from connectionist.recording.in_training import checked_recorders
from connectionist.utils.finite_list import check_each, check_no_set_or_dict
from connectionist.utils.functions import check_known

SEEDS_AT_A_TIME = 32
ALONE_OPTIONS = ("every", "test_every", "record", "progress")  # of `run`, which networks that are trained together do not have


def run_seeds(task: str | Task, seeds: Iterable[int], **options: Any) -> Iterator[Result]:
    """Run a task once for each seed, and yield the results in the order of the seeds. The arguments are checked at the call.

    Networks of up to 32 successive seeds are trained together, as `train_many` does, and their results are yielded after that. They are
    trained one after the other, and each result is yielded when its run ends, if ``every``, ``test_every``, ``record`` or ``progress`` is
    given, if the criterion of the task is a function, or if the seeds differ in examples or phases; also where `train_many` does so.

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
    UnknownNameError, ParameterError, DivergenceError
        As for `run`.
    TrainingInterrupted
        On Ctrl-C in training. Its ``result`` is as for `run`. If several networks are trained together, it is None, and ``runs`` has the
        run of each of them that was trained to the end.
    """
    if isinstance(seeds, str | bytes) or not isinstance(seeds, Iterable) or getattr(seeds, "shape", None) == ():
        raise ParameterError(f"run_seeds.seeds: must be a list or range of whole numbers, such as range(1, 41) (got {seeds!r})")
    check_no_set_or_dict(seeds, "run_seeds.seeds")
    if isinstance(seeds, range):
        for seed in (seeds[0], seeds[-1]) if seeds else ():  # the others are between these
            check_number("run_seeds", "seeds", seed, at_least=0, whole=True)
    elif isinstance(seeds, Collection):
        seeds = check_each("run_seeds", "seeds", seeds, at_least=0, whole=True)
    of_run = [name for name in signature(run).parameters if name not in ("task", "seed")]
    check_known("run_seeds", options, ["task", "seeds", *of_run])
    given = signature(run).bind(task, seed=0, **options)
    given.apply_defaults()
    of_every_run = {name: given.arguments[name] for name in of_run}
    preparation = _prepare(task, of_every_run)
    faults: list[Exception] = []
    return _results_of(outcomes(task, _until_fault(seeds, faults), of_every_run, preparation=preparation), faults)


def _until_fault(seeds: Iterable[int], faults: list[Exception]) -> Iterator[int]:
    """Yield seeds. The exception for one that is wrong, or of their iterator, ends them, and is kept until the seeds before it have run."""
    try:
        for position, seed in enumerate(seeds):
            yield check_number("run_seeds", f"seeds[{position}]", seed, at_least=0, whole=True)
    except Exception as error:  # of an iterator, which may raise anything
        faults.append(error)


def _prepare(task: str | Task, options: Mapping[str, Any]) -> Preparation:
    """Return the preparation of the runs. Raise what `run` raises of wrong arguments, without the network of any seed."""
    check_task(task, options["preset"])
    check_options(options["parameters"], options["test_every"])
    for name, at_least in (("epochs", 0), ("every", 1)):
        if options[name] is not None:
            check_number("run", name, options[name], at_least=at_least, whole=True)
    make_reporter(options["progress"], "")
    checked_recorders(options["record"])
    with exits_as_errors():
        preparation = Preparation(task, **_of_preparation(options))
        if type(task_given(preparation.task)).for_seed is Task.for_seed:  # another task may need its data for its phases
            preparation.phases(preparation.task)
    return preparation


def _of_preparation(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in ALONE_OPTIONS}


def outcomes(
    task: str | Task,
    seeds: Iterable[int],
    options: Mapping[str, Any],
    *,
    shares_network: bool = False,
    preparation: Preparation | None = None,
) -> Iterator[Result | Exception]:
    """Run a task for each seed, and yield its result, or the exception that `run` raises for it, in the order of the seeds.

    Parameters
    ----------
    task : str or Task
    seeds : iterable of int
    options : dict
        Further arguments of `run`, all with a value.
    shares_network : bool
        Whether the results may have one network, which has the state of a run until the next result is taken.
    preparation : Preparation, optional
        Preparation of the first runs, if it has been made.
    """
    waiting = iter(seeds)
    while chunk := list(islice(waiting, SEEDS_AT_A_TIME)):
        if len(chunk) == 1 or any(options.get(name) for name in ALONE_OPTIONS):
            yield from (_caught(run, task, seed=seed, **options) for seed in chunk)
        else:
            yield from _outcomes_together(task, chunk, options, shares_network, preparation)
        preparation = None


def _results_of(outcomes_of_seeds: Iterator[Result | Exception], faults: Sequence[Exception]) -> Iterator[Result]:
    """Yield the results, and raise the first exception; those in `faults` come last."""
    for outcome in outcomes_of_seeds:
        if isinstance(outcome, Exception):
            raise outcome
        yield outcome
    for fault in faults:
        raise fault


def _caught(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Return what a function returns, or the exception that it raises."""
    try:
        with exits_as_errors():
            return function(*arguments, **options)
    except Exception as error:  # of a plugin, which may raise anything
        return error


def _outcomes_together(
    task: str | Task, seeds: Sequence[int], options: Mapping[str, Any], shares_network: bool, made: Preparation | None
) -> Iterator[Result | Exception]:
    """Run a task for several seeds, whose networks are trained together. A run that does not end as usual is repeated alone."""
    preparation = made or _caught(Preparation, task, **_of_preparation(options))
    if isinstance(preparation, Exception):
        yield from (preparation for _ in seeds)
        return
    if shares_network and (found := _outcomes_on_one_network(preparation, seeds)) is not None:
        for seed, outcome in zip(seeds, found, strict=True):
            yield _caught(run, task, seed=seed, **options) if outcome is None else outcome
        return
    prepared = [_caught(preparation.for_seed, seed) for seed in seeds]
    runs = _train_together([each for each in prepared if isinstance(each, PreparedRun)])
    for seed, each in zip(seeds, prepared, strict=True):
        if not isinstance(each, PreparedRun):
            yield each
        elif runs is None:
            yield _caught(each.train, None, None, (), False)
        elif (finished := next(runs)).stopped in ("epochs", "criterion"):
            yield _caught(each.result_of, finished)
        else:
            yield _caught(run, task, seed=seed, **options)


def _outcomes_on_one_network(preparation: Preparation, seeds: Sequence[int]) -> Iterator[Result | Exception | None] | None:
    """Run a task for several seeds on one network, and yield the results, or None for a run that must be made alone.

    Return None if the task needs a network for each seed.
    """
    first = _caught(preparation.for_seed, seeds[0])
    if not isinstance(first, PreparedRun) or not can_share_network(preparation.task, seeds):
        return None
    shared = _caught(SharedNetwork, first, seeds)
    if isinstance(shared, Exception):
        return iter([shared] * len(seeds))
    if isinstance(_caught(shared.train), Exception):  # of a formula; `run` raises it again for the seeds that it concerns
        return None
    return (None if finished is None else _caught(each.result_of, finished) for each, finished in shared.runs())


def _train_together(prepared: Sequence[PreparedRun]) -> Iterator[Run] | None:
    """Train the networks of several runs together, and return the training of each; None if each must be trained alone."""
    if not prepared or callable(prepared[0].until) or not all(_can_train_together(prepared[0], each) for each in prepared):
        return None
    first = prepared[0]
    initial = [each.network.weight_values for each in prepared]
    try:
        with first.named_plugins():
            return iter(
                train_many(
                    [each.network for each in prepared],
                    first.examples,
                    phases=first.phases,
                    engine=first.engine,
                    seeds=[each.seed for each in prepared],
                    until=first.until,
                    tolerance=first.tolerance,
                )
            )
    except Exception:  # of a formula; `run` raises it again for the seeds that it concerns
        for each, values in zip(prepared, initial, strict=True):
            each.network.weight_values = values
        return None


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
