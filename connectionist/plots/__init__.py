"""Figures of training, weights, activations and networks.

Each function draws into the axes that it is given, or into a new figure, and returns the axes; ``axes.figure`` is the figure. matplotlib is
imported by the first function that draws. No function uses pyplot, so no window opens and no figure must be closed. Names and titles are
shown as they are: "$" begins no formula.

============================  ====================================================================================
`learning_curve`              error over epochs, of one run or several
`endings`                     epochs of each of many runs, by rank
`distributions`               a measure of many runs by condition, as dots and boxes
`error_by_epoch`              median error of many runs over epochs, by condition
`learned_by_epoch`            percentage of runs that have learned, over epochs, by condition
`hinton`, `hinton_figure`     Hinton diagram of a projection, or of every projection of a network
`weight_blocks`               incoming weights of each unit as a block of squares, as in Nature 323 (1986)
`activations`                 activations over cases, ticks and units, as a heat map
`over_time`                   variables over ticks or epochs, as lines
`dendrogram`                  hierarchical clusters of vectors
`points`                      cases as labelled points, along principal components or from multidimensional scaling
`matrix`                      distances, similarities or confusions, as a heat map
`trajectories`                sequences along principal components
`network_drawing`             units and connections of a network
`error_surface`               error over two weights, with the path of training
`response`                    activation of a unit over two inputs
`new_axes`                    empty axes in a new figure, for other plots
============================  ====================================================================================
"""

from connectionist.plots.activity.activations import activations
from connectionist.plots.activity.matrix import matrix
from connectionist.plots.activity.over_time import over_time
from connectionist.plots.activity.response import response
from connectionist.plots.figure import new_axes
from connectionist.plots.network.network_drawing import network_drawing
from connectionist.plots.runs.distributions import distributions
from connectionist.plots.runs.endings import endings
from connectionist.plots.runs.error_by_epoch import error_by_epoch
from connectionist.plots.runs.learned_by_epoch import learned_by_epoch
from connectionist.plots.runs.learning_curve import learning_curve
from connectionist.plots.space.dendrogram import dendrogram
from connectionist.plots.space.points import points
from connectionist.plots.space.trajectories import trajectories
from connectionist.plots.weights.error_surface import error_surface
from connectionist.plots.weights.hinton import hinton, hinton_figure
from connectionist.plots.weights.weight_blocks import weight_blocks

__all__ = [
    "activations",
    "dendrogram",
    "distributions",
    "endings",
    "error_by_epoch",
    "error_surface",
    "hinton",
    "hinton_figure",
    "learned_by_epoch",
    "learning_curve",
    "matrix",
    "network_drawing",
    "new_axes",
    "over_time",
    "points",
    "response",
    "trajectories",
    "weight_blocks",
]
