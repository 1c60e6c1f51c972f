"""A request in other words: as what was done, as said back to who asked; and whether it only looks."""

import re

from agents.offline.trade.subject import load_table
from agents.schema import singular

_CREATING = frozenset(
    ["create", "open", "write", "add", "start", "set", "register", "place", "draw", "make", "generate", "put"]
)
_LOOKING_WORDS = """
show look pull get find see check tell read open list search go compare sum work describe view count suggest query
visit scrape crawl extract
calculate analyze estimate validate verify track summarize detect identify discover determine recommend recall
inspect investigate geocode trace lookup review
"""
_LOOKING = frozenset(_LOOKING_WORDS.split())
"""How a request begins that only wants to know something."""
IRREGULAR: dict[str, str] = load_table("verbs")["past"]
"""Verb -> what was done, where no rule tells."""


def only_looks(phrase: str) -> bool:
    """Whether a request wants to know something and nothing else.

    >>> only_looks("see how much leave is left"), only_looks("get rid of the note"), only_looks("open an issue")
    (True, False, False)
    """
    made = phrase.startswith(("get rid", "open a ", "open an "))
    return phrase.split()[0] in _LOOKING and not made


def answers_yes_or_no(phrase: str) -> bool:
    """Whether a request asks if something is so.

    >>> answers_yes_or_no("check if the key is set"), answers_yes_or_no("check the key")
    (True, False)
    """
    return bool(re.match(r"(?:check|see|verify|find out) (?:if|whether) \w", phrase))


def find_head(phrase: str) -> str:
    """The noun that a request is about, singular.

    >>> find_head("show me all open tickets of a customer"), find_head("pull up information about the parcel")
    ('ticket', 'parcel')
    """
    text = re.sub(r"^.*?\b(?:information|details) (?:about|of|on) ", "", phrase)
    text = re.split(r" (?:of|for|in|from|on|to|by|with|that|at|across|within|under) ", text, maxsplit=1)[0]
    return singular(re.sub(r"\W", " ", text.lower()).split()[-1])


def turn_to_you(phrase: str) -> str:
    """A request as the one who is asked says it: what is me and mine is you and yours.

    >>> turn_to_you("show me my loans"), turn_to_you("stop a running query"), turn_to_you("create an issue")
    ('show you your loans', 'stop the running query', 'create an issue')
    """
    verb, _, rest = phrase.partition(" ")
    if verb not in _CREATING:
        rest = re.sub(r"^an? ", "the ", rest)
    swapped = re.sub(r"\b(?:me|my|I)\b", lambda match: {"me": "you", "my": "your", "I": "you"}[match[0]], rest)
    return f"{verb} {swapped}".strip()


def phrase_done(phrase: str) -> str:
    """What was done, after `I've`.

    >>> phrase_done("cancel the order"), phrase_done("put in a leave request"), phrase_done("pull up an order")
    ('cancelled the order', 'put in a leave request', 'pulled up the order')
    """
    verb, _, rest = phrase.partition(" ")
    rest = re.sub(r"^(?:me|for) ", "", rest)
    if verb not in _CREATING:
        rest = re.sub(r"\ban? ", "the ", rest)
    head, _, tail = rest.partition(" ")
    rest = f"{head} {re.sub(r'(?<=(?:to|of|on|in) )an? |(?<=for )an? |(?<=from )an? ', 'the ', tail)}".strip()
    rest = re.sub(r"\b(?:my|I)\b", lambda match: {"my": "your", "I": "you"}[match[0]], rest)
    past = IRREGULAR.get(verb) or (
        f"{verb}d" if verb.endswith("e") else f"{verb[:-1]}ied" if re.search(r"[^aeiou]y$", verb) else f"{verb}ed"
    )
    if verb not in IRREGULAR and re.fullmatch(r"(?:un|re)?[^aeiou]*[aeiou][bdgmnpt]", verb):
        past = f"{verb}{verb[-1]}ed"  # `unpinned`, `planned`
    return f"{past} {rest}".strip()
