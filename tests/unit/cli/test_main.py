"""The command line: what it prints on which stream, and its exit status."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.cli import main
from connectionist.cli.runs import Runs
from connectionist.errors import FileError, TrainingInterrupted
from connectionist.experiments import run_folder
from connectionist.experiments.run_folder import CHECKPOINT
from connectionist.experiments.seed_summary import distribution
from connectionist.reporting.html import write
from connectionist.utils.json_values import as_json

HEAVY = ("numpy", "networkx", "pandas", "matplotlib", "numba", "scipy", "rich")

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], own_registry: None, blank_figures: None) -> Cli:
    """Return a function that runs the command line in this process and returns status, standard output and standard error."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main.main([str(word) for word in words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def start(*words: str | Path, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "connectionist", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", **options)


def strict_json(text: str) -> Any:
    def reject(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=reject)


@pytest.mark.parametrize("words", [["--help"], ["plugins"], ["list"], ["show", "symmetry"], ["run", "--help"], ["--version"]])
def test_nothing_heavy_is_imported_until_it_is_needed(words: list[str]) -> None:
    script = (
        "import sys, connectionist.cli.main as c; c.main(sys.argv[1:]); "
        f"print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert "HEAVY []" in done.stderr


def test_help_names_every_command(cli: Cli) -> None:
    status, out, err = cli("--help")
    assert (status, err) == (0, "")
    for name in ("run", "list", "show", "plugins"):
        assert f"\n    {name} " in out


def test_without_a_command_help_is_shown_and_use_was_wrong(cli: Cli) -> None:
    status, out, err = cli()
    assert (status, out) == (2, "")
    assert "COMMAND" in err


def test_version(cli: Cli) -> None:
    assert cli("--version") == (0, f"connectionist {cn.__version__}\n", "")


def test_json_is_the_report_alone(cli: Cli) -> None:
    status, out, err = cli("run", "xor", "--seed", "1", "--epochs", "20", "--engine", "local", "--json")
    report = strict_json(out)
    assert (status, err) == (0, "")
    assert (report["task"], report["preset"], report["seed"], report["engine"]) == ("xor", "default", 1, "local")
    assert (report["epochs"], report["stopped"], report["test_correct"]) == (20, "epochs", None)
    assert report["error"] == cn.run("xor", seed=1, epochs=20, engine="local").report["error"]
    assert 0 <= report["correct"] <= 1


def test_what_a_plugin_prints_is_not_part_of_the_report(cli: Cli, plugin_file: Callable[[str, str], Path]) -> None:
    folder = plugin_file("chatty.py", "print('good morning')")
    status, out, err = cli("--plugins-dir", folder, "run", "xor", "--epochs", "1", "--json")
    assert status == 0
    assert strict_json(out)["task"] == "xor"
    assert "good morning" in err


def test_json_without_an_epoch_has_no_nan(cli: Cli) -> None:
    _, out, _ = cli("run", "xor", "--epochs", "0", "--json")
    assert strict_json(out)["error"] is None


def test_json_value_knows_numpy_and_no_nan() -> None:
    odd = {"a": np.float64("nan"), "b": (np.int64(3), np.bool_(True)), 4: float("inf"), "c": np.array([1.5, np.inf]), "d": Path("x")}
    assert strict_json(as_json(odd)) == {"a": None, "b": [3, True], "4": None, "c": [1.5, None], "d": "x"}


def test_table_sets_measured_beside_published(cli: Cli) -> None:
    status, out, _ = cli("run", "symmetry", "--epochs", "5")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "symmetry, preset default, seed 0"
    assert lines[1].split() == ["quantity", "measured", "published", "source"]
    assert any("1425" in line and "Nature 323, Fig. 1" in line for line in lines)
    assert any(line.split() == ["epochs", "5"] for line in lines)
    assert "\x1b" not in out


def test_settings_reach_task_and_rule(cli: Cli) -> None:
    _, out, _ = cli("run", "xor", "--rule", "steepest", "--set", "decay=0.001", "--set", "hidden=3", "--epochs", "1", "--json")
    report = strict_json(out)
    assert report["parameters"]["hidden"] == 3
    assert report["phases"][0]["rule"] == "steepest"
    assert report["phases"][0]["parameters"]["decay"] == 0.001


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "symetry"], "unknown task 'symetry'; did you mean 'symmetry'?"),
        (["run", "xor", "--preset", "publisht"], "unknown preset of xor 'publisht'; did you mean 'published'?"),
        (["run", "xor", "--rule", "momentun"], "unknown update rule 'momentun'; did you mean 'momentum'?"),
        (["run", "xor", "--engine", "loca"], "unknown engine 'loca'; did you mean 'local'?"),
        (["run", "xor", "--set", "rote=1"], "xor.rote: no such parameter; did you mean 'rate'? Known: hidden"),
        (["run", "xor", "--set", "rate"], "--set: must be KEY=VALUE (got 'rate')"),
        (["run", "xor", "--set", "rate=0.1", "--set", "rate=0.2"], "--set rate: given twice"),
        (["run", "xor", "--set", "rate=fast"], "xor.rate: must be a number above 0 (got 'fast')"),
        (["run", "xor", "--set", "hidden=2.5"], "xor.hidden: must be a whole number of at least 1 (got '2.5')"),
        (["run", "xor", "--set", "direct=perhaps"], "xor.direct: must be true or false (got 'perhaps')"),
        (["run", "xor", "--set", "rate=-1"], "xor.rate: must be a number above 0 (got -1.0)"),
        (["run", "xor", "--set", "rate=nan"], "xor.rate: must be a number above 0 (got nan)"),
        (["run", "xor", "--rule", "steepest", "--set", "decay=1"], "steepest.decay: must be a number of at least 0 and below 1 (got 1.0)"),
        (["run", "xor", "--seed", "-1"], "argument --seed: must be a whole number from 0 to 9223372036854775807 (got '-1')"),
        (["run", "xor", "--seed", "one"], "argument --seed: must be a whole number from 0 to 9223372036854775807 (got 'one')"),
        (["run", "xor", "--seeds", "3-1"], "--seeds: must be A-B"),
        (["run", "xor", "--seeds", "-1-3"], "--seeds: must be A-B, two whole numbers from 0 to 9223372036854775807, the first at most the"),
        (["study", "xor", "--seeds", "-1-3"], "such as 1-40 (got '-1-3')"),
        (["run", "encoder", "--test-every", "3", "--epochs", "1"], "run: error: --test-every: task 'encoder' has no testing examples"),
        (["compare", "xor"], "connectionist compare: error: RUN: needs two or more (got 1)"),
        (["run", "xor", "--seeds", "1-3", "--seed", "1"], "not allowed with argument"),
        (["run", "xor", "--epochs", "-5"], "argument --epochs: must be a whole number from 0 to 9223372036854775807 (got '-5')"),
        (["run"], "the following arguments are required: TASK"),
        (["show", "momentun"], "did you mean 'momentum'?"),
        (["show", "relu"], "did you mean 'rectified'?"),
        (["show", "sgd"], "did you mean 'steepest'?"),
        (["show", "run"], "'run' is a command; 'connectionist run --help' describes it"),
        (["list", "rule"], "invalid choice: 'rule'"),
        (["rnu", "xor"], "invalid choice: 'rnu'"),
        (["list", "-p", "momentum"], "-p: must be no:NAME, with the name of a plugin to leave out (got 'momentum')"),
        (["list", "-p", "no:momentun"], "unknown plugin to leave out 'momentun'; did you mean 'momentum'?"),
        (["list", "--plugins-dir", "/nowhere/at/all"], "--plugins-dir: must be a folder (got '/nowhere/at/all')"),
        (["list", "--plugins-dir", "\0"], "--plugins-dir: must be a folder (got '\\x00')"),
    ],
)
def test_wrong_use_is_told_in_a_line_and_ends_with_2(cli: Cli, words: list[str], message: str) -> None:
    status, out, err = cli(*words)
    assert (status, out) == (2, "")
    assert message in err.splitlines()[-1]
    assert "Traceback" not in err


