"""The three answers to whether a text says a value."""

from enum import StrEnum


class Answer(StrEnum):
    """Only DOES_NOT rejects; what CANNOT_TELL leaves open goes to the judge."""

    SAYS = "says"
    DOES_NOT = "does not"
    CANNOT_TELL = "cannot tell"

    @classmethod
    def of(cls, says: object, rules_out: object) -> "Answer":
        """SAYS where it is said, DOES_NOT where something rules it out, else CANNOT_TELL."""
        if says:
            return cls.SAYS
        return cls.DOES_NOT if rules_out else cls.CANNOT_TELL
