"""Many networks trained together have the bits that each has alone."""

import gc
import math
import pickle
import signal
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.data.order import PresentationOrder
from connectionist.engines.population import PopulationJob, PopulationResults, function_key, wiring_key
from connectionist.errors import DivergenceError, TrainingInterrupted, WiringError
from connectionist.learning import population
from connectionist.learning.population import PopulationTraining
from connectionist.testing.networks import random_network
from connectionist.testing.populations import check_population
from connectionist_plugins.engines.compiled import Compiled
from connectionist_plugins.engines.compiled.population import remaining

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
MOMENTUM = cn.rule("momentum", rate=0.3)
API: Any = cn  # for arguments of wrong types
IN_TIME = {"delays": True, "initial": True, "integrators": True}


def xor(seed: int = 0, hidden: int = 2) -> cn.Network:
    net = cn.Network("xor")
    for name, units, role in (("input", 2, "input"), ("hidden", hidden, "hidden"), ("output", 1, "output")):
        net.add_group(name, units, role)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=seed)
    return net


def trained(network: cn.Network, **options: Any) -> cn.Run:
    return cn.train(network, XOR, MOMENTUM, **options)


class Watched(Compiled):
    """The compiled engine, which counts the populations that it trained and those that it left."""

    def train_population(self, job: PopulationJob) -> PopulationResults | None:
        results = super().train_population(job)
        COUNTS[results is not None] += 1
        return results


COUNTS = {True: 0, False: 0}


def test_of_the_phases_the_weights_of_the_last_one_are_kept() -> None:
    jobs: list[weakref.ref[PopulationJob]] = []

    class Seen(Compiled):
        def train_population(self, job: PopulationJob) -> PopulationResults | None:
            jobs.append(weakref.ref(job))
            return super().train_population(job)

    phases = [cn.Phase(MOMENTUM, 2)] * 3
    runs = cn.train_many(xor, XOR, phases=phases, engine=Seen(), seeds=range(9))
    gc.collect()
    assert [job() is not None for job in jobs] in ([False, False, True], [False] * 3)
    assert [run.epochs for run in runs] == [6] * 9


@pytest.fixture
def watched() -> Watched:
    COUNTS.update({True: 0, False: 0})
    return Watched()


ORDERS, UPDATES = ("fixed", "permuted", "sampled"), ("epoch", 1, 2)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("update_after", UPDATES)
@pytest.mark.parametrize("features", [{}, IN_TIME], ids=["patterns", "sequences"])
def test_population_has_the_bits_of_each_alone(watched: Watched, features: dict[str, bool], update_after: str | int, order: str) -> None:
    seed = (ORDERS.index(order) + UPDATES.index(update_after) + bool(features)) % 2  # of patterns and sequences, one has two threads
    features = features | {"frequencies": order == "sampled", "rates": seed == 1}
    engine = replace(watched, threads=1 + seed)
    check_population(engine, seed, cn.rule("momentum", rate=0.02), 4, features, update_after=update_after, order=order)
    assert COUNTS == {True: 1, False: 0}


@pytest.mark.filterwarnings("ignore:.*has no kernels")
@pytest.mark.parametrize(("options", "names"), [({}, ["compiled"]), ({"procedure": "predictive_coding"}, ["local"]), ({"epochs": 0}, [])])
def test_runs_name_the_engine_that_trained(options: dict[str, Any], names: list[str]) -> None:
    arguments: dict[str, Any] = {"rule": "steepest", "epochs": 2} | options
    for networks in (xor, [xor(seed) for seed in range(5)]):
        assert [run.ran_by for run in cn.train_many(networks, XOR, seeds=range(5), **arguments)] == [names] * 5


def test_local_engine_trains_one_after_the_other() -> None:
    check_population(cn.engine("local"), 1, cn.rule("momentum"), 2)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_thousand_random_populations(watched: Watched, threads: int) -> None:
    modes = [(after, order) for after in ("epoch", 1, 2) for order in ("fixed", "permuted", "sampled")]
    rules = [cn.rule("momentum", rate=0.02), cn.rule("steepest", rate=0.02)]
    for seed in range(500):
        update_after, order = modes[seed % 9]
        features = {"frequencies": order == "sampled", "rates": seed % 3 != 0} | (IN_TIME if seed % 2 else {})
        engine = replace(watched, threads=threads)
        check_population(engine, seed, rules[seed % 2], 5, features, update_after=update_after, order=order)
    assert COUNTS == {True: 500, False: 0}


@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
@pytest.mark.parametrize("order", ["fixed", "permuted", "sampled"])
def test_networks_are_trained_in_lanes(watched: Watched, update_after: str | int, order: str) -> None:
    cn.train_many([xor(seed) for seed in range(4)], XOR, MOMENTUM, 3, engine=watched, update_after=update_after, order=order)
    assert COUNTS == {True: 1, False: 0}


def test_what_cannot_be_trained_in_lanes_is_trained_alone(watched: Watched) -> None:
    changes: list[Callable[[cn.Network], object]] = [
        lambda net: setattr(net["hidden"], "activation_noise", 0.1),
        lambda net: setattr(net, "name", "xor"),
    ]
    for change in changes:
        networks, alone = [xor(seed) for seed in range(4)], [xor(seed) for seed in range(4)]
        for network in (*networks, *alone):
            change(network)
        runs = cn.train_many(networks, XOR, MOMENTUM, 3, engine=watched)
        assert [run.errors for run in runs] == [trained(network, epochs=3).errors for network in alone]
    assert COUNTS == {True: 1, False: 1 + 3}  # with noise, the networks differ in the identity of the noise


