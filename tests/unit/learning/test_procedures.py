"""Learning procedures in training: with any rule, in both engines, resumed, and on networks that they cannot run."""

import json
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import DataError, FileError, ParameterError, UnknownNameError, WiringError

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def layered(outputs: int = 1) -> cn.Network:
    net = cn.Network("layered")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", outputs, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


def symmetric(tie_derivative: str = "mean") -> cn.Network:
    """Return a symmetric network with a group that is symmetric within itself, and a lesion."""
    net = cn.Network("symmetric", tie_derivative=tie_derivative)
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1, pattern=1 - np.eye(4))
    net.make_symmetric("hidden", "output")
    net.make_symmetric("hidden", "hidden")
    net.randomize(0.5, seed=1)
    net.lesion("hidden:3")
    return net


def held(count: int, ticks: int = 7) -> cn.ExampleSet:
    """Return examples with constant inputs and targets at the last tick, one of them without a target for one unit."""
    numbers = np.random.default_rng(0)
    inputs, targets = numbers.random((count, 3)), 0.1 + 0.8 * numbers.random((count, 2))
    targets[1, 0] = np.nan
    return cn.ExampleSet(
        [cn.Example.of_events([cn.Event(x, y, time=ticks, targets_at="last")]) for x, y in zip(inputs, targets, strict=True)]
    )


