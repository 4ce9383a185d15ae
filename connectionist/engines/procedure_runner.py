"""Runs cases by a learning procedure through the unit and connection objects: the specification of every procedure.

After a case, the units show its first phase, so the outputs are the response of the network to its inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.case_runner import CaseRunner
from connectionist.engines.energy_descent import DescendingCase
from connectionist.engines.joint_signals import JointSignals
from connectionist.engines.object_steps import output_units
from connectionist.engines.weight_updates import SignalSum
from connectionist.errors import DataError, PluginError
from connectionist.model.perturbation import UNPERTURBED, Perturbation, perturb_units
from connectionist.model.propagation import passes
from connectionist.model.time.unrolling import copy_tick_to, longest_delay, read_end_state
from connectionist.plugins.formula_faults import call_on_arrays, is_number, title_of
from connectionist.plugins.procedures import (
    ON_OBJECTS,
    BackwardProcedure,
    CasePhase,
    JointSignalProcedure,
    LearningProcedure,
    ObjectProcedure,
    SignalProcedure,
    StochasticProcedure,
)
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.network import Network
    from connectionist.model.state import WeightState
    from connectionist.utils.arrays import Array


class ProcedureRunner:
    """Runs cases by a learning procedure.

    Parameters
    ----------
    runner : CaseRunner
    procedure : LearningProcedure
    tolerance : float
        Distance from the target below which an output unit is correct.
    memory : dict, optional
        What the procedure keeps from case to case; see ``TrainingJob``.

    Attributes
    ----------
    is_correct : bool
        Whether the response of the last case was correct.
    """

    def __init__(self, runner: CaseRunner, procedure: LearningProcedure, tolerance: float, memory: dict[str, Any] | None = None) -> None:
        self.runner = runner
        self.network = runner.network
        self.procedure = procedure
        self.tolerance = tolerance
        self.is_correct = False
        self.backward_weights: Array | None = None
        self.direct_weights: Array | None = None
        self.joint: JointSignals | None = None
        if isinstance(procedure, JointSignalProcedure):
            self.joint = JointSignals(self.network, procedure, {} if memory is None else memory)
        if isinstance(procedure, BackwardProcedure):
            self.backward_weights, self.direct_weights = procedure.backward_weights(self.network), procedure.direct_weights(self.network)

    def run(self, case: int, presentation: int, signals: SignalSum | None = None) -> float:
        """Run one case and return E.

        Parameters
        ----------
        case, presentation : int
            Number of the case, and its position in the epoch, both from 0.
        signals : SignalSum, optional
            Receives the signals of the case, if the rule is a `LocalRule`. Otherwise the procedure's number for each weight is in
            ``weight.derivative``.

        Raises
        ------
        DataError
            If the procedure cannot take the case.
        """
        try:
            return self._run_case(case, presentation, signals)
        except DataError as raised:
            raise DataError(f"{raised}, in example {self.runner.examples.names[case]!r}") from None

    def _run_case(self, case: int, presentation: int, signals: SignalSum | None) -> float:
        if isinstance(self.procedure, ON_OBJECTS):
            return self._run_objects(self.procedure, case, presentation)
        if isinstance(self.procedure, SignalProcedure) and self.procedure.dynamics is not None:
            return self._descend(self.procedure, case)
        self.runner.run(case, presentation)
        if self.joint is None and not isinstance(self.procedure, SignalProcedure):
            error = self._differentiate()
            self.is_correct = self.runner.is_correct(self.tolerance)
            return error
        error = self.runner.compare()
        self.is_correct = self.runner.is_correct(self.tolerance)
        if self.joint is not None:
            self.joint.set_derivatives(self.runner.unrolled)
            return error
        assert isinstance(self.procedure, SignalProcedure)
        if signals is not None:
            signals.add_case(self.runner.unrolled)
        elif self.procedure.uses_all_ticks:
            summed = SignalSum(self.network, self.procedure)
            summed.add_case(self.runner.unrolled)
            for weight, signal in summed.sums.items():
                weight.derivative = -signal
        else:
            self._add_signals(self.procedure, self._activations_by_phase(self.procedure.phases, case, presentation))
        return error

    def _differentiate(self) -> float:
        """Run the backward pass, through the procedure's weights if it has any, and return E."""
        if self.direct_weights is not None:
            error = self.runner.compare()
            schedule = self.runner.unrolled.schedule
            passes.backward_directly(schedule.steps, self.runner.unrolled.units, schedule.outputs, self.direct_weights)
            passes.average_ties(schedule, self.network.tie_derivative)
            return error
        if self.backward_weights is None:
            return self.runner.differentiate()
        with backward_through(self.network, self.backward_weights):
            return self.runner.differentiate()

    def _run_objects(self, procedure: ObjectProcedure | StochasticProcedure, case: int, presentation: int) -> float:
        inputs, targets = self._cleared_case(case)
        if isinstance(procedure, StochasticProcedure):
            result = call_on_arrays(procedure, "differentiate", self.network, inputs, targets, self._stream(presentation))
        else:
            result = call_on_arrays(procedure, "differentiate", self.network, inputs, targets)
        error, outputs = _checked_result(procedure, result, targets.shape)
        passes.average_ties(self.network.schedule, self.network.tie_derivative)
        return self._weighted(case, error, outputs, targets)

    def _descend(self, procedure: SignalProcedure, case: int) -> float:
        """Run a case whose units move down the energy."""
        assert procedure.dynamics is not None
        inputs, targets = self._cleared_case(case)
        descending = DescendingCase(self.network, procedure.dynamics, procedure.name)
        error, outputs, activations = descending.run(procedure.phases, inputs, targets)
        self._add_signals(procedure, activations)
        return self._weighted(case, error, outputs, targets)

    def _cleared_case(self, case: int) -> tuple[Array, Array]:
        """Clear the derivatives, and return inputs and targets of a case: [unit], or [tick, unit]. A lesioned unit has no target."""
        network, (inputs, given, ticks) = self.network, self.runner.cases[case]
        shape = (-1,) if ticks is None else (ticks, -1)
        passes.clear_derivatives(network.weight_state)
        passes.clear_units(network.state)
        perturb_units(network, UNPERTURBED)
        targets = np.array(given).reshape(shape)
        targets[..., [unit.lesioned for unit in output_units(network)]] = np.nan
        return np.array(inputs).reshape(shape), targets

    def _weighted(self, case: int, error: float, outputs: Array, targets: Array) -> float:
        """Note whether the outputs are correct, multiply the derivatives by the weight of the case's error, and return the weighted E."""
        weight = self.runner.error_weights[case]
        if weight != 1.0:
            self.network.weight_state.array("derivative")[:] *= weight
        self.is_correct = not bool((np.abs(outputs - targets) >= self.tolerance).any())
        return float(weight * error)

    def _stream(self, presentation: int) -> np.random.Generator:
        """Return the random generator of a presentation."""
        key = self.runner.perturbation(0, presentation).key
        assert key is not None
        return np.random.Generator(np.random.PCG64(int(key[0])))

    def _activations_by_phase(self, phases: Sequence[CasePhase], case: int, presentation: int) -> list[Array]:
        """Return the activations of the units of the network at the last tick of each phase, [unit row]. The first phase has run."""
        unrolled = self.runner.unrolled
        found, ends, before = [self._last_activations()] if phases[0].counts else [], {}, phases[0].name
        keeps_ends = self.runner.ticks and any(phase.continues for phase in phases)
        with unrolled.state.restored_afterwards():
            for phase in phases[1:]:
                if keeps_ends:
                    ends[before] = read_end_state(unrolled, max(1, longest_delay(self.network)))
                start = before if phase.continues is True else phase.continues
                end_state, before = ends[start] if start and keeps_ends else None, phase.name
                perturbation = self.runner.perturbation(case, presentation)
                if phase.targets == "clamped":
                    perturbation = clamped_to_targets(self.network, perturbation, self.runner.targets, self.runner.ticks)
                passes.run(unrolled, self.runner.cases[case][0], end_state, perturbation)
                if phase.counts:
                    found.append(self._last_activations())
        self.runner.copy_last_tick()
        return found

    def _last_activations(self) -> Array:
        copy_tick_to(self.network, self.runner.unrolled)
        return self.network.state.array("activation").copy()

    def _add_signals(self, procedure: SignalProcedure, activations: Sequence[Array]) -> None:
        """Set the derivative of each weight to minus its signal."""
        network = self.network
        values = [each.tolist() for each in activations]
        sums = dict.fromkeys(network.weights, 0.0)
        for connection in network.connections:
            receiver, weight = connection.receiver, connection.weight
            target = receiver.target if receiver.group.role == "output" else float("nan")
            senders = [each[connection.sender.row] for each in values]
            receivers = [each[receiver.row] for each in values]
            sums[weight] += procedure.signal(weight.value, *senders, *receivers, target)
        tied = network.schedule.tied if network.tie_derivative == "mean" else {}
        for weight, signal in sums.items():
            weight.derivative = -signal / tied.get(weight, 1)


