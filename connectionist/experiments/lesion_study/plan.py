"""The plan of a lesion study: its arguments, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any

import numpy as np

from connectionist.data.example_set import Examples, as_example_set
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Phase
from connectionist.errors import ParameterError, check_flag, check_number, unknown_name
from connectionist.experiments.lesion_study.damage import DAMAGES, Damage
from connectionist.experiments.lesion_study.damaged_parts import DamagedPart, part_names
from connectionist.learning.network_changes import NetworkSettings
from connectionist.learning.run import Run
from connectionist.learning.training import train
from connectionist.model.connection import Connection
from connectionist.model.network import Network
from connectionist.model.selection import connection_name
from connectionist.plugins.rules import SearchRule
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.finite_list import finite_list
from connectionist.utils.functions import takes
from connectionist.utils.random_streams import random_stream
from connectionist.utils.visible_text import shown

OwnDamage = Callable[[Network, float, np.random.Generator], object]
DEFAULT_MEASUREMENTS = 10  # during recovery
DEFAULT_SEVERITIES, DEFAULT_DRAWS = (0.0, 0.1, 0.3, 0.5), 10


@with_assignment_errors
@dataclass(frozen=True)
class Lesion:
    """One lesion of a network: its severity, the number of the draw, and the name of the part if each part is lesioned in turn."""

    severity: float
    draw: int
    part: str | None = None


@with_assignment_errors
@dataclass(frozen=True)
class StudyPlan:
    """The damage to every network of a study.

    Attributes
    ----------
    damage : Damage
    names : tuple of str or None
        Names of the parts to damage; None for the default parts.
    severities : tuple of float
    draws : int
        Number of draws of each severity.
    progressive : bool
        Whether a draw uses the same random stream for every severity.
    seed : int
    """

    damage: Damage
    names: tuple[str, ...] | None
    severities: tuple[float, ...]
    draws: int
    progressive: bool
    seed: int

    @classmethod
    def from_arguments(
        cls,
        damage: str | OwnDamage,
        *,
        of: DamagedPart | Iterable[DamagedPart] | None,
        severities: float | Iterable[float],
        draws: int,
        progressive: bool,
        seed: int,
    ) -> StudyPlan:
        """Return the plan for arguments of `lesion_study`.

        Raises
        ------
        ParameterError
            If an argument is out of range.
        UnknownNameError
            If there is no such damage.
        """
        draws = check_number("lesion_study", "draws", draws, at_least=1, whole=True)
        seed = check_number("lesion_study", "seed", seed, at_least=0, whole=True)
        progressive = check_flag("lesion_study", "progressive", progressive)
        if of is not None and not isinstance(damage, str):
            raise ParameterError("lesion_study.of: must be None if damage is a function, which chooses the parts itself")
        chosen = _damage(damage)
        if chosen.is_systematic and (severities is not DEFAULT_SEVERITIES or draws != DEFAULT_DRAWS or progressive):
            raise ParameterError(
                f"lesion_study: damage={chosen.name!r} lesions each part once, so it has no severities, draws or progressive damage"
            )
        return cls(chosen, part_names(of), _severities(severities, chosen.max_severity), draws, progressive, seed)

    def lesions(self, network: Network) -> list[Lesion]:
        """Return the severity and the number of each lesion of a network, in order, and for systematic damage the name of the part."""
        if not self.damage.is_systematic:
            return [Lesion(severity, draw) for severity in self.severities for draw in range(self.draws)]
        parts = self.damage.find(network, self.names)
        return [Lesion(0.0, 0, ""), *(Lesion(1.0, draw, _part_name(part)) for draw, part in enumerate(parts))]

    @property
    def is_own(self) -> bool:
        """Whether the damage is a function of the user's."""
        return self.damage not in DAMAGES.values()

    def apply(self, network: Network, index: int, severity: float, draw: int) -> tuple[int | None, bool]:
        """Damage a copy of the network with this index in the study.

        Return the number of damaged parts, None if unknown, and whether the copy is changed, which is found out for a function of the
        user's only.
        """
        parts = self.damage.find(network, self.names)
        if self.damage.is_systematic:
            return self.damage.apply(network, parts[draw], severity, np.random.default_rng(0)) if severity else 0, True
        kind = "a function" if self.damage.name not in DAMAGES else self.damage.name
        how = "progressive" if self.progressive else f"severity {severity!r}"
        purpose = f"{kind} of {[connection_name(part) if isinstance(part, Connection) else part.name for part in parts]}, {how}"
        generator = self.stream(purpose, index, draw)
        if not self.is_own:
            return self.damage.apply(network, parts, severity, generator), True
        before, values = NetworkSettings.of(network), network.weight_values
        count = self.damage.apply(network, parts, severity, generator)
        return count, not (before.is_same() and np.array_equal(network.weight_values, values, equal_nan=True))

    def check_damages(self, damages: Sequence[tuple[float, int | None, bool]]) -> None:
        """Raise ParameterError if a function of the user's left all copies as they were, and did not say so.

        Parameters
        ----------
        damages : list of (float, int or None, bool)
            For each lesion: its severity, the number of damaged parts, and whether the copy was changed.
        """
        said = [is_changed for severity, count, is_changed in damages if severity > 0 and count != 0]
        if said and not any(said):
            raise ParameterError(
                f"lesion_study.damage: function {self.damage.name!r} changed no copy of a network, at any severity above 0; it must change "
                f"the network that it is called with, or return 0 if there is nothing to damage"
            )

    def stream(self, purpose: str, index: int, draw: int) -> np.random.Generator:
        """Return the random stream of one draw for one network. It does not depend on any name that the user chose."""
        return random_stream(self.seed, f"lesion study, {purpose}, subject {index}, draw {draw}")


