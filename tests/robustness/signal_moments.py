"""Runs a command line many times, each time in a forked process that gets one or two signals, and prints what happened as JSON lines.

Arguments: a JSON object with "words" (``@`` is the folder of the run), "attempts", "seed", "double" (whether to send a second signal).

A signal comes at a random call of a Python function, most of them early, or at a random time.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from connectionist.cli import main
from connectionist.learning import stop_signals

LAST_CALL = 1_000_000
DELAYS = (0.0001, 0.001, 0.01, 0.1, 0.3, 1.0)  # seconds between two signals
NO_SIGNAL = 77


def run_child(words: list[str], folder: Path, plan: dict[str, Any]) -> NoReturn:
    """Run the command line in a forked process, with its output in files."""
    sent: list[float] = []
    calls = 0

    def send() -> None:
        sent.append(time.monotonic())
        if plan["second"]:
            threading.Thread(target=send_later, args=(plan["delay"], plan["second"]), daemon=True).start()
        os.kill(os.getpid(), plan["first"])

    def send_later(delay: float, number: int) -> None:
        time.sleep(delay)
        os.kill(os.getpid(), number)

    def count_calls(*_: Any) -> None:
        nonlocal calls
        active = stop_signals._active
        if (
            active is not None
            and active._response is not stop_signals.Response.NOTHING
            and signal.getsignal(signal.SIGHUP) != signal.SIG_DFL
        ):
            calls += 1
            if calls == plan["call"]:
                sys.setprofile(None)
                send()

    def send_at_time() -> None:
        time.sleep(plan["seconds"])
        send()

    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), descriptor)
    if plan["second"]:
        stop_signals.SECONDS_TOGETHER = 0.0
    if plan["seconds"]:
        threading.Thread(target=send_at_time, daemon=True).start()
    else:
        sys.setprofile(count_calls)
    status = main.main(words)
    sys.setprofile(None)
    sys.stdout.flush()
    os._exit(status if sent else NO_SIGNAL)


def attempt(words: list[str], plan: dict[str, Any]) -> dict[str, Any]:
    """Run the command line once in a new folder, and return what it printed and its status."""
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("TMPDIR")))
    if not (pid := os.fork()):
        try:
            run_child([word.replace("@", str(folder / "out")) for word in words], folder, plan)
        finally:
            os._exit(99)
    _, status = os.waitpid(pid, 0)
    printed = {name: (folder / name).read_text(encoding="utf-8") for name in ("stdout", "stderr")}
    return {"plan": plan, "folder": str(folder / "out"), "status": os.waitstatus_to_exitcode(status), **printed}


def main_loop(task: dict[str, Any]) -> None:
    choose = random.Random(task["seed"])
    none = {"call": 0, "seconds": 0.0, "first": 0, "second": 0, "delay": 0.0}
    attempt(task["words"], none)  # imports
    started = time.monotonic()
    attempt(task["words"], {**none, "seconds": 1e6})
    duration = time.monotonic() - started
    for _ in range(task["attempts"]):
        plan = {**none, "first": choose.choice(stop_signals.STOP_SIGNALS)}
        plan |= {"seconds": choose.random() * duration} if choose.random() < 0.7 else {"call": int(LAST_CALL ** choose.random())}
        if task["double"]:
            plan |= {"second": choose.choice(stop_signals.STOP_SIGNALS), "delay": choose.choice(DELAYS) * choose.random()}
        found = attempt(task["words"], plan)
        print(json.dumps(found), flush=True)  # noqa: T201
        sys.stdin.readline()  # wait until the folder has been examined
        shutil.rmtree(Path(found["folder"]).parent)


if __name__ == "__main__":
    main_loop(json.loads(sys.argv[1]))
