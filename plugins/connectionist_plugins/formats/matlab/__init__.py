"""Files of Matlab and Octave (``.mat``, versions 4 to 7.2). They are written by scipy.

Examples are the arrays ``inputs`` and ``targets``, [case, unit] or [case, tick, unit]; NaN in targets is no target. Further variables are
``names`` (a cell array of text), ``frequencies``, ``error_weights``, ``continues``, ``lengths`` (ticks of each case), ``input_groups`` and
``target_groups`` (cell arrays of names) with ``input_sizes`` and ``target_sizes``, and ``clamps_GROUP``. Weights are a matrix
[sender, receiver] for each projection, ``weights_SENDER_RECEIVER``; it is NaN where units are not connected.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import connectionist as cn
from connectionist.formats import without_targets, written_name
from connectionist.utils.visible_text import shown

LONGEST_NAME = 63  # of a variable of Matlab


@dataclass(frozen=True)
class Matlab(cn.FileFormat):
    """Variables of Matlab and Octave (.mat).

    Parameters
    ----------
    inputs, targets : str
        Names of the variables with the inputs and targets.
    cases_in_columns : bool
        Whether each column is a case, [unit, case], as in the toolboxes of Matlab, and not each row.
    """

    inputs: str = cn.parameter("inputs")
    targets: str = cn.parameter("targets")
    cases_in_columns: bool = cn.parameter(False)
    name = "matlab"
    suffixes = (".mat",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it has the header of version 5 or later."""
        return beginning.startswith(b"MATLAB ")

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples."""
        variables = _load(file)
        inputs, targets = (self._table(file, variables, name) for name in (self.inputs, self.targets))
        if inputs.shape[:-1] != targets.shape[:-1]:
            shapes = f"{list(inputs.shape[:-1])} and {list(targets.shape[:-1])}"
            raise file.error(message=f"{self.inputs!r} and {self.targets!r} must have the same cases and ticks (they have {shapes})")
        if network is not None and not targets.shape[-1]:
            cases = inputs.shape[:-1]
            rows = without_targets(file, math.prod(cases), network)
            targets = rows.reshape(*cases, rows.shape[1])
        clamps = {name.removeprefix("clamps_"): self._table(file, variables, name) for name in variables if name.startswith("clamps_")}
        count = len(inputs)
        lengths = _column(file, variables, "lengths", count)
        continues = _column(file, variables, "continues", count)
        return cn.ExampleSet.from_arrays(
            inputs,
            targets,
            _texts(file, variables, "names", count),
            frequencies=_column(file, variables, "frequencies", count),
            error_weights=_column(file, variables, "error_weights", count),
            continues=None if continues is None else [each == 1 for each in continues],
            lengths=None if lengths is None else _whole(file, "lengths", lengths),
            clamps=clamps,
            input_groups=_sizes(file, variables, "input"),
            target_groups=_sizes(file, variables, "target"),
            network=network,
        )

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write the variables."""
        import numpy as np

        variables: dict[str, Any] = {
            self.inputs: self._turned(examples.inputs),
            self.targets: self._turned(examples.targets),
            "names": np.array([written_name(file, name, name) for name in examples.names], dtype=object),
        }
        for name in ("frequencies", "error_weights", "continues"):
            values = np.asarray(getattr(examples, name), dtype=float)
            if (values != (0.0 if name == "continues" else 1.0)).any():
                variables[name] = values
        if examples.lengths is not None:
            variables["lengths"] = examples.lengths.astype(float)
            if any(len(examples.events_of(case)) != examples.lengths[case] for case in range(len(examples))):
                file.cannot("the events of the examples have no place in this format; each tick becomes an event")
        for side, sizes in (("input", examples.input_groups), ("target", examples.target_groups)):
            if sizes is not None:
                variables[f"{side}_groups"] = np.array(list(sizes), dtype=object)
                variables[f"{side}_sizes"] = np.array(list(sizes.values()), dtype=float)
        for group, table in examples.clamps.items():
            if not re.fullmatch(r"\w+", group, re.ASCII):
                file.cannot(f"the group {group!r} of a clamp cannot be in the name of a variable of Matlab")
            else:
                variables[f"clamps_{group}"] = self._turned(table)
        _save(file, variables)

    def read_weights(self, file: cn.formats.InputFile, network: cn.Network) -> Mapping[cn.Connection, float]:
        """Return the weights by the names of the projections. The file may have only some of them."""
        variables = {name: value for name, value in _load(file).items() if name.startswith("weights_")}
        found: dict[cn.Connection, float] = {}
        for name, projection in _names_of(network):
            if name in variables:
                matrix = _numbers(file, variables.pop(name), name)
                shape = len(projection.sender), len(projection.receiver)
                if matrix.shape != shape:
                    raise file.error(message=f"{name!r} must be {shape[0]} × {shape[1]}, [sender, receiver] (it is {matrix.shape})")
                for connection in projection.connections:
                    found[connection] = float(matrix[connection.sender.index, connection.receiver.index])
        if variables or not found:
            known = ", ".join(name for name, _ in _names_of(network))
            found_name = shown(next(iter(variables), "no variable 'weights_…'"))
            raise file.error(message=f"has {found_name}; the projections of {network.name} are {known}")
        return found

    def write_weights(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write a matrix for each projection."""
        import numpy as np

        variables = {}
        for name, projection in _names_of(network):
            matrix = np.full((len(projection.sender), len(projection.receiver)), np.nan)
            for connection in projection.connections:
                matrix[connection.sender.index, connection.receiver.index] = connection.weight.value
            variables[name] = matrix
        _save(file, variables)

    def read_table(self, file: cn.formats.InputFile) -> Any:
        """Return a row for each variable: its name, its size, and its first values."""
        import pandas as pd

        rows = [{"variable": name, **_described(value)} for name, value in _load(file).items()]
        return pd.DataFrame(rows, columns=["variable", "size", "first values"])

    def _table(self, file: cn.formats.InputFile, variables: Mapping[str, Any], name: str) -> cn.Array:
        if name not in variables:
            raise file.error(message=f"has no variable {name!r} (its variables: {', '.join(list(variables)[:10])})")
        table = _numbers(file, variables[name], name)
        if table.ndim not in (2, 3):
            raise file.error(message=f"{name!r} must be [case, unit] or [case, tick, unit] (it has {table.ndim} dimensions)")
        return self._turned(table)

    def _turned(self, table: cn.Array) -> cn.Array:
        return table.T if self.cases_in_columns else table


def _described(value: Any) -> dict[str, str]:
    """Return the size and the first values of a variable."""
    if hasattr(value, "ndim"):
        return {"size": " × ".join(map(str, value.shape)), "first values": ", ".join(f"{each:.4g}" for each in value.ravel()[:5])}
    if isinstance(value, (str, list)):
        texts = [value] if isinstance(value, str) else value
        return {"size": f"{len(texts)} texts or cells", "first values": ", ".join(shown(each, 20) for each in texts[:5])}
    return {"size": "", "first values": value.kind}


def _names_of(network: cn.Network) -> Iterable[tuple[str, cn.Projection]]:
    """Yield the projections with the names of their variables."""
    taken: set[str] = set()
    for projection in network.projections:
        base = re.sub(r"\W", "_", f"weights_{projection.sender.name}_{projection.receiver.name}", flags=re.ASCII)[: LONGEST_NAME - 4]
        name = next(each for each in [base, *(f"{base}_{number}" for number in range(2, 1000))] if each not in taken)
        taken.add(name)
        yield name, projection


def _load(file: cn.formats.InputFile) -> dict[str, Any]:
    """Return the variables."""
    from connectionist_plugins.formats.matlab.mat_file import read_variables

    return read_variables(file)


def _save(file: cn.formats.OutputFile, variables: dict[str, Any]) -> None:
    import scipy.io

    written = io.BytesIO()
    scipy.io.savemat(written, variables, do_compression=True, oned_as="column", long_field_names=True)
    file.write(written.getvalue())


def _numbers(file: cn.formats.InputFile, value: Any, name: str) -> cn.Array:
    """Return the numbers of a variable."""
    if not hasattr(value, "ndim"):
        kind = getattr(value, "kind", "text or a cell array")
        raise file.error(message=f"{name!r} must be an array of numbers (it is {kind})")
    numbers: cn.Array = value
    return numbers


def _column(file: cn.formats.InputFile, variables: Mapping[str, Any], name: str, count: int) -> list[float] | None:
    """Return one number for each case; None without the variable."""
    if name not in variables:
        return None
    values = _numbers(file, variables[name], name).ravel().tolist()
    if len(values) != count:
        raise file.error(message=f"{name!r} must have one number for each of {count} cases (it has {len(values)})")
    return values


def _whole(file: cn.formats.InputFile, name: str, values: list[float]) -> list[int]:
    if not all(value.is_integer() and value > 0 for value in values):
        raise file.error(message=f"{name!r} must be whole numbers above 0")
    return [int(value) for value in values]


def _texts(file: cn.formats.InputFile, variables: Mapping[str, Any], name: str, count: int | None) -> list[str] | None:
    """Return texts of a cell array or of the rows of an array of characters; None without the variable."""
    if name not in variables:
        return None
    value = variables[name]
    texts: list[Any] = [value] if isinstance(value, str) else value if isinstance(value, list) else [None]
    if not all(isinstance(each, str) for each in texts):
        raise file.error(message=f"{name!r} must be a cell array of text")
    if count is not None and len(texts) != count:
        raise file.error(message=f"{name!r} must have one text for each of {count} cases (it has {len(texts)})")
    return texts


def _sizes(file: cn.formats.InputFile, variables: Mapping[str, Any], side: str) -> dict[str, int] | None:
    names = _texts(file, variables, f"{side}_groups", None)
    if names is None:
        return None
    sizes = _column(file, variables, f"{side}_sizes", len(names))
    if sizes is None or len(set(names)) < len(names):
        raise file.error(message=f"'{side}_groups' must be different names, with their sizes in '{side}_sizes'")
    return dict(zip(names, _whole(file, f"{side}_sizes", sizes), strict=True))


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [Matlab]
