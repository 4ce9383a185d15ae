"""What the kernels are handed: room for cases, a rule at work, weights, limits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy.typing as npt

from connectionist.state import Array
from connectionist_plugins.engines.compiled.program import Whole

Numbers = npt.NDArray[Any]  # of the kind of number that is computed with


class Cases(NamedTuple):
    """Room for a block of cases, and what is asked of them. Rows of units are those of a `Room`.

    Attributes
    ----------
    x, y, dy : array [row, case]
        Net input, activation and ∂E/∂y, the last of which gives way to ∂E/∂x once that is known.
    d : array [output + 2, case]
        Target, NaN where there is none, as there is not in the last but one; the last means nothing. Over a single case [row, case].
    errors, wrong : array [case]
        E of each case, and 1 for a case that is wrong; over a single case [row].
    shown : array [row]
        ∂E/∂y of the last case.
    scratch : float array [thread, 3 · units]
        Three numbers per unit of the largest group for each thread.
    """

    x: Numbers
    y: Numbers
    dy: Numbers
    d: Numbers
    errors: Numbers
    wrong: Numbers
    shown: Numbers
    scratch: Numbers


class Learning(NamedTuple):
    """A rule at work.

    Attributes
    ----------
    change, signal, parameters : int
        Addresses; signal is 0 for a rule that learns from error derivatives.
    trained : int
        How many weights there are to train.
    first : int
        The first row of these weights where they stand in successive rows and have one rate; else -1.
    rate : float
        That of all of them, where `first` is not -1.
    rows : int array [place]
    rates : float array [place]
        Rows and rates of the weights to train, where `first` is -1; else empty.
    memory : array [memory, place]
        With a row of scratch at the end for a rule that summarizes.
    divides : bool
        Whether several threads may share the weights out: a rule that summarizes must see them all.
    decay : float
    """

    change: int
    signal: int
    parameters: int
    trained: int
    first: int
    rate: float
    rows: Whole
    rates: Array
    memory: Numbers
    divides: bool
    decay: float


class Weights(NamedTuple):
    """The weights' numbers by row.

    Attributes
    ----------
    values, changes : array [weight row]
    gathered : array [weight row]
        Derivatives; or signals, for a rule that makes no backward pass.
    mean : bool
        Whether ties are averaged.
    """

    values: Numbers
    changes: Numbers
    gathered: Numbers
    mean: bool


class Limits(NamedTuple):
    """When to stop, and what counts as right."""

    error: float
    correct: float
    has_criterion: bool
    tolerance: float
