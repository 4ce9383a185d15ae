"""Networks that a function makes while those made before are trained."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.population import PopulationJob
from connectionist.errors import TrainingInterrupted
from connectionist.learning import train_many as module
from connectionist_plugins.engines.compiled import Compiled
from connectionist_plugins.engines.compiled.population import pack, training

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
MOMENTUM = cn.rule("momentum", rate=0.3)
UNTIL = cn.Criterion(error=0.4)
COUNT = 60


def xor(seed: int = 0, hidden: int = 2) -> cn.Network:
    net = cn.Network("xor")
    for name, units, role in (("input", 2, "input"), ("hidden", hidden, "hidden"), ("output", 1, "output")):
        net.add_group(name, units, role)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=seed)
    return net


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks are made one by one after the first few, and there are two processors."""
    monkeypatch.setattr(module, "FIRST_MADE", 5)
    monkeypatch.setattr(module, "MAKING_SECONDS", 0.0)
    monkeypatch.setattr(training, "processor_count", lambda: 2)


def engine(threads: int) -> Compiled:
    return Compiled(threads=threads)


def assert_equal_runs(runs: list[cn.Run], alone: list[cn.Run], values: list[Any]) -> None:
    for run, other, value in zip(runs, alone, values, strict=True):
        assert run.errors == other.errors
        assert run.corrects == other.corrects
        assert run.phase_numbers == other.phase_numbers
        assert run.epochs == other.epochs == len(run.errors)
        assert run.stopped == other.stopped
        assert np.array_equal(run.network.weight_values, value)
        assert {name: array.tolist() for name, array in run.memory.items()} == {n: array.tolist() for n, array in other.memory.items()}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("has_rates", [False, True])
def test_they_have_the_bits_of_each_alone(threads: int, has_rates: bool) -> None:
    net, rates = xor(), [0.1 + 0.01 * seed for seed in range(COUNT)]
    phases = [cn.Phase(MOMENTUM, 150, order="permuted", update_after=1), cn.Phase(MOMENTUM, 20), cn.Phase(MOMENTUM, 9, order="permuted")]

    def make(seed: int) -> cn.Network:
        net.randomize(0.5, seed=seed)
        return net

    given: dict[str, Any] = {"phases": phases, "seeds": range(COUNT), "engine": engine(threads), "until": UNTIL}
    runs = cn.train_many(make, XOR, rates=rates if has_rates else None, **given)
    alone, values = [], []
    for seed in range(COUNT):
        own = [cn.Phase(MOMENTUM.with_rate(rates[seed] if has_rates else 0.3), each.epochs, **each.settings) for each in phases]
        alone.append(cn.train(make(seed), XOR, phases=own, seed=seed, until=UNTIL))
        values.append(net.weight_values)
    assert_equal_runs(runs, alone, values)
    assert {run.stopped for run in runs} == {"criterion", "epochs"}


@pytest.mark.parametrize("threads", [1, 2])
def test_other_wirings_that_come_later(threads: int) -> None:
    networks, alone = ([xor(seed, 2 + (seed > 20) + (seed > 40)) for seed in range(COUNT)] for _ in range(2))
    runs = cn.train_many(networks, XOR, MOMENTUM, 300, engine=engine(threads), until=UNTIL)
    others = [cn.train(net, XOR, MOMENTUM, 300, until=UNTIL) for net in alone]
    assert [run.network for run in runs] == networks
    assert_equal_runs(runs, others, [net.weight_values for net in alone])


def test_they_are_trained_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    trainings: list[Any] = []
    original = training.LaneTraining.__init__

    def kept(self: Any, *arguments: Any) -> None:
        original(self, *arguments)
        trainings.append(self)

    monkeypatch.setattr(training.LaneTraining, "__init__", kept)

    def make(seed: int) -> cn.Network:
        if seed == COUNT - 1:
            end = time.monotonic() + 60
            while not trainings[0].population.endings[: COUNT - 1].all() and time.monotonic() < end:
                time.sleep(0.001)
            assert trainings[0].population.endings[: COUNT - 1].all(), "the networks wait for the last one"
        return xor(seed)

    assert len(cn.train_many(make, XOR, MOMENTUM, 30, seeds=range(COUNT), engine=engine(2))) == COUNT


