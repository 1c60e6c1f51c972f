"""JSON as models write it who have read more Python, JavaScript or prose -> its value, where only one can be meant.

Quotation marks of any kind, bare keys, a comma too many, Python's constants, comments, and the entities of a page are
read. What would have to be guessed is refused, and asked for again: a mark that is missing, one that stands within a
text of its own kind, a bare word for a value, a key that is said twice. json-repair and its like answer those as well,
and take `{"say": "5" pipe", "n": 1}` for another text (docs/endpoints.md, "JSON that is none").
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from agents.schema import JsonObject
from agents.teacher.request import LONGEST

_QUOTED = (
    r'"(?:[^"\\]|\\.)*"',
    r"'(?:[^'\\]|\\.)*'",
    r"[“”„](?:[^“”„\\]|\\.)*[“”]",  # English, Swedish and German
    r"[‘’‚](?:[^‘’‚\\]|\\.)*[‘’]",
)
_TOKEN = re.compile(
    rf"(?P<space>\s+|//[^\n]*\n|/\*.*?\*/)|(?P<mark>[{{}}\[\]:,])|(?P<text>{'|'.join(_QUOTED)})"
    r"|(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|(?P<word>[^\W\d][\w$-]*)",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:(?P<json>[\"\\/bfnrt]|u[0-9a-fA-F]{4})|x(?P<hex>[0-9a-fA-F]{2})|(?P<quote>')|.)|\"", re.DOTALL
)
_CONSTANTS = {
    word: constant
    for constant in ("true", "false", "null")
    for word in (constant, constant.title(), constant.upper(), {"null": "None"}.get(constant, constant))
}
_PAGE = re.compile(r"\s*[\[{]\s*&(?:quot|apos|#0*3[49]|#x2[27]);", re.IGNORECASE)
"""How JSON begins whose marks a page or a form has escaped."""
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")


def read(text: str) -> object:
    """The value that a text holds and nothing beside it.

    >>> read("{name: 'it\\\\'s', “done”: True, 'ids': [1, 2,],}")
    {'name': "it's", 'done': True, 'ids': [1, 2]}
    >>> read("{&quot;q&quot;: &quot;a &amp;amp; b&quot;}")
    {'q': 'a &amp; b'}

    Raises: ValueError: it is none, or more than one reading is possible. RecursionError: it is too deep.
    """
    try:
        return decode(text)
    except Twice:
        raise
    except ValueError:
        if len(text) > LONGEST:
            raise
    text = text.strip("\0 \r\n\t")
    if _PAGE.match(text) and not ('"' in text or _AMPERSAND.search(text)):
        return read(html.unescape(text))
    return decode("".join(_as_json(text)))


class Twice(ValueError):
    """An object says one key with two values."""


def decode(text: str) -> Any:
    """JSON, but for line breaks that stand in a text as they are: what they mean is plain. Raises: ValueError."""
    return STRICT.decode(text)


def once(pairs: list[tuple[str, object]]) -> JsonObject:
    """The object of these pairs. Raises: Twice: one key stands for two values, of which readers take either.

    >>> once([("id", 3), ("id", 3)])
    {'id': 3}
    """
    value = dict(pairs)
    if len(value) < len(pairs) and any(value[key] != other for key, other in pairs):
        raise Twice(f"the key {next(key for key, other in pairs if value[key] != other)!r} stands there twice")
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


STRICT = json.JSONDecoder(parse_constant=_refuse, strict=False, object_pairs_hook=once)


def _as_json(text: str) -> Iterator[str]:
    """The text in the marks of JSON, piece by piece; what stands in an odd place is left to JSON's own reader.

    Raises: ValueError: a piece is none.
    """
    pieces, place = list[str](), 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise ValueError(f"no JSON at {text[place : place + 20]!r}")
        place, kind, piece = token.end(), token.lastgroup, token[0]
        if kind == "space":
            continue
        pieces.append(_as_text(piece) if kind == "text" else piece)
    for n, piece in enumerate(pieces):
        after = pieces[n + 1] if n + 1 < len(pieces) else ""
        if piece == "," and after and after in "]}" and n and pieces[n - 1] not in "[{,":
            continue
        if piece[0].isalpha() or piece[0] == "_":
            piece = json.dumps(piece) if after == ":" else _CONSTANTS.get(piece, piece)
        yield piece


def _as_text(quoted: str) -> str:
    return f'"{_ESCAPE.sub(_escape, quoted[1:-1])}"'


def _escape(match: re.Match[str]) -> str:
    """Raises: ValueError: a backslash before what JSON, Python and JavaScript do not all escape."""
    if match[0] == '"':
        return '\\"'
    if match["json"]:
        return match[0]
    if match["hex"]:
        return f"\\u00{match['hex']}"
    if match["quote"]:
        return "'"
    raise ValueError(f"{match[0]!r} escapes nothing")
