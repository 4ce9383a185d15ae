"""Networks as graphs of ONNX (``.onnx``), which onnxruntime and many other programs run.

A graph has a fixed number of ticks. So a network in time is written unrolled: ``cn.write_network(net.unroll(5), "net.onnx")``. The format
needs the package onnx, of the extra ``onnx``. Source: Open Neural Network Exchange, operator set 17, https://onnx.ai/onnx/operators.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import connectionist as cn

if TYPE_CHECKING:
    from connectionist.formats import NetworkSteps, Part, Step

OPERATORS, FILE_VERSION = 17, 8  # of 2022, so that older programs read the files
MOST_BYTES = 2**31 - 2**20  # of a file of protocol buffers, less the nodes
OPERATOR = {"linear": "Identity", "logistic": "Sigmoid", "rectified": "Relu", "softmax": "Softmax", "tanh": "Tanh", "bipolar": "Tanh"}
KNOWN: dict[str, dict[str, float]] = {name: {"gain": 1.0} if name in ("logistic", "bipolar") else {} for name in OPERATOR}


@dataclass(frozen=True)
class OnnxGraph(cn.FileFormat):
    """Graphs of ONNX, with one input and one output.

    The input "inputs" is an array [case, input unit], of an unrolled network [case, tick, input unit]. The output "outputs" has the
    activations of the output units in the same way. The metadata "input_units" and "output_units" are their names, as lists in JSON.

    Parameters
    ----------
    precision : {"single", "double"}
        That of all numbers, also of inputs and outputs.
    """

    precision: Literal["single", "double"] = cn.parameter("single")
    name = "onnx"
    suffixes = (".onnx",)

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the graph of a network."""
        from connectionist.formats import check_perturbations, folded, network_steps

        onnx = import_onnx()
        if network.in_time:
            raise cn.errors.FormatError(f"{file.name}: {network.in_time}, and a graph has a fixed number of ticks; write net.unroll(ticks)")
        original = folded(file, network)
        check_perturbations(file, original)
        steps = network_steps(original)
        graph = _Graph(onnx, file, steps, is_double=self.precision == "double")
        file.write(graph.model(network.ticks))


def import_onnx() -> Any:
    """Return the package onnx.

    Raises
    ------
    FileError
        If it is not installed.
    """
    try:
        import onnx
    except ImportError:
        raise cn.errors.FileError(
            "format 'onnx': needs the package onnx, which is not installed; pip install 'connectionist-simulator[onnx]'"
        ) from None
    return onnx


