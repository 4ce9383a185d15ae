"""Validation of inputs, targets, weights and examples for a network, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from connectionist.data.by_group import Sizes, check_names, check_sizes, split_groups
from connectionist.data.example import Example, at_all_ticks
from connectionist.data.example_set import ExampleSet
from connectionist.errors import DataError, unknown_name
from connectionist.model.group import Group
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array, as_numbers
from connectionist.utils.counts import describe_count

RANGED = ("weak", "soft")  # kinds of clamps with which units must be in the range of their activation function
FINITE = "finite, since input units cannot be computed"

Given = npt.ArrayLike | Mapping[str, npt.ArrayLike]
Values = Given | Example


def values_of(values: Values, field: Literal["input", "target"]) -> Given:
    """Return the inputs or targets of an example, by group if it names groups; other values as they are."""
    if not isinstance(values, Example):
        return values
    table, sizes = (values.inputs, values.input_groups) if field == "input" else (values.targets, values.target_groups)
    return table if sizes is None else dict(split_groups(table, sizes))


@dataclass(frozen=True, eq=False)
class CaseInputs:
    """The inputs of one case that were checked.

    Attributes
    ----------
    inputs : array [input unit] or [tick, input unit]
    clamps : dict of group name to array [unit] or [tick, unit]
        Activations to which units of other groups are clamped; NaN for none.
    """

    inputs: Array
    clamps: Mapping[str, Array]


def validate_case_inputs(values: Values | CaseInputs, groups: Iterable[Group], in_time: str) -> CaseInputs:
    """Return the inputs of the input groups, and the clamps of other groups that a dict by group has.

    Parameters
    ----------
    values : array_like, dict of group name to array_like, or CaseInputs
    groups : iterable of Group
        All groups of the network.
    in_time : str
        The reason why the network runs in time; empty if it does not.

    Raises
    ------
    DataError
        If there is no such group, the number of values is wrong, or an input is not finite, or a clamp infinite.
    """
    if isinstance(values, CaseInputs):
        return values
    if isinstance(values, Example):
        every = list(groups)
        for name in values.clamps:
            _check_clampable(name, every, "clamps of the example")
        given = values_of(values, "input")
        if values.clamps and not isinstance(given, Mapping):
            inputs = validate_inputs(given, _input_groups(every), in_time)
            given = dict(split_groups(inputs, {group.name: len(group) for group in _input_groups(every)}))
        return validate_case_inputs({**given, **values.clamps} if isinstance(given, Mapping) else given, every, in_time)
    input_groups = _input_groups(groups)
    if not isinstance(values, Mapping):
        return CaseInputs(validate_inputs(values, input_groups, in_time), {})
    by_name = {group.name: group for group in groups if group.role != "initial"}  # the state before tick 1 is no input
    for name in values:
        if name not in by_name:
            raise unknown_name("group", name, by_name)
    clamps = {name: _read_clamp(each, by_name[name], in_time) for name, each in values.items() if by_name[name].role != "input"}
    rest = {name: each for name, each in values.items() if name not in clamps}
    if clamps and not rest:
        ticks = next(iter(clamps.values())).shape[:-1]
        rest = {group.name: np.zeros((*ticks, len(group))) for group in input_groups}
    if rest or input_groups or not in_time:
        inputs = validate_inputs(rest, input_groups, in_time)
    else:
        inputs = np.zeros((len(next(iter(clamps.values()))), 0))
    for name, clamp in clamps.items():
        if clamp.shape[:-1] != inputs.shape[:-1]:
            raise DataError(f"input of group {name!r}: must have {len(inputs)} ticks like the other inputs (got {len(clamp)})")
    return CaseInputs(inputs, clamps)


def one_tick(values: Values | CaseInputs, groups: Iterable[Group]) -> CaseInputs:
    """Return the inputs and clamps of one tick, checked as those of a network without ticks, as a case of one tick."""
    checked = validate_case_inputs(values, groups, "")
    return CaseInputs(checked.inputs[None], {name: clamp[None] for name, clamp in checked.clamps.items()})


def _input_groups(groups: Iterable[Group]) -> list[Group]:
    return [group for group in groups if group.role == "input"]


def _read_clamp(values: npt.ArrayLike, group: Group, in_time: str) -> Array:
    """Return the activations to which the units of a hidden or output group are clamped."""
    clamp = _read_ticks({group.name: values}, [group], "input", in_time) if in_time else _read_pattern(values, [group], "input")
    _check_where(np.isinf(clamp), clamp, [group], "input", "finite, or NaN for none")
    _check_range(clamp, group, "input")
    return clamp


def _check_range(clamp: Array, group: Group, what: str) -> None:
    """Raise DataError if a weak or soft clamp is out of the range of the activation function."""
    low, high = group.activation_function.range
    if group.clamping.kind in RANGED:
        allowed = f"from {low:g} to {high:g} for a {group.clamping.kind} clamp, or NaN for none"
        _check_where((clamp < low) | (clamp > high), clamp, [group], what, allowed)


def validate_inputs(values: Values, groups: Sequence[Group], in_time: str = "") -> Array:
    """Return one finite number per input unit, from one array or an array per group.

    Parameters
    ----------
    values : array_like, dict of group name to array_like, or Example
        [input unit]; [tick, input unit] for a network in time.
    groups : sequence of Group
    in_time : str
        The reason why the network runs in time; empty if it does not.

    Returns
    -------
    array [input unit] or [tick, input unit]

    Raises
    ------
    DataError
        If the number of values is wrong, or one is not finite.
    """
    if isinstance(values, ExampleSet):
        raise DataError(
            f"input: must be one pattern or example, such as examples[0] (got {values!r}); network.outputs and cn.settle_many take a set"
        )
    given = values_of(values, "input")
    inputs = _read_ticks(given, groups, "input", in_time) if in_time else _read_pattern(given, groups, "input")
    _check_where(~np.isfinite(inputs), inputs, groups, "input", FINITE)
    return inputs


def validate_targets(values: Values, groups: Sequence[Group], in_time: str = "") -> Array:
    """Return one target per output unit, NaN for no target. Parameters as in `validate_inputs`.

    Raises
    ------
    DataError
        If the number of targets is wrong, or one is out of the range of its error function.
    """
    given = values_of(values, "target")
    if isinstance(given, Mapping) and given:
        shape = np.shape(next(iter(given.values())))[:-1]
        given = {group.name: np.full((*shape, len(group)), np.nan) for group in groups if group.name not in given} | dict(given)
    targets = _read_ticks(given, groups, "target", in_time) if in_time else _read_pattern(given, groups, "target")
    check_targets(targets, groups)
    return targets


def check_targets(targets: Array, groups: Sequence[Group], case: str = "") -> None:
    """Raise DataError if the error function of an output group is not defined for a target.

    Raises
    ------
    DataError
        The message names the unit and the range.
    """
    start = 0
    for group in groups:
        low, high = group.error_function.targets
        group_targets = targets[..., start : start + len(group)]
        _check_where(
            (group_targets < low) | (group_targets > high) | np.isinf(group_targets),
            group_targets,
            [group],
            f"target{case}",
            _range_text(low, high),
        )
        start += len(group)


def check_examples(groups: Sequence[Group], examples: ExampleSet, in_time: str = "") -> None:
    """Raise DataError if a network with these groups cannot take these examples. Parameters as in `validate_inputs`.

    Raises
    ------
    DataError
        If the number of inputs or targets is wrong, an input is not finite, a target is out of the range of its error function, or
        examples without ticks are given to a network in time.
    """
    by_role = {role: [group for group in groups if group.role == role] for role in ("input", "output")}
    _check_groups(examples.input_groups, by_role["input"], "input")
    _check_groups(examples.target_groups, by_role["output"], "target")
    for role, table, what in (("input", examples.inputs, "input"), ("output", examples.targets, "target")):
        _check_count(table.shape[-1], by_role[role], f"{what} of the examples")
    _check_clamps({group.name: group for group in groups}, examples)
    if examples.input_groups is not None:  # other examples have no NaN
        _check_no_missing(examples, by_role["input"])
    if in_time and examples.lengths is None:
        raise DataError(
            f"{in_time}, so examples must have ticks: make them with cn.Example.sequence(inputs, targets), [tick, unit] each, or, to "
            f"hold a pattern for some ticks, with cn.Example.of_events([cn.Event(inputs, targets, time=…)])"
        )
    try:
        check_targets(examples.targets, by_role["output"])
    except DataError:
        for number, name in enumerate(examples.names):
            check_targets(examples.targets[number], by_role["output"], case=f" of example {name!r}")


def _check_no_missing(examples: ExampleSet, groups: Sequence[Group]) -> None:
    """Raise DataError if an input of an input group is NaN at a tick of its example."""
    missing = np.isnan(examples.inputs)
    if examples.lengths is not None:
        missing &= (np.arange(missing.shape[1]) < examples.lengths[:, None])[..., None]
    if missing.any():
        case = int(np.nonzero(missing)[0][0])
        _check_where(missing[case], examples.inputs[case], groups, f"input of example {examples.names[case]!r}", FINITE)


def _check_clampable(name: str, groups: Iterable[Group], what: str) -> None:
    clampable = [each.name for each in groups if each.role in ("hidden", "output")]
    if name not in clampable:
        raise unknown_name(f"{what}: hidden or output group", name, clampable)


def _check_clamps(groups: Mapping[str, Group], examples: ExampleSet) -> None:
    for name, table in examples.clamps.items():
        _check_clampable(name, groups.values(), "clamps of the examples")
        _check_count(table.shape[-1], [groups[name]], f"clamps of group {name!r} in the examples")
        for example, clamp in zip(examples.names, table if groups[name].clamping.kind in RANGED else (), strict=False):
            _check_range(clamp, groups[name], f"clamp of example {example!r}")


def _check_groups(given: Sizes | None, groups: Sequence[Group], what: str) -> None:
    """Raise an error if the values of examples are given for other groups, or in another order than that of the network."""
    wanted = {group.name: len(group) for group in groups}
    if given is None:
        return
    check_sizes(given, wanted, " of the examples", what)
    if list(given) != list(wanted):
        raise DataError(
            f"{what}s of the examples: must be in the order of the groups {', '.join(wanted)}; make the set with "
            f"cn.ExampleSet(examples, network=net) (got {', '.join(given)})"
        )


def validate_case_targets(targets: Values, groups: Iterable[Group], in_time: str, ticks: int | None, call: str) -> list[float]:
    """Return the targets of a case in one list, tick after tick for a network in time.

    Parameters
    ----------
    targets : array_like or dict
        In time also a dict by tick, as for `Example.sequence`.
    groups : iterable of Group
        All groups of the network.
    in_time : str
        The reason why the network runs in time; empty if it does not.
    ticks : int or None
        Number of ticks of the case; only for a network in time.
    call : str
        Name of the calling method, for the message.

    Raises
    ------
    DataError
        If the number of targets is wrong, or one is infinite or out of the range of the error function.
    """
    if in_time:
        targets = at_all_ticks(values_of(targets, "target"), ticks or 0, call)
    table = validate_targets(targets, [group for group in groups if group.role == "output"], in_time)
    if in_time and len(table) != ticks:
        raise DataError(f"{call}: targets must have the {describe_count(ticks or 0, 'tick')} that the inputs had (got {len(table)})")
    flat: list[float] = table.ravel().tolist()
    return flat


def check_values(values: npt.ArrayLike, count: int, what: str) -> Array:
    """Return `count` finite numbers as an array.

    Raises
    ------
    DataError
        If the number of values is wrong, or one is not finite.
    """
    array = as_numbers(values, what)
    if array.shape != (count,):
        raise DataError(f"{what}: must be {count} numbers (got shape {array.shape})")
    if not np.isfinite(array).all():
        index = int(np.flatnonzero(~np.isfinite(array))[0])
        raise DataError(f"{what}[{index}]: must be finite (got {array[index]})")
    return array


def _read_pattern(values: Given, groups: Sequence[Group], what: str) -> Array:
    if not isinstance(values, Mapping):
        array = as_numbers(values, what).reshape(-1)
        _check_count(len(array), groups, what)
        return array
    check_names(values, [group.name for group in groups], "", what)
    arrays = [as_numbers(values[group.name], f"{what} of group {group.name!r}").reshape(-1) for group in groups]
    for group, array in zip(groups, arrays, strict=True):
        _check_count(len(array), [group], what)
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _read_ticks(values: Given, groups: Sequence[Group], what: str, in_time: str) -> Array:
    """Return [tick, unit] from one table or a table per group."""
    given = values if isinstance(values, Mapping) else {"": values}
    if not given:
        raise DataError(f"{in_time}, so {what}s must be of shape [tick, {what} unit], at least one tick (got {values!r})")
    tables = {name: as_numbers(table, f"{what} of group {name!r}" if name else what) for name, table in given.items()}
    for name, table in tables.items():
        if table.ndim != 2 or not len(table):
            which = f" of group {name!r}" if name else ""
            raise DataError(
                f"{in_time}, so {what}s{which} must be of shape [tick, {what} unit], at least one tick (got shape {table.shape})"
            )
    lengths = {name: len(table) for name, table in tables.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"{what}: all groups must have the same ticks (got {lengths})")
    if not isinstance(values, Mapping):
        _check_count(tables[""].shape[1], groups, what)
        return tables[""]
    _read_pattern({name: table[0] for name, table in tables.items()}, groups, what)  # checks names and counts
    return np.concatenate([tables[group.name] for group in groups], axis=1)


def _check_count(count: int, groups: Sequence[Group], what: str) -> None:
    expected = sum(map(len, groups))
    if count != expected:
        sizes = (
            " and ".join(f"group {group.name!r} has {describe_count(len(group), 'unit')}" for group in groups)
            or "the network has no group with that role"
        )
        raise DataError(f"{what}: must have {describe_count(expected, 'value')}, since {sizes} (got {count})")


def _check_where(wrong: npt.NDArray[np.bool_], values: Array, groups: Sequence[Group], what: str, allowed: str) -> None:
    if wrong.any():
        *tick, unit = (int(indices[0]) for indices in np.nonzero(wrong))
        units: list[Unit] = [unit for group in groups for unit in group]
        when = f" at tick {tick[0] + 1}" if tick else ""
        raise DataError(f"{what}, unit {units[unit].name}{when}: must be {allowed} (got {values[(*tick, unit)]})")


def _range_text(low: float, high: float) -> str:
    return "finite, or NaN for none" if np.isinf(low) else f"from {low:g} to {high:g}, or NaN for none"
