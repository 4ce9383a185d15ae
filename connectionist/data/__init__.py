"""Examples, events, the order of presentation, and the measure of correct cases."""
