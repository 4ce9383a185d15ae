"""The function that `train` calls after each presentation."""

from collections.abc import Callable

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.presentation import Presentation
from connectionist.testing.networks import random_network

ENGINES = ("local", "compiled", "float32")
FEATURES: tuple[dict[str, bool], ...] = (
    {},
    {"delays": True, "integrators": True, "ticks_back": True, "continues": True},
    {"noise": True, "perturbed": True},
)


def engine_of(name: str) -> str | cn.Engine:
    return cn.engine("compiled", precision="float32") if name == "float32" else name


@pytest.mark.parametrize("update_after", ["epoch", 1, 2])
@pytest.mark.parametrize("features", FEATURES)
def test_both_engines_show_the_same(update_after: str | int, features: dict[str, bool]) -> None:
    results = []
    for engine in ("local", "compiled"):
        net, examples = random_network(4, **features)
        seen: list[list[float]] = []

        def look(p: Presentation, net: cn.Network = net, seen: list[list[float]] = seen) -> None:
            intact = [unit for unit in net.units if not unit.lesioned]
            numbers = [p.epoch, p.position, p.case, p.error, p.is_correct, p.activations(net.groups[-1].name).sum()]
            seen.append([*numbers, *(unit.activation for unit in intact), *(unit.net_derivative for unit in intact), *net.weight_values])
            if p.position == 2:
                net.weights[0].value += 0.01

        order = "fixed" if examples.continues.any() else "permuted"
        rule = cn.rule("momentum", rate=0.01)  # at a greater rate, differences of rounding grow
        cn.train(net, examples, rule, 3, engine=engine, update_after=update_after, after_example=look, order=order)
        results.append((seen, net.weight_values))
    assert len(results[0][0]) == 3 * 5
    assert np.allclose(results[0][0], results[1][0], rtol=1e-10, atol=1e-13)
    assert np.allclose(results[0][1], results[1][1], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("update_after", ["epoch", 1, 2])
def test_after_a_change_derivatives_are_those_that_it_was_made_from(update_after: str | int) -> None:
    shown: list[list[list[float]]] = []
    for engine in ("local", "compiled"):
        net, examples = random_network(0)
        seen: list[list[float]] = []

        def look(_: Presentation, net: cn.Network = net, seen: list[list[float]] = seen) -> None:
            seen.append([weight.derivative for weight in net.weights])

        phase = cn.Phase(cn.rule("steepest", rate=0.01), 2, update_after=update_after, clip=("value", 0.01))
        cn.train(net, examples, phases=[phase], engine=engine, after_example=look)
        shown.append(seen)
    assert np.abs(shown[0][-1]).max() == 0.01
    assert np.allclose(shown[0], shown[1], rtol=1e-10, atol=1e-13)


def test_warnings_of_calls_in_the_function_are_all_given() -> None:
    net, examples = random_network(0)
    moving = cn.task("jets-and-sharks").network(0)

    def look(_: Presentation) -> None:
        cn.settle(moving, [1.0] * len(moving.schedule.inputs), 1e-9, ticks=2)

    with pytest.warns(UserWarning, match="not settled after 2 ticks") as given:
        cn.train(net, examples, cn.rule("steepest", rate=0.01), 2, after_example=look)
    assert len(given) == 2 * len(examples)


@pytest.mark.parametrize("kind", ENGINES)
def test_assigned_weights_take_effect_at_the_next_presentation(kind: str) -> None:
    net, examples = random_network(0, ties=False)
    outputs: list[np.ndarray] = []

    def zero(p: Presentation) -> None:
        outputs.append(p.activations(net.groups[-1].name))
        for weight in net.weights:
            weight.value = 0.0

    cn.train(net, examples, cn.rule("steepest", rate=1e-9), 1, engine=engine_of(kind), update_after=1, after_example=zero)
    assert (outputs[0] != outputs[1]).any()
    assert (outputs[1] == outputs[2]).all()
    assert not net.weight_values.any()


def test_without_a_function_and_with_one_that_does_nothing_the_weights_are_the_same() -> None:
    net, examples = random_network(1)
    other = net.copy()
    cn.train(net, examples, "momentum", 5, update_after=1)
    cn.train(other, examples, "momentum", 5, update_after=1, after_example=lambda _: None)
    assert (net.weight_values == other.weight_values).all()


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_an_exception_ends_training(kind: str, update_after: str | int) -> None:
    net, examples = random_network(1)

    def fail(p: Presentation) -> None:
        if (p.epoch, p.position) == (2, 3):
            raise KeyError(p.name)

    with pytest.raises(KeyError) as raised:
        cn.train(net, examples, "momentum", 5, engine=engine_of(kind), update_after=update_after, after_example=fail)
    assert raised.value.args == ("3",)
    assert raised.value.run.epochs == 1  # type: ignore[attr-defined]


def test_misuse_is_an_error() -> None:
    net, examples = random_network(1, lesions=False)
    with pytest.raises(cn.errors.ParameterError, match="must be a function of one argument, a Presentation"):
        cn.train(net, examples, "momentum", 1, after_example=3)  # type: ignore[arg-type]
    with pytest.raises(cn.errors.ParameterError, match=r"must return None \(got True\); to end training use until"):
        cn.train(net, examples, "momentum", 1, after_example=lambda _: True)  # type: ignore[arg-type]
    with pytest.raises(cn.errors.WiringError, match=r"after_example must not change the wiring or lesions \(in epoch 1\)"):
        cn.train(net, examples, "momentum", 1, after_example=lambda p: p.network.lesion(net.units[1]))


@pytest.mark.parametrize("name", ["after_example", "after_event"])
@pytest.mark.parametrize("attribute", ["rate", "limits", "trainable"])
def test_a_change_of_settings_without_effect_is_an_error(name: str, attribute: str) -> None:
    net, examples = random_network(1, lesions=False)
    changes: dict[str, Callable[[cn.Presentation], None]] = {
        "rate": lambda p: setattr(p.network.projections[0], "rate", 0.3),
        "limits": lambda p: setattr(p.network.projections[0], "limits", (-1, 1)),
        "trainable": lambda p: setattr(p.network.weights[0], "trainable", not p.network.weights[0].trainable),
    }
    with pytest.raises(cn.errors.WiringError, match="where only weights may be assigned"):
        cn.train(net, examples, "momentum", 1, **{name: changes[attribute]})  # type: ignore[arg-type]


@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
@pytest.mark.parametrize("order", ["fixed", "permuted"])
@pytest.mark.parametrize("seed", range(4))
def test_a_function_that_does_nothing_changes_no_epoch_of_a_long_run(seed: int, order: str, update_after: str | int) -> None:
    net, examples = random_network(seed)
    other = net.copy()
    plain = cn.train(net, examples, "momentum", 20, update_after=update_after, order=order)
    called = cn.train(other, examples, "momentum", 20, update_after=update_after, order=order, after_example=lambda _: None)
    np.testing.assert_allclose(called.errors, plain.errors, rtol=1e-9)
    np.testing.assert_allclose(other.weight_values, net.weight_values, rtol=1e-9, atol=1e-12)
