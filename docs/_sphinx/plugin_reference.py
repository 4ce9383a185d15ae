"""Directives on the installed plugins.

``plugin-reference:: KIND`` makes a section for each plugin of a kind, with the docstrings of module and classes. ``file-formats::`` makes
a table of the file formats, with their suffixes and what they can do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from connectionist.formats.file_format import ABILITIES, abilities
from connectionist.plugins import registry
from connectionist.reporting.plugin_description import first_line


class PluginReference(SphinxDirective):
    """Sections for everything that installed plugins offer under a hook, one for each module."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        kind = self.arguments[0]
        classes = [registry.find(kind, name) for name in registry.get_registry().names(kind)]
        if not classes:
            raise self.error(f"plugin-reference: no plugin offers {kind}")
        by_module = groupby(sorted(classes, key=lambda found: found.__module__), key=lambda found: found.__module__)
        lines = [line for module, found in by_module for line in _section(module, list(found))]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


class FileFormats(SphinxDirective):
    """A table of the file formats."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        names = registry.get_registry().names("file_formats")
        rows = [_format_row(registry.find("file_formats", name)) for name in names]
        lines = [".. list-table::", "   :header-rows: 1", ""]
        for row in [["name", "suffixes", "description", "can do"], *rows]:
            lines += [f"   {'* -' if place == 0 else '  -'} {cell}" for place, cell in enumerate(row)]
        return self.parse_text_to_nodes("\n".join(lines))


def _format_row(found: Any) -> list[str]:
    suffixes = " ".join(f"``{suffix}``" for suffix in found.suffixes + found.sniffed_suffixes)
    return [f"``{found.name}``", suffixes, first_line(found), ", ".join(ABILITIES[ability] for ability in abilities(found))]


def _section(module: str, classes: list[Any]) -> Iterator[str]:
    """Yield a module in reStructuredText: its docstring, then each class with its presets, if it has any."""
    title = ", ".join(offered.name for offered in classes)
    yield from (title, "~" * len(title), "", f".. automodule:: {module}", "")
    for offered in classes:
        yield from (f".. autoclass:: {module}.{offered.__name__}", "")
        yield from (f"   {line}" for line in _presets(getattr(offered, "presets", {})))
        yield ""


def _presets(presets: dict[str, dict[str, Any]]) -> Iterator[str]:
    if presets:
        yield ":Presets:"
    for name, parameters in presets.items():
        settings = ", ".join(f"``{key}={value!r}``" for key, value in parameters.items())
        yield f"   - ``{name}``: {settings or 'the defaults'}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the directive."""
    app.add_directive("plugin-reference", PluginReference)
    app.add_directive("file-formats", FileFormats)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
