"""What a format that has only pairs of inputs and targets cannot say of examples, and small tools for such formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.errors import FormatError
from connectionist.utils.arrays import Array

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.formats.input_file import InputFile
    from connectionist.formats.output_file import OutputFile
    from connectionist.model.network import Network


def check_expressible(
    file: OutputFile, examples: ExampleSet, *, ticks: bool = False, missing: bool = False, frequency: bool = False
) -> None:
    """Call ``file.cannot`` for each thing that examples have and a format cannot say.

    Parameters
    ----------
    file : OutputFile
    examples : ExampleSet
    ticks, missing, frequency : bool
        Whether the format has sequences, missing targets, and frequencies.

    Raises
    ------
    FormatError
        Also without `strict`, if the examples have ticks and the format has not.
    """
    if examples.ticks is not None and not ticks:
        raise FormatError(f"{file.name}: the format has no sequences, and the examples have ticks")
    if not missing and np.isnan(examples.targets).any() and examples.ticks is None:
        raise FormatError(f"{file.name}: the format has no missing targets (NaN), and example {_first_missing(examples)!r} has one")
    if not frequency and (examples.frequencies != 1.0).any():
        file.cannot("the frequencies of the examples have no place in this format")
    if (examples.error_weights != 1.0).any():
        file.cannot("the error weights of the examples have no place in this format")
    if examples.clamps:
        file.cannot(f"the clamps of group {next(iter(examples.clamps))!r} have no place in this format")


def _first_missing(examples: ExampleSet) -> str:
    return examples.names[int(np.flatnonzero(np.isnan(examples.targets).any(axis=1))[0])]


def without_targets(file: InputFile, count: int, network: Network | None) -> Array:
    """Return NaN targets [case, output unit] for a file that has none; the network gives the number of units."""
    if network is None:
        raise file.error(message="has no targets; give network=, whose output units then have no target in any example")
    width = sum(len(group) for group in network.groups if group.role == "output")
    file.check_memory(8 * count * width, f"the targets of {count} examples and {width} output units")
    return np.full((count, width), np.nan)
