"""All threads of a kernel return if one of them fails."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist.engines.phase import Phase
from connectionist.testing import random_network
from connectionist_plugins.engines.compiled import Compiled, session
from connectionist_plugins.engines.compiled.kernels.training_loop import run_epochs
from connectionist_plugins.engines.compiled.numba_runtime.barrier import arrival_count, barrier
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of
from connectionist_plugins.engines.compiled.numba_runtime.threads import run_in_threads

pytestmark = pytest.mark.timeout(120, method="thread")  # no signal interrupts a thread that waits in compiled code


@numba.njit(nogil=True)
def fail_in_one_thread(failing: Any, team: Any) -> None:
    """Raise in one thread when the other one waits at its first barrier."""
    if team.rank == failing:
        while arrival_count(address_of(team.arrivals)) == 0:
            pass
        raise ValueError("failed on purpose")
    for _ in range(3):  # the team is abandoned during the first barrier, and before the next ones
        barrier(team)


@pytest.mark.parametrize("failing", [0, 1])
def test_no_thread_waits_for_one_that_failed(failing: int) -> None:
    with pytest.raises(ValueError, match="failed on purpose"):
        run_in_threads(2, fail_in_one_thread, failing)


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
