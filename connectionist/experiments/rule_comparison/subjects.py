"""The tasks of a comparison, and which pairs can train each: the task itself, and the task with a network that settles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectionist.data.accuracy import has_targets
from connectionist.engines.phase import Phase
from connectionist.errors import ConnectionistError, ParameterError
from connectionist.experiments.importable import source_digest
from connectionist.experiments.prepared_run import Preparation, PreparedRun
from connectionist.experiments.rule_comparison.folder import RUNS_SETTLING
from connectionist.experiments.rule_comparison.pairs import Pair
from connectionist.experiments.settling_task import LIKELY_TICKS, PROPOSAL, SettlingTask
from connectionist.experiments.task import Task
from connectionist.experiments.task_members import drawn_task, is_untrained, phases_of, training_examples_of
from connectionist.learning.training_checks import check_phases
from connectionist.plugins.by_name import task as make_task
from connectionist.utils.counts import describe_count

ADAPTED = ("update_after", "order", "presentations")  # settings of a phase that a rule may need otherwise


@dataclass
class Subject:
    """A task, or the task with a network that settles.

    Parameters
    ----------
    name : str
        Name of the folder of its study.
    task : str or Task
    options : dict
        Arguments of `Study` for it: preset, parameters, epochs and engine.
    seed : int
        Seed of the network with which it is found out what can be trained.
    note : str
        What the table says of its networks.

    Attributes
    ----------
    pairs : list of Pair
        The pairs that can train it.
    rates : dict of Pair to list of float
        The rates to try for each pair that has a parameter to search.
    notes : dict of Pair to str
        What the table says of each pair.
    """

    name: str
    task: str | Task
    options: Mapping[str, Any]
    seed: int
    note: str = ""
    pairs: list[Pair] = field(default_factory=list)
    rates: dict[Pair, list[float]] = field(default_factory=dict)
    notes: dict[Pair, str] = field(default_factory=dict)
    _prepared: PreparedRun | None = None

    def check_can_be_compared(self) -> None:
        """Raise ParameterError if the task trains nothing, or if its examples have no targets, so that no run has an error or can learn."""
        prepared = self._prepare(self._preparation({}))
        if is_untrained(prepared.task, phases_of(prepared.task)):
            raise ParameterError(f"compare_rules.task: task {prepared.task.name!r} trains nothing, so there are no rules to compare")
        if not has_targets(training_examples_of(prepared.task, prepared.network)):
            raise ParameterError(
                f"compare_rules.task: no example of task {prepared.task.name!r} has a target, so its runs have no error, and none can have "
                f"learned; compare its findings, as in cn.Study({prepared.task.name!r}, vary={{'rule': […]}}, seeds=…), or "
                f"connectionist study {prepared.task.name} --vary rule=…"
            )

    def obstacle(self, pair: Pair) -> str:
        """Return why a pair cannot train the network; "" if nothing is known that prevents it."""
        try:
            preparation = self._preparation(pair.arguments)
            prepared = self._prepare(preparation)
            phases = preparation.phases(prepared.task)
            check_phases(prepared.network, prepared.examples, phases)
        except ConnectionistError as error:
            return str(error)
        self.notes[pair] = "; ".join(filter(None, [self.note, _adapted(phases_of(prepared.task), phases)]))
        return ""

    def choose_rates(self, tried: Sequence[float]) -> dict[Pair, str]:
        """Choose for each pair the rates that the task and the rule allow. Leave out pairs without any, and return the reasons."""
        obstacles = {}
        for pair in [pair for pair in self.pairs if pair.rate_parameter]:
            reasons = {rate: self._obstacle_of_rate(pair, rate) for rate in tried}
            self.rates[pair] = [rate for rate, reason in reasons.items() if not reason]
            if left_out := {rate: reason for rate, reason in reasons.items() if reason}:
                text = f"not tried: {', '.join(f'{rate:g}' for rate in left_out)} ({next(iter(left_out.values()))})"
                self.notes[pair] = "; ".join(filter(None, [self.notes[pair], text]))
            if not self.rates[pair]:
                obstacles[pair] = f"no rate is allowed: {next(iter(left_out.values()))}"
        self.pairs = [pair for pair in self.pairs if pair not in obstacles]
        return obstacles

    def _obstacle_of_rate(self, pair: Pair, rate: float) -> str:
        varied = pair.condition(rate)
        arguments = {name: varied.pop(name) for name in pair.arguments}
        try:
            preparation = self._preparation({**arguments, "parameters": {**self.options["parameters"], **varied}})
            preparation.phases(drawn_task(preparation.task, self.seed))
        except ConnectionistError as error:
            return str(error)
        return ""

    def _preparation(self, arguments: Mapping[str, Any]) -> Preparation:
        given: dict[str, Any] = {"rule": None, "procedure": None, **self.options, **arguments}
        return Preparation(self.task, **given)

    def _prepare(self, preparation: Preparation) -> PreparedRun:
        if self._prepared is None:
            self._prepared = preparation.for_seed(self.seed)
        return self._prepared


def _adapted(of_task: Sequence[Phase], phases: Sequence[Phase]) -> str:
    """Return which settings of the task's phases have other values, since the rule needs these."""
    texts = (
        f"{name}={getattr(phase, name)!r} instead of {getattr(own, name)!r}"
        for own, phase in zip(of_task, phases, strict=True)
        for name in ADAPTED
        if getattr(own, name) != getattr(phase, name)
    )
    return ", ".join(dict.fromkeys(texts))


def assign_pairs(pairs: Sequence[Pair], own: Subject, settling: Subject | None) -> dict[Pair, str]:
    """Give each pair to the subject that it can train, the task itself if possible. Return why the others can train none.

    Parameters
    ----------
    pairs : sequence of Pair
    own : Subject
        The task itself.
    settling : Subject or None
        The task with a network that settles; None if the user did not ask for it.
    """
    obstacles = {}
    proposed = settling or settling_subject(own, LIKELY_TICKS)
    for pair in pairs:
        obstacle = pair.obstacle or own.obstacle(pair)
        if not obstacle:
            own.pairs.append(pair)
        elif pair.obstacle:
            obstacles[pair] = obstacle
        elif reason := proposed.obstacle(pair):
            obstacles[pair] = _obstacle_of_ticks(pair, own, obstacle, settling, reason)
        elif settling is None:
            obstacles[pair] = f"{obstacle}; {PROPOSAL}"
        else:
            settling.pairs.append(pair)
    return obstacles


def _obstacle_of_ticks(pair: Pair, own: Subject, obstacle: str, settling: Subject | None, reason: str) -> str:
    """Return why a pair can train neither the task nor the task with the ticks that were given, if any."""
    if settling is None or reason == obstacle:
        return obstacle
    tried = f"with {settling.note}: {reason}"
    return f"{obstacle}; {tried}" if settling_subject(own, LIKELY_TICKS).obstacle(pair) else f"{tried}; {PROPOSAL}"


def settling_subject(own: Subject, ticks: int) -> Subject:
    """Return the subject with symmetric connections, whose examples are held for some ticks."""
    task, options = own.task, own.options
    if isinstance(task, str):
        task = make_task(task, options["preset"], **options["parameters"])
    settling = SettlingTask(task, ticks, source_digest(type(task)))
    note = f"symmetric connections, {describe_count(ticks, 'tick')}"
    return Subject(RUNS_SETTLING, settling, {**options, "preset": "default", "parameters": {}}, own.seed, note)
