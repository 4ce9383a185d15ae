"""Check of an engine: it must compute the same as a reference engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np

from connectionist.data.accuracy import DEFAULT_TOLERANCE
from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine, TrainingJob
from connectionist.engines.phase import ORDERS, Criterion, Phase
from connectionist.engines.presentation import Presentation
from connectionist.errors import DivergenceError, WiringError
from connectionist.learning.derivatives import error_derivatives
from connectionist.learning.training import train
from connectionist.model.network import Network
from connectionist.model.unit import Unit
from connectionist.plugins import registry
from connectionist.plugins.rules import JointRule, LocalRule, Rule, SearchRule, UpdateRule
from connectionist.testing.claims import assert_that, check_declared_bounds, check_name, make_instance
from connectionist.testing.network_pair import NetworkPair
from connectionist.testing.populations import check_population
from connectionist.testing.recording import check_record, check_recording_in_training
from connectionist.testing.settling import check_settling
from connectionist.utils.caller_warnings import TARGETS, leave_out

PASS_QUANTITIES = ("net_input", "activation", "target", "activation_derivative", "net_derivative")
FORWARD_QUANTITIES = ("net_input", "activation")
EPOCHS = 3
IN_TIME_FEATURES = dict.fromkeys(("delays", "integrators", "initial", "continues"), True)
INTEGRATING_FEATURES = {"integrators": True, "initial": True, "activations": ("logistic", "tanh")}
GROUP_FEATURES = {"costs": True, "input_functions": True}
PERTURBED_FEATURES = {"noise": True, "perturbed": True} | GROUP_FEATURES
LINEAR_FEATURES = {"activations": ("linear",), "errors": ("squared",)} | dict.fromkeys(
    ("ties", "lesions", "frozen", "rates", "margins"), False
)


@dataclass(frozen=True)
class CheckMomentum(UpdateRule):
    """Steepest descent with momentum, so that the checks of stopping and divergence do not depend on the registered rules."""

    rate: float = 0.01
    momentum: float = 0.9
    name = "check_momentum"
    memory = ("last_change",)

    def change(self, value: float, derivative: float, last_change: float) -> tuple[float, float]:  # noqa: ARG002
        """Return Δw and, as the memory, Δw again."""
        change = -self.rate * derivative + self.momentum * last_change
        return change, change


@leave_out(TARGETS)  # each rule is tried with hidden units
def check_engine(engine: type[Engine] | Engine, networks: int = 12, reference: str | Engine = "local") -> None:
    """Check that an engine agrees with a reference engine.

    The engines are compared within the tolerance that the engine declares, on random networks with all features of `random_network`, in
    time and not. Compared are the outputs, the error derivatives, training with every registered rule that is continuous, in every mode,
    the state of the units and weights afterwards, the recorded quantities, settling, and passes after changes of the network.
    Networks that the engine trains at once must have the bits that each has alone.

    Parameters
    ----------
    engine : Engine or class of Engine
        Engine to check. A class must have default parameters.
    networks : int
        Number of random networks. At most three of them are trained, in every mode and with every rule. Of two more networks per
        mode and rule, one is in time and one is recorded.
    reference : str or Engine
        Engine with which it must agree.

    Raises
    ------
    AssertionError
        If the engines differ. The message names the engine, the network (``random_network(seed)``), the quantity, and both values.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_engine(registry.find("engines", "compiled"), networks=1)  # doctest: +SKIP
    """
    checked = make_instance(engine, Engine)
    check_name(checked)
    check_declared_bounds(checked)
    assert_that(0 <= checked.tolerance < 1, type(checked).__name__, "tolerance", "at least 0 and below 1", checked.tolerance)
    new_pair = partial(NetworkPair, checked, registry.resolve("engines", reference, Engine, what="check_engine.reference"))  # type: ignore[type-abstract]
    for seed in range(networks):
        check_pass(new_pair(seed))
        check_changes_by_hand(new_pair(seed))
        check_pass(new_pair(seed, GROUP_FEATURES))
        check_pass(new_pair(seed, in_time_features(seed)))
        check_pass(new_pair(seed, PERTURBED_FEATURES))
        check_pass(new_pair(seed, in_time_features(seed) | PERTURBED_FEATURES))
        check_record(new_pair(seed, IN_TIME_FEATURES | GROUP_FEATURES | {"ticks_back": seed % 2 == 0}))
        check_settling(new_pair(seed, IN_TIME_FEATURES | GROUP_FEATURES))
        in_turn = new_pair(seed, INTEGRATING_FEATURES)
        if in_turn.net.in_time:
            check_settling(in_turn, order="permuted")
    trained = min(networks, 3)
    for seed in range(trained):
        check_stopping(new_pair(seed))
        check_continued_training(new_pair(seed))
        for features in ({}, IN_TIME_FEATURES | {"continues": False}):
            check_after_example(new_pair(seed, features), "epoch", "fixed")
            check_after_example(new_pair(seed, features), 1, "permuted")
        check_divergence(new_pair(seed, LINEAR_FEATURES))
        check_population(checked, seed, CheckMomentum(), EPOCHS, order="permuted")
    for number, (rule, update_after, order) in enumerate(training_modes()):
        is_search = isinstance(rule, SearchRule)  # a search has one rate, and does not present the examples in a stream
        rates = {"rates": hasattr(rule, "rate") and not is_search, "frequencies": order == "sampled"}
        for seed in range(number, number + trained):
            check_training(new_pair(seed, rates), rule, update_after, order)
        perturbed = {"noise": not is_search, "perturbed": True}
        perturbed |= dict.fromkeys(GROUP_FEATURES, not (is_search or isinstance(rule, LocalRule)))
        check_training(new_pair(number, rates | perturbed), rule, update_after, order)
        timed = (
            in_time_features(number) | (perturbed if number % 3 == 0 else {}) | rates | {"continues": order == "fixed" and not is_search}
        )
        check_training(new_pair(number, timed), rule, update_after, order)
        check_recording_in_training(
            new_pair(number + 1, timed if number % 2 else {"frequencies": order == "sampled"}), rule, update_after, order
        )


def in_time_features(number: int) -> dict[str, Any]:
    """Return the features of a network in time. For odd numbers, back-propagation through time is truncated."""
    return IN_TIME_FEATURES | {"ticks_back": number % 2 == 1}


def training_modes() -> Iterator[tuple[Rule, str | int, str]]:
    """Yield rule, `update_after` and `order`: every registered rule that is continuous and uses targets, with its modes of training."""
    for name in registry.get_registry().names("update_rules"):
        default: Rule = registry.find("update_rules", name)()
        if not default.continuous or isinstance(default, JointRule):
            continue
        names = {field.name for field in fields(default)}  # type: ignore[arg-type]
        small = {"rate": 0.02, "decay": 0.01}
        rule = replace(default, **{key: value for key, value in small.items() if key in names})  # type: ignore[type-var]
        for update_after in ("epoch",) if isinstance(rule, SearchRule) else ("epoch", 1, 2):
            for order in ("fixed",) if isinstance(rule, SearchRule) else ORDERS:
                yield rule, update_after, order


def check_pass(pair: NetworkPair) -> None:
    """Check one forward and one backward pass, and the state of units and weights afterwards."""
    pair.assert_close(pair.net.outputs(pair.examples, pair.engine), pair.reference_net.outputs(pair.examples, pair.reference), "outputs")
    pair.compare_units(FORWARD_QUANTITIES, "after outputs")
    error, derivatives = error_derivatives(pair.net, pair.examples, pair.engine)
    wanted, wanted_derivatives = error_derivatives(pair.reference_net, pair.examples, pair.reference)
    pair.assert_close(error, wanted, "error")
    pair.assert_close(derivatives, wanted_derivatives, "derivatives")
    pair.compare_units(PASS_QUANTITIES, "after error_derivatives")
    pair.compare_weights(("derivative",), "after error_derivatives")


def check_changes_by_hand(pair: NetworkPair) -> None:
    """Check that changes of the network between two passes take effect."""
    changes: dict[str, Callable[[Network], object]] = {
        "without a change": lambda _: None,
        "with a weight set by hand": lambda net: setattr(net.weights[-1], "value", 0.75),
        "with all weights set by hand": lambda net: setattr(net, "weight_values", net.weight_values[::-1] * 0.5),
        "with lesions": lambda net: net.lesion(*net.connections[:1], *intact_units(net)[-1:]),
        "with all lesions restored": lambda net: net.restore(),
        "with all weights tied": tie_all,
        "with a new group": add_output,
    }
    for when, change in changes.items():
        pair.change_both(change)
        if when == "with a new group":
            pair.examples = with_added_target(pair.examples)
        error, derivatives = error_derivatives(pair.net, pair.examples, pair.engine)
        wanted, wanted_derivatives = error_derivatives(pair.reference_net, pair.examples, pair.reference)
        pair.assert_close(
            pair.net.outputs(pair.examples, pair.engine), pair.reference_net.outputs(pair.examples, pair.reference), f"outputs {when}"
        )
        pair.assert_close(error, wanted, f"error {when}")
        pair.assert_close(derivatives, wanted_derivatives, f"derivatives {when}")


def check_training(pair: NetworkPair, rule: Rule, update_after: str | int, order: str) -> None:
    """Check three epochs of training: the log, the weights, the memory, the state after the last case, and reproducibility."""
    pair.name += f", {rule!r}, update_after={update_after!r}, order={order!r}"
    options: dict[str, Any] = {"update_after": update_after, "order": order, "seed": pair.seed}
    frozen = [(weight, weight.value) for weight in pair.net.weights if not weight.trainable]
    run = train(pair.net, pair.examples, rule, EPOCHS, engine=pair.engine, **options)
    wanted = train(pair.reference_net, pair.examples, rule, EPOCHS, engine=pair.reference, **options)
    for weight, value in frozen:
        assert_that(weight.value == value, pair.name, "a frozen weight", repr(value), weight.value)
    pair.compare_runs(run, wanted)
    pair.compare_weights(("change",), "after training", pair.pass_count(wanted))
    if not isinstance(rule, SearchRule):
        pair.compare_units(
            PASS_QUANTITIES[:3] if isinstance(rule, LocalRule) else PASS_QUANTITIES, "after training", pair.pass_count(wanted)
        )
        pair.compare_weights(("derivative",), "after training", pair.pass_count(wanted))
    pair.compare_last_updates(pair.pass_count(wanted))
    net, _ = pair.new_copy()
    again = train(net, pair.examples, rule, EPOCHS, engine=pair.engine, **options)
    assert_that(again.errors == run.errors, pair.name, "errors of the same training again", f"the same bits, {run.errors}", again.errors)
    same = np.array_equal(net.weight_values, pair.net.weight_values)
    assert_that(same, pair.name, "weights of the same training again", "the same bits", net.weight_values - pair.net.weight_values)


def check_stopping(pair: NetworkPair) -> None:
    """Check that training stops after the epoch that meets the criterion, and not after a block of epochs."""
    rule, epochs = CheckMomentum(), 12
    probe, examples = pair.new_copy()
    errors = sorted(train(probe, examples, rule, epochs, engine=pair.reference).errors)
    goal = max(0.0, errors[epochs // 2] * (1 + 1e-6))
    until = Criterion(error=goal)
    wanted = train(pair.reference_net, pair.examples, rule, epochs, engine=pair.reference, until=until)
    pair.compare_runs(train(pair.net, pair.examples, rule, epochs, engine=pair.engine, until=until), wanted)
    net, examples = pair.new_copy()
    memory = {name: np.zeros(len(net.weights)) for name in rule.memory}
    job = TrainingJob(network=net, examples=examples, phase=Phase(rule, epochs), tolerance=DEFAULT_TOLERANCE, memory=memory)
    orders = np.tile(np.arange(len(examples)), (epochs, 1))
    done = len(pair.engine.engine_of(job).session(job).run(orders, until).errors)  # `train` has blocks of one epoch if it is slow
    assert_that(done == wanted.epochs, pair.name, "epochs of a block until the criterion", str(wanted.epochs), done)


def check_continued_training(pair: NetworkPair) -> None:
    """Check that training in two parts, with the memory of the first passed to the second, gives the same bits as one training."""
    for name in registry.get_registry().names("update_rules"):
        rule = registry.find("update_rules", name)()
        if isinstance(rule, SearchRule) or not hasattr(rule, "rate") or not _accepts(rule, pair.net):
            continue
        whole, examples = pair.new_copy()
        train(whole, examples, rule.with_rate(0.02), 4, engine=pair.engine)
        parts, _ = pair.new_copy()
        first = train(parts, examples, rule.with_rate(0.02), 2, engine=pair.engine)
        train(parts, examples, rule.with_rate(0.02), 2, engine=pair.engine, memory=first.memory)
        difference = parts.weight_values - whole.weight_values
        assert_that(not difference.any(), f"{pair.name}, {rule!r}", "weights after 2 + 2 epochs with memory=", "those after 4", difference)


def _accepts(rule: Rule, network: Network) -> bool:
    """Return whether a rule can train a network; a `LocalRule` may not train every one, and a `JointRule` does not use targets."""
    if isinstance(rule, JointRule):
        return False
    try:
        if isinstance(rule, LocalRule):
            rule.check_network(network)
    except WiringError:
        return False
    return True


def check_after_example(pair: NetworkPair, update_after: str | int, order: str) -> None:
    """Check that functions are called after each presentation and event, see the same numbers, and may assign weights."""
    seen: list[list[list[float]]] = []
    for net, engine in ((pair.reference_net, pair.reference), (pair.net, pair.engine)):
        numbers: list[list[float]] = []
        seen.append(numbers)

        def look(shown: Presentation, numbers: list[list[float]] = numbers) -> None:
            group = shown.network.groups[-1]
            place = [shown.epoch, shown.position, shown.case, -1 if shown.event is None else shown.event]
            numbers.append([*place, shown.error, shown.activations(group).sum(), *group.activations])
            shown.network.weights[0].value += 0.01 if shown.position == 1 else 0.0

        phases = [Phase(CheckMomentum(), 4, update_after, order)]
        train(net, pair.examples, phases=phases, engine=engine, after_example=look, after_event=look)
    wanted, got = seen
    assert_that(len(got) == len(wanted), pair.name, "calls of after_example", str(len(wanted)), len(got))
    pair.assert_close(got, wanted, "what after_example sees", 10 * len(wanted))


def check_divergence(pair: NetworkPair) -> None:
    """Check that training stops when it diverges, that the error says where, and that the weights before that epoch are restored."""
    rule = CheckMomentum(rate=1e9)
    results = []
    for net, engine in ((pair.reference_net, pair.reference), (pair.net, pair.engine)):
        try:
            run = train(net, pair.examples, rule, 100, engine=engine)
        except DivergenceError as error:
            results.append((error.run, str(error).split(", whose")[0]))
        else:
            results.append((run, "none"))
    (wanted, epoch_and_unit), (run, message) = results
    assert_that(message == epoch_and_unit, pair.name, "message of DivergenceError", repr(epoch_and_unit), message)
    assert_that(run.epochs == wanted.epochs, pair.name, "epochs before training diverged", str(wanted.epochs), run.epochs)
    pair.compare_weights(("value",), "after divergence", pair.pass_count(wanted))


def intact_units(net: Network) -> list[Unit]:
    """Return the input and hidden units that are not lesioned."""
    return [unit for unit in net.units if unit.group.role in ("input", "hidden") and not unit.lesioned]


def tie_all(net: Network) -> None:
    """Tie the trainable connections of each projection."""
    for projection in net.projections:
        trainable = [connection for connection in projection if connection.weight.trainable]
        if len({connection.weight for connection in trainable}) > 1:
            net.tie(trainable)


def add_output(net: Network) -> None:
    """Add an output unit with connections from the first input group."""
    net.add_group("added", 1, role="output")
    net.connect(net.groups[0].name, "added", weights=0.5)


def with_added_target(examples: ExampleSet) -> ExampleSet:
    """Return the examples with a target for one more output unit."""
    targets = np.hstack([examples.targets, np.full((len(examples), 1), 0.9)])
    return ExampleSet.from_arrays(examples.inputs, targets)
