"""A set of examples in a fixed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, overload

import numpy as np
import numpy.typing as npt

from connectionist.data.by_group import Sizes, Values, check_has_groups, read_values
from connectionist.data.example import Example
from connectionist.data.example_arrays import (
    arranged,
    check_same_width,
    groups_of,
    memory_for,
    numbered_names,
    range_text,
    stack,
    stack_clamps,
    tick_slices,
)
from connectionist.errors import DataError, UnknownNameError, check_number, unknown_name
from connectionist.utils.arrays import Array, check_order
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import DeclaredAttributes
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import allocating
from connectionist.utils.subsets import is_position, select_numbers

if TYPE_CHECKING:
    from connectionist.model.network import Network

if TYPE_CHECKING:
    from connectionist.data.from_table import Columns
    from connectionist.model.network import Network


class ExampleSet(HtmlRepr, DeclaredAttributes):
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
        check_order(examples, "ExampleSet")
        check_has_groups(network, "ExampleSet.network")
        if not hasattr(examples, "__iter__"):
            raise DataError(f"ExampleSet: must be a list of examples (got {examples!r})")
        given = list(examples)
        if not given:
            raise DataError("ExampleSet: needs at least one example (got none)")
        for example in given:
            if not isinstance(example, Example):
                raise DataError(f"ExampleSet: must be examples, as made by cn.Example(inputs, targets) (got {example!r})")
        self.input_groups, self.target_groups = (groups_of(given, field, network) for field in ("input", "target"))
        for field in ("inputs", "targets"):
            check_same_width(given, field)
        with allocating(*memory_for(len(given), sum(example.inputs.size + example.targets.size for example in given))):
            self._fill(given)
        if network is not None:
            network.check(self)

    def _fill(self, given: list[Example]) -> None:
        self.inputs = stack([arranged(example.inputs, example.input_groups, self.input_groups) for example in given])
        self.targets = stack([arranged(example.targets, example.target_groups, self.target_groups) for example in given])
        has_ticks = given[0].ticks is not None
        self.lengths = np.array([example.ticks for example in given], dtype=np.intp) if has_ticks else None
        self.continues = np.array([example.continues for example in given], dtype=bool)
        self.frequencies = np.array([example.frequency for example in given], dtype=float)
        self.error_weights = np.array([example.error_weight for example in given], dtype=float)
        self.clamps = stack_clamps(given)
        for array in (self.inputs, self.targets, self.frequencies, self.error_weights, self.continues, self.lengths, *self.clamps.values()):
            if array is not None:
                array.flags.writeable = False
        self.names = tuple(example.name or str(number) for number, example in enumerate(given))
        self._last = {name: number for number, name in enumerate(self.names)}
        has_repeated = len(self._last) < len(self.names)
        self._repeated = {name for name, count in Counter(self.names).items() if count > 1} if has_repeated else set[str]()

    @property
    def ticks(self) -> int | None:
        """Number of ticks of the longest example; None without ticks."""
        return None if self.lengths is None else int(self.lengths.max())

    @classmethod
    def from_arrays(
        cls,
        inputs: Values,
        targets: Values,
        names: Sequence[str] | None = None,
        *,
        frequencies: Sequence[float] | None = None,
        lengths: Sequence[int] | None = None,
        network: Network | None = None,
    ) -> ExampleSet:
        """Return a set of examples from tables with one row per case.

        Parameters
        ----------
        inputs : array_like [case, input unit] or [case, tick, input unit], or dict of group name to array_like
        targets : array_like [case, output unit] or [case, tick, output unit], or dict of group name to array_like
            NaN means "no target".
        names : sequence of str, optional
            One per case; the numbers of the cases, from 0, by default.
        frequencies : sequence of float, optional
            Relative frequencies, above 0; 1 by default.
        lengths : sequence of int, optional
            Number of ticks of each case, for tables with ticks; all ticks by default. Values after the last tick are ignored.
        network : Network, optional
            As for `ExampleSet`.

        Returns
        -------
        ExampleSet

        Raises
        ------
        ParameterError
            If a frequency is out of range.
        DataError
            If the tables differ in their number of cases, if a length is out of range, or as for `Example` and `ExampleSet`.
        MemoryLimitError
            If the examples would not fit in memory.

        Examples
        --------
        >>> ExampleSet.from_arrays([[[0.0], [1.0]], [[1.0], [0.0]]], [[[1.0], [1.0]], [[0.0], [0.0]]], lengths=[2, 1])
        <ExampleSet of 2: 1 input, 1 target, 1 to 2 ticks>
        """
        shapes = "[case, unit]", "[case, tick, unit]"
        input_table, input_groups = read_values(inputs, "ExampleSet.from_arrays.inputs", *shapes)
        target_table, target_groups = read_values(targets, "ExampleSet.from_arrays.targets", *shapes)
        groups: dict[str, Any] = {"input_groups": input_groups, "target_groups": target_groups}
        count = len(input_table)
        given = {"targets": target_table, "names": names, "frequencies": frequencies, "lengths": lengths}
        for what, values in given.items():
            check_order(values, f"ExampleSet.from_arrays.{what}")
            is_list = hasattr(values, "__len__") and not isinstance(values, (str, bytes)) and len(getattr(values, "shape", (1,))) > 0
            if values is not None and not (is_list and len(values) == count):
                got = len(values) if is_list else repr(values)
                raise DataError(f"ExampleSet.from_arrays: inputs and {what} must have the same number of cases (got {count} and {got})")
        numbers = input_table.size + target_table.size
        with allocating(*memory_for(count, numbers, from_tables=True)):
            ticks = [slice(None)] * count if lengths is None else tick_slices(lengths, input_table)
            all_names = [str(number) for number in range(count)] if names is None else [str(name) for name in names]
            relative = [1.0] * count if frequencies is None else list(frequencies)
            rows = ((input_table[i][ticks[i]], target_table[i][ticks[i]], all_names[i], relative[i]) for i in range(count))
            return cls((Example(x, d, name, frequency=frequency, **groups) for x, d, name, frequency in rows), network)

    @classmethod
    def stream(cls, inputs: Values, targets: Values, ticks: int = 1, network: Network | None = None) -> ExampleSet:
        """Return a set made from one long sequence, cut into examples that each continue the previous one.

        Weights can change between the examples. Error derivatives are not propagated from one example into the previous one.

        Parameters
        ----------
        inputs : array_like [tick, input unit], or dict of group name to array_like
        targets : array_like [tick, output unit], or dict of group name to array_like
            NaN means "no target".
        ticks : int
            Ticks of each example, at least 1; the last example may have fewer.
        network : Network, optional
            As for `ExampleSet`.

        Returns
        -------
        ExampleSet

        Raises
        ------
        ParameterError
            If `ticks` is out of range.
        DataError
            If the tables differ in their number of ticks, or as for `Example`.
        MemoryLimitError
            If the examples would not fit in memory.

        Examples
        --------
        >>> ExampleSet.stream([[0.0], [1.0], [1.0]], [[1.0], [1.0], [0.0]], ticks=2)
        <ExampleSet of 2: 1 input, 1 target, 1 to 2 ticks>
        """
        check_number("ExampleSet.stream", "ticks", ticks, at_least=1, whole=True)
        whole = Example.sequence(inputs, targets)
        starts = range(0, len(whole.inputs), int(ticks))
        with allocating(*memory_for(len(starts), whole.inputs.size + whole.targets.size, from_tables=True)):
            groups: dict[str, Any] = {"input_groups": whole.input_groups, "target_groups": whole.target_groups}
            parts = ((whole.inputs[at : at + ticks], whole.targets[at : at + ticks]) for at in starts)
            return cls((Example(x, d, continues=True, **groups) for x, d in parts), network)

    @classmethod
    def from_table(
        cls,
        table: Any,
        inputs: Columns,
        targets: Columns,
        *,
        network: Network | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        names: str | None = None,
        frequency: str | None = None,
        sequence: str | None = None,
        tick: str | None = None,
    ) -> ExampleSet:
        """Return a set of examples from a table with one row per case, or per tick of a sequence.

        A list of columns gives numbers, one for each unit. A single column for a group of several units gives labels, and the unit with the
        label of a row is 1, the others are 0. Without a network and `labels`, a single column of text gives labels, in the order of their
        first appearance.

        Parameters
        ----------
        table : DataFrame of pandas or polars, list of dict, or dict of lists
        inputs, targets : dict of group name to column or list of columns, or column or list of columns
            Without names of groups, the columns are those of the only group, or the numbers of all units. A missing target is NaN, which
            means "no target"; a missing input is an error.
        network : Network, optional
            Network that gives the labels and the order of its groups, and checks the examples.
        labels : dict of group name to sequence of str, optional
            Labels of the units of groups, in their order; not with `network`.
        names, frequency : str, optional
            Columns with the name and the relative frequency of each example.
        sequence : str, optional
            Column in which all rows of one sequence have the same value, which is its name unless `names` is given.
        tick : str, optional
            Column with the ticks of a sequence, from 1; the order of the rows by default. Without `sequence`, names group the rows.

        Raises
        ------
        DataError
            If a column is missing or comes twice, if a value is missing, no number or an unknown label, or if the ticks of a sequence are
            not 1, 2, …. The message names row, column and value.

        Examples
        --------
        >>> rows = [{"item": "canary", "can": "sing", "weight": 0.5}, {"item": "rose", "can": "grow", "weight": 2}]
        >>> examples = ExampleSet.from_table(rows, inputs={"item": "item", "size": ["weight"]}, targets={"attribute": "can"}, names="item")
        >>> examples["rose"].inputs, examples["rose"].targets
        (array([0., 1., 2.]), array([0., 1.]))
        """
        from connectionist.data.from_table import examples_of_table

        roles = {"names": names, "frequency": frequency, "sequence": sequence, "tick": tick}
        return cls(examples_of_table(table, inputs, targets, network, {} if labels is None else labels, roles), network)

    @classmethod
    def from_sequences(
        cls,
        sequences: Iterable[str | Sequence[str]],
        labels: Sequence[str] | None = None,
        *,
        network: Network | None = None,
        names: Sequence[str] | None = None,
        frequencies: Sequence[float] | None = None,
        continues: bool = False,
    ) -> ExampleSet:
        """Return examples in which the target of each symbol of a sequence is the next symbol. Each symbol is a unit, 1 at its ticks.

        Parameters
        ----------
        sequences : iterable of str or sequence of str
            Characters of a text, or symbols in a list, such as words; at least two.
        labels : sequence of str, optional
            The symbols in the order of the units; all that occur, sorted, by default.
        network : Network, optional
            Network with one input and one output group, whose labels are the symbols; not with `labels`.
        names, frequencies : sequence, optional
            As for `from_arrays`; the name is the text of the sequence by default.
        continues : bool
            Whether each sequence continues the one before it, as for `Example`.

        Raises
        ------
        DataError
            If a sequence has fewer than two symbols, or a symbol without a unit. The message names the sequence, the place and the symbol.

        References
        ----------
        J. L. Elman (1990), Finding structure in time, *Cognitive Science* 14, 179–211. A. Cleeremans, D. Servan-Schreiber & J. L.
        McClelland (1989), Finite state automata and simple recurrent networks, *Neural Computation* 1, 372–381.

        Examples
        --------
        >>> examples = ExampleSet.from_sequences(["abc", "ca"])
        >>> examples["abc"].inputs.tolist(), examples["abc"].targets.tolist()
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        """
        from connectionist.data.from_sequences import examples_of_sequences

        return cls(examples_of_sequences(sequences, labels, network, names, frequencies, continues), network)

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
        if isinstance(key, str) and key in self._last:
            if key in self._repeated:
                numbers = ", ".join(str(number) for number, name in enumerate(self.names) if name == key)
                raise UnknownNameError(f"example {key!r}: is the name of several examples; use the number of one: {numbers}")
            return self._last[key]
        is_number = isinstance(key, str) and key.isdecimal() and len(key) <= len(str(len(self)))
        number = int(key) if is_number else key
        if not is_position(number, len(self)):
            raise unknown_name("example", key, self.names)
        return int(number) % len(self)

    def with_numbered_names(self) -> ExampleSet:
        """Return a set in which no two examples have the same name: repeated names are followed by " #1", " #2", ….

        Examples
        --------
        >>> ExampleSet.from_arrays([[0], [1], [1]], [[1], [0], [0]], names=["cat", "dog", "cat"]).with_numbered_names().names
        ('cat #1', 'dog', 'cat #2')
        """
        numbered = numbered_names(self.names, self._repeated)
        return ExampleSet(replace(example, name=name) for example, name in zip(self, numbered, strict=True))

    def weighted(self, weights: npt.ArrayLike | None = None) -> ExampleSet:
        """Return a set in which E of each case, and so each derivative, is multiplied by a weight.

        Parameters
        ----------
        weights : array_like [case], optional
            Above 0; the frequencies by default. ``Phase(weighting="frequency")`` does this during training.

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
        return ExampleSet(replace(example, error_weight=weight) for example, weight in zip(self, given.tolist(), strict=True))

    @overload
    def __getitem__(self, key: int | str) -> Example: ...

    @overload
    def __getitem__(self, key: slice | list[Any] | tuple[Any, ...] | npt.NDArray[Any]) -> ExampleSet: ...

    def __getitem__(self, key: Any) -> Example | ExampleSet:
        """Return an example by its number or name, see `index`, or the set of those that a slice, list, mask or pattern selects."""
        numbers = select_numbers(key, self.names, self.index, "examples")
        if numbers is not None:
            return ExampleSet(self[number] for number in numbers)
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
        )

    def __repr__(self) -> str:
        ticks = "" if self.lengths is None else f", {range_text(self.lengths)} tick{'' if self.ticks == 1 else 's'}"
        inputs, targets = describe_count(self.inputs.shape[-1], "input"), describe_count(self.targets.shape[-1], "target")
        return f"<ExampleSet of {len(self)}: {inputs}, {targets}{ticks}>"
