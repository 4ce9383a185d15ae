"""Fits: the parameters that bring the scores of a model nearest to those of people."""
