"""The words, units and ways of speaking of nine languages."""
