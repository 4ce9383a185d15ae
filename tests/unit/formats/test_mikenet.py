"""Example files of MikeNet."""

import re
import warnings
from pathlib import Path
from random import Random

import numpy as np
import pytest

import connectionist as cn

nan = float("nan")
FILE = """TAG first one
PROB 0.25
CLAMP Input ALL FULL 0 1
TARGET Output 1-2 FULL NaN 1
;
CLAMP Input 0-1 FULL 1 0.5 CLAMP Input 2-ALL SPARSE ONVAL 2 OFFVAL -1 0 ,
TARGET Output 0 SPARSE 1 ,
CLAMP hidden 1 FULL d 0.5 d
;
"""


def network(*, delay: int = 1) -> cn.Network:
    net = cn.Network("net")
    net.add_group("Input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("Output", 2, role="output")
    net.connect("Input", "hidden", delay=delay)
    net.connect("hidden", "Output", delay=delay)
    return net


def read(tmp_path: Path, text: str, net: cn.Network | None = None, *, strict: bool = True, ticks: int = 0) -> cn.ExampleSet:
    path = tmp_path / "x.ex"
    path.write_text(text)
    return cn.read_examples(path, net, cn.file_format("mikenet_examples", ticks=ticks) if ticks else None, strict=strict)


def test_examples_for_a_network_in_time(tmp_path: Path) -> None:
    examples = read(tmp_path, FILE, network())
    assert examples.names == ("first one", "1")
    assert examples.frequencies.tolist() == [0.25, 1.0]
    assert examples.inputs.tolist() == [[[0, 1]] * 3, [[1, 0.5], [1, 0.5], [2, -1]]]
    np.testing.assert_array_equal(examples.targets, [[[nan, nan], [nan, 1], [nan, 1]], [[0, 1], [nan, nan], [nan, nan]]])
    np.testing.assert_array_equal(examples["1"].clamps["hidden"], [[nan] * 3, [nan, 0.5, nan], [nan] * 3])


def test_without_a_network_the_file_has_the_sizes(tmp_path: Path) -> None:
    text = "CLAMP a ALL FULL 0 1\nCLAMP b ALL FULL 2 TARGET c ALL FULL 1 NaN ;"
    examples = read(tmp_path, text)
    assert examples.input_groups == {"a": 2, "b": 1}
    assert examples.inputs.tolist() == [[0, 1, 2]]
    np.testing.assert_array_equal(examples.targets, [[1, nan]])
    assert read(tmp_path, text, ticks=4).ticks == 4
    longer = text.replace("CLAMP", "CLAMPED").replace("TARGET", "TARGETS").replace("FULL", "EXPAND")
    np.testing.assert_array_equal(read(tmp_path, longer).inputs, examples.inputs)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    net = network()
    examples = read(tmp_path, FILE, net)
    cn.write_examples(examples, tmp_path / "y.ex", "mikenet_examples")
    again = cn.read_examples(tmp_path / "y.ex", net)
    np.testing.assert_array_equal(again.inputs, examples.inputs)
    np.testing.assert_array_equal(again.targets, examples.targets)
    np.testing.assert_array_equal(again["1"].clamps["hidden"], examples["1"].clamps["hidden"])
    assert again.frequencies.tolist() == [0.25, 1.0]
    unequal = cn.ExampleSet([cn.Example([[1.0]], [[0.0]]), cn.Example([[1.0], [1.0]], [[0.0], [1.0]])])
    with pytest.raises(cn.errors.FormatError, match="in MikeNet, all examples have the same number of ticks"):
        cn.write_examples(unequal, tmp_path / "y.ex", "mikenet_examples")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("CLAMP Input ALL", "CLAMP input ALL", r":3:7: found '?input'?; a group of the network, one of Input, hidden, Output"),
        ("Input ALL FULL 0 1", "Input ALL FULL 0", r":4:1: found '?TARGET'?; a number, NaN or d, one for each of 2 units"),
        ("Input ALL FULL 0 1", "Input ALL FULL 0 1 1", r":3:22: found 3 values; 2, one for each unit of the group"),
        ("Input ALL FULL 0 1", "Input ALL FULL 0 x", r":3:24: found '?x'?; a number"),
        ("Input ALL FULL", "Input 3-1 FULL", r":3:13: found '?3-1'?; ticks from 0, such as 3, 0-3, 2-ALL or ALL"),
        ("Input ALL FULL", "Input ALL HALF", r":3:17: found '?HALF'?; 'FULL' or 'EXPANDED' or 'SPARSE'"),
        ("0 SPARSE 1 ,", "0 SPARSE 2 ,", r":7:24: found '?2'?; ONVAL, OFFVAL, ',', or the number of a unit, from 0 to 1,"),
        ("PROB 0.25", "PROB -1", r":3:1: found '?CLAMP'?; a probability of 0 or more before this"),
        ("PROB", "PROP", r":2:1: found '?PROP'?; one of TAG, PROB"),
        ("d 0.5 d\n;", "d 0.5 d\n", r":10:1: found the end of the file; ';', the end of the example"),
    ],
)
def test_an_error_has_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in FILE
    with pytest.raises(cn.errors.FormatError, match=message):
        read(tmp_path, FILE.replace(old, new), network())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("CLAMP Input ALL", "SOFTCLAMP Input ALL", ":3:1: a soft clamp has no counterpart"),
        ("CLAMP Input ALL", "CLAMP Input 1-ALL", ":1: input unit 0 is not clamped at tick 0 of example 'first one'; it gets 0 here"),
        ("TARGET Output 0 SPARSE 1 ,", "TARGET hidden 0 FULL 1 1 1", ":7:1: group 'hidden' has targets, and is no output group"),
        ("TAG first one\nPROB 0.25\nCLAMP Input ALL", "CLAMP Input 1-ALL", ":1: input unit 0 is not clamped at tick 0 of the example; it"),
        ("PROB 0.25", "PROB 0", r":2:6: example 'first one' has PROB 0, and is never presented"),
        ("TAG first one\nPROB 0.25", "PROB 0", r":1:6: the example has PROB 0, and is never presented"),
    ],
)
def test_what_has_no_counterpart_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = FILE.replace(old, new)
    with pytest.raises(cn.errors.FormatError, match=message):
        read(tmp_path, text, network())
    with pytest.warns(cn.errors.FormatWarning, match=message):
        read(tmp_path, text, network(), strict=False)


