"""Formulas as text, and what each engine computes with them."""

from __future__ import annotations

import hashlib
import linecache
import math
import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import connectionist as cn

NUMBERS = (0.0, -0.0, 1.0, -1.5, 0.3, -7.25, 1e300, 1e-300, 900.0, -900.0, 3.0)

HEAD = """
LIST = [1.0, 2.0]
PAIR = (1.0, 2.0)

def half(x): return x / 2
def inverse(x, power=1.0): return 1 / x ** power
def either(x, y): return x if x > y else 0
def clipped(x, y):
    if x > y: return y
    return x * 0.5 if x > 0.0 else x
"""
METHODS = {
    "activation": ("ActivationFunction", {"activation": "a", "slope": "a, b"}),
    "error": ("ErrorFunction", {"error": "a, b", "derivative": "a, b"}),
    "change": ("UpdateRule", {"change": "a, b, c"}),
    "signal": ("LocalRule", {"signal": "a, b, c, d", "change": "a, b"}),
    "joint": ("JointActivationFunction", {"activations": "p, q", "net_derivatives": "p, r, q"}),
    "paired": ("ErrorFunction", {"error": "a, b", "derivative": "a, b", "compare_net_input": "a, b, c, h"}),
    "joint_paired": ("ErrorFunction", {"error": "a, b", "derivative": "a, b", "compare_net_inputs": "p, r, t, e, q, h"}),
}
PAIRED_WITH = {"paired": "logistic", "joint_paired": "softmax"}
SIMPLE = {"slope": "return 1.0", "derivative": "return a - b"}


def plugin(kind: str, body: str, has_source: bool = True, **parameters: object) -> Any:
    """Return an object of a plugin class whose methods have a body; `a` and `b` are its first two arguments, or `p` and `q` are lists.

    With `has_source`, the engine compiles it without numba if it can.
    """
    base, methods = METHODS[kind]
    lines = [f"@dataclass(frozen=True)\nclass Fuzzed(cn.{base}):", "    name = 'fuzzed'", "    g: object = 2.0", "    n: object = 3"]
    lines += ["    f: object = True", "    rate: float = 0.1"]
    for name, arguments in methods.items():
        text = SIMPLE.get(name, "return 0.0" if name == "error" and kind in PAIRED_WITH else body)
        if name == "activation":
            text = f"b = 0.5\n{text}"
        if name == "compare_net_input":
            text = re.sub(r"return (.*)", r"return float(\1), float(\1)", text.replace("self.g", "h.gain"))
        if kind == "joint" or name == "compare_net_inputs":
            inner = ["a, b = p[i], p[i - 1]", *text.replace("return ", "q[i] = ").split("\n")]
            inner += ["e[i] = q[i]"] if kind == "joint_paired" else []
            text = "\n".join(["for i in range(len(p)):", *_indented(inner)])
        if kind == "change":
            lines.append("    memory = ('kept',)")
            text = re.sub(r"return (.*)", r"return 0.5, float(\1)", text)
        elif kind == "signal" and name == "change":
            text = "return (0.1 * b,)"
        lines += [f"    def {name}(self, {arguments}):", *(f"        {line}" for line in text.split("\n"))]
    lines.append(f"    pairs_with = {(PAIRED_WITH[kind],) if kind in PAIRED_WITH else ()!r}")
    names: dict[str, Any] = {"cn": cn, "math": math, "np": np, "dataclass": dataclass, "__name__": __name__, "exp": math.exp}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        exec(_code(HEAD + "\n".join(lines), has_source), names)
    return names["Fuzzed"](**parameters)


def _code(text: str, has_source: bool) -> Any:
    """Return the code of a module, whose lines `linecache` knows if it has a source."""
    file = f"<formulas {hashlib.sha256(text.encode()).hexdigest()}>"
    if has_source:
        linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    else:
        linecache.cache.pop(file, None)
    return compile(text, file, "exec", dont_inherit=True)


def network(kind: str, function: Any) -> cn.Network:
    """Return a network of a joint group or of single units, with the function in its place."""
    net = cn.Network("fuzzed")
    net.add_group("input", 2, role="input")
    activation = function if kind in ("activation", "joint") else PAIRED_WITH.get(kind, "linear")
    error = function if kind in ("error", *PAIRED_WITH) else "squared"
    net.add_group("output", 2, role="output", activation=activation, error=error)
    net.connect("input", "output")
    for connection in net.connections:
        is_of_input = connection.sender.group.role == "input"
        connection.weight.value = 1.0 if is_of_input and connection.sender.index == connection.receiver.index else 0.0
    return net