@pytest.mark.parametrize("count", [1, 2, 7, 64, 1000])
@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_orders_are_those_of_numpy(count: int, seed: int) -> None:
    net, examples = xor(), cn.ExampleSet.from_arrays(np.zeros((count, 2)), np.zeros((count, 1)), frequencies=range(1, count + 1))
    for order in ("permuted", "sampled"):
        job = PopulationJob(
            network=net,
            examples=examples,
            phase=cn.Phase(MOMENTUM, 3, order=order),
            tolerance=0.5,
            criterion=None,
            values=np.tile(net.weight_values, (4, 1)),
            made=4,
            memory={name: np.zeros((4, len(net.weights))) for name in MOMENTUM.memory},
            orders=[PresentationOrder(examples, seed) for _ in range(4)],
            rates=None,
            keeps_last=True,
            check=lambda: None,
            make_more=lambda: 4,
        )
        results = Compiled().train_population(job)
        assert results is not None
        assert results.last_orders is not None
        assert results.last_orders[0].tolist() == PresentationOrder(examples, seed).orders(order, 3)[-1].tolist()


@pytest.mark.filterwarnings("ignore:.*every trainable weight is 0", "ignore:.*have the same weights")
@pytest.mark.parametrize("ticks", [0, 2])
def test_zero_weights_have_the_sign_that_they_have_alone(ticks: int) -> None:
    """The derivative of a weight is dx · y = −0. In a wiring with sparse connections, it is added to 0, also if those are not trained."""

    def copying(_: int) -> cn.Network:
        net = cn.Network("copying", ticks_back=1 if ticks else None)
        for name, role in (("input", "input"), ("hidden", "hidden"), ("output", "output")):
            net.add_group(name, 2, role, activation=None if role == "input" else "tanh", biased=False)
        net.connect("input", "hidden", "one_to_one", weights=np.eye(2), trainable=False)
        net.connect("hidden", "output", weights=-0.0)
        return net

    shape = (1, ticks, 2) if ticks else (1, 2)
    examples = cn.ExampleSet.from_arrays(np.zeros(shape), np.ones(shape))
    alone = cn.train(copying(0), examples, "steepest", 1, update_after=1).network.weight_values
    for run in cn.train_many(copying, examples, "steepest", 1, update_after=1, seeds=range(4)):
        assert np.signbit(run.network.weight_values).tolist() == np.signbit(alone).tolist()


def test_lanes_take_waiting_networks() -> None:
    until = cn.Criterion(error=0.1)
    runs = cn.train_many([xor(seed) for seed in range(40)], XOR, MOMENTUM, 400, until=until, seeds=range(40))
    alone = [trained(xor(seed), epochs=400, until=until) for seed in range(40)]
    assert [run.errors for run in runs] == [run.errors for run in alone]
    assert {run.stopped for run in runs} == {"criterion", "epochs"}
    assert len({run.epochs for run in runs}) > 5


def test_phases_continue_each_other() -> None:
    phases = [
        cn.Phase(cn.rule("steepest", rate=0.1), 3, order="permuted"),
        cn.Phase(MOMENTUM, 0),
        cn.Phase(MOMENTUM, 30, update_after=1, order="permuted"),
        cn.Phase(cn.rule("momentum", rate=0.1), 30, order="sampled"),
    ]
    until = cn.Criterion(error=0.53)
    runs = cn.train_many([xor(seed) for seed in range(20)], XOR, phases=phases, until=until, seeds=range(20))
    for seed, run in enumerate(runs):
        network = xor(seed)
        alone = cn.train(network, XOR, phases=phases, until=until, seed=seed)
        assert (run.errors, run.stopped, run.phase_numbers) == (alone.errors, alone.stopped, alone.phase_numbers)
        assert np.array_equal(run.network.weight_values, network.weight_values)
        assert all(np.array_equal(run.memory[name], alone.memory[name]) for name in alone.memory)
    assert len({max(run.phase_numbers) for run in runs}) > 1


def test_only_networks_that_reach_a_phase_without_lanes_are_trained_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds_alone: list[int] = []

    def counted(*arguments: Any, **options: Any) -> cn.Run:
        seeds_alone.append(options["seed"])
        return cn.train(*arguments, **options)

    monkeypatch.setattr("connectionist.learning.population.train", counted)
    until, phases = cn.Criterion(error=0.1), [cn.Phase(MOMENTUM, 400), cn.Phase(MOMENTUM, 5)]
    stopped = [trained(xor(seed), epochs=400, until=until).stopped for seed in range(40)]
    slow = [seed for seed in range(40) if stopped[seed] == "epochs"][:3]  # fewer than are trained in lanes
    seeds = sorted([seed for seed in range(40) if stopped[seed] == "criterion"][:6] + slow)
    for networks in (xor, [xor(seed) for seed in seeds]):
        seeds_alone.clear()
        runs = cn.train_many(networks, XOR, phases=phases, until=until, seeds=seeds)
        assert seeds_alone == slow
        assert len(slow) in (1, 2, 3)
        for seed, run in zip(seeds, runs, strict=True):
            network = xor(seed)
            alone = cn.train(network, XOR, phases=phases, until=until, seed=seed)
            assert (run.errors, run.stopped, run.phase_numbers) == (alone.errors, alone.stopped, alone.phase_numbers)
            assert np.array_equal(run.network.weight_values, network.weight_values)
            assert all(np.array_equal(run.memory[name], alone.memory[name]) for name in alone.memory)


