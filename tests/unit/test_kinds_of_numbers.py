"""A number of any type, such as one of numpy, is kept and trained with as Python's int or float; what is no number is an error."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError, ParameterError
from connectionist_tasks.xor import Xor

API: Any = cn  # not typed, since many arguments here have the wrong type
EXAMPLES = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


class Whole:
    """A whole number of a user's class."""

    def __index__(self) -> int:
        return 3


class Broken:
    """A number of a user's class with a fault."""

    def __index__(self) -> int:
        raise RuntimeError("broken")

    __float__: Any = __index__

    def __repr__(self) -> str:
        return "Broken()"


@dataclass(frozen=True)
class Small(cn.UpdateRule):
    """A rule with a whole number, a tuple of numbers, and a number that is not declared."""

    rate: float = cn.parameter(0.1, above=0)
    count: int = cn.parameter(2, at_least=1)
    pair: tuple[float, ...] = cn.parameter((1.0,), above=0)
    factor: float = 1.0
    name = "small"

    def change(self, value: Any, derivative: Any) -> tuple[Any, ...]:
        return (-self.rate * derivative * self.factor,)


def xor() -> cn.Network:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


def train(*arguments: Any, **settings: Any) -> cn.Run:
    return API.train(xor(), EXAMPLES, *arguments, **settings)  # type: ignore[no-any-return]


def assigned(get: Callable[[Any], Any], name: str, value: Any) -> Any:
    """Return what is kept of a value that is assigned to an attribute, and the weights of a training afterwards."""
    net = xor()
    setattr(get(net), name, value)
    kept = getattr(get(net), name)
    return kept, cn.train(net, EXAMPLES, "momentum", 2).network.weight_values.tolist()


def trained(run: cn.Run) -> Any:
    rule: Any = run.phases[0].rule
    return run.phases[0].epochs, rule.rate, run.seed, run.errors, run.network.weight_values.tolist()


def phase(name: str, value: Any, **settings: Any) -> Any:
    return getattr(API.Phase("momentum", **{"epochs": 2, name: value, **settings}), name)


def seeds_of_task(run: Callable[[Any], Any]) -> list[Any]:
    """Return the seeds from which a task makes its networks, since arithmetic with them must be Python's."""
    seeds = list[Any]()

    class Noted(Xor):
        def network(self, seed: int = 0) -> cn.Network:
            seeds.append(seed)
            return super().network(seed)

    run(Noted())
    return seeds


def epochs_of_recovery(**settings: Any) -> list[Any]:
    given: dict[str, Any] = {"damage": "connections", "severities": [0.5], "draws": 1, "recovery": API.Phase("momentum", 4), **settings}
    return API.lesion_study(xor(), EXAMPLES, **given).table["epoch"].tolist()  # type: ignore[no-any-return]


