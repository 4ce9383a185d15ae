"""Mutations of the files of every format: each is read, or raises an error of the simulator, in bounded time and memory.

``FORMAT_MUTATIONS=100000 pytest -m slow tests/robustness/test_format_fuzzer.py`` mutates as many files for each format.
"""

from __future__ import annotations

import os
import resource
import signal
import time
import warnings
from pathlib import Path
from random import Random
from typing import Any

import pytest

import connectionist as cn
from connectionist.plugins import registry
from connectionist.testing import check_file_format

MANY = int(os.environ.get("FORMAT_MUTATIONS", "20000"))
MOST_SECONDS = 20  # of processor time for a part, so that other programs do not make it fail
MOST_GROWTH = 700_000  # kB of the process
NAMES = registry.get_registry().names("file_formats")
SAMPLES = {
    "lens_examples": """# all of the grammar
4 3 proc: {puts {hello {world}}} max: 2 min: 0.5 grace: 0.25 defI: - actI: 1 defT: 0 actT: .5 ;
name: {a b} freq: 2.5 proc: "x" 3 [0-1 max: 1e0] I: 1 - 0 (2) .5 [0 2] T: 1;
name: c 2 [] b: 0 1-2 [1 defT: -] t: {0.5} * {-} 0;
name: d I: 0.1 1e-1 -1 T: -;
name: e B: 1 0 0;
;
""",
    "snns_results": """SNNS result file V1.4-3D
generated at Fri Apr 22 09:52:35 1994

No. of patterns     : 2
No. of input units  : 2
No. of output units : 1
startpattern        : 1
endpattern          : 2
input patterns included
teaching output included
#1.1
1 0
1
0.91508
#2.1
0 1
0
0.0006
""",
    "pdp_script": "get network xor.net\nset param lrate .5\ntall\n",
    "pdp_patterns": "p0 1 0 .5 1 0\np1 + - . 1 -1\np2 1e-1 0 -2 + .\n",
}
PARAMETERS = {"pdp_patterns": {"inputs": 3}}


def alarm(*_: object) -> None:
    raise AssertionError(f"reading took more than {MOST_SECONDS} s of processor time")


def attack(name: str, folder: Path, mutations: int) -> None:
    """Read mutated files in parts of a hundred, each in bounded time."""
    made = cn.file_format(name, **PARAMETERS.get(name, {}))
    samples = [folder / f"sample{(made.suffixes + made.sniffed_suffixes)[0]}"] if name in SAMPLES else []
    for sample in samples:
        sample.write_text(SAMPLES[name], encoding="utf-8")
    check_file_format(made, samples, mutations=0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    previous = signal.signal(signal.SIGPROF, alarm)
    try:
        for seed in range(0, mutations, 100):
            signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
            check_file_format(made, samples, mutations=min(mutations, 100), seed=seed)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_GROWTH


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_mutated_files(name: str, tmp_path: Path) -> None:
    attack(name, tmp_path, MANY)


def test_a_few_mutated_files_with_all_of_the_grammar(tmp_path: Path) -> None:
    """The files of all formats are mutated in ``tests/conformance/test_registered.py``."""
    attack("lens_examples", tmp_path, 100)


FORMS = (
    "name: n{0} I: 1 0 T: 1;",
    "name: {{b {0}}} freq: 1.{0} I: (a) 0 1 - T: (o) 1 0;",
    "2 [0 max: 2] I: 1 0 [1] I: (a) 1 T: 1 1 0;",
    "i: {{a}} 0 2 t: {{o 0.5}} 1;",
    "name: {0} proc: {{x {0}}} 3 [0-1] I: 1 1 [2 defT: -] B: 1;",
    "2 [0] I: 1 {0} T: 1 [1] I: 0 0 T: 0;",
    "3 [0] I: 1 {0} T: 1 [1] I: 0 0 T: 0 [2] I: - 0 T: {0};",
    "I: (h) 1 0 T: 1;",
    "proc: {{}} I: 0 0 1 1 T: - 1 -;",
)
PIECES = ("0", "-", " ", ";", "[0]", "{x}", "proc: {a}", "2", "1-2", "(a)", "T:", "i: 1", "#", "1e400", "freq: 0", "\0", "é", "*", "]", "{")


def read_lens(path: Path, network: cn.Network | None, *, strict: bool) -> Any:
    """Return the values of a file, and what was listed; or the error."""
    with warnings.catch_warnings(record=True) as listed:
        warnings.simplefilter("always")
        try:
            found = cn.read_examples(path, network, strict=strict)
        except cn.errors.ConnectionistError as error:
            return str(error)
    tables = [found.inputs, found.targets, found.frequencies, *found.clamps.values()]
    return found.names, str(found.lengths), [table.tobytes() for table in tables], [str(each.message) for each in listed]


@pytest.mark.slow
def test_lens_files_with_mistakes_are_read_together_as_word_by_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = cn.Network("net")
    net.add_group("a", 4, role="input")
    net.add_group("h", 3)
    net.add_group("o", 3, role="output")
    path = tmp_path / "x.ex"
    for seed in range(MANY // 20):
        random = Random(seed)
        forms = random.sample(FORMS, random.randint(1, 4))
        lines = [random.choice(forms).format(number) for number in range(random.choice((5, 40, 200)))]
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            line = random.randrange(len(lines))
            text, at = lines[line], random.randint(0, len(lines[line]))
            lines[line] = text[:at] + random.choice(PIECES) + text[at + random.choice((0, 0, 1, 3)) :]
        path.write_text(random.choice(("", "max: 1; ", "defI: 0.5 actI: 2;")) + "\n".join(lines), encoding="utf-8")
        network, strict = random.choice((None, net)), random.random() < 0.3
        together = read_lens(path, network, strict=strict)
        with monkeypatch.context() as patch:
            patch.setattr(cn.formats.Blocks, "take", lambda _: None)
            assert together == read_lens(path, network, strict=strict), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["lens_examples", "csv"])
def test_time_grows_with_the_size_of_the_file(name: str, tmp_path: Path) -> None:
    """Files of ten times the size take at most thirty times as long, also if every example has another form."""
    made = registry.find("file_formats", name)
    seconds = []
    for count in (300, 3000):
        path = tmp_path / f"x{(made.suffixes + made.sniffed_suffixes)[0]}"
        if name == "csv":
            path.write_text("input:0,target:0\n" + "".join(f"{number},1\n" for number in range(count)), encoding="utf-8")
        else:
            lines = (
                f"name: a{number} {number % 7 + 1} [{number % 3 % (number % 7 + 1)} max: 1.{number}] I: 1 0 T: 1;"
                for number in range(count)
            )
            path.write_text("max: 1;" + "\n".join(lines), encoding="utf-8")
        cn.read_examples(path)
        start = time.thread_time()
        cn.read_examples(path)
        seconds.append(time.thread_time() - start)
    assert seconds[1] < 30 * max(seconds[0], 0.002)
