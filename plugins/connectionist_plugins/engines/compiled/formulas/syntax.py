"""Questions about the syntax tree of a formula."""

from __future__ import annotations

import ast


def assigned_names(node: ast.AST) -> list[str]:
    """Return the names that are assigned in a part of a function, once for each assignment."""
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]


def single_definitions(definition: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return the values of the variables that are assigned once, to an expression."""
    found = {
        statement.targets[0].id: statement.value
        for statement in ast.walk(definition)
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
    }
    names = [*assigned_names(definition), *(each.arg for each in definition.args.args)]
    return {name: value for name, value in found.items() if names.count(name) == 1}


def measured_argument(node: ast.expr, arguments: set[str]) -> str | None:
    """Return the argument whose items ``range(len(argument))`` counts; None for anything else."""
    for function in ("range", "len"):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function and len(node.args) == 1):
            return None
        node = node.args[0]
    return node.id if isinstance(node, ast.Name) and node.id in arguments else None
