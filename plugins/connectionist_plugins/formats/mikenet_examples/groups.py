"""The groups that an example file of MikeNet names, and the set of its examples."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import connectionist as cn
from connectionist.utils.visible_text import shown

LAST = -1  # tick
MOST_TICKS = 10**6
MISSING, NO_VALUE = "NaN", "d"
ALL = {"Input": "input", "Output": "output"}  # names of all groups of a role, for examples without groups


@dataclass(frozen=True)
class Values:
    """Values of a group at some ticks, in some examples of one form.

    Attributes
    ----------
    group : str
    is_target : bool
    line : int
        Its line in the example that was read word by word.
    numbers : array [list, unit]
        Of all lists of values, in the order of the file.
    owners : int array [list]
        Which of the examples each list is in.
    firsts, lasts : int array [list]
        Ticks from 0; `LAST` is the last tick of the example.
    """

    group: str
    is_target: bool
    line: int
    numbers: cn.Array
    owners: Any
    firsts: Any
    lasts: Any

    def ticks_of(self, ticks: int) -> tuple[Any, Any]:
        """Return the first ticks, and how many ticks, of examples with some ticks."""
        lasts = np.where(self.lasts == LAST, ticks - 1, self.lasts)
        return self.firsts, np.maximum(lasts - self.firsts + 1, 0)


@dataclass
class Examples:
    """Some examples of one form: their names, frequencies and first lines, their values, and their places among all examples."""

    names: list[str]
    frequencies: list[float]
    lines: list[int]
    values: list[Values]
    places: Sequence[int] = ()


class Groups:
    """The sizes of the groups: of the network, or as the file has them.

    Parameters
    ----------
    file : InputFile
    network : Network or None
    """

    def __init__(self, file: cn.formats.InputFile, network: cn.Network | None) -> None:
        self._file, self._network = file, network
        by_role = {role: {} if network is None else _sizes(network, role) for role in ("input", "hidden", "output")}
        self.inputs: dict[str, int] = by_role["input"]
        self.targets: dict[str, int] = by_role["output"]
        self._clampable: dict[str, int] = by_role["hidden"] | by_role["output"]
        self._sizes: dict[str, int] = {} if network is None else {group.name: len(group) for group in network.groups}
        self._all = {name: role for name, role in ALL.items() if network is not None and name not in self._sizes}
        self._sizes |= {name: sum(by_role[role].values()) for name, role in self._all.items()}

    def size_of(self, group: str, line: int, column: int) -> int | None:
        """Return the number of units of a group of the network, which must have it; None without a network."""
        if self._network is None:
            return None
        if group not in self._sizes:
            expected = f"a group of the network, one of {', '.join(self._sizes)},"
            raise self._file.error(shown(group, 60), expected, line=line, column=column)
        return self._sizes[group]

    @property
    def has_network(self) -> bool:
        """Whether the groups are those of a network."""
        return self._network is not None

    def known_sizes(self) -> dict[tuple[str, bool], int]:
        """Return the sizes of the groups that have a place in the examples, by name and whether their values are targets."""
        if self._network is None:
            both = ((False, self.inputs), (True, self.targets))
            return {(group, is_target): size for is_target, sizes in both for group, size in sizes.items()}
        pairs = ((group, is_target) for group in self._sizes for is_target in (False, True))
        return {(group, is_target): self._sizes[group] for group, is_target in pairs if not self.fault_of(group, is_target=is_target)}

    def are_mixed(self, names: Sequence[str]) -> bool:
        """Return whether some of these groups have units of others."""
        return len(names) > 1 and not self._all.keys().isdisjoint(names)

    def fault_of(self, group: str, *, is_target: bool) -> str:
        """Return why the examples have no place for the values of a group; empty if they have."""
        if self._network is None or group in self.targets:
            return ""
        if is_target:
            return "" if self._all.get(group) == "output" else f"group {group!r} has targets, and is no output group"
        return "all output groups together are clamped" if self._all.get(group) == "output" else ""

    def is_all(self, group: str) -> bool:
        """Return whether a group is that of all units of a role."""
        return group in self._all

    def add(self, values: Values) -> None:
        """Give a group of a file without network its size, or raise an error if it had another one before."""
        if self._network is None:
            count = values.numbers.shape[1]
            known = (self.targets if values.is_target else self.inputs).setdefault(values.group, count)
            if known != count:
                raise self._file.error(message=f"group {values.group!r} has {count} values, and had {known} before", line=values.line)

    def examples(self, parts: Iterable[Examples], ticks: int) -> cn.ExampleSet:
        """Return the set of the examples of a file, which have some ticks; 0 for as many as they name."""
        examples: list[Examples] = []
        needed = 0
        for part in parts:
            examples.append(part)
            needed += sum(4 * values.numbers.nbytes + 800 for values in part.values)
            self._file.check_memory(needed, "its values")
        if not self.inputs or not self.targets:
            raise self._file.error(message=f"has no {'TARGET' if self.inputs else 'CLAMP'}; give network=, which has the groups")
        ticks = ticks or 1 + max((_last(each) for part in examples for each in part.values), default=0)
        inputs, targets, clamps = self._tables(examples, ticks)
        names, lines, frequencies = np.empty((3, len(inputs)), dtype=object)
        for part in examples:
            names[part.places], lines[part.places], frequencies[part.places] = part.names, part.lines, part.frequencies
        is_kept = frequencies > 0
        self._fill(inputs, is_kept, names, lines)
        if not is_kept.all():
            inputs, targets, clamps = inputs[is_kept], targets[is_kept], {group: table[is_kept] for group, table in clamps.items()}
        if ticks == 1 and (self._network is None or not self._network.in_time):
            for table in (inputs, targets, *clamps.values()):
                table.resize((len(table), table.shape[2]), refcheck=False)  # no view, so that the set takes it without a copy
        for table in (inputs, targets):
            table.flags.writeable = False
        return cn.ExampleSet.from_arrays(
            inputs,
            targets,
            names[is_kept].tolist(),
            frequencies=frequencies[is_kept].tolist(),
            clamps=clamps,
            network=self._network,
            input_groups=self.inputs,
            target_groups=self.targets,
        )

    def _tables(self, examples: Sequence[Examples], ticks: int) -> tuple[cn.Array, cn.Array, dict[str, cn.Array]]:
        """Return the inputs, targets and clamps [example, tick, unit], NaN where there are none."""
        count = sum(len(part.names) for part in examples)
        given = dict.fromkeys(each.group for part in examples for each in part.values if not each.is_target)
        clamped = [group for group in given if group in self._clampable]
        sizes = [sum(self.inputs.values()), sum(self.targets.values()), *(self._clampable[group] for group in clamped)]
        self._file.check_memory(8 * 3 * count * ticks * sum(sizes), f"{count} examples of {ticks} ticks")
        inputs, targets, *others = (np.full((count, ticks, size), np.nan) for size in sizes)
        clamps = dict(zip(clamped, others, strict=True))
        of_inputs, of_targets = _units(self.inputs), _units(self.targets)
        for part in examples:
            for each in part.values:
                table = targets if each.is_target else clamps.get(each.group, inputs)
                known = of_targets if each.is_target else {} if each.group in clamps else of_inputs
                units = known.get(each.group, slice(None))  # all of them for another name
                _assign(table[:, :, units], np.asarray(part.places)[each.owners], *each.ticks_of(ticks), each.numbers)
        return inputs, targets, clamps

    def _fill(self, inputs: cn.Array, is_kept: Any, names: Any, lines: Any) -> None:
        """Give input units that are not clamped 0, and list the first of each example."""
        is_free = np.isnan(inputs)
        for example in np.flatnonzero(is_free.any(axis=(1, 2)) & is_kept).tolist():
            tick, unit = divmod(int(is_free[example].argmax()), inputs.shape[2])
            text = f"input unit {unit} is not clamped at tick {tick} of {example_text(names[example])}; it gets 0 here"
            self._file.cannot(text, lines[example])
        inputs[is_free] = 0.0


def example_text(name: str) -> str:
    """Return how messages name an example, beside its line."""
    return f"example {name!r}" if name else "the example"


def _assign(table: cn.Array, examples: Any, firsts: Any, counts: Any, numbers: cn.Array) -> None:
    """Put lists of values in a table [example, tick, unit], each for a count of ticks from the first on. A later list replaces others."""
    if not len(firsts):
        return
    if (firsts == firsts[0]).all() and (counts == counts[0]).all():
        table[examples, firsts[0] : firsts[0] + counts[0]] = numbers[:, np.newaxis]
        return
    lists = np.repeat(np.arange(len(firsts)), counts)
    ticks = np.arange(len(lists)) - np.repeat(np.cumsum(counts) - counts - firsts, counts)
    table[examples[lists], ticks] = numbers[lists]


def _last(values: Values) -> int:
    return int(np.maximum(values.firsts, values.lasts).max(initial=0))


def _units(sizes: dict[str, int]) -> dict[str, slice]:
    """Return the units of each group among those of all groups."""
    ends = itertools.accumulate(sizes.values())
    return {group: slice(end - size, end) for (group, size), end in zip(sizes.items(), ends, strict=True)}


def _sizes(network: cn.Network, role: str) -> dict[str, int]:
    return {group.name: len(group) for group in network.groups if group.role == role}
