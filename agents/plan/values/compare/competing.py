"""Whether a value that a text says is said of something else than what its schema asks for.

"It leaves at 11:15 and gets in at 12:40" says both times, but 11:15 is no arrival.
"""

import re
from collections.abc import Callable
from functools import cache

from agents.plan.values.answer import Answer
from agents.plan.values.compare import aside, corrected, counted, journeys, kinds, members, names, past, roles, wished
from agents.plan.values.language import contraries
from agents.plan.values.language.schema_units import unit_of_schema
from agents.plan.values.language.spelling import fold, stem, value_words, word_set
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

Compare = Callable[..., Answer]


def is_of_other(
    text: Mentions, value: str | int | float, schema: Schema | None, described: str, key: str, compare: Compare
) -> bool:
    """Whether what the value is for has another value of its kind in this text, or the value is said of another."""
    label = roles.value_of_label(text, described, value)
    if label and compare(label) is not Answer.SAYS:
        return True
    described = fold(described).replace("_", " ")
    compare = cache(compare)  # each clause is asked for several reasons
    is_free = kinds.is_name(value) and not (schema and "enum" in schema)
    if corrected.is_corrected(text, value, schema, compare) or (
        is_free and names.is_no_own_name(text, str(value), described, roles.role_of(schema, key))
    ):
        return True
    if len(text.text) >= 400 or "\n" in text.text:
        return False  # in a talk of several turns it may be said once more elsewhere
    clauses = [read(clause) for clause in roles.CLAUSE.split(text.text) if clause.strip()]
    if kinds.is_name(value) and is_other_name(text, str(value), schema, described, key, compare):
        return True
    is_wished = None if key else wished.is_wished(text, value, schema, described, compare)
    if is_wished is not None:
        return not is_wished and not corrected.is_better(text, compare)
    if (is_other := is_other_end_of_change(text, described, compare)) is not None:
        return is_other
    if is_told_of_other(text, clauses, value, schema, described, compare):
        return True
    if isinstance(value, str) and (is_other := journeys.is_other_end(text, value, described, compare)) is not None:
        return is_other
    if text.has_correction or corrected.is_better(text, compare):
        return False
    if isinstance(value, int | float) and counted.is_of_other(text, value, described, schema, key):
        return True
    return kinds.has_several_of(text, value) and is_rival_meant(text, clauses, value, schema, described, key, compare)


def is_told_of_other(
    text: Mentions,
    clauses: list[Mentions],
    value: str | int | float,
    schema: Schema | None,
    described: str,
    compare: Compare,
) -> bool:
    """Whether the words around it tell that it is for something else, even where it stands alone."""
    unit, factor = ("", 1.0) if isinstance(value, str) else unit_of_schema(schema)
    is_sure = not isinstance(value, str) and kinds.is_alone_in_unit(text, value, unit, factor)
    return (
        (not is_sure and has_other_role(clauses, value, described, unit, compare))
        or aside.is_aside(text, value, described)
        or past.is_left_behind(text, clauses, value, described, compare)
        or is_of_other_verb(clauses, value, described, compare)
        or is_other_edge(text, value, described)
    )


_EDGES = (
    re.compile(r"\b(?:from|starting|beginning|ab|vom|du|desde|dal|dalle|vanaf) (?:(?:on|the|dem|den|le|el|il) )*$"),
    re.compile(r"\b(?:until|till?|through|bis(?: zum)?|jusqu'au|hasta|fino al|tot|ate) (?:(?:the|le|el|il) )*$"),
)
_LASTING = (
    frozenset(("check-out", "ending", "inbound", "handing-back")),
    frozenset(("check-in", "beginning", "collecting")),
)


def is_other_edge(text: Mentions, value: str | int | float, described: str) -> bool:
    """Whether a day or time begins what the end of is asked for, or ends it: from the 12th for three nights."""
    asked = {own.name for own, _ in contraries.roles_in(described)} if isinstance(value, str) else set[str]()
    edge = next((edge for edge, names in zip(_EDGES, _LASTING, strict=True) if asked & names), None)
    places = kinds.places_of_kind(text, value, "") if edge else []
    own = [place for place in places if kinds.is_at(place, value, 1.0)]
    return edge is not None and bool(own) and all(edge.search(text.in_digits, 0, start) for start, *_ in own)


def is_other_end_of_change(text: Mentions, described: str, compare: Compare) -> bool | None:
    """Whether it is what a change is from, where what it is to is asked for, or the other way round; None: neither."""
    if ends := roles.ends_of_change(text, described):
        own_end, other_end = map(compare, ends)
        if Answer.SAYS in (own_end, other_end):
            return own_end is not Answer.SAYS
    asks_for_old = roles.OLD.search(described) or roles.STARTS.search(described)
    if described and not asks_for_old and (change := roles.change_in(text)):
        old, new = map(compare, change)
        if Answer.SAYS in (old, new) and old is not new:
            return old is Answer.SAYS
    return None


