"""The error for a parameter that a task, rule, function or engine does not have."""

from __future__ import annotations

from collections.abc import Iterable

from connectionist.errors import ParameterError, suggest_name
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.parameters import owner_name


def unknown_parameter(kind: type, key: object, others: Iterable[str] = ()) -> ParameterError:
    """Return an error for an unknown parameter of a class. If it is an attribute, the message says how it becomes a parameter.

    Parameters
    ----------
    kind : type
    key : object
        What a user gave as the name of a parameter.
    others : iterable of str
        Names of parameters that another object has and that may be given here too.

    Examples
    --------
    >>> from connectionist.plugins.parameters import Parameterized
    >>> class Copy(Parameterized):
    ...     name, rate = "copy", 0.5
    >>> print(unknown_parameter(Copy, "rate"))
    copy.rate: is a fixed attribute, not a parameter; decorate Copy with @dataclass(frozen=True), and declare rate: float = 0.5
    """
    value = getattr(kind, key, None) if isinstance(key, str) and not key.startswith("_") else None
    if isinstance(value, (bool, int, float, str, tuple)):
        what = "" if "__dataclass_params__" in vars(kind) else f"decorate {kind.__name__} with @dataclass(frozen=True), and "
        declared = f"{what}declare {key}: {type(value).__name__} = {value!r}"
        return ParameterError(f"{owner_name(kind)}.{key}: is a fixed attribute, not a parameter; {declared}")
    known = dict.fromkeys([*parameters_of(kind), *others])
    return ParameterError(f"{owner_name(kind)}.{key}: no such parameter; {suggest_name(str(key), known)}")
