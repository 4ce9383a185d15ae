"""Training: the loop over epochs, its result, progress display, interrupts, and sessions of search rules."""
