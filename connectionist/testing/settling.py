"""Check of settling: an engine must pass through the states of the reference engine, and many cases have the bits of single ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.settling import settle, settle_many
from connectionist.testing.claims import assert_that
from connectionist.utils.caller_warnings import given_to

if TYPE_CHECKING:
    from connectionist.testing.network_pair import NetworkPair

TICKS = 9
CRITERION = 0.02


@given_to(lambda _message, _topic: None)  # random networks need not settle, and an engine need not have kernels for all
def check_settling(pair: NetworkPair, **options: Any) -> None:
    """Check the states of each tick, the tick at which a network has settled, and the same in many cases at once.

    Parameters
    ----------
    pair : NetworkPair
        Networks in time, without noise.
    **options
        Further arguments of `settle`.

    Raises
    ------
    AssertionError
        If the engines differ, or if a case has other bits alone. The message names the quantity and both values.
    """
    pair.name += f", {options}" if options else ""
    options["seed"] = pair.seed
    cases = np.array(pair.examples.inputs[:, 0])
    for criterion in (None, CRITERION):
        singles = [settle(pair.net, case, criterion, TICKS, pair.engine, **options) for case in cases]
        wanted = [settle(pair.reference_net, case, criterion, TICKS, pair.reference, **options) for case in cases]
        for got, expected in zip(singles, wanted, strict=True):
            assert_that(got.ticks == expected.ticks, pair.name, "tick of settling", str(expected.ticks), got.ticks)
            pair.assert_close(got.activations, expected.activations, "activations while settling", TICKS)
        pair.compare_units(("net_input", "activation"), "after settling", TICKS)
        at_once = settle_many(pair.net, cases, criterion, TICKS, pair.engine, **options)
        for number, (got, alone) in enumerate(zip(at_once, singles, strict=True)):
            what = f"case {number} of many that settle"
            assert_that(got.ticks == alone.ticks, pair.name, f"tick of {what}", str(alone.ticks), got.ticks)
            same = np.array_equal(got.activations, alone.activations)
            assert_that(same, pair.name, what, "the bits of the case alone", got.activations - alone.activations)
