"""Progress on standard error during training."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest

import connectionist as cn
from connectionist.learning import progress, trainer
from connectionist.learning.network_changes import NetworkSettings
from connectionist.learning.progress import ReportAtEpochs, progress_bar, progress_lines, progress_over_seeds
from connectionist.learning.run import Run
from connectionist.reporting.table import Table, as_text, print_tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        """The written text, without colours."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.getvalue())


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Replace standard output and error by a terminal. Call it in the test, since pytest replaces both when a test begins."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    return screen


def test_bar_shows_epochs_error_and_fraction_right(net: cn.Network, xor: cn.ExampleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    run = cn.train(net, xor, rule="steepest", epochs=7, engine="local", progress=progress_bar("learning"))
    shown = screen.text
    assert "learning" in shown
    assert "7/7" in shown
    assert f"error {run.error:.4g} · correct {run.correct:.0%}" in shown


def test_bars_over_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    with progress_over_seeds("xor", 2) as reporter:
        for seed in (3, 4):
            cn.run("xor", seed=seed, epochs=2, engine="local", progress=reporter(seed))
    assert "2/2 seeds" in screen.text


def test_a_short_run_without_a_terminal_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_over_seeds("xor", 1) as reporter:
        cn.run("xor", epochs=2, engine="local", progress=reporter(0))
    assert capsys.readouterr() == ("", "")


def test_progress_lines_are_plain_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    result = cn.run("xor", epochs=3, engine="local", progress=progress_lines("xor"))
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == f"xor: epoch 3 of 3, error {result.run.error:.4g} · correct {result.run.correct:.0%}"


def test_tables_are_ruled_on_a_terminal_and_plain_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    table = Table("Rules [all]", ["name", "rate"], [["delta [1]", 0.125]], ["[1] a note"])
    print_tables([table])
    assert "─" in screen.text
    for part in ("Rules [all]", "delta [1]", "0.125", "[1] a note"):
        assert part in screen.text
        assert part in as_text(table)
    assert "─" not in as_text(table)


def test_a_table_without_rows_is_its_title_and_notes() -> None:
    assert as_text(Table("Nothing", ["name"], notes=["This task measures nothing of its own."])) == (
        "Nothing\nThis task measures nothing of its own."
    )


def test_the_bar_is_drawn_on_standard_error(
    net: cn.Network, xor: cn.ExampleSet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    cn.train(net, xor, "momentum", 30, progress=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "30/30" in captured.err


def test_a_reporter_is_called_after_every_block(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    reported: list[int] = []
    entered: list[str] = []

    @contextmanager
    def reporter() -> Iterator[Callable[[Run], None]]:
        entered.append("in")
        yield lambda run: reported.append(run.epochs)
        entered.append("out")

    cn.train(net, xor, "momentum", 60, engine=engine, progress=reporter())
    assert entered == ["in", "out"]
    assert reported == sorted(set(reported))
    assert (reported[0], reported[-1]) == (1, 60)


def test_the_time_of_a_reporter_does_not_shorten_the_blocks(net: cn.Network, xor: cn.ExampleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    reported: list[int] = []

    @contextmanager
    def reporter() -> Iterator[Callable[[Run], None]]:
        def report(run: Run) -> None:
            nonlocal seconds
            seconds += 1.0
            reported.append(run.epochs)

        yield report

    monkeypatch.setattr(trainer, "perf_counter", lambda: seconds)
    cn.train(net, xor, "momentum", 1000, progress=reporter())
    assert reported == [1, 257, 1000]


def test_the_network_is_not_copied_for_each_block(net: cn.Network, xor: cn.ExampleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    copies: list[int] = []
    copied = NetworkSettings.of
    weight = net.connections[0].weight
    frozen: list[float] = []

    @contextmanager
    def reporter() -> Iterator[Callable[[Run], None]]:
        def report(run: Run) -> None:
            if run.epochs == 257:
                weight.trainable = False
            if run.epochs >= 257:
                frozen.append(weight.value)

        yield report

    def counted(network: cn.Network, **options: bool) -> NetworkSettings:
        copies.append(1)
        return copied(network, **options)

    monkeypatch.setattr(NetworkSettings, "of", counted)
    monkeypatch.setattr(trainer, "perf_counter", lambda: 0.0)
    cn.train(net, xor, "momentum", 1000, progress=reporter())
    assert len(copies) == 3  # that which the checks keep, the first, and that after the change
    assert len(frozen) == 2
    assert len(set(frozen)) == 1


class EveryThird(ReportAtEpochs):
    """A report that is due after every third epoch."""

    def __init__(self) -> None:
        self.reported: list[int] = []

    def __call__(self, run: Run) -> None:
        self.reported.append(run.epochs)

    def epochs_that_fit(self, run: Run, count: int) -> int:
        return min(count, 3 - run.epochs % 3)


def test_a_block_ends_where_a_report_is_due(net: cn.Network, xor: cn.ExampleSet) -> None:
    other, report = net.copy(), EveryThird()
    alone = cn.train(other, xor, "momentum", 50)
    run = cn.train(net, xor, "momentum", 50, progress=nullcontext(report))
    assert report.reported == [1, *range(3, 49, 3), 50]
    assert run.errors == alone.errors
    assert (net.weight_values == other.weight_values).all()


class Slow(EveryThird):
    """It makes the rate of a projection tiny after the third epoch, and notes the weights."""

    def __init__(self, projection: cn.Projection) -> None:
        super().__init__()
        self.projection, self.before = projection, list[float]()

    def __call__(self, run: Run) -> None:
        super().__call__(run)
        if run.epochs == 3:
            self.projection.rate = 1e-9
            self.before = [each.weight.value for each in self.projection.connections]


def test_a_report_at_epochs_may_change_a_rate(net: cn.Network, xor: cn.ExampleSet) -> None:
    report = Slow(net.projections[0])
    cn.train(net, xor, "steepest", 30, progress=nullcontext(report))
    assert [each.weight.value for each in report.projection.connections] == pytest.approx(report.before, abs=1e-7)
