"""Formulas of plugins as C functions: activation functions, error functions and rules."""
