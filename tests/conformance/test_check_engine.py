"""`check_engine` finds each error of an engine. Each class here is the local engine with one error."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine, EpochResults, Session, TrainingJob
from connectionist.engines.phase import Criterion
from connectionist.engines.probes import UnitProbe, WeightProbe
from connectionist.engines.settling_job import SettlingJob, Trajectory
from connectionist.errors import ConnectionistError, PluginError
from connectionist.learning import trainer
from connectionist.model.network import Network
from connectionist.model.propagation import passes
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.registry import Registry
from connectionist.testing import check_engine, check_update_rule, engines
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.local import Local, LocalSession


class Nearly(Local):
    """Correct: the difference is within its tolerance."""

    tolerance = 1e-12

    def outputs(self, network: Network, examples: ExampleSet) -> Array:
        return super().outputs(network, examples) * (1 + 4e-13)


class OffOutputs(Local):
    tolerance = 1e-12

    def outputs(self, network: Network, examples: ExampleSet) -> Array:
        return super().outputs(network, examples) * (1 + 1e-9)


class OffError(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        error, derivatives = super().error_derivatives(network, examples)
        return 2 * error, derivatives


class SumsTies(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        error, derivatives = super().error_derivatives(network, examples)
        if network.tie_derivative == "mean":
            derivatives *= np.maximum(network.schedule.connection_counts[network.weight_rows], 1)
        return error, derivatives


class NoDerivativeOfFrozen(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        error, derivatives = super().error_derivatives(network, examples)
        return error, np.where([weight.trainable for weight in network.weights], derivatives, 0.0)


class Stale(Local):
    """Always uses the first weights that it received."""

    def __init__(self) -> None:
        self.seen: dict[Network, Array] = {}

    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        values = network.weight_values
        network.weight_values = self.seen.setdefault(network, values) if len(self.seen.get(network, values)) == len(values) else values
        answer = super().error_derivatives(network, examples)
        network.weight_values = values
        return answer


class IgnoresMissingTargets(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        return super().error_derivatives(network, ExampleSet.from_arrays(examples.inputs, np.nan_to_num(examples.targets)))


class IgnoresOneWay(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        kept = [(connection, connection.backpropagate) for connection in network.connections]
        for connection, _ in kept:
            object.__setattr__(connection, "backpropagate", True)
        try:
            return super().error_derivatives(network, examples)
        finally:
            for connection, backpropagate in kept:
                object.__setattr__(connection, "backpropagate", backpropagate)


class IgnoresMargins(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        margins = {group: group.margin for group in network.groups if group.role == "output"}
        for group in margins:
            group.margin = 0.0
        try:
            return super().error_derivatives(network, examples)
        finally:
            for group, margin in margins.items():
                group.margin = margin


class LeavesNoState(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        answer = super().error_derivatives(network, examples)
        network.state.array("net_derivative")[:] = 0.0
        return answer


class LeavesNoDerivative(Local):
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        answer = super().error_derivatives(network, examples)
        passes.clear_derivatives(network.weight_state)
        return answer


class Training(Local):
    """Engines with an error in the session."""

    Broken: type[LocalSession]

    def session(self, job: TrainingJob) -> Session:
        return self.Broken(job)


class IgnoresOrder(Training):
    class Broken(LocalSession):
        def train_epoch(self, order: object, *rest: Any) -> tuple[float, int]:
            return super().train_epoch(list(range(len(self.runner.cases))), *rest)


class IgnoresAfterExample(Training):
    class Broken(LocalSession):
        def call_after_example(self, *_: Any) -> None:
            pass


class IgnoresNoise(Training):
    class Broken(LocalSession):
        def __init__(self, job: TrainingJob) -> None:
            super().__init__(replace(job, noise=None))


class IgnoresWeightsOfTheError(Training):
    class Broken(LocalSession):
        def __init__(self, job: TrainingJob) -> None:
            super().__init__(replace(job, examples=job.examples.weighted(np.ones(len(job.examples)))))


class IgnoresUpdateAfter(Training):
    class Broken(LocalSession):
        def __init__(self, job: TrainingJob) -> None:
            super().__init__(replace(job, phase=replace(job.phase, update_after="epoch")))


class IgnoresRates(Training):
    class Broken(LocalSession):
        def __init__(self, job: TrainingJob) -> None:
            super().__init__(job)
            for update in self.weight_updates.updates:
                update.rule = job.phase.rule


class IgnoresDecay(Training):
    class Broken(LocalSession):
        def __init__(self, job: TrainingJob) -> None:
            rule: Any = job.phase.rule
            without_decay = replace(rule, decay=0.0) if "decay" in parameters_of(type(rule)) else rule
            super().__init__(replace(job, phase=replace(job.phase, rule=without_decay)))


class ForgetsMemory(Training):
    class Broken(LocalSession):
        def run(self, orders: object, criterion: Criterion | None, *rest: Any) -> EpochResults:
            kept = (
                {name: array.copy() for name, array in self.weight_updates.updates[0].memory.items()} if self.weight_updates.updates else {}
            )
            block = super().run(orders, criterion, *rest)  # type: ignore[arg-type]
            for name, array in kept.items():
                self.weight_updates.updates[0].memory[name][:] = array
            return block


class IgnoresCriterion(Training):
    class Broken(LocalSession):
        def run(self, orders: object, criterion: Criterion | None, *rest: Any) -> EpochResults:
            return super().run(orders, None, *rest)  # type: ignore[arg-type]


class KeepsWreckage(Training):
    """Does not restore the weights after divergence."""

    class Broken(LocalSession):
        def run(self, orders: object, criterion: Criterion | None, *rest: Any) -> EpochResults:
            block = super().run(orders, criterion, *rest)  # type: ignore[arg-type]
            if block.divergence:
                self.network.weight_values = np.ones(len(self.network.weights))
            return block


class TrainsFrozen(Training):
    class Broken(LocalSession):
        def change_weights(self, signals: object) -> None:
            super().change_weights(signals)  # type: ignore[arg-type]
            for weight in self.network.weights:
                if not weight.trainable:
                    weight.value += 1e-6


class NotRepeatable(Training):
    tolerance = 1e-12
    bits = iter(range(10**9))

    class Broken(LocalSession):
        def change_weights(self, signals: object) -> None:
            super().change_weights(signals)  # type: ignore[arg-type]
            weight = self.weight_updates.updates[0].weight
            weight.value *= 1 + 2.3e-16 * (next(NotRepeatable.bits) % 3)


class KeepsEarlierWeights(Training):
    class Broken(LocalSession):
        def change_weights(self, signals: object) -> None:
            self.before = self.network.weight_values
            super().change_weights(signals)  # type: ignore[arg-type]

        def run(self, orders: object, criterion: Criterion | None, *rest: Any) -> EpochResults:
            block = super().run(orders, criterion, *rest)  # type: ignore[arg-type]
            for probe, records in zip(self.job.probes, block.records, strict=False):
                if isinstance(probe, WeightProbe) and not probe.each_change and len(records):
                    records[-1, 0, 0] = self.before[: records.shape[-1]]
            return block


class KeepsDerivativesPerTick(Local):
    """Records activation derivatives divided by the number of ticks."""

    def states(self, network: Network, examples: ExampleSet, probe: UnitProbe) -> Array:
        found = super().states(network, examples, probe)
        for number, quantity in enumerate(probe.quantities):
            if quantity == "activation_derivative" and examples.ticks and network.tie_derivative == "mean":
                found[:, :, number] /= examples.ticks
        return found


class SettlesOtherwise(Local):
    def settle(self, job: SettlingJob) -> Trajectory:
        found = super().settle(job)
        return found._replace(activations=found.activations * (1 + 1e-9))


class SettlesAfterOneTickMore(Local):
    def settle(self, job: SettlingJob) -> Trajectory:
        return super().settle(job._replace(criterion=job.criterion / 1.5))


class SettlesOneCase(Local):
    def settle_many(self, jobs: Sequence[SettlingJob]) -> list[Trajectory]:
        return [self.settle(jobs[0]) for _ in jobs]


class LeavesNoSettledState(Local):
    def settle(self, job: SettlingJob) -> Trajectory:
        before = job.network.state.array("activation").copy()
        found = super().settle(job)
        job.network.state.array("activation")[:] = before
        return found


def broken_engines() -> list[type[Engine]]:
    found: list[type[Engine]] = []
    waiting: list[type[Engine]] = [Local]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__ == __name__ and kind not in (Nearly, Training):
            found.append(kind)
    return found


@pytest.mark.parametrize("kind", broken_engines(), ids=lambda kind: kind.__name__)
def test_a_broken_engine_is_rejected(kind: type[Engine]) -> None:
    with pytest.raises(AssertionError, match="random_network"):
        check_engine(kind, networks=1 if issubclass(kind, Training) else 30)


def test_an_engine_that_ignores_the_criterion_is_rejected_if_it_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "BLOCK_SECONDS", 0.0)  # each block then has one epoch
    with pytest.raises(AssertionError, match=r"random_network\(0\), epochs of a block until the criterion: must be 6 \(got 12\)"):
        check_engine(IgnoresCriterion, networks=1)


def test_an_engine_within_its_tolerance_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "training_modes", list)  # it trains as the local engine does
    check_engine(Nearly, networks=1)


def test_the_message_names_engine_network_quantity_and_values() -> None:
    with pytest.raises(AssertionError, match=r"engine 'local' on random_network\(0\), error: must be .* within 0 of .* \(got .*\)"):
        check_engine(OffError())


def test_an_engine_whose_sessions_keep_nothing_is_named() -> None:
    class KeepsNothing(Training):
        class Broken(LocalSession):
            def run(self, orders: object, criterion: Criterion | None, *rest: Any) -> EpochResults:
                return super().run(orders, criterion)  # type: ignore[arg-type]

    with pytest.raises(PluginError, match="engine 'local': its session must return the records of 1 epoch"):
        check_engine(KeepsNothing, networks=1)


def test_an_engine_that_raises_shows_its_own_error() -> None:
    class Raises(Local):
        def outputs(self, network: Network, examples: ExampleSet) -> Array:
            raise ConnectionistError("out of order")

    with pytest.raises(ConnectionistError, match="out of order"):
        check_engine(Raises)


OTHER_RULES = """
    from dataclasses import dataclass
    import connectionist as cn

    @dataclass(frozen=True)
    class Signs(cn.UpdateRule):
        rate: float = 0.001
        name = "a_rule_that_never_diverges"
        memory = ("last",)

        def change(self, value, derivative, last):
            step = min(self.rate, 0.001)
            return (-step if derivative > 0.0 else step, derivative)

    @dataclass(frozen=True)
    class Descent(cn.SearchRule):
        rate: float = 0.01
        name = "descent"

        def search(self, values, evaluate, memory):
            return values - self.rate * evaluate(values)[1]

    @cn.hookimpl
    def update_rules():
        return [Signs, Descent]
