"""What the kernels are handed: room for cases, a rule at work, weights, limits."""

from __future__ import annotations

from typing import NamedTuple

from connectionist.state import Array
from connectionist_plugins.engines.compiled.program import Flags, Whole


class Cases(NamedTuple):
    """Room for a block of cases, and what is asked of them.

    Attributes
    ----------
    x, y, dy, dx, d : float array [unit, case]
        Net input, activation, ∂E/∂y, ∂E/∂x and target, NaN where there is none.
    wrong : uint8 array [case]
    scratch : float array
        At least three numbers per unit.
    """

    x: Array
    y: Array
    dy: Array
    dx: Array
    d: Array
    wrong: Flags
    scratch: Array


class Learning(NamedTuple):
    """A rule at work.

    Attributes
    ----------
    change, signal, parameters : int
        Addresses; signal is 0 for a rule that learns from error derivatives.
    first : int
        The first row of the weights to train where they stand in successive rows; else -1.
    rows : int array [place]
        Rows of the weights to train.
    rates : float array [place]
    memory : float array [memory + 1, place]
        The last row is scratch.
    decay : float
    """

    change: int
    signal: int
    parameters: int
    first: int
    rows: Whole
    rates: Array
    memory: Array
    decay: float


class Weights(NamedTuple):
    """The weights' numbers by row.

    Attributes
    ----------
    values, changes : float array [weight row]
    gathered : float array [weight row]
        Derivatives; or signals, for a rule that makes no backward pass.
    mean : bool
        Whether ties are averaged.
    """

    values: Array
    changes: Array
    gathered: Array
    mean: bool


class Limits(NamedTuple):
    """When to stop, and what counts as right. A criterion that is not given is never met: error -1, correct 2."""

    error: float
    correct: float
    has_criterion: bool
    tolerance: float
