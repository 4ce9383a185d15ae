"""Numba support for formulas: its machine code in the code cache, and calls through addresses."""
