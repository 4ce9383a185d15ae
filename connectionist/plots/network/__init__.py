"""Drawings of a network."""
