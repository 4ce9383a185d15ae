"""Fixtures of the tests that attack files and formulas."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str) -> ModuleType:
    """Return a module beside this file; pytest's import mode does not put the folder on the path."""
    specification = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def faults() -> ModuleType:
    """The module `faults`."""
    return _load("faults")


@pytest.fixture(scope="session")
def formulas() -> ModuleType:
    """The module `formulas`."""
    return _load("formulas")
