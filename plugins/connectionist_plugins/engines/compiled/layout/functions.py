"""The functions of a network's groups and the state before tick 1, as arrays for the kernels, and the formulas of a rule.

They are read again after a change of a function, a parameter, a formula, a margin, a timing or the rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.population import function_key
from connectionist.model.activation_cost import OF_ACTIVATION
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.timing import INTEGRATED
from connectionist.plugins.formula_faults import check_change
from connectionist.plugins.procedures import SignalProcedure
from connectionist.plugins.rules import Rule
from connectionist.utils.arrays import Array
from connectionist.utils.declared_attributes import is_frozen_dataclass
from connectionist_plugins.engines.compiled.formulas.compile import change_address, formula_address, parameter_values
from connectionist_plugins.engines.compiled.formulas.costs import formulas_of
from connectionist_plugins.engines.compiled.formulas.fingerprint import Snapshot
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.kernels.function_arguments import Functions
from connectionist_plugins.engines.compiled.kernels.indexing import BY_GROUP, BY_NET_INPUT, BY_UNIT
from connectionist_plugins.engines.compiled.layout.program import Program, runs_of
from connectionist_plugins.engines.compiled.precision import Precision

if TYPE_CHECKING:
    from connectionist.engines.phase import Phase
    from connectionist_plugins.engines.compiled.layout.ready_network import ReadyNetwork


@dataclass
class KnownFormulas:
    """What the addresses of some formulas were made from.

    Attributes
    ----------
    settings : list of object
        Objects that were read, which are compared by identity with the present ones.
    plugins : list of object
        Those of them whose parameters were read too. Objects without parameters are left out.
    snapshots : list of Snapshot or None
        Of the formulas; None if one of them has no snapshot, so that its address must be found at each call.
    kept : list of object
        What must be kept alive while the addresses are in use.
    owners, names, values : list
        The plugins again, for each of their parameters, its name, and its value when it was read.
    """

    settings: list[object]
    plugins: list[object]
    snapshots: list[Snapshot] | None
    kept: list[object]
    owners: list[object] = field(init=False)
    names: list[str] = field(init=False)
    values: list[object] = field(init=False)

    def __post_init__(self) -> None:
        pairs = [(plugin, name) for plugin in self.plugins for name in getattr(plugin, "__dataclass_fields__", ())]
        self.owners, self.names = [plugin for plugin, _ in pairs], [name for _, name in pairs]
        self.values = list(map(getattr, self.owners, self.names))

    def is_current(self, settings: list[object]) -> bool:
        """Return whether the addresses would be made from the same objects now."""
        return _are_identical(settings, self.settings) and self.is_unchanged()

    def is_unchanged(self) -> bool:
        """Return whether the addresses would be made from these objects again: their parameters and formulas are as they were."""
        if self.snapshots is None or not all(map(is_, map(getattr, self.owners, self.names), self.values)):
            return False
        return all(map(Snapshot.is_current, self.snapshots))


def _are_identical(objects: list[object], others: list[object]) -> bool:
    return len(objects) == len(others) and all(map(is_, objects, others))


@dataclass
class KnownFunctions(KnownFormulas):
    """The functions of a program when it was last used.

    Attributes
    ----------
    functions : Functions
    initial_state : array [2, row]
        Net inputs and activations before tick 1.
    kept_networks : dict of tuple to ReadyNetwork
        The network with buffers, by its form, from the last call. A call takes it out, so that no other one uses the buffers.
    """

    functions: Functions
    initial_state: Floats
    kept_networks: dict[tuple[object, ...], ReadyNetwork] = field(default_factory=dict)

    @cached_property
    def packed(self) -> Functions:
        """The functions as kernels take them."""
        return packed(self.functions, "float64")  # they have no numbers in the engine's precision


@dataclass
class KnownRule(KnownFormulas):
    """The formulas of the rule of the last training.

    Attributes
    ----------
    rate : float
        Rate of all weights.
    change, signal : int
        Addresses. `signal` is 0 if the weights learn from error derivatives.
    parameters, signal_parameters : array
        What the formulas read: see `parameter_values`. The second is empty without a signal.
    """

    rate: float
    change: int
    signal: int
    parameters: Array
    signal_parameters: Array


def rule_of(network: Network, phase: Phase, rates: Array, precision: Precision) -> KnownRule:
    """Return the formulas of a phase for weights with some rates. They are kept with the schedule if all weights have one rate."""
    rule, procedure = phase.rule, phase.learning_procedure
    signals = procedure if isinstance(procedure, SignalProcedure) else None
    known_rules: dict[Precision, KnownRule] = network.schedule.derived.setdefault(KnownRule, {})
    known = known_rules.get(precision)
    settings = rule_settings(rule, signals)
    if known is None or len(rates) != 1 or rates[0] != known.rate or not known.is_current(settings):
        known = _make_rule(rule, signals, rates, precision, settings)
        if len(rates) == 1:
            known_rules[precision] = known
    return known


def rule_settings(rule: Rule, signals: SignalProcedure | None) -> list[object]:
    """Return what sessions read of a rule: its class, or itself if it is no frozen dataclass, its numbers, signals and parameters."""
    kind = type(rule) if is_frozen_dataclass(type(rule)) else rule
    return [kind, rule.decay, getattr(rule, "rate", None), signals, *parameters_of((rule, signals))]


def _make_rule(rule: Rule, signals: SignalProcedure | None, rates: Array, precision: Precision, settings: list[object]) -> KnownRule:
    check_change(rule)
    kept: list[object] = []
    change = change_address(rule, rates, precision, kept)
    signal = 0
    if signals is not None:
        role = "signal" if sum(phase.counts for phase in signals.phases) == 1 else "phased_signal"
        signal = formula_address(signals, role, precision, kept)
    of_signals = np.zeros(0) if signals is None else parameter_values(signals, precision)
    rate, of_rule = float(rates[0]) if len(rates) else math.nan, parameter_values(rule, precision)
    return KnownRule(settings, [], _snapshots(kept, 1 + bool(signal)), kept, rate, change, signal, of_rule, of_signals)


def functions_of(program: Program, precision: Precision) -> KnownFunctions:
    """Return the functions of a network's groups, and the objects to keep alive while their addresses are in use."""
    settings = _settings(program)
    known = program.known.get(precision)
    if known is None or not known.is_current(settings):
        addresses = Addresses(precision)
        functions = _make_functions(program, addresses)
        state = _initial_state(program, precision)
        plugins = [each for group, _, _ in program.groups for each in _functions_of_group(group)]
        known = program.known[precision] = KnownFunctions(settings, plugins, addresses.snapshots, addresses.kept, functions, state)
    return known


