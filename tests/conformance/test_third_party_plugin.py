"""A third-party plugin, installed as a wheel or as a file in a folder, used from the command line."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from connectionist.cli.main import main

Command = Callable[..., subprocess.CompletedProcess[str]]
THIRD_PARTY = Path(__file__).parents[1] / "third_party"
MODULE = "connectionist_copying.py"


def run(python: Path | str, *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CONNECTIONIST_DEBUG")}
    return subprocess.run(
        [str(python), *map(str, words)], capture_output=True, text=True, timeout=120, check=False, cwd=cwd, env=clean, encoding="utf-8"
    )


def connectionist(*words: str | Path, python: Path | str = sys.executable) -> subprocess.CompletedProcess[str]:
    return run(python, "-m", "connectionist", *words)


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str], own_registry: None) -> Command:
    """Return a function that runs a command in this process. A plugin in a folder needs no environment of its own."""

    def call(*words: str | Path) -> subprocess.CompletedProcess[str]:
        status = main([str(word) for word in words])
        return subprocess.CompletedProcess(words, status, *capfd.readouterr())

    return call


@pytest.fixture(scope="module")
def third_party(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the python of a new environment in which the third-party distribution is installed from its wheel."""
    place = tmp_path_factory.mktemp("third_party")
    shutil.copytree(THIRD_PARTY, place / "source", ignore=shutil.ignore_patterns("__pycache__"))
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place / "dist", place / "source")
    assert built.returncode == 0, built.stdout + built.stderr
    venv.create(place / "env", with_pip=False, symlinks=os.name != "nt")
    python = place / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    purelib = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
    # The new environment also uses the packages of this one, so nothing is downloaded.
    lines = [f"import site; site.addsitedir({folder!r})" for folder in site.getsitepackages()]
    (Path(purelib) / "host.pth").write_text("\n".join(lines), encoding="utf-8")
    (wheel,) = (place / "dist").glob("*.whl")
    installed = run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return python


def test_wheel_runs_with_its_own_rule(third_party: Path) -> None:
    done = connectionist("run", "copying", "--rule", "manhattan", "--set", "rate=0.05", "--json", python=third_party)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["task"], report["correct"], report["stopped"]) == ("copying", 1.0, "criterion")
    assert report["phases"][0]["rule"] == "manhattan"
    assert report["phases"][0]["parameters"]["rate"] == 0.05
    assert report["findings"][0]["measured"] > 0.5


def test_wheel_is_listed_by_its_distribution(third_party: Path) -> None:
    lines = connectionist("plugins", python=third_party).stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("copying ")]
    assert "connectionist-copying 2.5" in line
    for offered in ("tasks: copying", "update rules: manhattan", "activation functions: softsign"):
        assert offered in line
    shown = connectionist("show", "manhattan", python=third_party).stdout
    assert "plugin 'copying' of connectionist-copying 2.5" in shown
    assert "softsign" in connectionist("list", "functions", python=third_party).stdout


def test_wheel_is_not_seen_elsewhere() -> None:
    assert connectionist("run", "copying").returncode == 2


def test_wheel_can_be_left_out(third_party: Path) -> None:
    done = connectionist("run", "copying", "-p", "no:copying", python=third_party)
    assert done.returncode == 2
    assert "unknown task 'copying'" in done.stderr