"""


def test_the_check_does_not_depend_on_the_registered_rules(
    plugin_file: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = registry.get_registry()
    others = sorted({known.origin("update_rules", name).name for name in known.names("update_rules")})
    monkeypatch.setattr(registry, "_registry", Registry([plugin_file("others.py", OTHER_RULES)], without=others))
    assert registry.get_registry().names("update_rules") == ["a_rule_that_never_diverges", "descent"]
    monkeypatch.setattr(engines, "ORDERS", ["fixed"])
    check_engine(Local, networks=1)


class OffTraining(Local):
    class Broken(LocalSession):
        def run(self, *arguments: Any) -> EpochResults:
            results = super().run(*arguments)
            self.job.network.weight_values = self.job.network.weight_values * (1 + 1e-6)
            return results

    def session(self, job: TrainingJob) -> Session:
        return self.Broken(job)


def test_a_rule_with_other_numbers_in_another_engine_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    find = registry.find
    monkeypatch.setattr(registry, "find", lambda kind, name: OffTraining if name == "off" else find(kind, name))
    momentum: Any = find("update_rules", "momentum")
    check_update_rule(momentum, engine="local", reference="local")
    with pytest.raises(AssertionError, match=r"Momentum, weights after training by 'local' and 'off' \[\d\]: must be "):
        check_update_rule(momentum, engine="local", reference="off")
