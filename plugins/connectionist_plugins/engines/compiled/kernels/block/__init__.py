"""Passes over a block of cases, with arrays [tick · row, case]."""