def test_file_in_a_folder(tmp_path: Path) -> None:
    shutil.copy(THIRD_PARTY / MODULE, tmp_path / "copying.py")
    done = connectionist("run", "copying", "--rule", "manhattan", "--json", "--plugins-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["phases"][0]["rule"] == "manhattan"
    (line,) = [line for line in connectionist("--plugins-dir", tmp_path, "plugins").stdout.splitlines() if line.startswith("copying ")]
    assert str(tmp_path / "copying.py") in line


def test_file_and_wheel_of_one_name_clash(third_party: Path, tmp_path: Path) -> None:
    shutil.copy(THIRD_PARTY / MODULE, tmp_path / "copying.py")
    done = connectionist("list", "--plugins-dir", tmp_path, python=third_party)
    assert done.returncode == 2
    assert "two plugins are named 'copying'" in done.stderr
    assert "connectionist-copying 2.5" in done.stderr
    assert str(tmp_path / "copying.py") in done.stderr


RULE = """
from dataclasses import dataclass
import connectionist as cn

@dataclass(frozen=True)
class Mine(cn.UpdateRule):
    rate: float = 0.1
    name = "{name}"
    def change(self, value, derivative):
        return (-derivative,)

@cn.hookimpl
def update_rules():
    return [Mine]
"""


def plugin(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_two_rules_of_one_name_name_both_origins(tmp_path: Path, here: Command) -> None:
    path = plugin(tmp_path, "mine", RULE.format(name="momentum"))
    done = here("list", "rules", "--plugins-dir", tmp_path)
    assert done.returncode == 2
    assert "two update rules are named 'momentum'" in done.stderr
    assert "connectionist-simulator 0." in done.stderr
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr
    assert here("list", "rules", "--plugins-dir", tmp_path, "-p", "no:mine").returncode == 0


def test_two_plugins_of_one_name_in_two_folders(tmp_path: Path, here: Command) -> None:
    paths = [plugin(tmp_path / folder, "mine", RULE.format(name=folder)) for folder in ("a", "b")]
    done = here("--plugins-dir", tmp_path / "a", "plugins", "--plugins-dir", tmp_path / "b")
    assert done.returncode == 2
    assert all(str(path) in done.stderr for path in paths)


BROKEN = {
    "absent": ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found' (absent.py, line 1)"),
    "syntax": ("def (", "SyntaxError: invalid syntax (syntax.py, line 1)"),
    "stops": ("raise SystemExit('stop')", "SystemExit: stop (stops.py, line 1)"),
    "divides": ("import connectionist as cn\n@cn.hookimpl\ndef tasks(): 1 / 0", "ZeroDivisionError: division by zero (divides.py, line 3)"),
}
WRONG = {
    "hook": ("import connectionist as cn\n@cn.hookimpl\ndef taskz(): return []", "'taskz'"),
    "argument": ("import connectionist as cn\n@cn.hookimpl\ndef tasks(net): return []", "'net'"),
    "number": (
        "import connectionist as cn\n@cn.hookimpl\ndef tasks(): return [3]",
        "must return classes with a name of printable text (got 3)",
    ),
    "method": (RULE.format(name="mine").replace("def change", "def chang"), "Mine lacks change"),
}


def test_broken_plugins_are_reported_and_the_rest_go_on(tmp_path: Path, here: Command) -> None:
    paths = {name: plugin(tmp_path, name, text) for name, (text, _) in BROKEN.items()}
    lines = [f"connectionist: plugin '{name}' from {paths[name]} could not be loaded: {reason}" for name, (_, reason) in BROKEN.items()]
    for words in (["--help"], ["list"], ["run", "xor", "--epochs", "1", "--engine", "local", "--json"]):
        done = here("--plugins-dir", tmp_path, *words)
        assert done.returncode == 0
        assert sorted(done.stderr.splitlines()) == sorted(lines)
        assert "symmetry" in done.stdout or words[0] != "list"
    listed = here("--plugins-dir", tmp_path, "plugins").stdout
    assert all(reason in listed for _, reason in BROKEN.values())
    left_out = here("--plugins-dir", tmp_path, *(word for name in BROKEN for word in ("-p", f"no:{name}")), "list")
    assert (left_out.returncode, left_out.stderr) == (0, "")


def test_plugins_that_break_the_contract_are_reported_and_the_rest_go_on(tmp_path: Path, here: Command) -> None:
    paths = {name: plugin(tmp_path, name, text) for name, (text, _) in WRONG.items()}
    done = here("list", "--plugins-dir", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    for name, (_, reason) in WRONG.items():
        [line] = [line for line in done.stderr.splitlines() if f"plugin '{name}' from {paths[name]} could not be loaded: " in line]
        assert reason in line
    listed = here("plugins", "--plugins-dir", tmp_path)
    assert listed.returncode == 1
    assert all(reason in listed.stdout for _, reason in WRONG.values())


RAISES = RULE.format(name="mine").replace("return (-derivative,)", "raise RuntimeError('no such luck')")


def test_plugin_that_raises_while_running_is_blamed_in_one_line(tmp_path: Path, here: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    path = plugin(tmp_path, "unlucky", RAISES)
    words = ["run", "xor", "--rule", "mine", "--engine", "local", "--plugins-dir", str(tmp_path)]
    done = here(*words)
    assert done.returncode == 1
    fault = "RuntimeError: no such luck (unlucky.py, line 10) (CONNECTIONIST_DEBUG=1 shows the traceback)"
    line = f"connectionist run: error: plugin 'unlucky' from {path}: {fault}\n"
    assert done.stderr == line
    monkeypatch.setenv("CONNECTIONIST_DEBUG", "1")
    traced = here(*words)
    assert "Traceback" in traced.stderr
    assert traced.returncode == 1


COMMAND = """
import connectionist as cn

class Greet(cn.Command):
    \"\"\"Say 100 % hello.\"\"\"
    name = "greet"
    def add_arguments(self, parser):
        parser.add_argument("whom")
    def run(self, arguments):
        print("hello", arguments.whom, *arguments.command_line)
        return 0

@cn.hookimpl
def commands():
    return [Greet]
"""


def test_plugin_adds_a_command(tmp_path: Path, here: Command) -> None:
    plugin(tmp_path, "greeting", COMMAND)
    done = here("greet", "world", "--plugins-dir", tmp_path)
    assert done.stdout == f"hello world connectionist greet world --plugins-dir {tmp_path}\n"
    assert "Say 100 % hello." in here("--plugins-dir", tmp_path, "--help").stdout


def test_command_with_faulty_arguments_is_left_out(tmp_path: Path, here: Command) -> None:
    plugin(tmp_path, "greeting", COMMAND.replace('parser.add_argument("whom")', 'parser.add_argument("-p")'))
    done = here("list", "--plugins-dir", tmp_path)
    assert done.returncode == 0
    assert "command 'greet' left out" in done.stderr
