"""Whether a text says all items of a list at once: pages 1 to 3, all of them, weekdays, Monday to Friday."""

import re
from collections.abc import Sequence

from pydantic import JsonValue

from agents.plan.values.answer import Answer
from agents.plan.values.compare import codes, counted, listings, members, roles
from agents.plan.values.language import contraries
from agents.plan.values.language.schema_units import is_for_leaving_out, words_for
from agents.plan.values.language.spelling import fold, stem, tokens, value_words, word_set
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

_ALL = re.compile(
    r"\b(?:all|both|every one|each of|everything|the whole lot|alle|beide|saemtliche|tou(?:te)?s|les deux|tod[oa]s"
    r"|ambos|las dos|los dos|tutt[ei]|entramb[ei]|allemaal|os dois)\b"
)
_TO = r" ?(?:-|to|through|thru|till|until|up to|bis|a|au|al|hasta|ate|tot|t/m|から|到|至|~) ?"
_BUT = re.compile(r"\b(?:but|except|without|not|apart|ausser|sauf|excepto|tranne|behalve|ohne|sans|sin)\b")


def says_several(text: Mentions, items: Sequence[JsonValue], schema: Schema | None) -> Answer | None:
    """None where the items are to be looked for one by one."""
    if len(text.text) > 400 or len(items) < 2:
        return None
    days = [codes.weekday_of(item) for item in items if isinstance(item, str)]
    if len(days) == len(items) and None not in days:
        if any(_UNWANTED.search(clause) for clause in roles.CLAUSE.split(text.folded)):
            return None
        named = codes.weekdays_of(text.without_denials[1] or text)
        return Answer.of(named == set(days), rules_out=named) if named else None
    names = {*map(str, items)}
    if names <= members.SIZES.keys() and members.sizes_in(text) == names:
        return Answer.SAYS
    allowed = ((schema or {}).get("items") or {}).get("enum") if schema else None
    is_whole = isinstance(allowed, list) and {*map(str, allowed)} == names
    if is_whole and _ALL.search(text.folded) and not _BUT.search(text.folded):
        return Answer.SAYS
    parts = [re.fullmatch(r"(.*?)(\d+)", str(item)) for item in items]
    if len(items) > 2 and all(parts) and len({part[1] for part in parts if part}) == 1:
        numbers = [int(part[2]) for part in parts if part]
        if numbers == [numbers[0] + n for n in range(len(numbers))]:
            prefix = re.escape(parts[0][1].lower()) if parts[0] else ""
            ends = rf"(?<![\d.]){prefix}0*{numbers[0]}{_TO}(?:{prefix})?0*{numbers[-1]}(?![\d.]\d|\d)"
            return Answer.SAYS if re.search(ends, text.in_digits) else None
    wanted = [float(item) for item in items if isinstance(item, int | float)]
    for run in _BY.findall(text.in_digits) if len(wanted) == len(items) else ():  # 60 by 40 by 30, in that order
        measured = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", run)]
        if sorted(measured) == sorted(wanted):
            return Answer.SAYS if measured == wanted else Answer.CANNOT_TELL
    spans = [range(int(first), int(last) + 1) for first, last in _SPAN.findall(text.in_digits)]
    if spans and all(type(item) is int for item in items) and len(spans[0]) < 100:
        told = {number for span in spans for number in span} | {int(a.value) for a in text.amounts if not a.dimension}
        # of chapters 4 to 6 the fifth is one as well; two numbers may be the range itself
        is_cut = len(items) > 2 and any(
            {span[0], span[-1]} <= {*items} and not {*items} >= {*span} for span in spans if span
        )
        return Answer.SAYS if told == {*items} else Answer.CANNOT_TELL if is_cut else None
    return None


_BY = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?(?: ?(?:x|×|by|mal|par|por|per|auf|op|na) ?\d+(?:\.\d+)?)+(?![\w.,]*\d)")
_SPAN = re.compile(rf"(?<![\d.,:/-])(\d{{1,4}}){_TO}(\d{{1,4}})(?![\d.,:/-]*\d)")
_UNWANTED = re.compile(
    r"\b(?:(?:doesn't|don't|does not|do not|needn't|need not|won't) (?:need|have|want|be|come|make)|(?:can"
    r"|may) (?:skip|stay|wait|go)|(?:isn't|aren't|is not|are not|wasn't) (?:\w+ )?(?:necessary|needed|required"
    r"|important|invited|coming|there|wanted|urgent)|(?:was|were) (?:\w+ )?(?:done|cleaned|finished|sent|bought)|(?:is"
    r"|are) (?:away|off|out|sick|already|still)|not (?:so much|really|at all)|less so|rather not|better not|(?:doesn't"
    r"|don't|won't|isn't|aren't|can't)(?=\W*$)|haben wir (?:noch|schon)|brauch\w* (?:\w+ )?(?:nicht|kein\w*)"
    r"|kommt nicht|ist nicht|on en a (?:encore|deja)|n'est pas|ne vient pas|ya tenemos|no hace falta|no viene"
    r"|l'abbiamo gia|non serve|non viene|ja temos|nao precisa|hebben we (?:nog|al)|hoeft niet)(?!\w)"
)
_OF_ITS_OWN = re.compile(
    r", (?:the )?([^\W_]+)(?:'s| (?:is|was|has|had|got|can|will|does|did|ist|war|hat|wird|est|a|es|ha|e|\w+n't"
    r"|\w{3,}(?:[^s]s|ed)))(?!\w)"
)
"""Of the last thing behind a comma something is told: staging and prod, dev is frozen."""
_OTHER_SUBJECT = re.compile(
    r" ?(?:the|my|our|his|her|die|der|das|le|la|el|il|de|het) \w+ (?:is|are|was|were|ist|sind"
    r"|est|sont|es|son|e|sono)\b"
)
_ALLERGY = re.compile(r"\b(?:allerg\w*|intoleran\w*|avoid\w*|exclud\w*|dislik\w*|forbidden|unvertraglich\w*)\b")
_HARMLESS = re.compile(
    r"\b(?:(?:is|are) (?:\w+ )?(?:fine|ok|okay|no problem|alright|all right|good)|(?:can|may) (?:have|eat)"
    r"|kein problem|in ordnung|pas de probleme|no hay problema|nessun problema|va bene|geen probleem)\b"
)


