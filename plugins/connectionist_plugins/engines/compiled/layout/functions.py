"""The functions of a network's groups and the state before tick 1, as arrays for the kernels.

They are read from the groups again when a function, a parameter, a formula, a margin or a timing is another than at the last call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from operator import is_
from typing import Any

import numpy as np

from connectionist.model.timing import INTEGRATED
from connectionist_plugins.engines.compiled.formulas.compile import formula_address, parameter_values
from connectionist_plugins.engines.compiled.formulas.fingerprint import Snapshot
from connectionist_plugins.engines.compiled.layout.kernel_arguments import Floats, Functions, Integers
from connectionist_plugins.engines.compiled.layout.program import Program
from connectionist_plugins.engines.compiled.precision import Precision


@dataclass
class KnownFunctions:
    """The functions of a program when it was last used, and what they were made from.

    Attributes
    ----------
    settings : list of object
        Compared by identity with the present ones, see `_settings`.
    snapshots : list of Snapshot or None
        Of the formulas; None if one of them has no snapshot, so that the functions must be made at each call.
    functions : Functions
    kept : list of object
        What must be kept alive while the addresses are in use.
    initial_state : array [2, row]
        Net inputs and activations before tick 1.
    """

    settings: list[object]
    snapshots: list[Snapshot] | None
    functions: Functions
    kept: list[object]
    initial_state: Floats

    def is_current(self, settings: list[object]) -> bool:
        """Return whether the functions would be made from the same objects now."""
        return (
            self.snapshots is not None
            and len(settings) == len(self.settings)
            and all(map(is_, settings, self.settings))
            and all(snapshot.is_current() for snapshot in self.snapshots)
        )


def functions_of(program: Program, precision: Precision) -> KnownFunctions:
    """Return the functions of a network's groups, and the objects to keep alive while their addresses are in use."""
    settings = _settings(program)
    known = program.known.get(precision)
    if known is None or not known.is_current(settings):
        addresses = _Addresses(precision)
        functions = _make_functions(program, addresses)
        state = _initial_state(program, precision)
        known = program.known[precision] = KnownFunctions(settings, addresses.snapshots, functions, addresses.kept, state)
    return known


def _settings(program: Program) -> list[object]:
    """Return the objects that `_make_functions` and `_initial_state` read from the groups."""
    settings: list[object] = []
    for group, _, _ in program.groups:
        functions = group.activation_function, group.error_function
        settings += [*functions, group.paired_error, group.margin, group.timing]
        for function in functions:
            settings += [getattr(function, name) for name in getattr(function, "__dataclass_fields__", ())]
    return settings


def _initial_state(program: Program, precision: Precision) -> Floats:
    """Return net inputs and activations [2, row] before tick 1."""
    state = np.zeros((2, program.layout.size), precision)
    state[1, program.wiring.bias_row] = 1.0
    for group, rows, is_intact in program.groups:
        state[0, rows], state[1, rows] = group.timing.initial_net_input * is_intact, group.timing.initial * is_intact
    return state


def _make_functions(program: Program, addresses: _Addresses) -> Functions:
    """Return the functions of a network's groups."""
    groups = program.step_groups
    error_functions = [group.error_function for group in program.run_groups]
    return Functions(
        activate=_integers(
            addresses.formula(group.activation_function, "joint_activate" if group.joint else "activate") for group in groups
        ),
        slope=_integers(
            0
            if group.paired_error is not None and not receives
            else addresses.formula(group.activation_function, "joint_slope" if group.joint else "slope")
            for group, receives in zip(groups, program.receives, strict=True)
        ),
        activation_parameters=_integers(addresses.parameters(group.activation_function) for group in groups),
        joint=np.array([group.joint for group in groups], dtype=np.uint8),
        integrates=np.array([INTEGRATED.index(group.timing.integrates) for group in groups], dtype=np.uint8),
        dt=np.array([unit.group.timing.dt[unit.index] for unit in program.units], dtype=float),
        compare=_integers(addresses.formula(function, "compare") for function in error_functions),
        error_parameters=_integers(addresses.parameters(function) for function in error_functions),
        margin=np.array([group.margin for group in program.run_groups], dtype=float),
        is_paired=np.array([group.paired_error is not None for group in program.run_groups], dtype=np.uint8),
        paired=_integers(
            addresses.formula(group.paired_error, "joint_paired" if group.joint else "paired", group.activation_function)
            for group in groups
        ),
        paired_parameters=_integers(addresses.parameters(group.paired_error, group.activation_function) for group in groups),
        paired_margin=np.array([group.margin for group in groups], dtype=float),
    )


class _Addresses:
    """The addresses of formulas and parameters, each found once for functions that are equal; 0 for None.

    Attributes
    ----------
    kept : list of object
        What must be kept alive while the addresses are in use.
    """

    def __init__(self, precision: Precision) -> None:
        self.precision: Precision = precision
        self.kept: list[object] = []
        self._equal: dict[tuple[object, ...], object] = {}
        self._formulas: dict[tuple[int, int, str], int] = {}
        self._parameters: dict[tuple[int, int], int] = {}

    @property
    def snapshots(self) -> list[Snapshot] | None:
        """The snapshots of the formulas; None if one of them has none."""
        found = [each for each in self.kept if isinstance(each, Snapshot)]
        return found if len(found) == len(self._formulas) else None

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
        """Return the first function of the same class with the same parameters."""
        parameters = [getattr(function, field.name) for field in fields(function)] if is_dataclass(function) else [function]
        if not all(type(value) in (bool, int, float) for value in parameters):
            return function
        return self._equal.setdefault((type(function), *map(repr, parameters)), function)  # the text, since True equals 1


def _integers(values: Iterable[int]) -> Integers:
    return np.array(list(values), dtype=np.int64)
