"""Entry point of the ``connectionist`` command: checks that the package is this project's, then runs the command line.

The package index has another project, ``connectionist``, that installs a package of the same name. If both are in one environment,
the other project overwrites files of this one, or hides all of them if this one is editable. This module is therefore outside the
package, and imports the package only after the check.
"""

from __future__ import annotations

import sys

WRONG_USE, INTERRUPTED = 2, 130
INTERRUPTED_TEXT = "connectionist: interrupted by SIGINT before the command was started"

try:  # these imports take longer than the rest of the start
    import signal
    import threading
    from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
    from importlib.util import find_spec
    from pathlib import Path
    from typing import NamedTuple
except KeyboardInterrupt:
    print(INTERRUPTED_TEXT, file=sys.stderr)  # noqa: T201
    raise SystemExit(INTERRUPTED) from None

DISTRIBUTION = "connectionist-simulator"
PACKAGE = "connectionist"  # also the name of the other project, and the former name of this one

BOTH = "two distributions install a package 'connectionist': {ours} (this project) and {other} (another project). "
OVERWRITTEN = BOTH + "The other project has overwritten files of this project."
HIDDEN = BOTH + "Python finds the package of the other project."
INTACT = BOTH + "The files of this project are intact; the other project may not work."
FORMER = "this project is installed twice: as {ours}, and under its former name as {other}."
STALE = "this project is installed under its former name, as {other}."
INCOMPLETE = "files of {ours} are missing. Uninstalling another project named 'connectionist' removes them."


class Problem(NamedTuple):
    """What is wrong in the environment, the commands that repair it, and whether ``connectionist`` cannot run."""

    text: str
    remedy: tuple[str, ...]
    fatal: bool


def main() -> int:
    """Run ``connectionist`` with the words of the command line.

    Returns
    -------
    int
        The exit status: 2 if files of this project are hidden, overwritten or missing, 130 if Ctrl-C came before the command was found,
        else that of the command.
    """
    try:
        return _run()
    except KeyboardInterrupt:
        print(INTERRUPTED_TEXT, file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # after the command, the interpreter would print a traceback at its exit


def _run() -> int:
    problem = find_problem()
    if problem is not None:
        kind = "error" if problem.fatal else "warning"
        print(f"{PACKAGE}: {kind}: {problem.text} To repair this, type:", *problem.remedy, sep="\n  ", file=sys.stderr)  # noqa: T201
        if problem.fatal:
            return WRONG_USE
    from connectionist.cli.main import main as run

    return run()


def find_problem() -> Problem | None:
    """Return what is wrong with the installed distributions, None if nothing is."""
    other = _find(PACKAGE)
    if other is None:
        return None if _package_folder() else _problem(INCOMPLETE, _find(DISTRIBUTION), None, fatal=True)
    ours = _find(DISTRIBUTION)
    if other.entry_points.select(group=PACKAGE):
        return _problem(FORMER if ours else STALE, ours, other, fatal=ours is not None)
    if _package_folder() != Path(__file__).resolve().parent / PACKAGE:
        return _problem(HIDDEN, ours, other, fatal=True)
    overwritten = _is_overwritten(ours, other)
    return _problem(OVERWRITTEN if overwritten else INTACT, ours, other, fatal=overwritten)


def _find(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _package_folder() -> Path | None:
    """Return the folder that ``import connectionist`` would use, None if it has no ``__init__.py``; nothing is imported."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).resolve().parent if spec and spec.origin else None


def _is_overwritten(ours: Distribution | None, other: Distribution) -> bool:
    """Return whether a file that both have installed differs from what was recorded when this project was installed."""
    shared = set(map(str, other.files or []))
    return any(str(path) in shared and not _is_as_recorded(path) for path in (ours and ours.files) or [])


def _is_as_recorded(path: PackagePath) -> bool:
    import hashlib
    from base64 import urlsafe_b64encode

    file = Path(str(path.locate()))
    if path.hash is None or not file.is_file():  # compiled at installation, perhaps removed since
        return True
    digest = hashlib.new(path.hash.mode, file.read_bytes()).digest()
    return urlsafe_b64encode(digest).decode("ascii").rstrip("=") == path.hash.value


def _problem(text: str, ours: Distribution | None, other: Distribution | None, *, fatal: bool) -> Problem:
    names = {"ours": f"{DISTRIBUTION} {ours.version}" if ours else DISTRIBUTION, "other": f"{PACKAGE} {other.version}" if other else ""}
    uninstall = (f"{sys.executable} -m pip uninstall {PACKAGE}",) if other else ()
    install = f"{sys.executable} -m pip install --force-reinstall --no-deps {_source(ours or other)}"
    return Problem(text.format(**names), (*uninstall, install), fatal)


def _source(installed: Distribution | None) -> str:
    """Return what pip is to install again: the folder, file or repository of the last time (PEP 610), else the name."""
    import json

    record = json.loads((installed and installed.read_text("direct_url.json")) or "{}")
    url: str = record.get("url", DISTRIBUTION)
    if "vcs_info" in record:
        return f"{record['vcs_info']['vcs']}+{url}@{record['vcs_info']['commit_id']}"
    return f"--editable {url}" if record.get("dir_info", {}).get("editable") else url
