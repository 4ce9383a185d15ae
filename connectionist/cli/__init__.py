"""The command line ``connectionist``, and the contract of its commands."""
