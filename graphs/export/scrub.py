"""Keys, e-mail addresses and phone numbers that live servers returned, found and masked before rows leave.

Only what came from a live server can be somebody's; people and numbers in simulated observations are invented and stay.
A value that the invented user said first is invented too. Keys are found by detect-secrets, phone numbers, in their
international form, by phonenumbers.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import cast

from agents.errors import UsageError, installing
from agents.schema import Origin, Row

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
GUESSES = ("High Entropy", "Secret Keyword", "Public IP", "Basic Auth")
"""Kinds of detect-secrets that go by how random or how placed a word is: commit hashes and ids would be masked."""


class Scrub(StrEnum):
    """What becomes of a row whose live observations hold private data."""

    MASK = "mask"
    DROP = "drop"


def scrub(rows: Sequence[Row], scrub: Scrub) -> tuple[list[Row], str]:
    """The rows without private data, and one line that says what was found.

    Raises: UsageError: there are live observations and no library to look for private data.
    """
    kept: list[Row] = []
    kinds: Counter[str] = Counter()
    touched = live = 0
    for row in rows:
        texts = [
            message["content"] or ""
            for message in row["messages"]
            if message["role"] == "tool"
            and row.get("origins", {}).get(message["tool_call_id"], {}).get("origin") == Origin.MCP
        ]
        live += len(texts)
        # The invented user may have named an address first, which the server then only repeats.
        spoken = "\n".join(message["content"] or "" for message in row["messages"] if message["role"] == "user")
        values = {value: kind for text in texts for value, kind in find(text) if value not in spoken}
        kinds.update(values.values())
        touched += bool(values)
        if not values:
            kept.append(row)
        elif scrub is Scrub.MASK:
            kept.append(mask(row, values))
    if not live:
        return kept, "no live observation"
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    return kept, f"{counts} in {touched} of {len(rows)} rows, {'masked' if scrub is Scrub.MASK else 'rows left out'}"


def find(text: str) -> Iterator[tuple[str, str]]:
    """Private data in a text, as (value, kind). Raises: UsageError: a library is missing.

    >>> list(find("mail ann@lee.org or call +44 20 7946 0958"))
    [('ann@lee.org', 'e-mail'), ('+44 20 7946 0958', 'phone')]
    """
    try:
        import phonenumbers
        from detect_secrets.core.scan import scan_line
        from detect_secrets.settings import default_settings
    except ImportError:
        raise UsageError(f"live observations are looked through for private data: {installing('mcp')}") from None
    yield from ((address, "e-mail") for address in EMAIL.findall(text))
    for match in phonenumbers.PhoneNumberMatcher(text, None):
        yield match.raw_string, "phone"
    with default_settings():
        for line in text.splitlines():
            for secret in scan_line(line):
                if secret.secret_value and not any(guess in secret.type for guess in GUESSES):
                    yield secret.secret_value, "key"


def mask(row: Row, values: Mapping[str, str]) -> Row:
    """The row with a placeholder for each value wherever it stands, the same one for the same value."""
    # In the whole of its JSON: what a server returned may be repeated in a call, an answer or a lock.
    text = json.dumps(row, ensure_ascii=False)
    numbers: Counter[str] = Counter()
    # The longest first: an address may stand within another.
    for value in sorted(values, key=lambda value: (-len(value), value)):
        numbers[values[value]] += 1
        text = text.replace(json.dumps(value, ensure_ascii=False)[1:-1], f"[{values[value]} {numbers[values[value]]}]")
    return cast(Row, json.loads(text))
