"""How a network is put together."""
