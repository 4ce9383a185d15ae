"""Networks as graphs for Gephi, Cytoscape and networkx: GraphML (``.graphml``) and node-link JSON (``.json``).

Both have each unit as a node and each connection as an edge, the bias and its connections and what is lesioned included. The settings of
groups are attributes of their units, and those of projections attributes of their connections. Source of GraphML: Brandes, Eiglsperger,
Herman, Himsolt & Marshall (2002), GraphML progress report, Graph Drawing 2001, LNCS 2265, 501–512.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import connectionist as cn
from connectionist.utils.visible_text import visible_line

GRAPH = {"name": str, "seed": int, "tie_derivative": str, "ticks_back": int}
NODE = {
    "label": str,
    "group": str,
    "role": str,
    "activation_function": str,
    "lesioned": bool,
    "bias": float,
    "tick": int,
    "error_function": str,
    "margin": float,
    "integrates": str,
    "initial": float,
    "initial_net_input": float,
    "dt": float,
    "cost": str,
    "net_input_noise": str,
    "activation_noise": str,
    "clamping": str,
    "position": str,
    "columns": int,
}
EDGE = {
    "weight": float,
    "delay": int,
    "trainable": bool,
    "lesioned": bool,
    "backpropagate": bool,
    "projection": str,
    "tie": int,
    "rate": float,
    "lowest": float,
    "highest": float,
    "weight_noise": str,
}
TYPES = {str: "string", bool: "boolean", float: "double", int: "long"}  # in GraphML
Attributes = dict[str, Any]


@dataclass(frozen=True)
class GraphML(cn.FileFormat):
    """Graphs in GraphML."""

    name = "graphml"
    suffixes = (".graphml",)

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the graph of a network."""
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        for kind, attributes in (("graph", GRAPH), ("node", NODE), ("edge", EDGE)):
            for name, cls in attributes.items():
                file.write(f'<key id="{kind}-{name}" for="{kind}" attr.name="{name}" attr.type="{TYPES[cls]}"/>\n')
        file.write(f'<graph edgedefault="directed">{data("graph", graph_attributes(network))}\n')
        names = unit_names(network)
        for node in nodes(names):
            file.write(f"<node id={quoteattr(node.pop('id'))}>{data('node', node)}</node>\n")
        for edge in edges(network, names):
            source, target, number = (quoteattr(str(edge.pop(end))) for end in ("source", "target", "key"))
            file.write(f"<edge id={number} source={source} target={target}>{data('edge', edge)}</edge>\n")
        file.write("</graph>\n</graphml>\n")


def data(kind: str, attributes: Mapping[str, Any]) -> str:
    """Return attributes in GraphML."""
    texts = {key: str(value).lower() if isinstance(value, bool) else escape(str(value)) for key, value in attributes.items()}
    return "".join(f'<data key="{kind}-{key}">{text}</data>' for key, text in texts.items())


@dataclass(frozen=True)
class NodeLinkJson(cn.FileFormat):
    """Graphs in JSON, as ``networkx.node_link_graph(data, edges="edges")`` reads them."""

    name = "node_link"
    suffixes = (".json",)

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the graph of a network."""
        names = unit_names(network)
        file.write(f'{{"directed": true, "multigraph": true, "graph": {json_text(graph_attributes(network))}')
        for key, rows in (("nodes", nodes(names)), ("edges", edges(network, names))):
            file.write(f',\n"{key}": [')
            for number, row in enumerate(rows):
                file.write(f"{',' if number else ''}\n{json_text(row)}")
            file.write("]")
        file.write("}\n")


def json_text(value: Any) -> str:
    """Return a value in JSON, in one line."""
    return json.dumps(value, ensure_ascii=False)


def graph_attributes(network: cn.Network) -> Attributes:
    """Return the attributes of the graph."""
    ticks_back = {} if network.ticks_back is None else {"ticks_back": int(network.ticks_back)}
    return {"name": visible_line(network.name), "seed": int(network.seed), "tie_derivative": network.tie_derivative, **ticks_back}


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


def nodes(names: Mapping[cn.Unit, str]) -> Iterator[Attributes]:
    """Yield the attributes of each unit. One without an incoming connection from the bias has no attribute "bias"."""
    for unit, name in names.items():
        group, function = unit.group, unit.group.activation_function
        biases = [connection.weight.value for connection in unit.incoming if connection.sender.group.role == "bias"]
        yield {
            "id": name,
            "label": visible_line(unit.label) if group.role != "bias" else "bias",
            "group": visible_line(group.name),
            "role": group.role,
            "activation_function": "" if function is None else described(function),
            "lesioned": unit.lesioned,
            **({"bias": sum(biases)} if biases else {}),
            **({"tick": group.tick} if group.tick is not None else {}),
            **settings_of_unit(unit),
        }


def settings_of_unit(unit: cn.Unit) -> Attributes:
    """Return the settings of the group of a unit, those that it has. Costs, noise and clampings are written as in Python."""
    group = unit.group
    numbers = {name: float(getattr(group, name)[unit.index]) for name in ("initial", "initial_net_input")}
    texts = {name: getattr(group, name) for name in ("cost", "net_input_noise", "activation_noise", "position")}
    return {
        **({} if group.error_function is None else {"error_function": described(group.error_function)}),
        **({"margin": float(group.margin)} if group.margin else {}),
        **({"integrates": group.integrates, "dt": float(group.dt[unit.index])} if group.integrates else {}),
        **{name: value for name, value in numbers.items() if value},
        **{name: repr(value) for name, value in texts.items() if value is not None},
        **({} if group.clamping.is_hard else {"clamping": repr(group.clamping)}),
        **({} if group.columns is None else {"columns": group.columns}),
    }


def settings_of_projection(projection: cn.Projection) -> Attributes:
    """Return the settings of a projection, those that it has."""
    lowest, highest = projection.limits or (-math.inf, math.inf)
    numbers = {"rate": projection.rate, "lowest": lowest, "highest": highest}
    return {
        **{name: float(value) for name, value in numbers.items() if value is not None and math.isfinite(value)},
        **({} if projection.weight_noise is None else {"weight_noise": repr(projection.weight_noise)}),
    }


def edges(network: cn.Network, names: Mapping[cn.Unit, str]) -> Iterator[Attributes]:
    """Yield the attributes of each connection. The attribute "tie" is the same number for connections that share a weight."""
    connections = [connection for projection in network.projections for connection in projection.connections]
    lesioned = {connection for projection in network.projections for connection in projection.lesioned}
    ties = tie_numbers(connections)
    settings = {projection: settings_of_projection(projection) for projection in network.projections}
    for number, connection in enumerate(connections):
        yield {
            "source": names[connection.sender],
            "target": names[connection.receiver],
            "key": number,
            "weight": connection.weight.value,
            "delay": connection.delay,
            "trainable": connection.weight.trainable,
            "lesioned": connection in lesioned,
            "backpropagate": connection.backpropagate,
            "projection": visible_line(connection.projection.name),
            **({"tie": ties[connection.weight]} if connection.weight in ties else {}),
            **settings[connection.projection],
        }


def described(function: Any) -> str:
    """Return the name of a function with its parameters, as in ``"logistic(gain=1.0)"``."""
    parameters = fields(function) if is_dataclass(function) else ()
    arguments = ", ".join(f"{each.name}={getattr(function, each.name)!r}" for each in parameters)
    return visible_line(f"{function.name}({arguments})" if arguments else function.name)


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
