"""The registry of plugins: what each plugin offers, by kind and name.

pluggy's own loader stops at the first plugin that fails to import, and silently skips a second entry point of the same name. So the
registry loads plugins one by one: it notes a plugin that fails to import or breaks its contract, and goes on. Two plugins of the same name
are an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, field, replace
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

import pluggy

from connectionist.errors import ParameterError, PluginError, UnknownNameError, unknown_name
from connectionist.plugins import hookspecs
from connectionist.plugins.error_text import is_in_module
from connectionist.plugins.input_functions import InputFunction
from connectionist.plugins.neighbours import Neighbours
from connectionist.plugins.offers import fault_of_class, kind_with_name, name_of_both
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.parameters import check_class
from connectionist.plugins.sources import PluginSource, distinct_folders, find_sources
from connectionist.plugins.unknown_parameter import unknown_parameter
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.garbage_collection import no_garbage_collection
from connectionist.utils.visible_text import shown

Contract = TypeVar("Contract")

HOOKS = ("tasks", "update_rules", "learning_procedures", "activation_functions", "error_functions", "engines", "file_formats", "commands")
KINDS = (*HOOKS, "input_functions")  # input functions come by the hook of activation functions
HOOKABLE = (FunctionType, MethodType, staticmethod, classmethod)
NO_HOOKS = "offers nothing; is @cn.hookimpl missing?"
SINGULAR = {kind: kind.replace("_", " ").removesuffix("s") for kind in KINDS}
ONE = {kind: f"{'an' if name[0] in 'aeiou' else 'a'} {name}" for kind, name in SINGULAR.items()}


@with_assignment_errors
@dataclass(frozen=True)
class Plugin:
    """A plugin, loaded or failed.

    Attributes
    ----------
    name : str
        Name of its entry point, or of its file without ``.py``; ``-p no:NAME`` uses it.
    origin : str
        The distribution with its version, or the path of the file.
    offers : dict of str to tuple of str
        Names of the classes that it offers, by kind.
    failure : str or None
        If it could not be loaded, the last line of the traceback, with file and line, or the broken rule of a hook.
    module : str
        Name of its module; empty if it could not be loaded.
    note : str
        Why it offers nothing, if it has no hooks and no other file of its folder imports it; else empty.
    """

    name: str
    origin: str
    offers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failure: str | None = None
    module: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """The plugin in messages: "plugin", its name and its origin."""
        return f"plugin {self.name!r} from {self.origin}"


class _PluginManager(pluggy.PluginManager):
    """Looks for the mark of a hook in what can have it: pluggy takes long for each of the many other names of a module."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        if isinstance(plugin, ModuleType) and not isinstance(vars(plugin).get(name), HOOKABLE):
            return None
        return super().parse_hookimpl_opts(plugin, name)