def is_rival_meant(
    text: Mentions,
    clauses: list[Mentions],
    value: str | int | float,
    schema: Schema | None,
    described: str,
    key: str,
    compare: Compare,
) -> bool:
    """Of several values of its kind in one utterance, whether another one is asked for, or nothing tells which."""
    if is_labelled_otherwise(text, value, schema, key):
        return True
    if isinstance(value, int | float) and kinds.is_alone_in_unit(text, value, *unit_of_schema(schema)):
        return False
    if (is_first := roles.is_start(described)) is not None:
        place = kinds.place_in_range(text, value, *unit_of_schema(schema))
        if place is not None:
            return (place == 0) != is_first
    sides = roles.sides_of(text, described)
    if sides and kinds.holds_kind_of(sides[0], value):
        own_side, other_side = (compare(side) for side in sides)
        is_off = own_side is Answer.DOES_NOT or (isinstance(value, str) and not value[:1].isdigit())
        # the whole says it: what the one side rules out is on the other
        if is_off and own_side is not Answer.SAYS and (own_side is Answer.DOES_NOT or other_side is Answer.SAYS):
            return True
    own, others = roles.clauses_of(text, clauses, roles.role_of(schema, key))
    dimension = "" if isinstance(value, str) else unit_of_schema(schema)[0]
    rivals = {compare(clause) for clause in own if kinds.holds_kind_of(clause, value, dimension)}
    return rivals == {Answer.DOES_NOT} and any(compare(clause) is Answer.SAYS for clause in others)


_TO_DO = re.compile(r"\bto (?:be )?([a-z]{4,})")
_NO_VERBS = frozenset(("and", "also", "plus", "then", "maybe", "the", "a", "my", "with", "or", "in", "on", "at", "for"))


def is_of_other_verb(clauses: list[Mentions], value: str | int | float, described: str, compare: Compare) -> bool:
    """Whether another of its kind stands with what is to be done, and this one with something else to do.

    Of "revert a1b2c3d, keep 9f8e7d6" the second is not what is to be reverted.
    """
    verb = _TO_DO.search(described)
    if members.drops(described):
        own = [clause for clause in clauses if members.drops(clause.folded)]
    else:
        own = [clause for clause in clauses if verb and roles.has_role_word(clause, frozenset((stem(verb[1]),)))]
    if not any(kinds.holds_kind_of(clause, value) for clause in own):
        return False
    holding = [clause for clause in clauses if compare(clause) is Answer.SAYS]
    firsts = [(*clause.words, "and")[0] for clause in holding]
    return bool(holding) and not any(
        clause in own or first in _NO_VERBS or first in value_words(str(value))
        for clause, first in zip(holding, firsts, strict=True)
    )


_NO_LABELS = word_set("""
    date time at on day of the start end first last new old from to begin until min max
""")  # fmt: skip


def is_labelled_otherwise(text: Mentions, value: str | int | float, schema: Schema | None, key: str) -> bool:
    """Whether what the value is called stands right before another day or time: "dated the 1st, due on the 15th"."""
    called = value_words(f"{(schema or {}).get('title') or key}")
    name = [stem(word) for word in called if word not in _NO_LABELS]
    places = kinds.places_of_kind(text, value, "") if isinstance(value, str) and len(name) == 1 else []
    if len({what for *_, what in places}) < 2:
        return False
    labels = [m.end() for m in re.finditer(r"[^\W\d_]+", text.in_digits) if roles.is_like(name[0], stem(m[0]))]
    behind = [place for place in places if labels and place[0] >= labels[-1]]
    clause = clause_at(text.in_digits, behind[0][0]) if behind else ""
    return (
        bool(behind) and text.in_digits[labels[-1] : behind[0][0]] in clause and not kinds.is_at(behind[0], value, 1.0)
    )


def clause_at(text: str, place: int) -> str:
    """The clause that this place is in."""
    ends = [match.span() for match in roles.CLAUSE.finditer(text)]
    start = max((end for _, end in ends if end <= place), default=0)
    return text[start : min((begin for begin, _ in ends if begin > place), default=len(text))]


