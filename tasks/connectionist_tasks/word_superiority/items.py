"""Letters to be perceived in words, in pseudowords, alone and among consonants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import connectionist as cn
from connectionist_tasks.word_superiority.displays import ALPHABET, PLACES

VOWELS = "AEIOU"
WORD, PSEUDOWORD, ALONE, UNRELATED = CONDITIONS = ("word", "pseudoword", "letter alone", "consonants")
CONSONANTS = "".join(letter for letter in ALPHABET if letter not in VOWELS)


@dataclass(frozen=True)
class LetterItem:
    """A letter to be perceived in a place (from 0), another one that would also make a word, and the displays by condition."""

    place: int
    letter: str
    other: str
    displays: Mapping[str, str]


def read_words(path: str) -> tuple[str, ...]:
    """Return the words of a file, our own if the path is empty, in capital letters."""
    if path:
        file = cn.formats.InputFile(Path(path))
        content = file.content()
        file.check_text(content)
        lines = content.decode("utf-8-sig", errors="replace").splitlines()  # what is no text is no word of four letters
    else:
        lines = Path(__file__).with_name("four_letter_words.txt").read_text(encoding="utf-8").splitlines()
    words = [line.strip() for line in lines if line.strip()]
    for word in words:
        if len(word) != len(PLACES) or not set(word) <= {*ALPHABET, *ALPHABET.lower()}:
            raise cn.errors.ParameterError(f"word-superiority.words: must be words of four letters from A to Z (got {word!r} in {path!r})")
    if not words:
        raise cn.errors.ParameterError(f"word-superiority.words: must have at least one word ({path!r} has none)")
    return tuple(dict.fromkeys(word.upper() for word in words))


def draw_items(words: Sequence[str], count: int, seed: int) -> list[LetterItem]:
    """Draw letters that make two of some words, each in its four displays.

    A vowel of the pseudoword is in place of a vowel of the word, a consonant in place of a consonant.

    Parameters
    ----------
    words : sequence of str
    count : int
        Number of letters; there may be fewer.
    seed : int

    Returns
    -------
    list of LetterItem
    """
    draw = cn.random_stream(seed, "letters to be perceived")
    known = frozenset(words)
    pairs = [(word, place, other) for word in words for place in range(len(PLACES)) for other in _others(word, place, known)]
    found: list[LetterItem] = []
    for number in draw.permutation(len(pairs)):
        word, place, other = pairs[number]
        pseudowords = _pseudowords(word, place, other, known)
        consonants = "".join(CONSONANTS[each] for each in draw.integers(len(CONSONANTS), size=len(PLACES)))
        if pseudowords:
            pseudoword = pseudowords[int(draw.integers(len(pseudowords)))]
            letter = word[place]
            alone, unrelated = (_replaced(text, place, letter) for text in ("_" * len(PLACES), consonants))
            found.append(LetterItem(place, letter, other, {WORD: word, PSEUDOWORD: pseudoword, ALONE: alone, UNRELATED: unrelated}))
        if len(found) == count:
            break
    return found


def _pseudowords(word: str, place: int, other: str, words: frozenset[str]) -> list[str]:
    """Return texts that differ from a word in another place and are no words, with the word's letter and with the other one."""
    texts = [
        _replaced(word, changed, letter)
        for changed in range(len(PLACES))
        for letter in (VOWELS if word[changed] in VOWELS else CONSONANTS)
        if changed != place
    ]
    return [text for text in texts if text not in words and _replaced(text, place, other) not in words]


def _others(word: str, place: int, words: frozenset[str]) -> list[str]:
    """Return the other letters that make a word in a place."""
    return [letter for letter in ALPHABET if letter != word[place] and _replaced(word, place, letter) in words]


def _replaced(text: str, place: int, letter: str) -> str:
    return text[:place] + letter + text[place + 1 :]
