"""Ways of speaking and what they are in digits."""

import re
from typing import NamedTuple


class Rewrite(NamedTuple):
    """A way of speaking and what it is in digits."""

    needs: frozenset[str]
    """One of these words or marks stands wherever the pattern matches."""
    pattern: re.Pattern[str]
    replacement: str


def rewrite(needs: str, pattern: str, replacement: str) -> Rewrite:
    return Rewrite(frozenset(needs.split()), re.compile(rf"\b(?:{pattern})(?!\w)"), replacement)
