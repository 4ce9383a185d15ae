"""Figures: what a network learned, and what it does.

Each function is one call that draws into axes, its own unless given some, and returns them; ``axes.figure`` is the figure. matplotlib is
imported when the first one is drawn and its global state is left alone, so nothing pops up and nothing has to be closed.

============================  ====================================================================================
`learning_curve`              the error over epochs, of one run or several
`endings`                     when each of many runs ended
`hinton`, `hinton_figure`     weights as squares, of a projection or of a whole network
`weight_blocks`               a block of squares for each receiving unit, in the manner of the 1986 figures
`activations`                 activations over cases, ticks and units
`over_time`                   variables over ticks or epochs
`dendrogram`                  which vectors are alike, as a tree
`points`                      cases as named points, along principal components or as scaling placed them
`matrix`                      distances, similarities, confusions: a table with names as cells
`trajectories`                the way of sequences through principal components
`network_drawing`             the network itself
`error_surface`               the error over any two weights, with the path that training took
`response`                    what a unit does over the plane of two inputs
`new_axes`                    an empty page, for a figure of your own
============================  ====================================================================================
"""

from connectionist.plots.activity.activations import activations
from connectionist.plots.activity.matrix import matrix
from connectionist.plots.activity.over_time import over_time
from connectionist.plots.activity.response import response
from connectionist.plots.figure import new_axes
from connectionist.plots.network.network_drawing import network_drawing
from connectionist.plots.runs.endings import endings
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
    "endings",
    "error_surface",
    "hinton",
    "hinton_figure",
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
