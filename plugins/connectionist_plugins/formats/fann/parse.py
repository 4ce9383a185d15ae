"""What a network file has: sizes of layers, neurons, and the links to each neuron."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import connectionist as cn

MARK = re.compile(rb"FANN_FLO_(2\.\d+|1\.1)(?!\S)")
FIELD = re.compile(rb"([A-Za-z_]+)[ \t]*=")
NEURONS = re.compile(rb"neurons[ \t]*\(num_inputs,\s*activation_function,\s*activation_steepness\)[ \t]*=")
NEURON = re.compile(rb"\(\s*(\d{1,9})\s*,\s*(\d{1,9})\s*,\s*([^\s,()]{1,60})\s*\)")
LINKS = re.compile(rb"connections[ \t]*\(connected_to_neuron,\s*weight\)[ \t]*=")
LINK = re.compile(rb"\(\s*(\d{1,9})\s*,\s*([^\s,()]{1,60})\s*\)")
OLD_LINK = re.compile(rb"\(\s*(\d{1,9})\s+([^\s,()]{1,60})\s*\)")
MOST = 2**31 - 1
SHORTCUT = 1
BYTES = 1000  # of a neuron


@dataclass
class Neuron:
    """A neuron: its number of links, its function and its steepness."""

    links: int
    function: int
    steepness: float
    line: int


@dataclass
class FannFile:
    """What is in a network file.

    Attributes
    ----------
    layer_count : int
        The number of layers that the file says; 0 if it does not.
    layers : list of int
        Number of neurons of each layer, with the neurons that are always 1.
    fields : set of str
        Names of the fields that were read.
    links : list of (int, float)
        Sender and weight of each link, neuron by neuron.
    """

    has_shortcuts: bool = False
    layer_count: int = 0
    layers: list[int] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    neurons: list[Neuron] = field(default_factory=list)
    links: list[tuple[int, float]] = field(default_factory=list)


def parse(file: cn.formats.InputFile) -> FannFile:
    """Return what is in a network file.

    Raises
    ------
    FormatError
        If a field or a number is missing or wrong.
    """
    parsed = FannFile()
    with file.scanner(comment="") as scanner:
        mark = scanner.match(MARK)
        if not mark:
            scanner.fail("'FANN_FLO_2.1' or 'FANN_FLO_1.1' (networks of fixed point numbers, and of version 0, are not read)")
        if mark[1] == b"1.1":
            _read_version_1(scanner, parsed)
        else:
            _read_version_2(scanner, parsed)
        if not scanner.is_at_end:
            scanner.fail(f"the end of the file after {len(parsed.links)} connections")
    return parsed


def _read_version_2(scanner: cn.formats.Scanner, parsed: FannFile) -> None:
    while not scanner.match(NEURONS):
        _read_field(scanner, parsed)
    if not parsed.layers:
        scanner.fail("'layer_sizes=', before the neurons,")
    _read_neurons(scanner, parsed)
    if not scanner.match(LINKS):
        scanner.fail("'connections (connected_to_neuron, weight)='")
    _read_links(scanner, parsed, LINK, "(2, 0.25)")


def _read_version_1(scanner: cn.formats.Scanner, parsed: FannFile) -> None:
    """Read numbers without names: parameters, sizes of layers, numbers of links, and the links."""
    parsed.layer_count = scanner.whole_number("the number of layers", at_least=2, at_most=MOST)
    scanner.numbers(2, "the learning rate and the connection rate")
    parsed.has_shortcuts = scanner.whole_number("the type of the network (1: shortcut connections)", at_most=SHORTCUT) == SHORTCUT
    functions = [scanner.whole_number(f"the number of the activation function of {what} neurons") for what in ("hidden", "output")]
    steepness = [_steepness(scanner, scanner.number(f"the steepness of {what} neurons")) for what in ("hidden", "output")]
    scanner.file.check_memory(BYTES * parsed.layer_count, f"{parsed.layer_count} layers")
    for _ in range(parsed.layer_count):
        parsed.layers.append(scanner.whole_number("the number of neurons of a layer", at_least=1, at_most=MOST))
        scanner.file.check_memory(BYTES * sum(parsed.layers), f"{sum(parsed.layers)} neurons")
    for layer, size in enumerate(parsed.layers):
        kind = int(layer == parsed.layer_count - 1)
        for number in range(size):
            links = scanner.whole_number(f"the number of connections of neuron {number} of {size} of layer {layer}", at_most=MOST)
            parsed.neurons.append(Neuron(links, functions[kind], steepness[kind], scanner.last_place[0]))
    _read_links(scanner, parsed, OLD_LINK, "(2 0.25)")


def _read_field(scanner: cn.formats.Scanner, parsed: FannFile) -> None:
    """Read a field; what is a parameter of training is passed over."""
    match = scanner.match(FIELD)
    if not match:
        scanner.fail("a field such as 'num_layers=', or 'neurons (num_inputs, activation_function, activation_steepness)='")
    name = match[1].decode()
    if name in parsed.fields:
        scanner.file.warn(f"'{name}=' is given again; the last one is read", *scanner.last_place)
    parsed.fields.add(name)
    if name == "num_layers":
        parsed.layer_count = scanner.whole_number("the number of layers", at_least=2)
    elif name == "layer_sizes":
        sizes = scanner.numbers(expected="the number of neurons of a layer").tolist()
        if len(sizes) < 2 or any(size != int(size) or not 1 <= size <= MOST for size in sizes):
            scanner.fail("two or more numbers of neurons, at least 1, before this")
        if len(sizes) != (parsed.layer_count or len(sizes)):
            scanner.fail(f"{parsed.layer_count} numbers of neurons, as 'num_layers=' says, before this")
        parsed.layers = [int(size) for size in sizes]
        scanner.file.check_memory(BYTES * sum(parsed.layers), f"{sum(parsed.layers)} neurons")
    elif name == "network_type":
        parsed.has_shortcuts = scanner.whole_number("the type of the network (1: shortcut connections)", at_most=SHORTCUT) == SHORTCUT
    elif name == "scale_included":
        if scanner.whole_number("the flag of the scaling", at_most=1):
            scanner.cannot("the scaling of inputs and outputs has no counterpart; the values of examples are those inside of the network")
    else:
        scanner.line()


def _read_neurons(scanner: cn.formats.Scanner, parsed: FannFile) -> None:
    count = sum(parsed.layers)
    for number in range(count):
        match = scanner.match(NEURON)
        if not match:
            scanner.fail(f"neuron {number} of {count} (0 is the first), as in '(3, 5, 0.5)'")
        line, column = scanner.last_place
        steepness = _steepness(scanner, _number(scanner, match[3], line, column))
        parsed.neurons.append(Neuron(int(match[1]), int(match[2]), steepness, line))


def _read_links(scanner: cn.formats.Scanner, parsed: FannFile, form: re.Pattern[bytes], example: str) -> None:
    count = sum(neuron.links for neuron in parsed.neurons)
    for number in range(count):
        match = scanner.match(form)
        if not match:
            scanner.fail(f"connection {number + 1} of {count}, as in {example!r}")
        line, column = scanner.last_place
        sender = int(match[1])
        if sender >= len(parsed.neurons):
            expected = f"the number of a neuron, from 0 to {len(parsed.neurons) - 1}"
            raise scanner.file.error(str(sender), expected, line=line, column=column)
        parsed.links.append((sender, _number(scanner, match[2], line, column)))


def _steepness(scanner: cn.formats.Scanner, value: float) -> float:
    if value < 0:
        line, column = scanner.last_place
        raise scanner.file.error(f"the steepness {value:g}", "a steepness of 0 or more", line=line, column=column)
    return value


def _number(scanner: cn.formats.Scanner, text: bytes, line: int, column: int) -> float:
    try:
        value = float(text) if b"_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise scanner.file.error(repr(text.decode("latin-1")), "a number", line=line, column=column)
    return value
