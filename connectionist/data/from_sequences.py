"""Examples that predict the next symbol of a sequence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.by_group import check_is_network, read_texts
from connectionist.data.example import Example
from connectionist.errors import DataError, suggest_name
from connectionist.utils.arrays import Array, check_no_set
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.network import Network

Symbols = str | Sequence[str]


def examples_of_sequences(
    sequences: Iterable[Symbols],
    labels: Sequence[str] | None,
    network: Network | None,
    names: Sequence[str] | None,
    frequencies: Sequence[float] | None,
    continues: bool,
) -> list[Example]:
    """Return the examples of `ExampleSet.from_sequences`."""
    given = _read(sequences)
    check_is_network(network, "ExampleSet.from_sequences.network")
    symbols = _symbols_of(network, labels, given)
    for what, values in (("names", names), ("frequencies", frequencies)):
        if values is not None and not isinstance(values, (list, tuple, np.ndarray)):
            raise DataError(f"ExampleSet.from_sequences.{what}: must be a list, with one for each sequence (got {shown(values)})")
        if values is not None and len(values) != len(given):
            raise DataError(f"ExampleSet.from_sequences.{what}: must be {len(given)}, one for each sequence (got {len(values)})")
    examples = []
    for number, sequence in enumerate(given):
        separator = "" if all(len(symbol) == 1 for symbol in sequence) else " "
        name = separator.join(sequence) if names is None else str(names[number])
        rows, targets = (_one_hot(sequence, number, each) for each in symbols)
        frequency = 1.0 if frequencies is None else frequencies[number]
        examples.append(Example(rows[:-1], targets[1:], name, frequency=frequency, continues=continues))
    return examples


def _read(sequences: Iterable[Symbols]) -> list[Symbols]:
    check_no_set(sequences, "ExampleSet.from_sequences")
    given = [] if isinstance(sequences, str) or not isinstance(sequences, Iterable) else finite_list(sequences, "ExampleSet.from_sequences")
    if not given:
        raise DataError(f"ExampleSet.from_sequences: must be a list of one sequence or more, as in ['abcd'] (got {shown(sequences)})")
    for number, sequence in enumerate(given):
        check_no_set(sequence, f"ExampleSet.from_sequences, sequence {number}")
        is_symbols = isinstance(sequence, (str, list, tuple)) and all(isinstance(symbol, str) for symbol in sequence)
        if not is_symbols or len(sequence) < 2:
            raise DataError(
                f"ExampleSet.from_sequences, sequence {number}: must be two symbols or more, text or a list of text (got {shown(sequence)})"
            )
    return given


def _symbols_of(network: Network | None, labels: Sequence[str] | None, sequences: list[Symbols]) -> list[list[str]]:
    """Return the symbols of the input units and of the output units, in their order."""
    if network is None:
        occurring = sorted({symbol for sequence in sequences for symbol in sequence})
        symbols = occurring if labels is None else read_texts(labels, "ExampleSet.from_sequences.labels")
        return [symbols, symbols]
    if labels is not None:
        raise DataError("ExampleSet.from_sequences.labels: must not be given with a network, which has labels")
    groups = {role: [group for group in network.groups if group.role == role] for role in ("input", "output")}
    for role, found in groups.items():
        if len(found) != 1:
            names = ", ".join(group.name for group in found) or "none"
            raise DataError(f"ExampleSet.from_sequences.network: must have one {role} group, whose units are the symbols (got {names})")
    return [list(found[0].labels) for found in groups.values()]


def _one_hot(sequence: Symbols, number: int, symbols: list[str]) -> Array:
    places = {symbol: place for place, symbol in enumerate(symbols)}
    table = np.zeros((len(sequence), len(symbols)))
    for tick, symbol in enumerate(sequence):
        if symbol not in places:
            raise DataError(
                f"ExampleSet.from_sequences, sequence {number}, symbol {tick + 1}: there is no unit {symbol!r}; "
                f"{suggest_name(symbol, symbols)}"
            )
        table[tick, places[symbol]] = 1.0
    return table
