"""``connectionist inspect`` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest

from connectionist_plugins.commands import inspect

COMMAND = [sys.executable, "-m", "connectionist"]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, "inspect", *arguments, "--no-browser"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_the_command_prints_one_address_and_serves_until_ctrl_c() -> None:
    process = start("xor", "--seed", "1", "--port", "0")
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(url.split("?")[0], timeout=10)
    finally:
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert output == ""
    assert errors == ""
    assert process.returncode == 130


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["no-such-task"], "no-such-task"),
        (["xor", "--port", "70000"], "error: --port: must be a whole number of at least 0 and at most 65535 (got 70000)"),
        (["xor", "--preset", "best"], "best"),
        (["xor", "--host", "nowhere.invalid"], "error: --port: "),
        ([".", "--seed", "1"], "--seed: is for a task, not for a run folder"),
        ([".", "--procedure", "generec"], "--procedure: is for a task, not for a run folder"),
        ([".", "--clip", "length=1"], "--clip: is for a task, not for a run folder"),
        ([".", "--schedule", "rate=0:1"], "--schedule: is for a task, not for a run folder"),
        (["."], "run.json"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    from connectionist.cli.main import main

    assert main(["inspect", *arguments, "--no-browser"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert complaint in printed.err
    assert len(printed.err.strip().splitlines()) == 1


def test_nothing_is_imported_that_is_not_used() -> None:
    packages = ("starlette", "uvicorn", "anywidget", "websockets")
    code = f"import sys, connectionist as cn; cn.train; cn.inspect; print([name for name in {packages} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_what_plugins_print_while_the_page_is_open_is_not_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from connectionist.cli.main import main

    def wait(_: threading.Event) -> None:
        print("noise of a plugin")  # noqa: T201
        raise KeyboardInterrupt

    monkeypatch.setattr(threading, "Event", type("Event", (), {"wait": wait}))
    monkeypatch.setattr(inspect, "_open", lambda _: type("View", (), {"url": "http://127.0.0.1:1/", "close": lambda _: None})())
    main(["inspect", "xor", "--no-browser"])
    printed = capsys.readouterr()
    assert printed.out == "http://127.0.0.1:1/\n"
    assert printed.err == "noise of a plugin\n"