def test_plugin_options_are_taken_before_and_after_the_command(cli: Cli) -> None:
    assert "hebb" in cli("list", "rules")[1]
    for words in (["-p", "no:hebb", "list", "rules"], ["list", "rules", "-p", "no:hebb"], ["list", "-pno:hebb", "rules"]):
        status, out, _ = cli(*words)
        assert status == 0
        assert "hebb" not in out
        assert "momentum" in out


@pytest.mark.parametrize("topic", ["tasks", "rules", "functions", "engines"])
def test_list_of_one_topic_is_part_of_the_whole(cli: Cli, topic: str) -> None:
    whole, part = cli("list")[1], cli("list", topic)[1]
    assert part in whole
    assert part.startswith(topic.title())
    assert len(part) < len(whole)


def test_show_says_what_is_known(cli: Cli) -> None:
    _, out, _ = cli("show", "symmetry")
    for part in (
        "symmetry: task",
        "Nature 323",
        "plugin 'symmetry' of connectionist-simulator 0",
        "symmetry.py",
        "The network must learn",
        "published",
    ):
        assert part in out
    (rate,) = [line for line in out.splitlines() if line.startswith("rate  ")]
    assert rate.split()[:6] == ["rate", "a", "number", "above", "0", "0.1"]
    assert rate.endswith("  Learning rate ε, above 0.")


