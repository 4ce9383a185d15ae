"""``connectionist plugins``: what is installed, and what failed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from connectionist.cli.command import Command
from connectionist.plugins import registry
from connectionist.plugins.hookspecs import hookimpl
from connectionist.reporting.table import Table, show


class Plugins(Command):
    """List the plugins: where each comes from, what it offers, and which could not be imported."""

    name = "plugins"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare none."""

    def run(self, arguments: Namespace) -> int:
        """Show a table of those that work and one of those that do not."""
        working = Table("Plugins", ["name", "from", "offers"])
        broken = Table("Could not be imported", ["name", "from", "why"])
        for plugin in registry.loaded().plugins:
            if plugin.failure:
                broken.rows.append([plugin.name, plugin.origin, plugin.failure])
            else:
                offers = [f"{kind.replace('_', ' ')}: {', '.join(names)}" for kind, names in plugin.offers.items()]
                working.rows.append([plugin.name, plugin.origin, "; ".join(offers)])
        show(table for table in (working, broken) if table.rows)
        return 0


@hookimpl
def commands() -> Sequence[type[Command]]:
    """Offer ``plugins``."""
    return [Plugins]
