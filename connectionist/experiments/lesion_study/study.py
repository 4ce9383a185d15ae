"""Lesion studies: damage of several severities, drawn several times, and recovery by further training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectionist.data.example_set import Examples
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Phase
from connectionist.errors import DivergenceError, check_flag, check_number
from connectionist.experiments.lesion_study.damaged_parts import DamagedPart
from connectionist.experiments.lesion_study.measurement import Measure, Measurement, Measurements
from connectionist.experiments.lesion_study.networks import Trained, TrainedNetwork, trained_networks
from connectionist.experiments.lesion_study.plan import DEFAULT_DRAWS, DEFAULT_SEVERITIES, Lesion, OwnDamage, Recovery, StudyPlan
from connectionist.experiments.lesion_study.result import COLUMNS, LesionStudy
from connectionist.experiments.study.function_calls import call_for_each
from connectionist.learning.progress import progress_over
from connectionist.learning.run import Run
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.model.perturbation import has_noise
from connectionist.plugins import registry
from connectionist.utils.caller_warnings import warning_once
from connectionist.utils.functions import with_known_arguments


@with_known_arguments
@warning_once()
def lesion_study(
    trained: Trained | Iterable[Trained] | Mapping[str, Trained],
    examples: Examples | None = None,
    *,
    damage: str | OwnDamage = "units",
    of: DamagedPart | Iterable[DamagedPart] | None = None,
    severities: float | Iterable[float] = DEFAULT_SEVERITIES,
    draws: int = DEFAULT_DRAWS,
    progressive: bool = False,
    recovery: Phase | Sequence[Phase] | None = None,
    at_epochs: int | Iterable[int] | None = None,
    retrained_on: Examples | None = None,
    measure: Measure | None = None,
    tolerance: float | None = None,
    seed: int = 0,
    engine: str | Engine = DEFAULT_ENGINE,
    progress: bool = False,
) -> LesionStudy:
    """Damage copies of trained networks and measure their performance, also while they recover by further training.

    Parameters
    ----------
    trained : Network, Run, Result, object with a ``network``, or several of them
        The networks: one, a list, a dict by name, the results of ``cn.run_seeds(task, seeds)``, or what ``cn.read_run(folder)`` returns.
        They are not changed. An iterator must end after 10,000 of them at most.
    examples : ExampleSet or list of Example, optional
        Examples for all measurements. The default is the training examples of each network's task, for objects with a ``task``.
    damage : str or function
        Kind of damage:

        - "units": a fraction ``severity`` of the units is lesioned, as by ``net.lesion``;
        - "connections": a fraction ``severity`` of the connections is lesioned;
        - "noise": Gaussian noise with the standard deviation ``severity`` is added to each weight;
        - "relative_noise": the same with ``severity`` times the standard deviation of all damaged weights;
        - "weakening": each weight is reduced by a fraction ``severity``;
        - "each_unit", "each_projection": no draws; the network is measured intact (severity 0), and then with each unit or projection
          lesioned in turn (severity 1), whose name is in the column "part";
        - a function of your own, called with a copy of the network, the severity and a numpy Generator. It changes the copy, and returns
          the number of damaged parts, or None. It is an error if it changes no copy at any severity above 0, unless it returns 0.

        A fraction is rounded half up to a number of units or connections, which may be 0; the table has the number.
    of : str, Unit, Group, Connection, Projection, or several of them, optional
        Parts to damage, as names or objects: "hidden", "person:Colin", "hidden → output", "input:0 → hidden:1". For "units", the default is
        all hidden units. For other kinds of damage, a group or unit means its incoming connections, and the default is all connections with
        a trainable weight. Biases are damaged only if they are named ("bias → hidden").
    severities : float, or several
        At least 0; fractions at most 1. 0 measures the intact network.
    draws : int
        Number of draws of each severity, at least 1.
    progressive : bool
        Whether the draws with the same number use the same random numbers for every severity, so that more severe damage includes less
        severe damage. If False, all draws are independent.
    recovery : Phase or sequence of Phase, optional
        Further training of each damaged copy. Lesioned parts stay lesioned. The memory of the rule starts at 0, so with momentum this is
        not a continuation of the earlier training, not even at severity 0.
    at_epochs : int, or several, optional
        Epochs of the recovery after which the network is measured; by default ten, evenly spread.
    retrained_on : ExampleSet or list of Example, optional
        Examples of the recovery, for studies of generalization from relearning (Plaut 1996); by default those of the measurements.
    measure : function, optional
        Called with each damaged copy, which it must not change. Returns a number, or a dict of name to number, for further columns of the
        table. Studies of more than about 5 seconds use all processors: then other processes call this function and that of `damage`,
        unless these are defined in a notebook or script, or in a function.
    tolerance : float, optional
        A case is correct if every output unit with a target is less than this from it; above 0. The default is that of each network's task,
        for objects with a ``task``, and 0.5 for others. A lesioned output unit has activation 0 and counts too.
    seed : int
        Root seed, at least 0. Each draw has a random stream, named by the kind of damage, the damaged units or connections, the severity,
        the position of the network in the study and the number of the draw. So further severities, draws or networks, and other names for
        the same networks or parts, do not change it.
    engine : str or Engine
        Engine of the measurements and of the recovery.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    LesionStudy
        ``table`` has one row per measurement, ``by_case`` has the correct cases, and ``plot()`` plots a measure.

    Raises
    ------
    ParameterError
        If a parameter is out of range, if there is nothing to damage, if two subjects are the same network, or if a function returns
        something else than it must, or damages nothing.
    UnknownNameError
        If there is no such kind of damage, part or engine.
    DataError
        If the examples do not fit a network.
    DivergenceError
        If the recovery produces infinity or NaN.

    Notes
    -----
    For noise on activations or net inputs, `damage` is a function that assigns it to groups of the copy, as in
    ``copy["hidden"].activation_noise = severity``. Noise and weakening change tied connections together, because they
    share a weight.

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
    if tolerance is not None:
        tolerance = check_number("lesion_study", "tolerance", tolerance, above=0)
    check_flag("lesion_study", "progress", progress)
    plan = StudyPlan.from_arguments(damage, of=of, severities=severities, draws=draws, progressive=progressive, seed=seed)
    training = Recovery.from_arguments(recovery, at_epochs, retrained_on)
    measurement = Measurement(measure, registry.resolve("engines", engine, Engine, what="lesion_study.engine"))  # type: ignore[type-abstract,unused-ignore]
    networks = trained_networks(trained, examples, tolerance)
    lesions = [(index, lesion) for index, network in enumerate(networks) for lesion in plan.lesions(network.network)]
    experiment = Experiment(plan, training, measurement, networks, lesions)
    with progress_over("lesion study", len(lesions), "lesions", progress) as step:
        return _result(plan, call_for_each(experiment, len(lesions), step, used=(measure, damage)))