@pytest.mark.parametrize(
    ("name", "once", "never"),
    [
        ("momentum", "Δw = −rate · ∂E/∂w + momentum · last change − weight_decay · w", "steepest descent with momentum."),
        ("linear", "y = x", "Raises"),
        ("compiled", "array kernels over many cases", "compiled to machine code"),
        ("symmetry", "The network must learn", "Examples"),
    ],
)
def test_show_prints_plain_text_once(cli: Cli, name: str, once: str, never: str) -> None:
    _, out, _ = cli("show", name)
    assert out.lower().count(once.lower()) == 1
    assert never.lower() not in out.lower()
    for markup in (".. math", "\\frac", "---", ">>>", "Raises"):
        assert markup not in out
    assert out.count("Parameters") == (name != "linear")
    if name == "momentum":
        (decay,) = [line for line in out.splitlines() if line.startswith("decay  ")]
        assert decay.endswith("0.0      Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.")
        assert f"\n\n    {once}\n\nΔw is the change" in out


def test_show_has_everything_of_the_name(cli: Cli) -> None:
    _, out, _ = cli("show", "divergence")
    assert "divergence: error function" in out


def test_seeds_give_a_distribution(cli: Cli) -> None:
    words = ["run", "xor", "--seeds", "1-5", "--epochs", "290"]
    status, out, err = cli(*words, "--json")
    summary = strict_json(out)
    alone = [cn.run("xor", seed=seed, epochs=290).report for seed in range(1, 6)]
    assert (status, err) == (0, "")
    assert summary["seeds"] == [1, 2, 3, 4, 5]
    assert [run["error"] for run in summary["runs"]] == [report["error"] for report in alone]
    assert 0 < summary["solved"] < 5
    assert summary["solved"] == [report["stopped"] for report in alone].count("criterion")
    epochs = [report["epochs"] for report in alone]
    shown = summary["distribution"]["epochs"]
    assert (shown["min"], shown["median"], shown["max"]) == (min(epochs), statistics.median(epochs), max(epochs))
    assert summary["distribution"]["epochs to criterion"]["count"] == summary["solved"]
    assert summary["distribution"]["test_correct"] is None
    assert summary["counts"]["every case correct at the end"]["yes"] == summary["solved"]
    assert (summary["diverged"], summary["unfinished"]) == ([], [])
    assert summary["seconds"] == pytest.approx(sum(run["seconds"] for run in summary["runs"]), abs=1e-3)
    assert f"{summary['solved']} of 5 runs met the criterion (every case correct)." in cli(*words)[1]


def test_a_criterion_that_was_met_before_the_last_change_says_so(cli: Cli, tmp_path: Path) -> None:
    words = "run", "xor", "--rule", "irprop_minus", "--out", tmp_path / "out"
    report = json.loads(cli(*words, "--json")[1])
    assert (report["stopped"], report["criterion"], report["correct"]) == ("criterion", "every case correct", 0.75)
    printed = cli(*words[:4])[1]
    assert re.search(r"stopped by +criterion \(every case correct\)\n", printed)
    note = "The criterion was met before the last change of the weights, and the correct cases were counted after it."
    assert note in printed
    assert f"75 % of the training cases are correct. {note}" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_task_without_a_criterion_is_solved_by_none(cli: Cli) -> None:
    _, out, _ = cli("run", "symmetry", "--preset", "published", "--epochs", "2", "--seeds", "1-2", "--json")
    assert strict_json(out)["solved"] is None
    assert "no criterion" in cli("run", "symmetry", "--preset", "published", "--epochs", "2", "--seeds", "1-2")[1]


