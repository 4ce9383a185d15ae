"""What a format can say of examples and networks, and what not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from connectionist.errors import FormatError, UnknownNameError
from connectionist.plugins import registry
from connectionist.utils.visible_text import visible_line

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.formats.input_file import InputFile
    from connectionist.formats.output_file import OutputFile
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

SQUARED = {"squared": {"target_radius": 0.0, "zero_error_radius": 0.0}}  # the error function that every format has, as for `find_function`


def check_examples(
    file: OutputFile,
    examples: ExampleSet,
    *,
    ticks: bool = False,
    missing: bool = False,
    frequency: bool = False,
    clamps: bool = False,
    no_targets: bool = False,
    continues: bool = False,
    events: bool = False,
    names: bool = False,
    groups: bool = False,
) -> None:
    """Call ``file.cannot`` for each thing that examples have and a format cannot say, and ``file.warn`` for names.

    Parameters
    ----------
    file : OutputFile
    examples : ExampleSet
    ticks, missing, frequency, clamps, no_targets, continues, events : bool
        Whether the format has sequences, missing targets, frequencies, clamps, examples without any target unit, examples that continue the
        one before, and events of several ticks.
    names, groups : bool
        Whether the format has names of examples, and groups of inputs and targets. One without names gives the examples numbers from 0.

    Raises
    ------
    FormatError
        Also without ``strict``, if the examples have ticks and the format has not, or if they lack inputs or targets that it needs.
    """
    import numpy as np

    if not examples.inputs.shape[-1] or not (examples.targets.shape[-1] or no_targets):
        what = "targets" if examples.inputs.shape[-1] else "inputs"
        raise FormatError(f"{file.name}: the examples have no {what}, which the format needs")

    if examples.ticks is not None and not ticks:
        raise FormatError(f"{file.name}: the format has no sequences, and the examples have ticks")
    if not missing and np.isnan(examples.targets).any() and examples.ticks is None:
        raise FormatError(f"{file.name}: the format has no missing targets (NaN), and example {_first_missing(examples)!r} has one")
    if not frequency and (examples.frequencies != 1.0).any():
        file.cannot("the frequencies of the examples have no place in this format")
    if (examples.error_weights != 1.0).any():
        file.cannot("the error weights of the examples have no place in this format")
    if examples.clamps and not clamps:
        file.cannot(f"the clamps of group {next(iter(examples.clamps))!r} have no place in this format")
    if not continues and examples.continues.any():
        file.cannot("examples that continue the one before have no place in this format")
    if (
        not events
        and examples.lengths is not None
        and any(len(examples.events_of(case)) != examples.lengths[case] for case in range(len(examples)))
    ):
        file.cannot("the events of the examples have no place in this format; each tick becomes an event")
    _check_names(file, examples, names=names, groups=groups)


def _check_names(file: OutputFile, examples: ExampleSet, *, names: bool, groups: bool) -> None:
    """List names that a format does not keep; numbers from 0 are those that its examples get when they are read."""
    lost = next((name for number, name in enumerate(examples.names) if name != str(number)), None)
    if lost is not None and not names:
        file.warn(f"the names of the examples, such as {visible_line(lost)!r}, have no place in this format, which numbers them")
    for side, sizes in (("inputs", examples.input_groups), ("targets", examples.target_groups)):
        if sizes is not None and not groups:
            file.warn(f"the groups of {side} have no place in this format; their units are in the order {visible_line(', '.join(sizes))}")


def written_name(file: OutputFile, name: str, written: str) -> str:
    """Return how the name of an example is written, and list it if that is another one. It has no null characters, as no text file."""
    written = written.replace("\0", "")
    if name != written:
        file.warn(f"the name {name!r} of an example is written as {written!r}")
    return written


def _first_missing(examples: ExampleSet) -> str:
    import numpy as np

    return examples.names[int(np.flatnonzero(np.isnan(examples.targets).any(axis=1))[0])]


def check_network(
    file: OutputFile,
    network: Network,
    program: str,
    functions: Collection[str],
    *,
    gains: bool = False,
    delays: bool = False,
    ties: bool = False,
    frozen: bool = False,
    limits: bool = False,
) -> None:
    """Call ``file.cannot`` for each thing that a network has and a format cannot say.

    Parameters
    ----------
    file : OutputFile
    network : Network
    program : str
        Name of the program in messages.
    functions : collection of str
        Names of the activation functions that the format has.
    gains : bool
        Whether they may have another gain than 1.
    delays, ties, frozen, limits : bool
        Whether the format has delays, tied weights, frozen weights, and limits of weights.

    Raises
    ------
    FormatError
        Also without ``strict``, for an unrolled network, and for what changes the activations: functions, delays, and units that
        integrate.
    """
    if network.ticks is not None:
        raise FormatError(f"{file.name}: {_name(network)} is an unrolled network; write the network from which it was made")
    for group in network.groups:
        _check_group(file, group, program, functions, gains=gains)
    late = [connection for connection in network.connections if connection.delay]
    if late and not delays:
        raise FormatError(
            f"{file.name}: networks with delays are not written in this format, and {_name(late[0])} has delay {late[0].delay}"
        )
    if network.ticks_back is not None:
        file.cannot(f"ticks_back = {network.ticks_back} of {_name(network)} has no place in this format")
    lesioned = [*(unit for unit in network.units if unit.lesioned), *network.lesioned_connections]
    if lesioned:
        file.cannot(
            f"lesions have no place in this format, and {_name(lesioned[0])} has one; what is lesioned is left out, or has no connection"
        )
    for projection in network.projections:
        for quantity in ("rate", "weight_noise", *(() if limits else ("limits",))):
            if getattr(projection, quantity) is not None:
                file.cannot(f"the {quantity} of {_name(projection)} {'have' if quantity == 'limits' else 'has'} no place in this format")
    _check_connections(file, network, ties=ties, frozen=frozen)


def check_labels(file: OutputFile, units: Sequence[Unit], written: Iterable[object]) -> None:
    """Call ``file.warn`` for each group with labels that a format without labels does not keep.

    Parameters
    ----------
    file : OutputFile
    units : sequence of Unit
        In the order in which they are written.
    written : iterable of object
        For each unit the number or name that it has in the file, as its label is when the file is read.
    """
    names: dict[Group, dict[str, str]] = {}
    for unit, name in zip(units, written, strict=True):
        names.setdefault(unit.group, {})[unit.label] = str(name)
    for group, of_group in names.items():
        lost = [label for label in group.labels if label != of_group[label]]
        if lost and list(group.labels) != list(map(str, range(len(group)))):  # which a group without labels has too
            label, what = visible_line(lost[0]), "have no place in this format, which numbers its units"
            file.warn(f"the labels of group {_name(group)!r}, such as {label!r}, {what}")


def _check_connections(file: OutputFile, network: Network, *, ties: bool, frozen: bool) -> None:
    one_way = next((each for each in network.connections if not each.backpropagate and not each.delay), None)
    if one_way is not None:
        what = "connections that pass no error derivatives back have no place in this format"
        file.cannot(f"{what}, and {_name(one_way)} is one; there they do")
    firsts: dict[int, Connection] = {}
    for connection in network.connections:
        first = firsts.setdefault(connection.weight.row, connection)
        if first is not connection and not ties:
            file.cannot(f"tied weights have no place in this format, and {_name(first)} has one; each connection has its own weight there")
            break
        if first.projection.limits != connection.projection.limits:
            file.cannot(f"{_name(first)} and {_name(connection)} are tied, and different limits of both have no place in this format")
            break
    fixed = next((each for each in network.connections if not each.weight.trainable), None)
    if fixed is not None and not frozen:
        file.cannot(f"frozen weights have no place in this format, and {_name(fixed)} has one")


def _name(part: Any) -> str:
    return visible_line(part.name)


def _check_group(file: OutputFile, group: Group, program: str, functions: Collection[str], *, gains: bool) -> None:
    function, name = group.activation_function, visible_line(group.name)
    is_known = function is None or (function.name in functions and is_registered(function))
    if not is_known or not (gains or getattr(function, "gain", 1.0) == 1.0):
        raise FormatError(f"{file.name}: {program} has no activation function {function!r}, which group {name!r} has")
    if group.integrates:
        raise FormatError(f"{file.name}: {program} has no units that integrate, and group {name!r} has")
    if group.error_function is not None and find_function(group.error_function, SQUARED) != ("squared", {}):
        file.cannot(f"the error function {group.error_function!r} of group {name!r} has no place in this format")
    for quantity in ("margin", "cost", "net_input_noise", "activation_noise"):
        if getattr(group, quantity):
            file.cannot(f"the {quantity} of group {name!r} has no place in this format")
    if not group.clamping.is_hard:
        file.cannot(f"the clamping of group {name!r} has no place in this format")


def check_tie_derivative(file: OutputFile, network: Network, written: str) -> None:
    """Call ``file.warn`` if a network has ties or runs in time, and has another `tie_derivative` than a format.

    Parameters
    ----------
    file : OutputFile
    network : Network
    written : {"sum", "mean"}
        The `tie_derivative` of the format.
    """
    is_tied = len({connection.weight.row for connection in network.connections}) < len(network.connections)
    if (is_tied or network.in_time) and network.tie_derivative != written:
        here, there = f"tie_derivative={network.tie_derivative!r}", f"the {written} over its connections and ticks"
        file.warn(f"{here} of {_name(network)} has no place in this format, where the derivative of a weight is {there}")


def check_perturbations(file: OutputFile, network: Network, during: Sequence[str] = ("both", "testing")) -> None:
    """List noise, and clamping that is not hard, as what a format cannot say.

    Parameters
    ----------
    file : OutputFile
    network : Network
    during : sequence of str
        When there is noise that matters.
    """
    for group in network.groups:
        for quantity in ("net_input_noise", "activation_noise"):
            noise = getattr(group, quantity)
            if noise is not None and noise.during in during:
                file.cannot(f"the {quantity} of group {visible_line(group.name)!r} has no equivalent in this format")
        if not group.clamping.is_hard:
            file.cannot(f"the clamping of group {visible_line(group.name)!r} has no equivalent in this format, which has no clamps")
    for projection in network.projections:
        if projection.weight_noise is not None and projection.weight_noise.during in during:
            file.cannot(f"the weight_noise of {visible_line(projection.name)} has no equivalent in this format")


def function_call(file: OutputFile, group: Group, function: Any, known: Mapping[str, Mapping[str, float]]) -> tuple[str, dict[str, float]]:
    """Return the name of a function and its parameters.

    Parameters
    ----------
    file : OutputFile
    group : Group
        The group whose function it is.
    function : ActivationFunction, JointActivationFunction or ErrorFunction
    known : mapping of str to mapping of str to float
        The functions that the format has, with the names and defaults of their parameters.

    Returns
    -------
    name : str
    parameters : dict of str to float
        Those that differ from their defaults.

    Raises
    ------
    FormatError
        If the format does not have the function, or if the function has other parameters.
    """
    found = find_function(function, known)
    if found is None:
        raise FormatError(
            f"{file.name}: the function {function.name!r} of group {visible_line(group.name)!r} has no equivalent in this format, "
            f"which has {', '.join(known)}"
        )
    return found


def find_function(function: Any, known: Mapping[str, Mapping[str, float]]) -> tuple[str, dict[str, float]] | None:
    """Return what `function_call` does, or None if the format does not have the function."""
    values = {each.name: getattr(function, each.name) for each in fields(function)} if is_dataclass(function) else {}
    if not is_registered(function) or values.keys() != known.get(function.name, {"": 0.0}).keys():
        return None
    return function.name, {name: float(value) for name, value in values.items() if value != known[function.name][name]}


def is_registered(function: Any) -> bool:
    """Return whether a function is the one that plugins offer under its name, and not another class of the same name."""
    for kind in ("activation_functions", "error_functions"):
        try:
            if registry.find(kind, function.name) is type(function):
                return True
        except UnknownNameError:
            continue
    return False


def list_missing_weights(file: InputFile, network: Network, found: Mapping[Connection, float]) -> None:
    """List projections of which a file has some weights and not all, as a file that was cut has; their weights do not change."""
    for projection in network.projections:
        missing = [connection for connection in projection.connections if connection not in found]
        if 0 < len(missing) < len(projection.connections):
            text = f"{len(missing)} of {len(projection.connections)} connections of {projection.name}, from {missing[0].name}"
            file.warn(f"{text} on; the file does not have them, and their weights do not change")


def without_targets(file: InputFile, count: int, network: Network | None) -> Array:
    """Return NaN targets [case, output unit] for a file that has none; the network gives the number of units, 0 is that without one."""
    import numpy as np

    if network is None:
        file.cannot("has no targets; give network=, whose output units then have no target in any example")
    width = sum(len(group) for group in network.groups if group.role == "output") if network is not None else 0
    file.check_memory(8 * count * width, f"the targets of {count} examples and {width} output units")
    return np.full((count, width), np.nan)
