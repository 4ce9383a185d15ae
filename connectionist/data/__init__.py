"""Examples, events, the order of presentation, and when a case is correct."""
