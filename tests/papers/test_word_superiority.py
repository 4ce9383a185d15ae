"""Word superiority: McClelland & Rumelhart (1981), with the arithmetic of the program `ia` of 1987, computed here from its equations."""

from pathlib import Path

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.word_superiority import WordSuperiority
from connectionist_tasks.word_superiority.displays import ALPHABET, SEGMENTS, font
from connectionist_tasks.word_superiority.items import CONDITIONS


def activations_of_ia(task: WordSuperiority, inputs: cn.Array) -> tuple[cn.Array, cn.Array]:
    """Return the activations of letters [cycle, place, letter] and words [cycle, word] by the equations of the program."""
    has = np.array([[[word[place] == letter for letter in ALPHABET] for place in range(4)] for word in task.word_list], dtype=float)
    segments = np.array([[int(each) for each in font()[letter]] for letter in ALPHABET])
    letters, words = np.zeros((4, 26)), np.zeros(len(task.word_list))
    shown: list[tuple[cn.Array, cn.Array]] = []
    for features in inputs.reshape(len(inputs), 4, 2, len(SEGMENTS)):
        present, absent = features[:, 0], features[:, 1]
        fits = present @ segments.T + absent @ (1 - segments).T
        misses = present @ (1 - segments).T + absent @ segments.T
        out_letters, out_words = np.maximum(letters, 0), np.maximum(words, 0)
        to_letters = task.feature_excitation * fits - task.feature_inhibition * misses
        to_letters += task.word_excitation * np.einsum("w,wpl->pl", out_words, has)
        own = np.einsum("pl,wpl->w", out_letters, has)
        to_words = task.letter_excitation * own - task.letter_inhibition * (out_letters.sum() - own)
        to_words -= task.word_inhibition * (out_words.sum() - out_words)
        letters, words = (
            np.clip(old + np.where(net > 0, (1 - old) * net, (old + 0.2) * net) - task.decay * old, -0.2, 1)
            for old, net in ((letters, to_letters), (words, to_words))
        )
        shown.append((letters, words))
    return np.array([each for each, _ in shown]), np.array([each for _, each in shown])


@pytest.mark.parametrize("parameters", [{}, {"letter_inhibition": 0.1, "word_inhibition": 0.05, "decay": 0.2, "exposure": 30}])
def test_the_activations_are_those_of_the_program(engine: str, parameters: dict[str, float], tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("\n".join(["work", "word", "wore", "read", "road", *WordSuperiority().word_list[::20]]))
    task = WordSuperiority(words=str(file), **parameters)  # type: ignore[arg-type]  # each has its type
    net = task.network(seed=0)
    examples = task.displays(["READ", "WOR*"])
    recording = cn.record(net, examples, "activation", of=[f"letter_{n}" for n in range(1, 5)] + ["word"], engine=engine)[
        "activation"
    ].values
    for measured, example in zip(recording, examples, strict=True):
        letters, words = activations_of_ia(task, example.inputs)
        assert np.abs(measured[:, :104] - letters.reshape(len(letters), -1)).max() < 1e-12
        assert np.abs(measured[:, 104:] - words).max() < 1e-12
        assert words.max() > 0.1


def test_the_letters_have_different_segments() -> None:
    assert sorted(font()) == list(ALPHABET)
    assert len(set(font().values())) == 26
    assert {len(segments) for segments in font().values()} == {len(SEGMENTS)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_words_before_pseudowords_before_letters_alone_before_consonants(seed: int) -> None:
    task = WordSuperiority()
    choices = task.fractions_correct(task.network(seed), task.items(seed))
    means = [float(choices[condition].mean(axis=0).max()) for condition in CONDITIONS]
    assert means == sorted(means, reverse=True)
    assert means[0] - means[2] > 0.01


def test_the_report_agrees_with_what_was_published() -> None:
    findings = cn.run("word-superiority").report["findings"]
    published = [finding for finding in findings if finding["published"] is not None]
    assert [finding["measured"] for finding in published] == [True, True, True, "K"]


def test_without_feedback_it_does_not_matter_what_is_around_a_letter() -> None:
    task = WordSuperiority(word_excitation=0.0)
    choices = task.fractions_correct(task.network(0), task.items(1))
    for condition in CONDITIONS[1:]:
        assert np.abs(choices[condition] - choices["word"]).max() < 1e-12


def test_items_fit_their_conditions() -> None:
    task = WordSuperiority()
    words = set(task.word_list)
    items = task.items(7)
    assert len(items) == len({(item.displays["word"], item.place, item.other) for item in items}) == 40
    for item in items:
        word, pseudoword, alone, consonants = item.displays.values()
        other = [text[: item.place] + item.other + text[item.place + 1 :] for text in (word, pseudoword)]
        assert {word, other[0]} <= words
        assert not {pseudoword, other[1]} & words
        assert sum(one != two for one, two in zip(word, pseudoword, strict=True)) == 1
        assert {each[item.place] for each in (word, pseudoword, alone, consonants)} == {item.letter}
        assert alone.count("_") == 3
        assert not set(consonants[: item.place] + consonants[item.place + 1 :]) & set("AEIOU")


@pytest.mark.parametrize("texts", [["work"], ["WO"], "WORK", ["WORKS"], ["WOR?"], [""]])
def test_displays_of_other_characters_are_errors(texts: list[str]) -> None:
    with pytest.raises(cn.errors.DataError, match=r"displays: must be texts of four characters from A to Z, '_' and '\*'"):
        WordSuperiority().displays(texts)


def test_no_items_are_an_error() -> None:
    task = WordSuperiority()
    with pytest.raises(cn.errors.DataError, match=r"fractions_correct: must have at least one item \(got \[\]\)"):
        task.fractions_correct(task.network(0), [])


def test_words_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("\ufeffWork\nword\n\nwork\nread\n", encoding="utf-8")
    task = WordSuperiority(words=str(file))
    assert task.word_list == ("WORK", "WORD", "READ")
    assert [unit.label for unit in task.network(0)["word"]] == ["work", "word", "read"]
    assert {item.displays["word"] for item in task.items(1)} == {"WORK", "WORD"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("work\nwords\n", "must be words of four letters from A to Z \\(got 'words'"),
        ("wör k\n", "must be words of four letters"),
        ("maß\n", "must be words of four letters"),
        ("\n", "must have at least one word"),
        (b"wor\xffk\n", "must be words of four letters from A to Z"),
    ],
)
def test_a_file_without_such_words_is_an_error(tmp_path: Path, text: str | bytes, message: str) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(cn.errors.ParameterError, match=message):
        WordSuperiority(words=str(file))


@pytest.mark.parametrize(("content", "message"), [(None, "cannot be read"), (b"w\0rk", "null byte")])
def test_a_file_that_is_no_text_is_an_error(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "words.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(cn.errors.FileError, match=message):
        WordSuperiority(words=str(file))


def test_words_that_differ_in_more_letters_cannot_be_tested(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("work\nread\n")
    with pytest.raises(cn.errors.ParameterError, match=r"no two words differ in one letter \(got 2 words\)"):
        cn.run(WordSuperiority(words=str(file)))


def test_fewer_cycles_than_the_letters_are_shown_for_are_an_error() -> None:
    with pytest.raises(cn.errors.ParameterError, match=r"cycles: must be at least exposure, 15 \(got 10\)"):
        WordSuperiority(cycles=10)
