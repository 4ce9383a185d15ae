"""Lesion studies: damage, measurements, the random streams of draws, and recovery."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import floor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.cli.main import main
from connectionist.data.accuracy import correct_cases
from connectionist.errors import DataError, DivergenceError, ParameterError, UnknownNameError
from connectionist.experiments.lesion_study.damage import add_noise, add_relative_noise, lesion_connections, lesion_units, weaken
from connectionist.experiments.lesion_study.damaged_parts import intact_connections, intact_units, part_names
from connectionist.experiments.study import make_runs, scheduler
from connectionist.experiments.study.executors import WorkerProcesses, processors
from connectionist.plugins.rules import SearchRule
from connectionist.utils.random_streams import random_stream

KEYS = ["subject", "severity", "draw", "epoch"]


def wide(hidden: int = 20) -> cn.Network:
    net = cn.Network("wide")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", hidden)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=3)
    return net


def lesioned(net: cn.Network) -> tuple[str, ...]:
    return (*(unit.name for unit in net.units if unit.lesioned), *(connection.name for connection in net.lesioned_connections))


def watched(net: cn.Network, xor: cn.ExampleSet, **options: Any) -> tuple[Any, list[tuple[str, ...]]]:
    """Return a study and the names of the lesioned parts at each measurement."""
    out: list[tuple[str, ...]] = []

    def note(copy: cn.Network) -> float:
        out.append(lesioned(copy))
        return len(out)

    return cn.lesion_study(net, xor, measure=note, **options), out


def test_what_is_measured_is_that_of_the_copy_lesioned_by_hand(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    study, out = watched(net, xor, severities=(0, 0.5), draws=3, engine=engine)
    assert [*study.table.columns] == [*KEYS, "damaged", "error", "correct", "note"]
    assert study.table["damaged"].tolist() == [0, 0, 0, 1, 1, 1]
    for number, names in enumerate(out):
        by_hand = net.copy()
        by_hand.lesion(*names)
        assert study.table["error"][number] == cn.error_derivatives(by_hand, xor, engine)[0]
        correct = correct_cases(by_hand.outputs(xor, engine), xor.targets, 0.5)
        assert study.table["correct"][number] == correct.mean()
        assert study.by_case["correct"].tolist()[4 * number : 4 * number + 4] == correct.tolist()
    assert [*study.by_case.columns] == [*KEYS, "case", "correct"]
    assert study.by_case["case"].tolist() == ["0", "1", "2", "3"] * 6
    assert set(out[3:]) == {("hidden:0",), ("hidden:1",)}


def test_the_network_given_is_not_changed(net: cn.Network, xor: cn.ExampleSet) -> None:
    net.lesion("hidden:0")
    before, connections = net.weight_values, net.connections
    for damage in ("units", "connections", "noise", "relative_noise", "weakening"):
        cn.lesion_study(net, xor, damage=damage, draws=2, recovery=cn.Phase(cn.rule("steepest"), 3))
    assert (net.weight_values == before).all()
    assert net.connections == connections
    assert lesioned(net) == ("hidden:0",)


def test_neither_severities_nor_draws_nor_subjects_move_other_draws(net: cn.Network, xor: cn.ExampleSet) -> None:
    options: dict[str, Any] = {"damage": "noise", "recovery": cn.Phase(cn.rule("momentum"), 6, order="permuted", update_after=1)}

    def rows(study: cn.LesionStudy) -> dict[tuple[Any, ...], float]:
        return dict(zip(study.table[KEYS].itertuples(index=False, name=None), study.table["error"], strict=True))

    few = rows(cn.lesion_study([net], xor, severities=(0.3, 1.0), draws=2, at_epochs=[6], **options))
    assert len(set(few.values())) == len(few) == 8
    many = rows(cn.lesion_study([net, wide()], xor, severities=(1.0, 0.5, 0.3), draws=4, at_epochs=[1, 2, 6], **options))
    assert few.items() <= many.items()
    other_seed = rows(cn.lesion_study([net], xor, severities=(0.3, 1.0), draws=2, at_epochs=[6], seed=1, **options))
    assert not set(other_seed.values()) & set(few.values())
    copies = cn.lesion_study([net, net.copy()], xor, severities=0.3, damage="noise", draws=2)
    assert copies.table["error"].nunique() == 4


def test_other_names_for_the_same_move_no_draw(xor: cn.ExampleSet) -> None:
    def errors(trained: Any, subject: int = 0, **options: Any) -> list[float]:
        table = cn.lesion_study(trained, xor, severities=0.5, draws=3, **options).table
        return [float(error) for error in table["error"][3 * subject : 3 * subject + 3]]

    net, other = wide(), wide(5)
    for damage in ("units", "connections", "noise"):
        alone = errors(net, damage=damage)
        assert alone == errors([net, other], damage=damage) == errors({"mine": net}, damage=damage), damage
        assert errors([other, net], 1, damage=damage) != alone
        assert alone == errors(SimpleNamespace(network=net, seed=4), damage=damage)
    ways: list[Any] = ["input→hidden", "input -> hidden", net.projection("input", "hidden"), ["input:1 → hidden", "input:0 → hidden"]]
    for damage in ("connections", "noise"):
        assert len({tuple(errors(net, of=of, damage=damage)) for of in ways}) == 1, damage
        assert errors(net, of=["hidden → output", "input → hidden"], damage=damage) == errors(net, damage=damage)
    assert errors(net) == errors(net, of="hidden") == errors(net, of=net["hidden"]) == errors(net, of=net["hidden"].units[::-1])

    def one(copy: cn.Network, severity: float, generator: np.random.Generator) -> None:
        copy.weights[0].value += severity * generator.random()

    under_another_name = partial(one)
    assert errors(net, damage=one) == errors(net, damage=under_another_name)


def test_progressive_damage_includes_what_less_damage_did(xor: cn.ExampleSet) -> None:
    severities = (0.6, 0.2, 0.4)
    for damage in ("units", "connections"):
        _, out = watched(wide(), xor, damage=damage, severities=severities, draws=2, progressive=True)
        for draw in range(2):
            most, least, middle = (set(out[2 * place + draw]) for place in range(3))
            assert least < middle < most, damage
        assert set(out[0]) != set(out[1])
    _, out = watched(wide(), xor, severities=severities, draws=1)
    assert not set(out[1]) < set(out[2]) < set(out[0])  # independent by default; true for this seed


@given(st.floats(0, 1), st.integers(0, 50))
def test_so_many_are_taken_out_as_said(fraction: float, seed: int) -> None:
    net = wide()
    count = floor(fraction * 20 + 0.5)
    assert lesion_units(net, intact_units(net, ("hidden",)), fraction, random_stream(seed, "")) == count == len(lesioned(net))
    assert all(name.startswith("hidden:") for name in lesioned(net))
    net = wide()
    count = floor(fraction * 40 + 0.5)
    assert (
        lesion_connections(net, intact_connections(net, ("input → hidden",)), fraction, random_stream(seed, ""))
        == count
        == len(lesioned(net))
    )
    assert all(name.startswith("input:") for name in lesioned(net))


def test_every_unit_is_taken_out_as_often_as_every_other(xor: cn.ExampleSet) -> None:
    times = dict.fromkeys(range(5), 0)
    for seed in range(500):
        net = wide(5)
        lesion_units(net, intact_units(net, None), 0.4, random_stream(seed, "units"))
        for name in lesioned(net):
            times[int(name.split(":")[1])] += 1
    assert min(times.values()) > 200 - 4 * (500 * 0.4 * 0.6) ** 0.5
    assert max(times.values()) < 200 + 4 * (500 * 0.4 * 0.6) ** 0.5


def test_noise_has_the_standard_deviation_asked_for() -> None:
    for damage, scale in ((add_noise, 1.0), (add_relative_noise, None)):
        net = wide(1000)
        before = net.weight_values
        names = [connection.name for connection in net.connections]
        damaged = np.array(["bias" not in name for name in names])
        assert damage(net, intact_connections(net, None), 0.3, random_stream(1, "")) == damaged.sum() == 3000
        change = net.weight_values - before
        assert (change[~damaged] == 0).all()
        expected = 0.3 * (before[damaged].std() if scale is None else scale)
        assert change[damaged].std() == pytest.approx(expected, rel=0.06)
        assert change[damaged].mean() == pytest.approx(0, abs=4 * expected / 3000**0.5)


def test_tied_weights_are_changed_once_and_frozen_ones_only_by_name() -> None:
    net = wide(2)
    shared = net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")])
    frozen = net.connection("hidden:0", "output:0").weight
    frozen.trainable = False
    before = shared.value, frozen.value
    assert weaken(net, intact_connections(net, None), 0.25, random_stream(0, "")) == 4
    assert (shared.value, frozen.value) == (0.75 * before[0], before[1])
    assert weaken(net, intact_connections(net, ("hidden → output",)), 1.0, random_stream(0, "")) == 2
    assert frozen.value == 0


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("input → hidden", 4),
        ("input -> hidden", 4),
        ("bias → hidden", 2),
        ("bias → hidden:1", 1),
        ("hidden:1", 2),
        ("output", 2),
        (["output", "hidden → output", "hidden:0"], 4),
        ("input:0 → hidden:1", 1),
    ],
)
def test_connections_are_found_by_name(of: Any, expected: int) -> None:
    assert len(intact_connections(wide(2), part_names(of))) == expected


def test_parts_may_be_objects_and_what_is_out_is_not_damaged_again() -> None:
    net = wide(3)
    assert part_names([net["hidden"], net.unit("output:0"), net.projections[0], net.connections[0]]) == (
        "hidden",
        "output:0",
        net.projections[0].name,
        net.connections[0].name,
    )
    net.lesion("hidden:1")
    assert [unit.name for unit in intact_units(net, None)] == ["hidden:0", "hidden:2"]
    assert [unit.name for unit in intact_units(net, ("output", "hidden:0", "hidden"))] == ["hidden:0", "hidden:2", "output:0"]
    assert len(intact_connections(net, None)) == 6


def by_hand(net: cn.Network, names: tuple[str, ...], examples: cn.ExampleSet, phases: list[cn.Phase], engine: str) -> float:
    copy = net.copy()
    copy.lesion(*names)
    cn.train(copy, examples, phases=phases, engine=engine)
    return cn.error_derivatives(copy, examples, engine)[0]


def test_recovery_is_training_as_if_nobody_looked(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    phases = [cn.Phase(cn.rule("momentum", rate=0.5), 7), cn.Phase(cn.rule("momentum", rate=0.1), 5, update_after=2)]
    study, out = watched(net, xor, severities=(0.5,), draws=2, recovery=phases, at_epochs=(3, 7, 8, 12), engine=engine)
    assert study.table["epoch"].tolist() == [0, 3, 7, 8, 12] * 2
    for draw in range(2):
        errors = study.table.query("draw == @draw").set_index("epoch")["error"]
        names = out[5 * draw]
        assert errors[12] == by_hand(net, names, xor, phases, engine)
        assert errors[8] == by_hand(net, names, xor, [phases[0], cn.Phase(phases[1].rule, 1, update_after=2)], engine)
        assert errors[3] == by_hand(net, names, xor, [cn.Phase(phases[0].rule, 3)], engine)
    assert {names for names in out if len(names) != 1} == set()  # lesioned parts stay lesioned


@dataclass(frozen=True)
class Shrinking(SearchRule):
    """Steps become shorter with each call; after a restart, the first step would be repeated."""

    name = "shrinking"
    decay: float = 0.0

    def search(self, weights: Any, evaluate: Callable[[Any], tuple[float, Any]], memory: dict[str, Any]) -> Any:
        memory["asked"] = memory.get("asked", 0) + 1
        return weights - 0.5 / memory["asked"] * evaluate(weights)[1]


def test_a_rule_that_tries_points_is_not_begun_anew(net: cn.Network, xor: cn.ExampleSet) -> None:
    phase = cn.Phase(Shrinking(), 5)
    study = cn.lesion_study(net, xor, severities=(0,), draws=1, recovery=phase, at_epochs=(1, 2, 5))
    assert study.table["error"].tolist()[-1] == by_hand(net, (), xor, [phase], "compiled")
    assert study.table["epoch"].tolist() == [0, 1, 2, 5]


def test_relearning_some_examples_is_measured_on_all(net: cn.Network, xor: cn.ExampleSet) -> None:
    some = cn.ExampleSet([xor["0"], xor["3"]])
    study = cn.lesion_study(net, xor, severities=(0,), draws=1, recovery=cn.Phase(cn.rule("steepest", rate=1.0), 20), retrained_on=some)
    copy = net.copy()
    cn.train(copy, some, cn.rule("steepest", rate=1.0), 20)
    assert study.table["error"].iloc[-1] == cn.error_derivatives(copy, xor)[0]
    assert study.table["epoch"].tolist() == [0, *range(2, 21, 2)]


def test_networks_in_time(engine_in_time: str) -> None:
    net = cn.Network("in time")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 4)
    net.add_group("output", 1, role="output")
    for sender, receiver in (("input", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    cn.add_context(net, "hidden")
    net.connect("context", "hidden")
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet([cn.Example.sequence([[1], [0]], {2: [1]}, "on"), cn.Example.sequence([[0]], [[0]], "off")])
    study = cn.lesion_study(
        net, examples, damage="connections", draws=2, recovery=cn.Phase(cn.rule("momentum"), 4), at_epochs=[4], engine=engine_in_time
    )
    assert len(study.table) == 4 * 2 * 2
    assert study.table["damaged"].unique().tolist() == [0, 2, 7, 12]  # of 4 + 4 + 16; the connections that copy into the context are frozen
    assert study.table["error"].nunique() > 8
    assert study.by_case["case"].unique().tolist() == ["on", "off"]


def test_subjects_are_networks_or_results_by_name(net: cn.Network, xor: cn.ExampleSet) -> None:
    def names(study: cn.LesionStudy) -> list[str]:
        return [str(name) for name in study.table["subject"].unique()]

    options: dict[str, Any] = {"severities": 0.5, "draws": 1}
    assert names(cn.lesion_study(net, xor, **options)) == ["xor"]
    assert names(cn.lesion_study([net, net.copy()], xor, **options)) == ["0", "1"]
    assert names(cn.lesion_study({"young": net, "old": net.copy()}, xor, **options)) == ["young", "old"]
    results = [cn.run("family-trees", seed=seed, epochs=0) for seed in (4, 7)]
    study = cn.lesion_study(iter(results), **options)
    assert names(study) == ["seed 4", "seed 7"]
    of_case = study.by_case.groupby("subject")["case"].agg(tuple)
    assert [of_case[f"seed {result.run.seed}"] for result in results] == [result.task.training_examples.names for result in results]
    assert names(cn.lesion_study(results[0].run, results[0].task.training_examples, **options)) == ["seed 4"]
    assert names(cn.lesion_study(SimpleNamespace(network=net), xor, **options)) == ["xor"]


def test_what_read_run_returns_is_a_subject(tmp_path: Path, blank_figures: None) -> None:
    assert main(["run", "xor", "--seed", "3", "--epochs", "4", "--out", str(tmp_path / "run")]) == 0
    again = cn.read_run(tmp_path / "run")
    study = cn.lesion_study(again, severities=(0, 0.5), draws=2)
    assert study.table["subject"].unique().tolist() == ["seed 3"]
    of_network = cn.lesion_study(again.network, again.task.training_examples, severities=(0, 0.5), draws=2)
    assert study.table["error"].tolist() == of_network.table["error"].tolist()
    assert study.table["error"].iloc[0] == cn.error_derivatives(again.network, again.task.training_examples)[0]


def test_damage_and_measure_of_ones_own(net: cn.Network, xor: cn.ExampleSet) -> None:
    def flip(copy: cn.Network, severity: float, generator: np.random.Generator) -> None:
        values = copy.weight_values
        copy.weight_values = np.where(generator.random(len(values)) < severity, -values, values)

    def look(copy: cn.Network) -> dict[str, float]:
        return {"same": float((copy.weight_values == net.weight_values).mean()), "largest": np.float64(1)}

    study = cn.lesion_study(net, xor, damage=flip, severities=(0, 1, 0.5), draws=2, measure=look)
    assert study.table["same"].tolist()[:4] == [1, 1, 0, 0]
    assert 0 < study.table["same"][4] < 1
    assert study.table["damaged"].isna().all()
    assert study.measures == ["error", "correct", "same", "largest"]
    assert repr(study) == "<LesionStudy of flip: 1 subject × 3 severities × 2 draws>"
    assert study.summary.loc[(1.0, 0), ("same", "mean")] == 0
    assert "measure" in cn.lesion_study(net, xor, severities=0, measure=lambda _: 3).table


def test_the_plot_shows_means_with_their_spread(net: cn.Network, xor: cn.ExampleSet) -> None:
    study = cn.lesion_study(net, xor, damage="noise", of="hidden", severities=(0, 1, 4), draws=3)
    axes = study.plot("error")
    (line,) = axes.lines
    means = study.table.groupby("severity")["error"].mean()
    assert np.asarray(line.get_xydata()).tolist() == [[severity, mean] for severity, mean in means.items()]
    band = axes.collections[0].get_paths()[0].vertices
    spread = study.table.groupby("severity")["error"].std()
    assert np.asarray(band)[:, 1].max() == pytest.approx((means + spread).max())
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("noise on weights (standard deviation)", "error (summed over the examples)")
    assert axes.get_title(loc="left") == "noise of hidden:\nmean ± standard deviation of 3 lesioned copies"
    assert axes.get_legend() is None
    assert study.plot(axes=axes) is axes
    with pytest.raises(UnknownNameError, match=r"unknown measure of the study 'speed'; known: error, correct"):
        study.plot("speed")
    with pytest.raises(ParameterError, match=r"over: must be 'severity', since there was no training after the damage .got 'epoch'"):
        study.plot(over="epoch")


def test_the_plot_of_a_recovery(net: cn.Network, xor: cn.ExampleSet) -> None:
    study = cn.lesion_study(net, xor, severities=(0.5, 0), draws=1, recovery=cn.Phase(cn.rule("steepest"), 4), at_epochs=(2, 4))
    assert repr(study) == "<LesionStudy of units: 1 subject × 2 severities × 1 draw, 4 epochs of training after damage>"

    def legend(axes: Any) -> list[str]:
        return [text.get_text() for text in axes.get_legend().get_texts()]

    over_epochs = study.plot()
    assert legend(over_epochs) == ["0", "0.5"]
    mild, severe = (sum(to_rgb(line.get_color())) for line in over_epochs.lines)
    assert severe < mild
    assert [np.asarray(line.get_xdata()).tolist() for line in over_epochs.lines] == [[0, 2, 4]] * 2
    assert over_epochs.get_xlabel() == "epochs of training after damage"
    over_severity = study.plot(over="severity")
    assert legend(over_severity) == ["damaged", "after 4 epochs of training"]
    after = study.table.query("epoch == 4").sort_values("severity")["correct"].tolist()
    assert np.asarray(over_severity.lines[1].get_ydata()).tolist() == after
    with pytest.raises(ParameterError, match=r"over: must be 'severity' or 'epoch' .got 'time'"):
        study.plot(over="time")


def test_progress_is_shown_when_asked_for(net: cn.Network, xor: cn.ExampleSet, capsys: pytest.CaptureFixture[str]) -> None:
    cn.lesion_study(net, xor, draws=1)
    assert capsys.readouterr().err == ""
    cn.lesion_study(net, xor, draws=2, progress=True)
    shown = capsys.readouterr().err
    assert "lesion study" in shown
    assert "8/8 lesions" in shown


def test_divergence_says_where(net: cn.Network, xor: cn.ExampleSet) -> None:
    line = cn.Network("line")
    line.add_group("input", 2, role="input")
    line.add_group("output", 1, role="output", activation="linear")
    line.connect("input", "output")
    with pytest.raises(DivergenceError, match=r"lesion_study of line, severity 0, draw 0: line: training diverged in epoch \d+, at "):
        cn.lesion_study(line, xor, damage="noise", severities=0, draws=1, recovery=cn.Phase(cn.rule("steepest", rate=1e30), 30))


PHASE = cn.Phase(cn.rule("steepest"), 5)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        (
            {"damage": "fire"},
            UnknownNameError,
            "unknown damage 'fire'.*known: units, connections, noise, relative_noise, each_unit, each_projection, weakening",
        ),
        ({"damage": 3}, ParameterError, "damage: must be one of units, .* or a function .got 3"),
        ({"damage": print, "of": "hidden"}, ParameterError, "of: must be None if damage is a function"),
        ({"severities": 1.5}, ParameterError, "severities: must be a number of at least 0 and at most 1 .got 1.5"),
        ({"severities": (0.1, -1), "damage": "noise"}, ParameterError, "severities: must be a number of at least 0 .got -1"),
        ({"severities": ()}, ParameterError, "severities: must be one or more different numbers"),
        ({"severities": (0.1, 0.1)}, ParameterError, "must be one or more different numbers"),
        ({"draws": 0}, ParameterError, "draws: must be a whole number of at least 1"),
        ({"seed": -1}, ParameterError, "seed: must be a whole number of at least 0"),
        ({"progressive": "yes"}, ParameterError, "progressive: must be True or False"),
        ({"tolerance": 0}, ParameterError, "tolerance: must be a number above 0"),
        ({"engine": "steam"}, UnknownNameError, "unknown engine 'steam'"),
        ({"of": "hiden"}, UnknownNameError, "unknown group, unit or pattern of xor 'hiden'; did you mean 'hidden'"),
        ({"of": "hidden:9"}, UnknownNameError, "unknown group, unit or pattern of xor 'hidden:9'; did you mean 'hidden:"),
        (
            {"of": "input → hidden"},
            ParameterError,
            "with damage='units' or 'each_unit', must be units or groups .got the connections 'input → hidden'",
        ),
        (
            {"of": "input → outer", "damage": "noise"},
            UnknownNameError,
            "unknown group, unit or pattern of xor 'outer'; known: input, hidden",
        ),
        ({"of": 3}, ParameterError, "of: must be units, groups, connections or projections, or their names .got 3"),
        ({"of": []}, ParameterError, "lesion_study.of: must name at least one unit, connection or case .got an empty list"),
        ({"of": "input", "damage": "noise"}, ParameterError, "there is no intact connection to damage in input"),
        ({"recovery": "momentum"}, ParameterError, "recovery: must be a Phase.*got 'momentum'"),
        ({"at_epochs": [3]}, ParameterError, "at_epochs and retrained_on need training after the damage: give recovery"),
        ({"recovery": PHASE, "at_epochs": [6]}, ParameterError, "at_epochs: must be a whole number of at least 0 and at most 5 .got 6"),
        ({"recovery": PHASE, "retrained_on": 3}, ParameterError, "retrained_on: must be an ExampleSet or a list of Example .got 3"),
        ({"measure": lambda _: {"error": 1}}, ParameterError, "must use another name than 'error', which is a column of every study"),
        ({"measure": 3}, ParameterError, "measure: must be a function of one argument, the network .got 3"),
        ({"measure": lambda: 1}, ParameterError, "measure: must be a function of one argument, the network .got <function"),
        ({"damage": lambda _: 5}, ParameterError, "damage: a function must take three arguments, the network, the severity and a gen"),
        ({"damage": lambda *_: 5.0}, ParameterError, r"damage: the function must change .* the number of damaged parts, or None .got 5\.0"),
        ({"damage": lambda *_: True}, ParameterError, "damage: the function must change .*got True"),
        ({"damage": lambda *_: -1}, ParameterError, "damage: the function must change .*got -1"),
        ({"damage": lambda copy, *_: copy.copy()}, ParameterError, "damage: the function must change .*got <Network"),
        ({"measure": lambda _: "much"}, ParameterError, "must return a number, or a dict of name to number .got 'much' for 'measure'"),
        ({"examples": None}, ParameterError, "examples: must be given for a network without a task"),
        ({"examples": [1]}, ParameterError, r"examples: must be an ExampleSet or a list of Example .got \[1\]"),
        ({"examples": cn.ExampleSet.from_arrays([[1.0]], [[1.0]])}, DataError, "input"),
        ({"trained": "xor"}, ParameterError, r"must be a trained network.*train it first, as in cn.lesion_study\(cn.run\('xor'\)\)"),
        ({"trained": []}, ParameterError, r"or several .got \[\]"),
        ({"trained": {"a": 3}}, ParameterError, "or several .got 3"),
        ({"trained": [3]}, ParameterError, "or several .got 3"),
    ],
)
def test_mistakes_are_named(net: cn.Network, xor: cn.ExampleSet, options: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        cn.lesion_study(**{"trained": net, "examples": xor, **options})


def test_a_function_that_damages_nothing_is_an_error_unless_it_says_so(net: cn.Network, xor: cn.ExampleSet) -> None:
    def nothing(copy: cn.Network, *_: Any) -> None:
        copy.copy().lesion("hidden:0")

    with pytest.raises(ParameterError, match="damage: function 'nothing' changed no copy of a network, at any severity above 0; it must"):
        cn.lesion_study(net, xor, damage=nothing, severities=(0, 0.5), draws=2)
    with pytest.raises(ParameterError, match="damage: function '<lambda>' changed no copy"):
        cn.lesion_study(net, xor, damage=lambda *_: 3, draws=2)
    assert cn.lesion_study(net, xor, damage=nothing, severities=0, draws=2).table["damaged"].isna().all()
    assert cn.lesion_study(net, xor, damage=lambda *_: np.int64(0), draws=2).table["damaged"].tolist() == [0] * 8

    def at_times(copy: cn.Network, severity: float, _: Any) -> None:
        if severity == 1:
            copy["hidden"].activation_noise = severity

    assert len(cn.lesion_study(net, xor, damage=at_times, severities=(0.5, 1), draws=1).table) == 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([0, 0, 0], "lesion_study: subjects '0' and '1' are the same network, 'xor'; give each network once"),
        ({"young": 0, "other": 1, "old": 0}, "lesion_study: subjects 'young' and 'old' are the same network, 'xor'; give each"),
        ({1: 0, "1": 1}, "lesion_study: two networks are named '1'"),
    ],
)
def test_a_network_given_twice_is_an_error(net: cn.Network, xor: cn.ExampleSet, names: Any, message: str) -> None:
    networks = [net, net.copy()]
    given = {name: networks[i] for name, i in names.items()} if isinstance(names, dict) else [networks[i] for i in names]
    with pytest.raises(ParameterError, match=message):
        cn.lesion_study(given, xor)


def test_a_result_has_the_tolerance_of_its_task(tmp_path: Path, blank_figures: None) -> None:
    assert main(["run", "xor", "--epochs", "240", "--seed", "1", "--out", str(tmp_path / "run")]) == 0
    result, reopened = cn.run("xor", seed=1, epochs=240), cn.read_run(tmp_path / "run")
    network, examples = result.network, result.task.training_examples

    def correct(*given: Any, **options: Any) -> float:
        return float(cn.lesion_study(*given, severities=0, draws=1, **options).table["correct"].iloc[0])

    strict, loose = (float(correct_cases(network.outputs(examples), examples.targets, tolerance).mean()) for tolerance in (0.2, 0.5))
    assert strict != loose
    assert correct(result) == correct(reopened) == correct(result, examples) == correct(network, examples, tolerance=0.2) == strict
    assert correct(result, tolerance=0.5) == correct(network, examples) == correct(result.run, examples) == loose


def test_noise_relative_to_nothing_is_rejected(net: cn.Network, xor: cn.ExampleSet) -> None:
    net.projection("input", "hidden").weights = 2.0
    with pytest.raises(ParameterError, match="all weights to damage are 2, so their standard deviation is 0; use damage='noise'"):
        cn.lesion_study(net, xor, damage="relative_noise", of="input → hidden")


def test_each_draw_has_other_noise_in_testing() -> None:
    result = cn.run("xor", seed=1)
    result.network["hidden"].activation_noise = 0.2
    severities: dict[str, Any] = {"severities": (0, 0.5), "draws": 4}
    study = cn.lesion_study(result, **severities)
    intact = study.table[study.table["severity"] == 0]["error"]
    assert intact.nunique() == 4
    assert cn.lesion_study(result, **severities).table["error"].tolist() == study.table["error"].tolist()
    assert cn.lesion_study(result, severities=0, draws=4).table["error"].tolist() == intact.tolist()


def test_each_unit_is_lesioned_in_turn() -> None:
    result = cn.run("xor", seed=1)
    study = cn.lesion_study(result, damage="each_unit", measure=lambda net: sum(unit.lesioned for unit in net.units))
    parts = ["", *(unit.name for unit in result.network["hidden"])]
    assert study.table["part"].tolist() == parts
    assert study.table["damaged"].tolist() == study.table["measure"].tolist() == [0] + [1] * (len(parts) - 1)
    for part, error in zip(parts[1:], study.table["error"][1:], strict=True):
        net = result.network.copy()
        net.lesion(part)
        assert error == cn.error_derivatives(net, result.task.training_examples)[0]
    assert study.by_case.groupby("part")["correct"].mean()[""] == 1.0
    assert study.measures == ["error", "correct", "measure"]
    assert repr(study) == f"<LesionStudy of each_unit: 1 subject, intact and with each of {len(parts) - 1} parts lesioned>"
    axes = study.plot("error")
    assert [label.get_text() for label in axes.get_yticklabels()] == [str(unit.index) for unit in result.network["hidden"]]
    assert np.array_equal(axes.lines[0].get_xdata(), study.table["error"][1:])
    assert np.array_equal(axes.lines[-1].get_xdata(), [study.table["error"][0]] * 2)
    assert axes.get_ylabel() == "lesioned, hidden"
    assert study.plot(over="severity").get_xlabel() == "lesioned unit (0: none, 1: one)"
    with pytest.raises(ParameterError, match=r"plot.over: must be 'severity', since there was no training after the damage .got 'part'"):
        cn.lesion_study(result, severities=0.5, draws=1).plot(over="part")


def test_each_projection_is_lesioned_in_turn() -> None:
    net = cn.simple_recurrent_network("srn", 2, 3, 1)
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet.stream([[0, 1], [1, 0]], [[1], [0]])
    study = cn.lesion_study({"a": net, "b": net.copy()}, examples, damage="each_projection")
    assert study.table["part"].tolist() == ["", "input → hidden", "context → hidden", "hidden → output"] * 2
    assert study.table["damaged"].tolist() == [0, 6, 9, 3] * 2
    assert study.plot().get_title(loc="right") == "(mean ± standard deviation of 2 networks)"
    chosen = cn.lesion_study(net, examples, damage="each_projection", of=["bias → hidden", "bias → output", "hidden → context"])
    assert chosen.table["part"].tolist()[1:] == ["bias → hidden", "bias → output", "hidden → context with delay 1"]
    assert not any(unit.lesioned for unit in net.units)


@pytest.mark.parametrize("options", [{"severities": 0.5}, {"draws": 3}, {"progressive": True}])
def test_systematic_lesions_have_no_draws(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="damage='each_unit' lesions each part once, so it has no severities, draws"):
        cn.lesion_study(cn.run("xor", epochs=1), damage="each_unit", **options)


DAMAGES_OF_A_MODULE = """
import os

