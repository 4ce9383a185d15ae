"""Arguments of commands that run a task: declared, and turned into arguments of `connectionist.run`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from connectionist.cli.settings import parse_clip, parse_schedule, parse_settings, whole_number
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.registry import make


def add_run_options(parser: ArgumentParser) -> None:
    """Declare --epochs, --engine, --rule, --procedure, --set, --clip and --schedule."""
    parser.add_argument("--epochs", type=whole_number, metavar="N", help="number of epochs; a criterion may stop earlier")
    parser.add_argument("--engine", metavar="E", help="name of an engine; 'connectionist list engines' lists them")
    parser.add_argument("--rule", metavar="NAME", help="name of an update rule; 'connectionist list rules' lists them")
    parser.add_argument("--procedure", metavar="NAME", help="name of a learning procedure; 'connectionist list procedures' lists them")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="parameter of the task, or of the given rule, procedure or engine; repeatable; 'connectionist show NAME' lists them",
    )
    parser.add_argument(
        "--clip", metavar="KIND=C", help="before each change, clip the length or the value of the derivatives, or normalize them"
    )
    parser.add_argument(
        "--schedule",
        action="append",
        default=[],
        metavar="KEY=EPOCH:VALUE,…",
        help="values of a parameter of the rule by epoch, such as rate=0:0.1,500:0.01; repeatable",
    )


def add_ticks_option(parser: ArgumentParser) -> None:
    """Declare --ticks."""
    parser.add_argument(
        "--ticks",
        type=whole_number,
        metavar="N",
        help="give the network symmetric connections, and hold each example for N ticks, for procedures that need it",
    )


def owners_of_parameters(arguments: Namespace) -> list[type]:
    """Return the classes whose parameters may be set: that of the task, and those of the rules and procedures that are given or vary.

    Raises
    ------
    UnknownNameError
        If there is no such task, rule or procedure.
    """
    task = registry.find("tasks", arguments.task)
    varied = dict(text.partition("=")[::2] for text in getattr(arguments, "vary", ()))
    names = {name: [given] if (given := getattr(arguments, name, None)) else [] for name in ("rule", "procedure")}
    for name in names:
        if name in varied and name not in parameters_of(task):
            names[name] += varied[name].split(",")
    rules = [registry.find("update_rules", name) for name in names["rule"]]
    return [task, *rules, *(registry.find(procedure_kind(name), name) for name in names["procedure"])]


def run_options(arguments: Namespace) -> dict[str, Any]:
    """Return the arguments of `connectionist.run`, without the task and the seed.

    Raises
    ------
    UnknownNameError, ParameterError
        If a name does not exist, or a value is out of range.
    """
    from connectionist.model.network import DEFAULT_ENGINE

    owners = owners_of_parameters(arguments)
    given = {name: getattr(arguments, name, None) for name in ("epochs", "rule", "procedure", "test_every", "ticks")}
    options = {name: value for name, value in given.items() if value is not None}
    if arguments.clip is not None:
        options["clip"] = parse_clip(arguments.clip)
    if arguments.schedule:
        options["schedule"] = parse_schedule(arguments.schedule)
    engine = arguments.engine or DEFAULT_ENGINE
    engine_class = registry.find("engines", engine)
    settings = parse_settings(arguments.set, [*owners, engine_class])
    only_of_engine = set(parameters_of(engine_class)) - {name for owner in owners for name in parameters_of(owner)}
    of_engine = {name: value for name, value in settings.items() if name in only_of_engine}
    options["engine"] = make("engines", engine, of_engine) if arguments.engine or of_engine else DEFAULT_ENGINE
    parameters = {name: value for name, value in settings.items() if name not in only_of_engine}
    return {"preset": arguments.preset, "parameters": parameters, **options}
