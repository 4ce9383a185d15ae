"""Studies on a Dask cluster: the same bits, given out by its executor. Without Dask, these tests are skipped."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.cli.main import main

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of Dask
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of its sockets
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("dask")
    with warnings.catch_warnings(), dask.config.set({"temporary-directory": str(folder)}):
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            yield cluster


@pytest.mark.slow  # two worker processes, which compile
def test_a_cluster_makes_the_same_bits(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], own_registry: None, blank_images: None
) -> None:
    arguments: dict[str, Any] = {"seeds": range(1, 9), "vary": {"rate": [0.5, 2.0]}, "epochs": 50}
    alone = cn.Study("xor", **arguments).run(workers=1)
    with distributed.Client(cluster) as client:
        study = cn.Study("xor", **arguments).run(tmp_path / "s", executor=client.get_executor(pure=False), workers=2)
    assert_frame_equal(study.table.drop(columns="seconds"), alone.table.drop(columns="seconds"), check_exact=True)
    assert_frame_equal(study.cases, alone.cases, check_exact=True)
    words = ["xor", "--seeds", "1-8", "--vary", "rate=0.5,2", "--epochs", "50", "--dask", cluster.scheduler_address]
    assert main(["study", *words, "--out", str(tmp_path / "s")]) == 0  # the same folder: nothing is left to do
    assert main(["study", *words, "--out", str(tmp_path / "t")]) == 0
    assert "16 of 16 runs done." in capsys.readouterr().out
    assert_frame_equal(cn.read_study(tmp_path / "t").table.drop(columns="seconds"), alone.table.drop(columns="seconds"), check_exact=True)


def test_an_address_without_a_scheduler_is_an_error(capsys: pytest.CaptureFixture[str], own_registry: None) -> None:
    assert main(["study", "xor", "--seeds", "1-2", "--dask", "nonsense://x"]) == 2
    assert "--dask: must be the address of a Dask scheduler (got 'nonsense://x'" in capsys.readouterr().err