def test_a_thread_without_networks_does_not_need_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    original = pack.train_population  # type: ignore[attr-defined]

    def counted(*arguments: Any) -> Any:
        threads.append(threading.get_ident())
        return original(*arguments)

    monkeypatch.setattr(pack, "train_population", counted)

    def make(seed: int) -> cn.Network:
        time.sleep(0.001)  # the networks made before have ended then
        return xor(seed)

    cn.train_many(make, XOR, MOMENTUM, 5, seeds=range(COUNT), engine=engine(2))
    assert len([each for each in threads if each != threading.get_ident()]) == 1


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("odd", [6, 30, COUNT - 1])
def test_one_network_of_another_wiring_among_those_made_later(odd: int, threads: int) -> None:
    runs = cn.train_many(lambda seed: xor(seed, 3 if seed == odd else 2), XOR, MOMENTUM, 30, seeds=range(COUNT), engine=engine(threads))
    alone = [cn.train(xor(seed, 3 if seed == odd else 2), XOR, MOMENTUM, 30) for seed in range(COUNT)]
    assert [run.errors for run in runs] == [run.errors for run in alone]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("error", [ValueError("no network"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_function_that_raises_ends_the_training(threads: int, error: BaseException) -> None:
    def make(seed: int) -> cn.Network:
        if seed == 30:
            raise error
        return xor(seed)

    kind = TrainingInterrupted if isinstance(error, KeyboardInterrupt) else ValueError
    with pytest.raises(kind) as caught:
        cn.train_many(make, XOR, MOMENTUM, 200_000, seeds=range(COUNT), engine=engine(threads))
    assert caught.value.runs == [None] * COUNT  # type: ignore[attr-defined]


def test_networks_at_hand_keep_their_weights_if_a_later_one_is_wrong() -> None:
    networks: list[Any] = [xor(seed) for seed in range(COUNT)]
    networks[50].add_group("more", 1, role="input")
    initial = [net.weight_values for net in networks]
    with pytest.raises(cn.errors.DataError, match="must have 3 values"):
        cn.train_many(networks, XOR, MOMENTUM, 200_000, engine=engine(2))
    assert all(np.array_equal(net.weight_values, values) for net, values in zip(networks, initial, strict=True))


@pytest.mark.parametrize("until", [lambda run: run.epochs == 7, None])
def test_an_engine_that_trains_alone_gets_all_of_them(until: Callable[[cn.Run], bool] | None) -> None:
    chosen = cn.engine("local") if until is None else engine(2)
    runs = cn.train_many(xor, XOR, MOMENTUM, 9, seeds=range(12), engine=chosen, until=until)
    assert [run.epochs for run in runs] == [9 if until is None else 7] * 12
    assert [run.errors for run in runs] == [cn.train(xor(seed), XOR, MOMENTUM, 9, engine=chosen, until=until).errors for seed in range(12)]


def test_make_all_gives_until_no_more_are_made() -> None:
    counts, given, checks = iter([3, 5, 5]), list[int](), list[bool]()
    job: Any = SimpleNamespace(make_more=lambda: next(counts), check=lambda: checks.append(True))
    PopulationJob.make_all(job, given.append)
    assert given == [3, 5]
    assert len(checks) == 2


@pytest.mark.parametrize("error", [ValueError("message"), StopIteration("message")])
@pytest.mark.parametrize("rates", [None, [0.1] * 200])
@pytest.mark.parametrize("seed_with_error", [0, 150])  # 150 is made while others are trained
def test_an_exception_of_the_function_is_unchanged_and_names_the_network(
    error: Exception, rates: list[float] | None, seed_with_error: int
) -> None:
    def make(seed: int) -> cn.Network:
        if seed == seed_with_error + 7:
            raise error
        return xor(seed)

    error.__notes__ = []
    with pytest.raises(type(error), match="message") as raised:
        cn.train_many(make, XOR, MOMENTUM, 20, seeds=range(7, 207), rates=rates, engine=engine(2))
    assert raised.value is error
    made = f"train_many: in the making of network {seed_with_error}, counted from 0, with seed {seed_with_error + 7}"
    assert raised.value.__notes__ == [made]


@pytest.mark.parametrize("is_kept", [True, False])
def test_each_run_has_an_unrolled_network_of_its_own(is_kept: bool) -> None:
    kept = xor().unroll(2)

    def make(seed: int) -> cn.Network:
        net = kept if is_kept else xor(seed).unroll(2)
        net.randomize(0.5, seed=seed)
        return net

    sequences = cn.ExampleSet.from_arrays([[0, 1, 1, 1], [1, 0, 0, 0]], [[0, 1], [1, 0]])  # as the unrolled network has them
    runs = cn.train_many(make, sequences, MOMENTUM, 5, seeds=range(9))
    for seed, run in enumerate(runs):
        net = xor(seed)
        alone = cn.train(net.unroll(2), sequences, MOMENTUM, 5, seed=seed)
        assert run.errors == alone.errors
        assert run.network.name == alone.network.name
        assert np.array_equal(run.network.weight_values, net.weight_values)
        assert np.array_equal(run.network.outputs(sequences), alone.network.outputs(sequences))
    assert len({id(run.network) for run in runs}) == len(runs)
    first = runs[0].network.weight_values
    runs[1].network.weight_values = 0.0 * first
    assert np.array_equal(runs[0].network.weight_values, first)


def test_an_error_in_a_network_that_was_made_names_the_network() -> None:
    def make(seed: int) -> cn.Network:
        net = xor(seed)
        if seed == 9:
            net.add_group("more", 1, role="input")
        return net

    with pytest.raises(cn.errors.DataError) as raised:
        cn.train_many(make, XOR, MOMENTUM, 2, seeds=[7, 8, 9])
    assert raised.value.__notes__ == ["train_many: in the checking of network 2, counted from 0, with seed 9"]
