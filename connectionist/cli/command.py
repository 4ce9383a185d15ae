"""The contract of a command of the command line."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from typing import ClassVar


class Command(ABC):
    """A command, ``connectionist NAME …``.

    The docstring of the subclass is the help of the command. The list of commands shows its first line.

    Attributes
    ----------
    name : str
        Name of the command on the command line.
    """

    name: ClassVar[str]

    @abstractmethod
    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments of the command.

        Parameters
        ----------
        parser : ArgumentParser
        """

    @abstractmethod
    def run(self, arguments: argparse.Namespace) -> int:
        """Execute the command.

        Parameters
        ----------
        arguments : Namespace
            Values of the declared arguments, and ``command_line``, the list of the words typed.

        Returns
        -------
        int
            Exit status: 0, or 1 if a run failed.

        Raises
        ------
        ConnectionistError
            For wrong use. The command line prints the message on one line and exits with status 2, or with 1 for a `DivergenceError`.
        """
