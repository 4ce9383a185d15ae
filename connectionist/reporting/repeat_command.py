"""The command that repeats a run, from the one that was typed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

WHERE = ("--out", "--json")  # where results go is no part of what is repeated
SEEDS = ("--seed", "--seeds")


def repeating(command_line: Sequence[str], seed: int | None = None) -> str:
    """Return the command line, for a shell, without where it wrote to.

    Parameters
    ----------
    command_line : sequence of str
        As it was typed.
    seed : int, optional
        Of which run, when there were several.

    Examples
    --------
    >>> repeating(["connectionist", "run", "xor", "--seeds", "1-9", "--set", "a=b c", "--out=x"], 3)
    "connectionist run xor --set 'a=b c' --seed 3"
    """
    several = any(word.split("=")[0] == "--seeds" for word in command_line)
    left_out = (*WHERE, *SEEDS) if several and seed is not None else WHERE
    kept = _without(list(command_line), left_out)
    return shlex.join([*kept, "--seed", str(seed)] if several and seed is not None else kept)


def _without(words: list[str], options: Sequence[str]) -> list[str]:
    """Return the words without these options and their values."""
    kept, left = [], iter(words)
    for word in left:
        name, has_value, _ = word.partition("=")
        if name not in options:
            kept.append(word)
        elif not has_value and name != "--json":
            next(left, None)
    return kept
