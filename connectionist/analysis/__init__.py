"""Measures that modellers report, as plain functions: ``from connectionist import analysis``.

Each takes labelled arrays (xarray, as recordings are), tables (pandas) or plain arrays [case, unit], and gives back something labelled:
with the names that came in, or numbers from 0 where there were none.
"""

from __future__ import annotations

from connectionist.analysis.clusters import Tree, average_by, clusters
from connectionist.analysis.components import Components, principal_components
from connectionist.analysis.confusions import confusion
from connectionist.analysis.correctness import correct_by_margin, correct_by_match, correct_by_thresholds, correct_by_tolerance
from connectionist.analysis.correlations import correlations_with
from connectionist.analysis.scaling import Scaling, scaling
from connectionist.analysis.similarities import distances, similarity
from connectionist.analysis.sparsity import lifetime_sparsity, population_sparsity

__all__ = [
    "Components",
    "Scaling",
    "Tree",
    "average_by",
    "clusters",
    "confusion",
    "correct_by_margin",
    "correct_by_match",
    "correct_by_thresholds",
    "correct_by_tolerance",
    "correlations_with",
    "distances",
    "lifetime_sparsity",
    "population_sparsity",
    "principal_components",
    "scaling",
    "similarity",
]
