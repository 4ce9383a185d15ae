"""The directive ``command-line``: a section for each command that installed plugins offer, from the parser that reads what is typed."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser, HelpFormatter, _SubParsersAction
from collections.abc import Iterator, Sequence

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from connectionist.cli.main import make_parser
from connectionist.plugins import registry

TYPED = re.compile(r"'(connectionist [^']+)'")
EXAMPLES = re.compile(r":\n\n(?=  )")


class CommandLine(SphinxDirective):
    """Usage, description, arguments and options of every command."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        parser, _ = make_parser(registry.get_registry())
        (commands,) = (action for action in parser._actions if isinstance(action, _SubParsersAction))
        common = {option for action in parser._actions for option in action.option_strings}
        lines = [*_described(parser, parser._actions)]
        for command in commands.choices.values():
            lines += ["", command.prog, "~" * len(command.prog), ""]
            lines += _described(command, [action for action in command._actions if not common & set(action.option_strings)])
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def _described(command: ArgumentParser, actions: Sequence[Action]) -> Iterator[str]:
    """Yield a command with some of its arguments and options in reStructuredText."""
    yield from (".. code-block:: text", "")
    yield from (f"   {line}" for line in _usage(command, actions))
    yield from ("", _code(EXAMPLES.sub(":\n\n.. code-block:: sh\n\n", command.description or "")), "", f".. program:: {command.prog}", "")
    formatter = HelpFormatter(command.prog)
    for action in actions:
        if not isinstance(action, _SubParsersAction):
            yield from (f".. option:: {formatter._format_action_invocation(action)}", "", f"   {_code(formatter._expand_help(action))}", "")


def _usage(command: ArgumentParser, actions: Sequence[Action]) -> list[str]:
    formatter = HelpFormatter(command.prog, width=80)
    formatter.add_usage(None, actions, command._mutually_exclusive_groups, prefix="")
    return formatter.format_help().splitlines()


def _code(text: str) -> str:
    """Set commands in single quotes as code."""
    return TYPED.sub(r"``\1``", text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
