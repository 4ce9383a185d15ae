"""The script, the history and the reading of messages, each alone."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from connectionist.errors import ParameterError
from connectionist.inspector import messages as m
from connectionist.inspector.history import History, Kept
from connectionist.inspector.reading import KINDS, read_message, read_query
from connectionist.inspector.script import Act, Training, literal, render


def test_history_keeps_few_epochs_at_a_growing_distance() -> None:
    history = History(most_bytes=8 * 1000 * 50)
    for epoch in range(20_000):
        if history.is_due(epoch):
            history.keep(Kept(0, epoch, np.zeros(1000), 0.0))
    epochs = history.epochs
    assert history.size <= 8 * 1000 * 50
    assert epochs[0] == 0
    assert 10 < len(epochs) <= 50
    distances = np.diff(epochs)
    assert distances[-2] > 3 * distances[0]


def test_one_moment_stays_if_memory_is_short() -> None:
    history = History(most_bytes=10)
    for epoch in range(10):
        history.keep(Kept(0, epoch, np.zeros(1000), 0.0))
    assert history.epochs[0] == 0
    assert history.epochs[-1] == 9
    assert len(history.epochs) <= 3


def test_a_training_is_split_where_its_weights_are_used() -> None:
    acts = [
        Act(training=Training(0, 0, 10, {"seed": "3"})),
        Act(training=Training(0, 10, 5, {}, True)),
        Act(lines=("net.weight_values = weights_12",), saves=((0, 12),)),
    ]
    assert render(acts) == [
        "run = cn.train(net, examples, rule, 12, seed=3)",
        "weights_12 = net.weight_values",
        "run = cn.train(net, examples, rule, 3, continue_from=run)",
        "net.weight_values = weights_12",
    ]


def test_trainings_of_two_runs_are_two_lines() -> None:
    acts = [Act(training=Training(0, 0, 10, {"seed": "3"})), Act(training=Training(1, 10, 5, {"seed": "3"}))]
    assert len(render(acts)) == 2
    assert render([*acts, Act(training=Training(1, 15, 2, {}, True))])[1:] == ["run = cn.train(net, examples, rule, 7, seed=3)"]


@pytest.mark.parametrize("value", [0.1, -0.0, 1e-300, 3, "a", 'a"b', "a\\b", "é\n", "\u202e", [1, [0.5]], {"a": [None, True]}, None, "'"])
def test_a_literal_is_the_same_value(value: object) -> None:
    assert eval(literal(value)) == value
    assert "\n" not in literal(value)


def test_no_name_leaves_its_literal() -> None:
    for text in ('"); import os; ("', "\\", '\\"', "'''", "\u2028", "{x}", "%s"):
        assert eval(literal(text), {"__builtins__": {}}) == text


def test_messages_have_the_fields_of_their_class() -> None:
    assert read_message('{"kind": "train", "id": 3, "epochs": 5}') == m.TrainAct(id=3, epochs=5)
    assert read_message('{"kind": "set_weight", "id": 3, "connection": "a", "value": 1}') == m.SetWeightAct(id=3, connection="a", value=1.0)
    assert read_query({"kind": "links", "sender": "a", "receiver": "b"}, 4) == m.LinksQuery(id=4, sender="a", receiver="b")
    assert len(KINDS) == len(m.ACTS) + len(m.QUERIES) + len(m.VIEWS)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "must be JSON"),
        ("[1]", "must be a JSON object"),
        ('{"id": 1}', "message.kind: must be one of"),
        ('{"kind": "train"}', "message train.id: is missing"),
        ('{"kind": "train", "id": 1.0}', "must be a whole number"),
        ('{"kind": "train", "id": true}', "must be a whole number"),
        ('{"kind": "train", "id": 1, "epoch": 2}', "has no field 'epoch'; it has id, epochs, error, correct"),
        ('{"kind": "train", "id": 1, "epochs": "2"}', "must be a whole number or null"),
        ('{"kind": "train", "id": 1, "error": NaN}', "must be JSON"),
        ('{"kind": "train", "id": 1, "error": 1e999}', "must be a finite number or null"),
        ('{"kind": "step", "id": 1, "by": "day"}', "must be one of unit, group"),
        ('{"kind": "tie", "id": 1, "connections": [1]}', "must be text"),
        ('{"kind": "enter_input", "id": 1, "inputs": [[[[[[[1]]]]]]]}', "must be an object"),
        ('{"kind": "enter_input", "id": 1, "inputs": {"a": [[[[[[1]]]]]]}}', "must not have more than"),
        ('{"kind": "enter_input", "id": 1, "inputs": {"a": [1e999]}}', "finite"),
        ("[" * 100_000, "must be JSON"),
        ('{"kind": "train", "id": ' + "9" * 5000 + "}", "must be"),
    ],
)
def test_what_is_no_message_is_one_sentence(text: str, complaint: str) -> None:
    with pytest.raises(ParameterError, match=complaint.replace("(", r"\(")) as raised:
        read_message(text)
    assert "\n" not in str(raised.value)


def test_the_binary_form_has_header_and_arrays() -> None:
    reply = m.Frame(
        epoch=1, training=False, case=0, epoch_error=float("nan"), epoch_correct=0.5, quantity="activation", unit="é\ud800",
        stop=None, seconds_per_epoch=float("inf"), arrays={"values": np.array([[1.0, np.nan]]), "flags": np.empty(0)},
    )  # fmt: skip
    data = m.encode(reply)
    (length,) = struct.unpack("<I", data[:4])
    header = json.loads(data[4 : 4 + length])
    assert header["epoch_error"] is None
    assert header["seconds_per_epoch"] is None
    assert header["arrays"] == [{"name": "values", "shape": [1, 2]}, {"name": "flags", "shape": [0]}]
    assert (4 + length) % 4 == 0
    numbers = np.frombuffer(data, "<f4", offset=4 + length)
    assert numbers[0] == 1.0
    assert np.isnan(numbers[1])
