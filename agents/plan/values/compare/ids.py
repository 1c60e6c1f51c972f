"""Whether a text says an id: letter by letter, whatever separates its parts."""

import re

from agents.plan.values.answer import Answer
from agents.plan.values.compare import addresses, members, schedules
from agents.plan.values.language.schema_units import words_for
from agents.plan.values.language.spelling import chunks, fold, shape_of, shapes_in, squeeze, tokens, value_words
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
# five fields as in crontab(5), six or seven as in Quartz
_CRON = re.compile(r"[\d*?L][\d*/,?#L-]*(?: (?:[\d*/,?#LW-]|[A-Z]{3})+){4,6}")
_DOTTED = re.compile(r"v?\d+(?:\.\d+)+", re.IGNORECASE)
# git shortens a hash to 7 digits, a SHA-256 has 64
_LETTER_AND_NUMBER = re.compile(r"([a-z])(\d{1,3})|(\d{1,3})([a-z])")
_BRACKETS = frozenset("()[]{}<>")
_COLOUR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_COLOURS = re.compile(r"(?<!\w)#([0-9a-f]{6}|[0-9a-f]{3})(?!\w)")
_OFFSET = re.compile(r"(?:UTC|GMT)[+-]\d{1,2}(?::\d\d)?")
_HEX = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)


def says_id(text: Mentions, value: str, schema: Schema | None) -> Answer:
    # v2.1 is 2.1 and the other way round
    spellings = {squeeze(value), squeeze(value[1:] if value[0] in "vV" else value)}
    if re.fullmatch(r"\d+(?:\.\d+)+", value):
        spellings.add("v" + squeeze(value))
    if any(text.holds(spelling) for spelling in spellings):
        return SAYS
    if value[0] == "#" and (colour := _COLOUR.fullmatch(fold(value))):  # #f00 is #ff0000
        wanted = re.sub(r"(.)", r"\1\1", colour[1]) if len(colour[1]) == 3 else colour[1]
        named = {c if len(c) == 6 else re.sub(r"(.)", r"\1\1", c) for c in _COLOURS.findall(text.folded)}
        return Answer.of(wanted in named, rules_out=named)
    # 7(b), which is no 7b
    literal = rf"(?<![\w./@-]){re.escape(fold(value))}(?![\w/@-]|\.\w)"
    if not _BRACKETS.isdisjoint(value) and re.search(literal, text.folded):
        return SAYS
    if _CRON.fullmatch(value):
        return schedules.says_cron(text, value)
    if addresses.says_postal(text, value):
        return SAYS
    if _OFFSET.fullmatch(value):
        return CANNOT_TELL  # two hours ahead of Greenwich
    code = squeeze(value)
    if code in text.codes:
        # forty-eight twenty-one, of what the schema describes
        is_pair = len(code) == 4 and code.isdigit() and f"{code[:2]} {code[2:]}" in text.in_digits and words_for(schema).strip()
        return SAYS if text.codes[code] or is_pair else CANNOT_TELL
    # a version or an IP address is never put together of numbers that were told apart
    if _DOTTED.fullmatch(value):
        return DOES_NOT
    parts = chunks(value)
    # where the text names an id of the same shape, parts that stand apart were not meant as this one
    has_rival = " " not in value and shape_of(value) in shapes_in(text.folded)
    untold = [part for part in parts if part not in text.bag and part not in text.codes]
    if not untold:
        return DOES_NOT if has_rival and len(parts) > 1 else CANNOT_TELL
    if _HEX.fullmatch(value) and any(len(word) >= 7 and fold(value).startswith(word) for word in text.words):
        return CANNOT_TELL
    if schema and members.is_member(value, schema):
        return DOES_NOT if members.has_rival(text, value, schema) else CANNOT_TELL
    words_of_value = value_words(value)
    in_order = r"(?<!\w)" + r"\W+".join(map(re.escape, words_of_value)) + r"(?!\w)"
    if len(words_of_value) > 1 and re.search(in_order, text.in_digits):
        return SAYS
    if "/" in value and not any(map(str.isdigit, "".join(untold))):
        return CANNOT_TELL
    pair = None if has_rival else _LETTER_AND_NUMBER.fullmatch(code)
    if pair and {pair[1] or pair[4], pair[2] or pair[3]} <= set(tokens(text.in_digits)):
        return CANNOT_TELL  # of row F the seat 7, said apart
    is_prefixed = len(untold) == 1 and untold[0].isalpha() and len(parts) == 2 and len(parts[1]) > 3
    if is_prefixed and not has_rival:
        return CANNOT_TELL  # "order 12345" of somebody whose ids begin with ORD
    return CANNOT_TELL if " " in value and not any(map(str.isdigit, "".join(untold))) else DOES_NOT

