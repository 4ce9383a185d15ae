"""``connectionist plugins``: the installed plugins, and those that could not be loaded."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import connectionist as cn
from connectionist.plugins import registry
from connectionist.reporting.table import Table, print_tables


class Plugins(cn.Command):
    """List the plugins with their origins and what they offer, and those that could not be loaded."""

    name = "plugins"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare no arguments."""

    def run(self, arguments: Namespace) -> int:
        """Print a table of the loaded plugins and one of the failed ones. With a failed one, the exit status is 1."""
        working = Table("Plugins", ["name", "from", "offers"])
        broken = Table("Could not be loaded", ["name", "from", "reason"])
        for plugin in registry.get_registry().plugins:
            if plugin.failure:
                broken.rows.append([plugin.name, plugin.origin, plugin.failure])
            else:
                offers = [f"{kind.replace('_', ' ')}: {', '.join(names)}" for kind, names in plugin.offers.items()]
                working.rows.append([plugin.name, plugin.origin, plugin.note or "; ".join(offers)])
        print_tables(table for table in (working, broken) if table.rows)
        return 1 if broken.rows else 0


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist plugins``."""
    return [Plugins]
