"""Comparison of rules and procedures on one task: a search for the rate of each pair, and then the runs at these rates, as studies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError, check_number
from connectionist.experiments.rule_comparison.folder import RUNS, check_folder
from connectionist.experiments.rule_comparison.measure import measure_run
from connectionist.experiments.rule_comparison.pairs import Pair, make_pairs
from connectionist.experiments.rule_comparison.rates import RATES, best_rate, checked_rates, choose_search_seeds
from connectionist.experiments.rule_comparison.result import RuleComparison
from connectionist.experiments.rule_comparison.subjects import Subject, assign_pairs, settling_subject
from connectionist.experiments.rule_comparison.tables import comparison_table, rows_of_pairs, runs_of
from connectionist.experiments.run_task import check_task
from connectionist.experiments.study import seeds as seed_ranges
from connectionist.experiments.study.scheduler import Progress
from connectionist.experiments.study.study import Study
from connectionist.experiments.task import Task
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.utils.caller_warnings import REST, leave_out, warning_once
from connectionist.utils.files import as_path
from connectionist.utils.functions import with_known_arguments
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd

Rates = dict[Pair, float | None]


@with_known_arguments
@warning_once()
def compare_rules(
    task: str | Task,
    *,
    rules: Sequence[str] | None = None,
    procedures: Sequence[str] | None = None,
    seeds: Iterable[int],
    rates: Iterable[float] = RATES,
    search_seeds: Iterable[int] | None = None,
    ticks: int | None = None,
    preset: str = "default",
    epochs: int | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    parameters: Mapping[str, Any] | None = None,
    folder: str | Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool | Callable[[Progress], None] = False,
) -> RuleComparison:
    """Train a task by pairs of an update rule and a learning procedure, and compare how many runs learn, and in how many epochs.

    The rate of each pair is chosen first, by the same search for all: each of `rates` is run with each of `search_seeds`. The rate with the
    most runs that learned is chosen; among equals, that with the smallest median of the epochs until they had learned, then that with the
    smallest median of E. The parameter that is searched is ``rate_parameter`` of the rule: "rate" in most rules, and "initial_step" in the
    variants of Rprop. A rule without such a parameter is not searched. Then each pair is run with each of `seeds`. All runs are those of a
    `Study`, and so of `connectionist.run` with these arguments: a rule keeps those parameters of the task's rule that it also has, and a
    search rule searches over whole epochs in any task. A rate that the task or the rule does not allow is left out, with a note. In a
    task of several phases, the rate is that of the phases that have the parameter of the task with this name.

    Parameters
    ----------
    task : str or Task
    rules : sequence of str, optional
        Names of update rules; by default all that fit the procedures.
    procedures : sequence of str, optional
        Names of learning procedures; by default all that fit the rules, and for a local rule, such as "hebb", its own signals.
    seeds : iterable of int
        Seeds of the comparison, each at least 0.
    rates : iterable of float
        Values of the searched parameter, each above 0.
    search_seeds : iterable of int, optional
        Seeds of the search, none of them among `seeds`; by default the three after the largest of `seeds`.
    ticks : int, optional
        Number of ticks, at least 1. With it, procedures that cannot train the network of the task, but can with symmetric connections, get
        these: `Network.make_symmetric` between all hidden and output groups, from the same initial weights. The examples are held for this
        number of ticks, with targets at the last. The note of a pair has this. It is for tasks without time.
    preset, epochs, engine, parameters
        As for `connectionist.run`. The parameters are those of the task.
    folder : str or path, optional
        Folder for the studies, ``runs`` and ``runs-settling``. The same call goes on where it stopped, and so does one with more rules,
        procedures, rates or seeds.
    workers, executor, progress
        As for `Study.run`.

    Returns
    -------
    RuleComparison
        A pair that cannot train the network has a row with the reason.

    Raises
    ------
    UnknownNameError
        If a task, preset, rule, procedure or engine does not exist.
    ParameterError
        If an argument has another form; or if the task trains nothing, or has no targets, so that no run has an error or can learn.
    FileError
        If the folder has files that are not of a comparison, or as for `Study.run`.
    TrainingInterrupted
        As for `Study.run`.

    Examples
    --------
    >>> found = compare_rules("xor", rules=["momentum", "lbfgs"], procedures=["back_propagation"], seeds=range(1, 4), rates=[1.0])
    >>> found.table[["rule", "rate", "n", "learned"]]
           rule  rate  n  learned
    0  momentum   1.0  3        3
    1     lbfgs   NaN  3        3
    >>> found.plot().axes[0].get_ylabel()
    'learned, % of runs'
    """
    check_task(task, preset)
    if parameters is not None and not isinstance(parameters, Mapping):
        raise ParameterError(f"compare_rules.parameters: must be a dict of name to value (got {shown(parameters)})")
    if ticks is not None:
        ticks = check_number("compare_rules", "ticks", ticks, at_least=1, whole=True)
    if epochs is not None:
        epochs = check_number("compare_rules", "epochs", epochs, at_least=1, whole=True)
    pairs, tried = make_pairs(rules, procedures), checked_rates(rates)
    ranges = seed_ranges.read_seeds(seeds, "compare_rules")
    compared, searched = seed_ranges.as_list(ranges, "compare_rules.seeds"), choose_search_seeds(search_seeds, ranges)
    path = None if folder is None else as_path(folder, "compare_rules.folder")
    if path is not None:
        check_folder(path)
    options: dict[str, Any] = {"preset": preset, "epochs": epochs, "engine": engine, "parameters": dict(parameters or {})}
    own = Subject(RUNS, task, options, compared[0])
    Study(task, seeds=compared, **options)  # so that a wrong argument is an error, and not the reason for each pair
    own.check_can_be_compared()
    settling = None if ticks is None else settling_subject(own, ticks)
    obstacles = assign_pairs(pairs, own, settling)
    subjects = [subject for subject in (own, settling) if subject is not None]
    for subject in subjects:
        obstacles |= subject.choose_rates(tried)
    where = {"workers": workers, "executor": executor, "progress": progress}
    chosen: Rates = {}
    tries, runs = [], []
    for subject in subjects:
        make = _StudyMaker(subject, path, where)
        with leave_out(REST):  # as is usual at the high rates
            tries.append(make.runs([(pair, rate) for pair in subject.pairs for rate in subject.rates.get(pair, ())], searched))
        chosen |= _chosen_rates(subject, tries[-1])
        runs.append(make.runs([(pair, chosen[pair]) for pair in subject.pairs], compared))
    notes = obstacles | {pair: subject.notes[pair] for subject in subjects for pair in subject.pairs}
    allowed = {pair: rates for subject in subjects for pair, rates in subject.rates.items()}
    tables = rows_of_pairs(tries), rows_of_pairs(runs)
    found = comparison_table({pair: notes[pair] for pair in pairs}, chosen, allowed, tables)
    return RuleComparison(task if isinstance(task, str) else task.name, found, runs=tables[1], tries=tables[0])


class _StudyMaker:
    """Makes runs of pairs with rates as a study, in memory or in the folder of the subject."""

    def __init__(self, subject: Subject, folder: Path | None, where: Mapping[str, Any]) -> None:
        self._subject, self._where = subject, where
        self._folder = None if folder is None else folder / subject.name

    def runs(self, conditions: Sequence[tuple[Pair, float | None]], seeds: Sequence[int]) -> pd.DataFrame:
        """Make the runs that are not in the folder, and return a row for each."""
        if not conditions:
            return runs_of(None)
        values = [pair.condition(rate) for pair, rate in conditions]
        study = Study(self._subject.task, seeds=seeds, conditions=values, measure=measure_run, cases=False, **self._subject.options)
        return runs_of(study.run(self._folder, **self._where).table)


def _chosen_rates(subject: Subject, tries: pd.DataFrame) -> Rates:
    """Return the best rate of each pair; None if it has no parameter to search."""
    chosen: Rates = dict.fromkeys(subject.pairs)
    for pair in [pair for pair in subject.pairs if pair in subject.rates]:
        own = tries[(tries["rule"] == pair.rule) & (tries["procedure"] == pair.procedure)]
        chosen[pair] = best_rate([(rate, own[own["rate"] == rate]) for rate in subject.rates[pair]])
    return chosen
