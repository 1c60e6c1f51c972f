"""The words, units and ways of speaking of seven languages."""
