"""What was recorded, labelled by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import FileError, ParameterError, unknown
from connectionist.recording.stores import InMemory, OnDisk, Store
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from connectionist.utils.arrays import Array

FORMAT = "connectionist recording 1"


@dataclass(frozen=True)
class RecordedPart:
    """Quantities that were recorded of the same things.

    Attributes
    ----------
    kind : {"units", "connections"}
    quantities : tuple of str
    coordinates : dict of str to list
        The labels along each dimension of one record, in their order; then comes the quantity, and last the unit or connection.
    lengths : tuple of int or None
        How many ticks each case has.
    """

    kind: str
    quantities: tuple[str, ...]
    coordinates: dict[str, list[Any]]
    lengths: tuple[int, ...] | None = None

    @property
    def item(self) -> str:
        """The dimension of what was recorded: "unit" or "connection"."""
        return self.kind[:-1]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one record, the quantity before the last."""
        *before, last = (len(labels) for labels in self.coordinates.values())
        return (*before, len(self.quantities), last)


class Recording(HtmlRepr):
    """Quantities by epoch, case, tick, and unit or connection, as far as these were recorded.

    Parameters
    ----------
    name : str
        Of the network.
    parts : sequence of RecordedPart
    stores : sequence of Store
        The records of each part, [epoch, …].
    epochs : Store or None
        Which epochs they are of; None for what was presented once, without training.

    Attributes
    ----------
    name : str

    Notes
    -----
    ``recording["activation"]`` is an array with named dimensions, "epoch", "case", "tick" and "unit" or "epoch" and "connection", from
    which things are taken by name: ``recording["activation"].sel(unit="hidden:0", epoch=100)``. What an example does not have (ticks
    beyond its last, cases that a drawn order left out) is NaN.
    """

    def __init__(self, name: str, parts: Sequence[RecordedPart], stores: Sequence[Store], epochs: Store | None) -> None:
        self.name = name
        self._parts, self._stores, self._epochs = tuple(parts), tuple(stores), epochs

    @property
    def quantities(self) -> tuple[str, ...]:
        """What was recorded."""
        return tuple(quantity for part in self._parts for quantity in part.quantities)

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs that were recorded, in order; none for what was presented once."""
        return () if self._epochs is None else tuple(self._epochs.array().astype(int).tolist())

    @property
    def dataset(self) -> xr.Dataset:
        """All of it as an xarray Dataset, a variable for each quantity."""
        import xarray as xr

        return xr.Dataset({quantity: self[quantity] for quantity in self.quantities}, attrs={"network": self.name})

    def __getitem__(self, quantity: str) -> xr.DataArray:
        """Return one quantity as an xarray DataArray."""
        if quantity not in self.quantities:
            raise unknown("recorded quantity", quantity, self.quantities)
        import xarray as xr

        part, store = next(both for both in zip(self._parts, self._stores, strict=True) if quantity in both[0].quantities)
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
        """Return it as a tidy table: a row for each epoch, case, tick and unit (or epoch and connection), a column for each quantity.

        Parameters
        ----------
        of : {"units", "connections"}, optional
            Needed only when both were recorded.

        Returns
        -------
        DataFrame
            Rows of ticks that an example does not have, and of cases that were not presented, are left out. ``table.to_csv(path,
            index=False)`` and ``table.to_parquet(path)`` write it for R.

        Raises
        ------
        ParameterError
            When both were recorded and `of` does not say which.
        """
        part = self._part(of)
        dataset = self.dataset[list(part.quantities)]
        table = dataset.to_dataframe().reset_index()
        absent = table[[quantity for quantity in part.quantities if quantity != "target"]].isna().all(axis=1)
        if part.quantities == ("target",):
            absent[:] = False
        if part.lengths is not None:
            absent |= table["tick"] > table["case"].map(dict(zip(part.coordinates["case"], part.lengths, strict=True)))
        kept: pd.DataFrame = table[~absent].reset_index(drop=True)
        return kept[[*(name for name in kept.columns if name not in part.quantities), *part.quantities]]

    def save(self, folder: str | Path) -> None:
        """Write it into a new folder, to be read again by `load_recording`.

        Raises
        ------
        FileError
            When the folder has something in it, or cannot be written to.
        """
        written = new_recording(folder, self.name, self._parts, self._epochs is not None)
        written.add(self.epochs, [store.array()[: len(self.epochs) if self._epochs else None] for store in self._stores])

    def add(self, epochs: Sequence[int], records: Sequence[Array]) -> None:
        """Add records of each part, [epoch, …]. For whoever records."""
        for store, of_part in zip(self._stores, records, strict=True):
            store.add(of_part)
        if self._epochs is not None:  # last, so that there are never fewer records than epochs
            self._epochs.add(np.array(epochs, dtype=float))

    def _part(self, of: str | None) -> RecordedPart:
        kinds = [part.kind for part in self._parts]
        if of is None and len(kinds) > 1:
            raise ParameterError(
                f"Recording.table: units and connections were recorded, which have no rows in common; say of= one of {kinds}"
            )
        if of is not None and of not in kinds:
            raise ParameterError(f"Recording.table.of: must be one of {kinds} (got {of!r})")
        return self._parts[0 if of is None else kinds.index(of)]

    def __repr__(self) -> str:
        sizes = [f"{len(self.epochs)} epochs"] if self._epochs is not None else []
        for part in self._parts:
            sizes += [f"{len(labels)} {dimension}s" for dimension, labels in part.coordinates.items()]
        return f"<Recording of {self.name}: {', '.join(self.quantities)}; {', '.join(dict.fromkeys(sizes))}>"


def recording_in_memory(name: str, parts: Sequence[RecordedPart], has_epochs: bool) -> Recording:
    """Return a recording with nothing in it yet."""
    return Recording(name, parts, [InMemory(part.shape) for part in parts], InMemory(()) if has_epochs else None)


def new_recording(folder: str | Path, name: str, parts: Sequence[RecordedPart], has_epochs: bool) -> Recording:
    """Return a recording with nothing in it yet that is written into a folder.

    ``recording.json`` has the labels, ``units.npy`` and ``connections.npy`` the numbers [epoch, case, tick, quantity, unit] and
    [epoch, change, quantity, connection], ``epochs.npy`` which epochs they are of.

    Raises
    ------
    FileError
        When the folder has something in it, or cannot be written to.
    """
    place = Path(folder)
    described = {"format": FORMAT, "network": name, "has_epochs": has_epochs, "parts": [part.__dict__ for part in parts]}
    try:
        place.mkdir(parents=True, exist_ok=True)
        if any(place.iterdir()):
            raise FileError(
                f"recording: {str(folder)!r} has files in it, which are not overwritten; name a folder that is new or empty, with "
                f"{{seed}} in its name where several seeds are run"
            )
        (place / "recording.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"recording: {str(folder)!r} cannot be written to ({error.strerror})") from None
    stores = [OnDisk(place / f"{part.kind}.npy", part.shape) for part in parts]
    return Recording(name, parts, stores, OnDisk(place / "epochs.npy", ()) if has_epochs else None)


def load_recording(folder: str | Path) -> Recording:
    """Read what was recorded into a folder. Numbers stay on disk until they are looked at.

    Parameters
    ----------
    folder : str or path

    Returns
    -------
    Recording

    Raises
    ------
    FileError
        When it is no such folder.
    ParameterError
        When it is no name of a folder.
    """
    if not isinstance(folder, (str, Path)):
        raise ParameterError(f"load_recording: must be the name of a folder (got {folder!r})")
    place = Path(folder)
    try:
        described = json.loads((place / "recording.json").read_text(encoding="utf-8"))
        if described.get("format") != FORMAT:
            raise ValueError(f"format {described.get('format')!r}, expected {FORMAT!r}")
        parts = [
            RecordedPart(each["kind"], tuple(each["quantities"]), each["coordinates"], each["lengths"] and tuple(each["lengths"]))
            for each in described["parts"]
        ]
        stores = [_Loaded(place / f"{part.kind}.npy") for part in parts]
        return Recording(described["network"], parts, stores, _Loaded(place / "epochs.npy") if described["has_epochs"] else None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"load_recording: {str(folder)!r} is no folder of a recording ({error})") from None


class _Loaded(InMemory):
    """Records of a folder, to which nothing is added."""

    def __init__(self, path: Path) -> None:
        self.pieces = [np.load(path, mmap_mode="r", allow_pickle=False) if _has_records(path) else np.load(path, allow_pickle=False)]


def _has_records(path: Path) -> bool:
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        return 0 not in np.lib.format.read_array_header_1_0(file)[0]
