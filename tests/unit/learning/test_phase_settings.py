"""Clipping of derivatives, and schedules of the parameters of a rule."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import ParameterError, UnknownNameError
from connectionist.experiments.reopened_result import _phases

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
CLIPS = [("length", 0.05), ("value", 0.02), ("normalize", 0.3)]
BY_EPOCH = {"rate": {0: 0.1, 10: 0.5, 25: 1}, "momentum": {5: 0.3}}
API: Any = cn  # for arguments of wrong types


def xor_net(seed: int = 1) -> cn.Network:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=seed)
    return net


def trained(epochs: int = 30, seed: int = 1, **options: Any) -> cn.Network:
    net = xor_net(seed)
    cn.train(net, XOR, options.pop("rule", "momentum"), epochs, **options)
    return net


def clipped(derivatives: Any, kind: str, limit: float) -> Any:
    """The derivatives after ``clip_grad_value_`` or ``clip_grad_norm_`` of PyTorch, or scaled to the length."""
    if kind == "value":
        return np.clip(derivatives, -limit, limit)
    length = np.linalg.norm(derivatives)
    return derivatives * limit / length if kind == "normalize" else derivatives * min(1.0, limit / length)


@pytest.mark.parametrize(("kind", "limit"), CLIPS)
def test_derivatives_are_clipped_before_the_rule_changes_the_weights(kind: str, limit: float, engine: str) -> None:
    net = xor_net()
    frozen = net.connection("input:0", "hidden:0").weight
    frozen.trainable = False
    before = net.weight_values
    _, derivatives = cn.error_derivatives(net, XOR)
    trainable = np.array([weight.trainable for weight in net.weights])
    cn.train(net, XOR, cn.rule("steepest", rate=0.5), 1, engine=engine, clip=(kind, limit))
    wanted = before.copy()
    wanted[trainable] -= 0.5 * clipped(derivatives[trainable], kind, limit)
    assert np.allclose(net.weight_values, wanted, rtol=0, atol=1e-15)


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
@pytest.mark.parametrize("rule", ["momentum", "irprop_plus", "adam"])
def test_engines_agree_with_clipped_derivatives(clip: Any, update_after: Any, rule: str) -> None:
    compiled, local = (trained(rule=rule, clip=clip, update_after=update_after, engine=engine) for engine in ("compiled", "local"))
    assert np.allclose(compiled.weight_values, local.weight_values, rtol=0, atol=1e-11)


def test_momentum_with_a_limited_length_is_dougs_momentum() -> None:
    momentum, doug = trained(300, clip=("length", 1.0)), trained(300, rule="dougs_momentum")
    assert np.allclose(momentum.weight_values, doug.weight_values, rtol=0, atol=1e-12)


def test_derivatives_that_are_all_zero_are_not_normalized(engine: str) -> None:
    net = cn.Network("linear")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output", activation="linear")
    net.connect("input", "output")
    cn.train(net, cn.ExampleSet.from_arrays([[0, 1]], [[0]]), "steepest", 2, engine=engine, clip=("normalize", 1.0))
    assert (net.weight_values == 0.0).all()


@pytest.mark.parametrize("clip", ["length", ("length",), ("norm", 1.0), ("length", 0), ("value", float("nan")), ("value", "1"), 3])
def test_a_wrong_clip_is_an_error(clip: Any) -> None:
    with pytest.raises(ParameterError, match=r"Phase\.clip: must be .* \(got "):
        trained(clip=clip)


@pytest.mark.parametrize("rule", ["hebb", "delta"])
def test_a_rule_without_derivatives_cannot_clip_them(rule: str) -> None:
    with pytest.raises(ParameterError, match=rf"Phase\.clip: rule '{rule}' does not learn from derivatives"):
        trained(rule=rule, clip=("length", 1.0))


def test_a_schedule_is_a_training_for_each_rate(engine: str) -> None:
    net, memory = xor_net(), None
    for rate, momentum, epochs in ((0.1, 0.9, 5), (0.1, 0.3, 5), (0.5, 0.3, 15), (1.0, 0.3, 5)):
        run = cn.train(net, XOR, cn.rule("momentum", rate=rate, momentum=momentum), epochs, memory=memory, engine=engine)
        memory = run.memory
    scheduled = trained(schedule=BY_EPOCH, engine=engine)
    assert scheduled.weight_values.tobytes() == net.weight_values.tobytes()


def test_a_function_receives_the_epochs_of_the_phase_and_the_last_error(engine: str) -> None:
    net, calls = xor_net(), list[tuple[int, float]]()

    def rate(epoch: int, error: float) -> float:
        calls.append((epoch, error))
        return 0.1 if error > 0.6 else 0.2

    phases = [API.Phase("steepest", 3), API.Phase("momentum", 4, schedule={"rate": rate})]
    run = cn.train(net, XOR, phases=phases, engine=engine)
    assert calls == [(0, run.errors[2]), (1, run.errors[3]), (2, run.errors[4]), (3, run.errors[5])]
    calls.clear()
    trained(2, schedule={"rate": rate}, engine=engine)
    assert calls[0] == (0, float("inf"))


def test_a_run_that_goes_on_has_the_bits_of_one_run(tmp_path: Path) -> None:
    whole = trained(schedule=BY_EPOCH, clip=("length", 0.2))
    for first in (4, 10, 17):
        net = xor_net()
        run = cn.train(net, XOR, "momentum", first, schedule=BY_EPOCH, clip=("length", 0.2))
        cn.train(net, XOR, epochs=30 - first, continue_from=run)
        assert net.weight_values.tobytes() == whole.weight_values.tobytes()
        folder = tmp_path / str(first)
        cn.train(xor_net(), XOR, "momentum", first, schedule=BY_EPOCH, clip=("length", 0.2), checkpoint=folder)
        resumed = cn.resume(folder, 30)
        assert resumed.network.weight_values.tobytes() == whole.weight_values.tobytes()
        assert resumed.phases[0].schedule == BY_EPOCH


def test_a_function_cannot_be_in_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"train\.checkpoint: a function of a schedule cannot be stored; give values by epoch"):
        trained(schedule={"rate": lambda _epoch, _error: 0.1}, checkpoint=tmp_path / "checkpoint")


@pytest.mark.parametrize(
    "options", [{"schedule": BY_EPOCH}, {"clip": ("length", 0.1)}, {"schedule": {"rate": lambda epoch, _: 0.1 + epoch}}]
)
def test_networks_trained_together_have_the_bits_that_each_has_alone(options: Any) -> None:
    together = [xor_net(seed) for seed in range(5)]
    cn.train_many(together, XOR, "momentum", 30, **options)
    for seed, net in enumerate(together):
        assert net.weight_values.tobytes() == trained(seed=seed, **options).weight_values.tobytes()


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ({}, r"Phase.schedule: must be a dict of parameters"),
        (0.1, r"Phase.schedule: must be a dict of parameters .* \(got 0.1\)"),
        ({"rate": 0.1}, r"Phase.schedule\['rate'\]: must be a dict of epochs to values, or a function \(got 0.1\)"),
        ({"rate": {}}, r"Phase.schedule\['rate'\]: must be a dict of epochs to values"),
        ({"rate": {-1: 0.1}}, r"Phase.schedule\['rate'\].epoch: must be a whole number of at least 0 \(got -1\)"),
        ({"rate": {1.5: 0.1}}, r"Phase.schedule\['rate'\].epoch: must be a whole number"),
        ({"rate": {0: 0.0}}, r"momentum.rate: must be a number above 0 \(got 0.0\)"),
        ({"rate": {7: "fast"}}, r"momentum.rate: must be a number"),
        ({"rate": lambda: 0.1}, r"Phase.schedule\['rate'\]: a function must take two arguments, epoch and error"),
        ({"rate": lambda _epoch, _error: -1}, r"momentum.rate: must be a number above 0 \(got -1.0\)"),
    ],
)
def test_a_wrong_schedule_is_an_error(schedule: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        trained(schedule=schedule)


def test_an_unknown_parameter_of_a_schedule_is_named() -> None:
    with pytest.raises(
        UnknownNameError, match=r"Phase.schedule: rule 'momentum' has no parameter 'rat'; did you mean 'rate'\? Known: rate"
    ):
        trained(schedule={"rat": {0: 0.1}})
    with pytest.raises(UnknownNameError, match=r"Phase.schedule: rule 'momentum' has no parameter 'width'; known: rate, momentum"):
        trained(schedule={"width": {0: 3.0}})


def test_a_parameter_of_the_procedure_in_a_schedule_is_named() -> None:
    message = r"rule 'momentum' has no parameter 'width'; procedure 'kohonen' has, but only parameters of the rule can change; known: rate"
    with pytest.raises(UnknownNameError, match=message):
        cn.Phase(cn.rule("momentum"), 3, procedure=cn.procedure("kohonen"), schedule={"width": {0: 3.0}})


def test_a_value_out_of_range_is_named_with_its_epoch() -> None:
    with pytest.raises(ParameterError, match=r"Phase.schedule, from epoch 2: kohonen.width: must be a number above 0 \(got 0.0\)"):
        cn.Phase(cn.rule("kohonen"), 3, schedule={"width": {0: 3, 2: 0}})


def test_a_schedule_out_of_range_in_the_middle_keeps_the_epochs_before() -> None:
    net = xor_net()
    with pytest.raises(ParameterError) as raised:
        cn.train(net, XOR, "momentum", 9, schedule={"rate": lambda epoch, _error: 0.1 if epoch < 4 else 0.0})
    assert raised.value.run.epochs == 4  # type: ignore[attr-defined]
    assert net.weight_values.tobytes() == trained(4).weight_values.tobytes()


def test_a_schedule_and_a_clip_in_the_folder_of_a_run(
    tmp_path: Path, blank_figures: None, own_registry: None, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "xor", "--epochs", "30", "--clip", "length=0.5", "--schedule", "rate=0:0.1,5:0.3"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    assert "clip length=0.5, schedule rate=0:0.1,5:0.3" in capsys.readouterr().out
    phase = json.loads((tmp_path / "out" / "run.json").read_text())["report"]["phases"][0]
    assert (phase["clip"], phase["schedule"]) == (["length", 0.5], {"rate": {"0": 0.1, "5": 0.3}})
    (reopened,) = _phases(cn.read_run(tmp_path / "out").report)
    assert (reopened.clip, reopened.schedule) == (("length", 0.5), {"rate": {0: 0.1, 5: 0.3}})
    direct = cn.run("xor", epochs=30, clip=("length", 0.5), schedule={"rate": {0: 0.1, 5: 0.3}})
    assert direct.run.errors == cn.run("xor", epochs=30, clip=["length", 0.5], schedule={"rate": {0: 0.1, 5: 0.3, 60: 0.2}}).run.errors  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["rate", "=0:1", "rate=", "rate=0", "rate=0:", "rate=x:1", "rate=-1:1", "rate=0:1,0:2", "rate=1.5:1", "rate=0:1,"]
)
def test_a_schedule_of_another_form_is_an_error_of_the_command(text: str) -> None:
    from connectionist.cli.settings import parse_schedule

    with pytest.raises(ParameterError, match=r"--schedule: must be KEY=EPOCH:VALUE"):
        parse_schedule([text])
    with pytest.raises(ParameterError, match=r"--schedule rate: given twice"):
        parse_schedule(["rate=0:1", "rate=1:1"])


def test_an_explanation_says_that_the_derivative_is_clipped(engine: str) -> None:
    net = trained(3, clip=("length", 0.05), engine=engine)
    explained = net.connection("input:0", "hidden:0").explain()
    assert explained.change is not None
    assert explained.change.change.value == explained.change.change.stored
    assert "the derivative is after clipping, those of all weights cut to the length 0.05" in str(explained)


@pytest.mark.parametrize("described", [{"rate": {"x": 1}}, {"rate": 3}, [1], {"rate": {"1e3": 0.1}}, None])
def test_a_schedule_of_another_form_in_a_file_is_an_error(described: Any) -> None:
    from connectionist.engines.schedule import with_whole_epochs

    with pytest.raises(ParameterError, match=r"Phase.schedule: must have values by epoch"):
        with_whole_epochs(described)


def test_a_study_with_another_schedule_is_another_study(tmp_path: Path) -> None:
    def study(schedule: Any) -> cn.Study:
        return cn.Study("xor", seeds=range(2), epochs=5, schedule=schedule)

    study({"rate": {3: 0.2}}).run(tmp_path)
    for other in ({"rate": {3: 0.3}}, {"rate": lambda epoch, _error: 0.1 + epoch}):
        with pytest.raises(cn.errors.FileError, match="schedule of rate was"):
            study(other).run(tmp_path)


def test_a_schedule_compiles_nothing() -> None:
    from connectionist_plugins.engines.compiled.formulas.compile import _compiled

    trained(5)
    before = len(_compiled)
    trained(20, schedule={"rate": lambda epoch, _error: 1 if epoch == 3 else 0.1 / (1 + epoch), "weight_decay": {7: 0.001}})
    assert len(_compiled) == before
