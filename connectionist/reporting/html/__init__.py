"""HTML reports of runs, each a single file without links to other files or sites."""