def _settings(program: Program) -> list[object]:
    """Return the objects that `_make_functions` and `_initial_state` read from the groups."""
    settings: list[object] = []
    for group, _, _ in program.groups:
        settings += (*_functions_of_group(group), group.paired_error, group.margin, group.timing, group.cost)
    return settings


def _functions_of_group(group: Group) -> tuple[object, ...]:
    return group.activation_function, group.error_function, group.output_function, group.input_function


def parameters_of(plugins: Iterable[object]) -> list[object]:
    """Return the parameters of plugin objects. One that is no dataclass, or None, has none."""
    return [getattr(plugin, name) for plugin in plugins for name in getattr(plugin, "__dataclass_fields__", ())]


def _snapshots(kept: list[object], count: int) -> list[Snapshot] | None:
    """Return the snapshots of a number of formulas; None if one of them has none."""
    found = [each for each in kept if isinstance(each, Snapshot)]
    return found if len(found) == count else None


def _initial_state(program: Program, precision: Precision) -> Floats:
    """Return net inputs and activations [2, row] before tick 1."""
    state = np.zeros((2, program.layout.size), precision)
    state[1, program.wiring.bias_row] = 1.0
    for group, rows, is_intact in program.groups:
        state[0, rows], state[1, rows] = group.timing.initial_net_input * is_intact, group.timing.initial * is_intact
    return state


