"""Reports for people: tables for the terminal, HTML reports, comparisons of runs, and representations in notebooks."""
