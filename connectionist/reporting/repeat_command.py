"""The command that repeats a run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

OUTPUT_OPTIONS = ("--out", "--json")  # do not affect the run
SEED_OPTIONS = ("--seed", "--seeds")


def repeat_command(command_line: Sequence[str], seed: int | None = None) -> str:
    """Return the command that repeats a run, quoted for a shell, without its output options.

    Parameters
    ----------
    command_line : sequence of str
        Words of the command that was typed.
    seed : int, optional
        Seed of the run, if the command had ``--seeds``.

    Examples
    --------
    >>> repeat_command(["connectionist", "run", "xor", "--seeds", "1-9", "--set", "a=b c", "--out=x"], 3)
    "connectionist run xor --set 'a=b c' --seed 3"
    """
    is_one_of_several = seed is not None and any(word.split("=")[0] == "--seeds" for word in command_line)
    left_out = (*OUTPUT_OPTIONS, *SEED_OPTIONS) if is_one_of_several else OUTPUT_OPTIONS
    kept = _without(list(command_line), left_out)
    return shlex.join([*kept, "--seed", str(seed)] if is_one_of_several else kept)


def _without(words: list[str], options: Sequence[str]) -> list[str]:
    """Return the words without some options and their values."""
    kept, rest = [], iter(words)
    for word in rest:
        name, has_value, _ = word.partition("=")
        if name not in options:
            kept.append(word)
        elif not has_value and name != "--json":
            next(rest, None)
    return kept
