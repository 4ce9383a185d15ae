"""Resolution of a name or an object."""

import pytest

from connectionist.errors import ParameterError, UnknownNameError
from connectionist.plugins import registry
from connectionist.plugins.functions import ActivationFunction, ErrorFunction


def test_a_name_becomes_a_new_object_and_an_object_stays_itself() -> None:
    made = registry.resolve("error_functions", "squared", ErrorFunction, what="error")  # type: ignore[type-abstract]
    assert made.name == "squared"
    assert registry.resolve("error_functions", made, ErrorFunction, what="error") is made  # type: ignore[type-abstract]


@pytest.mark.parametrize("thing", [3, None, object])
def test_anything_else_is_rejected_by_what_would_do(thing: object) -> None:
    with pytest.raises(
        ParameterError, match=r"error: must be the name of an error function or an object of class ErrorFunction or ActivationFunction"
    ):
        registry.resolve("error_functions", thing, ErrorFunction, ActivationFunction, what="error")


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="unknown error function 'sqared'; did you mean 'squared'"):
        registry.find("error_functions", "sqared")


def test_plugins_are_loaded_at_first_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registry", None)
    assert registry.find("engines", "local").name == "local"
    assert registry._registry is registry.get_registry()
