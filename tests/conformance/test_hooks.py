"""Each hook: a file in a plugins folder offers a class, and the class is used. `test_packaging` checks that no hook is missing here."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import connectionist as cn
from connectionist.plugins import registry

Writer = Callable[[str, str], Path]
pytestmark = pytest.mark.usefixtures("own_registry")


def test_hook_tasks(plugin_file: Writer) -> None:
    folder = plugin_file(
        "not_task.py",
        '''
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Not(cn.Task):
            """The network must learn negation."""

            rate: float = 0.5
            name = "not"
            source = "nowhere"

            def network(self, seed):
                net = cn.Network("not")
                net.add_group("input", 1, role="input")
                net.add_group("output", 1, role="output")
                net.connect("input", "output")
                net.randomize(0.5, seed)
                return net

            @property
            def training_examples(self):
                return cn.ExampleSet.from_arrays([[0], [1]], [[1], [0]])

            @property
            def phases(self):
                return [cn.Phase(cn.rule("steepest", rate=self.rate), 5)]

            def findings(self, network, run):
                return []

        @cn.hookimpl
        def tasks():
            return [Not]
        ''',
    )
    registry.load([folder])
    result = cn.run("not", seed=1, parameters={"rate": 0.25})
    assert result.report["task"] == "not"
    assert result.report["epochs"] == 5
    assert result.report["parameters"] == {"rate": 0.25}


@pytest.mark.filterwarnings("ignore:rule .delta.. learns from targets")
def test_hook_learning_procedures(plugin_file: Writer, net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    folder = plugin_file(
        "hebbian.py",
        """
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Twice(cn.SignalProcedure):
            factor: float = 2.0
            name = "twice"
            uses_all_ticks = True

            def signal(self, value, sender, receiver, target):
                return 0.0 if target != target else self.factor * sender * (target - receiver)

        @cn.hookimpl
        def learning_procedures():
            return [Twice]
        """,
    )
    registry.load(folders=[folder])
    other = net.copy()
    cn.train(net, xor, cn.rule("steepest", rate=0.25), 3, procedure="twice", engine=engine)
    cn.train(other, xor, cn.rule("delta", rate=0.5), 3, engine=engine)
    np.testing.assert_allclose(net.weight_values, other.weight_values, rtol=0, atol=1e-14)


def test_hook_update_rules(plugin_file: Writer, net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    folder = plugin_file(
        "signs.py",
        """
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Signs(cn.UpdateRule):
            rate: float = 0.125
            name = "signs"

            def change(self, value, derivative):
                return (-self.rate if derivative > 0.0 else self.rate,)

        @cn.hookimpl
        def update_rules():
            return [Signs]
        """,
    )
    registry.load([folder])
    before = net.weight_values
    cn.train(net, xor, "signs", 1, engine=engine)
    assert set(abs(net.weight_values - before).round(12)) == {0.125}


def test_hook_activation_functions(plugin_file: Writer, engine: str) -> None:
    folder = plugin_file(
        "doubling.py",
        """
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Doubling(cn.ActivationFunction):
            name = "doubling"

            def activation(self, net_input):
                return 2.0 * net_input

            def slope(self, net_input, activation):
                return 2.0

        @cn.hookimpl
        def activation_functions():
            return [Doubling]
        """,
    )
    registry.load([folder])
    net = one_unit(activation="doubling")
    error, derivatives = cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.5]], [[1.0]]), engine)
    assert (error, derivatives.tolist()) == (2.0, [2.0 * 2.0 * 1.5])


def test_the_hook_of_activation_functions_offers_input_functions(plugin_file: Writer, engine: str) -> None:
    folder = plugin_file(
        "doubled.py",
        """
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Doubled(cn.InputFunction):
            name = "doubled"

            def net_input(self, weights, activations):
                return 2.0 * weights[0] * activations[0]

            def slopes(self, weights, activations, weight_slopes, activation_slopes):
                weight_slopes[0], activation_slopes[0] = 2.0 * activations[0], 2.0 * weights[0]

        @cn.hookimpl
        def activation_functions():
            return [Doubled]
        """,
    )
    registry.load([folder])
    net = one_unit(activation="linear", input_function="doubled")
    wanted = 2.0 * net.weights[0].value * 1.5
    error, derivatives = cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.5]], [[0.0]]), engine)
    assert (error, derivatives.tolist()) == (0.5 * wanted * wanted, [wanted * 3.0])


def test_hook_error_functions(plugin_file: Writer, engine: str) -> None:
    folder = plugin_file(
        "fourth.py",
        """
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Fourth(cn.ErrorFunction):
            name = "fourth"

            def error(self, activation, target):
                difference = activation - target
                return difference * difference * difference * difference

            def derivative(self, activation, target):
                difference = activation - target
                return 4.0 * difference * difference * difference

        @cn.hookimpl
        def error_functions():
            return [Fourth]
        """,
    )
    registry.load([folder])
    net = one_unit(activation="linear", error="fourth")
    error, derivatives = cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.0]], [[-1.0]]), engine)
    assert (error, derivatives.tolist()) == (16.0, [32.0])


def test_hook_engines(plugin_file: Writer, net: cn.Network, xor: cn.ExampleSet) -> None:
    folder = plugin_file(
        "proxy.py",
        """
        import connectionist as cn
        from connectionist.plugins import registry

        class Proxy(cn.Engine):
            name = "proxy"

            def __init__(self):
                self.other = registry.find("engines", "local")()

            def states(self, network, examples, probe):
                return self.other.states(network, examples, probe) + 100.0

            def error_derivatives(self, network, examples):
                return self.other.error_derivatives(network, examples)

            def session(self, assignment):
                return self.other.session(assignment)

        @cn.hookimpl
        def engines():
            return [Proxy]
        """,
    )
    registry.load([folder])
    assert (net.outputs(xor, "proxy") == net.outputs(xor, "local") + 100.0).all()
    assert cn.train(net, xor, "steepest", 2, engine="proxy").engine == "proxy"


def test_hook_file_formats(plugin_file: Writer, tmp_path: Path) -> None:
    folder = plugin_file(
        "rows.py",
        '''
        from dataclasses import dataclass
        import connectionist as cn

        @dataclass(frozen=True)
        class Rows(cn.FileFormat):
            """A target and the inputs in each line."""

            name = "rows"
            suffixes = (".rows",)

            def read_examples(self, file, network):
                with file.scanner() as scanner:
                    numbers = scanner.numbers().reshape(-1, 3)
                return cn.ExampleSet.from_arrays(numbers[:, 1:], numbers[:, :1], network=network)

            def write_examples(self, file, examples):
                for example in examples:
                    file.write(" ".join(map(str, [*example.targets, *example.inputs])) + "\\n")

        @cn.hookimpl
        def file_formats():
            return [Rows]
        ''',
    )
    registry.load([folder])
    cn.write_examples(cn.ExampleSet.from_arrays([[0, 1], [1, 1]], [[1], [0]]), tmp_path / "xor.rows")
    assert (tmp_path / "xor.rows").read_text(encoding="utf-8") == "1.0 0.0 1.0\n0.0 1.0 1.0\n"
    assert cn.read_examples(tmp_path / "xor.rows").inputs.tolist() == [[0, 1], [1, 1]]


def test_hook_commands(plugin_file: Writer, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plugin_file(
        "greet.py",
        '''
        import connectionist as cn

        class Greet(cn.Command):
            """Say hello."""

            name = "greet"

            def add_arguments(self, parser):
                parser.add_argument("whom")

            def run(self, arguments):
                print(f"hello {arguments.whom}")
                return 0

        @cn.hookimpl
        def commands():
            return [Greet]
        ''',
    )
    found = registry.load([folder])
    assert "greet" in found.names("commands")
    from connectionist.cli.main import main

    assert main(["--plugins-dir", str(folder), "greet", "you"]) == 0
    assert capsys.readouterr().out == "hello you\n"


def one_unit(**options: str) -> cn.Network:
    net = cn.Network("one unit")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", biased=False, **options)  # type: ignore[arg-type]
    net.connect("input", "output", weights=1.0)
    return net
