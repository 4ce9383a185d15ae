"""Procedures with random units in the compiled engine: the numbers of `local` on random networks, and what is given to `local`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import DataError, TrainingInterrupted
from connectionist.model.perturbation import QUANTITIES
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry, Library, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.structs import Packed
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Integers
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import RandomStream
from connectionist_plugins.engines.compiled.kernels.stochastic.streams import next_below, next_number, start_stream
from connectionist_plugins.engines.compiled.layout.stochastic import stochastic_arguments
from connectionist_plugins.procedures.boltzmann import Boltzmann

SHOWN = ("activation", "net_input", "target", "activation_derivative", "net_derivative")


class Draws(NamedTuple):
    """Numbers that a kernel draws in turn: some from 0 to 1, and as many integers."""

    stream: RandomStream
    seed: int
    below: int
    numbers: Doubles
    integers: Integers


@kernel
def draw_in_turn(draws: Draws) -> int:
    start_stream(draws.stream, np.uint64(draws.seed))
    rows = draws.numbers.size // draws.integers.size
    for index in range(draws.integers.size):
        for row in range(rows):
            draws.numbers[index * rows + row] = next_number(draws.stream)
        draws.integers[index] = next_below(draws.stream, draws.below)
    return 0


@given(st.integers(0, 2**63 - 1) | st.integers(0, 9) | st.integers(2**32 - 2, 2**32 + 2), st.integers(1, 9) | st.just(3 * 2**29))
def test_streams_are_those_of_numpy(seed: int, below: int) -> None:
    stream = RandomStream(np.zeros(4, np.int64), np.zeros(4, np.uint64), np.zeros(2, np.int64))
    draws = Draws(stream, seed, below, np.zeros(33), np.zeros(11, np.int64))
    draw = Entry(Library("test-draws", (draw_in_turn,)), draw_in_turn)
    draw("float64", Packed(draws, "float64"))
    generator = np.random.Generator(np.random.PCG64(seed))
    for numbers, integer in zip(draws.numbers.reshape(11, 3), draws.integers, strict=True):
        np.testing.assert_array_equal(numbers, generator.random(3))
        assert integer == generator.integers(0, below, 1)[0]


def trained(make: Callable[[], cn.Network], examples: cn.ExampleSet, engine: str, *rest: Any, **how: Any) -> list[Any]:
    """Return everything that a training shows."""
    net = make()
    run = cn.train(net, examples, *rest, engine=engine, **how)
    assert run.ran_by == [engine]
    shown = [net.state.array(name).copy() for name in SHOWN]
    update = net.weight_state.last_update
    assert update is not None
    return [run.errors, run.corrects, net.weight_values, net.weight_state.array("derivative").copy(), *shown, update.derivatives]


def agree(make: Callable[[], cn.Network], examples: cn.ExampleSet, *rest: Any, **how: Any) -> None:
    """Compare both engines. A state that one of them draws differently would differ by about 1."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*frequencies of the examples")
        for by_local, by_kernel in zip(*(trained(make, examples, name, *rest, **how) for name in ("local", "compiled")), strict=True):
            np.testing.assert_allclose(by_kernel, by_local, rtol=1e-12, atol=1e-12)


def add_groups(net: cn.Network, draw: Any, roles: dict[str, str], most: int = 5) -> None:
    for name, role in roles.items():
        options: dict[str, Any] = {"role": role}
        if role != "input":
            options |= {"activation": cn.activation_function("logistic", gain=draw(st.sampled_from([1.0, 0.7])))}
            options |= {"biased": draw(st.booleans())}
        if role == "output":
            options |= {"error": draw(st.sampled_from(["squared", "cross_entropy"])), "margin": draw(st.sampled_from([0.0, 0.1]))}
        net.add_group(name, draw(st.integers(1, most)), **options)


