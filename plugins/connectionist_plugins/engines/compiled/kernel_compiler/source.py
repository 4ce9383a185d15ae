"""The source text of functions, as a syntax tree."""

from __future__ import annotations
import __future__

import ast
import builtins
import linecache
from collections.abc import Callable, Iterator
from functools import lru_cache, reduce
from operator import or_
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.values import NotInSubset

FUTURE_FLAGS = reduce(or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


class Source(NamedTuple):
    """A function to compile.

    Attributes
    ----------
    definition : ast.FunctionDef
    file : str
        For messages.
    resolve : callable
        Returns the object that a name from outside the function means.
    """

    definition: ast.FunctionDef
    file: str
    resolve: Callable[[str], Any]


def source_of(function: FunctionType) -> Source:
    """Return the source of a function.

    Raises
    ------
    NotInSubset
        If there is none, or if it is not the one that the function was made from, as after an edit of the file.
    """
    code = function.__code__
    linecache.checkcache(code.co_filename)
    try:
        definitions, codes = _parsed("".join(linecache.getlines(code.co_filename, function.__globals__)), code.co_flags & FUTURE_FLAGS)
    except (SyntaxError, ValueError) as error:
        raise NotInSubset(f"the source of {function.__name__} cannot be read: {error}") from error
    found = definitions.get((code.co_name, code.co_firstlineno), [])
    if code not in codes or len(found) != 1:
        raise NotInSubset(f"the source of {function.__name__} is not known, or has changed")
    return Source(found[0], code.co_filename, lambda name: resolve(function, name))


@lru_cache(64)
def _parsed(text: str, flags: int) -> tuple[dict[tuple[str, int], list[ast.FunctionDef]], frozenset[CodeType]]:
    """Return the definitions in a file by name and first line, and the code of its functions."""
    tree = ast.parse(text)
    definitions: dict[tuple[str, int], list[ast.FunctionDef]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            definitions.setdefault((node.name, first), []).append(node)
    return definitions, frozenset(_codes(compile(tree, "<source>", "exec", flags, dont_inherit=True)))


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def resolve(function: FunctionType, name: str) -> Any:
    """Return the object that a name from outside a function means."""
    if name in function.__code__.co_freevars and function.__closure__ is not None:
        return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents
    for names in (function.__globals__, vars(builtins)):
        if name in names:
            return names[name]
    raise NotInSubset(f"{name} has no value")
