"""Checks of the arguments of `train_many`: networks, seeds and rates."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from connectionist.engines.phase import Phase
from connectionist.errors import ParameterError, WiringError
from connectionist.model.network import Network
from connectionist.utils.counts import describe_count
from connectionist.utils.finite_list import MOST_NETWORKS, check_each, finite_list
from connectionist.utils.visible_text import shown

NETWORKS = "train_many.networks"


def given_networks(networks: Any) -> tuple[Network, ...]:
    """Return the networks as a tuple.

    Raises
    ------
    ParameterError
        If they are no networks.
    WiringError
        If one is given twice.
    """
    is_iterable = isinstance(networks, Iterable) and not isinstance(networks, Network | str | bytes)
    given: tuple[Any, ...] = tuple(finite_list(networks, NETWORKS, most=MOST_NETWORKS, in_order=True)) if is_iterable else ()
    if not given:
        raise ParameterError(f"{NETWORKS}: must be a list of Network, or a function of a seed (got {shown(networks)})")
    seen: dict[int, int] = {}
    for position, network in enumerate(given):
        if not isinstance(network, Network):
            raise ParameterError(f"{NETWORKS}[{position}]: must be a Network (got {shown(network)})")
        if id(network) in seen:
            raise WiringError(f"{NETWORKS}: {network.name!r} is given twice, at positions {seen[id(network)]} and {position}")
        seen[id(network)] = position
    return given


def given_seeds(seeds: object, default: list[int] | None) -> list[int]:
    """Return the seeds: the default ones, one for each network, if none are given.

    Raises
    ------
    ParameterError
        If they are no seeds, or not as many as the default ones.
    """
    if seeds is None and default is not None:
        return default
    if isinstance(seeds, str | bytes) or not isinstance(seeds, Iterable):
        raise ParameterError(f"train_many.seeds: must be a list or range of whole numbers, such as range(1, 41) (got {shown(seeds)})")
    found = finite_list(seeds, "train_many.seeds", in_order=True)
    if not found:
        raise ParameterError("train_many.seeds: must have at least one seed (got none)")
    is_usual = set(map(type, found)) == {int} and 0 <= min(found) <= max(found) <= sys.float_info.max
    if not is_usual:  # since the check takes as long as a tenth of the training of a small network
        found = check_each("train_many", "seeds", found, at_least=0, whole=True)
    if default is not None and len(found) != len(default):
        raise ParameterError(
            f"train_many.seeds: must have one seed for each of {describe_count(len(default), 'network')} (got {len(found)})"
        )
    return found


def given_rates(rates: object, count: int, phases: Sequence[Phase]) -> list[float]:
    """Return the learning rates of a number of networks; none if none are given.

    Raises
    ------
    ParameterError
        If there is not one for each network, or if a rule has no rate or does not allow one of them.
    """
    if rates is None:
        return []
    is_iterable = isinstance(rates, Iterable) and not isinstance(rates, str | bytes)
    found: list[Any] = finite_list(rates, "train_many.rates", in_order=True) if is_iterable else []  # type: ignore[arg-type]
    if len(found) != count:
        raise ParameterError(f"train_many.rates: must have one number for each of {describe_count(count, 'network')} (got {shown(rates)})")
    for phase in phases:
        if not hasattr(phase.rule, "rate"):
            raise ParameterError(
                f"train_many.rates: rule {phase.rule.name!r} has no rate (got {shown(rates)}); leave them out, or give a rule with one, "
                f"such as 'momentum'"
            )
        if "rate" in (phase.schedule or {}):
            raise ParameterError(
                f"train_many.rates: a schedule gives the rate of all networks (got {shown(rates)}); leave out the rates or the schedule"
            )
    numbers = [float(rate) for rate in check_each("train_many", "rates", found, above=0)]
    for position, number in enumerate(numbers):
        for phase in phases:
            try:
                phase.rule.with_rate(number)
            except ParameterError as error:  # of the rule, which has a limit
                raise ParameterError(f"train_many.rates[{position}]: {error}") from None
    return numbers
