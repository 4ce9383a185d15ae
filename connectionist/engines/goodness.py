r"""Goodness of a state: how well the activations agree with the weights. Its negative is the energy of Hopfield.

.. math:: G = \sum_{i < j} w_{ij} y_i y_j + \sum_i b_i y_i + \sum_{i, k} w_{ik} a_k y_i

w is a symmetric weight between two computed units, b a bias and a the activation of an input unit k. Sources: Hopfield (1982), Neural
networks and physical systems with emergent collective computational abilities, Proceedings of the National Academy of Sciences 79,
2554–2558; Rumelhart, Smolensky, McClelland & Hinton (1986), PDP vol. 2, chapter 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from connectionist.errors import WiringError
from connectionist.model.network import check_network

if TYPE_CHECKING:
    import numpy.typing as npt

    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

TERMS_AT_ONCE = 4_000_000


class Goodness(NamedTuple):
    """The terms of the goodness of a network, with its present weights and the present activations of its clamped units.

    Attributes
    ----------
    terms : _Terms
    weights, activations : bytes or array
        The weights, and the activations of all units, of which those of the clamped ones are read. A copy as bytes takes less time.
    obstacle : str
        Why the network has no goodness: a group with an input or output function. Empty if it has one.
    """

    terms: _Terms
    weights: bytes
    activations: bytes | Array
    obstacle: str = ""

    def check(self) -> None:
        """Raise WiringError if the network has no goodness."""
        if self.obstacle:
            raise WiringError(self.obstacle)

    def of_states(self, activations: Array) -> Array:
        """Return the goodness of each of several states, [state], given the activations of the computed units, [state, unit].

        Raises
        ------
        WiringError
            If the network has no goodness.
        """
        self.check()
        terms, clamped = self.terms, np.frombuffer(self.activations)[self.terms.clamped_rows]
        factors = np.frombuffer(self.weights)[terms.weight_rows] * terms.shares
        found, step = np.empty(len(activations)), max(1, TERMS_AT_ONCE // max(1, len(factors)))
        for first in range(0, len(activations), step):
            states = activations[first : first + step]
            states = np.hstack([states, np.broadcast_to(clamped, (len(states), len(clamped)))])
            of_senders, of_receivers = np.take(states, terms.senders, axis=1), np.take(states, terms.receivers, axis=1)
            found[first : first + step] = (of_senders * of_receivers * factors).sum(axis=1)
        return found


def goodness_of(network: Network) -> Goodness:
    """Return the terms of the goodness of a network in its present state."""
    derived, state = network.schedule.derived, network.state
    known: tuple[int, _Terms, str] | None = derived.get(Goodness)
    if known is None or known[0] != state.assignments:
        terms = _make_terms(network) if known is None else known[1]
        known = derived[Goodness] = state.assignments, terms, _obstacle(network)
    obstacle = f"{network.name}: {known[2]}" if known[2] else ""
    return Goodness(known[1], network.weight_state.value.tobytes(), state.activation.tobytes(), obstacle)


def goodness_of_cases(network: Network, inputs: Array) -> list[Goodness]:
    """Return the terms of the goodness of a network in its present state, but with the inputs of each of several cases, [case, input unit].

    The input units of the network show one of the cases.
    """
    present, units = goodness_of(network), network.schedule.inputs
    activations = np.tile(np.frombuffer(present.activations), (len(inputs), 1))
    activations[:, [unit.row for unit in units]] = np.where([unit.lesioned for unit in units], 0.0, inputs)
    return [Goodness(present.terms, present.weights, each, present.obstacle) for each in activations]


def units_with_terms(network: Network) -> tuple[Unit, ...]:
    """Return the computed units, and after them the clamped ones, whose activations `goodness_by_unit` takes."""
    computed = set(network.schedule.units)
    clamped = (unit for group in (network["bias"], *network.groups) for unit in group if unit not in computed)
    return (*network.schedule.units, *clamped)


def goodness_by_unit(network: Network, activations: Array) -> Array:
    """Return the part of each unit in the goodness, […, unit], given the activations of `units_with_terms`, […, unit].

    Each connection is counted at its receiver, so the parts of clamped units are 0, and the sum over all units is the goodness.

    Raises
    ------
    WiringError
        If the network has no goodness.
    """
    present = goodness_of(network)
    present.check()
    terms = present.terms
    factors = np.frombuffer(present.weights)[terms.weight_rows] * terms.shares
    found = np.where(np.isnan(activations), np.nan, 0.0)  # NaN after the end of an example
    starts = np.flatnonzero(np.diff(terms.receivers, prepend=-1))  # the connections of a receiver follow one another
    ends = np.append(starts, len(factors))[1:]
    for first, end in zip(starts.tolist(), ends.tolist(), strict=True):
        receiver, senders = int(terms.receivers[first]), terms.senders[first:end]
        found[..., receiver] = activations[..., receiver] * (np.take(activations, senders, axis=-1) * factors[first:end]).sum(axis=-1)
    return found


def _obstacle(network: Network) -> str:
    for group in network.groups:
        for kind, function in (("input", group.input_function), ("output", group.output_function)):
            if function is not None:
                return f"goodness is for weighted sums of activations, and group {group.name!r} has the {kind} function {function.name!r}"
    return ""


@dataclass(frozen=True, eq=False)
class _Terms:
    """What follows from the wiring.

    Attributes
    ----------
    senders, receivers : int array [connection]
        Positions in the computed units, and after them in the clamped ones.
    weight_rows : int array [connection]
    shares : array [connection]
        What counts of a weight: 1, or 0.5 for a connection between two computed units, which has an opposite one.
    clamped_rows : int array [clamped unit]
    """

    senders: npt.NDArray[np.intp]
    receivers: npt.NDArray[np.intp]
    weight_rows: npt.NDArray[np.intp]
    shares: Array
    clamped_rows: npt.NDArray[np.intp]


def _make_terms(network: Network) -> _Terms:
    units, everything = network.schedule.units, units_with_terms(network)
    position = {unit: number for number, unit in enumerate(everything)}
    connections = [connection for unit in units for connection in unit.incoming]
    senders = np.array([position[each.sender] for each in connections], np.intp)
    return _Terms(
        senders,
        np.array([position[each.receiver] for each in connections], np.intp),
        np.array([each.weight.row for each in connections], np.intp),
        np.where(senders < len(units), 0.5, 1.0),
        np.array([unit.row for unit in everything[len(units) :]], np.intp),
    )


def goodness(network: Network) -> float:
    r"""Return the goodness of the state that the units of a network show; its negative is the energy.

    .. math:: G = \sum_{i < j} w_{ij} y_i y_j + \sum_i b_i y_i + \sum_{i, k} w_{ik} a_k y_i

    w is a symmetric weight between two computed units, b a bias and a the activation of an input unit k. A connection between two computed
    units counts with half of its weight, so that each pair of opposite connections counts once; so does one from a unit to itself, or
    without an opposite one.

    Parameters
    ----------
    network : Network

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        If the argument is not a network.
    WiringError
        If a group has an input or output function.

    Examples
    --------
    >>> from connectionist.model.network import Network
    >>> net = Network("pair")
    >>> _ = net.add_group("pair", 2, activation="linear", initial=1.0, biased=False)
    >>> _ = net.connect("pair", "pair", [[False, True], [True, False]], delay=1, weights=0.5)
    >>> net["pair"].activations[:] = 1.0
    >>> goodness(net)
    0.5
    """
    check_network(network, "goodness")
    state = np.array([[unit.activation for unit in network.schedule.units]])
    return float(goodness_of(network).of_states(state)[0])
