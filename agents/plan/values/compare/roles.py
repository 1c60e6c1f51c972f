"""What a value is for, by its schema: of two dates of one sentence the one that stands with "return"."""

import re
from functools import lru_cache

from agents.plan.values.language import units
from agents.plan.values.language.glossary import english_of
from agents.plan.values.language.spelling import stem, value_words, word_set
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

CLAUSE = re.compile(
    r",\s(?!(?:19|20)\d\d\b)|[;:!?]\s|(?<!\b[DdMm][rs])(?<!\bMrs)(?<!rof)(?<!\bSt)\.\s(?!(?:Jan|Feb|M[aä]r|Apr|Ma[iyj]|Jun"
    r"|Jul|Aug|Sep|O[ck]t|Nov|De[cz]))|\s(?:and(?! (?:over|older|above|up"
    r"|more|under|younger|below|less)\b)|but|then|und|aber|dann|et|mais|puis|y|pero|e|ma|mas|en|maar|with|plus|-)\s"
)
_TOTAL = re.compile(r"\b(?:altogether|total|in all|all in all|insgesamt|zusammen|au total|en total|in totale|totaal)\b")
_GENERAL = word_set("""
    date time number name code string type value format list items item count total amount iso the and for with from
    datum uhrzeit zahl anzahl nombre numero numbre fecha hora data null true false whether should unit units address
    email phone this that which when like example not are any all day new per its yyyy in of on is if or to by at as an
    a id key max min maximum minimum inclusive exclusive optional default add include
""")  # fmt: skip
"""Words of descriptions that tell what form a value has, not what it is for."""


@lru_cache(maxsize=4096)
def words_of_role(description: str) -> frozenset[str]:
    """
    >>> sorted(words_of_role("Number of rooms (default 1)"))
    ['room']
    """
    before_examples = re.sub(r"\(.*?\)|\be\.g\..*|\blike .*", "", description)
    # the second session, which no time is measured in
    is_ordinal = re.match(r" ?second ", before_examples.lower()) is not None
    return frozenset(
        stem(word)
        for word in value_words(before_examples)
        if word.isalpha() and word not in _GENERAL and (word not in units.UNITS or (word == "second" and is_ordinal))
    )


def role_of(schema: Schema | None, key: str = "") -> frozenset[str]:
    """The words that tell what the value is for; those of its key where it has no schema."""
    described = f"{schema.get('title') or ''} {schema.get('description') or ''}" if schema else ""
    return words_of_role(described if described.strip() else key)


_SYNONYMS = {
    "birth": ("born", "dob", "birthday", "geboren", "nee", "ne", "nacido", "nacida", "naci", "nato", "nata", "nascido"),
    "departure": ("leave", "leaving", "off", "out", "outbound", "hinfahrt", "abfahrt", "partir", "salir"),
    "depart": ("leave", "leaving", "off"), "arrival": ("land", "landing", "there", "ankunft", "arriver", "llegar"),
    "return": ("back", "inbound", "home", "zuruck", "retour", "ritorno", "vuelta"),
    "outbound": ("out", "there", "leave"),
    "child": ("kid", "kids", "children", "kinder", "kind", "enfant", "enfants", "nino", "ninos", "bambini", "crianca",
              "toddler", "baby", "boy", "girl", "son", "daughter"),
    "pet": ("dog", "cat", "hund", "katze", "haustier"), "pickup": ("collect", "pick"), "dropoff": ("drop", "return"),
    "repository": ("repo", "repos"),
    "direct": ("nonstop", "direkt", "diretto", "directo", "direto", "bezposredni"),
    "photo": ("picture", "image"), "vehicle": ("car",), "recipient": ("to",),

    "width": ("wide", "breit", "large", "ancho", "breed"), "height": ("high", "tall", "hoch", "haut", "alto", "hoog"),
    "length": ("long", "lang", "largo", "lungo"), "depth": ("deep", "tief", "profond", "diep"),
}  # fmt: skip


_SYNONYMS["children"] = _SYNONYMS["child"]


@lru_cache(maxsize=65536)
def is_like(word: str, other: str) -> bool:
    """
    >>> is_like("close", "closing"), is_like("wrap", "wrapping"), is_like("room", "roof")
    (True, True, False)
    """
    if word in (other, f"{other}ed", f"{other}d") or other in _SYNONYMS.get(word, ()):
        return True
    english = english_of(other)
    if len(english) == 1 and (english[0] == word or bare_of(english[0]) == bare_of(word)):
        return True
    if bare_of(word) == bare_of(other) and len(bare_of(word)) > 3:
        return True
    common = next((n for n, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), -1)
    common = min(len(word), len(other)) if common < 0 else common
    is_near = max(len(word), len(other)) - common <= (5 if common < 6 else 6)
    return common >= 4 and is_near and 4 * common >= 3 * min(len(word), len(other))


