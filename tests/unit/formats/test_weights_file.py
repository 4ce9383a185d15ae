"""Weights files: connections by name, no pickle, and an error if something does not fit."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import connectionist as cn
from connectionist.formats import weights_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "weights.npz"


def test_what_was_saved_comes_back(net: cn.Network, path: Path) -> None:
    before = net.weight_values
    cn.save_weights(net, path)
    net.weight_values = np.zeros(len(before))
    cn.load_weights(net, path)
    assert net.weight_values.tolist() == before.tolist()


def test_order_of_building_does_not_matter(net: cn.Network, path: Path) -> None:
    cn.save_weights(net, path)
    other = cn.Network("the other way round")
    other.add_group("output", 1, role="output")
    other.add_group("hidden", 2)
    other.add_group("input", 2, role="input")
    other.connect("input", "output")
    other.connect("hidden", "output")
    other.connect("input", "hidden")
    cn.load_weights(other, path)
    assert other.weight_values.tolist() != net.weight_values.tolist()
    for connection in net.connections:
        assert other.connection(connection.sender.name, connection.receiver.name).weight.value == connection.weight.value
    assert other.forward([0.0, 1.0]) == pytest.approx(net.forward([0.0, 1.0]))


def test_delays_tell_two_connections_apart(path: Path) -> None:
    def make(weights: tuple[float, float]) -> cn.Network:
        net = cn.Network("recurrent")
        net.add_group("input", 1, role="input")
        net.add_group("output", 1, role="output")
        for delay, weight in enumerate(weights, 1):
            net.connect("output", "output", delay=delay, weights=weight)
        return net

    cn.save_weights(make((0.25, -0.75)), path)
    net = make((0.0, 0.0))
    cn.load_weights(net, path)
    assert [net.connection("output:0", "output:0", delay).weight.value for delay in (1, 2)] == [0.25, -0.75]


def test_numpy_alone_reads_it(net: cn.Network, path: Path) -> None:
    net.connection("input:0", "output:0").weight.trainable = False
    cn.save_weights(net, path)
    with np.load(path, allow_pickle=False) as file:
        names = list(zip(file["sender"].tolist(), file["receiver"].tolist(), strict=True))
        place = names.index(("input:0", "output:0"))
        assert file["value"][place] == net.connection("input:0", "output:0").weight.value
        assert file["trainable"].tolist().count(False) == 1
        assert not file["trainable"][place]
        assert set(file["delay"].tolist()) == {0}
        description = json.loads(str(file["description"]))
    assert [group["name"] for group in description["groups"]] == ["input", "hidden", "output"]
    assert description["groups"][1] == {
        "name": "hidden",
        "role": "hidden",
        "units": ["0", "1"],
        "activation": {"name": "logistic", "gain": 1.0},
        "error": None,
        "margin": 0.0,
        "integrates": None,
        "dt": [1.0, 1.0],
        "initial": [0.0, 0.0],
        "initial_net_input": [0.0, 0.0],
    }


def test_lesioned_connections_are_kept(net: cn.Network, path: Path) -> None:
    value = net.connection("hidden:0", "output:0").weight.value
    net.lesion("hidden:0")
    cn.save_weights(net, path)
    net.restore()
    net.randomize(0.5, seed=7)
    cn.load_weights(net, path)
    assert net.connection("hidden:0", "output:0").weight.value == value


def test_frozen_weights_stay_frozen_or_free_as_the_network_has_them(net: cn.Network, path: Path) -> None:
    cn.save_weights(net, path)
    net.projection("input", "hidden").trainable = False
    cn.load_weights(net, path)
    assert not net.connection("input:0", "hidden:0").weight.trainable


def test_table_has_the_same(net: cn.Network, tmp_path: Path) -> None:
    weights_file.write_table(net, tmp_path / "weights.csv")
    with (tmp_path / "weights.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(net.connections)
    for row in rows:
        assert float(row["value"]) == net.connection(row["sender"], row["receiver"]).weight.value


def test_missing_and_extra_connections_are_named_and_nothing_is_changed(
    net: cn.Network, make_net: Callable[[], cn.Network], path: Path
) -> None:
    larger = make_net()
    larger.add_group("more", 1)
    larger.connect("more", "output")
    larger.randomize(0.5, seed=3)
    cn.save_weights(net, path)
    before = larger.weight_values
    with pytest.raises(cn.ConnectionistError, match=r"weights\.npz' lacks connections of xor: bias → more:0, more:0 → output:0"):
        cn.load_weights(larger, path)
    assert larger.weight_values.tolist() == before.tolist()
    cn.save_weights(larger, path)
    with pytest.raises(ValueError, match="has connections that xor lacks: bias → more:0, more:0 → output:0"):
        cn.load_weights(net, path)


def test_many_missing_connections_are_counted(net: cn.Network, path: Path) -> None:
    cn.save_weights(net, path)
    net.add_group("more", 10)
    with pytest.raises(ValueError, match="more:4 and 5 more"):
        cn.load_weights(net, path)


def test_tied_connections_must_agree(net: cn.Network, path: Path) -> None:
    cn.save_weights(net, path)
    net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")])
    with pytest.raises(ValueError, match="input:0 → hidden:0 and input:1 → hidden:1 are tied"):
        cn.load_weights(net, path)


def test_a_weight_that_is_not_finite_is_rejected(net: cn.Network, path: Path) -> None:
    net.connection("input:0", "hidden:0").weight._overwrite(float("nan"))
    cn.save_weights(net, path)
    with pytest.raises(ValueError, match="input:0 → hidden:0 must be finite"):
        cn.load_weights(net, path)


def test_other_files_are_rejected(net: cn.Network, tmp_path: Path) -> None:
    def rejected(name: str, reason: str) -> None:
        with pytest.raises(OSError, match=reason) as caught:
            cn.load_weights(net, tmp_path / name)
        assert isinstance(caught.value, cn.ConnectionistError)
        assert name in str(caught.value)

    rejected("nowhere.npz", "No such file")
    rejected("", "cannot be read")
    (tmp_path / "text.npz").write_text("not weights", encoding="utf-8")
    rejected("text.npz", "cannot be read .File is not a zip file")
    (tmp_path / "empty.npz").touch()
    rejected("empty.npz", "cannot be read .File is not a zip file")
    (tmp_path / "zip.npz").write_bytes(b"PK\x03\x04 and no more")
    rejected("zip.npz", "cannot be read")
    np.savez(tmp_path / "others.npz", value=np.zeros(3))
    rejected("others.npz", "cannot be read .it has no array 'description'")
    np.save(tmp_path / "array.npy", np.zeros(3))
    rejected("array.npy", "cannot be read .File is not a zip file")
    np.savez(tmp_path / "later.npz", description=np.array(json.dumps({"format": "connectionist weights 2"})))
    rejected("later.npz", "must be of format 'connectionist weights 1'")


def test_a_pickle_is_never_opened(net: cn.Network, tmp_path: Path) -> None:
    np.savez(tmp_path / "pickled.npz", description=np.array([{"any": "object"}], dtype=object))
    with pytest.raises(OSError, match="its array is not one of numbers or text"):
        cn.load_weights(net, tmp_path / "pickled.npz")


def test_where_it_cannot_be_written(net: cn.Network, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(cn.ConnectionistError, match="cannot be written"):
        cn.save_weights(net, tmp_path / "file" / "weights.npz")


def test_a_name_that_says_it_is_another_kind_of_file_is_rejected(net: cn.Network, tmp_path: Path) -> None:
    with pytest.raises(cn.ConnectionistError, match=r"its name must end in .npz, which is its format"):
        cn.save_weights(net, tmp_path / "weights.csv")
    assert not list(tmp_path.iterdir())


def larger(net: cn.Network) -> cn.Network:
    """Return a network with the input and hidden units of another, and other outputs."""
    made = cn.Network("larger")
    made.add_group("input", 2, role="input")
    made.add_group("hidden", 2)
    made.add_group("answer", 3, role="output")
    made.connect("input", "hidden")
    made.connect("hidden", "answer")
    made.randomize(0.5, seed=5)
    return made


@pytest.mark.parametrize("name", ["weights.npz", "network.npz", "weights.csv"])
def test_a_part_of_the_weights_is_loaded_by_name_from_each_kind_of_file(net: cn.Network, tmp_path: Path, name: str) -> None:
    cn.save_weights(net, tmp_path / "weights.npz")
    cn.save_network(net, tmp_path / "network.npz")
    weights_file.write_table(net, tmp_path / "weights.csv")
    made = larger(net)
    before = {each.name: each.weight.value for each in made.connections}
    with pytest.raises(cn.errors.DataError, match="lacks connections of larger"):
        cn.load_weights(made, tmp_path / name)
    loaded = cn.load_weights(made, tmp_path / name, partial=True)
    assert [each.name for each in loaded] == [each.name for each in made.connections if each.receiver.group.name == "hidden"]
    for each in made.connections:
        expected = net.connection(each.name).weight.value if each in loaded else before[each.name]
        assert each.weight.value == expected
    again = net.copy()
    again.weight_values = 0 * again.weight_values
    assert len(cn.load_weights(again, tmp_path / name)) == len(net.connections)
    assert again.weight_values.tolist() == net.weight_values.tolist()


def test_nothing_in_common_is_an_error(net: cn.Network, path: Path) -> None:
    cn.save_weights(net, path)
    other = cn.Network("other")
    other.add_group("unit", 1)
    with pytest.raises(cn.errors.DataError, match=r"has no connection of other; it has bias → hidden:0, .* and 6 more"):
        cn.load_weights(other, path, partial=True)


@pytest.mark.parametrize("name", ["none.npz", "none.csv", "folder.npz", "none"])
@pytest.mark.parametrize("partial", [False, True])
def test_a_file_that_does_not_exist_is_an_error(net: cn.Network, tmp_path: Path, name: str, partial: bool) -> None:
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(cn.errors.FileError, match=rf"weights file '.*{name}'"):
        cn.load_weights(net, tmp_path / name, partial=partial)
