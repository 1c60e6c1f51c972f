"""Which of several values of one kind is wished for: of "scale it to 5, we have 3 right now" the first."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from agents.plan.values.answer import Answer
from agents.plan.values.compare import addresses, counted, kinds, members, roles
from agents.plan.values.language import contraries
from agents.plan.values.language.moods import GOES_ON, Mood, joints_of, mood_of, wishes
from agents.plan.values.language.schema_units import unit_of_schema, words_for
from agents.plan.values.language.spelling import fold, stem
from agents.plan.values.reading.amounts import Amount
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

Compare = Callable[..., Answer]
_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_NOUN = re.compile(r"\d (?:more |new |other )?[^\W\d_]{3,}s\b")
_BACK = re.compile(r"\w (?:it|that|this|them|one|ones|es|ihn|le|la|lo|het)\b")
"""An order about what was named before."""


_AS_IT_IS = re.compile(
    r"\b(?:old|current\w*|previous\w*|former\w*|existing|present|so far|before|bisherig\w*|aktuell\w*|actuel\w*"
    r"|anterior|actual|caller|requester|your|attuale|huidig\w*|obecn\w*)\b"
)


class Clause(NamedTuple):
    folded: str
    mood: Mood
    is_own: bool
    has_rival: bool
    goes_on: bool
    """Whether a word for `and` stands before it."""


def is_wished(
    text: Mentions, value: str | int | float, schema: Schema | None, described: str, compare: Compare
) -> bool | None:
    """Whether of several of its kind it is the one that is asked for; None where no clause tells more than another."""
    is_free = not (isinstance(value, str) and (members.is_member(value, schema) or value.replace(" ", "").isalpha()))
    if not described.strip() or (is_free and kinds.count_of_kind(text, value) < 2) or _AS_IT_IS.search(described):
        return None
    joints = [*joints_of(text.language).finditer(text.text)]
    ends = [0, *(end for joint in joints for end in joint.span()), len(text.text)]
    parts = [read(text.text[start:end]) for start, end in zip(ends[::2], ends[1::2], strict=True)]
    if len(parts) < 2 or (not isinstance(value, str) and min(mood_of(part.folded) for part in parts) >= Mood.BARE):
        return None  # most utterances, which need not be read in digits for it
    marks = marks_of(value)
    marked = [marks.sub("@@", part.folded) if marks else part.in_digits for part in parts]
    moods = list(map(mood_of, marked))
    if min(moods) >= Mood.BARE:
        return None
    own = [compare(part) is Answer.SAYS for part in parts]
    is_any = not isinstance(value, str) and all(
        is_own <= (_NOUN.search(part.in_digits) is None) for part, is_own in zip(parts, own, strict=True)
    )
    rival = [
        not is_own and names_rival(part, value, schema, described, compare, is_any)
        for part, is_own in zip(parts, own, strict=True)
    ]
    if not any(own) or not any(rival):
        return None
    goes_on = [False, *(GOES_ON.fullmatch(joint[0]) is not None for joint in joints)]
    clauses = [Clause(*clause) for clause in zip(marked, moods, own, rival, goes_on, strict=True)]
    return weigh([*bound_together(clauses, is_number=not isinstance(value, str))], schema, described)


def is_wished_alone(text: Mentions, value: str | int | float, schema: Schema | None, compare: Compare) -> bool:
    """Whether the clause that asks has a number or a day that the whole leaves open: it has 512 MB, give it 1024."""
    if len(text.text) >= 400 or "\n" in text.text or text.has_correction:
        return False
    if isinstance(value, str) and not kinds.is_dated(value):
        return False
    return is_wished(text, value, schema, fold(words_for(schema)), compare) is True


def bound_together(clauses: Sequence[Clause], is_number: bool) -> Sequence[Clause]:
    """Clauses with the mood of what they belong to: numbers of one list, and what an order speaks of without a name."""
    bound = list(clauses)
    for place in range(len(bound)):
        clause, before = bound[place], bound[place - 1] if place else None
        if before and clause.goes_on and before.mood < Mood.BARE <= clause.mood and not wishes(clause.folded):
            together = f"{before.folded} {clause.folded}" if clause.mood is Mood.BARE else clause.folded
            bound[place] = clause._replace(folded=together, mood=before.mood)  # we arrive on Monday and leave on Friday
        elif (
            clause.mood is Mood.BARE and before and before.mood is Mood.WISHED and not before.is_own | before.has_rival
        ):
            bound[place] = clause._replace(mood=Mood.WISHED)  # could you help me out, two rooms
        elif is_number and before and clause.mood is Mood.BARE and len(clause.folded.split()) < 3:
            bound[place] = clause._replace(mood=before.mood)  # the coordinates are 48.2, 16.4
        elif clause.mood is Mood.WISHED and not clause.is_own | clause.has_rival and _BACK.search(clause.folded):
            last = next((n for n in range(place - 1, -1, -1) if bound[n].is_own | bound[n].has_rival), None)
            if last is not None:  # just now it was 37.9, log that
                bound[last] = bound[last]._replace(mood=Mood.WISHED)
    return bound


def weigh(clauses: Sequence[Clause], schema: Schema | None, described: str) -> bool | None:
    own = max(clause.mood for clause in clauses if clause.is_own)
    best = max(clause.mood for clause in clauses if clause.has_rival)
    own_speaks, rival_speaks = (
        any(speaks_of_it(clause.folded, schema, described) for clause in clauses if clause[which]) for which in (2, 3)
    )
    is_sure = own is Mood.WISHED and best < Mood.BARE
    if is_sure or (own >= Mood.STATED and (best is Mood.OTHERS or (best <= Mood.TOLD and own_speaks >= rival_speaks))):
        return True
    if own >= Mood.BARE:
        return None
    is_outdone = own is Mood.OTHERS or (best is Mood.WISHED and (own is Mood.PAST or roles.asks_for_new(described)))
    if own_speaks and not is_outdone:
        return None
    least = Mood.WISHED if own is Mood.STATED else own + 1
    return False if best >= least or (rival_speaks and not own_speaks and best >= Mood.TOLD) else None


def speaks_of_it(clause: str, schema: Schema | None, described: str) -> bool:
    """Whether a clause has a word for what is asked for."""
    role = [word for word in roles.role_of(schema) if len(word) > 3]
    stems = [stem(word) for word in re.findall(r"[^\W\d_]{3,}", clause)]
    if any(roles.is_like(wanted, word) for wanted in role for word in stems):
        return True
    return any(own.pattern.search(clause) for own, _ in contraries.roles_in(described)) or (
        "total" in described and "total" in clause
    )


def marks_of(value: str | int | float) -> re.Pattern[str] | None:
    """Where the value stands as written, and others that look like it."""
    if not isinstance(value, str):
        return None
    if "@" in value:
        return re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
    if re.search(r"\d", value):
        return kinds.pattern_of_shape(value)
    return re.compile(rf"(?<!\w){re.escape(fold(value))}(?!\w)")


def names_rival(
    part: Mentions, value: str | int | float, schema: Schema | None, described: str, compare: Compare, is_any: bool
) -> bool:
    if not isinstance(value, str):

        def is_foreign(amount: Amount) -> bool:
            noun = re.match(r" (?:more |new |other )?([^\W\d_]{3,}s)\b", part.in_digits[amount.end :])
            return noun is not None and counted.is_foreign_noun(noun[1], described)

        dimension = unit_of_schema(schema)[0]
        return any(
            amount.dimension in ("", dimension) and (is_any or not is_foreign(amount)) for amount in part.amounts
        )
    if schema and members.is_member(value, schema):
        return any(compare(part, other) is Answer.SAYS for other in schema["enum"] if other != value)
    if addresses.PHONE.fullmatch(value) and not _DATED.match(value):
        return addresses.PHONE.search(part.folded) is not None
    if value[0] == "#":
        return re.search(r"(?<!\w)#[a-z]", part.folded) is not None
    if value.isupper() and value.isalpha():
        return re.search(rf"\b[A-Z]{{{len(value) - 1},{len(value) + 1}}}\b", part.text) is not None
    return (len(value) > 3 or value[0].isupper() or value[0].isdigit()) and kinds.holds_kind_of(part, value)
