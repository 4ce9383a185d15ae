"""The registry notes plugins that fail to import, and raises an error with both origins for plugins that clash."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import ParameterError, PluginError, UnknownNameError
from connectionist.plugins import registry as registry_in_use
from connectionist.plugins.registry import KINDS, Registry

Writer = Callable[[str, str], Path]

RULE = """
    from dataclasses import dataclass
    import connectionist as cn

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


def test_the_built_in_plugins_come_by_entry_points() -> None:
    registry = Registry()
    assert "momentum" in registry.names("update_rules")
    plugin = registry.origin("update_rules", "momentum")
    assert (plugin.name, plugin.failure) == ("momentum", None)
    assert plugin.origin.startswith("connectionist-simulator ")
    assert plugin.offers == {"update_rules": ("momentum",)}
    assert registry.find("update_rules", "momentum").__module__ == "connectionist_plugins.rules.momentum"
    assert registry.names("update_rules") == sorted(registry.names("update_rules"))


def test_a_file_in_a_folder_is_a_plugin(plugin_file: Writer) -> None:
    folder = plugin_file("mine.py", RULE.format(name="mine"))
    registry = Registry([folder])
    assert registry.find("update_rules", "mine")(rate=0.5).change(0.0, 2.0) == (-1.0,)
    assert registry.origin("update_rules", "mine").origin == str(folder / "mine.py")
    assert "mine" not in Registry().names("update_rules")


def test_what_is_left_out_is_not_there(plugin_file: Writer) -> None:
    assert "hebb" not in Registry(without=["hebb"]).names("update_rules")
    with pytest.raises(UnknownNameError, match=r"unknown update rule 'hebb'; .*nown: "):
        Registry(without=["hebb"]).find("update_rules", "hebb")
    folder = plugin_file("mine.py", RULE.format(name="mine"))
    assert "mine" not in Registry([folder], without=["mine"]).names("update_rules")


def test_leaving_out_what_is_not_there_is_a_mistake() -> None:
    with pytest.raises(UnknownNameError, match="unknown plugin to leave out 'heb'; did you mean 'hebb'"):
        Registry(without=["heb"])


def test_two_offers_of_one_name_are_rejected_with_both_origins(plugin_file: Writer) -> None:
    folder = plugin_file("mine.py", RULE.format(name="momentum"))
    with pytest.raises(PluginError) as raised:
        Registry([folder])
    message = str(raised.value)
    assert "two update rules are named 'momentum'" in message
    assert "connectionist-simulator " in message
    assert str(folder / "mine.py") in message
    assert "leave one out with -p no:mine" in message
    assert Registry([folder], without=["momentum"]).origin("update_rules", "momentum").name == "mine"


def test_two_plugins_of_one_name_are_rejected_with_both_origins(plugin_file: Writer) -> None:
    folder = plugin_file("momentum.py", RULE.format(name="other"))
    with pytest.raises(
        PluginError, match=r"two plugins are named 'momentum', one from connectionist-simulator .* and one from .*momentum\.py"
    ):
        Registry([folder])


def test_one_plugin_that_offers_two_of_one_name_is_noted(plugin_file: Writer) -> None:
    folder = plugin_file("twice.py", RULE.format(name="twice").replace("[Mine]", "[Mine, Mine]"))
    (failed,) = Registry([folder]).failures
    assert (failed.name, failed.failure) == ("twice", "offers two update rules named 'twice'")


