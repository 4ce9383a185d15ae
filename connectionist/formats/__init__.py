"""Reading and writing of the files of other programs, for plugins with file formats.

A format is a plugin, a subclass of `FileFormat`. Its methods get an `InputFile` or an `OutputFile`, and read text with a `Scanner`.
``cn.read_examples``, ``cn.write_examples``, ``cn.read_network``, ``cn.write_network``, ``cn.read_weights`` and ``cn.write_weights`` find
the format of a file and call its methods. Each name is loaded at first use, since every plugin with a format imports this package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectionist.formats.file_format import FileFormat
    from connectionist.formats.input_file import InputFile
    from connectionist.formats.numbers import count_words, parse_numbers
    from connectionist.formats.output_file import OutputFile
    from connectionist.formats.scanner import Scanner

_MODULES = {
    "FileFormat": "file_format",
    "InputFile": "input_file",
    "OutputFile": "output_file",
    "Scanner": "scanner",
    "count_words": "numbers",
    "parse_numbers": "numbers",
}

__all__ = ["FileFormat", "InputFile", "OutputFile", "Scanner", "count_words", "parse_numbers"]


def __getattr__(name: str) -> Any:
    """Load a public name at first use (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module 'connectionist.formats' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(f"connectionist.formats.{_MODULES[name]}"), name)
