"""The days, months and weeks that a text names."""
