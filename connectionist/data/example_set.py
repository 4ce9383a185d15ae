"""A set of examples in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, Union, overload

import numpy as np
import numpy.typing as npt

from connectionist.data.by_group import Sizes, check_is_network, read_values
from connectionist.data.clamped_units import clamped
from connectionist.data.event import event_slices
from connectionist.data.example import Example
from connectionist.data.example_arrays import (
    arranged,
    check_same_width,
    groups_of,
    memory_for,
    numbered_names,
    numbers_by_name,
    range_text,
    stack,
    stack_clamps,
    with_all_targets,
    with_clamps,
)
from connectionist.data.example_set_makers import ExampleSetMakers
from connectionist.data.from_arrays import ExampleArrays
from connectionist.errors import ConnectionistError, DataError, UnknownNameError, unknown_name
from connectionist.utils.arrays import Array, check_no_set
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import DeclaredAttributes
from connectionist.utils.finite_list import finite_list
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import allocating
from connectionist.utils.subsets import is_position, select_numbers
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network

Examples = Union["ExampleSet", Sequence[Example], Example]  # what users may give
Labels = tuple[tuple[str, tuple[str, ...]], ...]  # name of each group, with the labels of its units


class ExampleSet(ExampleSetMakers, HtmlRepr, DeclaredAttributes):
    """Examples in a fixed order. They have the same number of inputs and of targets; either all have ticks or none.

    Parameters
    ----------
    examples : iterable of Example
        At least one. The name of an example without a name is its number, from 0. Several examples may have the same name. If inputs or
        targets are given by group, all examples must name the same groups.
    network : Network, optional
        Network whose order of groups the arrays get, and which checks the examples. Without it, the groups have the order of the first
        example.

    Attributes
    ----------
    inputs : array [case, input unit] or [case, tick, input unit]
    targets : array [case, output unit] or [case, tick, output unit]
        NaN means "no target". In inputs and targets, sequences shorter than the longest are padded with NaN.
    lengths : int array [case] or None
        Number of ticks of each example; None without ticks.
    continues : bool array [case]
        Which examples start from the state in which the previous example left the network.
    names : tuple of str
    input_groups, target_groups : dict of str to int, or None
        Number of units of each group, in the order of the arrays, if inputs and targets were given by group.
    frequencies : array [case]
        Relative frequencies of presentation. All arrays are read-only; make another set to change them.
    error_weights : array [case]
        Factors of E and of its derivatives in each case (see `weighted`).
    clamps : dict of group name to array [case, unit] or [case, tick, unit]
        Activations to which units of hidden and output groups are clamped; NaN for none.

    Raises
    ------
    DataError
        If there is no example, if examples differ in their groups or their number of inputs or targets, or if only some have ticks.
    MemoryLimitError
        If the arrays would not fit in memory.

    Examples
    --------
    >>> xor = ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> len(xor), xor["2"].inputs
    (4, array([1., 0.]))
    """

    inputs: Array
    targets: Array
    lengths: npt.NDArray[np.intp] | None
    continues: npt.NDArray[np.bool_]
    names: tuple[str, ...]
    frequencies: Array
    error_weights: Array
    clamps: Mapping[str, Array]
    input_groups: Sizes | None
    target_groups: Sizes | None
    _labels: dict[str, Labels]
    _has_network: bool

    _elsewhere: ClassVar[Mapping[str, str]] = {
        "X": "inputs",
        "x": "inputs",
        "Y": "targets",
        "y": "targets",
        "outputs": "targets",
        "patterns": "inputs",
        "examples": "examples[name], or list(examples)",
        "size": "len(examples)",
        "labels": "names",
    }
    _instead: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "inputs",
            "targets",
            "lengths",
            "continues",
            "names",
            "frequencies",
            "error_weights",
            "clamps",
            "input_groups",
            "target_groups",
        ),
        "make another set, for example with from_arrays",
    )

    def __init__(self, examples: Iterable[Example], network: Network | None = None) -> None:
        check_no_set(examples, "ExampleSet")
        check_is_network(network, "ExampleSet.network")
        if not hasattr(examples, "__iter__"):
            raise DataError(f"ExampleSet: must be a list of examples (got {examples!r})")
        given = finite_list(examples, "ExampleSet")
        if not given:
            raise DataError("ExampleSet: needs at least one example (got none)")
        for example in given:
            if not isinstance(example, Example):
                raise DataError(f"ExampleSet: must be examples, as made by cn.Example(inputs, targets) (got {example!r})")
        if network is not None:
            clamped = (with_clamps(example, network, example.name or str(number)) for number, example in enumerate(given))
            given = [with_all_targets(example, network) for example in clamped]
        self.input_groups, self.target_groups = (groups_of(given, field, network) for field in ("input", "target"))
        for field in ("inputs", "targets"):
            check_same_width(given, field)
        with allocating(*memory_for(len(given), sum(example.inputs.size + example.targets.size for example in given))):
            self._fill(given)
        self._finish(network)

    def _like(self, examples: Iterable[Example]) -> ExampleSet:
        """Return a set of other examples for the same units."""
        made = ExampleSet(examples)
        made._labels, made._has_network = self._labels, self._has_network
        return made

    def _note_labels(self, table: str, groups: Iterable[Group]) -> None:
        """Note the labels of the groups of a network that takes these examples. They do not keep the network."""
        self._labels = self._labels | {table: tuple((group.name, group.labels) for group in groups)}

    def _fill(self, given: list[Example]) -> None:
        has_ticks = given[0].ticks is not None
        arrays = ExampleArrays(
            inputs=stack([arranged(example.inputs, example.input_groups, self.input_groups) for example in given]),
            targets=stack([arranged(example.targets, example.target_groups, self.target_groups) for example in given]),
            names=[example.name or str(number) for number, example in enumerate(given)],
            frequencies=np.array([example.frequency for example in given], dtype=float),
            error_weights=np.array([example.error_weight for example in given], dtype=float),
            lengths=np.array([example.ticks for example in given], dtype=np.intp) if has_ticks else None,
            continues=np.array([example.continues for example in given], dtype=bool),
            event_lengths={number: tuple(each.event_lengths) for number, each in enumerate(given) if each.event_lengths is not None},
            clamps=stack_clamps(given),
            input_groups=self.input_groups,
            target_groups=self.target_groups,
        )
        self._take(arrays)

    @classmethod
    def _of_arrays(cls, arrays: ExampleArrays, network: Network | None) -> Self:
        """Return a set of arrays without faults. `from_arrays` calls it."""
        made = cls.__new__(cls)
        made.input_groups, made.target_groups = arrays.input_groups, arrays.target_groups
        made._take(arrays)
        made._finish(network)
        return made

    def _take(self, arrays: ExampleArrays) -> None:
        self.inputs, self.targets, self.lengths, self.continues = arrays.inputs, arrays.targets, arrays.lengths, arrays.continues
        self.frequencies, self.error_weights, self.clamps = arrays.frequencies, arrays.error_weights, arrays.clamps
        self._event_lengths = arrays.event_lengths
        self._set_read_only()
        self.names = tuple(arrays.names)

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return numbers_by_name(self.names)

    def _set_read_only(self) -> None:
        for array in (self.inputs, self.targets, self.frequencies, self.error_weights, self.continues, self.lengths, *self.clamps.values()):
            if array is not None:
                array.flags.writeable = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a pickle or deep copy, in which numpy does not keep arrays read-only."""
        vars(self).update(state)
        self._set_read_only()

    def _finish(self, network: Network | None) -> None:
        self._labels = {}
        self._has_network = network is not None
        if network is not None:
            network.check(self)

    @property
    def ticks(self) -> int | None:
        """Number of ticks of the longest example; None without ticks."""
        return None if self.lengths is None else int(self.lengths.max())

    def unit_names(self, table: str) -> tuple[str, ...]:
        """Return the names of the units of "inputs" or "targets"; empty if they are not known.

        They are known if the set was made with ``network=``. They are also known after a network with labels trained, ran or checked the
        set; they are then those in the last such network.
        """
        labels = self._labels.get(table, ())
        are_given = any(own != tuple(map(str, range(len(own)))) for _, own in labels)
        if not (are_given or self._has_network):
            return ()
        return tuple(f"{group}:{label}" for group, own in labels for label in own)

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Example]:
        return (self[number] for number in range(len(self)))

    def index(self, key: int | str) -> int:
        """Return the number of an example, from 0, by its name or number. A name precedes a number of the same text.

        Raises
        ------
        UnknownNameError
            If there is no such example, or if several have this name.
        """
        if isinstance(key, str) and key in self._by_name:
            if self._by_name[key] < 0:
                numbers = ", ".join(str(number) for number, name in enumerate(self.names) if name == key)
                raise UnknownNameError(f"example {key!r}: is the name of several examples; use the number of one: {numbers}")
            return self._by_name[key]
        is_number = isinstance(key, str) and key.isdecimal() and len(key) <= len(str(len(self)))
        number = int(key) if is_number else key
        if not is_position(number, len(self)):
            raise unknown_name("example", key, self.names)
        return int(number) % len(self)

    def events_of(self, number: int) -> list[slice]:
        """Return the ticks of each event of an example, as `Example.events`, by its number from 0."""
        return event_slices(None if self.lengths is None else int(self.lengths[number]), self._event_lengths.get(number))

    def with_numbered_names(self) -> ExampleSet:
        """Return a set in which no two examples have the same name: repeated names are followed by " #1", " #2", ….

        Examples
        --------
        >>> ExampleSet.from_arrays([[0], [1], [1]], [[1], [0], [0]], names=["cat", "dog", "cat"]).with_numbered_names().names
        ('cat #1', 'dog', 'cat #2')
        """
        numbered = numbered_names(self.names, {name for name, number in self._by_name.items() if number < 0})
        return self._like(replace(example, name=name) for example, name in zip(self, numbered, strict=True))

    def weighted(self, weights: npt.ArrayLike | None = None) -> ExampleSet:
        """Return a set in which E of each case, and so each derivative, is multiplied by a weight.

        Parameters
        ----------
        weights : array_like [case], optional
            Above 0; the frequencies by default. They replace the weights that the examples have. ``Phase(weighting="frequency")``
            multiplies those by the frequencies during training.

        Raises
        ------
        ParameterError
            If a weight is out of range.
        DataError
            If the number of weights is wrong.

        Examples
        --------
        >>> words = ExampleSet.from_arrays([[0], [1]], [[1], [0]], frequencies=[3, 1])
        >>> words.weighted().error_weights
        array([3., 1.])
        """
        given = self.frequencies if weights is None else read_values(weights, "ExampleSet.weighted.weights", "[case]")[0]
        if len(given) != len(self):
            raise DataError(f"ExampleSet.weighted.weights: must be one number for each of {len(self)} examples (got {len(given)})")
        return self._like(replace(example, error_weight=weight) for example, weight in zip(self, given.tolist(), strict=True))

    def clamped(self, network: Network, activations: Mapping[str, float | None]) -> ExampleSet:
        """Return a set in which units are clamped in every example, at every tick.

        Parameters
        ----------
        network : Network
        activations : dict of str to float or None
            Activations by name of a hidden or output unit; None for a unit that is not clamped any more. Other units keep their clamps.

        Raises
        ------
        UnknownNameError
            If there is no such unit.
        ParameterError
            If the unit is of an input group, or an activation is not finite.
        DataError
            If the examples have clamps of the group for another number of units.

        Examples
        --------
        >>> import connectionist as cn
        >>> net = cn.Network("net")
        >>> _ = net.add_group("input", 1, role="input"), net.add_group("hidden", 2), net.add_group("output", 1, role="output")
        >>> ExampleSet.from_arrays([[0], [1]], [[1], [0]]).clamped(net, {"hidden:1": 0.5}).clamps
        {'hidden': array([[nan, 0.5],
               [nan, 0.5]])}
        """
        return clamped(self, network, activations)

    @overload
    def __getitem__(self, key: int | str) -> Example: ...

    @overload
    def __getitem__(self, key: slice | list[Any] | tuple[Any, ...] | npt.NDArray[Any]) -> ExampleSet: ...

    def __getitem__(self, key: Any) -> Example | ExampleSet:
        """Return an example by its number or name, see `index`, or the set of those that a slice, list, mask or pattern selects."""
        numbers = select_numbers(key, self.names, self.index, "examples")
        if numbers is not None:
            return self._like(self[number] for number in numbers)
        number = self.index(key)
        ticks = slice(None if self.lengths is None else int(self.lengths[number]))
        inputs, targets = (table[number] if table.ndim == 2 else table[number, ticks] for table in (self.inputs, self.targets))
        return Example(
            inputs,
            targets,
            self.names[number],
            frequency=float(self.frequencies[number]),
            continues=bool(self.continues[number]),
            error_weight=float(self.error_weights[number]),
            clamps={group: table[number] if table.ndim == 2 else table[number, ticks] for group, table in self.clamps.items()},
            input_groups=self.input_groups,
            target_groups=self.target_groups,
            event_lengths=self._event_lengths.get(number),
        )

    def __repr__(self) -> str:
        ticks = "" if self.lengths is None else f", {range_text(self.lengths)} tick{'' if self.ticks == 1 else 's'}"
        inputs, targets = describe_count(self.inputs.shape[-1], "input"), describe_count(self.targets.shape[-1], "target")
        return f"<ExampleSet of {len(self)}: {inputs}, {targets}{ticks}>"


