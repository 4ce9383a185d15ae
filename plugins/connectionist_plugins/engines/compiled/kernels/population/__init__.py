"""Training of several networks of one wiring at once.

The arrays of a block are [tick · row, case · lane], and the weights [weight row, lane]. So the passes are those of `kernels.block`, with
other innermost loops (`simd.lanes`, `simd.lanes_of_case`); what they call a case is here a case of one lane. A single case has the sums of
`kernels.case`.

Arguments, beside those in `kernels`:

=========== ==========================================================
population  `Population`: all networks
lanes       `Lanes`: the networks in training
settings    `PopulationSettings`
lane        index of a lane
=========== ==========================================================
"""
