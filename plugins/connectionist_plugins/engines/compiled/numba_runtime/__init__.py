"""Numba support: a cache of machine code, calls through addresses, structs by reference, and threads with a barrier."""
