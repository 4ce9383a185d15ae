"""What a command of the command line must offer."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from typing import ClassVar


class Command(ABC):
    """``connectionist NAME …``. The docstring of the subclass is its help; its first line stands in the list of commands.

    Attributes
    ----------
    name : str
        What is typed.
    """

    name: ClassVar[str]

    @abstractmethod
    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    @abstractmethod
    def run(self, arguments: argparse.Namespace) -> int:
        """Do it, and return the exit status: 0, or 1 for a run that failed.

        Parameters
        ----------
        arguments : Namespace
            What `add_arguments` declared, and ``command_line``, the words typed.

        Raises
        ------
        ConnectionistError
            For wrong use; the command line says it in one line and ends with status 2.
        """
