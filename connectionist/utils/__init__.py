"""Arrays, random streams, the memory limit, JSON values and late-bound hooks."""
