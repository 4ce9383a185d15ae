"""Folders, entry points, import layers, hooks and documentation pages agree."""

import ast
import inspect
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from email import message_from_string
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.experiments.task_members import is_untrained
from connectionist.plugins import hookspecs
from connectionist.plugins.registry import HOOKS, Registry
from connectionist.testing import check_activation_function, check_error_function, check_input_function, check_update_rule

ROOT = Path(__file__).parents[2]
PLUGIN_FOLDERS = (ROOT / "plugins" / "connectionist_plugins", ROOT / "tasks" / "connectionist_tasks")
SMALLER = {  # test_registered.py makes runs of the whole tasks
    "boltzmann-shifter": {"size": 4, "hidden": 4},
    "elman-letters": {"consonants": 50, "hidden": 5},
    "elman-sentences": {"sentences": 10, "hidden": 5},
    "hopfield-memory": {"units": 30, "memories": 2, "starts": 3},
    "jets-and-sharks": {"cycles": 10},
    "necker-cube": {"starts": 2},
    "reber-grammar": {"strings": 10, "testing_strings": 10},
    "sequence-completion": {"hidden": 3},
    "sequence-completion-variable": {"hidden": 3},
    "word-superiority": {"letters": 1, "exposure": 1, "cycles": 2},
    "xor-in-time": {"bits": 300},
}


def use_task(task: cn.Task) -> None:
    """Make a run of one epoch, or without training, and all examples; test_registered.py checks every preset and the figures."""
    result = cn.run(task, seed=1, epochs=0 if is_untrained(task, task.phases) else 1, engine="local")
    assert result.report["task"] == task.name
    assert result.report["findings"] is not None
    assert len(task.training_examples) > 0
    assert task.testing_examples is None or len(task.testing_examples) > 0


CHECKS: dict[str, Callable[[Any], None]] = {
    "tasks": lambda task: use_task(task(**SMALLER.get(task.name, {}))),
    "update_rules": check_update_rule,
    "activation_functions": check_activation_function,
    "input_functions": check_input_function,
    "error_functions": check_error_function,
}


def offers_something(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return any("hookimpl" in ast.unparse(decorator) for function in functions for decorator in function.decorator_list)


@cache
def plugin_modules() -> dict[str, Path]:
    """Return every module with a hook in the two folders, by its dotted name."""
    found = {}
    for home in PLUGIN_FOLDERS:
        for path in sorted(home.rglob("*.py")):
            if offers_something(path):
                parts = path.relative_to(home.parent).with_suffix("").parts
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def table() -> dict[str, str]:
    declared: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
        "connectionist"
    ]
    return declared


def test_every_plugin_in_the_folders_is_in_the_table_and_the_other_way_round() -> None:
    assert sorted(table().values()) == sorted(plugin_modules()), "add the line to [project.entry-points.connectionist]"


def test_the_table_is_what_is_installed() -> None:
    installed = {p.name: p.value for p in entry_points(group="connectionist") if p.dist and p.dist.name == "connectionist-simulator"}
    assert installed == table(), "pip install -e .  again: entry points are recorded at install"


def test_an_entry_point_is_called_what_its_module_is_called() -> None:
    assert {name: module.rsplit(".", 1)[1] for name, module in table().items()} == {name: name for name in table()}


SINGLE_FILES = {module: path for module, path in plugin_modules().items() if path.name != "__init__.py"}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Registry]:
    """Copy all plugins under other names, with their data, and leave out the installed ones so that the copies are found."""
    folder = tmp_path_factory.mktemp("somebody_elses")
    for module, path in SINGLE_FILES.items():
        shutil.copy(path, folder / f"{copied_name(module)}.py")
        for data in path.parent.iterdir():
            if data.is_file() and data.suffix != ".py":
                shutil.copy(data, folder)
    return folder, Registry([folder], without=[module.rsplit(".", 1)[1] for module in SINGLE_FILES])


def copied_name(module: str) -> str:
    return f"copy_of_{module.rsplit('.', 1)[1]}"


@pytest.mark.parametrize("module", SINGLE_FILES)
def test_every_plugin_file_works_in_somebody_elses_folder(module: str, copies: tuple[Path, Registry]) -> None:
    folder, registry = copies
    assert registry.failures == []
    [copy] = [plugin for plugin in registry.plugins if plugin.name == copied_name(module)]
    assert copy.offers
    for kind, names in copy.offers.items():
        for name in names:
            thing = registry.find(kind, name)
            assert Path(inspect.getfile(thing)) == folder / f"{copied_name(module)}.py"
            if kind in CHECKS:
                CHECKS[kind](thing)


@pytest.mark.parametrize("module", plugin_modules())
def test_plugins_do_not_import_one_another(module: str) -> None:
    path = plugin_modules()[module]
    own = module if path.name == "__init__.py" else None
    sources = path.parent.rglob("*.py") if own else [path]
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                foreign = name.startswith(("connectionist_plugins", "connectionist_tasks"))
                assert not foreign or (own and name.startswith(own)), f"{source.name} imports {name}"


def test_the_layers_hold() -> None:
    pytest.importorskip("importlinter", reason="import-linter is in the dependency group 'dev'")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_are_those_that_the_registry_calls() -> None:
    marked = {name for name, thing in vars(hookspecs).items() if getattr(thing, f"{hookspecs.PROJECT}_spec", None) is not None}
    assert marked == set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_its_exact_arguments(hook: str) -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    arguments = ", ".join(inspect.signature(getattr(hookspecs, hook)).parameters)
    assert f"{hook}({arguments})" in page


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test(hook: str) -> None:
    tests = ast.parse((Path(__file__).parent / "test_hooks.py").read_text(encoding="utf-8"))
    assert f"test_hook_{hook}" in {node.name for node in tests.body if isinstance(node, ast.FunctionDef)}


LICENCE = (ROOT / "LICENSE").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and with the wheel built from it."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    temporary = tmp_path_factory.mktemp("temporary")  # a build that is killed leaves a folder
    environment = {**os.environ, "TMPDIR": str(temporary)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def wheel_file(built: Path, ending: str) -> str:
    """Return the text of the only file of the wheel whose name has this ending."""
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(ending)]
        return archive.read(name).decode("utf-8")


def test_wheel_has_the_licence(built: Path) -> None:
    metadata = message_from_string(wheel_file(built, ".dist-info/METADATA"))
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert wheel_file(built, ".dist-info/licenses/LICENSE") == LICENCE


def test_wheel_has_the_module_that_the_command_starts(built: Path) -> None:
    assert "connectionist = connectionist_launcher:main\n" in wheel_file(built, ".dist-info/entry_points.txt")
    assert wheel_file(built, "connectionist_launcher.py") == (ROOT / "connectionist_launcher.py").read_text(encoding="utf-8")


def test_sdist_has_the_licence(built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        file = archive.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/LICENSE")
        assert file is not None
        assert file.read().decode("utf-8") == LICENCE


def test_citation_names_the_same_licence_and_holder() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"license: {project['license']}" in citation
    [author] = project["authors"]
    assert f"  - name: {author['name']}" in citation
    assert f"Copyright (c) 2026, {author['name']}" in LICENCE
