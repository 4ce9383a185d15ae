"""Passes over one case."""
