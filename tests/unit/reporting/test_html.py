"""The HTML report of a run: valid, without links to other files, with the agreement of measured and published values."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from math import nan
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

import connectionist as cn
from connectionist.experiments.run_folder import write_run, write_summary
from connectionist.experiments.seed_summary import summarize
from connectionist.plots import learning_curve
from connectionist.plots.figure import new_figure
from connectionist.plugins import registry
from connectionist.reporting.agreement import agreement, agreement_sentences, agreement_sentences_over_seeds, agrees, published_text
from connectionist.reporting.html import figures
from connectionist.reporting.html.elements import Html, docstring_html, element, inline_html, join
from connectionist.reporting.html.run_report import draw_run_figures, ending_html
from connectionist.reporting.html.write import write_report, write_seeds_report
from connectionist.reporting.repeat_command import repeat_command
from connectionist.testing import check_task

NEEDS_NO_END = ("br", "img", "meta")


class Reader(HTMLParser):
    """Parser of a page that fails if an element is not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert not (tag in ("p", "table", "div", "h2") and "p" in self.open), f"{tag} within a paragraph"
        if tag not in NEEDS_NO_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def images(page: Reader) -> list[tuple[str, bytes]]:
    """Return the format and the bytes of each image."""
    found = []
    for attributes in page.all("img"):
        kind, data = re.fullmatch(r"data:image/([a-z+]+);base64,(.*)", attributes["src"] or "").groups()  # type: ignore[union-attr]
        found.append((kind, base64.b64decode(data)))
    return found


@dataclass(frozen=True)
class Odd(cn.Task):
    """Learn x < y & <script>alert(1)</script>, whose figures are as `mode` says.

    A second paragraph with *emphasis*.

    Parameters
    ----------
    mode : str
        This is not shown.
    """

    mode: str = "none"
    name = "odd"
    source = "these tests, <b>p. 1</b>"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"default": {}, "published": {}}

    def network(self, seed: int) -> cn.Network:
        net = cn.Network("odd")
        net.add_group("input", ["<i>a</i>", "b"], role="input")
        net.add_group("output", 1, role="output")
        net.connect("input", "output")
        net.randomize(0.5, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]])

    @property
    def phases(self) -> Sequence[cn.Phase]:
        return [cn.Phase(cn.rule("steepest", rate=0.5), 20)]

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        return [
            cn.Finding("epochs <until>", run.epochs, 20, "page <1>", "a note & more"),
            cn.Finding("ratio", 1.5, 2.0, "page 2"),
            cn.Finding("never", None, True, "page 3", "not measured"),
            cn.Finding("look", 0.3, "high", "page 4"),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Any]:
        if self.mode == "raises":
            raise ValueError("no <figure>")
        if self.mode == "changes":
            network.weight_values = network.weight_values + 1
        axes = new_figure(2, 2).add_subplot()
        if self.mode == "unwritable":
            axes.set_title("$\\nosuchmathsymbol$")
        return {"none": {}, "no mapping": [axes], "no figure": {"A thing": 3}}.get(self.mode, {"What *it* does, <b>really</b>": axes})  # type: ignore[return-value]


def written(tmp_path: Path, mode: str, command: Sequence[str] = ()) -> Reader:
    tmp_path.mkdir(exist_ok=True)
    result = cn.run(Odd(mode), seed=3, engine="local")
    write_report(tmp_path, result, write_run(tmp_path, result, command))
    return Reader((tmp_path / "report.html").read_text(encoding="utf-8"))


def test_report_links_to_no_other_file(tmp_path: Path) -> None:
    page = written(tmp_path, "draws")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert not {"script", "link", "iframe", "object"} & {name for name, _ in page.tags}
    assert not re.search(r"url\(|@import|(?:src|href)=\"(?!data:)", text)
    assert len(text) < 2_000_000
    for kind, data in images(page):
        assert kind == "svg+xml"
        assert ElementTree.fromstring(data).tag.endswith("svg")
        assert b"http://" not in re.sub(rb'xmlns(:\w+)?="[^"]*"|rdf:[a-z]+="[^"]*"', b"", data)


