"""Units, connections, groups and projections, the graph they form, and the network."""
