"""Stepping through one case: forward pass, backward pass and weight change, with a stop after each part."""
