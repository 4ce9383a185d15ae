"""A session of the inspector: a network, examples and a rule, the acts on them, their script and their undo.

The session knows no page and no thread. All its methods must be called by one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.accuracy import DEFAULT_TOLERANCE
from connectionist.data.example_set import ExampleSet
from connectionist.engines.phase import Phase
from connectionist.errors import ParameterError, UnknownNameError
from connectionist.experiments.task import Task
from connectionist.inspector import script
from connectionist.inspector.case_states import CaseStates
from connectionist.inspector.script import Act
from connectionist.inspector.training import BackgroundTraining

if TYPE_CHECKING:
    from connectionist.data.example import Example
    from connectionist.engines.engine import Engine
    from connectionist.inspector.stepping import Walk
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

MOST_UNDO_BYTES = 100_000_000


@dataclass(frozen=True)
class Origin:
    """Where the network of a session comes from.

    Attributes
    ----------
    lines : tuple of str
        Lines of Python that make `net` and `examples`.
    title : str
    task : Task or None
    published : tuple of dict
        Published values beside the curve of errors.
    criterion : object
        Criterion of the task.
    is_made : bool
        Whether the lines make everything, so that they are a script; else `net` and `examples` are given.
    trains : bool
        Whether the network is there to be trained. A task may have weights that are given.
    is_recipe : bool
        Whether rule and engine are those of the task.
    note : str
        How a case is not shown as the task computes it.
    """

    lines: tuple[str, ...] = ("import connectionist as cn",)
    title: str = ""
    task: Task | None = None
    published: tuple[dict[str, Any], ...] = ()
    criterion: object = None
    is_made: bool = False
    trains: bool = True
    is_recipe: bool = False
    note: str = ""

    @property
    def judges_cases(self) -> bool:
        """Whether the task says itself which cases are correct, so that the tolerance of training does not."""
        return self.task is not None and type(self.task).correct_cases is not Task.correct_cases


class InspectorSession:
    """A network, examples and a rule, with what is shown and what was done.

    Parameters
    ----------
    network : Network
    examples : ExampleSet
        Training examples.
    phases : sequence of Phase
    testing : ExampleSet or None
    engine : Engine
    seed : int
        Seed of the training.
    tolerance : float
    origin : Origin
    between : function
        Called between two blocks of training; it may raise `Paused`.

    Attributes
    ----------
    version : int
        It grows with each change of the wiring, freezing, rule, examples or arrangement.
    moment : int
        It grows with each change of what is shown.
    case : int
        Number of the case that is shown, among training and then testing examples; −1 for an input entered by hand.
    walk : Walk or None
        Steps through the case, if somebody steps.
    acts : list of Act
    fixed : bool array [row of a weight]
        Weights that were not trainable at the start and that no act has frozen since. They are not shown as frozen.
    """

    def __init__(
        self,
        network: Network,
        examples: ExampleSet,
        phases: Sequence[Phase],
        *,
        engine: Engine,
        testing: ExampleSet | None = None,
        seed: int = 0,
        tolerance: float = DEFAULT_TOLERANCE,
        origin: Origin | None = None,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.network, self.examples, self.testing, self.tolerance = network, examples, testing, tolerance
        self.origin = origin or Origin()
        self.states = CaseStates(network, engine)
        self.training = BackgroundTraining(network, phases, seed=seed, tolerance=tolerance, engine=engine, between=between)
        self._given_phases = self.training.phases
        self.version = self.moment = 0
        self.fixed = network.weight_state.array("trainable") == 0  # by the wiring, not by an act
        self.case = 0
        self.entered: ExampleSet | None = None
        self.walk: Walk | None = None
        self.acts: list[Act] = []
        self._shown: tuple[int, bool, Array] = (-1, False, np.empty(0))
        self._seen = self._fingerprint()

    # --- Cases ---

    @property
    def case_count(self) -> int:
        """Number of training and testing cases."""
        return len(self.examples) + (0 if self.testing is None else len(self.testing))

    def place_of(self, case: int) -> tuple[ExampleSet, int]:
        """Return the examples that have a case, and its number in them.

        Raises
        ------
        UnknownNameError
            If there is no such case.
        """
        if case == -1 and self.entered is not None:
            return self.entered, 0
        if not 0 <= case < self.case_count:
            raise UnknownNameError(f"case: must be from 0 to {self.case_count - 1} (got {case})")
        if case < len(self.examples):
            return self.examples, case
        assert self.testing is not None
        return self.testing, case - len(self.examples)

    @property
    def example(self) -> Example:
        """The case that is shown."""
        examples, number = self.place_of(self.case)
        return examples[number]

    @property
    def has_target(self) -> bool:
        """Whether any unit has a target in the case that is shown. If not, there is no backward pass."""
        return not bool(np.isnan(self.example.targets).all())

    @property
    def is_recipe(self) -> bool:
        """Whether the training is still as the task has it."""
        return self.origin.is_recipe and self.training.phases == self._given_phases

    def case_code(self, case: int) -> str:
        """Return a case as Python."""
        examples, number = self.place_of(case)
        name = examples.names[number]
        key = script.literal(name) if name and examples.names.count(name) == 1 else str(number)
        return f"{'examples' if examples is self.examples else 'testing'}[{key}]"

    def shown_states(self, *, backward: bool = True) -> Array:
        """Return the quantities of all units in the case that is shown, [tick, quantity, unit], with the present weights.

        During a walk, these are the numbers of the objects, NaN for what was not computed yet. Without `backward`, derivatives may be NaN.
        """
        if self.walk is not None:
            return self.walk.states()
        moment, has_derivatives, states = self._shown
        if moment != self.moment or backward > has_derivatives:
            states = self.states.of_case(*self.place_of(self.case), backward=backward)
            self._shown = self.moment, backward, states
        return states

    # --- Changes ---

    def add(self, act: Act, *, is_rewired: bool = True) -> None:
        """Note an act that was done."""
        self.acts.append(act)
        self.changed(is_rewired=is_rewired)
        kept = 0
        for number in range(len(self.acts) - 1, -1, -1):
            kept += self.acts[number].size
            if kept > MOST_UNDO_BYTES and number < len(self.acts) - 1:
                self._forget_undo(number)
                break

    def _forget_undo(self, last: int) -> None:
        """Forget how acts up to a number are undone, which would need too much memory."""
        for number in range(last, -1, -1):
            act = self.acts[number]
            if act.undo is None and not (act.shows or act.is_entered):
                break
            self.acts[number] = script.without_undo(act)

    def changed(self, *, is_rewired: bool = True) -> None:
        """Note that something that is shown has changed."""
        self.moment += 1
        self.version += is_rewired
        if is_rewired:
            self.walk = None
        self._seen = self._fingerprint()

    def advance(self) -> None:
        """Train until the epochs are over or somebody acts."""
        self.walk = None
        try:
            act = self.training.advance(self.examples)
        except BaseException as error:
            if getattr(error, "act", None):
                self.add(error.act, is_rewired=False)  # type: ignore[attr-defined]
            self.changed(is_rewired=False)
            raise
        if act:
            self.add(act, is_rewired=False)

    def undo(self) -> str:
        """Take back the last act that can be taken back. Return its first line.

        Raises
        ------
        ParameterError
            If there is none.
        """
        number = self._last_undoable()
        if number is None:
            raise ParameterError("undo: there is no act that can be undone")
        line = self.line_of(self.acts[number])
        undo = self.acts[number].undo
        assert undo is not None
        del self.acts[number]
        undo()
        self.changed()
        return line

    @property
    def undo_line(self) -> str:
        """The line that `undo` would take back; "" if there is none."""
        number = self._last_undoable()
        return "" if number is None else self.line_of(self.acts[number])

    def line_of(self, act: Act) -> str:
        """Return the line of an act."""
        return act.training.line if act.training else "; ".join(act.lines)

    def _last_undoable(self) -> int | None:
        for number in range(len(self.acts) - 1, -1, -1):
            if self.acts[number].undo is not None:
                return number
            if not (self.acts[number].shows or self.acts[number].is_entered):
                return None
        return None

    def notice_changes(self) -> bool:
        """Return whether the network was changed by other code since the last act; the script then says so."""
        if self._fingerprint() == self._seen:
            return False
        self.acts.append(Act(lines=("# here other code changed the network",)))
        if len(self.network.weights) != len(self.training.history.moments[-1].values):
            self.training.begin_run(self.training.epoch, drop=True)
        self.changed()
        return True

    def _fingerprint(self) -> tuple[Any, ...]:
        state = self.network.weight_state
        return id(self.network.schedule), hash(state.array("value").tobytes()), hash(state.array("trainable").tobytes())

    # --- Script ---

    def script_lines(self) -> list[str]:
        """Return the acts as lines of Python, for a network `net` and examples `examples`."""
        return script.render(self.acts)

    def script(self) -> str:
        """Return the whole script."""
        return "\n".join([*self.origin.lines, "", *self.script_lines()]) + "\n"