class Registry:
    """The classes that all plugins offer, by kind and name. A kind is the name of a hook, such as "update_rules".

    Parameters
    ----------
    folders : sequence of path
        Folders of ``.py`` files, each a plugin, in addition to the installed plugins.
    without : sequence of str
        Names of plugins to leave out.

    Attributes
    ----------
    plugins : list of Plugin
        All plugins, those that could not be loaded included.
    folders, without : tuple of str
        What the registry was made with, so that another process can make the same; folders as absolute paths.

    Raises
    ------
    PluginError
        If two plugins have the same name, or if two classes of one kind have the same name.
    ParameterError
        If a folder does not exist.
    UnknownNameError
        If a plugin to leave out does not exist.
    """

    def __init__(self, folders: Sequence[str | Path] = (), without: Sequence[str] = ()) -> None:
        self.plugins: list[Plugin] = []
        self.folders = tuple(os.path.abspath(folder) for folder in folders)  # noqa: PTH100  (`Path.absolute` keeps "..")
        self.without = tuple(without)
        self._offers: dict[str, dict[str, tuple[Any, Plugin]]] = {kind: {} for kind in KINDS}
        self._engines: dict[type, Any] = {}
        self._manager = _PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        sources = find_sources(folders, without)
        self._neighbours = Neighbours(distinct_folders(folders))
        self._neighbours.install()
        for source in sources:
            self._add(source)
        self.plugins = [replace(each, note="") if each.module in self._neighbours.imported else each for each in self.plugins]

    @property
    def failures(self) -> list[Plugin]:
        """Plugins that could not be loaded."""
        return [plugin for plugin in self.plugins if plugin.failure]

    def names(self, kind: str) -> list[str]:
        """Return the names of the classes of a kind, sorted."""
        return sorted(self._offers[kind])

    def find(self, kind: str, name: str) -> Any:
        """Return a class by its kind and name.

        Raises
        ------
        UnknownNameError
            If no plugin offers it. The message lists the known names and the plugins that could not be loaded.
        ParameterError
            If the name is not text.
        """
        if not isinstance(name, str):
            raise ParameterError(f"{SINGULAR[kind]}: must be given by its name (got {describe_given(name)})")
        if name in self._offers[kind]:
            return self._offers[kind][name][0]
        error = self.unknown(kind, name, self.names(kind))
        for plugin in self.failures:
            error = type(error)(f"{error} ({plugin.title} could not be loaded: {plugin.failure})")
        raise error

    def unknown(self, kind: str, name: str, known: Sequence[str]) -> UnknownNameError:
        """Return an error for a name that no object of a kind has. The message says which other kinds have it."""
        others = [ONE[each] for each in KINDS if name in self._offers[each]]
        there_is = f" (there is {' and '.join(others)} of this name)" if others else ""
        return unknown_name(SINGULAR[kind], name, known, self.synonyms(kind), there_is)

    def with_defaults(self, kind: str, cls: type) -> Any:
        """Return an object with default parameters; for an engine, which is never changed, the same one in each call."""
        if kind != "engines":
            return cls()
        if cls not in self._engines:
            self._engines[cls] = cls()
        return self._engines[cls]

    def synonyms(self, kind: str) -> dict[str, str]:
        """Return the names of a kind by their synonyms, which messages on unknown names suggest."""
        return {synonym: name for name, (cls, _) in self._offers[kind].items() for synonym in getattr(cls, "synonyms", ())}

    def origin(self, kind: str, name: str) -> Plugin:
        """Return the plugin that offers a class.

        Raises
        ------
        UnknownNameError
            If no plugin offers it.
        """
        self.find(kind, name)
        return self._offers[kind][name][1]

    def _add(self, source: PluginSource) -> None:
        try:
            module = source.load(self._neighbours)
            self._register(source, module)
            offers = self._call_hooks(module)
        except PluginError as error:
            self.plugins.append(Plugin(source.name, source.origin, failure=str(error)))
            return
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also SystemExit: a plugin must not end the program
            self.plugins.append(Plugin(source.name, source.origin, failure=source.describe_failure(error)))
            return
        offered_names = {kind: tuple(offered) for kind, offered in offers.items() if offered}
        note = "" if self._manager.get_hookcallers(module) else NO_HOOKS
        plugin = Plugin(source.name, source.origin, offered_names, module=module.__name__, note=note)
        self.plugins.append(plugin)
        for kind, offered in offers.items():
            for name, cls in offered.items():
                self._add_offer(kind, name, cls, plugin)

    def _register(self, source: PluginSource, module: ModuleType) -> None:
        try:
            self._manager.register(module, name=source.name)
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            if self._manager.is_registered(module):
                self._manager.unregister(module)
            reason = str(error).splitlines()[-1].partition(" in plugin ")[0]
            raise PluginError(f"{reason}; the hooks are {', '.join(HOOKS)}") from None

    def _call_hooks(self, module: ModuleType) -> dict[str, dict[str, Any]]:
        """Return the classes that a module offers, by kind and name."""
        offers: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for hook in HOOKS:
            for cls in self._call_hook(hook, module):
                kind = "input_functions" if issubclass(cls, InputFunction) else hook
                if taken := kind_with_name(kind, cls, offers):
                    raise PluginError(f"offers two {name_of_both(kind, taken)} named {cls.name!r}")
                offers[kind][cls.name] = cls
        return offers

    def _call_hook(self, kind: str, module: ModuleType) -> list[Any]:
        """Return the classes that a hook of a module returns, which may have the same name."""
        implementations = getattr(self._manager.hook, kind).get_hookimpls()
        offered: list[Any] = []
        for returned in (hook.function() for hook in implementations if hook.plugin is module):
            if not isinstance(returned, Iterable):
                raise PluginError(f"{kind}() must return a list of classes (got {shown(returned)})")
            for cls in returned:
                if fault := fault_of_class(kind, cls):
                    raise PluginError(fault)
                if issubclass(cls, InputFunction) and kind != "activation_functions":
                    raise PluginError(f"{kind}() returns the input function {cls.__name__}; return it from activation_functions()")
                offered.append(cls)
        return offered

    def _add_offer(self, kind: str, name: str, cls: type, plugin: Plugin) -> None:
        offered = {each: {found: offer[0] for found, offer in offers.items()} for each, offers in self._offers.items()}
        if taken := kind_with_name(kind, cls, offered):
            other = self._offers[taken][name][1]
            raise PluginError(
                f"two {name_of_both(kind, taken)} are named {name!r}, one from plugin {other.name!r} ({other.origin}) "
                f"and one from plugin {plugin.name!r} ({plugin.origin}); leave one out with -p no:{plugin.name}"
            )
        self._offers[kind][name] = (cls, plugin)


