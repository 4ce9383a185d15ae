"""Arrays, random streams, files and locks, the memory limit, JSON values, declared attributes and late-bound hooks."""
