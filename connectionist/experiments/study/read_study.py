"""Reading of a study from its folder, finished or not. Neither the task nor the function of the study is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connectionist.experiments.study.store import StudyFolder, read_description
from connectionist.experiments.study.study_tables import StudyTables
from connectionist.utils.files import as_path, check_path


class ReopenedStudy(StudyTables):
    """A study, read from its folder. It has the tables of `Study`, of all runs in the folder.

    Attributes
    ----------
    folder : Path
    names : tuple of str
        Names of what varies.
    record : dict
        Content of ``study.json``: what determines the runs, the plan, the command line, versions, date.
    """

    folder: Path
    record: dict[str, Any]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record, plan = read_description(folder)
        super().__init__(plan, StudyFolder(folder))

    def __repr__(self) -> str:
        identity = self.record["identity"]
        return f"<ReopenedStudy of {identity.get('task', identity.get('function'))}: {len(self.table)} of {self.planned} runs done>"


def read_study(folder: str | Path) -> ReopenedStudy:
    """Read a study from its folder, finished or not, also while it is being made.

    Parameters
    ----------
    folder : str or path
        Folder that `Study.run` or ``connectionist study --out`` wrote.

    Returns
    -------
    ReopenedStudy

    Raises
    ------
    FileError
        If it is not the folder of a study, or if a file is damaged. The tables raise it too.
    ParameterError
        If `folder` is not the name of a folder.
    """
    return ReopenedStudy(check_path(as_path(folder, "read_study.folder"), "study:"))
