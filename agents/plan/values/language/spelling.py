"""A text with everything folded away that does not change what it means: case, accents, dashes, quotes, spaces."""

import re
import unicodedata
from functools import lru_cache

# no-break and thin blanks in a number: NFKC would make plain ones of them, which may part two numbers
_NARROW = re.compile(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")
# 1½ must not become 11/2
_VULGAR = re.compile(r"(?<=\d)(?=[¼½¾⅓⅔⅕⅛])")
# 10²³ must not become 1023, but m² is m2
_RAISED = re.compile(r"(?<=\d)(?=[⁻⁰¹²³⁴-⁹])")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—−﹣", "-"),
        **dict.fromkeys("‘’‚‛ʼ`´", "'"),
        **dict.fromkeys("“”„‟«»", '"'),
        "⁄": "/",
        **dict.fromkeys("łŁ", "l"),
        **dict.fromkeys("đĐ", "d"),
        "ı": "i",
    }
)
# accents, and what nobody sees: zero-width marks, word joiners, byte order marks, soft hyphens
_ACCENTS = re.compile(r"[\u0300-\u036f\u200b-\u200f\u2060\ufeff\u00ad]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# scripts without blanks between words: an id within them ends where they go on
_EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_EAST}]+|[^\W_{_EAST}]+")
_WORD_OF_VALUE = re.compile(r"\d+(?:\.\d+)+(?![^\W_])|[^\W_]+")
_PREFIXED = re.compile(r"([^\W\d_]+)(\d{2,})")


def fold(text: str) -> str:
    """
    >>> fold("“Köln” — 1\u202f200 €")
    '"koln" - 1\\'200 €'
    """
    if text.isascii():
        return text.lower()
    text = _RAISED.sub("^", _VULGAR.sub(" ", _NARROW.sub("'", text)))
    # signs once more after NFKC, which writes the slash of ½ as U+2044
    text = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    # composed again at the end, for NFD takes Hangul syllables apart
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold())))


def places_of(word: str, text: str) -> list[tuple[int, int]]:
    """Where a word or a number stands whole; a pattern for each word would cost more than the search.

    >>> places_of("5", "5 of 15, 5.5 or 5"), places_of("Ann", "Anna and Ann")
    ([(0, 1), (16, 17)], [(9, 12)])
    """
    places, start = [], text.find(word)
    while start >= 0:
        end = start + len(word)
        before, behind = text[start - 1 : start], text[end : end + 1]
        is_open = behind in (".", ",") and text[end + 1 : end + 2].isdigit()
        if not (before.isalnum() or (before in ("_", ".") and before)) and not (
            behind.isalnum() or behind == "_" or is_open
        ):
            places.append((start, end))
        start = text.find(word, start + 1)
    return places


_WORD_OR_MARK = re.compile(r"[時时点點]|(?<=\d)시|[^\W\d_時时点點]+|[./:€£$]")


def words_and_marks(folded: str) -> frozenset[str]:
    """The runs of letters of a text, and the signs that dates, times and prices are written with."""
    return frozenset(_WORD_OR_MARK.findall(folded))


@lru_cache(maxsize=16384)
def fold_line(line: str) -> str:
    """A line as `fold` has it; of a talk that grows each is folded once."""
    return fold(line)


def word_set(words: str) -> frozenset[str]:
    """The words of a table, which blanks part."""
    return frozenset(words.split())


def tokens(folded: str) -> list[str]:
    return _TOKEN.findall(folded)


@lru_cache(maxsize=4096)
def value_words(value: str) -> tuple[str, ...]:
    """The words of a value however it joins them.

    >>> value_words("veryHigh_priority-now")
    ('very', 'high', 'priority', 'now')
    """
    return tuple(tokens(fold(_CAMEL.sub(" ", value))))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without the ending of its number: `category` and `categories` are one."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=16384)
def words_of(line: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Its words, and their stems."""
    present = tuple(tokens(line))
    return present, tuple(map(stem, present))


def chunks(value: str) -> tuple[str, ...]:
    """What must be told for an id or a path to be put together from its parts; a mixed code is one part.

    >>> chunks("PROJ-123/a5.0"), chunks("RMA482917"), chunks("3c8de4b7")
    (('proj', '123', 'a5', '0'), ('rma', '482917'), ('3c8de4b7',))
    """
    parts: list[str] = []
    for word in _WORD_OF_VALUE.findall(fold(value)):
        split = _PREFIXED.fullmatch(word)
        parts += split.groups() if split else (word,)
    return tuple(parts)


class Squeezed:
    """A text without separators, with the places where its tokens begin and end: RB-40817 is also RB 40817."""

    def __init__(self, folded: str) -> None:
        letters: list[str] = []
        self.starts: dict[int, str] = {}
        self.ends: dict[int, str] = {}
        length = before = 0
        for match in _TOKEN.finditer(folded):
            gap = folded[before : match.start()]
            self.ends[length] = gap
            # a point between digits is no separator: 1.5 is not 15
            if gap == "." and letters and letters[-1][-1].isdigit() and match[0][0].isdigit():
                letters.append(".")
                length += 1
            self.starts[length] = gap
            letters.append(match[0])
            length += len(match[0])
            before = match.end()
        self.ends[length] = ""
        self.text = "".join(letters)

    def holds(self, value: str) -> bool:
        """Whether the value stands here as whole tokens, apart from what only separates."""
        joins = _JOINS if len(value) > 5 and not value.isalpha() else _TIGHT
        start = self.text.find(value)
        while start >= 0:
            end = start + len(value)
            # `123` is not told by ORD-123; a full stop has a blank behind it and is no glue
            if (
                self.starts.get(start, "-") not in _GLUE
                and end in self.ends
                and (end == len(self.text) or self.ends[end] not in _GLUE)
                and all(self.starts.get(place, "") in joins for place in range(start + 1, end))
            ):
                return True
            start = self.text.find(value, start + 1)
        return False


@lru_cache(maxsize=16384)
def squeeze_line(line: str) -> Squeezed:
    """Of a talk that grows each line is squeezed once."""
    return Squeezed(line)


_GLUE = frozenset("-_/@.")
_TIGHT = frozenset(["\\", "-", "_", ".", "/", "#", "@", ":", "+", "", "'", "&", "=", "?", "%", "://", " "])
_JOINS = _TIGHT | {" - ", " / ", ") ", " (", "_-", "- ", "-("}


@lru_cache(maxsize=8192)
def squeeze(value: str) -> str:
    return Squeezed(fold(value)).text


def shape_of(value: str) -> str:
    return re.sub(r"[a-z]", "a", re.sub(r"\d", "0", fold(value)))


@lru_cache(maxsize=4096)
def shapes_in(folded: str) -> frozenset[str]:
    """The words of a text with an `a` for each letter and a 0 for each digit."""
    return frozenset(word.strip(".,;:!?()'\"") for word in shape_of(folded).split())