def _checked_result(procedure: LearningProcedure, result: object, shape: tuple[int, ...]) -> tuple[float, Array]:
    """Return what `differentiate` returned.

    Raises
    ------
    PluginError
        If it is no pair of E and an array of outputs.
    """
    if isinstance(result, tuple) and len(result) == 2:
        error, outputs = result
        with suppress(ValueError):  # lists of different lengths
            if is_number(error) and np.shape(outputs) == shape and np.asarray(outputs).dtype.kind in "biuf":
                return error, outputs
    wanted = f"a tuple of E and the outputs, an array of shape {shape}"
    raise PluginError(f"{title_of(procedure)}: differentiate must return {wanted} (got {shown(result)})")


def procedure_derivatives(network: Network, examples: ExampleSet, procedure: LearningProcedure) -> tuple[float, Array]:
    """Return E and the procedure's numbers for all weights, [weight], summed over the examples; see `Engine.procedure_derivatives`."""
    runner = CaseRunner(network, examples, noise=network.next_noise(is_needed=isinstance(procedure, StochasticProcedure)))
    cases = ProcedureRunner(runner, procedure, tolerance=0.5)
    summed, error = np.zeros(network.weight_state.size), 0.0
    for case in range(len(examples)):
        with runner.noisy_weights(case):
            error += cases.run(case, case)
        summed += network.weight_state.array("derivative")
    network.weight_state.array("derivative")[:] = summed
    runner.copy_last_tick()
    return error, summed[network.weight_rows]


