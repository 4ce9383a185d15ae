"""Figures of activations and other quantities of units."""