WHOLE: dict[str, Callable[[Any], Any]] = {
    "epochs": lambda n: trained(train("momentum", n)),
    "epochs of a rule": lambda n: trained(train(cn.rule("momentum"), n)),
    "epochs of train_many": lambda n: trained(API.train_many(lambda seed: xor(), EXAMPLES, "momentum", n, seeds=[1])[0]),
    "seeds of train_many": lambda n: trained(API.train_many(lambda seed: xor(), EXAMPLES, "momentum", 2, seeds=[n])[0]),
    "seed": lambda n: trained(train("momentum", 2, seed=n, order="permuted")),
    "every": lambda n: trained(train("momentum", 4, every=n, until=lambda run: True)),
    "test_every": lambda n: trained(train("momentum", 4, test=EXAMPLES, test_every=n)),
    "Phase.update_after": lambda n: phase("update_after", n),
    "Phase.presentations": lambda n: phase("presentations", n),
    "Recorder.every": lambda n: API.Recorder("activation", of="hidden", every=n).every,
    "Random.fan_in": lambda n: API.Random(fan_in=n).fan_in,
    "Random.seed": lambda n: API.Random(probability=0.5, seed=n).seed,
    "compiled.threads": lambda n: API.engine("compiled", threads=n).threads,
    "Small.count": lambda n: Small(count=n).count,
    "Network.seed": lambda n: assigned(lambda net: net, "seed", n),
    "Network.ticks_back": lambda n: assigned(lambda net: net, "ticks_back", n),
    "units": lambda n: len(xor().add_group("more", n)),
    "delay": lambda n: API.Network.connect(xor(), "hidden", "hidden", delay=n).delay,
    "randomize.seed": lambda n: [net := xor(), API.Network.randomize(net, 0.5, seed=n), net.seed][2],
}
WHOLE |= {
    "run.seed": lambda n: seeds_of_task(lambda task: API.run(task, seed=n, epochs=2)),
    "run_seeds.seeds": lambda n: seeds_of_task(lambda task: list(API.run_seeds(task, [n], epochs=2))),
    "seeds of an iterator": lambda n: seeds_of_task(lambda task: list(API.run_seeds(task, iter([n]), epochs=2))),
    "Study.seeds": lambda n: API.Study("xor", seeds=[n], epochs=2).run(progress=False).table["seed"].tolist(),
    "lesion_study.at_epochs": lambda n: epochs_of_recovery(at_epochs=[n]),
    "Event.ticks_per_time": lambda n: API.Example.of_events([cn.Event([0], [1])], ticks_per_time=n).inputs.tolist(),
}
REAL: dict[str, Callable[[Any], Any]] = {
    "rate, compiled": lambda x: trained(train(cn.rule("momentum", rate=x), 3, engine="compiled")),
    "rate, local": lambda x: trained(train(cn.rule("momentum", rate=x), 3, engine="local")),
    "rate of a schedule": lambda x: trained(train("momentum", 3, schedule={"rate": {1: x}})),
    "rates of train_many": lambda x: trained(API.train_many(lambda seed: xor(), EXAMPLES, "momentum", 3, seeds=[1], rates=[x])[0]),
    "until": lambda x: trained(train("momentum", 3, until=x)),
    "tolerance": lambda x: trained(train("momentum", 2, tolerance=x)),
    "Criterion.error": lambda x: API.Criterion(error=x).error,
    "Phase.clip": lambda x: phase("clip", ("length", x))[1],
    "Small.pair": lambda x: Small(pair=(1.0, x)).pair[1],
    "EnergyDescent.dt": lambda x: API.EnergyDescent(dt=x).dt,
    "Projection.rate": lambda x: assigned(lambda net: net.projections[1], "rate", x),
    "Weight.value": lambda x: assigned(lambda net: net.weights[1], "value", x),
    "margin": lambda x: assigned(lambda net: net["output"], "margin", x),
    "ActivationCost.strength": lambda x: API.ActivationCost("linear", x).strength,
    "Noise.sd": lambda x: API.Noise(x).sd,
    "noise": lambda x: assigned(lambda net: net["hidden"], "net_input_noise", x),
    "Clamping.strength": lambda x: API.Clamping("weak", x).strength,
    "Example.frequency": lambda x: API.Example([0, 1], [1], frequency=x).frequency,
    "Example.error_weight": lambda x: API.Example([0, 1], [1], error_weight=x).error_weight,
    "Event.time": lambda x: API.Event([0], time=x).time,
    "half_range": lambda x: [net := xor(), API.Network.randomize(net, x, seed=1), net.weight_values.tolist()][2],
}
WHOLE_TYPES: list[Callable[[int], Any]] = [np.int8, np.uint8, np.int64, np.array, lambda n: Whole()]
REAL_TYPES: list[Callable[[float], Any]] = [np.float16, np.float32, np.float64, np.longdouble, np.array, Decimal, Fraction]
WRONG: list[Any] = [True, np.True_, np.array(True), "1", b"1", np.array([1]), [1], {1}, 1j, np.complex128(1), Broken(), float("nan")]
TOO_LARGE = [10**400, -(10**400), Decimal(10) ** 400, Fraction(10**400), 10**5000]  # the last one has no repr


