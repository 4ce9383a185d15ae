"""``connectionist compare-rules``: the table, files, JSON, and mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from connectionist.cli.main import main

Cli = Callable[..., tuple[int, str, str]]
COMPARE = [
    "compare-rules",
    "xor",
    "--rules",
    "momentum,scaled_conjugate_gradient",
    "--procedures",
    "back_propagation,generec",
    "--seeds",
    "1-3",
]
COMPARE += ["--rates", "0.5,2", "--epochs", "300", "--workers", "1"]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], own_registry: None) -> Cli:
    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return run


def test_the_table_has_pairs_and_reasons_and_the_folder_has_files(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    status, printed, _ = cli(*COMPARE, "--out", folder)
    assert status == 0
    assert [line.split()[:4] for line in printed.splitlines()[2:4]] == [
        ["momentum", "back_propagation", "2", "3"],
        ["scaled_conjugate_gradient", "back_propagation", "–", "3"],
    ]
    flat = " ".join(printed.split())
    assert "Not run: momentum with generec: procedure 'generec': the targets of the output units do not reach group 'hidden'" in flat
    assert "or give ticks=15 (--ticks 15)" in flat
    assert "Not run: scaled_conjugate_gradient with generec: procedure: rule 'scaled_conjugate_gradient' searches" in flat
    assert sorted(path.name for path in folder.iterdir()) == ["comparison.csv", "comparison.png", "runs", "runs.csv", "tries.csv"]
    lines = (folder / "comparison.csv").read_text().splitlines()
    assert lines[0] == "rule,procedure,parameter,rate,n,learned,epochs,q1,q3,error,seconds,note"
    assert len(lines) == 5
    assert cli(*COMPARE, "--out", folder) == (0, printed, "")


def test_json_has_every_pair_and_run(cli: Cli) -> None:
    status, printed, _ = cli(*COMPARE, "--json", "--ticks", "5", "--search-seeds", "7-8")
    found = json.loads(printed)
    assert (status, found["task"]) == (0, "xor")
    assert [(pair["rule"], pair["procedure"], pair["n"]) for pair in found["pairs"]] == [
        ("momentum", "back_propagation", 3),
        ("momentum", "generec", 3),
        ("scaled_conjugate_gradient", "back_propagation", 3),
        ("scaled_conjugate_gradient", "generec", 0),
    ]
    assert found["pairs"][2]["rate"] is None
    assert [run["seed"] for run in found["runs"]] == [1, 2, 3] * 3


def test_no_pair_that_can_be_run_is_a_failure(cli: Cli, tmp_path: Path) -> None:
    words = ("compare-rules", "xor", "--rules", "perceptron", "--seeds", "1-2", "--out", tmp_path / "c")
    status, printed, error = cli(*words)
    assert status == 1
    assert "rule 'perceptron': hidden units have no targets" in " ".join(printed.split())
    assert error == "connectionist compare-rules: error: no pair could be run\n"
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--rates", "0.1;1"], "--rates: must be numbers with commas between, such as 0.01,0.1,1 (got '0.1;1')"),
        (["--rules", "momentun"], "unknown update rule 'momentun'; did you mean 'momentum'?"),
        (["--rules", "momentum,"], "unknown update rule ''"),
        (["--search-seeds", "3-4"], "connectionist compare-rules: error: --search-seeds: must not have a seed of the comparison (got 3)"),
        (["--search-seeds", "-1-3"], "--search-seeds: must be A-B, two whole numbers from 0"),
        (["--rates", "-0.1,1"], "connectionist compare-rules: error: --rates[0]: must be a number above 0 (got -0.1)"),
        (["--ticks", "0"], "error: --ticks: must be a whole number of at least 1 (got 0)"),
        (["--set", "rat=1"], "xor.rat: no such parameter"),
    ],
)
def test_mistakes_are_sentences(cli: Cli, words: list[str], message: str) -> None:
    status, printed, error = cli(*COMPARE, *words)
    assert (status, printed) == (2, "")
    assert message in error
