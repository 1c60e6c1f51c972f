"""Values written as their schema says: 12/03/1990 by MM/DD/YYYY, 0830 by HHMM, colours, codes that it explains."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from pydantic import JsonValue

from agents.plan.values.language import units
from agents.plan.values.language.schema_units import words_for
from agents.plan.values.language.spelling import fold, tokens
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

_DATE_FORM = re.compile(r"(?<![a-z])(?:(?:yyyy|yy|mm|dd|d|m|y|jjjj|tt|aaaa|jj)(?:[-/. ]?)){3}(?![a-z])")
_MONTH_FORM = re.compile(r"(?<![a-z/.-])mm ?[/.-]? ?(?:yyyy|yy)(?![a-z])")
_MONTH_VALUE = re.compile(r"(0[1-9]|1[0-2])[/.-]?(\d{2}|20\d{2})")
_PART = {"y": "year", "a": "year", "m": "month", "d": "day", "t": "day", "j": "day"}
_TIME_FORM = re.compile(r"(?<![a-z])hh:?mm(?![a-z])")
_FOR_SPAN = re.compile(
    r"\b(?:windows?|look-?back|durations?|intervals?|time-?outs?|ttl|periods?|since|age|every|\d+[hds])\b"
)
_RGB = re.compile(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)")
_HEX = re.compile(r"(?<!\w)#?([0-9a-f]{6}|[0-9a-f]{3})(?!\w)")
# the sixteen of HTML 4, and those that people name most
_COLOURS = {
    "black": "000000", "white": "ffffff", "red": "ff0000", "lime": "00ff00", "blue": "0000ff", "yellow": "ffff00",
    "cyan": "00ffff",
    "magenta": "ff00ff", "silver": "c0c0c0", "gray": "808080", "grey": "808080", "maroon": "800000", "olive": "808000",
    "green": "008000", "purple": "800080", "teal": "008080", "navy": "000080", "orange": "ffa500",
}  # fmt: skip


def in_usual_form(value: str, schema: Schema | None) -> str:
    """The value as ISO 8601 has it where the schema names another form for its date or time, else the value.

    >>> in_usual_form("12/03/1990", {"description": "Date, MM/DD/YYYY"}), in_usual_form("0830", {"description": "HHMM"})
    ('1990-12-03', '08:30')
    """
    if not value[:1].isdigit() or len(value) > 10:
        return value
    described = words_for(schema)
    if (minutes := re.fullmatch(r"(\d+)m", value)) and _FOR_SPAN.search(described):
        return f"PT{minutes[1]}M"
    if (cores := re.fullmatch(r"(\d+)m", value)) and re.search(r"\b(?:cpus?|v?cores?)\b", described):
        return f"{int(cores[1]) / 1000:g}"
    if (month := _MONTH_VALUE.fullmatch(value)) and _MONTH_FORM.search(described):
        return f"20{month[2]}"[-4:] + f"-{month[1]}"
    if re.fullmatch(r"\d{4}", value) and _TIME_FORM.search(described) and int(value[:2]) < 24 and int(value[2:]) < 60:
        return f"{value[:2]}:{value[2:]}"
    forms = {form[0].strip(" -/.") for form in _DATE_FORM.finditer(described)}
    if len(forms) != 1 and not (re.fullmatch(r"(?:19|20)\d{6}", value) and "date" in described):
        return value
    names = re.findall(r"y+|a+|m+|d+|t+|jjjj|j+", forms.pop()) if len(forms) == 1 else ["yyyy", "mm", "dd"]
    kinds = ["year" if name in ("jjjj",) else _PART[name[0]] for name in names]
    digits = re.findall(r"\d+", value)
    if len(digits) == 1 and len(value) == sum(map(len, names)):
        pieces, place = [], 0
        for name in names:
            pieces.append(value[place : place + len(name)])
            place += len(name)
        digits = pieces
    if len(digits) != 3 or sorted(kinds) != ["day", "month", "year"]:
        return value
    parts = dict(zip(kinds, map(int, digits), strict=True))
    try:
        return date(parts["year"] + (2000 if parts["year"] < 100 else 0), parts["month"], parts["day"]).isoformat()
    except ValueError:
        return value


_EPOCH = re.compile(r"\b(?:unix|epoch|time ?stamps?|milliseconds|millis|ms)\b")


def is_epoch(value: str, schema: Schema | None) -> bool:
    """Whether digits are seconds or milliseconds since 1970."""
    return value.isdigit() and len(value) in (10, 13) and _EPOCH.search(words_for(schema)) is not None


_SPAN_OF_MEMBER = re.compile(r"(?:(?:period|last|past|range|window|interval|duration|time) )*(\d{1,4}) ?([a-z]+)")


def span_of_member(value: str, schema: Schema | None) -> float | None:
    """Seconds of a member that is a span of time: PERIOD_1_WEEK, LAST_24_HOURS; None for other values."""
    if not schema or not isinstance(schema.get("enum"), list) or value not in schema["enum"]:
        return None
    match = _SPAN_OF_MEMBER.fullmatch(value.lower().replace("_", " ").replace("-", " "))
    dimension, factor = units.UNITS.get(match[2], ("", 0.0)) if match else ("", 0.0)
    return int(match[1]) * factor if match and dimension == "time" else None


_NAMES_OF_MARKS = {
    ",": "comma|komma|virgule|coma|virgola|virgula", "|": "pipe|vertical bar",
    ";": "semicolon|semi-colon|semikolon|strichpunkt|point-virgule|punto y coma|ponto e virgula|puntkomma",
    "\t": "tab|tabulator|tabulation|tabulador|tabulazione", ":": "colon|doppelpunkt|deux-points|dos puntos|due punti",
    " ": "space|blank|leerzeichen|espace|espacio|spazio",
}  # fmt: skip
_FOR_MARK = re.compile(r"\b(?:delimit\w*|separat\w*|sep|trenn\w*|character|symbol|mark)\b")


def says_mark(text: Mentions, value: str, schema: Schema | None) -> bool:
    """Whether what parts the fields of a file is named: it's tab separated."""
    names = _NAMES_OF_MARKS.get(value) if _FOR_MARK.search(words_for(schema)) else None
    return names is not None and re.search(rf"(?<![\w-])(?:{names})s?(?!\w)", text.folded) is not None


