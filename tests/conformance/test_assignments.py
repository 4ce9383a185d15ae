"""An assignment to an attribute that does not exist, or that is fixed, raises an error that names the attribute."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Any

import pytest

import connectionist as cn
from connectionist.errors import AssignmentError
from connectionist.plugins import registry

KINDS = [
    "activation_functions",
    "input_functions",
    "error_functions",
    "update_rules",
    "learning_procedures",
    "engines",
    "file_formats",
    "tasks",
]
BASES = {"BackwardProcedure", "Command", "FileFormat", "LearningProcedure", "OnePhaseTask", "Task"}
NOT_MADE_HERE = {"LesionStudy", "ReopenedRun", "RuleComparison"}  # their classes are frozen or slotted, which the last test checks


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An object of each public class."""
    folder = tmp_path_factory.mktemp("study")
    study = cn.Study("xor", seeds=[1], epochs=1).run(folder, workers=1)
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("h", ["a", "b"])
    net.add_group("output", 1, role="output")
    net.connect("input", "h")
    net.connect("h", "output")
    net.randomize(0.5, seed=1)
    in_time = cn.Network("in time")
    in_time.add_group("input", 1, role="input")
    in_time.add_group("h", 1, integrates="activation", dt=0.5)
    in_time.connect("input", "h")
    examples = cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[1], [0]])
    recorder = cn.Recorder("activation", of="h")
    shown: list[cn.Presentation] = []
    run = cn.train(net, examples, rule=cn.rule("steepest"), epochs=2, record=recorder, engine="local", after_example=shown.append)
    with cn.inspect(net, examples, open_browser=False) as view:
        pass
    made = [
        net, net["h"], net.projection("input", "h"), net.unit("h:a"), net.connections[0], net.weights[0], net.unit("h:a").explain(),
        examples, examples[0], cn.Event([0, 1], [1]), recorder, run, run.recording, run.phases[0], cn.Criterion(error=0.1), cn.Random(0.5),
        cn.run("xor", epochs=1), cn.settle(in_time, [1.0]), next(cn.step(net, [0, 1], [1])), cn.Finding("name", 1.0),
        cn.Noise(0.1), cn.Clamping("weak"), cn.ActivationCost("square"), cn.CasePhase("minus"), cn.EnergyDescent(), shown[0],
        study, cn.read_study(folder), view,
        cn.fit("xor", {"correct": 0.5}, free={"rate": (0.1, 1.0)}, seeds=[1], trials=1, epochs=1),
    ]  # fmt: skip
    return {type(thing).__name__: thing for thing in made}


@pytest.mark.parametrize("attribute", ["no_such_attribute", "activatoin", "inputz"])
def test_no_object_takes_an_attribute_that_does_not_exist(objects: dict[str, Any], attribute: str) -> None:
    for name, thing in objects.items():
        with pytest.raises(AttributeError, match=attribute):
            setattr(thing, attribute, 1)
        assert not hasattr(thing, attribute), name


@pytest.mark.parametrize(
    ("owner", "attribute", "value", "message"),
    [
        ("Group", "activation", "tanh", "assign activation_function"),
        ("Group", "error", "squared", "assign error_function"),
        ("Group", "biased", False, "choose it in add_group, or lesion the connections from 'bias'"),
        ("Group", "labels", ("x", "y"), "choose them in add_group"),
        ("Group", "name", "g", "it is fixed when the object is made"),
        ("Group", "role", "output", "it is fixed when the object is made"),
        ("Group", "activations", [0.0, 1.0], "assign to its elements"),
        ("Projection", "trainble", False, "did you mean 'trainable'"),
        ("Projection", "backpropagate", False, "choose it in connect"),
        ("Projection", "delay", 1, "choose it in connect"),
        ("Network", "ticksback", 1, "did you mean 'ticks_back'"),
        ("Network", "groups", (), "it is read-only"),
        ("ExampleSet", "inputz", 1, "does not exist"),
        ("ExampleSet", "inputs", [[0.0]], "make another set"),
        ("Unit", "lesioned", True, "call Network.lesion"),
        ("Connection", "delay", 1, "tie with Network.tie"),
    ],
)
def test_the_message_names_what_to_do_instead(objects: dict[str, Any], owner: str, attribute: str, value: object, message: str) -> None:
    before = repr(getattr(objects[owner], attribute, None))
    with pytest.raises(AttributeError, match=rf"(\.|, ){attribute}: cannot be assigned \(got .*{message}"):
        setattr(objects[owner], attribute, value)
    assert repr(getattr(objects[owner], attribute, None)) == before


