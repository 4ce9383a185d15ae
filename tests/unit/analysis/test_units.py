"""Sparsity, and correlations of units with properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import f_oneway, pearsonr, pointbiserialr

from connectionist import analysis
from connectionist.errors import DataError, UnknownNameError

NAN = float("nan")


def test_sparsity_by_hand() -> None:
    rates = [[4.0, 1.0, 0.0], [0.0, 3.0, 0.0]]
    assert analysis.lifetime_sparsity(rates, "treves-rolls").values[:2] == pytest.approx([4 / 8, 4 / 5])
    lifetime = analysis.lifetime_sparsity(rates)
    assert lifetime.values[:2] == pytest.approx([1, (1 - 4 / 5) / (1 / 2)])
    assert np.isnan(lifetime[2])
    population = analysis.population_sparsity(xr.DataArray(rates, {"case": ["a", "b"]}, ("case", "unit")))
    assert population.sel(case="a") == pytest.approx((1 - (5 / 3) ** 2 / (17 / 3)) / (2 / 3))
    assert population.sel(case="b") == pytest.approx(1)
    assert np.isnan(analysis.lifetime_sparsity([[1.0]])).all()


@given(arrays(float, st.tuples(st.integers(2, 5), st.integers(2, 5)), elements=st.integers(0, 40).map(lambda n: n / 8)))
def test_sparsity_stays_within_its_bounds(rates: Any) -> None:
    for found in (analysis.lifetime_sparsity(rates), analysis.population_sparsity(rates)):
        there = found.values[~np.isnan(found.values)]
        assert ((there >= -1e-12) & (there <= 1 + 1e-12)).all()


def test_sparsity_of_negative_activations_is_an_error() -> None:
    with pytest.raises(DataError, match=r"activations must be at least 0 \(got -0.5 at case 0, unit 1\)"):
        analysis.lifetime_sparsity([[1.0, -0.5]])
    with pytest.raises(UnknownNameError, match="unknown measure of sparsity 'gini'"):
        analysis.population_sparsity([[1.0]], "gini")


def test_correlations_agree_with_scipy() -> None:
    generator = np.random.default_rng(5)
    codes, ages, sexes = generator.random((12, 3)), generator.random(12), ["m", "f", "f"] * 4
    trees = ["left", "both", "right", "left"] * 3
    table = analysis.correlations_with(codes, {"age": ages.tolist(), "sex": sexes, "branch": trees, "adult": (ages > 0.5).tolist()})
    for unit, values in enumerate(codes.T):
        assert table.loc[unit, "age"] == pytest.approx(pearsonr(values, ages)[0])
        assert table.loc[unit, "sex"] == pytest.approx(pointbiserialr([sex == "f" for sex in sexes], values)[0])
        assert table.loc[unit, "adult"] == pytest.approx(pointbiserialr(ages > 0.5, values)[0])
        by_tree = [values[np.array(trees) == tree] for tree in ("left", "both", "right")]
        f = f_oneway(*by_tree).statistic  # of 2 and 9 degrees of freedom: η² = 2 F / (2 F + 9)
        assert table.loc[unit, "branch"] == pytest.approx((2 * f / (2 * f + 9)) ** 0.5)
    assert table.attrs["measures"] == {
        "age": "Pearson's r",
        "sex": "point-biserial r: m 0, f 1",
        "branch": "correlation ratio η of 3 categories",
        "adult": "Pearson's r",
    }


@given(arrays(float, st.tuples(st.integers(2, 6), st.just(2)), elements=st.sampled_from([0.1, 0.3, 0.7])), st.data())
def test_a_unit_or_property_that_never_varies_has_no_correlation(codes: Any, data: st.DataObject) -> None:
    given_values = data.draw(st.lists(st.sampled_from("abc"), min_size=len(codes), max_size=len(codes)))
    found = analysis.correlations_with(codes, {"kind": given_values})["kind"].to_numpy()
    never = (np.ptp(codes, axis=0) == 0) | (len(set(given_values)) == 1)
    assert np.isnan(found).tolist() == never.tolist()
    assert (np.abs(found[~never]) <= 1).all()


def test_cases_without_a_value_are_left_out() -> None:
    codes = [[0.0], [1.0], [0.5]]
    assert analysis.correlations_with(codes, {"n": [1, 2, NAN]}).loc[0, "n"] == pytest.approx(1)
    assert analysis.correlations_with(codes, {"n": ["x", None, "y"]}).loc[0, "n"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ([1, 2], r"properties: must be a dict of property name to values, or a DataFrame .got \[1, 2\]"),
        ({"age": 3}, "property 'age': must have one entry for each of the 2 cases .got 3"),
        ({"age": [[1], [2]]}, r"one number or category for each case .got \[1\]"),
    ],
)
def test_properties_of_a_wrong_form_are_an_error(properties: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        analysis.correlations_with([[0.0], [1.0]], properties)


def test_a_table_of_properties_is_put_in_the_order_of_the_cases() -> None:
    codes = xr.DataArray([[0.0], [1.0]], {"case": ["Colin", "James"], "unit": ["code:0"]}, ("case", "unit"))
    people = pd.DataFrame({"generation": [2, 3]}, index=["James", "Colin"])
    table = analysis.correlations_with(codes, people)
    assert table.loc["code:0", "generation"] == pytest.approx(-1)
    with pytest.raises(DataError, match=r"row names must be the names of the cases .got 'Roberto' …, where the cases are 'Colin'"):
        analysis.correlations_with(codes, people.rename({"James": "Roberto"}))
    with pytest.raises(DataError, match=r"property 'age': must have one entry for each of the 2 cases .got 3"):
        analysis.correlations_with(codes, {"age": [1, 2, 3]})