def finished(net: cn.Network, draw: Any) -> cn.Network:
    """Return the network with random weights, perhaps with a lesioned unit, a frozen projection, a rate and limits."""
    net.randomize(1.5, seed=draw(st.integers(0, 100)))
    chosen = draw(st.sampled_from(net.projections))
    change = draw(st.sampled_from(["", "freeze", "rate", "limits"]))
    for projection in net.projections:
        if {projection.sender, projection.receiver} != {chosen.sender, chosen.receiver}:
            continue
        if change == "freeze" and len(net.projections) > 2:
            projection.trainable = False
        elif change == "rate":
            projection.rate = 0.01
        elif change == "limits":
            projection.limits = (-0.9, 0.9)
    for group in net.groups:
        if group.role in ("hidden", "input", "output") and len(group) > 2 and draw(st.booleans()):
            net.lesion(group[1])
    return net


def machine(draw: Any) -> cn.Network:
    """Return a random Boltzmann machine, with connections within groups and back to the first hidden group."""
    net = cn.Network("machine", tie_derivative=draw(st.sampled_from(["mean", "sum"])))
    add_groups(net, draw, {"input": "input", "first": "hidden", "second": "hidden", "output": "output"})
    numbers = np.random.default_rng(draw(st.integers(0, 100)))
    for sender, receiver in (("input", "first"), ("input", "output"), ("first", "second"), ("second", "output"), ("first", "output")):
        net.connect(sender, receiver, numbers.random((len(net[sender]), len(net[receiver]))) < 0.7)
        if sender != "input":
            net.make_symmetric(sender, receiver)
    for name in ("second", "output"):
        if len(net[name]) > 1 and draw(st.booleans()):
            net.connect(name, name, 1 - np.eye(len(net[name])), delay=1)
            net.make_symmetric(name, name)
    return finished(net, draw)


def cases(net: cn.Network, draw: Any, ticks: int | None, *, has_all_targets: bool = False) -> cn.ExampleSet:
    """Return random examples, some without some targets, of different weights and, in time, of different numbers of ticks."""
    numbers, examples = np.random.default_rng(draw(st.integers(0, 100))), []
    sizes = [sum(len(group) for group in net.groups if group.role == role) for role in ("input", "output")]
    for _ in range(draw(st.integers(1, 5))):
        targets = numbers.integers(0, 2, sizes[1]).astype(float)
        if not has_all_targets:
            targets[1:][numbers.random(sizes[1] - 1) < 0.3] = np.nan
        inputs, length = numbers.random(sizes[0]), 1 + int(numbers.integers(0, ticks or 1))
        shown = (inputs, targets) if ticks is None else (np.tile(inputs, (length, 1)), np.tile(targets, (length, 1)))
        examples.append(cn.Example(*shown, frequency=float(numbers.integers(1, 4))))
    return cn.ExampleSet(examples)


def how(draw: Any) -> dict[str, Any]:
    """Return random arguments of a training."""
    return {
        "rule": cn.rule(draw(st.sampled_from(["momentum", "steepest", "adam"])), rate=0.1, decay=0.01),
        "epochs": 3,
        "seed": draw(st.integers(0, 100)),
        "update_after": draw(st.sampled_from(["epoch", 1, 2])),
        "order": draw(st.sampled_from(["fixed", "permuted", "sampled"])),
        "weighting": draw(st.sampled_from(["equal", "frequency"])),
        "clip": draw(st.sampled_from([None, ("length", 0.5)])),
    }


@given(st.data())
def test_boltzmann_agrees_with_local(data: Any) -> None:
    draw = data.draw
    net = machine(draw)
    procedure = cn.procedure(
        "boltzmann",
        temperature=draw(st.sampled_from([1.0, 0.7])),
        annealing=draw(st.integers(0, 3)),
        samples=draw(st.integers(1, 4)),
        stochastic=draw(st.booleans()),
    )
    examples = cases(net, draw, 3)
    agree(net.copy, examples, procedure=procedure, **how(draw))


def restricted(draw: Any) -> cn.Network:
    """Return a random restricted Boltzmann machine with two groups of each kind, some of its units without a connection."""
    net = cn.Network("restricted", tie_derivative=draw(st.sampled_from(["mean", "sum"])))
    add_groups(net, draw, {"first": "hidden", "left": "output", "second": "hidden", "right": "output"})
    numbers = np.random.default_rng(draw(st.integers(0, 100)))
    for sender, receiver in (("first", "left"), ("first", "right"), ("second", "right")):
        net.connect(sender, receiver, numbers.random((len(net[sender]), len(net[receiver]))) < 0.8)
        net.make_symmetric(sender, receiver)
    return finished(net, draw)


