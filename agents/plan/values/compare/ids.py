"""Whether a text says an id: letter by letter, whatever separates its parts."""

import re

from agents.plan.values.answer import Answer
from agents.plan.values.compare import addresses, members, schedules, written_as
from agents.plan.values.language.schema_units import words_for
from agents.plan.values.language.spelling import chunks, fold, shape_of, shapes_in, squeeze, tokens, value_words
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
# five fields as in crontab(5), six or seven as in Quartz
_CRON = re.compile(r"[\d*?L][\d*/,?#L-]*(?: (?:[\d*/,?#LW-]|[A-Z]{3})+){4,6}")
_DOTTED = re.compile(r"v?\d+(?:\.\d+)+", re.IGNORECASE)
_LETTER_AND_NUMBER = re.compile(r"([a-z])(\d{1,3})|(\d{1,3})([a-z])")
_PADDED = re.compile(r"([A-Z]{2,3})[ -]?0+(\d+)")
_POSTAL = re.compile(r"\b(?:post\w*|zip\w*|plz|code postal|cap)\b")
_SEAT = re.compile(r"\b(?:seat|gate|room|row|bay|block|platform|track|locker|aisle|stand|sitz\w*|platz\w*|gleis)\b")
_DIGITS = re.compile(r"\b(?:digits?|pin|code|last ?(?:4|four)|ziffern|chiffres|digitos|cifras|cifre)")
_BRACKETS = frozenset("()[]{}<>")
_OFFSET = re.compile(r"(?:(?:UTC|GMT) ?(?=[+-]))?([+-])(\d{1,2})(?::(\d\d))?")
# git shortens a hash to 7 digits, a SHA-256 has 64
_HEX = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)


# what stands behind it is how an id begins, or ends
_BEGINS = (
    r"(?:start|begin)(?:s|ning|ing)? (?:with|by|in)|beginn(?:t|end) mit|fangt mit|commen(?:ce|cant) par"
    r"|empieza (?:por|con)|inizia (?:con|per)|comeca (?:com|por|em)|begint met|borjar (?:med|pa)|zaczyna sie od"
)
_ENDS = (
    r"end(?:s|ing)? (?:with|in|on)|end(?:et|end) (?:auf|mit|in)|(?:finit|finissant|se termine|terminant) (?:par|en)"
    r"|(?:termina|acaba|terminad[ao]) (?:en|con|em|com)|finisce (?:con|per|in)|eindig(?:t|end) (?:op|met)"
    r"|slutar (?:med|pa)|konczy sie na|last (?:\w+ )?(?:digits|numbers|characters) (?:are|is)"
)
_END_OF_ID = re.compile(rf"\b(?:(?P<head>{_BEGINS})|{_ENDS}) (?P<part>\d\d \d\d|[\w-]+)(?![\w.:-]*\w| [\w-]*\d)")
_PAIR = re.compile(r"(\d{1,4})[/:x](\d{1,4})")
_OVER = r"(?:over|by|to|[/:x×-]|zu|mal|auf|par|sur|por|sobre|a|per|su|op|na)"
"""What is said for the sign between the two numbers of a pair: 128 over 84, 16 by 9."""
_PREFIXED = re.compile(r"([A-Z]{2,8})[-_# ]?(\d+(?:-\d+)+)")


def says_prefixed(text: Mentions, prefix: str, number: str) -> bool:
    """Whether the number stands behind the word that its prefix is short for: invoice 2026-0093 for INV-2026-0093."""
    called = re.findall(rf"\b([a-z]+)(?: (?:id|no\.?|nr\.?|number|nummer|is|#))* ?#?{number}(?![\w-]*\d)", text.folded)
    return any(word.startswith(prefix) and word != prefix for word in called)


def says_ends(text: Mentions, value: str) -> bool:
    """Whether the text tells how the id begins or ends, three signs at least: the card ending in 4471."""
    code = squeeze(value)
    parts = [(match["head"], squeeze(match["part"])) for match in _END_OF_ID.finditer(text.in_digits)]
    holds = [code.startswith(part) if head else code.endswith(part) for head, part in parts]
    return all(holds) and sum(len(part) for _, part in parts) > 2


