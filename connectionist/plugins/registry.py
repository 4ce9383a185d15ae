"""Finds plugins, asks each what it offers, and refuses two things of one name.

pluggy's own loader stops at the first plugin that fails to import and passes over a second entry point of one name in silence, so
entry points are loaded one by one here: a plugin that fails is noted and the rest go on; two of one name are an error.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pluggy

from connectionist.errors import ParameterError, PluginError, unknown
from connectionist.plugins import hookspecs
from connectionist.plugins.parameters import parameters_of

Contract = TypeVar("Contract")

KINDS = ("tasks", "update_rules", "activation_functions", "error_functions", "engines", "commands")
WORDS = {kind: kind.replace("_", " ").removesuffix("s") for kind in KINDS}


@dataclass(frozen=True)
class Plugin:
    """A plugin that was found.

    Attributes
    ----------
    name : str
        Of its entry point, or of its file without ``.py``; what ``-p no:NAME`` takes.
    origin : str
        The distribution with its version, or the file.
    offers : dict of str to tuple of str
        Names of what it offers, by hook.
    failure : str or None
        The last line of its traceback when it could not be imported.
    module : str
        Name of its module.
    """

    name: str
    origin: str
    offers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failure: str | None = None
    module: str = ""


class Registry:
    """Everything that the plugins found offer, by kind and name.

    Parameters
    ----------
    folders : sequence of path
        Folders of plain ``.py`` files, each a plugin.
    without : sequence of str
        Names of plugins to leave out.

    Raises
    ------
    PluginError
        When two plugins have one name, two offers of a kind have one name, or a plugin has a hook that does not exist.
    ParameterError
        When a folder does not exist.
    UnknownNameError
        When a plugin to leave out does not exist.
    """

    def __init__(self, folders: Sequence[str | Path] = (), without: Sequence[str] = ()) -> None:
        self.plugins: list[Plugin] = []
        self._offers: dict[str, dict[str, tuple[Any, Plugin]]] = {kind: {} for kind in KINDS}
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        found = [*_installed(), *_in_folders(folders)]
        for name in without:
            if name not in [source.name for source in found]:
                raise unknown("plugin to leave out", name, [source.name for source in found])
        wanted = [source for source in found if source.name not in without]
        _check_distinct(wanted)
        for source in wanted:
            self._add(source)

    @property
    def failures(self) -> list[Plugin]:
        """The plugins that could not be imported."""
        return [plugin for plugin in self.plugins if plugin.failure]

    def names(self, kind: str) -> list[str]:
        """Return the names of what is offered under a hook, sorted."""
        return sorted(self._offers[kind])

    def find(self, kind: str, name: str) -> Any:
        """Return the class offered under a hook by a name.

        Raises
        ------
        UnknownNameError
            When nothing goes by this name; it lists what does, and which plugins failed.
        """
        if name in self._offers[kind]:
            return self._offers[kind][name][0]
        error = unknown(WORDS[kind], name, self.names(kind))
        for plugin in self.failures:
            error = type(error)(f"{error} (plugin {plugin.name!r} from {plugin.origin} could not be imported: {plugin.failure})")
        raise error

    def origin(self, kind: str, name: str) -> Plugin:
        """Return the plugin that offers something."""
        self.find(kind, name)
        return self._offers[kind][name][1]

    def _add(self, source: PluginSource) -> None:
        try:
            module = source.load()
            self._register(source, module)
            offers = {kind: self._ask(kind, module, source) for kind in KINDS}
        except PluginError:
            raise
        except (Exception, SystemExit) as error:
            last_line = traceback.format_exception_only(error)[-1].strip()
            self.plugins.append(Plugin(source.name, source.origin, failure=last_line))
            return
        offered_names = {kind: tuple(offered) for kind, offered in offers.items() if offered}
        plugin = Plugin(source.name, source.origin, offered_names, module=module.__name__)
        self.plugins.append(plugin)
        for kind, offered in offers.items():
            for name, thing in offered.items():
                self._offer(kind, name, thing, plugin)

    def _register(self, source: PluginSource, module: ModuleType) -> None:
        try:
            self._manager.register(module, name=source.name)
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            reason = str(error).splitlines()[-1]
            raise PluginError(f"plugin {source.name!r} from {source.origin}: {reason}; the hooks are {', '.join(KINDS)}") from None

    def _ask(self, kind: str, module: ModuleType, source: PluginSource) -> dict[str, Any]:
        implementations = getattr(self._manager.hook, kind).get_hookimpls()
        offered: dict[str, Any] = {}
        for thing in (thing for hook in implementations if hook.plugin is module for thing in hook.function()):
            name = getattr(thing, "name", None)
            if not isinstance(thing, type) or not isinstance(name, str):
                raise PluginError(f"plugin {source.name!r} from {source.origin}: {kind} must return classes with a name (got {thing!r})")
            if name in offered:
                raise PluginError(f"plugin {source.name!r} from {source.origin} offers two {kind} named {name!r}")
            if lacking := sorted(getattr(thing, "__abstractmethods__", ())):
                raise PluginError(f"plugin {source.name!r} from {source.origin}: {thing.__name__} lacks {', '.join(lacking)}")
            offered[name] = thing
        return offered

    def _offer(self, kind: str, name: str, thing: Any, plugin: Plugin) -> None:
        if name in self._offers[kind]:
            other = self._offers[kind][name][1]
            raise PluginError(
                f"two {kind.replace('_', ' ')} are named {name!r}, one from plugin {other.name!r} ({other.origin}) "
                f"and one from plugin {plugin.name!r} ({plugin.origin}); leave one out with -p no:{plugin.name}"
            )
        self._offers[kind][name] = (thing, plugin)


@dataclass(frozen=True)
class PluginSource:
    """Where a plugin comes from."""

    name: str
    origin: str
    entry_point: EntryPoint | None = None
    path: Path | None = None

    def load(self) -> ModuleType:
        """Import it."""
        if self.entry_point is not None:
            module: ModuleType = self.entry_point.load()
            return module
        assert self.path is not None
        qualified = f"connectionist_plugin_file_{self.name}"
        spec = importlib.util.spec_from_file_location(qualified, self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[qualified] = module
        spec.loader.exec_module(module)
        return module


def _check_distinct(sources: Iterable[PluginSource]) -> None:
    origins: dict[str, str] = {}
    for source in sources:
        if source.name in origins:
            raise PluginError(
                f"two plugins are named {source.name!r}, one from {origins[source.name]} and one from {source.origin}; "
                f"rename one, or leave both out with -p no:{source.name}"
            )
        origins[source.name] = source.origin


def _installed() -> list[PluginSource]:
    found = []
    for entry_point in sorted(entry_points(group=hookspecs.PROJECT), key=lambda point: point.name):
        distribution = entry_point.dist
        origin = f"{distribution.name} {distribution.version}" if distribution else entry_point.value
        found.append(PluginSource(entry_point.name, origin, entry_point=entry_point))
    return found


def _in_folders(folders: Iterable[str | Path]) -> list[PluginSource]:
    found = []
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise ParameterError(f"--plugins-dir: must be a folder (got {str(folder)!r})")
        found += [PluginSource(path.stem, str(path), path=path) for path in sorted(folder.glob("*.py")) if not path.name.startswith("_")]
    return found


_registry: Registry | None = None


def loaded() -> Registry:
    """Return the plugins in use; those installed, unless `load` was told otherwise."""
    global _registry  # noqa: PLW0603  (one set of plugins per process)
    if _registry is None:
        _registry = Registry()
    return _registry


def load(folders: Sequence[str | Path] = (), without: Sequence[str] = ()) -> Registry:
    """Use other plugins from now on: those installed, those in folders of ``.py`` files, and without some.

    Parameters
    ----------
    folders : sequence of path
        As ``--plugins-dir``.
    without : sequence of str
        Names of plugins to leave out, as ``-p no:NAME``.

    Returns
    -------
    Registry

    Raises
    ------
    PluginError
        When plugins clash.
    """
    global _registry  # noqa: PLW0603  (one set of plugins per process)
    _registry = Registry(folders, without)
    return _registry


def find(kind: str, name: str) -> Any:
    """Return the class that plugins offer under `name` in the hook `kind`.

    Raises
    ------
    UnknownNameError
        When nothing has this name; the message lists the names that exist.
    """
    return loaded().find(kind, name)


def resolve(kind: str, thing: object, *contracts: type[Contract]) -> Contract:
    """Return `thing` itself when it fulfils a contract, or a new one of that name with its default parameters.

    Raises
    ------
    ParameterError
        When it is neither a name nor an object of the right kind.
    UnknownNameError
        When nothing goes by this name.
    """
    if isinstance(thing, contracts):
        return thing
    if isinstance(thing, str):
        found: Contract = find(kind, thing)()
        return found
    wanted = " or ".join(contract.__name__ for contract in contracts)
    raise ParameterError(f"{kind}: must be a name or an object of class {wanted} (got {thing!r})")


def make(kind: str, name: str, parameters: dict[str, Any]) -> Any:
    """Return a new object of what goes by a name, refusing parameters it does not have."""
    found = loaded().find(kind, name)
    known = parameters_of(found)
    for parameter in parameters:
        if parameter not in known:
            raise ParameterError(f"{name}.{parameter}: no such parameter; known: {', '.join(known) or 'none'}")
    for parameter, default in known.items():
        if default is MISSING and parameter not in parameters:
            raise ParameterError(f"{name}.{parameter}: must be given, since it has no default")
    return found(**parameters)