def test_function_makes_the_networks() -> None:
    calls: list[int] = []

    def make(seed: int) -> cn.Network:
        calls.append(seed)
        return xor(seed)

    runs = cn.train_many(make, XOR, MOMENTUM, 5, seeds=[3, 1])
    assert calls == [3, 1]
    network = xor(1)
    alone = trained(network, epochs=5)
    assert (runs[1].errors, runs[1].epochs, runs[1].seed) == (alone.errors, 5, 1)
    assert np.array_equal(runs[1].network.weight_values, network.weight_values)
    assert runs[1].network is runs[1].network
    assert calls == [3, 1]
    assert list(runs[1].log["error"]) == alone.errors


def test_an_attribute_that_is_assigned_before_any_is_read_is_kept() -> None:
    run = cn.train_many(xor, XOR, MOMENTUM, 5, seeds=range(5), until=cn.Criterion(error=9.0))[2]
    run.stopped, run.errors = "assigned", [1.0]
    assert [array.shape for array in run.memory.values()] == [(9,)]
    assert (run.stopped, run.corrects, run.errors, run.seed, run.test_errors) == ("assigned", [0.5], [1.0], 2, [])
    with pytest.raises(AttributeError, match="has no attribute 'stoped'"):
        _ = run.stoped  # type: ignore[attr-defined]


def test_function_may_return_some_networks_in_turn() -> None:
    made = [xor(), xor()]

    def make(seed: int) -> cn.Network:
        made[seed % 2].randomize(0.5, seed=seed)
        return made[seed % 2]

    runs = cn.train_many(make, XOR, MOMENTUM, 5, seeds=range(6))
    assert len({run.network for run in runs} | set(made)) == 8
    for run in runs:
        expected = trained(xor(run.seed), epochs=5).network.weight_values
        for each in (run, pickle.loads(pickle.dumps(run))):
            np.testing.assert_array_equal(each.network.weight_values, expected)


def test_function_may_return_one_network_each_time() -> None:
    net = xor()

    def make(seed: int) -> cn.Network:
        net.randomize(0.5, seed=seed)
        return net

    runs = cn.train_many(make, XOR, MOMENTUM, 5, seeds=range(10))
    networks = [xor(seed) for seed in range(10)]
    assert [run.errors for run in runs] == [trained(network, epochs=5).errors for network in networks]
    net.lesion("hidden:0")
    net.name = "later"
    for index in (3, 7):
        network = runs[index].network
        assert np.array_equal(network.weight_values, networks[index].weight_values)
        assert (network.name, network.seed, network.unit("hidden:0").lesioned) == ("xor", index, False)
        network.lesion("hidden:1")
        assert not runs[index - 1].network.unit("hidden:1").lesioned


def test_runs_of_a_function_go_on_each_from_its_own_network() -> None:
    net = xor()

    def make(seed: int) -> cn.Network:
        net.randomize(0.5, seed=seed)
        return net

    runs = cn.train_many(make, XOR, MOMENTUM, 5, seeds=range(6))
    for _ in range(2):
        runs = [cn.train(run.network, XOR, epochs=5, continue_from=run) for run in runs]
    for seed, run in enumerate(runs):
        alone = xor(seed)
        assert trained(alone, epochs=15).errors == run.errors
        assert np.array_equal(run.network.weight_values, alone.weight_values)


@pytest.mark.parametrize("until", [0.1, cn.Criterion(correct=1.0)])
@pytest.mark.parametrize("is_made", [False, True])
def test_criterion_with_a_list_of_examples(until: float | cn.Criterion, is_made: bool) -> None:
    examples = [cn.Example([0, 0], [0]), cn.Example([0, 1], [1])]
    given = xor if is_made else [xor(seed) for seed in range(5)]
    runs = cn.train_many(given, examples, MOMENTUM, 5, seeds=range(5), until=until)
    assert [run.errors for run in runs] == [cn.train(xor(seed), examples, MOMENTUM, 5, until=until).errors for seed in range(5)]
    untargeted = [cn.Example(each, [np.nan]) for each in ([0, 0], [0, 1])]
    with pytest.raises(cn.errors.DataError, match=r"train_many\.until: a criterion needs targets"):
        cn.train_many(given, untargeted, MOMENTUM, 5, seeds=range(5), until=until)


def test_error_of_a_function_of_until_that_adds_a_group() -> None:
    def until(run: cn.Run) -> bool:
        run.network.add_group(f"added {run.epochs}", 2)
        return False

    with pytest.raises(WiringError, match="the function until added group 'added 1'"):
        cn.train_many([xor(seed) for seed in range(5)], XOR, MOMENTUM, 5, until=until)


def test_argument_that_train_many_does_not_have() -> None:
    with pytest.raises(cn.errors.ParameterError, match=r"train_many\.epoch: no such argument; did you mean 'epochs'"):
        cn.train_many(xor, XOR, MOMENTUM, epoch=5, seeds=range(5))  # type: ignore[call-arg]


def test_phases_in_a_set() -> None:
    with pytest.raises(cn.errors.ParameterError, match=r"train_many\.phases: "):
        cn.train_many(xor, XOR, phases={cn.Phase("momentum", 1), cn.Phase("steepest", 1)}, seeds=range(5))  # type: ignore[arg-type]


def test_engine_and_tolerance_of_none_are_those_of_train() -> None:
    runs = [cn.train_many(xor, XOR, MOMENTUM, 5, seeds=range(5), **options)[3] for options in ({}, {"engine": None, "tolerance": None})]
    assert runs[0].corrects == runs[1].corrects
    assert runs[0].engine == runs[1].engine == "compiled"


