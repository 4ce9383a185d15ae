"""Learning curves of the runs of a study: E at the same epochs in every run, at most 24 for each factor of ten.

These are the epochs 1 to 20, then every second one to 30, every third to 40, and so on: the step is a tenth of the epoch. The last epoch
of the run is one more. E is kept in single precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.experiments.study.parts import read_table, write_table

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float32]
Curve = tuple[int, int, int, Floats]
COLUMNS = {"condition": "int64", "seed": "int64", "epochs": "int64", "errors": "list<element: float>"}


def curve_epochs(last: int) -> list[int]:
    """Return the epochs of a curve until the last epoch of a run.

    Examples
    --------
    >>> curve_epochs(32)[18:]
    [19, 20, 22, 24, 26, 28, 30, 32]
    """
    epochs, epoch = [], 1
    while epoch < last:
        epochs.append(epoch)
        epoch += max(1, epoch // 10)
    return [*epochs, last] if last else []


def make_curve(condition: int, seed: int, errors: Sequence[float]) -> Curve:
    """Return the curve of a run: the number of its condition, its seed, the number of its epochs, and E at those that are kept."""
    with np.errstate(over="ignore"):  # E may be above the largest number of single precision
        kept = np.array([errors[epoch - 1] for epoch in curve_epochs(len(errors))]).astype(np.float32)
    return condition, seed, len(errors), kept


def to_curve_table(curves: Sequence[Curve]) -> pa.Table:
    """Return curves as a table with a row per run."""
    import pyarrow as pa

    kinds = (pa.int64(), pa.int64(), pa.int64(), pa.list_(pa.field("element", pa.float32())))
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(COLUMNS, zip(*curves, strict=True), kinds, strict=True)})


def write_curves(path: Path, table: pa.Table) -> None:
    """Write curves. The errors are those of `atomic_write`."""
    write_table(path, table, use_dictionary=False, use_byte_stream_split=["errors.list.element"])


def read_curves(path: Path) -> pa.Table:
    """Read curves. The errors are those of `read_table`."""
    return read_table(path, _check_schema, _check_contents)


def merge_curves(paths: Sequence[Path], merged: Path) -> None:
    """Write the curves of several files into one."""
    import pyarrow as pa

    write_curves(merged, pa.concat_tables([read_curves(path) for path in paths]))


def _check_schema(schema: pa.Schema) -> None:
    """Raise ValueError unless a table has the columns of curves."""
    if [(field.name, str(field.type)) for field in schema] != [*COLUMNS.items()]:
        raise ValueError(f"it must have the columns {', '.join(COLUMNS)}")


def _check_contents(table: pa.Table) -> None:
    """Raise ValueError unless each curve is complete."""
    if any(column.null_count for column in table.columns):
        raise ValueError("a curve is missing")
    errors = table["errors"].combine_chunks()
    lengths, expected = errors.value_lengths().to_numpy(zero_copy_only=False), table["epochs"].to_numpy()
    if (
        errors.flatten().null_count
        or (expected < 1).any()
        or [len(curve_epochs(epochs)) for epochs in expected.tolist()] != lengths.tolist()
    ):
        raise ValueError("a curve has not one number for each of its epochs")


class Curves:
    """The learning curves of several runs.

    Parameters
    ----------
    tables : sequence of Table
    order : int array [run]
        Rows of all tables together, in the order wanted.

    Attributes
    ----------
    conditions, seeds, epochs, lengths : int array [run]
        Number of the condition, seed, number of epochs, and length of the curve.
    errors : float array
        The curves one after the other.
    """

    def __init__(self, tables: Sequence[pa.Table], order: npt.NDArray[np.int64]) -> None:
        import pyarrow as pa

        table = pa.concat_tables(tables).take(order).combine_chunks()
        self.conditions, self.seeds, self.epochs = (table[name].to_numpy() for name in ("condition", "seed", "epochs"))
        errors = table["errors"].combine_chunks()
        self.lengths: npt.NDArray[np.int64] = errors.value_lengths().to_numpy(zero_copy_only=False)
        self.errors: Floats = errors.flatten().to_numpy(zero_copy_only=False)

    def all_epochs(self) -> npt.NDArray[np.int64]:
        """Return the epoch of each number of `errors`."""
        return np.concatenate([np.array(curve_epochs(last), dtype=np.int64) for last in self.epochs.tolist()])

    def at_same_epochs(self, is_wanted: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return some of the curves [run, epoch], with their epochs. A run that has ended keeps its last error."""
        lengths = self.lengths[is_wanted]
        values = self.errors[np.repeat(is_wanted, self.lengths)]
        epochs = np.array(curve_epochs(int(self.epochs[is_wanted].max(initial=0))), dtype=np.int64)
        ends = np.cumsum(lengths)
        places = np.minimum(np.arange(len(epochs)), lengths[:, None] - 1)
        return epochs, values[(ends - lengths)[:, None] + places]
