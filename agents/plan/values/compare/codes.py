"""Whether a text says what a code stands for: a unit, a currency, a country, a language, a day of the week."""

import re
from functools import lru_cache
from itertools import pairwise

from agents.plan.values.answer import Answer
from agents.plan.values.language import places, units
from agents.plan.values.language import vocabulary as words
from agents.plan.values.language.schema_units import words_for
from agents.plan.values.language.spelling import fold, tokens, word_set
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
CODE = re.compile(r"[A-Z]{2,3}|[a-z]{2}(?:[-_](?:[A-Z]{2}|Han[st]))?")
_ALPHA3_CODES = (
    "FRA:FR DEU:DE GBR:GB USA:US ESP:ES ITA:IT NLD:NL PRT:PT BRA:BR JPN:JP CHN:CN AUT:AT CHE:CH BEL:BE POL:PL"
    " CAN:CA AUS:AU IND:IN MEX:MX SWE:SE NOR:NO DNK:DK FIN:FI IRL:IE"
)
_ENGLISH_DAYS = frozenset(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
_ENGLISH_MONTHS = word_set("""
    january february march april may june july august september october november december
""")  # fmt: skip
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")
_TARGET = re.compile(r"\b(?:to|target|into|destination|quote)\b")
_DEGREES = re.compile(r"°[cf]\b")
_POUNDS = re.compile(r"\b(?:pounds?|pfund)\b")
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_ALPHA3 = dict(pair.split(":") for pair in _ALPHA3_CODES.split())


@lru_cache(maxsize=1)
def short_names() -> dict[str, tuple[str, int]]:
    """As members of enumerations have them: mon, jan."""
    days = {name[:3]: ("weekday", n) for name, n in words.weekdays().items() if name in _ENGLISH_DAYS}
    return days | {name[:3]: ("month", n) for name, n in words.months().items() if name in _ENGLISH_MONTHS}


def says_unit(text: Mentions, value: str) -> Answer | None:
    """A unit by itself, `kg`, where an amount of the text has it."""
    dimension, factor = units.UNITS[fold(value)]
    signs = (*text.words, *_DEGREES.findall(text.folded))
    named = {units.UNITS[word] for word in signs if word in units.UNITS and len(word) > 1}
    is_named = any(a.factor == factor for a in text.bases.get(dimension, ())) or (dimension, factor) in named
    return SAYS if is_named else None


def currencies_in(text: Mentions) -> set[str]:
    """Codes of the currencies that are named by sign, code or name; of `Canadian dollars` the dollars are no others."""
    named = {code for name in grams(text) if (code := words.codes_of_currency().get(name))}
    rest = text.in_digits
    for name in grams(text) & words.codes_of_currency().keys():
        rest = rest.replace(name, "")
    bare = {units.UNITS.get(word, ("",))[0] for word in tokens(rest)} | (set() if named else text.bases.keys())
    named |= {
        units.UNITS[name][0] for name in grams(text) if name[0] > "\u3000" and name in units.UNITS
    } & units.CURRENCIES
    literal = set(_CURRENCY.findall(text.text)) & set(words.codes_of_currency().values())
    return named | literal | (units.CURRENCIES & bare)


def grams(text: Mentions) -> set[str]:
    """One to three words of the text that stand together, and what may be a name where nothing parts the words."""
    spaced = {" ".join(text.words[n : n + size]) for n in range(len(text.words)) for size in (1, 2, 3)}
    signs: list[str] = _SIGNS.findall(text.folded)
    return spaced | {
        run[start:end]
        for run in signs
        for start in range(len(run))
        for end in range(start + 2, min(len(run), start + 9) + 1)
    }


def says_code(text: Mentions, value: str, schema: Schema | None = None) -> Answer | None:
    """A currency, a country or a language by its code; None where the letters are no code."""
    is_for_money = "currenc" in f"{(schema or {}).get('title') or ''} {(schema or {}).get('description') or ''}".lower()
    if value.isupper() and (
        value in units.CURRENCIES or (is_for_money and value in words.codes_of_currency().values())
    ):
        named = currencies_in(text)
        if priced := named & {amount.dimension for amount in text.amounts}:  # 200 dollars in pesos
            named = named - priced if _TARGET.search(words_for(schema)) and named - priced else named
        if is_for_money and not named and _POUNDS.search(text.folded):
            named = {"GBP"}
        return Answer.of(value in named, rules_out=named)
    if len(value) > 2 and value.isupper() and value not in _ALPHA3:
        return None
    if value.isupper() and re.search(rf"(?<!\w){value}(?!\w)", text.text):
        return SAYS
    if text.text.strip() == value:
        return SAYS
    kind, code = ("territory", _ALPHA3.get(value, value)) if value.isupper() else ("language", value[:2])
    names = words.names_by_code()
    if f"{kind}:{code}" not in names:
        return None
    called = grams(text)
    if len(value) == 5 and not names.get(f"language:{value[:2]}-{value[3:]}", frozenset()).isdisjoint(called):
        return SAYS  # British English
    if kind == "language" and len(value) > 2 and (varieties := regions_named(text, code)):
        return Answer.of(value[3:] in varieties, rules_out=value[3:] in places.VARIETIES)
    padded = f" {' '.join(text.words)} " + "".join(f" {name} " for name in called if name[0] > "\u3000")
    own = names[f"{kind}:{code}"]
    # `japanische` is Japanese too
    adjectives = [name for name in own if kind == "language" and len(name) > 5]
    if any(f" {name} " in padded for name in own) or any(
        word.startswith(name) and len(word) - len(name) <= 2 for word in text.words for name in adjectives
    ):
        regions = names.get(f"territory:{value[-2:]}", frozenset())
        has_region = any(f" {name[:5]}" in padded for name in regions)
        return SAYS if len(value) < 3 or value.isupper() or has_region else CANNOT_TELL
    others = any(
        f" {name} " in padded
        for other, called in names.items()
        if other.startswith(kind)
        for name in called
        # what is short (chad, mali, oma) may be another word, and must not rule a code out
        if len(name) > 4
    )
    return DOES_NOT if others else CANNOT_TELL


def regions_named(text: Mentions, language: str) -> set[str]:
    """Regions and scripts whose variety of a language is named: Swiss German, Chinese (simplified)."""
    return {region for region in places.VARIETIES if variety_of(language, region).search(text.folded)}


@lru_cache(maxsize=512)
def variety_of(language: str, region: str) -> re.Pattern[str]:
    called = [name for name in words.names_by_code()[f"language:{language}"] if len(name) > 4]
    own, there = "|".join(map(re.escape, called)), places.VARIETIES[region]
    return re.compile(
        rf"\b(?<!latin )(?:{there})[ -](?:{own})|\b(?:{own})\w{{0,2}}[ ,(]+"
        rf"(?:(?:as spoken|for|from|in|of|de|du|do|del|aus|d'|the|a|au) )*(?:{there})\b"
    )


_AIRPORT = re.compile(
    r"\b(?:airports?|iata|flights?|fly\w*|origin|destination|departure|arrival|flughafen|abflug\w*|zielort|aeroport\w*"
    r"|aeropuerto|luchthaven)\b"
)
_STATE = re.compile(r"\b(?:states?|province|bundesstaat|etat|estado|stato|staat)\b")
STATES = {name: code for code, name in places.STATES.items()} | {"washington dc": "DC", "washington d c": "DC"}
"""What a state is called -> its code."""
_STATE_NAMES = re.compile(rf"\b(?:{'|'.join(sorted(STATES, key=len, reverse=True))})(?!\w)")


def says_place(text: Mentions, value: str, described: str) -> Answer | None:
    """An airport or a state of the USA or Canada by its code where the schema asks for one, and a state by its name."""
    if value in places.AIRPORTS and _AIRPORT.search(described):
        if re.search(rf"(?<!\w){value}(?!\w)", text.text):
            return SAYS
        named = {code for code, names in places.AIRPORTS.items() if any(has_name(text, name) for name in names)}
        is_city = any(has_name(text, city) for city in places.SHARED_CITIES[value])
        return Answer.of(value in named, rules_out=named and not is_city)
    code = value if value in places.STATES else STATES.get(fold(value))
    if not code or not _STATE.search(described):
        return None
    words_here = " ".join(text.words).replace("kansas city", "")
    named = {STATES[name] for name in _STATE_NAMES.findall(words_here)}
    named |= {short for short in re.findall(r"(?<!\w)[A-Z]{2}(?!\w)", text.text) if short in places.STATES}
    # a town may have the name of another state
    return Answer.of(code in named, rules_out=False)


def has_name(text: Mentions, name: str) -> bool:
    return name in text.folded and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.folded) is not None


