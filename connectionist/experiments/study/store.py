"""Where the results of a study are: in a folder, or in memory.

=============================  ===================================================================================================
study.json                     what determines the runs, the plan (conditions and seeds), the command, versions, date
parts/runs-NUMBER-LEVEL.…      rows of runs, in Parquet (`parts`)
parts/cases-…                  rows of cases, in Parquet
parts/curves-…                 learning curves, in Parquet (`curves`)
parts/recordings-…             recordings, in numpy's format (`recordings_file`)
run.lock                       while a process writes (`utils.folder_lock`)
=============================  ===================================================================================================

Each file is written whole (`utils.files`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from connectionist.errors import FileError
from connectionist.experiments.run_contents import check_provenance
from connectionist.experiments.run_folder import provenance
from connectionist.experiments.study import curves, parts, recordings_file
from connectionist.experiments.study.plan import Plan
from connectionist.experiments.study.run_key import Identity, differences
from connectionist.experiments.study.tables import to_table
from connectionist.experiments.study.work import ChunkResults
from connectionist.utils.files import check_path, write_errors, write_text
from connectionist.utils.folder_lock import LOCK_NAME, lock_folder
from connectionist.utils.folders import make_folder
from connectionist.utils.json_values import as_json
from connectionist.utils.temporary_files import is_temporary, remove_leftovers
from connectionist.utils.untrusted_files import describe_other, is_file, read_json
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "connectionist study 1"
DESCRIPTION, PARTS, RUNS_KEPT = "study.json", "parts", "runs"
DIED = "died"  # how a run ended whose worker ended; such a run is made again when the study goes on
SECONDS_BETWEEN_PARTS = 1.0
READ = {parts.RUNS: parts.read_runs, parts.CASES: parts.read_cases, parts.CURVES: curves.read_curves}
WRITE = {parts.RUNS: parts.write_table, parts.CASES: parts.write_table, parts.CURVES: curves.write_curves}
MERGE = {
    parts.RUNS: parts.merge_runs,
    parts.CASES: parts.merge_cases,
    parts.CURVES: curves.merge_curves,
    parts.RECORDINGS: recordings_file.merge_recordings,
}
Recorded = list[tuple[int, int, Sequence[Any]]]


class Results(Protocol):
    """The results of a study that were kept."""

    def tables(self, what: str) -> list[pa.Table]:
        """Return the tables of "runs", "cases" or "curves". Of several rows of a run, the last one counts."""

    def recordings(self) -> Recorded:
        """Return the number of the condition, the seed and the recordings of each run that has some."""


class ResultSink(Protocol):
    """Takes the results of chunks."""

    def add(self, results: ChunkResults) -> None:
        """Add results, which are kept at the next call of `keep` or `flush`."""

    def keep(self) -> None:
        """Keep what was added, if the last part is older than a second."""

    def flush(self) -> None:
        """Keep what was added."""


class ResultStore(Results, ResultSink, Protocol):
    """A place for results, open for reading and writing."""


class ResultsInMemory:
    """Results in memory."""

    def __init__(self) -> None:
        self._tables: dict[str, list[pa.Table]] = {what: [] for what in WRITE}
        self._recordings: Recorded = []

    def tables(self, what: str) -> list[pa.Table]:
        """See `Results`."""
        return self._tables[what]

    def recordings(self) -> Recorded:
        """See `Results`."""
        return self._recordings

    def add(self, results: ChunkResults) -> None:
        """See `ResultSink`."""
        for what, table in _tables_of(results):
            self._tables[what].append(table)
        self._recordings += results.recordings

    def keep(self) -> None:
        """See `ResultSink`."""

    def flush(self) -> None:
        """See `ResultSink`."""


class StudyFolder:
    """The results in the folder of a study.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._added = ChunkResults()
        self._number = 0
        self._last_time = float("-inf")
        self._is_closed = False

    @property
    def _parts(self) -> Path:
        return self.folder / PARTS

    def tables(self, what: str) -> list[pa.Table]:
        """See `Results`.

        Raises
        ------
        FileError
            If a file is damaged.
        """
        return self._read(what, lambda path: [READ[what](path)])

    def recordings(self) -> Recorded:
        """See `Results`."""
        return self._read(parts.RECORDINGS, recordings_file.read_recordings)

    def _read(self, what: str, read: Callable[[Path], list[Any]]) -> list[Any]:
        """Return what all parts have. If another process merges parts meanwhile, they are read again."""
        while True:
            known = parts.list_parts(self._parts)
            paths = [part.path(self._parts, what) for part in known]
            try:
                found = [each for path in paths if what == parts.RUNS or path.exists() for each in read(path)]
            except FileError:
                if set(known) <= set(parts.list_parts(self._parts)):
                    raise
                continue
            if set(known) <= set(parts.list_parts(self._parts)):  # else a file that did not exist may have been merged
                return found

    def add(self, results: ChunkResults) -> None:
        """See `ResultSink`."""
        self._added.rows += results.rows
        self._added.cases += results.cases
        self._added.curves += results.curves
        self._added.published = results.published | self._added.published
        self._added.recordings += results.recordings

    def keep(self) -> None:
        """See `ResultSink`."""
        if monotonic() - self._last_time >= SECONDS_BETWEEN_PARTS:
            self.flush()

    def flush(self) -> None:
        """See `ResultSink`.

        Raises
        ------
        FileError
            If a file cannot be written. Everything that was written before is intact.
        """
        added, self._added = self._added, ChunkResults()
        self._last_time = monotonic()
        if not added.rows or self._is_closed:
            return
        part = parts.StudyPart(self._number)
        if added.recordings:
            recordings_file.write_recordings(part.path(self._parts, parts.RECORDINGS), added.recordings)
        for what, table in _tables_of(added):
            WRITE[what](part.path(self._parts, what), table)
        self._number += 1
        parts.merge_parts(self._parts, MERGE)

    def close(self) -> None:
        """Write nothing more, even if a thread that was not awaited after a second Ctrl-C has more."""
        self._is_closed = True

    def start(self) -> None:
        """Prepare the folder of parts, which no other process uses, for further parts."""
        make_folder(self._parts)
        remove_leftovers(self._parts)
        parts.remove_others(self._parts)
        self._number = parts.next_number(self._parts)


