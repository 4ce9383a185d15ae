"""Roles of groups: the arguments that each role allows, and the default functions."""

from __future__ import annotations

from connectionist.errors import ParameterError

ROLES = ("input", "hidden", "output")


def check_for_role(
    group: str,
    role: str,
    activation: object,
    error: object,
    margin: float,
    biased: bool | None,
    integrates: str | None,
    output_function: object,
) -> None:
    """Raise ParameterError if a role does not exist, or a group of this role cannot have one of the arguments.

    Raises
    ------
    ParameterError
        The message names the group, the argument, and the roles that may have it.
    """
    if role not in ROLES:
        raise ParameterError(f"group {group!r}, role: must be one of {', '.join(ROLES)} (got {role!r})")
    if role == "input":
        given = {
            "activation": activation is not None,
            "biased": bool(biased),
            "integrates": integrates is not None,
            "output_function": output_function is not None,
        }
        _check_given(group, role, given, "hidden and output")
    if role != "output":
        _check_given(group, role, {"error": error is not None, "margin": margin != 0.0}, "output")


def _check_given(group: str, role: str, given: dict[str, bool], allowed: str) -> None:
    for what, is_given in given.items():
        if is_given:
            raise ParameterError(f"group {group!r}, {what}: is for {allowed} groups only (the role of {group!r} is {role!r})")


def default_functions(role: str, activation: object, error: object) -> tuple[object, object]:
    """Return activation and error function, with the defaults of the role for those that are not given."""
    return (
        None if role == "input" else "logistic" if activation is None else activation,
        None if role != "output" else "squared" if error is None else error,
    )
