"""A test while a network is trained: examples are presented after some epochs, and the network does not learn from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectionist.data.accuracy import correct_cases

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Engine
    from connectionist.learning.run import Run


@dataclass(frozen=True, eq=False)
class ActiveTest:
    """The test of one training run.

    Parameters
    ----------
    run : Run
        The test writes its results into the last row of the log.
    examples : ExampleSet
    engine : Engine
    tolerance : float
        Distance from the target below which an output unit is correct, above 0.
    last_epoch : int
        Largest number of epochs of the run. A test is due after it, and after each multiple of ``run.test_every``.
    """

    run: Run
    examples: ExampleSet
    engine: Engine
    tolerance: float
    last_epoch: int

    def epochs_that_fit(self, count: int) -> int:
        """Return the number of epochs to train in the next block, at most `count`: a block ends where a test is due."""
        return min(count, self.run.test_every - self.run.epochs % self.run.test_every)

    def measure_if_due(self) -> None:
        """Test if a test is due after the present epoch."""
        if self.run.epochs % self.run.test_every == 0 or self.run.epochs == self.last_epoch:
            self.measure()

    def measure(self) -> None:
        """Test after the present epoch, unless that was done or there was no epoch.

        Afterwards the units, the derivatives and the state of the random noise are as before. The noise in the test depends on the epoch
        only, so the result does not depend on the epochs of other tests.
        """
        run, network = self.run, self.run.network
        if not run.epochs or not math.isnan(run.test_errors[-1]):
            return
        noisy_passes = network._noisy_passes
        with network.state.restored_afterwards(), network.weight_state.restored_afterwards():
            try:
                network._noisy_passes = noisy_passes + run.epochs
                outputs = self.engine.outputs(network, self.examples)
                network._noisy_passes = noisy_passes + run.epochs
                error, _ = self.engine.error_derivatives(network, self.examples)
            finally:
                network._noisy_passes = noisy_passes
                network._engine_ran()
        run.test_corrects[-1] = float(correct_cases(outputs, self.examples.targets, self.tolerance).mean())
        run.test_errors[-1] = error
