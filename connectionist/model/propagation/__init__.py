"""One case forward and backward through the objects."""
