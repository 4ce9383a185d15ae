"""Weights of the error: E and its derivatives are multiplied by a number for each example."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.testing.networks import random_network


@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
def test_derivatives_are_the_weighted_sum_of_those_of_the_examples(engine: str, error: str) -> None:
    net, examples = random_network(5, activations=("logistic",), errors=(error,))
    weights = [2.0, 0.25, 1.0, 3.0, 0.5]
    total, derivatives = cn.error_derivatives(net, examples.weighted(weights), engine)
    parts = [cn.error_derivatives(net, examples[[number]], engine) for number in range(len(examples))]
    assert total == pytest.approx(sum(weight * part for weight, (part, _) in zip(weights, parts, strict=True)))
    expected = sum(weight * np.asarray(part) for weight, (_, part) in zip(weights, parts, strict=True))
    assert np.allclose(derivatives, expected, rtol=1e-12, atol=1e-14)


def test_weighting_by_frequency_equals_repeated_examples(engine: str) -> None:
    net, examples = random_network(2, cases=2, ties=False)
    once = cn.ExampleSet([*examples, examples[0], examples[0]])
    frequent = cn.ExampleSet.from_arrays(examples.inputs, examples.targets, frequencies=[3, 1])
    other = net.copy()
    cn.train(net, once, cn.rule("steepest", rate=0.1), 5, engine=engine)
    run = cn.train(other, frequent, cn.rule("steepest", rate=0.1), 5, engine=engine, weighting="frequency")
    assert np.allclose(net.weight_values, other.weight_values)
    assert run.phases[0].describe()["weighting"] == "frequency"


def test_weighting_without_effect_is_an_error() -> None:
    with pytest.raises(cn.errors.ParameterError, match="rule 'hebb' does not learn from derivatives of E"):
        cn.Phase(cn.rule("hebb"), 1, weighting="frequency")
    with pytest.raises(cn.errors.ParameterError, match=r"Phase.weighting: must be one of equal, frequency \(got 'freq'\)"):
        cn.Phase(cn.rule("momentum"), 1, weighting="freq")
    with pytest.raises(cn.errors.ParameterError, match="error_weight"):
        cn.Example(np.zeros(1), np.ones(1), error_weight=0.0)
    with pytest.raises(cn.errors.DataError, match="must be one number for each of 1 examples"):
        cn.ExampleSet.from_arrays([[0.0]], [[1.0]]).weighted([1.0, 2.0])


def test_explain_shows_the_weight_of_the_error() -> None:
    net, examples = random_network(
        3, activations=("logistic",), errors=("cross_entropy",), lesions=False, missing_targets=False, margins=False
    )
    cn.error_derivatives(net, examples.weighted([2.0] * len(examples)), "local")
    unit = next(unit for unit in net.units if unit.group.role == "output")
    explained = unit.explain()
    assert explained.activation_derivative is not None
    assert ("weight of the error", 2.0) in explained.activation_derivative.terms[0].factors
    assert explained.net_derivative is not None
    assert explained.net_derivative.agreement == "exact"


@pytest.mark.parametrize("weighting", ["equal", "frequency"])
def test_a_frequency_multiplies_the_weight_that_an_example_has(engine: str, weighting: str) -> None:
    net, examples = random_network(2, cases=1, ties=False)
    given = cn.Example(examples[0].inputs, examples[0].targets, frequency=3.0, error_weight=2.0)
    plain, _ = cn.error_derivatives(net, examples, engine)
    run = cn.train(net, cn.ExampleSet([given]), cn.rule("steepest", rate=1e-9), 1, engine=engine, weighting=weighting)
    assert run.errors[0] == pytest.approx(plain * (6.0 if weighting == "frequency" else 2.0))
