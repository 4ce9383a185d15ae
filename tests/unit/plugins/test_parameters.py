"""Parameters that are declared with their range are checked when an object is made."""

import gc
import weakref
from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar, get_type_hints

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError
from connectionist.plugins import parameter_types
from connectionist.plugins.parameter_faults import class_fault
from connectionist.plugins.parameter_types import describe_allowed
from connectionist.plugins.parameters import check_parameters

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True)
class Owner:
    rate: float = cn.parameter(0.5, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    hidden: int = cn.parameter(2, at_least=1, at_most=10)
    direct: bool = cn.parameter(False)
    error: str = cn.parameter("squared")
    order: Literal["fixed", "permuted", "sampled"] = cn.parameter("fixed")
    update_after: Literal["epoch"] | int = cn.parameter("epoch", at_least=1)
    data_seed: int | None = cn.parameter(None, at_least=0)
    sizes: tuple[int, ...] = cn.parameter((1, 2), at_least=1)
    free: int = 5

    def __post_init__(self) -> None:
        check_parameters(self)


@dataclass(frozen=True)
class Heir(Owner):
    rate: float = 0.25
    momentum: float = cn.parameter(0.5, at_most=1)
    hidden: int = cn.parameter(3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rate", 1),
        ("rate", np.float32(0.5)),
        ("momentum", 0),
        ("hidden", np.int64(10)),
        ("direct", True),
        ("direct", np.True_),
        ("error", ""),
        ("order", "sampled"),
        ("update_after", 1),
        ("update_after", "epoch"),
        ("data_seed", None),
        ("data_seed", 0),
        ("sizes", ()),
        ("free", "unchecked"),
    ],
)
def test_values_in_range_are_taken(name: str, value: object) -> None:
    assert getattr(Owner(**{name: value}), name) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("rate", 0, "a number above 0"),
        ("rate", "0.5", "a number above 0"),
        ("rate", float("nan"), "a number above 0"),
        ("rate", True, "a number above 0"),
        ("rate", None, "a number above 0"),
        ("momentum", 1.0, "a number of at least 0 and below 1"),
        ("hidden", 11, "a whole number of at least 1 and at most 10"),
        ("hidden", 2.0, "a whole number of at least 1 and at most 10"),
        ("direct", 1, "true or false"),
        ("error", 3, "text"),
        ("order", "random", "'fixed', 'permuted' or 'sampled'"),
        ("order", ["fixed"], "'fixed', 'permuted' or 'sampled'"),
        ("update_after", 0, "'epoch' or a whole number of at least 1"),
        ("update_after", "case", "'epoch' or a whole number of at least 1"),
        ("data_seed", -1, "a whole number of at least 0 or none"),
        ("sizes", 3, "a whole number of at least 1, or several with commas between"),
        ("sizes", (1, 0), "a whole number of at least 1, or several with commas between"),
        ("sizes", (1, "a"), "a whole number of at least 1, or several with commas between"),
    ],
)
def test_other_values_are_errors_that_name_what_is_allowed(name: str, value: object, allowed: str) -> None:
    with pytest.raises(ParameterError) as error:
        Owner(**{name: value})  # type: ignore[arg-type]
    assert str(error.value) == f"Owner.{name}: must be {allowed} (got {value!r})"
    assert describe_allowed(Owner, name) == allowed


def test_subclass_with_another_default_keeps_the_bounds() -> None:
    assert (Heir().rate, Heir(momentum=1).momentum) == (0.25, 1)
    with pytest.raises(ParameterError, match=r"Heir.rate: must be a number above 0 \(got 0\)"):
        Heir(rate=0)
    assert describe_allowed(Heir, "momentum") == "a number of at most 1"
    assert (Heir().hidden, describe_allowed(Heir, "hidden")) == (3, "a whole number of at least 1 and at most 10")


def test_annotation_that_has_no_value_at_run_time_does_not_matter_to_others() -> None:
    @dataclass(frozen=True)
    class Odd:
        ratio: "Fraction | None" = None
        count: "int | None" = cn.parameter(None, at_least=1)

        def __post_init__(self) -> None:
            check_parameters(self)

    assert Odd(count=3).count == 3
    with pytest.raises(ParameterError, match=r"Odd\.count: must be a whole number of at least 1 or none"):
        Odd(count=0)


def made(base: type, members: Mapping[str, Any]) -> type:
    """Make a plugin class with a parameter above 0."""
    body = {"__annotations__": {"gain": float}, "gain": cn.parameter(1.0, above=0), "name": "made", **members}
    made: type = dataclass(frozen=True)(type("Made", (base,), body))
    return made


