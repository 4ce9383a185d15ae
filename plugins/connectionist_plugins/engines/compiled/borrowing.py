"""The kernels' arrays without a share in their ownership.

numba counts an array's owners whenever it is passed on within a tuple, which takes longer than a short row of cases does. So a
kernel that runs long borrows what it was given, once: the same memory, nothing to count. Its caller keeps the owners meanwhile.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from numba import carray  # type: ignore[attr-defined]

from connectionist_plugins.engines.compiled.arguments import Cases, Learning, Weights
from connectionist_plugins.engines.compiled.caching import kept
from connectionist_plugins.engines.compiled.pointers import as_pointer
from connectionist_plugins.engines.compiled.program import Functions, Wiring


@kept(error_model="numpy")
def borrow(array):
    """Return the same array, owned by nobody."""
    return carray(as_pointer(array.ctypes.data), array.shape, array.dtype)


@kept(error_model="numpy")
def borrow_wiring(lent):
    """Return the same `Wiring`, owned by nobody."""
    return Wiring(
        borrow(lent.units),
        borrow(lent.bounds),
        borrow(lent.starts),
        borrow(lent.senders),
        borrow(lent.weights),
        borrow(lent.backs),
        borrow(lent.patch_starts),
        borrow(lent.patches),
        borrow(lent.inputs),
        borrow(lent.outputs),
        borrow(lent.tied),
        borrow(lent.copies),
    )


@kept(error_model="numpy")
def borrow_functions(lent):
    """Return the same `Functions`, owned by nobody."""
    return Functions(
        borrow(lent.activate),
        borrow(lent.slope),
        borrow(lent.activation_parameters),
        borrow(lent.joint),
        borrow(lent.compare),
        borrow(lent.error_parameters),
        borrow(lent.margin),
    )


@kept(error_model="numpy")
def borrow_cases(lent):
    """Return the same `Cases`, owned by nobody."""
    return Cases(
        borrow(lent.x),
        borrow(lent.y),
        borrow(lent.dy),
        borrow(lent.dx),
        borrow(lent.d),
        borrow(lent.wrong),
        borrow(lent.scratch),
    )


@kept(error_model="numpy")
def borrow_learning(lent):
    """Return the same `Learning`, owned by nobody."""
    return Learning(
        lent.change, lent.signal, lent.parameters, lent.first, borrow(lent.rows), borrow(lent.rates), borrow(lent.memory), lent.decay
    )


@kept(error_model="numpy")
def borrow_weights(lent):
    """Return the same `Weights`, owned by nobody."""
    return Weights(borrow(lent.values), borrow(lent.changes), borrow(lent.gathered), lent.mean)
