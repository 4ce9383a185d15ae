"""Every registered engine agrees with the local engine."""

from connectionist.plugins import registry
from connectionist.testing import check_engine


def test_engine_keeps_its_contract(engine: str) -> None:
    check_engine(registry.find("engines", engine))
