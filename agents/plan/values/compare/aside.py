"""Whether a value is only spoken of beside the wish: somebody else's, a bound, what is to be matched, who told it."""

import re

from agents.plan.values.compare import kinds, roles
from agents.plan.values.language.moods import KIN
from agents.plan.values.language.spelling import fold, places_of, stem
from agents.plan.values.reading.mentions import Mentions

_KIN_BEHIND = re.compile(rf" {KIN}\b")
_OF_KIN = re.compile(
    rf"\b(?:my|mein\w*|mon|ma|mes|mi|mis|mio|mia|il mio|la mia|meu|minha|mijn|moj|moja|min|mitt) (?:\w+ )?{KIN}\b"
)
_OWN = re.compile(
    r"\b(?:user|requester|customer|applicant|caller|patient|client|own|your|my|kund\w*|nutzer\w*|antragsteller\w*"
    r"|cliente|usuario|utilisateur|solicitante|richiedente)\b"
)
_RELAYED = re.compile(
    r"(?: from [^,.;]{1,30}?| at [^,.;]{1,30}?)? (?:has |had )?(?:told|asked|sent|recommended|referred|suggested"
    r"|mentioned|gave|advised|said"
    r"|pointed) (?:me|us|you|that)\b|(?:'s| is| was) (?:the one )?who (?:told|sent|recommended|referred)"
)
_SOURCE = re.compile(r"\b(?:by|author|sender|creator|report\w+|refer\w+|origin|source|recommended|contact)\b")
_BOUND = re.compile(
    r"[^.;!?]{0,20}?[,;] (?:so |but |and )?(?:some ?time |any ?time |anything |a bit |rather "
    r"|just )?(?:before|after|earlier than|later than) (?:that|then|this)\b"
)
_LIMIT = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!\bnicht )(?<!\bpas )(?<!\bniet )\b(?:less|fewer|more|cheaper|longer|shorter"
    r"|later|earlier|weniger|mehr|moins de|plus de|menos de|mas de|meno di|piu di|minder dan"
    r"|meer dan|mniej niz|wiecej niz|mindre an|mer an)(?: than| als)? (?:[€$£] ?)?$"
)
_LIMITS = re.compile(
    r"\b(?:max\w*|min\w*|limit\w*|budget|threshold|least|most|range|cap|up to|bound|lower|upper|highest|lowest|before"
    r"|after|until"
    r"|ceiling|deadline|over|under|above|below|greater|than|price|cost|filter|warn\w*|alert\w*|older|newer|since)\b"
)
_MATCHED = re.compile(
    r"\b(?:go(?:es|ing)? with|match(?:es|ing)?|passend zu|passt zu|assorti\w* a|que combine con"
    r"|da abbinare a)(?: (?:my|the|our|his|her|a))?(?: \w+)? $"
)
_OLD_ONE = re.compile(r"\b(?:my|our|his|her|the) (?:old|former|previous) \w+ (?:was|is|has|had)\b")
_REFERRED = re.compile(
    r"\b(?P<how>duplicate|copy|follow-?up|child|blocked|depends|superseded|related) (?:of|to|on|by) (?:\w+ )?#?$"
)
_OUT_OF = re.compile(r"\d[\d.]*(?: stars?| points?)? (?:out of|von|sur|su|van) $")
_RATING = re.compile(r"\b(?:rating|score|stars?|points?|grade|bewertung|note|puntuacion|voto)\b")
_LABEL = re.compile(
    r"\b(gate|room|seat|vitamin|flight|table|platform|terminal|row|hall|exit|road|bus|line|tram|page|chapter|building"
    r"|block|level|grade|class|section|zone|track|shelf|locker|bay|motorway|route|model|flug|zimmer|sitz|gleis|halle"
    r"|tor|tisch|vol|chambre|quai|puerta) $"
)
_CODE = re.compile(r"[A-Za-z]{1,2}-?\d{1,4}[A-Za-z]?")
_BEHIND_OWNER = re.compile(r"(?<![\w./-])[\w-]+/$")
_OWNER = re.compile(r"\b(?:owner|organi[sz]ation|org|namespace|workspace|account|group)\b")
_OWNED = re.compile(r"^\W*(?:the )?(?:name of (?:the|a) )?(?:repo(?:sitory)?|project|package|image)(?: name)?\W*$")
_PEOPLE_OF = re.compile(r"\b(?:i'm|i am|we're|we are|he's|he is|she's|she is|they're|they are)(?: a| an)? $")


def is_aside(text: Mentions, value: str | int | float, described: str) -> bool:
    """Whether wherever it stands as written the words around it tell that something else is meant."""
    written = fold(value) if isinstance(value, str) else f"{value:g}"
    source = text.folded if isinstance(value, str) else text.in_digits
    places = places_of(written, source)
    if isinstance(value, str) and value[:1].isdigit() and not places:
        places = [(day.start, day.end) for day in text.dates] + [(time.start, time.end) for time in text.times]
        source = text.in_digits
    return bool(places) and all(stands_aside(source, start, end, value, described) for start, end in places)


def stands_aside(source: str, start: int, end: int, value: str | int | float, described: str) -> bool:
    clause = re.split(r"[,;.!?]\s|\b(?:and|but)\b", source[:start])[-1]
    is_name = isinstance(value, str) and kinds.is_name(value)
    if not is_name and _OWN.search(described) and _OF_KIN.search(clause) and not re.search(KIN, described):
        return True
    is_dated = isinstance(value, str) and value[:1].isdigit()
    if is_dated:
        return _BOUND.match(source, end) is not None
    if (referred := _REFERRED.search(source, 0, start)) and referred["how"] not in described:
        return True
    if not isinstance(value, str):
        if _OUT_OF.search(source, 0, start):
            return _RATING.search(described) is not None
        return bool(described) and _LIMIT.search(source, 0, start) is not None and not _LIMITS.search(described)
    if _OWNER.search(described) and _BEHIND_OWNER.search(source, 0, start):
        return True
    if _OWNED.search(described) and re.match(r"/\w", source[end:]) and source[start - 1 : start] != "/":
        return True
    if _RELAYED.match(source, end) and not _SOURCE.search(described):
        return True
    if _MATCHED.search(clause) and re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)*", value):
        return True
    if value.isalpha() and _OLD_ONE.search(clause):
        return True
    if _KIN_BEHIND.match(source, end):
        return True  # my Spanish friend
    if "language" in described and _PEOPLE_OF.search(source, 0, start):
        return True
    label = _LABEL.search(source, 0, start) if described and _CODE.fullmatch(value) else None
    return label is not None and not any(
        roles.is_like(stem(label[1]), stem(word)) for word in re.findall(r"[a-z]+", described)
    )