def plain_types(kept: Any) -> Any:
    """Return the type of each number that is kept."""
    return [plain_types(each) for each in kept] if isinstance(kept, (list, tuple)) else type(kept)


def check(call: Callable[[Any], Any], plain: Any, *given: Any) -> None:
    """Compare what a call keeps of numbers of other types with what it keeps of the same number of Python's type."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wanted = call(plain)
        for each in given:
            kept = call(each)
            assert repr(kept) == repr(wanted), repr(each)
            assert plain_types(kept) == plain_types(wanted), repr(each)


@pytest.mark.parametrize("argument", WHOLE)
def test_a_whole_number_of_any_type_is_kept_as_int(argument: str) -> None:
    check(WHOLE[argument], 3, *(kind(3) for kind in WHOLE_TYPES))


@pytest.mark.parametrize("argument", REAL)
def test_a_number_of_any_type_is_kept_as_float(argument: str) -> None:
    check(REAL[argument], 0.5, *(kind(0.5) for kind in REAL_TYPES))


@pytest.mark.parametrize("argument", ["rate, compiled", "rate, local", "rate of a schedule", "Projection.rate", "Weight.value"])
def test_a_whole_number_of_any_type_is_kept_where_any_number_is_allowed(argument: str) -> None:
    check(REAL[argument], 3, *(kind(3) for kind in WHOLE_TYPES))


def test_a_parameter_that_is_not_declared_is_kept_as_float() -> None:
    given = (np.float16(0.5), np.float32(0.5), np.array(0.5))
    check(lambda x: (Small(factor=x).factor, trained(train(Small(factor=x), 2, engine="local"))), 0.5, *given)


FLAGS: dict[str, Callable[[Any], Any]] = {
    "Example.continues": lambda flag: API.Example([[0, 1]], [[1]], continues=flag).continues,
    "Event.stays": lambda flag: API.Event([0], stays=flag).stays,
}


@pytest.mark.parametrize("argument", FLAGS)
def test_a_boolean_of_numpy_is_kept_as_bool(argument: str) -> None:
    for flag in (False, True):
        check(FLAGS[argument], flag, np.bool_(flag))


@pytest.mark.parametrize("argument", [*WHOLE, *REAL])
def test_what_is_no_number_is_an_error(argument: str) -> None:
    for given in WRONG:
        if argument == "units" and isinstance(given, list | np.ndarray) and np.ndim(given):
            continue  # labels
        with pytest.raises(ConnectionistError, match="must "):
            pytest.fail(f"{given!r} is kept as {(WHOLE | REAL)[argument](given)}")


@pytest.mark.parametrize("argument", [*WHOLE, *REAL])
def test_a_number_above_the_largest_float_is_an_error(argument: str) -> None:
    for position, given in enumerate(TOO_LARGE):
        with pytest.raises(ConnectionistError, match="must "):
            pytest.fail(f"TOO_LARGE[{position}] is kept as {(WHOLE | REAL)[argument](given)}")


@pytest.mark.parametrize("argument", ["rate, compiled", "rate of a schedule", "Projection.rate", "Weight.value", "Criterion.error"])
def test_the_error_names_the_largest_float(argument: str) -> None:
    with pytest.raises(ConnectionistError, match=r"at most 1\.8e\+308 in size \(got 0x"):
        REAL[argument](10**400)


def test_ticks_back_has_a_limit() -> None:
    with pytest.raises(ParameterError, match=r"^Network\.ticks_back: must be a whole number of at least 1 and at most 1000000 \(got 9223"):
        xor().ticks_back = 2**63


def test_a_range_of_minus_zero_is_one_of_zero() -> None:
    check(REAL["half_range"], 0.0, -0.0)
