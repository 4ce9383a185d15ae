"""Compare the training of many networks at once with calls of `cn.train`, with PyTorch, JAX and C: medians of interleaved repeats.

usage: python benchmarks/many.py [--workloads NAME ...] [--populations N ...] [--old PYTHON] [--repeats N] [--write] [--quick]

All programs train the same networks from the same weights. Their weights after training must agree within 1e-9, or the run stops. Each form
and several numbers of networks at a time are tried once, and the fastest is measured. Missing programs are left out, with a sentence. A row
whose processor time is spread over more threads than it may have is rejected, with a sentence.

--workloads takes parts of names, and --populations takes numbers of networks. --old takes further calls of `cn.train` in another
environment, such as one with an older version. --write writes the tables into benchmarks/README.md. --quick measures a few networks for a
few epochs, without comparing goals.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from math import isnan
from shutil import which
from statistics import median
from typing import Any

import many_peers
import many_tasks
import numpy as np
from in_time_workloads import InTime
from many_peers import Answer
from many_tasks import Trained
from many_workloads import LEAST, MANY, Many
from run import machine, put_into_page
from workers import Worker, free_processors, interleaved, program, quiet_rounds, whole_number

POPULATIONS = (1, 8, 64, 1_024, 10_000)
PARTS = {"JAX": (1, 8, 64, 1_024), "PyTorch": (1, 8, 64, 1_024), "C": (1, 8, 32)}  # networks at a time
TRIED = {"JAX": 3, "PyTorch": 1, "C": 2}  # how many of the largest that fit are tried
TRIAL_DIVISOR = 20  # a trial has fewer epochs
EPOCH_DIVISORS = {"PyTorch": 20}  # slow peers run fewer epochs
QUIET_ROUNDS = 3  # rounds of the calls for whole populations with two threads, for each repeat of all calls
MOST_ROUNDS = 4  # times as many rounds are tried, since in some the machine is not quiet
TOLERANCE = 1e-9
OURS, CALLS, OLD, TWO, JAX_TWO = "cn.train_many", "cn.train", "cn.train of the old version", "cn.train_many, 2 threads", "JAX, 2 threads"
PROCESSES = "2 processes"
TASKS = {"xor": (8, 2_000), "encoder": (8, 500), "symmetry": (8, 32, 400)}  # numbers of networks

GOALS: dict[str, dict[str, float]] = {  # smallest ratios, for the largest number of networks
    "xor 2-2-1, each epoch": {OLD: 6},
    "symmetry 6-2-1, each epoch": {OLD: 1.8, "JAX": 1.5},
    "family trees, each epoch": {OLD: 1.1, "JAX": 2},
    "family trees, each case": {OLD: 3, "JAX": 2},
    "SRN 20-12-10, 100 × 10 ticks, each sequence": {OLD: 5, "JAX": 1.5},
    "xor, 2,000 networks": {OLD: 30},
    "encoder, 500 networks": {OLD: 15},
    "symmetry, 400 networks": {OLD: 3},
}
FEW_GOALS: dict[str, dict[str, float]] = {  # of populations without a goal for two threads
    "xor, 8 networks": {CALLS: 1},
    "encoder, 8 networks": {CALLS: 1},
    "symmetry, 8 networks": {CALLS: 1},
    "symmetry, 32 networks": {CALLS: 1},
}
TWO_THREADS_GOAL = 1.8

Form = tuple[str, str]  # program, and form with the number of networks at a time
Call = Callable[[int], Answer]  # of a number of epochs


@dataclass
class Report:
    """Rows of the tables, goals with the ratios reached, and sentences."""

    one_thread: list[str]
    two_threads: list[str]
    tasks: list[str]
    tasks_in_two_threads: list[str]
    goals: dict[str, dict[str, float]]  # by workload, then by what is compared
    sentences: list[str]
    has_goals: bool


@dataclass(frozen=True)
class Workers:
    """Processes with one and two threads, and one with an older version, if there is one."""

    one: Worker
    two: Worker
    old: Worker | None


@dataclass
class Times:
    """Times of the programs for one population.

    Attributes
    ----------
    medians : dict of Form to Answer
        Of all programs but this one with two threads.
    one, two : float
        Wall time of this one with one and with two threads, in quiet rounds; NaN if there was none.
    quiet : str
        Number of quiet rounds, and of all.
    sentences : list of str
        For each form that was rejected.
    """

    medians: dict[Form, Answer]
    one: float
    two: float
    quiet: str
    sentences: list[str]


def calls_of(many: Many, count: int, workers: Workers, parts: Mapping[str, Sequence[int]]) -> dict[Form, Call]:
    """Return the calls of all programs in all forms."""

    def call(worker: Worker, function: Callable[..., Answer], **form: Any) -> Call:
        return lambda epochs: worker.call(partial(function, **form), many, count, epochs)

    found: dict[Form, Call] = {
        (OURS, ""): call(workers.one, many_peers.together, threads=1),
        (CALLS, ""): call(workers.one, many_peers.alone),
    }
    if workers.old is not None:
        found[OLD, ""] = call(workers.old, many_peers.alone)
    found[TWO, ""] = call(workers.two, many_peers.together, threads=2)
    for form in jax_forms(many) if find_spec("jax") else ():
        for part in parts["JAX"]:
            found["JAX", f"{form}, {part:,}"] = call(workers.one, many_peers.in_jax, part=part, form=form)
        found[JAX_TWO, f"{form}, {parts['JAX'][-1]:,}"] = call(workers.two, many_peers.in_jax, part=parts["JAX"][-1], form=form)
    for part in parts["PyTorch"] if find_spec("torch") else ():
        found["PyTorch", f"{part:,}"] = call(workers.one, many_peers.in_torch, part=part)
    for part in parts["C"] if which("gcc") else ():
        found["C", f"{part:,}"] = call(workers.one, many_peers.in_c, part=part)
    return found


def jax_forms(many: Many) -> tuple[str, ...]:
    """Return the names of the forms of JAX."""
    forms = ("network first", "network last")
    return (*forms, "network first, ahead", "context first") if isinstance(many.workload, InTime) else forms


def measure(many: Many, count: int, repeats: int, workers: Workers, is_quick: bool) -> Times:
    """Return the times of each program in its fastest form."""
    parts = {peer: [part for part in each if part <= count][-1 if is_quick else -TRIED[peer] :] for peer, each in PARTS.items()}
    _ = many.workload.tables  # computed here, so that an older version gets the same
    calls = calls_of(many, count, workers, parts)
    epochs = many.epochs_of(count, TRIAL_DIVISOR)
    trials, rejected = interleaved({form: partial(call, epochs) for form, call in calls.items()}, 1)
    _check_agreement(many.name, {form: answer.values for form, (answer,) in trials.items()})
    best: dict[str, Form] = {}
    for form in sorted(trials, key=lambda form: _seconds(form, trials[form][0])):
        best.setdefault(form[0], form)
    timed_calls = {form: partial(calls[form], _epochs(many, form[0], count)) for form in best.values()}
    pair = {OURS: timed_calls[OURS, ""], TWO: timed_calls.pop((TWO, ""))}
    answers, more = interleaved(timed_calls, repeats)
    medians = {}
    for form, given in answers.items():
        wall, processor = median(answer.wall for answer in given), median(answer.processor for answer in given)
        medians[form] = Answer(wall, processor, None)
    rounds, tried = quiet_rounds(pair, repeats, MOST_ROUNDS * repeats, partial(free_processors, 2))
    one, two = (median(each[row].wall for each in rounds) if rounds else float("nan") for row in (OURS, TWO))
    sentences = [f"{many.name}, {count:,} networks: {sentence}" for sentence in dict.fromkeys([*rejected, *more])]
    return Times(medians, one, two, f"{len(rounds)} of {tried}", sentences)


def _epochs(many: Many, peer: str, count: int) -> int:
    """Return the epochs of a measurement. A call of `cn.train` has all of them, so that its fixed cost does not count."""
    return many.epochs_of(1 if peer in (CALLS, OLD) else count, EPOCH_DIVISORS.get(peer, 1))


def _seconds(form: Form, answer: Answer) -> float:
    """Return the time that counts: processor time with one thread, and wall time with two."""
    return answer.wall if form[0] in (TWO, JAX_TWO) else answer.processor


def _check_agreement(name: str, values: Mapping[Form, Any]) -> None:
    own = values[OURS, ""]
    for (peer, form), others in values.items():
        difference = float(np.abs(others - own[: len(others)]).max())
        if not difference <= TOLERANCE:
            raise SystemExit(f"{name}: the weights of {peer} ({form}) differ from those of {OURS} by {difference:.3g}")


def add_rows(report: Report, many: Many, count: int, times: Times) -> None:
    """Add the rows of one population, and the ratios that goals are about."""
    by_peer = {peer: (_nanoseconds(_seconds((peer, form), answer)), form, answer) for (peer, form), answer in times.medians.items()}
    own = by_peer[OURS][2]
    ratios = {peer: _seconds((peer, ""), answer) / own.processor for peer, (_, _, answer) in by_peer.items()}

    def cells(peers: Sequence[str]) -> Iterator[str]:
        for peer in peers:
            text, form, _ = by_peer.get(peer, ("–", "", None))
            yield f"{text} ({form})" if form else text

    compared = [f"{ratios[peer]:.3g}× {peer}" for peer in (CALLS, OLD, "JAX", "PyTorch") if peer in ratios]
    compared += [f"{1 / ratios['C']:.3g}× of C"] if "C" in ratios else []
    label = f"{many.name}, {count:,}"
    report.one_thread.append(f"| {' | '.join([label, *cells((OURS, CALLS, OLD, 'JAX', 'PyTorch', 'C')), ', '.join(compared)])} |")
    gain = times.one / times.two
    compared = ["no round was quiet" if isnan(gain) else f"{gain:.3g}× one thread"]
    compared += [f"{by_peer[JAX_TWO][2].wall / times.two:.3g}× JAX"] if JAX_TWO in by_peer and not isnan(gain) else []
    row = [label, *map(_nanoseconds, (times.one, times.two)), *cells((JAX_TWO,)), times.quiet, ", ".join(compared)]
    report.two_threads.append(f"| {' | '.join(row)} |")
    report.goals[many.name] = ratios | ({} if isnan(gain) else {"one thread": gain})  # of the largest population, which is the last one


def _nanoseconds(seconds: float) -> str:
    return "–" if isnan(seconds) else f"{1e9 * seconds:.4g}"


def add_task(report: Report, name: str, count: int, repeats: int, workers: Workers) -> None:
    """Measure one population of a task, and add its row."""

    def call(worker: Worker, function: Callable[..., Trained], *threads: int) -> Callable[[], Trained]:
        return partial(worker.call, function, name, count, *threads)

    label = f"{name}, {count:,} networks"
    calls = {CALLS: call(workers.one, many_tasks.by_calls)}
    if workers.old is not None and label in GOALS:  # the sum of the epochs of few networks differs too much between versions
        calls[OLD] = call(workers.old, many_tasks.by_calls)
    calls["at hand"] = call(workers.one, many_tasks.at_hand, 1)
    calls[OURS] = partial(workers.one.call, many_tasks.by_function, name, range(count), 1)
    answers, _ = interleaved(calls, repeats)
    _check_tasks(name, {row: given[0] for row, given in answers.items()})
    seconds = {row: median(trained.seconds for trained in given) for row, given in answers.items()}
    ratios = {row: seconds[row] / seconds[OURS] for row in (CALLS, OLD) if row in seconds}
    report.goals[label] = ratios
    cells = [f"{seconds[row]:.4g}" if row in seconds else "–" for row in (CALLS, OLD, OURS, "at hand")]
    report.tasks.append(f"| {' | '.join([label, *cells, ', '.join(f'{ratio:.3g}× {row}' for row, ratio in ratios.items())])} |")


def add_task_in_two_threads(report: Report, name: str, count: int, repeats: int, workers: Workers) -> None:
    """Measure one population of a task with one thread, two threads and two processes, and add its row."""
    calls: dict[str, Callable[[], Trained]] = {
        OURS: partial(workers.one.call, many_tasks.by_function, name, range(count), 1),
        TWO: partial(workers.two.call, many_tasks.by_function, name, range(count), 2),
        PROCESSES: partial(_in_two_processes, name, count, workers),
    }
    wanted, processors = QUIET_ROUNDS * repeats, partial(free_processors, 2)
    rounds, tried = quiet_rounds(calls, wanted, MOST_ROUNDS * wanted, processors)
    for each in rounds:
        _check_tasks(name, each)
    label, cells = f"{name}, {count:,} networks", ["–"] * len(calls)
    compared = [f"no round of {tried} was quiet"]
    if rounds:
        seconds = {row: median(each[row].seconds for each in rounds) for row in calls}
        cells = [f"{each:.4g}" for each in seconds.values()]
        compared = [f"{seconds[OURS] / seconds[row]:.3g}× one thread with {row.split(', ')[-1]}" for row in (TWO, PROCESSES)]
        report.goals[label]["one thread"] = seconds[OURS] / seconds[TWO]
    report.tasks_in_two_threads.append(f"| {' | '.join([label, *cells, f'{len(rounds)} of {tried}', ', '.join(compared)])} |")


def _in_two_processes(name: str, count: int, workers: Workers) -> Trained:
    """Train one half of a population in each of two processes with one thread, at the same time."""
    halves = [range(first, count, 2) for first in (0, 1)]
    waiting = [worker.begin(many_tasks.by_function, name, half, 1) for worker, half in zip((workers.one, workers.two), halves, strict=True)]
    answers = [wait() for wait in waiting]
    order = np.argsort(np.concatenate(halves))
    epochs, values = (np.concatenate([getattr(answer, each) for answer in answers])[order] for each in ("epochs", "values"))
    return Trained(max(answer.seconds for answer in answers), epochs, values)


def _check_tasks(name: str, trained: Mapping[str, Trained]) -> None:
    """Stop unless all rows of this version have the same bits, and the old version nearly as many epochs."""
    own = trained[OURS]
    for row, other in trained.items():
        same = np.array_equal(own.epochs, other.epochs) and np.array_equal(own.values, other.values)
        if row == OLD:
            same = abs(int(other.epochs.sum()) - int(own.epochs.sum())) <= 0.01 * own.epochs.sum()
        if not same:
            raise SystemExit(f"{name}: the epochs or weights of the row {row} differ from those of {OURS}")


def goal_table(report: Report) -> list[str]:
    """Return the table of goals with the ratios reached."""
    lines = ["| workload | compared with | ratio | goal | |", "| --- | --- | --- | --- | --- |"]
    for name, ratios in report.goals.items():
        for row, goal in (FEW_GOALS.get(name) or GOALS.get(name, {}) | {"one thread": TWO_THREADS_GOAL}).items():
            ratio = ratios.get(row)
            reached = "not measured" if ratio is None else "reached" if ratio >= goal else "**missed**"
            what = f"{TWO}, and one thread" if row == "one thread" else row
            lines.append(f"| {name} | {what} | {'–' if ratio is None else f'{ratio:.4g}'} | {goal:g} | {reached} |")
    return lines


def missing() -> list[str]:
    """Return a sentence for each program that is not installed."""
    found = {"PyTorch": find_spec("torch"), "JAX": find_spec("jax"), "C": which("gcc")}
    return [f"{name} is left out, because it is not installed." for name, place in found.items() if not place]


HEADS = (
    f"""| workload, networks | {OURS}, ns per network and epoch | {CALLS} | {OLD} | JAX | PyTorch | C | ratios |
