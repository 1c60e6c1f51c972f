"""The words of nine languages for numbers, days and clocks; names from CLDR (babel), numbers from num2words.

Everything is written folded. What the libraries say is in words.json (tests/agents/plan/words.py writes it).
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypedDict

import orjson

from agents.plan.values.language import polish
from agents.plan.values.language.small_words import SMALL, STOPS
from agents.plan.values.language.spelling import word_set

WORDS = Path(__file__).with_name("words.json")
# English first: where two languages score alike, `language_of` takes the first
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv")
ARTICLES = word_set("""
    a an ein eine einen einem einer un une uno una um uma een one single another
""")  # fmt: skip


def _fill(words: str, scale: int) -> dict[str, int]:
    return dict.fromkeys(words.split(), scale)


SCALES = {
    "en": {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9},
    "de": {
        "hundert": 100, "tausend": 1000, **_fill("million millionen", 10**6), **_fill("milliarden milliarde", 10**9),
    },
    "fr": {"mille": 1000, **_fill("million millions", 10**6), **_fill("milliards milliard", 10**9)},
    # no Spanish `billon`: it is 10**12
    "es": {"mil": 1000, **_fill("millon millones", 10**6)},
    "it": {**_fill("mille mila", 1000), **_fill("milione milioni", 10**6), **_fill("miliardo miliardi", 10**9)},
    "pt": {"mil": 1000, **_fill("milhao milhoes", 10**6), "bilhoes": 10**9},
    "nl": {"duizend": 1000, "miljoen": 10**6, "miljard": 10**9},
    "pl": {
        **_fill("tysiac tysiace tysiecy tysiaca", 1000), **_fill("milion miliony milionow miliona", 10**6),
        **_fill("miliard miliardy miliardow", 10**9),
    },
    "sv": {
        "hundra": 100, **_fill("tusen ettusen etttusen", 1000), **_fill("miljon miljoner", 10**6),
        **_fill("miljard miljarder", 10**9),
    },
}  # fmt: skip
_SHARED_SCALES = ("k", "hundred", "cent", "cents", "cientos")


@lru_cache(maxsize=1)
def scale_words() -> frozenset[str]:
    """Words that may be said once for two numbers: between one and two hundred."""
    return frozenset(_SHARED_SCALES).union(*SCALES.values())


ANDS = frozenset(["and", "und", "et", "y", "e", "en", "och"])
# a second is also a unit, a quarto also a quarter: by themselves they are no ordinals
_NOT_ORDINAL = word_set("""
    second segundo secondo seconde quarto quarta quart cuarto cuarta uno una un um
