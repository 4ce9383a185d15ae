"""A compiler from a small part of Python to machine code, for the engine's own kernels.

Kernels are Python functions with annotated parameters. The compiler knows the type of each value from these annotations and from the
structs that kernels take, so it needs no type inference and compiles quickly (``benchmarks/start.py``). It translates the syntax tree of a
function (`function`) to LLVM IR. LLVM optimizes the IR as numba's pipeline does, and the machine code is kept on disk (`kernel`).

A kernel may contain what follows. Everything else is an error that names file and line.

- int (64 bits), bool, float (64 bits), numbers of the engine's precision, unsigned words; arithmetic as in numba and numpy
- arrays of one to three dimensions, C-contiguous: items, rows ``a[i]``, ends of rows ``a[i, j:]``, assignment of a number to a slice,
  ``size``, ``shape``, ``itemsize``, ``ravel()``. Indices are not checked, and not counted from the end.
- named tuples of these as parameters (`structs`), passed by address
- ``if``, ``while``, ``for … in range``, ``break``, ``continue``, conditional expressions, comparisons, ``and``, ``or``, ``not``
- tuples, also as results
- calls of other kernels, of functions of `math` and numpy listed in `intrinsics`, and of the functions defined there

A variable has one type. A parameter that may be None is tested with ``is not None`` when the kernel runs.
"""
