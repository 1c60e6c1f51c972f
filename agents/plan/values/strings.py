"""Whether a text says a string: an id, an address, a code, a name, a word of an enumeration."""

import re
from functools import lru_cache

from agents.plan.values import codes, units
from agents.plan.values.answer import Answer
from agents.plan.values.clock import zones_by_name
from agents.plan.values.mentions import EMAIL, Mentions
from agents.plan.values.spelling import chunks, fold, squeeze, stem, tokens, value_words
from agents.schema import Schema

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
FREE_TEXT_WORDS = 6
"""A string of so many words is composed: whether a text says it in other words is the judge's to tell."""
URL = re.compile(r"(?:https?://|www\.)\S+")
_PHONE = re.compile(r"\+?\(?\d[\d ()/.-]{5,}\d")
_PHONES = re.compile(r"(?<![\w.])\+?\(?\d[\d ()/.-]{5,}\d(?!\w)")
_ZONE = re.compile(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+")
_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:['.-][^\W\d_]*)?(?: [^\W\d_a-z][^\W\d_]*(?:['.-][^\W\d_]*)?){1,2}")
# five fields as in crontab(5), six or seven as in Quartz
_CRON = re.compile(r"[\d*?L][\w*/,?#-]*(?: [\w*/,?#-]+){4,6}")
_DOTTED = re.compile(r"v?\d+(?:\.\d+)+", re.IGNORECASE)
_PATH = re.compile(r"(?:~|\.{0,2})/[^\s/][^\s]*|[\w.-]+(?:/[\w.-]+)+\.\w{1,5}")
_PATHS = re.compile(r"(?<![\w:/])(?:~|\.{0,2})/[\w.-]+(?:/[\w.-]+)*")
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "å": "aa", "ø": "oe"}
)
# git shortens a hash to 7 digits, a SHA-256 has 64
_HEX = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)


def says_string(text: Mentions, value: str, schema: Schema | None) -> Answer:
    # what has a form of its own first: ids and words, at the end, are compared more loosely
    if EMAIL.fullmatch(fold(value)):
        return _says_email(text, fold(value))
    if URL.fullmatch(value) or "://" in value:
        return _says_url(text, fold(value))
    if (answer := codes.says_calendar_name(text, value)) is not None:
        return answer
    if fold(value) in units.UNITS and (answer := codes.says_unit(text, value)) is not None:
        return answer
    if codes.CODE.fullmatch(value) and (answer := codes.says_code(text, value)):
        return answer
    if (
        _PHONE.fullmatch(value)
        and sum(map(str.isdigit, value)) >= 7
        # a run of digits alone may be an id
        and (value[0] == "+" or " " in value or value[0] == "0")
    ):
        answer = _says_phone(text, value)
        if answer is not DOES_NOT:
            return answer
    if _PATH.fullmatch(value):
        return _says_path(text, value)
    if any(map(str.isdigit, value)) and len(value.split()) < FREE_TEXT_WORDS:
        return _says_id(text, value, schema)
    return _says_words(text, value, schema)


def _says_email(text: Mentions, value: str) -> Answer:
    if value in text.emails:
        return SAYS
    local, _, domain = value.partition("@")
    # beside an address that was told, one put together of told parts is a wrong one
    told = text.bag.issuperset(chunks(local)) and text.squeezed.holds(squeeze(domain)) and not text.emails
    return CANNOT_TELL if told else DOES_NOT


@lru_cache(maxsize=4096)
def _bare_url(value: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|^www\.", "", value).rstrip("/.,;:!?)'\"")


def _says_url(text: Mentions, value: str) -> Answer:
    wanted = _bare_url(value)
    if any(_bare_url(token) == wanted for token in re.split(r"[\s<>\"|]+", text.folded)):
        return SAYS
    if text.squeezed.holds(squeeze(wanted)):
        return SAYS
    host = wanted.split("/", 1)[0].split("?", 1)[0]
    here = host in text.folded
    if here and text.bag.issuperset(chunks(wanted)):
        return CANNOT_TELL  # put together from its parts
    untold = [chunk for chunk in chunks(wanted[len(host) :]) if chunk not in text.bag]
    if any(chunk.isdigit() for chunk in untold):
        return DOES_NOT
    return DOES_NOT if not here and URL.search(text.folded) else CANNOT_TELL


