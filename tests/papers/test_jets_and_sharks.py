"""Jets and Sharks: McClelland (1981), and chapter 2 of McClelland & Rumelhart (1988), with the activations of its program."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.jets_and_sharks import PROPERTIES, JetsAndSharks, people

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "iac_golden.json").read_text())


def activations(net: cn.Network) -> dict[str, float]:
    return {unit.label: unit.activation for group in net.groups if group.role == "hidden" for unit in group}


def test_the_table_of_the_members() -> None:
    """15 Jets and 12 Sharks; Karl is a bookie, which some copies of the table have wrong."""
    assert Counter(person["gang"] for person in people()) == {"Jets": 15, "Sharks": 12}
    assert {person["name"]: person["occupation"] for person in people()}["Karl"] == "Bookie"
    assert [len({person[name] for person in people()}) for name in PROPERTIES] == [2, 3, 3, 3, 3]


@pytest.mark.parametrize("cycles", [10, 100])
@pytest.mark.parametrize("probe", list(GOLDEN["runs"]))
def test_the_activations_of_the_program_iac(probe: str, cycles: int) -> None:
    """Those above 0 within 6e-7, all that the file gives; no other is above 0."""
    run = GOLDEN["runs"][probe]
    expected = run["cycle10"] if cycles == 10 else run["cycle100_positive"]
    task = JetsAndSharks(cycles=cycles)
    net = task.network(seed=0)
    task.settle(net, list(run["ext"]))
    measured = activations(net)
    assert {label: measured[label] for label in expected} == pytest.approx(expected, abs=6e-7)
    if cycles == 100:
        assert {label for label, activation in measured.items() if activation > 5e-7} == set(expected)


def test_both_engines_agree() -> None:
    task = JetsAndSharks()
    net = task.network(seed=0)
    one, other = (task.settle(net, ["Ken"], engine).activations for engine in ("local", "compiled"))
    assert np.abs(one - other).max() < 1e-12


def test_the_report_agrees_with_what_was_published() -> None:
    result = cn.run("jets-and-sharks")
    for finding in result.report["findings"]:
        if isinstance(finding["published"], float):
            assert finding["measured"] == pytest.approx(finding["published"], abs=5e-4)
        elif finding["published"] is not None:
            assert finding["measured"] == finding["published"]
    assert result.findings.loc["people of 27 whose properties are all retrieved by name", "measured"] == 22


def test_without_competition_more_is_active() -> None:
    """Inhibition within the pools selects: with little of it the properties of other people are active beside those of Art."""
    task = JetsAndSharks(inhibition=0.02)
    net = task.network(seed=0)
    task.settle(net, ["Art"])
    active = {label for label, activation in activations(net).items() if activation > 0}
    assert {"Jets", "40s", "JH", "Single", "Pusher", "20s", "30s", "Bookie"} <= active
