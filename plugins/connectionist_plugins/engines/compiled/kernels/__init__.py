"""The kernels: passes over blocks of cases and over single cases, and the loop over epochs."""
