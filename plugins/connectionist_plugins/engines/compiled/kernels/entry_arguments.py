"""The structs of all arguments of the kernels that Python calls."""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Floats, FloatTable, Integers, IntegerTable
from connectionist_plugins.engines.compiled.kernels.arguments import (
    NetworkArguments,
    ProbeTable,
    RuleArguments,
    WeightArrays,
)
from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import StochasticArguments
from connectionist_plugins.engines.compiled.kernels.stop_conditions import StopConditions


class TrainingArguments(NamedTuple):
    """The arguments of the loop over epochs. See `kernels` for what is not described here.

    Attributes
    ----------
    recording_network : NetworkArguments
        Network for epochs in which ∂E/∂y is recorded: derivatives also propagate to clamped units.
    previous_values : array [weight row]
        Filled with the weights before the last epoch.
    previous_memory : array [name, trained weight]
        Filled with the memory of the rule before the last epoch; empty if not needed.
    orders : int array [epoch, presentation]
        Orders of presentation; one row if all epochs have the same order.
    epochs : int
        Maximal number of epochs.
    per_change : int
        Examples per change of the weights.
    errors, correct : float array [epoch]
        Filled with E and the fraction of correct cases.
    probes : ProbeTable or None
        None if nothing is recorded.
    settling : SettlingArguments or None
        None unless cases settle.
    stochastic : StochasticArguments or None
        None unless the procedure has random units.
    """

    network: NetworkArguments
    recording_network: NetworkArguments
    rule: RuleArguments
    weights: WeightArrays
    previous_values: Floats
    previous_memory: FloatTable
    inputs: FloatTable
    targets: FloatTable
    orders: IntegerTable
    epochs: int
    per_change: int
    stop: StopConditions
    errors: Doubles
    correct: Doubles
    probes: ProbeTable | None
    settling: SettlingArguments | None = None
    stochastic: StochasticArguments | None = None


class PassArguments(NamedTuple):
    """The arguments of a single pass over examples.

    Attributes
    ----------
    probes : ProbeTable or None
        None for a pass that sums derivatives.
    has_backward_pass : bool
        Whether to run the backward pass.
    averages_ties : bool
        Whether derivatives of tied weights are averaged.
    derivatives : array [weight row]
        Receives the derivatives of the weights; empty if they are not needed.
    backward : array [weight row]
        Weights through which derivatives go back; empty if these are the values.
    """

    network: NetworkArguments
    values: Floats
    inputs: FloatTable
    targets: FloatTable
    order: Integers
    probes: ProbeTable | None
    has_backward_pass: bool
    averages_ties: bool
    derivatives: Floats
    backward: Floats