def _says_path(text: Mentions, value: str) -> Answer:
    """Letter by letter: `reports.csv` is another file than `report.csv`."""
    if text.squeezed.holds(squeeze(value)):
        return SAYS
    untold = [part for part in chunks(value) if part not in text.bag]
    if not untold or not any(map(str.isdigit, "".join(untold))):
        paths = _PATHS.findall(text.text)
        folder = value.rsplit("/", 1)[0]
        return DOES_NOT if any(path.rsplit("/", 1)[0] == folder for path in paths) and untold else CANNOT_TELL
    return DOES_NOT


def _says_phone(text: Mentions, value: str) -> Answer:
    """Digits alone count; a national number is its international one without the country."""
    # +49 (0)30: the zero is not dialled from abroad
    wanted = re.sub(r"\D", "", value.replace("(0)", ""))
    for number in _phone_digits(text.folded):
        if number == wanted:
            return SAYS
        short, full = sorted((number.lstrip("0"), wanted.lstrip("0")), key=len)
        # a country's code has one to three digits (E.164)
        if len(short) >= 7 and full.endswith(short) and len(full) - len(short) <= 3:
            return SAYS
    return DOES_NOT


@lru_cache(maxsize=4096)
def _phone_digits(folded: str) -> tuple[str, ...]:
    return tuple(re.sub(r"\D", "", match.replace("(0)", "")) for match in _PHONES.findall(folded))


def _says_id(text: Mentions, value: str, schema: Schema | None) -> Answer:
    squeezed = squeeze(value)
    if text.squeezed.holds(squeezed) or (squeeze(value.lstrip("vV")) != squeezed and _is_version(text, value)):
        return SAYS
    if re.fullmatch(r"\d+(?:\.\d+)+", value) and text.squeezed.holds("v" + squeezed):
        return SAYS
    if _CRON.fullmatch(value):
        return CANNOT_TELL
    parts = chunks(value)
    # a version or an IP address is never put together of numbers that were told apart
    if _DOTTED.fullmatch(value):
        return DOES_NOT
    if text.bag.issuperset(parts):
        if len(parts) > 1 and not _has_rival(text, value):
            return CANNOT_TELL
        return DOES_NOT if len(parts) > 1 else CANNOT_TELL
    if _HEX.fullmatch(value) and any(len(word) >= 7 and fold(value).startswith(word) for word in text.words):
        return CANNOT_TELL
    if schema and value in (schema.get("enum") or ()):
        return _rival_member(text, value, schema)
    words_of_value = value_words(value)
    if text.in_digits and len(words_of_value) > 1 and _in_order(text.in_digits, words_of_value):
        return SAYS
    if "/" in value and all(part in text.bag for part in parts if any(map(str.isdigit, part))):
        return CANNOT_TELL
    untold = [part for part in parts if part not in text.bag]
    if (
        len(untold) == 1
        and untold[0].isalpha()
        and len(parts) == 2
        and len(parts[1]) > 3
        and not _has_rival(text, value)
    ):
        return CANNOT_TELL  # "order 12345" of somebody whose ids begin with ORD
    return CANNOT_TELL if " " in value and not any(map(str.isdigit, "".join(untold))) else DOES_NOT


def _is_version(text: Mentions, value: str) -> bool:
    return value[0] in "vV" and text.squeezed.holds(squeeze(value[1:]))


def _has_rival(text: Mentions, value: str) -> bool:
    """Whether the text names an id of the same shape: then parts that stand apart were not meant as this one."""
    shape = re.sub(r"[a-z]", "a", re.sub(r"\d", "0", fold(value)))
    return " " not in value and shape in _shapes(text.folded)


@lru_cache(maxsize=4096)
def _shapes(folded: str) -> frozenset[str]:
    shapes = re.sub(r"[a-z]", "a", re.sub(r"\d", "0", folded))
    return frozenset(word.strip(".,;:!?()'\"") for word in shapes.split())


def _in_order(folded: str, wanted: tuple[str, ...]) -> bool:
    return re.search(r"(?<!\w)" + r"\W+".join(map(re.escape, wanted)) + r"(?!\w)", folded) is not None