def test_function_that_cannot_make_a_network_again() -> None:
    generator, copies = np.random.default_rng(3), list[cn.Network]()

    def make(seed: int) -> cn.Network:
        net = cn.Network("sparse")
        net.add_group("input", 2, role="input")
        net.add_group("hidden", 6)
        net.add_group("output", 1, role="output")
        net.connect("input", "hidden", generator.random((2, 6)) < 0.5)
        net.connect("hidden", "output")
        net.randomize(0.5, seed=seed)
        copies.append(net.copy())
        return net

    runs = cn.train_many(make, XOR, MOMENTUM, 50, seeds=range(6))
    for run, alone in zip(runs, copies, strict=True):
        trained(alone, epochs=50)
        assert np.array_equal(run.network.outputs(XOR), alone.outputs(XOR))


@pytest.mark.parametrize(
    "name", ["activation_function", "lesion", "rate", "margin", "noise", "cost", "initial", "limits", "frozen", "ticks_back"]
)
def test_function_that_changes_more_than_the_weights_of_one_network(name: str) -> None:
    net = xor()
    changes: dict[str, Callable[[], object]] = {
        "activation_function": lambda: setattr(net["output"], "activation_function", cn.activation_function("logistic", gain=2.0)),
        "lesion": lambda: net.lesion("hidden:0"),
        "rate": lambda: setattr(net.projections[0], "rate", 0.2),
        "margin": lambda: setattr(net["output"], "margin", 0.1),
        "noise": lambda: setattr(net["hidden"], "net_input_noise", 0.1),
        "cost": lambda: setattr(net["hidden"], "cost", "square"),
        "initial": lambda: setattr(net["hidden"], "initial", 0.3),
        "limits": lambda: setattr(net.projections[0], "limits", (-1.0, 1.0)),
        "frozen": lambda: setattr(net.weights[0], "trainable", False),
        "ticks_back": lambda: setattr(net, "ticks_back", 1),
    }

    def make(seed: int) -> cn.Network:
        net.randomize(0.5, seed=seed)
        if seed == 3:
            changes[name]()
        return net

    with pytest.raises(WiringError, match="changed more than the weights of 'xor', which it had returned before"):
        cn.train_many(make, XOR, MOMENTUM, 5, seeds=range(6))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("change_at", [3, 60])  # 60 is made while others are trained
@pytest.mark.parametrize("change", [lambda net: net.connect("input", "output"), lambda net: setattr(net.projections[0], "rate", 0.2)])
def test_function_that_changes_a_network_that_it_returned_before(change: Callable[[Any], object], change_at: int, threads: int) -> None:
    made: list[cn.Network] = []

    def make(seed: int) -> cn.Network:
        made.append(xor(seed))
        if seed == change_at:
            change(made[0])
        return made[-1]

    with pytest.raises(WiringError, match="changed more than the weights of 'xor', which it had returned before"):
        cn.train_many(make, XOR, MOMENTUM, 5, seeds=range(80), engine=Compiled(threads=threads))


@pytest.mark.parametrize("is_made", [False, True], ids=["given", "made"])
def test_interrupt_after_training_keeps_the_runs(monkeypatch: pytest.MonkeyPatch, is_made: bool) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("connectionist.learning.train_many._warn_if_all_diverged", interrupt)
    networks = [xor(seed) for seed in range(6)]
    with pytest.raises(TrainingInterrupted, match="after 6 of 6 networks had been trained") as raised:
        cn.train_many(xor if is_made else networks, XOR, MOMENTUM, 5, seeds=range(6))
    runs: Any = raised.value.runs
    assert [run.errors for run in runs] == [cn.train(xor(seed), XOR, MOMENTUM, 5).errors for seed in range(6)]


@pytest.mark.parametrize("update_after", [1, 2, "epoch"])
@pytest.mark.parametrize("rule", ["momentum", "irprop_plus"])
def test_weights_of_the_error_have_the_bits_of_each_alone(update_after: int | str, rule: str) -> None:
    examples = [cn.Example(each.inputs, each.targets, error_weight=1 + 0.37 * number) for number, each in enumerate(XOR)]
    networks = [xor(seed) for seed in range(11)]
    runs = cn.train_many(networks, examples, rule, 20, update_after=update_after)
    for seed, run in enumerate(runs):
        alone = xor(seed)
        assert run.errors == cn.train(alone, examples, rule, 20, update_after=update_after).errors
        assert np.array_equal(run.network.weight_values, alone.weight_values)


@dataclass(frozen=True)
class Counted(cn.UpdateRule):
    """Steepest descent that Python computes, and that keeps the weights with which it was called."""

    rate: float = 0.1
    name = "counted"

    def change(self, value: float, derivative: float) -> tuple[float]:
        CALLS.append(value)
        return (-self.rate * derivative,)


CALLS: list[float] = []
DRY_RUN = 0.5  # weight with which a rule is called before training


@pytest.mark.filterwarnings("ignore:counted. cannot be compiled")
def test_formulas_in_python_are_called_as_often_as_alone() -> None:
    rates = [0.1, 0.2, 0.3, 0.4, 0.5]
    for seed, rate in enumerate(rates):
        cn.train(xor(seed), XOR, Counted(rate), 3)
    alone = [value for value in CALLS if value != DRY_RUN]
    CALLS.clear()
    cn.train_many([xor(seed) for seed in range(5)], XOR, Counted(), 3, rates=rates)
    assert [value for value in CALLS if value != DRY_RUN] == alone


