"""Amounts that are spoken in parts, in a text in digits: "2 litres and a half", "1 metre 82", "18 euro e 50"."""

import re
from collections.abc import Mapping

from agents.plan.values.language import units

_PART = {"half": 0.5, "quarter": 0.25, "3quarters": 0.75, "third": 1 / 3}
_KINDS = (
    ("3quarters", r"3[ -]?(?:quarters?|quarts|viertel|cuartos|quarti|quartos|kwart)|dreiviertel"),
    ("half", r"half|halbe[nrs]?|demie?|medi[ao]|mezz[ao]|mei[ao]|halve|halv[at]?|pol"),
    ("quarter", r"quarter|viertel|quart|cuarto|quarto|kwart|cwierc|kvarts"),
    ("third", r"third|3th|drittel|tiers|tercio|terzo|terco"),
)
_NAMES = "|".join(rf"(?P<{'q3' if kind[0] == '3' else kind}>{names})" for kind, names in _KINDS)
_ONE = r"an?|eine?|une?|una|uno|um|uma|een|ett|en|1"
_AND = r"(?:and|und|et|y|e|en|con|i|och)"
_DAY_PART = (
    r"(?! (?:du (?:matin|soir)|de l'apres|de la (?:manana|tarde|noche)|da (?:manha|tarde|noite)"
    r"|di (?:mattina|sera|notte|pomeriggio)|del (?:mattino|pomeriggio|mattina)))"
)
# a clock goes on so too: a 9 heures et demie, a las tres y media
_WITH_PART = re.compile(
    rf"(?:(?<!\ba )(?<!\bas )(?<!\blas )(?<!\bla )(?<!vers )|(?=\d\S* (?!heures?\b|horas?\b|or[ae]\b"
    rf"|uur\b)))(?<![\d.,:])\b(?P<n>\d+(?:[.,]\d+)?|{_ONE}) (?P<unit>[^\W\d_]+)"
    rf",? {_AND}(?: (?:{_ONE}))? (?:{_NAMES})(?!\w)(?! (?:past|to) ){_DAY_PART}"
)
_COUNTED_PART = re.compile(rf"(?<![\d.,:])\b(?P<n>\d+) {_AND} (?:(?:{_ONE}) )?(?:{_NAMES}) (?P<unit>[^\W\d_]+)")
_OF = (
    r"(?:(?:of )?(?:an?|the|1) |d'une? |de (?:un[ae]? |1 )?|d[ei] (?:un[ao]? |1 )?|van een |eines |einer |av (?:en"
    r"|ett) )?"
)
_ONLY_PART = re.compile(
    rf"(?<![\d.,/] )(?<!and )(?<!und )(?<!\bet )(?<!\by )(?<!\be )(?<!\ben )(?<!\bi )(?<!och )(?<![\w.,:/-])"
    rf"(?:(?:{_ONE}|(?P<n>[2-9])) )?(?:{_NAMES}|(?P<th>8|10|16)th)[ -]{_OF}(?P<unit>[^\W\d_]+)(?![\w'])"
)
_ANY_PART = re.compile(rf"\b(?:{'|'.join(names for _, names in _KINDS)}|(?:8|10|16)th)")
_DEGREES = frozenset(("degree", "degrees", "grad", "graad", "graden", "degres", "grados", "gradi", "graus", "stopni",
                      "stopnia", "grader"))  # fmt: skip
_BETWEEN = r"(?:between|zwischen|entre|tra|fra|tussen)"
_SHARED_SCALE = re.compile(
    rf"(?:\b(?P<between>{_BETWEEN}) )?\b(?P<n>[^\W_]+) (?P<and>and|to|or|bis|und|oder|et|a|ou|y|o|e|en|tot|of"
    rf"|-) (?P<m>[^\W_]+)"
    r" ?(?P<scale>hundred|thousand|million|hundert|tausend|cent|cents|mille|mil|cientos|duizend|honderd|k)(?!\w)"
)
_MONEY = "|".join(
    sorted(
        (re.escape(word) for word, (unit, _) in units.UNITS.items() if unit in units.CURRENCIES and word[0].isalpha()),
        key=len,
        reverse=True,
    )
)
_MONEY_AND_CENTS = re.compile(
    rf"(?<![\d.,])(?P<n>\d+) (?P<unit>pounds?|{_MONEY}|€|£) (?:(?:and|und|et|y|e|con|en) )?(?P<m>\d\d)"
    # not where the second number counts something: 12 euros 50 apples
    r"(?! ?(?:(?!(?:furs|ins|dans|plus|thanks)\b)[a-z]+s\b|\d|[,.:]\d|%|o'clock|uhr|am\b|pm\b|percent|cent))"
)
_METRES = re.compile(
    r"(?<![\d.,])(?P<n>[0-3]) ?(?:m|met(?:re|er|ro)s?|metri) (?P<m>\d\d)(?! ?(?:cm|centi|zenti|\d))(?![\d:])"
)
_A_CLOCK = re.compile(r"\b(?:a|as|las|vers|alle|um|om) \d+ (?:heures?|horas?|ore|uur|uhr)|\d+ heures? \d\d")
_HOURS = re.compile(
    r"(?<![\d.,:])(?P<n>\d+) (?P<unit>hours?|stunden?|heures?|horas?|ore|ora|uur) (?:and |und |et |y |e "
    r"|en )?(?P<m>[1-5]\d)(?![\d.,:]\d|\d)(?! ?(?:min|sec|sek|uhr|o'clock|[ap]m|%|[a-z]+s\b| du | de la | da |'?s ))"
)
_MINUTES = re.compile(
    rf"(?<![\d.,:])\b(?P<n>\d+|{_ONE}) (?P<unit>minutes?|minuten?|minuti|minutos?|minuter|minut[ya]?)"
    r" (?:and |und |et |y |e |en |i |och )?(?P<s>[1-5]\d)(?![\d.,:%]\d|\d)(?= ?(?:$|[.,;!?)]|into|in\b|please|long"
    r"|lang))"
)
_FEET = re.compile(
    r"(?<![\d.,])(?P<n>[1-9]) ?(?:foot|feet|ft|') ?(?P<m>1[01]|\d)(?:(?P<half>\.5)| ?(?:inch|inches|in"
    r"|\"))?(?![\d.:\w])"
)
_SPEEDS = ((re.compile(r"\b(?:km ?/ ?h|kph|(?:kilomet(?:re|er)s?|km|kilometros|chilometri) (?:per|an|por|pro|all'"
                       r"|a l') ?(?:hour|heure|hora|stunde|ora|h))\b|\bstundenkilometer\b"), "kmh"),
    (re.compile(r"\b(?:mi ?/ ?h|miles? (?:per"
                r"|an) hour)\b"), "mph"), (re.compile(r"\b(?:m ?/ ?s|met(?:re"
                                                      r"|er)s? per second)\b"), "mps"))  # fmt: skip
