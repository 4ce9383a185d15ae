"""Update rules against the optimizers of torch in float64, on a quadratic error."""

from typing import Any

import numpy as np
import pytest

import connectionist as cn

torch: Any = pytest.importorskip("torch", reason="torch is in the dependency group 'peers'")

A, B = np.array([[3.0, 0.5], [0.5, 1.0]]), np.array([1.0, -2.0])


@pytest.mark.parametrize(
    ("name", "parameters", "optimizer", "options"),
    [
        (
            "nesterov",
            {"rate": 0.1, "momentum": 0.9, "weight_decay": 0.02},
            "SGD",
            {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.2},
        ),
        (
            "adam",
            {"rate": 0.1, "weight_decay": 0.02, "beta1": 0.8, "beta2": 0.9},
            "Adam",
            {"lr": 0.1, "weight_decay": 0.02, "betas": (0.8, 0.9)},
        ),
        ("irprop_minus", {}, "Rprop", {"lr": 0.1}),
    ],
)
def test_thirty_steps_are_those_of_torch(name: str, parameters: dict[str, Any], optimizer: str, options: dict[str, Any]) -> None:
    weights = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    stepper = getattr(torch.optim, optimizer)([weights], **options)
    rule: Any = cn.rule(name, **parameters)
    ours, memory = np.array([1.0, 1.0]), [[0.0] * len(rule.memory)] * 2
    for _ in range(30):
        stepper.zero_grad()
        (0.5 * weights @ torch.tensor(A) @ weights - torch.tensor(B) @ weights).backward()
        stepper.step()
        answers = [rule.change(w, d, *m) for w, d, m in zip(ours, A @ ours - B, memory, strict=True)]
        ours, memory = ours + [answer[0] for answer in answers], [list(answer[1:]) for answer in answers]
        assert np.allclose(ours, weights.detach().numpy(), rtol=1e-11, atol=1e-13)