| --- | --- | --- | --- | --- | --- | --- | --- |""",
    f"""| workload, networks | {OURS}, ns of wall time per network and epoch | {TWO} | {JAX_TWO} | quiet rounds | ratios |
| --- | --- | --- | --- | --- | --- |""",
    f"""| task | {CALLS}, s | {OLD} | {OURS}, function | {OURS}, networks at hand | ratios |
| --- | --- | --- | --- | --- | --- |""",
    f"""| task | {OURS}, function, s | {TWO} | {PROCESSES} | quiet rounds | ratios |
| --- | --- | --- | --- | --- | --- |""",
)


def text_of(report: Report) -> str:
    """Return the tables and the sentences."""
    rows = (report.one_thread, report.two_threads, report.tasks, report.tasks_in_two_threads)
    tables = [[head, *lines] for head, lines in zip(HEADS, rows, strict=True)]
    return "\n\n".join(["\n".join(lines) for lines in [*tables, *([goal_table(report)] if report.has_goals else [])]] + report.sentences)


def arguments() -> argparse.Namespace:
    """Return the arguments of the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", nargs="+", default=[""])
    parser.add_argument("--populations", nargs="+", type=whole_number)
    parser.add_argument("--old", metavar="PYTHON", type=program)
    parser.add_argument("--repeats", type=whole_number, default=5)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    names = [*(many.name for many in MANY), *TASKS]
    for part in given.workloads:
        if not any(part in name for name in names):
            parser.error(f"argument --workloads: must be a part of one of the names {', '.join(names)} (got {part!r})")
    return given


