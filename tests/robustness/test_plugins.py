"""Plugins whose code raises, exits, returns values of the wrong type or changes what it must not change.

What was learned is kept, a sentence names the plugin and the line, other seeds are run, and the exit status is 1.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import indent

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import DivergenceError, PluginError
from connectionist.learning.progress import no_progress
from connectionist.plugins.registry import Registry

TASK = """
import os
import sys
import warnings
from dataclasses import dataclass

import connectionist as cn

class Custom(BaseException):
    pass

class Mute(Exception):
    def __str__(self):
        raise ValueError("no text")

class Rigid(Exception):
    def __setattr__(self, name, value):
        raise AttributeError(name)

class Odd:
    def __repr__(self):
        raise ValueError("no text")

def endless():
    return endless()

def fault(network, seed):
{fault}

@dataclass(frozen=True)
class Counted(cn.ActivationFunction):
    name = "counted"

    def activation(self, x):
        calls.append(x)
        if len(calls) > {calls}:
            fault(None, 1)
        return 0.5 * x

    def slope(self, x, y):
        return 0.5

calls = []

@dataclass(frozen=True)
class Bad(cn.Task):
    name = "bad"
    source = "a test"
{body}

    def network(self, seed):
        net = cn.Network("bad")
        net.add_group("input", 2, role="input")
        net.add_group("output", 1, role="output", activation={activation})
        net.connect("input", "output", weights=0.5)
        {network}
        return net

    @property
    def training_examples(self):
        return cn.ExampleSet.from_arrays([[0.0, 1.0], [1.0, 0.0]], [[1.0], [0.0]])

    @property
    def phases(self):
        return [cn.Phase(cn.rule("steepest", rate=0.1), {epochs})]

    def findings(self, network, run):
        {findings}
        return [cn.Finding("size", 1.0)]

    def figures(self, network, run):
        {figures}
        return {{}}

{last}

@cn.hookimpl
def tasks():
    return [Bad]
