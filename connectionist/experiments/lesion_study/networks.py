"""The trained networks of a lesion study, each with a name and examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from connectionist.data.accuracy import DEFAULT_TOLERANCE
from connectionist.data.example_set import Examples, ExampleSet
from connectionist.errors import ParameterError
from connectionist.experiments.task import Task
from connectionist.experiments.task_members import tolerance_of
from connectionist.model.network import Network
from connectionist.utils.finite_list import MOST_NETWORKS, finite_list


class HasNetwork(Protocol):
    """An object with a trained network: a run, a result, a run read from its folder, or an object of the user's.

    If it has a ``task``, the study needs neither examples nor a tolerance. Its ``seed``, or the ``seed`` of its ``run``, becomes its name.
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
    tolerance : float
        A case is correct if every output with a target is less than this from it.
    """

    name: str
    network: Network
    examples: ExampleSet
    tolerance: float


def trained_networks(
    trained: Trained | Iterable[Trained] | Mapping[str, Trained], examples: Examples | None, tolerance: float | None
) -> list[TrainedNetwork]:
    """Return the networks of a study with their names.

    The name is the key in a mapping, or the seed of a run. Without both, it is the name of a single network, or the number of a network
    in a list.

    Parameters
    ----------
    trained : Network, object with a network, or several in an iterable or a mapping
    examples : ExampleSet or None
        Examples for all networks; None for the training examples of each one's task.
    tolerance : float or None
        Tolerance for all networks; None for that of each one's task, or 0.5 without a task.

    Raises
    ------
    ParameterError
        If there is no network, if an object has no network or no examples, or if two have the same name or are the same network.
    """
    found: dict[str, TrainedNetwork] = {}
    names: dict[int, str] = {}  # of networks, by their identity
    for name, one in _named(trained):
        subject = _subject(name, one, examples, tolerance)
        if name in found:
            raise ParameterError(f"lesion_study: two networks are named {name!r}; give them names, as in {{'A': …, 'B': …}}")
        first = names.setdefault(id(subject.network), name)
        if first != name:
            raise ParameterError(
                f"lesion_study: subjects {first!r} and {name!r} are the same network, {subject.network.name!r}; give each network once, "
                f"and draws=… for more draws"
            )
        found[name] = subject
    return list(found.values()) or _raise_for(trained)


def _named(trained: Any) -> list[tuple[str, Any]]:
    """Return the subjects with their names."""
    if isinstance(trained, Mapping):
        return [(str(name), one) for name, one in trained.items()]
    network = _network_of(trained)
    if network is not None:
        return [(_seed_name(trained) or network.name, trained)]
    if isinstance(trained, str) or not isinstance(trained, Iterable):
        _raise_for(trained)
    given = finite_list(trained, "lesion_study.trained", most=MOST_NETWORKS, in_order=True)
    return [(_seed_name(one) or str(number), one) for number, one in enumerate(given)]


def _network_of(trained: object) -> Network | None:
    network = trained if isinstance(trained, Network) else getattr(trained, "network", None)
    return network if isinstance(network, Network) else None


def _seed_name(trained: object) -> str:
    seed = getattr(getattr(trained, "run", trained), "seed", None)
    return "" if seed is None or isinstance(trained, Network) else f"seed {seed}"


def _subject(name: str, trained: Any, examples: Examples | None, tolerance: float | None) -> TrainedNetwork:
    network = _network_of(trained)
    if network is None:
        _raise_for(trained)
    task = getattr(trained, "task", None)
    chosen = getattr(task, "training_examples", None) if examples is None else examples
    if chosen is None:
        raise ParameterError("lesion_study.examples: must be given for a network without a task (got None)")
    if tolerance is None:
        tolerance = tolerance_of(task) if isinstance(task, Task) else DEFAULT_TOLERANCE
    return TrainedNetwork(name, network, network._examples(chosen, "lesion_study.examples", ParameterError), float(tolerance))


def _raise_for(trained: object) -> NoReturn:
    hint = f"; train it first, as in cn.lesion_study(cn.run({trained!r}))" if isinstance(trained, str) else ""
    raise ParameterError(f"lesion_study: must be a trained network, a run or result, or several (got {trained!r}){hint}")
