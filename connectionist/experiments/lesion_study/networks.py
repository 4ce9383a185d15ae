"""Whom a study is made on: trained networks, each with a name and the examples it is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError
from connectionist.model.network import Network


class HasNetwork(Protocol):
    """What came of training, with the network in it: a run, a result, a run's folder read again, or something of one's own.

    With a ``task`` it needs no examples; its ``seed``, or that of its ``run``, is its name.
    """

    @property
    def network(self) -> Network:
        """The trained network."""


Trained = Network | HasNetwork


@dataclass(frozen=True)
class TrainedNetwork:
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


def read_subjects(trained: Trained | Iterable[Trained] | Mapping[str, Trained], examples: ExampleSet | None) -> list[TrainedNetwork]:
    """Return the subjects by name: the key they were given under; else the seed of a run; else the network's name, or its number.

    Raises
    ------
    ParameterError
        When there is none, one is no network, two have one name, or one has no examples.
    """
    if isinstance(trained, Mapping):
        return [_subject(str(name), one, examples) for name, one in trained.items()] or _raise_for(trained)
    network = _network(trained)
    if network is not None:
        return [_subject(_of_seed(trained) or network.name, trained, examples)]
    if isinstance(trained, str) or not isinstance(trained, Iterable):
        _raise_for(trained)
    given = [*trained]
    names = [_of_seed(one) or str(number) for number, one in enumerate(given)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ParameterError(f"lesion_study: two networks are of {twice}; give them names, as in {{'A': …, 'B': …}}")
    return [_subject(name, one, examples) for name, one in zip(names, given, strict=True)] or _raise_for(given)


def _network(trained: object) -> Network | None:
    network = trained if isinstance(trained, Network) else getattr(trained, "network", None)
    return network if isinstance(network, Network) else None


def _of_seed(trained: object) -> str:
    """Return the name of what was trained with a seed; none for what has none."""
    seed = getattr(getattr(trained, "run", trained), "seed", None)
    return "" if seed is None else f"seed {seed}"


def _subject(name: str, trained: Any, examples: ExampleSet | None) -> TrainedNetwork:
    network = _network(trained)
    if network is None:
        _raise_for(trained)
    measured = getattr(getattr(trained, "task", None), "training_examples", None) if examples is None else examples
    if measured is None:
        raise ParameterError("lesion_study.examples: must be given for a network that comes without a task (got None)")
    if not isinstance(measured, ExampleSet):
        raise ParameterError(f"lesion_study.examples: must be an ExampleSet (got {measured!r})")
    network.check(measured)
    return TrainedNetwork(name, network, measured)


def _raise_for(trained: object) -> NoReturn:
    hint = f"; train it first, as in cn.lesion_study(cn.run({trained!r}))" if isinstance(trained, str) else ""
    raise ParameterError(f"lesion_study: must be a trained network, a run or result, or several (got {trained!r}){hint}")
