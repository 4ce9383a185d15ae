"""The runs of a study: conditions with numbers, and the seeds of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.experiments.study import seeds as seed_ranges
from connectionist.experiments.study.conditions import Values, describe_condition


@dataclass(frozen=True)
class PlannedCondition:
    """A condition and its seeds.

    Attributes
    ----------
    number : int
        Its number in the folder, which never changes.
    key : str
        Digest of all its parameters.
    values : dict of str to object
        What varies.
    seeds : list of range
    """

    number: int
    key: str
    values: Values
    seeds: list[range]

    def __str__(self) -> str:
        return describe_condition(self.values)


@dataclass(frozen=True)
class Plan:
    """All runs of a study, in the order of its table.

    Attributes
    ----------
    names : tuple of str
        Names of what varies.
    conditions : tuple of PlannedCondition
    """

    names: tuple[str, ...]
    conditions: tuple[PlannedCondition, ...]

    @property
    def runs(self) -> int:
        """Number of runs."""
        return sum(seed_ranges.count(condition.seeds) for condition in self.conditions)

    def pending(self, finished: Mapping[int, set[int]]) -> Iterator[tuple[PlannedCondition, int]]:
        """Yield the condition and the seed of each run that is not finished."""
        for condition in self.conditions:
            done = finished.get(condition.number, set())
            for seed in seed_ranges.each(condition.seeds):
                if seed not in done:
                    yield condition, seed

    def place(self, condition: int, seed: int) -> int:
        """Return the place of a run in the plan; -1 if it is not in it."""
        return int(self.places(np.array([condition]), np.array([seed]))[0])

    def places(self, conditions: npt.NDArray[np.int64], seeds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the places of several runs in the plan, given by the numbers of their conditions and their seeds [run]."""
        places = np.full(len(seeds), -1, dtype=np.int64)
        order = np.argsort(conditions, kind="stable")
        sorted_conditions = conditions[order]
        first = 0
        for condition in self.conditions:
            start, stop = np.searchsorted(sorted_conditions, [condition.number, condition.number + 1])
            rows = order[start:stop]
            for some in condition.seeds:
                found = rows[(seeds[rows] >= some.start) & (seeds[rows] <= some[-1])]
                places[found] = first + (seeds[found] - some.start)
                first += len(some)
        return places

    def changed_since(self, known: Plan) -> PlannedCondition | None:
        """Return a condition that another plan has with the same values and another key; None if there is none."""
        keys = {repr(sorted(each.values.items())): each.key for each in known.conditions}
        for each in self.conditions:
            if keys.get(repr(sorted(each.values.items())), each.key) != each.key:
                return each
        return None

    def numbered_as(self, known: Plan) -> Plan:
        """Return the plan with the numbers that its conditions have in another plan; new conditions have the next numbers."""
        numbers = {condition.key: condition.number for condition in known.conditions}
        for condition in self.conditions:
            numbers.setdefault(condition.key, len(numbers))
        return Plan(self.names, tuple(PlannedCondition(numbers[each.key], each.key, each.values, each.seeds) for each in self.conditions))

    def extended_by(self, others: Plan) -> Plan:
        """Return the plan with the runs of another one behind its own, if they are not among them."""
        seeds = {condition.number: condition.seeds for condition in others.conditions}
        mine = {condition.number for condition in self.conditions}
        conditions = [
            PlannedCondition(each.number, each.key, each.values, seed_ranges.joined(each.seeds, seeds.get(each.number, [])))
            for each in self.conditions
        ]
        conditions += [condition for condition in others.conditions if condition.number not in mine]
        return Plan(tuple(dict.fromkeys((*self.names, *others.names))), tuple(conditions))

    def as_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        conditions = [
            {
                "number": each.number,
                "key": each.key,
                "values": each.values,
                "seeds": [[seeds[0], seeds[-1]] for seeds in each.seeds],
            }
            for each in self.conditions
        ]
        return {"names": list(self.names), "conditions": conditions}

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Plan:
        """Return the plan that was written.

        Raises
        ------
        ValueError, KeyError, TypeError, AttributeError
            If it has another form.
        """
        names, conditions = written["names"], written["conditions"]
        if not isinstance(conditions, list) or not _are_texts(names):
            raise ValueError("its plan must have names and conditions")
        found = tuple(_read_condition(each) for each in conditions)
        if len({each.number for each in found}) < len(found) or len({each.key for each in found}) < len(found):
            raise ValueError("two of its conditions are the same")
        if sum(seed_ranges.count(each.seeds) for each in found) > seed_ranges.LARGEST:
            raise ValueError("it has too many runs")
        return cls(tuple(names), found)


def _read_condition(written: Mapping[str, Any]) -> PlannedCondition:
    number, key, values, seeds = written["number"], written["key"], written["values"], written["seeds"]
    if not (_is_whole(number) and isinstance(key, str) and isinstance(values, dict) and _are_texts(list(values))):
        raise ValueError("a condition must have a number, a key and values by name")
    for first, last in seeds:
        if not (_is_whole(first) and _is_whole(last) and first <= last):
            raise ValueError("the seeds of a condition must be pairs of whole numbers, the first at most the second")
    return PlannedCondition(number, key, {name: _as_value(value) for name, value in values.items()}, [range(a, b + 1) for a, b in seeds])


def _as_value(written: Any) -> Any:
    """Return a value of a parameter from its JSON value; a list was a tuple."""
    if isinstance(written, dict):
        raise ValueError("a value of a condition must be a number, text, true, false, null, or a list of these")
    return tuple(map(_as_value, written)) if isinstance(written, list) else written


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value <= seed_ranges.LARGEST


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) and value.isprintable() for value in values)


def make_plan(names: Sequence[str], keys_and_values: Sequence[tuple[str, Values]], seeds: list[range]) -> Plan:
    """Return a plan in which every condition has the same seeds."""
    return Plan(tuple(names), tuple(PlannedCondition(n, key, values, seeds) for n, (key, values) in enumerate(keys_and_values)))
