"""What a text mentions: its numbers, amounts, days and times, each with its place."""