def test_attributes_that_are_no_fields_are_in_the_key() -> None:
    keys = [function_key(each) for each in (cn.activation_function("logistic"), cn.activation_function("logistic"))]
    assert keys[0] == keys[1]
    plain, scaled = SimpleNamespace(), SimpleNamespace(gain=2.0)
    assert function_key(scaled) != function_key(plain)
    assert function_key(scaled) == function_key(scaled)


def test_an_exception_has_the_runs_before_and_names_the_network() -> None:
    networks = [xor(seed) for seed in range(3)]

    def until(run: cn.Run) -> bool:
        if run.network is networks[1]:
            raise ZeroDivisionError from KeyError("cause")
        return False

    before = [network.weight_values for network in networks]
    with pytest.raises(ZeroDivisionError) as raised:
        cn.train_many(networks, XOR, MOMENTUM, 5, until=until, seeds=[7, 8, 9])
    assert [run and run.epochs for run in raised.value.runs] == [5, None, None]  # type: ignore[attr-defined]
    assert isinstance(raised.value.__cause__, KeyError)
    assert raised.value.__notes__ == ["train_many: in the training of network 1, counted from 0, with seed 8"]
    assert [np.array_equal(network.weight_values, values) for network, values in zip(networks, before, strict=True)] == [False, True, True]


def test_function_that_changes_more_than_the_weights() -> None:
    def make(seed: int) -> cn.Network:
        net = xor(seed, hidden=2 + seed % 2)
        if seed % 3 == 0:
            net["output"].margin = 0.1
        if seed % 5 == 0:
            net.lesion("hidden:0")
        return net

    runs = cn.train_many(make, XOR, MOMENTUM, 5, seeds=range(16))
    assert [run.errors for run in runs] == [trained(make(seed), epochs=5).errors for seed in range(16)]


@dataclass(frozen=True)
class Divided(cn.UpdateRule):
    name = "divided"

    def change(self, value: float, derivative: float) -> tuple[float, ...]:
        return (derivative / (value - value),)


@pytest.mark.parametrize("is_at_hand", [False, True])
def test_warning_if_all_networks_diverge(is_at_hand: bool) -> None:
    given = [xor(seed) for seed in range(5)] if is_at_hand else xor
    with pytest.warns(UserWarning, match="training of all 5 networks diverged; the first: xor: .* a formula that raised ZeroDivisionError"):
        runs = cn.train_many(given, XOR, Divided(), 20, seeds=range(5))
    assert {run.stopped for run in runs} == {"diverged"}


def test_network_that_diverges_does_not_end_the_others() -> None:
    networks = [xor(seed) for seed in range(12)]
    for network in networks:
        network["output"].activation_function = cn.activation_function("linear")
    rates = [0.05] * 12
    rates[4] = 1e150
    runs = cn.train_many(networks, XOR, cn.rule("steepest"), 30, rates=rates)
    assert [run.stopped for run in runs] == ["epochs"] * 4 + ["diverged"] + ["epochs"] * 7
    assert np.isfinite(runs[4].network.weight_values).all()
    assert runs[4].phases[0].rule == cn.rule("steepest", rate=1e150)


@dataclass(frozen=True)
class Fragile(cn.UpdateRule):
    """Steepest descent that raises for some derivatives."""

    rate: float = 0.1
    name = "fragile"

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (-self.rate * derivative / (1.0 if value < 0.48 else 0.0),)


