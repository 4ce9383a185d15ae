"""Base class of tasks with one phase of training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from connectionist.engines.phase import Phase
from connectionist.errors import ParameterError
from connectionist.experiments.task import Task
from connectionist.plugins import registry
from connectionist.plugins.by_name import rule
from connectionist.plugins.parameters import parameters_of


class OnePhaseTask(Task):
    """A task with one phase of training, made from its fields.

    An attribute of the task that has the name of a parameter of the learning rule (``rate``, ``momentum``, ``decay``) gives the value of
    that parameter. The other parameters of the rule have their defaults. The attributes ``epochs``, ``update_after`` and ``order`` give
    the rest of the phase. ``epochs`` is required. Each attribute is a field, or a class attribute if it is fixed.

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
    ...     def training_examples(self): ...
    ...     def findings(self, network, run): ...
    >>> Copy(rate=0.1).phases
    [Phase(rule=Momentum(rate=0.1, momentum=0.9, decay=0.0), epochs=200, update_after=1, order='fixed')]
    """

    rule: ClassVar[str] = "momentum"
    epochs: int
    update_after: str | int = "epoch"
    order: str = "fixed"

    def __post_init__(self) -> None:
        """Check the declared parameters, and that the task has `epochs`."""
        super().__post_init__()
        if not isinstance(self.rule, str):
            raise ParameterError(
                f"{self.name}.rule: must be the name of an update rule, whose parameters are attributes of the task (got {self.rule!r})"
            )
        if not hasattr(self, "epochs"):
            raise ParameterError(f"{self.name}.epochs: must be a field or an attribute of {type(self).__name__}, at least 0 (got none)")

    @property
    def phases(self) -> Sequence[Phase]:
        """The one phase."""
        names = parameters_of(registry.find("update_rules", self.rule))
        made = rule(self.rule, **{name: getattr(self, name) for name in names if hasattr(self, name)})
        return [Phase(made, self.epochs, self.update_after, self.order)]
