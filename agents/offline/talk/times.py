"""Moments in words: each day once, a beginning with its end, and the zone that they are in."""

import re
from collections.abc import Collection, Sequence

from agents.offline.speech.spoken import show_value
from agents.offline.talk.telling import (
    MOMENT,
    is_aside,
    name_key,
)
from agents.schema import JsonObject

_STAMPED = re.compile(r"(\d{1,2} [A-Z][a-z]+ \d{4}), (\d\d:\d\d)")
_CLOCK = re.compile(r"(?<![\w:.-])([0-2]\d:[0-5]\d)(?: to [0-2]\d:[0-5]\d)?(?!\w|:\d)(?! ?\(?(?:UTC|GMT|[+-]))")
"""A time of day, or a span of two, that no zone follows."""


def note_times(label: str, records: Sequence[JsonObject]) -> str:
    """Things without a name by their times on one day; empty for others.

    >>> note_times("shows", [{"starts": "2026-05-03T15:30:00Z", "hall": "Studio"}, {"starts": "2026-05-03T18:00:00Z"}])
    'shows on 3 May 2026: 15:30 (Studio), 18:00'
    """
    key = next((key for key, value in records[0].items() if MOMENT.fullmatch(str(value)) and "T" in str(value)), "")
    moments = [show_value(record.get(key), key).partition(", ") for record in records] if key else []
    days = {day for day, _, _ in moments}
    if len(days) != 1 or any(name_key(record) for record in records):
        return ""
    texts = []
    for record, (_, _, time) in zip(records, moments, strict=True):
        rest = [show_value(v, k) for k, v in record.items() if k != key and not is_aside(k, v)]
        texts.append(f"{time} ({', '.join(rest)})" if rest else time)
    return f"{label} on {days.pop()}: {', '.join(texts)}"


def join_notes(notes: Sequence[str]) -> str:
    """The notes in one row, a beginning and its end as one.

    >>> join_notes(["from 3 May 2026, 09:00", "until 3 May 2026, 10:30", "hall 2"])
    '3 May 2026, 09:00 to 10:30, hall 2'
    >>> join_notes(["user US5", "from 3 May 2026, 09:00", "3 May 2026, 10:30"])
    'user US5, 3 May 2026, 09:00 to 10:30'
    >>> join_notes(["14.1 g/dL", "low 12", "high 16.5"])
    '14.1 g/dL, range 12 to 16.5'
    """
    span = r"from ((?:\d{1,2} \w+ \d{4}, )?\d\d:\d\d), (?:(?:until|to) )?(\d\d:\d\d)"
    fuller = [note for note in notes if not any(other.startswith(f"{note} ") for other in notes)]  # signed, and when
    joined = re.sub(span, r"\1 to \2", ", ".join(shorten_moments(fuller)))
    joined = re.sub(r"\blow ([\d.,]*\d), high ([\d.,]*\d)(?=,|$)", r"range \1 to \2", joined)
    return re.sub(r"\b(from \d{1,2} \w+ \d{4}), (?=(?:until|to) \d)", r"\1 ", joined)


def shorten_moments(notes: Sequence[str]) -> list[str]:
    """The notes with each day once: of a later moment of the same day only the time is left.

    >>> shorten_moments(["from 3 May 2026, 09:00", "until 3 May 2026, 10:30"])
    ['from 3 May 2026, 09:00', 'until 10:30']
    """
    days, shortened = set[str](), []
    for note in notes:
        for day, _ in _STAMPED.findall(note):
            note = note.replace(f"{day}, ", "") if day in days else note
            days.add(day)
        shortened.append(note)
    return shortened


def name_zone(text: str, clocks: Collection[str]) -> str:
    r"""The text with the zone of those times of day that are given in UTC; of a table it stands in the first line.

    >>> name_zone("from 3 May 2026, 09:00 to 10:30, tables at 19:00", ["09:00", "10:30"])
    'from 3 May 2026, 09:00 to 10:30 UTC, tables at 19:00'
    >>> name_zone("| Time |\n|---|\n| 3 May 2026, 09:00 |", ["09:00"])
    '| Time (UTC) |\n|---|\n| 3 May 2026, 09:00 |'
    """
    lines = text.split("\n")
    for n, line in enumerate(lines):
        times = [match for match in _CLOCK.finditer(line) if match[1] in clocks]
        if line.startswith("|---"):
            cells = zip(lines[n - 1].split(" | "), lines[n + 1].split(" | "), strict=True)
            lines[n - 1] = " | ".join(
                re.sub(r"(?<=\w)(?= \||$)", " (UTC)", name, count=1) if _STAMPED.search(first) else name
                for name, first in cells
            )
        elif not line.startswith("|"):
            # Of many times in a line the first one says what all are in.
            for match in reversed(times if len(times) < 3 else times[:1]):
                lines[n] = f"{lines[n][: match.end()]} UTC{lines[n][match.end() :]}"
    return "\n".join(lines)
