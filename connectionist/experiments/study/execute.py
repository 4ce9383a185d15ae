"""The runs of a chunk, made in this process: in a worker, or in the process of the study."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any

from connectionist.errors import DivergenceError, ParameterError
from connectionist.experiments.case_results import CaseResults
from connectionist.experiments.result import Result
from connectionist.experiments.run_seeds import SEEDS_AT_A_TIME, outcomes
from connectionist.experiments.study.conditions import plain_value
from connectionist.experiments.study.curves import make_curve
from connectionist.experiments.study.executors import this_processor_only
from connectionist.experiments.study.tables import column_name
from connectionist.experiments.study.varied_arguments import split_varied
from connectionist.experiments.study.work import CallOutcome, Chunk, ChunkResults, ConditionRuns, PackedWork, Work, unpack
from connectionist.learning.run import Run
from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.utils.visible_text import encodable, shown

Row = dict[str, Any]
KEYS = ("condition", "seed")
MEASURES = ("epochs", "error", "correct", "test_correct")
FIRST_COLUMNS = (*KEYS, "stopped", *MEASURES)
LARGEST = sys.float_info.max  # whole numbers have no limit
LAST_COLUMNS = ("seconds", "message")
ERROR, DIVERGED, FINISHED = "error", "diverged", "finished"  # how a run ended; the last for a function that returned a dict


def execute_chunk(chunk: Chunk) -> ChunkResults:
    """Make the runs of a chunk until its time is over, at least one, and return their results.

    An exception of a run is the message of its row. Ctrl-C ends the chunk.
    """
    work = unpack(chunk.work) if isinstance(chunk.work, PackedWork) else chunk.work
    results = ChunkResults()
    start = perf_counter()
    with _one_thread(), this_processor_only():
        for group, seeds in _batches(chunk.groups, 1 if callable(work.subject) else SEEDS_AT_A_TIME):
            _run_batch(work, group, seeds, results)
            if perf_counter() - start >= chunk.seconds:
                break
    results.seconds = perf_counter() - start
    return results


def _batches(groups: Sequence[ConditionRuns], size: int) -> Iterator[tuple[ConditionRuns, tuple[int, ...]]]:
    for group in groups:
        for first in range(0, len(group.seeds), size):
            yield group, group.seeds[first : first + size]


def _one_thread() -> AbstractContextManager[Any]:
    """Let the libraries of linear algebra use one thread, as in every worker, so that no sum is in another order."""
    controller = _thread_controller(len(sys.modules))
    return nullcontext() if controller is None else controller.limit(limits=1)


@lru_cache(1)
def _thread_controller(_modules: int) -> Any:
    """Return what limits the threads of the libraries that are loaded; None without the package. A new module may load another one."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:  # it comes with scikit-learn
        return None
    return ThreadpoolController()


def _run_batch(work: Work, group: ConditionRuns, seeds: Sequence[int], results: ChunkResults) -> None:
    """Make the runs of one condition with some seeds, and add their results."""
    if callable(work.subject):
        for seed in seeds:
            results.rows.append(_key(group, seed) | column_names(group.drawn) | _call(work, group, seed, results))
        return
    varied, parameters = split_varied(work.subject, {**group.values, **group.drawn})
    options = {**work.options, **varied, "parameters": {**work.parameters, **parameters}}
    for seed, outcome in zip(seeds, outcomes(work.subject, seeds, options, shares_network=True), strict=True):
        result = outcome if isinstance(outcome, Result) else getattr(outcome, "result", None)
        message = "" if isinstance(outcome, Result) else _message(outcome)
        row: Row = {"stopped": ERROR, "message": message}
        if isinstance(result, Result):
            row = _measured(work, group, result, message, results)
        results.rows.append(_key(group, seed) | column_names(group.drawn) | row)


def column_names(values: Mapping[str, Any]) -> Row:
    """Return parameters by the names of their columns; a name that is a column of every study has "(parameter)" after it."""
    taken = (*FIRST_COLUMNS, *LAST_COLUMNS)
    return {f"{name} (parameter)" if name in taken else column_name(name): value for name, value in values.items()}


def _key(group: ConditionRuns, seed: int) -> Row:
    return {"condition": group.condition, "seed": seed}


def _measured(work: Work, group: ConditionRuns, result: Result, message: str, results: ChunkResults) -> Row:
    """Return the row of a run of a task, and add its cases and recordings."""
    row = row_of_result(result)
    messages = [message]
    if (measure := work.measure) is not None:
        messages.append(_add_measured(row, measure, result))
    _add_curve(group, result.run.seed, result, results)
    _add_published(group, result, results)
    if work.has_cases:
        messages.append(_add_cases(_key(group, result.run.seed), result, results.cases))
    if result.run.recordings:
        results.recordings.append((group.condition, result.run.seed, result.run.recordings))
    if work.keep is not None:
        messages.append(_keep(work, group, result))
    return row | {"seconds": result.run.seconds, "message": "; ".join(filter(None, messages))}


def row_of_result(result: Result) -> Row:
    """Return how a run of a task ended, what was measured, and its findings by name."""
    report = result.report
    row: Row = {"stopped": report["stopped"], **{name: report[name] for name in MEASURES}}
    for finding in report["findings"]:
        _insert(row, finding["quantity"], finding["measured"], "finding", (*FIRST_COLUMNS, *LAST_COLUMNS))
    return row


