"""The sources of plugins: entry points of installed distributions, and folders of Python files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from connectionist.errors import ParameterError, PluginError, unknown_name
from connectionist.plugins.error_text import error_text, place_in
from connectionist.plugins.hookspecs import PROJECT
from connectionist.plugins.neighbours import Neighbours, module_name


@dataclass(frozen=True)
class PluginSource:
    """A plugin that was found and is not yet imported.

    Attributes
    ----------
    name : str
        Name of its entry point, or of its file without ``.py``.
    origin : str
        The distribution with its version, or the path of the file.
    location : EntryPoint or Path
        What `load` imports.
    """

    name: str
    origin: str
    location: EntryPoint | Path

    @property
    def title(self) -> str:
        """The plugin in messages: "plugin", its name and its origin."""
        return f"plugin {self.name!r} from {self.origin}"

    @property
    def module(self) -> str:
        """Name of the plugin's module."""
        return module_name(self.location) if isinstance(self.location, Path) else self.location.module

    def load(self, neighbours: Neighbours) -> ModuleType:
        """Import the plugin and return its module. Any exception that the import raises is passed on.

        Parameters
        ----------
        neighbours : Neighbours
            The importer of plugins in folders.
        """
        if not isinstance(self.location, Path):  # the class of entry points may be that of a backport
            module: ModuleType = self.location.load()
            return module
        if not self.location.is_file():  # a pipe would be read for ever
            raise ImportError("must be a regular file")
        return neighbours.load(self.location, self.module)

    def describe_failure(self, error: BaseException) -> str:
        """Return an error in `load` in one line, with the innermost file and line of the plugin."""
        place = place_in(error, self.module)
        return f"{error_text(error)}{f' ({place})' if place else ''}"


def find_sources(folders: Iterable[str | Path], without: Sequence[str]) -> list[PluginSource]:
    """Return the installed plugins, then those in folders, without some.

    Parameters
    ----------
    folders : iterable of path
        Folders of ``.py`` files. Each file is a plugin, unless its name begins with an underscore.
    without : sequence of str
        Names of plugins to leave out.

    Raises
    ------
    ParameterError
        If a folder does not exist.
    UnknownNameError
        If a plugin to leave out does not exist.
    PluginError
        If two plugins have the same name.
    """
    found = [*_installed_sources(), *_folder_sources(folders)]
    names = [source.name for source in found]
    for name in without:
        if name not in names:
            raise unknown_name("plugin to leave out", name, names)
    sources = [source for source in found if source.name not in without]
    _check_distinct(sources)
    return sources


def _installed_sources() -> list[PluginSource]:
    sources = []
    origins: dict[int, str] = {}  # by the distribution; its name and version are parsed at each access
    for entry_point in sorted(entry_points(group=PROJECT), key=lambda point: point.name):
        distribution = entry_point.dist
        if id(distribution) not in origins:
            origins[id(distribution)] = f"{distribution.name} {distribution.version}" if distribution else ""
        sources.append(PluginSource(entry_point.name, origins[id(distribution)] or entry_point.value, entry_point))
    return sources


def _folder_sources(folders: Iterable[str | Path]) -> list[PluginSource]:
    given, sources = [*folders], []
    for folder in given:
        if folder == "" or not _is_folder(Path(folder)):
            raise ParameterError(f"--plugins-dir: must be a folder (got {str(folder)!r})")
    for folder in distinct_folders(given):
        sources += [PluginSource(path.stem, str(path), path) for path in sorted(folder.glob("*.py")) if not path.name.startswith("_")]
    return sources


def distinct_folders(folders: Iterable[str | Path]) -> list[Path]:
    """Return the folders without those that come again, also under another path."""
    return list({os.path.realpath(folder): Path(folder) for folder in reversed([*folders])}.values())[::-1]


def _check_distinct(sources: Iterable[PluginSource]) -> None:
    origins: dict[str, str] = {}
    for source in sources:
        if source.name in origins:
            raise PluginError(
                f"two plugins are named {source.name!r}, one from {origins[source.name]} and one from {source.origin}; "
                f"rename one, or leave both out with -p no:{source.name}"
            )
        origins[source.name] = source.origin


def _is_folder(path: Path) -> bool:
    """Return whether a path is a folder. A name that is too long for a file is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
