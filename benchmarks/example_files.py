"""Measure the reading of example files (``.ex``) of LENS and MikeNet, beside ``float`` of each word of a text of the same size.

usage: python benchmarks/example_files.py [FORM ...] [--megabytes N] [--repeats N] [--write]

Megabytes per second of processor time: medians of repeats in turn. --write writes the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

import numpy as np
from run import machine, put_into_page
from workers import whole_number

import connectionist as cn

GOAL = 20.0  # MB/s
UNITS = 30  # of a sparse group


def bits(random: Random, count: int) -> str:
    """Return zeros and ones."""
    return " ".join(random.choices("01", k=count))


def decimals(random: Random, count: int) -> str:
    """Return numbers with four decimals."""
    return " ".join(f"{random.random():.4f}" for _ in range(count))


def units(random: Random) -> str:
    """Return the numbers of one to eight units."""
    return " ".join(map(str, sorted(random.sample(range(UNITS), random.randint(1, 8)))))


def lens_events(random: Random, number: int, most: int) -> str:
    """Return an example of LENS with one to some events."""
    count = random.randint(1, most)
    events = "\n".join(f"[{event}] I: (a) {bits(random, 10)} T: (b) {bits(random, 5)}" for event in range(count))
    return f"name: n{number} {count}\n{events};\n"


def mikenet_ticks(random: Random, number: int) -> str:
    """Return an example of MikeNet with values at other ticks than the others."""
    last = random.randint(0, 4)
    clamps = f"CLAMP a 0-{last} FULL {bits(random, 10)}\nCLAMP a {last + 1}-ALL FULL {bits(random, 10)}"
    return f"TAG n{number}\nPROB 0.{random.randint(1, 99)}\n{clamps}\nTARGET b 5-{random.randint(5, 8)} FULL {bits(random, 5)}\n;\n"


def mikenet_sparse(random: Random, number: int) -> str:
    """Return an example of MikeNet with the numbers of units."""
    return f"TAG n{number}\nCLAMP a ALL SPARSE {units(random)} ,\nTARGET b ALL SPARSE {units(random)} ,\n;\n"


FORMS: dict[str, Callable[[Random, int], str]] = {
    "LENS, two inputs and a target": lambda random, _: f"I: {bits(random, 2)} T: {bits(random, 1)};\n",
    "LENS, names": lambda random, number: f"name: n{number} I: {bits(random, 4)} T: {bits(random, 2)};\n",
    "LENS, decimals": lambda random, number: (
        f"name: n{number} freq: {random.random() + 0.1:.3f} I: {decimals(random, 20)} T: {bits(random, 5)};\n"
    ),
    "LENS, groups": lambda random, number: (
        f"name: n{number}\nI: (a) {bits(random, 20)} (c) {bits(random, 10)}\nT: (b) {bits(random, 10)};\n"
    ),
    "LENS, sparse": lambda random, number: f"name: n{number} i: {{a}} {units(random)} t: {{b}} {units(random)};\n",
    "LENS, 1 to 10 events": partial(lens_events, most=10),
    "LENS, 1 to 40 events": partial(lens_events, most=40),
    "MikeNet, all ticks": lambda random, number: (
        f"TAG n{number}\nCLAMP a ALL FULL {bits(random, 20)}\nTARGET b ALL FULL {bits(random, 10)}\n;\n"
    ),
    "MikeNet, other ticks": mikenet_ticks,
    "MikeNet, sparse": mikenet_sparse,
}


def text_of(form: Callable[[Random, int], str], size: int) -> str:
    """Return the text of a file of about some bytes."""
    random = Random(1)

    def examples() -> Iterator[str]:
        number = 0
        while True:
            yield form(random, number)
            number += 1

    average = len("".join(islice(examples(), 200))) / 200
    return "".join(islice(examples(), int(size / average)))


def network() -> cn.Network:
    """Return the network of the sparse forms."""
    net = cn.Network("net")
    net.add_group("a", UNITS, role="input")
    net.add_group("b", UNITS, role="output")
    return net


def floats(text: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the numbers of a text, the usual way in Python."""
    return np.array([*map(float, text.split())])


def speed(size: int, call: Callable[[], object]) -> float:
    """Return megabytes per second of processor time."""
    start = process_time()
    call()
    return size / 1e6 / (process_time() - start)


def main() -> None:
    """Measure and print the table; write it into the page with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("forms", metavar="FORM", nargs="*", help=f"words of their names (default: all): {'; '.join(FORMS)}")
    parser.add_argument("--megabytes", type=whole_number, default=5)
    parser.add_argument("--repeats", type=whole_number, default=5)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = [f"| form | MB/s | `float` of each word, MB/s | goal: {GOAL:g} MB/s |", "| --- | --- | --- | --- |"]
    net = network()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.ex"
        for name, form in FORMS.items():
            if given.forms and not any(each in name for each in given.forms):
                continue
            text = text_of(form, given.megabytes * 1_000_000)
            path.write_text(text, encoding="utf-8")
            numbers = decimals(Random(1), len(text) // 7)
            pairs = [
                (
                    speed(len(text), partial(cn.read_examples, path, net if "sparse" in name else None)),
                    speed(len(numbers), partial(floats, numbers)),
                )
                for _ in range(given.repeats)
            ]
            ours, peer = (median(each) for each in zip(*pairs, strict=True))
            rows.append(f"| {name} | {ours:.3g} | {peer:.3g} | {'reached' if ours >= GOAL else '**missed**'} |")
            print(rows[-1])
    table = "\n".join(rows)
    if given.write:
        heading = f"Measured on {machine()}. Files of {given.megabytes} MB; medians of {given.repeats} interleaved repeats, processor time."
        put_into_page("example files", f"{heading}\n\n{table}\n")
    print(table)


if __name__ == "__main__":
    main()