def test_a_task_without_a_source_and_with_a_function_as_criterion_has_whole_reports(
    cli: Cli, tmp_path: Path, plugin_file: Callable[[str, str], Path]
) -> None:
    plugin = """
    from dataclasses import dataclass

    import connectionist as cn
    from connectionist_tasks.xor import Xor

    @dataclass(frozen=True)
    class Short(cn.OnePhaseTask):
        name = "short"
        epochs = 9
        rate = 0.5
        network, randomize = Xor.network, Xor.randomize
        hidden, direct, half_range, off = 2, False, 0.5, 0.1
        training_examples = Xor.training_examples

        @property
        def criterion(self):
            return lambda run: "three" if run.epochs == 3 else False

        def findings(self, network, run):
            return []

    @cn.hookimpl
    def tasks():
        return [Short]
    """
    words = ["--plugins-dir", plugin_file("short.py", plugin), "run", "short", "--out"]
    assert cli(*words, tmp_path / "one")[::2] == (0, "")
    page = (tmp_path / "one" / "report.html").read_text(encoding="utf-8")
    assert "Source:" not in page
    status, out, err = cli(*words, tmp_path / "two", "--seeds", "1-2")
    assert (status, err) == (0, "")
    for text in (out, (tmp_path / "two" / "report.html").read_text(encoding="utf-8")):
        assert "A function of the task ended 2 of 2 runs (three)." in text


def test_quartiles_lie_between() -> None:
    shown = distribution([1.0, 2.0, 3.0, 4.0, 100.0])
    assert shown == {"median": 3.0, "q1": 2.0, "q3": 4.0, "min": 1.0, "max": 100.0, "count": 5}


