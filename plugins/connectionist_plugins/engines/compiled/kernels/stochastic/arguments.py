"""The structs of the arguments of procedures with random units."""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, DoubleTable, Integers, IntegerTable, Words

BOLTZMANN, RESTRICTED_BOLTZMANN, REINFORCE = range(3)
COMPUTATIONS = ("boltzmann", "restricted_boltzmann", "reinforce")  # names in `StochasticProcedure.computation`


class RandomStream(NamedTuple):
    """The state of a generator of random numbers, see `streams`.

    Attributes
    ----------
    pool : int array [4]
        Memory for the words that are made of a seed.
    state : uint64 array [4]
        The state of 128 bits and the increment, each its high and its low word.
    half : int array [2]
        Whether there is half a word that was not used, and this half.
    """

    pool: Integers
    state: Words
    half: Integers


class StochasticArguments(NamedTuple):
    """A network whose units are drawn, in the order of the objects. A unit without an addition is one that the procedure computes.

    Attributes
    ----------
    net_inputs, activations, targets, derivatives : float array [state row]
        x, y, d and ∂E/∂y of all units of the network.
    units : int array [unit]
        Row of each unit, in the order of the groups; for REINFORCE in the order of the schedule.
    activate, parameters : int array [unit]
        Addresses of the activation function and of its parameters.
    connection_starts : int array [unit + 1]
        First incoming connection of each unit, and the end.
    senders, weights : int array [incoming connection]
        Row of the sender, and row of the weight.
    values : float array [incoming connection]
        Memory for the values of the weights.
    ends : int array [connection, 3]
        Rows of the sender, of the receiver and of the weight of each connection of the network.
    input_rows : int array [input unit]
        Row of each input unit; −1 for a lesioned one.
    output_rows, output_units : int array [output unit]
        Row of each output unit, and its number among the units; −1 for a lesioned one.
    compare, error_parameters, margins : int, int and float array [output unit]
        Error function and margin of each output unit.
    case_derivatives : float array [weight row]
        Memory for what one case gives in place of ∂E/∂w.
    hidden : int array [hidden unit]
        Number of each hidden unit among the units.
    free : int array [unit]
        Memory for the units that are not clamped.
    order : int array [unit]
        Memory for the order in which units are computed.
    numbers, means : float array [unit]
        Memory for random numbers, and for means or probabilities.
    scratch : float array [4, number in whole vectors]
        Memory for calls of functions.
    stream : RandomStream
    computation : int
        Index of the computation in `COMPUTATIONS`.
    first_temperature, temperature, annealing, samples, stochastic : float, float, int, int and bool
        Parameters of the Boltzmann machine.
    steps : int
        Parameter of the restricted Boltzmann machine.
    baseline, penalty : float
        Parameters of REINFORCE.
    """

    net_inputs: Doubles
    activations: Doubles
    targets: Doubles
    derivatives: Doubles
    units: Integers
    activate: Integers
    parameters: Integers
    connection_starts: Integers
    senders: Integers
    weights: Integers
    values: Doubles
    ends: IntegerTable
    input_rows: Integers
    output_rows: Integers
    output_units: Integers
    compare: Integers
    error_parameters: Integers
    margins: Doubles
    case_derivatives: Doubles
    hidden: Integers
    free: Integers
    order: Integers
    numbers: Doubles
    means: Doubles
    scratch: DoubleTable
    stream: RandomStream
    computation: int
    first_temperature: float
    temperature: float
    annealing: int
    samples: int
    stochastic: bool
    steps: int
    baseline: float
    penalty: float
