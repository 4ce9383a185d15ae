"""Whom a study is made on: trained networks, each with a name and the examples it is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from connectionist.errors import ParameterError
from connectionist.examples import ExampleSet
from connectionist.experiment import Result
from connectionist.network import Network
from connectionist.runs import Run

Trained = Network | Run | Result


@dataclass(frozen=True)
class Subject:
    """One network of a study.

    Attributes
    ----------
    name : str
    network : Network
        Never changed: every damage is done to a copy.
    examples : ExampleSet
    """

    name: str
    network: Network
    examples: ExampleSet


def read_subjects(trained: Trained | Iterable[Trained] | Mapping[str, Trained], examples: ExampleSet | None) -> list[Subject]:
    """Return the subjects by name: the key they were given under; else the seed of a run; else the network's name, or its number.

    Raises
    ------
    ParameterError
        When there is none, one is no network, two have one name, or one has no examples.
    """
    if isinstance(trained, Mapping):
        return [_subject(str(name), one, examples) for name, one in trained.items()] or _refuse(trained)
    if isinstance(trained, (Network, Run, Result)):
        return [_subject(trained.name if isinstance(trained, Network) else f"seed {_seed(trained)}", trained, examples)]
    if isinstance(trained, str) or not hasattr(trained, "__iter__"):
        _refuse(trained)
    given = [*trained]
    names = [str(number) if isinstance(one, Network) else f"seed {_seed(one)}" for number, one in enumerate(given)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ParameterError(f"lesion_study: two networks are of {twice}; give them names, as in {{'A': …, 'B': …}}")
    return [_subject(name, one, examples) for name, one in zip(names, given, strict=True)] or _refuse(given)


def _subject(name: str, trained: Trained, examples: ExampleSet | None) -> Subject:
    if not isinstance(trained, (Network, Run, Result)):
        _refuse(trained)
    if examples is None and not isinstance(trained, Result):
        raise ParameterError("lesion_study.examples: must be given for a network that comes without a task (got None)")
    network = trained if isinstance(trained, Network) else trained.network
    measured = trained.task.training_examples if examples is None and isinstance(trained, Result) else examples
    if not isinstance(measured, ExampleSet):
        raise ParameterError(f"lesion_study.examples: must be an ExampleSet (got {measured!r})")
    network.check(measured)
    return Subject(name, network, measured)


def _seed(trained: object) -> int:
    if not isinstance(trained, (Run, Result)):
        _refuse(trained)
    return trained.run.seed if isinstance(trained, Result) else trained.seed


def _refuse(trained: object) -> NoReturn:
    hint = f"; train it first, as in cn.lesion_study(cn.run({trained!r}))" if isinstance(trained, str) else ""
    raise ParameterError(f"lesion_study: must be a trained network, a run or result, or several (got {trained!r}){hint}")
