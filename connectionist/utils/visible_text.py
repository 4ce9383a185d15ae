r"""Text and values from elsewhere, made safe to show: in a message, a terminal, a page, a figure, JSON and a spreadsheet.

Characters that a terminal obeys, that change the order in which text is read, or that XML does not have, are written as escapes such as
``\x1b``. Line ends and tabs are kept, and so is every letter of every script.
"""

from __future__ import annotations

import re
import sys
from typing import TextIO

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tab and line feed
    "\u2028\u2029"  # line ends that are not line feeds
    "\u202a-\u202e\u2066-\u2069"  # text from right to left within text from left to right, and the reverse
    "\ud800-\udfff\ufffe\uffff]"  # bytes of a path that are not UTF-8, and no characters
)
FORMULA = re.compile("'*[=+\\-@\t\r\n]")  # beginnings of cells that a spreadsheet computes, and of cells with a mark
MARK = "'"  # in front of such a cell; spreadsheets take the rest as text
MOST_SHOWN, LONGEST_LINE = 80, 500  # characters of a value, and of a text, in a message


def visible_text(text: str) -> str:
    r"""Return text in which control characters are written as escapes.

    Examples
    --------
    >>> visible_text("a\x1b[31m\tb")
    'a\\x1b[31m\tb'
    """
    return UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


def encodable(text: str) -> str:
    r"""Return text in which half a pair of surrogates, which UTF-8 cannot encode, is written as an escape.

    Examples
    --------
    >>> encodable("a\ud800")
    'a\\ud800'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def visible_line(text: str) -> str:
    r"""Return text in one line, in which also tabs and line ends are written as escapes.

    Examples
    --------
    >>> visible_line("a\x1b[31m\nb")
    'a\\x1b[31m\\nb'
    """
    return visible_text(text).replace("\t", "\\t").replace("\n", "\\n")


def visible_json(text: str) -> str:
    r"""Return JSON text in which control characters are written as escapes of JSON, so that its value does not change.

    Examples
    --------
    >>> visible_json('"\x9b31m"')
    '"\\u009b31m"'
    """
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Return a text in one line, cut after 500 characters, with control characters escaped."""
    line = " ".join(text[: 10 * most].split())
    cut = line if len(line) <= most else f"{line[: most - 1]}…"
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in cut)


def shown(value: object, most: int = MOST_SHOWN) -> str:
    """Return a value for a message: its ``repr`` in one line, cut after `most` characters; its class if ``repr`` raises.

    Examples
    --------
    >>> shown("hidden"), shown("x" * 1000, 9)
    ("'hidden'", "'xxxxxxx…")
    """
    try:
        return one_line(repr(value[: 2 * most] if isinstance(value, str) else value), most)
    except Exception:  # the class may be a plugin's, and a very large number has no repr
        return f"an object of class {type(value).__qualname__}"


def print_text(text: str = "", file: TextIO | None = None) -> None:
    """Print text on standard output, or into another stream, without control characters. Everything is printed here or by rich."""
    print(visible_text(text), file=sys.stdout if file is None else file, flush=True)  # so that an error is raised here


def spreadsheet_cell(value: object) -> object:
    """Return a cell of a CSV file: text that a spreadsheet would compute has an apostrophe in front. Numbers are unchanged.

    Examples
    --------
    >>> spreadsheet_cell("=1+1"), spreadsheet_cell("-1.5"), spreadsheet_cell(-1.5), spreadsheet_cell("hidden:0")
    ("'=1+1", '-1.5', -1.5, 'hidden:0')
    """
    if not isinstance(value, str) or not FORMULA.match(value) or _is_number(value):
        return value
    return MARK + value


def from_spreadsheet_cell(text: str) -> str:
    """Return the text from which `spreadsheet_cell` made a cell. Escapes of control characters are not changed back.

    Examples
    --------
    >>> from_spreadsheet_cell("'=1+1"), from_spreadsheet_cell("'s"), from_spreadsheet_cell("-1.5")
    ('=1+1', "'s", '-1.5')
    """
    return text.removeprefix(MARK) if FORMULA.match(text) else text


def _is_number(text: str) -> bool:
    """Return whether a text is a number as Python writes it; "-1_0" and numbers with spaces around them are not."""
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|nan)", text, re.ASCII) is not None
