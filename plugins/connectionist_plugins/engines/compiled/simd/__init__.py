"""The innermost loops, written as explicit SIMD code in LLVM IR.

The compiler vectorizes loops over one or two arrays. It does not vectorize sums that run over weights, senders and receivers
at once, which makes them several times slower. Each loop here is a function that emits LLVM IR, with the instructions of `vectors`:

- `dense`: block of cases, dense weight matrices
- `sparse`: block of cases, connection by connection
- `one_case`: one case, dense weight matrices
- `lanes`, `lanes_of_case`, `lane_sums`: block of cases, one case, and sums, of many networks
- `transpose`: examples into the rows of a block
- `selected_rows`: some rows of one array into another
- `wrong_cases`: cases in which an output is too far from its target

`table` compiles each loop once and gives its address. `sums` has sums in a fixed order, whose code is a part of kernels.
"""
