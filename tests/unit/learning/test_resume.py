"""What goes on after an interruption has the bits of what was not interrupted."""

from __future__ import annotations

import copy
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.data.example_values import describe_examples, examples_of
from connectionist.errors import DataError, FileError, ParameterError, TrainingInterrupted, WiringError
from connectionist.learning.checkpoint_folder import read_values, write_values
from connectionist.learning.checkpoints import Checkpoints
from connectionist.learning.resume import read_checkpoint
from connectionist.model.assembly.description import describe
from connectionist.plugins import registry
from connectionist.recording.stores import OnDisk
from connectionist.testing import random_network
from connectionist.utils.folder_lock import lock_folder

SEARCH = """
    import connectionist as cn
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Stepwise(cn.SearchRule):
        decay: float = 0.0
        name = "stepwise"

        def search(self, values, evaluate, memory):
            draw = memory.setdefault("draw", cn.random_stream(1, "search"))
            step = memory.setdefault("steps", [0.5])
            error, derivatives = evaluate(values)
            step[0] *= 0.9
            memory["last"] = derivatives
            return values - step[0] * derivatives * draw.random(len(values))

    @cn.hookimpl
    def update_rules():
        return [Stepwise]
"""


SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(6, 60))]


class Killed(BaseException):
    """The end of the process."""


def end_of(run: cn.Run) -> dict[str, Any]:
    """Return everything that a run and its network have, to compare bits."""
    described = describe(run.network)
    assert run._continuation is not None
    return {
        "log": np.array(
            [run.errors, run.corrects, run.phase_numbers, *([run.test_errors, run.test_corrects] if run.test_every else [])]
        ).tobytes(),
        "memory": {name: values.tobytes() for name, values in run.memory.items()},
        "network": (described.values, {name: array.tobytes() for name, array in described.arrays.items()}),
        "order": run._continuation.order,
        "phases": run.phases,
        "stopped": run.stopped,
        "recordings": [
            [recording.epochs, *(recording[name].values.tobytes() for name in recording.quantities)] for recording in run.recordings
        ],
    }


