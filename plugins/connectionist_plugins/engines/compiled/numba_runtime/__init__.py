"""Support of formulas that numba compiles: their machine code in the code cache, and calls through addresses."""
