"""What a file that is read and one that is written have in common."""

from __future__ import annotations

from pathlib import Path

COMPRESSED = ".gz"
MOST_ISSUES = 10_000  # that are kept


class FormatFile:
    """Base class of `InputFile` and `OutputFile`.

    Parameters
    ----------
    path : str or path
    strict : bool
        Whether `cannot` raises.
    issues : list of str, optional
        That of another file with which this one is read or written.

    Attributes
    ----------
    path : Path
    name : str
        The file in messages.
    issues : list of str
        The unsupported parts that `cannot` listed, without `strict`.
    """

    def __init__(self, path: str | Path, *, strict: bool = True, issues: list[str] | None = None) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.strict = strict
        self.issues: list[str] = [] if issues is None else issues

    def _list(self, issue: str) -> None:
        if len(self.issues) < MOST_ISSUES:
            self.issues.append(issue)