@pytest.mark.parametrize("most", [0, 8])  # in lanes only, and the last networks outside them
def test_network_whose_formula_raises_is_trained_alone(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(remaining, "most_to_take_out", lambda session, threads: most)
    seeds = range(15)
    runs = cn.train_many([xor(seed) for seed in seeds], XOR, Fragile(), 4, seeds=seeds)
    for seed, run in zip(seeds, runs, strict=True):
        try:
            alone = cn.train(xor(seed), XOR, Fragile(), 4)
        except DivergenceError as error:
            alone = error.run
        assert (run.errors, run.stopped) == (alone.errors, alone.stopped)
    assert {run.stopped for run in runs} == {"diverged", "epochs"}


def test_run_seeds_trains_together() -> None:
    together = list(cn.run_seeds("xor", [4, 2], epochs=30))
    for result in together:
        alone = cn.run("xor", seed=result.run.seed, epochs=30)
        assert {key: value for key, value in result.report.items() if key != "seconds"} == {
            key: value for key, value in alone.report.items() if key != "seconds"
        }
        assert result.run.errors == alone.run.errors


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_more_epochs_than_a_word_of_64_bits_can_count(update_after: str | int) -> None:
    runs = cn.train_many(xor, XOR, MOMENTUM, 2**64, seeds=range(9), until=cn.Criterion(error=0.51), update_after=update_after)
    few = cn.train_many(xor, XOR, MOMENTUM, 2000, seeds=range(9), until=cn.Criterion(error=0.51), update_after=update_after)
    assert [run.errors for run in runs] == [run.errors for run in few]
    assert {run.stopped for run in runs} == {"criterion"}


def test_networks_that_are_trained_together_have_equal_parts_of_the_time() -> None:
    runs = cn.train_many(xor, XOR, MOMENTUM, 5, seeds=range(9))
    of_task = [result.run for result in cn.run_seeds("xor", range(9), epochs=30)]
    for [seconds] in ({run.seconds for run in runs}, {run.seconds for run in of_task}):
        assert seconds > 0.0


def test_wiring_key_differs_for_what_engines_read() -> None:
    changes: dict[str, Callable[[cn.Network], object]] = {
        "lesion": lambda net: net.lesion("hidden:0"),
        "rate": lambda net: setattr(net.projections[0], "rate", 0.5),
        "limits": lambda net: setattr(net.projections[0], "limits", (-1, 1)),
        "frozen": lambda net: setattr(net.weights[0], "trainable", False),
        "tie": lambda net: net.tie(list(net.projection("input → hidden"))[:2]),
        "margin": lambda net: setattr(net["output"], "margin", 0.2),
        "activation": lambda net: setattr(net["hidden"], "activation_function", cn.activation_function("tanh")),
        "error": lambda net: setattr(net["output"], "error_function", cn.error_function("cross_entropy")),
        "mean of ties": lambda net: setattr(net, "tie_derivative", "sum"),
        "noise": lambda net: setattr(net["hidden"], "net_input_noise", 0.1),
        "lesion of an input": lambda net: net.lesion("input:0"),
        "lesion of a connection": lambda net: net.lesion(net.connections[0]),
        "connection": lambda net: net.connect("input", "output"),
        "projection without connections": lambda net: net.connect("input", "output", np.zeros((2, 1), bool)),
        "ticks back": lambda net: setattr(net, "ticks_back", 1),
    }
    assert wiring_key(xor(1)) == wiring_key(xor(2))
    for what, change in changes.items():
        changed = xor(1)
        change(changed)
        assert wiring_key(changed) != wiring_key(xor(1)), what
    changed = xor(1)
    changed.lesion("hidden:0")
    changed.restore()
    assert wiring_key(changed) == wiring_key(xor(1))
    apart, lesioned = xor(1), xor(1)  # with a unit without connections
    for net in (apart, lesioned):
        net.add_group("apart", 1, "output", biased=False)
    lesioned.lesion("apart:0")
    assert wiring_key(apart) != wiring_key(lesioned)


def test_unrolled_network_whose_original_was_rewired_is_an_error() -> None:
    originals = [xor(seed) for seed in range(5)]
    networks = [original.unroll(1) for original in originals]
    originals[3].lesion("hidden:0")
    with pytest.raises(WiringError, match="its original, xor, has been rewired since") as raised:
        cn.train_many(networks, XOR, MOMENTUM, 1)
    assert "network 3" in raised.value.__notes__[0]


def test_random_networks_have_equal_keys_if_made_alike() -> None:
    for seed in range(5):
        assert wiring_key(random_network(seed)[0]) == wiring_key(random_network(seed)[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: API.train_many(xor(), XOR, "momentum", 1), r"train_many\.networks: must be a list of Network, or a function"),
        (lambda: API.train_many([], XOR, "momentum", 1), r"train_many\.networks: must be a list of Network"),
        (lambda: API.train_many([xor(), 3], XOR, "momentum", 1), r"train_many\.networks\[1\]: must be a Network \(got 3\)"),
        (lambda: API.train_many({xor()}, XOR, "momentum", 1), r"train_many\.networks: must be in an order, such as a list \(got a set"),
        (lambda: API.train_many({"a": xor()}, XOR, "momentum", 1), r"train_many\.networks: must be a list, not a dict"),
        (lambda: API.train_many(xor, XOR, "momentum", 1, seeds={100, 3, 77}), r"train_many\.seeds: must be in an order.*got a set"),
        (lambda: API.train_many(xor, XOR, "momentum", 1, seeds={1: 2}), r"train_many\.seeds: must be a list, not a dict"),
        (lambda: API.train_many([xor()], XOR, "momentum", 1, rates={0.1}), r"train_many\.rates: must be in an order.*got a set"),
        (lambda: API.train_many([xor()], XOR, "momentum", 1, rates={1: 0.1}), r"train_many\.rates: must be a list, not a dict, .*got \{1"),
        (lambda: API.train_many(xor, XOR, "momentum", 1), r"train_many\.seeds: must be a list or range"),
        (lambda: API.train_many([xor()], XOR, "momentum", 1, seeds=[1, 2]), r"one seed for each of 1 network \(got 2\)"),
        (lambda: API.train_many(xor, XOR, "momentum", 1, seeds=[1, -1]), r"train_many\.seeds\[1\]: must be a whole number of at least 0"),
        (lambda: API.train_many([xor()], XOR, "momentum", 1, rates=[0.1, 0.2]), r"train_many\.rates: must have one number"),
        (lambda: API.train_many([xor()], XOR, "irprop_minus", 1, rates=[0.1]), r"train_many\.rates: rule 'irprop_minus' has no rate"),
        (lambda: API.train_many([xor()], XOR, "lbfgs", 1, rates=[0.1]), r"train_many\.rates: rule 'lbfgs' has no rate"),
        (
            lambda: API.train_many([xor()], XOR, "momentum", 1, rates=[0.1], schedule={"rate": {0: 0.5}}),
            r"train_many\.rates: a schedule gives the rate of all networks \(got \[0\.1\]\); leave out the rates or the schedule",
        ),
        (lambda: API.train_many([xor()], XOR, "momentum", 1, rates=[0.0]), r"train_many\.rates\[0\]: must be a number above 0"),
        (lambda: API.train_many(lambda seed: seed, XOR, "momentum", 1, seeds=[5]), r"the function must return a Network \(got 5\)"),
        (lambda: API.train_many([xor()], XOR, "momentum", -1), r"Phase\.epochs"),
    ],
)
def test_messages(call: Callable[[], object], message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        call()


def test_network_given_twice() -> None:
    net = xor()
    with pytest.raises(WiringError, match="is given twice, at positions 0 and 1"):
        cn.train_many([net, net], XOR, "momentum", 1)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("count", [2, 12])  # fewer than four are trained alone
def test_interrupt(threads: int, count: int) -> None:
    networks = [xor(seed) for seed in range(count)]
    before = [network.weight_values for network in networks]
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    try:
        with pytest.raises(TrainingInterrupted, match=f"after 0 of {count} networks had been trained") as raised:
            cn.train_many(networks, XOR, MOMENTUM, 10_000_000, engine=Compiled(threads=threads))
    finally:
        timer.cancel()
    assert raised.value.runs == [None] * count
    assert all(np.array_equal(network.weight_values, values) for network, values in zip(networks, before, strict=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"until": "x"}, "train_many.until: must be a Criterion, a number (the error) or a function of the run (got 'x')"),
        ({"until": -1}, "train_many.until: must be a number of at least 0 (got -1)"),
        ({"until": lambda _: 3}, "train_many.until: the function must return true, false, or a word for run.stopped other than "),
        ({"until": lambda _: "epochs"}, "train_many.until: the function must return true, false, or a word for run.stopped other than "),
        ({"phases": []}, "train_many: phases replace rule, epochs"),
        *(
            ({"rule": None, "epochs": None, "phases": [cn.Phase(MOMENTUM, 1)], name: default}, "train_many: phases replace rule, epochs")
            for name, default in {"update_after": "epoch", "order": "fixed", "weighting": "equal"}.items()
        ),
        ({"epochs": None}, "train_many.epochs: must be given with a rule, as in epochs=100 (got the rule "),
        ({"epochs": None, "rule": None, "phases": [1]}, "train_many.phases: must be a list of one or more Phase (got [1])"),
        ({"rule": 3}, "train_many.rule: "),
        ({"tolerance": 0}, "train_many.tolerance: must be a number above 0 (got 0)"),
        ({"engine": 3}, "train_many.engine: "),
    ],
)
def test_errors_name_train_many(options: dict[str, Any], message: str) -> None:
    with pytest.raises(cn.errors.ParameterError) as raised:
        API.train_many([xor(1)], **({"examples": XOR, "rule": "momentum", "epochs": 2} | options))
    assert str(raised.value).startswith(message)


