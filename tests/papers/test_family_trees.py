"""The family trees: Rumelhart, Hinton & Williams (1986), Nature 323, Figs 2-4."""

import csv
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.utils.arrays import Array

# Fig. 2 as it is drawn: couples, and the children of those that have any.
Tree = dict[tuple[str, str], tuple[str, ...]]
Facts = set[tuple[str, str, str]]
ENGLISH: Tree = {
    ("Christopher", "Penelope"): ("Arthur", "Victoria"),
    ("Andrew", "Christine"): ("James", "Jennifer"),
    ("Arthur", "Margaret"): (),
    ("James", "Victoria"): ("Colin", "Charlotte"),
    ("Charles", "Jennifer"): (),
}
ITALIAN: Tree = {
    ("Roberto", "Maria"): ("Emilio", "Lucia"),
    ("Pierro", "Francesca"): ("Marco", "Angela"),
    ("Emilio", "Gina"): (),
    ("Marco", "Lucia"): ("Alfonso", "Sophia"),
    ("Tomaso", "Angela"): (),
}


def relatives(tree: Tree) -> Facts:
    """Derive every (person, relationship, relative) from the couples and their children, of whom the man and the boy come first."""
    triples: Facts = set()
    for (husband, wife), children in tree.items():
        triples |= {(wife, "husband", husband), (husband, "wife", wife)}
        if not children:
            continue
        son, daughter = children
        triples |= {(daughter, "brother", son), (son, "sister", daughter)}
        for parent in (husband, wife):
            triples |= {(parent, "son", son), (parent, "daughter", daughter)}
        for child in children:
            triples |= {(child, "father", husband), (child, "mother", wife)}
            for uncle, aunt in tree:
                if (uncle, aunt) != (husband, wife) and {uncle, aunt} & _siblings(tree, husband, wife):
                    triples |= {(child, "uncle", uncle), (child, "aunt", aunt)}
                    kin = "nephew" if child == son else "niece"
                    triples |= {(uncle, kin, child), (aunt, kin, child)}
    return triples


def _siblings(tree: Tree, *parents: str) -> set[str]:
    return {sibling for children in tree.values() if set(children) & set(parents) for sibling in children} - set(parents)


def all_examples() -> cn.ExampleSet:
    return cn.task("family-trees", testing_cases=0).training_examples


def on(net: cn.Network, group: str, pattern: Array) -> list[str]:
    return [unit.group.labels[unit.index] for unit in net[group] if pattern[unit.index] > 0.5]


def test_the_cases_follow_from_figure_2() -> None:
    """Derive 112 facts from the marriages and children of the figure. They make 104 cases, eight of which have two answers."""
    net = cn.task("family-trees").network(seed=0)
    facts: Facts = set()
    examples = all_examples()
    for example in examples:
        (person,) = on(net, "person", example.inputs[:24])
        (relation,) = on(net, "relation", example.inputs[24:])
        facts |= {(person, relation, relative) for relative in on(net, "output", example.targets)}
    assert facts == relatives(ENGLISH) | relatives(ITALIAN)
    assert (len(facts), len(examples)) == (112, 104)
    assert sorted(example.name for example in examples if example.targets.sum() == 2) == [
        f"{person} {relation}" for person in ("Alfonso", "Charlotte", "Colin", "Sophia") for relation in ("aunt", "uncle")
    ]


def test_the_network_of_figure_3() -> None:
    """24 + 12 → 6 + 6 → 12 → 6 → 24; one unit per person; the targets of Colin's aunts are Jennifer and Margaret, as in the figure."""
    task = cn.task("family-trees", "published")
    net = task.network(seed=1)
    assert {group.name: len(group) for group in net.groups} == {
        "person": 24,
        "relation": 12,
        "person_code": 6,
        "relation_code": 6,
        "central": 12,
        "penultimate": 6,
        "output": 24,
    }
    assert len(net.weights) == 24 * 6 + 12 * 6 + 12 * 12 + 12 * 6 + 6 * 24 + 6 + 6 + 12 + 6 + 24
    example = all_examples()["Colin aunt"]
    assert on(net, "output", example.targets) == ["Jennifer", "Margaret"]
    assert net.unit("person:Colin").outgoing
    assert net["output"].margin == 0.2