_SUFFIX = re.compile(r"(?:ations?|ions?|ings?|als?|ures?|ments?|ers?|ed|es|s|e)$")


@lru_cache(maxsize=16384)
def bare_of(word: str) -> str:
    """Arrival and arriving are both `arriv`."""
    return _SUFFIX.sub("", word) if len(word) > 5 else word


def has_role_word(text: Mentions, role: frozenset[str]) -> bool:
    return any(is_like(wanted, word) for word in text.stems for wanted in role)


_ENDS = re.compile(
    r"\b(?:end|ends|ending|until|till|check-?out|departure|closing|closes?|due|deadline|expir\w+|last|latest|finish\w*"
    r"|to|return|drop-?off|upper|max\w*|ende|bis|fin|final|fine|fim|einde)\b"
)
STARTS = re.compile(
    r"\b(?:start\w*|begin\w*|from|since|check-?in|pick-?up|arrival|opening|opens?|first|earliest|lower|min\w*|beginn"
    r"|ab|von|debut|inicio|inizio|begin)\b"
)
OLD = re.compile(r"\b(?:old|current|previous|from|source|origin\w*|initial|former|before|head|alt\w*|bisherig\w*)\b")
_FROM_TO = re.compile(
    r"\b(?:from|between|out of|aus|von|zwischen|du|de|del|desde|entre|dal|dalle|das|van|tussen) .*?"
    r"(\s(?:to|until|till|through|and|bis|und|au|a|hasta|y|al|alle|ate|e|tot|en|vers|nach|para|naar|verso|into)\s)",
    re.I,
)
_RANGE = re.compile(
    r"\d(?:th|st|nd|rd|\.|:\d\d)?(?: ?[ap]\.?m\.?| uhr| h| \w+)?"
    r"(\s(?:to|until|till|through|bis|à|au|al|hasta|até|tot|t/m)\s| ?[–—] ?| - |(?<=\d)-(?=\d))"
    r"(?:the |den |le |el |il |\w+ )?[€$£]?\d",
    re.I,
)
_CHANGE = re.compile(
    r"\b(?:chang\w*|mov\w*|shift\w*|reschedul\w*|reassign\w*|switch\w*|renam\w*|transfer\w*|postpon\w*|push\w*|rais\w*"
    r"|lower\w*|increas\w*|reduc\w*|updat\w*|bump\w*|convert\w*|swap\w*|replac\w*|exchang\w*|redirect\w*|copy|copied"
    r"|kopier\w*|copi(?:e[rz]?|ar?)|kopieer\w*|translat\w*|upgrad\w*|downgrad\w*|merg\w*|forward\w*|went (?:up|down)"
    r"|go(?:es)? (?:up|down)|rose|fell|dropp\w*|grew|verschieb\w*|verleg\w*|ander\w*|umbenenn\w*|erhoh\w*|tausch\w*"
    r"|ersetz\w*|deplac\w*|report\w*|remplac\w*|cambi\w*|muev\w*|reemplaz\w*|spost\w*|sostitu\w*|mud\w*|troc\w*"
    r"|verplaats\w*|verzet\w*|wijzig\w*|vervang\w*)\b"
    r".*?(\s(?:to|for|with|by|into|auf|durch|gegen|nach|a|au|par|para|por|su|con|naar|in|door)\s)",
    re.I,
)


_NEW = re.compile(
    r"\b(?:new|target|destination|base|goal|final|updated|ziel\w*|neu\w*|cible|nouve\w+|nuev[oa]|nuov[oa])\b"
)


_CHANGE_FROM = re.compile(
    r"\b(?:put|bring|take (?:it|them)|scal\w+|chang\w+|mov\w+|rais\w+|lower\w*|increas\w+|reduc\w+|cut|bump\w*"
    r"|switch\w*|reschedul\w+|shift\w*|push\w*"
    r"|grow|shrink|extend\w*|upgrad\w+|downgrad\w+|renam\w+|convert\w*|erhoh\w+|senk\w+|verschieb\w*|verleg\w+|ander\w*"
    r"|augment\w+|diminu\w+|pass\w*|deplac\w+|sub\w+|baj\w+|cambi\w+|aument\w+|port\w+|spost\w+|verhoog\w*|verlaag\w*"
    r"|verplaats\w*|zmien\w*|przesun\w*|zwieksz\w*|andra\w*|flytta\w*|hoj\w*)\b"
    r"[^.;!?]*?\b(?:from|von|vom|de|du|desde|da|dal|van|z|od|fran) (?P<old>[^.;!?]+?) (?:to|auf|a|au|hasta|naar|tot"
    r"|na|do|till) (?P<new>[^.;!?]+)"
)


