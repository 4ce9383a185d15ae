"""Recording while a network is trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.probes import Probe, UnitProbe
from connectionist.errors import ParameterError, PluginError
from connectionist.model.selection import select_connections
from connectionist.plugins.registry import describe_origin
from connectionist.recording.in_testing import read_states
from connectionist.recording.labelled_probes import label_connections, label_units, make_unit_probe, make_weight_probe
from connectionist.recording.recorder import Recorder
from connectionist.recording.recording import Recording, new_recording, recording_in_memory, reopened_recording
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Engine, EpochResults
    from connectionist.engines.probes import DueMask
    from connectionist.learning.run import Run
    from connectionist.utils.arrays import Array

BYTES_PER_BLOCK = 2**25  # largest size of the records of one block of epochs


class ActiveRecorders:
    """The recorders of one training run.

    Parameters
    ----------
    run : Run
        `start` sets its `recordings`, one for each recorder.
    examples : ExampleSet
    engine : Engine
    record : Recorder or sequence of Recorder

    Attributes
    ----------
    probes : tuple of UnitProbe or WeightProbe
        Probes that the engine must fill.

    Raises
    ------
    ParameterError
        If `record` has something that is not a recorder, or if a recorder does not fit the network or the examples.
    UnknownNameError
        If a recorder names units, connections or cases that do not exist.
    """

    def __init__(self, run: Run, examples: ExampleSet, engine: Engine, record: Recorder | Sequence[Recorder]) -> None:
        self.run = run
        self.recorders = [_ActiveRecorder(run, examples, engine, recorder) for recorder in checked_recorders(record)]
        self.probes: tuple[Probe, ...] = tuple(probe for recorder in self.recorders for probe in recorder.engine_probes)

    def start(self) -> None:
        """Create the recordings and their folders, and record epoch 0 if it is due, unless the recordings go on.

        Raises
        ------
        FileError
            If a folder has files in it, or cannot be written.
        """
        if self.run.recordings:
            return
        self.make_recordings()
        for recorder in self.recorders:
            if recorder.settings.due(0, 1)[0] and not self.run.epochs:
                recorder.record_now(0)

    def make_recordings(self, *, again: bool = False) -> None:
        """Make the recordings without records, or open again those that an earlier process began."""
        for recorder in self.recorders:
            recorder.start(again=again)
        self.run.recordings = tuple(recorder.recording for recorder in self.recorders)

    def epochs_that_fit(self, count: int) -> int:
        """Return the number of epochs to train in the next block, at most `count`.

        A block ends with an epoch that a recorder must record itself, and its records must fit into `BYTES_PER_BLOCK`.
        """
        first = self.run.epochs + 1
        for recorder in self.recorders:
            count = recorder.epochs_that_fit(first, count)
        return count

    def due_mask(self, count: int) -> DueMask | None:
        """Return in which of the next `count` epochs each probe is due, [probe, epoch]; None if there are no probes."""
        if not self.probes:
            return None
        first = self.run.epochs + 1
        return np.array([recorder.settings.due(first, count) for recorder in self.recorders for _ in recorder.engine_probes])

    def store(self, results: EpochResults) -> None:
        """Store the records of a block of epochs. The run must have logged these epochs already.

        Raises
        ------
        PluginError
            If the engine did not record what was due.
        """
        count = len(results.errors)
        records = iter(results.records)
        for recorder in self.recorders:
            recorder.store(self.run.epochs - count + 1, count, [next(records, None) for _ in recorder.engine_probes])

    @property
    def call_functions(self) -> bool:
        """Whether a recorder calls a function of the run after epochs."""
        return any(recorder.settings.when is not None for recorder in self.recorders)

    def end(self) -> None:
        """Warn of recorders for which no epoch was due."""
        for recorder in self.recorders:
            if not recorder.recording.epochs and recorder.settings.when is None:
                warn_caller(f"{recorder.settings}: nothing was recorded, since no epoch up to the last, {self.run.epochs}, was due")


class _ActiveRecorder:
    """One recorder of a training run."""

    def __init__(self, run: Run, examples: ExampleSet, engine: Engine, settings: Recorder) -> None:
        self.run, self.engine, self.settings = run, engine, settings
        network = run.network
        self.examples = examples if settings.examples is None else network._examples(settings.examples)
        connections = select_connections(network, settings.of) if settings.weight_quantities else ()
        self.unit_probe = make_unit_probe(network, self.examples, settings.unit_quantities, of=settings.of, cases=settings.cases)
        self.weight_probe = make_weight_probe(
            connections, settings.weight_quantities, of=settings.of, each_change=settings.each == "change"
        )
        self.probes: list[Probe] = [probe for probe in (self.unit_probe, self.weight_probe) if probe is not None]
        self.engine_probes = [probe for probe in self.probes if self._is_filled_by_engine(probe)]
        self.changes = _most_changes(run, len(examples)) if settings.each == "change" else None
        self.ticks = _ticks_to_record(settings, self.examples)
        self.parts = [] if self.unit_probe is None else [label_units(self.unit_probe, self.examples, self.ticks)]
        if connections:
            self.parts.append(label_connections(connections, settings.weight_quantities, self.changes))
        self.bytes_per_epoch = 8 * sum(int(np.prod(part.shape)) for part in self.parts)

    def start(self, *, again: bool) -> None:
        """Create the recording, in memory or in a folder, or open that of a folder again."""
        name, folder = self.run.network.name, self.settings.folder
        if folder is None:
            self.recording: Recording = recording_in_memory(name, self.parts, has_epochs=True)
        elif again:
            self.recording = reopened_recording(str(folder).replace("{seed}", str(self.run.seed)), name, self.parts)
        else:
            self.recording = new_recording(str(folder).replace("{seed}", str(self.run.seed)), name, self.parts, has_epochs=True)

    def epochs_that_fit(self, first: int, count: int) -> int:
        due = np.flatnonzero(self.settings.due(first, count))
        most = 1 if self.must_stop_at_due_epochs else max(1, BYTES_PER_BLOCK // max(1, self.bytes_per_epoch))
        return count if len(due) < most else int(due[most - 1]) + 1

    @property
    def must_stop_at_due_epochs(self) -> bool:
        """Whether a block of epochs must end after each epoch that is due, to call `when` or to test."""
        return self.settings.when is not None or (self.unit_probe is not None and self.settings.examples is not None)

    def store(self, first: int, count: int, engine_records: Sequence[Array | None]) -> None:
        """Store the records of some epochs: those of the engine, one array per probe, and those read now."""
        due = (first + np.flatnonzero(self.settings.due(first, count))).tolist()
        if not due or (self.settings.when is not None and not self._is_wanted(self.settings.when)):
            return
        remaining = iter(engine_records)
        records = [
            self._check_records(next(remaining), len(due)) if self._is_filled_by_engine(probe) else self._read(probe)
            for probe in self.probes
        ]
        self._add(due, records)

    def _is_wanted(self, when: Callable[[Run], object]) -> bool:
        """Return the answer of the function of the recorder, which must not change the wiring, since a session of training is open."""
        reason = "Recorder.when must not change the wiring or lesions; until may lesion"
        return bool(self.run.network._wiring.call_fixed(reason, when, self.run))

    def _check_records(self, records: Array | None, count: int) -> Array:
        if records is None or len(records) != count:
            got = "none" if records is None else str(len(records))
            owner = f"{describe_origin(type(self.engine))}engine {self.engine.name!r}"
            raise PluginError(f"{owner}: its session must return the records of {describe_count(count, 'epoch')} (got {got})")
        return records

    def record_now(self, epoch: int) -> None:
        """Record the present weights, and units in a test."""
        self._add([epoch], [self._read(probe) for probe in self.probes])

    def _is_filled_by_engine(self, probe: Probe) -> bool:
        return probe is self.weight_probe or self.settings.examples is None

    def _add(self, epochs: Sequence[int], records: Sequence[Array]) -> None:
        self.recording.add(epochs, [self._reshape(probe, record) for probe, record in zip(self.probes, records, strict=True)])

    def _read(self, probe: Probe) -> Array:
        """Return the record of the present weights or of a test, [1, …]."""
        if isinstance(probe, UnitProbe):
            return read_states(self.run.network, self.examples, probe, self.engine)[np.newaxis]
        values = np.array([[getattr(weight, quantity) for weight in probe.weights] for quantity in probe.quantities])
        return np.broadcast_to(values, (1, self.changes or 1, *values.shape))

    def _reshape(self, probe: Probe, records: Array) -> Array:
        """Drop dimensions that the recording does not have, select the ticks, and fill up missing changes with NaN."""
        if isinstance(probe, UnitProbe):
            return records[:, :, 0] if self.ticks is None else records[:, :, [tick - 1 for tick in self.ticks]]
        if self.changes is None:
            return records[:, 0]
        filled = np.full((len(records), self.changes, *records.shape[2:]), np.nan)
        filled[:, : records.shape[1]] = records
        return filled


def _most_changes(run: Run, count: int) -> int:
    """Return the largest number of weight changes per epoch, over all phases, for `count` examples."""
    return max(-(-phase.epoch_size(count) // phase.examples_per_change(phase.epoch_size(count))) for phase in run.phases)


def _ticks_to_record(recorder: Recorder, examples: ExampleSet) -> tuple[int, ...] | None:
    """Return the ticks to record; None if the examples have no ticks."""
    if examples.ticks is None:
        if recorder.ticks is not None:
            raise ParameterError(f"Recorder.ticks: must not be given for examples without ticks (got {list(recorder.ticks)})")
        return None
    ticks = tuple(recorder.ticks or range(1, examples.ticks + 1))
    if max(ticks) > examples.ticks:
        raise ParameterError(f"Recorder.ticks: must be at most {examples.ticks}, the length of the longest example (got {max(ticks)})")
    return ticks


def checked_recorders(record: Any) -> list[Recorder]:
    """Return the recorders of the argument `record` of `train`.

    Raises
    ------
    ParameterError
        If it has something else.
    """
    recorders = list(record) if isinstance(record, (tuple, list, Sequence)) and not isinstance(record, str) else [record]
    for recorder in recorders:
        if not isinstance(recorder, Recorder):
            raise ParameterError(f"train.record: must be a Recorder or a list of recorders (got {recorder!r})")
    return recorders
