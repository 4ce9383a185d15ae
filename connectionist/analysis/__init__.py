"""Measures of activations and outputs, as plain functions: ``from connectionist import analysis``.

Every function takes a labelled array (xarray, as recordings are), a table (pandas) or a plain array [case, unit]. It returns a labelled
object with the labels of its input. Inputs without labels are numbered from 0, their ticks and epochs from 1.
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
