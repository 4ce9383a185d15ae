"""One case, step by step."""
