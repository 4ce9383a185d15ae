"""Trainings that are killed at random moments, with SIGKILL, again and again: what goes on has the bits of what was not disturbed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLED_RUNS = 25
TRAINING = """
import sys, warnings
from pathlib import Path
import numpy as np
import connectionist as cn
from connectionist.testing import random_network

warnings.simplefilter("ignore")
folder, seed, is_disturbed = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "disturbed"
if (folder / "ck").is_dir() and list((folder / "ck").glob("checkpoint-*.npz")):
    print("goes on", flush=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = cn.resume(folder / "ck", checkpoint_every="0.01 s")
else:
    for path in [*(folder / "ck").glob("*"), *(folder / "rec").glob("*")]:
        path.unlink()
    net, examples = random_network(seed, delays=True, continues=True, noise=True, frequencies=True, cases=6)
    phases = [cn.Phase(cn.rule("momentum", rate=0.001), 1500, 1 + seed % 2, order) for order in ("permuted", "sampled", "fixed")]
    record = cn.Recorder("activation", of=net.groups[-1], every=10, folder=folder / "rec" if seed % 2 else None)
    options = {"checkpoint": folder / "ck", "checkpoint_every": "0.01 s"} if is_disturbed else {}
    print("begins", flush=True)
    run = cn.train(net, examples, phases=phases, engine=["local", "compiled"][seed % 3 > 0], record=record, seed=seed, **options)
values = [np.array(run.errors), np.array(run.corrects), run.network.weight_values, run.recording["activation"].values, *run.memory.values()]
(folder / "end").write_bytes(b"".join(np.ascontiguousarray(each).tobytes() for each in values))
"""


def train(folder: Path, seed: int, kind: str, seconds: float | None = None) -> bool:
    """Train in a process, which is killed some time after its training began. Return whether it came to its end."""
    folder.mkdir(exist_ok=True)
    words = [sys.executable, "-c", TRAINING, str(folder), str(seed), kind]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        if seconds is not None:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(seconds)
            process.kill()
        error = process.communicate()[1]
        assert process.returncode in (0, -9), error
    return process.returncode == 0


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_trainings_that_are_killed_at_random_moments(seed: int, tmp_path: Path) -> None:
    draw, kills = random.Random(seed), 0
    assert train(tmp_path / "whole", seed, "whole")
    while not train(tmp_path / "killed", seed, "disturbed", draw.uniform(0.0, 0.5) if kills < KILLED_RUNS else None):
        kills += 1
    assert kills > 2
    assert (tmp_path / "killed" / "end").read_bytes() == (tmp_path / "whole" / "end").read_bytes()


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("words", [["--seed", "2"], ["--seeds", "1-3"]])
def test_commands_that_are_killed_at_random_moments(words: list[str], tmp_path: Path) -> None:
    draw = random.Random(5)
    command = [sys.executable, "-m", "connectionist"]
    options = ["run", "encoder", *words, "--epochs", "3000", "--json", "--engine", "local", "--checkpoint-every", "0.05 s", "--out"]
    whole = subprocess.run([*command, *options, str(tmp_path / "whole")], capture_output=True, text=True, check=True)
    first, finished = True, None
    for kill in range(100):
        started = [*command, *options, str(tmp_path / "killed")] if first else [*command, "resume", str(tmp_path / "killed"), "--json"]
        with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                finished, error = process.communicate(timeout=draw.uniform(1.0, 4.0) if kill < KILLED_RUNS else None)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                first = first and not any((tmp_path / "killed").rglob("*.npz"))
                continue
        assert process.returncode == 0, error
        break
    assert finished is not None
    assert first or without_seconds(finished) == without_seconds(whole.stdout)
    for path in (tmp_path / "whole").rglob("*"):
        if path.suffix in (".npz", ".csv") and path.name != "runs.csv" and "checkpoint" not in path.parts:
            assert (tmp_path / "killed" / path.relative_to(tmp_path / "whole")).read_bytes() == path.read_bytes()


def without_seconds(report: str) -> object:
    return json.loads(report, object_hook=lambda found: {name: value for name, value in found.items() if name != "seconds"})
