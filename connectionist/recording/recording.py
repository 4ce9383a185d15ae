"""Recording: the recorded quantities, labelled by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from connectionist.errors import ParameterError, unknown_name
from connectionist.recording.folder import create_folder, read_folder, reopen_folder, write_folder
from connectionist.recording.recorded_part import RecordedPart
from connectionist.recording.recorder import GOODNESS_QUANTITIES, UNIT_QUANTITIES, WEIGHT_QUANTITIES
from connectionist.recording.stores import InMemory, Store
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import DeclaredAttributes
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array


class Recording(HtmlRepr, DeclaredAttributes):
    """Recorded quantities by epoch, case, tick, and unit or connection. Dimensions that were not recorded are absent.

    Parameters
    ----------
    name : str
        Name of the network.
    parts : sequence of RecordedPart
    stores : sequence of Store
        Records of each part, [epoch, …].
    epochs : Store or None
        Numbers of the epochs; None for a recording without training.

    Attributes
    ----------
    name : str

    Notes
    -----
    ``recording["activation"]`` is an array with the dimensions "epoch", "case", "tick" and "unit". Arrays of connections have "epoch" and
    "connection". Elements are selected by name: ``recording["activation"].sel(unit="hidden:0", epoch=100)``. Ticks beyond the last tick of
    an example, and cases that a random order omitted, are NaN.
    """

    name: str

    _elsewhere: ClassVar[Mapping[str, str]] = {
        **{quantity: f'recording["{quantity}"]' for quantity in (*UNIT_QUANTITIES, *GOODNESS_QUANTITIES, *WEIGHT_QUANTITIES)},
        **dict.fromkeys(("data", "to_xarray"), "dataset"),
        **dict.fromkeys(("df", "dataframe", "to_dataframe", "to_pandas", "to_csv"), "table()"),
    }

    def __init__(self, name: str, parts: Sequence[RecordedPart], stores: Sequence[Store], epochs: Store | None) -> None:
        self.name = name
        self._parts, self._stores, self._epochs = tuple(parts), tuple(stores), epochs

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the recorded quantities."""
        return tuple(quantity for part in self._parts for quantity in part.quantities)

    @property
    def epochs(self) -> tuple[int, ...]:
        """Numbers of the recorded epochs, in order; empty for a recording without training."""
        return () if self._epochs is None else tuple(self._epochs.array().astype(int).tolist())

    @property
    def dataset(self) -> xr.Dataset:
        """All quantities as an xarray Dataset with one variable per quantity."""
        import xarray as xr

        return xr.Dataset({quantity: self[quantity] for quantity in self.quantities}, attrs={"network": self.name})

    def __getitem__(self, quantity: str) -> xr.DataArray:
        """Return one quantity as an xarray DataArray.

        Raises
        ------
        UnknownNameError
            If the quantity was not recorded.
        """
        if quantity not in self.quantities:
            raise unknown_name("recorded quantity", quantity, self.quantities)
        import xarray as xr

        part, store = next(pair for pair in zip(self._parts, self._stores, strict=True) if quantity in pair[0].quantities)
        values: Any = store.array()[..., part.quantities.index(quantity), :]
        coordinates = part.coordinates
        if self._epochs is None:
            values = values[0]
        else:
            values = values[: len(self.epochs)]
            coordinates = {"epoch": list(self.epochs), **coordinates}
        return xr.DataArray(values, dims=list(coordinates), coords=coordinates, name=quantity)

    def __iter__(self) -> Iterator[str]:
        return iter(self.quantities)

    def table(self, of: str | None = None) -> pd.DataFrame:
        """Return a tidy table with one row per epoch, case, tick and unit (or epoch and connection) and one column per quantity.

        Parameters
        ----------
        of : {"units", "connections"}, optional
            Required if both were recorded.

        Returns
        -------
        DataFrame
            Ticks that an example does not have, and cases that were not presented, have no rows. ``table.to_csv(path, index=False)`` and
            ``table.to_parquet(path)`` write the table for R.

        Raises
        ------
        ParameterError
            If both were recorded and `of` is not given, or if `of` was not recorded.
        MemoryLimitError
            If the table would not fit in memory.
        """
        part = self._part(of)
        rows = prod(self[part.quantities[0]].shape)
        columns = self[part.quantities[0]].ndim + 2 * len(part.quantities)
        with allocating(NUMBER_BYTES * rows * columns, f"Recording.table: {rows} rows"):
            return self._make_table(part)

    def _make_table(self, part: RecordedPart) -> pd.DataFrame:
        dataset = self.dataset[list(part.quantities)]
        table = dataset.to_dataframe().reset_index()
        is_absent = table[[quantity for quantity in part.quantities if quantity != "target"]].isna().all(axis=1)
        if part.quantities == ("target",):
            is_absent[:] = False
        if part.lengths is not None:
            is_absent |= table["tick"] > table["case"].map(dict(zip(part.coordinates["case"], part.lengths, strict=True)))
        rows: pd.DataFrame = table[~is_absent].reset_index(drop=True)
        return rows[[*(name for name in rows.columns if name not in part.quantities), *part.quantities]]

    def save(self, folder: str | Path) -> None:
        """Write the recording into a new or empty folder. `load_recording` reads it.

        Parameters
        ----------
        folder : str or path

        Raises
        ------
        FileError
            If the folder has files in it, or cannot be written.
        """
        epochs = None if self._epochs is None else np.array(self.epochs, dtype=float)
        arrays = [store.array()[: None if epochs is None else len(epochs)] for store in self._stores]
        write_folder(folder, self.name, self._parts, arrays, epochs)

    def add(self, epochs: Sequence[int], records: Sequence[Array]) -> None:
        """Append records. Code that records calls this method.

        Parameters
        ----------
        epochs : sequence of int
            Number of each epoch; not used in a recording without training.
        records : sequence of array [epoch, …]
            Records of each part.
        """
        for store, part_records in zip(self._stores, records, strict=True):
            store.add(part_records)
        if self._epochs is not None:  # last, so that a reader of the folder never finds more epochs than records
            self._epochs.add(np.array(epochs, dtype=float))

    def _part(self, of: str | None) -> RecordedPart:
        kinds = [part.kind for part in self._parts]
        if of is None and len(kinds) > 1:
            raise ParameterError(f"Recording.table: units and connections cannot share rows; set of= to one of {kinds}")
        if of is not None and of not in kinds:
            raise ParameterError(f"Recording.table.of: must be one of {kinds} (got {of!r})")
        return self._parts[0 if of is None else kinds.index(of)]

    def __repr__(self) -> str:
        sizes = [describe_count(len(self.epochs), "epoch")] if self._epochs is not None else []
        for part in self._parts:
            sizes += [describe_count(len(labels), dimension) for dimension, labels in part.coordinates.items()]
        return f"<Recording of {self.name}: {', '.join(self.quantities)}; {', '.join(dict.fromkeys(sizes))}>"


