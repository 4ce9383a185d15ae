"""What the command line is told and tells: values from text, tables and JSON from reports."""
