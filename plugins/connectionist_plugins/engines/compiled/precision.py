"""The two precisions for which kernels are compiled."""

from __future__ import annotations

from typing import Literal

Precision = Literal["float64", "float32"]
FLOAT_BYTES: dict[Precision, int] = {"float64": 8, "float32": 4}
