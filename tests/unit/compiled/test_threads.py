"""All threads of a kernel return if one of them fails."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist.engines.phase import Phase
from connectionist.testing import random_network
from connectionist_plugins.engines.compiled import Compiled, session
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry, Library, kernel
from connectionist_plugins.engines.compiled.kernels.barrier import ThreadTeam, barrier
from connectionist_plugins.engines.compiled.kernels.entries import run_epochs
from connectionist_plugins.engines.compiled.kernels.threads import run_in_threads

pytestmark = pytest.mark.timeout(120, method="thread")  # no signal interrupts a thread that waits in compiled code


@kernel
def wait_thrice(team: ThreadTeam) -> bool:
    """Wait at three barriers, and return whether the team is complete."""
    is_complete = True
    for _ in range(3):  # the team is abandoned during the first barrier, and before the next ones
        is_complete = barrier(team)
    return is_complete


WAIT = Entry(Library("wait", (wait_thrice,)), wait_thrice)


@pytest.mark.parametrize("failing", [0, 1])
def test_no_thread_waits_for_one_that_failed(failing: int) -> None:
    def run(team: ThreadTeam) -> Any:
        if team.rank != failing:
            return WAIT("float64", team)
        while team.arrivals[0] == 0:  # the other one waits at its first barrier
            pass
        raise ValueError("failed on purpose")

    with pytest.raises(ValueError, match="failed on purpose"):
        run_in_threads(2, run)


def test_threads_wait_for_one_another() -> None:
    assert run_in_threads(3, lambda team: WAIT("float64", team)) == (True,)


@pytest.mark.parametrize(("least", "threads"), [(0, 3), (100, 3), (600, 3), (601, 2), (901, 1), (2000, 1)])
def test_a_small_network_has_fewer_threads(least: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "processor_count", lambda: 4)
    monkeypatch.setattr(session.CompiledSession, "least_products", least)
    net, examples = cn.Network(), cn.ExampleSet.from_arrays(np.zeros((90, 3)), np.zeros((90, 5)))
    net.add_group("input", 3, role="input")
    net.add_group("output", 5, role="output")
    net.connect("input", "output")
    assert len(net.connections) * len(examples) == 20 * 90
    phase = Phase(cn.rule("steepest"), 1, update_after="epoch")
    assert session.CompiledSession(TrainingJob(net, examples, phase, 0.5, {}), "float64", 3).threads == threads


@pytest.mark.parametrize("failing", [0, 1])
def test_training_ends_soon_when_a_thread_fails(failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> Any:
        if arguments[-1].rank == failing:
            raise ValueError("failed on purpose")
        return run_epochs(*arguments)

    monkeypatch.setattr(session, "run_epochs", fail)
    monkeypatch.setattr(session, "processor_count", lambda: 2)
    net, examples = random_network(0, cases=90)
    phase = Phase(cn.rule("steepest", rate=1e-6), 1, update_after="epoch")
    orders = np.broadcast_to(np.arange(90), (10**8, 90))
    with pytest.raises(ValueError, match="failed on purpose"):
        Compiled(threads=2).session(TrainingJob(net, examples, phase, 0.5, {})).run(orders, None)
