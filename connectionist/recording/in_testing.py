"""Recording in a test: examples are presented without training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from connectionist.data.example_set import Examples, ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.goodness import goodness_by_unit, units_with_terms
from connectionist.engines.probes import UnitProbe
from connectionist.errors import ParameterError
from connectionist.model.network import DEFAULT_ENGINE, Network, check_network
from connectionist.plugins import registry
from connectionist.plugins.formula_faults import naming_formulas
from connectionist.recording.labelled_probes import label_units, make_unit_probe
from connectionist.recording.recorder import ENERGY, GOODNESS, GOODNESS_QUANTITIES, WEIGHT_QUANTITIES, check_quantities
from connectionist.recording.recording import Recording, recording_in_memory
from connectionist.utils.arrays import Array


@naming_formulas
def record(
    network: Network,
    examples: Examples,
    quantities: str | Sequence[str] = "activation",
    of: Any = "*",
    *,
    cases: Any = None,
    engine: str | Engine = DEFAULT_ENGINE,
) -> Recording:
    """Present examples without training, and record quantities of units.

    Parameters
    ----------
    network : Network
        Its weights do not change. Its units show the last case afterwards.
    examples : ExampleSet or list of Example
        All examples are presented, in order.
    quantities : str or sequence of str
        "activation", "net_input", "activation_derivative" (∂E/∂y), "net_derivative" (∂E/∂x), "target", "goodness" or "energy". The
        derivatives are those of the single example, from a backward pass. The goodness of a unit is the part of the connections that it
        receives: the sum over all units is that of `goodness`. Energy is its negative.
    of : str, Group, Unit, or a sequence of these
        Units to record: names of groups or units, or patterns of unit names. The default is all units.
    cases : str, int, or a sequence of these, optional
        Examples to record, by name, pattern or number (from 0). The default is all.
    engine : str or Engine

    Returns
    -------
    Recording
        Dimensions "case", "tick" (if the examples have ticks) and "unit".

    Raises
    ------
    ParameterError
        If a quantity is one of connections, or if `of` selects connections.
    UnknownNameError
        If there is no such quantity, unit or case.
    DataError
        If the examples do not fit the network.
    WiringError
        If a group has an input or output function, for which goodness has no meaning.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.Network("copy")
    >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation="linear")
    >>> _ = net.connect("input", "output", weights=2.0)
    >>> examples = cn.ExampleSet.from_arrays([[1.0], [3.0]], [[0.0], [0.0]], names=["low", "high"])
    >>> recording = record(net, examples, ["activation", "net_derivative"], of="output")
    >>> recording
    <Recording of copy: activation, net_derivative; 2 cases, 1 unit>
    >>> float(recording["activation"].sel(case="high", unit="output:0"))
    6.0
    """
    check_network(network, "record")
    names = check_quantities(quantities)
    for name in names:
        if name in WEIGHT_QUANTITIES:
            raise ParameterError(
                f"record.quantities: {name!r} is a quantity of connections, which do not change without training; "
                f"use train(record=Recorder({name!r}, …))"
            )
    checked = network._examples(examples)
    resolved = registry.resolve("engines", engine, Engine, what="record.engine")  # type: ignore[type-abstract,unused-ignore]
    probe = make_unit_probe(network, checked, names, of=of, cases=cases)
    assert probe is not None
    ticks = None if checked.ticks is None else range(1, checked.ticks + 1)
    states = _states(network, checked, probe, resolved)
    network._engine_ran()
    recording = recording_in_memory(network.name, [label_units(probe, checked, ticks)], has_epochs=False)
    recording.add([], [(states if ticks else states[:, 0])[np.newaxis]])
    return recording


def read_states(network: Network, examples: ExampleSet, probe: UnitProbe, engine: Engine) -> Array:
    """Return the quantities of a probe, [case, tick, quantity, unit], and restore the present state of the units afterwards."""
    with network.state.restored_afterwards():
        return _states(network, examples, probe, engine)


def _states(network: Network, examples: ExampleSet, probe: UnitProbe, engine: Engine) -> Array:
    """Return the quantities of a probe, [case, tick, quantity, unit], from one pass of all examples."""
    if not set(GOODNESS_QUANTITIES) & set(probe.quantities):
        return engine.states(network, examples, probe)
    units = units_with_terms(network)
    quantities = tuple(dict.fromkeys(("activation", *(name for name in probe.quantities if name not in GOODNESS_QUANTITIES))))
    states = engine.states(network, examples, UnitProbe(quantities, units, probe.cases))
    found = {name: states[:, :, number] for number, name in enumerate(quantities)}
    found[GOODNESS] = goodness_by_unit(network, found["activation"])
    found[ENERGY] = 0.0 - found[GOODNESS]
    places = {unit: place for place, unit in enumerate(units)}
    columns = [places[unit] for unit in probe.units]
    return np.stack([found[name][:, :, columns] for name in probe.quantities], axis=2)
