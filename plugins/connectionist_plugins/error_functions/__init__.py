"""The built-in error functions."""