@with_assignment_errors
@dataclass(frozen=True)
class Recovery:
    """Training after the damage.

    Attributes
    ----------
    phases : tuple of Phase
        Phases of training; empty for no training.
    epochs : frozenset of int
        Epochs after which the network is measured.
    examples : ExampleSet, list of Example, or None
        Examples to train; None for the examples of the measurements.
    """

    phases: tuple[Phase, ...]
    epochs: frozenset[int]
    examples: Examples | None

    @classmethod
    def from_arguments(
        cls, recovery: Phase | Sequence[Phase] | None, at_epochs: int | Iterable[int] | None, retrained_on: Examples | None
    ) -> Recovery:
        """Return the recovery for arguments of `lesion_study`.

        Raises
        ------
        ParameterError
            If `recovery` is not made of phases, if an epoch is after the last, or if `at_epochs` or `retrained_on` is given without
            `recovery`.
        """
        phases = _phases(recovery)
        if not phases and (at_epochs is not None or retrained_on is not None):
            raise ParameterError(
                "lesion_study: at_epochs and retrained_on need training after the damage: give recovery=cn.Phase(rule, epochs)"
            )
        if retrained_on is not None:
            as_example_set(retrained_on, what="lesion_study.retrained_on", error=ParameterError)  # checks the type
        last = sum(phase.epochs for phase in phases)
        epochs = _evenly_spread(last) if at_epochs is None else _as_list(at_epochs, "at_epochs")
        for epoch in epochs:
            check_number("lesion_study", "at_epochs", epoch, at_least=0, at_most=last, whole=True)
        return cls(phases, frozenset(int(epoch) for epoch in epochs), retrained_on)

    def train(self, network: Network, examples: Examples, engine: Engine, seed: int, measure: Callable[[Run], None]) -> None:
        """Train a damaged network, and call `measure` at least after each epoch in `epochs`.

        Each phase is split at these epochs: the trainer reports its progress at the end of a phase, and trains without interruption in
        between. A search rule forgets its memory at the end of a phase, so its phases are not split, and `measure` is called after
        every epoch.
        """
        if any(isinstance(phase.rule, SearchRule) for phase in self.phases):
            train(network, examples, phases=self.phases, engine=engine, seed=seed, until=_never_stop(measure))
        else:
            train(network, examples, phases=self._split_phases(), engine=engine, seed=seed, progress=nullcontext(measure))

    def _split_phases(self) -> list[Phase]:
        parts: list[Phase] = []
        begun = 0
        for phase in self.phases:
            end = begun + phase.epochs
            for stop in [*sorted(epoch for epoch in self.epochs if begun < epoch < end), end]:
                parts.append(replace(phase, epochs=stop - begun))
                begun = stop
        return parts


def _part_name(part: Sequence[Any]) -> str:
    """Return the name of a unit or of the projection of connections."""
    first = part[0]
    if not isinstance(first, Connection):
        return str(first.name)
    delay = f" with delay {first.delay}" if first.delay else ""
    return f"{first.projection.name}{delay}"


def _evenly_spread(last: int) -> list[int]:
    return [round(last * number / DEFAULT_MEASUREMENTS) for number in range(1, DEFAULT_MEASUREMENTS + 1)]


def _phases(recovery: object) -> tuple[Phase, ...]:
    given = () if recovery is None else tuple(_as_list(recovery, "recovery"))
    for phase in given:
        if not isinstance(phase, Phase):
            raise ParameterError(
                f"lesion_study.recovery: must be a Phase, such as cn.Phase(cn.rule('momentum'), epochs=20), or several (got {phase!r})"
            )
    return given


def _damage(damage: str | OwnDamage) -> Damage:
    """Return the damage with a name, or the damage that a user's function makes."""
    if isinstance(damage, str):
        if damage not in DAMAGES:
            raise unknown_name("damage", damage, DAMAGES)
        return DAMAGES[damage]
    if not callable(damage):
        raise ParameterError(f"lesion_study.damage: must be one of {', '.join(DAMAGES)}, or a function (got {shown(damage)})")
    if not takes(damage, 3):
        raise ParameterError(
            f"lesion_study.damage: a function must take three arguments, the network, the severity and a generator (got {shown(damage)})"
        )
    return Damage(getattr(damage, "__name__", "own damage"), "severity", inf, _no_parts, partial(_apply_own, damage))


def _no_parts(*_: object) -> tuple[()]:
    return ()


def _apply_own(damage: OwnDamage, network: Network, _: object, severity: float, generator: np.random.Generator) -> int | None:
    count = damage(network, severity, generator)
    if count is None:
        return None
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 0:
        raise ParameterError(
            f"lesion_study.damage: the function must change the network that it is called with, and return the number of damaged parts, "
            f"or None (got {shown(count)})"
        )
    return int(count)


def _severities(given: object, greatest: float) -> tuple[float, ...]:
    severities = _as_list(given, "severities")
    for severity in severities:
        check_number("lesion_study", "severities", severity, at_least=0, at_most=None if greatest == inf else greatest)
    found = tuple(float(severity) for severity in severities)
    if not found or len(set(found)) < len(found):
        raise ParameterError(f"lesion_study.severities: must be one or more different numbers (got {severities})")
    return found


def _as_list(given: Any, name: str) -> list[Any]:
    is_list = hasattr(given, "__iter__") and not isinstance(given, str) and getattr(given, "shape", None) != ()
    return finite_list(given, f"lesion_study.{name}") if is_list else [given]


def _never_stop(measure: Callable[[Run], None]) -> Callable[[Run], bool]:
    """Return a stopping function that measures the run and never stops it."""

    def stop(run: Run) -> bool:
        measure(run)
        return False

    return stop
