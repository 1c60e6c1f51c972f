"""The words, units and ways of speaking of eight languages."""
