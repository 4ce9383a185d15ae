"""Acts of a session: each takes effect, appends its line, and can be taken back."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np
import pytest

import connectionist as cn
from connectionist.inspector import acts
from connectionist.inspector import messages as m
from connectionist.inspector.frames import Frames
from connectionist.inspector.session import InspectorSession


def do(session: InspectorSession, message: m.Message) -> str:
    line = acts.do(session, message)
    while session.training.is_wanted:
        session.advance()
    return line


def test_training_is_one_line_and_can_be_taken_back(session: InspectorSession) -> None:
    before = session.network.weight_values
    do(session, m.TrainAct(id=1, epochs=5))
    do(session, m.TrainAct(id=1, epochs=7))
    assert session.script_lines() == ['rule = cn.rule("momentum", rate=0.5)', "run = cn.train(net, examples, rule, 12, seed=0)"]
    assert session.training.epoch == 12
    do(session, m.UndoAct(id=1))
    assert session.training.epoch == 5
    do(session, m.UndoAct(id=1))
    assert np.array_equal(session.network.weight_values, before)
    assert session.undo_line == ""
    with pytest.raises(cn.errors.ParameterError, match="no act that can be undone"):
        do(session, m.UndoAct(id=1))


def test_training_ends_at_the_criterion(session: InspectorSession) -> None:
    do(session, m.TrainAct(id=1, epochs=100_000, error=0.1))
    assert session.training.stopped == "criterion"
    run = session.training.run
    assert run is not None
    assert run.error <= 0.1 < run.errors[-2]


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (m.FreezeAct(id=1, part="hidden:0"), 'for connection in net.unit("hidden:0").incoming:;     connection.weight.trainable = False'),
        (m.FreezeAct(id=1, part="input:left → hidden:1"), 'net.connection("input:left", "hidden:1").weight.trainable = False'),
        (m.LesionAct(id=1, part="hidden:1"), 'net.lesion("hidden:1")'),
        (m.SetWeightAct(id=1, connection="bias → hidden:1", value=-0.25), 'net.connection("bias", "hidden:1").weight.value = -0.25'),
        (m.ClampAct(id=1, unit="hidden:0", value=0.5), 'examples = examples.clamped(net, {"hidden:0": 0.5})'),
        (
            m.TieAct(id=1, connections=["bias → hidden:0", "bias → hidden:1"]),
            'net.tie(["bias → hidden:0", "bias → hidden:1"])',
        ),
        (m.RandomizeAct(id=1, size=0.3, seed=4), "net.randomize(0.3, seed=4)"),
        (m.ArrangeAct(id=1, group="input", x=1.0, y=2.5), 'net["input"].position = (1.0, 2.5)'),
        (m.ArrangeAct(id=1, group="input", columns=1), 'net["input"].columns = 1'),
        (m.SetRuleAct(id=1, rule="steepest", parameters={"rate": 0.2}), 'rule = cn.rule("steepest", rate=0.2)'),
    ],
)
def test_an_act_has_its_line_and_its_undo(session: InspectorSession, message: m.Message, line: str) -> None:
    before, examples = session.network.copy(), session.examples
    assert acts.do(session, message) == line
    assert session.undo_line == line
    acts.do(session, m.UndoAct(id=1))
    assert session.script_lines() == []
    assert session.examples is examples
    assert state(session.network) == state(before)


def state(net: cn.Network) -> object:
    from connectionist.formats.network_file import network_arrays

    values, arrays = network_arrays(net)
    return values, {name: array.tobytes() for name, array in arrays.items() if not name.startswith("unit.") and "change" not in name}


def test_an_act_that_fails_changes_nothing(session: InspectorSession) -> None:
    before = state(session.network)
    for message in (
        m.LesionAct(id=1, part="hidden:7"),
        m.RestoreAct(id=1, part="hidden:0"),
        m.SetWeightAct(id=1, connection="hidden:0", value=1.0),
        m.TieAct(id=1, connections=["bias → hidden:0"]),
        m.ClampAct(id=1, unit="input:left", value=1.0),
        m.GoToEpochAct(id=1, epoch=99),
        m.SetRuleAct(id=1, rule="momentum", parameters={"rate": -1.0}),
        m.ShowCaseAct(id=1, case=4),
        m.EnterInputAct(id=1, inputs={"input": [1.0]}),
        m.TrainAct(id=1, epochs=0),
        m.SaveRecordingAct(id=1, folder="../x", quantities=["activation"]),
    ):
        with pytest.raises(cn.ConnectionistError):
            acts.do(session, message)
    assert state(session.network) == before
    assert session.acts == []
    assert not session.training.is_wanted


def test_weights_of_a_kept_epoch_come_back(session: InspectorSession) -> None:
    do(session, m.TrainAct(id=1, epochs=400))
    epoch = session.training.history.epochs[-3]
    kept = session.training.history.find(epoch)
    assert kept is not None
    do(session, m.GoToEpochAct(id=1, epoch=epoch))
    assert np.array_equal(session.network.weight_values, kept.values)
    assert session.training.epoch == epoch
    assert session.script_lines()[-1] == f"net.weight_values = weights_{epoch}"
    assert f"weights_{epoch} = net.weight_values" in session.script_lines()


def test_diverged_training_keeps_what_was_learned_and_its_script() -> None:
    net = cn.Network("wild")
    net.add_group("input", 2, role="input"), net.add_group("output", 1, role="output", activation="linear")
    net.connect("input", "output", weights=0.1)
    examples = cn.ExampleSet.from_arrays([[1, 0], [1, 1]], [[0], [1]])
    first = net.copy()
    session = InspectorSession(net, examples, [cn.Phase(cn.rule("momentum", rate=60.0), 1)], engine=cn.engine("compiled"))
    with pytest.raises(cn.errors.DivergenceError):
        do(session, m.TrainAct(id=1, epochs=5000))
    assert session.training.stopped == "diverged"
    do(session, m.SetRuleAct(id=1, rule="momentum", parameters={"rate": 0.001}))
    exec(session.script(), {"net": first, "examples": examples})
    assert np.array_equal(first.weight_values, net.weight_values)


def test_an_input_by_hand_is_shown_and_is_in_the_script(session: InspectorSession) -> None:
    acts.do(session, m.EnterInputAct(id=1, inputs={"input": [0.25, 1.0]}, targets={"output": [None]}))
    expected = session.network.forward([0.25, 1.0])
    assert session.shown_states()[0, 0, -1] == pytest.approx(expected[0], rel=1e-12)
    scope = {"net": session.network.copy(), "examples": session.examples}
    exec(session.script(), scope)
    assert scope["net"].unit("input:left").activation == 0.25  # type: ignore[attr-defined]


def test_stepping_shows_what_the_objects_have(session: InspectorSession) -> None:
    phases, seen = [], set[int]()
    for _ in range(30):
        acts.do(session, m.StepAct(id=1, by="unit"))
        assert session.walk is not None
        shown = session.shown_states()[0]
        seen |= set(session.walk.describe()["units"]) if session.walk.stop.phase in ("clamp", "forward") else set()
        expected = [unit.activation if number in {0, *seen} else np.nan for number, unit in enumerate(session.network.units)]
        np.testing.assert_array_equal(shown[0], expected)
        stop = session.walk.describe()
        phases.append(stop["phase"])
        if stop["last"]:
            break
    assert phases == ["clamp", *["forward"] * 3, "compare", *["backward"] * 3]
    acts.do(session, m.StepAct(id=1, by="unit", back=True))
    assert session.walk is not None
    assert session.walk.describe()["phase"] == "backward"
    assert session.script_lines() == []


def test_a_change_by_other_code_is_noticed(session: InspectorSession) -> None:
    moment = session.moment
    assert not session.notice_changes()
    session.network.weights[0].value = 3.0
    assert session.notice_changes()
    assert session.moment > moment
    assert session.script_lines() == ["# here other code changed the network"]


def test_other_code_may_rewire_the_network(session: InspectorSession) -> None:
    do(session, m.TrainAct(id=1, epochs=3))
    session.network.connect("input", "output")
    assert session.notice_changes()
    do(session, m.TrainAct(id=1, epochs=3))
    do(session, m.FreezeAct(id=1, part="input → output"))
    frame = Frames(session).frame(m.Watch(id=1, unit="output:0"))
    assert len(frame.arrays["incoming"]) == 5
    assert frame.arrays["flags"][-1] == 8
    do(session, m.GoToEpochAct(id=1, epoch=3))
    assert session.training.epoch == 3


def test_a_recording_is_saved(session: InspectorSession, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    acts.do(session, m.SaveRecordingAct(id=1, folder="hidden of xor", quantities=["activation"], of="hidden"))
    assert cn.load_recording("hidden of xor")["activation"].shape == (4, 2)
    with pytest.raises(cn.errors.FileError, match="exists already"):
        acts.do(session, m.SaveRecordingAct(id=1, folder="hidden of xor", quantities=["activation"]))


def test_a_second_view_of_a_network_closes_the_first(session: InspectorSession) -> None:
    first = cn.inspect(session.network, session.examples, open_browser=False)
    second = cn.inspect(session.network, session.examples, open_browser=False)
    assert "closed" in repr(first)
    assert "open" in repr(second)
    second.close()


def test_marks_of_units_are_what_was_done_to_them() -> None:
    net = cn.Network("elman")
    net.add_group("input", 1, role="input"), net.add_group("hidden", 2), net.add_group("context", 2, activation="linear", biased=False)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden"), net.connect("hidden", "output"), net.connect("context", "hidden")
    net.connect("hidden", "context", pattern="one_to_one", delay=1, weights=1.0, trainable=False, backpropagate=False)
    examples = cn.ExampleSet([cn.Example.sequence([[1.0], [0.0]], [[1.0], [0.0]])])
    session = InspectorSession(net, examples, [cn.Phase(cn.rule("momentum"), 1)], engine=cn.engine("compiled"))

    def marks() -> dict[str, float]:
        shown = Frames(session).frame(m.Watch(id=1)).arrays["flags"]
        return {unit.name: mark for unit, mark in zip(net.units, shown, strict=True) if mark}

    assert marks() == {}  # the copies of a context are fixed by the wiring, and nobody froze them
    acts.do(session, m.FreezeAct(id=1, part="hidden:0"))
    acts.do(session, m.FreezeAct(id=1, part="bias → output:0"))
    acts.do(session, m.LesionAct(id=1, part="hidden:1"))
    acts.do(session, m.ClampAct(id=1, unit="context:0", value=0.5))
    assert marks() == {"hidden:0": 4, "output:0": 8, "hidden:1": 1, "context:0": 2}
    acts.do(session, m.FreezeAct(id=1, part="context:0"))
    assert marks()["context:0"] == 2 + 4


def test_a_long_log_is_sent_in_few_rows(session: InspectorSession) -> None:
    do(session, m.TrainAct(id=1, epochs=5000))
    log = Frames(session).log(-1, -1)
    run = session.training.run
    assert run is not None
    epochs = log.arrays["epochs"].astype(int)
    assert (len(epochs), epochs[0], epochs[-1]) == (2000, 1, 5000)
    assert log.arrays["errors"].tolist() == [run.errors[epoch - 1] for epoch in epochs]
    assert Frames(session).log(0, 4999).arrays["errors"].tolist() == run.errors[4999:]
    assert Frames(session).log(0, 5000).arrays["errors"].tolist() == []


def test_a_walk_goes_on_from_its_place_with_other_steps(session_maker: Callable[..., InspectorSession]) -> None:
    for task, kinds in [("family-trees", ["unit", "group"]), ("sequence-completion", ["unit", "group", "tick"])]:
        chosen = cn.task(task).for_seed(2)
        session = InspectorSession(chosen.network(seed=2), chosen.training_examples, chosen.phases, engine=cn.engine("compiled"))

        def computed(session: InspectorSession = session) -> int:
            return int((~np.isnan(session.shown_states())).sum())

        rng, counts = random.Random(0), [0]
        for number in range(40):
            do(session, m.StepAct(id=1, by=rng.choice(kinds)))  # type: ignore[arg-type]
            assert session.walk is not None
            if session.walk.number == session.walk.total:
                break
            counts.append(computed())
            assert counts[-1] >= counts[-2], number
        assert counts[-1] > counts[1] > 0
        place = computed()
        do(session, m.StepAct(id=1, by="group" if session.walk and session.walk.by != "group" else "unit", back=True))
        assert 0 < computed() < place


def test_the_log_has_the_epochs_of_the_runs_before(session: InspectorSession) -> None:
    do(session, m.TrainAct(id=1, epochs=40))
    first = session.training.run
    assert first is not None
    kept = session.training.history.epochs[-2]
    do(session, m.GoToEpochAct(id=1, epoch=kept))
    assert Frames(session).log(0, 40).first == kept + 1
    do(session, m.TrainAct(id=1, epochs=7))
    run = session.training.run
    assert run is not None
    expected = [*first.errors[:kept], *run.errors]
    log = Frames(session).log(-1, -1)  # a page that is opened now
    assert log.arrays["epochs"].tolist() == list(range(1, kept + 8))
    assert log.arrays["errors"].tolist() == expected
    assert log.arrays["corrects"].tolist() == [*first.corrects[:kept], *run.corrects]
    later = Frames(session).log(0, 40)  # a page that has the first run
    assert (later.first, later.arrays["errors"].tolist()) == (kept + 1, expected[kept:])
    do(session, m.UndoAct(id=1)), do(session, m.UndoAct(id=1))
    assert Frames(session).log(-1, -1).arrays["errors"].tolist() == first.errors
    do(session, m.RandomizeAct(id=1, size=0.5, seed=3))
    assert Frames(session).log(0, 40).first == 1
    assert Frames(session).log(0, 40).arrays["errors"].tolist() == []


def test_keeping_weights_takes_a_small_share_of_training(session: InspectorSession, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = session.training.keep

    def keep_slowly(run: cn.Run | None) -> None:
        keep(run)
        end = time.thread_time() + 0.02  # as with some millions of weights
        while time.thread_time() < end:
            pass

    monkeypatch.setattr(session.training, "keep", keep_slowly)
    do(session, m.TrainAct(id=1, epochs=20_000))
    assert len(session.training.history.epochs) <= 4  # the first, one or two in a tenth of a second, the last


def test_early_epochs_are_kept_if_somebody_watches(session: InspectorSession, session_maker: Callable[..., InspectorSession]) -> None:
    watched = session_maker()
    watched.training.is_watched = True
    for each in (session, watched):
        do(each, m.TrainAct(id=1, epochs=2000))
    assert np.array_equal(watched.network.weight_values, session.network.weight_values)
    assert watched.script_lines() == session.script_lines()
    assert len(watched.training.history.epochs) > len(session.training.history.epochs) + 10
    do(watched, m.UndoAct(id=1))
    assert watched.training.history.epochs == [0]
    assert watched.script_lines() == []


@pytest.mark.parametrize("longest", [1, 3])
def test_a_walk_through_a_case_that_continues_another_has_its_state(longest: int) -> None:
    net = cn.Network("continued")
    net.add_group("input", 1, role="input"), net.add_group("hidden", 2), net.add_group("output", 1, role="output")
    net.connect("input", "hidden"), net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    net.connect("input", "output", delay=longest)
    net.randomize(1.0, seed=4)
    cases = [cn.Example([[1.0]], [[0.5]], "first"), *(cn.Example([[0.5 * k]], [[0.0]], f"next {k}", continues=True) for k in range(4))]
    session = InspectorSession(net, cn.ExampleSet(cases, net), [cn.Phase(cn.rule("steepest"), 1)], engine=cn.engine("compiled"))
    other = net.copy()
    for case in (0, 4):
        acts.do(session, m.ShowCaseAct(id=1, case=case))
        shown = session.shown_states()
        acts.do(session, m.StepAct(id=1, by="group"))
        assert session.walk is not None
        while session.walk.go_on():
            pass
        np.testing.assert_allclose(session.shown_states()[:, :, 2:], shown[:, :, 2:], rtol=1e-12, atol=1e-15)  # those that are computed
    acts.do(session, m.StepAct(id=1, by="change"))
    assert session.script_lines()[-2].endswith("# from the initial state")
    exec(session.script(), {"net": other, "examples": session.examples})
    assert np.array_equal(other.weight_values, net.weight_values)
