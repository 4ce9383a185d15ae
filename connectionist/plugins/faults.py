"""Errors in the code of plugins: which plugin raised an error, and a sentence that names the plugin, the file and the line."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from connectionist.errors import LONGEST_MESSAGE, ConnectionistError, PluginError
from connectionist.plugins.error_text import cause_of, error_text, is_in_module, place_in
from connectionist.plugins.registry import Plugin, Registry, get_registry
from connectionist.utils.visible_text import one_line

CHECKS_OF_ARGUMENTS = ("__init__", "__post_init__", "check_network")  # methods in which the simulator's errors are those of the caller
FILE_FORMATS = {"file_formats"}  # whose errors are those of the file that is read
RUN_OTHERS = {"engines", "commands"}  # kinds of plugins that run the code of other plugins


def describe_fault(error: BaseException) -> str:
    """Return a sentence on an error. If the code of a plugin raised it, the sentence names the plugin, the file and the line."""
    if isinstance(error, PluginError):  # it names the plugin
        return one_line(str(error), LONGEST_MESSAGE)
    text = one_line(str(error), LONGEST_MESSAGE) if isinstance(error, ConnectionistError) else error_text(error)
    plugin = raising_plugin(error)
    if plugin is None or (isinstance(error, ConnectionistError) and set(plugin.offers) <= RUN_OTHERS | FILE_FORMATS):
        return text
    place = place_in(error, plugin.module)
    return f"{plugin.title}: {text}{f' ({place})' if place else ''}"


def raising_plugin(error: BaseException) -> Plugin | None:
    """Return the plugin that raised an error: the innermost one in the traceback that is neither an engine nor a command.

    An engine or a command is returned only if the traceback has no other plugin, because engines and commands run the code of other
    plugins, and other plugins call engines.
    """
    registry = get_registry()
    if (called := _called_plugin(error, registry)) is not None:
        return called
    modules = {plugin.module: plugin for plugin in registry.plugins if plugin.module}
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, ConnectionistError):
        frames = _outside_checks(frames)
    found = [plugin for frame in frames for plugin in _plugins_of(frame.f_globals, modules)]
    others = [plugin for plugin in found if not _runs_others(plugin)]
    return next(reversed(others or found), None)


def _outside_checks(frames: list[FrameType]) -> list[FrameType]:
    """Return the frames that are no check of arguments, and not called by a check in their module."""
    outside: list[FrameType] = []
    checking: set[object] = set()
    for frame in frames:
        module = frame.f_globals.get("__name__")
        if frame.f_code.co_name in CHECKS_OF_ARGUMENTS:
            checking.add(module)
        if module not in checking:
            outside.append(frame)
    return outside


def _runs_others(plugin: Plugin) -> bool:
    """Return whether a plugin offers only engines and commands."""
    return set(plugin.offers) <= RUN_OTHERS


@contextmanager
def exits_as_errors() -> Iterator[None]:
    """Convert what a plugin raises and ``except Exception`` does not catch, such as SystemExit, into PluginError.

    The same for StopIteration of any function, which would end a loop of a caller. KeyboardInterrupt is not converted, and neither are the
    SystemExit of a command and what no plugin raised. The recursion limit is restored, since a plugin may have lowered it.

    Raises
    ------
    PluginError
    """
    recursion_limit = sys.getrecursionlimit()
    try:
        yield
    except StopIteration as error:
        text = f"{error_text(error)} ({place_in(error)})" if raising_plugin(error) is None else describe_fault(error)
        raise _converted(error, text) from cause_of(error)
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        plugin = raising_plugin(error)
        if plugin is None or (isinstance(error, SystemExit) and "commands" in plugin.offers):
            raise
        raise _converted(error, describe_fault(error)) from error
    finally:
        sys.setrecursionlimit(recursion_limit)


def _converted(error: BaseException, message: str) -> PluginError:
    converted = PluginError(message)
    vars(converted).update(vars(error))  # such as the run
    return converted


def _plugins_of(names: dict[str, object], modules: dict[str, Plugin]) -> list[Plugin]:
    """Return the plugin of a frame with these global names, if there is one."""
    module = names.get("__name__", "")
    return [plugin for name, plugin in modules.items() if is_in_module(module, name)]


def _called_plugin(error: BaseException, registry: Registry) -> Plugin | None:
    """Return the plugin whose method could not be called with the given arguments, so that its code is not in the traceback.

    Python's message begins with the qualified name of the method: "Parity.findings() takes 2 positional arguments …".
    """
    method = str(error).partition("()")[0] if type(error) is TypeError else ""
    for plugin in registry.plugins if method else ():
        offered = [base for kind, names in plugin.offers.items() for name in names for base in registry.find(kind, name).__mro__]
        others = [value for value in vars(sys.modules.get(plugin.module, object)).values() if isinstance(value, type)]
        for cls in [*offered, *others]:
            if is_in_module(cls.__module__, plugin.module) and method in {f"{cls.__qualname__}.{key}" for key in vars(cls)}:
                return plugin
    return None
