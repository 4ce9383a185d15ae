"""The contract of an engine, and what engines that run object by object share."""