_registry: Registry | None = None


def get_registry() -> Registry:
    """Return the registry in use. Without a call of `load` it has all installed plugins."""
    global _registry  # noqa: PLW0603  (one set of plugins per process)
    if _registry is None:
        with no_garbage_collection():
            _registry = Registry()
    return _registry


def load(folders: Sequence[str | Path] = (), without: Sequence[str] = ()) -> Registry:
    """Replace the registry in use: find all plugins again, with folders added and some plugins left out.

    Parameters
    ----------
    folders : sequence of path
        Folders of ``.py`` files, each a plugin, like ``--plugins-dir``.
    without : sequence of str
        Names of plugins to leave out, like ``-p no:NAME``.

    Returns
    -------
    Registry

    Raises
    ------
    PluginError, ParameterError, UnknownNameError
        As for `Registry`.
    """
    global _registry  # noqa: PLW0603  (one set of plugins per process)
    _registry = Registry(folders, without)
    return _registry


def find(kind: str, name: str) -> Any:
    """Return a class from the registry in use, by its kind and name.

    Parameters
    ----------
    kind : str
        Kind of plugin: "tasks", "update_rules", "learning_procedures", "activation_functions", "input_functions", "error_functions",
        "engines", "file_formats" or "commands".
    name : str

    Raises
    ------
    UnknownNameError
        If no plugin offers it. The message lists the known names.
    """
    return get_registry().find(kind, name)


def describe_origin(cls: type) -> str:
    """Return the beginning of a message on a class: the plugin whose module has it, and a colon; "" if no plugin has it."""
    origins = [plugin.title for plugin in get_registry().plugins if plugin.module and is_in_module(cls.__module__, plugin.module)]
    return f"{origins[0]}: " if origins else ""


def resolve(kind: str, given: object, *contracts: type[Contract], what: str) -> Contract:
    """Return an object given by a user as a name or as the object itself.

    Parameters
    ----------
    kind : str
        Name of a hook.
    given : object
        A name, which gives an object with default parameters, or an object of one of the contracts, which is returned.
    *contracts : type
        Base classes of this kind.
    what : str
        Name of the argument in messages, such as "train.engine".

    Raises
    ------
    ParameterError
        If it is neither the name of an object of one of the contracts nor such an object, or if its class has a fault or no name.
    UnknownNameError
        If no plugin offers this name.
    """
    if not isinstance(given, str) and isinstance(given, contracts):
        check_named(given)
        return given
    made: object = get_registry().with_defaults(kind, find(kind, given)) if isinstance(given, str) else given
    if isinstance(made, contracts):
        return made
    allowed = " or ".join(contract.__name__ for contract in contracts)
    raise ParameterError(f"{what}: must be the name of {ONE[kind]} or an object of class {allowed} (got {describe_given(given)})")


def check_named(given: object) -> None:
    """Raise ParameterError if the class of an object that a user made has a fault, or no name, which records and reports have."""
    kind = type(given)
    check_class(kind)
    if not isinstance(getattr(kind, "name", None), str):
        raise ParameterError(f"{kind.__name__}: must have a name, as in name = {kind.__name__.lower()!r}")


def describe_given(given: object) -> str:
    """Return a value in a message. If it is a class, or a function of this package, the text says how an object is made.

    Examples
    --------
    >>> describe_given(3), describe_given(Plugin)
    ('3', 'the class Plugin; an object of it is Plugin(…)')
    """
    if isinstance(given, type):
        return f"the class {given.__name__}; an object of it is {given.__name__}(…)"
    if isinstance(given, FunctionType) and given.__module__.startswith(f"{hookspecs.PROJECT}."):
        return f"the function {given.__name__}; call it, as in {given.__name__}(…)"
    return shown(given, 200)


def make(kind: str, name: str, parameters: dict[str, Any]) -> Any:
    """Return a new object of a class in the registry.

    Parameters
    ----------
    kind, name : str
        As for `find`.
    parameters : dict of str to object
        Its parameters; those that are missing have their defaults.

    Raises
    ------
    UnknownNameError
        If no plugin offers it.
    ParameterError
        If a parameter does not exist, or is missing and has no default. The class may also reject a value.
    """
    cls = find(kind, name)
    known = parameters_of(cls)
    for parameter in parameters:
        if parameter not in known:
            raise unknown_parameter(cls, parameter)
    for parameter, default in known.items():
        if default is MISSING and parameter not in parameters:
            raise ParameterError(f"{name}.{parameter}: must be given, since it has no default")
    return cls(**parameters)