def _make_functions(program: Program, addresses: Addresses) -> Functions:
    """Return the functions of a network's groups."""
    groups = program.step_groups
    error_functions = [group.error_function for group in program.run_groups]
    joint = [(group, first) for group, first in program.output_groups if group.error_function.is_joint]
    with_costs = [
        (formulas_of(group.cost), rows[is_intact])
        for group, rows, is_intact in program.groups
        if group.cost is not None and group.cost.kind in OF_ACTIVATION  # costs of changes have no kernels
    ]
    costs = [(cost, run) for cost, rows in with_costs for run in runs_of(rows)]
    output, output_parameters, given_rows = _output_functions(program, addresses)
    has_input_functions = any(group.input_function is not None for group in groups)
    input_functions = [group.input_function for group in groups] if has_input_functions else []
    return Functions(
        activate=_integers(addresses.formula(group.activation_function, _activation_role(group)) for group in groups),
        slope=_integers(
            0
            if group.dynamic or (group.paired_error is not None and not receives and group.cost is None)
            else addresses.formula(group.activation_function, "joint_slope" if group.joint else "slope")
            for group, receives in zip(groups, program.receives, strict=True)
        ),
        activation_parameters=_integers(addresses.parameters(group.activation_function) for group in groups),
        joint=np.array([group.joint for group in groups], dtype=np.uint8),
        dynamic=np.array([group.dynamic for group in groups], dtype=np.uint8),
        output=output,
        output_parameters=output_parameters,
        given_rows=given_rows,
        net_input=_integers(addresses.formula(each, "net_input") for each in input_functions),
        input_slopes=_integers(addresses.formula(each, "input_slopes") for each in input_functions),
        input_parameters=_integers(addresses.parameters(each) for each in input_functions),
        integrates=np.array([INTEGRATED.index(group.timing.integrates) for group in groups], dtype=np.uint8),
        dt=np.array([unit.group.timing.dt[unit.index] for unit in program.units], dtype=float),
        compare=_integers(0 if function.is_joint else addresses.formula(function, "compare") for function in error_functions),
        error_parameters=_integers(addresses.parameters(function) for function in error_functions),
        margin=np.array([group.margin for group in program.run_groups], dtype=float),
        comparison=np.array([_comparison(group) for group in program.run_groups], dtype=np.uint8),
        paired=_integers(
            addresses.formula(group.paired_error, "joint_paired" if group.joint else "paired", group.activation_function)
            for group in groups
        ),
        paired_parameters=_integers(addresses.parameters(group.paired_error, group.activation_function) for group in groups),
        paired_margin=np.array([group.margin for group in groups], dtype=float),
        joint_compare=_integers(addresses.formula(group.error_function, "joint_compare") for group, _ in joint),
        joint_error_parameters=_integers(addresses.parameters(group.error_function) for group, _ in joint),
        joint_margin=np.array([group.margin for group, _ in joint], dtype=float),
        joint_outputs=np.array([(first, len(group)) for group, first in joint], dtype=np.int64).reshape(-1, 2),
        cost=_integers(addresses.formula(cost, "cost") for cost, _ in costs),
        cost_parameters=_integers(addresses.parameters(cost) for cost, _ in costs),
        cost_runs=np.array([run for _, run in costs], dtype=np.int64).reshape(-1, 2),
        own_rows=np.unique(np.concatenate([program.wiring.output_rows, *(rows for _, rows in with_costs)])),
    )


def _activation_role(group: Group) -> str:
    return "joint_activate" if group.joint else "dynamic_activate" if group.dynamic else "activate"


def _output_functions(program: Program, addresses: Addresses) -> tuple[Integers, Integers, Integers]:
    """Return the output function of the unit of each row, its parameters, and the rows that no step computes; see `Functions`."""
    if all(group.output_function is None for group, _, _ in program.groups):
        return _integers([]), _integers([]), _integers([])
    output, parameters = np.zeros((2, program.layout.size), np.int64)
    for group, rows, _ in program.groups:
        output[rows], parameters[rows] = addresses.formula(group.output_function, "activate"), addresses.parameters(group.output_function)
    return output, parameters, np.flatnonzero(~program.is_activated).astype(np.int64)


def _comparison(group: Group) -> int:
    """Return the value of `Functions.comparison` for the output units of a group."""
    if group.paired_error is not None:
        return BY_NET_INPUT
    return BY_GROUP if group.error_function.is_joint else BY_UNIT


class Addresses:
    """The addresses of formulas and parameters, each found once for functions that are equal; 0 for None.

    Attributes
    ----------
    kept : list of object
        What must be kept alive while the addresses are in use.
    """

    def __init__(self, precision: Precision) -> None:
        self.precision: Precision = precision
        self.kept: list[object] = []
        self._equal: dict[object, object] = {}  # by `function_key`
        self._formulas: dict[tuple[int, int, str], int] = {}
        self._parameters: dict[tuple[int, int], int] = {}

    @property
    def snapshots(self) -> list[Snapshot] | None:
        """The snapshots of the formulas; None if one of them has none."""
        return _snapshots(self.kept, len(self._formulas))

    def formula(self, function: object, role: str, activation_function: object = None) -> int:
        """Return the address of the C function for a role of a function; see `formula_address`."""
        if function is None:
            return 0
        first, of_activation = self._first_equal(function), self._first_equal(activation_function)
        key = id(first), id(of_activation), role
        if key not in self._formulas:
            self._formulas[key] = formula_address(first, role, self.precision, self.kept, of_activation)
        return self._formulas[key]

    def parameters(self, function: object, activation_function: object = None) -> int:
        """Return the address of what a C function reads about a function; see `parameter_values`."""
        if function is None:
            return 0
        first, of_activation = self._first_equal(function), self._first_equal(activation_function)
        key = id(first), id(of_activation)
        if key not in self._parameters:
            values = parameter_values(first, self.precision, of_activation)
            self.kept += [first, of_activation, values]
            self._parameters[key] = int(values.ctypes.data)
        return self._parameters[key]

    def _first_equal(self, function: Any) -> object:
        """Return the first function with the same key."""
        return self._equal.setdefault(function_key(function), function)


def _integers(values: Iterable[int]) -> Integers:
    return np.array(list(values), dtype=np.int64)
