"""Word superiority: a letter is seen better in a word than alone, since active words excite their letters.

McClelland & Rumelhart (1981), An interactive activation model of context effects in letter perception: Part 1, *Psychological Review* 88,
375–407. The features of four letters excite the letters that have them and inhibit the others. Letters excite the words that have them in
their positions and inhibit the others. Words inhibit one another, and excite their letters. All weights follow from the list of words, and
nothing is trained.

A mask follows the letters after some cycles. The response comes from a running average of the activations of the 26 letters in a position.
Its strength is exponential. The observer chooses between the letter and another one that would also make a word, at the best moment.

The equations and parameters are those of the authors' program ``ia`` (McClelland & Rumelhart 1988, chapter 7), and the letters have the 14
segments of Rumelhart & Siple (1974). Their list of 1,179 words with resting activations by frequency is not here. Our list has 873 common
words, which all rest at 0. So what depends on frequency cannot be seen, and the percentages are not those of the paper.

Over 20 seeds with 40 letters each, the mean fraction of right choices is .805 in words, .793 in pseudowords, .785 for letters alone and
.724 among consonants, in this order in each run. Without feedback from words to letters, all are .68.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn
from connectionist_tasks.word_superiority.displays import ALPHABET, MASK, PLACES, SEGMENTS, features_of, features_of_display, font
from connectionist_tasks.word_superiority.items import ALONE, CONDITIONS, PSEUDOWORD, UNRELATED, WORD, LetterItem, draw_items, read_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = ("WORK", "WOR*", "READ", "YEAD", "_E__", "XEQJ")


@dataclass(frozen=True)
class WordSuperiority(cn.OnePhaseTask):
    """The network perceives a letter better in a word than alone or among consonants, and in between if the word is a pseudoword.

    Published in McClelland & Rumelhart (1981), *Psychological Review* 88, 375–407.

    The examples are displays of four letters and the mask that follows: ``WORK``; ``WOR*``, whose last letter shows only the features
    that K and R share; ``READ`` and the pseudoword ``YEAD``; ``E`` alone; and ``XEQJ``.

    Parameters
    ----------
    feature_excitation, feature_inhibition : float
        Excitation of a letter by each feature that it has, and inhibition by each other feature, at least 0.
    letter_excitation, letter_inhibition : float
        Excitation of a word by each of its letters, and inhibition by each other letter, at least 0.
    word_excitation : float
        Excitation of the letters of a word by the word (feedback), at least 0.
    word_inhibition : float
        Inhibition of a word by each other word, at least 0.
    decay : float
        Fraction of an activation by which it decays in a cycle, from 0 to 1.
    exposure : int
        Cycles for which the letters are shown, at least 1.
    cycles : int
        Cycles in all, with those of the mask, at least `exposure`.
    output_rate : float
        Rate of the running average of activations, from above 0 to 1.
    output_scale : float
        Factor μ of the strengths exp(μ a) of letters, above 0.
    letters : int
        Number of letters that are tested in each condition, at least 1.
    words : str
        File with a word of four letters in each line; our list if it is "".

    Raises
    ------
    ParameterError
        If a parameter is out of range, or the file has another word or none.
    FileError
        If the file cannot be read.

    Examples
    --------
    >>> task = WordSuperiority()
    >>> network = task.network(seed=0)
    >>> choices = task.fractions_correct(network, task.items(seed=1))
    >>> [round(float(choices[condition].mean(axis=0).max()), 2) for condition in ("word", "letter alone")]
    [0.81, 0.79]
    """

    feature_excitation: float = cn.parameter(0.005, at_least=0)
    feature_inhibition: float = cn.parameter(0.15, at_least=0)
    letter_excitation: float = cn.parameter(0.07, at_least=0)
    letter_inhibition: float = cn.parameter(0.04, at_least=0)
    word_excitation: float = cn.parameter(0.3, at_least=0)
    word_inhibition: float = cn.parameter(0.21, at_least=0)
    decay: float = cn.parameter(0.07, at_least=0, at_most=1)
    exposure: int = cn.parameter(15, at_least=1, at_most=1000)
    cycles: int = cn.parameter(40, at_least=1, at_most=1000)
    output_rate: float = cn.parameter(0.05, above=0, at_most=1)
    output_scale: float = cn.parameter(10.0, above=0, at_most=1000)
    letters: int = cn.parameter(40, at_least=1, at_most=1000)
    words: str = cn.parameter("")

    name = "word-superiority"
    source = "McClelland & Rumelhart (1981), Psychological Review 88, 375–407"
    rule = "steepest"  # of the one phase, which has no epochs
    epochs = 0
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {}, "without-feedback": {"word_excitation": 0.0}}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cycles < self.exposure:
            raise cn.errors.ParameterError(f"{self.name}.cycles: must be at least exposure, {self.exposure} (got {self.cycles})")
        _ = self.word_list

    @cached_property
    def word_list(self) -> tuple[str, ...]:
        """The words that the network knows."""
        return read_words(self.words)

    def network(self, seed: int) -> cn.Network:  # noqa: ARG002  (nothing is drawn)
        """Return the network of features, letters and words.

        Each letter inhibits the words without it, and each word all others. Two linear units add up the outputs of all letters and of all
        words. They inhibit each word, and a word's own share is returned to it. The sums are those of connections between every pair.
        """
        import numpy as np

        net = cn.Network(self.name)
        function = cn.activation_function("interactive_activation", rest=0.0, decay=self.decay)
        units: dict[str, Any] = {"activation": function, "output_function": "rectified", "biased": False}
        for place in PLACES:
            net.add_group(f"feature_{place}", [*SEGMENTS, *(f"no {each}" for each in SEGMENTS)], role="input")
        for place in PLACES:
            net.add_group(f"letter_{place}", list(ALPHABET), **units)
        net.add_group("all_letters", 1, activation="linear", biased=False)
        net.add_group("all_words", 1, activation="linear", biased=False)
        net.add_group("word", [word.lower() for word in self.word_list], **units)
        _arrange(net)
        has_feature = np.array([features_of(font()[letter]) for letter in ALPHABET]).T
        weights = np.where(has_feature, self.feature_excitation, -self.feature_inhibition)
        for number, place in enumerate(PLACES):
            has = np.array([[word[number] == letter for word in self.word_list] for letter in ALPHABET])
            net.connect(f"feature_{place}", f"letter_{place}", weights=weights)
            net.connect(f"letter_{place}", "all_letters", delay=1, weights=1.0)
            net.connect(f"letter_{place}", "word", has, delay=1, weights=self.letter_excitation + self.letter_inhibition)
            net.connect("word", f"letter_{place}", has.T, delay=1, weights=self.word_excitation)
        net.connect("all_letters", "word", weights=-self.letter_inhibition)
        net.connect("word", "all_words", delay=1, weights=1.0)
        net.connect("all_words", "word", weights=-self.word_inhibition)
        net.connect("word", "word", "one_to_one", delay=1, weights=self.word_inhibition)
        return net

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """Six displays, each with the mask that follows. There are no targets."""
        return self.displays(SHOWN)

    def displays(self, texts: Sequence[str]) -> cn.ExampleSet:
        """Return displays followed by the mask, as examples.

        Parameters
        ----------
        texts : sequence of str
            Four characters each: letters from A to Z, ``_`` for a blank, and ``*`` for the features that K and R share.

        Raises
        ------
        DataError
            If a text has other characters or another length.
        """
        import numpy as np

        for text in [texts] if isinstance(texts, str) else texts:
            if text is texts or len(text) != len(PLACES) or not set(text) <= {*ALPHABET, "_", "*"}:
                raise cn.errors.DataError(
                    f"{self.name}.displays: must be texts of four characters from A to Z, '_' and '*', as ['WORK'] (got {text!r})"
                )
        empty = np.zeros((self.cycles, 0))
        mask = [features_of(MASK) * len(PLACES)] * (self.cycles - self.exposure)
        shown = {text: [features_of_display(text)] * self.exposure for text in texts}
        return cn.ExampleSet([cn.Example(np.array(shown[text] + mask, float), empty, text) for text in texts])

    def response_probabilities(self, network: cn.Network, texts: Sequence[str], engine: str = "compiled") -> cn.Array:
        """Return the probability of each letter as the response.

        p = exp(μ a) / Σ exp(μ a) over the letters of the place, where a is the running average of the activation.

        Parameters
        ----------
        network : Network
        texts : sequence of str
            Displays; see `displays`.
        engine : str

        Returns
        -------
        array [display, cycle, place, letter]
            From 0 to 1.
        """
        import numpy as np

        groups = [f"letter_{place}" for place in PLACES]
        recording = cn.record(network, self.displays(texts), "activation", of=groups, engine=engine)
        activations = recording["activation"].values.reshape(len(texts), self.cycles, len(PLACES), len(ALPHABET))
        averages = np.zeros_like(activations)
        average = np.zeros_like(activations[:, 0])
        for cycle in range(self.cycles):
            average = (1.0 - self.output_rate) * average + self.output_rate * activations[:, cycle]
            averages[:, cycle] = average
        strengths = np.exp(self.output_scale * averages)
        probabilities: cn.Array = strengths / strengths.sum(axis=-1, keepdims=True)
        return probabilities

    def items(self, seed: int) -> list[LetterItem]:
        """Draw letters to be perceived, each in its four displays: `letters` of them, or fewer if there are not as many pairs of words.

        Raises
        ------
        ParameterError
            If no two words differ in one letter, or no pseudoword can be made of those that do.
        """
        if items := draw_items(self.word_list, self.letters, seed):
            return items
        raise cn.errors.ParameterError(f"{self.name}.words: no two words differ in one letter (got {len(self.word_list)} words)")

    def fractions_correct(self, network: cn.Network, items: Sequence[LetterItem], engine: str = "compiled") -> dict[str, cn.Array]:
        """Return the fraction of right choices between the letter and the other one.

        The observer responds with the letter or the other one, with their probabilities, and guesses if the response is neither.

        Parameters
        ----------
        network : Network
        items : sequence of LetterItem
            At least one.
        engine : str

        Returns
        -------
        dict of str to array [item, cycle]
            From 0 to 1, by condition.

        Raises
        ------
        DataError
            If there are no items.
        """
        import numpy as np

        if not items:
            raise cn.errors.DataError(f"{self.name}.fractions_correct: must have at least one item (got {items!r})")
        numbers = np.arange(len(items))
        places = np.array([item.place for item in items])
        right, wrong = (
            np.array([ALPHABET.index(letter) for letter in each]) for each in zip(*((i.letter, i.other) for i in items), strict=True)
        )
        fractions = {}
        for condition in CONDITIONS:
            probabilities = self.response_probabilities(network, [item.displays[condition] for item in items], engine)
            of_right, of_wrong = (probabilities[numbers, :, places, letters] for letters in (right, wrong))
            fractions[condition] = of_right + 0.5 * (1.0 - of_right - of_wrong)
        return fractions

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure how well letters are perceived in each condition, and what the word does for an ambiguous letter."""
        items = self.items(run.seed)
        means = {condition: each.mean(axis=0).max() for condition, each in self.fractions_correct(network, items, run.engine).items()}
        probabilities = self.response_probabilities(network, ["WOR*"], run.engine)[0, :, -1].max(axis=0)
        return [
            cn.Finding("letters tested", len(items)),
            *(cn.Finding(f"right choices, {condition}", float(mean)) for condition, mean in means.items()),
            cn.Finding("letters in words are perceived better than alone", bool(means[WORD] > means[ALONE]), True, PAPER),
            cn.Finding("letters in pseudowords are perceived better than alone", bool(means[PSEUDOWORD] > means[ALONE]), True, PAPER),
            cn.Finding("letters in words are perceived better than in pseudowords", bool(means[WORD] > means[PSEUDOWORD]), True, PAPER),
            cn.Finding("letters alone are perceived better than among consonants", bool(means[ALONE] > means[UNRELATED])),
            cn.Finding("WOR and the features that K and R share: last letter", ALPHABET[int(probabilities.argmax())], "K", PAPER),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the right choices over cycles, and the activations for an ambiguous letter."""
        import xarray as xr

        means = {
            condition: each.mean(axis=0) for condition, each in self.fractions_correct(network, self.items(run.seed), run.engine).items()
        }
        table = xr.DataArray(
            [*zip(*means.values(), strict=True)],
            dims=("tick", "unit"),
            coords={"tick": range(1, self.cycles + 1), "unit": [*means]},
            name="fraction",
        )
        unmasked = replace(self, exposure=self.cycles).displays(["WOR*"])
        shown = [f"letter_4:{letter}" for letter in "KR"] + [
            f"word:{word}" for word in ("work", "word", "worn") if word.upper() in self.word_list
        ]
        activations = cn.record(network, unmasked, "activation", of=shown, engine=run.engine)["activation"][0]
        return {
            CHOICES: cn.plots.over_time(table, title="right choices"),
            AMBIGUOUS: cn.plots.over_time(activations, title="WOR and the features that K and R share"),
        }


PAPER = "McClelland & Rumelhart (1981)"
CHOICES = "Fraction of right choices between the letter and another one, by what is shown with it. The mask follows the letters."
AMBIGUOUS = (
    "Activations while the word shows only the features of its last letter that K and R share, without a mask. Lines of equal "
    "activations cover one another."
)


def _arrange(net: cn.Network) -> None:
    """Place words above letters above features in drawings, and the sums between letters and words."""
    columns = {"feature": len(SEGMENTS), "letter": len(ALPHABET) // 2}
    for row, (kind, count) in enumerate(columns.items()):
        for place in PLACES:
            net[f"{kind}_{place}"].columns = count
            net[f"{kind}_{place}"].position = (18.0 * (place - 1), 4.0 * row)
    net["all_letters"].position, net["all_words"].position = (18.0, 8.0), (36.0, 8.0)
    net["word"].position, net["word"].columns = (0.0, 11.0), min(68, len(net["word"]))


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer word superiority."""
    return [WordSuperiority]
