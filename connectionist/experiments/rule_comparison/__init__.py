"""Comparison of update rules and learning procedures on one task, over seeds, each pair at a rate chosen by the same search."""