def _says_words(text: Mentions, value: str, schema: Schema | None) -> Answer:
    wanted = value_words(value) or tuple(tokens(fold(value)))
    if not wanted:
        return SAYS if value.strip() and fold(value).strip() in text.folded else CANNOT_TELL
    if _ZONE.fullmatch(value) and value.lower() in zones_by_name():
        return SAYS if _phrase(text, value_words(value.rsplit("/", 1)[1])) else CANNOT_TELL
    place = _phrase(text, wanted) or _joined(text, wanted)
    if not place and (plain := value.translate(_UMLAUTS)) != value:  # Mueller is Müller without the keyboard for it
        place = _phrase(text, value_words(plain))
    if place:
        if schema and isinstance(schema.get("enum"), list) and _longer_member(text, value, schema):
            return CANNOT_TELL
        if len(value) < 2 or (value.islower() and _is_negated(text, wanted)):
            return CANNOT_TELL
        return SAYS
    if schema and isinstance(schema.get("enum"), list) and value in schema["enum"]:
        return _rival_member(text, value, schema)
    if value[0] == "/" and " " not in value:
        return CANNOT_TELL
    if _NAME.fullmatch(value) and _other_name(text, value):
        return DOES_NOT
    return CANNOT_TELL


def _phrase(text: Mentions, wanted: tuple[str, ...]) -> bool:
    """Whether the words stand in the text one after the other, whatever their number."""
    stems = tuple(map(stem, wanted))
    size = len(stems)
    return any(text.stems[place : place + size] == stems for place in text.stem_places.get(stems[0], ()))


def _joined(text: Mentions, wanted: tuple[str, ...]) -> bool:
    """Whether the words stand as one, or one word parted by a mark: BTCUSDT, BTC/USDT."""
    whole = "".join(wanted)
    if len(wanted) > 1:
        return whole in text.bag or (len(whole) > 5 and text.squeezed.holds(whole))
    # not where only a blank parts it: `after noon` is no `afternoon`
    return len(wanted[0]) > 5 and text.squeezed.holds(wanted[0]) and wanted[0] not in text.folded.replace(" ", "")


def _is_negated(text: Mentions, wanted: tuple[str, ...]) -> bool:
    """Whether each time the word is said it is said not to be so."""
    places = text.stem_places.get(stem(wanted[0]), [])
    no = {"not", "nicht", "kein", "keine", "no", "never", "non", "niet", "geen", "nao", "isn", "hasn", "wasn", "aren"}
    return bool(places) and all(not no.isdisjoint(text.words[max(0, place - 2) : place]) for place in places)


def _rival_member(text: Mentions, value: str, schema: Schema) -> Answer:
    """A member of an enumeration that is not said: certain only where another one is."""
    others = [member for member in schema["enum"] if isinstance(member, str) and member != value]
    return (
        DOES_NOT if any(_phrase(text, value_words(member)) for member in others if value_words(member)) else CANNOT_TELL
    )


def _longer_member(text: Mentions, value: str, schema: Schema) -> bool:
    """`high` is not said by "very high" where `very_high` is a member too."""
    own = set(value_words(value))
    return any(
        own < set(value_words(member)) and _phrase(text, value_words(member))
        for member in schema["enum"]
        if isinstance(member, str) and member != value
    )


def _other_name(text: Mentions, value: str) -> bool:
    """Whether the text has a name that shares one end with this one and differs at the other."""
    words_of_name = tokens(fold(value))
    rest, last = value.rsplit(" ", 1)
    if words_of_name[-1] not in text.words and _phrase(text, tuple(words_of_name[:-1])):
        return re.search(rf"\b{re.escape(rest)} ([^\W\d_a-z][^\W\d_]+)", text.text) is not None
    if words_of_name[0] not in text.words and _phrase(text, tuple(words_of_name[1:])):
        leader = re.search(rf"{_WITHIN}([^\W\d_a-z][^\W\d_]+) {re.escape(last)}\b", text.text)
        return leader is not None and leader[1].lower() not in _TITLES
    return False


_WITHIN = r"(?:(?<=[a-z,;:] )|(?<=Dr\. )|(?<=Mr\. )|(?<=Ms\. )|(?<=Mrs\. ))"
"""Not at a sentence's beginning, where any word is capitalised."""
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "herr",
        "frau",
        "miss",
        "sir",
        "madame",
        "monsieur",
        "senor",
        "senora",
        "dona",
        "signor",
        "signora",
        "prof",
    ]
)