def test_networks_without_differences_are_named() -> None:
    source = xor(1)
    equal = r"networks 0 and 2, counted from 0, have the same weights, so their runs are equal"
    with pytest.warns(UserWarning, match=equal) as given:
        cn.train_many([source.copy(), xor(2), source.copy(), source.copy(), xor(4)], XOR, MOMENTUM, 2)
    assert len(given) == 1
    with pytest.warns(UserWarning, match="networks 0 and 2, .* both have the seed 7; give each network another seed"):
        cn.train_many(xor, XOR, MOMENTUM, 2, seeds=[7, 8, 7])
    with pytest.warns(UserWarning, match="networks 0 and 1, counted from 0, have the same weights, so"):
        cn.train_many(lambda seed: source, XOR, MOMENTUM, 2, seeds=range(4))
    with pytest.warns(UserWarning, match="networks 0 and 1, counted from 0, have the same weights and seed, so"):
        cn.train_many([source.copy() for _ in range(4)], XOR, MOMENTUM, 2, order="permuted")
    for options in ({"seeds": range(4), "order": "permuted"}, {"rates": [0.1, 0.2, 0.3, 0.4]}):  # these differ; warnings are errors
        cn.train_many([source.copy() for _ in range(4)], XOR, MOMENTUM, 2, **options)


def test_an_interrupt_while_trained_networks_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    show = PopulationTraining.show

    def interrupted(self: PopulationTraining, member: Any, network: cn.Network) -> None:
        show(self, member, network)
        shown.append(network)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(PopulationTraining, "show", interrupted)
    nets = [xor(seed) for seed in range(12)]
    with pytest.raises(TrainingInterrupted) as raised:
        cn.train_many(nets, XOR, MOMENTUM, 2)
    assert shown == nets[:1]
    assert [run is not None for run in raised.value.runs] == [True] + [False] * 11
    assert all(np.array_equal(net.weight_values, xor(seed).weight_values) for seed, net in enumerate(nets[1:], 1))


@pytest.mark.parametrize("is_at_hand", [False, True])
def test_an_interrupt_just_after_a_network_was_trained_alone(monkeypatch: pytest.MonkeyPatch, is_at_hand: bool) -> None:
    leave = population.NetworkNote.__exit__

    def interrupted(self: population.NetworkNote, *given: Any) -> None:
        leave(self, *given)
        if (self.act, self.position) == ("training", 1):
            raise KeyboardInterrupt

    monkeypatch.setattr(population.NetworkNote, "__exit__", interrupted)
    nets = [xor(seed) for seed in range(3)]  # fewer than are trained together
    before = nets[1].weight_values
    with pytest.raises(TrainingInterrupted, match="after 1 of 3 networks") as raised:
        cn.train_many(nets if is_at_hand else xor, XOR, MOMENTUM, 100, seeds=range(3))
    assert [run and run.epochs for run in raised.value.runs] == [100, None, None]
    np.testing.assert_array_equal(nets[1].weight_values, before)


