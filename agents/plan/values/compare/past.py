"""What a text says only of before, or only to turn it down: it used to be nine; Wednesday is bad, but Thursday?"""

import re
from collections.abc import Callable
from functools import lru_cache

from agents.plan.values.answer import Answer
from agents.plan.values.compare import kinds, members, roles
from agents.plan.values.language.spelling import fold
from agents.plan.values.reading.mentions import Mentions

Compare = Callable[[Mentions], Answer]
_GONE = re.compile(
    r"(?:\b|(?=n't ))(?:used to|no longer|previously|formerly|originally|initially|until now|up to now|so far"
    r"|in the past|at first|(?:was|were|i'd been) (?:going|supposed|meant) to|had (?:planned|thought|wanted|asked"
    r"|hoped)|(?:first|once) (?:thought|planned|wanted|said|meant)|not .*any ?more|n't .*any ?more|bisher\w*|fruher"
    r"|ursprunglich|zuerst|anfangs|bislang|nicht mehr|avant|jusqu'ici|jusqu'a present|d'abord|au debut|ne \w+ plus"
    r"|hasta ahora|al principio|antes|ya no|finora|inizialmente|all'inizio|prima|non \w+ piu|ate agora|inicialmente"
    r"|tot nu toe|eerst|vroeger|niet meer|dawniej|wczesniej|dotychczas|poczatkowo|tidigare|forut|forst|hittills)\b"
)
_BEFORE = re.compile(
    r"\b(?:was|were|had|before|already|yesterday|last (?:time|year|month|week|night)|the other day|war|waren|hatte\w*"
    r"|schon|bereits|gestern|letztes (?:mal|jahr)|etait|avions|deja|hier|l'an dernier|era|eran|ayer|la ultima vez"
    r"|el ano pasado"
    r"|ieri|l'anno scorso|ontem|ano passado|gisteren|vorig jaar|vorige keer|wczoraj|ostatnio|juz|igar|forra)\b"
)
_WAS = re.compile(r"\b(?:was|were|war|waren|etait|etaient|era|eran|erano|eram|byl[aoy]?|var)\b")
_NOW = re.compile(
    r"\b(?:now|so|this time|this year|today|instead|jetzt|nun|heute|diesmal|dieses jahr|maintenant|cette fois"
    r"|aujourd'hui"
    r"|ahora|hoy|esta vez|este ano|adesso|oggi|stavolta|quest'anno|agora|hoje|desta vez|nu|vandaag|dit jaar|deze keer"
    r"|teraz|dzis|tym razem|idag|i dag|i ar|wants?|need|want|more|other|new|come|comes|better|rather|'?ll|will)\b"
)
_OLD = re.compile(
    r"\b(?:old|current\w*|previous\w*|former\w*|existing|past|last|original\w*|before|from|since|history|alt\w*"
    r"|bisherig\w*|ancien\w*|actuel\w*|anterior\w*|actual|precedent\w*|attuale|vecchi\w+|antig\w+|vorige?|huidig\w*"
    r"|obecn\w*|nuvarande)\b"
)


def is_left_behind(
    text: Mentions,
    clauses: list[Mentions],
    value: str | int | float,
    described: str,
    compare: Compare,
) -> bool:
    """Whether all clauses with the value speak of what was, or turn it down, where another of its kind stands apart."""
    # most clauses speak of nothing of the kind, and need not be compared
    if _OLD.search(described) or not any(speaks_of_past(clause.folded) for clause in clauses):
        return False
    apart = [(clause, compare(clause) is Answer.SAYS) for clause in clauses]
    holding = [clause.folded for clause, says in apart if says]
    if not holding:
        return False
    if all(_GONE.search(clause) for clause in holding):
        return True
    rest = [clause for clause, says in apart if not says and kinds.holds_kind_of(clause, value)]
    if not rest:
        return False
    if roles.asks_for_new(described) and all(_WAS.search(clause) for clause in holding):
        return any(not _WAS.search(clause.folded) for clause in rest)
    is_dated = isinstance(value, str) and kinds.is_dated(value)
    if not is_dated and all(_BEFORE.search(clause) for clause in holding):
        return any(_NOW.search(clause.folded) and not _BEFORE.search(clause.folded) for clause in rest)
    if all(members.turns_down(clause) for clause in holding):
        return True
    name = fold(f"{value}")
    rests = [clause.replace(name, "") for clause in holding if name in clause]
    is_kept = not described.strip() or members.drops(described) or any(members.drops(c.folded) for c in rest)
    return (
        not is_kept
        and len(rests) == len(holding)
        and all(members.drops(clause, orders=False) or members.DENIED.match(clause) for clause in rests)
    )


@lru_cache(maxsize=16384)
def speaks_of_past(clause: str) -> bool:
    """Whether a folded clause speaks of what was, or turns something down."""
    tells = any(pattern.search(clause) for pattern in (_GONE, _WAS, _BEFORE))
    return tells or members.turns_down(clause) or members.drops(clause) or bool(members.DENIED.search(clause))