def is_other_name(text: Mentions, name: str, schema: Schema | None, described: str, key: str, compare: Compare) -> bool:
    """Whether a name is not the one that is asked for: out sick, turned down, or only spoken of beside another."""
    clauses = [read(clause) for clause in roles.CLAUSE.split(text.text) if clause.strip()]
    turned_down = [clause for clause in clauses if members.turns_down(clause.folded)]
    if turned_down and kinds.count_of_names(text, name):
        holding = [clause for clause in clauses if compare(clause) is Answer.SAYS]
        if holding and all(clause in turned_down for clause in holding):
            return True  # flights to Bogota are too expensive, try Medellin
    role = roles.role_of(schema, key)
    return is_only_spoken_of(text, name, role, described)


_TELLS = re.compile(
    r"(?! (?:are|were|have|sind|haben|sont|ont|son|sono|should|will|can|could|must|shall|may|is to|has to|would"
    r"|soll|kann|muss|wird|doit|peut|va|debe|puede|deve|puo"
    r"|moet|kan|here|speaking|calling|and|or|und|et|y|e|with|at|in|on|for|please|by|from|to|into|of|auf|zu[mr]?|im|am"
    r"|f[uü]r|mit|an|nach|von|aus|bei|bitte|aux?|à|a (?:la|los|las)|al|sur|pour|dans|chez|avec|en|con|del?|alla|all'"
    r"|nel\w*|su|sul\w*|per|till|på|pa|i|för|med|op|aan|voor|met|naar|do|na|this|next"
    r"|today|tonight|tomorrow|now|later|soon|too|also|as|heute|morgen|demain"
    r"|manana|hoy|domani|oggi)\b)(?:'s| [a-zà-ÿ]+)"
)


def is_only_spoken_of(text: Mentions, name: str, role: frozenset[str], described: str) -> bool:
    """Whether a name begins a clause that tells what it did or is, or did it (`by Tom`), and another name stands here.

    Not where the clause has a word for what is asked for: "Tom is the owner".
    """
    if kinds.count_of_names(text, name) < 1:
        return False
    holding = [clause for clause in roles.CLAUSE.split(text.text) if name in clause]
    for clause in holding:
        before, _, behind = clause.partition(name)
        tells = not re.search(r"\w", before) and _TELLS.match(behind)
        is_done_by = before.endswith(("by ", "durch ")) and not _BY.search(described)
        if not (tells or is_done_by) or roles.has_role_word(read(clause.replace(name, "")), role):
            return False
    return bool(holding)


_BY = re.compile(
    r"\b(?:by|author|sender|creator|artist\w*|band|singer|perform\w*|compos\w*|director|writer|brand|maker"
    r"|manufacturer|publisher|report\w+|referr\w+|origin)\b"
)


def has_other_role(
    clauses: list[Mentions], value: str | int | float, described: str, dimension: str, compare: Compare
) -> bool:
    """Whether it has a role that excludes the one that is asked for, or another of its kind has that one alone."""
    asked = contraries.roles_in(described)
    holding = [clause for clause in clauses if asked and compare(clause) is Answer.SAYS]
    for own, others in asked if holding else ():
        if own.name.startswith("n-") and isinstance(value, str):
            continue  # what is counted
        if all(contraries.role_beside(around(clause, value), (own, *others)) in others for clause in holding):
            return True
        rivals = [
            clause for clause in clauses if clause not in holding and kinds.holds_kind_of(clause, value, dimension)
        ]
        is_named = any(own.pattern.search(clause.folded) and compare(clause) is Answer.DOES_NOT for clause in rivals)
        if is_named and not any(own.pattern.search(clause.folded) for clause in holding):
            return True  # bought in 2020, built in 2019
    return False


def around(clause: Mentions, value: str | int | float) -> tuple[str, str]:
    """What stands before the value in its clause and behind it, without what belongs to others of its kind."""
    numbers = [(a.start, a.end, a.value) for a in clause.amounts if not a.withdrawn]  # whatever their unit
    places = kinds.places_of_kind(clause, value, "") if isinstance(value, str) else numbers
    own = [place for place in places if kinds.is_at(place, value, 1.0)]
    if len(own) == 1:
        before = max((end for _, end, _ in places if end <= own[0][0]), default=0)
        behind = min((start for start, *_ in places if start >= own[0][1]), default=len(clause.in_digits))
        return clause.in_digits[before : own[0][0]], _TO_NEXT.sub("", clause.in_digits[own[0][1] : behind])
    name = fold(value) if isinstance(value, str) else ""
    first, here, rest = clause.folded.partition(name) if name else (clause.folded, "", "")
    return (first, rest) if here else (clause.folded, "")


_TO_NEXT = re.compile(r"(?:^|\s)(?:to|until|till|bis|au|a|hasta|al|ate|tot|do|till)\s+(?:the )?$")