"""
RAISES = [
    "1 / 0",
    "sys.exit(0)",
    "sys.exit('bye')",
    "raise GeneratorExit",
    "raise Custom('x')",
    "endless()",
    "raise MemoryError",
    "raise Mute",
    "raise Rigid('x')",
    r"raise ValueError('two\nlines \x1b[31m')",
    "raise ValueError('long ' * 100_000)",
    "raise OSError(28, 'No space left on device')",
    "raise BrokenPipeError(32, 'Broken pipe')",
    "raise StopIteration",
    "raise cn.errors.DataError('wrong')",
    "raise ExceptionGroup('several', [ValueError(1)])",
    "warnings.warn('take care')",
]
CALL = "fault(network, run.seed)"

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], own_registry: None) -> Cli:
    """Return a function that writes the task into a plugin, runs the command line, and returns status and output."""
    folder = tmp_path / "plugins"
    folder.mkdir()

    def run(*words: str, fault: str = "pass", **parts: object) -> tuple[int, str, str]:
        names = ("body", "network", "findings", "figures", "last")
        given = {"calls": 10**9, "activation": "'linear'", "epochs": 5, **dict.fromkeys(names, ""), **parts}
        (folder / "odd.py").write_text(TASK.format(fault=indent(fault, "    "), **given), encoding="utf-8")
        status = main(["run", "bad", "--plugins-dir", str(folder), "--engine", "local", "--json", *words])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert "\x1b" not in printed.err
        assert all(len(line) < 1500 for line in printed.err.splitlines())
        return status, printed.out, printed.err

    return run


def check_named(message: str) -> None:
    assert "plugin 'odd' from " in message
    assert "odd.py, line " in message


def by_seed(faults: Sequence[str]) -> str:
    """Return the code of a different fault for each seed, with none for the last seed."""
    return "\n".join(f"if seed == {seed}:\n    {fault}" for seed, fault in enumerate(faults))


def test_other_seeds_are_run_after_findings_that_raise(cli: Cli) -> None:
    last = len(RAISES)
    status, out, err = cli("--seeds", f"0-{last}", fault=by_seed(RAISES), findings=CALL)
    summary = json.loads(out)
    assert status == 1
    assert (summary["seeds"], summary["failed"], summary["unfinished"]) == (list(range(last + 1)), list(range(last)), [])
    assert [run["epochs"] for run in summary["runs"]] == [5] * (last + 1)
    assert [len(run["findings"]) for run in summary["runs"]] == [0] * last + [1]
    failures = [run["failures"] for run in summary["runs"][:last]]
    assert err == "".join(f"connectionist run: seed {seed}: {failure}\n" for seed, (failure,) in enumerate(failures))
    for (failure,) in failures:
        check_named(failure)


def test_a_recursion_limit_that_findings_lower_is_restored(cli: Cli, tmp_path: Path) -> None:
    limit = sys.getrecursionlimit()
    folder = tmp_path / "runs"
    status, _, _ = cli(
        "--seeds", "0-1", "--out", str(folder), fault="import inspect\nsys.setrecursionlimit(len(inspect.stack(0)) + 25)", findings=CALL
    )
    assert sys.getrecursionlimit() == limit
    assert status == 0
    assert cn.read_run(folder / "seed-1").report["epochs"] == 5


def test_other_seeds_are_run_after_a_network_that_cannot_be_made(cli: Cli) -> None:
    last = len(RAISES)
    faults = [fault for fault in RAISES if "DataError" not in fault] + ["return"]
    status, out, err = cli("--seeds", f"0-{last}", fault=by_seed(faults), network="fault(net, seed)")
    summary = json.loads(out)
    assert status == 1
    assert (summary["seeds"], summary["failed"], summary["unfinished"]) == ([last - 1, last], list(range(last - 1)), [])
    for seed, message in enumerate(err.splitlines()):
        assert message.startswith(f"connectionist run: seed {seed}: ")
        check_named(message)


def test_wrong_use_ends_all_seeds(cli: Cli) -> None:
    status, out, err = cli("--seeds", "0-9", fault="raise cn.errors.DataError('wrong')", network="fault(net, seed)")
    assert (status, out, err.count("\n")) == (2, "", 1)
    check_named(err)


@pytest.mark.parametrize("fault", ["1 / 0", "raise Custom('x')"])
def test_training_before_a_formula_that_raises_is_kept(cli: Cli, fault: str, engine: str, tmp_path: Path) -> None:
    parts = {"activation": "Counted()", "calls": 3_000, "epochs": 3_000, "fault": fault}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)  # that the formula cannot be compiled
        status, out, err = cli("--engine", engine, **parts)
    report = json.loads(out)
    assert status == 1
    assert "odd.py, line " in err
    assert "plugin 'odd' from " in err
    assert 0 < report["epochs"] < 3_000
    assert report["stopped"] == ("diverged" if fault == "1 / 0" else "error")
    assert report["failures"]


RETURNS = [
    "None",
    "3",
    "{'a': 1}",
    "[1]",
    "(each for each in [])",
    "Odd()",
    "[Odd()]",
    "[cn.Finding(3, 1.0)]",
    "[cn.Finding('q', object())]",
    "[cn.Finding('q', Odd())]",
    "[cn.Finding('q', [1, 2])]",
    "[cn.Finding('q', 10**5000)]",
    "[cn.Finding('q', 1j)]",
    "[cn.Finding('q', 1.0, note=None)]",
    "[cn.Finding('q', 1.0, published={})]",
]


def test_findings_of_the_wrong_type_are_named(cli: Cli) -> None:
    returns = [f"return {value}" for value in RETURNS]
    status, out, err = cli("--seeds", f"0-{len(returns) - 1}", fault=by_seed(returns), findings="return fault(network, run.seed)")
    assert status == 1
    assert [run["findings"] for run in json.loads(out)["runs"]] == [[]] * len(returns)
    assert len(err.splitlines()) == len(returns)
    for message in err.splitlines():
        check_named(message)
        assert "findings(network, run) must return " in message


def test_numbers_without_json_become_null_with_a_note(cli: Cli) -> None:
    values = "float('nan'), float('-inf'), __import__('numpy').float32(0.5), __import__('numpy').int64(3), 10**30"
    status, out, _ = cli("--seeds", "0-1", findings=f"return [cn.Finding(f'q{{n}}', value) for n, value in enumerate([{values}])]")
    found = json.loads(out)["runs"][0]["findings"]
    assert status == 0
    assert [finding["measured"] for finding in found] == [None, None, 0.5, 3, 10**30]
    assert [finding["note"] for finding in found[:2]] == ["the measured value is nan", "the measured value is -inf"]


CHANGES = [
    "network.weight_values = network.weight_values + 1",
    "network.weight_state.array('value')[0] = float('nan')",
    "network.weights[0].trainable = False",
    "network.weights[0].value = 9.0; 1 / 0",
    "cn.train(network, cn.task('xor').training_examples, 'steepest', 5, engine='local')",
    "network.lesion('input:0')",
    "network.add_group('more', 3); network.connect('more', 'output')",
    "network['output'].activation_function = cn.activation_function('tanh')",
    "network.ticks_back = 3",
]


def test_findings_that_change_the_network_are_named_and_the_weights_kept(cli: Cli, own_registry: None) -> None:
    cli("--seeds", f"0-{len(CHANGES) - 1}", fault=by_seed(CHANGES), findings=CALL)
    learned = cn.run("bad", seed=len(CHANGES), engine="local").network.weight_values.tolist()
    for seed, change in enumerate(CHANGES):
        with pytest.raises(
            (PluginError, ZeroDivisionError), match=r"must not change the network, and it changed|division by zero"
        ) as raised:
            cn.run("bad", seed=seed, engine="local")
        result: cn.Result = raised.value.result  # type: ignore[attr-defined]
        assert result.network.weight_values.tolist() == learned, change
        assert all(weight.trainable for weight in result.network.weights), change
        assert len(result.network.groups) == 2, change
        assert (result.network["output"].activation_function.name, result.network.ticks_back) == ("linear", None), change
        check_named(result.report["failures"][0])


@pytest.mark.filterwarnings("always")
@pytest.mark.parametrize(("part", "seeds"), [("findings", False), ("findings", True), ("figures", False)])
def test_the_folder_of_a_run_is_written_whole_after_a_fault(cli: Cli, tmp_path: Path, part: str, seeds: bool) -> None:
    fault = "print('chatter'); os.chdir('/'); network.weights[0].value = 9.0; sys.exit(0)"
    out = tmp_path / "out"
    before = os.getcwd()  # noqa: PTH109
    os.chdir(tmp_path)
    try:
        status, printed, err = cli("--out", "out", *(["--seeds", "0-1"] if seeds else []), fault=fault, **{part: CALL})
        assert os.getcwd() == os.path.realpath(tmp_path)  # noqa: PTH109
    finally:
        os.chdir(before)
    assert status == 1
    assert "chatter" not in printed
    json.loads(printed)
    check_named(err)
    for folder in [out / "seed-0", out / "seed-1"] if seeds else [out]:
        run = cn.read_run(folder)
        assert (len(run.log), run.network.weights[0].value == 9.0) == (5, False)
        page = folder / ("run.json" if seeds else "report.html")
        assert "SystemExit: 0 (odd.py, line" in page.read_text(encoding="utf-8")


def test_figures_that_fail_when_warnings_are_errors_leave_the_numbers(cli: Cli, tmp_path: Path) -> None:
    status, _, err = cli("--out", str(tmp_path / "out"), fault="1 / 0", figures=CALL)
    assert status == 1
    assert [line.startswith("connectionist run: seed 0: ") for line in err.splitlines()] == [True]
    check_named(err)
    assert len(cn.read_run(tmp_path / "out").log) == 5


def test_figures_of_several_seeds_are_not_drawn_and_cannot_fail(cli: Cli, tmp_path: Path) -> None:
    status, _, err = cli("--out", str(tmp_path / "out"), "--seeds", "0-1", fault="1 / 0", figures=CALL)
    assert (status, err) == (0, "")


@pytest.mark.slow
@pytest.mark.filterwarnings("always")
@pytest.mark.parametrize("seeds", [False, True])
@pytest.mark.parametrize("part", ["findings", "figures"])
@pytest.mark.parametrize("fault", [*(fault for fault in RAISES if "warn" not in fault), *CHANGES])
def test_every_fault_leaves_a_folder_that_can_be_read(cli: Cli, tmp_path: Path, fault: str, part: str, seeds: bool) -> None:
    status, out, err = cli("--out", str(tmp_path / "out"), *(["--seeds", "0-2"] if seeds else []), fault=fault, **{part: CALL})
    json.loads(out)
    if seeds and part == "figures":  # which are drawn on demand
        assert (status, err) == (0, "")
    else:
        assert status == 1
        check_named(err)
    for folder in [tmp_path / "out" / f"seed-{seed}" for seed in range(3)] if seeds else [tmp_path / "out"]:
        assert len(cn.read_run(folder).log) == 5


@pytest.mark.parametrize(
    "body",
    [
        "    def correct_cases(self, *_): return None",
        "    def correct_cases(self, *_): sys.exit(0)",
        "    @property\n    def testing_examples(self): return 3",
        "    @property\n    def testing_examples(self): raise Custom",
    ],
)
def test_a_measure_that_fails_is_unknown(cli: Cli, body: str) -> None:
    status, out, err = cli(body=body)
    report = json.loads(out)
    assert status == 1
    assert report["epochs"] == 5
    assert None in (report["correct"], report["test_correct"])
    assert len(report["findings"]) == 1
    check_named(err)


@pytest.mark.parametrize("place", ["until", "report", "exit of the reporter"])
def test_exceptions_of_functions_given_to_train_have_the_run(net: cn.Network, xor: cn.ExampleSet, place: str) -> None:
    class Reporter:
        def __enter__(self) -> Callable[[cn.Run], None]:
            return lambda run: 1 / 0 if place == "report" and run.epochs > 2 else None  # type: ignore[return-value]

        def __exit__(self, *_: object) -> None:
            if place == "exit of the reporter":
                raise ZeroDivisionError

    until = (lambda run: run.epochs > 2 and 1 / 0) if place == "until" else None
    with pytest.raises(ZeroDivisionError) as raised:
        cn.train(net, xor, cn.rule("steepest", rate=0.1), 9, engine="local", until=until, progress=Reporter())  # type: ignore[arg-type]
    run: cn.Run = raised.value.run  # type: ignore[attr-defined]
    assert run.stopped == ("epochs" if place == "exit of the reporter" else "error")
    assert run.epochs in {"until": [3], "report": range(3, 10), "exit of the reporter": [9]}[place]  # reports come after blocks of epochs
    other = cn.task("xor")
    assert other.name == "xor"
    assert run.network is net


def test_the_weights_are_those_of_the_last_epoch_in_the_log(make_net: Callable[[], cn.Network], xor: cn.ExampleSet) -> None:
    class Failing(type(cn.rule("steepest"))):  # type: ignore[misc]
        def change(self, value: float, derivative: float) -> tuple[float, ...]:
            calls.append(value)
            if len(calls) == 200:
                raise RuntimeError
            return (-0.1 * derivative,)

    calls: list[float] = []
    failed, other = make_net(), make_net()
    with pytest.raises(RuntimeError) as raised:
        cn.train(failed, xor, Failing(rate=0.1), 100, engine="local")
    run: cn.Run = raised.value.run  # type: ignore[attr-defined]
    assert 0 < run.epochs < 200 // len(failed.weights) + 1
    cn.train(other, xor, cn.rule("steepest", rate=0.1), run.epochs, engine="local")
    assert failed.weight_values.tolist() == other.weight_values.tolist()
    assert run.memory == {}


def test_ctrl_c_in_a_plugin_remains_ctrl_c(cli: Cli) -> None:
    status, out, err = cli(fault="raise KeyboardInterrupt", findings=CALL)
    assert (status, json.loads(out)["epochs"]) == (130, 5)
    check_named(err)
    assert cli(fault="raise KeyboardInterrupt", network="fault(net, seed)")[0] == 130


def member(name: str, value: str) -> dict[str, str]:
    """Return the body of a task whose member has a value, in place of the member of the template."""
    return {"body": "", "last": f"Bad.{name} = property(lambda task: {value})"}


def formula(owner: str, name: str, value: str) -> dict[str, str]:
    """Return the parts of a task with a function or rule whose formula returns a value."""
    if owner == "Step":
        made = "Bad.phases = property(lambda task: [cn.Phase(Step(), 2)])"
    else:
        attribute = "activation_function" if owner == "Wave" else "error_function"
        made = "made = Bad.network\ndef network(task, seed):\n    net = made(task, seed)"
        made += f"\n    net['output'].{attribute} = {owner}()\n    return net"
        made += "\nBad.network = network"
    return {"last": f"{made}\n{owner}.{name} = lambda self, *numbers: {value}"}


WRONG_VALUES = [
    (formula("Wave", "activation", "'x'"), 1),
    (formula("Wave", "slope", "None"), 1),
    (formula("Gap", "error", "None"), 1),
    (formula("Step", "change", "-0.1"), 1),
    (formula("Step", "change", "(0.1, 0.2)"), 1),
    (member("training_examples", "cn.ExampleSet.from_arrays([[0.0, 1.0, 2.0]], [[1.0]])"), 1),
    (member("training_examples", "cn.ExampleSet.from_arrays([[0.0, 1.0]], [[1.0, 2.0]])"), 1),
    (member("training_examples", "cn.ExampleSet.from_arrays([], [])"), 2),
    (member("testing_examples", "cn.ExampleSet.from_arrays([[0.0, 1.0, 2.0]], [[1.0]])"), 1),
    ({"last": "Bad.network = lambda task, seed: cn.Network('empty')"}, 1),
    (member("phases", "[]"), 1),
    (member("phases", "[cn.Phase(cn.rule('steepest'), -1)]"), 2),
    (member("phases", "[cn.Phase(cn.rule('steepest', rate=-1), 1)]"), 2),
    (member("phases", "[cn.Phase(cn.rule('steepest', speed=1), 1)]"), 2),
    (member("phases", "[cn.Phase(Short(), 1)]"), 1),
    (member("phases", "[cn.Phase(Other(), 1)]"), 1),
    (member("criterion", "cn.Criterion(correct=2)"), 2),
    ({"last": "Bad.tolerance = -1"}, 1),
    ({"last": "Bad.tolerance = None"}, 1),
    ({"body": "    presets = {'default': {'size': 1}, 'published': {}}"}, 2),
    ({"body": "    presets = {3: {}}"}, 2),
    ({"body": "    presets = {'published': {}}"}, 2),
    ({"body": "    rate: float = cn.parameter(1.0, above=0)\n    presets = {'default': {'rate': -1.0}}"}, 1),
    ({"body": "    def for_seed(self, seed):\n        raise cn.errors.FileError('no data')"}, 2),
]
RULES = """
@dataclass(frozen=True)
class Short(cn.SearchRule):
    name = "short"
    def search(self, weights, evaluate, memory):
        return [1.0]

