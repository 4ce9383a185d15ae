"""Every registered class passes the public check of its kind."""

import pytest

from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind, procedure_names
from connectionist.testing import (
    check_activation_function,
    check_error_function,
    check_file_format,
    check_input_function,
    check_learning_procedure,
    check_task,
    check_update_rule,
)


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
    check_file_format(registry.find("file_formats", name), mutations=12)


@pytest.mark.parametrize("name", registry.get_registry().names("tasks"))
def test_task(name: str) -> None:
    check_task(registry.find("tasks", name), epochs=1)


def test_no_plugin_of_ours_failed_to_import() -> None:
    assert registry.get_registry().failures == []
