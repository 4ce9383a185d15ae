"""Studies: many networks, or many copies of one, treated differently and measured alike."""
