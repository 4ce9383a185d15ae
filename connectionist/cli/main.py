"""The command line: finds the command, runs it, and turns whatever goes wrong into one line and an exit status.

====  ====================================================================================================================
0     it worked
1     a run failed: training diverged, or a plugin's own code raised
2     wrong use: something unknown, out of range, unwritable, or two plugins that clash
130   Ctrl-C; what was learned so far has been reported and kept
141   whoever read the output stopped reading, as ``head`` does
====  ====================================================================================================================

With ``CONNECTIONIST_DEBUG=1`` the whole traceback is shown as well. Nothing heavy is imported here, nor by any plugin when it is
loaded, so that help comes at once.
"""

from __future__ import annotations

import argparse
import errno
import inspect
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TextIO

import connectionist
from connectionist.cli.command import Command
from connectionist.errors import ConnectionistError, DivergenceError, ParameterError
from connectionist.plugins.registry import Plugin, Registry, load

FAILED, WRONG_USE, INTERRUPTED, UNREAD = 1, 2, 130, 141
PROGRAM = "connectionist"
DEBUG = "CONNECTIONIST_DEBUG"


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``connectionist`` with these words, those of the command line unless given, and return the exit status."""
    typed = sys.argv[1:] if argv is None else list(argv)
    _fill_in_streams()
    _heed_interrupts()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status = _status(typed)
        sys.stdout.flush()
    except OSError as error:
        _stop_writing()
        if isinstance(error, BrokenPipeError):
            return UNREAD
        _say(f"{PROGRAM}: error: cannot write ({error.strerror})")
        return FAILED
    except KeyboardInterrupt as interrupted:
        _say(f"{PROGRAM}: {interrupted or 'interrupted'}")
        return INTERRUPTED
    return status


def _status(typed: list[str]) -> int:
    try:
        return _run(typed)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else FAILED


def _run(typed: list[str]) -> int:
    options, rest = _plugin_options().parse_known_args(typed)
    try:
        with redirect_stdout(sys.stderr):  # what a plugin prints is not part of the output
            registry = load(options.plugins_dir, [_left_out(text) for text in options.p])
    except ConnectionistError as error:
        return _without_plugins(error, rest)
    for plugin in registry.failures:
        _say(f"{PROGRAM}: plugin {plugin.name!r} from {plugin.origin} could not be imported: {plugin.failure}")
    parser, commands = _parser(registry)
    arguments = parser.parse_args(rest)
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return WRONG_USE
    arguments.command_line = [PROGRAM, *typed]
    return _perform(commands[arguments.command], arguments, registry)


def _perform(command: Command, arguments: argparse.Namespace, registry: Registry) -> int:
    name = f"{PROGRAM} {arguments.command}"
    try:
        return command.run(arguments)
    except ConnectionistError as error:
        _say_error(name, str(error), error)
        return FAILED if isinstance(error, DivergenceError) else WRONG_USE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ENOSPC):
            raise  # of the output, not of the command
        last_line = traceback.format_exception_only(error)[-1].strip()
        culprit = _culprit(error.__traceback__, registry)
        blamed = f"plugin {culprit.name!r} from {culprit.origin}: " if culprit else ""
        _say_error(name, f"{blamed}{last_line} ({DEBUG}=1 shows where)", error)
        return FAILED


def _parser(registry: Registry) -> tuple[argparse.ArgumentParser, dict[str, Command]]:
    parser = _bare_parser()
    places = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=argparse.ArgumentParser)
    commands = {}
    for name in registry.names("commands"):
        command: Command = registry.find("commands", name)()
        description = inspect.cleandoc(type(command).__doc__ or "")
        try:
            command.add_arguments(argparse.ArgumentParser(parents=[_plugin_options()]))
        except Exception as error:
            origin = registry.origin("commands", name)
            _say(f"{PROGRAM}: plugin {origin.name!r} from {origin.origin}: command {name!r} left out: {type(error).__name__}: {error}")
            continue
        place = places.add_parser(
            name,
            help=description.partition("\n")[0].replace("%", "%%"),
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[_plugin_options()],
            allow_abbrev=False,
        )
        command.add_arguments(place)
        commands[name] = command
    return parser, commands


def _bare_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        PROGRAM,
        description="Simulate networks of simple units, as the connectionist literature describes them.",
        epilog=f"'{PROGRAM} COMMAND --help' says more about a command. {DEBUG}=1 shows the traceback of an error.",
        parents=[_plugin_options()],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {connectionist.__version__}")
    return parser


def _plugin_options() -> argparse.ArgumentParser:
    """Return the options that go before or after the command; they are taken off first, since plugins bring the commands."""
    parser = argparse.ArgumentParser(PROGRAM, add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("plugins")
    group.add_argument("--plugins-dir", action="append", default=[], metavar="DIR", help="add a folder of .py files, each a plugin")
    group.add_argument("-p", action="append", default=[], metavar="no:NAME", help="leave a plugin out, by the name that 'plugins' shows")
    return parser


def _left_out(text: str) -> str:
    if not text.startswith("no:") or text == "no:":
        raise ParameterError(f"-p: must be no:NAME, with the name of a plugin to leave out (got {text!r})")
    return text.removeprefix("no:")


def _without_plugins(error: ConnectionistError, rest: list[str]) -> int:
    """Say why there are no commands; whoever asks for help or the version gets it all the same."""
    _say_error(PROGRAM, str(error), error)
    if {"-h", "--help", "--version"} & set(rest):
        _bare_parser().parse_known_args(rest)
    return WRONG_USE


def _culprit(raised: TracebackType | None, registry: Registry) -> Plugin | None:
    """Return the plugin in whose code an error was raised, or that was called last before it was."""
    culprit = None
    for frame, _ in traceback.walk_tb(raised):
        module = frame.f_globals.get("__name__", "")
        for plugin in registry.plugins:
            if plugin.module and (module == plugin.module or module.startswith(plugin.module + ".")):
                culprit = plugin
    return culprit


def _fill_in_streams() -> None:
    """Write into nowhere what would go to a stream that the shell closed, which Python shows as None.

    A stream that does not know the signs of the reports, as in a terminal that is not UTF-8, gets "?" for them: no report is lost.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  (open as long as the process runs)


def _heed_interrupts() -> None:
    """Let SIGINT interrupt even a background job: shells start those with it ignored, but who sends it all the same means it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _stop_writing() -> None:
    """Let the interpreter flush into nowhere when it ends, or it would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None, line: str | None = None
) -> None:
    """Take the place of `warnings.showwarning`: one line, without the code that warned."""
    del filename, lineno, file, line
    _say(f"{PROGRAM}: warning: {message}" if issubclass(category, UserWarning) else f"{PROGRAM}: {category.__name__}: {message}")


def _say_error(name: str, text: str, error: BaseException) -> None:
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    _say(f"{name}: error: {text}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  (this is the command line)
