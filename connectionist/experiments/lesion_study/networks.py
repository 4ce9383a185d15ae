"""The trained networks of a lesion study, each with a name and examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from connectionist.data.example_set import Examples, ExampleSet
from connectionist.errors import ParameterError
from connectionist.model.network import Network
from connectionist.utils.finite_list import finite_list

MOST_NETWORKS = 10_000  # of an iterator without a length, since they take more memory than numbers


class HasNetwork(Protocol):
    """An object with a trained network: a run, a result, a run read from its folder, or an object of the user's.

    If it has a ``task``, the study needs no examples. Its ``seed``, or the ``seed`` of its ``run``, becomes its name.
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
        Its entry in the column "subject" of the study's table.
    network : Network
        The intact network. It is never changed; copies are damaged.
    examples : ExampleSet
        Examples for all measurements.
    """

    name: str
    network: Network
    examples: ExampleSet


def trained_networks(trained: Trained | Iterable[Trained] | Mapping[str, Trained], examples: Examples | None) -> list[TrainedNetwork]:
    """Return the networks of a study with their names.

    The name is the key in a mapping, or the seed of a run. Without both, it is the name of a single network, or the number of a network
    in a list.

    Parameters
    ----------
    trained : Network, object with a network, or several in an iterable or a mapping
    examples : ExampleSet or None
        Examples for all networks; None for the training examples of each one's task.

    Raises
    ------
    ParameterError
        If there is no network, if an object has no network or no examples, or if two have the same name.
    """
    if isinstance(trained, Mapping):
        return [_with_examples(str(name), one, examples) for name, one in trained.items()] or _raise_for(trained)
    network = _network_of(trained)
    if network is not None:
        return [_with_examples(_seed_name(trained) or network.name, trained, examples)]
    if isinstance(trained, str) or not isinstance(trained, Iterable):
        _raise_for(trained)
    given = finite_list(trained, "lesion_study.trained", most=MOST_NETWORKS)
    names = [_seed_name(one) or str(number) for number, one in enumerate(given)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ParameterError(f"lesion_study: two networks are named {twice!r}; give them names, as in {{'A': …, 'B': …}}")
    return [_with_examples(name, one, examples) for name, one in zip(names, given, strict=True)] or _raise_for(given)


def _network_of(trained: object) -> Network | None:
    network = trained if isinstance(trained, Network) else getattr(trained, "network", None)
    return network if isinstance(network, Network) else None


def _seed_name(trained: object) -> str:
    seed = getattr(getattr(trained, "run", trained), "seed", None)
    return "" if seed is None or isinstance(trained, Network) else f"seed {seed}"


def _with_examples(name: str, trained: Any, examples: Examples | None) -> TrainedNetwork:
    network = _network_of(trained)
    if network is None:
        _raise_for(trained)
    chosen = getattr(getattr(trained, "task", None), "training_examples", None) if examples is None else examples
    if chosen is None:
        raise ParameterError("lesion_study.examples: must be given for a network without a task (got None)")
    return TrainedNetwork(name, network, network._examples(chosen, "lesion_study.examples", ParameterError))


def _raise_for(trained: object) -> NoReturn:
    hint = f"; train it first, as in cn.lesion_study(cn.run({trained!r}))" if isinstance(trained, str) else ""
    raise ParameterError(f"lesion_study: must be a trained network, a run or result, or several (got {trained!r}){hint}")
