"""Whether a text takes a value back, or sets it right after another: Lisbon, no wait, Porto."""

import re
from collections.abc import Callable

from agents.plan.values.answer import Answer
from agents.plan.values.compare import kinds, members
from agents.plan.values.language import corrections
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

Compare = Callable[[Mentions], Answer]
_GAP = r"(?:[ ,.;:!?…-]|\b(?:uh+|um+|eh+|er+m?|h+m+|euh|ahm?|oh|ach|no|non|nein|nao|nee)\b)"
_CORRECTIONS = re.compile(rf"{_GAP}*{corrections.CORRECTION.pattern}(?:{_GAP}|{corrections.CORRECTION.pattern})*")
"""All that stands between what is taken back and what is better: ", er, no, actually make it"."""
_BREAK = re.compile(r"[,;:!?]\s|\.\s")
_RESULT = re.compile(
    r"\b(?:so that's|so it's|so|that makes|that's|which makes|making it|macht(?: also)?|also|donc|soit|ca fait"
    r"|asi que|quindi|fanno|entao|dus|czyli|alltsa)(?: (?:it|that|us|we'?re?|are|is|be|will|need"
    r"|zusammen))* (?=[^\s]+(?: \w+)?(?: (?:in total|altogether|in all))?[.!]?$)"
)


def is_corrected(text: Mentions, value: str | int | float, schema: Schema | None, compare: Compare) -> bool:
    """Whether words of a correction stand right behind it and something of its kind follows: Lisbon, no wait, Porto."""
    if not isinstance(value, str) or corrections.TAKING_BACK.isdisjoint(text.words) or kinds.is_dated(value):
        return False
    source = text.text if len(text.text) == len(text.folded) else text.folded
    for match in _CORRECTIONS.finditer(text.folded):
        before, rest = source[max(0, match.start() - 60) : match.start()], source[match.end() :]
        clause = read(_BREAK.split(before)[-1])
        better = read(_BREAK.split(rest)[0][:60] if kinds.is_name(value) else rest[:60])
        if compare(clause) is Answer.SAYS and compare(read(rest)) is not Answer.SAYS:
            is_choice = schema is not None and members.is_member(value, schema)
            if members.names_other(better, value, schema or {}) if is_choice else kinds.holds_kind_of(better, value):
                return True
    return False


def is_better(text: Mentions, compare: Compare) -> bool:
    """Whether it stands behind the last words of a correction, and behind them only: the seventh, no, the ninth."""
    if corrections.TAKING_BACK.isdisjoint(text.words) and not _RESULT.search(text.folded):
        return False
    places = [match.span() for match in _CORRECTIONS.finditer(text.folded)]
    places += [match.span() for match in _RESULT.finditer(text.folded)]
    if not places or not text.folded[: places[-1][0]].strip():
        return False
    before, behind = text.folded[: places[0][0]], text.folded[places[-1][1] :]
    return compare(read(behind)) is Answer.SAYS and compare(read(before)) is not Answer.SAYS
