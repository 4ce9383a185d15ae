"""Whatever system call fails or is the last of its process: a reader finds the old state, the new state, or says what is damaged.

Each test writes with `faults.FaultyOs`, once for every call that writes and for every mode, and then reads with the public functions.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import connectionist as cn
from connectionist.errors import FileError
from connectionist.experiments.run_folder import claim_folder, write_run, write_summary
from connectionist.experiments.seed_summary import summarize
from connectionist.recording.recording import new_recording
from connectionist.recording.stores import OnDisk
from connectionist.reporting.compare import output
from connectionist.reporting.compare.output import write_comparison
from connectionist.reporting.compare.rows import comparison_rows
from connectionist.reporting.compare.runs import read_compared_runs
from connectionist.reporting.html import write
from connectionist.reporting.html.figures import Drawing
from connectionist.reporting.html.run_report import draw_run_figures
from connectionist.utils.folder_lock import LOCK_NAME
from connectionist.utils.temporary_files import is_temporary

pytestmark = pytest.mark.attack
MOST_CALLS = 400

QUICK_MODES = ("error", "kill after", "power")  # the others, with -m slow, end at the same calls
SLOW_MODES = ("short", "part", "interrupt", "kill", "cache")
some_modes_are_slow = pytest.mark.parametrize(
    "attacks", [*QUICK_MODES, *(pytest.param(mode, marks=pytest.mark.slow) for mode in SLOW_MODES)], indirect=True
)

Attacks = Callable[[Callable[[], object], Callable[[Any], None]], int]
UNFINISHED = ("there is no such folder", "is incomplete", "has no run.json")


@pytest.fixture(params=[*QUICK_MODES, *SLOW_MODES])
def attacks(request: pytest.FixtureRequest, faults: ModuleType) -> Attacks:
    """Return a function that writes once for each call that may fail, checks after each, and returns the number of calls."""

    def attack(write: Callable[[], object], check: Callable[[Any], None]) -> int:
        for at in range(MOST_CALLS):
            raised: BaseException | None = None
            with faults.faulty(at, request.param) as layer:
                try:
                    write()
                except (FileError, KeyboardInterrupt) as error:
                    raised = error
            layer.raised = raised
            try:
                check(layer)
            except BaseException as error:
                error.add_note(f"mode {request.param}, call {at} of {layer.calls}")
                raise
            if not layer.happened or request.param == "short":
                assert raised is None
            if not layer.happened:
                return at
        raise AssertionError(f"more than {MOST_CALLS} calls")

    return attack


def check_unfinished(error: FileError) -> None:
    assert any(words in str(error) for words in UNFINISHED)


def check_no_checkpoint(error: FileError, has_checkpoint: bool) -> None:
    assert not has_checkpoint
    assert any(words in str(error) for words in ("is not a folder", "has no checkpoint", "cannot be read"))


def temporary_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if is_temporary(path.name)]


@pytest.fixture(scope="module")
def result() -> cn.Result:
    return cn.run("xor", seed=3, epochs=40, engine="local")


@pytest.fixture(scope="module")
def drawings(result: cn.Result) -> dict[str, Drawing]:
    """Draw the figures once for all tests. Writing them is what is attacked."""
    drawn = draw_run_figures(result)
    for name in write.PICTURES:
        _ = drawn[name].png
    return drawn


@pytest.fixture
def quick_figures(drawings: dict[str, Drawing], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "draw_run_figures", lambda result: drawings)
    monkeypatch.setattr(write, "run_page", lambda result, record, drawings: "<p>A run</p>" * 1000)
    monkeypatch.setattr(write, "seeds_page", lambda summary, record, logs, drawn: "<p>Runs</p>" * 1000)


def test_weights_over_old_weights(attacks: Attacks, make_net: Callable[[], cn.Network], tmp_path: Path) -> None:
    old, new, read = make_net(), make_net(), make_net()
    new.randomize(0.5, seed=2)
    path = tmp_path / "weights.npz"

    def check(layer: Any) -> None:
        cn.load_weights(read, path)
        found = read.weight_values.tolist()
        assert found in (old.weight_values.tolist(), new.weight_values.tolist())
        if not layer.happened or (layer.has_gone_on and layer.raised is None):
            assert found == new.weight_values.tolist()
        if isinstance(layer.raised, FileError):
            assert f"weights file '{path}' cannot be written (" in str(layer.raised)
        if layer.has_gone_on:
            assert not temporary_files(tmp_path)
        for leftover in temporary_files(tmp_path):
            leftover.unlink()
        cn.save_weights(old, path)

    cn.save_weights(old, path)
    assert attacks(lambda: cn.save_weights(new, path), check) >= 7


@some_modes_are_slow
def test_a_run_in_a_claimed_folder(attacks: Attacks, quick_figures: None, result: cn.Result, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    other = tmp_path / "other"
    other.mkdir()
    write_run(other, result, [])

    def attack() -> None:
        with claim_folder(folder):
            write.write_report(folder, result, write_run(folder, result, ["connectionist"]))

    def check(layer: Any) -> None:
        try:
            run = cn.read_run(folder)
        except FileError as error:
            check_unfinished(error)
            assert layer.happened
            assert layer.mode != "short"
            with pytest.raises(FileError):
                cn.compare([folder, other])
        else:
            assert run.network.weight_values.tolist() == result.network.weight_values.tolist()
            assert run.log.values.tolist() == result.log.values.tolist()
            assert list(cn.compare([folder, other])) == ["published", "run", "other"]
            if not layer.happened:
                assert set(run.record["files"]) == {path.name for path in folder.iterdir()} - {"run.json"}
        if folder.exists():
            check_claim(layer)
            shutil.rmtree(folder.parent)

    def check_claim(layer: Any) -> None:
        """Nothing of a run is overwritten; a folder in which nothing was written can be claimed again."""
        has_files = any(path.name != LOCK_NAME and not is_temporary(path.name) for path in folder.iterdir())
        if has_files:
            with pytest.raises(FileError, match="is not empty"):
                claim_folder(folder).__enter__()
        else:
            with claim_folder(folder):
                pass
        if layer.has_gone_on:
            assert not temporary_files(tmp_path)

    assert attacks(attack, check) > 50


@some_modes_are_slow
def test_figures_that_cannot_be_written_leave_the_numbers(attacks: Attacks, quick_figures: None, result: cn.Result, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    write_run(folder, result, ["connectionist"])
    numbers = {path.name: path.read_bytes() for path in folder.iterdir()}

    def attack() -> None:
        write.write_report(folder, result, cn.read_run(folder).record)

    def check(layer: Any) -> None:
        run = cn.read_run(folder)
        assert run.log.values.tolist() == result.log.values.tolist()
        for name, content in numbers.items():
            assert name == "run.json" or (folder / name).read_bytes() == content
        shutil.rmtree(folder)
        folder.mkdir()
        for name, content in numbers.items():
            (folder / name).write_bytes(content)

    assert attacks(attack, check) > 20


@some_modes_are_slow
def test_a_summary_of_seeds(attacks: Attacks, quick_figures: None, result: cn.Result, tmp_path: Path) -> None:
    folder, other = tmp_path / "seeds", tmp_path / "other"
    for seed_folder in (folder / "seed-3", other):
        seed_folder.mkdir(parents=True)
        write_run(seed_folder, result, [])
    summary = summarize([result.report], has_criterion=True)

    def attack() -> None:
        write.write_seeds_report(folder, summary, write_summary(folder, summary, ["connectionist"]))

    def check(layer: Any) -> None:
        if (folder / "summary.json").exists():
            table = cn.compare([folder, other])
            assert table.loc[("training", "epochs"), "seeds"] == 40
            assert len((folder / "runs.csv").read_bytes().splitlines()) == 2
        else:
            assert layer.happened
            assert layer.mode != "short"
            with pytest.raises(FileError, match="has runs with several seeds; choose one of them"):
                cn.compare([folder, other])
        cn.read_run(folder / "seed-3")
        for path in folder.iterdir():
            if path.is_file():
                path.unlink()

    assert attacks(attack, check) > 20


@some_modes_are_slow
def test_a_comparison_over_an_old_one(attacks: Attacks, result: cn.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = read_compared_runs([result, result])
    rows = comparison_rows(compared)
    path = tmp_path / "curves.svg"
    axes = Figure(figsize=(1, 1)).add_subplot()  # to draw is not what is attacked
    monkeypatch.setattr(output, "draw_curves", lambda _: axes)
    write_comparison(path, compared, rows)
    new = path.read_bytes().rpartition(b"</svg>")[2]
    path.write_bytes(b"old")

    def check(layer: Any) -> None:
        content = path.read_bytes()
        assert content == b"old" or content.endswith(b"</svg>" + new)
        if not layer.happened or layer.mode == "short":
            assert content != b"old"
        path.write_bytes(b"old")

    assert attacks(lambda: write_comparison(path, compared, rows), check) >= 7


@pytest.fixture(scope="module")
def recording(xor_of_module: cn.ExampleSet) -> Any:
    run = cn.train(
        cn.task("xor").network(seed=1),
        xor_of_module,
        rule=cn.rule("momentum"),
        epochs=6,
        engine="local",
        record=cn.Recorder(["activation", "weight"], "hidden"),
    )
    return run.recording


@pytest.fixture(scope="module")
def xor_of_module() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def test_a_recording_that_is_saved(attacks: Attacks, recording: Any, tmp_path: Path) -> None:
    folder = tmp_path / "recording"

    def check(layer: Any) -> None:
        try:
            found = cn.load_recording(folder)
        except FileError:
            assert layer.happened
            assert layer.mode != "short"
        else:
            assert found.dataset.equals(recording.dataset)
        shutil.rmtree(folder, ignore_errors=True)

    assert attacks(lambda: recording.save(folder), check) > 20


@some_modes_are_slow
def test_a_recording_that_is_streamed(attacks: Attacks, recording: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The records of the epochs that were added are there. A power failure may lose them, since streaming does not synchronize."""
    folder = tmp_path / "recording"
    arrays = [store.array() for store in recording._stores]
    added = [0]

    def attack() -> None:
        added[0] = 0
        stream = new_recording(folder, recording.name, recording._parts, has_epochs=True)
        for place, epoch in enumerate(recording.epochs):
            stream.add([epoch], [array[place : place + 1] for array in arrays])
            added[0] += 1

    def check(layer: Any) -> None:
        try:
            found = cn.load_recording(folder)
            count = len(found.epochs)
            for quantity in recording:
                assert np.array_equal(found[quantity].values, recording[quantity].values[:count])
        except FileError:
            assert added[0] == 0 or layer.mode in ("power", "cache")
        else:
            assert added[0] <= count <= added[0] + 1 or layer.mode in ("power", "cache")
        shutil.rmtree(folder, ignore_errors=True)

    assert attacks(attack, check) > 20