FORMS = [
    "CLAMP Input ALL FULL # #\nTARGET Output 1-2 FULL # #",
    "PROB 0.5\nCLAMP Input 0 FULL # # CLAMP Input 1-ALL FULL # #\nTARGET Output ALL SPARSE 1 0 ,",
    "TAG name {}\nCLAMP Input ALL SPARSE OFFVAL 0.5 ONVAL -1 1 , TARGET Output 2 FULL # d",
    "TAG {}\nPROB .25 INPUT Input ALL EXPANDED # # CLAMP hidden 1 FULL # # # TARGET Output 0 FULL # #",
    "TARGET Output ALL FULL # # CLAMP Input 0-2 SPARSE , TAG {} ",
    "TAG {}\nCLAMPS Input ALL EXPAND # # TARGETS Output 1 FULL # 1",
    "TAG {}\nSOFTCLAMP Input ALL FULL # # TARGET Output ALL FULL 1 #",
    "TAG {}\nCLAMP Input ALL FULL # # CLAMP Input 1 FULL # # TARGET Output ALL FULL 1 #",
    "CLAMP Input 0-2 FULL # # TARGET Output 1-2 FULL 1 # TARGET Output 2-2 SPARSE 1 ,",
]
VALUES = ["0", "1", "0.25", "NaN", "-1e-3"]
FAULTS = [
    ("1", "x"),
    ("1", "1 1"),
    (" ,", " 2 ,"),
    ("0", "9"),
    ("FULL", "FUL"),
    (";", "; ;"),
    ("\n;", ""),
    ("PROB ", "PROB -"),
    ("e", "\xff"),
    ("CLAMP", "SOFTCLAMP"),
]


