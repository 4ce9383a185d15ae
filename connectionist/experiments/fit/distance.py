"""The distance between the scores of a model and those of people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.experiments.fit.people import Floats, PeopleScores
from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd

    UserDistance = Callable[[pd.Series[float], pd.Series[float]], float]


def root_mean_square(model: Floats, people: Floats, weights: Floats) -> Floats:
    r"""Return the weighted root mean square deviation of scores of a model [..., condition] from those of people [condition].

    .. math:: D = \sqrt{\frac{\sum_c w_c (m_c - d_c)^2}{\sum_c w_c}}

    for the scores :math:`m_c` of the model, :math:`d_c` of people, and the weights :math:`w_c`. With equal weights it is the RMSD. If the
    weights are :math:`1 / SE_c^2`, with the standard errors of the people's means, the unit is one standard error: the RMSSD.

    References
    ----------
    Schunn & Wallach (2005). Evaluating goodness-of-fit in comparison of models to data. In W. Tack (Ed.), Psychologie der Kognition:
    Reden und Vorträge anlässlich der Emeritierung von Werner Tack (pp. 115–154). University of Saarland Press.

    Examples
    --------
    >>> root_mean_square(np.array([0.5, 0.7]), np.array([0.5, 0.9]), np.array([1.0, 1.0])).round(4)
    np.float64(0.1414)
    """
    deviations: Floats = np.sqrt((weights * (model - people) ** 2).sum(axis=-1) / weights.sum())
    return deviations


@dataclass(frozen=True, eq=False)
class Distance:
    """The distance of a fit.

    Attributes
    ----------
    people : PeopleScores
    function : function or None
        Function of the model's and the people's scores, both a Series by condition; None for the weighted root mean square.
    """

    people: PeopleScores
    function: UserDistance | None = None

    def __call__(self, model: Floats, people: Floats | None = None) -> Floats:
        """Return the distance of each setting from the means of people, or from other scores [condition].

        Parameters
        ----------
        model : array [setting, condition]
            Scores of the model; NaN for a setting without scores, which has the distance NaN.

        Raises
        ------
        ParameterError
            If the function raises an exception, or does not return a finite number.
        """
        data = self.people.means if people is None else people
        if self.function is None:
            return root_mean_square(model, data, self.people.weights)
        return np.array([float("nan") if np.isnan(scores).any() else self._call(scores, data) for scores in model])

    def _call(self, model: Floats, people: Floats) -> float:
        import pandas as pd

        names = list(self.people.names)
        try:
            with exits_as_errors():
                answer: Any = self.function(pd.Series(model, names), pd.Series(people, names))  # type: ignore[misc]
                number = float(answer)
        except Exception as error:  # a user's function may raise anything
            raise ParameterError(f"fit.distance: the function must return a number (it raised {describe_fault(error)})") from None
        if not np.isfinite(number):
            raise ParameterError(f"fit.distance: the function must return a finite number (got {shown(answer)})")
        return number
