"""The public names of the package, which are loaded at first use."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import connectionist as cn


def test_all_is_sorted_and_every_name_can_be_had() -> None:
    assert cn.__all__ == sorted(cn.__all__)
    for name in cn.__all__:
        assert getattr(cn, name) is not None
    assert dir(cn) == cn.__all__


def test_all_is_what_type_checkers_see_and_what_is_loaded() -> None:
    tree = ast.parse(Path(cn.__file__).read_text(encoding="utf-8"))
    seen = {
        (alias.name, node.module.removeprefix("connectionist."))
        for block in tree.body
        if isinstance(block, ast.If)
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("connectionist.")
        for alias in node.names
    }
    assert seen == set(cn._MODULES.items())
    assert {*cn._MODULES, *cn._NAMESPACES} == set(cn.__all__)


def test_every_public_thing_has_a_docstring_and_says_where_it_lives() -> None:
    for name in cn.__all__:
        thing = getattr(cn, name)
        if name in cn._NAMESPACES:
            assert thing.__doc__, name
        elif callable(thing) and name not in ("hookimpl", "Array"):  # a type alias has the docstring of its type
            assert thing.__doc__, name
            assert thing.__module__ == f"connectionist.{cn._MODULES[name]}", name


def test_an_unknown_name_is_answered_with_the_public_ones() -> None:
    with pytest.raises(
        AttributeError,
        match="module 'connectionist' has no attribute 'Netwerk'; it has ActivationCost, ActivationFunction, Array, BackwardProcedure, ",
    ):
        cn.Netwerk  # noqa: B018


HEAVY = ("numpy", "networkx", "pandas", "xarray", "matplotlib", "numba", "rich", "scipy", "sklearn")


def test_importing_loads_nothing_heavy() -> None:
    code = f"import connectionist, sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
