"""Recurrent networks and tied weights beside weights of the programs of their time: tlearn, bp of the 1987 PDP programs, LENS.

The golden files say what was run, and how. Each case is compared with the original program, in single precision, within 5e-6 after
100 epochs (its own rounding reaches 2.4e-6; with LENS, which looks the logistic function up in a table, 5e-5), and with the same
functions compiled in double precision, without that table, within 1e-12.
"""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.utils.arrays import Array

DATA = Path(__file__).parent / "data"
TLEARN = json.loads((DATA / "tlearn_golden.json").read_text())["cases"]
PDP = json.loads((DATA / "pdp_sequences_golden.json").read_text())["cases"]
LENS = json.loads((DATA / "lens_golden.json").read_text())

Golden = dict[str, Any]


def simple_recurrent(copied: str, decay: float = 0.0, initial: float = 0.0) -> cn.Network:
    """2-3-2 with a context of the hidden units (Elman) or of the output units (Jordan)."""
    if copied == "hidden":
        return cn.simple_recurrent_network("elman", 2, 3, 2, initial=initial, context_decay=decay, tie_derivative="sum")
    net = cn.Network("jordan", tie_derivative="sum")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output", initial=initial)
    cn.add_context(net, copied, decay=decay)
    for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    return net


def two_fields(tie_derivative: str) -> cn.Network:
    """4-2-1 without time: the hidden units see two inputs each, with the same weights, and send with the same weight."""
    net = cn.Network("two fields", tie_derivative=tie_derivative)
    net.add_group("input", 4, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden", pattern=[[True, False], [True, False], [False, True], [False, True]])
    net.connect("hidden", "output")
    net.tie([net.connection("input:0", "hidden:0"), net.connection("input:2", "hidden:1")])
    net.tie([net.connection("input:1", "hidden:0"), net.connection("input:3", "hidden:1")])
    net.tie([net.connection("bias", "hidden:0"), net.connection("bias", "hidden:1")])
    net.tie([net.connection("hidden:0", "output:0"), net.connection("hidden:1", "output:0")])
    return net


def fully_recurrent(tie_derivative: str) -> cn.Network:
    """Two inputs and three units, every connection with a delay of a tick; the last two units have targets."""
    net = cn.Network("fully recurrent", tie_derivative=tie_derivative)
    net.add_group("input", 2, role="input")
    net.add_group("state", 3, role="output")
    net.connect("input", "state", delay=1)
    net.connect("state", "state", delay=1)
    return net


def three_ticks_as_layers(tie_derivative: str) -> cn.Network:
    """Three units that run for three ticks from a start pattern, as four layers with the same weights (Nature 323, Fig. 5)."""
    net = cn.Network("layers", tie_derivative=tie_derivative)
    layers = [net.add_group("start", 3, role="input"), net.add_group("state", 3), net.add_group("later", 3)]
    layers.append(net.add_group("latest", 3, role="output"))
    for below, above in pairwise(layers):
        net.connect(below, above)
    for receiver in range(3):
        net.tie([net.connection("bias", f"{layer.name}:{receiver}") for layer in layers[1:]])
        for sender in range(3):
            pairs = pairwise(layers)
            net.tie([net.connection(f"{below.name}:{sender}", f"{above.name}:{receiver}") for below, above in pairs])
    return net


def three_ticks_in_time() -> cn.Network:
    """The same as a network in time: the start pattern comes in at tick 1, through the weights of the loop."""
    net = cn.Network("in time", tie_derivative="sum")
    net.add_group("start", 3, role="input")
    net.add_group("state", 3, role="output")
    net.connect("start", "state")
    net.connect("state", "state", delay=1)
    for receiver in range(3):
        for sender in range(3):
            net.tie([net.connection(f"{group}:{sender}", f"state:{receiver}") for group in ("start", "state")])
    return net


def lens_recurrent(delay: int = 0, ticks_back: int | None = None, **timing: Any) -> cn.Network:
    """2-3-2 with hidden units that receive their own activations of the tick before; hidden and output units start at LENS's 0.5."""
    net = cn.Network("recurrent", tie_derivative="sum", ticks_back=ticks_back)
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3, initial=0.5, **timing)
    net.add_group("output", 2, role="output", initial=0.5, **(timing if timing.get("integrates") == "net_input" else {}))
    net.connect("input", "hidden", delay=delay)
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "output", delay=delay)
    return net


def ticks(golden: Golden, *, continues_at_start: bool = False) -> cn.ExampleSet:
    """Make an example of each tick, so that weights can change between them."""
    return cn.ExampleSet(
        cn.Example.sequence([pattern], known([goal]), continues=number > 0 or continues_at_start)
        for sequence in golden["sequences"]
        for number, (pattern, goal) in enumerate(zip(sequence["inputs"], sequence["targets"], strict=True))
    )