""")  # fmt: skip
_NOT_NUMBER = ARTICLES - {"one"} | {"eins e"}


class _Words(TypedDict):
    """What words.json holds: names by their numbers in order, spelled numbers from 0 or from the 1st."""

    cardinals: dict[str, list[str]]
    ordinals: dict[str, list[str]]
    months: dict[str, dict[str, list[str]]]
    days: dict[str, dict[str, list[str]]]
    codes: dict[str, list[str]]
    currencies: dict[str, list[str]]
    zones: dict[str, str | int]
    countries: dict[str, str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    words: _Words = orjson.loads(WORDS.read_bytes())
    return words


@lru_cache(maxsize=8)
def number_words(language: str) -> tuple[dict[str, str], frozenset[str]]:
    """Spelled number below 1,000 -> its digits (an ordinal's end in `th`); and the words that begin one."""
    table: dict[str, str] = {}
    for number, spelled in enumerate(_words()["ordinals"][language], 1):
        # German ordinals are declined: erste, ersten, erster, erstes, erstem
        endings = ("", "n", "r", "s", "m") if language == "de" else ("",)
        for ending in endings:
            table[spelled + ending] = f"{number}th"
        if language in ("es", "it", "pt") and spelled.endswith("o"):
            table[spelled[:-1] + "a"] = f"{number}th"
    # 16 is dezasseis in Portugal and dezesseis in Brazil
    for variant in (language, "pt_BR") if language == "pt" else (language,):
        table |= {spelled: str(number) for number, spelled in enumerate(_words()["cardinals"][variant])}
    table |= _EXTRA[language]
    if language in ("es", "pt"):  # quinientas unidades, duzentas pessoas, veintiuna
        for masculine, feminine in (("ientos", "ientas"), ("entos", "entas"), ("uno", "una"), ("dois", "duas")):
            table |= {
                key.replace(masculine, feminine): n for key, n in table.items() if masculine in key and key != "uno"
            }
    if language == "pl":
        table |= {polish.decline(key): digits for key, digits in table.items()}
        table |= {hour: f"{n}ej" for n, names in enumerate(polish.HOURS, 1) for hour in names}
    if language == "en":
        table |= {key.replace(" and ", " "): digits for key, digits in table.items() if " and " in key}
    if language == "de":
        table |= {
            f"{key}einhalb": f"{digits}.5" for key, digits in table.items() if digits.isdigit() and int(digits) < 20
        }
        # hundertfunf is einhundertfunf
        table |= {key.removeprefix("ein"): n for key, n in table.items() if key.startswith("einhundert")}
    if language == "nl":  # drieenhalf uur
        table |= {f"{key}enhal{end}": f"{n}.5" for key, n in table.items() for end in ("f", "ve") if len(n) < 2}
    if language == "sv":  # num2words has fortio and tjugode
        table |= {key.replace("fortio", "fyrtio").replace("tjugode", "tjugonde"): n for key, n in table.items()}
        table |= {key.removeprefix("ett"): n for key, n in table.items() if key.startswith("etthundra")}
    for word in (*_NOT_NUMBER, *_NOT_ORDINAL):
        table.pop(word, None)
    return table, frozenset(key.split(" ", 1)[0] for key in table)


@lru_cache(maxsize=8)
def telling_words(language: str) -> frozenset[str]:
    """One of these stands wherever a number is spelled: of "a couple" not the article, which stands anywhere."""
    spelled = [key.split(" ") for key in number_words(language)[0]]
    alone = {key[0] for key in spelled if len(key) == 1} | SCALES[language].keys() | DOZENS
    return frozenset(alone | {key[-1] for key in spelled if alone.isdisjoint(key)})


_EXTRA = {
    "en": {
        "half a dozen": "6", "a couple": "2", "a couple of": "2", "couple of": "2", "couple": "2", "pair": "2",
        "both": "2", "twice": "2", "thrice": "3", "the second": "2th", "my second": "2th", "oh": "0",
        "second quarter": "2th quarter", "second half": "2th half",
        # how many five-oh-threes
        "oh ones": "0 1", "oh twos": "0 2", "oh threes": "0 3", "oh fours": "0 4", "oh fives": "0 5",
        "oh sixes": "0 6", "oh sevens": "0 7", "oh eights": "0 8", "oh nines": "0 9",
    },
    "de": {
        "zwo": "2", "zu zweit": "2",
        "zu dritt": "3", "zu viert": "4", "zu funft": "5", "zu sechst": "6", "zu siebt": "7", "zu acht": "8",
        "ein paar": "2", "anderthalb": "1.5", "beide": "2", "eineinhalb": "1.5", "ein halbes dutzend": "6",
        "ersten": "1th", "dreissig": "30",
    },
    "fr": {
        "demi douzaine": "6", "une dizaine": "10", "une quinzaine": "15", "premiere": "1th", "septante": "70",
        "huitante": "80", "nonante": "90",
    },
    "es": {
        "media docena": "6", "cien": "100", "ciento": "100", "primer": "1th",
    },
    "it": {
        "mezza dozzina": "6", "un paio": "2", "paio": "2",
    },
    "pt": {
        "meia duzia": "6", "catorze": "14", "duas": "2", "dezasseis": "16", "dezassete": "17",
    },
    "nl": {
        "half dozijn": "6", "een paar": "2", "anderhalf": "1.5", "anderhalve": "1.5",
    },
    "pl": {
        "dwie": "2", "dwoje": "2", "poltora": "1.5", "poltorej": "1.5", "oboje": "2", "tuzin": "12",
        "pol tuzina": "6",
    },
    "sv": {
        "en": "1", "andre": "2th", "anderthalv": "1.5", "ett dussin": "12", "halvt dussin": "6", "bada": "2",
    },
}  # fmt: skip


# the centuries from 1100 to 1900 are spelled with hundreds
JOINT = {
    "de": {"tausend": 1000, "hundert": 100},
    "nl": {"duizend": 1000, "honderd": 100},
    "it": {"mila": 1000, "mille": 1000},
    "sv": {"tusen": 1000},
}
TIMES = {"de": "mal", "nl": "maal"}
"""What ends a number of times that is written as one word: funfundvierzigmal."""
DOZENS = frozenset(
    ["dozens", "dozen", "dutzend", "douzaines", "douzaine", "docenas", "docena", "dozzine", "dozzina", "duzias"]
) | {"duzia", "dozijn"}


@lru_cache(maxsize=1)
def languages_of() -> dict[str, tuple[str, ...]]:
    """Word -> the languages that it may belong to: small words, numbers, months, weekdays."""
    table: dict[str, list[str]] = {}
    for language in LANGUAGES:
        named = {*_words()["months"][language]["wide"], *_words()["days"][language]["wide"]}
        own = STOPS[language] | named | number_words(language)[1] | SCALES[language].keys() | SMALL[language]
        for word in own:
            table.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in table.items()}


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """Month's name or abbreviation in any of the languages -> 1 to 12."""
    names = _by_name("months", first=1)
    extra = {"sept": 9, "set": 9, "mrz": 3, "jän": 1, "janner": 1, "setiembre": 9, "juni": 6, "juli": 7, "maerz": 3}
    # the short October of Portuguese is a word: four out of five
    return {name: number for name, number in {**names, **extra}.items() if name != "out"}