@pytest.mark.parametrize("tie_derivative", ["mean", "sum"])
@pytest.mark.parametrize("update_after", ["epoch", 1, 5])
@pytest.mark.parametrize("order", ["fixed", "permuted"])
@pytest.mark.parametrize("procedure", ["contrastive_hebbian", cn.procedure("generec", midpoint=True), "hebb"])
def test_both_engines_train_equally(procedure: Any, order: str, update_after: Any, tie_derivative: str) -> None:
    examples, recorder = held(23), cn.Recorder("activation", of=["hidden", "output"], every=2)
    found: list[Any] = []
    for engine in ("local", "compiled", cn.engine("compiled", threads=2)):
        net = symmetric(tie_derivative)
        rule, seed = cn.rule("momentum", rate=0.02, decay=0.001), 3
        run = cn.train(
            net, examples, rule, 4, procedure=procedure, engine=engine, order=order, update_after=update_after, seed=seed, record=recorder
        )
        update = net.weight_state.last_update
        assert update is not None
        shown = [net.state.array(name).copy() for name in ("activation", "net_input", "target", "activation_derivative")]
        rest = net.weight_state.array("derivative").copy(), np.array(run.recording["activation"]), update.examples
        found.append((run.errors, run.corrects, net.weight_values, *shown, *rest))
    for others in found[1:]:
        for one, other in zip(found[0], others, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)
    for one, other in zip(found[1], found[2], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
def test_both_engines_train_equally_by_feedback_alignment(update_after: Any) -> None:
    found: list[Any] = []
    for engine in ("local", "compiled"):
        net = layered()
        run = cn.train(net, XOR, "dougs_momentum", 20, procedure="feedback_alignment", engine=engine, update_after=update_after)
        found.append([*run.errors, *net.weight_values])
    np.testing.assert_allclose(found[0], found[1], rtol=0, atol=1e-12)


@dataclass(frozen=True)
class Forgetful(cn.SignalProcedure):
    """Hebb's rule with forgetting: one phase, of which the last tick counts."""

    name = "forgetful"

    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return the signal."""
        return (target if target == target else receiver) * sender - 0.1 * value


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_both_engines_train_equally_by_one_phase_without_ticks(update_after: Any) -> None:
    results = []
    for engine in ("local", "compiled"):
        net = layered()
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # none that it is given to `local`
            run = cn.train(net, XOR, "adam", 5, procedure=Forgetful(), engine=engine, update_after=update_after, order="permuted", seed=1)
        results.append([*net.weight_values, *run.errors])
    np.testing.assert_allclose(results[1], results[0], rtol=0, atol=1e-12)


def test_one_phase_of_several_ticks_counts_its_last_tick_in_both_engines() -> None:
    results = []
    for engine in ("local", "compiled"):
        net = symmetric()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cn.train(net, held(3), cn.rule("steepest", rate=0.1), 2, procedure=Forgetful(), engine=engine)
        results.append(net.weight_values)
    np.testing.assert_array_equal(results[1], results[0])


def test_criterion_of_a_procedure_with_two_phases_counts_the_responses() -> None:
    examples, runs = held(20), []
    for engine in ("local", "compiled"):
        run = cn.train(
            symmetric(), examples, cn.rule("steepest", rate=0.02), 200, procedure="contrastive_hebbian", engine=engine,
            until=cn.Criterion(correct=0.6), tolerance=0.3,
        )  # fmt: skip
        runs.append(run)
    assert runs[0].stopped == runs[1].stopped == "criterion"
    assert runs[0].epochs == runs[1].epochs > 1
    assert runs[0].corrects == runs[1].corrects


def test_the_units_show_the_response_and_not_the_clamped_targets() -> None:
    net, examples = symmetric(), held(5)
    cn.error_derivatives(net, examples, engine="local", procedure="contrastive_hebbian")
    wanted = net.outputs(examples)[-1, -1]
    np.testing.assert_allclose([unit.activation for unit in net["output"]], wanted, atol=1e-14)


@pytest.mark.parametrize("procedure", ["contrastive_hebbian", cn.procedure("equilibrium_propagation", steps=20)])
def test_a_procedure_goes_on_after_a_checkpoint_with_the_same_bits(tmp_path: Path, procedure: Any) -> None:
    examples, engine = held(6), "local"
    given: dict[str, Any] = {"procedure": procedure, "engine": engine, "order": "permuted", "update_after": 2, "seed": 1}
    whole, part = symmetric(), symmetric()
    wanted = cn.train(whole, examples, "momentum", 6, **given)
    cn.train(part, examples, "momentum", 3, **given, checkpoint=tmp_path / "kept")
    run = cn.resume(tmp_path / "kept", epochs=6)
    assert run.errors == wanted.errors
    np.testing.assert_array_equal(run.network.weight_values, whole.weight_values)
    assert run.phases[0].procedure == wanted.phases[0].procedure
    in_memory = symmetric()
    first = cn.train(in_memory, examples, "momentum", 3, **given)
    assert cn.train(in_memory, examples, epochs=3, continue_from=first).errors == wanted.errors


def test_a_run_of_a_task_has_its_procedure_in_its_folder() -> None:
    given: dict[str, Any] = {"procedure": "feedback_alignment", "parameters": {"feedback_range": 0.3}}
    result = cn.run("xor", seed=1, epochs=5, **given)
    assert result.report["phases"][0]["procedure"] == {
        "name": "feedback_alignment",
        "parameters": {"feedback_range": 0.3, "feedback_seed": 0},
    }
    assert "procedure" not in cn.run("xor", seed=1, epochs=5).report["phases"][0]
    phase = cn.Phase(cn.rule("steepest"), 5, procedure=cn.procedure("feedback_alignment"))
    assert replace(phase, rule=cn.rule("momentum")).procedure == phase.procedure
    local = cn.Phase(cn.rule("hebb"), 5)
    assert local.learning_procedure == cn.rule("hebb")  # type: ignore[comparison-overlap]
    assert replace(local, rule=cn.rule("hebb", rate=0.7)).learning_procedure == cn.rule("hebb", rate=0.7)  # type: ignore[comparison-overlap]
    assert replace(local, rule=cn.rule("momentum")).learning_procedure == cn.procedure("back_propagation")


def test_an_engine_without_kernels_for_a_procedure_says_so() -> None:
    net = layered()
    with pytest.warns(UserWarning, match="procedure 'predictive_coding': the engine 'compiled' has no kernels for it"):
        run = cn.train(net, XOR, "steepest", 2, procedure="predictive_coding")
    again = layered()
    assert cn.train(again, XOR, "steepest", 2, procedure="predictive_coding", engine="local").errors == run.errors


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"rule": "hebb", "procedure": "delta"}, ParameterError, "rule 'hebb' has a learning procedure already, its signals; .*'delta'"),
        ({"rule": "steepest", "procedure": "contrastive_hebbian"}, WiringError, r"no opposite one; add them, as in network.make_symmetric"),
        ({"rule": "steepest", "procedure": "generec"}, WiringError, r"do not reach group 'hidden'.* network.connect\('output', 'hidden'"),
        ({"rule": "steepest", "procedure": "real_time_recurrent"}, WiringError, "needs a network with delays"),
        (
            {"rule": "steepest", "procedure": "recirculation"},
            WiringError,
            r"the same number of units \(got 2 in 'input' and 1 in 'output'\)",
        ),
        ({"rule": "steepest", "procedure": "hebbian"}, UnknownNameError, "unknown learning procedure 'hebbian'"),
        ({"rule": "generec"}, UnknownNameError, r"unknown update rule 'generec' \(there is a learning procedure of this name\); known"),
        (
            {"rule": "steepest", "procedure": "momentum"},
            UnknownNameError,
            r"unknown learning procedure 'momentum' \(there is an update rule of this name\); known",
        ),
        ({"rule": "steepest", "procedure": 3}, ParameterError, "train.procedure: must be the name of a learning procedure"),
        ({"rule": "steepest", "procedure": "hebb", "weighting": "frequency"}, ParameterError, "procedure 'hebb' does not learn from"),
    ],
)
def test_a_procedure_that_cannot_run_says_what_is_missing(given: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cn.train(layered(), XOR, epochs=1, **given)


def test_a_procedure_with_clamped_targets_needs_targets() -> None:
    net = symmetric()
    nothing = cn.ExampleSet([cn.Example.sequence(np.zeros((4, 3)), np.full((4, 2), np.nan))])
    with pytest.raises(DataError, match="clamps the output units to the targets of the last tick, and no example has one there"):
        cn.train(net, nothing, "steepest", 1, procedure="contrastive_hebbian")


@pytest.mark.parametrize("name", ["feedback_alignment", "direct_feedback_alignment"])
def test_a_range_that_is_too_great_for_random_numbers_is_an_error(name: str) -> None:
    with pytest.raises(ParameterError, match=rf"{name}\.feedback_range: must be a number above 0 and at most 1e\+100 \(got 1e\+308\)"):
        cn.procedure(name, feedback_range=1e308)


@pytest.mark.filterwarnings("ignore:procedure .* not at rest", "ignore:equilibrium_propagation. cannot be compiled")
def test_great_numbers_of_a_procedure_are_trained_with(engine: str) -> None:
    examples = cn.ExampleSet([cn.Example.sequence(np.zeros((4, 3)), {4: [0, 1]})])
    for beta, steps in ((10**20, 5), (0.1, 10**20)):
        procedure = cn.procedure("equilibrium_propagation", beta=beta, steps=steps)
        cn.train(symmetric(), examples, "steepest", 1, procedure=procedure, engine=engine)


@pytest.mark.parametrize(("procedure", "name"), [("generec", "output"), ("contrastive_hebbian", "output:0 → hidden:0")])
def test_what_is_missing_because_of_a_lesion_is_not_to_be_connected_again(procedure: str, name: str) -> None:
    net, examples = symmetric(), cn.ExampleSet([cn.Example.sequence(np.zeros((4, 3)), {4: [0, 1]})])
    net.lesion(name)
    with pytest.raises(WiringError, match=r"has lesions; network.restore\(\) removes them$") as raised:
        cn.train(net, examples, "steepest", 1, procedure=procedure)
    assert "as in" not in str(raised.value)
    with pytest.raises(WiringError, match="needs a network without time") as raised:
        cn.train(net, examples, "steepest", 1, procedure="predictive_coding")
    assert "lesion" not in str(raised.value)


@pytest.mark.parametrize(
    ("role", "targets", "message"),
    [
        ("output", np.eye(2), r"only lesioned units have targets there; network.restore\(\)"),
        ("output", np.full((2, 2), np.nan), r"no example has one there; give targets, as in cn.Example\(inputs, targets\)"),
        ("hidden", np.zeros((2, 0)), "'net' has none; add some, as in network.add_group"),
    ],
)
def test_targets_that_are_clamped_must_be_those_of_a_unit_without_lesion(role: str, targets: Any, message: str) -> None:
    """Training changed no weight, without a word."""
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role=role)  # type: ignore[arg-type,unused-ignore]
    net.connect("input", "output")
    if "lesion" in message:
        net.lesion("output")
    examples = cn.ExampleSet.from_arrays(np.eye(2), targets)
    with pytest.raises(DataError, match=message):
        cn.train(net, examples, "steepest", 1, procedure="contrastive_hebbian")


def test_symmetric_weights_that_differ_are_found() -> None:
    net = symmetric()
    net.connect("hidden", "output", delay=2)
    net.connection("hidden:0", "output:0", delay=2).weight.value = 0.7
    with pytest.raises(WiringError, match=r"does not share its weight with .*; tie them, as in network.tie"):
        cn.procedure("contrastive_hebbian").check_network(net)


def test_angle_to_the_derivatives() -> None:
    net = layered()
    assert cn.derivative_angle(net, XOR, "back_propagation") == 0.0
    whole = cn.derivative_angle(net, XOR, "feedback_alignment")
    of_part = cn.derivative_angle(net, XOR, "feedback_alignment", of="input → hidden")
    assert 0.0 < whole < of_part <= 180.0
    assert cn.derivative_angle(net, XOR, "feedback_alignment", of="hidden → output") == 0.0


def test_feedback_alignment_turns_toward_the_derivatives() -> None:
    angles = []
    for seed in range(5):
        net = layered()
        net.randomize(0.5, seed=seed)
        procedure = cn.procedure("feedback_alignment", feedback_seed=seed)
        cn.train(net, XOR, cn.rule("momentum", rate=0.2), 400, procedure=procedure)
        angles.append(cn.derivative_angle(net, XOR, procedure))
    assert np.median(angles) < 90.0


@pytest.mark.parametrize("procedure", [3, {"name": 1, "parameters": {}}, {"name": "hebb", "parameters": []}, {"name": "hebb"}])
def test_a_folder_with_a_wrong_procedure_is_an_error(tmp_path: Path, blank_figures: None, procedure: Any) -> None:
    assert main(["run", "xor", "--epochs", "2", "--procedure", "feedback_alignment", "--out", str(tmp_path / "run")]) == 0
    file = tmp_path / "run" / "run.json"
    record = json.loads(file.read_text())
    assert record["report"]["phases"][0]["procedure"]["name"] == "feedback_alignment"
    record["report"]["phases"][0]["procedure"] = procedure
    file.write_text(json.dumps(record))
    with pytest.raises(FileError, match=r"report\.phases\.procedure"):
        cn.read_run(tmp_path / "run")


def test_a_study_has_a_procedure(tmp_path: Path) -> None:
    given: dict[str, Any] = {"seeds": [1, 2], "epochs": 5, "cases": False}
    vary = {"feedback_range": [0.1, 0.9]}
    study = cn.Study("xor", procedure="feedback_alignment", vary=vary, **given).run(tmp_path / "study", workers=1)
    alone = cn.run("xor", seed=2, epochs=5, procedure=cn.procedure("feedback_alignment", feedback_range=0.9))
    row = study.table.query("feedback_range == 0.9 and seed == 2")
    assert row["error"].item() == alone.report["error"]
    with pytest.raises(FileError, match="procedure was 'feedback_alignment'"):
        cn.Study("xor", **given).run(tmp_path / "study", workers=1)
    with pytest.raises(UnknownNameError, match="unknown learning procedure 'x'"):
        cn.Study("xor", procedure="x", **given)


def early_target() -> cn.ExampleSet:
    """Return an example with a target at the first tick only."""
    targets = np.full((4, 2), np.nan)
    targets[0] = 1.0
    return cn.ExampleSet([cn.Example.sequence(np.zeros((4, 3)), targets, name="early")])


@pytest.mark.parametrize("procedure", ["contrastive_hebbian", "equilibrium_propagation", "almeida_pineda"])
def test_a_target_before_the_last_tick_is_not_dropped(procedure: str) -> None:
    with pytest.raises(DataError, match="example 'early' has a target before it for a unit that has none there"):
        cn.error_derivatives(symmetric(), early_target(), procedure=procedure)


@pytest.mark.parametrize("procedure", ["equilibrium_propagation", "almeida_pineda"])
def test_procedures_on_objects_ignore_neither_noise_nor_clamps(procedure: str) -> None:
    net = symmetric()
    clamped = held(3).clamped(net, {"hidden:0": 0.5})
    with pytest.raises(DataError, match="clamps input units only"):
        cn.error_derivatives(net, clamped, procedure=procedure)
    net["hidden"].net_input_noise = cn.Noise(0.1)
    with pytest.raises(WiringError, match="must have none in training"):
        cn.train(net, held(3), "steepest", 1, procedure=procedure, engine="local")


def test_a_network_that_is_not_at_rest_gives_a_warning() -> None:
    procedure = cn.procedure("almeida_pineda", steps=1)
    with pytest.warns(UserWarning, match="procedure 'almeida_pineda': not at rest after 1 step"):
        cn.error_derivatives(symmetric(), held(3), procedure=procedure)


def test_a_local_rule_takes_its_own_signals_only() -> None:
    rule: Any = cn.rule("hebb", rate=0.2)
    assert cn.Phase(rule, 1, procedure=cn.procedure("hebb", rate=0.2)).procedure is None
    with pytest.raises(ParameterError, match="has a learning procedure already"):
        cn.Phase(cn.rule("hebb", rate=0.2), 1, procedure=cn.procedure("hebb", rate=0.7))


def test_input_units_receive_no_symmetric_connections() -> None:
    net = layered()
    with pytest.raises(WiringError, match="input"):
        net.make_symmetric("input", "hidden")
    assert len(net.projections) == len(layered().projections)


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        ((cn.CasePhase("only", targets="clamped"),), "phase 'only': E is that of the first phase, so its targets must be 'absent'"),
        ((cn.CasePhase("only", counts=False),), "phases: counts must be True for one of them"),
    ],
)
def test_phases_without_effect_are_errors(phases: tuple[cn.CasePhase, ...], message: str, engine: str) -> None:
    class Odd(Forgetful):
        name = "odd"

    Odd.phases = phases
    with pytest.raises(ParameterError, match=f"procedure 'odd', {message}"):
        cn.train(layered(), XOR, "steepest", 1, procedure=Odd(), engine=engine)
