"""The innermost loops, built by hand where a compiler's judgement costs a factor.

It makes vectors of loops over an array or two, not of sums that go through weights, senders and receivers at once. A loop is a function
that builds it (`tiles`, `gathered`, `lines`, `loading`) with what `vectors` offers; `addresses` compiles each once.
"""
