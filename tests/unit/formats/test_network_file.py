"""Files of networks: plugins that are missing, and files that cannot be read. What is stored: tests/unit/model/test_description.py."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FileError, ParameterError, PluginError
from connectionist.model.assembly.description import array_kinds
from connectionist.plugins import registry

GAUSS = """
    import math
    from dataclasses import dataclass
    import connectionist as cn

    @dataclass(frozen=True)
    class Gauss(cn.ActivationFunction):
        width: float = cn.parameter(1.0, above=0)
        name = "gauss"
        range = (0.0, 1.0)

        def activation(self, net_input):
            return math.exp(-net_input * net_input / self.width)

        def slope(self, net_input, activation):
            return -2.0 * net_input / self.width * activation

    @cn.hookimpl
    def activation_functions():
        return [Gauss]
"""


@pytest.mark.usefixtures("own_registry")
def test_a_missing_plugin_is_named(plugin_file: Callable[[str, str], Path], tmp_path: Path) -> None:
    registry.load([plugin_file("gauss.py", GAUSS)])
    net = cn.Network("bumps")
    net.add_group("hidden", 2, activation=cn.activation_function("gauss", width=0.5))
    cn.save_network(net, tmp_path / "net.npz")
    pickled = pickle.dumps([net, cn.activation_function("gauss", width=0.25)])
    assert cn.load_network(tmp_path / "net.npz")["hidden"].activation_function == cn.activation_function("gauss", width=0.5)
    assert pickle.loads(pickled)[1].width == 0.25
    registry.load()
    with pytest.raises(
        PluginError, match=r"network file '.*net.npz': needs the activation function 'gauss' of the plugin gauss \(gauss.py\), wh"
    ):
        cn.load_network(tmp_path / "net.npz")
    with pytest.raises(PluginError, match="pickle: needs the activation function 'gauss'"):
        pickle.loads(pickled)
    registry.load([plugin_file("gauss.py", GAUSS.replace("width", "breadth"))])
    with pytest.raises(PluginError, match=r"needs the activation function 'gauss' .*; the installed one differs: .*'width'|differs.*width"):
        cn.load_network(tmp_path / "net.npz")


def test_numpy_alone_reads_it(net: cn.Network, tmp_path: Path) -> None:
    cn.save_network(net, tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        described = json.loads(str(file["description"]))
        values = file["weight.value"][file["connection.weight"]]
    assert values.tolist() == [connection.weight.value for connection in net.connections]
    assert [group["name"] for group in described["groups"]] == ["input", "hidden", "output"]
    assert described["functions"][0][1]["plugin"].startswith("logistic (connectionist-simulator ")


def test_other_files_are_rejected(net: cn.Network, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"network file 'net.txt': its name must end in .npz"):
        cn.save_network(net, "net.txt")
    with pytest.raises(ParameterError, match=r"load_network.path: must be the name of a file"):
        cn.load_network(3)  # type: ignore[arg-type]
    cn.save_weights(net, tmp_path / "weights.npz")
    with pytest.raises(FileError, match=r"must be of format 'connectionist network 1', .* .got 'connectionist weights 1'"):
        cn.load_network(tmp_path / "weights.npz")
    with pytest.raises(FileError, match="No such file"):
        cn.load_network(tmp_path / "none.npz")
    cn.save_network(net, tmp_path / "net.npz")
    content = (tmp_path / "net.npz").read_bytes()
    (tmp_path / "net.npz").write_bytes(content[:-200])
    with pytest.raises(FileError, match="cannot be read"):
        cn.load_network(tmp_path / "net.npz")


def test_a_small_file_of_zeros_does_not_fill_the_memory(net: cn.Network, tmp_path: Path) -> None:
    cn.save_network(net, tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz") as file:
        arrays = dict(file)
    np.savez_compressed(tmp_path / "net.npz", **{**arrays, "unit.activation": np.zeros(10**7)})
    with pytest.raises(FileError, match=r"its arrays have 80\d+ bytes; at most \d+ are expected"):
        cn.load_network(tmp_path / "net.npz")


def test_results_and_their_recordings_can_be_pickled_and_copied() -> None:
    result = cn.run("xor", seed=1, epochs=20, engine="local", record=cn.Recorder("activation", of="hidden"))
    for again in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        assert again.report == result.report
        assert again.log.equals(result.log)
        assert again.task == result.task
        assert again.run.recording.dataset.identical(result.run.recording.dataset)
        assert again.network is again.run.network is not result.network
        assert again.network.weight_values.tolist() == result.network.weight_values.tolist()
        assert again.task.findings(again.network, again.run) == result.task.findings(result.network, result.run)


@pytest.mark.parametrize("name", array_kinds())
def test_arrays_of_another_shape_are_errors(net: cn.Network, tmp_path: Path, name: str) -> None:
    cn.save_network(net, tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz") as file:
        arrays = dict(file)
    np.savez(tmp_path / "net.npz", **{**arrays, name: arrays[name][..., np.newaxis]})
    with pytest.raises(FileError, match=re.escape(f"is not that of a network ({name} is an array of shape")):
        cn.load_network(tmp_path / "net.npz")
