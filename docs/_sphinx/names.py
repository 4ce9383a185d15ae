"""Names in single backticks and in types: parameters become code, public names become links, whatever module the docstring is in.

Names of Python and numpy stay text: links to them need the network.
"""

from __future__ import annotations

import builtins
import inspect
import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

FOREIGN = re.compile(r"(python|numpy)[:.]")
NAME = re.compile(r"(?<![`:\w])`(\w+)`(?![`_\w])")


def _mark_parameters(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Set parameters as code, before numpydoc reads the docstring."""
    known = _parameters(thing) | _parameters(_owner(name))
    lines[:] = [NAME.sub(lambda found: f"``{found[1]}``" if found[1] in known else found[0], line) for line in lines]


def _owner(name: str) -> Any:
    """Return the class that a method or property is documented with."""
    import connectionist

    owner: Any = connectionist
    for part in name.split(".")[1:-1]:
        owner = getattr(owner, part, None)
    return owner


def _parameters(thing: Any) -> set[str]:
    try:
        return set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return set()


def _foreign(app: Sphinx, env: BuildEnvironment, named: pending_xref, text: nodes.TextElement) -> nodes.Node | None:
    """Show a name of Python or numpy as text; numpydoc writes ``python:str`` for str."""
    target = named["reftarget"]
    return nodes.inline("", FOREIGN.sub("", text.astext())) if FOREIGN.match(target) or hasattr(builtins, target) else None


def _public(app: Sphinx, env: BuildEnvironment, named: pending_xref, text: nodes.TextElement) -> Any:
    """Link to the one documented object whose qualified name ends with the target; of a name in this package the last part counts."""
    if named.get("refdomain") != "py":
        return None
    domain, target = env.domains.python_domain, named["reftarget"]
    ending = target.rpartition(".")[2] if target.startswith("connectionist.") else target
    found = domain.find_obj(env, None, None, ending, None, 1)
    return domain.resolve_xref(env, named["refdoc"], app.builder, "obj", found[0][0], named, text) if len(found) == 1 else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect."""
    app.connect("autodoc-process-docstring", _mark_parameters, priority=400)
    app.connect("missing-reference", _foreign)
    app.connect("missing-reference", _public)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
