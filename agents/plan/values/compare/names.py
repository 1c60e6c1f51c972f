"""Whether a name that stands in a text is only a part of another, or an ordinary word: of New York no York is said."""

import re

from agents.plan.values.compare import kinds, roles
from agents.plan.values.language.spelling import fold, places_of, stem, word_set
from agents.plan.values.language.vocabulary import months, weekdays
from agents.plan.values.reading.mentions import Mentions

_PLACE = re.compile(
    r"\b(?:city|cities|town|country|countries|state|province|place|location|destination|origin|region|airport|station"
    r"|stadt|land|ort|ziel|ville|pays|lieu|ciudad|pais|lugar|citta|paese|luogo|cidade|stad|plaats|miasto|kraj"
    r"|where|stad|ort|land)\b"
)
_FIRST = re.compile(r"\b(?:first|given|christian|middle)[ _-]?names?\b|\bforename\b|\bvorname\b|\bprenom\b|\bnome di\b")
_LAST = re.compile(r"\b(?:last|family|sur)[ _-]?names?\b|\bnachname\b|\bnom de famille\b|\bapellidos?\b|\bcognome\b")
_PERSON = re.compile(
    r"\b(?:names?|who|whom|person|assignee|owner|contact|recipient|sender|customer|client|guest|passenger|patient"
    r"|employee|manager|author|attendee|participant|member|user|host|driver|doctor|teacher|student|name[ns]?|nom|nombre"
    r"|nome|naam|namn|imie|kund\w*|gast|mitarbeiter\w*)\b"
)
_TITLES = word_set("""
    mr mrs ms miss mx dr prof sir herr frau fraulein m mme mlle monsieur madame sr sra srta senor senora signor signora
    sig dott don dona dhr mevr mevrouw pan pani
""")  # fmt: skip
_NAMES_BEGIN = word_set("""
    new san los las saint st sankt bad fort port mount north south east west el la le les santa great lake upper lower
    old nova nueva novo rio cape hong kuala tel addis buenos abu ras den the
""")  # fmt: skip
"""What begins a name of a place even where it begins the sentence."""
_WORDS_TOO = word_set("""
    will mark may rose grace hope bill frank park page reading nice bath mobile jack art drew chase hunter grant pat ray
    rob sue dawn faith joy ivy lily daisy iris pearl ruby amber autumn summer crystal brook cliff dale lane wood hill
    stone green brown black white gray young long short small king baker cook smith taylor mason carter miller fisher
    potter turner walker porter butler cooper day knight bishop pope price rich sharp strong swift wise best bell ball
    tours orange split cork sandwich deal march wells rugby china turkey jordan chad essen bar sale hull guy sandy sunny
    april june august max minor major dean earl duke baron marshall gene bob skip buck rusty trip wolf stein lang klein
    gross jung kurz fuchs vogel winter sommer herbst kaiser koch weber linden hagen
""")  # fmt: skip
"""Names that are ordinary words as well, which people write small."""
_OBJECT = re.compile(r" (?:it|you|me|us|them|him|her|we|i|the|an?|this|that|these|those|my|your|up|out|down|off)\b")
_SPOKEN_TO = re.compile(
    r"\b(?:ask|tell|call|ring|e?mail|text|thank|remind|invite|message|dear|hi|hello|hey|meet|frag|sag|ruf|fragt"
    r"|demande a|dis a|appelle|preguntale a|dile a|chiedi a|vraag|zapytaj) $", re.I,
)  # fmt: skip
_CALLED = re.compile(
    r"\b(?:(?:my|her|his|the) name(?:'s| is)|i'm|i am|called|this is|ich heisse|ich heiße|heißt|je m'appelle"
    r"|s'appelle|me llamo"
    r"|se llama|mi chiamo|si chiama|ik heet|heet|nazywam się|mam na imię|jag heter|heter|eu sou|chamo-me) $", re.I,
)  # fmt: skip
_TRAVELLED = re.compile(
    r"\b(?:fly|flying|flight|trip|travel|train|drive|bus|move|vuelo|volamos|vol|flug|flieg\w*|zug|fahr\w*|reise|viaje"
    r"|volo|lot|resa)"
    r"(?: \w+)? (?:to|into|from|in|nach|aus|von|a|à|vers|de|da|per|para|do|till|från|naar) $", re.I,
)  # fmt: skip
_NOT_SPEAKER = re.compile(
    r"\b(?:pets?|animal|dog|cat|child|kid|partner|spouse|doctor|vet|manager|boss|company|hotel|teacher|recipient"
    r"|haustier|kind(?:es)?|arzt|enfant|medecin|nino|hijo|mascota|bambino|kinderen|dziecko|barn)\b"
)
_NEVER = re.compile(r"(?!)")
_BEFORE = re.compile(r"([^\W\d_][\w'’.]*) $")
_BEHIND = re.compile(r" ([^\W\d_][\w'’]*)(?: ([^\W\d_]\w*))?")
_VERB = re.compile(r"[a-z]+s|was|will|has|had|can|could|would|should|did|went|came|said|told|ist|hat|est|a|es|ha|e")
_MODIFIED = re.compile(
    r" (?:office|team|branch|department|group|project|conference|trip|people|colleagues?|customers?|store|shop|plant"
    r"|factory|warehouse|campus|route|line|time|street|road|express|marathon|book|guide)\b"
)  # fmt: skip


