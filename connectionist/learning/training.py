"""Training a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy.typing as npt

from connectionist.data.example_set import Examples
from connectionist.engines.engine import Engine
from connectionist.engines.phase import SETTINGS, Phase
from connectionist.engines.presentation import Presentation
from connectionist.engines.schedule import Schedule
from connectionist.engines.weight_updates import check_memory
from connectionist.learning.checkpoints import DEFAULT_EVERY, Checkpoints, new_checkpoints
from connectionist.learning.continuation import Start, check_run, last_phase, tested_before
from connectionist.learning.derivatives import resolve_engine
from connectionist.learning.example_functions import make_example_functions
from connectionist.learning.progress import Reporter
from connectionist.learning.run import Run
from connectionist.learning.train_arguments import (
    Until,
    check_test,
    make_phases,
    make_reporter,
    split_until,
)
from connectionist.learning.trainer import Trainer
from connectionist.learning.training_checks import accepted_phase
from connectionist.model.network import Network, check_network
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import Rule
from connectionist.recording.in_training import ActiveRecorders
from connectionist.recording.recorder import Recorder
from connectionist.utils.functions import with_known_arguments


@with_known_arguments
def train(
    network: Network,
    examples: Examples,
    rule: Rule | str | None = None,
    epochs: int | None = None,
    *,
    engine: str | Engine | None = None,
    update_after: str | int | None = None,
    order: str | None = None,
    weighting: str | None = None,
    presentations: int | None = None,
    clip: tuple[str, float] | None = None,
    schedule: Schedule | None = None,
    procedure: str | LearningProcedure | None = None,
    phases: Sequence[Phase] | None = None,
    seed: int | None = None,
    until: Until = None,
    every: int = 1,
    tolerance: float | None = None,
    test: Examples | None = None,
    test_every: int = 1,
    memory: Mapping[str, npt.ArrayLike] | None = None,
    record: Recorder | Sequence[Recorder] = (),
    after_example: Callable[[Presentation], None] | None = None,
    after_event: Callable[[Presentation], None] | None = None,
    progress: bool | Reporter = False,
    checkpoint: str | Path | Checkpoints | None = None,
    checkpoint_every: int | str = DEFAULT_EVERY,
    continue_from: Run | None = None,
) -> Run:
    """Train a network on examples. Training changes the weights of the network.

    Parameters
    ----------
    network : Network
    examples : ExampleSet or list of Example
    rule : Rule or str, optional
        Rule of a single phase. A name means the rule with its default parameters.
    epochs : int, optional
        Largest number of epochs of a single phase, at least 0.
    engine : str or Engine, optional
        "compiled" by default.
    update_after, order, weighting, presentations, clip, schedule, procedure
        See `Phase`.
    phases : sequence of Phase, optional
        Phases, instead of `rule`, `epochs` and the arguments of `Phase`. The state of a
        rule continues in the next phase under the same name.
    seed : int, optional
        Root seed, at least 0; by default ``network.seed``, which `Network.randomize` assigns, or the seed of the run to continue from. The
        order of the examples comes from its stream "order".
    until : float, Criterion or function, optional
        Condition that ends training after an epoch: E of the epoch is at most this number, or the epoch meets the criterion, or the
        function, called with the `Run`, returns true or a word, which becomes ``run.stopped``. The function may change weights, lesions,
        functions and rates of the network, which takes effect in the next epoch.
    every : int
        Number of epochs between two calls of the function of `until`, at least 1. The function is also called after the last epoch. Each
        call ends a block of epochs, which costs about 0.1 ms, and 0.3 ms if the function changes the network. An epoch of a small network
        takes less than 0.02 ms, so a call after each epoch can multiply the time of training (``benchmarks/until.py``).
    tolerance : float, optional
        Distance from the target below which an output unit is correct, above 0; 0.5 by default. In a correct example every output unit
        with a target is.
    test : ExampleSet or list of Example, optional
        Testing examples. They are presented after the weight changes of an epoch, and the network does not learn from them. ``run.log`` has
        "test_error", E summed over them, and "test_correct", the fraction of them that are correct. The training, the random numbers and
        the case that the units show at the end are those without a test. `until` may read ``run.test_error`` and ``run.test_correct``.
    test_every : int
        Number of epochs between two tests, at least 1. There is also a test after the last epoch. A test takes 0.3 to 0.5 ms in a
        small network, where an epoch takes 0.01 ms, and about three epochs of its examples in a large one (``benchmarks/testing.py``).
    memory : dict of str to array [weight], optional
        ``run.memory`` of an earlier run, from which the rule continues. A random order does not continue; it starts again from the seed.
        See also `continue_from`.
    record : Recorder or sequence of Recorder, optional
        What to record. The result is ``run.recording``, or ``run.recordings`` for several recorders.
    after_example : function, optional
        Called with a `Presentation` after each presentation of an example, and after the change of the weights that follows it. The
        network shows the example, and weights may be assigned. A call takes about 12 microseconds more than the function for
        xor, and 30 for the family trees (``benchmarks/after_example.py``). In training by batch, the examples are then computed one by
        one, so that sums of derivatives may differ in the last bits.
    after_event : function, optional
        Called with a `Presentation` for each event of an example, in their order, before `after_example`. An event is a ``cn.Event``; in
        another sequence each tick is an event. The calls come when the whole example has been presented, and after the change of the
        weights that follows it. The network shows the last tick of the event, and ``presentation.activations`` has the ticks of the event.
    progress : bool or Reporter
        Whether to show a progress bar, or a context manager that shows progress. What a reporter changes takes effect as in `until`, but
        the epochs in which it is called depend on the time that they take.
    checkpoint : str or path, optional
        New or empty folder for checkpoints, from which `connectionist.resume` goes on, after a crash for example. A checkpoint of a small
        network takes a few milliseconds. The training has the same bits with and without it.
    checkpoint_every : int or str
        Interval of checkpoints: a number of epochs, or a time such as "30 s", "5 min" or "1 h". There is also one at the end.
    continue_from : Run, optional
        A run of `train`, `train_many` or `resume` to go on with: its orders, the memory of its rule, context, noise, phases and log. The
        result is the run that one longer training would have returned, with the same bits, if this network has the weights in which the
        run ended.
        `engine`, `tolerance`, `test`, `test_every` and, of a single phase, the rule, `update_after`, `order`, `weighting`,
        `presentations`, `clip` and, with the rule, `schedule` are those of the run by default. Recordings begin with the next epoch.

    Returns
    -------
    Run
        The log of training and the reason why it stopped.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    UnknownNameError
        If there is no rule, engine or procedure of a given name.
    FileError
        If the folder of `checkpoint` is not empty, is in use by another process, or cannot be written.
    PluginError
        If a formula returns something that it must not return, or writes into an argument that it may only read. The error names it.
    DataError
        If the examples do not fit the network.
    WiringError
        If the learning procedure cannot run the network, or if `until` or `progress` adds a group or connections, or ties weights.
    DivergenceError
        If the error or a weight becomes infinite or NaN. Its attribute ``run`` has the epochs before that one.
    TrainingInterrupted
        On Ctrl-C. Its attribute ``run`` has the epochs until then.
    Exception
        What a formula, a reporter or the function `until` raises. Its attribute ``run`` has the epochs before, and the network
        has the weights of the last of them.

    Warns
    -----
    UserWarning
        If there are hidden units and every trainable weight is 0, so that nothing breaks the symmetry of the hidden units; if examples
        that continue one another are presented in another order than their own; if examples have different frequencies and no phase uses
        them; if no example has a target, or derivatives would go back through functions whose slope is 0, so that nothing is learned; if
        a target is out of the range of the activation function of its unit; or if a criterion counts correct cases, the targets of a
        unit have two values, and one output is within the tolerance of both.
    """
    check_network(network, "train")
    before = None if continue_from is None else check_run(continue_from, seed, memory)
    settings = dict(zip(SETTINGS, (update_after, order, weighting, presentations, clip, schedule, procedure), strict=True))
    run_phases = make_phases(rule, epochs, phases, settings, before=last_phase(before), known=accepted_phase(network))
    start = Start(
        before=before,
        network=network,
        examples=network._examples(examples),
        phases=run_phases,
        engine=None if engine is None else resolve_engine(engine, "train.engine"),
        seed=network.seed if seed is None else seed,
        tolerance=tolerance,
        memory=check_memory(memory, network, [phase.rule for phase in run_phases], "train.memory"),
    )
    criterion, stop = split_until(until, every)
    position, run = start.begin(criterion, *check_test(network, *tested_before(before, test, test_every)))
    reporter = make_reporter(progress, network.name)
    with new_checkpoints(checkpoint, checkpoint_every) as checkpoints:
        return Trainer(
            run=run,
            examples=start.examples,
            position=position,
            criterion=criterion,
            stop=stop,
            every=int(every),
            recorders=ActiveRecorders(run, start.examples, position.engine, record),
            example_functions=make_example_functions(run_phases, after_example, after_event),
            checkpoints=checkpoints,
            checked=start.checked,
        ).train_with(reporter)
