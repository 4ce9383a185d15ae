"""Random networks for tests of engines and derivatives: small, and with all features of a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.model.connection import Connection
from connectionist.model.group import Group
from connectionist.model.lesions import intact_outputs
from connectionist.model.network import Network
from connectionist.plugins import registry
from connectionist.plugins.functions import ActivationFunction, DynamicActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.testing.network_errors import add_costs
from connectionist.testing.network_perturbation import add_noise, perturb
from connectionist.testing.networks_in_time import connect_with_delays, draw_lengths, draw_timing
from connectionist.utils.arrays import Array
from connectionist.utils.random_streams import random_stream

OUTPUT_FUNCTIONS = ("tanh", "logistic")
INPUT_FUNCTIONS = ("distance", "product")
RATES = (None, None, 0.004, 0.02)
Function = ActivationFunction | JointActivationFunction | DynamicActivationFunction


@dataclass(frozen=True)
class Features:
    """Features that a random network may have. Each allowed feature is drawn at random.

    Parameters
    ----------
    activations, errors : sequence of str
        Names of the functions to draw from; empty for all registered functions.
    ties, lesions, frozen, rates, margins, missing_targets, one_way : bool
        Tied weights (mean or sum), lesioned units and connections, frozen weights, projections with their own rate, output groups with a
        margin, NaN targets, and projections through which no error derivatives are propagated.
    frequencies : bool
        Examples with different frequencies.
    delays : bool
        Connections with delays of 1 to 3 ticks between any groups, also several with different delays between the same units. There is
        always at least one.
    integrators : bool
        Groups whose units integrate their net input or their activation.
    initial : bool
        Initial states other than 0.
    ticks_back : bool
        Truncated back-propagation through time. If True, the network always has a limit.
    ticks : int
        Greatest number of ticks of an example, at least 1. With delays or integrators, the examples are sequences, the first two have
        different lengths, and some ticks have no targets if `missing_targets` is True.
    continues : bool
        Sequences that start from the state in which the previous one left the network.
    noise : bool
        Noise on net inputs, activations and weights.
    dynamic : bool
        Dynamic activation functions and output functions, which only the engine "local" has in all passes.
    perturbed : bool
        Examples with weights of the error, and with clamps of hidden and output groups.
    input_functions : bool
        Groups with an input function beside the weighted sum, unless their units integrate.
    costs : bool
        Costs on the activations of hidden and output groups, and error functions that compare a whole group.
    """

    activations: Sequence[str] = ()
    errors: Sequence[str] = ()
    ties: bool = True
    lesions: bool = True
    frozen: bool = True
    rates: bool = True
    margins: bool = True
    missing_targets: bool = True
    one_way: bool = True
    frequencies: bool = False
    delays: bool = False
    integrators: bool = False
    initial: bool = False
    ticks_back: bool = False
    ticks: int = 5
    continues: bool = False
    noise: bool = False
    perturbed: bool = False
    dynamic: bool = False
    costs: bool = False
    input_functions: bool = False

    @property
    def in_time(self) -> bool:
        """Whether the examples are sequences."""
        return self.delays or self.integrators or self.dynamic


def random_network(seed: int, cases: int = 5, **features: Any) -> tuple[Network, ExampleSet]:
    """Return a random network with examples.

    The network has one or two input groups, one to three hidden groups, and one or two output groups, which may also send. Connections may
    skip groups, and are sparse. In one network in three, units of several groups need each other's activations within a tick. Without
    delays and integrators, the network is acyclic and the examples are single patterns. Features in time are drawn from another random
    stream, so that they do not change the rest of the network.

    Parameters
    ----------
    seed : int
        Root seed, at least 0. The same seed, features and plugins give the same network and examples.
    cases : int
        Number of examples, at least 1.
    **features
        Parameters of `Features`, such as ``ties=False``.

    Returns
    -------
    network : Network
        Its weights are uniform between −0.7 and 0.7.
    examples : ExampleSet
        Its targets are in the ranges of the error functions.

    Examples
    --------
    >>> net, examples = random_network(1, cases=3, lesions=False)
    >>> net.outputs(examples).shape == examples.targets.shape
    True
    """
    return _Builder(seed, Features(**features)).build(cases)


class _Builder:
    """Makes one random network."""

    def __init__(self, seed: int, features: Features) -> None:
        self.seed = seed
        self.features = features
        self.draw = random_stream(seed, "random network")
        self.draw_time = random_stream(seed, "random network in time")
        self.draw_input = random_stream(seed, "random input functions")
        self.net = Network(f"random-{seed}", tie_derivative="mean" if self.chance(0.6) else "sum")

    def build(self, cases: int) -> tuple[Network, ExampleSet]:
        self.add_groups()
        self.connect_groups()
        if self.features.delays:
            connect_with_delays(self.draw_time, self.net, self.features)
        if self.features.ticks_back:
            self.net.ticks_back = int(self.draw_time.integers(1, self.features.ticks + 1))
        self.net.randomize(0.7, self.seed)
        if self.features.frozen:
            self.freeze()
        if self.features.ties:
            self.tie()
        if self.features.lesions:
            self.lesion()
        if self.features.noise:
            add_noise(random_stream(self.seed, "random noise"), self.net)
        if self.features.costs:
            add_costs(random_stream(self.seed, "random costs"), self.net)
        examples = self.examples(cases)
        self.keep_targets(examples)
        return self.net, perturb(random_stream(self.seed, "random clamps"), self.net, examples) if self.features.perturbed else examples

    def chance(self, probability: float) -> bool:
        return bool(self.draw.random() < probability)

    def size(self, least: int, greatest: int) -> int:
        return int(self.draw.integers(least, greatest + 1))

    def choice(self, options: Sequence[Any]) -> Any:
        return options[int(self.draw.integers(len(options)))]

    def add_groups(self) -> None:
        for number in range(self.size(1, 2)):
            self.net.add_group(f"input{number}", self.size(1, 4), role="input", **draw_timing(self.draw_time, self.features))
        roles = ["hidden"] * self.size(1, 3) + ["output"] * self.size(0, 1)
        self.draw.shuffle(roles)
        for number, role in enumerate([*roles, "output"]):
            self.add_group(f"{role}{number}", role)

    def add_group(self, name: str, role: str) -> None:
        activation = self.function("activation_functions", self.features.activations)
        options: dict[str, Any] = {}
        if role == "output":
            error = self.function("error_functions", self.features.errors)
            while not is_compatible(activation, error):
                activation = self.function("activation_functions", self.features.activations)
                error = self.function("error_functions", self.features.errors)
            options = {"error": error, "margin": 0.2 if self.features.margins and self.chance(0.3) else 0.0}
        options |= draw_timing(self.draw_time, self.features, activation)
        if self.features.dynamic and self.chance(0.4):
            options["output_function"] = self.choice(OUTPUT_FUNCTIONS)
        if self.features.input_functions and self.draw_input.random() < 0.5 and can_combine(activation, options):
            options["input_function"] = INPUT_FUNCTIONS[int(self.draw_input.integers(len(INPUT_FUNCTIONS)))]
        self.net.add_group(name, self.size(1, 5), role=role, activation=activation, biased=self.chance(0.8), **options)

    def function(self, kind: str, names: Sequence[str]) -> Any:
        known = {name: registry.find(kind, name) for name in names or registry.get_registry().names(kind)}
        return known[self.choice([name for name, cls in known.items() if name in names or self._is_drawn(cls)])]()

    def _is_drawn(self, function: Any) -> bool:
        """Return whether a registered function is among those from which a network draws."""
        return is_usual(function) and (self.features.dynamic or not issubclass(function, DynamicActivationFunction))

    def connect_groups(self) -> None:
        """Connect units to units of higher rank. The units of a group have the same rank or, in an interleaved network, different ranks."""
        spread = 2.5 if self.chance(1 / 3) else 0.0
        ranks = {group: self.ranks(group, number, spread) for number, group in enumerate(self.net.groups)}
        for sender in self.net.groups:
            for receiver in self.net.groups:
                upward = ranks[sender][:, None] < ranks[receiver][None, :]
                if receiver.role != "input" and upward.any() and self.chance(0.75):
                    self.connect(sender, receiver, upward)

    def ranks(self, group: Group, number: int, spread: float) -> Array:
        if group.role == "input" or group.joint or not spread:
            return np.full(len(group), -1.0 if group.role == "input" else float(number))
        return number + spread * self.draw.random(len(group))

    def connect(self, sender: Group, receiver: Group, upward: Any) -> None:
        mask = upward & (self.draw.random(upward.shape) < self.choice((0.5, 0.8, 1.1)))
        rate = self.choice(RATES) if self.features.rates else None
        one_way = self.features.one_way and self.chance(0.15)
        self.net.connect(sender, receiver, pattern=mask, rate=rate, backpropagate=not one_way)

    def freeze(self) -> None:
        for projection in self.net.projections:
            if self.chance(0.1):
                projection.trainable = False
        for weight in self.net.weights:
            if self.chance(0.1):
                weight.trainable = False

    def tie(self) -> None:
        for _ in range(self.size(0, 3)):
            first = self.choice(self.net.connections)
            others = [c for c in self.net.connections if c is not first and is_tieable(first, c)]
            if others:
                chosen = self.draw.permutation(len(others))[: self.size(1, 4)]
                self.net.tie([first, *(others[int(number)] for number in chosen)])

    def lesion(self) -> None:
        lesionable = [unit for group in self.net.groups for unit in group]
        for unit in lesionable:
            if self.chance(0.06):
                self.net.lesion(unit)
        for connection in self.net.connections:
            if self.chance(0.06):
                self.net.lesion(connection)

    def keep_targets(self, examples: ExampleSet) -> None:
        """Restore the output units if those with targets are all lesioned, since nothing could be learned."""
        intact = intact_outputs(self.net)
        if not intact.all() and np.isnan(examples.targets[..., intact]).all():
            self.net.restore(*(unit for unit in self.net.schedule.outputs if unit.lesioned))

    def examples(self, cases: int) -> ExampleSet:
        lengths = draw_lengths(self.draw_time, cases, self.features)
        inputs, targets = self.patterns(sum(lengths) if lengths else cases)
        drawn = self.draw.uniform(0.5, 2.0, cases).tolist()
        frequencies = drawn if self.features.frequencies else [1.0] * cases
        if not lengths:
            return ExampleSet.from_arrays(inputs, targets, frequencies=frequencies)
        if self.features.missing_targets:
            targets[self.draw_time.random(len(targets)) < 0.25] = np.nan
        continues = (self.draw_time.random(cases) < (0.4 if self.features.continues else 0.0)).tolist()
        ends = np.cumsum(lengths)[:-1]
        tables = zip(np.split(inputs, ends), np.split(targets, ends), strict=True)
        return ExampleSet(
            Example(*table, frequency=frequency, continues=does_continue)
            for table, frequency, does_continue in zip(tables, frequencies, continues, strict=True)
        )

    def patterns(self, count: int) -> tuple[Array, Array]:
        inputs = [group for group in self.net.groups if group.role == "input"]
        outputs = [group for group in self.net.groups if group.role == "output"]
        width = sum(map(len, inputs))
        table = np.where(self.draw.random((count, width)) < 0.5, self.draw.uniform(-1, 1, (count, width)), 1.0)
        return table, np.hstack([self.targets(group, count) for group in outputs])

    def targets(self, group: Group, cases: int) -> Array:
        allowed, reached = group.error_function.targets, group.activation_function.range
        least, most = max(allowed[0], reached[0]), min(allowed[1], reached[1])
        low, high = max(least, min(-1.0, most)), min(most, max(1.0, least))
        shape = (cases, len(group))
        drawn: Array = self.draw.uniform(low, high, shape)
        ends = np.where(self.draw.random(shape) < 0.5, low, high)
        drawn = np.where(self.draw.random(shape) < 0.5, ends, drawn)
        if group.joint and low == 0.0:
            drawn = drawn + 1e-3
            drawn /= drawn.sum(axis=1, keepdims=True)
        if self.features.missing_targets:
            drawn[self.draw.random(shape) < 0.15] = np.nan
        return drawn


def is_usual(function: type) -> bool:
    """Return whether engines must agree on a function: it is continuous, compiled, and does not reach ends that its parameters set.

    At such ends, the derivative of cross-entropy is infinite in single precision.
    """
    has_given_ends = isinstance(getattr(function, "range", None), property)
    return getattr(function, "continuous", True) and not getattr(function, "is_joint", False) and not has_given_ends


def is_compatible(activation: Function, error: ErrorFunction) -> bool:
    """Return whether the error function is defined for all activations of the activation function."""
    return error.activations[0] <= activation.range[0] and activation.range[1] <= error.activations[1]


def can_combine(activation: Function, options: dict[str, Any]) -> bool:
    """Return whether the units of a group may have an input function, given further arguments of ``add_group``.

    Their activations must have limits, since squares and products of activations without limits soon are too large for training.
    """
    has_limits = all(map(math.isfinite, activation.range))
    return has_limits and not (options.get("integrates") or isinstance(activation, DynamicActivationFunction))


def is_tieable(first: Connection, other: Connection) -> bool:
    """Return whether two connections have different weights that can be tied."""
    same_weight = first.weight is other.weight
    return not same_weight and first.weight.trainable == other.weight.trainable and first.projection.rate == other.projection.rate