def is_no_own_name(text: Mentions, name: str, described: str, role: frozenset[str]) -> bool:
    """Whether wherever the name stands it belongs to a longer one, is somebody's or something else's, or is a word."""
    places = places_of(name, text.text)
    if not places:  # in small letters, where other names have capitals or the word is an ordinary one
        is_small = " " not in name and bool(places_of(name.lower(), text.text))
        return is_small and (fold(name) in _WORDS_TOO or kinds.count_of_names(text, name) > 0)
    return all(is_taken(text, start, end, described, role) for start, end in places)


def is_taken(text: Mentions, start: int, end: int, described: str, role: frozenset[str]) -> bool:
    """Whether the name at this place is a part of another, or of another kind."""
    source, name = text.text, text.text[start:end]
    if begins_sentence(source, start) and fold(name) in _WORDS_TOO and _OBJECT.match(source, end):
        return True  # Mark it as paid
    if re.search(r"[^\W_]-$", source[:start]) or re.match(r"-[^\W\d_]", source[end:]):
        return True
    is_place = _PLACE.search(described) is not None and not _PERSON.search(described)
    if is_place and _SPOKEN_TO.search(source, 0, start):
        return True
    if _CALLED.search(source, 0, start) and _NOT_SPEAKER.search(described):
        return True
    if (_CALLED if is_place else _TRAVELLED if _PERSON.search(described) else _NEVER).search(source, 0, start):
        return True
    if kinds.count_of_names(text, name) and _MODIFIED.match(source, end):
        return True
    before, behind = _BEFORE.search(source, 0, start), _BEHIND.match(source, end)
    if before and goes_before(source, before, role, is_place, behind is not None and bool(_VERB.fullmatch(behind[1]))):
        return not _LAST.search(described) and (is_place or _FIRST.search(described) is not None)
    if behind and text.language != "de" and is_of_name(behind[1], role):
        return is_place or _LAST.search(described) is not None or not _PERSON.search(described)
    return False


def goes_before(source: str, before: re.Match[str], role: frozenset[str], is_place: bool, acts: bool) -> bool:
    """Whether the word before a name is a part of it: in the middle of a sentence one with a capital."""
    word = before[1]
    if is_place and word[0].isupper() and fold(word) in _NAMES_BEGIN and fold(word) != "the":
        return True
    return is_of_name(word, role) and (not begins_sentence(source, before.start()) or acts)


def begins_sentence(source: str, place: int) -> bool:
    return place == 0 or re.search(r"[.!?:]\s+$", source[:place]) is not None


def is_of_name(word: str, role: frozenset[str]) -> bool:
    folded = fold(word).rstrip(".'’")
    if (
        not word[0].isupper()
        or any(map(str.isdigit, word))
        or folded in _TITLES
        or folded in months()
        or folded in weekdays()
        or len(word) < 2
    ):
        return False
    return not any(roles.is_like(wanted, stem(folded)) for wanted in role)
