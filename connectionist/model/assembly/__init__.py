"""Functions that build, find, change and check the parts of a network."""
