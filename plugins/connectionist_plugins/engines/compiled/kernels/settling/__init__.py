"""Settling: phases of a case that end in a state of which only the last one counts, and the signals of the connections.

No history of ticks is kept. The buffers have one *slot* of rows for the present tick and one for each tick of delay, used in turn. The
part of a net input that comes from clamped units without delay is the same at every tick, and is computed once per change of the weights.

Arguments, beside those in `kernels`:

============= ======================================================================================================
settling      `SettlingArguments`
phase         index of a phase
slot, before  slot of this tick, and of the tick before
out           address of the array that receives net inputs: row 0 of the slot at the first case
source        address of row 0 of the slot of `y` at the first case
width         vectors of cases per row
============= ======================================================================================================
"""
