"""Draws the pictures of docs/plots.md beside itself."""

from pathlib import Path

import connectionist as cn

HERE = Path(__file__).parent
ACROSS, UP = "input:1 → hidden:0", "input:4 → hidden:0"


def draw() -> None:
    """Draw the person units of the family trees, an unrolled network, and an error surface with the path of training."""
    trees = cn.run("family-trees", seed=1).network
    save(cn.plots.weight_blocks(trees.projection("person", "person_code"), rows=2), "person_units")
    save(cn.plots.network_drawing(echo().unroll(3), title="a network unrolled for three ticks"), "unrolled")
    task = cn.task("symmetry")
    net = task.network(seed=4)
    path: list[list[float]] = []

    def note(run: cn.Run) -> bool:
        path.append([net.connection(*name.split(" → ")).weight.value for name in (ACROSS, UP)])
        return run.epochs == 1500

    cn.train(net, task.training_examples, phases=task.phases, until=note)
    save(cn.plots.error_surface(net, task.training_examples, ACROSS, UP, path=path), "surface")


def echo() -> cn.Network:
    """Return a small network that feeds itself."""
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