def says_id(text: Mentions, value: str, schema: Schema | None) -> Answer:
    if _CRON.fullmatch(value):
        return SAYS if value in text.text else schedules.says_cron(text, value)
    # v2.1 is 2.1 and the other way round
    spellings = {squeeze(value), squeeze(value[1:] if value[0] in "vV" else value)}
    if re.fullmatch(r"\d+(?:\.\d+)+", value):
        spellings.add("v" + squeeze(value))
    if any(text.holds(spelling) for spelling in spellings):
        return SAYS
    if written_as.is_colour(value):
        wanted, named = written_as.colours_in(fold(value)), written_as.colours_in(text.folded)
        return Answer.of(wanted and wanted <= named, rules_out=named)
    # 7(b), which is no 7b
    literal = rf"(?<![\w./@-]){re.escape(fold(value))}(?![\w/@-]|\.\w)"
    if not _BRACKETS.isdisjoint(value) and re.search(literal, text.folded):
        return SAYS
    if says_ends(text, value):
        return SAYS
    if (pair := _PAIR.fullmatch(value)) and re.search(
        rf"(?<![\w.]){pair[1]} ?{_OVER} ?{pair[2]}(?![\w%])", text.in_digits
    ):
        return SAYS
    if (prefixed := _PREFIXED.fullmatch(value)) and says_prefixed(text, prefixed[1].lower(), prefixed[2]):
        return SAYS
    if addresses.says_postal(text, value):
        return SAYS
    if offset := _OFFSET.fullmatch(value):  # two hours ahead of Greenwich
        seconds = (-1 if offset[1] == "-" else 1) * (int(offset[2]) * 3600 + int(offset[3] or 0) * 60)
        offsets = {zone for zone in text.zones if isinstance(zone, int)}
        return Answer.of(seconds in offsets, rules_out=offsets)
    code = squeeze(value)
    seat = _LETTER_AND_NUMBER.fullmatch(code) if _SEAT.search(words_for(schema)) else None
    if seat and re.search(rf"\b{seat[1] or seat[3]} {seat[2] or seat[4]}(?=$|[.,;!?)])", text.in_digits):
        return SAYS  # seat fourteen C
    if code in text.codes:
        # of what the schema describes forty-eight twenty-one; OPS twenty-three seventeen
        pair = re.fullmatch(r"([a-z]{2,}|)-?(\d\d)(\d\d)", fold(value))
        is_pair = pair is not None and " ".join(pair.groups()).strip() in text.in_digits
        is_pair = is_pair and words_for(schema).strip() != ""
        is_read_out = ", ".join(code) in text.in_digits and _DIGITS.search(words_for(schema))
        return SAYS if text.codes[code] or is_pair or is_read_out else CANNOT_TELL
    described = words_for(schema)
    if re.fullmatch(r"[vV]\d{1,3}", value) and "version" in described and value[1:] in tokens(text.in_digits):
        return SAYS  # Node eighteen
    if (padded := _PADDED.fullmatch(value)) and text.holds(f"{padded[1]}{padded[2]}".lower()):
        return SAYS if "flight" in described else CANNOT_TELL
    if re.fullmatch(r"[A-Z]{1,3}-\d{4,5}", value) and _POSTAL.search(described) and text.holds(value.partition("-")[2]):
        return SAYS
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
        if (
            parts[0].isalpha()
            and len(parts[0]) > 2
            and parts[0] in text.bag
            and members.is_alone_with(parts[0], value, schema)
        ):
            return SAYS  # arm64, where the other is amd64
        return DOES_NOT if members.has_rival(text, value, schema) else CANNOT_TELL
    words_of_value = value_words(value)
    if len(words_of_value) > 1 and all(word in text.in_digits for word in words_of_value):
        in_order = r"(?<!\w)" + r"\W+".join(map(re.escape, words_of_value)) + r"(?!\w)"
        if re.search(in_order, text.in_digits):
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
