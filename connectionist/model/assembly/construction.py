"""How a network is built: groups and connections."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from connectionist.errors import LoopError, WiringError, check_flag, check_number
from connectionist.model.assembly.parts import Parts
from connectionist.model.assembly.roles import check_for_role, usual_functions
from connectionist.model.connection import Connection, Weight
from connectionist.model.connectivity import Pattern, mask
from connectionist.model.graph import find_loop, link, raise_for_loop, strongly_connected_groups, unlink
from connectionist.model.group import Group, make_labels
from connectionist.model.projection import Projection
from connectionist.model.timing import Timing
from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction

AnyGroup = TypeVar("AnyGroup", bound=Group)
MOST_DELAY = 1_000_000  # ticks; what is above is a slip of the hand
NAMELESS = set(":@")


class Construction(Parts):
    """A network under construction. Every change of wiring makes what was derived from it (order, lists) stale."""

    def add_group(
        self,
        name: str,
        units: int | Sequence[str],
        role: str = "hidden",
        activation: str | ActivationFunction | JointActivationFunction | None = None,
        error: str | ErrorFunction | None = None,
        margin: float = 0.0,
        biased: bool | None = None,
        initial: npt.ArrayLike = 0.0,
        integrates: str | None = None,
        dt: npt.ArrayLike = 1.0,
        initial_net_input: npt.ArrayLike = 0.0,
    ) -> Group:
        """Add named units.

        Parameters
        ----------
        name : str
            Without ":" and "@".
        units : int or sequence of str
            How many, at least 1; or a label for each.
        role : {"input", "hidden", "output"}
        activation : str or activation function, optional
            For hidden and output groups; "logistic" unless given.
        error : str or error function, optional
            For output groups; "squared", ½ Σ (y − d)², unless given.
        margin : float
            For output groups: no error for an activation beyond ``target ∓ margin`` on the right side (see
            `connectionist.plugins.functions.within_margin`); from 0 (off) to below 1.
        biased : bool, optional
            Whether each unit has a connection from the unit that is always 1, "bias"; hidden and output units have unless
            told otherwise.
        initial : float or array_like [unit]
            Activation before tick 1, which connections with a delay carry at first.
        integrates : {None, "net_input", "activation"}
            For hidden and output groups: what the units integrate, if they are continuous-time units (see
            `connectionist.model.timing.Timing`).
        dt : float or array_like [unit]
            Of continuous-time units: fraction of the way to its drive that a unit goes in one tick; above 0, at most 1.
        initial_net_input : float or array_like [unit]
            Net input before tick 1, for units that integrate it.

        Returns
        -------
        Group

        Raises
        ------
        WiringError
            When the name is taken or not allowed, or the labels are.
        UnknownNameError
            When no function goes by that name.
        ParameterError
            When the role, or something given for it, is not allowed.
        """
        self._check_not_unrolled("add_group")
        self._check_group_name(name)
        if biased is not None:
            check_flag(f"group {name!r}", "biased", biased)
        check_for_role(name, role, activation, error, margin, biased, integrates)
        labels = make_labels(name, units)
        timing = Timing.of(name, len(labels), initial, integrates, dt, initial_net_input)
        group = Group(self.state, name, labels, role, *usual_functions(role, activation, error), margin, timing)
        self._groups[name] = group
        self._graph.add_nodes_from(group)
        self._rewired()
        if biased or (biased is None and role != "input"):
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
    ) -> Projection:
        """Make connections from the units of one group to those of another.

        Parameters
        ----------
        sender, receiver : str or Group
            Groups of this network; they may be the same one. Input units receive nothing.
        pattern : str, function or array_like [sender, receiver] of bool
            Which pairs: "full", "one_to_one", ``cn.Random(...)``, a function of two sizes, or the mask itself.
        delay : int
            Ticks from sender to receiver, at least 0.
        weights : float or array_like [sender, receiver], optional
            Values to start from; 0 unless given.
        trainable : bool
            Whether training may change the weights.
        backpropagate : bool
            Whether error derivatives go back through the connections to their senders.
        rate : float, optional
            Takes the place of the update rule's rate for these connections; above 0 (freeze with ``trainable``).

        Returns
        -------
        Projection

        Raises
        ------
        UnknownNameError
            When a group or pattern does not exist.
        WiringError
            When the mask has the wrong shape, two units are already connected, or an input group would receive.
        LoopError
            When a loop without delay would come about; the network is left as it was.
        DataError
            When a weight is not finite or their shape is wrong.
        """
        self._check_not_unrolled("connect")
        source, target = self._group(sender), self._group(receiver)
        if target.clamped:
            raise WiringError(f"{source.name} → {target.name}: {target.role} units are clamped and receive nothing")
        check_number(f"{source.name} → {target.name}", "delay", delay, at_least=0, at_most=MOST_DELAY, whole=True)
        if delay and source.role == "bias":
            raise WiringError(
                f"{source.name} → {target.name}: the unit that is always 1 was so before; a delay means nothing (got {delay})"
            )
        if rate is not None:
            check_number(f"{source.name} → {target.name}", "rate", rate, above=0)
        for what, given in (("trainable", trainable), ("backpropagate", backpropagate)):
            check_flag(f"{source.name} → {target.name}", what, given)
        projection = Projection(source, target, int(delay), rate)
        pairs = np.argwhere(mask(pattern, len(source), len(target)).T)
        with _no_collection():
            self._fill(projection, pairs.tolist(), bool(backpropagate))
            projection.trainable = trainable
            if weights is not None:
                projection.check_no_gaps(weights)
                projection.weights = weights
            self._link(projection)
        return projection

    def _take_group(self, group: AnyGroup) -> AnyGroup:
        """Add a group that was made elsewhere. For unrolling."""
        self._groups[group.name] = group
        self._graph.add_nodes_from(group)
        self._rewired()
        return group

    def _take_projection(self, projection: Projection) -> None:
        """Add connections that were made elsewhere. For unrolling."""
        link(self._graph, projection.connections, parallel=True)
        self._projections.append(projection)
        self._rewired()

    def _check_not_unrolled(self, what: str) -> None:
        if self.ticks is not None:
            raise WiringError(f"{self.name}.{what}: an unrolled network is wired as the one it copies; change that one and unroll it again")

    def _group(self, group: str | Group) -> Group:
        if not isinstance(group, (str, Group)):
            raise WiringError(f"connect: must be a group or its name (got {group!r})")
        name = group if isinstance(group, str) else group.name
        if not isinstance(group, str) and self._groups.get(name) is not group:
            raise WiringError(f"group {name!r} belongs to another network than {self.name}")
        return self[name]

    def _check_group_name(self, name: str) -> None:
        if not isinstance(name, str) or not name or NAMELESS & set(name):
            raise WiringError(f"group {name!r}: a name must be text without ':' and '@'")
        if name in self._groups:
            raise WiringError(f"group {name!r}: {self.name} already has a group of this name")

    def _fill(self, projection: Projection, pairs: list[list[int]], backpropagate: bool) -> None:
        state, first = self.weight_state, self.weight_state.grow(len(pairs))
        senders, receivers = projection.sender.units, projection.receiver.units
        projection.connections = [
            Connection(senders[i], receivers[j], Weight(state, first + n), projection.delay, backpropagate, projection)
            for n, (j, i) in enumerate(pairs)
        ]

    def _link(self, projection: Projection) -> None:
        with self._lesions.suspended(self._graph, self._projections):
            self._link_unless_loop(projection)
        for connection in filter(self._lesions.hides, projection.connections):
            unlink(self._graph, connection)
        self._rewired()

    def _link_unless_loop(self, projection: Projection) -> None:
        link(self._graph, projection.connections)
        self._projections.append(projection)
        try:
            self._check_no_new_loop(projection)
        except LoopError:
            self._projections.pop()
            for connection in projection.connections:
                unlink(self._graph, connection)
            raise

    def _check_no_new_loop(self, projection: Projection) -> None:
        """Only where the two groups feed each other within a tick can the new connections have closed a loop."""
        for knot in strongly_connected_groups(tuple(self._groups.values()), self._projections):
            if projection.delay == 0 and {projection.sender, projection.receiver} <= set(knot):
                raise_for_loop(find_loop(self._graph, knot))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Put off garbage collection: walking a million new objects again and again doubles the time to build them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
