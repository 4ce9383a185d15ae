"""Do these numbers fit this network? Wrong counts and values are refused by name before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from connectionist.errors import PatternError, unknown
from connectionist.examples import ExampleSet
from connectionist.group import Group
from connectionist.state import Array, as_numbers
from connectionist.unit import Unit

Values = npt.ArrayLike | Mapping[str, npt.ArrayLike]


def fit_inputs(values: Values, groups: Sequence[Group]) -> Array:
    """Return one finite number per input unit, from one array or an array per group.

    Raises
    ------
    PatternError
        When their number is wrong or one is not finite.
    """
    inputs = _flat(values, groups, "input")
    _refuse_where(~np.isfinite(inputs), inputs, groups, "input", "finite")
    return inputs


def fit_targets(values: Values, groups: Sequence[Group]) -> Array:
    """Return one target per output unit, NaN where there is none.

    Raises
    ------
    PatternError
        When their number is wrong, or one is out of its error function's range.
    """
    targets = _flat(values, groups, "target")
    refuse_targets(targets, groups)
    return targets


def refuse_targets(targets: Array, groups: Sequence[Group], case: str = "") -> None:
    """Refuse targets for which an output group's error function is not defined.

    Raises
    ------
    PatternError
        It names the unit and the range.
    """
    start = 0
    for group in groups:
        low, high = group.error_function.targets
        part = targets[..., start : start + len(group)]
        _refuse_where((part < low) | (part > high) | np.isinf(part), part, [group], f"target{case}", _range_text(low, high))
        start += len(group)


def check_fit(groups: Iterable[Group], examples: ExampleSet) -> None:
    """Refuse examples that a network with these groups cannot take.

    Raises
    ------
    PatternError
        When the number of inputs or targets is wrong, or a target is out of its error function's range.
    """
    if not isinstance(examples, ExampleSet):
        raise PatternError(f"examples: must be an ExampleSet, as made by ExampleSet.from_arrays (got {type(examples).__name__})")
    by_role = {role: [group for group in groups if group.role == role] for role in ("input", "output")}
    for role, table, what in (("input", examples.inputs, "input"), ("output", examples.targets, "target")):
        _refuse_count(table.shape[1], by_role[role], f"{what} of the examples")
    low_or_high = examples.targets
    for number, name in enumerate(examples.names):
        refuse_targets(low_or_high[number], by_role["output"], case=f" of example {name!r}")


def check_values(values: npt.ArrayLike, count: int, what: str) -> Array:
    """Return `count` finite numbers, or refuse.

    Raises
    ------
    PatternError
        When their number is wrong or one is not finite.
    """
    array = as_numbers(values, what)
    if array.shape != (count,):
        raise PatternError(f"{what}: must be {count} numbers (got shape {array.shape})")
    if not np.isfinite(array).all():
        place = int(np.flatnonzero(~np.isfinite(array))[0])
        raise PatternError(f"{what}[{place}]: must be finite (got {array[place]})")
    return array


def _flat(values: Values, groups: Sequence[Group], what: str) -> Array:
    if not isinstance(values, Mapping):
        array = as_numbers(values, what).reshape(-1)
        _refuse_count(len(array), groups, what)
        return array
    names = [group.name for group in groups]
    for name in values:
        if name not in names:
            raise unknown(f"{what} group", name, names)
    for name in names:
        if name not in values:
            raise PatternError(f"{what} for group {name!r} is missing (got {', '.join(map(repr, values))})")
    parts = [as_numbers(values[group.name], what).reshape(-1) for group in groups]
    for group, part in zip(groups, parts, strict=True):
        _refuse_count(len(part), [group], what)
    return np.concatenate(parts) if parts else np.zeros(0)


def _refuse_count(count: int, groups: Sequence[Group], what: str) -> None:
    wanted = len([unit for group in groups for unit in group])
    if count != wanted:
        sizes = " and ".join(f"group {group.name!r} has {len(group)} units" for group in groups) or "no group has that role"
        raise PatternError(f"{what}: must have {wanted} values, since {sizes} (got {count})")


def _refuse_where(wrong: npt.NDArray[np.bool_], values: Array, groups: Sequence[Group], what: str, allowed: str) -> None:
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        units: list[Unit] = [unit for group in groups for unit in group]
        raise PatternError(f"{what}, unit {units[place].name}: must be {allowed} (got {values[place]})")


def _range_text(low: float, high: float) -> str:
    return "finite, or NaN for none" if np.isinf(low) else f"from {low:g} to {high:g}, or NaN for none"