@pytest.mark.parametrize("seed", range(40))
def test_examples_of_a_form_are_read_as_each_alone(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    forms = random.sample(FORMS, 1 + seed % 3)
    text = "\n".join(f"{random.choice(forms).format(number)}\n;" for number in range(40))
    text = re.sub("#", lambda _: random.choice(VALUES), text)
    if seed % 4:
        old, new = random.choice([pair for pair in FAULTS if pair[0] in text])
        at = random.choice([found.start() for found in re.finditer(re.escape(old), text)])
        text = text[:at] + new + text[at + len(old) :]
    path = tmp_path / "x.ex"
    path.write_bytes(text.encode("latin-1"))

    def outcome() -> list[object]:
        with warnings.catch_warnings(record=True) as issued:
            warnings.simplefilter("always")
            try:
                examples = cn.read_examples(path, network(), "mikenet_examples", strict=False)
            except cn.errors.FormatError as error:
                return [str(error)]
        tables = [examples.inputs, examples.targets, *(each.clamps for each in examples)]
        return [*map(str, tables), examples.names, examples.frequencies.tolist(), *(each.message.issues for each in issued)]  # type: ignore[union-attr]

    many = outcome()
    monkeypatch.setattr(cn.formats.Blocks, "take", lambda _: None)
    assert many == outcome()


@pytest.mark.parametrize(
    ("first", "second", "listed"),
    [
        ("CLAMP Input 0", "CLAMP Input 0", ":4:1: group 'Input' has values at some of the ticks 0 already; these replace them"),
        ("CLAMP Input ALL", "INPUT Input 1-2", ":4:1: group 'Input' has values at some of the ticks 1-2 already"),
        ("TARGET Output 0-1", "TARGET Output 1-ALL", ":4:1: group 'Output' has values at some of the ticks 1-ALL already"),
        ("TARGET Output 0-1", "TARGET Output 2-ALL", ""),
        ("CLAMP Output 0", "TARGET Output 0", ""),
        ("CLAMP Input 0-1", "CLAMP Input 2", ""),
    ],
)
def test_values_that_replace_others_are_listed(tmp_path: Path, first: str, second: str, listed: str) -> None:
    text = f"TAG a\nCLAMP Input ALL FULL 0 0 TARGET Output 0 FULL 0 0;\n{first} FULL 1 1\n{second} FULL 0 1\n;\n".replace("0;", "0 ;")
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        examples = read(tmp_path, text, network(delay=0), strict=not second.startswith("TARGET"))
    issues = [issue for each in issued for issue in each.message.issues if "these replace them" in issue]  # type: ignore[union-attr]
    assert [listed in issue for issue in issues] == [True] * bool(listed)
    assert len(examples) == 2


def test_examples_with_any_ticks_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectionist_plugins.formats.mikenet_examples import text as reader

    alone: list[object] = []
    read = reader._Reader.read

    def counted(given: reader._Reader) -> object:
        alone.append(0)
        return read(given)

    monkeypatch.setattr(reader._Reader, "read", counted)
    lines = []
    for count in range(2, 100):
        clamps = [f"CLAMP a {tick} FULL {tick % 2} 1" for tick in range(count)]
        lines += [f"TAG n{count}", *clamps, f"CLAMP a {count}-99 FULL 0 0", f"TARGET b {count}-ALL FULL {count} NaN", ";"]
    path = tmp_path / "x.ex"
    path.write_text("\n".join(lines) + "\n")
    many = cn.read_examples(path, format="mikenet_examples")
    assert len(alone) <= 2  # the first, which has the groups
    for count, example in enumerate(many, 2):
        assert example.inputs.tolist() == [[tick % 2, 1] for tick in range(count)] + [[0, 0]] * (100 - count)
        assert np.isnan(example.targets[:count]).all()
        assert (example.targets[count:, 0] == count).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CLAMP a ALL SPARSE 1 , TARGET b ALL FULL 1 ;", "the size of a group with SPARSE is not in the file; give network="),
        ("CLAMP a ALL FULL 1 ;", "has no TARGET; give network="),
        ("[0-2] 0 1\n,\n[2] 1\n;\n", ":1: is in the grammar of version 1 of MikeNet, which is not read"),
        ("Input [0-2] 0 1\n,\nOutput [2] 1\n;\n", ":1: is in the grammar of version 1 of MikeNet, which is not read"),
        ("CLAMP a 0 FULL 1 CLAMP a 1 FULL 1 2 TARGET b 0 FULL 1 ;", ":1: group 'a' has 2 values, and had 1 before"),
        ("CLAMP a ALL FULL 1x TARGET b 0 FULL 1 ;", r":1:18: found '?1x'?; a number"),
        ("CLAMP a 0-999999 FULL 1 1 1 1 TARGET b 0 FULL 1 ;", "too much for a file of"),
    ],
)
def test_files_that_need_a_network(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(cn.errors.FormatError, match=message):
        read(tmp_path, text)
    with pytest.raises(cn.errors.FormatError, match="a tick after the last one, 0"):
        read(tmp_path, "CLAMP a 1 FULL 1 TARGET b 0 FULL 1 ;", ticks=1)


def test_the_files_of_lens_have_the_same_suffix(tmp_path: Path) -> None:
    lens = tmp_path / "lens.ex"
    lens.write_text("name: a 1 I: 0 1 T: 1 ;\n")
    assert cn.read_examples(lens).names == ("a",)
    assert read(tmp_path, "TAG b\nCLAMP a ALL FULL 1 TARGET b ALL FULL 1 ;").names == ("b",)


@pytest.mark.parametrize("word", ["TAG b", "PROB 0.5"])
@pytest.mark.parametrize("others", [0, 500])
def test_a_forgotten_semicolon_is_found(tmp_path: Path, word: str, others: int) -> None:
    example = "TAG a\nPROB 0.1\nCLAMP In ALL FULL 1 0\nTARGET Out ALL FULL 1\n"
    path = tmp_path / "x.ex"
    path.write_text(f"{example};\n" * others + f"{example}{word}\nCLAMP In ALL FULL 0 1\n;\n" + f"{example};\n" * others, encoding="utf-8")
    name = word.split(maxsplit=1)[0]
    with pytest.raises(
        cn.errors.FormatError, match=f"found '{name}'; ';', since the example has its {name} already, may be here"
    ) as raised:
        cn.read_examples(path)
    assert raised.value.line == 5 * others + 5


@pytest.mark.parametrize("others", [0, 200])
def test_sparse_values_without_a_network_are_an_error_wherever_they_are(tmp_path: Path, others: int) -> None:
    path = tmp_path / "x.ex"
    full = "TAG a\nCLAMP In ALL FULL 1 0\nTARGET Out ALL FULL 1\n;\n"
    path.write_text(full * others + "TAG b\nCLAMP In ALL SPARSE 1 ,\nTARGET Out ALL FULL 1\n;\n" + full * others, encoding="utf-8")
    with pytest.raises(cn.errors.FormatError, match="size of a group with SPARSE") as raised:
        cn.read_examples(path)
    assert raised.value.line == 4 * others + 2


@pytest.mark.parametrize("seed", range(20))
def test_ticks_that_values_have_in_common_are_found_in_any_order(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    net = cn.Network("net")
    for group, role in (("a", "input"), ("b", "input"), ("out", "output")):
        net.add_group(group, 1, role=role)
    net.connect("a", "out", delay=1)
    taken: dict[str, set[int]] = {"a": set(), "b": set()}
    lines, wanted = ["TAG x", "TARGET out 0 FULL 1"], []
    for line in range(3, 3 + random.randint(2, 30)):
        group, first = random.choice(["a", "b", "Input"]), random.randint(0, 40)
        last = random.choice([first, first + random.randint(0, 8), 49])
        members = ("a", "b") if group == "Input" else (group,)
        ticks = set(range(first, last + 1))
        if any(taken[each] & ticks for each in members):
            wanted.append(line)
        for each in members:
            taken[each] |= ticks
        span = f"{first}-ALL" if last == 49 else f"{first}-{last}"
        lines.append(f"CLAMP {group} {span} FULL {'1 1' if group == 'Input' else '1'}")
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        read(tmp_path, "\n".join([*lines, ";", ""]), net, strict=False, ticks=50)
    issues = [issue for each in issued for issue in each.message.issues if "these replace them" in issue]  # type: ignore[union-attr]
    assert [int(issue.split("x.ex:")[1].split(":")[0]) for issue in issues] == wanted
