"""Whether a text says a value, by what kind of value it is."""
