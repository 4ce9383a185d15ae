"""Numba support: a cache of machine code, calls through addresses, structs by reference, and threads with a barrier."""

from numba.core import config

from connectionist.errors import ParameterError

if getattr(config, "DISABLE_JIT", 0):
    raise ParameterError("engine 'compiled': numba does not compile, since NUMBA_DISABLE_JIT is set; unset it, or use the engine 'local'")
