"""Functions that make objects by name."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import ParameterError, UnknownNameError
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.registry import load


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: cn.rule("momentum", rat=0.1), r"momentum.rat: no such parameter; did you mean 'rate'\? Known: rate, momentum, decay"),
        (lambda: cn.activation_function("tanh", gain=2), "tanh.gain: no such parameter; known: none"),
        (lambda: cn.rule("momentum", rate=0), r"momentum.rate: must be a number above 0 \(got 0\)"),
        (lambda: cn.activation_function("logistic", gain=-1), "logistic.gain: must be a number above 0"),
    ],
)
def test_parameters_that_cannot_be_are_rejected(attempt: Callable[[], object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        attempt()


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: cn.rule("momentun"), "unknown update rule 'momentun'; did you mean 'momentum'"),
        (lambda: cn.activation_function("logistik"), "unknown activation function 'logistik'"),
        (lambda: cn.error_function("square"), "unknown error function 'square'; did you mean 'squared'"),
        (lambda: cn.task("symetry"), "unknown task 'symetry'; did you mean 'symmetry'"),
        (lambda: cn.task("symmetry", preset="publisht"), "unknown preset of symmetry 'publisht'; did you mean 'published'"),
    ],
)
def test_unknown_names_are_answered_with_the_known_ones(attempt: Callable[[], object], message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        attempt()


def test_equal_parameters_make_equal_things() -> None:
    assert cn.rule("momentum", rate=0.2) == cn.rule("momentum", rate=0.2) != cn.rule("momentum", rate=0.3)
    assert hash(cn.error_function("squared")) == hash(cn.error_function("squared"))


def test_parameters_are_listed_with_their_defaults() -> None:
    @dataclass(frozen=True)
    class Thing:
        must: int
        may: float = 0.5
        many: tuple[int, ...] = field(default_factory=lambda: (1, 2))
        never: int = field(default=3, init=False)

    assert parameters_of(Thing) == {"must": MISSING, "may": 0.5, "many": (1, 2)}
    assert parameters_of(object) == {}


@pytest.mark.usefixtures("own_registry")
def test_other_plugins_can_be_loaded_and_are_then_in_use(plugin_file: Callable[[str, str], Path]) -> None:
    folder = plugin_file(
        "cube.py",
        """
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Cube(cn.ActivationFunction):
            name = "cube"

            def activation(self, net_input):
                return net_input * net_input * net_input

            def slope(self, net_input, activation):
                return 3.0 * net_input * net_input

        @cn.hookimpl
        def activation_functions():
            return [Cube]
        """,
    )
    loaded = registry.load([folder], without=["hebb"])
    assert registry.get_registry() is loaded
    net = cn.Network()
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation="cube")
    net.connect("input", "output", weights=1.0)
    assert net.forward([2.0]).tolist() == [8.0]
    with pytest.raises(UnknownNameError):
        cn.rule("hebb")


@pytest.mark.parametrize(
    ("make", "name", "meant"),
    [
        (cn.activation_function, "ReLU", "rectified"),
        (cn.activation_function, "sigmoid", "logistic"),
        (cn.activation_function, "logisitc", "logistic"),
        (cn.error_function, "mse", "squared"),
        (cn.rule, "SGD", "steepest"),
    ],
)
def test_a_name_of_another_program_is_answered_with_the_name_here(make: Any, name: str, meant: str) -> None:
    with pytest.raises(UnknownNameError, match=f"{name!r}; did you mean {meant!r}"):
        make(name)


def test_a_synonym_is_in_lower_case_and_no_registered_name() -> None:
    for kind in ("activation_functions", "error_functions", "update_rules"):
        names = load().names(kind)
        synonyms = [synonym for name in names for synonym in registry.find(kind, name).synonyms]
        assert synonyms, kind
        assert len({*synonyms, *names}) == len(synonyms) + len(names)
        assert all(synonym == synonym.lower() for synonym in synonyms)
