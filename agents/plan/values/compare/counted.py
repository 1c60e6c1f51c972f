"""What a number counts or numbers in a text: of "page 3, seven times" the 3 is no number of copies."""

import re
from collections.abc import Iterable
from itertools import pairwise

from agents.plan.values.compare import roles
from agents.plan.values.language import units
from agents.plan.values.language.moods import KIN
from agents.plan.values.language.schema_units import is_for_money, unit_of_schema
from agents.plan.values.language.spelling import stem, word_set
from agents.plan.values.language.vocabulary import languages_of
from agents.plan.values.reading.amounts import Amount
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

_COUNTED = re.compile(
    r"\b(?:number of|count|quantity|how many|anzahl|nombre de|cantidad|numero di|aantal|quantidade|times|copies"
    r"|how often|wie oft|combien de fois|cuantas veces|quante volte|hoe vaak)\b"
)
_NUMBERED = re.compile(
    r"\b(?P<noun>page|room|table|item|line|chapter|version|gate|platform|seat|row|number|nummer|numero|nr\.?|no\.?"
    r"|order (?:number|no\.?)|flight|bus|port|question|step|level"
    r"|door|house|apartment|flat|building|channel|track|tram|lane|seite|zimmer|tisch|kapitel|chambre|habitacion|mesa"
    r"|pagina|camera|tavolo|kamer|tafel)(?: (?:number|no\.?|nr\.?|nummer))? #?(?P<number>\d+)\b"
)
_PLACE_IN_CALENDAR = re.compile(
    r"\b(?:month|day|hour|week|year)\b.*(?:\b1 ?(?:to|-|–|through) ?(?:12|31|7|5[23])\b"
    r"|\bof the (?:month|year|week)\b)"
)
_TIME = re.compile(
    r"\b(?:nights?|days|weeks|months|years|hours|minutes|seconds|duration|length|nachte|tage|nuits|jours)\b"
)


def is_of_other(text: Mentions, value: float, described: str, schema: Schema | None, key: str) -> bool:
    """Of "print page 3 seven times" 3 is no number of copies, of "twice a day for 10 days" 10 no number of times."""
    numbered = [match for match in _NUMBERED.finditer(text.in_digits) if match["noun"] not in described]
    places = {match.start("number") for match in numbered}
    holding = {amount.start for amount in text.by_value.get(round(value, 9), ())}
    if _COUNTED.search(described) and holding and holding <= places:
        return True
    others = {m.start("number") for m in numbered if m["noun"][:3] not in ("num", "no", "no.", "nr", "nr.", "ite")}
    if described.strip() and holding and holding <= others:
        return True
    amounts = text.by_value.get(round(value, 9), ())
    is_count = _COUNTED.search(described) and not unit_of_schema(schema)[0]
    others_of = (
        units.CURRENCIES
        | {"length", "speed", "celsius", "fahrenheit", "%"}
        | ({"time"} - ((_TIME.search(described) and {"time"}) or set()))
    )
    if is_count and amounts and all(amount.dimension in others_of for amount in amounts):
        return True
    if _PLACE_IN_CALENDAR.search(described) and amounts and all(amount.dimension == "time" for amount in amounts):
        return True  # in six months is not in June
    if re.search(r"\bage\b", described) and amounts and all(86400 <= a.factor < units.YEAR for a in amounts):
        return True  # fifteen months old
    if holding and is_number_of_other(text, holding, described):
        return True
    if holding and all((per := _PER.match(text.in_digits, a.end)) and per[1] in described for a in amounts):
        return not _PER_WORDS.search(described)  # page 2, 30 per page
    timed = {a.start for a in text.amounts for time in text.times if time.bare and time.start <= a.start < time.end}
    if _COUNTED.search(described) and holding and holding <= timed and any(a.start not in timed for a in text.amounts):
        return True  # a table for 4 at 8
    is_measured = bool(amounts) and all(amount.dimension in _MEASURES for amount in amounts)
    if (
        is_measured
        and not unit_of_schema(schema)[0]
        and _RATE.search(described)
        and any(not amount.dimension for amount in text.amounts)
    ):
        return True  # of "pulse 58, weight 71 kg" 71 is no beats per minute
    if described.strip() and is_count_of_parcels(text, amounts, described):
        return True
    # of "latitude 48.2, longitude 16.4" each has its label
    name = re.sub(r"_", " ", f"{(schema or {}).get('title') or key}".lower()).strip()
    labelled = {amount.start for amount in text.amounts if name and is_labelled(text, amount, name)}
    if labelled and holding and holding.isdisjoint(labelled):
        return True
    # of "five boxes of ten pens" the boxes are five
    own = f"{(schema or {}).get('description') or ''}".lower() or described
    is_money = is_for_money(schema) or unit_of_schema(schema)[0] in units.CURRENCIES
    if is_money and len(text.amounts) > 1 and holding and all(counts_things(text, amount) for amount in amounts):
        return True  # of "ten shares at 180" ten is no price
    if _HOW_MANY.search(own) and holding and not unit_of_schema(schema)[0]:
        nouns = [_NOUN.match(text.in_digits, amount.end) for amount in amounts]
        if all(noun is not None and is_foreign_noun(noun[1], own) for noun in nouns):
            return True  # two cars, where the injured people are counted
    # of "three sets of eight" the sets are three, whatever else is asked for eight
    for match in _EACH_OF.finditer(text.in_digits):
        is_outer = any(
            roles.is_like(stem(match["noun"]), stem(word))
            for word in re.findall(r"[^\W\d_]+", own.partition(" per ")[0])
        )
        if not is_money and holding == {match.start("outer" if not is_outer else "inner")}:
            return True
    head = "" if is_money or unit_of_schema(schema)[0] else head_of(own)
    counted = {amount.start for amount in text.amounts if head and counts(text, amount, head)}
    return bool(counted and holding and holding.isdisjoint(counted))


