"""Optimize LLVM IR for this processor, and load machine code into the process."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Any

from llvmlite import binding

OPTIMIZATION = 2


@cache
def host_features() -> str:
    """Return the features of this processor as LLVM names them, or those of NUMBA_CPU_FEATURES, which numba uses then."""
    if "NUMBA_CPU_FEATURES" in os.environ:
        return os.environ["NUMBA_CPU_FEATURES"]
    try:
        return str(binding.get_host_cpu_features().flatten())
    except RuntimeError:  # unknown for this platform
        return ""


@cache
def processor() -> tuple[str, str, str]:
    """Return what machine code depends on: the platform, the processor and its features.

    For many processors with vectors of 64 bytes, LLVM prefers vectors of 32 bytes in loops. The loops of formulas are faster with 64.
    """
    name, features = os.environ.get("NUMBA_CPU_NAME") or binding.get_host_cpu_name(), host_features()
    whole_vectors = ",-prefer-256-bit" if "+avx512f" in features.split(",") else ""
    return binding.get_process_triple(), name, features + whole_vectors


@cache
def target_machine() -> Any:
    """Return the description of this processor."""
    _initialize()
    triple, name, features = processor()
    relocation = "static" if triple.startswith("x86") else "default"
    target = binding.Target.from_triple(triple)
    return target.create_target_machine(cpu=name, features=features, opt=OPTIMIZATION, reloc=relocation, codemodel="jitdefault", jit=True)


@cache
def _initialize() -> None:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()


def object_code(assembly: str) -> bytes:
    """Return the object file of a module in LLVM IR, optimized for this processor."""
    return bytes(target_machine().emit_object(optimized_module(assembly)))


def optimized_module(assembly: str) -> Any:
    """Return a module in LLVM IR, optimized for this processor.

    Loops are vectorized; straight code is not, as in numba. Loops are not unrolled: most are short, and those of `simd` have tiles.
    """
    machine = target_machine()
    module = binding.parse_assembly(assembly)
    module.triple, module.data_layout = processor()[0], str(machine.target_data)
    module.verify()
    options = binding.create_pipeline_tuning_options(speed_level=OPTIMIZATION)
    options.loop_vectorization, options.slp_vectorization, options.loop_unrolling = True, False, False
    passes = binding.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    return module


class _Process:
    """The machine code in this process. It stays until the process ends, since its addresses are in use."""

    def __init__(self) -> None:
        _initialize()
        empty = binding.parse_assembly("")
        empty.triple = processor()[0]
        self.engine = binding.create_mcjit_compiler(empty, target_machine())
        self.lock = threading.Lock()
        self.addresses: dict[str, int] = {}


@cache
def _process() -> _Process:
    return _Process()


def load_object(code: bytes, names: tuple[str, ...]) -> list[int]:
    """Load an object file, and return the addresses of some of its functions.

    The same names always mean the same code. If they have been loaded, also by another thread, the file is not loaded again.
    """
    process = _process()
    with process.lock:
        if not process.addresses.keys() >= set(names):
            process.engine.add_object_file(binding.ObjectFileRef.from_data(code))
            process.engine.finalize_object()
            process.addresses |= {name: int(process.engine.get_function_address(name)) for name in names}
        return [process.addresses[name] for name in names]
