"""Threads that run one kernel come back when one of them fails."""

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

pytestmark = pytest.mark.timeout(120, method="thread")  # nothing else ends a thread that waits in compiled code


@numba.njit(nogil=True)
def fail_in_company(failing: Any, team: Any) -> None:
    """Raise in one thread, once the other is at its first meeting."""
    if team.rank == failing:
        while arrival_count(address_of(team.arrivals)) == 0:
            pass
        raise ValueError("failed on purpose")
    for _ in range(3):  # the first finds the other gone while it waits, the next come when it has gone
        barrier(team)


@pytest.mark.parametrize("failing", [0, 1])
def test_a_thread_that_fails_leaves_nobody_waiting(failing: int) -> None:
    with pytest.raises(ValueError, match="failed on purpose"):
        run_in_threads(2, fail_in_company, failing)


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
    hours = np.broadcast_to(np.arange(90), (10**8, 90))
    with pytest.raises(ValueError, match="failed on purpose"):
        Compiled(threads=2).session(TrainingJob(net, examples, phase, 0.5, {})).run(hours, None)
