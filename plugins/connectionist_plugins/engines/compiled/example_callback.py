"""The call of a Python function after each presentation, from the kernels."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from connectionist.model.group import Group
from connectionist.model.noise import NoiseSource
from connectionist.plugins.rules import LocalRule
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.formulas.python_fallback import storing_exceptions
from connectionist_plugins.engines.compiled.kernels.arguments import RuleArguments, WeightArrays
from connectionist_plugins.engines.compiled.single_pass import copy_last_case, show_last_perturbation

if TYPE_CHECKING:
    from connectionist_plugins.engines.compiled.session import CompiledSession

SIGNATURE = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 4, *[ctypes.c_double] * 2)


class ExampleCallback:
    """A C function that copies the state of a presentation to the network, and calls the function of a job.

    Its exceptions are stored with those of formulas (`CollectedExceptions`).

    Parameters
    ----------
    session : CompiledSession

    Attributes
    ----------
    address : int
        Address of the C function, which is valid as long as this object exists.
    """

    def __init__(self, session: CompiledSession) -> None:
        self.session = session
        self._function = SIGNATURE(storing_exceptions(self._call))
        self.address = ctypes.cast(self._function, ctypes.c_void_p).value or 0

    def prepare(self, weights: WeightArrays, rule: RuleArguments, noise: NoiseSource | None) -> None:
        """Store what the next calls need."""
        self.weights, self.rule, self.noise = weights, rule, noise

    def _call(self, epoch: int, position: int, case: int, ticks: int, error: float, wrong: float) -> None:
        self._show(epoch, position, case, ticks)
        assert self.session.job.after_example is not None

        def show(tick: int) -> None:
            copy_last_case(self.session.network, self.session.program, self.session._buffers, 1, tick, has_backward_pass=False)
            show_last_perturbation(self.session.network, self.session.job.examples, case, position, tick, self.noise, epoch)

        self.session.job.after_example(epoch, position, case, error, wrong == 0.0, lambda group: self._read(group, ticks), show)
        if self.session.precision == "float32":  # in double precision, the kernels share the memory of the weights
            self.weights.values[:] = self.session.network.weight_state.array("value")

    def _show(self, epoch: int, position: int, case: int, ticks: int) -> None:
        session = self.session
        derivatives = 0.0 if isinstance(session.rule, LocalRule) else self.weights.derivatives
        if session.precision == "float32" or self.rule.signal:
            session.network.weight_state.array("derivative")[:] = derivatives
        if session.precision == "float32":
            session._write_weights(self.weights)
        copy_last_case(session.network, session.program, session._buffers, 1, ticks, has_backward_pass=not self.rule.signal)
        show_last_perturbation(session.network, session.job.examples, case, position, ticks, self.noise, epoch)

    def _read(self, group: Group, ticks: int) -> Array:
        """Return the activations of a group in the present case, [tick, unit]."""
        buffers, layout = self.session._buffers, self.session.program.layout
        starts = buffers.tick_rows * (buffers.ticks_before + np.arange(ticks))
        activations: Array = buffers.y[starts[:, None] + layout.rows_of(group.units), 0].astype(float)
        return activations
