"""Tasks, runs of tasks, run folders, weights files and lesion studies."""
