"""Pairs of an error function and an activation function for which the error function has a formula of the net input."""

from __future__ import annotations

from typing import Any

from connectionist.errors import PluginError, UnknownNameError
from connectionist.plugins import registry
from connectionist.plugins.functions import (
    ActivationFunction,
    DynamicActivationFunction,
    ErrorFunction,
    JointActivationFunction,
    kind_of_activation,
)
from connectionist.plugins.registry import describe_origin

Activation = ActivationFunction | JointActivationFunction | DynamicActivationFunction


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


def fits(error_function: ErrorFunction | type[ErrorFunction], activation_function: Activation | type[Activation]) -> bool:
    """Return whether an error function is defined for all activations that an activation function gives."""
    if isinstance(activation_function, type) and isinstance(activation_function.range, property):  # it depends on parameters
        activation_function = activation_function()
    (low, high), (least, greatest) = error_function.activations, activation_function.range
    return low <= least and greatest <= high


def describe_fitting(activation: Activation, error: ErrorFunction | None) -> str:
    """Return the names of the registered activation functions of the same kind that fit an error function."""
    kind = kind_of_activation(activation)
    names = [name for name, each in _registered("activation_functions") if issubclass(each, kind) and (error is None or fits(error, each))]
    return ", ".join(map(repr, names))


def describe_partners(error: ErrorFunction, activation: Activation) -> str:
    """Return the names of the registered functions that fit each of two functions, as part of a message."""
    activations = [name for name, each in _registered("activation_functions") if fits(error, each)]
    errors = [name for name, each in _registered("error_functions") if fits(each, activation)]
    pairs = (error.name, "activation", activations), (activation.name, "error", errors)
    return "; ".join(f"{name!r} fits the {kind} functions: {', '.join(names) or 'none'}" for name, kind, names in pairs)


def _registered(kind: str) -> list[tuple[str, Any]]:
    return [(name, registry.find(kind, name)) for name in registry.get_registry().names(kind)]


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
