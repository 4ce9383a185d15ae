"""No function over the graph calls itself for each layer: a network of 1,500 layers is handled as one of 3 is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

import connectionist as cn
from connectionist import plots

LAYERS = 1500  # more than Python's limit of recursion
DRAWN = 299  # the largest number of groups that is drawn


def chain(layers: int, delay: int = 0) -> cn.Network:
    """Return layers of one unit, each connected to the next; every second connection has the given delay."""
    network = cn.Network("deep")
    network.add_group("g0", 1, role="input")
    for number in range(1, layers):
        role = "output" if number == layers - 1 else "hidden"
        network.add_group(f"g{number}", 1, role=role, biased=False)
        network.connect(f"g{number - 1}", f"g{number}", delay=delay * (number % 2))
    network.randomize(0.5, seed=1)
    return network


@pytest.fixture(scope="module")
def deep() -> cn.Network:
    network = chain(LAYERS)
    network.forward([1.0])
    network.backward([0.0])
    return network


def close_loop(network: cn.Network) -> None:
    with pytest.raises(cn.errors.LoopError):
        network.connect(f"g{LAYERS - 1}", "g1")


USES: dict[str, Callable[[cn.Network], object]] = {
    "network": lambda network: network._repr_html_(),
    "group": lambda network: network["g7"]._repr_html_(),
    "unit": lambda network: network.unit("g7:0")._repr_html_(),
    "explain": lambda network: [str(network.unit(f"g{number}:0").explain()) for number in (0, 7, LAYERS - 1)],
    "explain connection": lambda network: str(network.connection("g7:0", "g8:0").explain()),
    "drawing": plots.network_drawing,
    "copy": lambda network: network.copy(),
    "deepcopy": copy.deepcopy,
    "loop": close_loop,
    "lesion": lambda network: network.copy().lesion("g7"),
    "train": lambda network: cn.train(network.copy(), cn.ExampleSet.from_arrays([[1]], [[0]]), cn.rule("momentum"), 2, engine="local"),
}


@pytest.mark.parametrize("name", USES)
def test_a_deep_network(deep: cn.Network, name: str) -> None:
    USES[name](deep)


def test_a_deep_network_in_time() -> None:
    network = chain(1100, delay=1)
    network.forward([[1.0], [0.0]])
    assert network._repr_html_()
    assert str(network.unit("g7:0").explain())
    assert network.unroll(2)._repr_html_()


@pytest.mark.slow
def test_a_drawn_chain() -> None:
    assert chain(DRAWN)._repr_html_()


def test_weights_of_a_deep_network(deep: cn.Network, tmp_path: Path) -> None:
    cn.save_weights(deep, tmp_path / "w.npz")
    cn.load_weights(deep, tmp_path / "w.npz")