@dataclass(frozen=True)
class Wave(cn.ActivationFunction):
    name = "wave"
    def activation(self, net_input): ...
    def slope(self, net_input, activation): return 1.0

@dataclass(frozen=True)
class Gap(cn.ErrorFunction):
    name = "gap"
    def error(self, activation, target): ...
    def derivative(self, activation, target): return 1.0

@dataclass(frozen=True)
class Step(cn.UpdateRule):
    name = "step"
    equation = ""
    def change(self, value, derivative): ...

@dataclass(frozen=True)
class Other(cn.SearchRule):
    name = "other"
    def search(self, weights):
        return weights
"""


@pytest.mark.parametrize(("parts", "status"), WRONG_VALUES, ids=[" ".join(parts.values()).strip() for parts, _ in WRONG_VALUES])
def test_a_wrong_value_of_a_task_names_the_plugin(cli: Cli, parts: dict[str, str], status: int) -> None:
    found, _, err = cli(**{**parts, "last": RULES + parts.get("last", "")})
    assert (found, "plugin 'odd' from " in err, "plugin 'run'" in err) == (status, True, False), err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--rule", "steepest", "--set", "rate=-1"], "steepest.rate: must be a number above 0 (got -1.0)"),
        (["--set", "tolerance=-1"], "bad.tolerance: must be a number above 0 (got -1.0)"),
        (["--set", "size=0"], "bad.size: must be a whole number of at least 1 (got 0)"),
    ],
)
def test_a_wrong_value_of_the_user_names_no_plugin(cli: Cli, words: list[str], message: str) -> None:
    check = "\n    def __post_init__(self):\n        super().__post_init__()"
    body = f"    tolerance: float = 0.5\n    size: int = cn.parameter(2, at_least=1){check}"
    assert cli(*words, body=body) == (2, "", f"connectionist run: error: {message}\n")


def test_a_check_of_arguments_by_another_function_of_the_plugin_names_no_plugin(cli: Cli) -> None:
    """Other errors of that function name the plugin."""
    fault = """raise cn.errors.ParameterError(f"size: must be even (got {seed})")"""
    check = "\n    def __post_init__(self):\n        super().__post_init__()\n        if self.size % 2: fault(None, self.size)"
    body = f"    size: int = cn.parameter(2, at_least=1){check}"
    assert cli("--set", "size=3", body=body, fault=fault) == (2, "", "connectionist run: error: size: must be even (got 3)\n")
    check_named(cli(body=body, fault=fault, findings=CALL)[2])


def test_an_error_names_the_plugin_and_not_the_engine_that_it_calls(cli: Cli) -> None:
    wrong = "network.outputs(cn.ExampleSet.from_arrays([[1.0]], [[1.0]]), 'compiled')"
    check_named(cli(fault=wrong, findings=CALL)[2])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes and sockets with names")
@pytest.mark.timeout(60)
def test_what_is_not_a_file_is_not_read(tmp_path: Path) -> None:
    folder = Path(os.path.relpath(tmp_path))
    os.mkfifo(folder / "pipe.py")
    (folder / "folder.py").mkdir()
    (folder / "zero.py").symlink_to("/dev/zero")
    (folder / "dangling.py").symlink_to("nothing")
    (folder / "loop.py").symlink_to("loop.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket.py"))
        failures = Registry([folder]).failures
    assert [plugin.name for plugin in failures] == ["dangling", "folder", "loop", "pipe", "socket", "zero"]
    assert {plugin.failure for plugin in failures} == {"ImportError: must be a regular file"}


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("raise GeneratorExit", "GeneratorExit (bad.py, line 1)"),
        ("class Custom(BaseException): pass\nraise Custom('x')", "Custom: x (bad.py, line 2)"),
        ("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded (bad.py, line 1)"),
        ("raise MemoryError", "MemoryError: out of memory (bad.py, line 1)"),
        (r"raise ValueError('a\n\x1b')", r"ValueError: a \x1b (bad.py, line 1)"),
        ("x = (\n\n1", "SyntaxError: '(' was never closed (bad.py, line 1)"),
        ("import connectionist as cn\n@cn.hookimpl\ndef tasks():\n    raise SystemExit", "SystemExit (bad.py, line 4)"),
    ],
)
def test_nothing_that_an_import_raises_ends_the_program(tmp_path: Path, text: str, failure: str) -> None:
    (tmp_path / "bad.py").write_text(text, encoding="utf-8")
    registry = Registry([tmp_path])
    assert [plugin.failure for plugin in registry.failures] == [failure]
    assert "xor" in registry.names("tasks")


def test_ctrl_c_during_an_import_remains_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        Registry([tmp_path])


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("name = 3", "whose name is 3"),
        ("name = ''", "whose name is ''"),
        (r"name = 'a\nb'", r"whose name is 'a\nb'"),
        ("name, presets = 'bad', None", "Bad.presets must be a dict of dicts (got None)"),
        ("name, presets = 'bad', {'default': 1}", "Bad.presets must be a dict of dicts (got {'default': 1})"),
        ("name, __doc__ = 'bad', 3", "the docstring of Bad must be text (got 3)"),
    ],
)
def test_attributes_of_the_wrong_type_are_named(tmp_path: Path, line: str, fault: str) -> None:
    text = f"import connectionist as cn\nclass Bad(cn.Task):\n    {line}\n@cn.hookimpl\ndef tasks():\n    return [Bad]\n"
    (tmp_path / "bad.py").write_text(text, encoding="utf-8")
    [plugin] = Registry([tmp_path]).failures
    assert plugin.title == f"plugin 'bad' from {tmp_path / 'bad.py'}"
    assert fault in str(plugin.failure)


COMMAND = """
import sys
import connectionist as cn
class Custom(BaseException): pass
class Odd(cn.Command):
    "Help."
    name = "odd"
    def add_arguments(self, parser):
        {add}
    def run(self, arguments):
        {run}
