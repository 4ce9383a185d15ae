"""The functions that training calls after each presentation of an example, and after each of its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.presentation import Presentation
from connectionist.errors import ParameterError
from connectionist.plugins.rules import SearchRule
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.phase import Phase
    from connectionist.learning.run import Run
    from connectionist.model.group import Group
    from connectionist.utils.arrays import Array

DERIVATIVES = ("activation_derivative", "net_derivative")  # of units; engines keep them for the last tick

ExampleFunction = Callable[[Presentation], None]


class ExampleFunctionError(Exception):
    """Carries an exception of such a function through an engine, which takes other exceptions for those of formulas."""

    def __init__(self, original: Exception) -> None:
        super().__init__(original)
        self.original = original


@dataclass(frozen=True, eq=False)
class ExampleFunctions:
    """The functions of a call of `train`: functions of a `Presentation`, or None."""

    after_example: ExampleFunction | None
    after_event: ExampleFunction | None

    def call(
        self,
        run: Run,
        examples: ExampleSet,
        epoch: int,
        position: int,
        case: int,
        error: float,
        is_correct: bool,
        read: Callable[[Group], Array],
        show: Callable[[int], None],
    ) -> None:
        """Call the functions after a presentation of a run. The other arguments are those of `TrainingJob.after_example`."""
        network, number = run.network, run.epochs + epoch + 1
        presentation = Presentation(network, examples, case, position, number, error, is_correct, read)
        if self.after_event is not None:
            self._call_after_events(presentation, self.after_event, show)
        if self.after_example is not None:
            _call("after_example", self.after_example, presentation)

    def _call_after_events(self, presentation: Presentation, function: ExampleFunction, show: Callable[[int], None]) -> None:
        """Call a function after each event, with the units showing the last tick of the event."""
        state, events = presentation.network.state, presentation.examples.events_of(presentation.case)
        derivatives = {name: state.array(name).copy() for name in DERIVATIVES}
        for number, ticks in enumerate(events):
            if len(events) > 1:
                show(ticks.stop)
                for name, values in derivatives.items():
                    state.array(name)[:] = values if number == len(events) - 1 else np.nan
            _call("after_event", function, replace(presentation, event=number, ticks=ticks))


def make_example_functions(phases: Sequence[Phase], after_example: object, after_event: object) -> ExampleFunctions | None:
    """Return the functions of the arguments of `train`; None if there are none.

    Raises
    ------
    ParameterError
        If one is not a function, or if a phase has a rule that does not present examples one after the other.
    """
    given = {"after_example": after_example, "after_event": after_event}
    for name, function in given.items():
        if function is not None and not takes(function, 1):
            raise ParameterError(f"train.{name}: must be a function of one argument, a Presentation (got {shown(function)})")
        for phase in phases:
            if function is not None and isinstance(phase.rule, SearchRule):
                rule = f"rule {phase.rule.name!r} evaluates whole epochs"
                raise ParameterError(f"train.{name}: {rule}, so it is called after no example")
    return None if after_example is None and after_event is None else ExampleFunctions(**given)  # type: ignore[arg-type]


def _call(name: str, function: ExampleFunction, presentation: Presentation) -> None:
    """Call one function. An exception that it raises is in an `ExampleFunctionError`."""
    reason = f"{name} must not change the wiring or lesions (in epoch {presentation.epoch}); until may lesion"
    try:
        answer: object = presentation.network._wiring.call_fixed(reason, function, presentation)
    except Exception as raised:  # by a user's function
        raise ExampleFunctionError(raised) from raised
    if answer is not None:
        raise ParameterError(f"train.{name}: the function must return None (got {shown(answer)}); to end training use until")
