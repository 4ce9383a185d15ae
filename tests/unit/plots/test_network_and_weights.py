"""Figures of whole networks: drawing, error surface, and response of a unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import connectionist as cn
from connectionist.model.group_rows import row_numbers
from connectionist.plots import error_surface, network_drawing, response
from connectionist.plots.network._sketch import Sketch


def names(labels: Any) -> list[str]:
    return [label.get_text() for label in labels]


def drawn(axes: Any) -> Any:
    axes.get_figure(root=True).canvas.draw()
    return axes


def circles(axes: Any) -> list[Any]:
    return [patch for patch in axes.patches if type(patch).__name__ == "Circle"]


def squares(axes: Any) -> list[Any]:
    return [patch for patch in axes.patches if type(patch).__name__ == "Rectangle"]


def lines_of(axes: Any) -> list[tuple[str, float, str]]:
    """Return colour, width and style of each line."""
    from matplotlib.colors import to_hex

    found = []
    for collection in axes.collections:
        style = "solid" if collection.get_linestyles()[0][1] is None else f"dashes of {collection.get_linestyles()[0][1][0] > 2}"
        for colour, width in zip(collection.get_edgecolors(), collection.get_linewidths(), strict=True):
            found.append((to_hex(colour), float(width), style))
    return found


def echo() -> cn.Network:
    """Return a network with recurrent hidden units and a context group that copies the output."""
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    cn.add_context(net, "output")
    net.connect("context", "hidden")
    net.randomize(0.5, seed=1)
    return net


def test_every_unit_is_a_circle_and_every_connection_a_line(net: cn.Network) -> None:
    axes = drawn(network_drawing(net))
    assert len(circles(axes)) == 5
    assert len(lines_of(axes)) == 8
    assert len(squares(axes)) == 3  # the biases
    assert "hidden" in names(axes.texts)


def test_lines_show_sign_and_size(net: cn.Network) -> None:
    net.weight_values = np.zeros(len(net.weights))
    net.connection("input:0", "hidden:0").weight.value = 2.0
    net.connection("input:1", "hidden:0").weight.value = -1.0
    *rest, small, large = lines_of(network_drawing(net))
    assert (large[0], small[0]) == ("#1a1a1a", "#e06000")
    assert (large[1] - 0.15) == pytest.approx(2 * (small[1] - 0.15))
    assert {width for _, width, _ in rest} == {0.15}


def test_connections_that_skip_a_narrow_group_bend_around_its_units() -> None:
    net = cn.Network("direct")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 1)
    net.add_group("output", 1, role="output")
    for sender, receiver in (("input", "hidden"), ("hidden", "output"), ("input", "output")):
        net.connect(sender, receiver)
    sketch = Sketch(net, 200)
    for unit in net["input"]:
        *_, (curve, _) = sketch.paths[net.connection(unit, "output:0")].iter_bezier()
        way = np.array([curve(t) for t in np.linspace(0, 1, 50)])
        assert np.hypot(*(way - sketch.positions[net.unit("hidden:0")]).T).min() > sketch.radius


def test_groups_are_rows_from_input_to_output(net: cn.Network) -> None:
    axes = network_drawing(net)
    heights = [round(circle.center[1], 6) for circle in circles(axes)]
    assert heights[0] == heights[1] < heights[2] == heights[3] < heights[4]


def test_context_units_are_in_the_row_of_the_inputs() -> None:
    assert row_numbers(echo()) == {"input": 0, "hidden": 1, "output": 2, "context": 0}


def test_a_network_in_which_every_connection_has_a_delay_has_rows() -> None:
    net = cn.Network("iterative")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    for sender, receiver in (("output", "hidden"), ("input", "hidden"), ("hidden", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver, delay=1)
    assert row_numbers(net) == {"input": 0, "hidden": 1, "output": 2}


@pytest.mark.parametrize("names", [["hub", "sound", "sight"], ["sound", "sight", "hub"]])
def test_spokes_are_above_their_hub(names: list[str]) -> None:
    net = cn.Network("hub and spokes")
    for name in names:
        net.add_group(name, 2, role="hidden" if name == "hub" else "output")
    for name in ("sound", "sight"):
        net.connect(name, "hub", delay=1)
        net.connect("hub", name, delay=1)
    assert row_numbers(net) == {"hub": 0, "sound": 1, "sight": 1}
    assert row_numbers(net.unroll(2)) == row_numbers(net)


def test_connections_with_delay_are_dashed_and_loops_are_visible() -> None:
    axes = drawn(network_drawing(echo()))
    solid, dashed = axes.collections
    assert len(solid.get_paths()) == 6
    assert len(dashed.get_paths()) == 5
    loops = [path for path in dashed.get_paths() if len(path.vertices) == 4]
    assert len(loops) == 2
    across = 2 * circles(axes)[0].radius
    assert all(np.ptp(path.vertices, axis=0).min() > across for path in loops)
    assert "with delay" in names(axes.get_legend().get_texts())


def test_all_lines_are_within_the_axes() -> None:
    axes = drawn(network_drawing(echo()))
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for collection in axes.collections:
        for path in collection.get_paths():
            box = path.get_extents()
            assert left <= box.x0
            assert box.x1 <= right
            assert bottom <= box.y0
            assert box.y1 <= top


def test_an_unrolled_network_has_a_column_for_each_tick() -> None:
    net = echo().unroll(3)
    axes = drawn(network_drawing(net))
    found = dict(zip([unit.name for group in net.groups for unit in group], [circle.center for circle in circles(axes)], strict=True))
    columns = [found[f"hidden:0@{tick}"][0] for tick in (0, 1, 2, 3)]
    assert columns == sorted(columns)
    assert np.diff(columns) == pytest.approx([columns[1] - columns[0]] * 3)
    assert found["input:0@1"][1] < found["hidden:0@1"][1] == found["hidden:0@3"][1]
    assert [name for name in names(axes.texts) if name.startswith("tick")] == ["tick 1", "tick 2", "tick 3"]
    assert "initial" in names(axes.texts)


def test_more_active_units_are_darker(net: cn.Network) -> None:
    net.forward([0, 1])
    shades = [circle.get_facecolor()[0] for circle in circles(network_drawing(net))]
    assert shades[0] == 1.0
    assert shades[1] < shades[2] < 1.0


def test_long_labels_are_vertical_and_short_ones_are_inside_the_units() -> None:
    net = cn.Network("named")
    net.add_group("word", ["a", "b"], role="input")
    net.add_group("feature", ["animate", "edible"])
    net.add_group("person", ["Christopher", "Penelope"], role="output")
    net.connect("word", "feature")
    axes = drawn(network_drawing(net))
    found = {text.get_text(): text for text in axes.texts}
    assert [found[name].get_rotation() for name in ("a", "animate", "Christopher")] == [0, 0, 90]
    assert found["a"].get_position() == circles(axes)[0].center
    assert found["Christopher"].get_position()[1] > circles(axes)[4].center[1] + circles(axes)[4].radius


def test_lesions_are_shown(net: cn.Network) -> None:
    whole = drawn(network_drawing(net))
    net.lesion("hidden:0", net.connection("input:0", "hidden:1"))
    axes = drawn(network_drawing(net))
    assert len(lines_of(axes)) == len(lines_of(whole))
    assert len([line for line in lines_of(axes) if line[0] == "#bfbfbf"]) == 4
    assert len(squares(axes)) == len(squares(whole)) - 1
    assert len(axes.lines) == 2  # the cross
    assert {"lesioned", "lesioned unit"} <= set(names(axes.get_legend().get_texts()))


def test_lesioned_weights_do_not_count_for_the_scale_of_a_drawing(net: cn.Network) -> None:
    net.connection("input:0", "hidden:1").weight.value = 50.0
    net.lesion(net.connection("input:0", "hidden:1"))
    assert "largest |w| 50" not in network_drawing(net).get_title(loc="left")


def large() -> cn.Network:
    net = cn.Network("large")
    net.add_group("input", 105, role="input")
    net.add_group("hidden", 100)
    net.add_group("output", 61, role="output")
    net.connect("input", "hidden", weights=0.5)
    net.connect("hidden", "output", weights=-0.25)
    return net


def test_a_large_network_is_drawn_in_outline() -> None:
    net = large()
    net.lesion("hidden:0")
    axes = drawn(network_drawing(net))
    assert not circles(axes)
    texts = names(axes.texts)
    assert any(text.startswith("hidden\n100 units, 1 lesioned") for text in texts)
    assert "0.5, 105 of 10,500 lesioned" in texts
    assert "0.25, 61 of 6,100 lesioned" in texts
    assert f"{len(net.connections):,} connections" in axes.get_title(loc="left")


def test_the_strongest_connections_of_each_projection_are_drawn_and_the_title_counts_the_others() -> None:
    net = cn.Network("wide")
    for name, size, role in (("input", 30, "input"), ("hidden", 10, "hidden"), ("output", 10, "output")):
        net.add_group(name, size, role=role)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    axes: Any = network_drawing(net)
    assert axes.get_title(loc="left").endswith(", the strongest 200 of 400 connections, 200 left out)")
    sketch = Sketch(net, 200)
    for projection, count in ((net.projection("input", "hidden"), 150), (net.projection("hidden", "output"), 50)):
        drawn = [abs(each.weight.value) for each in projection if each in sketch.paths]
        hidden = [abs(each.weight.value) for each in projection if each not in sketch.paths]
        assert len(drawn) == count
        assert min(drawn) >= max(hidden)
    assert "left out" not in network_drawing(net, strongest=400).get_title(loc="left")
    with pytest.raises(cn.errors.ParameterError, match=r"network_drawing\.strongest: must be a whole number of at least 1"):
        network_drawing(net, strongest=0)


def test_arrows_of_an_outline_go_around_boxes() -> None:
    net = cn.Network("skips")
    for name, role in (("input", "input"), ("hidden", "hidden"), ("output", "output")):
        net.add_group(name, 60, role=role)
    for ends in (("input", "hidden"), ("hidden", "output"), ("input", "output")):
        net.connect(*ends, weights=0.5)
    axes: Any = network_drawing(net)
    boxes = [patch.get_window_extent() for patch in axes.patches if hasattr(patch, "get_boxstyle")]
    texts = [text.get_window_extent() for text in axes.texts if text.get_text() == "0.5"]
    assert (len(boxes), len(texts)) == (3, 3)
    assert not any(box.overlaps(text) for box in boxes for text in texts)


def test_the_mean_weight_of_an_outline_is_that_of_intact_connections() -> None:
    net = large()
    lesioned = [net.connection(f"input:{number}", "hidden:0") for number in range(100)]
    for connection in lesioned:
        connection.weight.value = 1000.0
    net.lesion(*lesioned)
    texts = names(network_drawing(net).texts)
    assert "0.5, 100 of 10,500 lesioned" in texts


def test_a_large_recurrent_network_is_drawn_in_outline_folded_and_unrolled() -> None:
    net = large()
    cn.add_context(net, "hidden")
    net.connect("context", "hidden")
    net.connect("hidden", "hidden", delay=2)
    axes = drawn(network_drawing(net))
    assert "1\ndelay 1" in names(axes.texts)
    assert "0\ndelay 2" in names(axes.texts)
    unrolled = drawn(network_drawing(net.unroll(2)))
    assert "tick 2" in names(unrolled.texts)
    assert max(unrolled.get_figure(root=True).get_size_inches()) <= 24.001


@pytest.mark.parametrize("ticks", [1, 30])
def test_no_drawing_is_too_large(ticks: int) -> None:
    figure = drawn(network_drawing(echo().unroll(ticks))).get_figure(root=True)
    assert max(figure.get_size_inches()) <= 24.001


def test_a_network_of_one_unit_is_drawn() -> None:
    net = cn.Network("one")
    with pytest.raises(cn.ConnectionistError, match="one has no groups yet"):
        network_drawing(net)
    net.add_group("input", 1, role="input")
    assert len(circles(drawn(network_drawing(net)))) == 1
    with pytest.raises(cn.ConnectionistError, match="must be a Network"):
        network_drawing("xor")  # type: ignore[arg-type]


FIRST, SECOND = "input:0 → hidden:0", "input:1 -> hidden:0"


def test_the_surface_is_the_error_at_each_pair_of_weights(net: cn.Network, xor: cn.ExampleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectionist.plots.weights import error_surface as module

    seen: dict[str, Any] = {}
    monkeypatch.setattr(module, "_draw_surface", lambda axes, across, up, errors: seen.update(across=across, up=up, errors=errors))
    error_surface(net, xor, FIRST, SECOND, span=((-1, 1), (0, 2)), resolution=3)
    assert seen["across"].tolist() == [-1, 0, 1]
    assert seen["up"].tolist() == [0, 1, 2]
    for row, high in enumerate((0, 1, 2)):
        for column, far in enumerate((-1, 0, 1)):
            net.connection("input:0", "hidden:0").weight.value = far
            net.connection("input:1", "hidden:0").weight.value = high
            assert seen["errors"][row, column] == pytest.approx(cn.error_derivatives(net, xor)[0], rel=1e-12)


def test_the_network_does_not_change(net: cn.Network, xor: cn.ExampleSet) -> None:
    net.lesion("hidden:1")
    net.forward([0, 1])
    net.backward([1])
    before = {name: net.state.array(name).copy() for name in net.state.quantities}
    weights = {name: net.weight_state.array(name).copy() for name in net.weight_state.quantities}
    drawn(error_surface(net, xor, FIRST, SECOND, resolution=3))
    drawn(response(net, "hidden:0", examples=xor, resolution=3))
    assert all(np.array_equal(net.state.array(name), before[name], equal_nan=True) for name in before)
    assert all(np.array_equal(net.weight_state.array(name), weights[name]) for name in weights)
    assert net.backward([1]) > 0  # the forward pass is still valid


def test_the_path_is_drawn_with_its_ends(net: cn.Network, xor: cn.ExampleSet) -> None:
    path = [[0.0, 0.0], [1.0, 0.5], [2.0, 2.0]]
    axes: Any = drawn(error_surface(net, xor, FIRST, SECOND, path=path, resolution=4))
    _, way, start, end = axes.lines
    assert way.get_xydata().tolist() == path
    assert (start.get_xydata().tolist(), end.get_xydata().tolist()) == ([path[0]], [path[-1]])
    assert axes.get_xlim()[0] < 0
    assert axes.get_xlim()[1] > 2
    assert axes.get_xlabel() == "weight input:0 → hidden:0"


def test_the_path_of_a_recording_is_taken_by_name(net: cn.Network, xor: cn.ExampleSet) -> None:
    recorded = xr.DataArray(
        [[9.0, 1.0, 2.0], [9.0, 3.0, 4.0]],
        dims=("epoch", "connection"),
        coords={"connection": ["input:0 → output:0", "input:1 → hidden:0", "input:0 → hidden:0"]},
    )
    axes: Any = error_surface(net, xor, FIRST, SECOND, path=recorded, resolution=2)
    assert axes.lines[1].get_xydata().tolist() == [[2.0, 1.0], [4.0, 3.0]]
    turned: Any = error_surface(net, xor, SECOND, FIRST, path=recorded, resolution=2)
    assert turned.lines[1].get_xydata().tolist() == [[1.0, 2.0], [3.0, 4.0]]
    with pytest.raises(cn.ConnectionistError, match="unknown connection of the path 'input:1 → hidden:1'"):
        error_surface(net, xor, FIRST, ("input:1", "hidden:1"), path=recorded)


def test_a_recording_is_a_path_of_delayed_connections_too() -> None:
    net = cn.Network("echo")
    for name, role in (("input", "input"), ("hidden", "hidden"), ("output", "output")):
        net.add_group(name, 2, role=role)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet([cn.Example.sequence([[1, 0], [0, 1]], {2: [1, 0]}, name="one")])
    recorder = cn.Recorder(["weight", "derivative"], of="hidden → hidden")
    recording = cn.train(net, examples, rule=cn.rule("steepest", rate=0.5), epochs=5, record=recorder).recording
    name = "hidden:0 → hidden:1 with delay 1"
    axes: Any = error_surface(net, examples, name, ("hidden:1", "hidden:0"), path=recording, resolution=2)
    assert axes.get_xlabel() == f"weight {name}"
    assert axes.get_ylabel() == "weight hidden:1 → hidden:0 with delay 1"
    assert axes.lines[1].get_xdata().tolist() == recording["weight"].sel(connection=name).values.tolist()


def test_weights_can_be_named_in_any_way(net: cn.Network, xor: cn.ExampleSet) -> None:
    connection = net.connection("bias", "hidden:0")
    labels = [
        error_surface(net, xor, given, ("input:1", "hidden:0"), resolution=2).get_xlabel()
        for given in ("bias → hidden:0", connection, connection.weight, ("bias", "hidden:0"))
    ]
    assert labels == ["weight bias → hidden:0"] * 4


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"second": FIRST}, "share one"),
        (
            {"second": "hidden"},
            "must be one connection .got 'hidden', which means bias → hidden:0, input:0 → hidden:0, input:1 → hidden:0, …",
        ),
        ({"second": "input:1 → hiden:0"}, "'hiden:0'; did you mean 'hidden:0'"),
        ({"second": 3}, "must be a connection, its weight, its name"),
        ({"resolution": 1}, "resolution: must be a whole number of at least 2"),
        ({"span": 0}, "span: must be a number above 0"),
        ({"span": ((1, 0), (0, 1))}, "each low must be below its high"),
        ({"span": "wide"}, "must be a number, or"),
        ({"path": [[1.0]]}, r"path: must be of shape \[epoch, 2\]"),
        ({"path": np.zeros((0, 2))}, r"path: must be of shape \[epoch, 2\]"),
        ({"path": [[np.nan, 1.0]]}, "path: must be finite"),
        ({"path": xr.DataArray([1.0], dims=("epoch",))}, r"path: must be \[epoch, connection\] .got \[epoch 1\]"),
    ],
)
def test_wrong_arguments_of_error_surface_are_errors(net: cn.Network, xor: cn.ExampleSet, how: Any, message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        error_surface(net, xor, **{"first": FIRST, "second": SECOND, "resolution": 2, **how})


def test_a_weight_of_another_network_is_an_error(net: cn.Network, xor: cn.ExampleSet) -> None:
    with pytest.raises(cn.ConnectionistError, match="belongs to another network"):
        error_surface(net, xor, net.copy().connections[0], SECOND)


def test_a_constant_error_is_written_as_text(net: cn.Network, xor: cn.ExampleSet) -> None:
    first, second = net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:0")
    net.lesion("hidden:0")
    axes = drawn(error_surface(net, xor, first, second, resolution=3))
    assert any(" everywhere" in text for text in names(axes.texts))


def test_surfaces_of_networks_in_time() -> None:
    net = echo()
    examples = cn.ExampleSet([cn.Example.sequence([[1.0], [0.0]], {2: [1.0]})])
    axes = drawn(error_surface(net, examples, "hidden:0 → hidden:1", "hidden:1 → hidden:1", resolution=3))
    assert axes.get_ylabel() == "weight hidden:1 → hidden:1 with delay 1"


def test_a_response_is_the_units_activation_at_each_point(net: cn.Network) -> None:
    axes: Any = drawn(response(net, "hidden:1", span=(0, 1), resolution=2))
    table = axes.images[0].get_array()
    for row, high in enumerate((0, 1)):
        for column, far in enumerate((0, 1)):
            net.forward([far, high])
            assert table[row, column] == pytest.approx(net.unit("hidden:1").activation)
    turned: Any = response(net, net.unit("hidden:1"), inputs=("input:1", "input:0"), span=(0, 1), resolution=2)
    assert np.allclose(turned.images[0].get_array(), table.T)


def test_examples_are_dots_by_their_target(net: cn.Network, xor: cn.ExampleSet) -> None:
    axes: Any = drawn(response(net, "output:0", examples=xor, resolution=3))
    dots = axes.collections[-1]
    assert dots.get_offsets().tolist() == xor.inputs.tolist()
    assert dots.get_facecolors()[:, 0].tolist() == [1.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"unit": "hiden:0"}, "unknown group of xor 'hiden'"),
        ({"unit": "input:0"}, "must be a unit that is not clamped .got input:0"),
        ({"inputs": 3}, r"must be two input units of xor, which has input:0, input:1 \(got 3\)"),
        ({"inputs": ("input:0",)}, "must be two input units"),
        ({"inputs": ("input:0", "hidden:0")}, "unknown input unit of xor 'hidden:0'"),
        ({"span": (1, 0)}, "low must be below high"),
        ({"span": 3}, "must be two numbers"),
        ({"resolution": 0}, "resolution: must be a whole number"),
    ],
)
def test_wrong_arguments_of_response_are_errors(net: cn.Network, how: Any, message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        response(net, **{"unit": "hidden:0", **how})


def test_networks_in_time_have_no_response() -> None:
    with pytest.raises(cn.ConnectionistError, match="does not run in time"):
        response(echo(), "hidden:0")
