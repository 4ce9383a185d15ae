"""A group: named units that share an activation function, a role and, for output, an error function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, overload

import numpy.typing as npt

from connectionist.errors import ParameterError, UnknownNameError, WiringError, check_number, suggest_name
from connectionist.model.activation_cost import Costed, check_cost
from connectionist.model.arrangement import Arranged
from connectionist.model.clamping import Clampable, check_inverse
from connectionist.model.combining_unit import Combining
from connectionist.model.group_functions import (
    Sending,
    check_error,
    check_initial,
    check_noise,
    check_range_of_initial,
    check_size,
    describe_function,
)
from connectionist.model.group_noise import Noisy
from connectionist.model.joint_computation import ERROR_CONTRACTS, JointComputation
from connectionist.model.noise import ACTIVATION, NET_INPUT, Noise
from connectionist.model.state import UnitState
from connectionist.model.timing import Timing
from connectionist.model.unit import Unit
from connectionist.model.unit_labels import MOST_UNITS
from connectionist.plugins import registry
from connectionist.plugins.functions import (
    KINDS_OF_ACTIVATION,
    ActivationFunction,
    DynamicActivationFunction,
    ErrorFunction,
    JointActivationFunction,
    JointErrorFunction,
    kind_of_activation,
)
from connectionist.plugins.pairing import describe_fitting, is_pair
from connectionist.utils.arrays import Array
from connectionist.utils.counts import describe_count
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.network_part import RemovablePart
from connectionist.utils.subsets import is_position, select_numbers

CLAMPED = ("input", "bias", "initial")


class Group(Arranged, Clampable, Combining, Noisy, Costed, Sending, JointComputation, HtmlRepr, RemovablePart):
    """Units under one name, addressed by index or label.

    Attributes
    ----------
    name : str
        Name in the network.
    role : {"input", "hidden", "output", "bias"}
        Input units are clamped, output units have targets, the group "bias" has the unit that is always 1. In an unrolled network,
        groups of role "initial" are clamped to the state before tick 1.
    units : tuple of Unit
        In order of index.
    labels : tuple of str
        One per unit; the indices as text if no labels were given.
    activation_function : ActivationFunction, JointActivationFunction or DynamicActivationFunction
        None for input and bias. A name or an object may be assigned, if it is of the same kind.
    output_function : ActivationFunction or None
        Function from a unit's activation to its output, which its connections carry. None if the output is the activation. A name or an
        object may be assigned to a group that has one.
    error_function : ErrorFunction, JointErrorFunction or None
        For output groups only. A name or an object may be assigned.
    net_input_noise, activation_noise : Noise or None
        Noise that is added to each net input, before units integrate it, and to each activation; None by default. A number, the standard
        deviation, may be assigned. An input group has noise on its activations only. The slope is that of the activation without noise.
    margin : float
        An output unit within this distance of its target, or beyond the target, has no error; 0 means no margin. Assignable, below 1.
    clamping : Clamping
        What a value for a hidden or output unit in the inputs of a case does: "hard" (the default), "weak", "soft" or "external". A
        kind or a `Clamping` may be assigned.
    cost : ActivationCost or None
        Cost on the activations of a hidden or output group, a term of E. A kind, an `ActivationCost` or None may be assigned.
    timing : Timing
        State before tick 1 and dynamics of the units; `initial` and `dt` may be assigned.
    position, columns
        Its place in drawings.
    tick : int or None
        In an unrolled network, the tick of its units.
    """

    name: str
    role: str
    labels: tuple[str, ...]
    units: tuple[Unit, ...]
    rows: slice
    tick: int | None = None

    _unit_kind: type[Unit] = Unit
    _elsewhere: ClassVar[Mapping[str, str]] = {
        "activation": "activations, or activation_function",
        "error": "error_function",
        "size": "len(group)",
        "bias": 'network.projection("bias", group)',
        "biases": 'network.projection("bias", group).weights',
        "weights": "network.projection(sender, group).weights",
        "net_inputs": "[unit.net_input for unit in group]",
        "targets": "[unit.target for unit in group]",
        "noise": "net_input_noise or activation_noise",
    }
    _instead: ClassVar[dict[str, str]] = {
        "activation": "assign activation_function",
        "error": "assign error_function",
        "biased": "choose it in add_group, or lesion the connections from 'bias'",
        "labels": "choose them in add_group",
        "activations": "assign to its elements, as in group.activations[:] = values",
    }

    def __init__(
        self,
        state: UnitState,
        name: str,
        labels: tuple[str, ...],
        role: str,
        activation_function: Any,
        error_function: Any = None,
        margin: float = 0.0,
        timing: Timing | None = None,
        input_function: Any = None,
        output_function: Any = None,
    ) -> None:
        self._state = state
        self.name = name
        self.labels = labels
        self.role = role
        if "tick" not in vars(self):  # the copy of a group at a tick has one
            self.tick = None
        self._activation_function: Any = None  # its type and whether it is None depend on the role; so callers need no casts
        self._activation_kind: type | None = None
        self._error_function: Any = None
        self._output_function: ActivationFunction | None = None
        self._paired_error: ErrorFunction | None = None
        self._margin = 0.0
        self._noise: dict[int, Noise | None] = {NET_INPUT: None, ACTIVATION: None}
        self._timing = Timing.of(name, len(labels)) if timing is None else timing
        if activation_function is not None:
            self.activation_function = activation_function
        if error_function is not None:
            self.error_function = error_function
        if margin != 0.0:
            self.margin = margin
        if output_function is not None:
            self._set_output_function(output_function)
        if self._timing.integrates == "activation" and self.joint:
            raise ParameterError(f"group {name!r}, integrates: a joint function's units can integrate their net input only")
        if self._timing.integrates and self.dynamic:
            raise ParameterError(
                f"group {name!r}, integrates: must be None (got {self._timing.integrates!r}), since {self.activation_function.name!r} is "
                f"a function of the activation one tick before"
            )
        self._set_input_function(input_function, self._timing)
        first = state.grow(len(labels))
        self.rows = slice(first, first + len(labels))
        self.units = tuple(self._unit_kind(state, first + index, self, index) for index in range(len(labels)))
        self._index = {label: index for index, label in enumerate(labels)}

    def __setattr__(self, attribute: str, value: object) -> None:
        super().__setattr__(attribute, value)
        if "_state" in vars(self):
            self._state.assignments += 1

    def _move(self, state: UnitState, first: int) -> None:
        """Take the numbers of the units from another state, from row `first` on. Only `Wiring` calls this."""
        self._state = state
        object.__setattr__(self, "rows", slice(first, first + len(self)))
        for unit in self.units:
            unit._move(state, first + unit.index)

    def name_of(self, label: str) -> str:
        """Return the full name of the unit with this label."""
        return "bias" if self.role == "bias" else f"{self.name}:{label}"

    @property
    def clamped(self) -> bool:
        """Whether the activations of its units are set from outside, not computed."""
        return self.role in CLAMPED

    @property
    def timing(self) -> Timing:
        """State before tick 1 and dynamics of the units."""
        return self._timing

    @property
    def initial(self) -> Array:
        """Activation of each unit before tick 1, read-only; a number for all or an array may be assigned."""
        return self.timing.initial

    @initial.setter
    def initial(self, initial: npt.ArrayLike) -> None:
        self._retime(self.timing.changed(initial=initial))

    @property
    def dt(self) -> Array:
        """Fraction of the distance to its drive that each unit covers in one tick, read-only; a number or an array may be assigned."""
        return self.timing.dt

    @dt.setter
    def dt(self, dt: npt.ArrayLike) -> None:
        self._retime(self.timing.changed(dt=dt))

    @property
    def initial_net_input(self) -> Array:
        """Net input of each unit before tick 1, for units that integrate it, read-only; a number for all or an array may be assigned."""
        return self.timing.initial_net_input

    @initial_net_input.setter
    def initial_net_input(self, initial: npt.ArrayLike) -> None:
        self._retime(self.timing.changed(initial_net_input=initial))

    @property
    def integrates(self) -> str | None:
        """Quantity that the units integrate, "net_input" or "activation"; None if they are not continuous-time units. Not assignable."""
        return self.timing.integrates

    @integrates.setter
    def integrates(self, integrates: str | None) -> None:
        raise ParameterError(
            f"group {self.name!r}, integrates: is {self.integrates!r} and cannot change; choose it in add_group (got {integrates!r})"
        )

    def _retime(self, timing: Timing) -> None:
        """Replace the timing. For `initial`, `initial_net_input` and `dt`."""
        if self.role == "bias":
            raise ParameterError("group 'bias': its unit is always 1, before tick 1 too, so its timing cannot be assigned")
        if self._error_function is not None:
            check_initial(timing, self._error_function)
        if self.dynamic:
            check_range_of_initial(timing, self._activation_function)
        self._timing = timing

    @property
    def activation_function(self) -> Any:
        """Function from net input to activation."""
        return self._activation_function

    @activation_function.setter
    def activation_function(self, given: str | ActivationFunction | JointActivationFunction | DynamicActivationFunction) -> None:
        what = f"group {self.name!r}, activation"
        function: Any = registry.resolve("activation_functions", given, *KINDS_OF_ACTIVATION, what=what)
        if self.clamped:
            raise ParameterError(f"group {self.name!r}, activation_function: is for hidden and output groups only")
        kind = kind_of_activation(function)
        if self._activation_kind not in (None, kind):
            raise ParameterError(
                f"group {self.name!r}, activation_function: cannot change from {describe_function(self._activation_function)} to "
                f"{describe_function(function)}, since the order of computation depends on it; choose it in add_group, or assign one of "
                f"{describe_fitting(self._activation_function, self._error_function)}"
            )
        if self._error_function is not None:
            check_error(self.name, self._error_function, function)
        check_inverse(self.name, self.clamping, function)
        check_cost(self.name, self.cost, function)
        check_size(self.name, len(self.labels), function)
        if isinstance(function, DynamicActivationFunction):
            check_range_of_initial(self.timing, function)
        self._paired_error = self._pair(self._error_function, function)
        self._activation_function, self._activation_kind = function, kind
        self._network()._wiring.growing_weight_state.may_have_noise |= bool(function.logistic_scale)

    @property
    def error_function(self) -> Any:
        """Function from activation and target to error; None unless the group is an output group."""
        return self._error_function

    @error_function.setter
    def error_function(self, given: str | ErrorFunction | JointErrorFunction) -> None:
        function: Any = registry.resolve("error_functions", given, *ERROR_CONTRACTS, what=f"group {self.name!r}, error")
        self._check_is_output("error_function")
        check_error(self.name, function, self._activation_function)
        check_size(self.name, len(self.labels), function)
        check_initial(self.timing, function)
        if self._noise[ACTIVATION] is not None:
            check_noise(self.name, function)
        self._paired_error = self._pair(function, self._activation_function)
        self._error_function = function

    @property
    def paired_error(self) -> ErrorFunction | None:
        """The error function if it has a formula of the net input for the activation function (``ErrorFunction.pairs_with``), or None."""
        return None if self._noise[ACTIVATION] is not None or self.clamping.kind == "weak" else self._paired_error

    def _pair(self, error: ErrorFunction | None, activation: Any) -> ErrorFunction | None:
        if error is None or activation is None or self.timing.integrates == "activation":
            return None
        return error if is_pair(error, activation) else None

    @property
    def margin(self) -> float:
        """Distance from its target within which an output unit has no error."""
        return self._margin

    @margin.setter
    def margin(self, margin: float) -> None:
        number = check_number(f"group {self.name!r}", "margin", margin, at_least=0, below=1)
        self._check_is_output("margin")
        self._margin = float(number)

    def _check_is_output(self, what: str) -> None:
        if self.role != "output":
            raise ParameterError(f"group {self.name!r}, {what}: is for output groups only (the role of {self.name!r} is {self.role!r})")

    def _training_settings(self) -> tuple[object, ...]:
        """Return what training reads when it starts: objects that are replaced, not changed. Only `NetworkSettings` calls this."""
        return (
            self._activation_function,
            self._error_function,
            self._output_function,
            self._margin,
            self._clamping,
            self._cost,
            self._timing,
            *self._noise.values(),
        )

    @property
    def joint(self) -> bool:
        """Whether the units' activations depend on one another's net inputs, as in a softmax group."""
        return self._activation_kind is JointActivationFunction

    @property
    def dynamic(self) -> bool:
        """Whether the activation of a unit depends on its activation one tick before."""
        return self._activation_kind is DynamicActivationFunction

    @property
    def depends_on_past(self) -> bool:
        """Whether the state of a unit depends on its own state one tick before."""
        return self.timing.integrates is not None or self.dynamic

    @property
    def activations(self) -> Array:
        """Activations of the present case, one per unit; writing into it writes the units' activations."""
        return self._state.array("activation")[self.rows]

    def _network(self) -> Any:
        return self._state.owner

    def _key(self) -> str:
        if self.removed:
            raise WiringError(f"{self!r}: it was removed from its network")
        return self.name

    @staticmethod
    def _at(network: Any, key: Any) -> Any:
        return network[key]

    def __len__(self) -> int:
        return len(self.units)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units)

    @overload
    def __getitem__(self, key: int | str) -> Unit: ...

    @overload
    def __getitem__(self, key: slice | list[Any] | tuple[Any, ...] | npt.NDArray[Any]) -> tuple[Unit, ...]: ...

    def __getitem__(self, key: Any) -> Unit | tuple[Unit, ...]:
        """Return a unit by label or index, or the units that a slice, list, mask or pattern of labels selects.

        Negative indices count from the end. A label precedes an index of the same text.
        """
        numbers = select_numbers(key, self.labels, lambda item: self[item].index, f"group {self.name!r}")
        if numbers is not None:
            return tuple(self.units[number] for number in numbers)
        unit = self.look_up(key) if isinstance(key, str) else self.units[key] if is_position(key, len(self.units)) else None
        if unit is not None:
            return unit
        raise UnknownNameError(f"group {self.name!r} has no unit {key!r}; {suggest_name(key, self.labels)}")

    def look_up(self, label: str) -> Unit | None:
        """Return the unit with this label, else with this index as text, else None."""
        if label in self._index:
            return self.units[self._index[label]]
        is_index = label.isdecimal() and len(label) <= len(str(MOST_UNITS)) and int(label) < len(self.units)
        return self.units[int(label)] if is_index else None

    def __repr__(self) -> str:
        return f"<Group {self.name}, {describe_count(len(self), f'{self.role} unit')}>"