def _tables_of(results: ChunkResults) -> Iterator[tuple[str, pa.Table]]:
    """Yield each kind of table of results, that of runs last."""
    if results.curves:
        yield parts.CURVES, curves.to_curve_table(results.curves)
    if results.cases:
        yield parts.CASES, to_table(results.cases)
    if results.rows:
        yield parts.RUNS, to_table(results.rows, results.published)


@contextmanager
def open_folder(given: str | Path, identity: Identity, plan: Plan, command_line: Sequence[str]) -> Iterator[tuple[StudyFolder, Plan]]:
    """Make the folder of a study, or continue one, and lock it during the block.

    Parameters
    ----------
    given : str or path
    identity : dict
        What determines the runs.
    plan : Plan
        Runs to make. The folder may have others.
    command_line : sequence of str
        Words of the command that makes the runs; empty for a call in Python.

    Yields
    ------
    (StudyFolder, Plan)
        The folder, and the plan with the numbers of the conditions in the folder.

    Raises
    ------
    FileError
        If another process uses the folder, if it has the runs of another study or other files, or if it cannot be written.
    """
    folder = check_path(given, "study:")
    with write_errors(folder, "study:"):
        make_folder(folder)
        with lock_folder(folder, "study"):
            remove_leftovers(folder)
            known = None
            if _has_study(folder):
                record, known = read_description(folder)
                if difference := differences(record["identity"], identity):
                    raise FileError(f"study: {str(folder)!r} has the runs of another study: {difference}; choose another folder")
                if changed := plan.changed_since(known):
                    what = f"the file of a rule or procedure of the condition {changed} has changed"
                    raise FileError(f"study: {str(folder)!r} has the runs of another study: {what}; choose another folder")
            numbered = plan if known is None else plan.numbered_as(known)
            everything = numbered if known is None else numbered.extended_by(known)
            if known is None or everything != known:
                description = {**provenance(command_line), "format": FORMAT, "identity": identity, "plan": everything.as_json()}
                write_text(folder / DESCRIPTION, as_json(description) + "\n", "study")
            opened = StudyFolder(folder)
            opened.start()
            try:
                yield opened, numbered
            finally:
                opened.close()  # while the folder is locked


def _has_study(folder: Path) -> bool:
    """Return whether a folder has a study.

    Raises
    ------
    FileError
        If it has other files.
    """
    if is_file(folder / DESCRIPTION):
        return True
    others = [path.name for path in folder.iterdir() if path.name not in (LOCK_NAME,) and not is_temporary(path.name)]
    if others:
        raise FileError(f"study: {str(folder)!r} has files that are not of a study ({shown(sorted(others)[0])}); choose another folder")
    return False


def read_description(folder: Path) -> tuple[dict[str, Any], Plan]:
    """Return the content of ``study.json``, and its plan.

    Raises
    ------
    FileError
        If the folder has no study, or if the file is damaged.
    """
    path = folder / DESCRIPTION
    if not is_file(path):
        reason = describe_other(path) or f"it has no file {DESCRIPTION}"
        raise FileError(f"study: {str(folder)!r} is not the folder of a study ({reason})")
    subject = f"study file {str(path)!r}"
    record = read_json(path, subject)
    try:
        if record["format"] != FORMAT:
            raise ValueError(f"its format must be {FORMAT!r}, not {shown(record['format'])}")
        check_provenance(record)
        if not isinstance(record["identity"], dict):
            raise ValueError("what determines its runs must be an object")
        return record, Plan.from_json(record["plan"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise FileError(f"{subject} is damaged ({reason})") from None
