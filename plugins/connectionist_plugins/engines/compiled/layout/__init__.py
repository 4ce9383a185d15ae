"""A network as arrays for the kernels: schedule, dense blocks, rows, buffers, probes, and the kernels' argument structs."""