def says_translated(text: Mentions, name: str) -> bool:
    """A country or a language by its name in another language: Deutschland is Germany."""
    kinds = codes_of_name().get(name, ())
    padded = f" {' '.join(text.words)} "
    if any(f" {other} " in padded for other in places.CITIES.get(name, ())):
        return True
    return any(f" {other} " in padded for kind in kinds for other in words.names_by_code()[kind] if len(other) > 3)


@lru_cache(maxsize=1)
def codes_of_name() -> dict[str, tuple[str, ...]]:
    """What a country or a language is called -> its code."""
    table: dict[str, tuple[str, ...]] = {}
    for code, names in words.names_by_code().items():
        for name in names:
            table[name] = (*table.get(name, ()), code)
    return table


_DAY_CODES = {
    code: day for codes in ("mo tu we th fr sa su", "mo di mi do fr sa so") for day, code in enumerate(codes.split())
}
_WEEKDAYS = re.compile(
    r"\b(?:weekdays?|working days?|workdays?|werktags?|werktage|unter der woche|wochentags|en semaine|jours ouvrables"
    r"|entre semana|dias? laborables?|dias uteis|dia util|giorn[oi] ferial[ei]|jour ouvrable|doordeweeks"
    r"|werkdag(?:en)?|vardag\w*|dni robocze)\b|平日|工作日"
)
_WEEKEND = re.compile(
    r"\b(?:weekends?|week-ends?|wochenenden?|fin de semana|fines de semana|fim de semana)\b|週末|周末"
)
_EVERY_DAY = re.compile(
    r"\b(?:every day|daily|each day|all week|jeden tag|taglich|tous les jours|todos los dias|ogni giorno|elke dag)\b"
)
_UNTIL = re.compile(r" ?(?:-|to|through|thru|till|until|bis|a|au|al|hasta|ate|tot|t/m) (?:the |le |el |il )?")


