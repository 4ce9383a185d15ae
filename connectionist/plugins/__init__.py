"""Hook specifications, the plugin registry, and the contracts of functions and update rules."""
