"""Whether a text says an address: an email, a URL, a path, a telephone number."""

import re
from collections.abc import Sequence
from functools import lru_cache

from agents.plan.values.answer import Answer
from agents.plan.values.language.spelling import chunks, fold, squeeze, tokens
from agents.plan.values.reading.mentions import Mentions

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
URL = re.compile(r"(?:https?://|www\.)\S+")
PATH = re.compile(r"(?:~|\.{0,2})/[^\s/][^\s]*|[\w.-]+(?:/[\w.-]+)+\.\w{1,5}")
_PATHS = re.compile(r"(?<![\w:/])(?:~|\.{0,2})/[\w.-]+(?:/[\w.-]+)*")
PHONE = re.compile(r"\+?\(?\d[\d ()/.-]{5,}\d")
PHONES = re.compile(r"(?<![\w.])\+?\(?\d[\d ()/.-]{5,}\d(?!\w)")


def says_email(text: Mentions, folded: str) -> Answer:
    if folded in text.emails or text.spells_address(folded):
        return SAYS
    local, _, domain = folded.partition("@")
    # beside an address that was told, one put together of told parts is a wrong one
    may_be = text.bag.issuperset(chunks(local)) and text.holds(squeeze(domain)) and not text.emails
    return CANNOT_TELL if may_be else DOES_NOT


def says_url(text: Mentions, folded: str) -> Answer:
    wanted = bare_url(folded)
    if any(bare_url(token) == wanted for token in re.split(r"[\s<>\"|]+", text.folded)):
        return SAYS
    if text.holds(squeeze(wanted)) or text.spells(wanted):
        return SAYS
    host = wanted.split("/", 1)[0].split("?", 1)[0]
    here = host in text.folded
    if here and text.bag.issuperset(chunks(wanted)):
        return CANNOT_TELL  # put together from its parts
    untold = [chunk for chunk in chunks(wanted[len(host) :]) if chunk not in text.bag]
    if any(chunk.isdigit() for chunk in untold):
        return DOES_NOT
    return DOES_NOT if not here and URL.search(text.folded) else CANNOT_TELL


@lru_cache(maxsize=4096)
def bare_url(folded: str) -> str:
    """What names the page, without scheme, `www.` and the marks of a sentence."""
    return re.sub(r"^https?://(?:www\.)?|^www\.", "", folded).rstrip("/.,;:!?)'\"")


def says_path(text: Mentions, value: str) -> Answer:
    """Letter by letter: `reports.csv` is another file than `report.csv`."""
    if text.holds(squeeze(value)) or text.spells(fold(value)):
        return SAYS
    head, _, name = value.rpartition("/")
    if head and len(text.text) < 200 and stands_as_name(text, head) and stands_as_name(text, name):
        return SAYS  # the folder and what is in it, each by its name
    parts = [part for part in value.split("/") if part and not (part == "~" and _HOME.search(text.folded))]
    if len(parts) > 1 and len(text.text) < 200 and stand_in_turn(text.text, parts):
        return SAYS
    untold = [part for part in chunks(value) if part not in text.bag]
    if any(map(str.isdigit, "".join(untold))):
        return DOES_NOT
    folder = value.rsplit("/", 1)[0]
    has_sibling = any(path.rsplit("/", 1)[0] == folder for path in _PATHS.findall(text.text))
    return DOES_NOT if untold and has_sibling else CANNOT_TELL


_HOME = re.compile(r"\b(?:home|heimverzeichnis|accueil)\b")
_STEP = (
    r"[ ,]*(?:(?:and|then|the|in(?:to)?|und|dann|den|et|puis|y|luego|e|poi|folder|directory|ordner|dossier|carpeta"
    r"|cartella|map)[ ,]+)*"
)
_INTO = (
    r"[ ,]+(?:folder |ordner )?(?:in|inside|within|under|unter|dans|en|dentro de|sous|onder|nella|em)"
    r"(?: the| folder| der| den)* "
)


def stand_in_turn(text: str, parts: Sequence[str]) -> bool:
    """Whether the folders of a path are named one after the other, from the outer to the inner or back: A, then B."""
    forth, back = _STEP.join(map(re.escape, parts)), _INTO.join(map(re.escape, reversed(parts)))
    return re.search(rf"(?<![\w/.-])(?:{forth}|{back})(?![\w/-]|\.\w)", text) is not None