def weekday_of(value: str) -> int | None:
    """Monday 0, of Monday, mon or MO."""
    name = fold(value)
    if name in words.weekdays():
        return words.weekdays()[name]
    if name in short_names() and short_names()[name][0] == "weekday":
        return short_names()[name][1]
    return _DAY_CODES.get(name) if len(name) == 2 and value[0].isupper() else None


def weekdays_of(text: Mentions) -> set[int]:
    """The days of the week that are named, all those of Monday to Friday and of weekends too."""
    named = {weekday.number for weekday in text.weekdays}
    for left, right in pairwise(text.weekdays):
        if _UNTIL.fullmatch(text.in_digits[left.end : right.start]):
            span = (right.number - left.number) % 7 + 1
            named |= {(left.number + n) % 7 for n in range(span)}
    named |= {0, 1, 2, 3, 4} if _WEEKDAYS.search(text.folded) else set()
    named |= {5, 6} if _WEEKEND.search(text.folded) else set()
    return named | (set(range(7)) if _EVERY_DAY.search(text.folded) and not named else set())


def says_calendar_name(text: Mentions, value: str) -> Answer | None:
    """A weekday or a month by its name, in whatever language the text has it; None for other strings."""
    name = fold(value)
    if len(value) == 2 and (day := weekday_of(value)) is not None and (named := weekdays_of(text)):
        return Answer.of(day in named, rules_out=True)
    for kind, numbers in (("weekday", words.weekdays()), ("month", words.months())):
        is_short = name in short_names() and short_names()[name][0] == kind
        if not is_short and not (len(name) > 3 and name in numbers):
            continue
        named = {numbers[word] for word in text.words if word in numbers and len(word) > 2 + is_short}
        named |= {numbers[word[:-1]] for word in text.words if word.endswith("s") and word[:-1] in numbers}
        named |= weekdays_of(text) if kind == "weekday" else set()
        if named or not is_short:
            return Answer.of((short_names()[name][1] if is_short else numbers[name]) in named, rules_out=named)
    return None
