"""What a simple format cannot say of examples and networks."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from connectionist.errors import FormatError

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.formats.input_file import InputFile
    from connectionist.formats.output_file import OutputFile
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array


def check_examples(
    file: OutputFile, examples: ExampleSet, *, ticks: bool = False, missing: bool = False, frequency: bool = False, clamps: bool = False
) -> None:
    """Call ``file.cannot`` for each thing that examples have and a format cannot say.

    Parameters
    ----------
    file : OutputFile
    examples : ExampleSet
    ticks, missing, frequency, clamps : bool
        Whether the format has sequences, missing targets, frequencies, and clamps.

    Raises
    ------
    FormatError
        Also without `strict`, if the examples have ticks and the format has not.
    """
    import numpy as np

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
        Also without `strict`, for what changes the activations: functions, delays, and units that integrate.
    """
    for group in network.groups:
        _check_group(file, group, program, functions, gains=gains)
    if not delays and any(connection.delay for connection in network.connections):
        raise FormatError(f"{file.name}: networks with delays are not written in this format")
    if network.lesioned_connections or any(unit.lesioned for unit in network.units):
        file.cannot("lesions have no place in this format; what is lesioned is left out, or has no connection")
    if any(projection.rate or projection.weight_noise or (projection.limits and not limits) for projection in network.projections):
        file.cannot(f"{'rates' if limits else 'limits, rates'} and noise of projections have no place in this format")
    if not ties and len({connection.weight.row for connection in network.connections}) < len(network.connections):
        file.cannot("tied weights have no place in this format; each connection has its own weight there")
    if not frozen and not all(connection.weight.trainable for connection in network.connections):
        file.cannot("frozen weights have no place in this format")


def _check_group(file: OutputFile, group: Group, program: str, functions: Collection[str], *, gains: bool) -> None:
    function = group.activation_function
    if group.role not in ("input", "bias") and (function.name not in functions or not (gains or getattr(function, "gain", 1.0) == 1.0)):
        raise FormatError(f"{file.name}: {program} has no activation function {function!r}, which group {group.name!r} has")
    if group.integrates:
        raise FormatError(f"{file.name}: {program} has no units that integrate, and group {group.name!r} has")
    if group.margin or (group.error_function is not None and group.error_function.name != "squared"):
        file.cannot(f"the error function and the margin of group {group.name!r} have no place in this format")
    if group.net_input_noise or group.activation_noise:
        file.cannot(f"the noise of group {group.name!r} has no place in this format")


def without_targets(file: InputFile, count: int, network: Network | None) -> Array:
    """Return NaN targets [case, output unit] for a file that has none; the network gives the number of units."""
    import numpy as np

    if network is None:
        raise file.error(message="has no targets; give network=, whose output units then have no target in any example")
    width = sum(len(group) for group in network.groups if group.role == "output")
    file.check_memory(8 * count * width, f"the targets of {count} examples and {width} output units")
    return np.full((count, width), np.nan)
