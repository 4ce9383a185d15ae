"""Random sessions of the inspector: the script of each, run, gives the same network to the bit; undoing all acts gives the first."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

import connectionist as cn
from connectionist.inspector import acts
from connectionist.inspector import messages as m
from connectionist.inspector.session import InspectorSession


def started(task: str, seed: int) -> InspectorSession:
    chosen = cn.task(task).for_seed(seed)
    session = InspectorSession(
        chosen.network(seed=seed),
        chosen.training_examples,
        chosen.phases,
        engine=cn.engine("compiled"),
        testing=chosen.testing_examples,
        seed=seed,
        tolerance=chosen.tolerance,
    )
    session.training.is_watched = bool(seed % 2)  # then training has many parts
    return session


def choices(session: InspectorSession, rng: random.Random) -> dict[Callable[[], m.Message], float]:
    """Return acts that a page might send, with their relative frequencies."""
    net = session.network
    units = [unit.name for group in net.groups if group.role != "input" for unit in group]
    connections = [connection.name for projection in net.projections for connection in projection]
    parts = [*units, *rng.sample(connections, 5), *(group.name for group in net.groups if group.role != "input"), net.projections[0].name]
    rules = [("steepest", {"rate": 0.01}), ("momentum", {"rate": 0.02, "momentum": 0.8})]

    def rule() -> m.SetRuleAct:
        name, parameters = rng.choice(rules)
        return m.SetRuleAct(id=1, rule=name, parameters=parameters)

    return {
        lambda: m.TrainAct(id=1, epochs=rng.randint(1, 20)): 8,
        lambda: m.TrainAct(id=1, epochs=20, error=rng.uniform(0, 1)): 1,
        lambda: m.FreezeAct(id=1, part=rng.choice(parts)): 2,
        lambda: m.UnfreezeAct(id=1, part=rng.choice(parts)): 1,
        lambda: m.LesionAct(id=1, part=rng.choice(parts)): 2,
        lambda: m.RestoreAct(id=1, part=rng.choice(["", *units])): 1,
        lambda: m.SetWeightAct(id=1, connection=rng.choice(connections), value=rng.uniform(-1, 1)): 2,
        lambda: m.ClampAct(id=1, unit=rng.choice(units), value=rng.choice([None, 0.3])): 1,
        lambda: m.TieAct(id=1, connections=rng.sample(connections, 2)): 1,
        lambda: m.RandomizeAct(id=1, size=0.4, seed=rng.randint(0, 9)): 0.5,
        lambda: m.GoToEpochAct(id=1, epoch=rng.choice(session.training.history.epochs)): 2,
        lambda: m.UndoAct(id=1): 4,
        rule: 1,
        lambda: m.SetScheduleAct(id=1, update_after=rng.choice([None, 1, 3]), order=rng.choice(["fixed", "permuted"])): 1,
        lambda: m.StepAct(id=1, by=rng.choice(["unit", "group", "case", "change", "epoch"])): 3,
        lambda: m.ShowCaseAct(id=1, case=rng.randrange(session.case_count)): 1,
        lambda: m.EnterInputAct(id=1, inputs={}, targets=rng.choice([None, {}])): 1,
        lambda: m.ArrangeAct(id=1, group=net.groups[0].name, x=rng.random(), y=2.0, columns=rng.randint(1, 4)): 1,
    }


def walk(session: InspectorSession, rng: random.Random, length: int) -> int:
    """Do random acts. Return how many were done without an error."""
    done = 0
    for _ in range(length):
        made = choices(session, rng)
        message = rng.choices(list(made), list(made.values()))[0]()
        try:
            acts.do(session, message)
            while session.training.is_wanted:
                session.advance()
            done += 1
        except cn.ConnectionistError:
            session.training.pause()
    return done


def state_of(net: cn.Network) -> tuple[bytes, bytes, list[str], list[object]]:
    lesioned = [unit.name for unit in net.units if unit.lesioned] + [each.name for each in net.lesioned_connections]
    places: list[object] = [(group.position, group.columns) for group in net.groups]
    return net.weight_values.tobytes(), net.weight_state.array("trainable").tobytes(), sorted(lesioned), places


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("task", "seeds"),
    [
        ("xor", range(12)),
        ("xor-in-time", range(2)),
        ("family-trees", range(1)),
        ("map", range(1)),  # its rate and width have a schedule
        ("boltzmann-encoder", range(3)),  # it has a procedure, and no inputs
        ("competitive-letters", range(3)),
    ],
)
def test_the_script_of_a_session_gives_the_same_network_to_the_bit(task: str, seeds: range) -> None:
    for seed in seeds:
        session, again = started(task, seed), started(task, seed)
        assert walk(session, random.Random(seed), 25) > 8
        exec(session.script(), {"net": again.network, "examples": again.examples, "testing": again.testing})
        assert state_of(again.network) == state_of(session.network), session.script()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("task", ["xor", "xor-in-time", "encoder"])
def test_scripts_of_many_sessions(task: str) -> None:
    for seed in range(100, 250):
        session, again = started(task, seed), started(task, seed)
        walk(session, random.Random(seed), 40)
        exec(session.script(), {"net": again.network, "examples": again.examples, "testing": again.testing})
        assert state_of(again.network) == state_of(session.network), (seed, session.script())


def hostile_network() -> cn.Network:
    net = cn.Network('n"\n</script>')
    net.add_group("in → put", ['a"b', "x → y", "it's\n", "\u202e", "<b>", "$(x)"], role="input")
    net.add_group("h'i\"", ["\\", "{x}", "%s"])
    net.add_group("output", 2, role="output")
    net.connect("in → put", "h'i\""), net.connect("h'i\"", "output")
    net.randomize(0.5, seed=1)
    return net


def test_names_are_text_in_the_script() -> None:
    names = ['"', "\\", "\n", "</script>", "'+__import__('os').abort()+'", "0"]
    examples = cn.ExampleSet.from_arrays(np.eye(6), np.eye(6)[:, :2], names=names)
    session = InspectorSession(hostile_network(), examples, [cn.Phase(cn.rule("momentum"), 1)], engine=cn.engine("compiled"))
    net = session.network
    hidden, connections = net.groups[1], [each.name for each in net.projection("in → put", "h'i\"")]
    done: list[m.Message] = [m.ShowCaseAct(id=1, case=number) for number in range(6)]
    done += [m.FreezeAct(id=1, part=unit.name) for unit in hidden] + [m.FreezeAct(id=1, part=hidden.name)]
    done += [m.SetWeightAct(id=1, connection=name, value=0.125) for name in connections] + [m.TieAct(id=1, connections=connections[:3])]
    done += [m.ClampAct(id=1, unit=unit.name, value=0.5) for unit in hidden] + [m.LesionAct(id=1, part=hidden[1].name)]
    done += [m.ArrangeAct(id=1, group=hidden.name, columns=2), m.TrainAct(id=1, epochs=3)]
    for message in done:
        acts.do(session, message)
        while session.training.is_wanted:
            session.advance()
    again = hostile_network()
    exec(session.script(), {"net": again, "examples": examples})
    assert state_of(again) == state_of(net)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_undoing_all_acts_gives_the_first_network_to_the_bit() -> None:
    for seed in range(8):
        session = started("xor", seed)
        first = state_of(session.network)
        walk(session, random.Random(seed), 25)
        while session.undo_line:
            acts.do(session, m.UndoAct(id=1))
        assert state_of(session.network) == first
        assert not [line for line in session.script_lines() if not line.startswith(("net.forward", "net.backward", "entered"))]
        assert np.array_equal(session.network.weight_values, started("xor", seed).network.weight_values)
