"""A network as arrays: the schedule, dense blocks, rows, buffers and what kernels are given."""