FIXED = {
    "Unit": ["row", "group", "index", "incoming", "outgoing", "label", "name", "owner"],
    "Weight": ["row", "last_update"],
    "Connection": ["name", "derivative", "sender"],
}


@pytest.mark.parametrize(("owner", "attribute"), [(owner, attribute) for owner, names in FIXED.items() for attribute in names])
def test_the_place_of_a_part_is_fixed(objects: dict[str, Any], owner: str, attribute: str) -> None:
    before = repr(getattr(objects[owner], attribute))
    with pytest.raises(AttributeError, match=rf", {attribute}: cannot be assigned \(got None\); "):
        setattr(objects[owner], attribute, None)
    assert repr(getattr(objects[owner], attribute)) == before


def test_no_property_has_the_message_of_python(objects: dict[str, Any]) -> None:
    for thing in objects.values():
        properties = [name for name, item in inspect.getmembers(type(thing)) if isinstance(item, property) and item.fset is None]
        for name in properties:
            if name.startswith("_"):  # which is not for users
                continue
            with pytest.raises(AttributeError) as caught:
                setattr(thing, name, None)
            assert "has no setter" not in str(caught.value)


@pytest.mark.parametrize("name", [3, None, ["net"]])
def test_the_name_of_a_network_must_be_text(objects: dict[str, Any], name: Any) -> None:
    for act in (lambda: cn.Network(name), lambda: setattr(objects["Network"], "name", name)):
        with pytest.raises(cn.errors.ParameterError, match=r"^Network.name: must be text \(got "):
            act()


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), "0.1"])
def test_the_rate_of_a_projection_is_checked_when_it_is_assigned(objects: dict[str, Any], rate: object) -> None:
    with pytest.raises(cn.errors.ParameterError, match=r"input → h, rate: must be a number above 0"):
        objects["Projection"].rate = rate


@pytest.mark.parametrize("kind", KINDS)
def test_no_plugin_takes_an_attribute_that_does_not_exist(kind: str) -> None:
    for name in registry.load().names(kind):
        with pytest.raises(AttributeError, match="no_such_attribute"):
            registry.find(kind, name)().no_such_attribute = 1


def test_no_object_has_the_errors_of_python_for_assignments_and_deletions(objects: dict[str, Any]) -> None:
    plugins = [registry.find(kind, name)() for kind in KINDS for name in registry.load().names(kind)]
    for thing in (*objects.values(), *plugins):
        attributes = [name for name in dir(type(thing)) + list(getattr(thing, "__dict__", ())) if not name.startswith("_")]
        assert attributes
        for name in dict.fromkeys(attributes):
            with pytest.raises(AssignmentError, match=rf"{name}: cannot be deleted"):
                delattr(thing, name)
        if getattr(type(thing), "__dataclass_params__", None) and type(thing).__dataclass_params__.frozen:
            for name in [*attributes, "no_such_attribute"]:
                with pytest.raises(AssignmentError, match=rf"{name}: cannot be assigned \(got 3\); "):
                    setattr(thing, name, 3)


@pytest.mark.parametrize(
    ("thing", "attribute", "value", "end"),
    [
        (cn.rule("momentum"), "rate", 0.2, "make a new object, such as dataclasses.replace(momentum, rate=0.2)"),
        (cn.rule("momentum"), "rat", 0.2, "it does not exist; did you mean 'rate'? Known: rate, momentum, decay, weight_decay"),
        (cn.rule("momentum"), "memory", (), "it is fixed by its class"),
        (cn.Criterion(error=1.0), "correct", 1, "make a new object, such as dataclasses.replace(criterion, correct=1)"),
        (cn.Noise(0.1), "scale", 1, "it is read-only"),
        (cn.activation_function("logistic"), "gain", 1, "make a new object, such as dataclasses.replace(logistic, gain=1)"),
        (cn.task("xor"), "name", "x", "it is fixed by its class"),
    ],
)
def test_the_message_of_a_frozen_object_says_what_would_work(thing: object, attribute: str, value: object, end: str) -> None:
    with pytest.raises(AssignmentError) as raised:
        setattr(thing, attribute, value)
    assert str(raised.value) == f"{type(thing).__name__}.{attribute}: cannot be assigned (got {value!r}); {end}"
    assert isinstance(raised.value, FrozenInstanceError)


