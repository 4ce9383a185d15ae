"""Whether an engine is the same simulator as the objects themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.phase import ORDERS, Criterion
from connectionist.errors import DivergenceError
from connectionist.learning.run import Run
from connectionist.learning.training import error_derivatives, train
from connectionist.model.network import Network
from connectionist.model.unit import Unit
from connectionist.plugins import registry
from connectionist.plugins.rules import LocalRule, Rule, SearchRule, UpdateRule
from connectionist.testing.claims import check_name, claim, claim_close, make
from connectionist.testing.networks import random_network
from connectionist.testing.recording import check_presenting, check_recording

PASS = ("net_input", "activation", "target", "activation_derivative", "net_derivative")
FORWARD = ("net_input", "activation")
EPOCHS = 3
IN_TIME = dict.fromkeys(("delays", "integrators", "initial", "continues"), True)
PLAIN = {"activations": ("linear",), "errors": ("squared",)} | dict.fromkeys(("ties", "lesions", "frozen", "rates", "margins"), False)


def check_engine(engine: type[Engine] | Engine, networks: int = 12, reference: str | Engine = "local") -> None:
    """Check that an engine computes what the objects compute.

    It is compared with the reference, within the tolerance it declares, on random networks, in time and not, with everything a network
    can have (see `random_network`): outputs, error derivatives, training with every registered rule and mode, the state it
    leaves in the objects, what it keeps for recording, and changes made to the objects in between.

    Parameters
    ----------
    engine : Engine or class of Engine
    networks : int
        How many random networks; every rule and mode of training is tried on three of them.
    reference : str or Engine
        What it must equal.

    Raises
    ------
    AssertionError
        It names the engine, the network (``random_network(seed)``), the quantity, and both values.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_engine(registry.find("engines", "local"), networks=2)
    """
    ours = make(engine, Engine)
    check_name(ours)
    claim(0 <= ours.tolerance < 1, type(ours).__name__, "tolerance", "at least 0 and below 1", ours.tolerance)
    theirs: Engine = registry.resolve("engines", reference, Engine)  # type: ignore[type-abstract]
    for seed in range(networks):
        check_pass(NetworkPair(ours, theirs, seed))
        check_hand_made_changes(NetworkPair(ours, theirs, seed))
        check_pass(NetworkPair(ours, theirs, seed, in_time(seed)))
        check_presenting(NetworkPair(ours, theirs, seed, IN_TIME | {"ticks_back": seed % 2 == 0}))
    for seed in range(3):
        check_stopping(NetworkPair(ours, theirs, seed))
        check_going_on(NetworkPair(ours, theirs, seed))
        check_divergence(NetworkPair(ours, theirs, seed, PLAIN))
    for number, (rule, update_after, order) in enumerate(training_modes()):
        for seed in range(number, number + 3):
            check_training(NetworkPair(ours, theirs, seed, {"rates": hasattr(rule, "rate")}), rule, update_after, order)
        timed = in_time(number) | {"rates": hasattr(rule, "rate"), "continues": order == "fixed"}
        check_training(NetworkPair(ours, theirs, number, timed), rule, update_after, order)
        check_recording(NetworkPair(ours, theirs, number + 1, timed if number % 2 else {}), rule, update_after, order)


def in_time(number: int) -> dict[str, Any]:
    """Return the features of a network in time; in every other, errors are not carried back all the way."""
    return IN_TIME | {"ticks_back": number % 2 == 1}


@dataclass
class NetworkPair:
    """The same random network twice, one copy for each engine."""

    ours: Engine
    theirs: Engine
    seed: int
    features: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.net, self.examples = self.another()
        self.twin, _ = self.another()
        self.name = f"engine {self.ours.name!r} on random_network({self.seed})"

    def another(self) -> tuple[Network, ExampleSet]:
        """Return one more copy."""
        return random_network(self.seed, **(self.features or {}))

    def both(self, change: Callable[[Network], object]) -> None:
        """Make the same change to both copies."""
        change(self.net)
        change(self.twin)

    def compare_units(self, quantities: tuple[str, ...], when: str, passes: int = 1) -> None:
        """Compare the state of the units, lesioned ones apart: what their missing activation costs may dwarf the rest."""
        silent = np.array([unit.lesioned for unit in self.twin.units])
        for quantity in quantities:
            got, wanted = (np.array([getattr(unit, quantity) for unit in net.units]) for net in (self.net, self.twin))
            self.close(got[~silent], wanted[~silent], f"{quantity} of the units {when}", passes)
            self.close(got[silent], wanted[silent], f"{quantity} of the lesioned units {when}", passes)

    def compare_weights(self, quantities: tuple[str, ...], when: str, passes: int = 1) -> None:
        """Compare the state of the weights."""
        for quantity in quantities:
            got, wanted = ([getattr(weight, quantity) for weight in net.weights] for net in (self.net, self.twin))
            self.close(got, wanted, f"{quantity} of the weights {when}", passes)

    def close(self, got: Any, wanted: Any, quality: str, passes: int = 1) -> None:
        """Claim that two arrays agree within the tolerance of so many passes."""
        claim_close(got, wanted, self.ours.tolerance * passes, self.name, quality)


def training_modes() -> Iterator[tuple[Rule, str | int, str]]:
    """Yield every registered rule with every way to train: changes after an epoch, an example, or several, in each order."""
    for name in registry.loaded().names("update_rules"):
        found: Rule = registry.find("update_rules", name)()
        names = {field.name for field in fields(found)}  # type: ignore[arg-type]
        small = {"rate": 0.02, "decay": 0.01}
        rule = replace(found, **{key: value for key, value in small.items() if key in names})  # type: ignore[type-var]
        for update_after in ("epoch",) if isinstance(rule, SearchRule) else ("epoch", 1, 2):
            for order in ("fixed",) if isinstance(rule, SearchRule) else ORDERS:
                yield rule, update_after, order


def check_pass(pair: NetworkPair) -> None:
    """Check one forward pass, and one backward pass, and what they leave in the objects."""
    pair.close(pair.net.outputs(pair.examples, pair.ours), pair.twin.outputs(pair.examples, pair.theirs), "outputs")
    pair.compare_units(FORWARD, "after outputs")
    error, derivatives = error_derivatives(pair.net, pair.examples, pair.ours)
    wanted, wanted_derivatives = error_derivatives(pair.twin, pair.examples, pair.theirs)
    pair.close(error, wanted, "error")
    pair.close(derivatives, wanted_derivatives, "derivatives")
    pair.compare_units(PASS, "after error_derivatives")
    pair.compare_weights(("derivative",), "after error_derivatives")


def check_hand_made_changes(pair: NetworkPair) -> None:
    """Check that what is done to the objects between two passes takes effect by itself."""
    changes: dict[str, Callable[[Network], object]] = {
        "as made": lambda _: None,
        "with a weight set by hand": lambda net: setattr(net.weights[-1], "value", 0.75),
        "with all weights set by hand": lambda net: setattr(net, "weight_values", net.weight_values[::-1] * 0.5),
        "with lesions": lambda net: net.lesion(*net.connections[:1], *intact_units(net)[-1:]),
        "with all lesions restored": lambda net: net.restore(),
        "with all weights tied": tie_all,
        "with a new group": add_output,
    }
    for when, change in changes.items():
        pair.both(change)
        if when == "with a new group":
            pair.examples = widened(pair.examples)
        error, derivatives = error_derivatives(pair.net, pair.examples, pair.ours)
        wanted, wanted_derivatives = error_derivatives(pair.twin, pair.examples, pair.theirs)
        pair.close(pair.net.outputs(pair.examples, pair.ours), pair.twin.outputs(pair.examples, pair.theirs), f"outputs {when}")
        pair.close(error, wanted, f"error {when}")
        pair.close(derivatives, wanted_derivatives, f"derivatives {when}")


def check_training(pair: NetworkPair, rule: Rule, update_after: str | int, order: str) -> None:
    """Check a few epochs of training: the log, the trained weights, the memory, and the state of the last case."""
    pair.name += f", {rule!r}, update_after={update_after!r}, order={order!r}"
    options: dict[str, Any] = {"update_after": update_after, "order": order, "seed": pair.seed}
    frozen = [(weight, weight.value) for weight in pair.net.weights if not weight.trainable]
    run = train(pair.net, pair.examples, rule, EPOCHS, engine=pair.ours, **options)
    wanted = train(pair.twin, pair.examples, rule, EPOCHS, engine=pair.theirs, **options)
    for weight, value in frozen:
        claim(weight.value == value, pair.name, "a frozen weight", repr(value), weight.value)
    compare_runs(pair, run, wanted)
    pair.compare_weights(("change",), "after training", passes(pair, wanted))
    if not isinstance(rule, SearchRule):
        pair.compare_units(PASS[:3] if isinstance(rule, LocalRule) else PASS, "after training", passes(pair, wanted))
        pair.compare_weights(("derivative",), "after training", passes(pair, wanted))
    compare_last_changes(pair, passes(pair, wanted))
    net, _ = pair.another()
    again = train(net, pair.examples, rule, EPOCHS, engine=pair.ours, **options)
    claim(again.errors == run.errors, pair.name, "errors of the same training again", f"the same bits, {run.errors}", again.errors)
    same = np.array_equal(net.weight_values, pair.net.weight_values)
    claim(same, pair.name, "weights of the same training again", "the same bits", net.weight_values - pair.net.weight_values)


def compare_last_changes(pair: NetworkPair, passes: int) -> None:
    """Compare what the last change of the weights was made from, which is left for those who explain it."""
    got, wanted = (net.weight_state.last_change for net in (pair.net, pair.twin))
    claim((got is None) == (wanted is None), pair.name, "weight_state.last_change", repr(wanted), got)
    if got is None or wanted is None:
        return
    claim(got.examples == wanted.examples, pair.name, "examples of the last change", str(wanted.examples), got.examples)
    claim(np.array_equal(got.rows, wanted.rows), pair.name, "rows of the last change", str(wanted.rows), got.rows)
    pair.close(got.rates, wanted.rates, "rates of the last change")
    pair.close(got.values, wanted.values, "weights before the last change", passes)
    pair.close(got.derivatives, wanted.derivatives, "derivatives of the last change", passes)
    claim(set(got.memory) == set(wanted.memory), pair.name, "memory before the last change", str(set(wanted.memory)), set(got.memory))
    for name, numbers in wanted.memory.items():
        pair.close(got.memory[name], numbers, f"the rule's memory {name!r} before the last change", passes)


def compare_runs(pair: NetworkPair, run: Run, wanted: Run) -> None:
    """Compare two logs, and what training left in the weights and in the rule's memory."""
    claim(run.epochs == wanted.epochs, pair.name, "epochs", str(wanted.epochs), run.epochs)
    claim(run.stopped == wanted.stopped, pair.name, "stopped", wanted.stopped, run.stopped)
    pair.close(run.errors, wanted.errors, "errors by epoch", passes(pair, wanted))
    claim(run.corrects == wanted.corrects, pair.name, "fraction right by epoch", str(wanted.corrects), run.corrects)
    claim(set(run.memory) == set(wanted.memory), pair.name, "names of the rule's memory", str(set(wanted.memory)), set(run.memory))
    for name, numbers in wanted.memory.items():
        pair.close(run.memory[name], numbers, f"the rule's memory {name!r}", passes(pair, wanted))
    pair.compare_weights(("value",), "after training", passes(pair, wanted))