@pytest.mark.parametrize(
    ("base", "members"),
    [
        (cn.UpdateRule, ["change"]),
        (cn.ActivationFunction, ["activation", "slope"]),
        (cn.JointActivationFunction, ["activations", "net_derivatives"]),
        (cn.ErrorFunction, ["error", "derivative"]),
        (cn.Engine, ["states", "error_derivatives", "session"]),
        (cn.Task, ["network", "training_examples", "phases", "findings"]),
    ],
)
def test_every_kind_of_plugin_checks_its_parameters(base: type, members: list[str]) -> None:
    kind = made(base, {member: lambda self: None for member in members})
    assert kind(gain=2).gain == 2
    with pytest.raises(ParameterError, match=r"^made.gain: must be a number above 0 \(got -1\)"):
        kind(gain=-1)


def test_a_class_that_is_no_dataclass_is_an_error() -> None:
    class Forgotten(Owner):
        extra: float = cn.parameter(0.1, above=0)

    with pytest.raises(ParameterError, match=r"extra: is declared by cn.parameter, so its class must be decorated with @dataclass"):
        Forgotten()


def test_annotations_are_read_once_per_class_and_the_class_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Short(Owner):
        length: int = cn.parameter(1, at_least=1)

    read: list[object] = []

    def counted(*given: Any, **options: Any) -> dict[str, Any]:
        read.append(given)
        return get_type_hints(*given, **options)

    monkeypatch.setattr(parameter_types, "get_type_hints", counted)
    Short()
    assert read
    count = len(read)
    with pytest.raises(ParameterError, match=r"length: must be a whole number of at least 1 \(got 0\)"):
        Short(length=0)
    assert len(read) <= count + 1  # the message reads one
    Short(length=2)
    assert len(read) <= count + 1
    released = weakref.ref(Short)
    read.clear()
    del Short
    gc.collect()
    assert released() is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"above": "0"}, r"parameter\.above: must be a number \(got '0'\)"),
        ({"at_most": float("nan")}, r"parameter\.at_most: must be a number \(got nan\)"),
        ({"above": 5, "below": 2}, r"the bounds must allow some number \(got a number above 5 and below 2\)"),
        ({"above": 1, "at_most": 1}, r"the bounds must allow some number"),
        ({"above": 0, "at_least": 1}, r"above and at_least must not both be given"),
        ({"below": 2_000_000, "at_most": 2_000_000}, r"below and at_most must not .* at most 2000000\)"),
        ({"default": [1, 2]}, r"parameter\.default: must be immutable, such as a tuple instead of a list \(got \[1, 2\]\)"),
        ({"default": np.zeros(1)}, r"parameter\.default: must be immutable"),
    ],
)
def test_bounds_and_defaults_that_cannot_hold_are_errors(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.parameter(**({"default": 1.0} | arguments))
    assert cn.parameter(1, at_least=1, at_most=1) is not None


AnyType = TypeVar("AnyType")


@pytest.mark.parametrize(
    ("annotation", "default", "fault"),
    [
        (float, cn.parameter(-1.0, above=0), "must be a number above 0 .got -1.0."),
        (int, cn.parameter(0.5), "its default must be a whole number .got 0.5."),
        (Literal["a", "b"], cn.parameter("c"), "its default must be 'a' or 'b'"),
        (str, cn.parameter("a", above=0), "has bounds, so its annotation must allow numbers"),
        (bool, cn.parameter(True, at_most=1), "has bounds"),
        (list[int], cn.parameter(None), r"annotation must be int, .* of these \(got list\[int\]\)"),
        (tuple[list[int], ...], cn.parameter(()), "annotation must be"),
        (Final[float], cn.parameter(0.5), r"annotation must be .*Final"),
        ("Final[float]", cn.parameter(0.5), "annotation must be"),
        ("float +", cn.parameter(0.5), "annotation must be"),
        (Callable[[int], int], cn.parameter(None), "annotation must be"),
        (AnyType, cn.parameter(None), "annotation must be"),
        (ClassVar[float], cn.parameter(0.5, above=0), "annotation must not be ClassVar or InitVar"),
        (InitVar[float], cn.parameter(0.5, above=0), "annotation must not be ClassVar or InitVar"),
    ],
)
def test_a_declaration_that_cannot_be_checked_is_a_fault_of_the_class(annotation: object, default: object, fault: str) -> None:
    kind: Any = dataclass(frozen=True)(type("Odd", (), {"__annotations__": {"it": annotation}, "it": default, "__module__": __name__}))
    found = class_fault(kind, "odd")
    with pytest.raises(AssertionError, match=rf"odd\.it: .*{fault}"):
        raise AssertionError(found)
    made = object.__new__(kind)
    with pytest.raises(ParameterError, match=fault):
        check_parameters(made)


def test_a_formula_has_no_init_var() -> None:
    @dataclass(frozen=True)
    class Odd(cn.ActivationFunction):
        rate: float = 1.0
        scale: InitVar[float] = 2.0
        name = "odd"

        def activation(self, net_input: float) -> float:
            return net_input

        def slope(self, net_input: float, activation: float) -> float:
            return 1.0

        def __post_init__(self, scale: float) -> None:
            super().__post_init__()

    assert (
        class_fault(Odd, "odd") == "odd.scale: must not be an InitVar, which the object does not keep; must be a parameter, or be left out"
    )


@dataclass(frozen=True)
class Several:
    pair: tuple[int, float] = cn.parameter((1, 0.5), above=0)
    choices: tuple[Literal["all"] | int, ...] = cn.parameter(("all", 2))
    anything: Any = cn.parameter(None)
    plain: list[int] | None = None

    def __post_init__(self) -> None:
        check_parameters(self)


@pytest.mark.parametrize(
    ("name", "good", "bad", "allowed"),
    [
        ("pair", [(1, 2)], [(1,), (1.5, 2), (0, 1), [1, 2]], "2 values with commas between: a whole number above 0, a number above 0"),
        ("choices", [(), ("all",), (1, "all")], [("some",), "all"], "'all' or a whole number, or several with commas between"),
        ("anything", [1, "a"], [], "any value (in Python only)"),
        ("plain", [], [], "list[int] (in Python only) or none"),
    ],
)
def test_tuples_and_other_annotations(name: str, good: list[object], bad: list[object], allowed: str) -> None:
    assert class_fault(Several, "several") == ""
    assert describe_allowed(Several, name) == allowed
    for value in good:
        assert getattr(Several(**{name: value}), name) == value  # type: ignore[arg-type]
    for value in bad:
        with pytest.raises(ParameterError, match=rf"Several\.{name}: must be"):
            Several(**{name: value})  # type: ignore[arg-type]


class Undecorated(cn.UpdateRule):
    rate: float = 0.1
    name = "undecorated"

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (-self.rate * derivative,)


class Declared(Undecorated):
    rate = cn.parameter(0.1, above=0)


@dataclass(frozen=True)
class Decorated(Undecorated):
    rate: float = 0.1


@dataclass(frozen=True)
class Constant(Decorated):
    rate = 0.5


class Bare(cn.UpdateRule):
    name = "bare"

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (-derivative,)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (Undecorated, r"undecorated\.rate: is annotated as a parameter, so its class must be decorated"),
        (Declared, r"undecorated\.rate: is declared by cn.parameter, so its class must be decorated"),
        (Constant, r"undecorated\.rate: has no annotation, so it is no parameter; must be declared as rate: float = 0.5"),
        (dataclass(type("Changeable", (Bare,), {})), r"bare: must be decorated with @dataclass\(frozen=True\), so that"),
    ],
)
def test_a_class_with_a_fault_makes_no_object(kind: type, fault: str) -> None:
    with pytest.raises(ParameterError, match=fault):
        kind()


