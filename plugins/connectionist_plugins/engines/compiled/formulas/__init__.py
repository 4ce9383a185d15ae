"""Formulas of plugins as C functions."""
