"""Figures of vectors in the space of activations: points, trajectories, clusters."""
