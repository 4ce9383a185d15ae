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
from connectionist_plugins.engines.compiled.machine_code import llvm

PROGRAM = """
import gc
gc.disable()  # a sixth of the time
import connectionist as cn
from connectionist.testing import check_engine
from connectionist.testing.populations import check_population
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES
check_engine(cn.engine("compiled"), networks=3)
for seed in range(8):  # in lanes, what `check_engine` leaves out
    options = {"update_after": 1 + seed % 2, "order": "fixed" if seed < 4 else "permuted"}
    check_population(cn.engine("compiled"), seed, cn.rule("momentum", rate=0.1), **options)
print(VECTOR_BYTES)
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the CPU names are for x86")
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("name", "features", "size"), [("generic", "+sse2", 16), ("haswell", "+sse2,+sse4.2,+avx,+avx2,+fma", 32)])
def test_other_vector_sizes_give_the_same_results(name: str, features: str, size: int, tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": features, "CONNECTIONIST_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(size)


LOOP = """
define void @"halve"(double* noalias %".1", i64 %".2") {
entry:
  br label %"loop"
loop:
  %"i" = phi i64 [0, %"entry"], [%"next", %"loop"]
  %"address" = getelementptr double, double* %".1", i64 %"i"
  %"number" = load double, double* %"address"
  %"half" = fmul double %"number", 0.5
  store double %"half", double* %"address"
  %"next" = add i64 %"i", 1
  %"goes_on" = icmp slt i64 %"next", %".2"
  br i1 %"goes_on", label %"loop", label %"end"
end:
  ret void
}
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the CPU names are for x86")
@pytest.mark.parametrize(("features", "size"), [("+avx512f", 8), ("+avx", 4)])
def test_loops_have_the_vectors_of_the_processor(features: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert llvm.target_machine()  # of this processor, before the environment changes
    monkeypatch.setenv("NUMBA_CPU_NAME", "skylake-avx512" if size == 8 else "sandybridge")
    monkeypatch.setenv("NUMBA_CPU_FEATURES", features)
    for name in ("host_features", "processor", "target_machine"):
        monkeypatch.setattr(llvm, name, getattr(llvm, name).__wrapped__)
    assert f"fmul <{size} x double>" in str(llvm.optimized_module(LOOP))


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