def _call(work: Work, group: ConditionRuns, seed: int, results: ChunkResults) -> Row:
    """Call a user's function, return the row of its run, and add its cases if it returns a `Result`."""
    start = perf_counter()
    values = {**group.values, **group.drawn}
    row: Row = {}
    try:
        with exits_as_errors():
            answer = work.subject(seed, **{**work.parameters, **values})  # type: ignore[operator]
            if isinstance(answer, CallOutcome):
                results.outcomes.append((seed, answer))
                return {"seconds": perf_counter() - start, "message": ""}
            row = _row_of_answer(answer)
            messages = [] if work.measure is None else [_add_measured(row, work.measure, answer)]
            _add_curve(group, seed, answer, results)
            if isinstance(answer, Result):
                _add_published(group, answer, results)
            if work.has_cases and isinstance(answer, Result):
                messages.append(_add_cases(_key(group, seed), answer, results.cases))
            row["message"] = "; ".join(filter(None, messages))
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        row = {"stopped": DIVERGED if isinstance(error, DivergenceError) else ERROR, **row, "message": _message(error)}
    return {**row, "seconds": perf_counter() - start, "message": row.get("message", "")}


def _row_of_answer(answer: Any) -> Row:
    """Return the row of what a user's function returned."""
    if isinstance(answer, Result):
        return row_of_result(answer)
    if isinstance(answer, Run):
        return {"stopped": answer.stopped, "epochs": answer.epochs, "error": answer.error, "correct": answer.correct}
    return {"stopped": FINISHED, **_named_values(answer, "Study.task", (*KEYS, "stopped", *LAST_COLUMNS), ", a Run or a Result")}


def _named_values(answer: Any, what: str, taken: Collection[str], others: str = "") -> Row:
    """Return the values by name that a user's function returned. Names that are taken get another one. `others` is what else it may return.

    Raises
    ------
    ParameterError
        If it is not a dict, or a value is neither a number, text, True, False nor None.
    """
    if not isinstance(answer, Mapping):
        raise ParameterError(f"{what}: the function must return a dict of name to number or text{others} (got {shown(answer)})")
    row: Row = {}
    for name, value in answer.items():
        given = encodable(value) if isinstance(value, str) else value
        try:
            plain = float(given) if isinstance(given, float) else plain_value(given, "")
        except ParameterError:
            plain = ()
        if isinstance(plain, tuple):
            raise ParameterError(f"{what}: {name} must be one number, text, True, False or None (got {shown(value)})")
        _insert(row, str(name), plain, "measure", taken)
    return row


def _insert(row: Row, name: str, value: Any, what: str, taken: Collection[str]) -> None:
    """Add a value to a row. If the name is taken, the kind of value is added to it."""
    row[f"{name} ({what})" if name in taken else column_name(name)] = value


def _add_measured(row: Row, measure: Callable[[Any], Any], answer: Any) -> str:
    """Add what a user's function measured to a row. Return the message of an exception, after which the run ended with an error, or ""."""
    try:
        with exits_as_errors():
            row |= _named_values(measure(answer), "Study.measure", (*FIRST_COLUMNS, *LAST_COLUMNS))
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        row["stopped"] = row["stopped"] if row["stopped"] == DIVERGED else ERROR
        return _message(error)
    return ""


def _add_curve(group: ConditionRuns, seed: int, answer: Any, results: ChunkResults) -> None:
    """Add the learning curve, if a run was trained and has an error."""
    run = getattr(answer, "run", answer)
    has_error = not isinstance(answer, Result) or answer.report["error"] is not None
    if isinstance(run, Run) and run.errors and has_error:
        results.curves.append(make_curve(group.condition, seed, run.errors))


def _add_published(group: ConditionRuns, result: Result, results: ChunkResults) -> None:
    """Add the published numbers, which all runs of a condition have in common, with the first run."""
    if group.condition not in results.published:
        found = {column_name(each["quantity"]): each["published"] for each in result.report["findings"]}
        results.published[group.condition] = {
            name: float(value) for name, value in found.items() if isinstance(value, (bool, int, float)) and abs(value) <= LARGEST
        }


def _add_cases(key: Row, result: Result, cases: list[Row]) -> str:
    try:
        with exits_as_errors():
            found = CaseResults(result)
    except Exception as error:  # a plugin's code may raise anything
        return _message(error)
    columns = found.columns[1:]  # without the seed
    cases.extend(key | dict(zip(columns, rest, strict=True)) for _, *rest in found.rows)
    return ""


def _keep(work: Work, group: ConditionRuns, result: Result) -> str:
    """Write the folder of a run."""
    from connectionist.experiments.run_folder import write_run
    from connectionist.experiments.seed_folders import seed_folder
    from connectionist.utils.folders import make_folder

    folder = Path(str(work.keep)) / f"condition-{group.condition}" / seed_folder(result.run.seed)
    try:
        make_folder(folder)
        write_run(folder, result, work.command_line)
    except Exception as error:  # the code of a plugin may raise anything, and the disk may be full
        return _message(error)
    return ""


def _message(error: BaseException) -> str:
    return str(error) if isinstance(error, DivergenceError) else describe_fault(error)
