"""The built-in input functions."""
