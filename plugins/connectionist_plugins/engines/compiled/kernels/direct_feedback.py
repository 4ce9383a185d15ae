"""∂E/∂y of hidden units that comes from the output units directly, through weights of a learning procedure."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import rare
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, WiringArguments


@rare
def set_direct_dy(wiring: WiringArguments, begin: int, end: int, buffers: CaseBuffers, tick_row: int, first: int, count: int) -> None:
    """Set ∂E/∂y of a step's hidden units h to Σ c_hk ∂E/∂x_k over the output units k (Nøkland 2016). Other units keep theirs."""
    if not buffers.direct_rows.size:
        return
    for position in range(begin, end):
        row = wiring.unit_rows[position]
        hidden = buffers.direct_rows[row]
        if hidden >= 0:
            for case in range(first, first + count):
                derivative = 0.0
                for output in range(buffers.direct_senders.size):
                    derivative += buffers.dy[tick_row + buffers.direct_senders[output], case] * buffers.direct_weights[hidden, output]
                buffers.dy[tick_row + row, case] = derivative
