"""Patterns as points: components, scaling, trees, trajectories."""
