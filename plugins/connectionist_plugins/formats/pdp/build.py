"""A network made from a description."""

from __future__ import annotations

import numpy as np

import connectionist as cn
from connectionist.formats import BIAS, Links, Numbers, TableUnit, list_units, make_network
from connectionist_plugins.formats.pdp.description import NONE, Description, Letter, Letters

RANGE = 0.5  # of random weights on both sides of 0: wrange of bp is 1


def build(file: cn.formats.InputFile, given: Description, copies: dict[int, int], mu: float) -> cn.Network:
    """Return the network of a description.

    Parameters
    ----------
    file : InputFile
    given : Description
    copies : dict of int to int
        For each input unit that copies a unit of the pattern before, that unit.
    mu : float
        Fraction that such an input keeps.
    """
    receiver, sender, code = _weights(file, given)
    letters = {int(each): given.letter(int(each)) for each in np.unique(code)}
    linked = sorted({chr(each).lower() for each, letter in letters.items() if letter.linked})
    limits = _table({each: _limits(letter) for each, letter in letters.items()}, 2)
    ties = _table({each: (linked.index(chr(each).lower()) + 1.0,) for each, letter in letters.items() if letter.linked}, 1)
    values = _table({each: (letter.value,) for each, letter in letters.items()}, 1)
    late = sender >= receiver
    kept = [(copied, copy, 1.0) for copy, copied in copies.items()] + [(copy, copy, mu) for copy in copies if mu]
    ends = np.array([link[:2] for link in kept], dtype=np.intp).reshape(-1, 2)
    is_copy = np.arange(len(sender) + len(kept)) >= len(sender)
    links = Links(
        np.concatenate([sender, ends[:, 0]]),
        np.concatenate([receiver, ends[:, 1]]),
        np.concatenate([values[code, 0], [link[2] for link in kept]]),
        np.concatenate([late, np.ones(len(kept), np.bool_)]).astype(np.intp),
        ~is_copy,
        np.concatenate([~late, np.zeros(len(kept), np.bool_)]),
        np.concatenate([limits[code, 0], np.full(len(kept), np.nan)]),
        np.concatenate([limits[code, 1], np.full(len(kept), np.nan)]),
        np.concatenate([ties[code, 0], np.zeros(len(kept))]).astype(np.intp),
    )
    network = make_network(file, file.path.stem, _units(given, copies), links, "sum")
    _draw_and_freeze(network, letters, {ends: int(each) for ends, each in zip(zip(sender, receiver, strict=True), code, strict=True)})
    return network


def _table(rows: dict[int, tuple[float, ...]], width: int) -> cn.Array:
    table = np.zeros((256, width))
    for each, row in rows.items():
        table[each] = row
    return table


def _limits(letter: Letter) -> tuple[float, float]:
    """Return the limits of a weight, NaN for none."""
    if letter.positive:
        return 0.0, np.inf
    return (-np.inf, 0.0) if letter.negative else (np.nan, np.nan)


def _weights(file: cn.formats.InputFile, given: Description) -> tuple[Numbers, Numbers, Letters]:
    """Return receivers, senders and letters of weights and biases."""
    receiver, sender = np.nonzero(given.weights != NONE)
    to_input = receiver < given.inputs
    for wrong, text in (
        (to_input, "the weight to unit {}, an input, from unit {} has no effect in bp; it is left out"),
        ((sender >= receiver) & ~to_input, "the weight to unit {} comes from unit {}, which bp computes later; it is read with delay 1"),
    ):
        if wrong.any():
            first = int(np.argmax(wrong))
            more = f" (and {wrong.sum() - 1} more)" if wrong.sum() > 1 else ""
            file.cannot(text.format(receiver[first], sender[first]) + more, int(given.lines[receiver[first]]))
    receiver, sender = receiver[~to_input], sender[~to_input]
    code = given.weights[receiver, sender]
    if given.biases is not None:
        biased = np.flatnonzero(given.biases != NONE)
        biased = biased[biased >= given.inputs]
        receiver = np.concatenate([receiver, biased])
        sender = np.concatenate([sender, np.full(len(biased), BIAS)])
        code = np.concatenate([code, given.biases[biased]])
    return receiver, sender, code


def _units(given: Description, copies: dict[int, int]) -> list[TableUnit]:
    runs = np.cumsum(given.breaks)
    units = []
    for number in range(given.units):
        is_output = number >= given.units - given.outputs
        if number in copies:
            units.append(TableUnit(str(number), "hidden", "linear", None, "context"))
        elif number < given.inputs:
            units.append(TableUnit(str(number), "input"))
        else:
            run = int(runs[number])
            units.append(TableUnit(str(number), "output" if is_output else "hidden", "logistic", run))
    return units


def _draw_and_freeze(network: cn.Network, letters: dict[int, Letter], codes: dict[tuple[int, int], int]) -> None:
    """Draw the random weights with seed 0, and freeze those of capital letters."""
    units = list_units(network)
    drawn = cn.random_stream(0, "weights")
    seen: set[int] = set()
    for connection in network.connections:
        code = codes.get((units.place(connection.sender), units.place(connection.receiver)))
        if code is None or connection.weight.row in seen:
            continue
        seen.add(connection.weight.row)
        letter = letters[code]
        if letter.random:
            middle = RANGE * (letter.positive - letter.negative * (not letter.positive))
            connection.weight.value = middle + drawn.uniform(-RANGE, RANGE)
        connection.weight.trainable = not chr(code).isupper()
