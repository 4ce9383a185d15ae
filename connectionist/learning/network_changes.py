"""The settings of a network, to find out what has changed: by functions that training calls, or since it was last trained.

The functions are `until` and the reporter of progress. Changes of weights, rates, freezing, lesions, functions, margins and timing take
effect in the next epoch. New or removed groups, new connections and new ties are errors, because the state of the rule, the examples and
the state between two examples belong to the old ones.
"""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from math import copysign
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.engines.phase import are_equal
from connectionist.errors import WiringError

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection
    from connectionist.model.schedule import Schedule


PLAIN = (int, float, str, tuple, np.number)  # settings that are equal if their values are


@dataclass(frozen=True, eq=False)
class NetworkSettings:
    """The wiring and settings of a network at a time, to find out whether they have changed since.

    Attributes
    ----------
    network : Network
    groups : tuple of Group
    projections : tuple of Projection
    weight_rows : int array [weight]
        Rows of the weights, which ties change.
    schedule : Schedule
    trainable : bytes or None
        Which weights are trainable; bytes, which take less time to compare than arrays. None if the function does not change it.
    assignments : int
        ``UnitState.assignments`` of the network that owns the groups: as long as this number is the same, the settings of the groups are
        too.
    settings_of_groups, other_settings : list
        What else a session of training reads when it is opened, apart from the values of the weights.
    """

    network: Network
    groups: tuple[Group, ...]
    projections: tuple[Projection, ...]
    weight_rows: npt.NDArray[np.intp]
    schedule: Schedule
    trainable: bytes | None
    assignments: int
    settings_of_groups: list[object]
    other_settings: list[object]

    @classmethod
    def of(cls, network: Network, *, may_freeze: bool = True) -> NetworkSettings:
        """Return the present settings of a network. Freezing, whose comparison takes 1 ms for half a million weights, may be left out."""
        groups, projections = tuple(network.groups), tuple(network.projections)
        trainable = network.weight_state.array("trainable").tobytes() if may_freeze else None
        return cls(
            network=network,
            groups=groups,
            projections=projections,
            weight_rows=network.weight_rows,
            schedule=network.schedule,
            trainable=trainable,
            assignments=_assignments(network),
            settings_of_groups=_settings_of_groups(network),
            other_settings=_other_settings(network),
        )

    def check_wiring(self, caller: str, epoch: int) -> None:
        """Raise an error if there are new or removed groups, new connections or new ties.

        Parameters
        ----------
        caller : str
            Argument of `train` that has the function.
        epoch : int
            Number of epochs that have run.

        Raises
        ------
        WiringError
            The message names the change, the argument and the epoch.
        """
        added = [f"group {group.name!r}" for group in self.network.groups if group not in self.groups]
        added += [f"connections {projection.name}" for projection in self.network.projections if projection not in self.projections]
        removed = [group.name for group in self.groups if group not in self.network.groups]
        rows = self.network.weight_rows
        if added:
            change = f"added {added[0]}"
        elif removed:
            change = f"removed group {removed[0]!r}"
        elif rows is not self.weight_rows and not np.array_equal(rows, self.weight_rows):
            change = f"changed the number of weights from {len(self.weight_rows)} to {len(rows)}"
        else:
            return
        raise WiringError(
            f"{self.network.name}: the function {caller} {change} after epoch {epoch} of training; add or remove groups, connect and "
            f"tie before training, or end training first"
        )

    def check_settings(self, caller: str, epoch: int) -> None:
        """Raise an error if functions, rates or other settings have changed, which a session of training reads when it is opened.

        The parameters and the error are those of `check_wiring`.
        """
        if not self.is_same():
            raise WiringError(
                f"{self.network.name}: {caller} changed functions, rates, limits, noise or freezing in the epochs up to {epoch}, where "
                f"only weights may be assigned; until may change the others"
            )

    def is_same(self) -> bool:
        """Return whether a session that was opened before still has the settings of the network."""
        network = self.network
        if self.schedule is not network.schedule or not _are_equal(_other_settings(network), self.other_settings):
            return False
        if self.assignments != _assignments(network) and not _are_equal(_settings_of_groups(network), self.settings_of_groups):
            return False
        if self.trainable is None:
            return True
        return network.weight_state.array("trainable").tobytes() == self.trainable


def original_of(network: Network) -> Network:
    """Return the network that has the settings of the groups: of an unrolled network its original."""
    return network if network._original is None else network._original


def _assignments(network: Network) -> int:
    return original_of(network).state.assignments


def _settings_of_groups(network: Network) -> list[object]:
    return [setting for group in original_of(network).groups for setting in group._training_settings()]


def _other_settings(network: Network) -> list[object]:
    found: list[object] = [network.ticks_back, network.tie_derivative]
    for projection in network.projections:
        found += projection._training_settings()
    return found


def _are_equal(settings: list[object], others: list[object]) -> bool:
    return all(map(is_, settings, others)) or all(map(_is_equal, settings, others))  # nearly always they are the same objects


def _is_equal(one: Any, other: Any) -> bool:
    """Return whether two settings are equal: numbers, text, or objects of one class with equal parameters."""
    if one is other:
        return True
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, float) and isinstance(other, float):
        return one == other and copysign(1.0, one) == copysign(1.0, other)  # a formula may tell -0.0 from 0.0
    if is_dataclass(one) and type(one) is type(other):
        return all(_is_equal(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
    return isinstance(one, PLAIN) and are_equal(one, other)