def weaken(copy, severity, _):
    copy.weight_values = (1 - severity) * copy.weight_values
    return os.getpid()

def fail_if_severe(copy, severity, _):
    if severity > 0.3:
        raise ZeroDivisionError(f"severity {severity} in process {os.getpid()}")

class LoadedHereOnly:
    def __call__(self, copy, severity, _):
        return weaken(copy, severity, _)

    def __reduce__(self):
        return load_in, (os.getpid(),)

def load_in(pid):
    if os.getpid() != pid:
        raise ImportError("another process")
    return LoadedHereOnly()
"""


def test_long_studies_are_made_by_worker_processes_with_the_same_bits(
    net: cn.Network, xor: cn.ExampleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "damages_of_a_module.py").write_text(DAMAGES_OF_A_MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import damages_of_a_module as damages  # type: ignore[import-not-found]

    def study(damage: Any) -> cn.LesionStudy:
        phase = cn.Phase(cn.rule("momentum"), 20)
        return cn.lesion_study([net, net.copy()], xor, damage=damage, severities=(0, 0.1, 0.2, 0.3, 0.4, 0.5), draws=2, recovery=phase)

    alone = study(damages.weaken)
    assert set(alone.table["damaged"]) == {os.getpid()}
    monkeypatch.setattr(scheduler, "PARALLEL_FROM", 0.0)
    monkeypatch.setattr(scheduler, "SECONDS_OF_CHUNK", 0.01)
    monkeypatch.setattr(make_runs, "processors", lambda: 2)
    parallel = study(damages.weaken)
    assert set(parallel.table["damaged"]) > {os.getpid()}
    assert_frame_equal(parallel.table.drop(columns="damaged"), alone.table.drop(columns="damaged"), check_exact=True)
    assert_frame_equal(parallel.by_case, alone.by_case)
    with pytest.raises(ZeroDivisionError, match=rf"severity 0\.[45] in process (?!{os.getpid()}$)"):
        study(damages.fail_if_severe)
    here = study(damages.LoadedHereOnly())
    assert_frame_equal(here.table, alone.table, check_exact=True)


def test_a_lesion_study_in_a_run_of_a_study_starts_no_workers(net: cn.Network, xor: cn.ExampleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "PARALLEL_FROM", 0.0)
    monkeypatch.setattr(WorkerProcesses, "submit", None)

    def lesioned(seed: int) -> dict[str, int]:
        return {"rows": len(cn.lesion_study(net, xor, seed=seed).table), "processors": processors()}

    table = cn.Study(lesioned, seeds=[1]).run(workers=1).table
    assert table[["rows", "processors"]].to_numpy().tolist() == [[40, 1]]
