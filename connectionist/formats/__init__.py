"""Reading and writing of the files of other programs, for plugins with file formats.

A format is a plugin, a subclass of `FileFormat`. Its methods get an `InputFile` or an `OutputFile`, and read text with a `Scanner`.
``cn.read_examples``, ``cn.write_examples``, ``cn.read_network``, ``cn.write_network``, ``cn.read_weights`` and ``cn.write_weights`` find
the format of a file and call its methods. Each name is loaded at first use, since every plugin with a format imports this package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectionist.formats.blocks import Blocks, UnknownPartError
    from connectionist.formats.expressible import (
        check_examples,
        check_labels,
        check_network,
        check_perturbations,
        check_tie_derivative,
        find_function,
        function_call,
        list_missing_weights,
        without_targets,
        written_name,
    )
    from connectionist.formats.file_format import FileFormat
    from connectionist.formats.input_file import InputFile
    from connectionist.formats.numbers import pack_singles, parse_numbers
    from connectionist.formats.output_file import OutputFile
    from connectionist.formats.python_code import (
        arguments,
        columns,
        program,
        quoted,
        step_code,
        unit_names,
        write_arrays,
    )
    from connectionist.formats.scanner import Scanner
    from connectionist.formats.steps import Block, NetworkSteps, Part, Step, folded, network_steps
    from connectionist.formats.unit_order import BIAS, Numbers, UnitList, all_connections, depths, list_units, order_units
    from connectionist.formats.unit_table import Links, TableUnit, make_network
    from connectionist.formats.word_arrays import WordArrays

_NAMES = {
    "blocks": ("Blocks", "UnknownPartError"),
    "expressible": (
        "check_examples",
        "check_labels",
        "check_network",
        "check_perturbations",
        "check_tie_derivative",
        "find_function",
        "function_call",
        "list_missing_weights",
        "without_targets",
        "written_name",
    ),
    "file_format": ("FileFormat",),
    "input_file": ("InputFile",),
    "steps": ("Block", "NetworkSteps", "Part", "Step", "folded", "network_steps"),
    "numbers": ("pack_singles", "parse_numbers"),
    "output_file": ("OutputFile",),
    "scanner": ("Scanner",),
    "python_code": (
        "arguments",
        "columns",
        "program",
        "quoted",
        "step_code",
        "unit_names",
        "write_arrays",
    ),
    "unit_order": ("BIAS", "Numbers", "UnitList", "all_connections", "depths", "list_units", "order_units"),
    "unit_table": ("Links", "TableUnit", "make_network"),
    "word_arrays": ("WordArrays",),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "BIAS",
    "Block",
    "Blocks",
    "FileFormat",
    "InputFile",
    "Links",
    "NetworkSteps",
    "Numbers",
    "OutputFile",
    "Part",
    "Scanner",
    "Step",
    "TableUnit",
    "UnitList",
    "UnknownPartError",
    "WordArrays",
    "all_connections",
    "arguments",
    "check_examples",
    "check_labels",
    "check_network",
    "check_perturbations",
    "check_tie_derivative",
    "columns",
    "depths",
    "find_function",
    "folded",
    "function_call",
    "list_missing_weights",
    "list_units",
    "make_network",
    "network_steps",
    "order_units",
    "pack_singles",
    "parse_numbers",
    "program",
    "quoted",
    "step_code",
    "unit_names",
    "without_targets",
    "write_arrays",
    "written_name",
]


def __getattr__(name: str) -> Any:
    """Load a public name at first use (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module 'connectionist.formats' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(f"connectionist.formats.{_MODULES[name]}"), name)
