"""The three answers to whether a text says a value."""

from enum import StrEnum


class Answer(StrEnum):
    """Only DOES_NOT rejects; what CANNOT_TELL leaves open goes to the judge."""

    SAYS = "says"
    DOES_NOT = "does not"
    CANNOT_TELL = "cannot tell"