@dataclass(frozen=True)
class Experiment:
    """The procedure applied to each copy of a network.

    Attributes
    ----------
    plan : StudyPlan
        The damage.
    recovery : Recovery
        The training after the damage.
    measurement : Measurement
    networks : list of TrainedNetwork
    lesions : list of (int, Lesion)
        Each lesion, with the position of its network in the study.
    """

    plan: StudyPlan
    recovery: Recovery
    measurement: Measurement
    networks: Sequence[TrainedNetwork]
    lesions: Sequence[tuple[int, Lesion]]

    def __call__(self, number: int) -> Measurements:
        """Damage a copy of a network, measure it, train it, and measure it at the epochs of the recovery.

        Parameters
        ----------
        number : int
            Number of the lesion, from 0.
        """
        index, lesion = self.lesions[number]
        trained, found = self.networks[index], Measurements()
        severity, draw = lesion.severity, lesion.draw
        network = trained.network.copy()
        damaged, found.is_changed = self.plan.apply(network, index, severity, draw)
        if has_noise(network, "testing"):  # a copy would have the noise of every other copy
            network.seed = int(self.plan.stream(f"noise at severity {severity:g}", index, draw).integers(2**31))

        def measure(epoch: int) -> None:
            keys = {"subject": trained.name, "severity": severity, "draw": draw, "epoch": epoch, "damaged": damaged}
            keys |= {} if lesion.part is None else {"part": lesion.part}
            self.measurement.add_to(found, network, trained, **keys)

        def measure_if_due(run: Run) -> None:
            if run.epochs in self.recovery.epochs:
                measure(run.epochs)

        measure(0)
        if self.recovery.phases:
            examples = self.recovery.examples or trained.examples
            order_seed = int(self.plan.stream("order of training", index, draw).integers(2**31))
            try:
                self.recovery.train(network, examples, self.measurement.engine, order_seed, measure_if_due)
            except DivergenceError as error:
                raise DivergenceError(f"lesion_study of {trained.name}, severity {severity:g}, draw {draw}: {error}") from error
        return found


def _result(plan: StudyPlan, measurements: Sequence[Measurements]) -> LesionStudy:
    import pandas as pd

    plan.check_damages([(each.rows[0]["severity"], each.rows[0]["damaged"], each.is_changed) for each in measurements])
    table = pd.DataFrame([row for each in measurements for row in each.rows])
    others = [name for name in table.columns if name not in COLUMNS]
    cases = [case for each in measurements for case in each.cases]
    return LesionStudy(table[[*COLUMNS, *others]], plan.damage.name, ", ".join(plan.names or ()), plan.damage.axis, cases)