SAME_NAME = """import connectionist as cn

class Half(cn.ActivationFunction):
    \"\"\"Half.\"\"\"
    name = "same"
    def activation(self, net_input): return net_input / 2
    def slope(self, net_input, activation): return 0.5

class Sum(cn.InputFunction):
    \"\"\"Sum.\"\"\"
    name = "same"
    def net_input(self, weights, activations): return sum(weights) + sum(activations)
    def slopes(self, weights, activations, by_weight, by_activation): pass

class Double(cn.ErrorFunction):
    \"\"\"Double.\"\"\"
    name = "same"
    def error(self, activation, target): return 2 * (activation - target) ** 2
    def derivative(self, activation, target): return 4 * (activation - target)

class Product(cn.LocalRule):
    \"\"\"Product.\"\"\"
    name = "{rule}"
    def signal(self, value, sender, receiver, target): return sender * receiver
    def change(self, value, signal): return (signal,)

class Signal(cn.SignalProcedure):
    \"\"\"Signal.\"\"\"
    name = "{procedure}"
    def signal(self, value, sender, receiver, target): return sender

@cn.hookimpl
def activation_functions(): return [Half, Sum]
@cn.hookimpl
def error_functions(): return [Double]
@cn.hookimpl
def update_rules(): return [Product]
@cn.hookimpl
def learning_procedures(): return [Signal]
"""


@pytest.fixture
def load(plugin_file: Writer) -> Iterator[Callable[[str], None]]:
    """Load the plugins again, with a file."""

    def load_with(text: str) -> None:
        registry_in_use.load([plugin_file("same.py", text)])

    yield load_with
    registry_in_use.load()


def test_functions_of_different_kinds_may_have_the_same_name(load: Callable[[str], None]) -> None:
    load(SAME_NAME.format(rule="same", procedure="other"))
    assert not registry_in_use.get_registry().failures
    net = cn.Network("same")
    net.add_group("input", 2, role="input")
    same: dict[str, Any] = dict.fromkeys(("activation", "error", "input_function", "output_function"), "same")
    group = net.add_group("output", 1, "output", biased=False, **same)
    net.connect("input", "output", weights=[[1.0], [2.0]])
    functions = group.activation_function, group.input_function, group.error_function, group.output_function
    assert [type(each).__name__ for each in functions] == ["Half", "Sum", "Double", "Half"]
    assert net.forward([3.0, 4.0]).tolist() == [5.0]
    assert type(cn.activation_function("same")).__name__ == "Half"
    assert type(cn.input_function("same")).__name__ == "Sum"
    assert type(cn.rule("same")).__name__ == type(cn.procedure("same")).__name__ == "Product"


@pytest.mark.parametrize("name", ["same", "hebb", "feedback_alignment"])
def test_a_procedure_and_a_rule_with_signals_may_not_have_the_same_name(plugin_file: Writer, name: str) -> None:
    names = {"rule": "other" if name == "hebb" else name, "procedure": "third" if name == "feedback_alignment" else name}
    folder = plugin_file("same.py", SAME_NAME.format(**names))
    if name == "same":
        (failed,) = Registry([folder]).failures
        assert failed.failure == "offers two learning procedures, one the signals of a rule, named 'same'"
        return
    both = rf"two learning procedures, one the signals of a rule, are named '{name}', one from plugin '{name}'"
    with pytest.raises(PluginError, match=both):
        Registry([folder])


def test_a_rule_of_derivatives_and_a_procedure_may_have_the_same_name(load: Callable[[str], None]) -> None:
    load(SAME_NAME.format(rule="other", procedure="momentum"))
    assert type(cn.procedure("momentum")).__name__ == "Signal"
    assert type(cn.rule("momentum")).__name__ == "Momentum"


