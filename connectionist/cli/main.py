"""The main function of the command line: it finds the command, runs it, and turns every error into one line and an exit status.

====  ====================================================================================================================
0     success
1     a run failed: training diverged, or the code of a plugin raised an error
2     wrong use: an unknown name, a value out of range, a file or standard output that cannot be written, or plugins that clash
129   SIGHUP ended the command: the terminal was closed
130   SIGINT ended the command: Ctrl-C
143   SIGTERM ended the command
141   the reader of the output closed it, as ``head`` does
====  ====================================================================================================================

After a signal that ended training, the results so far have been reported and written.

With ``CONNECTIONIST_DEBUG=1`` the traceback of an error is printed too. Neither this module nor the import of a plugin may import a
package that is slow to import, so that help is printed at once.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import warnings
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from types import NoneType
from typing import Any, NoReturn

import connectionist
from connectionist.cli import streams
from connectionist.cli.command import Command
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.streams import DEBUG, PROGRAM, print_error, print_message
from connectionist.errors import (
    ConnectionistError,
    DivergenceError,
    FileError,
    ParameterError,
    PluginError,
    shorten,
)
from connectionist.learning.stop_signals import StopSignals, handle_stop_signals
from connectionist.plugins.error_text import error_text
from connectionist.plugins.faults import describe_fault, exits_as_errors, raising_plugin
from connectionist.plugins.registry import Registry, describe_origin, load
from connectionist.utils.visible_text import shown, visible_line

SUCCESS, FAILED, WRONG_USE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141
FUNCTIONS = ("run", "run_seeds", "Study")  # whose arguments have the names of options
SIGNALLED = 128  # and the number of the signal


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``connectionist``.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after the name of the program; those of the process by default.

    Returns
    -------
    int
        Exit status.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    streams.prepare_streams()
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(streams.OutputStream(sys.stdout)))
        stack.enter_context(redirect_stderr(streams.ErrorStream(sys.stderr)))
        signals = stack.enter_context(handle_stop_signals(streams.announce))
        try:
            status = _status_or_interrupted(words, signals)
        except KeyboardInterrupt as interrupted:  # a further signal while the first was reported
            status = _report_interrupt(signals, interrupted)
    return SIGNALLED + signals.number if signals.number else status


def _status_or_interrupted(words: list[str], signals: StopSignals) -> int:
    """Return the exit status, also if an interrupt ends the command or the output cannot be written."""
    try:
        signals.allow()
        with warnings.catch_warnings():
            warnings.showwarning = streams.show_warning
            status = _exit_status(words)
        sys.stdout.flush()
    except BrokenPipeError:
        return BROKEN_PIPE
    except FileError as error:  # standard output, of the help for example
        print_message(f"{PROGRAM}: error: {error}")
        return WRONG_USE
    except KeyboardInterrupt as interrupted:
        return _report_interrupt(signals, interrupted)
    return status


def _report_interrupt(signals: StopSignals, interrupted: KeyboardInterrupt) -> int:
    signals.close()
    print_message(f"{PROGRAM}: {str(interrupted) or f'interrupted{signals.cause} before the command was finished'}")
    return INTERRUPTED


def _exit_status(words: list[str]) -> int:
    """Return the exit status, also if `argparse` exits."""
    try:
        return _run(words)
    except SystemExit as stop:
        if isinstance(stop.code, int) or stop.code is None:
            return stop.code or SUCCESS
        print_message(str(stop.code))
        return FAILED


def _run(words: list[str]) -> int:
    for word in words:
        if word.startswith("-") and word.endswith("=--"):  # before Python 3.13, argparse makes an empty list of it
            _bare_parser().error(f"argument {word.removesuffix('=--')}: must not be '--'")
    options, rest = plugin_options().parse_known_args(words)
    try:
        with plugin_code():
            registry = load(options.plugins_dir, [_plugin_to_leave_out(text) for text in options.p])
    except ConnectionistError as error:
        return _report_clash(error, rest)
    for plugin in registry.plugins:
        if plugin.failure:
            print_message(f"{PROGRAM}: {plugin.title} could not be loaded: {plugin.failure}")
        elif plugin.note:
            print_message(f"{PROGRAM}: {plugin.title} {plugin.note}")
    parser, commands = make_parser(registry)
    arguments = parser.parse_args(rest)
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return WRONG_USE
    arguments.command_line = [PROGRAM, *words]
    return _execute(commands[arguments.command], arguments)


def _execute(command: Command, arguments: argparse.Namespace) -> int:
    name = f"{PROGRAM} {arguments.command}"
    try:
        with exits_as_errors():
            status: object = command.run(arguments)
        if not isinstance(status, (int, NoneType)):
            owner = f"{describe_origin(type(command))}command {arguments.command!r}"
            raise PluginError(f"{owner}: run(arguments) must return an exit status (got {shown(status)})")
        return status or SUCCESS
    except (DivergenceError, PluginError) as error:
        print_error(name, str(error), error)
        return FAILED
    except ConnectionistError as error:  # a plugin may have made the call
        print_error(name, _with_option(describe_fault(error), command, arguments.command), error)
        return WRONG_USE
    except Exception as error:
        plugin = raising_plugin(error)
        if isinstance(error, BrokenPipeError) and (plugin is None or "commands" in plugin.offers):
            raise  # the reader of the output is gone
        print_error(name, f"{describe_fault(error)} ({DEBUG}=1 shows the traceback)", error)
        return FAILED


def _with_option(text: str, command: Command, name: str) -> str:
    """Return a message on an argument of a function with the option or argument of the command in its place, if that has its name."""
    found = re.match(r"(\w+)\.(\w+)(?=(\[\d+\])?: )", text)
    if found is None or found[1] not in (name.replace("-", "_"), *FUNCTIONS):
        return text
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    for action in parser._actions:
        if action.dest == found[2]:
            return f"{(action.option_strings or [str(action.metavar or action.dest)])[-1]}{text[found.end() :]}"
    return text


class _Parser(argparse.ArgumentParser):
    """A parser whose messages have no control characters, since a word of the command line may be the name of a file from elsewhere.

    If the help cannot be printed, it raises the error of the stream, which `argparse` ignores.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # A word that begins with "-" and a digit is a value, as in "--seeds -1-3", and not only if it is a number.
        self._negative_number_matcher = re.compile(r"-\.?\d")

    def _print_message(self, message: str, file: Any = None) -> None:
        (sys.stderr if file is None else file).write(message or "")

    def error(self, message: str) -> NoReturn:
        """Print a message and exit."""
        super().error(visible_line(shorten(message)))


