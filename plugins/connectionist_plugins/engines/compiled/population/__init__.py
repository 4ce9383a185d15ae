"""Training of many networks of one wiring at once."""
