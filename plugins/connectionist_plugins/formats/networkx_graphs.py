"""Networks as graphs for Gephi, Cytoscape and networkx: GraphML (``.graphml``) and node-link JSON (``.json``).

Both have each unit as a node and each connection as an edge, the bias and its connections and what is lesioned included. They have what
a picture or a measure of the graph needs, and not all that a network has. Source of GraphML: Brandes, Eiglsperger, Herman, Himsolt &
Marshall (2002), GraphML progress report, Graph Drawing 2001, LNCS 2265, 501–512.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import connectionist as cn
from connectionist.utils.visible_text import visible_line

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class GraphML(cn.FileFormat):
    """Graphs in GraphML."""

    name = "graphml"
    suffixes = (".graphml",)

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the graph of a network."""
        import networkx as nx

        file.write("".join(f"{line}\n" for line in nx.generate_graphml(graph_of(network))))


@dataclass(frozen=True)
class NodeLinkJson(cn.FileFormat):
    """Graphs in JSON, as ``networkx.node_link_graph(data, edges="edges")`` reads them."""

    name = "node_link"
    suffixes = (".json",)

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the graph of a network."""
        graph = graph_of(network)
        nodes = [{"id": node, **data} for node, data in graph.nodes(data=True)]
        edges = [
            {"source": sender, "target": receiver, "key": key, **data} for sender, receiver, key, data in graph.edges(keys=True, data=True)
        ]
        content = {"directed": True, "multigraph": True, "graph": graph.graph, "nodes": nodes, "edges": edges}
        file.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def graph_of(network: cn.Network) -> nx.MultiDiGraph[str]:
    """Return the units and connections as a graph whose attributes are numbers and text.

    The nodes are the names of the units, the keys of the edges the numbers of the connections. The attribute "tie" is the same number for
    connections that share a weight. Connections without it share none.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=visible_line(network.name), tie_derivative=network.tie_derivative)
    names = unit_names(network)
    for unit, name in names.items():
        graph.add_node(name, **unit_attributes(unit))
    connections = [connection for projection in network.projections for connection in projection.connections]
    lesioned = {connection for projection in network.projections for connection in projection.lesioned}
    ties = tie_numbers(connections)
    for number, connection in enumerate(connections):
        tie = {"tie": ties[connection.weight]} if connection.weight in ties else {}
        graph.add_edge(
            names[connection.sender],
            names[connection.receiver],
            key=number,
            weight=connection.weight.value,
            delay=connection.delay,
            trainable=connection.weight.trainable,
            lesioned=connection in lesioned,
            backpropagate=connection.backpropagate,
            projection=visible_line(connection.projection.name),
            **tie,
        )
    return graph


def unit_names(network: cn.Network) -> dict[cn.Unit, str]:
    """Return the name of each unit, with a number if escaped control characters make two names the same."""
    names: dict[cn.Unit, str] = {}
    taken: set[str] = set()
    for unit in network.units:
        name = made = visible_line(unit.name)
        while made in taken:
            made = f"{name} ({len(taken)})"
        names[unit] = made
        taken.add(made)
    return names


def unit_attributes(unit: cn.Unit) -> dict[str, Any]:
    """Return the attributes of a unit. One without an incoming connection from the bias has no attribute "bias"."""
    group = unit.group
    biases = [connection.weight.value for connection in unit.incoming if connection.sender.group.role == "bias"]
    return {
        "label": visible_line(unit.label) if group.role != "bias" else "bias",
        "group": visible_line(group.name),
        "role": group.role,
        "activation_function": "" if group.activation_function is None else described(group.activation_function),
        "lesioned": unit.lesioned,
        **({"bias": sum(biases)} if biases else {}),
        **({"tick": group.tick} if group.tick is not None else {}),
    }


def described(function: Any) -> str:
    """Return the name of a function with its parameters, as in ``"logistic(gain=1.0)"``."""
    parameters = ", ".join(f"{each.name}={getattr(function, each.name)!r}" for each in fields(function)) if is_dataclass(function) else ""
    return visible_line(f"{function.name}({parameters})" if parameters else function.name)


def tie_numbers(connections: Sequence[cn.Connection]) -> dict[cn.Weight, int]:
    """Return the number, from 1, of each weight that several connections share."""
    seen: set[cn.Weight] = set()
    shared: dict[cn.Weight, int] = {}
    for connection in connections:
        if connection.weight in seen:
            shared.setdefault(connection.weight, len(shared) + 1)
        seen.add(connection.weight)
    return shared


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return both formats."""
    return [GraphML, NodeLinkJson]