@cn.hookimpl
def commands():
    return [Odd]
"""


@pytest.mark.parametrize(
    ("run", "status", "message"),
    [
        ("raise Custom('x')", 1, "plugin 'command' from "),
        ("raise GeneratorExit", 1, "plugin 'command' from "),
        ("1 / 0", 1, "plugin 'command' from "),
        ("return 'text'", 1, "command 'odd': run(arguments) must return an exit status (got 'text')"),
        ("return None", 0, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no')", 1, "no\n"),
    ],
)
def test_commands_that_raise_or_exit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], own_registry: None, run: str, status: int, message: str
) -> None:
    (tmp_path / "command.py").write_text(COMMAND.format(add="pass", run=run), encoding="utf-8")
    assert main(["--plugins-dir", str(tmp_path), "odd"]) == status
    err = capsys.readouterr().err
    assert message in err
    assert bool(message) == bool(err)


@pytest.mark.parametrize("add", ["sys.exit(0)", "raise Custom('x')", "1 / 0"])
def test_a_command_that_cannot_declare_its_arguments_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], own_registry: None, add: str
) -> None:
    (tmp_path / "command.py").write_text(COMMAND.format(add=add, run="pass"), encoding="utf-8")
    assert main(["--plugins-dir", str(tmp_path), "list", "rules"]) == 0
    assert f"plugin 'command' from {tmp_path / 'command.py'}: command 'odd' left out: " in capsys.readouterr().err


def test_divergence_names_the_line_of_a_formula(cli: Cli) -> None:
    cli(activation="Counted()", calls=100, fault="1 / 0", epochs=200)
    with pytest.raises(DivergenceError, match=r"a formula that raised ZeroDivisionError: division by zero \(odd.py, line \d+\)"):
        cn.run("bad", engine="local", progress=no_progress())