def main() -> None:
    """Measure and print the tables; write them into the page with --write."""
    given = arguments()
    given.repeats = 1 if given.quick else given.repeats
    report = Report([], [], [], [], {}, missing(), has_goals=not given.quick)
    if given.old is None:
        report.sentences.append("The old version is left out, because --old does not name its Python.")
    with ExitStack() as stack:
        one, two, old = (stack.enter_context(Worker(*each)) if each else None for each in ((1,), (2,), (1, given.old) if given.old else ()))
        assert one is not None
        assert two is not None
        workers = Workers(one, two, old)
        for many in (each for each in MANY if any(part in each.name for part in given.workloads)):
            for count in (8,) if given.quick else given.populations or [each for each in POPULATIONS if each <= many.most]:
                measured = replace(many, epochs=LEAST) if given.quick else many
                times = measure(measured, count, given.repeats, workers, given.quick)
                add_rows(report, many, count, times)
                report.sentences += times.sentences
                print(report.one_thread[-1], report.two_threads[-1], *times.sentences, sep="\n", file=sys.stderr)
        for name, count in ((name, count) for name, counts in TASKS.items() for count in (counts[:1] if given.quick else counts)):
            if any(part in name for part in given.workloads):
                add_task(report, name, count, given.repeats, workers)
                add_task_in_two_threads(report, name, count, given.repeats, workers)
                print(report.tasks[-1], report.tasks_in_two_threads[-1], sep="\n", file=sys.stderr)
    print(text_of(report))
    if given.write:
        measured_on = f"Measured on {machine()}. Medians of {given.repeats} interleaved repeats."
        put_into_page("many", f"{measured_on}\n\n{text_of(report)}\n")


if __name__ == "__main__":
    main()
