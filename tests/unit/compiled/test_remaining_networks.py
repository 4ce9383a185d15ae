"""The last networks of a population, which threads take out of their lanes and train alone."""

import signal
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist.errors import DivergenceError, TrainingInterrupted
from connectionist.testing.populations import check_population
from connectionist_plugins.engines.compiled import Compiled
from connectionist_plugins.engines.compiled.kernels.entries import train_population
from connectionist_plugins.engines.compiled.layout.buffers import LANES as LANES_OF
from connectionist_plugins.engines.compiled.population import pack, remaining, single, training
from connectionist_plugins.engines.compiled.session import CompiledSession

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
IN_TIME = {"delays": True, "initial": True, "integrators": True}
LANES = LANES_OF["float64"]

Taken = list[tuple[int, int]]  # thread, and index of the network


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Taken:
    """The networks that were trained alone. There are two processors."""
    found: Taken = []
    original = single.SingleTraining.train

    def noted(self: single.SingleTraining, network: int, check: Callable[[], None]) -> None:
        found.append((threading.get_ident(), network))
        original(self, network, check)

    monkeypatch.setattr(single.SingleTraining, "train", noted)
    monkeypatch.setattr(training, "processor_count", lambda: 2)
    return found


def take_out_at(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let each thread take out its networks as soon as it has this number and none waits."""
    monkeypatch.setattr(remaining, "most_to_take_out", lambda session, threads: count)


def xor(seed: int = 0) -> cn.Network:
    net = cn.Network("xor")
    for name, units, role in (("input", 2, "input"), ("hidden", 2, "hidden"), ("output", 1, "output")):
        net.add_group(name, units, role)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=seed)
    return net


@pytest.mark.parametrize(("count", "threads"), [(4, 1), (LANES, 2)])
@pytest.mark.parametrize(
    ("rule", "order"),
    [(cn.rule("momentum", rate=0.02), "permuted"), (cn.rule("adam"), "sampled"), (cn.rule("quickprop"), "fixed")],
    ids=["momentum", "adam", "quickprop"],
)
def test_they_have_the_bits_of_each_alone(
    monkeypatch: pytest.MonkeyPatch, taken: Taken, rule: cn.UpdateRule, order: str, count: int, threads: int
) -> None:
    take_out_at(monkeypatch, count)
    for seed, update_after in enumerate(["epoch", 1, 3]):
        features = IN_TIME if seed == 0 else {}
        check_population(Compiled(threads=threads), seed, rule, 4, features, update_after=update_after, order=order)
    if threads == 1:  # otherwise the second thread may train all while the first one still makes networks
        assert taken


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("has_rates", [False, True])
def test_phases_continue_memory_and_orders(monkeypatch: pytest.MonkeyPatch, taken: Taken, has_rates: bool, threads: int) -> None:
    take_out_at(monkeypatch, 4)
    rates = [0.2 + 0.02 * seed for seed in range(12)]
    until = cn.Criterion(error=0.3)
    rule = cn.rule("momentum", rate=0.3)
    phases = [cn.Phase(rule, 400, order="permuted", update_after=1), cn.Phase(rule, 50), cn.Phase(rule, 300, order="sampled")]
    networks = [xor(seed) for seed in range(12)]
    runs = cn.train_many(
        networks, XOR, phases=phases, rates=rates if has_rates else None, seeds=range(12), until=until, engine=Compiled(threads=threads)
    )
    for seed, run in enumerate(runs):
        net = xor(seed)
        own = [cn.Phase(rule.with_rate(rates[seed] if has_rates else 0.3), each.epochs, **each.settings) for each in phases]
        other = cn.train(net, XOR, phases=own, seed=seed, until=until)
        assert (run.errors, run.corrects, run.phase_numbers, run.stopped) == (
            other.errors,
            other.corrects,
            other.phase_numbers,
            other.stopped,
        )
        assert np.array_equal(run.network.weight_values, net.weight_values)
        assert np.array_equal(run.network.state.array("activation"), net.state.array("activation"))
        assert {name: array.tolist() for name, array in run.memory.items()} == {n: array.tolist() for n, array in other.memory.items()}
    assert len(taken) >= 4 or threads == 2


def test_network_that_diverges_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch, taken: Taken) -> None:
    take_out_at(monkeypatch, LANES)
    networks, alone = ([xor(seed) for seed in range(5)] for _ in range(2))
    for net in [*networks, *alone]:
        net["output"].activation_function = cn.activation_function("linear")
    runs = cn.train_many(networks, XOR, "steepest", 30, rates=[0.05, 0.05, 1e150, 0.05, 0.05])
    assert [run.stopped for run in runs] == ["epochs", "epochs", "diverged", "epochs", "epochs"]
    with pytest.raises(DivergenceError) as caught:
        cn.train(alone[2], XOR, cn.rule("steepest", rate=1e150), 30)
    assert runs[2].errors == caught.value.run.errors
    assert np.array_equal(networks[2].weight_values, alone[2].weight_values)
    assert len(taken) == 5


def test_a_thread_without_lanes_trains_some(monkeypatch: pytest.MonkeyPatch, taken: Taken) -> None:
    original, both = single.SingleTraining.train, threading.Barrier(2)
    first = set[int]()

    def train(self: single.SingleTraining, network: int, check: Callable[[], None]) -> None:
        if threading.get_ident() not in first:
            first.add(threading.get_ident())
            both.wait(60)
        original(self, network, check)

    monkeypatch.setattr(single.SingleTraining, "train", train)
    take_out_at(monkeypatch, LANES)
    cn.train_many([xor(seed) for seed in range(6)], XOR, "momentum", 20, engine=Compiled(threads=2))
    assert sorted(network for _, network in taken) == list(range(6))
    assert len({thread for thread, _ in taken}) == 2


@pytest.mark.parametrize("threads", [1, 2])
def test_interrupt(monkeypatch: pytest.MonkeyPatch, taken: Taken, threads: int) -> None:
    take_out_at(monkeypatch, LANES)
    networks = [xor(seed) for seed in range(5)]
    before = [net.weight_values for net in networks]

    def interrupt() -> None:
        end = time.monotonic() + 60
        while not taken and time.monotonic() < end:
            time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(TrainingInterrupted, match="after 0 of 5 networks"):
        cn.train_many(networks, XOR, "momentum", 10_000_000, engine=Compiled(threads=threads))
    thread.join()
    assert taken
    assert all(np.array_equal(net.weight_values, values) for net, values in zip(networks, before, strict=True))


def test_a_waiting_thread_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remaining, "most_to_take_out", lambda session, threads: threads)
    is_stopped, most_to_take_out = np.zeros(1, np.int64), np.zeros(1, np.int64)
    part: Any = SimpleNamespace(session=None, is_stopped=is_stopped, population=SimpleNamespace(most_to_take_out=most_to_take_out))
    networks, seen = remaining.RemainingNetworks(part, threads_with_lanes=1), list[int]()

    def check() -> None:
        seen.append(int(most_to_take_out[0]))
        is_stopped[0] = 1

    assert most_to_take_out[0] == 1
    networks.train(check)
    assert seen == [2]
    assert most_to_take_out[0] == 1


@pytest.mark.parametrize(("criterion", "order"), [(cn.Criterion(correct=1.0), [0, 2, 3, 1]), (None, [1, 3, 2, 0])])
def test_the_network_with_the_most_epochs_left_comes_first(
    monkeypatch: pytest.MonkeyPatch, criterion: cn.Criterion | None, order: list[int]
) -> None:
    trained = list[int]()
    monkeypatch.setattr(remaining, "most_to_take_out", lambda session, threads: threads)
    monkeypatch.setattr(remaining, "SingleTraining", lambda *given: SimpleNamespace(train=lambda network, check: trained.append(network)))
    population = SimpleNamespace(most_to_take_out=np.zeros(1, np.int64), epochs=np.array([9, 2, 7, 3]), rates=np.zeros(0))
    job = SimpleNamespace(criterion=criterion)
    part: Any = SimpleNamespace(session=None, is_stopped=np.zeros(1, np.int64), population=population, job=job)
    networks = remaining.RemainingNetworks(part, threads_with_lanes=1)
    networks.add([1, 2, 3, 0])
    networks.train()
    assert trained == order


@pytest.mark.parametrize("count", [8, 16])  # the second thread has no lanes, or lanes
def test_an_error_in_one_thread_ends_the_others(monkeypatch: pytest.MonkeyPatch, taken: Taken, count: int) -> None:
    original = single.SingleTraining.__init__

    def fails(self: single.SingleTraining, *arguments: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise MemoryError("no memory")
        original(self, *arguments)

    def endless(self: single.SingleTraining, network: int, check: Callable[[], None]) -> None:
        end = time.monotonic() + 60
        while not self.arrays.is_stopped[0]:
            assert time.monotonic() < end, "the error in the other thread does not end this one"
            time.sleep(0.001)

    monkeypatch.setattr(single.SingleTraining, "__init__", fails)
    monkeypatch.setattr(single.SingleTraining, "train", endless)
    take_out_at(monkeypatch, LANES)
    with pytest.raises(MemoryError, match="no memory"):
        cn.train_many([xor(seed) for seed in range(count)], XOR, "momentum", 10, rates=[0.1] * count, engine=Compiled(threads=2))


def test_a_thread_that_cannot_start_ends_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    original, started = threading.Thread.start, list[threading.Thread]()

    def start(self: threading.Thread) -> None:
        if started:
            raise RuntimeError("can't start new thread")
        started.append(self)
        original(self)

    monkeypatch.setattr(training, "processor_count", lambda: 3)
    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        cn.train_many([xor(seed) for seed in range(24)], XOR, "momentum", 10, engine=Compiled(threads=3))
    assert not started[0].is_alive()


def test_threads_without_a_network_wait_in_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = list[int]()

    def counted(*arguments: Any) -> Any:
        calls.append(threading.get_ident())
        return train_population(*arguments)

    def slow(seed: int) -> cn.Network:
        time.sleep(0.01)  # the threads have then trained all that were made
        return xor(seed)

    monkeypatch.setattr(training, "processor_count", lambda: 4)
    monkeypatch.setattr(pack, "train_population", counted)
    runs = cn.train_many(slow, XOR, "momentum", 10, seeds=range(40), engine=Compiled(threads=4))
    assert len(runs) == 40
    assert len(set(calls)) == 4
    assert len(calls) <= 16


def test_networks_made_after_the_log_was_full_are_trained_in_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    is_full, results = threading.Event(), list[Any]()
    train_in_lanes = training.LaneTraining.run

    def late(*arguments: Any) -> Any:
        found = train_population(*arguments)
        if threading.current_thread() is not threading.main_thread() and not is_full.is_set():
            is_full.set()
            while arguments[1].population.is_making[0]:
                time.sleep(0.001)
        return found

    def make(seed: int) -> cn.Network:
        if seed == LANES:
            assert is_full.wait(60)
        return xor(seed)

    def run(self: training.LaneTraining, threads: int) -> Any:
        results.append(train_in_lanes(self, threads))
        return results[-1]

    monkeypatch.setattr(training, "processor_count", lambda: 2)
    monkeypatch.setattr(pack, "MEMORY_EPOCHS", 4)
    monkeypatch.setattr(pack, "train_population", late)
    monkeypatch.setattr(training.LaneTraining, "run", run)
    cn.train_many(make, XOR, "momentum", 4, seeds=range(2 * LANES), engine=Compiled(threads=2))
    assert results[0].stopped == ["epochs"] * 2 * LANES


def session_of(hidden: int, cases: int, update_after: int | str, density: float = 1.0) -> CompiledSession:
    net = cn.Network("net")
    for name, units, role in (("input", 8, "input"), ("hidden", hidden, "hidden"), ("output", 1, "output")):
        net.add_group(name, units, role)
    for sender, receiver in (("input", "hidden"), ("hidden", "output")):
        shape = len(net[sender]), len(net[receiver])
        net.connect(sender, receiver, pattern=np.random.default_rng(0).random(shape) <= density)
    examples = cn.ExampleSet.from_arrays(np.zeros((cases, 8)), np.zeros((cases, 1)))
    phase = cn.Phase(cn.rule("momentum"), 1, update_after=update_after)
    memory = {name: np.zeros(len(net.weights)) for name in phase.rule.memory}
    return CompiledSession(TrainingJob(net, examples, phase, 0.5, memory), "float64", 1)


def test_limit_depends_on_the_work_of_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remaining, "LANES", {"float64": 8})  # those of the processor that the numbers are for

    def limits(*arguments: Any) -> list[int]:
        return [remaining.most_to_take_out(session_of(*arguments), threads) for threads in (1, 2)]

    assert limits(2, 4, "epoch") == [1, 2]
    assert limits(2, 64, "epoch") == [4, 7]
    assert limits(50, 100, "epoch") == [6, 8]
    assert limits(2, 64, 1) == [1, 2]
    assert limits(200, 64, 1) == [6, 8]
    assert limits(200, 8, 8, 0.1) == [3, 4]


@pytest.mark.filterwarnings("ignore:.*all weights are frozen")
@pytest.mark.parametrize("update_after", ["epoch", 2, 1])
def test_networks_without_a_weight_that_changes_are_trained(update_after: int | str) -> None:
    nets = [xor(seed) for seed in range(9)]
    for net in nets:
        for projection in net.projections:
            projection.trainable = False
    alone = [cn.train(net.copy(), XOR, "momentum", 2, update_after=update_after).errors for net in nets]
    runs = cn.train_many(nets, XOR, "momentum", 2, seeds=range(9), update_after=update_after)
    assert [run.errors for run in runs] == alone