def test_report_has_settings_and_findings(tmp_path: Path, blank_figures: None) -> None:
    text = written(tmp_path, "draws", ["connectionist", "run", "odd", "--seed", "3", "--out", "x y"]).text
    for part in (
        "odd, preset default, seed 3",
        "Learn x < y & <script>alert(1)</script>",
        "Training stopped after its last epoch (20 epochs). 75 % of the training cases are correct",
        "connectionist run odd --seed 3",
        "Of 3 quantities with a published value, 1 agrees.",
        "Different from published: ratio (1.5, published 2).",
        "Not measured: never (published yes).",
        "page <1>",
        "[1] a note & more",
        "steepest",
        "seconds of training",
        cn.__version__,
    ):
        assert part in text
    assert "This is not shown" not in text
    assert "x y" not in text


def test_text_of_a_task_is_escaped(tmp_path: Path) -> None:
    page = written(tmp_path, "draws")
    captions = {attributes["alt"] for attributes in page.all("img")}
    assert "What *it* does, <b>really</b>" in captions
    names = {name for name, _ in page.tags}
    assert not {"script", "b", "i", "until"} & names
    assert len(page.all("em")) == 2


def test_figures_have_captions_and_alternative_texts(tmp_path: Path) -> None:
    page = written(tmp_path, "draws")
    assert len(page.all("figure")) == len(page.all("figcaption")) == len(page.all("img"))
    for attributes in page.all("img"):
        assert attributes["alt"]


def test_the_learning_curve_has_the_tests() -> None:
    result = cn.run("xor", epochs=4)
    assert "orange" not in draw_run_figures(result)["learning_curve"].caption
    result.run.test_every, result.run.test_errors, result.run.test_corrects = 2, [nan, 2.0, nan, 1.0], [nan, 0.5, nan, 0.5]
    drawing = draw_run_figures(result)["learning_curve"]
    assert "orange" in drawing.caption
    assert drawing.figure is not None
    assert [line.get_color() for line in drawing.figure.axes[0].lines[:2]] == ["black", "#D55E00"]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("raises", "ValueError: no <figure>"),
        ("no figure", "TypeError: must be Axes in a Figure, or a Figure (got 3)"),
        ("no mapping", "task 'odd': figures(network, run) must return a dict of figures by caption (got [<Axes: "),
        ("unwritable", "ValueError: "),
    ],
)
def test_a_figure_that_raises_is_reported_and_all_files_are_written(tmp_path: Path, mode: str, reason: str) -> None:
    with pytest.warns(UserWarning, match="a figure could not be drawn"):
        page = written(tmp_path, mode)
    assert f"This figure could not be drawn. {reason}" in page.text
    assert len(page.all("img")) >= 2
    for name in ("run.json", "log.csv", "weights.npz", "weights.png", "learning_curve.png"):
        assert (tmp_path / name).stat().st_size


@pytest.mark.parametrize("mode", ["raises", "no mapping", "no figure", "unwritable", "changes"])
def test_check_task_finds_bad_figures(mode: str) -> None:
    with pytest.raises((AssertionError, ValueError), match=r"figure"):
        check_task(Odd(mode), engine="local")


def test_check_task_accepts_good_figures() -> None:
    check_task(Odd("draws"), engine="local")


SMALL: dict[str, dict[str, Any]] = {
    "auto-associator": {"exemplars": 1},
    "boltzmann-encoder": {},
    "boltzmann-shifter": {"size": 3},
    "competitive-letters": {},
    "elman-letters": {"consonants": 3},
    "elman-sentences": {"sentences": 20, "hidden": 4},
    "encoder": {},
    "family-trees": {},
    "hopfield-memory": {"units": 10, "memories": 2, "starts": 1},
    "jets-and-sharks": {"cycles": 3},
    "map": {"points": 5},
    "necker-cube": {"starts": 2},
    "pattern-associator": {},
    "reber-grammar": {"strings": 3, "testing_strings": 9, "hidden": 2},
    "sequence-completion": {"hidden": 2},
    "sequence-completion-variable": {"hidden": 2},
    "shift-register": {},
    "symmetry": {},
    "word-superiority": {"letters": 1, "exposure": 1, "cycles": 2},
    "xor": {},
    "xor-in-time": {"bits": 15},
}


def test_every_built_in_task_has_figures() -> None:
    assert list(SMALL) == [
        name
        for name in registry.get_registry().names("tasks")
        if registry.get_registry().origin("tasks", name).origin.startswith("connectionist-simulator ")
    ]


