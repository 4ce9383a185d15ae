"""Studies: many runs of one task or function, over conditions and seeds, on every core or a cluster, kept in a folder."""
