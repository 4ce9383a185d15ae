"""The reference pages of the documentation name everything that is public, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

import connectionist as cn
from connectionist import analysis, errors, formats, plots, testing

PAGES = Path(__file__).parents[2] / "docs" / "reference"
LISTED = re.compile(r"^ {3}~connectionist\.([\w.]+)$|^\.\. py:data:: connectionist\.([\w.]+)$", flags=re.MULTILINE)


def listed() -> list[str]:
    """Every name that a page lists, without ``connectionist.``."""
    texts = [page.read_text(encoding="utf-8") for page in sorted(PAGES.glob("*.rst"))]
    return [found[1] or found[2] for text in texts for found in LISTED.finditer(text)]


def errors_of(module: ModuleType) -> list[str]:
    classes = [(name, thing) for name, thing in vars(module).items() if isinstance(thing, type) and issubclass(thing, BaseException)]
    return [name for name, thing in classes if thing.__module__ == module.__name__]


PUBLIC = {
    "": [name for name in cn.__all__ if name not in ("analysis", "errors", "formats", "plots")],
    "analysis.": analysis.__all__,
    "plots.": plots.__all__,
    "formats.": [name for name in formats.__all__ if name not in cn.__all__],
    "testing.": testing.__all__,
    "errors.": [name for name in errors_of(errors) if name not in cn.__all__],
}


@pytest.mark.parametrize("prefix", PUBLIC, ids=lambda prefix: prefix or "connectionist")
def test_every_public_name_is_on_one_page_of_the_reference(prefix: str) -> None:
    ours = [name for name in listed() if name.rpartition(".")[0] == prefix.rstrip(".")]
    assert sorted(ours) == sorted(prefix + name for name in PUBLIC[prefix])


def test_no_page_of_the_reference_lists_another_namespace() -> None:
    assert {name.rpartition(".")[0] for name in listed()} == {prefix.rstrip(".") for prefix in PUBLIC}
