"""Example files of LENS. The expected values follow from the grammar and the rules of LENS, worked out by hand."""

from __future__ import annotations

import gzip
import math
import re
import struct
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FormatError, FormatWarning, MemoryLimitError
from connectionist.plugins import registry

NAN = math.nan
Writer = Callable[[str | bytes], Path]


@pytest.fixture
def written(tmp_path: Path) -> Writer:
    """Return a function that writes a file and returns its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "x.ex"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("net")
    made.add_group("a", 2, role="input")
    made.add_group("b", 3, role="input")
    made.add_group("h", 2)
    made.add_group("o", 2, role="output", initial=0.5)
    made.add_group("p", 1, role="output")
    return made


def rows(examples: cn.ExampleSet) -> tuple[Any, Any]:
    return examples.inputs.tolist(), examples.targets.tolist()


def same(got: Any, wanted: Any) -> bool:
    return bool(np.array_equal(np.asarray(got, dtype=float), np.asarray(wanted, dtype=float), equal_nan=True))


@pytest.mark.parametrize(
    ("text", "inputs", "targets"),
    [
        ("I: 1 0 T: 1;", [[1, 0]], [[1]]),
        ("I:1 0 T:1;I:0 1 T:0;", [[1, 0], [0, 1]], [[1], [0]]),
        ("I: 1 0 T: -;", [[1, 0]], [[NAN]]),
        ("I: 1 - T: 1;", [[1, 0]], [[1]]),  # an input that is not clamped has output 0
        ("defT: - ; I: 1 0 T: ; I: 0 0 T: 1;", [[1, 0], [0, 0]], [[NAN], [1]]),
        ("I: 1 0; T: 1;", [[1, 0], [0, 0]], [[0], [1]]),  # no T means defT, which is 0
        (";;I: 1 T: 1;", [[0], [1]], [[0], [1]]),  # a second ; is an empty example
        ("i: 0 2 t: 1;", [[1, 0, 1]], [[0, 1]]),
        ("i: 0-2 t: *; t: 1; t: {0.5} * {2} 0;", [[1, 1, 1], [0, 0, 0], [0, 0, 0]], [[1, 1], [0, 1], [2, 0.5]]),
        ("actI: 0.5 actT: 2 defI: -1; i: 1 t: 0;", [[-1, 0.5]], [[2]]),
        ("I: {} 1 T: 1;", [[0, 1]], [[1]]),  # {} begins a sparse list
        ("i: () 0.5 1 T: 1;", [[0.5, 1]], [[1]]),  # () begins a dense one
        ("i: { .5 } 1 { 2 } 0 T: 1;", [[2, 0.5]], [[1]]),
        ("I: (2) 1 (0) .5 T: 1;", [[0.5, 0, 1]], [[1]]),
        ("B: 1 0;", [[1, 0]], [[1, 0]]),
        ("actI: 3 actT: 4; b: 1;", [[0, 3]], [[0, 4]]),
        ("4 3 I: 1 T: 1;", [[1]], [[1]]),  # numbers of inputs and targets, from older versions
        ("2 I: 1 T: 1;", [[1]], [[1]]),  # without a header, a number of events is taken for these
        ("# comment ; \nI: 1\n# another\nT: 1;", [[1]], [[1]]),
        ("I: 1\r\nT: 0\r\n;\r\n", [[1]], [[0]]),
        ("\ufeffI: 1 T: 0;", [[1]], [[0]]),
        ("I: 1e-1 -.5 T: 1.;", [[0.1, -0.5]], [[1]]),
        ("proc: {} name: a proc: {} I: 1 T: 1;", [[1]], [[1]]),  # no script
    ],
)
def test_the_grammar(written: Writer, text: str, inputs: Any, targets: Any) -> None:
    examples = cn.read_examples(written(text))
    assert same(examples.inputs, inputs)
    assert same(examples.targets, targets)
    assert examples.lengths is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name: plain I: 1;", "plain"),
        ("name:plain;I:\nI: 1;", "plain;I:"),  # a word ends at white space, a bracket or a quotation mark
        ("name: {a {b} c} I: 1;", "a {b} c"),
        ('name: "a b" I: 1;', "a b"),
        ("name: (a b) I: 1;", "a b"),
        ("name: [a] I: 1;", "a"),
        ("name: #x I: 1;", "#x"),
        ("name: \u00e9t\u00e9 I: 1;", "\u00e9t\u00e9"),
        ("I: 1;", "0"),
    ],
)
def test_names(written: Writer, text: str, name: str) -> None:
    assert cn.read_examples(written(text)).names == (name,)


def test_groups_without_a_network_are_those_of_the_file(written: Writer) -> None:
    examples = cn.read_examples(written("I: (a) 1 0 (b) 1 T: (o) 1; I: (b 2) 1 T: (o) 0 (p) 1; I: {a} 1;"))
    assert examples.input_groups == {"a": 2, "b": 3}
    assert examples.target_groups == {"o": 1, "p": 1}
    assert same(examples.inputs, [[1, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0]])
    assert same(examples.targets, [[1, 0], [0, 1], [0, 0]])


def test_groups_of_a_network(written: Writer, net: cn.Network) -> None:
    examples = cn.read_examples(written("I: (b) 1 0 1 T: (p) 1; I: 1 2 3 4 5 T: 0 0 1; i: * t: 2;"), net)
    assert examples.input_groups == {"a": 2, "b": 3}
    assert same(examples.inputs, [[0, 0, 1, 0, 1], [1, 2, 3, 4, 5], [1, 1, 1, 1, 1]])
    assert same(examples.targets, [[0, 0, 1], [0, 0, 1], [0, 0, 1]])
    net.check(examples)


def test_inputs_of_hidden_and_output_groups_are_clamps(written: Writer, net: cn.Network) -> None:
    examples = cn.read_examples(written("I: 1 0 1 0 1; I: (h) 1 - T: (o) 1 1; I: {o} 1;"), net)
    assert same(examples.clamps["h"], [[NAN, NAN], [1, NAN], [NAN, NAN]])
    assert same(examples.clamps["o"], [[NAN, NAN], [NAN, NAN], [NAN, 1]])


def test_a_group_that_the_network_lacks_is_named(written: Writer, net: cn.Network) -> None:
    path = written("I: (a) 1 0\n(Motion_IN) 1 0 T: (o) 1 0;\nI: (Motion_IN) 0 1;")
    with pytest.raises(
        FormatError, match=r"x\.ex:2:13: inputs of group 'Motion_IN', which does not exist in net \(its groups: a, b, h, o, p"
    ):
        cn.read_examples(path, net)
    with pytest.warns(FormatWarning, match="Motion_IN") as caught:
        examples = cn.read_examples(path, net, strict=False)
    assert isinstance(caught[0].message, FormatWarning)
    assert len(caught[0].message.issues) == 1
    assert same(examples.inputs, [[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]])


def test_targets_of_a_group_that_has_none_are_named(written: Writer, net: cn.Network) -> None:
    with pytest.raises(FormatError, match="targets of group 'a', which is no output group in net"):
        cn.read_examples(written("T: (a) 1 0;"), net)


EVENTS = """
max: 2 defT: - ;
name: shared 3 [0-1] I: 1 0 [0 2] T: 1;
name: next 2 I: 1 0 I: 0 1 T: 0 T: 1;
name: times 2 [0 max: 1] [1 max: 3 grace: 1.5] I: 1 1 T: 1;
name: all 2 [] B: 1 1 [1 defI: 5 defT: 0.25];
name: late 2 [1] I: 1 0 T: 1;
"""


def test_events(written: Writer) -> None:
    examples = cn.read_examples(written(EVENTS))
    shared, following, times, whole, late = examples
    assert same(shared.inputs, [[1, 0]] * 4 + [[0, 0]] * 2)
    assert same(shared.targets, [[1, NAN]] * 2 + [[NAN, NAN]] * 2 + [[1, NAN]] * 2)
    assert shared.event_lengths == (2, 2, 2)
    assert same(following.inputs, [[1, 0]] * 2 + [[0, 1]] * 2)
    assert same(following.targets[:, :1], [[0]] * 2 + [[1]] * 2)
    assert same(times.inputs, [[0, 0], [1, 1], [1, 1], [1, 1]])
    assert same(times.targets[:, 0], [NAN, NAN, NAN, 1])
    assert times.event_lengths == (1, 3)
    assert same(whole.inputs, [[1, 1]] * 4)
    assert same(late.targets[:, 0], [NAN, NAN, 1, 1])


@pytest.mark.parametrize(("time", "ticks"), [(1, 4), (0.75, 3), (1.0625, 5), (0.5, 2), (0.1, 1), (0, 1), (2.5, 10)])
def test_ticks_of_an_event_are_rounded_up_as_in_lens(written: Writer, time: float, ticks: int) -> None:
    examples = cn.read_examples(
        written(f"[0 max: {time}] I: 1 T: 1; [max: 3] I: 0;"), format=cn.file_format("lens_examples", ticks_per_interval=4)
    )
    assert examples[0].event_lengths == (ticks,)


def test_a_least_time_that_has_no_effect_is_no_fault(written: Writer) -> None:
    assert len(cn.read_examples(written("min: 0.5; I: 1 T: 1;"))) == 1
    for text in ("min: 0.5; [max: 2] I: 1 T: 1;", "max: 2; [min: 1] I: 1 T: 1;"):
        with pytest.raises(FormatError, match=r"'min: (0\.5|1)' ends an event when its targets are reached"):
            cn.read_examples(written(text))
    with pytest.raises(FormatError, match=r"'min: 0\.5' ends an event"):
        cn.read_examples(written("min: 0.5; I: 1 T: 1;"), format=cn.file_format("lens_examples", ticks_per_interval=4))
    with pytest.raises(FormatError, match=r"here it has all its time, 'max: 3'"):
        cn.read_examples(written("min: 0.5; I: 1 T: 1;"), format=cn.file_format("lens_examples", max_time=3))
    longer = cn.file_format("lens_examples", max_time=3)
    assert cn.read_examples(written("[max: 1 min: 1] I: 1 T: 1;"), format=longer).ticks is None


def test_times_of_the_set_are_given_as_the_script_gives_them(written: Writer, tmp_path: Path) -> None:
    path = written("max: 2; I: 1 T: 1; [max: 1 grace: 0] I: 1 T: 1;")
    made = cn.file_format("lens_examples", ticks_per_interval=5, max_time=4.0, grace_time=1.0)
    examples = cn.read_examples(path, format=made)
    assert examples.lengths is not None
    assert examples.lengths.tolist() == [20, 5]
    assert np.isnan(examples.targets[:, :, 0]).sum(axis=1).tolist() == [5, 15]
    cn.write_examples(cn.read_examples(path), tmp_path / "x.bex")
    binary = cn.read_examples(tmp_path / "x.bex", format=cn.file_format("lens_binary_examples", grace_time=1))
    assert np.isnan(binary.targets[:, :, 0]).sum(axis=1).tolist() == [0, 2]  # the first event has its own header, the second none


@pytest.mark.parametrize(("grace", "ticks"), [(0.1, 1), (0.7, 7), (0.71, 8), (1.1, 11), (0.05, 1), (0, 0)])
def test_ticks_of_grace(written: Writer, grace: float, ticks: int) -> None:
    made = cn.file_format("lens_examples", ticks_per_interval=10)
    examples = cn.read_examples(written(f"max: 2 grace: {grace}; I: 1 T: 1;"), format=made)
    assert np.isnan(examples.targets).sum() == ticks


def test_grace_as_long_as_the_event_leaves_no_target(written: Writer) -> None:
    assert same(cn.read_examples(written("grace: 1; I: 1 T: 1;")).targets, [[NAN]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("proc: {setTime -i 3} I: 1 T: 1;", "1:1: 'proc:' of the set is a script of LENS"),
        ("I: 1;\nname: a proc: {puts {a b}} T: 1;", "2:9: 'proc:' of the example"),
        ("[0 proc: x] I: 1;", "1:4: 'proc:' of an event"),
        ("max: 3 min: 1; I: 1;", "'min: 1' ends an event when its targets are reached"),
        ("freq: 0 I: 1;", "'freq: 0' is not above 0"),
        (b"name: caf\xe9 I: 1;", "byte 0xe9 is not text in UTF-8; it is read as Latin-1"),
    ],
)
def test_what_the_simulator_cannot_do_is_named_or_listed(written: Writer, text: str | bytes, message: str) -> None:
    path = written(text)
    with pytest.raises(FormatError) as raised:
        cn.read_examples(path)
    assert message in str(raised.value)
    with pytest.warns(FormatWarning) as caught:
        cn.read_examples(path, strict=False)
    assert message in str(caught[0].message)


@pytest.mark.parametrize(
    ("text", "place", "found", "expected"),
    [
        ("I: 1 0\nT: foo;", (2, 4), "'foo'", "a number"),
        ("I: 1,0 T: 1;", (1, 4), "'1,0'", "a number"),
        ("I: 1 0 T: 1", (1, 12), "the end of the file", "';'"),
        ("I: 1 # no\nT: 1;", (1, 6), "'#'", "a number"),
        ("name: ; I: 1;\nname:", (2, 6), "the end of the file", "text in"),
        ("I: 1; name: {a b", (1, 13), "'{' that nothing closes", "text in brackets"),
        ("freq: often I: 1;", (1, 7), "'often'", "a frequency"),
        ("name: a 2 [3] I: 1;", (1, 12), "'3'", "an event from 0 to 1"),
        ("name: a 0 I: 1;", (1, 9), "'0'", "a number of events from 1"),
        ("I: 1 T: 1 I: 0;", (1, 11), "'I:' for event 1", "';', the end of the example, or the number of its events before its values,"),
        (";2 I: 1 T: 1 I: 0 T: 0 I: 0;", (1, 24), "'I:' for event 2", "events 0 to 1"),
        ("[0] I: 1 [0] I: 0;", (1, 14), "'I:' for event 0, which has values already", "an event list"),
        ("max: x; I: 1;", (1, 6), "'x'", "the number of 'max:'"),
        ("i: 3-1;", (1, 4), "'3-1'", "units in rising order"),
        ("I: 1e999;", (1, 4), "'1e999'", "a number"),
        ("i: 99999999999;", (1, 4), "'99999999999'", "units in rising order"),
        ("I: (a 1;", (1, 5), "1", "')'"),
        ("I: 1\n<NA> 0;", (2, 1), "'<NA>'", "a number"),
    ],
)
def test_an_error_names_line_and_column_what_was_found_and_what_may_be_there(
    written: Writer, text: str, place: tuple[int, int], found: str, expected: str
) -> None:
    path = written(text)
    with pytest.raises(FormatError) as raised:
        cn.read_examples(path)
    error = raised.value
    if "(a 1" not in text:
        assert (error.line, error.column) == place
        assert str(error.found) == found
        assert expected in str(error.expected)
    assert str(error).startswith(f"{path}:{error.line}:{error.column}: found ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no examples"),
        (b"I: 1 \0\0\0", "has a null byte"),
        (b"\xff\xfeI\0", "is text in UTF-16"),
        (b"defT: -;", "has no examples"),
        (b"I: (a) 1 T: 1; I: 1;", "values with and without groups"),
        (b"i: * T: 1;", "does not say how many"),
    ],
)
def test_other_errors(written: Writer, content: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        cn.read_examples(written(content))


def test_too_many_values_for_a_group_are_named(written: Writer, net: cn.Network) -> None:
    for text in ("I: (a) 1 0 1;", "I: 1 0 1 0 1 0;", "i: {a} 2;", "I: (a 1) 0 0;", "I: (h) 1 2 3;"):
        with pytest.raises(FormatError, match=r"found \d units; (group|all groups)"):
            cn.read_examples(written(text), net)


@pytest.mark.parametrize(
    "text",
    [
        "name: a 1000000 ;",
        "2 2 name: a 150000 ; name: b 150000 ;",
        "i: 9999999; i: 1; i: 2; i: 3;",
        "2 2 name: a 900000 [0] i: 500;",
        "max: 1e6;" + "I: 1;" * 50,
    ],
)
def test_memory_is_bounded_by_the_size_of_the_file(written: Writer, text: str) -> None:
    path = written(text)
    with pytest.raises((FormatError, MemoryLimitError), match=r"too much for a file of|too many for its|fewer events|need about"):
        cn.read_examples(path, format=cn.file_format("lens_examples", ticks_per_interval=1000))


@pytest.mark.parametrize(
    "text", ["(" + " " * 60_000, "{" + " " * 60_000, " " * 60_000 + "x", "name: {" + "{a}" * 60_000, "[" + "0 " * 60_000, "1" * 60_000]
)
def test_no_text_makes_a_pattern_try_again_and_again(written: Writer, text: str) -> None:
    start = time.thread_time()
    for beginning in ("", "I: ", "name: a "):
        path = written(beginning + text)
        with pytest.raises(FormatError):
            cn.read_examples(path)
        registry.find("file_formats", "lens_examples")().sniff(path.read_bytes()[:4096])
    assert time.thread_time() - start < 2


def test_a_text_in_many_brackets_is_whole(written: Writer) -> None:
    assert cn.read_examples(written("name: {" + "{a} " * 50 + "} I: 1;")).names == (("{a} " * 50).strip(),)


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.ex.gz"
    path.write_bytes(gzip.compress(b"I: 1 0 T: 1;"))
    assert same(cn.read_examples(path).inputs, [[1, 0]])
    path.write_bytes(gzip.compress(b"I: 1 0 T: 1;" * 100)[:-20])
    with pytest.raises(FormatError, match="cannot be decompressed"):
        cn.read_examples(path)


def test_a_compressed_file_is_written(tmp_path: Path) -> None:
    examples = cn.ExampleSet.from_arrays([[1, 0]], [[1]])
    for name in ("x.ex", "x.ex.gz"):
        cn.write_examples(examples, tmp_path / name)
    assert gzip.decompress((tmp_path / "x.ex.gz").read_bytes()) == (tmp_path / "x.ex").read_bytes()


PARTS = {
    "name": ["name: a%d", "name: {a b %d}", "", 'name: "q%d"', "name: {n\n%d}"],
    "freq": ["", "", "freq: %d.5"],
    "body": [
        "I: %s T: %s",
        "I: (a) %s (b 1) %s T: (o) %s",
        "2 [0] I: (a) %s [1] T: (o) %s",
        "2 [0 max: 2] I: (b) %s [1 grace: 1] T: (p) - I: (a) %s",
        "i: 0 4 t: 1",
        "i: {a} 1 {b 0.5} 0 1 t: {o} 0",
        "2 [] i: {b} %s {a} T: (o) %s",
        "B: (o) 1 0",
        "T: (o) - -",
        "3 [0-1] I: (a) 1 0 [2 defI: 1] [1-2 max: 3] T: (o) 1 1",
        "[max: ## grace: ##] I: (a) %s T: (o) %s",
        "2 [0 max: ## min: ##] I: (a) %s [1 defI: ## actI: #-] i: {b} 0 t: {o} 1",
        "2 [defT: #- actT: ##] [0] i: {b #-} 1 [1] i: {b #-} 0 {a} 1 0 t: {o ##} 0-1",
        "3 [0-1 actI: ##] i: {a} 0-1 [0 actI: ##] T: (p) 1 [2 actI: ##] i: {a} 1 {b} 0 t: {o} 0-1",
        "i: {a #-} #! {b ##} #! t: {o} #!",
    ],
}
NUMBERS = {
    "##": ["0", "1", "2.5", ".5", "3", "1.00000001", "12"],
    "#-": ["-", "0.25", "-1", "2e0"],
    "#!": ["0", "1 0", "0-1", "", "1", "0 0-1", "1-1"],
}


def random_file(seed: int) -> str:
    """Return a file with many examples of a few forms."""
    random = Random(seed)
    bodies = [PARTS["body"][seed % len(PARTS["body"])], *random.sample(PARTS["body"], seed % 4)]
    lines = []
    for number in range(60):
        name, freq = random.choice(PARTS["name"]), random.choice(PARTS["freq"])
        body = random.choice(bodies)
        digits = [
            random.choice(["0", "1"]) if "%s {a}" in body else random.choice(["0 1", "1 0", "- 1", "0.25 1e-1"])
            for _ in range(body.count("%s"))
        ]
        text = re.sub("#.", lambda found: random.choice(NUMBERS[found[0]]), body % tuple(digits))
        lines.append(
            f"{name % number if '%' in name else name} {freq % (number + 1) if freq else ''} {text}{random.choice([' ', chr(10)])};"
        )
    return "defT: 0.5 max: 1 ;\n" + random.choice(["\n", " ", "\n# comment\n"]).join(lines)


@pytest.mark.parametrize("seed", range(15))
def test_examples_of_a_form_are_read_as_each_alone(written: Writer, net: cn.Network, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(random_file(seed))
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always", FormatWarning)
        for network in (net, None):
            issued.clear()
            try:
                many = cn.read_examples(path, network, strict=False)
            except FormatError:
                assert network is None  # values with and without groups
                continue
            monkeypatch.setattr(cn.formats.Blocks, "take", lambda _: None)
            one_by_one = cn.read_examples(path, network, strict=False)
            monkeypatch.undo()
            assert len({str(each.message) for each in issued}) == len(issued) // 2
            assert many.names == one_by_one.names
            assert many.input_groups == one_by_one.input_groups
            for field in ("inputs", "targets", "frequencies", "lengths"):
                assert same(getattr(many, field), getattr(one_by_one, field))
            assert [many.events_of(case) for case in range(60)] == [one_by_one.events_of(case) for case in range(60)]


EVENT_FORMS = (  # of all events of an example
    ["[{e}] I: {a} 0 T: {b};"],
    ["I: {a} 0 T: {b};"],
    ["[{e} max: {m} grace: 1] I: (a) {a} 0 T: (o) {b};"],
    ["[{e}] i: {a} t: 0;", "[{e}] i: 1 0;", "[{e}] T: {b};"],
    ["[{e} actI: .{m} actT: 0.25] i: {a} t: {{0.5}} 0;", "[{e} defI: 2] I: 1 1;"],
    ["[{e}-{f}] i: 0-{a};", "[{e}] T: {b};"],
    ["[{e}-{f}] B: {a};"],
    ["[{e}-{f} actI: {m}] i: {a} t: 0;"],
    ["[{e} defT: - min: {a}] I:{a} - T:(o)1e-{b};"],
    ["[{e} actT: -] i: 0 {a}t: {{-}}{b} 4;"],
)


@pytest.mark.parametrize("forms", EVENT_FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_examples_with_any_number_of_events_are_read_as_each_alone(
    written: Writer, forms: list[str], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if some have events that do not exist or are there twice, or fewer events than they say."""
    random = Random(seed)

    def example(number: int, most: int) -> str:
        count, parts, event = random.randrange(1, most), [], 0
        while event < count:
            last = min(count - 1, event + random.randrange(3)) if "{f}" in forms[0] else event
            form = random.choice(forms)[:-1]
            parts.append(form.format(e=event, f=last, a=random.randrange(2), b=random.randrange(3), m=random.randrange(1, 4)))
            event = last + 1
        return f"name: n{number} {count + (random.random() < 0.02)} {' '.join(parts)};"

    def outcome() -> tuple[object, ...]:
        with warnings.catch_warnings(record=True) as issued:
            warnings.simplefilter("always", FormatWarning)
            try:
                made = cn.read_examples(path, strict=False)
            except FormatError as error:
                return (str(error),)
        texts = [str(each.message) for each in issued]
        events = [made.events_of(case) for case in range(len(made))]
        return made.names, made.inputs.tobytes(), made.targets.tobytes(), made.inputs.shape, str(made.lengths), events, texts

    lines = [example(number, 12) for number in range(80)]
    if seed % 2:
        at = random.randrange(40, 80)
        lines[at] = lines[at].replace("1", "7", 1) if seed == 1 else lines[at].replace("[0", "[1", 1)
    path = written("\n".join(lines))
    many = outcome()
    monkeypatch.setattr(cn.formats.Blocks, "take", lambda _: None)
    assert many == outcome()