def whole(golden: Golden) -> cn.ExampleSet:
    """Make an example of each sequence."""
    return cn.ExampleSet(cn.Example.sequence(sequence["inputs"], known(sequence["targets"])) for sequence in golden["sequences"])


def cases(golden: Golden) -> cn.ExampleSet:
    """Make a case of each pattern, without ticks."""
    inputs = np.vstack([sequence["inputs"] for sequence in golden["sequences"]])
    return cn.ExampleSet.from_arrays(inputs, np.vstack([known(sequence["targets"]) for sequence in golden["sequences"]]))


def known(table: list[list[float | None]]) -> Array:
    """Make an array of it, with NaN for null: no target, or no connection."""
    return np.array(table, dtype=float)


def start(net: cn.Network, golden: Golden) -> None:
    for name, weights in golden["start"].items():
        net.projection(*name.split("->")).weights = np.nan_to_num(known(weights))


def compare(
    make: Callable[[], cn.Network],
    golden: Golden,
    examples: cn.ExampleSet,
    engine: str,
    update_after: int | str,
    times: float = 1,
    single: float = 5e-6,
) -> None:
    """Train from the program's starting weights, and find its weights after 1, 10 and 100 epochs.

    `times` is our rate by its rate; `single` how near its weights in single precision are.
    """
    rule = cn.rule("momentum", rate=times * golden["rate"], momentum=golden["momentum"])
    for epochs in (1, 10, 100):
        net = make()
        start(net, golden)
        cn.train(net, examples, rule, epochs, engine=engine, update_after=update_after)
        for precision, within in (("single", single), ("double", 1e-12)):
            for name, weights in golden["after"][precision][str(epochs)].items():
                ours = net.projection(*name.split("->")).weights
                assert ours == pytest.approx(known(weights), abs=within, rel=0, nan_ok=True), (epochs, precision, name)


def test_tlearn_stream(engine_in_time: str) -> None:
    """Elman's network on one stream that is never reset, with a change of weights after every sweep."""
    golden = TLEARN["srn-stream"]
    compare(lambda: simple_recurrent("hidden"), golden, ticks(golden, continues_at_start=True), engine_in_time, update_after=1)


def test_tlearn_resets(engine_in_time: str) -> None:
    """Elman's network on sequences with a reset before each and a change of weights after every sweep."""
    golden = TLEARN["srn-reset"]
    compare(lambda: simple_recurrent("hidden"), golden, ticks(golden), engine_in_time, update_after=1)


def test_tlearn_updates_after_an_epoch(engine_in_time: str) -> None:
    """Elman's network on sequences of different length: tlearn sums derivatives over sweeps."""
    golden = TLEARN["srn-epoch"]
    compare(lambda: simple_recurrent("hidden"), golden, whole(golden), engine_in_time, update_after="epoch")


@pytest.mark.parametrize(("case", "update_after"), [("linked", 1), ("linked-epoch", "epoch")])
def test_tlearn_averages_linked_weights(case: str, update_after: int | str, engine: str) -> None:
    """Tlearn changes each weight of a group separately and then replaces each by their mean; so it uses the mean of the derivatives."""
    golden = TLEARN[case]
    compare(lambda: two_fields("mean"), golden, cases(golden), engine, update_after)


def test_tlearn_gradient_through_time(engine_in_time: str) -> None:
    """Williams & Zipser's real-time recurrent learning, with weights held for an epoch, is back-propagation through time.

    Units are 0 at tlearn's first sweep, which is our tick 0; sequences are of different length, and derivatives are summed over sweeps.
    """
    golden = TLEARN["recurrent"]
    compare(lambda: fully_recurrent("sum"), golden, after_the_first_sweep(golden), engine_in_time, update_after="epoch")


def test_tlearn_gradient_through_time_with_linked_weights(engine_in_time: str) -> None:
    """Recurrent weights tied in pairs: the mean over a pair and the sum over sweeps, so 4 times the mean over both at 4 ticks."""
    golden = TLEARN["recurrent-linked"]

    def make() -> cn.Network:
        net = fully_recurrent("mean")
        for one, other in ((0, 1), (0, 2), (1, 2)):
            net.tie([net.connection(f"state:{one}", f"state:{other}"), net.connection(f"state:{other}", f"state:{one}")])
        return net

    compare(make, golden, after_the_first_sweep(golden), engine_in_time, update_after=1, times=4)


def after_the_first_sweep(golden: Golden) -> cn.ExampleSet:
    """Make an example of each sequence, with two targets. Its first sweep (no input, units at 0, no target) is tick 0.

    The first of the three units has no target.
    """
    examples = []
    for sequence in golden["sequences"]:
        assert not any(sequence["inputs"][0])
        goals = known(sequence["targets"])[1:]
        examples.append(cn.Example.sequence(sequence["inputs"][1:], np.insert(goals, 0, np.nan, axis=1)))
    return cn.ExampleSet(examples)


