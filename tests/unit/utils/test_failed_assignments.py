"""An assignment that fails leaves an object as it was: it does not compute attributes that are computed when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest

import connectionist as cn
from connectionist.errors import AssignmentError
from connectionist.utils.declared_attributes import DeclaredAttributes, FixedAttributes, with_assignment_errors


@with_assignment_errors
@dataclass(frozen=True)
class Frozen:
    number: int = 1

    @cached_property
    def computed(self) -> int:
        """A number."""
        return 2


class Declared(DeclaredAttributes):
    @cached_property
    def computed(self) -> int:
        """A number."""
        return 2


class Fixed(FixedAttributes):
    @cached_property
    def computed(self) -> int:
        """A number."""
        return 2


@pytest.mark.parametrize("kind", [Frozen, Declared, Fixed])
def test_a_computed_attribute_is_not_computed(kind: type) -> None:
    made = kind()
    with pytest.raises(AssignmentError, match=r"computed: cannot be assigned \(got 3\); it is fixed"):
        made.computed = 3
    assert "computed" not in vars(made)
    assert made.computed == 2


def test_the_points_of_a_task_are_not_drawn() -> None:
    task = cn.task("map")
    with pytest.raises(AssignmentError, match="training_examples: cannot be assigned"):
        task.training_examples = None  # type: ignore[misc,assignment]
    assert "training_examples" not in vars(task)
