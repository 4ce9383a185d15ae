"""The built-in file formats."""
