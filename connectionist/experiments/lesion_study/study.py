"""Lesion studies: damage of several severities, drawn several times, and the recovery if training goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Phase
from connectionist.errors import DivergenceError, check_flag, check_number
from connectionist.experiments.lesion_study.damaged_parts import DamagedPart
from connectionist.experiments.lesion_study.measurement import Measure, Measurement
from connectionist.experiments.lesion_study.networks import Trained, TrainedNetwork, read_subjects
from connectionist.experiments.lesion_study.plan import OwnDamage, Recovery, StudyPlan
from connectionist.experiments.lesion_study.result import COLUMNS, LesionStudy
from connectionist.learning.progress import progress_over
from connectionist.learning.run import Run
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.plugins import registry


def lesion_study(
    trained: Trained | Iterable[Trained] | Mapping[str, Trained],
    examples: ExampleSet | None = None,
    *,
    damage: str | OwnDamage = "units",
    of: DamagedPart | Iterable[DamagedPart] | None = None,
    severities: float | Iterable[float] = (0.0, 0.1, 0.3, 0.5),
    draws: int = 10,
    progressive: bool = False,
    recovery: Phase | Sequence[Phase] | None = None,
    at_epochs: int | Iterable[int] | None = None,
    retrained_on: ExampleSet | None = None,
    measure: Measure | None = None,
    tolerance: float = 0.5,
    seed: int = 0,
    engine: str | Engine = DEFAULT_ENGINE,
    progress: bool = False,
) -> LesionStudy:
    """Damage copies of trained networks, and measure what they can still do; and how they recover when training goes on.

    Parameters
    ----------
    trained : Network, Run, Result or whatever has a ``network``, or several
        The subjects: as a list, by name in a dict, or as ``cn.run_seeds(task, seeds)`` yields them; also what ``cn.read_run(folder)``
        reads. They are not changed.
    examples : ExampleSet, optional
        By which all are measured; each one's own training examples unless given, for what has a ``task``.
    damage : str or function
        What is done, and what a severity is:

        - "units": a fraction of the units is taken out, as by ``net.lesion``;
        - "connections": a fraction of the connections is taken out;
        - "noise": Gaussian noise is added to each weight, of this standard deviation;
        - "relative_noise": the same, of this many times the standard deviation of all the weights that are damaged;
        - "weakening": this fraction is taken off each weight;
        - a function of your own, called with a copy of the network, the severity and a numpy Generator to draw from; it changes the copy.

        A fraction of so few that none would be taken out takes none; the table says how many were damaged.
    of : parts, optional
        Units and groups ("hidden", "person:Colin"), projections and connections ("hidden → output", "input:0 → hidden:1"), by name or as
        objects, one or several. For "units": all hidden units unless given. For the rest a group or unit stands for the connections
        that it receives, and all that training may change are meant unless some are given; biases are left alone unless they are named
        ("bias → hidden").
    severities : float, or several
        At least 0, and fractions at most 1. 0 measures the intact network.
    draws : int
        How often each severity is drawn, at least 1.
    progressive : bool
        Whether the draws of one number go together: more severe damage then includes less severe damage. Otherwise all are independent.
    recovery : Phase or sequence of Phase, optional
        Training that goes on from each damaged copy. What was taken out stays out. What the rule remembers begins at zero, so with momentum
        it is not the training before continued, not even at severity 0.
    at_epochs : int, or several, optional
        After which epochs of it to measure; at ten, evenly spread, unless given.
    retrained_on : ExampleSet, optional
        The examples of that training, as in studies of what comes back without being trained (Plaut 1996); those measured unless given.
    measure : function, optional
        Called with each damaged copy, which it must leave as it is; returns a number or a dict of name to number, for columns of the table.
    tolerance : float
        A case is right when every output unit with a target is less than this from it; above 0. A unit taken out is silent, and is
        asked all the same.
    seed : int
        Root seed. Each draw has a stream of its own, named by the kind of damage, the units or connections found, the severity, the
        subject's place and the draw's number. So neither another severity, more draws or subjects after it, nor other names for the
        same subject or parts move it.
    engine : str or Engine
    progress : bool
        Whether to show how far the study has come.

    Returns
    -------
    LesionStudy
        Its ``table`` has a row per measurement, ``by_case`` tells which cases were right, ``plot()`` draws it.

    Raises
    ------
    ParameterError
        When a parameter is out of range, or there is nothing to damage.
    UnknownNameError
        When there is no such damage, or no part of that name.
    DataError
        When the examples do not fit a network.
    DivergenceError
        When training after damage leaves the finite numbers.

    Notes
    -----
    Noise on activations is not offered, since the engines have none. Noise and weakening reach tied connections together, since they share
    a weight.

    References
    ----------
    G. E. Hinton & T. Shallice (1991), Lesioning an attractor network: investigations of acquired dyslexia, *Psychological Review* 98,
    74–95.
    D. C. Plaut (1996), Relearning after damage in connectionist networks: toward a theory of rehabilitation, *Brain and Language* 52,
    25–82.

    Examples
    --------
    >>> import connectionist as cn
    >>> result = cn.run("xor", seed=1)
    >>> study = lesion_study(result, damage="connections", severities=(0, 0.5), draws=3)
    >>> study
    <LesionStudy of connections: 1 subject × 2 severities × 3 draws>
    >>> study.table.query("severity == 0")["correct"].tolist()
    [1.0, 1.0, 1.0]
    """
    check_number("lesion_study", "tolerance", tolerance, above=0)
    check_flag("lesion_study", "progress", progress)
    plan = StudyPlan.read(damage, of, severities, draws, progressive, seed)
    after = Recovery.read(recovery, at_epochs, retrained_on)
    ruler = Measurement(measure, tolerance, registry.resolve("engines", engine, Engine))  # type: ignore[type-abstract,unused-ignore]
    subjects = read_subjects(trained, examples)
    with progress_over("lesion study", len(subjects) * len(plan.severities) * plan.draws, "lesions", progress) as step:
        for place, subject in enumerate(subjects):
            for severity in plan.severities:
                for draw in range(plan.draws):
                    _lesion(subject, place, plan, severity, draw, after, ruler)
                    step()
    return _study(ruler, plan)


def _lesion(subject: TrainedNetwork, place: int, plan: StudyPlan, severity: float, draw: int, after: Recovery, ruler: Measurement) -> None:
    """Damage one copy of a subject, measure it, train it, and measure it now and then."""
    network = subject.network.copy()
    damaged = plan.do(network, place, severity, draw)

    def look(epoch: int) -> None:
        ruler.look(network, subject.examples, subject=subject.name, severity=severity, draw=draw, epoch=epoch, damaged=damaged)

    def look_now_and_then(run: Run) -> None:
        if run.epochs in after.epochs:
            look(run.epochs)

    look(0)
    if after.phases:
        order = int(plan.stream("order of training", place, draw).integers(2**31))
        try:
            after.train(network, after.examples or subject.examples, ruler.engine, order, look_now_and_then)
        except DivergenceError as error:
            raise DivergenceError(f"lesion_study of {subject.name}, severity {severity:g}, draw {draw}: {error}") from error


def _study(ruler: Measurement, plan: StudyPlan) -> LesionStudy:
    import pandas as pd

    table = pd.DataFrame(ruler.rows)
    others = [name for name in table.columns if name not in COLUMNS]
    return LesionStudy(table[[*COLUMNS, *others]], plan.damage.name, ", ".join(plan.names or ()), plan.damage.axis, ruler.cases)