def test_classes_of_users_have_the_same_errors() -> None:
    @dataclass(frozen=True)
    class Halved(cn.UpdateRule):
        rate: float = cn.parameter(0.1, above=0)
        name = "halved"

        def change(self, value: float, derivative: float) -> tuple[float, ...]:
            return (-self.rate * derivative,)

    @dataclass(frozen=True)
    class Below(Halved):
        other: float = cn.parameter(1.0)

    for thing in (Below(), Halved(), replace(Below(), rate=0.3)):
        with pytest.raises(AssignmentError, match=rf"{type(thing).__name__}.rate: cannot be assigned \(got 2\); make a new object"):
            thing.rate = 2  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS)
def test_a_subclass_without_the_decorator_takes_no_attribute_that_does_not_exist(kind: str) -> None:
    for name in registry.load().names(kind):
        base = registry.find(kind, name)
        below = type("Mine", (base,), {})
        for thing in (below(), type("Lower", (below,), {})()):
            before = dict(vars(thing))
            attributes = ["no_such_attribute", *(each for each in dir(base) if not each.startswith("_"))]
            for attribute in attributes:
                with pytest.raises(AssignmentError, match=rf"{type(thing).__name__}.{attribute}: cannot be assigned \(got 3\); "):
                    setattr(thing, attribute, 3)
                with pytest.raises(AssignmentError, match="cannot be deleted"):
                    delattr(thing, attribute)
            assert vars(thing) == before


@pytest.mark.parametrize("base", [cn.Noise, cn.Random, cn.Criterion, cn.Finding, cn.Event])
def test_a_subclass_of_a_frozen_class_without_the_decorator_takes_no_attribute_that_does_not_exist(base: type) -> None:
    arguments = {"Finding": ("name", 1.0), "Event": ([0], [1])}.get(base.__name__, (0.5,))
    with pytest.raises(AssignmentError, match=r"Mine.no_such_attribute: cannot be assigned \(got 3\); it does not exist; known: "):
        type("Mine", (base,), {})(*arguments).no_such_attribute = 3


def test_methods_of_a_class_of_users_assign_attributes() -> None:
    class Counted(type(cn.task("xor"))):  # type: ignore[misc]
        tolerance = 0.2

        def __init__(self, cases: int) -> None:
            super().__init__()
            self.cases = cases

        def network(self, seed: int) -> cn.Network:
            self.made = seed
            network: cn.Network = super().network(seed)
            return network

    task = Counted(4)
    task.network(seed=7)
    task.cases = 5
    assert (task.cases, task.made, task.tolerance) == (5, 7, 0.2)
    with pytest.raises(AssignmentError, match=r"Counted.case: cannot be assigned \(got 4\); it does not exist; "):
        task.case = 4


@pytest.mark.parametrize("attribute", ["tolerance", "every", "criterion", "phases", "training_examples", "network"])
def test_a_task_says_that_a_subclass_may_define_an_attribute(attribute: str) -> None:
    message = f"Xor.{attribute}: cannot be assigned (got 0.2); define it in a subclass of the task"
    with pytest.raises(AssignmentError) as raised:
        setattr(cn.task("xor"), attribute, 0.2)
    assert str(raised.value) == message
    with pytest.raises(AssignmentError, match=f"did you mean '{attribute}'"):
        setattr(cn.task("xor"), attribute[:-1], 0.2)


def test_a_class_without_parameters_says_so() -> None:
    class Plain(cn.UpdateRule):
        name = "plain"

        def change(self, value: float, derivative: float) -> tuple[float, ...]:
            return (-derivative,)

    with pytest.raises(AssignmentError, match=r"Plain.rate: cannot be assigned \(got 0.1\); it does not exist, and the class declares no"):
        Plain().rate = 0.1


def test_every_public_class_is_tried_here(objects: dict[str, Any]) -> None:
    public = {name for name in dir(cn) if inspect.isclass(thing := getattr(cn, name)) and not issubclass(thing, Exception)}
    made = {name for name in public if not inspect.isabstract(getattr(cn, name)) and name not in BASES}
    assert made - set(objects) == NOT_MADE_HERE
    for name in NOT_MADE_HERE:
        assert not hasattr(getattr(cn, name), "__dict__") or getattr(cn, name).__dataclass_params__.frozen, name