_IN_SO_MANY = re.compile(r"(?<!\d )\b(?:in(?:to)?|across|over|on|auf|en|dans|sur|em|w|na|i|pa|op|su) $")
_WORD_BEHIND = re.compile(r" (?:\w+ of )?([^\W\d_]{4,})")


def is_count_of_parcels(text: Mentions, amounts: Iterable[Amount], described: str) -> bool:
    """Whether it only tells in how many of something else they are to be: of "12 of the mugs, in 2 boxes" the 2."""
    bare = [amount for amount in text.amounts if not amount.dimension]
    apart = [
        amount
        for amount in bare
        if _IN_SO_MANY.search(text.in_digits, max(0, amount.start - 12), amount.start)
        and (noun := _WORD_BEHIND.match(text.in_digits, amount.end))
        and not any(roles.is_like(stem(noun[1]), stem(word)) for word in re.findall(r"[^\W\d_]+", described))
    ]
    return bool(apart) and len(apart) < len(bare) and all(amount in apart for amount in amounts)


PEOPLE = re.compile(
    r"\b(?:people|persons?|guests?|adults?|child\w*|kids?|party size|passengers?|travell?ers?|attendees|seats|tickets"
    r"|personen|gaste|personnes|personas|persone|pessoas)\b"
)
COMPANY = re.compile(
    r"\b(?:me|us|myself|just i|my (?:wife|husband|partner|family|parents|son|daughter|kids|friends?|boss)|kids|adults"
    r"|ich|mich|uns|moi|nous|yo|nosotros|io|noi|eu|ik|wij|family|familie|famille|familia|couple)\b"
)
_ALONE = re.compile(
    r"\b(?:by myself|on my own|(?:(?:just|only) me|nur ich|juste moi|solo yo|solo io|alleen ik)(?! and| plus|,))\b"
)
_SOMEONE = (
    rf"(?:me|i|myself|ich|moi|yo|io|(?:an?|my|our|his|her|mein\w*|unser\w*|mon|ma|notre|mi|nuestr[oa]) {KIN})(?!\w)"
)
_COMPANY = re.compile(
    rf"(?<!\w)(?<!, )(?<!and ){_SOMEONE}(?:(?:, (?:and )?| and | plus | und | et | y | e ){_SOMEONE})*"
    r"(?! and| plus| und|,)"
)
"""Persons named one after the other, each by what the speaker calls them."""
_KIND_OF_PEOPLE = re.compile(r"\b(?:adult|child|kid|infant|senior|student)")


def count_company(text: Mentions, described: str) -> int | None:
    """How many are spoken of without a number: me, my wife and our son; None where nobody could tell."""
    if text.amounts or _KIND_OF_PEOPLE.search(described):
        return None
    company = [len(re.findall(_SOMEONE, match[0])) for match in _COMPANY.finditer(text.folded)]
    return 1 if _ALONE.search(text.folded) else max((count for count in company if count > 1), default=None)


_SOMEBODY = re.compile(r"\b(?:adult|child|kid|infant|toddler|guest|passenger|person|people|travell?er|senior|student)")
_ONE_OF = re.compile(r"\b(?:an?|one|eine?n?|une?|una|um|uma|een|ett|en|1) ([^\W\d_]{3,})")


def speaks_of_one(text: Mentions, described: str) -> bool:
    """Whether an article stands with whom it counts: of two adults and a child the children are one."""
    nouns = [stem(word) for word in re.findall(r"[^\W\d_]{4,}", described.lower()) if _SOMEBODY.match(word)]
    found = [stem(word) for word in _ONE_OF.findall(text.in_digits)] if nouns else ()
    return any(roles.is_like(noun, word) for noun in nouns for word in found)


def counts_apart(text: Mentions, parts: Iterable[object]) -> bool:
    """Whether of a thing and its number the text has the thing with another: of six eggs and two milks no two eggs."""
    values = list(parts)
    names = [stem(part.lower()) for part in values if isinstance(part, str) and part.isalpha()]
    numbers = [part for part in values if type(part) is int]
    if len(names) != 1 or len(numbers) != 1:
        return False
    counts = re.findall(rf"(?<![\w.,])(\d+)(?: [a-z]+)? {re.escape(names[0])}", text.in_digits)
    return bool(counts) and f"{numbers[0]}" not in counts


