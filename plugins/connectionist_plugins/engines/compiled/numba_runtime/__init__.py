"""How kernels are compiled, kept on disk, called through addresses and run in threads."""
