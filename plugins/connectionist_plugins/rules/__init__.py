"""The built-in update rules."""
