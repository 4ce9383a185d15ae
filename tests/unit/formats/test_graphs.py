"""Networks as GraphML and node-link JSON, read again by networkx."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import connectionist as cn
from connectionist.testing import random_network


def graphml(net: cn.Network, folder: Path) -> Any:
    cn.write_network(net, folder / "net.graphml")
    return nx.read_graphml(folder / "net.graphml", force_multigraph=True, edge_key_type=int)


def node_link(net: cn.Network, folder: Path) -> Any:
    cn.write_network(net, folder / "net.json")
    return nx.node_link_graph(json.loads((folder / "net.json").read_text(encoding="utf-8")), edges="edges")


BOTH = pytest.mark.parametrize("written", [graphml, node_link])


@BOTH
def test_every_unit_and_connection_is_there_with_its_attributes(written: Any, tmp_path: Path) -> None:
    net = cn.Network("small")
    net.add_group("input", ["a", "b"], role="input")
    net.add_group("output", 2, role="output", activation="tanh")
    net.connect("input", "output", weights=[[1, 2], [3, 4]])
    net.connect("output", "output", delay=1, pattern="one_to_one", weights=0.5, trainable=False, backpropagate=False)
    net.connection("bias", "output:1").weight.value = -0.25
    net.tie(["input:a → output:0", "input:b → output:1"])
    net.lesion("input:b → output:0")
    graph = written(net, tmp_path)
    assert graph.is_directed()
    assert list(graph) == ["bias", "input:a", "input:b", "output:0", "output:1"]
    assert graph.nodes["output:1"] == {
        "label": "1",
        "group": "output",
        "role": "output",
        "activation_function": "tanh",
        "lesioned": False,
        "bias": -0.25,
        "error_function": "squared(target_radius=0.0, zero_error_radius=0.0)",
    }
    assert "bias" not in graph.nodes["input:a"]
    (tied,) = graph["input:a"]["output:0"].values()
    assert tied == {
        "weight": 1.0,
        "delay": 0,
        "trainable": True,
        "lesioned": False,
        "backpropagate": True,
        "projection": "input → output",
        "tie": 1,
    }
    assert [data["tie"] for _, _, data in graph.edges(data=True) if "tie" in data] == [1, 1]
    assert [(s, r) for s, r, data in graph.edges(data=True) if data["lesioned"]] == [("input:b", "output:0")]
    assert [data["delay"] for data in graph["output:0"]["output:0"].values()] == [1]


@BOTH
def test_settings_are_attributes_of_their_units_and_connections(written: Any, tmp_path: Path) -> None:
    net = cn.Network("small", seed=3, ticks_back=2)
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2, integrates="net_input", dt=[0.5, 0.25], initial=[0.0, 0.5], initial_net_input=0.125)
    net.add_group("output", 1, role="output", error="cross_entropy", margin=0.25)
    projection = net.connect("input", "hidden", rate=0.5, sign="excitatory")
    net.connect("hidden", "output")
    projection.weight_noise = cn.Noise(half_range=0.1, during="training")
    hidden = net["hidden"]
    hidden.cost, hidden.clamping, hidden.net_input_noise = cn.ActivationCost("quadratic", 0.1, 0.4), "weak", 0.2
    net["input"].activation_noise, hidden.position, hidden.columns = 0.3, (1.0, 2.0), 1
    for graph, name in ((written(net, tmp_path), "hidden:1"), (written(net.unroll(2), tmp_path), "hidden:1@2")):
        usual = {"label", "group", "role", "activation_function", "lesioned", "bias", "tick"}
        of_hidden = {key: value for key, value in graph.nodes[name].items() if key not in usual}
        place = {"position": "(1.0, 2.0)", "columns": 1} if name == "hidden:1" else {}
        assert of_hidden == {
            "cost": "ActivationCost(kind='quadratic', strength=0.1, peak=0.4)",
            "clamping": "Clamping(kind='weak', strength=0.5)",
            "net_input_noise": "Noise(sd=0.2, half_range=None, during='both')",
            "integrates": "net_input",
            "dt": 0.25,
            "initial": 0.5,
            "initial_net_input": 0.125,
            **place,
        }
        at = name.removeprefix("hidden:1")
        assert graph.nodes[f"input:0{at}"]["activation_noise"] == "Noise(sd=0.3, half_range=None, during='both')"
        assert graph.nodes[f"output:0{at}"]["margin"] == 0.25
        (edge,) = graph[f"input:0{at}"][name].values()
        noise = "Noise(sd=None, half_range=0.1, during='training')"
        assert {key: edge.get(key) for key in ("rate", "lowest", "highest", "weight_noise")} == {
            "rate": 0.5,
            "lowest": 0.0,
            "highest": None,
            "weight_noise": noise,
        }
        assert (graph.graph["seed"], graph.graph["ticks_back"]) == (3, 2)


@BOTH
def test_random_networks(written: Any, tmp_path: Path) -> None:
    for seed in range(15):
        net, _ = random_network(seed, delays=seed % 2 == 0, integrators=seed % 3 == 0)
        graph = written(net, tmp_path)
        connections = [connection for projection in net.projections for connection in projection]
        assert {name: data["lesioned"] for name, data in graph.nodes(data=True)} == {unit.name: unit.lesioned for unit in net.units}
        found = {key: (s, r, data["weight"], data["delay"], data["trainable"]) for s, r, key, data in graph.edges(keys=True, data=True)}
        assert found == {
            number: (each.sender.name, each.receiver.name, each.weight.value, each.delay, each.weight.trainable)
            for number, each in enumerate(connections)
        }
        assert sum(not data["lesioned"] for _, _, data in graph.edges(data=True)) == len(net.connections)


@BOTH
def test_an_unrolled_network_has_its_ticks(written: Any, tmp_path: Path) -> None:
    net, _ = random_network(2, delays=True)
    graph = written(net.unroll(2), tmp_path)
    assert {data.get("tick") for _, data in graph.nodes(data=True)} == {None, 0, 1, 2}
    assert len(graph) == len(net.unroll(2).units)


@BOTH
@pytest.mark.parametrize("name", ["<&>'\"", "a\x00b", "\ud800", "]]>", "a\nb", "é"])
def test_names_of_any_kind(written: Any, tmp_path: Path, name: str) -> None:
    net = cn.Network(name)
    net.add_group(name, ["\x1b", "\\x1b", name], role="input")
    net.add_group("output", 1, role="output")
    net.connect(name, "output")
    graph = written(net, tmp_path)
    assert len(graph) == 5
    assert graph.number_of_edges() == 4


def test_the_identifiers_of_edges_are_unique(tmp_path: Path) -> None:
    net, _ = random_network(4, delays=True)
    cn.write_network(net, tmp_path / "net.graphml")
    text = (tmp_path / "net.graphml").read_text(encoding="utf-8")
    numbers = [int(line.split('id="')[1].split('"')[0]) for line in text.splitlines() if "<edge " in line]
    assert numbers
    assert sorted(numbers) == list(range(len(numbers)))
