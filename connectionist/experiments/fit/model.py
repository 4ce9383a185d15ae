"""The model of a fit: a task or function with its seeds and what is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter, signature
from typing import Any

from connectionist.errors import ConnectionistError, ParameterError, suggest_name
from connectionist.experiments.fit.free_parameters import Free, FreeRange
from connectionist.experiments.study.execute import FIRST_COLUMNS, KEYS, LAST_COLUMNS
from connectionist.experiments.study.study import Study
from connectionist.experiments.task import Task
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import kinds_of, parameters_of

Settings = dict[str, Any]


@dataclass(frozen=True)
class Model:
    """A task or function, its seeds, and what is measured.

    Attributes
    ----------
    task : str, Task or function
    measure : function or None
    options : dict of str to object
        Further arguments of `Study`.
    seeds : iterable of int
    """

    task: Any
    measure: Callable[[Any], Mapping[str, Any]] | None
    options: Mapping[str, Any]
    seeds: Sequence[int]

    @property
    def is_task(self) -> bool:
        """Whether it is a task."""
        return isinstance(self.task, (str, Task))

    @property
    def title(self) -> str:
        """Name of the task or function."""
        return self.task if isinstance(self.task, str) else str(getattr(self.task, "name" if self.is_task else "__name__", "function"))

    def study(self, settings: Sequence[Settings]) -> Study:
        """Return the study of several settings.

        Raises
        ------
        ConnectionistError
            If an argument has another form, or the task rejects a setting.
        """
        try:
            return Study(self.task, seeds=self.seeds, conditions=settings, measure=self.measure, cases=False, **self.options)
        except ParameterError as error:
            raise ParameterError(str(error).replace("Study.", "fit.", 1)) from None

    def checked(self, free: Free, conditions: Sequence[str]) -> dict[str, Any]:
        """Return the free parameters, each checked against the task or function, with ranges of whole numbers only where these are meant.

        Raises
        ------
        ConnectionistError
            If there is no such parameter, the task rejects a limit or a choice, or a condition of the data has the name of a parameter.
        """
        for name in free:
            if name in conditions:
                raise ParameterError(f"fit.free: must not have the name of a condition of data (got {name!r})")
        if not self.is_task:
            self._check_names(free)
        found = {
            name: replace(each, low=float(each.low), high=float(each.high), is_whole=False)
            if isinstance(each, FreeRange) and self._is_float(name)
            else each
            for name, each in free.items()
        }
        first = {name: each.ends[0] for name, each in found.items()}
        self.study([first, *({**first, name: value} for name, each in found.items() for value in each.ends[1:])])
        return found

    def column_of(self, condition: str) -> str:
        """Return the column of the table of a study that has the score of a condition of the data."""
        taken = (*FIRST_COLUMNS, *LAST_COLUMNS) if self.measure is not None else () if self.is_task else (*KEYS, "stopped", *LAST_COLUMNS)
        return f"{condition} (measure)" if condition in taken else condition

    def _check_names(self, free: Free) -> None:
        """Raise ParameterError if the function has no parameter of a name."""
        if not callable(self.task):
            return  # an error of the study
        try:
            known = signature(self.task).parameters
        except (TypeError, ValueError):  # a function without a signature
            return
        if any(each.kind is Parameter.VAR_KEYWORD for each in known.values()):
            return
        for name in free:
            if name not in list(known)[1:]:
                raise ParameterError(f"fit.free: {self.title} has no parameter {name!r}; {suggest_name(name, list(known)[1:])}")

    def _is_float(self, name: str) -> bool:
        """Return whether a parameter is declared as a float, so that a range of whole numbers is not meant."""
        if not self.is_task:
            try:
                declared = signature(self.task).parameters[name]
            except (TypeError, ValueError, KeyError):
                return False
            return isinstance(declared.default, float) or declared.annotation in (float, "float")
        kind = registry.find("tasks", self.task) if isinstance(self.task, str) else type(self.task)
        rule = self.options.get("rule")
        owners = [kind, *([registry.find("update_rules", rule)] if isinstance(rule, str) else [])]
        try:
            return any(name in parameters_of(owner) and float in kinds_of(owner, name) for owner in owners)
        except ConnectionistError:
            return False
