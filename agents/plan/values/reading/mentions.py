"""What one text mentions, worked out once for all the values that it is compared with."""

import re
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain

from agents.plan.values.language import phrases, units
from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.small_words import ACCENTS
from agents.plan.values.language.spelling import Squeezed, chunks, fold_line, squeeze_line, stem, words_of
from agents.plan.values.reading import amounts, denied, dictated, hours, zones
from agents.plan.values.reading.amounts import Amount
from agents.plan.values.reading.calendar import calendar_names, dates, edges, relative
from agents.plan.values.reading.calendar.calendar_names import NamedMonth, Period, Weekday, WeekdayOfMonth
from agents.plan.values.reading.calendar.dates import DateMention
from agents.plan.values.reading.calendar.day import PAIR, Day
from agents.plan.values.reading.clock import TimeMention
from agents.plan.values.reading.sentences import Parts, date_line, read_line


class Mentions:
    """Everything that a text says, each kind read when it is first needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = text.lower() if text.isascii() else "\n".join(map(fold_line, text.split("\n")))

    @cached_property
    def _lines(self) -> tuple[str, list[Squeezed]]:
        """Each line without separators, and all of them as one text; nothing that is squeezed crosses a line."""
        first, *others = self.folded.split("\n")
        lines = [squeeze_line(first), *(squeeze_line("\n" + line) for line in others)]
        return "\n".join([line.text for line in lines]), lines

    def holds(self, value: str) -> bool:
        """Whether the squeezed value stands here as whole tokens, apart from what only separates."""
        whole, lines = self._lines
        return value in whole and any(line.holds(value) for line in lines)

    @cached_property
    def without_denials(self) -> "tuple[Mentions | None, Mentions | None]":
        """Without what it names only to leave it out; without all that is denied in a clause; None where that is all.

        >>> read("to a@x.org, never to b@x.org").without_denials[0].emails
        frozenset({'a@x.org'})
        """
        if denied.TELLING.isdisjoint(self.words):
            return None, None
        # line by line: of a talk that grows each is read once, and most have no such word
        lines = [
            (line, not denied.TELLING.isdisjoint(words_of(folded)[0]))
            for line, folded in zip(self.text.split("\n"), self.folded.split("\n"), strict=True)
        ]
        rest, strict = (
            "\n".join([denied.without_denied(line, no) if tells else line for line, tells in lines])
            for no in (False, True)
        )
        return None if rest == self.text else read(rest), None if strict == self.text else read(strict)

    @property
    def has_correction(self) -> bool:
        kinds = (self.amounts, self.times, self.dates)
        return any(mention.withdrawn for mentions in kinds for mention in mentions)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(words_of(line)[0] for line in self.folded.split("\n")))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(words_of(line)[1] for line in self.folded.split("\n")))

    def has_phrase(self, wanted: tuple[str, ...]) -> bool:
        """Whether the words stand here one after the other, whatever their number."""
        stems = tuple(map(stem, wanted))
        # most are not here at all; the last letter aside, for `category` is said by `categories`
        if any(word[:-1] not in self.folded for word in stems):
            return False
        place = -1
        for _ in range(self.stems.count(stems[0])):
            place = self.stems.index(stems[0], place + 1)
            if self.stems[place : place + len(stems)] == stems:
                return True
        return False

    def has_pair(self, first: int, second: int) -> bool:
        """Whether the two numbers stand here with a stroke between them, in this order or the other: 12/5."""
        pairs = PAIR.findall(self.in_digits) if "/" in self.folded else ()
        return any({int(left), int(right)} == {first, second} for left, right in pairs)

    @cached_property
    def bag(self) -> frozenset[str]:
        """Every word, in one number and the other, and every part that an id may be put together from."""
        return frozenset(self.words) | frozenset(self.stems) | frozenset(chunks(self.text))

    @cached_property
    def emails(self) -> frozenset[str]:
        """Addresses, also those that are read out: anna dot schmidt at example dot org."""
        return frozenset(dictated.emails_in(self.folded))

    @cached_property
    def read_out(self) -> str:
        """With the names of marks as the marks: j underscore doe 99 at mail dot example, "" where there are none."""
        if not dictated.MARKS.search(self.folded):
            return ""
        return dictated.MARKS.sub(dictated.mark_of, self.in_digits)

    def spells(self, value: str) -> bool:
        """Whether it is read out, whatever blanks are between its letters."""
        if not self.read_out:
            return False
        spelled = r" ?".join(map(re.escape, value))
        return re.search(rf"(?<![\w.+-]){spelled}(?![\w-]|\.\w)", self.read_out) is not None

    def spells_address(self, email: str) -> bool:
        """Whether an address is read out; of "mail Sue at acme.org" nobody knows where it begins."""
        return dictated.SPOKEN_DOT.search(self.folded) is not None and self.spells(email)

    @cached_property
    def language(self) -> str:
        """The language of the whole."""
        accents = "" if self.text.isascii() else "".join(ACCENTS.keys() & set(self.text.lower()))
        return amounts.language_of(self.folded, accents)

    @cached_property
    def _in_dates(self) -> "Parts":
        """All lines in digits with their dates, the places counted through the whole."""
        lines = [line for line in self.folded.split("\n") if line]
        return Parts.join([date_line(line, self.language) for line in lines])

    @cached_property
    def is_foreign(self) -> bool:
        """Whether it is in none of the nine languages, so that its numbers in words are not read."""
        return not self.text.isascii() and words.languages_of().keys().isdisjoint(self.words) and not self.amounts

    @cached_property
    def _parts(self) -> "Parts":
        """What all lines hold: times and amounts as well, for which most texts are never asked."""
        lines = [line for line in self.folded.split("\n") if line]
        return Parts.join([read_line(line, self.language) for line in lines])

    @property
    def dates(self) -> tuple[DateMention, ...]:
        return self._in_dates.dates

    @property
    def times(self) -> tuple[TimeMention, ...]:
        return self._parts.times

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return self._parts.amounts

    @property
    def in_digits(self) -> str:
        return self._in_dates.text

    @cached_property
    def by_value(self) -> dict[float, list[Amount]]:
        table: dict[float, list[Amount]] = {}
        for amount in self.amounts:
            table.setdefault(round(amount.value, 9), []).append(amount)
        return table

    @cached_property
    def bases(self) -> dict[str, list[Amount]]:
        """Amounts by dimension."""
        table: dict[str, list[Amount]] = {}
        for amount in self.amounts:
            table.setdefault(amount.dimension, []).append(amount)
            if amount.dimension == amounts.POUND:
                table.setdefault("mass", []).append(amount._replace(dimension="mass", factor=453.59237))
                table.setdefault("GBP", []).append(amount._replace(dimension="GBP"))
        return table

    @cached_property
    def spans_back(self) -> frozenset[float]:
        """Seconds of what lies right behind: the past week."""
        named = [units.UNITS.get(match[1], ("", 0.0)) for match in phrases.LOOKING_BACK.finditer(self.in_digits)]
        return frozenset(factor for dimension, factor in named if dimension == "time")

    def wholes_of(self, dimension: str) -> list[Amount]:
        """Without those that make up another."""
        all_of = self.bases.get(dimension, [])
        return [amount for amount in all_of if not amounts.is_part(amount, all_of)]

    @cached_property
    def parts_of_names(self) -> frozenset[str]:
        """Digits that stand in a date, a time or an id and are no amount of their own."""
        rest = dates.blank(self.in_digits, [(a.start, a.end) for a in self.amounts])
        return frozenset(re.findall(r"\d+", rest))

    @cached_property
    def shares(self) -> list[float]:
        return amounts.find_shares(self.in_digits)

    @cached_property
    def odds(self) -> list[float]:
        return amounts.find_odds(self.in_digits)

    @cached_property
    def periods(self) -> list[Period]:
        return calendar_names.find_periods(self.in_digits)

    @cached_property
    def years(self) -> frozenset[int]:
        named = {reading.year for mention in self.dates for reading in mention.readings if reading.year}
        return frozenset(named | {period.year for period in self.periods if period.year})

    @cached_property
    def days(self) -> dict[Day, list[DateMention]]:
        table: dict[Day, list[DateMention]] = {}
        for mention in self.dates:
            for reading in mention.readings:
                table.setdefault(reading, []).append(mention)
        return table

    @cached_property
    def weekdays_of_months(self) -> list[WeekdayOfMonth]:
        return calendar_names.weekdays_of_months(self.in_digits)

    @cached_property
    def months_alone(self) -> list[NamedMonth]:
        return calendar_names.months_alone(self.in_digits, self.dates)

    @cached_property
    def years_on(self) -> frozenset[int]:
        """Years from this one that the text names: 1 for next year."""
        return frozenset(phrases.years_on(match) for match in phrases.YEARS_ON.finditer(self.in_digits))

    @cached_property
    def codes(self) -> dict[str, bool]:
        """What is read out sign by sign, and whether that is sure."""
        codes: dict[str, bool] = {}
        for line in self.in_digits.split("\n"):
            codes |= dictated.codes_in(line) | dict.fromkeys(dictated.seats_in(line), True)
        return codes

    @cached_property
    def weekdays(self) -> list[Weekday]:
        return calendar_names.weekdays_in(self.in_digits)

    @cached_property
    def bare_days(self) -> frozenset[int]:
        return calendar_names.bare_days(dates.blank(self.in_digits, [(m.start, m.end) for m in self.dates]))

    @cached_property
    def sure_days(self) -> frozenset[int]:
        """Without those that a better one follows."""
        rest = dates.blank(self.in_digits, [(m.start, m.end) for m in self.dates])
        return calendar_names.bare_days(calendar_names.without_corrected(rest))

    def edges(self, today: date | None) -> frozenset[date]:
        """First and last days of periods that are named so."""
        return frozenset() if edges.HINTS.isdisjoint(self.words) else frozenset(edges.edges_in(self.in_digits, today))

    @cached_property
    def vague_reach(self) -> int:
        return relative.vague_reach(self.in_digits)

    @cached_property
    def relative_days(self) -> frozenset[int]:
        return relative.relative_words(self.in_digits)

    @cached_property
    def relative_spans(self) -> list[tuple[int, str]]:
        return relative.relative_spans(self.in_digits)

    @cached_property
    def told_today(self) -> date | None:
        """The day that the text itself says is today."""
        readings = [m.readings[0] for m in self.dates if relative.is_today(self.in_digits, m.start, m.end)]
        return next((date(d.year, d.month, d.day) for d in readings if d.year and d.day), None)

    @cached_property
    def zones(self) -> set[str | int]:
        """Zones that a time or the words for a clock name."""
        named = {m.zone for m in self.times if m.zone is not None}
        return named | zones.zones_in(self.folded) | zones.offsets_in(self.in_digits)

    @cached_property
    def zones_of_places(self) -> set[str | int]:
        """Zones of the places that are named, whatever for."""
        return zones.zones_of_places(self.folded)

    @cached_property
    def day_of_time(self) -> list[tuple[TimeMention, tuple[DateMention, ...]]]:
        """Each time with its day: the last before it, unless one follows at once ("at 9 on 5 May")."""
        return hours.with_days(self.in_digits, self.times, self.dates)

    @cached_property
    def spans_of_days(self) -> tuple[tuple[int, str], ...]:
        """Durations of whole days, weeks, months or years as (number, unit), for dates that are worked out."""
        calendar = {86400.0: "day", 604800.0: "week", units.MONTH: "month", units.YEAR: "year"}
        counted = [(int(a.value), calendar[a.factor]) for a in self.bases.get("time", []) if a.factor in calendar]
        return tuple(dict.fromkeys(counted + [(1, "day")] * (relative.NEXT_DAY.search(self.in_digits) is not None)))


@lru_cache(maxsize=4096)
def read(text: str) -> Mentions:
    """The mentions of a text; the same text is read once."""
    return Mentions(text)