def check_stopping(pair: NetworkPair) -> None:
    """Check that a criterion stops after the epoch that meets it, and not after the block of epochs."""
    rule, epochs = some_rule(), 12
    probe, examples = pair.another()
    errors = sorted(train(probe, examples, rule, epochs, engine=pair.theirs).errors)
    goal = max(0.0, errors[epochs // 2] * (1 + 1e-6))
    run = train(pair.net, pair.examples, rule, epochs, engine=pair.ours, until=Criterion(error=goal))
    compare_runs(pair, run, train(pair.twin, pair.examples, rule, epochs, engine=pair.theirs, until=Criterion(error=goal)))


def check_going_on(pair: NetworkPair) -> None:
    """Check that training in two stretches, handing on the rule's memory, gives the bits of training in one."""
    for name in registry.loaded().names("update_rules"):
        rule = registry.find("update_rules", name)()
        if isinstance(rule, SearchRule) or not hasattr(rule, "rate"):
            continue
        whole, examples = pair.another()
        train(whole, examples, rule.with_rate(0.02), 4, engine=pair.ours)
        parts, _ = pair.another()
        first = train(parts, examples, rule.with_rate(0.02), 2, engine=pair.ours)
        train(parts, examples, rule.with_rate(0.02), 2, engine=pair.ours, memory=first.memory)
        difference = parts.weight_values - whole.weight_values
        claim(not difference.any(), f"{pair.name}, {rule!r}", "weights after 2 + 2 epochs with memory=", "those after 4", difference)


def check_divergence(pair: NetworkPair) -> None:
    """Check that training which leaves the finite numbers stops, names where, and keeps the weights from before that epoch."""
    rule = some_rule().with_rate(1e9)
    found = []
    for net, engine in ((pair.twin, pair.theirs), (pair.net, pair.ours)):
        try:
            run = train(net, pair.examples, rule, 100, engine=engine)
        except DivergenceError as error:
            found.append((error.run, str(error).split(", whose")[0]))
        else:
            found.append((run, "none"))
    (wanted, epoch_and_unit), (run, message) = found
    claim(message == epoch_and_unit, pair.name, "what an error says when training diverges", repr(epoch_and_unit), message)
    claim(run.epochs == wanted.epochs, pair.name, "epochs before training diverged", str(wanted.epochs), run.epochs)
    pair.compare_weights(("value",), "from before the epoch that diverged", passes(pair, wanted))


def passes(pair: NetworkPair, run: Run) -> int:
    """How many times the tolerance of one pass may have grown: tenfold in each, since errors feed upon errors."""
    return 10 * max(1, run.epochs) * len(pair.examples)


def some_rule() -> Rule:
    """Return a rule that goes by single derivatives, with a rate, and with a memory if there is such a one."""
    kinds = [registry.find("update_rules", name) for name in registry.loaded().names("update_rules")]
    made: list[Rule] = [kind() for kind in kinds if issubclass(kind, UpdateRule)]
    rated = [rule for rule in made if hasattr(rule, "rate")]
    return max(rated, key=lambda rule: bool(rule.memory)).with_rate(0.01)


def intact_units(net: Network) -> list[Unit]:
    """Return the input and hidden units that are not lesioned."""
    return [unit for unit in net.units if unit.group.role in ("input", "hidden") and not unit.lesioned]


def tie_all(net: Network) -> None:
    """Tie, in each projection, all that can share one weight."""
    for projection in net.projections:
        alike = [c for c in projection if c.weight.trainable]
        if len(alike) > 1 and len({c.weight for c in alike}) > 1:
            net.tie(alike)


def add_output(net: Network) -> None:
    """Add an output unit that hears the first input group."""
    net.add_group("added", 1, role="output")
    net.connect(net.groups[0].name, "added", weights=0.5)


def widened(examples: ExampleSet) -> ExampleSet:
    """Return the examples with one target more."""
    targets = np.hstack([examples.targets, np.full((len(examples), 1), 0.9)])
    return ExampleSet.from_arrays(examples.inputs, targets)
