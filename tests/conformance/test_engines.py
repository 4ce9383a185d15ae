"""Every registered engine agrees with the local engine."""

from itertools import groupby

import pytest

from connectionist.plugins import registry
from connectionist.plugins.rules import Rule
from connectionist.testing import check_engine, engines

FEW = 1  # random network; each mode is compared in four more
MODES_PER_RULE = 2  # of its modes of training, the next ones for each rule; the slow tests have all

# "local" is the engine with which the others are compared, so its own comparison takes half of the time and finds nothing in a change.
ENGINES = [pytest.param(name, marks=[pytest.mark.slow] if name == "local" else []) for name in registry.get_registry().names("engines")]


def some_modes() -> list[tuple[Rule, str | int, str]]:
    """Return some modes of training for each rule, so that each mode has a rule."""
    by_rule = [list(modes) for _, modes in groupby(engines.training_modes(), key=lambda mode: mode[0])]
    return [modes[(MODES_PER_RULE * number + more) % len(modes)] for number, modes in enumerate(by_rule) for more in range(MODES_PER_RULE)]


@pytest.mark.parametrize("name", ENGINES)
def test_engine_keeps_its_contract(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    some, every = some_modes(), list(engines.training_modes())
    assert {mode[1:] for mode in some} == {mode[1:] for mode in every}
    assert {type(rule) for rule, *_ in some} == {type(rule) for rule, *_ in every}
    monkeypatch.setattr(engines, "training_modes", lambda: some)
    check_engine(registry.find("engines", name), networks=FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in registry.get_registry().names("engines") if name != "local"])
def test_engine_keeps_its_contract_on_more_networks(name: str) -> None:
    check_engine(registry.find("engines", name))