def outcome(kind: str, function: Any, inputs: tuple[float, float], engine: str) -> Any:
    """Return the numbers that one epoch of training leaves, or the type and the text of its exception."""
    net = network(kind, function)
    examples = cn.ExampleSet.from_arrays([inputs], [[0.5, 0.25]])
    rule = function if kind in ("change", "signal") else cn.rule("steepest", rate=0.1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kind in ("activation", "joint"):
                return net.outputs(examples, engine=engine)
            run = cn.train(net, examples, rule=rule, epochs=2, engine=engine)
            return np.append(net.weight_values, run.log["error"])
    except Exception as error:  # the engines have to agree on it
        return type(error).__name__, str(error)


def difference(kind: str, function: Any, inputs: tuple[float, float], tolerance: float = 0.0) -> str:
    """Return how the results of the two engines differ, or an empty text.

    Without tolerance, the bits of activations have to be equal. Weights also contain sums over cases, which the engines round differently.
    """
    tolerance = tolerance if kind in ("activation", "joint") else 1e-11
    expected, found = (outcome(kind, function, inputs, engine) for engine in ("local", "compiled"))
    if isinstance(expected, tuple) or isinstance(found, tuple):
        same = isinstance(expected, tuple) and isinstance(found, tuple) and expected == found
    elif tolerance:
        same = np.allclose(expected, found, rtol=tolerance, atol=1e-300, equal_nan=True)
    else:
        same = np.array_equal(expected, found, equal_nan=True) and np.array_equal(np.signbit(expected), np.signbit(found) | np.isnan(found))
    return "" if same else f"{inputs}: local {expected}, compiled {found}"


EXACT_CALLS: tuple[str, ...] = (
    "abs({0})",
    "min({0}, {1})",
    "max({0}, {1})",
    "math.sqrt({0})",
    "math.fabs({0})",
    "math.copysign({0}, {1})",
    "float({0})",
)
EXACT_CALLS += ("half({0})", "inverse({0})", "either({0}, {1})", "bool({0})", "int({0})", "round({0})", "PAIR[{0}]", "LIST[0] * {0}")
OPERATIONS = ("+", "-", "*", "/", "//", "%", "<", "<=", "==", "!=", ">", "and", "or", "is", "**")
LEAVES = (
    "a",
    "b",
    "a",
    "b",
    "v",
    "v",
    "w",
    "self.g",
    "self.n",
    "self.f",
    "0",
    "2",
    "0.0",
    "-0.0",
    "0.5",
    "1e200",
    "1.5",
    "-0.25",
    "True",
    "2**40",
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(inner, st.sampled_from(OPERATIONS[:-1]), inner).map(lambda parts: f"({' '.join(parts)})")
    square = inner.map(lambda each: f"({each}) ** 2")
    unary = st.tuples(st.sampled_from(("-", "+", "not ")), inner).map(lambda parts: f"({parts[0]}{parts[1]})")
    call = st.tuples(st.sampled_from(EXACT_CALLS), inner, inner).map(lambda parts: parts[0].format(parts[1], parts[2]))
    choice = st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts))
    return st.one_of(binary, binary, unary, call, choice, square)


EXPRESSIONS = st.recursive(st.sampled_from(LEAVES), _larger, max_leaves=6)


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _statements(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    both = st.tuples(inner, inner).map(lambda parts: parts[0] + parts[1])
    branch = st.tuples(EXPRESSIONS, inner, inner).map(lambda each: [f"if {each[0]}:", *_indented(each[1]), "else:", *_indented(each[2])])
    single = st.tuples(EXPRESSIONS, inner).map(lambda each: [f"if {each[0]}:", *_indented(each[1])])
    loop = st.tuples(st.sampled_from(("range(3)", "range(5, 0, -2)", "range(self.n)", "(1.0, 0.5)", "range(0)")), inner).map(
        lambda each: [f"for w in {each[0]}:", *_indented(each[1])]
    )
    return st.one_of(both, both, branch, single, loop)


ASSIGNMENTS = st.tuples(st.sampled_from(("v", "w", "a")), st.sampled_from(("=", "=", "=", "+=", "*=", "/=")), EXPRESSIONS).map(
    lambda each: [" ".join(each)]
)
BODIES = st.tuples(
    st.sampled_from(("v = 0.0", "v = 0", "v = a", "pass")),
    st.sampled_from(("w = 1.0", "w = 1", "pass")),
    st.recursive(ASSIGNMENTS, _statements, max_leaves=4),
    EXPRESSIONS,
).map(lambda each: "\n".join([each[0], each[1], *each[2], f"return {each[3]}"]))


def _larger_float(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})")
    calls = (
        "abs({0})",
        "min({0}, {1})",
        "max({0}, {1}, 0.5)",
        "math.sqrt({0})",
        "math.fabs({0})",
        "half({0})",
        "clipped({0}, {1})",
        "-{0}",
    )
    call = st.tuples(st.sampled_from(calls), inner, inner).map(lambda parts: f"({parts[0].format(parts[1], parts[2])})")
    choice = st.tuples(inner, _truths(inner), inner).map(lambda parts: "({} if {} else {})".format(*parts))
    return st.one_of(binary, binary, call, choice)


def _truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    compared = st.tuples(inner, st.sampled_from(("<", "<=", "==", "!=", ">", ">=")), inner).map(lambda parts: f"({' '.join(parts)})")
    between = st.tuples(inner, inner, inner).map(lambda parts: "({} < {} <= {})".format(*parts))
    both = st.tuples(compared, st.sampled_from(("and", "or")), compared).map(lambda parts: f"({' '.join(parts)})")
    return st.one_of(compared, between, both, compared.map(lambda each: f"(not {each})"))


FLOATS = st.recursive(st.sampled_from(("a", "b", "v", "w", "self.g", "0.0", "-0.0", "0.5", "1e200", "-0.25")), _larger_float, max_leaves=6)


def _float_statements(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    both = st.tuples(inner, inner).map(lambda parts: parts[0] + parts[1])
    branch = st.tuples(_truths(FLOATS), inner, inner).map(
        lambda each: [f"if {each[0]}:", *_indented(each[1]), "else:", *_indented(each[2])]
    )
    early = st.tuples(_truths(FLOATS), FLOATS).map(lambda each: [f"if {each[0]}:", f"    return {each[1]}"])
    return st.one_of(both, both, branch, early)


FLOAT_ASSIGNMENTS = st.tuples(st.sampled_from(("v", "w", "a")), st.sampled_from(("=", "=", "+=", "*=", "/=")), FLOATS).map(
    lambda each: [" ".join(each)]
)
FLOAT_BODIES = st.tuples(
    st.recursive(FLOAT_ASSIGNMENTS, _float_statements, max_leaves=4), FLOATS
).map(  # compiled without numba, if they can be
    lambda each: "\n".join(["v, w = 0.25, 1.0", *each[0], f"return {each[1]}"])
)
