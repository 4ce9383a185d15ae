"""A fuzzer of the command line: any words end with a result, or with status 2 and one sentence."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectionist.cli import main
from connectionist.learning.trainer import Trainer
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import parameters_of

pytestmark = pytest.mark.filterwarnings("ignore:rule .delta.. learns from targets")  # all rules are tried with all tasks

LONGEST_LINE = 3500
PYTHON_ERROR = re.compile(r"\b[A-Z]\w*(Error|Exception|Warning)\b|Traceback|0x[0-9a-f]{8}")
SMALL_TASKS = ("xor", "shift-register", "encoder", "symmetry", "sequence-completion")
NUMBERS = [
    *("0", "1", "2", "3", "-1", "-0", "+1", "0.5", "-0.5", "1.0", "1e3", "0x10", "1_0", " 1", "٣", "½"),
    *("1e308", "-1e308", "8.9e307", "1e-308", "1e-400", "1e400", "-1e400", "nan", "-nan", "inf", "-inf"),
    *("2147483648", "9223372036854775808", "9" * 20, "9" * 400, "9" * 5000, "-" + "9" * 5000, "0." + "9" * 5000, "0" * 5000),
]
RANGES = ["1-2", "2-1", "1-1", "1", "-", "1-", "-1", "1-2-3", "a-b", "1--2", "1..2", f"0-{'9' * 20}", f"0-{'9' * 5000}", f"{'9' * 5000}-1"]
WORDS = [
    "",
    " ",
    "=",
    "==",
    "a=",
    "=a",
    "-",
    "--",
    "none",
    "true",
    "no",
    ",",
    "1,2",
    "1,,2",
    "..",
    "/",
    "~",
    "*",
    "%s",
    "%",
    "{0}",
    "\\",
    "'",
    '"',
]
STRANGE = ["\0", "a\0b", "\n", "a\nb", "\x1b[31m", "\udcff", "🙂", "é", "\u202e", "x" * 256, "x" * 5000, "a " * 3000, "/" * 5000, "'" * 500]
SENTENCES = ("error: ", "could not be imported", "warning: ", "interrupted")

texts = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(RANGES), st.sampled_from(WORDS), st.sampled_from(STRANGE), st.text(max_size=12))


def names(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(registry.get_registry().names(kind)))


def keys() -> list[str]:
    """Return the names of all parameters of small tasks, rules and engines."""
    owners = [registry.find("tasks", name) for name in SMALL_TASKS]
    owners += [registry.find(kind, name) for kind in ("update_rules", "engines") for name in registry.get_registry().names(kind)]
    return sorted({key for owner in owners for key in parameters_of(owner)})


def mostly(usual: st.SearchStrategy[Any], unusual: st.SearchStrategy[Any] = texts) -> st.SearchStrategy[Any]:
    """Return a strategy that takes three of four values from the first one; `one_of` would take each branch of both equally often."""
    return st.integers(0, 3).flatmap(lambda number: usual if number else unusual)


def words_of(*options: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.one_of(*options), max_size=3).map(lambda found: [word for words in found for word in words])


def option(name: str, value: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return value.map(lambda text: [f"{name}={text}"] if text.startswith("-") and name.startswith("--") else [name, text])


def command_lines(run: Path, out: Path) -> st.SearchStrategy[list[str]]:
    """Return a strategy for the words after ``connectionist``."""
    key = mostly(st.sampled_from(keys()))
    value = mostly(st.sampled_from(["0.5", "1", "2", "3", "true", "none"]))
    run_options = words_of(
        option("--seed", mostly(st.just("3"))),
        option("--seeds", mostly(st.sampled_from(["1-2", "5-5"]), st.sampled_from(RANGES) | texts)),
        option("--epochs", mostly(st.sampled_from(["0", "1", "2"]))),
        option("--engine", mostly(st.just("local"), names("engines") | texts)),
        option("--rule", mostly(names("update_rules"))),
        option("--preset", mostly(st.sampled_from(["default", "published"]))),
        option("--set", st.builds("{}={}".format, key, value)),
        option("--set", st.builds("{}={}".format, key, texts)),
        option("--out", mostly(st.just(str(out)), texts.map(lambda text: f"{out}/{text}"))),
        st.just(["--json"]),
        texts.map(lambda text: [text]),
    )
    other_options = words_of(
        st.sampled_from([["--json"], ["--help"], ["--version"], ["--all"]]),
        option("-p", texts.map("no:{}".format) | st.just("no:show") | texts),
        option("--plugins-dir", texts),
        option("--out", st.sampled_from([f"{out}.html", f"{out}.png", "a.txt"]) | texts),
        texts.map(lambda text: [text]),
    )
    some_options = mostly(st.just([]), other_options)
    # The first --epochs and --engine keep training short.
    runs = st.builds(
        lambda task, given, others: ["run", task, "--epochs", "1", "--engine", "local", *given, *others],
        *(mostly(st.sampled_from(SMALL_TASKS)), run_options, some_options),
    )
    study_options = words_of(
        option("--vary", st.builds("{}={}".format, key, mostly(st.sampled_from(["0.5,1", "1", "1,2", "0:1:0.5", "true,false"])))),
        option("--set", st.builds("{}={}".format, key, value)),
        option("--keep", mostly(st.just("runs"))),
        option("--out", mostly(st.just(str(out)), texts.map(lambda text: f"{out}/{text}"))),
        option("--show", mostly(st.just(str(run)))),
        option("--rule", mostly(names("update_rules"))),
        option("--dask", texts.filter(lambda text: ":" not in text)),
        st.just(["--json"]),
        texts.map(lambda text: [text]),
    )
    studies = st.builds(
        lambda task, given: ["study", task, "--seeds", "1-2", "--epochs", "1", "--engine", "local", "--workers", "1", *given],
        *(mostly(st.sampled_from(SMALL_TASKS)), study_options),
    )
    folder = mostly(st.just(str(run)), texts | texts.map(lambda text: f"{run}/{text}"))
    what = mostly(st.sampled_from(["hidden:0", "input:0 -> hidden:0", "hidden", "bias -> output:0"]))
    commands = [
        st.tuples(st.just("list"), mostly(st.sampled_from(["tasks", "rules", "functions", "engines"]))),
        st.tuples(st.just("show"), mostly(names("tasks") | names("update_rules") | names("engines"))),
        st.tuples(st.just("explain"), folder, what),
        st.tuples(st.just("explain"), folder, what, mostly(st.just("--tick=1"), texts.map("--tick={}".format))),
        st.tuples(st.just("explain"), folder, what, texts.map("--case={}".format)),
        st.tuples(st.just("compare"), folder, folder | st.just(str(run.parent / "other"))),
        st.tuples(st.just("summarize"), folder | st.just(str(run.parent / "seeds"))),
        st.tuples(st.sampled_from(["plugins", "run", "list", "show", "compare"]) | texts),
    ]
    others = st.builds(lambda words, rest: [*words, *rest], st.one_of(*commands), some_options)
    return st.integers(0, 3).flatmap(lambda number: [others, runs, runs, studies][number])


def make_runs(folder: Path) -> list[Path]:
    """Write two runs, and a run with seeds, which commands can read."""
    made = {"run": ["--seed", "1"], "other": ["--seed", "2"], "seeds": ["--seeds", "1-2"]}
    for name, words in made.items():
        assert main.main(["run", "xor", "--epochs", "1", "--engine", "local", *words, "--out", str(folder / name)]) == 0
    return [folder / name for name in made]


@pytest.fixture
def attack(
    own_registry: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[int], None]:
    """Return a function that tries command lines. Training has one epoch, and figures are not drawn, so that each takes milliseconds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Trainer, "_block_sizes", lambda _, phase, done: iter([1] if phase.epochs > done else []))
    monkeypatch.setattr("connectionist.reporting.html.write.draw_run_figures", lambda _: {})
    monkeypatch.setattr("connectionist.reporting.html.write.PICTURES", ())
    monkeypatch.setattr("connectionist.reporting.html.write.run_page", lambda *_: "")
    monkeypatch.setattr("connectionist.reporting.html.write.seeds_page", lambda *_: "")
    run, out = tmp_path / "run", tmp_path / "out"
    kept = make_runs(tmp_path)

    def attempt(words: list[str]) -> None:
        status = main.main(words)
        printed = capsys.readouterr()
        check(words, status, printed.err)
        for path in out.parent.iterdir():
            if path not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def attack(count: int) -> None:
        limits = settings(
            max_examples=count, deadline=None, derandomize=count <= 1000, database=None, suppress_health_check=list(HealthCheck)
        )
        limits(given(command_lines(run, out))(attempt))()

    return attack


def check(words: list[str], status: int, err: str) -> None:
    """Raise AssertionError unless a command ended as promised."""
    assert status in (0, 2) or "diverged" in err or "runs failed" in err, (status, err)
    assert max(map(len, err.splitlines()), default=0) <= LONGEST_LINE, err[:2000]
    assert not PYTHON_ERROR.search(re.sub(r"'[^']*'", "", err)), err
    assert "9" * 500 not in err
    assert "x" * 500 not in err
    if status == 2 and err.strip():
        last = err.strip().splitlines()[-1]
        assert not err.startswith("usage:") or any(sentence in err for sentence in (*SENTENCES, "commands:")), err
        assert last


@pytest.mark.timeout(120)
def test_some_command_lines(attack: Callable[[int], None]) -> None:
    attack(12)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_many_command_lines(attack: Callable[[int], None]) -> None:
    attack(int(os.environ.get("CONNECTIONIST_EXAMPLES", "10000")))
