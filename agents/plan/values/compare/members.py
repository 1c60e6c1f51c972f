"""Members of an enumeration, of which a text says one or another."""

import re

from agents.plan.values.language.glossary import english_of
from agents.plan.values.language.spelling import value_words
from agents.plan.values.language.vocabulary import languages_of
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

_FORMAL = frozenset(("at", "on", "by", "is", "date", "type", "status", "mode", "only"))


def is_member(value: str, schema: Schema | None) -> bool:
    members = schema.get("enum") if schema else None
    return isinstance(members, list) and value in members


def is_alone_with(word: str, value: str, schema: Schema) -> bool:
    """Whether no other member has the word."""
    return not any(word in str(other).lower() for other in schema["enum"] if other != value)


def has_rival(text: Mentions, value: str, schema: Schema) -> bool:
    """Whether another member is said: only then it is certain that this one is not."""
    others = [wanted for wanted in _other_members(value, schema) if text.has_phrase(wanted)]
    # the `s` of "it's" is no size
    return any(len(word) > 1 or re.search(rf"(?<![\w']){word.upper()}(?!\w)", text.text) for word, *_ in others)


def names_other(text: Mentions, value: str, schema: Schema) -> bool:
    """Whether another member is named, in whatever form or language."""
    others = {words[0] for words in _other_members(value, schema) if len(words) == 1}
    return (
        has_rival(text, value, schema)
        or (value in SIZES and bool(sizes_in(text) - {value}))
        or any(len(other) > 1 and _is_form(word, other) for word in text.words for other in others)
    )


_CLAUSE = re.compile(r"[,;:!?]\s|\.\s|\s(?:and|but|und|aber|sondern|et|mais|y|pero|sino|e|ma|mas|en|maar|so|now)\s")
_REJECTS = re.compile(
    r"\b(?:at first|originally|initially|previously|formerly|anfangs|zuerst|ursprunglich|au debut|al principio"
    r"|all'inizio)\b|\b(?:is|are|'s|ist|sind|est|sont|esta|estan|e) (?:cancell?ed|annule\w*|ausgefallen|cancelad\w+"
    r"|annullat\w+|broken|kaputt|full|voll|complete?t?|llen\w+|pien\w+|sold out|ausverkauft|ausgebucht"
    r"|(?:fully )?booked)\b|\b(?:(?:is|are|was|were|seems?|'s) (?:\w+ )?too|too (?:long|slow|expensive|big|small|late"
    r"|early|far|hot|cold|loud|much)|used to \w+|formerly|no longer|not \w+ any ?more|(?:isn't|is not|won't be"
    r"|wouldn't be) enough|reicht nicht|ne suffit pas|no basta|non basta|(?:ist|sind|war|waren) (?:mir )?zu|(?:didn't"
    r"|did not) (?:fit|suit|work)|passt\w* (?:mir )?nicht|nicht mehr|(?:est|etait) trop|ne \w+ plus|(?:es"
    r"|era) demasiado|ya no|(?:e|era) troppo|non \w+ piu|(?:is|was) te|niet meer|anything but)\b|\b(?:doesn't|don't"
    r"|isn't|won't|does not|is not|will not|can't|is out|is no good)(?: work| do| suit\w*| fit)?(?: for \w+)?[.!]?$"
)


def is_rejected(text: Mentions, value: str | int | float, schema: Schema | None) -> bool:
    """Whether a member is named only to say that it is the wrong one: large is too big, I used to be gold."""
    if (
        not isinstance(value, str)
        or not is_member(value, schema)
        or not (_REJECTS.search(text.folded) or _NOW.search(text.folded))
    ):
        return False
    wanted = value_words(value)
    whole = re.compile(rf"(?<!\w){re.escape(wanted[0])}" + r"(?!\w)" * (len(value) < 4)) if wanted else _CLAUSE
    holding = [clause for clause in _CLAUSE.split(text.folded) if wanted and whole.search(clause)]
    if value in SIZES and len(value) > 1:  # XL was too tight, so a double XL
        holding = [clause for clause in holding if value in sizes_in(read(clause))]
    is_past = _NOW.search(text.folded) is not None
    rest = [clause.replace(wanted[0], "") for clause in holding]
    return bool(holding) and all(turns_down(clause) or (is_past and _WAS.search(clause)) for clause in rest)


_NOW = re.compile(r"\b(?:now|jetzt|maintenant|ahora|adesso|agora|nu)\b")
_WAS = re.compile(r"\b(?:was|were|war|etait|era|had been)\b")


def turns_down(clause: str) -> bool:
    """Whether a folded clause says of something that it is the wrong one."""
    return _REJECTS.search(clause) is not None


_DROPPED = re.compile(
    r"\b(?:dropp(?:ed|ing)|drop (?:the|support|it)|remov\w+|clos(?:e|ed|ing)|cancel\w*|skip\w*|ditch\w*|scrap\w*"
    r"|retir(?:e|ed|ing)|deprecat\w+|abandon\w*|disabl\w+|exclud\w+|ignor\w+|(?:shut|switch|turn"
    r"|cut)\w* (?:\w+ ){0,2}(?:off|down)|kick\w* out|rul\w+ out|phas\w+ out|pull\w* out|bail\w*|quit|replac(?:ed|es"
    r"|ing)|(?:leav\w+|left|tak\w+|took) (?:\w+ ){0,3}(?:out|off)|g[eo]t\w* rid of|mov\w+ (?:away from|off)"
    r"|stop\w* (?:using|supporting)|(?:can't|cannot|couldn't|won't|(?:not|un) ?able to) (?:make|come|join|attend|do)"
    r"|not coming|ha(?:s|ve) left|entfern\w*|schliess\w*|streich\w*|abgesagt|weg|retir\w+|ferm\w+|enlev\w+|supprim\w+"
    r"|elimin\w+|quit[ao]\w*|cierr\w+|chiud\w+|togli\w*|fech\w+|verwijder\w*|sluit\w*|usun\w*)(?!\w)"
)


