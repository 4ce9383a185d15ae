"""Measure start-up in new processes: imports, the first training, first runs with an empty cache of compiled code, and `--out`.

usage: python benchmarks/start.py [--python PYTHON] [--repeats N] [--write] [--quick]

Wall and processor time in seconds: medians of repeats in turn. --python measures another environment. --write writes the tables into
benchmarks/README.md. --quick measures one way of training and fewer seeds, calls and processes, each once, with the present
cache in place of empty ones.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from run import machine, put_into_page
from workers import program, whole_number

WAYS = {
    "change after each epoch": "cn.train(net, examples, 'momentum', 5)",
    "change after each case": "cn.train(net, examples, 'momentum', 5, update_after=1)",
    "recorded": "cn.train(net, examples, 'momentum', 5, record=cn.Recorder('activation', of='hidden'))",
    "in time": """
net = cn.simple_recurrent_network('srn', 2, 3, 2)
net.randomize(0.1, seed=1)
cn.train(net, cn.ExampleSet.from_arrays([[[0, 1], [1, 0]]], [[[1, 0], [0, 1]]]), 'momentum', 5)""",
    "another rule": "cn.train(net, examples, 'dougs_momentum', 5)",
}
SCRIPT = "import connectionist as cn\ntask = cn.task('xor')\nnet, examples = task.network(1), task.training_examples\n"
AGAIN, IMPORT, TRAINING = "`connectionist run xor --json`, again", "`import connectionist`", "first small training in a new process"
COMPILING, OUT = "compiling for the demo and the five ways", "`--out`, for each seed"
CALL, FIRST_CALL = "each further call of `cn.train` for one epoch of a network of xor", "the first call for each further network"
GOALS = {AGAIN: 1.4, IMPORT: 1.4, TRAINING: 1.4, COMPILING: 6.0, OUT: 0.03, CALL: 0.00015}  # largest processor times in seconds
PACKAGES = 6  # with the longest imports


class Seconds(NamedTuple):
    """Wall and processor time."""

    wall: float
    processor: float

    def minus(self, other: Seconds) -> Seconds:
        """Return the difference to another time."""
        return Seconds(self.wall - other.wall, self.processor - other.processor)

    def divided(self, count: int) -> Seconds:
        """Return a part of the time."""
        return Seconds(self.wall / count, self.processor / count)


@dataclass(frozen=True)
class Environment:
    """What to measure.

    Attributes
    ----------
    python : str
        Python of the environment.
    has_empty_caches : bool
        Whether caches are empty where a row says so.
    ways : tuple of str
        Names of the ways of training.
    at_once : int
        Number of processes that start at once.
    seeds : (int, int)
        Numbers of seeds with `--out`, whose times are compared.
    calls : (int, int)
        Numbers of calls of `cn.train`, whose times are compared.
    networks : (int, int)
        Numbers of networks that are trained for the first time, whose times are compared.
    """

    python: str
    has_empty_caches: bool = True
    ways: tuple[str, ...] = tuple(WAYS)
    at_once: int = 8
    seeds: tuple[int, int] = (2, 12)
    calls: tuple[int, int] = (100, 20_100)
    networks: tuple[int, int] = (100, 1_100)

    def script(self, text: str) -> list[str]:
        """Return the command that runs a text in Python."""
        return [self.python, "-c", text]

    def connectionist(self, *arguments: str) -> list[str]:
        """Return a command of this project."""
        return [str(Path(self.python).with_name("connectionist")), *arguments]

    @contextmanager
    def empty_cache(self) -> Iterator[Mapping[str, str]]:
        """Give variables with which processes use a new cache."""
        with tempfile.TemporaryDirectory() as folder:
            yield {"CONNECTIONIST_CACHE": folder} if self.has_empty_caches else {}


def seconds_of(commands: Sequence[Sequence[str]], variables: Mapping[str, str] | None = None) -> Seconds:
    """Start processes at once, and return the wall time until all have ended and the sum of their processor times."""
    began, processor = perf_counter(), 0.0
    with tempfile.TemporaryFile() as errors:
        started = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=os.environ | dict(variables or {}))
            for command in commands
        ]
        for command, process in zip(commands, started, strict=True):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            processor += usage.ru_utime + usage.ru_stime
            if process.returncode:
                errors.seek(0)
                raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}:\n{errors.read().decode()}")
    return Seconds(perf_counter() - began, processor)


def small_rows(environment: Environment) -> Mapping[str, Callable[[], Seconds]]:
    """Return the rows of processes that find the compiled code in the cache."""
    commands = {
        "`python -c pass`": environment.script("pass"),
        IMPORT: environment.script("import connectionist"),
        TRAINING: environment.script(SCRIPT + WAYS["change after each epoch"]),
        AGAIN: environment.connectionist("run", "xor", "--json"),
    }
    rows = {name: partial(seconds_of, [command]) for name, command in commands.items()}
    measured = {OUT: out_per_seed, CALL: time_of_call, FIRST_CALL: time_of_first_call}
    return {**rows, **{name: partial(measure, environment) for name, measure in measured.items()}}


def out_per_seed(environment: Environment) -> Seconds:
    """Return the time that `--out` adds for each further seed."""

    def added(seeds: int) -> Seconds:
        command = environment.connectionist("run", "xor", "--epochs", "5", "--seeds", f"1-{seeds}")
        with tempfile.TemporaryDirectory() as folder:
            return seconds_of([[*command, "--out", str(Path(folder) / "runs")]]).minus(seconds_of([command]))

    few, many = environment.seeds
    return added(many).minus(added(few)).divided(many - few)


def time_of_call(environment: Environment) -> Seconds:
    """Return the time of each further call of `cn.train` for one epoch."""

    def of_calls(calls: int) -> Seconds:
        loop = f"rule = cn.rule('momentum')\nfor _ in range({calls}):\n    cn.train(net, examples, rule, 1)\n"
        return seconds_of([environment.script(SCRIPT + loop)])

    few, many = environment.calls
    return of_calls(many).minus(of_calls(few)).divided(many - few)


def time_of_first_call(environment: Environment) -> Seconds:
    """Return the time of the first call of `cn.train` for each further network, without that of making the network."""

    def of_networks(count: int) -> Seconds:
        making = f"rule = cn.rule('momentum')\nnetworks = [task.network(seed) for seed in range({count})]\n"
        training = "for net in networks:\n    cn.train(net, examples, rule, 1)\n"
        return seconds_of([environment.script(SCRIPT + making + training)]).minus(seconds_of([environment.script(SCRIPT + making)]))

    few, many = environment.networks
    return of_networks(many).minus(of_networks(few)).divided(many - few)


def empty_rows(environment: Environment) -> Mapping[str, Callable[[], Seconds]]:
    """Return the rows of processes with an empty cache."""
    commands = {
        "`connectionist run xor --json`, first time": environment.connectionist("run", "xor", "--json"),
        "`scripts/demo` after the set-up, first time": environment.connectionist("run", "family-trees"),
        **{f"first training, {name}": environment.script(SCRIPT + WAYS[name]) for name in environment.ways},
    }

    def with_empty_cache(commands: Sequence[Sequence[str]]) -> Seconds:
        with environment.empty_cache() as variables:
            return seconds_of(commands, variables)

    rows: dict[str, Callable[[], Seconds]] = {name: partial(with_empty_cache, [command]) for name, command in commands.items()}
    at_once = [environment.connectionist("run", "xor", "--json")] * environment.at_once
    rows[f"{environment.at_once} processes at once, first time"] = partial(with_empty_cache, at_once)
    return {**rows, COMPILING: partial(compiling, environment)}


def compiling(environment: Environment) -> Seconds:
    """Return how much longer the demo and the five ways take, one after the other, with a cache that is empty at first."""
    commands = [environment.connectionist("run", "family-trees"), *(environment.script(SCRIPT + WAYS[name]) for name in environment.ways)]
    with environment.empty_cache() as variables:
        first, again = ([seconds_of([command], variables) for command in commands] for _ in range(2))
        parts = [one.minus(other) for one, other in zip(first, again, strict=True)]
    return Seconds(sum(part.wall for part in parts), sum(part.processor for part in parts))


def import_times(command: Sequence[str]) -> str:
    """Return the packages whose modules take longest to import, with their times in a run of a command."""
    given = subprocess.run(command, env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1"}, capture_output=True, text=True, check=True)
    times: dict[str, float] = {}
    for line in given.stderr.splitlines():
        fields = line.removeprefix("import time:").split("|")
        if len(fields) == 3 and fields[0].strip().isdecimal():
            package = fields[2].strip().partition(".")[0]
            times[package] = times.get(package, 0.0) + int(fields[0]) / 1e6
    longest = sorted(times, key=lambda package: -times[package])[:PACKAGES]
    return ", ".join(f"{package} {times[package]:.2g} s" for package in longest)


def row(name: str, times: Sequence[Seconds]) -> str:
    """Return a row of the table: medians, and the goal with whether it is reached."""
    wall, processor = median(each.wall for each in times), median(each.processor for each in times)
    goal = GOALS.get(name)
    reached = "" if goal is None else f"at most {goal:g} s: {'reached' if processor <= goal else '**missed**'}"
    return f"| {name} | {wall:.3g} | {processor:.3g} | {reached} |"


def main() -> None:
    """Measure and print the tables; write them into the page with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=program, default=sys.executable)
    parser.add_argument("--repeats", type=whole_number, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    environment = Environment(given.python)
    if given.quick:
        environment = Environment(
            given.python, has_empty_caches=False, ways=("recorded",), at_once=2, seeds=(1, 2), calls=(1, 11), networks=(1, 11)
        )
    print("Each training runs once, so that the cache has its code.", file=sys.stderr)
    compiling(replace(environment, has_empty_caches=False))
    rows = {**small_rows(environment), **empty_rows(environment)}
    times: dict[str, list[Seconds]] = {name: [] for name in rows}
    for _ in range(1 if given.quick else given.repeats):
        for name, measure in rows.items():
            times[name].append(measure())
            print(name, times[name][-1], file=sys.stderr)
    lines = ["| | wall time, s | processor time, s | goal |", "| --- | --- | --- | --- |"]
    lines += [row(name, measured) for name, measured in times.items()]
    commands = {
        "import connectionist": environment.script("import connectionist"),
        AGAIN: environment.connectionist("run", "xor", "--json"),
    }
    lines += ["", "| | packages with the longest imports |", "| --- | --- |"]
    lines += [f"| {name} | {import_times(command)} |" for name, command in commands.items()]
    print("\n".join(lines))
    if given.write:
        put_into_page("start", f"Measured on {machine()}. Medians of {given.repeats} repeats.\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
