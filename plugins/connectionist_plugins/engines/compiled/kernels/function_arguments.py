"""The functions of a network's groups, as kernels take them."""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Flags, Integers, IntegerTable


class Functions(NamedTuple):
    """Addresses of the C functions (see `formulas.templates`) and of their parameters.

    A run is one of `WiringArguments.output_runs`.

    Attributes
    ----------
    activate, slope, activation_parameters : int array [step]
        Activation function. `slope` is 0 for a step whose ∂E/∂x comes from the formula of its error function alone.
    joint : uint8 array [step]
        Whether one call computes all units of a case.
    dynamic : uint8 array [step]
        Whether the activation one tick before is an argument of the function. Such functions have a forward pass only.
    output, output_parameters : int array [row]
        Output function of the unit of each row of a tick, 0 for none; empty if no unit has one. They have a forward pass only.
    given_rows : int array
        Rows of a tick whose activations no step computes; empty if no unit has an output function.
    net_input, input_slopes, input_parameters : int array [step]
        Input function; 0 for a step of weighted sums. Empty if no unit has one.
    integrates : uint8 array [step]
        1 if the units integrate their net input, 2 if their activation, else 0.
    dt : float array [position]
        Fraction of the distance to its drive that a leaky unit covers in one tick.
    compare, error_parameters : int array [run]
        Error function.
    margin : float array [run]
        Distance from the target within which, as beyond the target, there is no error.
    comparison : uint8 array [run]
        What gives E and the derivatives of the units' own errors: 0 for `compare`; 1 for a formula of the net input, so that `compare` is
        only for display; 2 for a joint error function.
    paired, paired_parameters : int array [step]
        Error function with a formula of the net input; 0 for a step without.
    paired_margin : float array [step]
        Margin of its units.
    joint_compare, joint_error_parameters : int array [group]
        Error function of each output group with a joint one.
    joint_margin : float array [group]
        Margin of its units.
    joint_outputs : int array [group, 2]
        Index of the first output unit, and number of units.
    cost, cost_parameters : int array [cost run]
        Cost on the activations of a run of units.
    cost_runs : int array [cost run, 2]
        Runs of units of one group in successive rows that have a cost: row of the first unit, and number of units.
    own_rows : int array
        Rows of the units that have errors of their own: the output units, and those with a cost.
    """

    activate: Integers
    slope: Integers
    activation_parameters: Integers
    joint: Flags
    dynamic: Flags
    output: Integers
    output_parameters: Integers
    given_rows: Integers
    net_input: Integers
    input_slopes: Integers
    input_parameters: Integers
    integrates: Flags
    dt: Doubles
    compare: Integers
    error_parameters: Integers
    margin: Doubles
    comparison: Flags
    paired: Integers
    paired_parameters: Integers
    paired_margin: Doubles
    joint_compare: Integers
    joint_error_parameters: Integers
    joint_margin: Doubles
    joint_outputs: IntegerTable
    cost: Integers
    cost_parameters: Integers
    cost_runs: IntegerTable
    own_rows: Integers