def recording_in_memory(name: str, parts: Sequence[RecordedPart], *, has_epochs: bool) -> Recording:
    """Return a recording without records, in memory."""
    return Recording(name, parts, [InMemory(part.shape) for part in parts], InMemory(()) if has_epochs else None)


def new_recording(folder: str | Path, name: str, parts: Sequence[RecordedPart], *, has_epochs: bool) -> Recording:
    """Return a recording without records, which is written into a new or empty folder.

    Raises
    ------
    FileError
        If the folder has files in it, or cannot be written.
    """
    created = create_folder(folder, name, parts, has_epochs)
    return Recording(created.name, created.parts, created.stores, created.epochs)


def reopened_recording(folder: str | Path, name: str, parts: Sequence[RecordedPart]) -> Recording:
    """Return a recording that an earlier process began to write into a folder, to go on with it; see `reopen_folder`."""
    reopened = reopen_folder(folder, name, parts, has_epochs=True)
    return Recording(reopened.name, reopened.parts, reopened.stores, reopened.epochs)


def load_recording(folder: str | Path) -> Recording:
    """Read a recording from a folder. The numbers stay on disk until they are used.

    Parameters
    ----------
    folder : str or path
        Folder written by `Recording.save` or by training with ``Recorder(folder=…)``.

    Returns
    -------
    Recording

    Raises
    ------
    FileError
        If the folder is not the folder of a recording.
    ParameterError
        If `folder` is not the name of a folder.
    """
    contents = read_folder(folder)
    return Recording(contents.name, contents.parts, contents.stores, contents.epochs)
