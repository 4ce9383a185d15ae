"""The parts of a study's folder: files of Parquet with rows of runs, rows of cases and learning curves, and of numpy with recordings.

A part has a number and a level, as in ``runs-000012-0.parquet``. Parts are only added, never changed. The file with the rows of runs is
written last: a part without it does not count. When a level has many parts, they are merged into one of the next level, which has the
number of its last part; only then are they removed. A part does not count if there is one of a higher level whose number is not lower,
since its runs are there too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError
from connectionist.experiments.study.tables import check_contents, column_name, join_tables
from connectionist.utils.files import atomic_write
from connectionist.utils.memory_limit import allocating
from connectionist.utils.untrusted_files import check_link, open_file
from connectionist.utils.visible_text import one_line, shown

if TYPE_CHECKING:
    import pyarrow as pa

RUNS, CASES, CURVES, RECORDINGS = KINDS_OF_FILES = "runs", "cases", "curves", "recordings"
NAME = re.compile(r"(runs|cases|curves|recordings)-(\d{6,9})-(\d)\.(parquet|npz)")
MOST_OF_A_LEVEL = 32
HIGHEST_LEVEL = 9
KINDS = {"null", "bool", "int64", "double", "string"}
KEY_KINDS = {"condition": "int64", "seed": "int64"}
ENDING = "stopped"  # the column that every table of runs has, and no table of cases
BYTES = 60  # of memory for a value of a table


@dataclass(frozen=True, order=True)
class StudyPart:
    """A part in a folder.

    Attributes
    ----------
    number : int
    level : int
        0 for a part as it was added, one more for each merge.
    """

    number: int
    level: int = 0

    def path(self, folder: Path, what: str) -> Path:
        """Return the path of one of its files."""
        return folder / f"{what}-{self.number:06d}-{self.level}.{'npz' if what == RECORDINGS else 'parquet'}"


def list_parts(folder: Path) -> list[StudyPart]:
    """Return the parts of a folder that were written whole and were not merged, by number."""
    parts = sorted(StudyPart(int(found[2]), int(found[3])) for found in _files(folder) if found[1] == RUNS)
    highest, found = 0, []
    for part in reversed(parts):
        if part.level >= highest:
            found.append(part)
        highest = max(highest, part.level)
    return found[::-1]


def remove_others(folder: Path) -> None:
    """Remove the files of parts that were not written whole or were merged. No other process may write into the folder."""
    known = set(list_parts(folder))
    for found in _files(folder):
        if StudyPart(int(found[2]), int(found[3])) not in known:
            with suppress(OSError):
                os.unlink(folder / found[0])  # noqa: PTH108


def _files(folder: Path) -> list[re.Match[str]]:
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []
    return [found for name in names if (found := NAME.fullmatch(name))]


def next_number(folder: Path) -> int:
    """Return a number above those of all files, also of parts that were not written whole."""
    return max((int(found[2]) for found in _files(folder)), default=0) + 1


def write_table(path: Path, table: pa.Table, **options: Any) -> None:
    """Write a table with options of Parquet. The errors are those of `atomic_write`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = pa.BufferOutputStream()
    pq.write_table(table, written, compression="zstd", write_page_checksum=True, **options)
    with atomic_write(path, "study") as file:
        file.write(memoryview(written.getvalue()))


def read_runs(path: Path) -> pa.Table:
    """Read a table of runs. The errors are those of `read_table`."""
    return read_table(path, lambda schema: _check_schema(schema, has_endings=True), check_contents)


def read_cases(path: Path) -> pa.Table:
    """Read a table of cases. The errors are those of `read_table`."""
    return read_table(path, lambda schema: _check_schema(schema, has_endings=False), check_contents)


def read_table(path: Path, check_schema: Callable[[pa.Schema], None], check: Callable[[pa.Table], None]) -> pa.Table:
    """Read a table of a part.

    Parameters
    ----------
    path : Path
    check_schema, check : function
        Raise ValueError if the columns or the contents are not those of a study.

    Raises
    ------
    FileError
        If the file cannot be read, is damaged, or is rejected by a check.
    MemoryLimitError
        If the table does not fit in memory.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    subject = f"study file {str(path)!r}"
    check_link(path, path.parent, subject)
    with open_file(path, subject) as file:
        try:
            opened = pq.ParquetFile(file, memory_map=False, pre_buffer=False, page_checksum_verification=True)
            check_schema(opened.schema_arrow)
            with allocating(BYTES * opened.metadata.num_rows * len(opened.schema_arrow), f"{subject}: its {opened.metadata.num_rows} rows"):
                table = opened.read(use_threads=False)
                table.validate(full=True)
                if any(table[name].null_count for name in KEY_KINDS):
                    raise ValueError("a run has no condition or no seed")
                check(table)
        except (pa.ArrowException, ValueError, TypeError, OverflowError, RecursionError, OSError) as error:
            if isinstance(error, FileError):
                raise
            raise FileError(f"{subject} is damaged ({one_line(str(error), 200)})") from None
    return table


def _check_schema(schema: pa.Schema, *, has_endings: bool) -> None:
    """Raise ValueError unless a table has the columns of a study, and that of how runs ended or not."""
    kinds = {field.name: str(field.type) for field in schema}
    if len(kinds) < len(schema):
        raise ValueError("two columns have the same name")
    for name, kind in KEY_KINDS.items():
        if kinds.get(name) != kind:
            raise ValueError(f"it must have the column {name} with whole numbers")
    if kinds.get(ENDING) != ("string" if has_endings else None):
        raise ValueError(f"it must {'have' if has_endings else 'not have'} the column {ENDING}")
    for name, kind in kinds.items():
        if kind not in KINDS or column_name(name) != name:
            raise ValueError(f"the column {shown(name)} has the type {shown(kind)}")


def merge_runs(paths: Sequence[Path], merged: Path) -> None:
    """Write the rows of runs of several files into one."""
    write_table(merged, join_tables([read_runs(path) for path in paths]))


def merge_cases(paths: Sequence[Path], merged: Path) -> None:
    """Write the rows of cases of several files into one."""
    write_table(merged, join_tables([read_cases(path) for path in paths]))


def merge_parts(folder: Path, merge: Mapping[str, Callable[[Sequence[Path], Path], None]]) -> None:
    """Merge the parts of each level that has many, with a function for each kind of file."""
    for level in range(HIGHEST_LEVEL):
        parts = [part for part in list_parts(folder) if part.level == level]
        if len(parts) < MOST_OF_A_LEVEL:
            return
        merged = StudyPart(parts[-1].number, level + 1)
        for what in reversed(KINDS_OF_FILES):  # runs last
            paths = [path for part in parts if (path := part.path(folder, what)).is_file()]
            if paths:
                merge[what](paths, merged.path(folder, what))
        for part in parts:
            remove_part(folder, part)


def remove_part(folder: Path, part: StudyPart) -> None:
    """Remove the files of a part, that of its runs first."""
    for what in KINDS_OF_FILES:
        with suppress(OSError):
            os.unlink(part.path(folder, what))  # noqa: PTH108
