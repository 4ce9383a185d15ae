"""The hooks: eight functions that a plugin may define, each returning the classes that it offers.

A plugin is an ordinary module with one or more of these functions, marked with `connectionist.hookimpl`. It is found by an entry point
in the group "connectionist", or as a file in a folder given with ``--plugins-dir``. No hook is called during training.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

PROJECT = "connectionist"  # name of the project for pluggy, and of the group of entry points

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def tasks() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the tasks that the plugin offers."""


@hookspec
def update_rules() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the update rules that the plugin offers."""


@hookspec
def learning_procedures() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the learning procedures that the plugin offers."""


@hookspec
def activation_functions() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the activation functions and input functions that the plugin offers."""


@hookspec
def error_functions() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the error functions that the plugin offers."""


@hookspec
def engines() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the engines that the plugin offers."""


@hookspec
def file_formats() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the file formats that the plugin offers."""


@hookspec
def commands() -> Sequence[type]:  # type: ignore[empty-body]
    """Return the classes of the command-line commands that the plugin offers."""
