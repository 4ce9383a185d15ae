"""Displays of four letters as features, which are segments that are there or are not."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLACES = (1, 2, 3, 4)  # of letters
SEGMENTS = (
    *("top", "middle left", "middle right", "bottom"),
    *("upper left", "upper centre", "upper right", "lower left", "lower centre", "lower right"),
    *("diagonal up left", "diagonal up right", "diagonal down left", "diagonal down right"),
)
"""The 14 segments of a letter. Diagonals go from the centre."""
MASK = "10011011011111"  # an O and an X, one over the other


@cache
def font() -> dict[str, str]:
    """Return which segments each letter has, as 0 and 1 in the order of `SEGMENTS` (Rumelhart & Siple 1974)."""
    with Path(__file__).with_name("letter_segments.csv").open(newline="", encoding="utf-8") as file:
        return {row["letter"]: row["segments"] for row in csv.DictReader(file)}


def features_of(segments: str) -> list[bool]:
    """Return which segments are there, and then which are not."""
    return [each == "1" for each in segments] + [each == "0" for each in segments]


def features_of_display(text: str) -> list[bool]:
    """Return the features of four characters: letters, ``_`` for a blank, and ``*`` for the features that K and R share."""
    features: list[bool] = []
    for character in text:
        letters = {"_": "", "*": "KR"}.get(character, character)
        shown = [features_of(font()[letter]) for letter in letters]
        features += map(all, zip(*shown, strict=True)) if shown else [False] * (2 * len(SEGMENTS))
    return features
