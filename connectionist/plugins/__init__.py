"""How plugins are found, the contracts of functions and update rules, and calls that make things by name."""
