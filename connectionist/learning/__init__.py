"""Training: the loop over epochs, its result, progress and rules that search."""
