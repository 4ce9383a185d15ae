"""Every registered class passes the public check of its kind."""

import pytest

import connectionist as cn
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind, procedure_names
from connectionist.plugins.parameter_types import parameters_of
from connectionist.testing import (
    check_activation_function,
    check_error_function,
    check_file_format,
    check_input_function,
    check_learning_procedure,
    check_task,
    check_update_rule,
)

# parameters of the tasks whose check with all examples takes long
SMALLER: dict[str, dict[str, object]] = {
    "elman-sentences": {"sentences": 60, "hidden": 30},
    "necker-cube": {"starts": 20},
    "reber-grammar": {"strings": 60, "testing_strings": 60},
}


KINDS = (
    "file_formats",
    "update_rules",
    "learning_procedures",
    "activation_functions",
    "error_functions",
    "input_functions",
    "engines",
    "tasks",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_of_a_registered_class_is_checked(kind: str) -> None:
    for name in registry.get_registry().names(kind):
        found = registry.find(kind, name)
        for key in parameters_of(found):
            with pytest.raises(cn.errors.ParameterError, match=key):
                found(**{key: object()})


@pytest.mark.parametrize("name", registry.get_registry().names("update_rules"))
def test_update_rule(name: str, engine: str) -> None:
    check_update_rule(registry.find("update_rules", name), engine=engine)


@pytest.mark.parametrize("name", procedure_names())
def test_learning_procedure(name: str, engine: str) -> None:
    check_learning_procedure(registry.find(procedure_kind(name), name), engine=engine)


@pytest.mark.parametrize("name", registry.get_registry().names("activation_functions"))
def test_activation_function(name: str) -> None:
    check_activation_function(registry.find("activation_functions", name))


@pytest.mark.parametrize("name", registry.get_registry().names("input_functions"))
def test_input_function(name: str) -> None:
    check_input_function(registry.find("input_functions", name))


@pytest.mark.parametrize("name", registry.get_registry().names("error_functions"))
def test_error_function(name: str) -> None:
    check_error_function(registry.find("error_functions", name))


@pytest.mark.parametrize("name", registry.get_registry().names("file_formats"))
def test_file_format(name: str) -> None:
    check_file_format(registry.find("file_formats", name), mutations=5)


@pytest.mark.slow
@pytest.mark.parametrize("name", registry.get_registry().names("file_formats"))
def test_file_format_with_more_mutations(name: str) -> None:
    check_file_format(registry.find("file_formats", name))


@pytest.mark.parametrize("name", registry.get_registry().names("tasks"))
def test_task(name: str) -> None:
    """The slow test has all presets, with all examples."""
    kind = registry.find("tasks", name)
    check_task(kind(**{**kind.presets["default"], **SMALLER.get(name, {})}), epochs=1)


@pytest.mark.parametrize("name", registry.get_registry().names("tasks"))
def test_presets_of_a_task(name: str) -> None:
    kind = registry.find("tasks", name)
    for parameters in kind.presets.values():
        assert kind(**parameters).phases


@pytest.mark.slow
@pytest.mark.parametrize("name", registry.get_registry().names("tasks"))
def test_task_with_all_presets_and_examples(name: str) -> None:
    check_task(registry.find("tasks", name), epochs=1)


def test_no_plugin_of_ours_failed_to_import() -> None:
    assert registry.get_registry().failures == []
