"""Constructors of a set of examples: from arrays, a stream, a table, or sequences of symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from connectionist.data.by_group import Sizes, Values, read_values
from connectionist.data.example import Example
from connectionist.data.example_arrays import memory_for, tick_slices
from connectionist.data.from_arrays import ExampleArrays, column_of, is_taken, row_of
from connectionist.errors import DataError, check_number
from connectionist.utils.arrays import Array, check_no_set
from connectionist.utils.memory_limit import allocating

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from connectionist.data.from_table import Columns
    from connectionist.model.network import Network


class ExampleSetMakers:
    """Base class of `ExampleSet` with its constructors."""

    if TYPE_CHECKING:

        def __init__(self, examples: Iterable[Example], network: Network | None = None) -> None: ...

        @classmethod
        def _of_arrays(cls, arrays: ExampleArrays, network: Network | None) -> Self: ...

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
        continues: Sequence[bool] | None = None,
        error_weights: Sequence[float] | None = None,
        event_lengths: Sequence[Sequence[int] | None] | None = None,
        clamps: Mapping[str, npt.ArrayLike] | None = None,
        input_groups: Sizes | None = None,
        target_groups: Sizes | None = None,
    ) -> Self:
        """Return a set of examples from tables with one row per case.

        Parameters
        ----------
        inputs : array_like [case, input unit] or [case, tick, input unit], or dict of group name to array_like
            A read-only float64 array that is no view is kept, not copied; so are targets.
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
        continues, error_weights, event_lengths : sequence, optional
            One for each case, as for `Example`.
        clamps : dict of group name to array_like [case, unit] or [case, tick, unit], optional
            As for `Example`.
        input_groups, target_groups : dict of str to int, optional
            Number of units of each group, in the order of the arrays, if `inputs` and `targets` are arrays.

        Returns
        -------
        ExampleSet

        Raises
        ------
        ParameterError
            If a frequency or weight is out of range.
        DataError
            If the tables differ in their number of cases, if a length is out of range, or as for `Example` and `ExampleSet`.
        MemoryLimitError
            If the examples would not fit in memory.

        Examples
        --------
        >>> from connectionist import ExampleSet
        >>> ExampleSet.from_arrays([[[0.0], [1.0]], [[1.0], [0.0]]], [[[1.0], [1.0]], [[0.0], [0.0]]], lengths=[2, 1])
        <ExampleSet of 2: 1 input, 1 target, 1 to 2 ticks>
        """
        shapes = "[case, unit]", "[case, tick, unit]"
        input_table, input_groups = _read_table(inputs, input_groups, "ExampleSet.from_arrays.inputs", *shapes)
        target_table, target_groups = _read_table(targets, target_groups, "ExampleSet.from_arrays.targets", *shapes)
        clamp_tables = {
            group: _read_table(table, None, f"ExampleSet.from_arrays.clamps[{group!r}]", *shapes)[0]
            for group, table in (clamps or {}).items()
        }
        count = len(input_table)
        given: dict[str, Any] = {"targets": target_table, "names": names, "frequencies": frequencies, "lengths": lengths}
        given |= {"continues": continues, "error_weights": error_weights, "event_lengths": event_lengths}
        _check_counts({**given, **{f"clamps[{group!r}]": table for group, table in clamp_tables.items()}}, count)
        numbers = sum(table.size for table, own in ((input_table, inputs), (target_table, targets)) if table is not own)
        with allocating(*memory_for(count, numbers)):
            ticks = [slice(None)] * count if lengths is None else tick_slices(lengths, input_table)
            all_names = [*map(str, range(count))] if names is None else [*map(str, names)]
            columns: dict[str, Any] = {
                "frequency": column_of(frequencies, 1.0, count),
                "continues": column_of(continues, False, count),
                "error_weight": column_of(error_weights, 1.0, count),
                "event_lengths": [None] * count if event_lengths is None else list(event_lengths),
            }
            groups: dict[str, Any] = {"input_groups": input_groups, "target_groups": target_groups}
            arrays = ExampleArrays.of(input_table, target_table, all_names, lengths, clamp_tables, columns, groups)
            if arrays is not None and (network is None or arrays.arrange(network)):
                return cls._of_arrays(arrays, network)
            columns = {name: column.tolist() if isinstance(column, np.ndarray) else column for name, column in columns.items()}
            cases = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
            examples = (
                Example(
                    input_table[i][ticks[i]],
                    target_table[i][ticks[i]],
                    all_names[i],
                    clamps=row_of(clamp_tables, i, ticks[i]),
                    **case,
                    **groups,
                )
                for i, case in enumerate(cases)
            )
            return cls(examples, network)

    @classmethod
    def stream(cls, inputs: Values, targets: Values, ticks: int = 1, *, network: Network | None = None) -> Self:
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
        >>> from connectionist import ExampleSet
        >>> ExampleSet.stream([[0.0], [1.0], [1.0]], [[1.0], [1.0], [0.0]], ticks=2)
        <ExampleSet of 2: 1 input, 1 target, 1 to 2 ticks>
        """
        ticks = check_number("ExampleSet.stream", "ticks", ticks, at_least=1, whole=True)
        whole = Example.sequence(inputs, targets)
        starts = range(0, len(whole.inputs), int(ticks))
        with allocating(*memory_for(len(starts), whole.inputs.size + whole.targets.size, from_examples=True)):
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
        frequencies: str | None = None,
        sequence: str | None = None,
        tick: str | None = None,
    ) -> Self:
        """Return a set of examples from a table with one row per case, or per tick of a sequence.

        A list of columns gives numbers, one for each unit. A single column for a group of several units gives labels, and the unit with the
        label of a row is 1, the others are 0. Without a network and `labels`, a single column of text gives labels, in the order of their
        first appearance.

        Parameters
        ----------
        table : DataFrame of pandas or polars, list of dict, or dict of lists
        inputs, targets : dict of group name to column or list of columns, or column or list of columns
            Without names of groups, the columns are those of the only group, or the numbers of all units. A missing target is NaN, which
            means "no target", and a missing value for a hidden or output group of `network` means "not clamped"; any other missing input is
            an error.
        network : Network, optional
            Network that gives the labels and the order of its groups, and checks the examples.
        labels : dict of group name to sequence of str, optional
            Labels of the units of groups, in their order; not with `network`.
        names, frequencies : str, optional
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
        >>> from connectionist import ExampleSet
        >>> rows = [{"item": "canary", "can": "sing", "weight": 0.5}, {"item": "rose", "can": "grow", "weight": 2}]
        >>> examples = ExampleSet.from_table(rows, inputs={"item": "item", "size": ["weight"]}, targets={"attribute": "can"}, names="item")
        >>> examples["rose"].inputs, examples["rose"].targets
        (array([0., 1., 2.]), array([0., 1.]))
        """
        from connectionist.data.from_table import examples_of_table

        roles = {"names": names, "frequencies": frequencies, "sequence": sequence, "tick": tick}
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
    ) -> Self:
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
        >>> from connectionist import ExampleSet
        >>> examples = ExampleSet.from_sequences(["abc", "ca"])
        >>> examples["abc"].inputs.tolist(), examples["abc"].targets.tolist()
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        """
        from connectionist.data.from_sequences import examples_of_sequences

        return cls(examples_of_sequences(sequences, labels, network, names, frequencies, continues), network)


def _read_table(given: Values, groups: Sizes | None, what: str, *shapes: str) -> tuple[Array, Sizes | None]:
    """Return a table and the sizes of its groups. A read-only array is not copied."""
    if is_taken(given) and given.ndim in (2, 3):
        return given, groups
    table, sizes = read_values(given, what, *shapes)
    return table, sizes or groups


def _check_counts(given: Mapping[str, Any], count: int) -> None:
    """Raise DataError unless each is a list with one value for each case, or None."""
    for what, values in given.items():
        check_no_set(values, f"ExampleSet.from_arrays.{what}")
        is_list = hasattr(values, "__len__") and not isinstance(values, (str, bytes)) and len(getattr(values, "shape", (1,))) > 0
        if values is not None and not (is_list and len(values) == count):
            got = len(values) if is_list else repr(values)
            raise DataError(f"ExampleSet.from_arrays: inputs and {what} must have the same number of cases (got {count} and {got})")
