"""What a C function reads from the array of a plugin object's parameters; `parameters` as in `templates`."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import FLOAT64_BYTES, read_float, to_bits
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles


@inline
def plugin_of(parameters: Doubles) -> int:
    """Return the address of the plugin object."""
    return to_bits(parameters[parameters.size - 2])


@inline
def activation_function_of(parameters: Doubles) -> int:
    """Return the address of the activation function of a paired error function."""
    return to_bits(parameters[parameters.size - 3])


@inline
def reporter_of(parameters: Doubles, role: int) -> int:
    """Return the address of the function that calls the formula of a role in Python."""
    table = to_bits(parameters[parameters.size - 1])
    return to_bits(read_float(table + FLOAT64_BYTES * role, parameters))