def examples_among(given: object, network: Network | None = None) -> ExampleSet | None:
    """Return a set, or the set of a list of examples or of one example; None for anything else."""
    if isinstance(given, ExampleSet):
        return given
    examples = [given] if isinstance(given, Example) else given
    is_list = isinstance(examples, (list, tuple)) and len(examples) > 0 and all(isinstance(each, Example) for each in examples)
    return ExampleSet(examples, network) if is_list else None  # type: ignore[arg-type]


def as_example_set(
    given: object, network: Network | None = None, what: str = "examples", error: type[ConnectionistError] = DataError
) -> ExampleSet:
    """Return the examples that a user gave: a set, or a list of examples or one example, which become a set for a network.

    Parameters
    ----------
    given : ExampleSet, sequence of Example or Example
    network : Network, optional
        As for `ExampleSet`.
    what : str
        Name of the argument in messages.
    error : class
        Class of the error.

    Raises
    ------
    ConnectionistError
        If it is neither; of class `error`.
    DataError
        If a list of examples does not fit the network.
    """
    if (examples := examples_among(given, network)) is not None:
        return examples
    advice = "; network.forward takes inputs alone" if what == "examples" and isinstance(given, (Mapping, np.ndarray, list)) else ""
    raise error(f"{what}: must be an ExampleSet or a list of Example (got {shown(given)}){advice}")