_MEASURES = frozenset(("time", "mass", "length", "volume", "area", "bytes", "energy", "power"))
_PER = re.compile(r" (?:per|a|each|pro|par|por) ([a-z]{3,})\b")
_PER_WORDS = re.compile(
    r"\b(?:per|each|every|sizes?|limit|rate|how (?:many|often)|times|frequency|max\w*|pro|par|por)\b"
)
_RATE = re.compile(r"\b[a-z]+s per [a-z]+\b|\b(?:bpm|rpm|mmhg)\b|\b(?:port|page|line|room|gate|age) ?(?:number)?$")
_LABELLED = re.compile(
    r"(?<![\w-])(?<!\d )(?P<noun>[a-z]{2,}) (?:no\.? |nr\.? |number )?#?(?P<number>\d+(?:\.\d+)?)(?![\w.:/-]*\w)"
)


def is_number_of_other(text: Mentions, places: set[int], described: str) -> bool:
    """Whether what is asked for has its number here, by its noun or its initials, and all these are of other nouns.

    Of "merge PR 77, it fixes issue 310" the pull request is 77.
    """
    words = re.findall(r"[a-z]+", described)
    nouns = {stem(word) for word in words if len(word) > 2} | {left[0] + right[0] for left, right in pairwise(words)}
    labels = {match.start("number"): stem(match["noun"]) for match in _LABELLED.finditer(text.in_digits)}
    labels = {place: noun for place, noun in labels.items() if noun not in languages_of()}
    own = {place for place, noun in labels.items() if any(roles.is_like(w, noun) or w.startswith(noun) for w in nouns)}
    return bool(own) and own.isdisjoint(places) and places <= labels.keys()


_COUNT_OF = re.compile(
    r"^\W*(?:the )?(?:total |exact )?(?:number|count|amount|quantity|no\.?|anzahl|nombre|cantidad|numero"
    r"|aantal) (?:of |der |de |di )?"
)


def head_of(described: str) -> str:
    """The noun that a number counts, by its description: of "Number of checked bags" the bags."""
    phrase = re.split(r"[(,:;.]| (?:per|in|of|for|to|on|at|needed|required|wanted) ", _COUNT_OF.sub("", described))[0]
    words = re.findall(r"[^\W\d_]+", phrase)
    return words[-1] if words and len(words[-1]) > 2 and words[-1] not in units.UNITS else ""


def counts(text: Mentions, amount: Amount, noun: str) -> bool:
    behind = re.match(r"[ -](?:(?:of the |more )?([^\W\d_]+))(?: ([^\W\d_]+))?", text.in_digits[amount.end :])
    return behind is not None and any(roles.is_like(stem(noun), stem(word)) for word in behind.groups() if word)


_HOW_MANY = re.compile(r"^\W*(?:the )?(?:total |exact )?(?:number of|how many|count of)\b")
_NOUN = re.compile(
    r" (?:more |of the |of |new |other |big |small |large |little )?([a-z]{3,}s|people|children|men|women)\b(?! of)"
)
_ANYTHING = re.compile(r"\b(?:pieces|copies|items|units|products|articles|things|goods|to (?:buy|order|print|add))\b")
_GENERAL = word_set("""
    people persons personnes personas pessoas guests pieces things items units times ones copies others kids us packs
    boxes is was this plus pls thanks always yes his hers ours theirs has does as
""")  # fmt: skip


def is_foreign_noun(noun: str, described: str) -> bool:
    """Whether the noun behind a number is nothing that the description speaks of, or could mean."""
    if noun in _GENERAL or noun in units.UNITS or _ANYTHING.search(described):
        return False
    return not any(roles.is_like(stem(noun), stem(word)) for word in re.findall(r"[a-z]+", described))


_EACH_OF = re.compile(r"(?<![\d.,])(?P<outer>\d+) (?P<noun>[a-z]{3,}s) of (?P<inner>\d+)(?![\d.,])")
_THINGS = re.compile(r" (?:more |of the |of |new |other )?([a-z]{3,}s)\b")


def counts_things(text: Mentions, amount: Amount) -> bool:
    """Whether a number without a unit stands right before a noun in its plural."""
    noun = _THINGS.match(text.in_digits, amount.end)
    return (
        not amount.dimension
        and noun is not None
        and noun[1] not in units.UNITS
        and noun[1] not in ("is", "was", "this", "plus")
    )


def is_labelled(text: Mentions, amount: Amount, name: str) -> bool:
    """Whether the word right before it is what the value is called, in full or cut short: latitude 48.2 for `lat`."""
    label = re.search(
        r"(?<!\d )(?<!\w)([^\W\d_]{3,})(?: (?:is|of|ist|est|es))?[ :=#]+$",
        text.in_digits[: amount.start],
    )
    if not label:
        return False
    return roles.is_like(stem(name), stem(label[1])) or (len(name) > 2 and label[1].startswith(name))
