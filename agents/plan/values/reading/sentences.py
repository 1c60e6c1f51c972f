"""What a line says, sentence by sentence: in digits, with its dates, times and amounts."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

from agents.plan.values.language import corrections
from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.spelling import words_and_marks
from agents.plan.values.reading import amounts, clock, denied, hours, operands, spelled, typos
from agents.plan.values.reading.amounts import Amount
from agents.plan.values.reading.calendar import dates
from agents.plan.values.reading.calendar.dates import DateMention
from agents.plan.values.reading.clock import TimeMention

M = TypeVar("M", DateMention, TimeMention, Amount)
# no end where digits stand on either side: 3. Mai, Nr. 5
# a correction belongs to what it corrects: "At three. Oh wait, two."
_SENTENCE = re.compile(
    r"(?<=[^\d\s][.!?])(?<!exp\.)(?<!\.\.\.)\s+(?=\D)"
    rf"(?!{corrections.OPENING}\b)|(?<=[。！？])"
)
_OR = re.compile(r",? or (?:maybe |perhaps |even |rather )?")
_NOUN = re.compile(r"[ -](?:of the |more |other )?([^\W\d_]{3,})")
_DIGIT = re.compile(r"\d")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+|\bwww\.[^\s<>\"]+|[\w.+'-]*[\w.+-]@[\w-]+\.[\w.-]+")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)?(?!\d)")


class Parts(NamedTuple):
    """A piece of text in digits, with its dates, times and amounts."""

    text: str
    dates: tuple[DateMention, ...] = ()
    times: tuple[TimeMention, ...] = ()
    amounts: tuple[Amount, ...] = ()

    @classmethod
    def join(cls, pieces: Sequence["Parts"]) -> "Parts":
        """The pieces as lines of one text."""
        if len(pieces) == 1:
            return pieces[0]
        all_dates: list[DateMention] = []
        all_times: list[TimeMention] = []
        all_amounts: list[Amount] = []
        place = 0
        for text, named, clocks, counted in pieces:
            if named:
                all_dates += [m._replace(start=m.start + place, end=m.end + place) for m in named]
            if clocks:
                all_times += [m._replace(start=m.start + place, end=m.end + place) for m in clocks]
            if counted:
                all_amounts += [m._replace(start=m.start + place, end=m.end + place) for m in counted]
            place += len(text) + 1
        return cls("\n".join([piece.text for piece in pieces]), tuple(all_dates), tuple(all_times), tuple(all_amounts))


class Begun(NamedTuple):
    """A sentence in digits with its dates, which most readers want alone; times and amounts are still to be found."""

    text: str
    language: str
    present: frozenset[str]
    """Its words and marks."""
    has_digits: bool
    named: tuple[DateMention, ...]
    """The dates, those that were taken back as well."""


@lru_cache(maxsize=16384)
def begin_line(line: str, usual: str) -> tuple[Begun, ...]:
    """The sentences of a line; of a talk that grows each line is read once."""
    # a short sentence has too few small words and takes the language of the whole text
    return tuple(
        begin_sentence(sentence, amounts.language_of(sentence) if len(sentence) > 60 else usual)
        for sentence in filter(None, _SENTENCE.split(line))
    )


@lru_cache(maxsize=16384)
def date_line(line: str, usual: str) -> Parts:
    """A line with its dates alone."""
    sentences = begin_line(line, usual)
    return Parts.join([Parts(s.text, _take_back(s, s.named)) for s in sentences]) if sentences else Parts("")


@lru_cache(maxsize=16384)
def read_line(line: str, usual: str) -> Parts:
    """What a line holds, sentence by sentence."""
    sentences = begin_line(line, usual)
    return Parts.join(list(map(read_sentence, sentences))) if sentences else Parts("")


def begin_sentence(sentence: str, language: str) -> Begun:
    # 20260503t090000, as iCalendar writes it (RFC 5545)
    if "t" in sentence:
        sentence = _COMPACT.sub(lambda m: f"{m[1]}-{m[2]}-{m[3]}t{m[4]}:{m[5]}:{m[6] or '00'}", sentence)
    if "@" in sentence or "/" in sentence or "www." in sentence:
        sentence = _ADDRESS.sub(lambda m: " " * len(m[0]), sentence)
    if sentence and max(sentence) > "\u3000":
        sentence = spelled.chinese_in_digits(sentence)
    if "10" in sentence or "e-" in sentence or "e+" in sentence:
        sentence = spelled.powers_in_digits(sentence)
    if language == "en":
        sentence = typos.mend(sentence)
    present = words_and_marks(sentence)
    text = spelled.with_digits(sentence, language, present)
    if text != sentence:
        present = words_and_marks(text)
    has_digits = _DIGIT.search(text) is not None
    has_dates = has_digits or not dates.LAST.isdisjoint(present)
    named = dates.connect(text, dates.find_dates(text, language, present)) if has_dates else []
    named = dates.move(text, dates.carry_on(text, named)) if named else named
    return Begun(text, language, present, has_digits, tuple(named))


def read_sentence(sentence: Begun) -> Parts:
    text, language, present, has_digits, named = sentence
    if not has_digits and not named and clock.MIDDLES.isdisjoint(present):  # no time and no amount is without these
        return Parts(text)
    # dates, then times, then amounts: nothing is left to count in `3 May at 9:30`
    rest = dates.blank(text, [(m.start, m.end) for m in named])
    clocks: list[TimeMention] = []
    in_ranges = hours.take_ranges(rest, clocks) if has_digits else rest
    clocks = clock.find_times(in_ranges, language, present, clocks)
    clocks = hours.move(text, hours.carry_on(rest, clocks)) if clocks and has_digits else clocks
    # a bare number after `at` may be an amount all the same
    rest = dates.blank(rest, [(m.start, m.end) for m in clocks if not m.bare])
    counted = amounts.find_amounts(rest, language) if has_digits else []
    counted += amounts.find_sums(rest, counted)
    if counted and operands.TELLING.search(text):
        counted = [
            amount._replace(withdrawn=True, is_operand=True)
            if operands.is_operand(text, amount.start, amount.end)
            else amount
            for amount in counted
        ]
    return Parts(
        text, _take_back(sentence, named), _take_back(sentence, clocks, counted), _take_back(sentence, counted)
    )


def _take_back(sentence: Begun, mentions: Sequence[M], others: Sequence[Amount] = ()) -> tuple[M, ...]:
    """Those taken back are marked: their better follows the words of a correction, or a "not" precedes."""
    text = sentence.text
    gone = [m.withdrawn or denied.REFUSED.match(text, m.end) is not None for m in mentions]
    if "or" in sentence.present and len(mentions) > 1:  # thirty or forty: neither is sure
        for place in range(len(mentions) - 1):
            if _OR.fullmatch(text, mentions[place].end, mentions[place + 1].start):
                gone[place] = gone[place + 1] = True
    takes_back = not corrections.TAKING_BACK.isdisjoint(sentence.present)
    if takes_back and corrections.NOT.search(text):
        for place, m in enumerate(mentions):
            denial = corrections.NEGATION.search(text, max(0, m.start - 20), m.start)
            gone[place] |= denial is not None and not corrections.CONTRAST.search(denial[0])  # not five but four
    for match in corrections.CORRECTION.finditer(text) if takes_back and mentions else ():
        before = [place for place, m in enumerate(mentions) if m.end <= match.start() < m.end + 40]
        following: list[DateMention | TimeMention | Amount] = [*mentions, *others]
        better = [m for m in following if match.end() <= m.start < match.end() + 40]
        if before and better and may_replace(text, mentions[before[-1]], better[0]):
            gone[before[-1]] = True
    if takes_back and len(mentions) > 1:
        for place, (left, right) in enumerate(pairwise(mentions)):
            sorry = corrections.SORRY.match(text, right.end)
            if sorry and corrections.PAUSE.fullmatch(text, left.end, right.start) and may_replace(text, left, right):
                gone[place] = True
    for place, (left, right) in enumerate(pairwise(mentions)):  # eight, no, six will do
        gone[place] |= corrections.sets_right(text, left.end, right.start, right.end) and may_replace(text, left, right)
    if len(mentions) > 1 and not corrections.CONTRASTS.isdisjoint(sentence.present):
        for place, (left, right) in enumerate(pairwise(mentions)):
            but = corrections.CONTRAST.search(text, left.end, right.start)
            if but and corrections.WISH.search(text, left.end, right.end + 30) and may_replace(text, left, right):
                gone[place] = True
    return tuple(m._replace(withdrawn=no) for m, no in zip(mentions, gone, strict=True))


def may_replace(text: str, old: DateMention | TimeMention | Amount, new: DateMention | TimeMention | Amount) -> bool:
    """Whether the one may stand for the other: not two rooms for fifty guests, nor two lamps for 300 euros."""
    if not isinstance(old, Amount) or not isinstance(new, Amount):
        return not isinstance(new, Amount) or (not new.dimension and not noun_behind(text, new))
    if old.dimension and new.dimension:
        return old.dimension == new.dimension
    nouns = noun_behind(text, old), noun_behind(text, new)
    if old.dimension or new.dimension:
        return not nouns[1 if old.dimension else 0]
    return not all(nouns) or nouns[0][:4] == nouns[1][:4]


def noun_behind(text: str, amount: Amount) -> str:
    """The word that tells what is counted; "" where a small word follows or none."""
    match = _NOUN.match(text, amount.end)
    is_none = not match or match[1] in words.languages_of() or match[1] in corrections.NO_NOUNS
    return "" if is_none or not match or corrections.ENOUGH.match(text, match.start(1) - 1) else match[1]
