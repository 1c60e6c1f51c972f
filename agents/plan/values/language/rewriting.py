"""Ways of speaking and what they are in digits."""

import re
from typing import NamedTuple


class Rewrite(NamedTuple):
    """A way of speaking and what it is in digits."""

    needs: frozenset[str]
    """One of these words or marks stands wherever the pattern matches."""
    pattern: re.Pattern[str]
    replacement: str


def read_rewrites(table: str) -> tuple[Rewrite, ...]:
    """Of lines such as `leap: leap day => 29 february`; one that begins with a blank goes on."""
    rewrites = []
    for line in table.strip().replace("\n ", "").split("\n"):
        needs, _, rest = line.partition(": ")
        pattern, _, replacement = rest.rpartition(" => ")
        rewrites.append(Rewrite(frozenset(needs.split()), re.compile(rf"\b(?:{pattern})(?!\w)"), replacement))
    return tuple(rewrites)
