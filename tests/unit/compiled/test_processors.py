"""The compiled engine for processors with narrower vectors and fewer registers than this one."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import connectionist as cn
from connectionist_plugins.engines.compiled.layout.program import program_of

PROGRAM = """
import gc
gc.disable()  # a sixth of the time
import connectionist as cn
from connectionist.testing import check_engine
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES
check_engine(cn.engine("compiled"), networks=3)
print(VECTOR_BYTES)
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the CPU names are for x86")
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("name", "features", "size"), [("generic", "+sse2", 16), ("haswell", "+sse4.2,+avx,+avx2,+fma", 32)])
def test_other_vector_sizes_give_the_same_results(name: str, features: str, size: int, tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": features, "CONNECTIONIST_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(size)


@pytest.mark.parametrize("spacing", [2, 4, 8, 16])
@pytest.mark.parametrize("size", [1, 7, 8, 9])
def test_the_buffers_have_space_for_whole_vectors_after_the_last_unit(size: int, spacing: int) -> None:
    net = cn.Network()
    net.add_group("input", 1, role="input")
    net.add_group("output", size, role="output")
    net.connect("input", "output")
    program = program_of(net, spacing)
    last = int(program.wiring.unit_rows.max())
    assert program.layout.size > last + spacing
    assert {int(unit) % spacing for unit in program.wiring.unit_rows[program.wiring.step_starts[:-1]]} == {0}