DENIED = re.compile(
    r" (?:\w+ ){0,2}(?:\w+n't|cannot|can not|nicht|(?:n')?\w+ pas|non|niet|nie|not)\b(?! (?:only|just|mind)\b)"
)
"""Whatever it is that somebody doesn't do."""
_ORDER = re.compile(r"(?:^|\b(?:please|then|so|also|to|you|just|bitte|now))\W*$")


def drops(clause: str, orders: bool = True) -> bool:
    """Whether a folded clause speaks of what is given up, shut or stays away; of that it is to be so with `orders`."""
    match = _DROPPED.search(clause)
    return match is not None and (orders or not _ORDER.search(clause[: match.start()]))


def has_longer(text: Mentions, value: str, schema: Schema | None) -> bool:
    """`high` is not said by "very high" where `very_high` is a member too."""
    if not schema or not isinstance(schema.get("enum"), list):
        return False
    own = set(value_words(value))
    return any(own < set(wanted) and text.has_phrase(wanted) for wanted in _other_members(value, schema))


SIZES = {"XS": "x small", "S": "small", "M": "medium", "L": "large", "XL": "x large", "XXL": "x x large"}


_DOUBLE = ("double", "doppelt", "doppel", "doble", "doppia", "doppio", "duplo", "dubbel", "dubbele", "2x")
_NO_SIZES = ("a", "an", "the", "grosser", "kleiner")


def sizes_in(text: Mentions) -> set[str]:
    """Sizes of clothes by their words, in whatever language: an extra large is XL."""
    short = {size.lower(): name for size, name in SIZES.items() if len(size) > 1} | dict.fromkeys(_DOUBLE, "x")
    named = [short.get(word) or (english_of(word) or (word,))[0] for word in text.words if word not in _NO_SIZES]
    whole = " ".join("x" if word in ("extra", "ex") else word for word in named)
    return {size for size, name in SIZES.items() if re.search(rf"(?<!\bx )\b{name}\b", whole)}


def is_abbreviated(text: Mentions, wanted: tuple[str, ...], value: str, schema: Schema) -> bool:
    """`desc` is said by "descending", `updated_at` by "updated", `vegetarian` by "vegetarische"; no other member is."""
    if set(map(str, schema["enum"])) <= SIZES.keys() | {value} and value in SIZES:
        return value in sizes_in(text)
    is_beyond = "priorit" in text.folded and _EXTREME.search(text.folded) is not None
    if is_beyond and not _BEYOND.isdisjoint(map(str, schema["enum"])):
        return False  # of high and urgent the highest is not high
    bare = tuple(word for word in wanted if word not in _FORMAL) or wanted
    if any(english_of(word) == wanted for word in text.words) and not has_rival(text, value, schema):
        return True  # Kreditkarte
    if len(bare) > 1 or has_rival(text, value, schema):
        return len(bare) > 1 and (
            (len(bare) < len(wanted) and text.has_phrase(bare)) or has_all_words(text, bare, value, schema)
        )
    others = [word for words in _other_members(value, schema) for word in words]
    return any(_is_form(word, bare[0]) for word in text.words) and not any(
        _is_form(word, other) for word in text.words for other in others
    )


_EXTREME = re.compile(
    r"\b(?:top|highest|lowest|ho[oc]h?gste|hochste\w*|hogsta|niedrigste\w*|laagste|lagsta|m[ai][xn]im\w+|massim\w+|naj\w+)\b"
)
_BEYOND = frozenset(("critical", "urgent", "highest", "lowest", "very_high", "very_low", "blocker", "emergency", "top"))


def has_all_words(text: Mentions, wanted: tuple[str, ...], value: str, schema: Schema) -> bool:
    """Whether all words of a member stand here, in whatever order, and none that only another has."""
    others = {word for words in _other_members(value, schema) for word in words} - set(wanted)
    named = text.bag | {english for word in text.words for english in english_of(word)}
    return named.issuperset(wanted) and named.isdisjoint(others) and len(text.text) < 200


def _is_form(word: str, member: str) -> bool:
    """Whether a word is the member in full or in another form or language."""
    if (
        word == member
        or member in (english := english_of(word))
        or (english and english == english_of(member) and word[:2] == member[:2])
        or (len(member) > 4 and bare_form(word) == bare_form(member))
        or (
            word.startswith(member)
            and len(member) > 2
            and word[len(member) :] in ("ing", "ed", "ly", member[-1] + "ing")
        )
        or (len(word) > 2 and len(member) - len(word) > 2 and member.startswith(word) and word not in languages_of())
        or (3 <= len(member) <= 5 and word.startswith(member) and len(word) > len(member) + 3)
    ):
        return True
    common = next((n for n in range(len(member), 6, -1) if word.startswith(member[:n])), 0)
    return common >= 7 and len(member) - common <= 3 and len(word) - common <= 5


def bare_form(word: str) -> str:
    """Of close, closed and closing the same."""
    bare = re.sub(r"(?:ing|ed|es|e|s|ful)$", "", word) if len(word) > 4 else word
    return bare[:-1] if len(bare) > 4 and bare[-1:] == bare[-2:-1] else bare


def _other_members(value: str, schema: Schema) -> list[tuple[str, ...]]:
    """The words of each."""
    members = [member for member in schema["enum"] if isinstance(member, str) and member != value]
    return [wanted for member in members if (wanted := value_words(member))]
