"""Options and arguments that would have no effect, and names of files without a character, are errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import FileError, ParameterError, check_number
from connectionist.experiments.run_folder import claim_folder

Cli = Callable[..., tuple[int, str]]
STUDY = ("study", "xor", "--seeds", "1-2", "--epochs", "1")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], own_registry: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in an empty folder; return the exit status and the error."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        try:
            status = main([*words])
        except SystemExit as end:
            status = int(end.code or 0)
        return status, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    "words",
    [
        ("run", "xor", "--epochs", "1", "--out", ""),
        (*STUDY, "--out", ""),
        ("compare-rules", "xor", "--rules", "momentum", "--rates", "0.1", "--seeds", "1-1", "--epochs", "1", "--out", ""),
        ("report", ""),
        ("resume", ""),
        ("summarize", ""),
        ("study", "--show", ""),
        ("explain", "", "hidden:0"),
        ("compare", "", ""),
        ("convert", "", "x.npz"),
        ("--plugins-dir", "", "list"),
    ],
    ids=" ".join,
)
def test_an_empty_name_is_not_the_working_folder(cli: Cli, tmp_path: Path, words: tuple[str, ...]) -> None:
    status, error = cli(*words)
    assert status == 2
    assert "must be the name of a file or folder" in error or "must be a folder" in error
    assert "(got '')" in error
    assert not any(tmp_path.iterdir())


def test_an_empty_name_is_not_the_working_folder_in_python(net: cn.Network, xor: cn.ExampleSet) -> None:
    calls: list[Callable[[], object]] = [
        lambda: cn.save_network(net, ""),
        lambda: cn.read_examples(""),
        lambda: cn.read_run(""),
        lambda: cn.train(net, xor, "momentum", 1, checkpoint=""),
    ]
    for call in calls:
        with pytest.raises(ParameterError, match=r"must be the name of a file or folder, as text or a Path \(got ''\)"):
            call()
    with pytest.raises(FileError, match=r"--out: must be the name of a file or folder \(got ''\)"), claim_folder(""):
        raise AssertionError


def test_an_interval_of_checkpoints_needs_a_folder(cli: Cli, net: cn.Network, xor: cn.ExampleSet) -> None:
    status, error = cli("run", "xor", "--checkpoint-every", "10")
    assert (status, error) == (2, "connectionist run: error: --checkpoint-every: needs --out DIR (got 10 without it)\n")
    with pytest.raises(ParameterError, match=r"train.checkpoint_every: is the interval of checkpoints, which need a folder \(got 10\)"):
        cn.train(net, xor, "momentum", 1, checkpoint_every=10)


@pytest.mark.parametrize("words", [("--seeds", "1-2"), ("--vary", "rate=0.1"), ("--out", "other"), ("--epochs", "3"), ("--workers", "1")])
def test_options_of_runs_beside_show(cli: Cli, words: tuple[str, str]) -> None:
    status, error = cli("study", "--show", "folder", *words)
    assert status == 2
    assert f"--show: must be given without {words[0]} (got " in error


def test_infinity_is_not_called_too_small() -> None:
    with pytest.raises(ParameterError, match=r"o.rate: must be a finite number above 0 \(got inf\)"):
        check_number("o", "rate", math.inf, above=0)
    with pytest.raises(ParameterError, match=r"o.rate: must be a number of at most 1 \(got inf\)"):
        check_number("o", "rate", math.inf, at_most=1)


def test_a_class_is_no_criterion(net: cn.Network, xor: cn.ExampleSet) -> None:
    with pytest.raises(ParameterError, match=r"train.until: must be a Criterion, a number .* \(got .*Criterion"):
        cn.train(net, xor, "momentum", 1, until=cn.Criterion)  # type: ignore[arg-type]