def drawn(seed: int) -> tuple[Callable[[], cn.Network], cn.ExampleSet, dict[str, Any]]:
    """Return what makes a random network, its examples, and random arguments of `train`."""
    draw = np.random.default_rng(seed)
    in_time = seed % 2 == 1
    features: dict[str, Any] = {"noise": seed % 3 == 0, "frequencies": True, "perturbed": seed % 5 == 0, "lesions": True}
    features |= {"delays": True, "integrators": seed % 4 == 1, "continues": seed % 8 != 7, "initial": True} if in_time else {}

    def make() -> cn.Network:
        return random_network(seed, **features)[0]

    def phase() -> cn.Phase:
        rule = cn.rule(draw.choice(["momentum", "steepest", "dougs_momentum"]), rate=0.01)
        return cn.Phase(
            rule,
            int(draw.integers(1, 12)),
            update_after=str_or_number(["1", "2", "epoch"][draw.integers(3)]),
            order=str(draw.choice(["fixed", "permuted", "sampled"])),
            weighting=str(draw.choice(["equal", "frequency"])),
            presentations=[None, 3, 7][draw.integers(3)],
        )

    examples = random_network(seed, **features)[1]
    options: dict[str, Any] = {"phases": [phase() for _ in range(draw.integers(1, 4))], "engine": ["local", "compiled"][seed // 2 % 2]}
    if seed % 3 == 1:
        options |= {"test": examples, "test_every": 4}
    if seed % 4 == 2:
        options |= {"engine": cn.engine("compiled", precision="float32")}
    if seed % 6 == 5:
        options["until"] = cn.Criterion(correct=0.99)
    return make, examples, options


def str_or_number(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def killed_at(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let training be killed after an epoch, before a checkpoint of it is written."""
    is_due = Checkpoints.is_due

    def kill(self: Checkpoints, run: cn.Run) -> bool:
        if run.epochs >= epoch:
            raise Killed
        return is_due(self, run)

    monkeypatch.setattr(Checkpoints, "is_due", kill)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_training_that_is_killed_again_and_again_has_the_bits_of_one_that_is_not(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, examples, options = drawn(seed)
    expected = end_of(cn.train(make(), examples, **options))
    draw = np.random.default_rng(seed)
    run, kill = None, int(draw.integers(2, 6))
    while run is None:
        with monkeypatch.context() as patch:
            killed_at(kill, patch)
            try:
                run = (
                    cn.resume(tmp_path / "ck")
                    if (tmp_path / "ck" / "examples.npz").exists()
                    else cn.train(make(), examples, **options, checkpoint=tmp_path / "ck", checkpoint_every=int(draw.integers(1, 3)))
                )
            except Killed:
                kill += int(draw.integers(1, 5))
                shutil.rmtree(tmp_path / "ck") if not (tmp_path / "ck" / "examples.npz").exists() else None
    assert end_of(run) == expected
    again = cn.resume(tmp_path / "ck")
    assert end_of(again) == expected


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_continued_run_is_that_of_one_longer_training(seed: int) -> None:
    make, examples, options = drawn(seed)
    net = make()
    options.pop("until", None)
    whole = cn.train(net, examples, **options)
    *first, last = options.pop("phases")
    parts, again = [*first, cn.Phase(**{**vars(last), "epochs": last.epochs // 2})], make()
    before = cn.train(again, examples, phases=parts, **options)
    kept = end_of(before)
    after = cn.train(again, examples, epochs=last.epochs - last.epochs // 2, continue_from=before)
    expected = end_of(whole)
    assert end_of(after) == expected
    del kept["network"], kept["order"]
    assert {name: value for name, value in end_of(before).items() if name in kept} == kept
    assert after.seconds > before.seconds


@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize("kill", [1, 3, 6])
def test_search_rules_keep_their_state(
    make_net: Callable[[], cn.Network],
    xor: cn.ExampleSet,
    plugin_file: Callable[[str, str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kill: int,
) -> None:
    registry.load([plugin_file("stepwise.py", SEARCH)])
    rule, rest = cn.rule("stepwise"), cn.Phase(cn.rule("momentum"), 2)
    whole = cn.train(make_net(), xor, phases=[cn.Phase(rule, 8), rest], engine="local")
    with monkeypatch.context() as patch:
        killed_at(kill, patch)
        options: dict[str, Any] = {"phases": [cn.Phase(rule, 8), rest], "engine": "local"}
        with pytest.raises(Killed):
            cn.train(make_net(), xor, **options, checkpoint=tmp_path / "ck", checkpoint_every=1)
    if kill > 1:
        assert end_of(cn.resume(tmp_path / "ck")) == end_of(whole)
    net = make_net()
    first = cn.train(net, xor, cn.rule("stepwise"), kill, engine="local")
    assert end_of(cn.train(net, xor, phases=[cn.Phase(rule, 8 - kill), rest], continue_from=first)) == end_of(whole)


def test_a_run_that_a_criterion_stopped_goes_on_with_the_next_order(make_net: Callable[[], cn.Network], xor: cn.ExampleSet) -> None:
    options: dict[str, Any] = {"rule": cn.rule("momentum", rate=1.0), "order": "permuted", "update_after": 1, "presentations": 3}
    whole = cn.train(make_net(), xor, epochs=300, **options)
    lowest = np.minimum.accumulate(whole.errors)
    epoch = next(epoch for epoch in range(80, 290) if lowest[epoch] < lowest[epoch - 1])  # within a block
    net = make_net()
    first = cn.train(net, xor, epochs=300, until=whole.errors[epoch], **options)
    assert first.stopped == "criterion"
    assert first.epochs == epoch + 1
    after = cn.train(net, xor, epochs=300 - first.epochs, continue_from=first)
    assert end_of(after) == end_of(whole)


def test_ctrl_c_leaves_a_checkpoint_and_a_run_that_can_be_continued(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path
) -> None:
    whole = cn.train(make_net(), xor, "momentum", 400, order="permuted")

    def until(run: cn.Run) -> bool:
        if run.epochs == 123:
            raise KeyboardInterrupt
        return False

    net = make_net()
    with pytest.raises(TrainingInterrupted) as caught:
        cn.train(net, xor, "momentum", 400, order="permuted", until=until, checkpoint=tmp_path / "ck", checkpoint_every=50)
    assert cn.resume(tmp_path / "ck", until=lambda _: False).errors == whole.errors
    assert end_of(cn.train(net, xor, epochs=400 - 123, continue_from=caught.value.run))["log"] == end_of(whole)["log"]


@pytest.mark.parametrize("in_folder", [False, True])
def test_recordings_go_on(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_folder: bool
) -> None:
    def recorders(name: str) -> list[cn.Recorder]:
        folders = [tmp_path / f"{name}-{number}" if in_folder else None for number in range(3)]
        net = make_net()
        return [
            cn.Recorder(("activation", "net_input"), of=["hidden", net["output"][0]], every=3, cases=[0, 2], folder=folders[0]),
            cn.Recorder("weight", of=[net.projections[0], net.connections[-1]], epochs=[0, 5, 20, 31], each="change", folder=folders[1]),
            cn.Recorder("activation", of=net["output"], examples=xor[[1, 2]], every=7, folder=folders[2]),
        ]

    whole = cn.train(make_net(), xor, "momentum", 40, update_after=2, record=recorders("whole"))
    for kill in (14, 27, 100):
        with monkeypatch.context() as patch:
            killed_at(kill, patch)
            try:
                run = (
                    cn.train(
                        make_net(),
                        xor,
                        "momentum",
                        40,
                        update_after=2,
                        record=recorders("ck"),
                        checkpoint=tmp_path / "ck",
                        checkpoint_every=4,
                    )
                    if kill == 14
                    else cn.resume(tmp_path / "ck")
                )
            except Killed:
                continue
    assert end_of(run) == end_of(whole)
    if in_folder:
        for number in range(3):
            ours, theirs = (cn.load_recording(tmp_path / f"{name}-{number}").dataset for name in ("ck", "whole"))
            assert ours.identical(theirs)


def test_a_recording_of_a_projection_with_lesions_goes_on(make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path) -> None:
    def train(epochs: int, **checkpoints: Any) -> cn.Run:
        net = make_net()
        net.lesion("hidden:0")
        record = cn.Recorder("weight", of=net.projection("hidden", "output"))
        return cn.train(net, xor, "momentum", epochs, record=record, **checkpoints)

    train(20, checkpoint=tmp_path / "ck", checkpoint_every=5)
    whole, resumed = train(25).recording["weight"], cn.resume(tmp_path / "ck", epochs=25).recording["weight"]
    assert whole.sizes["connection"] == len(make_net().projection("hidden", "output")) - 1
    assert resumed.identical(whole)


def interrupted(net: cn.Network, xor: cn.ExampleSet, folder: Path, epochs: int = 30, **options: Any) -> None:
    """Train, and write checkpoints after 10, 20 and 30 epochs."""
    cn.train(net, xor, "momentum", epochs, order="permuted", checkpoint=folder, checkpoint_every=10, **options)


@pytest.mark.parametrize("fault", ["cut", "flipped", "empty", "missing", "log"])
def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path, fault: str
) -> None:
    folder = tmp_path / "ck"
    interrupted(make_net(), xor, folder)
    newest = max(folder.glob("checkpoint-*.npz"), key=lambda path: int(_number(path)))
    content = newest.read_bytes()
    if fault == "missing":
        newest.unlink()
    elif fault == "log":
        (folder / "log.f8").write_bytes((folder / "log.f8").read_bytes()[: 25 * 40])
    else:
        middle = len(content) // 3
        damaged = {"cut": content[:-100], "flipped": content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :], "empty": b""}
        newest.write_bytes(damaged[fault])
    whole = cn.train(make_net(), xor, "momentum", 50, order="permuted")
    if fault == "missing":
        assert cn.resume(folder, 50).errors == whole.errors
        return
    with pytest.warns(UserWarning, match=r"resume: checkpoint .*; training goes on from the checkpoint before, after 20 epochs"):
        run = cn.resume(folder, 50)
    assert end_of(run) == end_of(whole)
    assert end_of(cn.resume(folder)) == end_of(whole)


def _number(path: Path) -> float:
    with np.load(path) as file:
        text = str(file["description"])
    return float(text.split('"number": ', 1)[1].split(",", 1)[0])


def test_the_checkpoint_before_is_kept_until_the_new_one_is_whole(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path
) -> None:
    folder = tmp_path / "ck"
    for epochs in (30, 35, 41):
        interrupted(make_net(), xor, folder) if epochs == 30 else cn.resume(folder, epochs, checkpoint_every=100)
        first, second = sorted(_number(path) for path in folder.glob("checkpoint-*.npz"))
        assert second == first + 1


def test_epoch_0_is_not_recorded_again(make_net: Callable[[], cn.Network], xor: cn.ExampleSet) -> None:
    net, recorder = make_net(), cn.Recorder("weight", of="hidden", epochs=[0, 2, 5])
    first = cn.train(net, xor, "momentum", 3, record=recorder)
    after = cn.train(net, xor, epochs=3, continue_from=first, record=recorder)
    assert (first.recording.epochs, after.recording.epochs) == ((0, 2), (5,))


def test_without_a_whole_checkpoint_the_message_says_what_is_wrong(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path
) -> None:
    folder = tmp_path / "ck"
    with pytest.raises(FileError, match=r"resume: '.*ck' is not a folder"):
        cn.resume(folder)
    interrupted(make_net(), xor, folder)
    with pytest.raises(FileError, match=r"is not empty, and its files are not overwritten; go on with cn.resume"):
        interrupted(make_net(), xor, folder)
    for path in folder.glob("checkpoint-*.npz"):
        path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(
        FileError, match=r"has no checkpoint that can be read: checkpoint .*checkpoint-0.npz.* cannot be read .*; checkpoint .*-1"
    ):
        cn.resume(folder)
    for path in folder.glob("checkpoint-*.npz"):
        path.unlink()
    with pytest.raises(FileError, match=r"has no checkpoint$"):
        cn.resume(folder)
    assert not (folder / "run.lock").exists()


def test_examples_of_another_training_are_rejected(make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path) -> None:
    for name in ("one", "two"):
        interrupted(make_net(), xor, tmp_path / name)
    shutil.copy(tmp_path / "one" / "examples.npz", tmp_path / "two")
    with pytest.raises(FileError, match=r"examples.npz is that of another training"):
        cn.resume(tmp_path / "two")


def test_functions_must_be_given_again(make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path) -> None:
    def lesion(run: cn.Run) -> bool:
        if run.epochs == 20:
            run.network.lesion("hidden:1")
        return False

    whole = cn.train(make_net(), xor, "momentum", 60, order="permuted", until=lesion, every=4)
    interrupted(make_net(), xor, tmp_path / "ck", until=lesion, every=4)
    with pytest.raises(ParameterError, match=r"resume.until: must be given, since the training had a function there"):
        cn.resume(tmp_path / "ck", 60)
    assert end_of(cn.resume(tmp_path / "ck", 60, until=lesion)) == end_of(whole)
    shown: list[int] = []
    net = make_net()
    options: dict[str, Any] = {"after_example": lambda presentation: shown.append(presentation.epoch)}
    interrupted(net, xor, tmp_path / "shown", epochs=5, **options)
    with pytest.raises(ParameterError, match=r"resume.after_example: must be given"):
        cn.resume(tmp_path / "shown", 7)
    cn.resume(tmp_path / "shown", 7, **options)
    assert shown == [epoch for epoch in range(1, 8) for _ in range(4)]


def test_what_cannot_be_stored_is_an_error_before_training(make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path) -> None:
    class Own(cn.UpdateRule):
        name = "own"

        def change(self, value: float, derivative: float) -> tuple[float, ...]:
            return (-derivative,)

    net = make_net()
    before = net.weight_values.tolist()
    with pytest.raises(ParameterError, match=r"train.checkpoint: .* no plugin offers the update rule 'own' of class Own"):
        cn.train(net, xor, Own(), 3, checkpoint=tmp_path / "ck", engine="local")
    assert net.weight_values.tolist() == before
    assert not (tmp_path / "ck" / "examples.npz").exists()
    wrong: Any
    for wrong in ("soon", "30 d", 0, 2.5, None, "-1 s"):
        with pytest.raises(ParameterError, match=r"train.checkpoint_every: must be"):
            cn.train(net, xor, "momentum", 3, checkpoint=tmp_path / "other", checkpoint_every=wrong)


def test_a_checkpoint_that_cannot_be_written_is_a_warning(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise FileError("the disk is full")

    monkeypatch.setattr("connectionist.learning.checkpoints.write_values", full)
    with pytest.warns(UserWarning, match=r"train.checkpoint: the disk is full; training goes on, and the checkpoint before is kept"):
        run = cn.train(make_net(), xor, "momentum", 30, checkpoint=tmp_path / "ck", checkpoint_every=10)
    assert run.errors == cn.train(make_net(), xor, "momentum", 30).errors


def test_wrong_continuations_are_errors(make_net: Callable[[], cn.Network], xor: cn.ExampleSet) -> None:
    net = make_net()
    run = cn.train(net, xor, "momentum", 3)
    for wrong, message in (
        ({"seed": 9}, r"train.seed: must be that of the run to continue from, 1 \(got 9\)"),
        ({"memory": run.memory}, "train.memory: must not be given with continue_from"),
        ({"epochs": None}, r"train.epochs: must be given with a rule, as in epochs=100 \(got the rule 'momentum' and no epochs\)"),
    ):
        options: dict[str, Any] = {"epochs": 3, "continue_from": run, **wrong}
        with pytest.raises(ParameterError, match=message):
            cn.train(net, xor, **options)
    message = r"train.continue_from: must be a Run that cn.train, cn.train_many or cn.resume returned .got "
    with pytest.raises(ParameterError, match=message):
        cn.train(net, xor, "momentum", 3, continue_from="ck")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=f"{message}<Run"):
        cn.train(net, xor, "momentum", 3, continue_from=replace(run, _continuation=None))
    net.add_group("more", 1)
    with pytest.raises(WiringError, match="has 12 weights, and the memory 'last_change' of the run 11"):
        cn.train(net, xor, epochs=3, continue_from=run)


def test_the_function_of_a_recorder_must_be_given_again(make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path) -> None:
    recorder = cn.Recorder("weight", of="hidden", when=lambda run: run.epochs % 5 == 0)
    whole = cn.train(make_net(), xor, "momentum", 40, order="permuted", record=recorder)
    interrupted(make_net(), xor, tmp_path / "ck", epochs=23, record=recorder)
    with pytest.raises(
        ParameterError, match=r"resume.record: must be 1 recorder, as before; a function `when` cannot be stored \(got \(\)\)"
    ):
        cn.resume(tmp_path / "ck", 40)
    with pytest.raises(ParameterError, match=r"resume.record: must record weight, as before \(got change\)"):
        cn.resume(tmp_path / "ck", 40, record=cn.Recorder("change", of="hidden"))
    assert end_of(cn.resume(tmp_path / "ck", 40, record=recorder)) == end_of(whole)


def test_a_pickled_run_goes_on_with_its_network(make_net: Callable[[], cn.Network], xor: cn.ExampleSet) -> None:
    net = make_net()
    run = cn.train(net, xor, "momentum", 30, order="permuted", record=cn.Recorder("weight", of="hidden"))
    for again in (pickle.loads(pickle.dumps(run)), copy.deepcopy(run)):
        assert end_of(again) == end_of(run)
        after, expected = (cn.train(each.network, xor, epochs=5, continue_from=each) for each in (again, copy.deepcopy(run)))
        assert end_of(after) == end_of(expected)

    def drawn(seed: int) -> cn.Network:
        net.randomize(0.5, seed=seed)
        return net

    runs = cn.train_many(drawn, xor, "momentum", 4, seeds=[1, 2])
    first, second = pickle.loads(pickle.dumps(list(runs)))
    assert [first.errors, second.errors] == [run.errors for run in runs]
    for ours, theirs in ((first, runs[0]), (second, runs[1])):
        assert ours.network.weight_values.tolist() == theirs.network.weight_values.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_examples_come_back_from_their_description(seed: int) -> None:
    features: dict[str, Any] = [{}, {"delays": True, "continues": True}][seed % 2]
    net, examples = random_network(seed, **features, frequencies=True, perturbed=True)
    if seed == 4:
        examples = cn.ExampleSet(
            [cn.Example({"input0": [1, 2, 3]}, {"output": [0]}, "é, '"), cn.Example({"input0": [1, 2, 3]}, {"output": [0]})]
        )
    if seed == 5:
        events = [cn.Event([1.0], time=2), cn.Event([0.0], [1.0])]
        examples = cn.ExampleSet([cn.Example.of_events(events, "events"), cn.Example.of_events(events[1:], "one")])
    net._check(examples) if seed < 4 else None
    again = examples_of(describe_examples(examples))
    ours, theirs = vars(examples), vars(again)
    assert ours.keys() == theirs.keys() == {*ours}
    for name, value in ours.items():
        if isinstance(value, np.ndarray):
            assert (value.tobytes(), value.dtype, value.flags.writeable) == (
                theirs[name].tobytes(),
                theirs[name].dtype,
                theirs[name].flags.writeable,
            )
        elif name == "clamps":
            assert {key: table.tobytes() for key, table in value.items()} == {key: table.tobytes() for key, table in theirs[name].items()}
        else:
            assert value == theirs[name], name
    wrong = describe_examples(examples)
    wrong["names"] = wrong["names"][1:]
    with pytest.raises(DataError, match="each array must have"):
        examples_of(wrong)


@pytest.mark.parametrize("every", ["9000 h", "0.00001 s", " 5 min ", 7])
def test_every_interval_is_that_of_before(make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path, every: str | int) -> None:
    cn.train(make_net(), xor, "momentum", 3, checkpoint=tmp_path / "ck", checkpoint_every=every)
    assert cn.resume(tmp_path / "ck", 5).epochs == 5
    assert read_checkpoint(tmp_path / "ck").values["every"] == every


def test_a_training_that_was_killed_before_its_first_checkpoint_can_start_again(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path
) -> None:
    record = [cn.Recorder("weight", of="hidden"), cn.Recorder("activation", of="hidden")]
    for name in ("examples.npz", "log.f8", "recording-0-0.f8", "recording-1-1.f8"):
        (tmp_path / name).write_bytes(b"old" * 1000)
    whole = cn.train(make_net(), xor, "momentum", 6, record=record)
    cn.train(make_net(), xor, "momentum", 4, record=record, checkpoint=tmp_path, checkpoint_every=1)
    assert end_of(cn.resume(tmp_path, 6)) == end_of(whole)


@pytest.mark.parametrize("place", [0, 1])
def test_a_kill_at_the_beginning_of_a_resume_leaves_a_recording_that_goes_on(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    def record(name: str) -> cn.Recorder:
        return cn.Recorder(["weight", "activation"], of="hidden", folder=tmp_path / name)

    whole = cn.train(make_net(), xor, "momentum", 30, record=record("whole"))
    with monkeypatch.context() as patch:
        killed_at(14, patch)
        with pytest.raises(Killed):
            cn.train(make_net(), xor, "momentum", 30, record=record("killed"), checkpoint=tmp_path / "ck", checkpoint_every=10)
    go_on = OnDisk.go_on
    places: list[None] = []

    def kill(self: OnDisk, count: int) -> None:
        go_on(self, count)
        if len(places) == place:
            raise Killed
        places.append(None)

    with monkeypatch.context() as patch:
        patch.setattr(OnDisk, "go_on", kill)
        with pytest.raises(Killed):
            cn.resume(tmp_path / "ck")
    assert cn.load_recording(tmp_path / "killed").epochs
    assert end_of(cn.resume(tmp_path / "ck")) == end_of(whole)


def test_the_checkpoints_of_a_command_that_runs_are_locked(make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path) -> None:
    cn.train(make_net(), xor, "momentum", 3, checkpoint=tmp_path / "checkpoint")
    with lock_folder(tmp_path, "--out"), pytest.raises(FileError, match="is in use by another run"):
        cn.resume(tmp_path / "checkpoint", 5)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("functions", None), ("about", []), ("until_every", 0), ("every", "soon"), ("criterion", {"error": -1.0}), ("key", 3), ("log", 1)],
)
@pytest.mark.parametrize("is_missing", [False, True])
def test_settings_of_another_form_are_errors(
    make_net: Callable[[], cn.Network], xor: cn.ExampleSet, tmp_path: Path, name: str, wrong: object, is_missing: bool
) -> None:
    interrupted(make_net(), xor, tmp_path / "ck")
    for path in (tmp_path / "ck").glob("checkpoint-*.npz"):
        values = read_values(path, "test")
        values[name] = wrong
        if is_missing:
            del values[name]
        write_values(path, values)
    with pytest.raises(FileError, match="has no checkpoint that can be read"):
        cn.resume(tmp_path / "ck", 40)
