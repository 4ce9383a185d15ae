"""The text of an error of a plugin."""

import pytest

import connectionist as cn
from connectionist.plugins.error_text import error_text


@pytest.mark.parametrize(("name", "suggestion"), [("rte", "; did you mean 'rate'?"), ("zzz", "")])
def test_it_names_a_similar_attribute(name: str, suggestion: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(cn.rule("momentum"), name)
    assert error_text(caught.value) == f"AttributeError: 'Momentum' object has no attribute {name!r}{suggestion}"
