"""The built-in activation functions."""