def make_parser(registry: Registry) -> tuple[argparse.ArgumentParser, dict[str, Command]]:
    """Return the parser and the commands by name. A command whose arguments cannot be declared is left out with a message."""
    parser = _bare_parser()
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=_Parser)
    commands = {}
    for name in registry.names("commands"):
        command = _command(registry, name)
        if command is not None:
            description = inspect.cleandoc(type(command).__doc__ or "")
            subparser = subparsers.add_parser(
                name,
                help=description.partition("\n")[0].replace("%", "%%"),
                description=description,
                formatter_class=argparse.RawDescriptionHelpFormatter,
                parents=[plugin_options()],
                allow_abbrev=False,
            )
            command.add_arguments(subparser)
            commands[name] = command
    return parser, commands


def _command(registry: Registry, name: str) -> Command | None:
    """Return a command that can declare its arguments, or print why it cannot and return None."""
    try:
        command: Command = registry.find("commands", name)()
        command.add_arguments(argparse.ArgumentParser(parents=[plugin_options()]))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit: other commands must work
        print_message(f"{PROGRAM}: {registry.origin('commands', name).title}: command {name!r} left out: {error_text(error)}")
        return None
    return command


def _bare_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        PROGRAM,
        description="Simulate connectionist (PDP) networks of simple units.",
        epilog=f"'{PROGRAM} COMMAND --help' describes a command. The environment variable {DEBUG}=1 shows the traceback of an error.",
        parents=[plugin_options()],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {connectionist.__version__}")
    return parser


def plugin_options() -> _Parser:
    """Return the parser of the options that may come before or after the command. They are parsed first, because plugins add commands."""
    parser = _Parser(PROGRAM, add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("plugins")
    group.add_argument("--plugins-dir", action="append", default=[], metavar="DIR", help="add a folder of .py files, each a plugin")
    group.add_argument("-p", action="append", default=[], metavar="no:NAME", help="leave out the plugin NAME, as 'plugins' lists it")
    return parser


def _plugin_to_leave_out(text: str) -> str:
    if not text.startswith("no:") or text == "no:":
        raise ParameterError(f"-p: must be no:NAME, with the name of a plugin to leave out (got {text!r})")
    return text.removeprefix("no:")


def _report_clash(error: ConnectionistError, rest: list[str]) -> int:
    """Print why no plugin could be loaded, and the help or the version if they are asked for."""
    print_error(PROGRAM, str(error), error)
    if {"-h", "--help", "--version"} & set(rest):
        _bare_parser().parse_known_args(rest)
    return WRONG_USE