def test_networks_at_hand_show_what_they_show_alone_and_explain_it() -> None:
    networks = [xor(seed) for seed in range(12)]
    alone = [xor(seed) for seed in range(12)]
    for each in (networks[5], alone[5]):
        each.forward({"input": [1.0, 0.0], "hidden": [0.5, math.nan]})
    rates = [0.1 + 0.05 * (seed % 3) for seed in range(12)]
    runs = cn.train_many(networks, XOR, "momentum", 7, update_after=3, rates=rates)
    for run, network, rate in zip(runs, alone, rates, strict=True):
        expected = cn.train(network, XOR, cn.rule("momentum", rate=rate), 7, update_after=3)
        assert run.errors == expected.errors
        for one, other in zip(run.network.connections, network.connections, strict=True):
            assert str(one.explain()) == str(other.explain())
        for state, of_other in ((run.network.state, network.state), (run.network.weight_state, network.weight_state)):
            for quantity in state.quantities:
                np.testing.assert_array_equal(state.array(quantity), of_other.array(quantity), err_msg=quantity)
        assert run.network.state.is_perturbed is network.state.is_perturbed


@pytest.mark.parametrize("count", [3, 5])
def test_networks_at_hand_keep_the_last_changes_of_frozen_weights_as_alone(count: int) -> None:
    def frozen(seed: int) -> cn.Network:
        network = xor(seed)
        trained(network, epochs=1 + seed)
        network.projection("input", "hidden").trainable = False
        return network

    networks = [frozen(seed) for seed in range(count)]
    cn.train_many(networks, XOR, MOMENTUM, 3)
    for seed, network in enumerate(networks):
        alone = frozen(seed)
        trained(alone, epochs=3)
        changes, expected = ([each.weight.change for each in some.connections] for some in (network, alone))
        assert changes == expected
        assert all(changes)


def test_lanes_without_a_network_whose_numbers_diverge_do_not_change_the_bits_of_others() -> None:
    features = {"frequencies": False, "rates": False}  # with softplus units and rates up to 0.11
    check_population(cn.engine("compiled"), 234, cn.rule("momentum", rate=0.02), 5, features)


CONTINUED = {
    "epochs": ([cn.Phase(MOMENTUM, 7)], False),
    "criterion": ([cn.Phase(MOMENTUM, 90)], True),
    "phases": ([cn.Phase(cn.rule("steepest"), 5, order="permuted"), cn.Phase(MOMENTUM, 60)], True),
    "no epochs in the last phase": ([cn.Phase(MOMENTUM, 6), cn.Phase(MOMENTUM, 0, weighting="frequency")], False),
}
ENOUGH = {"fixed": 0.5002, "permuted": 0.503, "sampled": 0.4}  # E that some networks reach soon, and others late


@pytest.mark.parametrize("case", CONTINUED)
@pytest.mark.parametrize(
    ("order", "update_after", "is_made"), [("fixed", "epoch", True), ("permuted", 1, False), ("permuted", 1, True), ("sampled", 2, False)]
)
def test_each_run_goes_on_as_one_longer_training(watched: Watched, order: str, update_after: str | int, is_made: bool, case: str) -> None:
    first_phases, has_criterion = CONTINUED[case]
    phases = [*first_phases[:-1], replace(first_phases[-1], order=order, update_after=update_after)]
    seeds, rates = range(3, 15), [0.1 + 0.01 * number for number in range(12)]
    runs = cn.train_many(
        xor if is_made else [xor(seed) for seed in seeds],
        XOR,
        phases=phases,
        seeds=seeds,
        rates=rates,
        until=ENOUGH[order] if has_criterion else None,
        engine=watched,
        tolerance=0.3,
    )
    assert COUNTS[False] == 0
    assert (len({run.epochs for run in runs}) > 3) == has_criterion
    for run, seed, rate in zip(runs, seeds, rates, strict=True):
        alone, more = xor(seed), 20
        reached = phases[: run.phase_numbers[-1]] if run.stopped == "criterion" else phases
        epochs = [run.phase_numbers.count(number) for number in range(1, len(reached) + 1)]
        epochs[-1] += more
        whole_phases = [replace(phase, rule=phase.rule.with_rate(rate), epochs=n) for phase, n in zip(reached, epochs, strict=True)]
        whole = cn.train(alone, XOR, phases=whole_phases, seed=seed, engine=watched, tolerance=0.3)
        for again in (pickle.loads(pickle.dumps(run)), run):
            after = cn.train(again.network, XOR, epochs=more, continue_from=again)
            assert again.network is after.network or is_made
            assert end_of(after) == end_of(whole)


def end_of(run: cn.Run) -> dict[str, Any]:
    """Return what a run and its network have, to compare bits."""
    assert run._continuation is not None
    arrays = {"weights": run.network.weight_values, **run.memory}
    names = "errors", "corrects", "phase_numbers", "phases", "stopped", "seed", "engine", "ran_by"
    return {
        **{name: array.tobytes() for name, array in arrays.items()},
        **{name: getattr(run, name) for name in names},
        "order": run._continuation.order,
        "phase": run._continuation.phase,
        "tolerance": run._continuation.tolerance,
    }


@pytest.mark.parametrize("is_made", [False, True], ids=["given", "made"])
def test_a_run_of_a_network_that_was_trained_alone_goes_on(is_made: bool) -> None:
    net = xor()
    options: dict[str, Any] = {"rule": MOMENTUM, "order": "permuted"}
    runs = cn.train_many(xor if is_made else [xor(1), xor(2)], XOR, epochs=5, seeds=[1, 2], **options)
    for seed, run in enumerate(runs, 1):
        net.randomize(0.5, seed=seed)
        whole = cn.train(net, XOR, epochs=9, **options)
        assert end_of(cn.train(run.network, XOR, epochs=4, continue_from=run)) == end_of(whole)
