"""Names are resolved without knowing who offers what."""

import pytest

from connectionist import lookup
from connectionist.errors import ParameterError, UnknownNameError
from connectionist.functions import ActivationFunction, ErrorFunction


def test_a_name_becomes_a_new_object_and_an_object_stays_itself() -> None:
    made = lookup.resolve("error_functions", "squared", ErrorFunction)  # type: ignore[type-abstract]
    assert made.name == "squared"
    assert lookup.resolve("error_functions", made, ErrorFunction) is made  # type: ignore[type-abstract]


@pytest.mark.parametrize("thing", [3, None, object])
def test_anything_else_is_refused_by_what_would_do(thing: object) -> None:
    with pytest.raises(ParameterError, match=r"must be a name or an object of class ErrorFunction or ActivationFunction"):
        lookup.resolve("error_functions", thing, ErrorFunction, ActivationFunction)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="unknown error function 'sqared'; did you mean 'squared'"):
        lookup.find("error_functions", "sqared")


def test_without_any_finder_it_says_what_to_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_finder", None)
    with pytest.raises(RuntimeError, match="import connectionist"):
        lookup.find("engines", "local")