@lru_cache(maxsize=1)
def any_month() -> str:
    """The alternatives of a pattern for a month's name; of two letters none."""
    return "|".join(sorted((re.escape(name) for name in months() if len(name) > 2), key=len, reverse=True))


@lru_cache(maxsize=1)
def weekdays() -> dict[str, int]:
    """Weekday's name in any of the languages -> Monday 0 to Sunday 6."""
    short = {"segunda": 0, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4, "tues": 1, "thurs": 3, "sonnabend": 5}
    short |= {"srode": 2, "sobote": 5, "niedziele": 6}
    # short forms that are another word somewhere: so, me, do, sat, sun; mar is March as well
    skipped = {"do", "so", "di", "mi", "sa", "me", "mar", "ma", "fr", "lu", "je", "ve", "sam", "dim", "sab", "dom"}
    skipped |= {"sun", "sat", "mer", "mon", "wed", "lun", "gio", "ven", "jue", "vie", "seg", "ter", "qua", "qui"}
    skipped |= {"pt", "sr", "wt", "pon", "czw", "sob", "niedz", "nie", "sex", "mo", "wo", "vr", "za", "zo", "mie"}
    skipped |= {"mié", "jeu", "tue"}
    return {name: day for name, day in {**_by_name("days", first=0), **short}.items() if name not in skipped}


@lru_cache(maxsize=1)
def weekdays_before_dates() -> dict[str, int]:
    """The same with every short form: before a date `sat` and `so` are no other words."""
    return _by_name("days", first=0) | weekdays()


def _by_name(kind: Literal["months", "days"], first: int) -> dict[str, int]:
    """Number by name, the later language's where two share one."""
    numbers: dict[str, int] = {}
    # the other languages first, which must take no name from the seven
    tables = dict(sorted(_words()[kind].items(), key=lambda item: item[0] in LANGUAGES))
    for widths in tables.values():
        for names in widths.values():
            numbers |= {name.rstrip("."): number for number, name in enumerate(names, first)}
    return numbers


@lru_cache(maxsize=1)
def names_by_code() -> dict[str, frozenset[str]]:
    """`territory:DE`, `language:de` -> what the languages call it, folded."""
    names = {code: set(spelled) for code, spelled in _words()["codes"].items()}
    names["territory:US"] |= {"usa", "united states", "america", "the states"}
    names["territory:GB"] |= {"uk", "great britain", "england", "britain"}
    names["territory:NL"] |= {"netherlands", "holland"}
    return {code: frozenset(spelled) for code, spelled in names.items()}


@lru_cache(maxsize=1)
def codes_of_currency() -> dict[str, str]:
    """What a currency is called in full, `swedish kronor` -> its code."""
    crowns = {"swedish": "SEK", "norwegian": "NOK", "danish": "DKK", "icelandic": "ISK", "czech": "CZK"}
    return {f"{country} crown{s}": code for country, code in crowns.items() for s in ("", "s")} | {
        name: code
        for code, names in _words()["currencies"].items()
        for name in names
        if len(name) > 4 or name[0] > "\u3000"
    }


@lru_cache(maxsize=1)
def currency_heads() -> frozenset[str]:
    """The words that several currencies share: dollars, of which countries have their own."""
    codes: dict[str, set[str]] = {}
    for name, code in codes_of_currency().items():
        for word in name.split(" ") if " " in name else ():
            codes.setdefault(word, set()).add(code)
    return frozenset(word for word, shared in codes.items() if len(shared) > 1 and len(word) > 3)


@lru_cache(maxsize=1)
def zones_by_name() -> dict[str, str | int]:
    """What a clock, a city or a country is called -> its zone, or seconds east of Greenwich."""
    named = names_by_code()
    countries = _words()["countries"].items()
    zones: dict[str, str | int] = {
        name: zone for code, zone in countries for name in named.get(f"territory:{code}", ()) if len(name) > 3
    }
    return zones | _words()["zones"]
