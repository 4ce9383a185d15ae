"""What an error of numba says about a formula, in the words of this engine. Numba's own text has its internals, paths and many lines."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from connectionist.utils.caller_warnings import warn_caller

FAILED = "Failed in nopython mode"  # beginning of lines that name only the step of the compiler
SAID: tuple[tuple[str, str], ...] = (  # a pattern of numba's text, and what it means for a formula
    (r"setitem\(readonly array", "it writes into an argument that it may only read"),
    (r"No implementation of function Function\(<.*?([^\s']+)'?>\) found for signature:\s+>>> \w+\((.*)\)", "{} is not compiled for ({})"),
    (r"Unknown attribute '(\w+)' of type \w*Parameters\b", "it reads the attribute {}, which is no parameter with a number"),
    (r"Cannot bind '.*' to signature '\((.*)\)'", "it calls a function with other arguments than ({})"),
    (r"use of yield in a closure", "it has a generator expression"),
    (r"unsupported opcode \(IMPORT_NAME\)", "it imports a module"),
    (r"unsupported opcode \(STORE_GLOBAL\)", "it assigns a global variable"),
    (r"unsupported opcode \(UNPACK_EX\)", "it unpacks with a star, as in `first, *rest = …`"),
    (r"unsupported opcode \(MATCH_\w+\)", "it has a match statement with a pattern that is not compiled"),
    (r"unsupported opcode \((\w+)\)", "it has Python that is not compiled, {}"),
    (r"del found at: del (\w+)", "it deletes {}"),
    (r"failed to unpack (.*)", "it unpacks something of type {}"),
    (r"Invalid use of getiter", "it loops over values of different kinds"),
)
OPERATORS = {  # names in the module operator, and symbols
    **{"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@"},
    **{"lshift": "<<", "rshift": ">>", "and_": "&", "or_": "|", "xor": "^"},
}
SYMBOLS = {
    **OPERATORS,
    **{f"i{name.rstrip('_')}": f"{symbol}=" for name, symbol in OPERATORS.items()},  # those in place
    **{"lt": "<", "le": "<=", "eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "contains": "in", "getitem": "[…]"},
    **{"neg": "-", "pos": "+", "invert": "~", "not_": "not"},
}
TYPES = (  # numba's names of types, and Python's
    (r"(?:Uni)?Tuple\((?:[^()]|\([^()]*\))*\)", "tuple"),
    (r"Literal\[(\w+)\]\([^()]*\)", r"\1"),
    (r"OptionalType\(([^()]*)\)", r"\1 or None"),
    (r"\bu?(float|int|complex)\d+\b", r"\1"),
    (r"\bunicode_type\b", "str"),
    (r"\bnone\b", "None"),
)


UNREAD = re.compile(r"Environment variable '(\w+)' is defined but its associated value '(.*)' could not be parsed", re.DOTALL)


@contextmanager
def numba_warnings_in_words() -> Iterator[None]:
    """Give each warning of an environment variable that numba cannot read as one sentence. Numba's own has a traceback."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield
    for each in found:
        if unread := UNREAD.search(str(each.message)):
            warn_caller(f"environment variable {unread[1]}: numba cannot read the value {unread[2]!r}, and uses its default")
        else:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)


def numba_reason(error: Exception) -> str:
    """Return why numba cannot compile a formula. If its text is not in `SAID`, the reason has its first line that says something."""
    text = "\n".join(line for line in str(error).splitlines() if line.strip() and not line.startswith(FAILED))
    text = re.sub(r"(?<=<built-in function )\w+", lambda found: symbol_of(found[0]), text)
    for pattern, words in SAID:
        if found := re.search(pattern, text):
            return words.format(*map(with_types_of_python, found.groups()))
    first = text.partition("\n")[0] or type(error).__name__
    return f"numba does not compile it: {with_types_of_python(first).rstrip('.')}"


def symbol_of(function: str) -> str:
    """Return the symbol of a function of the module operator, given by name; other names are unchanged."""
    return SYMBOLS.get(function, function)


def with_types_of_python(text: str) -> str:
    """Return a text with numba's names of types replaced by those of Python."""
    for pattern, name in TYPES:
        text = re.sub(pattern, name, text)
    return text
