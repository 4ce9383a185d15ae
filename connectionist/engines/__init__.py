"""Engines: the interface every engine implements, phases of training, probes, weight updates and settling."""
