"""Values of parameters that a task cannot compute with are errors that name the parameter."""

from __future__ import annotations

from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import ParameterError

NUMBERS = {
    "map": ["rate", "last_rate", "width", "last_width", "half_range"],
    "necker-cube": ["strength", "excitation", "inhibition", "bias", "input_strength", "starts"],
    "boltzmann-shifter": ["size", "hidden", "ticks", "rate", "half_range"],
    "boltzmann-encoder": ["rate", "half_range", "first_temperature", "annealing", "samples"],
}


@pytest.mark.parametrize("value", [-1e6, 10**12, float("nan"), "many"])
@pytest.mark.parametrize(("task", "name"), [(task, name) for task, names in NUMBERS.items() for name in names])
def test_absurd_values_are_errors(task: str, name: str, value: Any) -> None:
    with pytest.raises(ParameterError, match=rf"^{task}\.{name}: must be"):
        cn.task(task, **{name: value})


@pytest.mark.parametrize("task", ["necker-cube", "jets-and-sharks", "hopfield-memory"])
def test_epochs_of_a_task_that_trains_nothing(task: str) -> None:
    with pytest.raises(ParameterError, match=rf"^{task}\.epochs: the task trains nothing, so it has no epochs \(got 3\)$"):
        cn.run(task, parameters={"epochs": 3})
