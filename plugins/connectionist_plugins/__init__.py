"""Built-in plugins: engines, update rules and functions, one idea per file."""