def change_in(text: Mentions) -> tuple[Mentions, Mentions] | None:
    """What a change is from, and to, where the text tells both."""
    match = _CHANGE_FROM.search(text.folded)
    source = text.text if len(text.text) == len(text.folded) else text.folded
    return (read(source[slice(*match.span("old"))]), read(source[slice(*match.span("new"))])) if match else None


def asks_for_new(described: str) -> bool:
    return _NEW.search(described) is not None


def ends_of_change(text: Mentions, described: str) -> tuple[Mentions, Mentions] | None:
    """What a change is to, and from, in the order that the description asks for; None where it asks for neither."""
    is_old = OLD.search(described) is not None
    match = _CHANGE.search(text.text) or _FROM_TO.search(text.text)
    if not match or is_old == (_NEW.search(described) is not None):
        return None
    left, right = read(text.text[: match.start(1)]), read(_REASON.split(text.text[match.end(1) :])[0])
    # what has changed is now what it has changed to
    return (left, right) if is_old and not ("current" in described and _CHANGED.search(text.folded)) else (right, left)


_REASON = re.compile(r"[,;.] (?:i|we|they|it|he|she|that|since|because|as)\b", re.I)
_CHANGED = re.compile(r"\b(?:went|rose|fell|climbed|dropped|grew|jumped|changed|moved|stieg|sank|fiel) ")


def is_start(described: str) -> bool | None:
    """Whether it is where something begins that is asked for; None where neither end is, or both are."""
    starts, ends = STARTS.search(described) is not None, _ENDS.search(described) is not None
    return None if starts == ends else starts


def sides_of(text: Mentions, description: str) -> tuple[Mentions, Mentions] | None:
    """What a range or a change says on the side that the description asks for, and on the other; None without one."""
    if not description.strip():
        return None
    described = description.lower().replace("_", " ")
    if match := _CHANGE.search(text.text):
        pass
    elif match := _FROM_TO.search(text.text) or _RANGE.search(text.in_digits):
        if is_start(described) is None:
            return None
    else:
        return None
    left, right = read(match.string[: match.start(1)]), read(match.string[match.end(1) :])
    is_left = OLD.search(described) if match.re is _CHANGE else is_start(described)
    return (left, right) if is_left else (right, left)


def clauses_of(text: Mentions, clauses: list[Mentions], role: frozenset[str]) -> tuple[list[Mentions], list[Mentions]]:
    """The clauses of a single line that have most words of the role, and the others."""
    if not role or not has_role_word(text, role):
        return [], []
    if _TOTAL.search(text.folded):
        return [], []  # a ticket for me and four for the kids, five altogether
    counts = [sum(any(is_like(wanted, word) for word in clause.stems) for wanted in role) for clause in clauses]
    with_word = [clause for clause, count in zip(clauses, counts, strict=True) if count and count == max(counts)]
    return with_word, [clause for clause in clauses if clause not in with_word]


@lru_cache(maxsize=1024)
def behind_label(label: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(label)}(?: is| was|:| =|'s| -)? +(?=[A-Z\d$€£])([^,;\n]*)", re.IGNORECASE)


def value_of_label(text: Mentions, description: str, value: str | int | float) -> Mentions | None:
    """What stands right behind the description where the text has it as a label: First name Grace, last name H."""
    label = re.sub(r"\(.*|[,.:;].*|\be\.g\..*| in [a-z%°]+$", "", description.lower()).strip()
    if not label or len(label.split()) > 3 or len(text.text) > 400 or label not in text.folded:
        return None
    source = text.text if isinstance(value, str) and not value[:1].isdigit() else text.in_digits
    match = behind_label(label).search(source)
    if not match or not (match[1][0].isupper() or match[1][0] in "0123456789$€£"):
        return None
    if not isinstance(value, str) and re.search(r"\dk? $", source[: match.start()]):
        return None  # 10,000 steps a day
    labelled = read(match[1].rstrip(" .!?"))
    if isinstance(value, str):
        if value.lower().startswith(label):
            return None  # ISBN 0-19-852663-6, whose label is its own
        # of LINDHOLM, Sara more stands behind the comma
        return None if labelled.text == text.text or not labelled.bag.isdisjoint(value_words(value)) else labelled
    # port 84 43 is one number
    is_pair = re.match(r"(?:\d\d \d\d|\d(?: \d){2,})(?!\d)", labelled.in_digits) is not None
    if len(labelled.amounts) > 1 and not is_pair:
        return read(labelled.in_digits[: labelled.amounts[1].start])
    return labelled
