"""A day, and dates that leave something out: a year without its century ('85), 3/26 without a year, 03/26 on a card."""

import re
from datetime import date, timedelta
from typing import NamedTuple


class Day(NamedTuple):
    """A calendar day, or a month where `day` is None; without a year where nobody said it."""

    year: int | None
    month: int
    day: int | None

    @property
    def exists(self) -> bool:
        try:
            # 2000 is a leap year: without a year 29 February exists
            date(self.year or 2000, self.month, self.day or 1)
        except ValueError:
            return False
        return self.year is None or 1000 <= self.year <= 2999

    def move(self, days: int) -> "set[Day]":
        """The day so many days on: two of them where it depends on whether the year has a 29 February."""
        years = (self.year,) if self.year else (2000, 2001)
        starts = [date(year, self.month, self.day or 1) for year in years if self._replace(year=year).exists]
        ends = [start + timedelta(days=days) for start in starts]
        return {Day(end.year if self.year else None, end.month, end.day) for end in ends}

    @classmethod
    def either_way(cls, first: int, second: int, year: int | None, day_first: bool) -> list["Day"]:
        """What 04/05/2026 may mean: one day where that is usual or the other does not exist, else both."""
        by_day, by_month = cls(year, second, first), cls(year, first, second)
        if day_first or first == second:
            return [by_day if by_day.exists else by_month]
        return [by_month, by_day]


BIRTH = re.compile(
    r"\b(?:born|births?|birthday|dob|geboren|geb|geburts\w*|nee?|naiss\w*|nacid[oa]|nacio|naci|nacim\w*|nat[oa]"
    r"|nascit\w*|nascid[oa]|nasci|geboortedatum)\b"
)
_EXPIRY = re.compile(
    r"\b(?:exp|expir\w*|valid\w*|thru|good (?:through|until|till)|cv[cv]|gultig|ablauf\w*|lauft (?:\w+ )?ab|caduc\w*"
    r"|venc\w+|scad\w*|geldig|verloopt|vervalt|peremption)\b"
)
EXPIRING = frozenset(
    ["exp", "expiry", "expires", "expiring", "expiration", "expire", "valid", "thru", "gultig", "vence"]
)
"""Words that spoken numbers are a month and a year beside: expires twelve twenty-seven."""
_MONTH_AND_YEAR = re.compile(r"(?<![\w./-])(0?[1-9]|1[0-2])(?: ?[/.-] ?| )(?:20)?([2-4]\d)(?![\d:%€$£]|[./,-]\d)")
_WITH_CENTURY = re.compile(r"(?<![\d./-])(0?[1-9]|1[0-2]) ?[/-] ?((?:19|20)\d\d)(?![\d/-])")
PAIR = re.compile(r"(?<![\w./-])(\d{1,2})/(\d{1,2})(?![\w/%]|[.,]\d)")
_LEADS_TO_DAY = re.compile(
    r"\b(?:on|by|until|till?|before|after|from|to|due|for|since|starting|beginning|between|and|or|am|ab|bis|vom|zum|den"
    r"|der|le|du|au|el|al|del|il|dal|op|van|tot|em|ate|\w{2,}day|\w{3,}tag|mon|tues?|wed|thu(?:rs)?|fri|sat|sun)"
    r"[,.]? (?:the |den |le |el |il )?$|^$"
)
_COUNTS = re.compile(r" ?-?(?!(?:at|am|pm|um|a|and|or|to|bis|und|please|bitte|for|is|works|in)\b)[^\W\d_]")


def year_of_short(short: int, text: str) -> int:
    """The year of its last two digits: people and what they remember are of the last century, plans of this one."""
    is_last_century = short >= 40 or (short > 25 and BIRTH.search(text) is not None)
    return (1900 if is_last_century else 2000) + short


def find_short_dates(text: str, day_first: bool) -> list[tuple[tuple[Day, ...], int, int]]:
    """Readings of two numbers with a stroke between them, and their places; a fraction is none.

    >>> find_short_dates("on 3/26, not 24/7", False), find_short_dates("visa, exp 03/27", False)
    ([((Day(year=None, month=3, day=26),), 3, 7)], [((Day(year=2027, month=3, day=None),), 10, 15)])
    """
    dates: list[tuple[tuple[Day, ...], int, int]] = []
    for match in _WITH_CENTURY.finditer(text):
        dates.append(((Day(int(match[2]), int(match[1]), None),), *match.span()))
    for match in _MONTH_AND_YEAR.finditer(text) if _EXPIRY.search(text) else ():
        dates.append(((Day(2000 + int(match[2]), int(match[1]), None),), *match.span()))
    for match in PAIR.finditer(text) if not dates and "/" in text else ():
        readings = tuple(day for day in Day.either_way(int(match[1]), int(match[2]), None, day_first) if day.exists)
        is_led = _LEADS_TO_DAY.search(text, 0, match.start()) is not None
        is_padded = match[1][0] == "0" or (match[2][0] == "0" and len(match[1]) == 2)
        # of 13/12 and 3/26 only one way is a day; 3/16 inch and 24/7 are none
        is_day = len(readings) == 1 and match[1] != match[2] and match[0] not in ("24/7", "24/12")
        if readings and (is_led or is_padded or is_day) and not _COUNTS.match(text, match.end()):
            dates.append((readings, *match.span()))
    return dates
