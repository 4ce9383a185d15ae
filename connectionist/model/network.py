"""A network: units and connections by name, one case at a time through them, and many cases through an engine.

`Network` has the public methods. It holds two collaborators. A `Wiring` has the groups, projections, lesions and schedule, which the
modules of `assembly` make, find and change. The `UnrolledCopies` are the networks in which cases in time run. The arithmetic of a case
is in `propagation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Self
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import Examples, ExampleSet, as_example_set
from connectionist.errors import ConnectionistError, DataError, ParameterError, WiringError, check_flag, check_number
from connectionist.model.assembly import construction, parts, rewiring
from connectionist.model.assembly.description import NetworkDescription, build_into, describe, describe_unrolled, fill_unrolled
from connectionist.model.assembly.initial_weights import Among, draw_weights
from connectionist.model.assembly.rewiring import Part
from connectionist.model.assembly.shared_settings import check_shared_settings
from connectionist.model.assembly.unrolled_copies import UnrolledCopies
from connectionist.model.assembly.validation import CaseInputs, Values, check_examples, check_values, one_tick, validate_case_targets
from connectionist.model.assembly.wiring import Wiring
from connectionist.model.connection import Connection, Weight
from connectionist.model.connection_table import ConnectionTable
from connectionist.model.connectivity import Pattern
from connectionist.model.graph import Graph, read_only_view
from connectionist.model.group import Group
from connectionist.model.noise import NoiseSource
from connectionist.model.perturbation import Perturbation, has_noise, has_weight_noise, noisy_weights
from connectionist.model.projection import Projection, check_signed
from connectionist.model.propagation import passes, truncation
from connectionist.model.schedule import Schedule
from connectionist.model.state import UnitState, WeightState
from connectionist.model.time.unrolling import copy_tick_to, longest_delay, read_end_state, unroll_into
from connectionist.model.timing import Timing
from connectionist.model.unit import Unit
from connectionist.model.unit_labels import make_labels
from connectionist.plugins import registry
from connectionist.plugins.formula_faults import naming_formulas
from connectionist.plugins.functions import (
    ActivationFunction,
    DynamicActivationFunction,
    ErrorFunction,
    JointActivationFunction,
    JointErrorFunction,
)
from connectionist.plugins.input_functions import InputFunction
from connectionist.utils.arrays import Array
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import DeclaredAttributes
from connectionist.utils.default_name import DefaultName
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine

DEFAULT_ENGINE = DefaultName("compiled")
MOST_GROUPS_SHOWN = 10  # an unrolled network may have thousands


class Network(HtmlRepr, DeclaredAttributes):
    """Units and connections, addressed by name.

    Parameters
    ----------
    name : str
        Name for messages and reports.
    tie_derivative : {"mean", "sum"}
        Derivative of a tied weight: the mean of the derivatives of its connections (Rumelhart, Hinton & Williams 1986), or their sum
        (the 1987 PDP programs, LENS; tlearn takes the sum over ticks and the mean over linked weights). In a network in time, a
        connection is tied to itself at every tick.
    ticks_back : int, optional
        Number of ticks through which the error of one tick is carried back, that tick included; all ticks by default.
    seed : int
        Root seed of the simulated participant, at least 0. It is the default of `randomize` and `connectionist.train`, so one seed makes
        the initial weights and the order of the examples.

    Examples
    --------
    >>> net = Network("xor")
    >>> net.add_group("input", 2, role="input")
    <Group input, 2 input units>
    >>> net.add_group("output", 1, role="output")
    <Group output, 1 output unit>
    >>> net.connect("input", "output", weights=[[2.0], [-1.0]])
    <Projection input → output, 2 connections>
    >>> net.forward([0, 0])
    array([0.5])
    """

    _elsewhere: ClassVar[Mapping[str, str]] = {
        "train": "connectionist.train(network, …)",
        "fit": "connectionist.train(network, …)",
        "test": "outputs, or connectionist.record(network, …)",
        "predict": "outputs",
        "evaluate": "outputs",
        "run": "forward, or connectionist.train(network, …)",
        "record": "connectionist.record(network, …)",
        "settle": "connectionist.settle(network, …)",
        "step": "connectionist.step(network, …)",
        "save": "connectionist.save_weights(network, path)",
        "load": "connectionist.load_weights(network, path)",
        "layers": "groups",
        "layer": 'network["name"]',
        "group": 'network["name"]',
        "add_layer": "add_group",
        "parameters": "weights",
        "rate": "the parameter of the update rule, or Projection.rate",
        "error": "backward, or connectionist.error_derivatives(network, …)",
        "reset": "randomize",
        "clone": "copy",
        "plot": "connectionist.plots",
        "explain": "unit(name).explain() or connection(sender, receiver).explain()",
    }

    def __init__(self, name: str = "network", tie_derivative: str = "mean", ticks_back: int | None = None, seed: int = 0) -> None:
        self._set_up(Wiring(name), tie_derivative, ticks_back)
        self.name = name
        self.seed = seed

    def _set_up(self, wiring: Wiring, tie_derivative: str, ticks_back: int | None, original: Network | None = None) -> None:
        self._wiring = wiring
        self._copies = UnrolledCopies(self)
        self._checked: WeakKeyDictionary[ExampleSet, list[tuple[float, ...]]] = WeakKeyDictionary()  # ranges of targets at the last check
        self._original = original
        self._original_version = original._wiring.version if original is not None else 0
        wiring.on_change = self._discard_outdated
        self.tie_derivative = tie_derivative
        self.ticks_back = ticks_back
        self.seed = 0 if original is None else original.seed
        self._drawn_seed: int | None = None
        self.state.owner = self
        self.weight_state.owner = self if original is None else original

    # --- Construction ---

    def add_group(
        self,
        name: str,
        units: int | Sequence[str],
        role: str = "hidden",
        activation: str | ActivationFunction | JointActivationFunction | DynamicActivationFunction | None = None,
        error: str | ErrorFunction | JointErrorFunction | None = None,
        margin: float = 0.0,
        biased: bool | None = None,
        initial: npt.ArrayLike = 0.0,
        integrates: str | None = None,
        dt: npt.ArrayLike = 1.0,
        initial_net_input: npt.ArrayLike = 0.0,
        input_function: str | InputFunction | None = None,
        output_function: str | ActivationFunction | None = None,
    ) -> Group:
        """Add named units.

        Parameters
        ----------
        name : str
            Name of the group, without ":" and "@".
        units : int or sequence of str
            Number of units, at least 1; or a label for each unit.
        role : {"input", "hidden", "output"}
        activation : str or activation function, optional
            For hidden and output groups; "logistic" by default.
        error : str or error function, optional
            For output groups; "squared", ½ Σ (y − d)², by default.
        margin : float
            For output groups: an activation beyond ``target ∓ margin`` on the right side has no error (see
            ``connectionist.plugins.functions.within_margin``). From 0 (no margin) to below 1.
        biased : bool, optional
            Whether each unit has a connection from "bias", the unit that is always 1. By default hidden and output units have one.
        initial : float or array_like [unit]
            Activation before tick 1, which connections with a delay carry at first.
        integrates : {None, "net_input", "activation"}
            For hidden and output groups of continuous-time units: the quantity that they integrate (see
            ``connectionist.model.timing.Timing``).
        dt : float or array_like [unit]
            For continuous-time units: the fraction of the distance to its drive that a unit covers in one tick; above 0, at most 1.
        initial_net_input : float or array_like [unit]
            Net input before tick 1, for units that integrate it.
        input_function : str or InputFunction, optional
            For hidden and output groups whose units do not depend on their past: a function in place of the weighted sum, such as
            "distance".
        output_function : str or activation function, optional
            For hidden and output groups: a function from a unit's activation to what its connections carry; by default the activation
            itself. Errors are always of the activations.

        Returns
        -------
        Group

        Raises
        ------
        WiringError
            If the name is taken or not allowed, or a label is not allowed.
        UnknownNameError
            If no function has the given name.
        ParameterError
            If the role does not exist, or another value is not allowed for it.
        MemoryLimitError
            If the units would not fit in memory.
        """
        construction.check_group(self._wiring, name, role, activation, error, margin, biased, integrates, output_function)
        is_biased = role != "input" if biased is None else biased
        with construction.allocating_group(name, units, biased=is_biased):
            timing = Timing.of(name, len(make_labels(name, units)), initial, integrates, dt, initial_net_input)
            functions = role, activation, error, margin, timing, input_function, output_function
            group = self._wiring.add_group(construction.make_group(self._wiring, name, units, *functions))
            if is_biased:
                self.connect("bias", name)
        return group

    def connect(
        self,
        sender: str | Group,
        receiver: str | Group,
        pattern: str | Pattern | npt.ArrayLike = "full",
        delay: int = 0,
        weights: npt.ArrayLike | None = None,
        trainable: bool = True,
        backpropagate: bool = True,
        rate: float | None = None,
        sign: str | None = None,
    ) -> Projection:
        """Connect the units of one group to those of another.

        Parameters
        ----------
        sender, receiver : str or Group
            Groups of this network; they may be the same group. Input units receive nothing.
        pattern : str, function or array_like [sender, receiver] of bool
            The pairs that are connected: "full", "one_to_one", ``cn.Random(...)``, a function of two sizes, or the mask.
        delay : int
            Ticks from sender to receiver, at least 0.
        weights : float or array_like [sender, receiver], optional
            Initial values; 0 by default.
        trainable : bool
            Whether training may change the weights.
        backpropagate : bool
            Whether error derivatives are passed back through the connections to their senders.
        rate : float, optional
            Learning rate of these connections, in place of the rate of the update rule; above 0 (freeze with `trainable`).
        sign : {"excitatory", "inhibitory"}, optional
            Sign of these weights: training keeps "excitatory" weights at 0 or above, "inhibitory" ones at 0 or below, and `randomize` draws
            them so. It sets ``projection.limits``. Units whose outgoing projections all have one sign follow Dale's principle.

        Returns
        -------
        Projection

        Raises
        ------
        UnknownNameError
            If a group or pattern does not exist.
        WiringError
            If the mask has the wrong shape, two units are already connected, or an input group would receive.
        LoopError
            If the connections would close a loop without delay. The network does not change.
        DataError
            If a weight is not finite, or the weights have the wrong shape.
        ParameterError
            If the sign is another word, or a given weight has the other sign.
        MemoryLimitError
            If the connections would not fit in memory. The network does not change.
        """
        ends = construction.find_ends(self._wiring, sender, receiver)
        if sign is not None:
            check_signed(weights, sign, f"{ends[0].name} → {ends[1].name}")
        projection = construction.connect(
            self._wiring, ends, pattern, delay, weights, trainable=trainable, backpropagate=backpropagate, rate=rate
        )
        projection.sign = sign
        return projection

    def tie(self, connections: Iterable[Connection | str]) -> Weight:
        """Make connections share one weight: that of the first, with its value; frozen if that is frozen.

        Connections that are already tied to one of them share the weight too.

        Parameters
        ----------
        connections : iterable of Connection or str
            At least two, as objects or by name, of projections with the same rate. The name of a projection means all its connections.

        Returns
        -------
        Weight
            The shared weight. Its derivative is the mean or sum of theirs (see `tie_derivative`).

        Raises
        ------
        WiringError
            If there are fewer than two connections, one belongs to another network, or their projections have different rates.
        """
        return rewiring.tie(self._wiring, connections)

    def make_symmetric(self, sender: str | Group, receiver: str | Group, delay: int = 1) -> Projection:
        """Give each connection from one group to another an opposite connection with the same weight.

        Parameters
        ----------
        sender, receiver : str or Group
            Groups of existing connections. If they are the same group, its connections must go both ways already; they are tied.
        delay : int
            Ticks of the new connections, at least 1 unless the network has no path from `sender` to `receiver` without delay.

        Returns
        -------
        Projection
            The new connections, or those within the group.

        Raises
        ------
        UnknownNameError
            If there are no connections from `sender` to `receiver`.
        WiringError
            If there are opposite connections already, if `sender` is an input group, or if a connection within a group has no opposite one.

        Notes
        -----
        With ``tie_derivative="sum"`` both directions count, so that the weight learns twice as fast as with "mean".

        Examples
        --------
        >>> net = Network("symmetric")
        >>> _ = net.add_group("input", 1, role="input"), net.add_group("hidden", 2), net.add_group("output", 1, role="output")
        >>> _ = net.connect("input", "hidden"), net.connect("hidden", "output")
        >>> net.make_symmetric("hidden", "output").name
        'output → hidden'
        >>> net.connection("output:0", "hidden:1").weight is net.connection("hidden:1", "output:0").weight
        True
        """
        return rewiring.make_symmetric(self._wiring, sender, receiver, delay)

    def lesion(self, *parts: Part | Iterable[Part]) -> None:
        """Take units or connections out of the network, until `restore`.

        A lesioned unit has activation 0, its connections are not in the graph, and an output unit has no target. A lesioned connection
        carries nothing. The weights of lesioned connections keep their place in `weights` and their value; training does not change them.

        Parameters
        ----------
        *parts : str, Unit, Connection, Group or Projection, or lists of these
            Objects, their names, or patterns of the names of units, as for `connectionist.record`. A group means its units, a projection
            its connections.

        Raises
        ------
        UnknownNameError
            If a unit does not exist.
        WiringError
            If a part is already lesioned, or is the unit that is always 1.
        """
        rewiring.lesion(self._wiring, parts)

    def restore(self, *parts: Part | Iterable[Part]) -> None:
        """Put lesioned units or connections back, named as for `lesion`; all of them if none is named.

        Raises
        ------
        WiringError
            If a part is not lesioned, or if the arguments have no unit and no connection.
        """
        rewiring.restore(self._wiring, parts)

    def remove_group(self, name: str | Group) -> None:
        """Remove a group, its connections, and their lesions.

        Raises
        ------
        UnknownNameError
            If there is no such group.
        WiringError
            If the group is "bias" or belongs to another network, or the network is unrolled.
        """
        rewiring.remove_group(self._wiring, name)

    def copy(self) -> Network:
        """Return an independent network with the same groups, wiring, ties, lesions, weights and state, and so the same bits."""
        if self._original is not None:
            raise WiringError(f"{self.name}.copy: copy the network it was unrolled from, {self._original.name}, and unroll that")
        return build_network(describe(self))

    # --- Parts ---

    @property
    def name(self) -> str:
        """Name for messages and reports; assignable."""
        return self._wiring.name

    @name.setter
    def name(self, name: str) -> None:
        if not isinstance(name, str):
            raise ParameterError(f"Network.name: must be text (got {shown(name)})")
        self._wiring.name = name

    @property
    def state(self) -> UnitState:
        """The numbers of all units, one array per quantity."""
        return self._wiring.state

    @property
    def weight_state(self) -> WeightState:
        """The numbers of all weights, one array per quantity."""
        return self._wiring.weight_state

    @property
    def graph(self) -> Graph[Unit]:
        """The networkx graph, read-only: nodes are the `Unit` objects, the data of an edge has "connection"."""
        return read_only_view(self._wiring.graph)

    @property
    def schedule(self) -> Schedule:
        """The order of computation within a tick, derived again after a change of the graph.

        Raises
        ------
        LoopError
            If connections without delay form a loop.
        WiringError
            For an unrolled network whose original has been rewired since.
        """
        if self._original is not None:
            self._check_original()
        return self._wiring.schedule

    @property
    def _intact_connections(self) -> ConnectionTable:
        """``schedule.connections``, for which the schedule is not made."""
        self._check_original()
        return self._wiring.intact_connections

    def _check_original(self) -> None:
        if self._original is not None and self._original._wiring.version != self._original_version:
            raise WiringError(f"{self.name}: its original, {self._original.name}, has been rewired since; unroll it again")

    @property
    def _derived(self) -> Mapping[object, Any]:
        """``schedule.derived``; empty if the schedule has not been made. Only `training_checks` reads this."""
        return self._wiring.derived

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups in the order in which they were added, without that of the unit that is always 1, ``net["bias"]``."""
        return self._wiring.own_groups

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every unit: "bias" first, then group by group in the order of `groups`."""
        return self._wiring.units

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The projections in the order in which they were made, those from "bias" included."""
        return tuple(self._wiring.projections)

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Every intact connection: projection by projection, receiver by receiver, in the order of the senders."""
        return self._wiring.connections

    @property
    def lesioned_connections(self) -> tuple[Connection, ...]:
        """The connections that were lesioned themselves, not with a unit."""
        return self._wiring.lesions.connections

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Every weight once, in the order of its first connection. Weights of lesioned connections are included."""
        return self._wiring.weights

    @property
    def weight_rows(self) -> npt.NDArray[np.intp]:
        """Rows of `weight_state`, in the order of `weights`."""
        return self._wiring.weight_rows

    def __getitem__(self, name: str | Group) -> Group:
        """Return a group by name."""
        return parts.find_group(self._wiring, name)

    def unit(self, name: str | Unit) -> Unit:
        """Return a unit by name: "group:index", "group:label", or "bias"; in an unrolled network "group:label@tick".

        Raises
        ------
        UnknownNameError
            If no unit has this name.
        """
        return parts.find_unit(self._wiring, name)

    def connection(self, sender: str | Unit, receiver: str | Unit | None = None, delay: int | None = None) -> Connection:
        """Return the connection between two units, or the connection of a name, as in "input:0 → hidden:1".

        Parameters
        ----------
        sender, receiver : str or Unit
            Both ends; or the name of the connection alone.
        delay : int, optional
            Ticks; the shortest delay by default.

        Raises
        ------
        UnknownNameError
            If a unit does not exist, or the two units are not connected.
        """
        return parts.find_connection(self._wiring, sender, receiver, delay)

    def tied_to(self, connection: Connection) -> tuple[Connection, ...]:
        """Return the intact connections that share the weight of a connection, that connection included, in the order of `connections`."""
        return tuple(self._wiring.tied.get(connection.weight, [connection]))

    def projection(self, sender: str | Group, receiver: str | Group | None = None, delay: int | None = None) -> Projection:
        """Return the first projection between two groups, or the projection of a name, as in "input → hidden".

        Parameters
        ----------
        sender, receiver : str or Group
            Both groups; or the name of the projection alone.
        delay : int, optional
            Ticks; the shortest delay by default.

        Raises
        ------
        UnknownNameError
            If there is none.
        """
        return parts.find_projection(self._wiring, sender, receiver, delay)

    # --- Weights and conventions of learning ---

    @property
    def weight_values(self) -> Array:
        """The values of all weights as a new array, in the order of `weights`; assignable as a whole, not by element."""
        return self.weight_state.array("value")[self.weight_rows]

    @weight_values.setter
    def weight_values(self, values: npt.ArrayLike) -> None:
        self.weight_state.array("value")[self.weight_rows] = check_values(values, len(self.weights), f"{self.name}.weight_values")
        self.weight_state.forget_changes(self.weight_rows)

    @property
    def seed(self) -> int:
        """Root seed of the simulated participant; assignable, at least 0. `randomize` with a seed assigns it.

        The noise of each pass in testing comes from it and from the number of passes since it was assigned.
        """
        return self._seed

    @seed.setter
    def seed(self, seed: int) -> None:
        self._seed = int(check_number("Network", "seed", seed, at_least=0, whole=True))
        self._noisy_passes = 0

    def randomize(
        self,
        half_range: float | None = None,
        seed: int | None = None,
        among: Among = None,
        *,
        sd: float | None = None,
        mean: float = 0.0,
    ) -> None:
        """Draw every trainable weight, biases included, from the uniform distribution on ``mean`` ± `half_range`, or a normal one.

        Parameters
        ----------
        half_range : float, optional
            At least 0. Either this or `sd` must be given.
        seed : int, optional
            Root seed, at least 0; by default the network's `seed`. If all weights are drawn, it becomes the network's `seed`. The numbers
            come from its stream "weights", in the order of `weights`; with `among`, from another stream for each first weight, so
            that projections drawn one by one with one seed have different numbers.
        among : str, Projection, or iterable of str, Weight, Connection or Projection, optional
            Draw only these weights. A text is the name of a projection, ``"input → hidden"``. A frozen weight does not change.
        sd : float, optional
            Standard deviation of a normal distribution, at least 0.
        mean : float
            Finite.

        Raises
        ------
        ParameterError
            If the range, the standard deviation, the mean or the seed is out of range.

        Warns
        -----
        UserWarning
            If weights are drawn again without a seed, which gives the same numbers as before.
        """
        root_seed = self.seed if seed is None else seed
        draw_weights(self, half_range, sd, mean, root_seed, among)
        if seed is None and among is None and self._drawn_seed == root_seed:
            warn_caller(f"{self.name}.randomize: draws the same numbers as before, from seed {root_seed}; give a seed")
        if among is None:
            self._seed = self._drawn_seed = int(root_seed)
            self._noisy_passes = 0

    @property
    def tie_derivative(self) -> str:
        """Derivative of a tied weight: "mean" or "sum" of the derivatives of its connections; assignable."""
        return self._tie_derivative

    @tie_derivative.setter
    def tie_derivative(self, tie_derivative: str) -> None:
        if tie_derivative not in ("mean", "sum"):
            raise ParameterError(f"Network.tie_derivative: must be 'mean' or 'sum' (got {tie_derivative!r})")
        self._tie_derivative = tie_derivative

    @property
    def ticks_back(self) -> int | None:
        """Number of ticks through which the error of one tick is carried back, that tick included; None for all. Assignable, at least 1."""
        return self._ticks_back

    @ticks_back.setter
    def ticks_back(self, ticks_back: int | None) -> None:
        limits = {"at_least": 1, "at_most": construction.LARGEST_DELAY}
        self._ticks_back = None if ticks_back is None else check_number("Network", "ticks_back", ticks_back, whole=True, **limits)

    # --- One case, object by object ---

    @naming_formulas
    def forward(self, inputs: Values) -> Array:
        """Clamp the input units and activate the other units, object by object.

        A network in time starts from its initial state and runs for as many ticks as there are patterns, in the unrolled copy
        `unrolled`. Its own units then show the last tick.

        Parameters
        ----------
        inputs : array_like [input unit], dict of group name to array_like, or Example
            Finite numbers, in the order of the input groups or by group. For a network in time [tick, input unit]. A dict may also clamp
            units of hidden and output groups; a unit with NaN is computed. A clamped unit has no error. The inputs are 0 if a dict has
            no input group but clamps.

        Returns
        -------
        array [output unit] or [tick, output unit]
            Activations of the output groups, in their order.

        Raises
        ------
        DataError
            If the number of inputs is wrong, an input is not finite, or a network in time receives a single pattern.
        MemoryLimitError
            If the copies for the ticks would not fit into memory.
        """
        running, case_inputs, perturbation = self._begin_forward(inputs)
        if perturbation.key is None:
            passes.run(running, case_inputs, None, perturbation)
        else:
            with noisy_weights(self, perturbation):
                passes.run(running, case_inputs, None, perturbation)
        copy_tick_to(self, running)
        outputs = np.array([unit.activation for unit in running.schedule.outputs])
        return outputs if running is self else outputs.reshape(running.ticks or 1, -1)

    @naming_formulas
    def step_forward(self, inputs: Values, *, restart: bool = False) -> Array:
        """Run a network in time for one tick, from the state in which the last call left it.

        So a simple recurrent network can generate a sequence, with each input chosen from the output before. The first call starts from
        the initial state, as does the next call after `forward`, an engine or a change of the wiring. The units show this tick.

        Parameters
        ----------
        inputs : array_like [input unit] or dict of group name to array_like
            As for `forward`, for one tick.
        restart : bool
            Whether to start from the initial state.

        Returns
        -------
        array [output unit]

        Raises
        ------
        WiringError
            If the network does not run in time.
        DataError
            As `forward`.

        Examples
        --------
        >>> net = Network("count")
        >>> _ = net.add_group("input", 1, role="input"), net.add_group("sum", 1, role="output", activation="linear", biased=False)
        >>> _ = net.connect("input", "sum", weights=1.0), net.connect("sum", "sum", delay=1, weights=1.0)
        >>> [net.step_forward([1.0]).item() for _ in range(3)]
        [1.0, 2.0, 3.0]
        """
        if not self.in_time:
            raise WiringError(f"{self.name}.step_forward: the network has neither delays nor integrating units; use forward")
        check_flag("step_forward", "restart", restart)
        before = None if restart else self._copies.end_state
        running, case_inputs, perturbation = self._begin_forward(one_tick(inputs, self.groups))
        with noisy_weights(self, perturbation):
            passes.run(running, case_inputs, before, perturbation)
        self._copies.end_state = read_end_state(running, max(1, longest_delay(self)))
        copy_tick_to(self, running)
        return np.array([unit.activation for unit in running.schedule.outputs])

    def carry_state(self) -> None:
        """Make the state that the units show the state before tick 1: their activations, and net inputs that are integrated.

        So testing can go on from the state in which training ended, as in LENS. It assigns ``group.initial`` and
        ``group.initial_net_input``; a connection with a delay of several ticks has this state at all ticks before the first.

        Raises
        ------
        WiringError
            If the network does not run in time.
        """
        if not self.in_time:
            raise WiringError(f"{self.name}.carry_state: the network has neither delays nor integrating units, so it has no state")
        for group in self.groups:
            group.initial = group.activations.copy()
            if group.integrates == "net_input":
                group.initial_net_input = [unit.net_input for unit in group]

    @naming_formulas
    def backward(self, targets: Values) -> float:
        """Compare the outputs of the last `forward` with targets and pass the error derivatives back, object by object.

        Parameters
        ----------
        targets : array_like [output unit], dict of group name to array_like, or Example
            NaN means "no target". For a network in time [tick, output unit], with as many ticks as `forward` had, or a dict by tick, as
            for `Example.sequence`. Groups and ticks that a dict leaves out have no target.

        Returns
        -------
        float
            The error E of this case. Every unit and weight then has its derivatives for this case.

        Raises
        ------
        DataError
            If the number of targets is wrong, or a target is infinite or out of the range of the error function.
        WiringError
            If there was no `forward` since the last change of the wiring or, in time, since an engine ran the network.
        """
        running = self._copies.present
        if running is None:
            raise WiringError(
                f"{self.name}.backward: call forward first; there was none since the network was last changed, or since an engine ran it"
            )
        case_targets = validate_case_targets(targets, self.groups, self.in_time, running.ticks, f"{self.name}.backward")
        passes.clear_derivatives(self.weight_state)
        with noisy_weights(self, self._copies.perturbation):
            error = truncation.differentiate(running, case_targets)
        passes.average_ties(running.schedule, self.tie_derivative)
        copy_tick_to(self, running)
        return error

    # --- Time ---

    @property
    def ticks(self) -> int | None:
        """Number of ticks of an unrolled network; None for any other network."""
        return self._wiring.ticks

    @property
    def in_time(self) -> str:
        """The reason why the network runs in time, as in ``"net: hidden → hidden has a delay of 1"``; empty if it does not."""
        reason = self._wiring.in_time
        return f"{self.name}: {reason}" if reason else ""

    def unroll(self, ticks: int) -> Self:
        """Return the network unrolled in time: a network without delays that computes all ticks in one pass.

        Its units are the copies ``"group:label@tick"``; those at ``@0`` are clamped to the initial state. Corresponding connections share
        this network's `Weight` objects, so the derivative of each weight is the mean (or sum) over all its copies. Inputs and targets
        are those of tick 1, then those of tick 2, and so on. After a change of this network's wiring, unroll it again.

        Parameters
        ----------
        ticks : int
            At least 1.

        Returns
        -------
        Network

        Raises
        ------
        ParameterError
            If `ticks` is not a whole number of at least 1.
        WiringError
            If the network is itself an unrolled one.
        MemoryLimitError
            If the copies would not fit into memory.

        Examples
        --------
        >>> from connectionist.model.network import Network
        >>> net = Network("echo")
        >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output")
        >>> _ = net.connect("input", "output"), net.connect("output", "output", delay=1)
        >>> [unit.name for unit in net.unroll(2).units]
        ['bias', 'output:0@0', 'input:0@1', 'output:0@1', 'input:0@2', 'output:0@2']
        """
        return self._unroll(check_number(f"{self.name}.unroll", "ticks", ticks, at_least=1, whole=True), ticks_before=1)

    @property
    def unrolled(self) -> Network | None:
        """The unrolled network in which the last `forward` ran; None before that, and for a network that does not run in time."""
        present = self._copies.present
        return present if present is not None and present.ticks is not None and present is not self else None

    def _unroll(self, ticks: int, ticks_before: int) -> Self:
        """Return an unrolled copy with units for `ticks_before` ticks before tick 1."""
        if self._original is not None:
            raise WiringError(f"{self.name}.unroll: it is an unrolled network; unroll its original, {self._original.name}")
        copy = type(self).__new__(type(self))
        wiring = Wiring(f"{self.name}@1…{ticks}", self.weight_state, ticks)
        copy._set_up(wiring, self.tie_derivative, self.ticks_back, original=self)
        unroll_into(copy, self, ticks, ticks_before)
        return copy

    # --- For engines and walks through a case, in other modules ---

    def _network_for(self, ticks: int | None) -> Network:
        """Return the network in which a case of some ticks runs: this one, or the unrolled copy for that number of ticks."""
        return self._copies.for_ticks(ticks)

    def next_noise(self, *, is_needed: bool = False) -> NoiseSource | None:
        """Return the source of the noise of the next pass in testing, or None if there is none and it is not needed. For engines."""
        if not (has_noise(self, "testing") or is_needed):
            return None
        if has_weight_noise(self, "testing"):
            check_shared_settings(self)
        self._noisy_passes += 1
        return NoiseSource(self.seed, "testing", self._noisy_passes)

    def _begin_forward(self, inputs: Values | CaseInputs) -> tuple[Network, list[float], Perturbation]:
        """Return the network in which a case runs, the inputs of the case in one list, and its noise and clamps."""
        return self._copies.begin_forward(inputs)

    def _discard_case(self) -> None:
        """Forget a case that did not run to its end: no backward pass is possible from there."""
        self._copies.present = None

    def _engine_ran(self) -> None:
        """Note that an engine left its last case in the units. In time, the copies do not show that case."""
        copies = self._copies
        copies.present = None if self._wiring.in_time else self
        copies.end_state = None

    def _discard_outdated(self) -> None:
        """Discard the unrolled copies and checks after a change of the wiring; if this is a copy, the original discards it."""
        self._copies.clear()
        self._checked.clear()
        if self._original is not None:
            self._original._copies.discard(self)

    # --- Many cases, by an engine ---

    def outputs(self, examples: Examples, engine: str | Engine = DEFAULT_ENGINE) -> Array:
        """Return the activations of the output units for each example.

        Parameters
        ----------
        examples : ExampleSet or list of Example
        engine : str or Engine
            The engine that computes them.

        Returns
        -------
        array [case, output unit] or [case, tick, output unit]
            NaN at ticks that an example does not have.

        Notes
        -----
        An array has no names. The cases are ``examples.names``; the units are those of the output groups, in the order of the groups, such
        as ``network["output"].labels`` if there is one. ``cn.record(network, examples, of="output")`` has the same numbers with the names
        of cases and units; a call takes longer.
        """
        return self._run_engine(engine, examples, "outputs")

    def activations(self, examples: Examples, group: str | Group, engine: str | Engine = DEFAULT_ENGINE) -> Array:
        """Return the activations of the units of a group for each example.

        Parameters
        ----------
        examples : ExampleSet or list of Example
        group : str or Group
        engine : str or Engine
            The engine that computes them.

        Returns
        -------
        array [case, unit] or [case, tick, unit]
            NaN at ticks that an example does not have.
        """
        return self._run_engine(engine, examples, "activations", self[group].units)

    def check(self, examples: Examples) -> None:
        """Raise DataError if this network cannot take these examples.

        Parameters
        ----------
        examples : ExampleSet or list of Example

        Raises
        ------
        DataError
            If the number of inputs or targets is wrong, a target is out of the range of its error function, or examples without ticks
            are given to a network in time.
        """
        self._check(as_example_set(examples))

    def _check(self, examples: ExampleSet) -> None:
        outputs = [group for group in self.groups if group.role == "output"]
        ranges = [tuple(group.error_function.targets) for group in outputs]
        if examples.clamps:
            clamped = [group for group in self.groups if group.name in examples.clamps and not group.clamped]
            ranges += [(group.clamping.kind, *group.activation_function.range) for group in clamped]
        if self._checked.get(examples) == ranges:
            return
        check_examples(self.groups, examples, self.in_time)
        if self.ticks is not None and examples.lengths is not None:
            raise DataError(
                f"{self.name}: an unrolled network takes single patterns, those of all its ticks one after the other (got ticks)"
            )
        self._checked[examples] = ranges
        if self.ticks is None:
            examples._note_labels("inputs", [group for group in self.groups if group.role == "input"])
            examples._note_labels("targets", outputs)

    def _examples(self, given: Examples, what: str = "examples", error: type[ConnectionistError] = DataError) -> ExampleSet:
        """Return the examples that a user gave for an engine, after `check`; see `as_example_set`."""
        examples = as_example_set(given, self, what, error)
        self._check(examples)
        return examples

    @naming_formulas
    def _run_engine(self, engine: str | Engine, given: Examples, method: str, *arguments: object) -> Array:
        examples = self._examples(given)
        resolved: Any = registry.find("engines", engine)() if isinstance(engine, str) else engine
        if isinstance(resolved, type) or not hasattr(resolved, method):
            got = registry.describe_given(engine)
            raise ParameterError(f"{self.name}.{method}.engine: must be the name of an engine or an object of class Engine (got {got})")
        result: Array = getattr(resolved, method)(self, examples, *arguments)
        self._engine_ran()
        return result

    # --- Python ---

    def __contains__(self, name: object) -> bool:
        """Return whether there is a group of this name; of a group, whether it is one of this network."""
        known = self._wiring.groups
        return known.get(name.name) is name if isinstance(name, Group) else isinstance(name, str) and name in known

    def __copy__(self) -> Network:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self.copy() if self._original is None else _unroll_again(deepcopy(self._original, memo), *describe_unrolled(self))

    def __reduce__(self) -> tuple[Any, ...]:
        if self._original is not None:
            return _unroll_again, (self._original, *describe_unrolled(self))
        return build_network, (describe(self),)

    def __repr__(self) -> str:
        shown = [f"{group.name} {len(group)}" for group in self.groups[:MOST_GROUPS_SHOWN]]
        if len(self.groups) > MOST_GROUPS_SHOWN:
            shown.append(f"… and {len(self.groups) - MOST_GROUPS_SHOWN} more")
        return f"<Network {self.name}: {', '.join(shown) or 'no groups'}; {describe_count(len(self.connections), 'connection')}>"


def build_network(description: NetworkDescription) -> Network:
    """Return the network that `describe` described; see `build_into`."""
    network = Network()
    build_into(network, description)
    return network


def _unroll_again(original: Network, values: dict[str, Any], arrays: dict[str, Any]) -> Network:
    """Return a network unrolled as `describe_unrolled` described another."""
    copy = original._unroll(values["ticks"], values["ticks_before"])
    fill_unrolled(copy, values, arrays)
    return copy


def check_network(given: object, call: str) -> None:
    """Raise DataError unless an argument called network is a Network.

    Parameters
    ----------
    given : object
    call : str
        Name of the function, for the message.
    """
    if not isinstance(given, Network):
        raise DataError(f"{call}.network: must be a Network (got {shown(given)})")
