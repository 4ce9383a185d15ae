"""What a network is to learn: examples, each a pattern of inputs with its targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from connectionist.errors import PatternError, check_number, unknown
from connectionist.state import Array, as_numbers


@dataclass(frozen=True, eq=False)
class Example:
    """One input–target pair with a name.

    Parameters
    ----------
    inputs : array_like [input unit]
        Finite numbers.
    targets : array_like [output unit]
        NaN means "no target".
    name : str
        Its name in tables, plots and messages.
    frequency : float
        How often it is drawn, relative to the others, when the order is "sampled"; above 0.

    Raises
    ------
    PatternError
        When an input is not finite, or a target is infinite.
    """

    inputs: Array
    targets: Array
    name: str = ""
    frequency: float = 1.0

    def __post_init__(self) -> None:
        check_number("Example", "frequency", self.frequency, above=0)
        for field in ("inputs", "targets"):
            object.__setattr__(self, field, _numbers(getattr(self, field), f"example {self.name!r}, {field}", dimensions=1))
        _refuse(~np.isfinite(self.inputs), self.inputs, f"example {self.name!r}, input", "finite")
        _refuse(np.isinf(self.targets), self.targets, f"example {self.name!r}, target", "finite, or NaN for none")


class ExampleSet:
    """Examples in a fixed order, all with the same number of inputs and of targets.

    Parameters
    ----------
    examples : iterable of Example
        At least one. Examples without a name are called by their number, from 0.

    Attributes
    ----------
    inputs : array [case, input unit]
    targets : array [case, output unit]
        NaN means "no target".
    names : tuple of str
    frequencies : array [case]
        All three arrays are read-only: make another set to change them.

    Raises
    ------
    PatternError
        When there are none, when they differ in width, or when two have one name.

    Examples
    --------
    >>> xor = ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> len(xor), xor["2"].inputs
    (4, array([1., 0.]))
    """

    def __init__(self, examples: Iterable[Example]) -> None:
        given = list(examples)
        if not given:
            raise PatternError("ExampleSet: needs at least one example (got none)")
        for field in ("inputs", "targets"):
            _refuse_uneven(given, field)
        self.inputs: Array = np.stack([example.inputs for example in given])
        self.targets: Array = np.stack([example.targets for example in given])
        self.frequencies: Array = np.array([example.frequency for example in given], dtype=float)
        for array in (self.inputs, self.targets, self.frequencies):
            array.flags.writeable = False
        self.names = tuple(example.name or str(number) for number, example in enumerate(given))
        self._index = {name: number for number, name in enumerate(self.names)}
        if len(self._index) < len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise PatternError(f"ExampleSet: names must differ (got {twice!r} twice)")

    @classmethod
    def from_arrays(
        cls,
        inputs: npt.ArrayLike,
        targets: npt.ArrayLike,
        names: Sequence[str] | None = None,
        frequencies: Sequence[float] | None = None,
    ) -> ExampleSet:
        """Make a set from tables with a row per case.

        Parameters
        ----------
        inputs : array_like [case, input unit]
        targets : array_like [case, output unit]
            NaN means "no target".
        names : sequence of str, optional
        frequencies : sequence of float, optional
            Relative, above 0; 1 each unless given.

        Raises
        ------
        PatternError
            When the tables differ in length, or hold what no example may.
        """
        table = _numbers(inputs, "ExampleSet.from_arrays, inputs", dimensions=2)
        goals = _numbers(targets, "ExampleSet.from_arrays, targets", dimensions=2)
        count = len(table)
        given = {"targets": goals, "names": names, "frequencies": frequencies}
        for what, values in given.items():
            if values is not None and np.shape(values)[:1] != (count,):
                raise PatternError(
                    f"ExampleSet.from_arrays: inputs has {count} cases and {what} has shape {np.shape(values)}; they must agree"
                )
        return cls(
            Example(table[i], goals[i], str(names[i]) if names is not None else str(i), frequencies[i] if frequencies is not None else 1.0)
            for i in range(count)
        )

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Example]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, key: int | str) -> Example:
        """Return an example by number or name."""
        number = self._index.get(key, len(self)) if isinstance(key, str) else key
        if not hasattr(number, "__index__") or not -len(self) <= int(number) < len(self):
            raise unknown("example", key, self.names)
        return Example(self.inputs[number], self.targets[number], self.names[number], float(self.frequencies[number]))

    def __repr__(self) -> str:
        return f"<ExampleSet of {len(self)}: {self.inputs.shape[1]} inputs, {self.targets.shape[1]} targets>"


def _numbers(values: npt.ArrayLike, what: str, dimensions: int) -> Array:
    array = as_numbers(values, what)
    if array.ndim != dimensions:
        shape = "[unit]" if dimensions == 1 else "[case, unit]"
        raise PatternError(f"{what}: must be of shape {shape} (got {array.ndim} dimensions, shape {array.shape})")
    return array


def _refuse(wrong: npt.NDArray[np.bool_], values: Array, what: str, allowed: str) -> None:
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise PatternError(f"{what} {place}: must be {allowed} (got {values[place]})")


def _refuse_uneven(examples: list[Example], field: str) -> None:
    width = len(getattr(examples[0], field))
    for example in examples:
        if len(getattr(example, field)) != width:
            raise PatternError(
                f"example {example.name!r}: must have {width} {field} like example {examples[0].name!r} "
                f"(got {len(getattr(example, field))})"
            )
