"""The two precisions that kernels are compiled for."""

from __future__ import annotations

from typing import Literal

Number = Literal["float64", "float32"]
NUMBER_BYTES: dict[Number, int] = {"float64": 8, "float32": 4}
