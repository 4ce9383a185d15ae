"""Passes over a block of cases, arrays [tick · unit, case]."""
