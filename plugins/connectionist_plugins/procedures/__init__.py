"""Learning procedures, one per file."""