_SQUARE = re.compile(r"(?<=\d) ?(k?m|ft|yd)2\b")
_AREAS = re.compile(r"\b(?:square|sq\.?) ?(?P<unit>kilomet(?:re|er)s?|km|miles?|yards?|yd)\b")
HINTS = frozenset(units.UNITS) | _DEGREES | {"pound", "pounds", "/", "square", "sq", "per", "an"}
"""One of these stands wherever an amount is in parts."""


def part_of(match: re.Match[str]) -> float:
    kind = next(name for name in ("half", "quarter", "q3", "third") if match[name])
    return _PART["3quarters" if kind == "q3" else kind]


def add_part(match: re.Match[str]) -> str:
    """Of "1 hour and a half" one and a half of the unit; left as it stands where what stands there is no unit."""
    is_unit = match["unit"] in units.UNITS and units.UNITS[match["unit"]][1] != units.UNITS["quarter"][1]
    if not is_unit and match["unit"] not in _DEGREES:
        return match[0]
    count = float(match["n"].replace(",", ".")) if match["n"][0].isdigit() else 1.0
    return f"{count + part_of(match):.6g} {match['unit']}"


def take_part(match: re.Match[str]) -> str:
    """Half a kilo, 2 thirds of a cup; half a day and half an hour are read before, and half a million is no unit."""
    dimension, factor = units.UNITS.get(match["unit"], ("", 0.0))
    is_short = dimension == "time" and factor in (1.0, 60.0)
    if dimension not in _PARTED and not is_short and match["unit"] not in ("pound", "pounds", "cup"):
        return match[0]
    part = 1 / int(match["th"]) if match["th"] else part_of(match)
    return f"{int(match['n'] or 1) * part:.9g} {match['unit']}"


_PARTED = frozenset(("mass", "length", "volume", "area", "bytes"))


def in_one(text: str) -> str:
    """
    >>> in_one("1 hour and 3 quarters, 1 metre 82, 18 euro e 50, 6 foot 2")
    '1.75 hour, 1.82 metres, 18.50 euro, 6 ft 2 inches'
    """
    if _ANY_PART.search(text):
        text = _COUNTED_PART.sub(add_part, _WITH_PART.sub(add_part, text))
        text = _ONLY_PART.sub(take_part, text)
    text = _MONEY_AND_CENTS.sub(lambda m: f"{m['n']}.{m['m']} {'gbp' if m['unit'][0] == 'p' else m['unit']}", text)
    if not _A_CLOCK.search(text):  # a sept heures trente is a time
        text = _HOURS.sub(r"\g<n> \g<unit> \g<m> minutes", text)
    text = _MINUTES.sub(lambda m: f"{m['n'] if m['n'].isdigit() else 1} {m['unit']} {m['s']} seconds", text)
    text = _SQUARE.sub(r" sq\1", text)
    text = _METRES.sub(r"\g<n>.\g<m> metres", text)
    text = _FEET.sub(lambda m: f"{m['n']} ft {m['m']}{m['half'] or ''} inches", text)
    for pattern, unit in _SPEEDS if "/" in text or "per" in text or "an" in text else ():
        text = pattern.sub(unit, text)
    return _AREAS.sub(lambda m: "sq" + m["unit"], text)


def share_scale(folded: str, numbers: Mapping[str, str], scales: Mapping[str, int]) -> str:
    """
    >>> share_scale("between one and two hundred, 3 to 5k", {"one": "1", "two": "2"}, {"hundred": 100})
    'between 100 and two hundred, 3000 to 5k'
    """

    def spread(match: re.Match[str]) -> str:
        first, second = (numbers.get(match[part], match[part]) for part in "nm")
        is_shared = match["between"] or match["and"] in ("to", "or", "bis", "oder", "a", "ou", "tot", "of", "o")
        if not (is_shared and first.isdigit() and second.isdigit() and int(first) < int(second) < 1000):
            return match[0]
        scaled = int(first) * (1000 if match["scale"] == "k" else scales.get(match["scale"], 100))
        return match[0].replace(match["n"], str(scaled), 1)

    return _SHARED_SCALE.sub(spread, folded)