@some_modes_are_slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_checkpoints(attacks: Attacks, make_net: Callable[[], cn.Network], xor_of_module: cn.ExampleSet, tmp_path: Path) -> None:
    options: dict[str, Any] = {"rule": "momentum", "order": "permuted", "engine": "local"}
    whole = cn.train(make_net(), xor_of_module, epochs=4, **options)
    folder, lengths = tmp_path / "ck", []

    def write() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        cn.train(
            make_net(), xor_of_module, epochs=4, **options, checkpoint=folder, checkpoint_every=2, record=cn.Recorder("weight", of="hidden")
        )

    def check(_layer: Any) -> None:
        has_checkpoint = any(folder.glob("checkpoint-*.npz"))
        try:
            run = cn.resume(folder)
        except FileError as error:
            check_no_checkpoint(error, has_checkpoint)
        else:
            assert run.errors == whole.errors
            assert run.network.weight_values.tolist() == whole.network.weight_values.tolist()
            assert run.recording.epochs == (1, 2, 3, 4)
            lengths.append(has_checkpoint)

    assert attacks(write, check) > 20
    assert len(lengths) > 8


def test_records_that_could_not_be_added_are_overwritten(attacks: Attacks, tmp_path: Path) -> None:
    path = tmp_path / "records.npy"
    records = np.arange(40.0).reshape(5, 8)
    stores: list[OnDisk] = []

    def check(layer: Any) -> None:
        (store,) = stores
        if layer.has_gone_on:
            if layer.raised is not None:
                assert layer.happened
                store.add(records)
            store.add(records[:1])
            assert store.array().tolist() == [*records.tolist(), *records.tolist(), records[0].tolist()]
        path.unlink()
        stores[:] = [new_store()]

    def new_store() -> OnDisk:
        store = OnDisk(path, (8,))
        store.add(records)
        return store

    stores[:] = [new_store()]
    assert attacks(lambda: stores[0].add(records), check) == 6


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [["--seed", "1"], ["--seeds", "1-2"]])
def test_a_command_that_really_ends_at_each_call(seeds: list[str], tmp_path: Path) -> None:
    """Each run is a process that ends with ``os._exit`` at its k-th call."""
    program = Path(__file__).with_name("faults.py")
    for at in range(MOST_CALLS):
        folder = tmp_path / str(at)
        words = ["run", "xor", "--engine", "local", "--epochs", "3", *seeds, "--out", str(folder)]
        done = subprocess.run([sys.executable, str(program), str(at), *words], capture_output=True, text=True, check=False)
        for each in [folder] if seeds[0] == "--seed" else [*folder.glob("seed-*")]:
            try:
                assert len(cn.read_run(each).log) == 3
            except FileError as error:
                check_unfinished(error)
        if done.returncode == 0:
            assert "Written to" in done.stdout
            assert not list(folder.rglob("*.tmp")) + list(folder.rglob(LOCK_NAME))
            return
        assert done.returncode == 9, done.stderr
        assert "Written to" not in done.stdout or (folder / ("run.json" if seeds[0] == "--seed" else "summary.json")).exists()
    raise AssertionError(f"more than {MOST_CALLS} calls")