@given(st.data())
def test_restricted_boltzmann_agrees_with_local(data: Any) -> None:
    net = restricted(data.draw)
    procedure = cn.procedure("restricted_boltzmann", steps=data.draw(st.integers(1, 3)))
    agree(net.copy, cases(net, data.draw, 3, has_all_targets=True), procedure=procedure, **how(data.draw))


def layered(draw: Any) -> cn.Network:
    """Return a random network without time, in which some units of a group send to others of it."""
    net = cn.Network("layered", tie_derivative=draw(st.sampled_from(["mean", "sum"])))
    add_groups(net, draw, {"output": "output", "input": "input", "second": "hidden", "first": "hidden"})
    numbers = np.random.default_rng(draw(st.integers(0, 100)))
    for sender, receiver in (("input", "first"), ("first", "second"), ("second", "output"), ("input", "output")):
        net.connect(sender, receiver, numbers.random((len(net[sender]), len(net[receiver]))) < 0.8)
    if len(net["second"]) > 1 and draw(st.booleans()):
        net.connect("second", "second", np.tril(np.ones((len(net["second"]),) * 2), -1))
    if len(net.projection("input", "first")) > 1 and draw(st.booleans()):
        net.tie([*net.projection("input", "first")][:2])
    return finished(net, draw)


@given(st.data())
def test_reinforce_agrees_with_local(data: Any) -> None:
    net = layered(data.draw)
    procedure = cn.procedure("reinforce", baseline=data.draw(st.sampled_from([0.0, 0.4])), penalty=data.draw(st.sampled_from([0.0, 0.1])))
    agree(net.copy, cases(net, data.draw, None), procedure=procedure, **how(data.draw))


def as_targets(rows: Any) -> cn.ExampleSet:
    return cn.ExampleSet([cn.Example.sequence(np.zeros((1, 0)), [row]) for row in rows])


def small_machine() -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network("small")
    net.add_group("visible", 3, role="output")
    net.add_group("hidden", 2)
    net.connect("visible", "hidden", delay=1)
    net.make_symmetric("visible", "hidden")
    net.randomize(1.0, seed=1)
    return net, as_targets([[0, 0, 1], [1, 0, 1], [1, 1, 0], [0, 1, 1]])


def test_a_missing_target_is_an_error_as_in_local() -> None:
    net, _ = small_machine()
    rows = [[0, 1, np.nan], [np.nan, np.nan, np.nan]]
    for name, data, text in (
        ("restricted_boltzmann", as_targets(rows[:1]), "needs a target for each visible unit .*, in example '0'"),
        ("reinforce", cn.ExampleSet.from_arrays([[1], [1]], rows), "needs a target, from which .*, in example '1'"),
    ):
        if name == "reinforce":
            net = cn.Network("rewarded")
            net.add_group("input", 1, role="input")
            net.add_group("visible", 3, role="output")
            net.connect("input", "visible")
        with pytest.warns(UserWarning, match=f"{name!r} with units that have no target"), pytest.raises(DataError, match=text):
            cn.train(net, data, "steepest", 1, procedure=name)
    net, _ = small_machine()
    net.lesion("visible:2")
    assert cn.train(net, as_targets(rows[:1]), "steepest", 1, procedure="restricted_boltzmann").ran_by == ["compiled"]