@pytest.mark.parametrize("form", ["[{}] I: 1 0 T: 1", "[{}] I: {} 0.5 T: 1", "I: (a) 1 (b) {} T: 1", "[{} max: 2] i: {{a}} 3-5 {} t: 0"])
def test_examples_with_any_number_of_events_are_read_at_once(written: Writer, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectionist_plugins.formats.lens_examples.text import _Reader

    alone: list[int] = []
    example = _Reader._example

    def count(reader: _Reader) -> object:
        alone.append(0)
        return example(reader)

    monkeypatch.setattr(_Reader, "_example", count)
    lines = [
        f"name: n{count} {count} " + " ".join(form.replace("{}", str(event)).format() for event in range(count)) + ";"
        for count in range(2, 100)
    ]
    assert len(cn.read_examples(written("\n".join(lines)))) == 98
    assert len(alone) <= 2  # the first, which has the groups


@pytest.mark.parametrize("first", ["freq: 0 2", "freq: 1 0", "name: {\xff} freq: 1 2"])
def test_the_first_of_the_examples_that_are_read_together_may_not_fit(written: Writer, first: str) -> None:
    events = "[0] I: 1 0 T: 1 [1] I: 0 1 T: 0;"
    name = "name: a " if first.startswith("name") else ""
    path = written("\n".join([f"{name}freq: 1 2 {events}", f"{first} {events}", *[f"{name}freq: 2 2 {events}"] * 9]).encode("latin-1"))
    if first == "freq: 1 0":
        with pytest.raises(FormatError, match=r"x\.ex:2:9: found '0'; a number of events"):
            cn.read_examples(path, strict=False)
        return
    with pytest.warns(FormatWarning, match=r"x\.ex:2:\d+: ('freq: 0' is not above 0|byte 0xff is not text)"):
        examples = cn.read_examples(path, strict=False)
    assert examples.frequencies.tolist() == [1.0, 1.0, *[2.0] * 9]
    assert examples.inputs.tolist() == [[[1, 0], [0, 1]]] * 11


FAULTS = [("1", "1-0"), ("0", "x"), ("0", "99"), ("max: 2", "max: -"), ("[", "[7 "), (";", ""), ("1", "1e999"), ("1", "1,"), ("n", "\xff")]


@pytest.mark.parametrize("seed", range(40))
def test_a_fault_among_examples_of_a_form_has_its_place(
    written: Writer, net: cn.Network, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random, text = Random(seed), random_file(seed)
    old, new = random.choice([pair for pair in FAULTS if pair[0] in text])
    at = random.choice([found.start() for found in re.finditer(re.escape(old), text)])
    path = written("")
    path.write_bytes((text[:at] + new + text[at + len(old) :]).encode("latin-1"))

    def outcome() -> tuple[str, list[str]]:
        with warnings.catch_warnings(record=True) as issued:
            warnings.simplefilter("always")
            try:
                examples = cn.read_examples(path, net, strict=False)
            except FormatError as error:
                return str(error), []
        return str(examples.inputs) + str(examples.targets), [issue for each in issued for issue in each.message.issues]  # type: ignore[union-attr]

    many = outcome()
    monkeypatch.setattr(cn.formats.Blocks, "take", lambda _: None)
    assert many == outcome()


@pytest.mark.parametrize("seed", range(6))
def test_lists_of_different_lengths_are_read_as_each_alone(written: Writer, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    forms = ["I: {} T: 1;", "name: n{} I: {} T: 0;", "2 I: {} I: 1 T: 1;", "i: {} t: 0;"]
    chosen = random.sample(forms, 2)
    lines = []
    for number in range(200):
        form = random.choice(chosen)
        values = " ".join(["1", "0", "2"][: random.choice((2, 2, 2, 2, 2, 2, 1, 3))])
        lines.append(form.format(number, values) if "name" in form else form.format(values))
    many = cn.read_examples(written("\n".join(lines)))
    monkeypatch.setattr(cn.formats.Blocks, "take", lambda _: None)
    one_by_one = cn.read_examples(written("\n".join(lines)))
    assert many.names == one_by_one.names
    assert same(many.inputs, one_by_one.inputs)
    assert same(many.targets, one_by_one.targets)


@pytest.mark.parametrize("script", ["{set x %s}", "set%s", '"a b %s"', "{if {%s} {b}}"])
def test_scripts_of_many_examples_are_listed_with_their_places(written: Writer, script: str) -> None:
    numbers = range(200)
    path = written("\n".join(f"name: {{a {number}}}\n proc: {script % number} I: 1 T: 1; proc: {{}} I: 0 T: 0;" for number in numbers))
    with pytest.warns(FormatWarning) as found:
        examples = cn.read_examples(path, strict=False)
    issues = found[0].message.issues  # type: ignore[union-attr]
    assert [issue.split(": 'proc:'")[0] for issue in issues] == [f"{path}:{2 * number + 2}:2" for number in numbers]
    assert examples.names[::2] == tuple(f"a {number}" for number in numbers)
    with pytest.raises(FormatError, match=r"x.ex:302:2: 'proc:' of the example is a script"):
        cn.read_examples(written("proc: {} I: 1 T: 1;\n" * 300 + "\n proc: x I: 1 T: 1;"))


@pytest.mark.parametrize(
    ("regular", "wrong"),
    [
        ("name: n I: 1 0 T: 1;", "name: n I: 1 0T: 1;"),
        ("i: 0 2 t: 1;", "i: 0 2t: 1;"),
        ("name: n I: 1 T: 1;", "name: n\0 I: 1 T: 1;"),
        ("i: {a} 0 2 t: {o 0.5} 1;", "i: {a} 0 2 t: 0{o 0.5} 1;"),
        ("i: {a} 0 2 t: {o 0.5} 1;", "i: {a} 0 2 t: 0 {o 0.5} 1;"),
    ],
)
def test_a_mistake_after_many_examples_of_its_form_is_found(written: Writer, regular: str, wrong: str) -> None:
    with pytest.raises(FormatError, match=r"x\.ex:101:"):
        cn.read_examples(written("\n".join([*[regular] * 100, wrong, *[regular] * 100])))


def test_forms_that_change_from_example_to_example_are_read_fast(written: Writer) -> None:
    """One that has a form as the example before it takes about as long."""
    texts = [f"name: a{number} {number % 9 + 1} " + "[0] I: 1 0 T: 1;\n" for number in range(3000)]
    seconds = []
    for chosen in (sorted(texts, key=lambda text: text.split()[2]), texts):
        path = written("".join(chosen))
        cn.read_examples(path)
        start = time.thread_time()
        cn.read_examples(path)
        seconds.append(time.thread_time() - start)
    assert seconds[1] < 4 * seconds[0]


def test_a_wrong_number_of_values_in_the_middle_of_many_is_found(written: Writer, net: cn.Network) -> None:
    lines = [f"name: e{number}\nI: (a) 1 0\nT: (o) 0 1;" for number in range(500)]
    lines[300] = "name: e300\nI: (a) 1 0 1\nT: (o) 0;"
    with pytest.raises(FormatError) as raised:
        cn.read_examples(written("\n".join(lines)), net)
    assert raised.value.line == 902
    lines[300] = "name: e300\nI: (a) 1 x\nT: (o) 0 1;"
    with pytest.raises(FormatError) as raised:
        cn.read_examples(written("\n".join(lines)), net)
    assert (raised.value.line, raised.value.column, raised.value.found) == (902, 10, "'x'")


def test_a_unit_that_does_not_exist_in_the_middle_of_many_is_found(written: Writer, net: cn.Network) -> None:
    lines = [f"name: e{number}\ni: {{a}} {number % 2}\nt: {{o}} 0 1;" for number in range(500)]
    lines[300] = "name: e300\ni: {a} 1\nt: {o} 0 2;"
    with pytest.raises(FormatError, match="found 3 units; group 'o' of net has 2") as raised:
        cn.read_examples(written("\n".join(lines)), net)
    assert raised.value.line == 903


def test_events_that_share_inputs_have_the_value_of_the_first(written: Writer) -> None:
    text = "name: a 2 [0 actI: 0.5 actT: 3] [1 actI: 0.25 actT: 4] [0-1] i: 1 t: 0;"
    for examples in (cn.read_examples(written(text)), cn.read_examples(written(text * 50))):
        for example in examples:
            assert same(example.inputs, [[0, 0.5], [0, 0.5]])
            assert same(example.targets, [[3], [4]])


@pytest.mark.parametrize("block", [16, 50, 333])
def test_words_at_the_end_of_a_block_are_whole(written: Writer, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectionist.formats import text_buffer

    path = written("\n".join(f"name: {{example {n}}} freq: {n + 1}\nI: 0.{n} 1 -\n# c\nT: {n};" for n in range(60)))
    whole = cn.read_examples(path)
    monkeypatch.setattr(text_buffer, "BLOCK_BYTES", block)
    parts = cn.read_examples(path)
    assert parts.names == whole.names
    assert same(parts.inputs, whole.inputs)
    assert same(parts.targets, [[n] for n in range(60)])
    path.write_text(path.read_text(encoding="utf-8") + "\nI: 1 oops;", encoding="utf-8")
    with pytest.raises(FormatError) as raised:
        cn.read_examples(path)
    assert (raised.value.line, raised.value.column) == (241, 6)


@pytest.mark.parametrize("suffix", [".ex", ".bex"])
def test_what_is_written_is_read_again(tmp_path: Path, suffix: str, net: cn.Network) -> None:
    events = [
        cn.Event({"a": [1, 0], "b": [0, 0.5, 1]}, {"o": [1, NAN], "p": [0]}, time=3, grace=1),
        cn.Event({"a": [0, 0], "b": [1, 1, 1], "h": [NAN, 1]}, time=2),
    ]
    given = cn.ExampleSet(
        [
            cn.Example.of_events(events, "a {b} c", frequency=2.5),
            cn.Example.of_events(events[:1], 'say "x"'),
            cn.Example.of_events(events[:1], "9;"),
        ],
        net,
    )
    cn.write_examples(given, tmp_path / f"x{suffix}")
    again = cn.read_examples(tmp_path / f"x{suffix}", net)
    assert again.names == given.names
    assert same(again.frequencies, given.frequencies)
    assert same(again.inputs, given.inputs)
    assert same(again.targets, given.targets)
    assert same(again.clamps["h"], given.clamps["h"])
    assert [again.events_of(case) for case in range(3)] == [given.events_of(case) for case in range(3)]


def test_what_lens_has_no_word_for_is_named(tmp_path: Path) -> None:
    examples = cn.ExampleSet.from_arrays([[1], [0]], [[1], [0]])
    stream = cn.ExampleSet.stream([[1], [0]], [[1], [0]])
    with pytest.raises(FormatError, match="example '0' continues the one before it"):
        cn.write_examples(stream, tmp_path / "x.ex")
    with pytest.raises(FormatError, match="weights of the error"):
        cn.write_examples(examples.weighted([1, 2]), tmp_path / "x.ex")
    assert not (tmp_path / "x.ex").exists()


def test_names_of_several_lines_among_examples_of_a_form(written: Writer) -> None:
    path = written("")
    path.write_bytes(b"name: {a\nb} I: 1 T: 1;\n" * 3 + b"name: {a\n\xff} I: 1 T: 1;\n" + b"name: {c\nd} I: 1 T: 1;\n" * 3)
    with pytest.warns(FormatWarning, match=r":7:\d+: byte 0xff is not text in UTF-8"):
        assert cn.read_examples(path, strict=False).names == ("a\nb", "a\nb", "a\nb", "a\n\xff", "c\nd", "c\nd", "c\nd")


@pytest.mark.parametrize("lines", [0, 40])
def test_a_plus_sign_is_an_error_as_in_lens(written: Writer, lines: int) -> None:
    regular = "I: 0 1 T: 1e+0;\n"
    assert cn.read_examples(written(regular * (lines + 1))).targets[-1].tolist() == [1.0]
    with pytest.raises(FormatError, match=r"found '\+1' with a plus sign; a number, '-', a group") as raised:
        cn.read_examples(written(regular * lines + "I: 0 +1 T: 1;\n" + regular * lines))
    assert (raised.value.line, raised.value.column) == (lines + 1, 6)


def bex(*, size: int = 4, count: int = 1, name: bytes = b"a\0", events: int = 1, inputs: bytes = b"", rest: bytes = b"") -> bytes:
    """Return a binary file with one example: inputs 1 0, target 1."""
    header = struct.pack(">7f", 1, 0, 0, 0, 1, 0, 1)
    dense = struct.pack(">iii", 1, 0, 1) + b"\0" + struct.pack(">ibi", 2, 0, 0) + struct.pack(">2f", 1, 0) + b"\0"
    targets = struct.pack(">iiii", 1, 1, 0, 1) + b"\0" + struct.pack(">ibif", 1, 0, 0, 1)
    example = name + b"\0" + struct.pack(">fiii", 1, events, 0, 1) + (inputs or dense) + targets
    return b"\xaa\xaa\xaa\xaa" + struct.pack(">i", size) + b"\0" + header + struct.pack(">i", count) + example + rest


SPARSE = struct.pack(">iii", 1, 0, 1) + b"\0" + struct.pack(">ibfii", 2, 1, 1.0, 5, -2) + b"\0"
REVERSED = struct.pack(">iiii", 2, 3, -1, 1) + b"\0" + struct.pack(">ibi", 1, 0, 0) + struct.pack(">f", 1) + b"\0"
NO_EVENT = struct.pack(">ii", 0, 1) + b"\0" + struct.pack(">ibi", 1, 0, 0) + struct.pack(">f", 1) + b"\0"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"I: 0 1 T: 1;", "byte 0: found 0x493a2030; the mark 0xaaaaaaaa of a binary example file may be here"),
        (bex(size=8), "byte 4: found numbers of 8 bytes; numbers of 4 bytes may be here"),
        (bex(size=2**26), "byte 4: has numbers with their last byte first"),
        (bex(count=2), "found the end of the file; the name of example 2 of 2, which a zero byte ends, may be here"),
        (bex(count=-1), "byte 37: found -1; the number of examples, 0 or more, may be here"),
        (bex(name=b"\xff\0"), "the name of example 1 of 1 at byte 41 is not text in UTF-8"),
        (bex(events=0), "found 0; a number of events, from 1 to 1000000, may be here"),
        (bex(rest=b"more"), "found more bytes after 1 example; the end of the file may be here"),
        (bex(inputs=SPARSE), "found units 5 to 2; units in rising order may be here"),
        (bex(inputs=REVERSED, events=5), "found events 3 to 1; events in rising order may be here"),
        (bex(inputs=REVERSED), "found event 3; event 0, the only one, may be here"),
        (bex(inputs=NO_EVENT), "a list of values before byte 64 is for no event"),
        (bex()[:-2], "byte 119: found the end of the file; values may be here"),
    ],
)
def test_mistakes_in_binary_files_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.bex"
    path.write_bytes(bex())
    assert cn.read_examples(path).inputs.tolist() == [[1.0, 0.0]]
    path.write_bytes(content)
    with pytest.raises(FormatError, match=re.escape(message)):
        cn.read_examples(path, format="lens_binary_examples")


@pytest.mark.parametrize("others", [0, 500])
def test_a_time_that_is_too_long_is_an_error(written: Writer, others: int) -> None:
    lines = ["name: a [max: 2] I: 1 0 T: 1;"] * others
    with pytest.raises(FormatError, match=r"a 'max:' of at most 1,000,000") as raised:
        cn.read_examples(written("\n".join([*lines, "name: b [max: 2e6] I: 1 0 T: 1;", *lines])))
    assert raised.value.line == others + 1


@pytest.mark.parametrize(
    "name", ["{two words}", '"two words"', "{ a  b\tc }", "(a\nb)", "{a {b} c}", '{a "b" c}', "{1 2-3 .5}", '"a b "', "{a; b}"]
)
def test_names_of_several_words_are_those_of_the_words_read_one_by_one(written: Writer, name: str) -> None:
    alone = cn.read_examples(written(f"name: {name} I: 1 0 T: 1;"))
    many = cn.read_examples(written("".join(f"name: {name if number % 3 else 'one'} I: 1 0 T: 1;\n" for number in range(300))))
    assert list(many.names) == [alone.names[0] if number % 3 else "one" for number in range(300)]
