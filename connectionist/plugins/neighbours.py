"""Imports between the files of a folder of plugins: ``import helper`` in ``mine.py`` imports ``helper.py`` beside it.

A file is executed once for each registry, also if it is a plugin and other plugins import it. Installed modules precede files of the same
name. The names are not left in ``sys.modules``, so that each folder has its own ``helper.py``.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType


class Neighbours(MetaPathFinder, Loader):
    """The files and packages of folders of plugins, as an importer that follows all others.

    Parameters
    ----------
    folders : sequence of Path
        The folders; that of the plugin that is being loaded precedes the others.

    Attributes
    ----------
    imported : set of str
        Names of the modules of files that other files import.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = list(folders)
        self.loading: list[Path] = []
        self.modules: dict[Path, ModuleType] = {}
        self.imported: set[str] = set()

    def install(self) -> None:
        """Make the importer the last one, in place of that of another registry."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Neighbours)]
        if self.folders:
            sys.meta_path.append(self)

    def load(self, path: Path, qualified_name: str) -> ModuleType:
        """Execute a file, or return its module if it has been executed.

        Parameters
        ----------
        path : Path
        qualified_name : str
            Name of its module in ``sys.modules``.
        """
        key = path.resolve()
        if key in self.modules:
            return self.modules[key]
        spec = importlib.util.spec_from_file_location(qualified_name, path)
        assert spec is not None
        assert spec.loader is not None
        module = self.modules[key] = importlib.util.module_from_spec(spec)
        sys.modules[qualified_name] = module
        try:
            with self._names_of(path.parent):
                spec.loader.exec_module(module)
        except BaseException:
            del self.modules[key]
            raise
        return module

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how to import a file or package of one of the folders."""
        for folder in [] if path is not None else [*reversed(self.loading), *self.folders]:
            found = PathFinder.find_spec(fullname, [str(folder)], target)
            if found is not None and found.origin == str(folder.absolute() / f"{fullname}.py"):
                return ModuleSpec(fullname, self, origin=found.origin)
            if found is not None and found.loader is not None:
                return found
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Put the module of the file in place of an empty module; the import statement then returns it."""
        assert module.__spec__ is not None
        assert module.__spec__.origin is not None
        path = Path(module.__spec__.origin)
        self.imported.add(module_name(path))
        sys.modules[module.__name__] = self.load(path, module_name(path))

    @contextmanager
    def _names_of(self, folder: Path) -> Iterator[None]:
        """Let a folder precede the others, and remove the names of its files from ``sys.modules`` afterwards."""
        before = set(sys.modules)
        self.loading.append(folder)
        try:
            yield
        finally:
            self.loading.pop()
            for name in set(sys.modules) - before:
                if any(sys.modules[name] is module for module in self.modules.values()) and name != sys.modules[name].__name__:
                    del sys.modules[name]


def module_name(path: Path) -> str:
    """Return the name of the module of a file in a folder of plugins."""
    return f"connectionist_plugin_file_{path.stem}"
