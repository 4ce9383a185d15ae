"""The test whether a case is correct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import DataError, check_number
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from connectionist.data.example_set import Examples, ExampleSet


DEFAULT_TOLERANCE = 0.5


def has_targets(examples: ExampleSet) -> bool:
    """Return whether any unit has a target in any of the examples."""
    import numpy as np

    targets = examples.targets
    return bool(targets.size) and not (np.isnan(targets.flat[-1]) and bool(np.isnan(targets).all()))  # the last is nearly always a number


def correct_cases(outputs: npt.ArrayLike, targets: npt.ArrayLike | Examples, tolerance: float = DEFAULT_TOLERANCE) -> npt.NDArray[np.bool_]:
    """Return which cases are correct: every output is less than `tolerance` from its target.

    Parameters
    ----------
    outputs : array_like [case, output unit] or [case, tick, output unit]
        Activations.
    targets : array_like of the same shape, ExampleSet, Example or list of Example
        Targets, or the examples that have them. An output whose target is NaN is not judged.
    tolerance : float
        Difference at which an output is wrong, above 0; 0.5 by default, as in training.

    Returns
    -------
    bool array [case]

    Raises
    ------
    ParameterError
        If the tolerance is not above 0.
    DataError
        If outputs and targets are not numbers of the same shape, with two or three dimensions.

    Examples
    --------
    >>> correct_cases([[0.9, 0.4], [0.9, 0.6]], [[1.0, 0.0], [1.0, 0.0]], 0.5)
    array([ True, False])
    """
    import numpy as np

    from connectionist.data.example_set import examples_among

    tolerance = check_number("correct_cases", "tolerance", tolerance, above=0)
    try:
        actual, wanted = np.asarray(outputs, dtype=float), np.asarray(getattr(examples_among(targets), "targets", targets), dtype=float)
    except (TypeError, ValueError, OverflowError):
        wanted_text = "outputs must be numbers, as of network.outputs(examples), and targets numbers or examples"
        raise DataError(f"correct_cases: {wanted_text} (got {shown(outputs)} and {shown(targets)})") from None
    if actual.shape != wanted.shape or actual.ndim not in (2, 3):
        raise DataError(
            f"correct_cases: outputs and targets must have the same shape, [case, unit] or [case, tick, unit] "
            f"(got {actual.shape} and {wanted.shape})"
        )
    return np.asarray(~(np.abs(actual - wanted) >= tolerance).reshape(len(wanted), -1).any(axis=1))
