"""Passes over one case, for weights that change after each example.

With one case, vectors cannot run over cases. For dense weight matrices they run over successive senders, whose weights are successive in
memory (`simd.one_case`). The buffers hold one number per unit. Each step begins at a multiple of the vector size (`layout.rows`), so that
its units fill whole vectors.

Arguments, beside those in `kernels`:

==================== =================================================================================================
is_last_case         whether this is the epoch's last case, whose state is copied to the unit objects
is_top               whether the backward pass begins at this tick, so that no derivative comes from the next one
is_last_tick         whether the tick is the last one of the example
with_derivatives     whether to compute the derivatives of weight matrices at this tick; otherwise
                     `sum_derivatives_over_ticks` computes them after all ticks
x, y, dy             net input, activation and ∂E/∂y (then ∂E/∂x) of the one case [tick · row]
==================== =================================================================================================
"""
