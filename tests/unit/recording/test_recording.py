"""Recordings agree with what the objects show, for every engine and every moment."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import DataError, FileError, ParameterError, UnknownNameError
from connectionist.model.selection import connection_name, select_cases, select_connections, select_units
from connectionist.recording import folder
from connectionist.recording.recorder import UNIT_QUANTITIES, WEIGHT_QUANTITIES
from connectionist.recording.recording import new_recording
from connectionist.testing.networks import random_network
from connectionist.utils.arrays import Array


def small(seed: int = 1) -> cn.Network:
    net = cn.Network("small")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", ["left", "right"])
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.6, seed=seed)
    return net


def cases(count: int = 6) -> cn.ExampleSet:
    draw = np.random.default_rng(7)
    names = [f"case {letter}" for letter in "abcdefgh"[:count]]
    return cn.ExampleSet.from_arrays(draw.random((count, 3)), draw.integers(0, 2, (count, 2)), names=names)


def sequences() -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network("echo")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "output")
    net.randomize(0.8, seed=3)
    draw = np.random.default_rng(3)
    lengths = {"short": 2, "long": 4, "middle": 3}
    return net, cn.ExampleSet(
        [cn.Example.sequence(draw.random((ticks, 2)), draw.random((ticks, 1)), name) for name, ticks in lengths.items()]
    )


def read(net: cn.Network, quantity: str) -> Array:
    return np.array([getattr(unit, quantity) for unit in net.units])


def test_a_test_records_what_the_objects_show_case_by_case(engine: str) -> None:
    net, examples = small(), cases()
    before = net.weight_values
    recording = cn.record(net, examples, UNIT_QUANTITIES, engine=engine)
    for name in examples.names:
        net.forward(examples[name].inputs)
        net.backward(examples[name].targets)
        for quantity in UNIT_QUANTITIES:
            found = recording[quantity].sel(case=name)
            assert list(found.unit.values) == [unit.name for unit in net.units]
            np.testing.assert_allclose(found.values, read(net, quantity), rtol=1e-12, atol=1e-15, err_msg=quantity)
    assert np.array_equal(net.weight_values, before)


@pytest.mark.parametrize("ticks_back", [None, 2])
def test_in_time_a_test_records_what_the_copies_show(engine: str, ticks_back: int | None) -> None:
    net, examples = sequences()
    net.ticks_back = ticks_back
    recording = cn.record(net, examples, UNIT_QUANTITIES, of=["hidden", "output", "input", "bias"], engine=engine)
    assert recording["activation"].dims == ("case", "tick", "unit")
    for example in examples:
        net.forward(example.inputs)
        net.backward(example.targets)
        copies = net.unrolled
        assert copies is not None
        for tick in range(1, 5):
            for unit in recording["activation"].unit.values:
                here = {quantity: float(recording[quantity].sel(case=example.name, tick=tick, unit=unit)) for quantity in UNIT_QUANTITIES}
                if tick > len(example.inputs):
                    assert np.isnan(list(here.values())).all()
                    continue
                copy = copies.unit(str(unit) if unit == "bias" else f"{unit}@{tick}")
                expected = {quantity: getattr(copy, quantity) for quantity in UNIT_QUANTITIES}
                np.testing.assert_allclose(list(here.values()), list(expected.values()), rtol=1e-12, atol=1e-15, err_msg=f"{unit}@{tick}")


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("ticks_back", [None, 2])
def test_engines_record_the_same_of_training_in_time(update_after: Any, ticks_back: int | None) -> None:
    recordings = []
    for engine in ("local", "compiled"):
        net, examples = sequences()
        net.ticks_back = ticks_back
        recorder = cn.Recorder([*UNIT_QUANTITIES, *WEIGHT_QUANTITIES], of="*", every=2)
        recordings.append(
            cn.train(net, examples, cn.rule("momentum"), 4, engine=engine, update_after=update_after, record=recorder).recording
        )
    for quantity in recordings[0]:
        np.testing.assert_allclose(recordings[1][quantity], recordings[0][quantity], rtol=1e-11, atol=1e-15, err_msg=quantity)


@pytest.mark.parametrize(("update_after", "order"), [("epoch", "fixed"), (1, "permuted"), (2, "fixed")])
def test_training_records_what_the_objects_show_after_the_same_number_of_epochs(engine: str, update_after: Any, order: str) -> None:
    options: dict[str, Any] = {"engine": engine, "update_after": update_after, "order": order, "seed": 5}
    rule = cn.rule("momentum", rate=0.3)
    recorder = cn.Recorder([*UNIT_QUANTITIES, *WEIGHT_QUANTITIES], of="*", every=2)
    recording = cn.train(small(), cases(), rule, 7, record=recorder, **options).recording
    assert recording.epochs == (2, 4, 6)
    for epoch in recording.epochs:
        net = small()
        cn.train(net, cases(), rule, epoch, **options)
        shown = next(c for c in cases().names if np.array_equal(net["input"].activations, cases()[c].inputs))  # the last one presented
        for quantity in UNIT_QUANTITIES:
            np.testing.assert_allclose(recording[quantity].sel(epoch=epoch, case=shown), read(net, quantity), rtol=1e-11, atol=1e-14)
        for quantity, attribute in WEIGHT_QUANTITIES.items():
            of_each = [getattr(net.connection(*name.split(" → ")).weight, attribute) for name in recording[quantity].connection.values]
            np.testing.assert_allclose(recording[quantity].sel(epoch=epoch), of_each, rtol=1e-11, atol=1e-14, err_msg=quantity)


@pytest.mark.parametrize("update_after", [1, 2, 4])
def test_weights_after_each_change_add_up(engine: str, update_after: int) -> None:
    recorder = cn.Recorder(["weight", "change"], of="input → hidden", each="change")
    recording = cn.train(small(), cases(), cn.rule("momentum"), 3, update_after=update_after, engine=engine, record=recorder).recording
    assert recording["weight"].dims == ("epoch", "update", "connection")
    weights, changes = (recording[quantity].values.reshape(-1, 6) for quantity in ("weight", "change"))
    assert len(weights) == 3 * -(-len(cases()) // update_after)
    np.testing.assert_allclose(np.diff(weights, axis=0), changes[1:], atol=1e-14)
    table = recording.table()
    assert list(table) == ["epoch", "update", "connection", "weight", "change"]
    assert table["change"].tolist() == changes.ravel().tolist()
    assert recording.dataset["change"].equals(recording["change"])


def test_testing_shows_the_network_after_the_epoch_and_before_training(engine: str) -> None:
    test = cn.ExampleSet.from_arrays([[0.1, 0.2, 0.3]], [[1, 0]], names=["new"])
    recorder = cn.Recorder("activation", of="output", epochs=[0, 3, 5], examples=test)
    net = small()
    recording = cn.train(net, cases(), cn.rule("momentum"), 5, engine=engine, record=recorder).recording
    assert recording.epochs == (0, 3, 5)
    np.testing.assert_array_equal(recording["activation"].sel(epoch=5, case="new"), net.outputs(test, engine)[0])
    np.testing.assert_array_equal(recording["activation"].sel(epoch=0, case="new"), small().outputs(test, engine)[0])


def test_recording_changes_neither_the_bits_of_training_nor_the_state_of_the_objects(engine: str) -> None:
    test = cn.ExampleSet.from_arrays([[0.1, 0.2, 0.3]], [[1, 0]])
    recorders = [cn.Recorder([*UNIT_QUANTITIES, *WEIGHT_QUANTITIES], of="*"), cn.Recorder(UNIT_QUANTITIES, of="*", examples=test)]
    plain, recorded = small(), small()
    cn.train(plain, cases(), cn.rule("momentum"), 5, engine=engine)
    cn.train(recorded, cases(), cn.rule("momentum"), 5, engine=engine, record=recorders)
    assert np.array_equal(plain.weight_values, recorded.weight_values)
    for quantity in UNIT_QUANTITIES:
        np.testing.assert_allclose(read(recorded, quantity), read(plain, quantity), rtol=1e-13, atol=1e-15)
    for quantity in ("derivative", "change"):
        assert [getattr(w, quantity) for w in plain.weights] == [getattr(w, quantity) for w in recorded.weights]


def test_when_is_called_after_each_epoch_that_is_due() -> None:
    called = []

    def when(run: cn.Run) -> bool:
        called.append(run.epochs)
        return run.epochs >= 6

    recorder = cn.Recorder("weight", of="output", every=2, when=when)
    recording = cn.train(small(), cases(), cn.rule("momentum"), 9, record=recorder).recording
    assert called == [2, 4, 6, 8]
    assert recording.epochs == (6, 8)


def test_a_criterion_ends_the_recording_with_the_training(engine: str) -> None:
    recorder = cn.Recorder("activation", of="output")
    errors = cn.train(small(), cases(), cn.rule("momentum"), 5, engine=engine).errors
    run = cn.train(small(), cases(), cn.rule("momentum"), 500, until=errors[-1], engine=engine, record=recorder)
    assert (run.stopped, run.epochs) == ("criterion", 5)  # within a block of epochs: the first three have 1, 2 and 4
    assert run.recording.epochs == (1, 2, 3, 4, 5)


def test_after_a_divergence_the_epochs_before_it_are_recorded() -> None:
    net = small()
    net["output"].activation_function = "linear"
    with pytest.raises(cn.ConnectionistError) as caught:
        cn.train(net, cases(), cn.rule("steepest", rate=1e6), 100, record=cn.Recorder("weight", of="*"))
    run = caught.value.run  # type: ignore[attr-defined]
    assert run.recording.epochs == tuple(range(1, run.epochs + 1))


def test_cases_that_a_sampled_order_omits_are_nan() -> None:
    recorder = cn.Recorder("activation", of="output")
    recording = cn.train(small(), cases(), cn.rule("momentum"), 4, order="sampled", record=recorder).recording
    missing = np.isnan(recording["activation"].values).all(axis=-1)
    assert missing.any()
    assert not missing.all()
    table = recording.table()
    assert len(table) == 2 * (~missing).sum()


def test_recording_spans_phases_and_blocks_limited_by_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectionist.recording.in_training.BYTES_PER_BLOCK", 200)
    phases = [cn.Phase(cn.rule("steepest"), epochs=5), cn.Phase(cn.rule("momentum"), epochs=8, update_after=1)]
    recorder = cn.Recorder(["activation", "weight"], of="hidden", every=3)
    recording = cn.train(small(), cases(), phases=phases, record=recorder).recording
    monkeypatch.undo()
    again = cn.train(small(), cases(), phases=phases, record=recorder).recording
    assert recording.epochs == again.epochs == (3, 6, 9, 12)
    assert recording.dataset.identical(again.dataset)


def test_ticks_can_be_chosen(engine: str) -> None:
    net, examples = sequences()
    recorder = cn.Recorder("activation", of="hidden", ticks=[2, 4], cases=["long", "short"])
    recording = cn.train(net, examples, cn.rule("momentum"), 1, engine=engine, record=recorder).recording
    net, examples = sequences()
    expected = cn.record(net, examples, of="hidden", engine=engine)["activation"]
    found = recording["activation"].sel(epoch=1)
    assert found.tick.values.tolist() == [2, 4]
    assert found.case.values.tolist() == ["long", "short"]
    np.testing.assert_allclose(found, expected.sel(case=["long", "short"], tick=[2, 4]), rtol=1e-13)
    assert np.isnan(found.sel(case="short", tick=4)).all()


def test_a_table_is_tidy_and_survives_csv_and_parquet(tmp_path: Path) -> None:
    import pandas as pd

    net, examples = sequences()
    recording = cn.record(net, examples, ["activation", "net_input"], of="hidden")
    table = recording.table()
    assert list(table.columns) == ["case", "tick", "unit", "activation", "net_input"]
    assert len(table) == (2 + 4 + 3) * 3
    row = table[(table.case == "middle") & (table.tick == 3) & (table.unit == "hidden:1")]
    assert float(row.activation.iloc[0]) == float(recording["activation"].sel(case="middle", tick=3, unit="hidden:1"))
    table.to_csv(tmp_path / "table.csv", index=False)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "table.csv"), table)
    table.to_parquet(tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "table.parquet"), table)


def test_a_table_of_units_and_connections_raises_without_of() -> None:
    recorder = cn.Recorder(["activation", "weight"], of="output")
    recording = cn.train(small(), cases(), cn.rule("momentum"), 2, record=recorder).recording
    with pytest.raises(ParameterError, match=r"set of= to one of \['units', 'connections'\]"):
        recording.table()
    assert list(recording.table("connections").columns) == ["epoch", "connection", "weight"]
    assert list(recording.table("units").columns) == ["epoch", "case", "unit", "activation"]
    with pytest.raises(ParameterError, match="got 'groups'"):
        recording.table("groups")


def test_a_recording_in_a_folder_equals_one_in_memory(tmp_path: Path) -> None:
    options: dict[str, Any] = {"quantities": ["activation", "weight"], "of": "hidden", "every": 2}
    in_memory = cn.train(small(), cases(), cn.rule("momentum"), 9, record=cn.Recorder(**options)).recording
    on_disk = cn.train(small(), cases(), cn.rule("momentum"), 9, record=cn.Recorder(**options, folder=tmp_path / "a")).recording
    read_again = cn.load_recording(tmp_path / "a")
    in_memory.save(tmp_path / "b")
    for other in (on_disk, read_again, cn.load_recording(tmp_path / "b")):
        assert other.dataset.identical(in_memory.dataset)
        assert repr(other) == repr(in_memory)
        assert other.table("units").equals(in_memory.table("units"))
    presented = cn.record(small(), cases())
    presented.save(tmp_path / "c")
    assert cn.load_recording(tmp_path / "c").dataset.identical(presented.dataset)


def test_a_folder_can_be_read_during_training(tmp_path: Path) -> None:
    seen = []

    def until(run: cn.Run) -> bool:
        seen.append(cn.load_recording(tmp_path / "now").epochs)
        return False

    cn.train(small(), cases(), cn.rule("momentum"), 3, until=until, record=cn.Recorder("weight", of="*", folder=tmp_path / "now"))
    assert seen == [(1,), (1, 2), (1, 2, 3)]


def test_two_programs_that_begin_at_once_do_not_record_to_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = cn.record(small(), cases(), "activation", of="*", engine="local")
    first = new_recording(tmp_path, "first", recording._parts, has_epochs=True)
    first.add([1], [store.array() for store in recording._stores])
    with pytest.raises(FileError, match="has files in it"):
        new_recording(tmp_path, "second", recording._parts, has_epochs=True)
    monkeypatch.setattr(folder, "_check_empty", lambda path: None)  # as if both had looked before either began
    with pytest.raises(FileError, match="File exists"):
        new_recording(tmp_path, "second", recording._parts, has_epochs=True)
    assert cn.load_recording(tmp_path).name == "first"
    assert len(cn.load_recording(tmp_path).epochs) == 1


def test_training_warns_if_nothing_was_recorded() -> None:
    with pytest.warns(UserWarning, match="every 100 epochs.: nothing was recorded, since no epoch up to the last, 10, was due"):
        cn.train(small(), cases(), cn.rule("momentum"), 10, record=cn.Recorder("activation", of="hidden", every=100))


def test_a_folder_is_created_only_if_all_arguments_are_valid(tmp_path: Path) -> None:
    recorder = cn.Recorder("weight", of="*", folder=tmp_path / "{seed}")
    for wrong in ({"record": [recorder, cn.Recorder("weight", of="hiden")]}, {"record": recorder, "memory": {"lust": [1]}}):
        with pytest.raises(cn.ConnectionistError):
            cn.train(small(), cases(), cn.rule("momentum"), 2, **wrong)
    assert not list(tmp_path.iterdir())
    for seed in (1, 2):
        cn.train(small(), cases(), cn.rule("momentum"), 2, record=recorder, seed=seed)
    assert [cn.load_recording(tmp_path / name).epochs for name in ("1", "2")] == [(1, 2)] * 2


def test_a_folder_with_fewer_epochs_than_records_can_be_read(tmp_path: Path) -> None:
    recorder = cn.Recorder(["activation", "weight"], of="output", folder=tmp_path / "torn")
    whole = cn.train(small(), cases(), cn.rule("momentum"), 5, record=recorder).recording
    epochs = np.load(tmp_path / "torn" / "epochs.npy")
    np.save(tmp_path / "torn" / "epochs.npy", epochs[:3])  # as after a kill between the last two writes
    assert cn.load_recording(tmp_path / "torn").dataset.identical(whole.dataset.isel(epoch=slice(3)))


def test_a_table_of_targets_has_no_rows_for_ticks_beyond_an_example() -> None:
    net, examples = sequences()
    assert len(cn.record(net, examples, "target", of="output").table()) == 2 + 4 + 3


def test_folders_with_files_and_folders_without_a_recording_raise(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("dear")
    recorder = cn.Recorder("weight", of="*", folder=tmp_path / "full")
    with pytest.raises(FileError, match="has files in it, which are not overwritten"):
        cn.train(small(), cases(), cn.rule("momentum"), 2, record=recorder)
    for nothing in (tmp_path / "full", tmp_path / "none"):
        with pytest.raises(FileError, match="is not the folder of a recording"):
            cn.load_recording(nothing)
    (tmp_path / "full" / "recording.json").write_text('{"format": "of another"}')
    with pytest.raises(FileError, match="of another"):
        cn.load_recording(tmp_path / "full")


NET = small()
CASES = cases()


@pytest.mark.parametrize(
    ("of", "names"),
    [
        ("hidden", ["hidden:left", "hidden:right"]),
        ("hidden:right", ["hidden:right"]),
        ("*:1", ["input:1", "output:1"]),
        ("bias", ["bias"]),
        (["output:0", "hidden:l*", "output"], ["output:0", "hidden:left", "output:1"]),
        (NET["output"], ["output:0", "output:1"]),
        (NET["hidden"][0], ["hidden:left"]),
        ([NET["hidden"][1], NET["hidden"]], ["hidden:right", "hidden:left"]),
    ],
)
def test_units_are_selected_by_name_pattern_and_object(of: Any, names: list[str]) -> None:
    assert [unit.name for unit in select_units(NET, of)] == names


@pytest.mark.parametrize(
    ("of", "names"),
    [
        ("input:0 → hidden", ["input:0 → hidden:left", "input:0 → hidden:right"]),
        ("* -> output:1", ["bias → output:1", "hidden:left → output:1", "hidden:right → output:1"]),
        ("hidden:right", ["bias → hidden:right", *(f"input:{number} → hidden:right" for number in range(3))]),
        (NET.projection("hidden", "output"), [c.name for c in NET.projection("hidden", "output")]),
        (NET.connection("bias", "hidden:left"), ["bias → hidden:left"]),
    ],
)
def test_connections_are_selected_by_name_pattern_and_object(of: Any, names: list[str]) -> None:
    assert sorted(connection.name for connection in select_connections(NET, of)) == sorted(names)


def test_connection_names_with_arrows_and_delays_select_their_connection() -> None:
    net = cn.Network("arrows")
    net.add_group("input", ["a->b", "b"], role="input")
    net.add_group("a", 1)
    net.connect("input", "a")
    net.connect("a", "a", delay=1)
    net.connect("a", "a", delay=2)
    assert [unit.name for unit in select_units(net, "input:a->b")] == ["input:a->b"]
    for name in map(connection_name, net.connections):
        assert [connection_name(c) for c in select_connections(net, name)] == [name]
    assert [c.delay for c in select_connections(net, "a -> a with delay 2")] == [2]
    assert [c.name for c in select_connections(net, "input:a->b->a:0")] == ["input:a->b → a:0"]


def test_a_projection_selects_its_own_connections_that_are_not_lesioned() -> None:
    net = cn.Network("twice")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output")
    first = net.connect("input", "output", pattern=[[True, True], [False, False]])
    second = net.connect("input", "output", pattern=[[False, False], [True, True]])
    assert [c.name for c in select_connections(net, second)] == ["input:1 → output:0", "input:1 → output:1"]
    net.lesion(net.connection("input:0", "output:1"))
    assert [c.name for c in select_connections(net, [first, second])][:1] == ["input:0 → output:0"]
    assert len(select_connections(net, [first, second])) == 3
    with pytest.raises(UnknownNameError, match="unknown connection with delay 1 of twice"):
        net.connection("input:0 → output:0 with delay 2", delay=1)


def test_cases_are_selected_by_name_pattern_and_number() -> None:
    assert select_cases(CASES, None).tolist() == list(range(6))
    assert select_cases(CASES, "case b").tolist() == [1]
    assert select_cases(CASES, [3, "case [ab]", 3]).tolist() == [3, 0, 1]


@given(st.integers(0, 30), st.lists(st.sampled_from([*UNIT_QUANTITIES]), min_size=1, unique=True), st.data())
@settings(max_examples=15, deadline=None)
def test_any_selection_of_any_network_is_part_of_the_whole(seed: int, quantities: list[str], data: st.DataObject) -> None:
    net, examples = random_network(seed, delays=seed % 2 == 1)
    units = data.draw(st.lists(st.sampled_from([unit.name for unit in net.units]), min_size=1, unique=True))
    chosen = data.draw(st.lists(st.sampled_from(examples.names), min_size=1, unique=True))
    whole = cn.record(net, examples, UNIT_QUANTITIES)
    part = cn.record(net, examples, quantities, of=units, cases=chosen)
    for quantity in quantities:
        np.testing.assert_array_equal(part[quantity], whole[quantity].sel(case=chosen, unit=units))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: cn.Recorder("activaton", of="hidden"), UnknownNameError, "did you mean 'activation'"),
        (lambda: cn.Recorder([], of="hidden"), ParameterError, "quantities must be at least one of activation"),
        (lambda: cn.Recorder({"activation"}, of="hidden"), ParameterError, "must be a name or a list of names"),  # type: ignore[arg-type]
        (lambda: cn.Recorder([["activation"]], of="hidden"), ParameterError, "must be a name or a list of names"),  # type: ignore[list-item]
        (lambda: cn.Recorder("weight", of="*", every=2, epochs=[3]), ParameterError, r"give one of them \(got 2 and \[3\]\)"),
        (lambda: cn.Recorder("weight", of="*", epochs=[]), ParameterError, "epochs: must have at least one number"),
        (lambda: cn.Recorder("activation", of="*", ticks=[]), ParameterError, "ticks: must have at least one number"),
        (lambda: cn.Recorder("weight", of="*", cases="a"), ParameterError, "Recorder.cases: weights are the same for every case"),
        (lambda: cn.Recorder("weight", of="*", examples=CASES), ParameterError, "Recorder.examples: weights are the same for every case"),
        (lambda: cn.Recorder("weight", of="*", folder=""), ParameterError, "must be the name of a folder"),
        (lambda: cn.Recorder("weight", of="*", folder=3), ParameterError, r"must be the name of a folder \(got 3\)"),  # type: ignore[arg-type]
        (lambda: cn.load_recording(5), ParameterError, r"must be the name of a folder \(got 5\)"),  # type: ignore[arg-type]
        (lambda: cn.Recorder("weight", of="*", every=0), ParameterError, r"Recorder.every: must be a whole number of at least 1 \(got 0\)"),
        (lambda: cn.Recorder("weight", of="*", epochs=[-1]), ParameterError, "at least 0"),
        (lambda: cn.Recorder("weight", of="*", epochs=3), ParameterError, "must be a list of whole numbers"),  # type: ignore[arg-type]
        (lambda: cn.Recorder("activation", of="*", epochs=[0, 1]), ParameterError, "no example is presented before training"),
        (lambda: cn.Recorder("activation", of="*", each="change"), ParameterError, "only quantities of connections"),
        (lambda: cn.Recorder("weight", of="*", each="case"), ParameterError, "must be 'epoch' or 'change'"),
        (lambda: cn.Recorder("weight", of="*", when=3), ParameterError, "must be a function"),  # type: ignore[arg-type]
        (lambda: cn.Recorder("activation", of="*", examples=[1]), ParameterError, "must be an ExampleSet"),  # type: ignore[list-item]
        (lambda: cn.record(NET, CASES, "weight"), ParameterError, "'weight' is a quantity of connections"),
        (lambda: cn.record(NET, CASES, of="hiden"), UnknownNameError, "did you mean 'hidden'"),
        (lambda: cn.record(NET, CASES, of="nothing*"), UnknownNameError, "unknown group, unit or pattern of small 'nothing"),
        (lambda: cn.record(NET, CASES, of="input → hidden"), ParameterError, "'activation' is a quantity of units"),
        (lambda: cn.record(NET, CASES, of=7), ParameterError, "must be units, groups"),
        (lambda: cn.record(NET, CASES, of=[]), ParameterError, "empty list"),
        (lambda: cn.record(NET, CASES, cases=["case z"]), UnknownNameError, "nown: case a"),
        (lambda: cn.record(NET, CASES, cases=9), UnknownNameError, "unknown example 9"),
        (lambda: cn.record(NET, cn.ExampleSet.from_arrays([[1]], [[1]])), DataError, "3"),
        (lambda: train_with(cn.Recorder("weight", of="output → input")), UnknownNameError, "unknown connection"),
        (lambda: train_with(cn.Recorder("weight", of="input")), ParameterError, "'input' has no incoming connection that is not lesioned"),
        (
            lambda: train_with(cn.Recorder("activation", of="input", ticks=[1])),
            ParameterError,
            r"must not be given for examples without ticks \(got \[1\]\)",
        ),
        (lambda: train_with("activation"), ParameterError, "must be a Recorder or a list of recorders .got 'activation'"),
        (lambda: train_with(5), ParameterError, "must be a Recorder"),
        (lambda: train_with([cn.Recorder("activation", of="input"), None]), ParameterError, "got None"),
        (lambda: cn.record(NET, CASES)["net_input"], UnknownNameError, "nown: activation"),
        (lambda: train_with(()).recording, UnknownNameError, "this run has 0 recordings"),
    ],
)
def test_invalid_arguments_raise(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def train_with(record: Any) -> cn.Run:
    return cn.train(small(), cases(), cn.rule("momentum"), 1, record=record)


def test_ticks_beyond_the_longest_example_raise() -> None:
    net, examples = sequences()
    with pytest.raises(ParameterError, match=r"must be at most 4, the length of the longest example \(got 5\)"):
        cn.train(net, examples, cn.rule("momentum"), 1, record=cn.Recorder("activation", of="hidden", ticks=[5]))


def test_a_connection_can_be_found_by_its_name_in_a_recording() -> None:
    net, examples = sequences()
    recorder = cn.Recorder("weight", of="hidden")
    recording = cn.train(net, examples, cn.rule("momentum"), 1, record=recorder).recording
    for name in recording["weight"].connection.values:
        assert net.connection(str(name)).weight.value == float(recording["weight"].sel(connection=name, epoch=1))
    for wrong in ("hidden", 3):
        with pytest.raises(UnknownNameError, match="unknown connection of echo"):
            net.connection(wrong)  # type: ignore[arg-type]


def test_a_task_that_was_run_shows_the_last_case_of_training() -> None:
    ran = cn.run("xor", seed=1, epochs=5)
    task = cn.task("xor")
    net = task.network(1)
    cn.train(net, task.training_examples, phases=task.phases, seed=1, until=lambda run: run.epochs == 5)
    for quantity in UNIT_QUANTITIES:
        np.testing.assert_array_equal(read(ran.network, quantity), read(net, quantity))


def test_plotting_an_empty_recording_raises() -> None:
    with pytest.warns(UserWarning, match="nothing was recorded"):
        run = cn.train(small(), cases(), cn.rule("momentum"), 2, record=cn.Recorder("activation", of="hidden", every=5))
    with pytest.raises(DataError, match="epoch 0"):
        cn.plots.activations(run.recording["activation"].sel(case="case a"))


@pytest.mark.parametrize("name", ["noise", "net_input_noise", "activation_noise", "weight_noise"])
def test_a_recorder_of_noise_says_where_noise_is_read(name: str) -> None:
    with pytest.raises(UnknownNameError, match=rf"quantity '{name}': noise is not recorded; read unit.net_input_noise and .*after_example"):
        cn.Recorder(name, of="*")
