"""Measure the cost of recording the six person units of the family trees in every tenth epoch, compared with no recording.

usage: python benchmarks/recording.py [PAIRS]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median
from time import process_time

import connectionist as cn

EPOCHS, EVERY = 10_000, 10
KINDS = {
    "activation": cn.Recorder("activation", of="person_code", every=EVERY),
    "activation and net_derivative": cn.Recorder(["activation", "net_derivative"], of="person_code", every=EVERY),
    "all five quantities": cn.Recorder(
        ["activation", "net_input", "target", "net_derivative", "activation_derivative"], of="person_code", every=EVERY
    ),
    "weights of these units": cn.Recorder("weight", of="person → person_code", every=EVERY),
    "activation, with a function (when=)": cn.Recorder("activation", of="person_code", every=EVERY, when=lambda run: run.error < 1e9),
    "activation, in a test (examples=)": cn.Recorder(
        "activation", of="person_code", every=EVERY, examples=cn.task("family-trees").training_examples
    ),
}


def seconds(record: cn.Recorder | Sequence[cn.Recorder]) -> float:
    """Return the processor time of training, which other work on the machine disturbs less than elapsed time."""
    task = cn.task("family-trees").for_seed(1)
    network, rule = task.network(1), task.phases[-1].rule
    began = process_time()
    cn.train(network, task.training_examples, rule, EPOCHS, record=record)
    return process_time() - began


def main(pairs: int = 9) -> None:
    """Print the cost of each kind of recording: medians over pairs of trainings, with and without recording in turn."""
    for kind, recorder in KINDS.items():
        seconds(recorder), seconds(())
        times = [(seconds(recorder), seconds(())) for _ in range(pairs)]
        ratios = [recorded / plain for recorded, plain in times]
        cost = median(recorded - plain for recorded, plain in times) / (EPOCHS / EVERY) * 1000
        print(
            f"{kind:36} {median(ratios):.3f} times the time without recording   ({min(ratios):.3f} to {max(ratios):.3f} in {pairs} pairs); "
            f"{cost:.3f} ms per recorded epoch"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
