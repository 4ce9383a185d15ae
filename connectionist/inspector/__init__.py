"""The inspector: a live view of a network in a browser or a notebook."""
