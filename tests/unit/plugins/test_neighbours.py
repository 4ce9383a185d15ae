"""Plugin files that import one another, folders given twice, and classes without the decorator."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import ParameterError
from connectionist.plugins import registry
from connectionist.plugins.registry import Registry

RULE = """
    from dataclasses import dataclass
    import connectionist as cn
    {line}

    @dataclass(frozen=True)
    class Mine(cn.UpdateRule):
        rate: float = 0.1
        name = "{name}"

        def change(self, value, derivative):
            return (-self.rate * derivative,)

    @cn.hookimpl
    def update_rules():
        return [Mine]
"""


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(dedent(text), encoding="utf-8")
    return folder


def test_a_folder_that_comes_twice_is_read_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", "mine.py", RULE.format(name="mine", line=""))
    (tmp_path / "link").symlink_to(folder)
    found = Registry([folder, f"{folder}/", folder / ".." / "mine", tmp_path / "link"])
    assert [plugin.origin for plugin in found.plugins if plugin.name == "mine"] == [str(folder / "mine.py")]


def test_files_of_a_folder_import_one_another(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", "first.py", RULE.format(name="first", line="import _helper, second, package.inner as inner"))
    write(folder, "second.py", RULE.format(name="second", line="from _helper import RUNS; RUNS.append(1); import first"))
    write(folder, "_helper.py", "RUNS = []")
    write(folder / "package", "__init__.py", "")
    write(folder / "package", "inner.py", "DEPTH = 2")
    found = Registry([folder])
    assert not found.failures
    first, second = (sys.modules[found.find("update_rules", name).__module__] for name in ("first", "second"))
    assert first.second is second
    assert second.first is first
    assert first._helper.RUNS == [1]
    assert first.inner.DEPTH == 2
    assert not {"first", "second", "_helper"} & set(sys.modules)


def test_each_folder_has_its_own_helper_and_installed_modules_come_first(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(
            tmp_path / name,
            f"{name}.py",
            RULE.format(name=name, line=f"import helper_of, json; assert helper_of.NAME == {name!r} and json.dumps"),
        )
        write(tmp_path / name, "helper_of.py", f"NAME = {name!r}")
        write(tmp_path / name, "json.py", "")
    found = Registry([tmp_path / "one"], without=["json"])
    assert not found.failures
    with pytest.raises(cn.errors.PluginError, match="two plugins are named 'helper_of'"):
        Registry([tmp_path / "one", tmp_path / "two"], without=["json"])
    for name in ("one", "two"):
        (tmp_path / name / "helper_of.py").rename(tmp_path / name / "_own.py")
        write(tmp_path / name, f"{name}.py", RULE.format(name=name, line=f"import _own; assert _own.NAME == {name!r}"))
    assert not Registry([tmp_path / "one", tmp_path / "two"], without=["json"]).failures


def test_an_error_in_a_neighbour_names_its_line_in_both(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", "first.py", RULE.format(name="first", line="import second"))
    write(folder, "second.py", "import connectionist as cn\n\ndef broken(:\n")
    found = Registry([folder])
    assert [(plugin.name, plugin.failure) for plugin in found.failures] == [
        (name, "SyntaxError: invalid syntax (second.py, line 3)") for name in ("first", "second")
    ]
    assert not Registry().failures
    assert not [finder for finder in sys.meta_path if type(finder).__name__ == "Neighbours"]
    registry.load()


class Plain(cn.UpdateRule):
    """Assigns in its own constructor."""

    name = "plain"

    def __init__(self, rate: float = 0.1) -> None:
        self.rate = rate

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (-self.rate * derivative,)


class Assigning(cn.ActivationFunction):
    """Assigns in its own constructor."""

    name = "assigning"

    def __init__(self) -> None:
        self.gain = 2.0

    def activation(self, net_input: float) -> float:
        return self.gain * net_input

    def slope(self, net_input: float, activation: float) -> float:
        return self.gain


def test_a_formula_without_the_decorator_is_a_sentence(engine: str, xor: cn.ExampleSet) -> None:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    with pytest.raises(
        ParameterError, match=r"assigning: must be decorated with @dataclass\(frozen=True\); what its __init__ assigns must"
    ):
        net.add_group("output", 1, role="output", activation=Assigning())
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    with pytest.raises(ParameterError, match=r"plain: must be decorated with @dataclass\(frozen=True\); "):
        cn.train(net, xor, Plain(), 1, engine=engine)


def test_a_fixed_attribute_says_how_it_becomes_a_parameter() -> None:
    class Fixed(cn.OnePhaseTask):
        name, source, rate, epochs = "fixed", "", 0.1, 5

        def network(self, seed: int) -> Any: ...

        training_examples = None  # type: ignore[assignment]

        def findings(self, network: Any, run: Any) -> Any: ...

    with pytest.raises(
        ParameterError, match=r"fixed.rate: is a fixed attribute, not a parameter; decorate Fixed with .* declare rate: float = 0.1$"
    ):
        cn.run(Fixed(), parameters={"rate": 0.2})
    with pytest.raises(ParameterError, match=r"fixed.rat: no such parameter; known: none"):
        cn.run(Fixed(), parameters={"rat": 0.2})
    with pytest.raises(ParameterError, match=r"momentum.momentun: no such parameter; did you mean 'momentum'"):
        cn.rule("momentum", momentun=0.2)


@pytest.mark.parametrize(
    "use",
    [
        lambda net, _: cn.load_weights(net, None),  # type: ignore[arg-type]
        lambda net, _: cn.save_weights(net, 3),  # type: ignore[arg-type]
        lambda _, __: cn.read_run(2.5),  # type: ignore[arg-type]
        lambda net, _: net.connect("input", "output", pattern=[[1], [1, 2]]),
        lambda net, _: net["input"][[[0], [1, 0]]],
        lambda _, xor: xor[[[0], [1, 0]]],
        lambda _, xor: cn.ExampleSet.from_arrays(xor.inputs, xor.targets, names=[["a"], ["b", "c"]]),  # type: ignore[list-item]
        lambda _, xor: cn.ExampleSet([xor[0]], network=3),  # type: ignore[arg-type]
        lambda net, xor: cn.train(net, xor, "momentum", 1, until=10**400),
        lambda _, xor: cn.correct_cases([[10**400]] * 4, xor, 0.5),
        lambda _, __: cn.plots.dendrogram([[1], [1, 2]]),
        lambda net, xor: cn.record(net, xor, cases=[[1], [1, 2]]),
    ],
)
def test_a_wrong_argument_is_a_sentence_and_not_an_error_of_python(use: Any, xor: cn.ExampleSet) -> None:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    with pytest.raises(cn.ConnectionistError):
        use(net, xor)


def test_titles_may_be_numbers() -> None:
    assert cn.plots.endings({"stopped": "epochs", "epochs": 3}, title=3).get_title("left").startswith("3")  # type: ignore[arg-type]


def test_a_folder_with_a_relative_path_has_neighbours_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "mine", "helper.py", "CALLS = []")
    write(tmp_path / "mine", "mine.py", RULE.format(name="mine", line="import helper"))
    monkeypatch.chdir(tmp_path)
    found = Registry(["mine"])
    by_name = {plugin.name: plugin for plugin in found.plugins}
    assert by_name["helper"].note == ""
    mine = sys.modules[by_name["mine"].module]
    assert mine.helper.CALLS is sys.modules[by_name["helper"].module].CALLS  # the file was executed once