@pytest.mark.parametrize("name", SMALL)
def test_figures_of_the_literature(name: str) -> None:
    epochs = 1 if any(phase.epochs for phase in cn.task(name).phases) else None
    result = cn.run(name, seed=1, epochs=epochs, engine="local", parameters=SMALL[name])
    drawn = result.task.figures(result.network, result.run)
    assert drawn
    for caption, axes in drawn.items():
        assert caption.rstrip().endswith((".", ")."))
        assert figures.as_svg(figures.figure_of(axes)).rstrip().endswith(b"</svg>")


def test_person_units_are_drawn_with_both_families() -> None:
    result = cn.run("family-trees", seed=1, epochs=0, engine="local")
    (axes,) = result.task.figures(result.network, result.run).values()
    texts = [text.get_text() for text in axes.texts]
    assert sum("person_code" in text for text in texts) == 6


def test_interrupted_and_diverged_runs_say_so() -> None:
    report = {"epochs": 1, "stopped": "diverged", "correct": 0.25, "test_correct": 0.5}
    assert "because it diverged" in ending_html(report)
    assert "(1 epoch). 25 % of the training cases are correct, and 50 % of the testing cases." in ending_html(report)
    assert "interrupted" in ending_html({**report, "stopped": "interrupted"})


def test_report_of_several_seeds(tmp_path: Path, blank_figures: None) -> None:
    reports = []
    for seed in (1, 2):
        result = cn.run("xor", seed=seed, parameters={"rate": 1.0})
        (tmp_path / f"seed-{seed}").mkdir()
        write_report(
            tmp_path / f"seed-{seed}",
            result,
            write_run(tmp_path / f"seed-{seed}", result, ["connectionist", "run", "xor", "--seeds", "1-2"]),
        )
        reports.append(result.report)
    summary = summarize(reports, has_criterion=True)
    write_seeds_report(tmp_path, summary, write_summary(tmp_path, summary, ["connectionist", "run", "xor", "--seeds", "1-2"]))
    page = Reader((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert f"{summary['solved']} of 2 runs met the criterion (every case correct)." in page.text
    assert "connectionist run xor --seeds 1-2" in page.text
    for attributes in page.all("a"):
        assert (tmp_path / (attributes["href"] or "")).is_file()
    assert len(page.all("a")) == 2
    own = Reader((tmp_path / "seed-2" / "report.html").read_text(encoding="utf-8"))
    assert "connectionist run xor --seed 2" in own.text


def test_large_figures_are_png_and_small_ones_svg() -> None:
    axes = new_figure(3, 3).add_subplot()
    axes.scatter(range(10), range(10))
    assert figures.image_html(figures.figure_of(axes), "few").startswith('<img src="data:image/svg')
    axes.scatter(range(figures.MAX_SVG_PARTS), range(figures.MAX_SVG_PARTS))
    assert figures.image_html(figures.figure_of(axes), "many").startswith('<img src="data:image/png')


def test_settings_of_a_user_that_cannot_draw_are_set_aside(caplog: pytest.LogCaptureFixture) -> None:
    def make() -> Figure:
        figure = Figure(figsize=(2, 1))
        figure.add_subplot().set_title("$5 and $6_x")
        figure.text(0, 0, "text", family="a font that no computer has")
        return figure

    with mpl.rc_context({"text.usetex": True, "text.parse_math": False, "savefig.bbox": "tight", "savefig.dpi": 1e9}):
        drawing = figures.rendered(figures.draw("A figure.", make))
        assert not drawing.has_failed, drawing.reason
        assert len([record for record in caplog.records if "not found" in record.message]) == 1
        assert struct.unpack(">II", drawing.png[16:24]) == (300, 150)
        assert mpl.rcParams["text.usetex"]


def test_png_is_not_too_large() -> None:
    figure = Figure(figsize=(40, 2))
    width = int.from_bytes(figures.as_png(figure)[16:20], "big")
    assert width <= figures.MAX_PNG_PIXELS


def test_a_png_is_rendered_once_for_report_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    as_png = figures.as_png

    def counted(figure: Any) -> bytes:
        calls.append(figure)
        return as_png(figure)

    monkeypatch.setattr(figures, "as_png", counted)
    monkeypatch.setattr(figures, "MAX_SVG_PARTS", 0)
    result = cn.run("xor", seed=1, epochs=1, engine="local", preset="published")
    write_report(tmp_path, result, write_run(tmp_path, result, []))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(calls) == page.count("data:image/png") == 5
    for name in ("learning_curve", "weights"):
        assert base64.b64encode((tmp_path / f"{name}.png").read_bytes()).decode() in page


def test_figures_of_xor_need_few_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    result = cn.run("xor", seed=1, epochs=1)
    engine = type(cn.engine("compiled"))
    calls: list[int] = []
    passes = engine.error_derivatives

    def counted(*given: Any) -> Any:
        calls.append(1)
        return passes(*given)

    monkeypatch.setattr(engine, "error_derivatives", counted)
    result.task.figures(result.network, result.run)
    assert 100 < len(calls) <= 25 * 25  # of 1,681 a run with many seeds spends most of its time on this


def test_svg_is_deterministic() -> None:
    log = cn.run("xor", seed=1, epochs=5, engine="local").log
    drawn = [figures.as_svg(figures.figure_of(learning_curve(log))) for _ in range(2)]
    assert drawn[0] == drawn[1]


@given(st.text(), st.text())
def test_text_is_escaped_everywhere(text: str, value: str) -> None:
    reader = Reader(element("section", text, join(text), docstring_html(text), title=value))
    assert not {name for name, _ in reader.tags} - {"section", "p", "em", "strong", "code"}


def test_html_is_not_escaped() -> None:
    assert element("p", Html("<b>x</b>"), None, 3, class_="a", title=None) == '<p class="a"><b>x</b>3</p>'
    assert inline_html("a * b * c, *one* and **two**, `code` ``more <`` 2*3*4") == (
        "a * b * c, <em>one</em> and <strong>two</strong>, <code>code</code> <code>more &lt;</code> 2*3*4"
    )


@pytest.mark.parametrize(
    ("measured", "published", "expected"),
    [
        (1.049, 1.0, True),
        (1.06, 1.0, False),
        (-0.96, -1.0, True),
        (0.04, 0, True),
        (1, 0, False),
        (0, 0.0, True),
        (True, True, True),
        (False, True, False),
        (1, True, None),
        ("low", "low", True),
        ("low", 0.1, None),
        (0.1, "low", None),
        (float("nan"), 1.0, False),
    ],
)
def test_agreement_with_a_published_value(measured: Any, published: Any, expected: bool | None) -> None:
    assert agrees(measured, published) is expected


def test_a_finding_with_a_tolerance_agrees_within_it() -> None:
    report: dict[str, Any] = {"findings": [{"quantity": "part", "measured": 0.33, "published": 0.3, "tolerance": 0.05}]}
    assert agreement(report["findings"][0]) == "yes"
    assert published_text(report["findings"][0]) == "0.3 ± 0.05"
    report["findings"][0]["tolerance"] = 0.01
    assert agreement_sentences(report)[1] == "Different from published: part (0.33, published 0.3 ± 0.01)."


def test_sentences_name_quantities_that_do_not_agree() -> None:
    def finding(quantity: str, measured: Any, published: Any) -> dict[str, Any]:
        return {"quantity": quantity, "measured": measured, "published": published}

    good, bad = ({"findings": [finding("a", value, 1.0), finding("b", None, None)]} for value in (1.0, 2.0))
    assert agreement_sentences(good)[0] == "Of 1 quantity with a published value, 1 agrees."
    assert agreement_sentences(bad)[1] == "Different from published: a (2, published 1)."
    assert agreement_sentences({"findings": []}) == []
    assert agreement(bad["findings"][1]) == ""
    assert agreement_sentences_over_seeds([good, bad, bad])[1] == "In fewer than half of the runs these agree: a (1 of 3)."
    assert agreement_sentences_over_seeds([good, bad])[1] == "Each agrees in at least half of the runs."


def test_command_that_repeats_a_run() -> None:
    words = ["connectionist", "run", "xor", "--seeds=1-9", "--json", "--out", "a b", "--set", "rate=1"]
    assert repeat_command(words) == "connectionist run xor --seeds=1-9 --set rate=1"
    assert repeat_command(words, 4) == "connectionist run xor --set rate=1 --seed 4"
    assert repeat_command(["connectionist", "run", "xor", "--seed", "4"], 4) == "connectionist run xor --seed 4"


def test_report_has_a_command_only_if_there_was_one(tmp_path: Path, blank_figures: None) -> None:
    assert "Command that repeats the run" in written(tmp_path / "typed", "draws", ["connectionist", "run", "odd"]).text
    text = written(tmp_path / "python", "draws").text
    assert "Command that repeats the run" not in text
    assert "Phases of training" in text