def test_out_holds_all_that_is_needed(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    words = ["run", "xor", "--seed", "4", "--epochs", "30", "--set", "rate=0.25", "--out", str(folder)]
    status, out, _ = cli(*words)
    result = cn.run("xor", seed=4, epochs=30, parameters={"rate": 0.25})
    assert status == 0
    assert out.endswith(f"Written to {folder}; open {folder / 'report.html'}\n")
    record = strict_json((folder / "run.json").read_text(encoding="utf-8"))
    assert record["command_line"] == ["connectionist", *words]
    assert record["report"]["error"] == result.report["error"]
    assert record["report"]["parameters"]["rate"] == 0.25
    assert record["versions"]["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}")
    assert record["versions"]["connectionist-simulator"] == cn.__version__
    assert record["plugins"]["xor"] == f"connectionist-simulator {cn.__version__}"
    assert {"date", "platform", "seed"} <= set(record)
    with (folder / "log.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["error"]) for row in rows] == result.run.errors
    network = cn.task("xor").network(seed=9)
    cn.load_weights(network, folder / "weights.npz")
    assert network.weight_values.tolist() == result.network.weight_values.tolist()
    for figure in ("learning_curve.png", "weights.png"):
        assert (folder / figure).read_bytes().startswith(b"\x89PNG")


def test_out_with_seeds_has_a_folder_for_each(cli: Cli, tmp_path: Path) -> None:
    status, out, _ = cli("run", "xor", "--seeds", "2-3", "--epochs", "3", "--out", tmp_path, "--json")
    assert status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "runs.csv", "seed-2", "seed-3", "summary.json"]
    assert strict_json((tmp_path / "summary.json").read_text(encoding="utf-8"))["summary"] == strict_json(out)
    with (tmp_path / "runs.csv").open(encoding="utf-8", newline="") as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["2", "3"]
    assert strict_json((tmp_path / "seed-3" / "run.json").read_text(encoding="utf-8"))["seed"] == 3


@pytest.mark.parametrize(("function", "seeds"), [("save_weights", [1]), ("write_record", [1])])
def test_seed_that_cannot_be_written_is_finished_only_if_its_numbers_are_there(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, seeds: list[int]
) -> None:
    real = getattr(run_folder, function)

    def fail(*given: Any) -> Any:
        if "seed-2" in str(given):
            raise FileError("the disk is full")
        return real(*given)

    monkeypatch.setattr(run_folder, function, fail)
    status, out, err = cli("run", "xor", "--seeds", "1-4", "--epochs", "3", "--engine", "local", "--out", tmp_path)
    assert status == 2
    assert err == "connectionist run: error: the disk is full\n"
    assert f"Written to {tmp_path}; open" in out
    summary = strict_json((tmp_path / "summary.json").read_text(encoding="utf-8"))["summary"]
    assert summary["seeds"] == seeds
    assert summary["unfinished"] == [[len(seeds) + 1, 4]]
    for seed in seeds:
        assert len(cn.read_run(tmp_path / f"seed-{seed}").log) == 3


def test_out_that_cannot_be_is_rejected_before_training(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes").write_text("mine", encoding="utf-8")
    for name, reason in (("file", "cannot be written"), ("file/below", "cannot be written"), ("full", "not overwritten")):
        started = time.thread_time()
        status, out, err = cli("run", "symmetry", "--engine", "local", "--epochs", "1000000", "--out", tmp_path / name)
        assert time.thread_time() - started < 10
        assert (status, out) == (2, "")
        assert str(tmp_path / name) in err
        assert reason in err
    assert (tmp_path / "full" / "notes").read_text(encoding="utf-8") == "mine"


def test_out_of_an_earlier_run_is_not_overwritten(cli: Cli, tmp_path: Path) -> None:
    assert cli("run", "xor", "--epochs", "1", "--out", tmp_path / "run")[0] == 0
    before = (tmp_path / "run" / "run.json").read_bytes()
    assert cli("run", "xor", "--epochs", "2", "--out", tmp_path / "run")[0] == 2
    assert (tmp_path / "run" / "run.json").read_bytes() == before


def test_wrong_use_leaves_no_folder_behind(cli: Cli, tmp_path: Path) -> None:
    assert cli("run", "xor", "--set", "rate=-1", "--out", tmp_path / "new" / "run")[0] == 2
    assert list(tmp_path.iterdir()) == []


EXPLODING = """
    from dataclasses import dataclass
    import connectionist as cn

    @dataclass(frozen=True)
    class Exploding(cn.Task):
        '''Diverges with an odd seed.'''
        seed: int = 0
        name = "exploding"
        source = "a test"

        def network(self, seed):
            net = cn.Network(self.name)
            net.add_group("input", 1, role="input")
            net.add_group("output", 1, role="output", activation="linear")
            net.connect("input", "output", weights=0.5)
            return net

        def for_seed(self, seed):
            return Exploding(seed)

        training_examples = cn.ExampleSet.from_arrays([[1.0]], [[0.0]])

        @property
        def phases(self):
            print("chatter")
            return [cn.Phase(cn.rule("steepest", rate=1e30 if self.seed % 2 else 0.1), 50)]

        def findings(self, network, run):
            return [cn.Finding("size", abs(network.weight_values).max())]

    @cn.hookimpl
    def tasks():
        return [Exploding]
    """


def test_run_that_diverges_ends_with_1_and_keeps_what_it_learned(cli: Cli, tmp_path: Path, plugin_file: Callable[[str, str], Path]) -> None:
    folder = plugin_file("exploding.py", EXPLODING)
    status, out, err = cli("run", "exploding", "--seed", "1", "--plugins-dir", folder, "--json", "--out", tmp_path / "out")
    report = strict_json(out)
    assert status == 1
    assert "diverged in epoch" in err
    assert (report["stopped"], report["seed"]) == ("diverged", 1)
    assert 0 < report["epochs"] < 50
    assert strict_json((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["report"] == report
    assert (tmp_path / "out" / "weights.npz").exists()


def test_seed_that_diverges_does_not_take_the_others_along(cli: Cli, plugin_file: Callable[[str, str], Path]) -> None:
    folder = plugin_file("exploding.py", EXPLODING)
    status, out, err = cli("run", "exploding", "--seeds", "0-3", "--plugins-dir", folder, "--json")
    summary = strict_json(out)
    assert status == 1
    assert summary["seeds"] == [0, 1, 2, 3]
    assert summary["diverged"] == [1, 3]
    assert summary["solved"] is None
    assert "chatter" in err


def test_a_method_with_the_wrong_arguments_is_an_error_of_the_plugin(cli: Cli, plugin_file: Callable[[str, str], Path]) -> None:
    folder = plugin_file("exploding.py", EXPLODING.replace("def findings(self, network, run)", "def findings(self, network)"))
    status, _, err = cli("run", "exploding", "--epochs", "1", "--plugins-dir", folder)
    assert status == 1
    assert f"plugin 'exploding' from {folder / 'exploding.py'}: TypeError: Exploding.findings() takes 2 positional" in err


def test_a_plugin_without_hooks_is_reported(cli: Cli, plugin_file: Callable[[str, str], Path]) -> None:
    folder = plugin_file("exploding.py", EXPLODING.replace("@cn.hookimpl", ""))
    status, out, err = cli("plugins", "--plugins-dir", folder)
    note = "offers nothing; is @cn.hookimpl missing?"
    assert status == 0
    assert err == f"connectionist: plugin 'exploding' from {folder / 'exploding.py'} {note}\n"
    assert any(line.startswith("exploding ") and note in line for line in out.splitlines())


FOREVER = ["run", "symmetry", "--engine", "local", "--set", "stop_when_learned=false", "--epochs", "10000000", "--json"]


def interrupt(process: subprocess.Popen[str], ready: Callable[[], bool]) -> tuple[int, str, str]:
    deadline = time.monotonic() + 60
    while not ready() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
def test_ctrl_c_keeps_what_was_learned(tmp_path: Path) -> None:
    # A shell starts background jobs with SIGINT ignored, and so do programs that run tests in the background.
    words = [*FOREVER, "--checkpoint-every", "0.2 s", "--out", str(tmp_path / "out")]
    process = start(*words, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    status, out, err = interrupt(process, lambda: any((tmp_path / "out" / CHECKPOINT).glob("*")))
    report = strict_json(out)
    assert status == 130
    assert report["stopped"] == "interrupted"
    assert report["epochs"] > 0
    assert "Traceback" not in err
    assert f"interrupted by SIGINT after {report['epochs']} epochs" in err
    assert err.endswith(f"connectionist: interrupted by SIGINT; the run until then is in {str(tmp_path / 'out')!r}\n")
    record = strict_json((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["report"] == report
    assert (tmp_path / "out" / "log.csv").read_text(encoding="utf-8").count("\n") == report["epochs"] + 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
def test_ctrl_c_reports_the_seeds_that_finished(tmp_path: Path) -> None:
    out_dir = tmp_path / "out"
    process = start("run", "symmetry", "--engine", "local", "--epochs", "200", "--seeds", "1-5000", "--json", "--out", out_dir)
    status, out, err = interrupt(process, (out_dir / "seed-2" / "run.json").exists)
    summary = strict_json(out)
    done = len(summary["runs"])
    assert status == 130
    assert "Traceback" not in err
    assert 2 <= done < 100
    assert summary["seeds"][:2] == [1, 2]  # on a slow machine, a worker process may have finished a seed after the interrupted one
    unfinished = [seed for first, last in summary["unfinished"] for seed in range(first, last + 1)]
    assert sorted(summary["seeds"] + unfinished) == list(range(1, 5001))
    assert len(summary["seeds"]) == done
    assert strict_json((out_dir / "summary.json").read_text(encoding="utf-8"))["summary"] == summary


@pytest.mark.parametrize("in_training", [True, False])
def test_interrupted_seed_is_kept_but_not_counted(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_training: bool) -> None:
    real = Runs.train

    def train(runs: Runs, seed: int, reporter: Any) -> cn.Result:
        result = real(runs, seed, reporter)
        if seed < 3:
            return result
        if not in_training:
            raise KeyboardInterrupt
        interrupted = TrainingInterrupted("interrupted after 4 epochs")
        interrupted.run, interrupted.result = result.run, result
        raise interrupted

    monkeypatch.setattr(Runs, "train", train)
    monkeypatch.setattr("connectionist.experiments.seeds_ahead.processors", lambda: 1)  # this process makes all runs, however slow
    status, out, _ = cli("run", "xor", "--epochs", "4", "--seeds", "1-9", "--json", "--out", tmp_path)
    summary = strict_json(out)
    assert status == 130
    assert summary["seeds"] == [1, 2]
    assert summary["unfinished"] == [[3, 9]]
    assert (tmp_path / "seed-3" / "weights.npz").exists() == in_training
    assert (tmp_path / "runs.csv").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_reader_that_stops_reading_is_no_error(unbuffered: str) -> None:
    for word in ("list", "--help"):
        with start(word, env={**os.environ, "PYTHONUNBUFFERED": unbuffered}) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == main.BROKEN_PIPE or word == "--help"


def status_with_full_stdout(*words: str) -> int:
    """Return the exit status of a command whose standard output is a full disk."""
    with Path("/dev/full").open("w", encoding="utf-8") as full, redirect_stdout(full):
        return main.main(words)


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
NOT_PRINTED = "error: standard output cannot be written (No space left on device)"


@needs_full
@pytest.mark.usefixtures("own_registry")
def test_a_full_disk_as_standard_output_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "write_report", lambda *_: False)  # figures take long
    run, seeds, comparison = (str(tmp_path / name) for name in ("run", "seeds", "comparison.html"))
    short = ["run", "xor", "--epochs", "1", "--engine", "local"]
    expected = [
        (["list"], "connectionist list", ""),
        (["show", "xor"], "connectionist show", ""),
        (["plugins"], "connectionist plugins", ""),
        (["--help"], "connectionist", ""),
        (["--version"], "connectionist", ""),
        (["run", "--help"], "connectionist", ""),
        (short, "connectionist run", "; nothing was written, since --out was not given"),
        ([*short, "--json", "--out", run], "connectionist run", f"; the run is in {run!r}"),
        ([*short, "--seeds", "1-2", "--out", seeds], "connectionist run", f"; the runs that finished are in {seeds!r}, with a summary"),
        (["summarize", seeds], "connectionist summarize", f"; the summary is in {seeds!r}"),
        (["explain", run, "hidden:0"], "connectionist explain", ""),
        (["compare", run, seeds], "connectionist compare", ""),
        (["compare", run, seeds, "--json", "--out", comparison], "connectionist compare", f"; the comparison is in {comparison!r}"),
    ]
    for words, name, where in expected:
        if words[0] == "summarize":
            (tmp_path / "seeds" / "summary.json").unlink()
        assert (status_with_full_stdout(*words), capsys.readouterr().err) == (2, f"{name}: {NOT_PRINTED}{where}\n")
    assert len(cn.read_run(run).log) == 1


@needs_full
@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize("seeds", ["--seed", "--seeds"])
def test_a_full_disk_as_standard_output_does_not_hide_another_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, seeds: str, tmp_path: Path
) -> None:
    real = Runs.write

    def write(runs: Any, result: cn.Result, folder: Path) -> None:
        if result.run.seed == 2:
            raise FileError("file 'log.csv' cannot be written (File too large)")
        real(runs, result, folder)

    monkeypatch.setattr(Runs, "write", write)
    values = {"--seed": "2", "--seeds": "1-2"}
    words = ["run", "xor", "--epochs", "1", "--engine", "local", seeds, values[seeds], "--out", str(tmp_path / "run")]
    assert status_with_full_stdout(*words) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"connectionist run: {NOT_PRINTED}; ")
    assert second == "connectionist run: error: file 'log.csv' cannot be written (File too large)"


@needs_full
@pytest.mark.parametrize("word", ["list", "--help"])
def test_the_interpreter_prints_no_error_on_a_full_disk(word: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-m", "connectionist", word], stdout=full, stderr=subprocess.PIPE, check=False, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.skipif(os.name == "nt", reason="a shell's way to close a stream")
def test_closed_streams_are_no_error() -> None:
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        done = subprocess.run(f"{sys.executable} -m connectionist list {closed}", shell=True, check=False, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("word", ["--seed=--", "--seeds=--", "--set=--", "--out=--", "--plugins-dir=--", "-p=--"])
def test_an_option_with_two_dashes_as_its_value_is_an_error(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["run", "xor", "--epochs", "0", word]) == 2
    assert capsys.readouterr().err.endswith(f"connectionist: error: argument {word[:-3]}: must not be '--'\n")
