"""Lesion studies: damaged copies of trained networks, with the same measurements of each."""
