"""What a network file says: numbers of units, letters with their meaning, and a letter for each weight and bias."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

import connectionist as cn

MOST_UNITS = 10**8
MOST_CELLS = 2**28  # that all blocks of a file may have together
NONE = ord(".")
ADJECTIVES = "random", "positive", "negative", "linked"
Letters = npt.NDArray[np.uint8]


@dataclass
class Letter:
    """The meaning of a letter. Adjectives may be abbreviated in a file."""

    value: float = 0.0
    random: bool = False
    positive: bool = False
    negative: bool = False
    linked: bool = False


@dataclass
class Description:
    """What a network file says.

    Attributes
    ----------
    weights : uint8 array [receiver, sender]
        Letters; "." where there is no weight.
    first, last : int array [receiver]
        The block of senders that a receiver has; `last` is one more than the last.
    biases : uint8 array [unit] or None
        None if the file has no biases.
    lines : int array [receiver]
        The line with the weights of a receiver.
    breaks : bool array [unit]
        Whether a block begins at a unit, or has ended before it.
    cells : int
        Weights of all blocks so far.
    places : dict of str to tuple of int
        Line and column of each letter of the weights and biases, where it is first.
    """

    units: int = 0
    inputs: int = 0
    outputs: int = 0
    letters: dict[str, Letter] = field(default_factory=dict)
    weights: Letters = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    first: npt.NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    last: npt.NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    lines: npt.NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    biases: Letters | None = None
    breaks: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    cells: int = 0
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def letter(self, code: int) -> Letter:
        """Return the meaning of a letter of a table."""
        return self.letters.get(chr(code).lower(), Letter())


def beside(file: cn.formats.InputFile, suffix: str) -> cn.formats.InputFile:
    """Return the file of the same name with another suffix, in capitals if that of the file is."""
    return file.beside(suffix.upper() if file.path.suffix.isupper() else suffix)


def read(file: cn.formats.InputFile) -> Description:
    """Return what a network file says.

    Raises
    ------
    FormatError
        If ``bp`` could not read it.
    """
    made = Description(letters={"r": Letter(random=True), "p": Letter(random=True, positive=True), "n": Letter(random=True, negative=True)})
    titles = ["definitions:", "constraints:", "network:", "biases:", "sigmas:", "end"]
    with file.scanner(comment="") as scanner:
        while not scanner.is_at_end:
            title = scanner.expect(*titles)
            if title == "biases:" and made.biases is not None:
                scanner.file.warn("'biases:' is given again; the last ones are read", *scanner.last_place)
            if title == "definitions:":
                _read_definitions(scanner, made)
            elif title == "constraints:":
                _read_constraints(scanner, made)
            elif title == "network:":
                _read_network(scanner, made)
            elif title == "biases:":
                made.biases = _read_row(scanner, made)
            elif title == "sigmas:":
                scanner.cannot("sigmas belong to harmony theory, and have no counterpart")
                _read_row(scanner, made)
        if not made.weights.size:
            scanner.fail("'network:', with 'definitions:' before it")
    _check_letters(file, made)
    return made


def _check_letters(file: cn.formats.InputFile, made: Description) -> None:
    """List the letters of weights and biases that have no meaning; without `strict`, these are 0."""
    codes = np.unique(np.concatenate([np.unique(made.weights), *([] if made.biases is None else [np.unique(made.biases)])]))
    for letter in {chr(code).lower(): None for code in codes.tolist() if code != NONE}:
        if letter not in made.letters:
            known = ", ".join(sorted(made.letters))
            text = f"found the letter {letter!r}, which 'constraints:' does not define; '.' or one of {known} may be here"
            file.cannot(text if file.strict else f"{text}; its weights are 0", *made.places.get(letter, (None, None)))


def _read_definitions(scanner: cn.formats.Scanner, made: Description) -> None:
    names = {"nunits": "units", "ninputs": "inputs", "noutputs": "outputs"}
    seen = set[str]()
    while not scanner.accept("end"):
        if scanner.peek().endswith(":"):
            scanner.fail("the name of a variable, or 'end'")
        name = scanner.take("the name of a variable, or 'end'")
        if name in seen:
            scanner.file.warn(f"{name!r} is given again; the last one is read", *scanner.last_place)
        seen.add(name)
        if name in names:
            setattr(made, names[name], scanner.whole_number(f"the number {name}", at_most=MOST_UNITS))
        else:
            scanner.take("the value of the variable")  # a parameter of training, such as nepochs


def _check_sizes(scanner: cn.formats.Scanner, made: Description) -> None:
    if made.inputs + made.outputs > made.units or not made.inputs or not made.outputs:
        line, column = scanner.last_place
        text = (
            f"nunits must be at least ninputs + noutputs, and these at least 1 (got {made.units}, {made.inputs} and {made.outputs} in the "
            "definitions before this)"
        )
        if not made.outputs:
            text += "; networks of other programs than bp, such as cs and iac, are not read"
        raise scanner.file.error(message=text, line=line, column=column)


def _read_constraints(scanner: cn.formats.Scanner, made: Description) -> None:
    while not scanner.accept("end"):
        letter = scanner.take("a letter, or 'end'")
        if len(letter) != 1 or not (letter.isascii() and letter.isalpha()):
            line, column = scanner.last_place
            raise scanner.file.error(repr(letter), "a letter, or 'end'", line=line, column=column)
        meaning = Letter()
        for word in scanner.line().split():
            chosen = [adjective for adjective in ADJECTIVES if adjective.startswith(word.lower())]
            if chosen:
                setattr(meaning, chosen[0], True)
            else:
                meaning.value = _value(scanner, word)
        made.letters[letter.lower()] = meaning


def _value(scanner: cn.formats.Scanner, word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        line, _ = scanner.last_place
        raise scanner.file.error(repr(word), f"a number, or one of {', '.join(ADJECTIVES)}", line=line)
    return value


def _read_network(scanner: cn.formats.Scanner, made: Description) -> None:
    _check_sizes(scanner, made)
    scanner.file.check_memory(48 * made.units * made.units + 2000 * made.units, f"{made.units} units")
    made.weights = np.full((made.units, made.units), NONE, np.uint8)
    made.first, made.last, made.lines = np.zeros((3, made.units), np.intp)
    made.breaks = np.zeros(made.units + 1, np.bool_)
    everything = 0, made.units, 0, made.units
    if not scanner.peek().startswith("%"):
        _read_block(scanner, made, everything, "")
    while not scanner.accept("end"):
        letter = _percent(scanner, made, "'%' with the numbers of a block, or 'end'")
        receiver = _part(scanner, made, "receiver")
        sender = _part(scanner, made, "sender")
        _read_block(scanner, made, (*receiver, *sender), letter)


def _percent(scanner: cn.formats.Scanner, made: Description, expected: str) -> str:
    """Take the beginning of a block, and return the letter of all its weights; empty if each has its own."""
    word = scanner.peek()
    if not word.startswith("%") or len(word) > 2 or (len(word) == 2 and word[1] != "." and not (word[1].isascii() and word[1].isalpha())):
        scanner.fail(expected)
    letter = scanner.take(expected)[1:]
    line, column = scanner.last_place
    made.places.setdefault(letter.lower(), (line, column + 1))
    return letter


def _part(scanner: cn.formats.Scanner, made: Description, what: str) -> tuple[int, int]:
    """Take the first unit and the number of units of a block."""
    first = scanner.whole_number(f"the first {what}", at_most=made.units - 1)
    return first, scanner.whole_number(f"the number of {what}s", at_least=1, at_most=made.units - first)


def _read_block(scanner: cn.formats.Scanner, made: Description, block: tuple[int, int, int, int], letter: str) -> None:
    receiver, receivers, sender, senders = block
    made.cells += receivers * senders
    if made.cells > MOST_CELLS:
        line, column = scanner.last_place
        raise scanner.file.error(message=f"the blocks up to here have more than {MOST_CELLS} weights", line=line, column=column)
    for each in range(receiver, receiver + receivers):
        row = letter.encode() * senders if letter else _letters(scanner, made, senders)
        if made.last[each]:
            scanner.cannot(f"a second block of weights to unit {each}, which replaces the first one in bp")
            made.weights[each] = NONE
        made.weights[each, sender : sender + senders] = np.frombuffer(row, np.uint8)
        made.first[each], made.last[each], made.lines[each] = sender, sender + senders, scanner.last_place[0]
    if receivers < made.units:
        made.breaks[[receiver, receiver + receivers, sender, sender + senders]] = True


def _letters(scanner: cn.formats.Scanner, made: Description, count: int) -> bytes:
    expected = f"{count} letters or points, one for each unit"
    word = scanner.peek()
    if len(word) != count or not all(each == "." or (each.isascii() and each.isalpha()) for each in word):
        scanner.fail(expected)
    letters = scanner.take(expected)
    if new := set(letters.lower()).difference(made.places):
        line, column = scanner.last_place
        made.places.update((letter, (line, column + letters.lower().index(letter))) for letter in new)
    return letters.encode()


def _read_row(scanner: cn.formats.Scanner, made: Description) -> Letters:
    """Return a letter for each unit: of a row for all, or of blocks."""
    _check_sizes(scanner, made)
    scanner.file.check_memory(made.units, f"{made.units} units")
    row = np.full(made.units, NONE, np.uint8)
    if not scanner.peek().startswith("%"):
        row[:] = np.frombuffer(_letters(scanner, made, made.units), np.uint8)
    while not scanner.accept("end"):
        letter = _percent(scanner, made, "'%' with the numbers of a block, or 'end'")
        first, count = _part(scanner, made, "unit")
        row[first : first + count] = np.frombuffer(letter.encode() * count if letter else _letters(scanner, made, count), np.uint8)
    return row
