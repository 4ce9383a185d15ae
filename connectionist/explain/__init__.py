"""The arithmetic of one unit or connection in the present case, with names and numbers.

``arithmetic`` is a sum of named terms beside the value that is stored, ``passes`` what a unit was handed in the pass or passes backward,
``forward`` and ``backward`` the terms in the order in which the objects add them, ``weights`` a weight's derivative over its copies,
``changes`` what the rule made of it; ``sums`` has all of one unit, ``units`` and ``connections`` put these together, ``writing`` and
``sections`` print them.

Nothing here computes for the network: what is explained is what the state holds, and where the parts that are there do not give that,
it is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectionist.explain.connection import ConnectionExplanation
    from connectionist.explain.unit import UnitExplanation


def explain(thing: object) -> UnitExplanation | ConnectionExplanation:
    """Return the explanation of a unit or a connection. `Unit.explain` and `Connection.explain` ask for it by way of `telling`."""
    from connectionist.explain.connection import explain_connection
    from connectionist.explain.unit import explain_unit
    from connectionist.model.connection import Connection
    from connectionist.model.unit import Unit

    if isinstance(thing, Connection):
        return explain_connection(thing)
    assert isinstance(thing, Unit)
    return explain_unit(thing)
