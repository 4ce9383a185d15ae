"""The kernels, compiled by `kernel_compiler`: passes over blocks of cases and over single cases, and the loop over epochs.

Arguments have the same names in all kernels. Most structs are defined in `arguments`.

============= ======================================================================================================
wiring        `WiringArguments`: connections in the order of computation
functions     `Functions`: addresses of activation and error functions
loops         `Loops`: addresses of the SIMD loops
rule          `RuleArguments`: address and parameters of the learning rule, and its memory
weights       `WeightArrays`: values, changes and derivatives of the weights
values        ``weights.values`` [weight row]
derivatives   ``weights.derivatives`` [weight row]
inputs        table of inputs [example, tick · input unit]
targets       table of targets [example, tick · output unit]
order         indices of the examples in the order of their presentation, int64 [presentation]
buffers       `CaseBuffers`: state of the block's cases
probes        `ProbeTable`, or None if nothing is recorded
team          `ThreadTeam`: this thread and the number of threads
step          index of a step of the forward order, which is a joint group or units that do not send to each other
begin, end    first position of a step's units in the forward order, and the position after its last
start         position in `order` at which the block begins
first, count  slice of the block's cases on which the kernel works: first case, and number of cases
last_case     index in the block of the epoch's last case if the slice contains it, else -1; its state is copied to
              the unit objects
tick, ticks   tick, counted from 0, and number of ticks of the block's examples
tick_row      row of the buffers at which the tick begins
scale         factor for ∂E/∂y at each tick: 1 / ticks if derivatives of ties are averaged, else 1
tolerance     distance from the target from which an activation counts as wrong
adds          1 to add to the weights' derivatives, 0 to overwrite them
rank, threads index of this thread, and number of threads
============= ======================================================================================================

In local variables, `stride` is the number of items from row to row of the buffers, and `row_bytes` the number of bytes.
"""