def is_unwanted(text: Mentions, item: str | int, schema: Schema | None) -> bool:
    """Whether all clauses with an item of a list tell that it is not wanted: invite Anna, Ben doesn't need to come."""
    if len(text.text) > 400:
        return False
    wanted = value_words(str(item))
    clauses = roles.CLAUSE.split(text.folded if isinstance(item, str) else text.in_digits)
    holding = [clause for clause in clauses if wanted and wanted[0] in clause]
    if not holding or len(holding) == len(clauses):
        return False
    for own, others in contraries.roles_in(words_for(schema)):
        if all(contraries.role_beside((clause, ""), (own, *others)) in others for clause in holding):
            return True  # files to delete: b.txt should stay
    role = roles.words_of_role(words_for(schema))
    if all(_OTHER_SUBJECT.match(clause) and not roles.has_role_word(read(clause), role) for clause in holding):
        return True  # subtitles in German, the audio is French
    harmless = _HARMLESS if _ALLERGY.search(words_for(schema)) else _UNWANTED
    if all(_UNWANTED.search(clause) or harmless.search(clause) for clause in holding):
        return True
    if members.drops(words_for(schema)):  # of "add Ana, remove Bo" Ana is not to be removed
        verbs = [(*tokens(clause), "and")[0] for clause in holding if not members.drops(clause)]
        return (
            any(map(members.drops, clauses))
            and len(verbs) == len(holding)
            and not {*verbs} & ({*_JOINING, *wanted} - {"add", "include"})
        )
    return all(members.drops(clause) or members.DENIED.match(clause.partition(wanted[0])[2]) for clause in holding)


def are_labelled_otherwise(text: Mentions, items: Sequence[JsonValue], schema: Schema | None) -> bool:
    """Whether a number stands behind the label of another: of [latitude, longitude] in "longitude 52.52"."""
    listed = re.search(r"[\[(]?\b([a-z]+)((?:, ?[a-z]+)+)\b[\])]?$", words_for(schema).strip(" ."))
    labels = re.findall(r"[a-z]+", listed[0]) if listed else []
    if len(labels) != len(items):
        return False
    named = {label: {a.value for a in text.amounts if counted.is_labelled(text, a, label)} for label in labels}
    return any(named[label] and item not in named[label] for label, item in zip(labels, items, strict=True))


def stand_together(text: Mentions, items: Sequence[JsonValue], schema: Schema | None) -> bool:
    """Whether all items are named in one breath: of "eggs yes, milk no" each clause tells something of its own."""
    if len(text.text) > 400 or len(items) < 2 or not all(isinstance(item, str) for item in items):
        return True
    own = [stem(match[1]) for match in _OF_ITS_OWN.finditer(text.folded)]
    listing = listings.listing_of(text, items)
    if listing and listing.is_closed and not any(word in fold(str(item)) for word in own for item in items):
        return True
    wanted = [set(value_words(str(item))) for item in items]
    named = set[str]().union(*wanted) | {stem(word) for words in wanted for word in words}
    role = roles.words_of_role(words_for(schema))
    clauses = [tokens(clause) for clause in roles.CLAUSE.split(text.folded)]
    holding = [words for words in clauses if any(words_of_item & set(words) for words_of_item in wanted)]
    joining = _JOINING | _DENYING if is_for_leaving_out(schema) else _JOINING
    rests = [[word for word in words if not {word, stem(word)} & named and word not in joining] for words in holding]
    is_shared = not any(rests[:1]) or (
        all(any(roles.is_like(part, stem(word)) for part in role) for word in rests[0])
        and {holding[-1][0], stem(holding[-1][0])} & named
    )
    is_shared = is_shared and named.isdisjoint(own)
    if is_shared and not re.search(r"[.;!?-]\s", text.folded):
        return True  # Anna and Ben have to know: what is told of the last is told of all
    return all(any(roles.is_like(part, stem(word)) for part in role) for rest in rests[1:] for word in rest)


_DENYING = frozenset(("no", "not", "nor", "any", "without", "keine", "ohne", "sans", "sin", "senza"))
_JOINING = word_set("""
    a an the some also too as well both and or please thanks with of to in on my our plus then maybe s that it all those
    these another one more add include just
""")  # fmt: skip
