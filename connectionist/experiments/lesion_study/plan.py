"""What a lesion study is asked to do, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Phase
from connectionist.errors import ParameterError, check_flag, check_number, unknown
from connectionist.experiments.lesion_study.damage import DAMAGES, Damage
from connectionist.experiments.lesion_study.damaged_parts import DamagedPart, part_names
from connectionist.learning.run import Run
from connectionist.learning.training import train
from connectionist.model.connection import Connection
from connectionist.model.network import Network
from connectionist.model.selection import connection_name
from connectionist.plugins.rules import SearchRule
from connectionist.utils.random_streams import random_stream

OwnDamage = Callable[[Network, float, np.random.Generator], object]
LOOKS = 10  # at a recovery, unless told


@dataclass(frozen=True)
class StudyPlan:
    """What is done to every subject.

    Attributes
    ----------
    damage : Damage
    names : tuple of str or None
        Of the parts to damage.
    severities : tuple of float
    draws : int
    progressive : bool
        Whether one draw has the same stream for every severity.
    seed : int
    """

    damage: Damage
    names: tuple[str, ...] | None
    severities: tuple[float, ...]
    draws: int
    progressive: bool
    seed: int

    @classmethod
    def read(
        cls,
        damage: str | OwnDamage,
        of: DamagedPart | Iterable[DamagedPart] | None,
        severities: float | Iterable[float],
        draws: int,
        progressive: bool,
        seed: int,
    ) -> StudyPlan:
        """Make a plan of what the user gave.

        Raises
        ------
        ParameterError, UnknownNameError
            When something is out of range, or there is no such damage.
        """
        check_number("lesion_study", "draws", draws, at_least=1, whole=True)
        check_number("lesion_study", "seed", seed, at_least=0, whole=True)
        check_flag("lesion_study", "progressive", progressive)
        if of is not None and not isinstance(damage, str):
            raise ParameterError("lesion_study.of: is for damage by name; a function of your own knows what it damages")
        kind = _kind(damage)
        return cls(kind, part_names(of), _severities(severities, kind.most), int(draws), bool(progressive), int(seed))

    def do(self, network: Network, place: int, severity: float, draw: int) -> int | None:
        """Damage a copy of the subject at a place, and return how many of its parts."""
        parts = self.damage.find(network, self.names)
        kind = "a function" if self.damage.name not in DAMAGES else self.damage.name
        how = "progressive" if self.progressive else f"severity {severity!r}"
        what = f"{kind} of {[connection_name(part) if isinstance(part, Connection) else part.name for part in parts]}, {how}"
        return self.damage.apply(network, parts, severity, self.stream(what, place, draw))

    def stream(self, what: str, place: int, draw: int) -> np.random.Generator:
        """Return the stream of what is drawn for one draw of the subject at a place. No name that the user chose is in it."""
        return random_stream(self.seed, f"lesion study, {what}, subject {place}, draw {draw}")


@dataclass(frozen=True)
class Recovery:
    """Training that goes on from damage.

    Attributes
    ----------
    phases : tuple of Phase
        None of them: no such training.
    epochs : frozenset of int
        After which to measure.
    examples : ExampleSet or None
        None for those that are measured.
    """

    phases: tuple[Phase, ...]
    epochs: frozenset[int]
    examples: ExampleSet | None

    @classmethod
    def read(
        cls, recovery: Phase | Sequence[Phase] | None, at_epochs: int | Iterable[int] | None, retrained_on: ExampleSet | None
    ) -> Recovery:
        """Make it of what the user gave.

        Raises
        ------
        ParameterError
            When `recovery` is no phases, an epoch is beyond them, or there is none and something goes with it.
        """
        phases = _phases(recovery)
        if not phases and (at_epochs is not None or retrained_on is not None):
            raise ParameterError(
                "lesion_study: at_epochs and retrained_on are for training after damage; give recovery=cn.Phase(rule, epochs)"
            )
        if retrained_on is not None and not isinstance(retrained_on, ExampleSet):
            raise ParameterError(f"lesion_study.retrained_on: must be an ExampleSet (got {retrained_on!r})")
        last = 0
        for phase in phases:
            last += phase.epochs
        epochs = [round(last * look / LOOKS) for look in range(1, LOOKS + 1)] if at_epochs is None else _listed(at_epochs)
        for epoch in epochs:
            check_number("lesion_study", "at_epochs", epoch, at_least=0, at_most=last, whole=True)
        return cls(phases, frozenset(int(epoch) for epoch in epochs), retrained_on)

    def train(self, network: Network, examples: ExampleSet, engine: Engine, seed: int, look: Callable[[Run], None]) -> None:
        """Train a damaged network, calling `look` after each epoch that is measured.

        The phases end where there is something to measure: the trainer reports there, and trains undisturbed in between. A rule that tries
        points begins anew with each phase, so there the trainer asks after every epoch.
        """
        if any(isinstance(phase.rule, SearchRule) for phase in self.phases):
            train(network, examples, phases=self.phases, engine=engine, seed=seed, until=_never(look))
        else:
            train(network, examples, phases=self._cut(), engine=engine, seed=seed, progress=nullcontext(look))

    def _cut(self) -> list[Phase]:
        """Return the phases, each cut at the epochs after which to measure."""
        cut: list[Phase] = []
        begun = 0
        for phase in self.phases:
            end = begun + phase.epochs
            for stop in [*sorted(epoch for epoch in self.epochs if begun < epoch < end), end]:
                cut.append(replace(phase, epochs=stop - begun))
                begun = stop
        return cut


def _phases(recovery: object) -> tuple[Phase, ...]:
    given = () if recovery is None else tuple(_listed(recovery))
    for phase in given:
        if not isinstance(phase, Phase):
            raise ParameterError(
                f"lesion_study.recovery: must be a Phase, as cn.Phase(cn.rule('momentum'), epochs=20), or several (got {phase!r})"
            )
    return given


def _kind(damage: str | OwnDamage) -> Damage:
    """Return the damage of a name, or that which a function of the user's does."""
    if isinstance(damage, str):
        if damage not in DAMAGES:
            raise unknown("damage", damage, DAMAGES)
        return DAMAGES[damage]
    if not callable(damage):
        raise ParameterError(f"lesion_study.damage: must be one of {', '.join(DAMAGES)}, or a function (got {damage!r})")

    def apply(network: Network, _: object, severity: float, generator: np.random.Generator) -> int | None:
        count = damage(network, severity, generator)
        return count if type(count) is int else None

    return Damage(getattr(damage, "__name__", "own damage"), "severity", inf, lambda *_: (), apply)


def _severities(given: object, most: float) -> tuple[float, ...]:
    severities = _listed(given)
    for severity in severities:
        check_number("lesion_study", "severities", severity, at_least=0, at_most=None if most == inf else most)
    found = tuple(float(severity) for severity in severities)
    if not found or len(set(found)) < len(found):
        raise ParameterError(f"lesion_study.severities: must be at least one, and differ (got {severities})")
    return found


def _listed(given: Any) -> list[Any]:
    return [*given] if hasattr(given, "__iter__") and not isinstance(given, str) else [given]


def _never(look: Callable[[Run], None]) -> Callable[[Run], bool]:
    """Return a stopping function that looks, and never stops."""

    def stop(run: Run) -> bool:
        look(run)
        return False

    return stop
