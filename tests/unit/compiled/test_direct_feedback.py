"""Direct feedback alignment in kernels: the numbers of the engine `local`."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.testing import random_network
from connectionist_plugins.procedures.direct_feedback_alignment import DirectFeedbackAlignment

PROCEDURE = DirectFeedbackAlignment(feedback_range=0.8, feedback_seed=3)
SEEDS = range(60)


def networks(seed: int, **features: Any) -> tuple[cn.Network, cn.ExampleSet] | None:
    """Return a random network without time; None if the procedure does not accept it."""
    net, examples = random_network(seed, cases=7, delays=False, integrators=False, **features)
    try:
        PROCEDURE.check_network(net)
    except cn.errors.WiringError:
        return None
    return net, examples


def dead_ends(net: cn.Network) -> list[str]:
    return [unit.name for unit in net.units if unit.group.role == "hidden" and not unit.lesioned and not unit.has_receivers]


def close(one: Any, other: Any) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    return bool(np.abs(one - other).max() <= 1e-12 * max(1.0, np.abs(other).max()))


@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
@pytest.mark.filterwarnings("ignore:.*has no kernels:UserWarning")
def test_random_networks_learn_the_same_by_both_engines(update_after: int | str) -> None:
    trained = 0
    for seed in SEEDS:
        if (made := networks(seed)) is None:
            continue
        nets = [made[0], deepcopy(made[0])]
        for net, engine in zip(nets, ("local", "compiled"), strict=True):
            run = cn.train(net, made[1], cn.rule("momentum", rate=0.02), 2, procedure=PROCEDURE, engine=engine, update_after=update_after)
        assert close(nets[1].weight_values, nets[0].weight_values), seed
        derivatives = [[unit.activation_derivative for unit in net.units if unit.group.role == "hidden"] for net in nets]
        assert close(derivatives[1], derivatives[0]), seed
        trained += run.ran_by == ["compiled"]
    assert trained > 10


@pytest.mark.filterwarnings("ignore:.*has no kernels:UserWarning")
def test_derivatives_are_those_of_local() -> None:
    for seed in SEEDS:
        if (made := networks(seed)) is not None:
            net, examples = made
            found, wanted = (cn.error_derivatives(net, examples, engine=engine, procedure=PROCEDURE) for engine in ("compiled", "local"))
            assert close(found[1], wanted[1]), seed
            assert found[0] == pytest.approx(wanted[0], rel=1e-12), seed


def layered() -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network("deep")
    net.add_group("input", 3, role="input")
    net.add_group("one", 4)
    net.add_group("two", 5)
    net.add_group("output", 2, role="output")
    for sender, receiver in (("input", "one"), ("one", "two"), ("two", "output")):
        net.connect(sender, receiver)
    net.randomize(0.5, seed=2)
    draw = np.random.default_rng(1)
    return net, cn.ExampleSet.from_arrays(draw.random((64, 3)), draw.random((64, 2)))


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("threads", [1, 2])
def test_it_runs_in_kernels_without_a_warning(precision: str, threads: int) -> None:
    net, examples = layered()
    wanted = deepcopy(net)
    net.lesion("one:2")
    wanted.lesion("one:2")
    engine = cn.engine("compiled", precision=precision, threads=threads)
    run = cn.train(net, examples, cn.rule("momentum", rate=0.05), 20, procedure=PROCEDURE, engine=engine)
    cn.train(wanted, examples, cn.rule("momentum", rate=0.05), 20, procedure=PROCEDURE, engine="local")
    assert run.ran_by == ["compiled"]
    assert np.abs(net.weight_values - wanted.weight_values).max() < (1e-12 if precision == "float64" else 1e-4)


def test_a_lesioned_output_sends_no_error_back() -> None:
    net, examples = layered()
    net.lesion("output:1")
    wanted = deepcopy(net)
    for each, engine in ((net, "compiled"), (wanted, "local")):
        cn.train(each, examples, cn.rule("momentum", rate=0.05), 3, procedure=PROCEDURE, engine=engine)
    assert close(net.weight_values, wanted.weight_values)


def test_the_recorded_derivatives_are_those_of_local() -> None:
    records = []
    for engine in ("compiled", "local"):
        net, examples = layered()
        recorder = cn.Recorder("activation_derivative", of=["one", "two"])
        run = cn.train(net, examples, "steepest", 2, procedure=PROCEDURE, engine=engine, record=recorder)
        records.append(run.recording["activation_derivative"].values)
    assert close(*records)


def test_output_units_before_hidden_units_in_the_schedule_send_their_error_of_the_same_case() -> None:
    net = cn.Network("two outputs")
    net.add_group("input", 2, role="input")
    net.add_group("early", 2, role="output")
    net.add_group("hidden", 3)
    net.add_group("late", 1, role="output")
    for sender, receiver in (("input", "early"), ("input", "hidden"), ("hidden", "late")):
        net.connect(sender, receiver)
    net.randomize(0.5, seed=2)
    assert [unit.group.name for unit in net.schedule.outputs] == ["early", "early", "late"]
    examples = cn.ExampleSet.from_arrays([[1.0, 0.0], [0.5, 1.0]], [[0.9, 0.1, 0.2], [0.3, 0.8, 0.6]])
    with pytest.warns(UserWarning, match="has no kernels"):
        cn.train(net, examples, "steepest", 1, procedure=PROCEDURE)
    wanted = PROCEDURE.direct_weights(net) @ [unit.net_derivative for unit in net.schedule.outputs]
    assert close([unit.activation_derivative for unit in net["hidden"]], wanted)


def test_another_seed_of_the_weights_after_a_training_is_seen() -> None:
    results = []
    for seeds in ((1, 2), (2,)):
        net, examples = layered()
        before = net.weight_values.copy()
        for seed in seeds:
            net.weight_values = before
            cn.train(net, examples, "steepest", 1, procedure=cn.procedure("direct_feedback_alignment", feedback_seed=seed))
        results.append(net.weight_values)
    assert np.array_equal(results[0], results[1])
    net.weight_values = before
    cn.train(net, examples, "steepest", 1)
    assert not np.array_equal(net.weight_values, results[0])


def test_a_hidden_unit_without_receivers_is_given_to_local() -> None:
    net, examples = layered()
    net.add_group("end", 2)
    net.connect("one", "end")
    assert dead_ends(net) == ["end:0", "end:1"]
    with pytest.warns(UserWarning, match=r"procedure 'direct_feedback_alignment': the engine 'compiled' has no kernels"):
        run = cn.train(net, examples, "steepest", 1, procedure=PROCEDURE)
    assert run.ran_by == ["local"]
