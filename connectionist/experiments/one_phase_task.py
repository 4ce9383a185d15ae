"""Base class of tasks with one phase of training."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from inspect import get_annotations
from typing import ClassVar

from connectionist.engines.phase import SETTINGS, Phase
from connectionist.engines.schedule import Schedule
from connectionist.errors import ParameterError
from connectionist.experiments.task import Task
from connectionist.plugins import registry
from connectionist.plugins.by_name import rule
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.parameters import owner_name
from connectionist.plugins.procedures import LearningProcedure
from connectionist.utils.caller_warnings import warn_caller

SIMILARITY = 0.85  # smallest similarity of a mistyped name, from 0 to 1


class OnePhaseTask(Task):
    """A task with one phase of training, made from its fields.

    An attribute of the task that has the name of a parameter of the learning rule (``rate``, ``momentum``, ``decay``) gives the value of
    that parameter. The other parameters of the rule have their defaults, and so has a parameter with the name of a member of this class,
    such as ``tolerance``. The attributes ``epochs``, ``update_after``, ``order``, ``weighting``, ``presentations``, ``clip``,
    ``schedule`` and ``procedure`` give the rest of the phase. ``epochs`` is required. Each attribute is a field, or a class attribute if it
    is fixed.

    Attributes
    ----------
    rule : str
        Name of the learning rule.
    epochs : int
        Maximum number of epochs, at least 0.
    update_after : "epoch" or int
        Number of examples after which the weights change, at least 1.
    order : {"fixed", "permuted", "sampled"}
        Order of the examples in an epoch.
    weighting : {"equal", "frequency"}
        Whether the error of an example is multiplied by its frequency.
    presentations : int or None
        Number of examples that an epoch presents, at least 1; None for as many as there are.
    clip, schedule, procedure
        See `Phase`.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import connectionist as cn
    >>> @dataclass(frozen=True)
    ... class Copy(cn.OnePhaseTask):
    ...     rate: float = cn.parameter(0.5, above=0)
    ...     epochs: int = cn.parameter(200, at_least=0)
    ...     name = "copy"
    ...     update_after = 1
    ...     def network(self, seed): ...
    ...     @property
    ...     def training_examples(self): ...
    ...     def findings(self, network, run): ...
    >>> [phase] = Copy(rate=0.1).phases
    >>> phase.rule.rate, phase.epochs, phase.update_after
    (0.1, 200, 1)
    """

    rule: ClassVar[str] = "momentum"
    epochs: int
    update_after: str | int = "epoch"
    order: str = "fixed"
    weighting: str = "equal"
    presentations: int | None = None
    clip: tuple[str, float] | None = None
    schedule: Schedule | None = None
    procedure: str | LearningProcedure | None = None

    def __post_init__(self) -> None:
        """Check the declared parameters, and that the task has `epochs`."""
        super().__post_init__()
        owner = owner_name(self)
        if not isinstance(self.rule, str):
            raise ParameterError(
                f"{owner}.rule: must be the name of an update rule, whose parameters are attributes of the task (got {self.rule!r})"
            )
        if not hasattr(self, "epochs"):
            raise ParameterError(f"{owner}.epochs: must be a field or an attribute of {type(self).__name__}, at least 0 (got none)")

    @property
    def phases(self) -> Sequence[Phase]:
        """The one phase.

        Warns
        -----
        UserWarning
            If a field of the task is similar to a parameter of the rule that the task does not give, such as ``momemtum``.
        """
        names = parameters_of(registry.find("update_rules", self.rule))
        if not self.epochs and "epochs" not in parameters_of(type(self)):
            return [Phase(rule(self.rule), 0)]  # nothing is trained, so the fields are not those of a rule
        given = {name: getattr(self, name) for name in names if name not in MEMBERS and self._has(name)}
        self._warn_of_similar_fields([name for name in names if name not in given])
        return [Phase(rule(self.rule, **given), self.epochs, **{name: getattr(self, name) for name in SETTINGS})]

    def _has(self, name: str) -> bool:
        """Return what `hasattr` returns for attributes of the object and its class, without the time to find similar names."""
        return name in vars(self) or hasattr(type(self), name)

    def _warn_of_similar_fields(self, missing: Sequence[str]) -> None:
        for field in parameters_of(type(self)).keys() - MEMBERS:
            for name in difflib.get_close_matches(field, missing, n=1, cutoff=SIMILARITY):
                text = f"is no parameter of the rule {self.rule!r}, whose {name} has its default; did you mean {name!r}?"
                warn_caller(f"{self.name}.{field}: {text}")


MEMBERS = {*dir(OnePhaseTask), *get_annotations(OnePhaseTask), *get_annotations(Task)}