@pytest.mark.parametrize(
    ("text", "last_line"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero (broken.py, line 1)"),
        ("import math\n\nmath.sqrt('two')", "TypeError: must be real number, not str (broken.py, line 3)"),
        ("raise SystemExit(3)", "SystemExit: 3 (broken.py, line 1)"),
        ("import math\ndef (", "SyntaxError: invalid syntax (broken.py, line 2)"),
    ],
)
def test_a_plugin_that_fails_to_import_is_noted_and_the_rest_go_on(plugin_file: Writer, text: str, last_line: str) -> None:
    plugin_file("broken.py", text)
    folder = plugin_file("mine.py", RULE.format(name="mine"))
    registry = Registry([folder])
    assert [(plugin.name, plugin.failure) for plugin in registry.failures] == [("broken", last_line)]
    assert "mine" in registry.names("update_rules")
    with pytest.raises(UnknownNameError, match=r"unknown update rule 'other'.*\(plugin 'broken' from .* could not be loaded: "):
        registry.find("update_rules", "other")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (RULE.format(name="x").replace("def update_rules()", "def update_rulez()"), "hooks are tasks, update_rules"),
        (RULE.format(name="x").replace("def update_rules()", "def update_rules(network)"), "network"),
        (RULE.format(name="x").replace("[Mine]", "[Mine()]"), r"update_rules must return classes with a name of printable text \(got Mine"),
        (RULE.format(name="x").replace('name = "x"', ""), "must return classes with a name"),
        (RULE.format(name="x").replace("def change", "def changes"), "Mine lacks change"),
        (
            RULE.format(name="x").replace("[Mine]", "Mine"),
            r"update_rules\(\) must return a list of classes \(got <class 'connectionist_plugin_file_odd.Mine'>\)",
        ),
        (RULE.format(name="x").replace("return [Mine]", "[Mine]"), r"update_rules\(\) must return a list of classes \(got None\)"),
        (
            RULE.format(name="x").replace("@dataclass(frozen=True)", "").replace("= 0.1", "= cn.parameter(0.1, above=0)"),
            r"Mine.rate: is declared by cn.parameter, so its class must be decorated with @dataclass\(frozen=True\)",
        ),
    ],
)
def test_a_plugin_that_breaks_its_contract_is_noted_and_the_rest_go_on(plugin_file: Writer, text: str, message: str) -> None:
    plugin_file("odd.py", text)
    folder = plugin_file("other.py", RULE.format(name="other"))
    registry = Registry([folder])
    (failed,) = registry.failures
    assert (failed.name, failed.offers, failed.module) == ("odd", {}, "")
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(failed.failure)
    assert "<module" not in str(failed.failure)
    assert {"other", "momentum"} <= set(registry.names("update_rules"))
    with pytest.raises(UnknownNameError, match=rf"\(plugin 'odd' from .*odd\.py could not be loaded: .*{message}"):
        registry.find("update_rules", "x")


def test_a_plugin_without_hooks_has_a_note(plugin_file: Writer) -> None:
    plugin_file("mine.py", RULE.format(name="mine"))
    plugin_file("empty.py", RULE.format(name="empty").replace("return [Mine]", "return []"))
    folder = plugin_file("bare.py", RULE.format(name="bare").replace("@cn.hookimpl", ""))
    notes = {plugin.name: plugin.note for plugin in Registry([folder]).plugins}
    assert {name: note for name, note in notes.items() if note} == {"bare": "offers nothing; is @cn.hookimpl missing?"}
    assert notes["empty"] == ""


def test_a_folder_that_is_not_there_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="--plugins-dir: must be a folder"):
        Registry([tmp_path / "none"])


def test_an_unknown_name_of_every_kind_says_what_kind() -> None:
    for kind in KINDS:
        with pytest.raises(UnknownNameError, match=f"unknown {kind.replace('_', ' ').removesuffix('s')} 'nothing'"):
            Registry().find(kind, "nothing")


def test_a_file_that_another_plugin_imports_has_no_note(plugin_file: Writer) -> None:
    plugin_file("before.py", "LARGEST = 1.0")
    plugin_file("zebra.py", "LARGEST = 1.0")
    plugin_file("forgotten.py", "LARGEST = 1.0")
    folder = plugin_file("mine.py", "    import before\n    import zebra\n" + RULE.format(name="mine"))
    notes = {plugin.name: plugin.note for plugin in Registry([folder]).plugins}
    assert (notes["before"], notes["zebra"]) == ("", "")
    assert "is @cn.hookimpl missing?" in notes["forgotten"]
