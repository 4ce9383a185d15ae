"""Reading an attribute that does not exist raises an error that says what to use, or names the most similar attribute."""

from __future__ import annotations

import copy
import pickle
import re
from operator import attrgetter
from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import UnknownAttributeError, UnknownNameError
from connectionist.utils.unknown_attributes import KnownAttributes, OtherNames


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    """An object of each class with such errors."""
    result = cn.run("xor", epochs=1)
    net, examples = result.network, result.task.training_examples
    recording = cn.record(net, examples, of="hidden")
    shown: list[cn.Presentation] = []
    cn.train(net, examples, "steepest", 1, after_example=shown.append)
    in_time = cn.Network("in time")
    in_time.add_group("h", 1, integrates="activation", dt=0.5)
    made = [
        net,
        net["hidden"],
        net.projections[0],
        net.units[1],
        net.weights[0],
        net.connections[0],
        result,
        result.run,
        recording,
        examples,
        examples[0],
        result.run.phases[0],
        cn.Criterion(error=1.0),
        cn.Noise(0.1),
        shown[0],
        cn.Recorder("activation", of="hidden"),
        result.task,
        next(cn.step(net, [0, 1], [1])),
        cn.settle(in_time, {"h": [float("nan")]}),
    ]
    return {type(thing).__name__: thing for thing in made}


KINDS = ["Network", "Group", "Projection", "Unit", "Weight", "Connection", "Result", "Run", "Recording", "ExampleSet", "Example"]
FROZEN = ["Phase", "Criterion", "Noise", "Presentation", "Recorder", "Xor", "Stop", "Settling"]
READ_IN_PASSES = ["Unit", "Weight", "Connection", "Example"]  # or for each example of a set


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_other_programs_use_is_answered_with_what_to_use(objects: dict[str, Any], kind: str) -> None:
    thing = objects[kind]
    assert thing._elsewhere
    for name, instead in thing._elsewhere.items():
        with pytest.raises(UnknownAttributeError) as raised:
            getattr(thing, name)
        assert str(raised.value) == f"{kind} has no attribute {name!r}; use {instead}"
        assert not hasattr(thing, name)
        assert not hasattr(type(thing), name)
        assert name not in dir(thing)
        with pytest.raises(AttributeError, match=name):
            setattr(thing, name, 1)
        for path in re.findall(r"(?:^|, or | or )(connectionist[.\w]+|[a-z][._a-z]+)(?=$|,| or |\()", instead):
            owner, *names = (cn, *path.split(".")[1:]) if path.startswith("connectionist.") else (thing, *path.split("."))
            if names[0] not in ("len", "list", "network", "net"):
                attrgetter(".".join(names))(owner)


@pytest.mark.parametrize("kind", [kind for kind in KINDS + FROZEN if kind not in READ_IN_PASSES])
def test_a_misspelled_name_is_answered_with_the_most_similar_one(objects: dict[str, Any], kind: str) -> None:
    thing = objects[kind]
    for name in [name for name in dir(thing) if not name.startswith("_") and len(name) > 3]:
        misspelled = f"{name[:2]}{name[3]}{name[2]}{name[4:]}z"
        if not hasattr(thing, misspelled):
            with pytest.raises(
                UnknownAttributeError, match=f"{kind} has no attribute '{misspelled}'; did you mean '.*'\\? Known: .*"
            ) as raised:
                getattr(thing, misspelled)
            assert getattr(raised.value, "obj", None) is None  # so Python adds no second suggestion


@pytest.mark.parametrize("kind", READ_IN_PASSES)
def test_classes_that_passes_read_have_the_error_of_python_to_which_it_adds_the_name(objects: dict[str, Any], kind: str) -> None:
    assert not hasattr(type(objects[kind]), "__getattr__")  # it would take a training with objects half as long again
    with pytest.raises(AttributeError) as raised:
        objects[kind].activatoin  # noqa: B018
    assert (raised.value.name, raised.value.obj) == ("activatoin", objects[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_python_looks_for_have_the_error_of_python(objects: dict[str, Any], kind: str) -> None:
    for name in ("__array__", "_repr_png_", "_ipython_canary_method_should_not_exist_", "__deepcopy_", "_missing"):
        with pytest.raises(AttributeError, match=f"'{kind}' object has no attribute '{name}'") as raised:
            getattr(objects[kind], name)
        assert not isinstance(raised.value, UnknownNameError)
    bare = object.__new__(type(objects[kind]))  # as copy and pickle make it, without attributes
    with pytest.raises(AttributeError):
        bare.no_such_attribute  # noqa: B018


def test_examples_and_errors_are_copied_and_pickled(objects: dict[str, Any]) -> None:
    examples = objects["ExampleSet"]
    assert (pickle.loads(pickle.dumps(examples)).inputs == examples.inputs).all()
    assert copy.deepcopy(objects["Network"]).units
    with pytest.raises(UnknownAttributeError) as raised:
        objects["Network"].layers  # noqa: B018
    again = pickle.loads(pickle.dumps(raised.value))
    assert (type(again), str(again)) == (UnknownAttributeError, str(raised.value))


def test_an_error_in_a_property_is_raised_as_it_is() -> None:
    class Broken(KnownAttributes):
        @property
        def broken(self) -> int:
            return self.missing.value  # type: ignore[attr-defined,no-any-return]

    with pytest.raises(UnknownAttributeError, match=r"Broken has no attribute 'missing'; known: broken"):
        Broken().broken  # noqa: B018

    class Lower(Broken):
        @property
        def broken(self) -> int:
            raise AttributeError("the reason")

    with pytest.raises(AttributeError, match=r"^the reason$"):
        Lower().broken  # noqa: B018


def test_a_subclass_has_the_names_of_its_base() -> None:
    class Base(OtherNames):
        _elsewhere = {"old": "new"}  # noqa: RUF012
        new = 1

    class Below(Base):
        pass

    with pytest.raises(UnknownAttributeError, match="Below has no attribute 'old'; use new"):
        Below().old  # type: ignore[attr-defined]  # noqa: B018
