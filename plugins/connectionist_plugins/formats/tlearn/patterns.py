"""Pattern files: inputs (``.data``), targets (``.teach``) and the sweeps before which the network is reset (``.reset``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt

import connectionist as cn
from connectionist.formats import check_examples, without_targets
from connectionist_plugins.formats.tlearn.lists import take_list

MOST = 2**31 - 1
MISSING = "*"


@dataclass
class _Table:
    """Values of items. `tags` are the sweeps from which on they hold, if the file has time tags."""

    values: cn.Array
    tags: npt.NDArray[np.intp] | None
    is_localist: bool


def read(file: cn.formats.InputFile, network: cn.Network | None, *, each_sweep: bool) -> cn.ExampleSet:
    """Return the examples of the files with one name."""
    inputs, outputs = _sizes(file, network)
    data = _read_data(file.beside(".data"), inputs)
    count = len(data)
    teach = file.beside(".teach")
    if teach.path.exists():
        targets = _at_sweeps(teach, _read_teach(teach, outputs), count)
    else:
        targets = without_targets(teach, count, network) if outputs is None else np.full((count, outputs), np.nan)
    resets = _read_resets(file.beside(".reset"), count)
    if (network is not None and not network.in_time) or (network is None and resets is None and not each_sweep):
        return cn.ExampleSet.from_arrays(data, targets, network=network)
    starts = [0] if resets is None else resets
    is_stream = resets is None or 0 not in starts
    firsts = _firsts(resets or [], count, each_sweep=each_sweep or resets is None)
    ends = [*firsts[1:], count]
    examples = (
        cn.Example.sequence(data[first:end], targets[first:end], str(number), continues=(is_stream if first == 0 else first not in starts))
        for number, (first, end) in enumerate(zip(firsts, ends, strict=True))
    )
    return cn.ExampleSet(examples, network)


def _firsts(resets: list[int], count: int, *, each_sweep: bool) -> list[int]:
    """Return the first sweep of each example."""
    return list(range(count)) if each_sweep else sorted({0, *resets})


def _sizes(file: cn.formats.InputFile, network: cn.Network | None) -> tuple[int | None, int | None]:
    """Return the numbers of inputs and outputs, from the network or from the network file beside; None if they are not known."""
    if network is not None:
        sizes = [sum(len(group) for group in network.groups if group.role == role) for role in ("input", "output")]
        return sizes[0], sizes[1]
    configuration = file.beside(".cf")
    if not configuration.path.exists():
        return None, None
    numbers: dict[str, int] = {}
    with configuration.scanner(comment="") as scanner:
        scanner.expect("NODES:")
        for _ in range(3):
            name = scanner.expect("nodes", "inputs", "outputs")
            scanner.expect("=")
            numbers[name] = scanner.whole_number(f"the number of {name}", at_most=MOST)
    return numbers.get("inputs"), numbers.get("outputs")


def _header(scanner: cn.formats.Scanner) -> tuple[bool, int]:
    """Return whether items are lists, and their number."""
    is_localist = scanner.expect("distributed", "localist") == "localist"
    count = scanner.whole_number("the number of items", at_least=1, at_most=MOST)
    scanner.file.check_memory(64 * count, f"{count} items")
    return is_localist, count


def _read_data(file: cn.formats.InputFile, inputs: int | None) -> cn.Array:
    with file.scanner(comment="") as scanner:
        is_localist, count = _header(scanner)
        if is_localist:
            table = _read_lists(scanner, count, inputs)
        else:
            values = scanner.numbers()
            width = inputs if inputs is not None else len(values) // count
            if len(values) != count * width or not width:
                _fail(scanner, len(values), count, "" if inputs is None else f" of {width} inputs, which is {count * width}")
            table = values.reshape(count, width)
        if not scanner.is_at_end:
            scanner.fail(f"the end of the file after {count} items")
    return table


def _fail(scanner: cn.formats.Scanner, found: int, count: int, of: str) -> NoReturn:
    """Raise the error for a wrong number of numbers, or for the next word, which is none."""
    if not scanner.is_at_end:
        scanner.fail("a number")
    line, column = scanner.place
    text = f"there are {found} numbers before this, and the header says {count} items{of or ', all of the same size'}"
    raise scanner.file.error(message=text, line=line, column=column)


def _read_lists(scanner: cn.formats.Scanner, count: int, inputs: int | None) -> cn.Array:
    """Return a table with 1 for each input in the list of an item."""
    chosen: list[npt.NDArray[np.intp]] = []
    most = inputs or 0
    for _ in range(count):
        word = scanner.peek()
        limit = inputs if inputs is not None else min(10**6, 10 ** min(len(word), 7))
        selected = np.flatnonzero(take_list(scanner, limit, what="a list of inputs"))
        chosen.append(selected[selected > 0])
        most = max(most, int(selected.max(initial=0)))
    scanner.file.check_memory(8 * count * most, f"{count} items of {most} inputs")
    if not most:
        scanner.fail("an input above 0 before this")
    table = np.zeros((count, most))
    for row, numbers in zip(table, chosen, strict=True):
        row[numbers - 1] = 1.0
    return table


def _read_teach(file: cn.formats.InputFile, outputs: int | None) -> _Table:
    with file.scanner(comment="", missing=MISSING) as scanner:
        is_localist, count = _header(scanner)
        values = scanner.numbers()
        if not scanner.is_at_end:
            scanner.fail("a number or '*'")
        width = 1 if is_localist else outputs if outputs is not None else _width(values, count)
        if len(values) == count * (width + 1):
            table = values.reshape(count, width + 1)
            tags, items = _tags(file, table), table[:, 1:]
        elif len(values) == count * width and width:
            tags, items = None, values.reshape(count, width)
        else:
            sizes = f" of {width} targets, which is {count * width}, or {count * (width + 1)} with time tags"
            _fail(scanner, len(values), count, sizes if width else "")
    return _Table(_one_of(file, items[:, 0], outputs, 1 + (tags is not None)) if is_localist else items, tags, is_localist)


def _width(values: cn.Array, count: int) -> int:
    """Return the number of targets of an item: without the first number, if that of each item is a rising time tag from 0."""
    width = len(values) // count
    first = values[:: max(width, 1)]
    is_tagged = width > 1 and count > 1 and (first == np.floor(first)).all() and first[0] == 0 and (np.diff(first) > 0).all()
    return width - 1 if is_tagged and len(values) == count * width and first[-1] > 1 else width


def _tags(file: cn.formats.InputFile, table: cn.Array) -> npt.NDArray[np.intp]:
    tags = table[:, 0]
    wrong = ~((tags == np.floor(tags)) & (tags >= 0) & (tags <= MOST) & (np.diff(tags, prepend=-1.0) > 0))
    if wrong.any():
        line = _line_of(file, int(wrong.argmax()) * table.shape[1])
        text = f"the time tag {tags[wrong][0]:g}; the tags, the first number of each item, must be whole numbers from 0 that rise"
        raise file.error(message=text, line=line)
    return tags.astype(np.intp)


def _line_of(file: cn.formats.InputFile, number: int) -> int:
    """Return the line of a number after the header; they count from 0."""
    with file.scanner(comment="", missing=MISSING) as scanner:
        _header(scanner)
        scanner.numbers(number)
        return scanner.place[0]


def _one_of(file: cn.formats.InputFile, numbers: cn.Array, outputs: int | None, width: int) -> cn.Array:
    """Return the table with 1 for the output of each item, which has some numbers in the file, and that of the output last."""
    known = numbers[~np.isnan(numbers)]
    most = outputs if outputs is not None else int(min(known.max(initial=0), MOST))
    wrong = ~(np.isnan(numbers) | ((numbers == np.floor(numbers)) & (numbers >= 1) & (numbers <= most)))
    if wrong.any() or not most:
        line = _line_of(file, int(wrong.argmax()) * width + width - 1)
        raise file.error(f"{numbers[wrong.argmax()]:g}", f"the number of an output from 1 to {most}, or '*',", line=line)
    file.check_memory(8 * len(numbers) * most, f"{len(numbers)} items of {most} outputs")
    table = np.zeros((len(numbers), most))
    table[np.isnan(numbers)] = np.nan
    rows = np.flatnonzero(~np.isnan(numbers))
    table[rows, known.astype(np.intp) - 1] = 1.0
    return table


def _at_sweeps(file: cn.formats.InputFile, teach: _Table, count: int) -> cn.Array:
    """Return the targets at each sweep: those of an item hold until the next one."""
    tags = np.arange(len(teach.values)) if teach.tags is None else teach.tags
    if (late := tags >= count).any():
        what = f"item {int(np.argmax(late)) + 1} of the targets is for sweep {int(tags[late][0])}, and there are {count} items of inputs"
        width = teach.values.shape[1] if not teach.is_localist else 1
        file.cannot(f"{what}; it is never used", _line_of(file, int(late.argmax()) * (width + (teach.tags is not None))))
    if teach.tags is None and len(tags) < count:
        file.cannot(f"{len(tags)} items of targets without time tags, and {count} items of inputs; the last targets hold up to the end", 1)
    place = np.searchsorted(tags, np.arange(count), side="right") - 1
    targets = teach.values[np.maximum(place, 0)].astype(float)
    targets[place < 0] = np.nan
    return targets


def _read_resets(file: cn.formats.InputFile, count: int) -> list[int] | None:
    """Return the sweeps before which the network is reset; None if there is no such file."""
    if not file.path.exists():
        return None
    with file.scanner(comment="") as scanner:
        number = scanner.whole_number("the number of resets", at_most=MOST)
        times: list[int] = []
        for _ in range(number):
            times.append(
                scanner.whole_number(f"the sweep of a reset, one of {number} in rising order", at_least=times[-1] + 1 if times else 0)
            )
        if not scanner.is_at_end:
            scanner.fail(f"the end of the file after {number} resets")
    return [time for time in times if time < count]


def write(file: cn.formats.OutputFile, examples: cn.ExampleSet, *, each_sweep: bool) -> None:
    """Write inputs, targets and, for sequences, resets."""
    check_examples(file, examples, ticks=True, missing=True, continues=True)
    items = list(examples)
    starts = [number for number, example in enumerate(items) if examples.ticks is not None and not example.continues]
    resets = file.beside_path(".reset")
    if not starts and resets.exists():
        text = f"{resets.name!r} exists, and would make other sequences of these patterns; delete it first"
        raise cn.errors.FormatError(f"{file.name}: {text}")
    sweeps = np.cumsum([0, *(1 if example.ticks is None else example.ticks for example in items)]).tolist()
    read = _firsts([sweeps[number] for number in starts], sweeps[-1], each_sweep=each_sweep or not starts)
    if read != sweeps[:-1]:
        file.warn(f"{len(items)} examples are read as {len(read)}, since the files have resets, and no other ends of examples")
    inputs = np.concatenate([np.atleast_2d(example.inputs) for example in items])
    targets = np.concatenate([np.atleast_2d(example.targets) for example in items])
    name = file.path.name.removesuffix(".gz")
    root = {suffix: file if name.endswith(suffix) else file.beside(suffix) for suffix in (".data", ".teach")}
    root[".data"].write(f"distributed\n{len(inputs)}\n" + "".join(_row(row) for row in inputs.tolist()))
    root[".teach"].write(f"distributed\n{len(targets)}\n" + "".join(_row(row) for row in targets.tolist()))
    if starts:
        file.beside(".reset").write(f"{len(starts)}\n" + "".join(f"{sweeps[number]}\n" for number in starts))


def _row(values: list[float]) -> str:
    return " ".join(MISSING if value != value else f"{value:.17g}" for value in values) + "\n"  # noqa: PLR0124
