"""Engines: the interface of every engine, phases of training, learning procedures on objects, probes, weight updates and settling."""
