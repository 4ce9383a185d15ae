"""Fitting of parameters to people's scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError, check_flag, check_number
from connectionist.experiments.fit.distance import Distance
from connectionist.experiments.fit.evaluation import Evaluator, Trial
from connectionist.experiments.fit.fit_folder import RUNS, open_fit_folder
from connectionist.experiments.fit.free_parameters import Free, read_free
from connectionist.experiments.fit.model import Model, Settings
from connectionist.experiments.fit.people import PeopleScores, read_people
from connectionist.experiments.fit.processes import FitProcesses
from connectionist.experiments.fit.progress import progress_of_fit
from connectionist.experiments.fit.result import Fit
from connectionist.experiments.fit.search import AT_A_TIME, check_optuna, search
from connectionist.experiments.importable import name_of, source_digest
from connectionist.experiments.study.run_key import Identity
from connectionist.experiments.study.seeds import count, read_seeds
from connectionist.experiments.study.seeds import each as each_seed
from connectionist.experiments.task import Task
from connectionist.utils.functions import check_known, takes
from connectionist.utils.json_values import json_value
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.experiments.fit.distance import UserDistance
    from connectionist.experiments.study.work import RunFunction

OPTIONS = ("preset", "rule", "epochs", "engine", "parameters")  # of a study
MOST_SEEDS = 100_000


def fit(
    task: str | Task | RunFunction,
    data: Any,
    *,
    free: Mapping[str, Any],
    seeds: Iterable[int],
    measure: Callable[[Any], Mapping[str, Any]] | None = None,
    trials: int = 100,
    distance: UserDistance | None = None,
    weights: Any = None,
    search_seed: int = 0,
    folder: str | Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool = False,
    **options: Any,
) -> Fit:
    r"""Find the parameters with which the scores of a model are nearest to those of people.

    A trial is one setting of the free parameters. It is run with every seed, and the distance of the mean scores from the data is
    computed. All trials have the same seeds (common random numbers), so two trials differ by their parameters only. Four settings are
    proposed at a time: by a tree-structured Parzen estimator [1]_, and, for one of the four, by a response surface [2]_: the scores,
    interpolated between the better half of the trials.

    The default distance is the weighted root mean square deviation [3]_

    .. math:: D = \sqrt{\frac{\sum_c w_c (m_c - d_c)^2}{\sum_c w_c}}

    of the mean scores :math:`m_c` of the model in the conditions c from those of people, :math:`d_c`, with the weights :math:`w_c`.

    Parameters
    ----------
    task : str, Task or function
        As for `Study`: a task, or a function ``function(seed, **parameters)`` that makes one run. A run is a simulated participant.
    data : dict, Series or DataFrame
        Mean score of the people by condition of the experiment; or a DataFrame with a row per person and a column per condition, with NaN
        for a missing score. Then the distance is from the means, and the intervals include the sample of people.
    free : dict of str to tuple or list
        Free parameters. ``(low, high)`` is a range of numbers, of whole numbers if both are ``int`` and the parameter's default is not a
        ``float``. ``(low, high, "log")`` is searched evenly in its logarithm. A list has choices.
    seeds : iterable of int
        Root seeds of the runs of each trial.
    measure : function, optional
        Called with the result of each run: a `Result`, or what the function returned. Returns a dict with the score in each condition of
        `data`. By default the columns of `Study.table` with the names of the conditions are the scores.
    trials : int
        Number of settings, at least 1. The first ten are random.
    distance : function, optional
        Function of the mean scores of the model and of the people, both a Series by condition, that returns a number to minimize. By
        default the weighted root mean square deviation.
    weights : dict or Series, optional
        Weight of each condition in the default distance, at least 0; 1 by default. With 1 / SE², the distance is in standard errors of the
        people's means.
    search_seed : int
        Seed of the search.
    folder : str or path, optional
        Folder of the fit. Finished runs are kept there; the same call goes on where it stopped, and so does one with more trials.
    workers, executor
        Where the runs are made, as for `Study.run`. They change no number of the fit.
    progress : bool
        Whether to show the number of trials and the smallest distance.
    **options
        ``preset``, ``rule``, ``epochs``, ``engine`` and ``parameters``, as for `Study`.

    Returns
    -------
    Fit

    Raises
    ------
    ParameterError
        If an argument has another form, a parameter or one of its limits is rejected by the task, no run has a score for each condition of
        the data, or Optuna is not installed (``pip install "connectionist-simulator[fit]"``).
    UnknownNameError
        If a task, preset, rule or engine does not exist.
    FileError
        If the folder has another fit, is in use by another process, or cannot be written. What was done before is kept.
    TrainingInterrupted
        On Ctrl-C. With a folder, the same call goes on.

    Notes
    -----
    A trial in which a run fails, or has a score that is missing or not finite, has no distance and is worse than any other. Let `measure`
    return a number also for a network that has not learned.

    The smallest distance of many trials is smaller than it would be with other seeds. To know it without this bias, run the best
    parameters with other seeds: ``cn.Study(task, seeds=range(1000, 1040), parameters=fit.best, measure=measure)``.

    References
    ----------
    .. [1] Bergstra, Bardenet, Bengio & Kégl (2011). Algorithms for hyper-parameter optimization. Advances in Neural Information Processing
       Systems 24, 2546–2554.
    .. [2] Box & Draper (1987). Empirical model-building and response surfaces. Wiley.
    .. [3] Schunn & Wallach (2005). Evaluating goodness-of-fit in comparison of models to data. In W. Tack (Ed.), Psychologie der Kognition
       (pp. 115–154). University of Saarland Press.

    Examples
    --------
    >>> def answers(seed, slope):
    ...     return {"easy": 1 - 0.1 * slope, "hard": 1 - 0.4 * slope}
    >>> found = fit(answers, {"easy": 0.95, "hard": 0.8}, free={"slope": (0.0, 2.0)}, seeds=[1], trials=40)
    >>> round(found.best["slope"], 1)
    0.5
    """
    version = check_optuna()
    check_flag("fit", "progress", progress)
    trials = check_number("fit", "trials", trials, at_least=1, whole=True)
    search_seed = check_number("fit", "search_seed", search_seed, at_least=0, at_most=2**32 - 1, whole=True)
    workers = None if workers is None else check_number("fit", "workers", workers, at_least=1, whole=True)
    _check_arguments(distance, weights, executor, options)
    people, given = read_people(data, weights), read_free(free)
    model = Model(task, measure, options, _seeds(seeds))
    ranges = model.checked(given, people.names)
    identity = _identity(ranges, people, distance, model.seeds, search_seed, version)
    with open_fit_folder(folder, identity) as path:
        evaluator = Evaluator(model, Distance(people, distance), None if path is None else path / RUNS)
        show = progress_of_fit(f"fit of {model.title}", trials) if progress else nullcontext(lambda _: None)
        with FitProcesses(workers, executor) as processes, show as report:
            made = search(evaluator, ranges, trials, search_seed, processes, report)

        def hold(held: Settings, count: int) -> list[Trial]:
            """Search again with parameters that are held."""
            rest = {name: values for name, values in ranges.items() if name not in held}
            first = {name: found.best[name] for name in rest}
            with FitProcesses(workers, executor) as processes:
                return search(evaluator, rest, count if rest else 1, search_seed, processes, lambda _: None, held, first)

        if not any(trial.is_finished for trial in made):
            raise ParameterError(
                f"fit: each of {trials} trials has a run without a score ({made[0].message or 'a score is missing or not finite'})"
            )
        found = Fit(model.title, ranges, evaluator.distance, made, hold)
        if path is not None:
            found.save(path)
    return found


def _check_arguments(distance: object, weights: object, executor: object, options: Mapping[str, Any]) -> None:
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ParameterError(f"fit.executor: must be an executor of concurrent.futures (got {shown(executor)})")
    if distance is not None and not takes(distance, 2):
        raise ParameterError(f"fit.distance: must be a function of the scores of the model and of people (got {shown(distance)})")
    if distance is not None and weights is not None:
        raise ParameterError("fit: distance and weights exclude each other, since weights belong to the default distance; give one of them")
    check_known("fit", options, [*(each for each in signature(fit).parameters if each != "options"), *OPTIONS])


def _seeds(given: object) -> tuple[int, ...]:
    ranges = read_seeds(given, "fit")
    if (seeds := count(ranges)) > MOST_SEEDS:
        raise ParameterError(f"fit.seeds: must be at most {MOST_SEEDS:,} (got {seeds:,})")
    return tuple(each_seed(ranges))


def _identity(free: Free, people: PeopleScores, distance: Any, seeds: Sequence[int], search_seed: int, version: str) -> Identity:
    """Return what determines the trials, except what determines their runs, which the folder of these has."""
    own = {} if distance is None else {"distance": name_of(distance), "distance source": source_digest(distance)}
    identity: Identity = json_value(
        {
            "free": {name: values.given for name, values in free.items()},
            "conditions": people.names,
            "data": people.means if people.each is None else people.each,
            "weights": people.weights,
            "seeds": list(seeds),
            "search seed": search_seed,
            "settings at a time": AT_A_TIME,
            "optuna": version,
            **own,
        }
    )
    return identity