def backward_by_row(procedure: LearningProcedure, network: Network) -> Array | None:
    """Return the weights through which derivatives go back, [row of the weights' state]; None for the weights of the network."""
    weights = procedure.backward_weights(network) if isinstance(procedure, BackwardProcedure) else None
    return None if weights is None else _by_row(network, weights)


def _by_row(network: Network, weights: Array) -> Array:
    values = np.zeros(len(network.weight_state.array("value")))
    values[network.weight_rows] = weights
    return values


@contextmanager
def backward_through(network: Network, weights: Array) -> Iterator[None]:
    """Let derivatives go back through other weights, [weight] in the order of ``network.weights``, in the context."""
    state: WeightState = network.weight_state
    before = state.backward
    state.backward = memoryview(_by_row(network, weights))  # type: ignore[arg-type]
    try:
        yield
    finally:
        state.backward = before


def clamped_to_targets(network: Network, perturbation: Perturbation, targets: Sequence[float], ticks: int | None) -> Perturbation:
    """Return a perturbation that also clamps each output unit, at all ticks, to its target at the last tick; without one it is free."""
    clamps = dict(perturbation.clamps)
    outputs = [group for group in network.groups if group.role == "output"]
    last = np.array(targets[len(targets) - sum(map(len, outputs)) :], float)
    for group in outputs:
        own, last = last[: len(group)], last[len(group) :]
        clamps[group.name] = own if ticks is None else np.tile(own, (ticks, 1))
    return replace(perturbation, clamps=clamps)
