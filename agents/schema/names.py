"""Identifiers: the words in them, and the name that every endpoint takes."""

import re
from functools import lru_cache

from anyascii import anyascii

_READ = """get list search find read fetch query show describe check lookup view retrieve count compare convert
calculate validate verify estimate preview status browse summarize analyze inspect download export track"""
READ_VERBS = frozenset(_READ.split())


def words(name: str) -> list[str]:
    """The lower-case words of an identifier.

    >>> words("getOrderByID"), words("list_open-orders")
    (['get', 'order', 'by', 'id'], ['list', 'open', 'orders'])
    """
    return list(_words(name))


@lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    # the last capital of a run begins the next word: HTTPServer is http server
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", in_ascii(name))
    return tuple(re.findall(r"[a-z]+|\d+", spaced.lower()))


_SILENT = ("caches", "auses", "ouses", "fuses", "cuses", "axes")
"""Plurals of words that end in `e` themselves."""


def singular(word: str) -> str:
    """
    >>> singular("reviews"), singular("entries"), singular("status"), singular("buses"), singular("houses")
    ('review', 'entry', 'status', 'bus', 'house')
    """
    if word in ("news", "series"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "uses")) and not word.endswith(_SILENT):
        return word[:-2]
    # class, status, analysis and bus are no plurals
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
    return word[:-1] if plural else word


def plural(noun: str) -> str:
    """
    >>> plural("entry"), plural("box"), plural("day"), plural("status"), plural("news")
    ('entries', 'boxes', 'days', 'statuses', 'news')
    """
    if noun in ("news", "series") or (len(noun) == 3 and noun.endswith("s")):
        return noun  # IPs
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(?:s|x|ch|sh)$", noun) else f"{noun}s"


# Letters that are read one by one are heard: an SSH key, a URL
_AN = re.compile(r"(?i:(?!uni|us[eu]|eu|one\b)[aeiou]|hour)(?!(?<=U)[A-Z]+\b)|[FHLMNRSX](?=[A-Z]+s?\b)")


def with_article(thing: str) -> str:
    """
    >>> with_article("open order"), with_article("user"), with_article("hour"), with_article("box")
    ('an open order', 'a user', 'an hour', 'a box')
    >>> with_article("SSH key"), with_article("URL"), with_article("Opensearch cluster"), with_article("New key")
    ('an SSH key', 'a URL', 'an Opensearch cluster', 'a New key')
    """
    return f"{'an' if _AN.match(thing) else 'a'} {thing}"


def callable_name(name: str) -> str:
    """The name in the letters that every endpoint takes: 查询天气 is ChaXunTianQi."""
    # OpenAI takes 64 of these letters in a function's name
    return re.sub(r"[^A-Za-z0-9_-]+", "_", in_ascii(name)).strip("_")[:64] or "tool"


def in_ascii(name: str) -> str:
    return name if name.isascii() else anyascii(name)
