"""The test whether a case is correct."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from connectionist.utils.arrays import Array


def correct_cases(outputs: Array, targets: Array, tolerance: float) -> npt.NDArray[np.bool_]:
    """Return which cases are correct: every output is less than `tolerance` from its target.

    Parameters
    ----------
    outputs, targets : array [case, output unit] or [case, tick, output unit]
        Activations and targets. An output whose target is NaN is not judged.
    tolerance : float
        Difference at which an output is wrong, above 0.

    Returns
    -------
    bool array [case]

    Examples
    --------
    >>> import numpy as np
    >>> correct_cases(np.array([[0.9, 0.4], [0.9, 0.6]]), np.array([[1.0, 0.0], [1.0, 0.0]]), 0.5)
    array([ True, False])
    """
    import numpy as np

    return np.asarray(~(np.abs(outputs - targets) >= tolerance).reshape(len(targets), -1).any(axis=1))
