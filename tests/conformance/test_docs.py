"""The documentation: plugin files work, the page on saving runs, and every name in it exists."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.plugins import registry
from connectionist.plugins.registry import Registry

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "benchmarks" / "README.md", *sorted(DOCS.glob("*.md")), DOCS / "gallery" / "README.md"]
CODE = re.compile(r"```.*?```|`[^`]+`", flags=re.DOTALL)
CN_NAME = re.compile(r"\bcn\.([A-Za-z_]+(?:\.[A-Za-z_]+)*)")
MODULE_NAME = re.compile(r"\bconnectionist(?:_plugins|_tasks)?(?:\.[A-Za-z_]+)+")


def python_blocks(page: str) -> list[str]:
    """Return the Python blocks of a page without prompts, which are not doctests."""
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def offered(page: str, folder: Path) -> Registry:
    """Write the Python block of a page that has a hook into a folder of plugins, and load the folder."""
    plugin = next(block for block in python_blocks(page) if "hookimpl\ndef" in block)
    assert re.findall(r"^(?:from|import) connectionist.*", plugin, flags=re.MULTILINE) == ["import connectionist as cn"]
    (folder / "shown.py").write_text(plugin, encoding="utf-8")
    return registry.load([folder])


@pytest.mark.parametrize(
    ("page", "kind", "name"),
    [("tasks.md", "tasks", "majority"), ("plugins.md", "update_rules", "limited"), ("commands.md", "commands", "greet")],
)
def test_the_plugin_of_a_page_works(tmp_path: Path, page: str, kind: str, name: str) -> None:
    try:
        found = offered(page, tmp_path)
        assert found.failures == []
        assert found.origin(kind, name).name == "shown"
        offering = vars(sys.modules[found.find(kind, name).__module__])
        for block in python_blocks(page):  # such as the check of the plugin
            if "hookimpl\ndef" not in block:
                exec(block, offering)
        if kind == "update_rules":
            assert main(["--plugins-dir", str(tmp_path), "run", "xor", "--rule", name, "--epochs", "1", "--seed", "1"]) == 0
        if kind == "tasks":
            assert cn.run(name, seed=1).report["correct"] == 1.0
    finally:
        registry.load()


def test_the_format_of_the_page_on_files_works(tmp_path: Path) -> None:
    try:
        found = offered("files.md", tmp_path)
        assert found.failures == []
        path = tmp_path / "x.colon"
        cn.write_examples(cn.ExampleSet.from_arrays([[0, 1], [1, 1]], [[1], [0]]), path)
        assert path.read_text(encoding="utf-8") == "1.0: 0.0 1.0\n0.0: 1.0 1.0\n"
        assert cn.read_examples(path).inputs.tolist() == [[0, 1], [1, 1]]
        path.write_text("1: a", encoding="utf-8")
        with pytest.raises(cn.errors.FormatError, match=r"x.colon:1:4: found 'a'; two numbers"):
            cn.read_examples(path)
    finally:
        registry.load()


def test_the_page_on_saving_runs_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for language, block in re.findall(r"```(python|sh)\n(.*?)```", (DOCS / "saving.md").read_text(encoding="utf-8"), flags=re.DOTALL):
        if language == "sh":
            assert [main(line.split()[1:]) for line in block.splitlines()] == [0, 0]
        else:
            capsys.readouterr()
            exec(block, namespace)
            assert all(line in block for line in capsys.readouterr().out.splitlines() if line.startswith("<"))
    assert {"net.npz", "xor.npz", "ck", "results", "hidden"} == {path.name for path in tmp_path.iterdir()}


def names(text: str) -> Iterator[str]:
    """Yield the dotted names of the package in the code of a page, with ``cn`` written out."""
    for code in CODE.findall(text):
        yield from (f"connectionist.{name}" for name in CN_NAME.findall(code))
        yield from MODULE_NAME.findall(code)


def exists(name: str) -> bool:
    """Return whether a dotted name is a module or an attribute."""
    module, *rest = name.split(".")
    found: object = import_module(module)
    for part in rest:
        module = f"{module}.{part}"
        if not hasattr(found, part):
            try:
                import_module(module)
            except ModuleNotFoundError:
                return False
        found = getattr(found, part)
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_of_the_package_in_a_page_exists(page: Path) -> None:
    unknown = [name for name in names(page.read_text(encoding="utf-8")) if not exists(name)]
    assert unknown == []


def test_a_name_that_does_not_exist_is_found() -> None:
    text = "Use `cn.train` or `cn.tarin`, from `connectionist.learning.training` or `connectionist.trainer`. cn.other is not code."
    assert [name for name in names(text) if not exists(name)] == ["connectionist.tarin", "connectionist.trainer"]
