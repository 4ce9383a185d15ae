"""Explanations: the arithmetic of one unit or connection in the present case, with names and numbers.

`terms` has sums of named terms that are compared with the stored value. `passes` has the error derivatives of each backward pass. `forward`
and `backward` list the terms of a unit's sums in the order in which the objects add them. `weight_derivative` lists the terms of a weight's
derivative, and `change` the computation of its last change. `unit_sums` collects all sums of one unit. `unit` and `connection` are the
explanations; `unit_text`, `connection_text` and `text_table` print them.

An explanation changes nothing in the network. It compares stored numbers with numbers that are computed again, and says where they differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import WiringError

if TYPE_CHECKING:
    from connectionist.explain.connection import ConnectionExplanation
    from connectionist.explain.unit import UnitExplanation


def explain(thing: object) -> UnitExplanation | ConnectionExplanation:
    """Return the explanation of a unit or a connection. `Unit.explain` and `Connection.explain` call this function through `hooks`."""
    from connectionist.explain.connection import explain_connection
    from connectionist.explain.unit import explain_unit
    from connectionist.model.connection import Connection
    from connectionist.model.unit import Unit

    assert isinstance(thing, (Unit, Connection))
    if (thing.group if isinstance(thing, Unit) else thing.projection).removed:
        raise WiringError(f"{thing.name}: was removed from its network, so no pass computes it")
    if isinstance(thing, Connection):
        return explain_connection(thing)
    return explain_unit(thing)
