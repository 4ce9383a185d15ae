"""Draw the pictures of docs/plots.md and docs/analysis.md into the folder of this file."""

from pathlib import Path

import pandas as pd

import connectionist as cn
from connectionist_tasks.family_trees import people, person_codes

HERE = Path(__file__).parent
ACROSS, UP = "input:1 → hidden:0", "input:4 → hidden:0"


def draw() -> None:
    """Draw the codes of people in the family trees, an unrolled network, and an error surface with the path of training."""
    trees = cn.run("family-trees", seed=1).network
    save(cn.plots.weight_blocks(trees.projection("person", "person_code"), rows=2), "person_units")
    codes = pd.DataFrame(person_codes(trees), index=[person["name"] for person in people()])
    families = [person["nationality"] for person in people()]
    save(cn.plots.points(cn.analysis.scaling(codes), title="codes of people", categories=families), "points")
    save(cn.plots.matrix(cn.analysis.similarity(codes), label="correlation", title="codes of people"), "similarities")
    save(cn.plots.network_drawing(echo().unroll(3), title="a network unrolled for three ticks"), "unrolled")
    task = cn.task("symmetry")
    net = task.network(seed=4)
    run = cn.train(net, task.training_examples, phases=task.phases, record=cn.Recorder("weight", of=[ACROSS, UP]))
    save(cn.plots.error_surface(net, task.training_examples, ACROSS, UP, path=run.recording), "surface")


def draw_studies() -> None:
    """Draw the lesion studies of docs/analysis.md, with more draws and severities."""
    trained = cn.run("family-trees", seed=1)
    damaged = cn.lesion_study(trained, damage="connections", of="person_code → central", severities=(0, 0.1, 0.2, 0.3, 0.4, 0.5), draws=20)
    save(damaged.plot(), "lesions")
    retraining = cn.Phase(cn.rule("momentum", rate=0.01, momentum=0.9), epochs=100)
    epochs = (1, 2, 5, 10, 20, 40, 70, 100)
    treated = cn.lesion_study(trained, of="central", severities=(0.25, 0.5), draws=20, recovery=retraining, at_epochs=epochs)
    save(treated.plot(), "recovery")


def echo() -> cn.Network:
    """Return a small recurrent network."""
    net = cn.Network("echo")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    net.randomize(0.5, seed=1)
    return net


def save(axes: object, name: str) -> None:
    """Save a figure as a PNG."""
    axes.get_figure(root=True).savefig(HERE / f"{name}.png", dpi=90)  # type: ignore[attr-defined]


if __name__ == "__main__":
    draw()
    draw_studies()