def test_the_recipe_as_printed() -> None:
    """Caption of Fig. 2 and text: ε 0.005, α 0.5 for 20 epochs, then 0.01, 0.9, 1,500 in all; decay 0.2 %; 100 of 104 cases.

    Squared error with a margin of 0.2. The initial range is not printed; ±0.3 is that of Fig. 1.
    """
    task = cn.task("family-trees", "published")
    first, rest = task.phases
    assert first.rule == cn.rule("momentum", rate=0.005, momentum=0.5, decay=0.002)
    assert rest.rule == cn.rule("momentum", rate=0.01, momentum=0.9, decay=0.002)
    assert (first.epochs, first.epochs + rest.epochs) == (20, 1500)
    assert (first.update_after, first.order) == ("epoch", "fixed")
    assert (len(task.training_examples), len(held_out(task))) == (100, 4)
    net = task.network(seed=1)
    error_function = net["output"].error_function
    assert error_function is not None
    assert (error_function.name, net["output"].margin) == ("squared", 0.2)
    assert 0.29 < np.abs(net.weight_values).max() <= 0.3


def test_each_seed_holds_out_other_cases_unless_data_seed_is_given() -> None:
    task = cn.task("family-trees")
    draws = [held_out(task.for_seed(seed)).names for seed in range(1, 6)]
    assert len(set(draws)) == 5
    assert held_out(cn.task("family-trees", data_seed=3).for_seed(1)).names == draws[2]
    for seed in range(1, 6):
        drawn = task.for_seed(seed)
        assert set(drawn.training_examples.names) | set(held_out(drawn).names) == set(all_examples().names)
        assert not set(drawn.training_examples.names) & set(held_out(drawn).names)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("rate", 0), ("first_momentum", 1.0), ("decay", -0.1), ("margin", 0.5), ("testing_cases", 104), ("data_seed", -1), ("epochs", 1.5)],
)
def test_parameters_out_of_range_are_errors(parameter: str, value: float) -> None:
    with pytest.raises(cn.ConnectionistError, match=rf"family-trees\.{parameter}: must be .*got {value}"):
        cn.task("family-trees", "default", **{parameter: value})


def held_out(task: cn.Task) -> cn.ExampleSet:
    assert task.testing_examples is not None
    return task.testing_examples