@pytest.mark.parametrize("network", ["srn", "jordan"])
def test_pdp_pattern_by_pattern(network: str, engine_in_time: str) -> None:
    """Elman's and Jordan's networks with a change of weights after every pattern."""
    golden = PDP[f"{network}-pattern"]
    copied = {"srn": "hidden", "jordan": "output"}[network]
    compare(lambda: simple_recurrent(copied, decay=golden["mu"]), golden, ticks(golden), engine_in_time, update_after=1)


@pytest.mark.parametrize("network", ["srn", "jordan"])
def test_pdp_epoch_by_epoch(network: str, engine_in_time: str) -> None:
    """Elman's and Jordan's networks on sequences of different length, with changes after all of them, summed over patterns."""
    golden = PDP[f"{network}-epoch"]
    copied = {"srn": "hidden", "jordan": "output"}[network]
    compare(lambda: simple_recurrent(copied, decay=golden["mu"]), golden, whole(golden), engine_in_time, update_after="epoch")


@pytest.mark.parametrize(("case", "update_after"), [("linked-pattern", 1), ("linked-epoch", "epoch")])
@pytest.mark.parametrize(("tie_derivative", "times"), [("sum", 1), ("mean", 3)])
def test_pdp_sums_linked_weights(case: str, update_after: int | str, tie_derivative: str, times: int, engine: str) -> None:
    """Three layers with linked weights and biases; the mean is the same with three times the rate."""
    golden = layered(PDP[case])
    compare(lambda: three_ticks_as_layers(tie_derivative), golden, cases(golden), engine, update_after, times)


@pytest.mark.parametrize(("case", "update_after"), [("linked-pattern", 1), ("linked-epoch", "epoch")])
def test_pdp_layers_are_our_network_in_time(case: str, update_after: int | str, engine_in_time: str) -> None:
    """Three linked layers in bp compute back-propagation through three ticks."""
    golden = PDP[case]
    nothing = [0.0, 0.0, 0.0]
    examples = cn.ExampleSet(
        cn.Example.sequence([sequence["inputs"][0], nothing, nothing], {3: known(sequence["targets"])[0]})
        for sequence in golden["sequences"]
    )

    compare(three_ticks_in_time, golden, examples, engine_in_time, update_after)


def layered(golden: Golden) -> Golden:
    """Name the weights of the lowest of the tied layers; the other layers have the same weights."""
    names = {"state->state": "start->state", "bias->state": "bias->state"}

    def renamed(weights: Golden) -> Golden:
        return {names[name]: table for name, table in weights.items()}

    after = {precision: {at: renamed(weights) for at, weights in printed.items()} for precision, printed in golden["after"].items()}
    return {**golden, "start": renamed(golden["start"]), "after": after}


@pytest.mark.parametrize(("case", "update_after"), [("srn-example", 1), ("srn-epoch", "epoch")])
def test_lens_simple_recurrent_network(case: str, update_after: int | str, engine_in_time: str) -> None:
    """An Elman group holds 0.5 at the first tick; derivatives are summed over ticks; without ½ in the error, our rate is twice LENS's."""
    golden = LENS["cases"][case]
    compare(lambda: simple_recurrent("hidden", initial=0.5), golden, whole(golden), engine_in_time, update_after, times=2, single=5e-5)


@pytest.mark.parametrize(("case", "update_after"), [("bptt-example", 1), ("bptt-epoch", "epoch"), ("truncated-epoch", "epoch")])
def test_lens_back_propagation_through_time(case: str, update_after: int | str, engine_in_time: str) -> None:
    """An Elman group through which errors go back is a delay of one tick; LENS's backpropTicks is `ticks_back`."""
    golden = LENS["cases"][case]
    ticks_back = golden.get("ticks_back")
    compare(lambda: lens_recurrent(ticks_back=ticks_back), golden, whole(golden), engine_in_time, update_after, times=2, single=5e-5)


def test_lens_continuous_network(engine_in_time: str) -> None:
    """Every connection takes a tick, and LENS's tick 0 is ours."""
    golden = LENS["cases"]["continuous-epoch"]
    compare(lambda: lens_recurrent(delay=1), golden, whole(golden), engine_in_time, "epoch", times=2, single=5e-5)


@pytest.mark.parametrize(("case", "integrates"), [("output", "activation"), ("input", "net_input")])
def test_lens_integrators(case: str, integrates: str, engine_in_time: str) -> None:
    """The forward pass is the same. LENS divides its error by the ticks per unit of time.

    The backward pass is not compared: for integrators LENS's is a tick late, see the golden file.
    """
    golden = LENS["integrators"][case]
    net = lens_recurrent(delay=1, integrates=integrates, dt=golden["dt"])
    start(net, golden)
    error, _ = cn.error_derivatives(net, whole(golden), engine=engine_in_time)
    assert 2 * error / golden["ticks_per_interval"] == pytest.approx(golden["error"], rel=1e-12)
