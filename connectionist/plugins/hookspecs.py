"""The whole extension surface: six hooks, each returning what a plugin offers.

A plugin is an ordinary module with one or more of these functions, marked `hookimpl`. It is found by an entry point in the
group "connectionist", or as a file in a folder given with ``--plugins-dir``. No hook is called while a network trains.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

PROJECT = "connectionist"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def tasks() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the tasks offered."""


@hookspec
def update_rules() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the update rules offered."""


@hookspec
def activation_functions() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the activation functions offered."""


@hookspec
def error_functions() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the error functions offered."""


@hookspec
def engines() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the engines offered."""


@hookspec
def commands() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the command-line commands offered."""