def colours_in(folded: str) -> set[str]:
    """Colours as six hexadecimal digits, by those, by rgb() or by name."""
    written = {f"{int(r):02x}{int(g):02x}{int(b):02x}" for r, g, b in _RGB.findall(folded)}
    hexadecimal = {
        code if len(code) == 6 else re.sub(r"(.)", r"\1\1", code)
        for code in re.findall(r"#([0-9a-f]{6}|[0-9a-f]{3})(?!\w)", folded)
    }
    if "hex" in folded:
        hexadecimal |= {code for code in _HEX.findall(folded) if len(code) == 6}
    named = {_COLOURS[word] for word in tokens(folded) if word in _COLOURS}
    return written | hexadecimal or named


def is_colour(value: str) -> bool:
    return bool(_RGB.fullmatch(fold(value)) or (value[0] == "#" and _HEX.fullmatch(fold(value))))


def glosses(schema: Schema) -> Iterator[tuple[JsonValue, str]]:
    """What a schema says of its members: `P1 is critical, P2 high`, `1 = Monday`, titles of alternatives."""
    for name in ("oneOf", "anyOf"):
        for member in schema.get(name) or ():
            if isinstance(member, dict) and "const" in member:
                yield member["const"], f"{member.get('title') or member.get('description') or ''}"
    members = schema.get("enum")
    described = f"{schema.get('description') or ''}"
    listed = (
        members
        if isinstance(members, list)
        else re.findall(r"(?<![\w.])(\d{1,3}|[A-Z]{1,3}\d?)(?= ?(?:=|:|->|is |means ))", described)
    )
    yield from read_glosses(described, tuple(listed)) if len(described) < 1000 else ()


@lru_cache(maxsize=2048)
def read_glosses(described: str, listed: tuple[JsonValue, ...]) -> tuple[tuple[JsonValue, str], ...]:
    """Members with what a description says of each."""
    table: list[tuple[JsonValue, str]] = []
    for member in listed if any(f"{member}" in described for member in listed) else ():
        match = re.search(
            rf"(?<![\w.]){re.escape(str(member))}(?!\w)['\"`]?(?: ?(?:=|:|->|–|\() ?| (?:is|are|means|for"
            rf"|stands for) )([^,;.)\n]+)",
            described,
        )
        is_list = (
            re.search(r"(?: is | are | means |=|:)", described) or sum(f"{other}" in described for other in listed) > 1
        )
        if match is None and is_list:
            # P1 is critical, P2 high, P3 normal
            match = re.search(rf"(?<![\w.]){re.escape(str(member))} ([^\W\d_][^,;.)\n]*)", described)
        if match:
            table.append((member, match[1]))
    return tuple(table)


def says_gloss(text: Mentions, value: JsonValue, schema: Schema) -> bool | None:
    """Whether the text has the words that a schema explains the value with; False: those of another; None: neither."""
    table = [(member, tuple(tokens(fold(words)))) for member, words in glosses(schema)]
    own = {words for member, words in table if str(member) == str(value) and words}
    if not own:
        return None
    longest = [words for _, words in table if words and len(words) < 6 and text.has_phrase(words)]
    # `high` is not said by `very high`
    longest = [words for words in longest if not any(set(words) < set(other) for other in longest)]
    if not longest:
        return None
    return all(words in own for words in longest)
