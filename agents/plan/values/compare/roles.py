"""What a value is for, by its schema: of two dates of one sentence the one that stands with "return"."""

import re
from functools import lru_cache

from agents.plan.values.language.spelling import fold, stem, value_words
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

_CLAUSE = re.compile(r"[,;:!?]\s|\.\s|\s(?:and|but|then|und|aber|dann|et|mais|puis|y|pero|e|ma|mas|en|maar|with|-)\s")
_GENERAL = frozenset((
    "date time number name code string type value format list items item count total amount iso the and for with from"
    " datum uhrzeit zahl anzahl nombre numero numbre fecha hora data null true false whether should unit units string"
    " address email phone this that which when like example not are any all day new per its the yyyy in of on is"
    " if or to by at as an a id key max min maximum minimum inclusive exclusive optional default add include"
).split())  # fmt: skip
"""Words of descriptions that tell what form a value has, not what it is for."""


@lru_cache(maxsize=4096)
def words_of_role(description: str) -> frozenset[str]:
    """
    >>> sorted(words_of_role("Number of rooms (default 1)"))
    ['room']
    """
    before_examples = re.sub(r"\(.*?\)|\be\.g\..*|\blike .*", "", description)
    return frozenset(stem(word) for word in value_words(before_examples) if word.isalpha() and word not in _GENERAL)


def role_of(schema: Schema | None, key: str = "") -> frozenset[str]:
    """The words that tell what the value is for; those of its key where it has no schema."""
    described = f"{schema.get('title') or ''} {schema.get('description') or ''}" if schema else ""
    return words_of_role(described if described.strip() else key)


@lru_cache(maxsize=65536)
def is_like(word: str, other: str) -> bool:
    """
    >>> is_like("close", "closing"), is_like("wrap", "wrapping"), is_like("room", "roof")
    (True, True, False)
    """
    if word == other:
        return True
    common = next((n for n, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), -1)
    common = min(len(word), len(other)) if common < 0 else common
    return common >= 4 and max(len(word), len(other)) - common <= 5 and 4 * common >= 3 * min(len(word), len(other))


def has_role_word(text: Mentions, role: frozenset[str]) -> bool:
    return any(is_like(wanted, word) for word in text.stems for wanted in role)


def clauses_of(text: Mentions, role: frozenset[str]) -> tuple[list[Mentions], list[Mentions]]:
    """The clauses of a single line that have a word of the role, and the others."""
    if not role or len(text.text) > 400 or "\n" in text.text or not has_role_word(text, role):
        return [], []  # in a talk of several turns a value may be said once more elsewhere
    clauses = [read(clause) for clause in _CLAUSE.split(text.text) if clause.strip()]
    with_word = [clause for clause in clauses if has_role_word(clause, role)]
    return with_word, [clause for clause in clauses if clause not in with_word]
