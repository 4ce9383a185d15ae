"""Drawings of a network: every unit and connection, or an outline of groups and projections."""