def findings(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"].split(":")[0]: finding["measured"] for finding in result.report["findings"]}


def strengths(task: cn.Task, net: cn.Network, run: cn.Run) -> dict[str, Any]:
    return {finding.quantity.split(":")[0]: finding.measured for finding in task.findings(net, run)}


def test_a_hand_made_code_is_found_again() -> None:
    """Person weights by which unit 0 codes nationality, 1 generation and 5 branch, in equal steps: each is found, |correlation| 1."""
    with (Path(__file__).parents[2] / "tasks" / "connectionist_tasks" / "family_people.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    task = cn.task("family-trees")
    net = task.network(seed=0)
    weights = np.zeros((24, 6))
    weights[:, 0] = [0.5 if row["nationality"] == "English" else -0.5 for row in table]
    weights[:, 1] = [0.2 * (int(row["generation"]) - 2) for row in table]
    weights[:, 5] = [{"left": -0.5, "both": 0.0, "right": 0.5}[row["branch"]] for row in table]
    net.projection("person", "person_code").weights = weights
    net.projection("bias", "person_code").weights = 0.0
    run = cn.train(net, task.training_examples, "momentum", epochs=0)
    measured = strengths(task, net, run)
    assert [measured[name] for name in ("nationality", "generation", "branch")] == pytest.approx([1, 1, 1], abs=1e-12)
    net.projection("person", "person_code").weights = np.where(np.arange(6) == 5, 0.0, weights)
    without_branch = strengths(task, net, run)
    assert without_branch["branch"] < 0.5
    assert without_branch["nationality"] == pytest.approx(1, abs=1e-12)


def test_best_match_needs_only_the_highest_activations() -> None:
    """All outputs are below 0.5. No case is correct strictly; a case is correct by best match if the right people are the most active."""
    task = cn.task("family-trees", data_seed=0)
    net = task.network(seed=0)
    for projection in net.projections:
        projection.weights = 0.0
    bias = net.projection("bias", "output")
    targets = held_out(task).targets
    bias.weights = np.where(targets[0] == 1, -1.0, -2.0)[None, :]
    run = cn.train(net, task.training_examples, "momentum", epochs=0)
    measured = {finding.quantity: finding.measured for finding in task.findings(net, run)}
    same_answer = (targets == targets[0]).all(axis=1).sum()
    assert measured["cases held out that are correct"] == 0
    assert measured["cases held out that are correct by best match"] == same_answer


def test_the_recipe_as_printed_learns_nothing() -> None:
    """Preset "published", seed 1: none of the 100 training cases is correct after 1,500 epochs, and the report says so beside "all"."""
    report = cn.run("family-trees", preset="published", seed=1).report
    learned = report["findings"][0]
    assert (report["epochs"], report["correct"]) == (1500, 0)
    assert (learned["measured"], learned["published"]) == (0, 1)
    assert "learns nothing" in learned["note"]


def test_the_default_learns() -> None:
    """Default preset, seed 1: at least 97 of 100 training cases correct, some of those held out, nationality coded above 0.83."""
    result = cn.run("family-trees", seed=1)
    found = findings(result)
    assert result.report["correct"] >= 0.97
    assert found["fraction of training cases correct"] == result.report["correct"]
    assert found["cases held out that are correct"] == 4 * result.report["test_correct"]
    assert found["nationality"] > 0.83


@pytest.mark.slow
def test_ten_seeds_learn_and_generalize() -> None:
    """Default preset, seeds 1-10 with their own hold-outs: each at least 97 % of training cases; of 40 held-out cases at least 18.

    Published: all 100 and 4 of 4, in one run. 18 of 40 is what the best settings of an earlier replication reached with all training
    cases correct; guessing one person in 24 gives less than 2. Codes: medians at least the .83, .73 and .61 of a replication of Fig. 4.
    """
    results = list(cn.run_seeds("family-trees", range(1, 11)))
    found = [findings(result) for result in results]
    assert min(result.report["correct"] for result in results) >= 0.97
    assert sum(one["cases held out that are correct"] for one in found) >= 18
    assert all(one["cases held out that are correct by best match"] >= one["cases held out that are correct"] for one in found)
    for name, least in (("nationality", 0.83), ("generation", 0.73), ("branch", 0.61)):
        assert statistics.median(one[name] for one in found) >= least, name


@pytest.mark.slow
def test_ten_seeds_with_squared_error() -> None:
    """Preset "squared" (the working settings of an earlier replication), seeds 1-10: at least 97 % of training cases at the median."""
    results = list(cn.run_seeds("family-trees", range(1, 11), preset="squared"))
    assert statistics.median(result.report["correct"] for result in results) >= 0.97
    assert sum(findings(result)["cases held out that are correct"] for result in results) >= 16


@pytest.mark.slow
def test_the_recipe_as_printed_learns_nothing_from_any_seed() -> None:
    """Preset "published", seeds 1-10, initial weights of ±0.3, ±1 and ±2 (the range is not printed): not one training case correct."""
    for half_range in (0.3, 1.0, 2.0):
        results = cn.run_seeds("family-trees", range(1, 11), preset="published", parameters={"half_range": half_range})
        assert all(result.report["correct"] == 0 for result in results)
