"""Check of a learning procedure: what every engine and every rule rely on."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.errors import WiringError
from connectionist.learning.derivatives import error_derivatives
from connectionist.learning.training import train
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins import registry
from connectionist.plugins.procedures import (
    BackwardProcedure,
    CasePhase,
    JointSignalProcedure,
    LearningProcedure,
    ObjectProcedure,
    SignalProcedure,
    StochasticProcedure,
)
from connectionist.plugins.rules import Rule
from connectionist.testing.claims import assert_close, assert_that, call_to_read, check_declaration, check_signature, make_instance

CONTRACTS = (BackwardProcedure, SignalProcedure, JointSignalProcedure, ObjectProcedure, StochasticProcedure)
TICKS = 6
ACTIVATIONS = (0.75, 0.25, 0.5, 0.125)
NUMBERS = np.array([[0.0, 1.0], [1.0, 0.5], [0.25, 0.75]])


def check_learning_procedure(
    procedure: type[LearningProcedure] | LearningProcedure, engine: str = DEFAULT_ENGINE, reference: str = "local"
) -> None:
    """Check a learning procedure of any kind.

    It must be a frozen dataclass, or a class without parameters, with a name. It must accept a layered network, an encoder, a recurrent
    network, one with symmetric connections, one without hidden units, or one without input units. Its formulas must be pure functions that
    return finite numbers. Its numbers for the weights must be finite, the same each time, and leave the weights as they were. A small
    training must not change frozen weights, must give the same bits each time, and must agree with the same training by a reference engine.

    Parameters
    ----------
    procedure : LearningProcedure or class of LearningProcedure
        Procedure to check. A class must have default parameters.
    engine : str
        Name of the engine for the training.
    reference : str
        Name of the engine with which it must agree, within its tolerance times ten per case, epoch and tick.

    Raises
    ------
    AssertionError
        If a check fails. The message names the procedure, the property, what was allowed and what was found.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_learning_procedure(registry.find("learning_procedures", "feedback_alignment"))
    """
    made = make_instance(procedure, *CONTRACTS)
    check_declaration(made)
    if isinstance(made, SignalProcedure):
        _check_phases(made)
        _check_signal(made)
    if isinstance(made, JointSignalProcedure):
        check_joint_signals(made)
    if isinstance(made, BackwardProcedure):
        _check_weights(made)
    _check_derivatives(made)
    _check_training(made, engine, reference)


def _check_phases(procedure: SignalProcedure) -> None:
    owner, phases = type(procedure).__name__, procedure.phases
    is_tuple = isinstance(phases, tuple) and bool(phases) and all(isinstance(phase, CasePhase) for phase in phases)
    assert_that(is_tuple, owner, "phases", "a tuple of one or more CasePhase", phases)
    names = [phase.name for phase in phases]
    assert_that(len(set(names)) == len(names), owner, "phases", "of different names", names)
    assert_that(phases[0].targets == "absent", owner, "first phase", "without targets, since E is that of its outputs", phases[0])
    has_one_pass = len(phases) == 1 or not procedure.uses_all_ticks
    assert_that(has_one_pass, owner, "uses_all_ticks", "False with more than one phase", procedure.uses_all_ticks)


def _check_signal(procedure: SignalProcedure) -> None:
    owner, count = type(procedure).__name__, sum(phase.counts for phase in procedure.phases)
    check_signature(procedure, "signal", "value, a sender and a receiver for each phase that counts, and target", *range(2 + 2 * count))
    for value in (0.0, 0.75, -0.5):
        for target in (0.0, 1.0, math.nan):
            arguments = (value, *ACTIVATIONS[:count], *ACTIVATIONS[-count:], target)
            got, again = procedure.signal(*arguments), procedure.signal(*arguments)
            assert_that(math.isfinite(got), owner, f"signal{arguments}", "a finite number", got)
            assert_that(got == again, owner, f"signal{arguments}, called twice", f"the same, {got}", again)


def check_joint_signals(procedure: JointSignalProcedure) -> None:
    """Check that the signals of a group are a pure function with finite results, for active and for silent senders."""
    owner = type(procedure).__name__
    check_signature(procedure, "signals", "values, senders, net_inputs, activations, positions, memory", *range(6))
    values, positions = np.array([[0.5, -0.25, 0.0], [0.75, 0.5, 0.25]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    for senders in (np.array([1.0, 0.0, 0.5]), np.zeros(3)):
        results = []
        for _ in range(2):
            memory = {name: np.full(2, 0.25) for name in procedure.unit_memory}
            arguments = values.copy(), senders.copy(), values @ senders, values @ senders, positions.copy()
            signals = call_to_read(procedure, "signals", *arguments, memory)
            is_valid = np.shape(signals) == values.shape and bool(np.isfinite(signals).all())
            assert_that(is_valid, owner, f"signals with senders {senders}", f"finite numbers of shape {values.shape}", signals)
            names = procedure.unit_memory
            assert_that(memory.keys() == set(names), owner, "memory", f"{names} after signals", tuple(memory))
            results.append([signals, *(memory[name] for name in names)])
        is_same = all(np.array_equal(*pair) for pair in zip(*results, strict=True))
        assert_that(is_same, owner, "signals, called twice", f"the same, {results[0]}", results[1])


def _check_weights(procedure: BackwardProcedure) -> None:
    owner, (net, _) = type(procedure).__name__, _network_and_examples(procedure)
    counts = [sum(len(group) for group in net.groups if group.role == role) for role in ("hidden", "output")]
    for method, shape in (("backward_weights", (len(net.weights),)), ("direct_weights", tuple(counts))):
        given, again = getattr(procedure, method)(net), getattr(procedure, method)(net)
        if given is not None:
            is_valid = np.shape(given) == shape and bool(np.isfinite(given).all())
            assert_that(is_valid, owner, method, f"None, or finite numbers of shape {shape}", given)
            assert_that(np.array_equal(given, again), owner, f"{method}, called twice", "the same", again)


def _check_derivatives(procedure: LearningProcedure) -> None:
    owner, (net, examples) = type(procedure).__name__, _network_and_examples(procedure)
    before = net.weight_values
    error, found = error_derivatives(net, examples, engine="local", procedure=procedure)
    assert_that(math.isfinite(error) and bool(np.isfinite(found).all()), owner, "numbers for the weights", "finite", found)
    assert_that(np.array_equal(net.weight_values, before), owner, "weights after a case", "those before", net.weight_values)
    if isinstance(procedure, StochasticProcedure):
        net, examples = _network_and_examples(procedure)  # each pass of a network has other random numbers
    again = error_derivatives(net, examples, engine="local", procedure=procedure)
    assert_that(again[0] == error and np.array_equal(again[1], found), owner, "the same cases again", "the same bits", again)


def _check_training(procedure: LearningProcedure, engine: str, reference: str) -> None:
    owner = type(procedure).__name__
    net, errors = _trained(procedure, engine)
    wanted, _ = _trained(procedure, reference)
    again, other_errors = _trained(procedure, engine)
    tolerance = 10 * 3 * len(NUMBERS) * TICKS * max(registry.find("engines", engine).tolerance, 1e-15)
    assert_close(net.weight_values, wanted.weight_values, tolerance, owner, f"weights after training by {engine!r} and {reference!r}")
    is_same = errors == other_errors and np.array_equal(net.weight_values, again.weight_values)
    assert_that(is_same, owner, "the same training again", f"the same bits, {errors}", other_errors)
    frozen = net.weights[0]
    assert_that(frozen.value == 0.625, owner, "a frozen weight after training", "0.625 as before", frozen.value)


def _trained(procedure: LearningProcedure, engine: str) -> tuple[Network, list[float]]:
    net, examples = _network_and_examples(procedure)
    net.weights[0].value, net.weights[0].trainable = 0.625, False
    given: dict[str, Any] = {"rule": procedure} if isinstance(procedure, Rule) else {"rule": "steepest", "procedure": procedure}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an engine without kernels for the procedure
        return net, train(net, examples, **given, epochs=3, engine=engine).errors


def _network_and_examples(procedure: LearningProcedure) -> tuple[Network, ExampleSet]:
    """Return the first of some networks that the procedure accepts, with examples, which have no targets if it does not use them."""
    faults = []
    for biased in (True, False):
        for make in (_layered, _encoder, _recurrent, _symmetric, _single_layer, _without_inputs):
            net, examples = make(biased=biased)
            net.randomize(0.5, seed=1)
            try:
                procedure.check_network(net)
            except WiringError as error:
                faults.append(f"{net.name}: {error}")
            else:
                return net, without_targets(examples) if isinstance(procedure, JointSignalProcedure) else examples
    raise AssertionError(f"{type(procedure).__name__}, check_network: must accept one of these networks (got {'; '.join(faults)})")


def without_targets(examples: ExampleSet) -> ExampleSet:
    """Return examples without ticks with NaN as every target."""
    return ExampleSet.from_arrays(examples.inputs, np.full_like(examples.targets, np.nan))


def _layered(outputs: int = 1, name: str = "a layered network", *, biased: bool) -> tuple[Network, ExampleSet]:
    net = Network(name)
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, biased=biased)
    net.add_group("output", outputs, role="output", biased=biased)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    return net, ExampleSet.from_arrays(NUMBERS, NUMBERS[:, :outputs])


def _single_layer(*, biased: bool) -> tuple[Network, ExampleSet]:
    net = Network("a network without hidden units")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output", biased=biased)
    net.connect("input", "output")
    return net, ExampleSet.from_arrays(NUMBERS, NUMBERS[:, :1])


def _encoder(*, biased: bool) -> tuple[Network, ExampleSet]:
    return _layered(2, "an encoder", biased=biased)


def _recurrent(*, biased: bool) -> tuple[Network, ExampleSet]:
    net, _ = _layered(name="a recurrent network", biased=biased)
    net.connect("output", "hidden", delay=1)
    return net, _held()


def _symmetric(*, biased: bool) -> tuple[Network, ExampleSet]:
    net, _ = _layered(name="a network with symmetric connections", biased=biased)
    net.make_symmetric("hidden", "output")
    return net, _held()


def _without_inputs(*, biased: bool) -> tuple[Network, ExampleSet]:
    net = Network("a network without input units")
    net.add_group("hidden", 2, biased=biased)
    net.add_group("output", 1, role="output", biased=biased)
    net.connect("hidden", "output")
    net.make_symmetric("hidden", "output")
    return net, ExampleSet([Example.sequence(np.zeros((TICKS, 0)), each.targets) for each in _held()])


def _held() -> ExampleSet:
    """Return examples with the same inputs at all ticks, and targets at the last."""
    no_targets = np.full((TICKS - 1, 1), np.nan)
    return ExampleSet([Example.sequence(np.tile(row, (TICKS, 1)), np.vstack([no_targets, row[:1]])) for row in NUMBERS])
