"""Recording while a network is trained."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.probes import Probe, UnitProbe
from connectionist.errors import ParameterError, PluginError
from connectionist.model.selection import select_connections
from connectionist.recording.in_testing import parts_of, present, unit_tap_of, weight_tap_of
from connectionist.recording.recorder import Recorder
from connectionist.recording.recording import Recording, new_recording, recording_in_memory

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Engine, EpochResults
    from connectionist.engines.probes import DueMask
    from connectionist.learning.run import Run
    from connectionist.utils.arrays import Array

BYTES_AT_A_TIME = 2**25  # of what is kept in one block of epochs


class Collector:
    """The recordings of one training.

    Parameters
    ----------
    run : Run
        Its `recordings` are set when it starts, one for each recorder.
    examples : ExampleSet
    engine : Engine
    record : Recorder or sequence of Recorder

    Raises
    ------
    ParameterError
        When something else is given, or a recorder asks for what there is not.
    UnknownNameError
        When a recorder names what the network or the examples do not have.
    """

    def __init__(self, run: Run, examples: ExampleSet, engine: Engine, record: Recorder | Sequence[Recorder]) -> None:
        recorders = list(record) if isinstance(record, Sequence) and not isinstance(record, str) else [record]
        for recorder in recorders:
            if not isinstance(recorder, Recorder):
                raise ParameterError(f"train.record: must be a Recorder or a list of these (got {recorder!r})")
        self.run = run
        self.all = [_Followed(run, examples, engine, recorder) for recorder in recorders]
        self.probes: tuple[Probe, ...] = tuple(probe for each in self.all for probe in each.probes)

    def start(self) -> None:
        """Make the folders and whatever else recordings need, and record what is wanted of the network before training."""
        for each in self.all:
            each.begin()
        self.run.recordings = tuple(each.recording for each in self.all)
        for each in self.all:
            if each.recorder.due(0, 1)[0]:
                each.record_now(0)

    def epochs_that_fit(self, count: int) -> int:
        """Return how many epochs, of so many, to train at a time: none is to be missed, and the records must fit into memory."""
        first = self.run.epochs + 1
        for each in self.all:
            count = each.epochs_that_fit(first, count)
        return count

    def wanted(self, count: int) -> DueMask | None:
        """Return in which of the next epochs to keep what each probe wants."""
        if not self.probes:
            return None
        first = self.run.epochs + 1
        return np.array([each.recorder.due(first, count) for each in self.all for _ in each.probes])

    def store(self, block: EpochResults) -> None:
        """Take the records of a block of epochs, which the run has noted already."""
        count = len(block.errors)
        records = iter(block.records)
        for each in self.all:
            of_taps = [next(records, None) for _ in each.probes]
            each.store(self.run.epochs - count + 1, count, of_taps)

    def end(self) -> None:
        """Warn of recorders for which no epoch was due: what was asked for is not there."""
        for each in self.all:
            if not each.recording.epochs and each.recorder.when is None:
                warnings.warn(
                    f"{each.recorder}: nothing was recorded, since no epoch up to {self.run.epochs}, the last, was due", stacklevel=4
                )


class _Followed:
    """One recorder at work."""

    def __init__(self, run: Run, examples: ExampleSet, engine: Engine, recorder: Recorder) -> None:
        self.run, self.engine, self.recorder = run, engine, recorder
        self.examples = recorder.examples or examples
        network = run.network
        if recorder.examples is not None:
            network.check(recorder.examples)
        connections = select_connections(network, recorder.of) if recorder.of_weights else ()
        self.units = unit_tap_of(network, self.examples, recorder.of_units, recorder.of, recorder.cases)
        self.weights = weight_tap_of(connections, recorder.of_weights, recorder.of, recorder.each == "change")
        self.probes = [probe for probe in self._wanted if self._is_tapped(probe)]
        self.changes = _most_changes(run, len(examples)) if recorder.each == "change" else None
        self.ticks = _ticks_of(recorder, self.examples)
        self.parts = parts_of(recorder, self.units, connections, self.examples, self.ticks, self.changes)
        self.bytes_each = 8 * sum(int(np.prod(part.shape)) for part in self.parts)

    def begin(self) -> None:
        """Make room for what will be recorded, in memory or a folder."""
        name, folder = self.run.network.name, self.recorder.folder
        self.recording: Recording = (
            recording_in_memory(name, self.parts, has_epochs=True)
            if folder is None
            else new_recording(str(folder).replace("{seed}", str(self.run.seed)), name, self.parts, has_epochs=True)
        )

    def epochs_that_fit(self, first: int, count: int) -> int:
        """Return how many epochs to train before looking: until a function or a test must be asked, or until memory is full."""
        due = np.flatnonzero(self.recorder.due(first, count))
        most = 1 if self.looks_each_time else max(1, BYTES_AT_A_TIME // max(1, self.bytes_each))
        return count if len(due) < most else int(due[most - 1]) + 1

    @property
    def looks_each_time(self) -> bool:
        """Whether what is recorded must be read, or asked for, when each epoch to be recorded has ended."""
        return self.recorder.when is not None or (self.units is not None and self.recorder.examples is not None)

    def store(self, first: int, count: int, kept: Sequence[Array | None]) -> None:
        """Take what the probes kept of some epochs, one array for each; nothing when none of these epochs was wanted.

        Raises
        ------
        PluginError
            When the engine has not kept what was wanted.
        """
        due = (first + np.flatnonzero(self.recorder.due(first, count))).tolist()
        if not due or (self.recorder.when is not None and not self.recorder.when(self.run)):
            return
        of_taps = iter(kept)
        self._add(due, [self._kept(next(of_taps), len(due)) if self._is_tapped(probe) else self._read(probe) for probe in self._wanted])

    def _kept(self, records: Array | None, count: int) -> Array:
        if records is None or len(records) != count:
            raise PluginError(f"engine {self.engine.name!r}: its sessions have not kept what was to be recorded of {count} epochs")
        return records

    def record_now(self, epoch: int) -> None:
        """Record what is to be seen of the network now, of units by testing."""
        self._add([epoch], [self._read(probe) for probe in self._wanted])

    @property
    def _wanted(self) -> list[Probe]:
        return [probe for probe in (self.units, self.weights) if probe is not None]

    def _is_tapped(self, probe: Probe) -> bool:
        """Whether it is kept while examples are presented for training."""
        return probe is self.weights or self.recorder.examples is None

    def _add(self, epochs: Sequence[int], records: Sequence[Array]) -> None:
        self.recording.add(epochs, [self._shaped(probe, record) for probe, record in zip(self._wanted, records, strict=True)])

    def _read(self, probe: Probe) -> Array:
        """Return a record of what there is to be seen now, [1, …]."""
        if isinstance(probe, UnitProbe):
            return present(self.run.network, self.examples, probe, self.engine)[np.newaxis]
        values = np.array([[getattr(weight, quantity) for weight in probe.weights] for quantity in probe.quantities])
        return np.broadcast_to(values, (1, self.changes or 1, *values.shape))

    def _shaped(self, probe: Probe, records: Array) -> Array:
        """Leave out the dimensions that are not there, and the ticks that are not wanted."""
        kept: Array
        if isinstance(probe, UnitProbe):
            kept = records[:, :, 0] if self.ticks is None else records[:, :, [tick - 1 for tick in self.ticks]]
        elif self.changes is None:
            kept = records[:, 0]
        else:
            kept = np.full((len(records), self.changes, *records.shape[2:]), np.nan)
            kept[:, : records.shape[1]] = records
        return kept


def _most_changes(run: Run, count: int) -> int:
    """Return how many changes of the weights there are in an epoch, in the phase that has most."""
    return max(-(-count // phase.examples_per_change(count)) for phase in run.phases)


def _ticks_of(recorder: Recorder, examples: ExampleSet) -> tuple[int, ...] | None:
    """Return the ticks to record; None where the examples have none."""
    if examples.ticks is None:
        if recorder.ticks is not None:
            raise ParameterError(f"Recorder.ticks: the examples have no ticks (got {list(recorder.ticks)})")
        return None
    ticks = tuple(recorder.ticks or range(1, examples.ticks + 1))
    if max(ticks) > examples.ticks:
        raise ParameterError(f"Recorder.ticks: the examples have {examples.ticks} ticks at most (got {max(ticks)})")
    return ticks