def test_a_class_without_parameters_needs_no_decorator() -> None:
    assert Bare().decay == 0
    with pytest.raises(ParameterError, match=r"bare\.rate: no such parameter; known: none"):
        Bare(rate=0.5)


def test_the_bounds_of_rate_and_decay_hold_for_every_rule() -> None:
    assert describe_allowed(Decorated, "rate") == "a number above 0"
    with pytest.raises(ParameterError, match=r"undecorated\.rate: must be a number above 0 \(got 0\)"):
        Decorated(rate=0)


@pytest.mark.parametrize(
    ("bounds", "allowed"),
    [
        ({"at_least": 0}, "a number above 0"),
        ({"above": -1, "at_most": 2}, "a number above 0 and at most 2"),
        ({"at_least": 0.5, "below": 1}, "a number of at least 0.5 and below 1"),
    ],
)
def test_declared_bounds_narrow_those_of_the_base_class(bounds: dict[str, float], allowed: str) -> None:
    kind: Any = dataclass(frozen=True)(type("Narrow", (Bare,), {"__annotations__": {"rate": float}, "rate": cn.parameter(1.0, **bounds)}))
    if "below" in bounds:
        assert class_fault(kind, "narrow") == f"narrow.rate: its default must be {allowed} (got 1.0)"
    assert describe_allowed(kind, "rate") == allowed
