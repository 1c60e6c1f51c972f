"""A row of trajectories.jsonl as the record that another tool reads, a module for each kind of reader.

Nothing of the conversation is lost: what a layout has no place for stands in a key of its own, which its readers pass
over. A row that a layout would make ambiguous, or teach what should not be learned, is refused with FormatError.
"""