class _Graph:
    """Nodes and constants of a graph. The methods that add nodes return the name of their result."""

    def __init__(self, onnx: Any, file: cn.formats.OutputFile, steps: NetworkSteps, *, is_double: bool) -> None:
        self.onnx, self.helper = onnx, onnx.helper
        self.file = file
        self.steps = steps
        self.dtype = "float64" if is_double else "float32"
        self.kind = onnx.TensorProto.DOUBLE if is_double else onnx.TensorProto.FLOAT
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.bytes = 0

    def model(self, ticks: int | None) -> bytes:
        """Return the content of the file."""
        sizes = [sum(len(group) for group in self.steps.network.groups if group.role == role) for role in ("input", "output")]
        with_ticks = [] if ticks is None else [ticks]
        ends = [
            self.helper.make_tensor_value_info(name, self.kind, ["case", *with_ticks, size])
            for name, size in zip(("inputs", "outputs"), sizes, strict=True)
        ]
        self.add_passes(ticks)
        constants = [self.onnx.numpy_helper.from_array(array, name) for name, array in self.constants.items()]
        graph = self.helper.make_graph(self.nodes, "network", ends[:1], ends[1:], constants)
        operators = [self.helper.make_opsetid("", OPERATORS)]
        model = self.helper.make_model(graph, opset_imports=operators, ir_version=FILE_VERSION)
        model.producer_name, model.producer_version = "connectionist", cn.__version__
        self.helper.set_model_props(model, self.names())
        content: bytes = model.SerializeToString()
        return content

    def names(self) -> dict[str, str]:
        """Return the metadata: the names of the units of both ends."""
        from connectionist.formats import unit_names

        return {f"{role}_units": json.dumps(unit_names(self.steps, role)) for role in ("input", "output")}

    def add_passes(self, ticks: int | None) -> None:
        """Add the nodes of all ticks; of the one pattern if there are no ticks."""
        shape = self.add("Shape", ["inputs"], "shape")
        cases = self.add("Gather", [shape, self.constant("first", [0])], "cases")
        column = self.add("Concat", [cases, self.constant("one", [1])], "shape of a column", axis=0)
        one = self.helper.make_tensor("one", self.kind, [1], [1.0])
        self.bias = self.add("ConstantOfShape", [column], "bias", value=one)
        state = {part.name: self.row(f"{part.name}: initial", part.initial) for part in self.steps.parts if self.steps.in_time}
        for step in self.steps.steps:
            if step.part.group.integrates == "net_input":
                name = f"{step.part.name}: net input"
                state[name] = self.row(f"{name}: initial", step.part.initial_net_input)
        past, results = [state] * self.steps.ticks_before, []
        for tick in range(1, (ticks or 1) + 1):
            at = "" if ticks is None else f"@{tick}"
            x = (
                "inputs"
                if ticks is None
                else self.add("Gather", ["inputs", self.constant(f"tick {tick}", tick - 1)], f"inputs{at}", axis=1)
            )
            y = self.add_tick(x, past, at)
            past = [*past[1:], y]
            results.append(self.add_outputs(y, at, is_last=ticks is None))
        if ticks is not None:
            self.nodes.append(self.helper.make_node("Concat", results, ["outputs"], axis=1))

    def add_tick(self, x: str, past: list[dict[str, str]], at: str) -> dict[str, str]:
        """Add the nodes of a tick, and return the results by name of part."""
        y = {self.steps.bias.name: self.bias}
        for part in self.steps.inputs:
            columns = self.constant(f"{part.name}: columns", self.steps.input_columns(part))
            y[part.name] = self.add("Gather", [x, columns], f"{part.name}: activation{at}", axis=1)
        for step in self.steps.steps:
            self.add_step(step, y, past, at)
        return y

    def add_step(self, step: Step, y: dict[str, str], past: list[dict[str, str]], at: str) -> None:
        """Add the nodes of a step, and its results to those of the tick."""
        from connectionist.formats import function_call

        name, group = step.part.name, step.part.group
        terms = []
        for block in step.blocks:
            sender = (past[-block.delay] if block.delay else y)[block.sender.name]
            terms.append(self.add("MatMul", [sender, self.number(block.name, block.weights)], f"{block.name}{at}: term"))
        if not terms:
            terms = [self.row(f"{name}: zero", [0.0] * len(step.part), at)]
        x = self.add("Sum", terms, f"{name}: total{at}") if len(terms) > 1 else terms[0]
        if group.integrates == "net_input":
            x = y[f"{name}: net input"] = self.integrated(step.part, x, past[-1][f"{name}: net input"], f"{name}: net input{at}")
        function, parameters = function_call(self.file, group, group.activation_function, KNOWN)
        factor = parameters.get("gain", 1.0) * (0.5 if function == "bipolar" else 1.0)
        if factor != 1.0:
            x = self.add("Mul", [x, self.number(f"{name}: gain", factor)], f"{name}: scaled{at}")
        options = {"axis": -1} if function == "softmax" else {}
        result = f"{name}: activation{at}"
        is_drive = group.integrates == "activation"
        y[name] = self.add(OPERATOR[function], [x], f"{name}: drive{at}" if is_drive else result, **options)
        if is_drive:
            y[name] = self.integrated(step.part, y[name], past[-1][name], result)

    def integrated(self, part: Part, drive: str, before: str, result: str) -> str:
        """Add dt · drive + (1 − dt) · before."""
        new = self.add("Mul", [drive, self.number(f"{part.name}: dt", part.dt)], f"{result}: new")
        old = self.add("Mul", [before, self.number(f"{part.name}: 1 − dt", 1.0 - part.dt)], f"{result}: old")
        return self.add("Add", [new, old], result)

    def add_outputs(self, y: dict[str, str], at: str, *, is_last: bool) -> str:
        """Add the nodes that put the output units side by side."""
        parts, positions = self.steps.outputs
        terms = [y[part.name] for part in parts] + [self.row("no unit", [0.0], at)]
        joined = self.add("Concat", terms, f"joined{at}", axis=1)
        found = self.add("Gather", [joined, self.constant("output columns", positions)], "outputs" if is_last else f"found{at}", axis=1)
        return found if is_last else self.add("Unsqueeze", [found, self.constant("one", [1])], f"outputs{at}")

    def row(self, name: str, values: Sequence[float] | cn.Array, at: str = "") -> str:
        """Add the same values for each case."""
        return self.add("MatMul", [self.bias, self.number(f"{name}: row", [values])], f"{name}{at}")

    def add(self, operator: str, inputs: Sequence[str], result: str, **options: Any) -> str:
        self.nodes.append(self.helper.make_node(operator, list(inputs), [result], name=result, **options))
        return result

    def number(self, name: str, values: Any) -> str:
        import numpy as np

        with np.errstate(over="ignore"):
            numbers = np.asarray(values, dtype=self.dtype)
        if (wrong := np.isinf(numbers)).any():
            text = f"{np.asarray(values)[wrong][0]:g} in {name!r} is too large for single precision; use precision='double'"
            raise cn.errors.FormatError(f"{self.file.name}: {text}")
        return self.constant(name, numbers)

    def constant(self, name: str, values: Any) -> str:
        """Add a constant once."""
        import numpy as np

        key = f"constant {name}"
        if key not in self.constants:
            array = np.asarray(values)
            self.bytes += array.nbytes
            if self.bytes > MOST_BYTES:
                raise cn.errors.FormatError(f"{self.file.name}: the weights have more than 2 GB, the most that a file of ONNX can have")
            self.constants[key] = array
        return key


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [OnnxGraph]
