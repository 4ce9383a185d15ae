"""Built-in tasks, one published experiment per file."""