@pytest.mark.parametrize("stochastic", [True, False])
def test_parts_of_a_training_have_the_bits_of_the_whole(tmp_path: Path, stochastic: bool) -> None:
    procedure = cn.procedure("boltzmann", annealing=2, samples=3, stochastic=stochastic)
    options: dict[str, Any] = {"procedure": procedure, "seed": 3, "order": "permuted", "update_after": 2}
    results = []
    for parts in ((6,), (2, 4), (1, 2, 3)):
        net, data = small_machine()
        run: Any = None
        for epochs in parts:
            run = cn.train(net, data, "momentum", epochs, continue_from=run, **options)
            assert run.ran_by == ["compiled"]
        results.append(net.weight_values.tobytes())

    def interrupt(run: cn.Run) -> bool:
        if run.epochs == 4:
            raise KeyboardInterrupt
        return False

    net, data = small_machine()
    with pytest.raises(TrainingInterrupted):
        cn.train(net, data, "momentum", 6, checkpoint=tmp_path / "part", checkpoint_every=2, until=interrupt, **options)
    results.append(cn.resume(tmp_path / "part", until=lambda _: False).network.weight_values.tobytes())
    assert len(set(results)) == 1


def test_a_rule_gets_the_error() -> None:
    _, data = small_machine()
    agree(lambda: small_machine()[0], data, "irprop_plus", 12, procedure="boltzmann", seed=1)


def test_nothing_of_a_pass_before_is_shown() -> None:
    shown: list[Any] = []
    for engine in ("local", "compiled"):
        net, data = small_machine()
        net["hidden"].net_input_noise = cn.Noise(5.0, during="testing")
        cn.error_derivatives(net, data, engine=engine)
        net.outputs(data, engine=engine)
        assert net.state.array("net_derivative").any()
        assert net.state.is_perturbed
        cn.train(net, data, "momentum", 1, procedure="boltzmann", engine=engine, seed=1)
        assert not net.state.is_perturbed
        shown.append([net.state.array(name) for name in (*SHOWN, *QUANTITIES.values())])
    for by_local, by_kernel in zip(*shown, strict=True):
        np.testing.assert_allclose(by_kernel, by_local, rtol=1e-12, atol=1e-12)


def test_counts_beyond_64_bits_are_taken() -> None:
    net, _ = small_machine()
    for procedure in (cn.procedure("boltzmann", samples=2**70, annealing=2**63), cn.procedure("restricted_boltzmann", steps=2**64)):
        assert isinstance(procedure, cn.StochasticProcedure)
        arguments = stochastic_arguments(net, procedure, [])
        Packed(arguments, "float64")
        assert max(arguments.samples, arguments.steps) == 2**63 - 1


def other_trainings() -> dict[str, tuple[dict[str, Any], str]]:
    """Return arguments of trainings that are given to `local`, and what the warning says of them."""

    @dataclass(frozen=True)
    class Warmer(Boltzmann):
        name = "warmer"

    return {
        "subclass": ({"procedure": Warmer()}, "procedure 'warmer'"),
        "recorder": ({"record": cn.Recorder("activation", of="hidden")}, "procedure 'boltzmann' with recorders of units"),
        "function": ({"after_example": lambda shown: None}, "procedure 'boltzmann' with functions that are called after each example"),
        "float32": ({"engine": cn.engine("compiled", precision="float32")}, "procedure 'boltzmann' in float32"),
    }


@pytest.mark.parametrize("kind", [*other_trainings()])
def test_what_has_no_kernel_is_run_by_local(kind: str) -> None:
    arguments, text = other_trainings()[kind]
    net, data = small_machine()
    with pytest.warns(UserWarning, match=f"^{text}: the engine 'compiled' has no kernels for it"):
        run = cn.train(net, data, "momentum", 2, **{"procedure": "boltzmann", "seed": 1, **arguments})
    assert run.ran_by == ["local"]
    again = small_machine()[0]
    cn.train(again, data, "momentum", 2, procedure="boltzmann", engine="local", seed=1)
    assert net.weight_values.tobytes() == again.weight_values.tobytes()


def test_weights_are_recorded() -> None:
    found = []
    for engine in ("local", "compiled"):
        net, data = small_machine()
        recorders = [cn.Recorder("weight", of="hidden → visible", each=each) for each in ("epoch", "change")]
        run = cn.train(net, data, "momentum", 3, procedure="boltzmann", engine=engine, seed=1, update_after=2, record=recorders)
        assert run.ran_by == [engine]
        found.append([each["weight"].to_numpy() for each in run.recordings])
    for by_local, by_kernel in zip(*found, strict=True):
        np.testing.assert_allclose(by_kernel, by_local, rtol=1e-12)