def stands_as_name(text: Mentions, name: str) -> bool:
    """Whether it stands by itself, no part of a longer name or path."""
    bare = fold(name)
    return (
        bare in text.folded and re.search(rf"(?<![\w./@-]){re.escape(bare)}(?![\w/@-]|\.\w)", text.folded) is not None
    )


_STREETS = (
    ("street", r"st"), ("avenue", r"ave?"), ("road", r"rd"), ("boulevard", r"blvd|bd|boul"), ("drive", r"dr"),
    ("lane", r"ln"), ("square", r"sq"), ("court", r"ct"), ("place", r"pl"), ("suite", r"ste"), ("apartment", r"apt"),
    ("floor", r"fl"),
    ("highway", r"hwy"), ("parkway", r"pkwy"), ("platz", r"pl"), ("calle", r"c"), ("avenida", r"avda?"),
    ("north", r"n"), ("south", r"s"), ("east", r"e"), ("west", r"w"), ("terrace", r"terr"), ("unit", r"#"),
)  # fmt: skip
_SHORT_OF = {short: word for word, names in _STREETS for short in names.replace("?", "").split("|")} | dict.fromkeys(
    ("av", "avenida", "avda", "avd"), "avenue"
)
_STRASSE = re.compile(r"str\b")
_BETWEEN = frozenset(("in", "at", "a", "en", "te", "the", "nr", "no", "number", "numero", "near", "an", "der"))


_STREET = re.compile(r"\w{3,}(?:strasse|str\.|weg|gasse|platz|allee|straat|laan|gatan|vagen|gade|vej) \d")


def says_postal(text: Mentions, value: str) -> bool:
    """A street with its number, or several lines of an address, whatever parts them: 221b Baker St."""
    wanted = _postal_words(fold(value))
    if (
        len(wanted) < (2 if _STREET.match(fold(value)) else 3)
        or not any(map(str.isdigit, value))
        or not any(word.isalpha() and len(word) > 3 for word in wanted)
    ):
        return False
    here = _postal_words(text.folded)
    for start in (n for n, word in enumerate(here) if word == wanted[0]):
        place = start + 1
        for word in wanted[1:]:
            place += place < len(here) - 1 and here[place] != word and here[place] in _BETWEEN
            if place >= len(here) or here[place] != word:
                break
            place += 1
        else:
            return True
    # Baker Street 221b, London; of two numbers nothing tells which is the house's
    numbers = [word for word in wanted if any(map(str.isdigit, word))]
    bare = [word for word in here if word not in _BETWEEN]
    return len(numbers) == 1 and any(
        sorted(bare[n : n + len(wanted)]) == sorted(wanted) for n in range(len(bare) - len(wanted) + 1)
    )


@lru_cache(maxsize=4096)
def _postal_words(folded: str) -> tuple[str, ...]:
    words = tokens(_STRASSE.sub("strasse", folded))
    return tuple(_SHORT_OF.get(word, word) if n or word.startswith("av") else word for n, word in enumerate(words))


def is_phone(value: str) -> bool:
    """A run of digits alone may be an id."""
    digits = sum(map(str.isdigit, value))
    is_grouped = value[0] in "+0" or " " in value or (digits > 8 and value.count("-") > 1)
    return bool(digits >= 7 and is_grouped and PHONE.fullmatch(value))


def says_phone(text: Mentions, value: str) -> Answer:
    """Digits alone count; a national number is its international one without the country."""
    wanted = digits_of_phone(value)
    spoken = [code for code, is_sure in text.codes.items() if code.isdigit() and (is_sure or len(code) > 8)]
    for match in (*PHONES.findall(text.folded), *spoken):
        number = digits_of_phone(match)
        if number == wanted:
            return SAYS
        short, full = sorted((number.lstrip("0"), wanted.lstrip("0")), key=len)
        # a country's code has one to three digits (E.164)
        if len(short) >= 7 and full.endswith(short) and len(full) - len(short) <= 3:
            return SAYS
    return DOES_NOT


def digits_of_phone(number: str) -> str:
    """+49 (0)30: the zero is not dialled from abroad."""
    return re.sub(r"\D", "", number.replace("(0)", ""))
