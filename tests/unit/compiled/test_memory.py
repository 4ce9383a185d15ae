"""The compiled engine keeps no network, no plugin object and no module that it has run."""

from __future__ import annotations

import gc
import sys
import tracemalloc
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.plugins.functions import ActivationFunction
from connectionist_plugins.engines.compiled.formulas import python_fallback
from connectionist_plugins.engines.compiled.layout.program import program_of

quietly = pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
STATM = Path("/proc/self/statm")
NETWORKS = 120


@dataclass(frozen=True)
class Table(ActivationFunction):
    """It runs in Python, since its parameter is not a number."""

    table: tuple[float, ...] = (0.5,) * 10_000
    name = "table"
    range = (-1e6, 1e6)

    def activation(self, net_input: float) -> float:
        return self.table[0] * net_input

    def slope(self, net_input: float, activation: float) -> float:
        return self.table[0]


def make_net(hidden: int = 10, activation: Any = None) -> cn.Network:
    net = cn.Network("small")
    net.add_group("input", 20, role="input")
    net.add_group("hidden", hidden, activation=activation)
    net.add_group("output", 10, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


EXAMPLES = cn.ExampleSet.from_arrays(np.eye(20), np.zeros((20, 10)))


def train(**options: Any) -> Callable[[], cn.Network]:
    def run() -> cn.Network:
        net = make_net(activation=options.get("activation"))
        arguments = {name: value for name, value in options.items() if name != "activation"}
        cn.train(net, EXAMPLES, **{"rule": "momentum", "epochs": 2, **arguments})
        return net

    return run


def lesion_a_copy() -> cn.Network:
    net = make_net()
    net.outputs(EXAMPLES)
    copy = net.copy()
    copy.lesion("hidden:0")
    copy.outputs(EXAMPLES)
    copy.restore()
    cn.error_derivatives(copy, EXAMPLES)
    return copy


def settle() -> cn.Network:
    net = cn.Network("decay")
    net.add_group("input", 1, role="input")
    net.add_group("output", 3, role="output", activation="linear", biased=False)
    net.connect("input", "output", weights=1.0)
    net.connect("output", "output", pattern="one_to_one", delay=1, weights=0.5)
    cn.settle(net, [1.0], criterion=0.01)
    return net


USES = {
    "by epoch": train(),
    "by case": train(update_after=1),
    "float32": train(engine=cn.engine("compiled", precision="float32")),
    "local rule": train(rule="hebb"),
    "recorded": train(record=cn.Recorder("activation", of="hidden")),
    "stopped by a function": train(until=lambda run: run.epochs == 1),
    "formula in Python": train(activation=Table()),
    "lesioned copy": lesion_a_copy,
    "in time": settle,
}


@quietly
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_network_that_ran_is_not_kept(use: Callable[[], cn.Network]) -> None:
    network = weakref.ref(use())
    gc.collect()
    assert network() is None


def test_the_program_is_kept_until_the_network_is_rewired() -> None:
    net = make_net()
    net.outputs(EXAMPLES)
    before = program_of(net)
    net.outputs(EXAMPLES)
    assert program_of(net) is before
    net.lesion("hidden:0")
    assert program_of(net) is not before


@quietly
def test_formulas_in_python_are_not_kept() -> None:
    """Their C functions exist as long as a session or a pass uses them."""
    function = Table((0.25,) * 10_000)
    net = make_net(activation=function)
    gc.collect()
    others = len(python_fallback._callbacks)
    in_use: list[int] = []

    def count(_: cn.Run) -> bool:
        in_use.append(len(python_fallback._callbacks) - others)
        return False

    cn.train(net, EXAMPLES, rule="momentum", epochs=2, until=count)
    assert in_use == [2, 2]
    kept = weakref.ref(function)
    del function, net
    gc.collect()
    assert kept() is None
    assert len(python_fallback._callbacks) <= others


def test_other_names_of_a_formulas_module_are_not_kept() -> None:
    """A script has its networks in the module in which it defines its formulas."""
    text = (
        "from dataclasses import dataclass\nfrom connectionist.plugins.functions import ActivationFunction\n"
        "FACTOR = 0.625\n"
        "@dataclass(frozen=True)\nclass Scaled(ActivationFunction):\n    name = 'scaled'\n    range = (-1e6, 1e6)\n"
        "    def activation(self, net_input): return FACTOR * net_input\n"
        "    def slope(self, net_input, activation): return FACTOR\n"
    )
    module: Any = types.ModuleType("script_of_a_user")
    sys.modules[module.__name__] = module
    try:
        exec(text, vars(module))
        module.net = make_net(activation=module.Scaled())
        module.net.outputs(EXAMPLES)
        network = weakref.ref(module.net)
        del module.net
        gc.collect()
        assert network() is None
    finally:
        del sys.modules[module.__name__]


def run_networks(count: int) -> None:
    """Train networks of different sizes, every second one with a change of the weights after each case."""
    for number in range(count):
        net = make_net(hidden=5 + number % 40)
        cn.train(net, EXAMPLES, rule="momentum", epochs=1, update_after=1 if number % 2 else "epoch")


def resident_bytes() -> int:
    return int(STATM.read_text(encoding="ascii").split()[1]) * 4096


@pytest.mark.attack
def test_the_memory_of_python_is_flat() -> None:
    run_networks(40)
    gc.collect()
    tracemalloc.start()
    try:
        run_networks(10)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        run_networks(20)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 100_000  # a network of this test needs 300,000 bytes and more


@pytest.mark.skipif(not STATM.exists(), reason="this operating system does not report the memory in use")
@pytest.mark.attack
def test_the_memory_in_use_is_flat_after_hundreds_of_networks() -> None:
    run_networks(40)
    gc.collect()
    before = resident_bytes()
    run_networks(NETWORKS)
    gc.collect()
    assert resident_bytes() - before < 20_000_000  # 120 networks of this test need 52 MB
