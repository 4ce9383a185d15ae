"""The search for the setting with the smallest distance.

Four settings are asked for at a time. The first ten are random; then Optuna's tree-structured Parzen estimator (Bergstra et al. 2011)
proposes settings that are likely to be good. As soon as there are enough trials, the first of each four is the best setting of their
response surface (`interpolation`).

The number of settings at a time depends neither on the processes that make the runs nor on the machine, and the search is seeded. So a
search that begins again asks for the same settings, whose runs are then found in the folder of the fit.

References
----------
Bergstra, Bardenet, Bengio & Kégl (2011). Algorithms for hyper-parameter optimization. Advances in Neural Information Processing Systems
24, 2546–2554.

Akiba, Sano, Yanase, Ohta & Koyama (2019). Optuna: A next-generation hyperparameter optimization framework. Proceedings of the 25th ACM
SIGKDD International Conference on Knowledge Discovery and Data Mining, 2623–2631.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from connectionist.errors import ParameterError, TrainingInterrupted
from connectionist.experiments.fit.evaluation import Evaluator, Trial
from connectionist.experiments.fit.free_parameters import Free
from connectionist.experiments.fit.interpolation import interpolate
from connectionist.experiments.fit.model import Settings
from connectionist.experiments.fit.processes import FitProcesses
from connectionist.utils.random_streams import random_stream

AT_A_TIME = 4  # settings; a constant, because the settings that are asked for depend on it
FIRST_AT_RANDOM = 10  # settings, before the estimator begins

Report = Callable[[Sequence[Trial]], None]


def check_optuna() -> str:
    """Return the version of Optuna.

    Raises
    ------
    ParameterError
        If it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise ParameterError("fit: fits need Optuna; pip install 'connectionist-simulator[fit]'") from None
    version: str = optuna.__version__
    return version


def search(
    evaluator: Evaluator,
    free: Free,
    trials: int,
    seed: int,
    processes: FitProcesses,
    report: Report,
    held: Settings | None = None,
    first: Settings | None = None,
) -> list[Trial]:
    """Return trials, in the order of the search.

    Parameters
    ----------
    evaluator : Evaluator
    free : dict of str to FreeRange or FreeChoices
    trials : int
        Number of settings.
    seed : int
        Seed of the search.
    processes : FitProcesses
    report : function
        Called with the trials so far, after each few.
    held : dict, optional
        Further parameters, which are the same in all settings.
    first : dict, optional
        Values of the free parameters of the first setting.

    Raises
    ------
    TrainingInterrupted
        On Ctrl-C.
    """
    made: list[Trial] = []
    with _quiet():
        study = _optuna_study(seed)
        if first is not None:
            study.enqueue_trial({name: free[name].to_optuna(value) for name, value in first.items()})
        distributions = {name: values.distribution() for name, values in free.items()}
        while len(made) < trials:
            if proposal := _on_the_surface(made, free, evaluator, seed):
                study.enqueue_trial({name: free[name].to_optuna(value) for name, value in proposal.items()})
            asked = [study.ask(distributions) for _ in range(min(AT_A_TIME, trials - len(made)))]
            settings = [{**(held or {}), **{name: free[name].from_optuna(each.params[name]) for name in free}} for each in asked]
            try:
                found = evaluator.evaluate(settings, processes, trials - len(made) - len(asked))
            except KeyboardInterrupt:
                raise TrainingInterrupted(f"fit: interrupted after {len(made)} of {trials} trials; {evaluator.kept}") from None
            for each, trial in zip(asked, found, strict=True):
                study.tell(each, trial.rank)
            made += found
            report(made)
    return made


def _on_the_surface(made: Sequence[Trial], free: Free, evaluator: Evaluator, seed: int) -> Settings | None:
    """Return the best setting on the response surface of the trials; None if there are too few."""
    if not made:
        return None
    between = interpolate(made, free, evaluator.distance, random_stream(seed, f"settings after {len(made)} trials of a fit"))
    return None if between is None else between.best(evaluator.distance)


def _optuna_study(seed: int) -> Any:
    """Return an empty study of Optuna."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # of two arguments, in some versions
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=FIRST_AT_RANDOM, multivariate=True, constant_liar=True)
        return optuna.create_study(sampler=sampler)


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Optuna print nothing."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
