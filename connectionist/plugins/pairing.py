"""Pairs of an error function and an activation function for which the error function has a formula of the net input."""

from __future__ import annotations

from connectionist.errors import PluginError, UnknownNameError
from connectionist.plugins import registry
from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.plugins.registry import describe_origin

Activation = ActivationFunction | JointActivationFunction


def is_pair(error_function: ErrorFunction, activation_function: Activation) -> bool:
    """Return whether an error function has a formula of the net input for an activation function.

    Raises
    ------
    PluginError
        If the error function names the activation function in ``pairs_with``, but lacks the formula.
    """
    cls = type(activation_function)
    if not any(_class_of(each) is cls for each in error_function.pairs_with):
        return False
    name = "compare_net_inputs" if isinstance(activation_function, JointActivationFunction) else "compare_net_input"
    if getattr(type(error_function), name) is getattr(ErrorFunction, name):
        owner = f"{describe_origin(type(error_function))}error function {error_function.name!r}"
        raise PluginError(f"{owner}: pairs with {activation_function.name!r}, but has no method {name}")
    return True


def paired_functions(error_function: ErrorFunction) -> list[type[Activation]]:
    """Return the classes of the activation functions in ``pairs_with`` whose plugins are installed."""
    return [cls for cls in map(_class_of, error_function.pairs_with) if cls is not None]


def _class_of(named: str | type[Activation]) -> type[Activation] | None:
    """Return the class that is registered under a name, or None if its plugin is left out; a class is returned unchanged."""
    if not isinstance(named, str):
        return named
    try:
        found: type[Activation] = registry.find("activation_functions", named)
    except UnknownNameError:
        return None
    return found
