"""Tasks, runs of them, their folders on disk, and lesion studies."""
