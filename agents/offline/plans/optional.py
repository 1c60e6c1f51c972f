"""Which optional arguments somebody gives: those that they would of their own accord, and those that a call needs."""

import re
from collections.abc import Collection, Sequence

from agents.offline.fields.meaning import split
from agents.offline.fields.topic import FIELDS, is_listing
from agents.offline.plans.grasp import is_plain_argument
from agents.offline.talk.phrases import phrase_of
from agents.offline.trade.almanac import ALMANAC
from agents.plan.dataflow import Described, is_registered
from agents.schema import JsonObject, Schema, singular, words

SEARCHES = frozenset(("query", "q", "search", "keyword", "keywords", "words", "term"))
_UNASKED = frozenset(
    ("description", "message", "comment", "note", "body", "content", "text", "filename", "file", "mime", "category")
)
"""Arguments that hold a text, which nobody adds who need not."""
_ALTERING = frozenset(("update", "edit", "modify", "change", "patch", "updates", "adjust", "assign"))
_ALTERED_WORDS = """
name title status state priority due date label color assignee enabled on new start end time days city
"""
_ALTERED = frozenset(_ALTERED_WORDS.split())
"""Words of what people change of a thing."""
_NAMING = frozenset(("id", "ids", "gid", "uuid", "number", "owner", "repo", "slug", "key"))
"""Words of arguments that say which thing is meant."""
_DATED = frozenset(("date", "from", "to", "since", "after", "before", "until"))
_STAMPED = frozenset(("at", "on", "date", "day"))
_OWNED = re.compile(r"(?i)\b(?:(?:of|for|in|from|within|on) an?|(?:an?|the) (?:given|specified|specific)) ([a-z]+)\b")
"""Whose things a description speaks of."""
_SHORT = {"repository": "repo", "organization": "org", "database": "db", "page": "url", "website": "url"}
POINT = frozenset(("latitude", "longitude", "lat", "lon", "lng"))
"""Halves of a point, of which nobody tells one alone."""
_TARGETS = _NAMING | frozenset(("device", "session", "tab", "udid"))
"""Last words of arguments that say of what something is set, and not to what."""
_RUNNING = frozenset(("run", "execute", "exec", "query", "eval"))
_RUN = frozenset(("query", "sql", "statement", "code", "script", "command", "expression"))
_CALLED = frozenset(("id", "key", "name", "slug", "gid"))
_WHICH = frozenset(("city", "location", "symbol", "query", "ticker", "coin", "id", "name", "word", "title", "country"))


def is_asked_for(key: str, schema: Schema, holder: str) -> bool:
    """Whether somebody would give that argument of their own accord: what is plain, and neither prose nor a stamp."""
    about = set(words(key))
    prose = bool(about & _UNASKED) and not schema.get("enum")
    stamp = schema.get("type") in ("integer", "number") and bool(
        about & {"start", "end", "from", "to", "time", "since"}
    )
    foreign = holder in ("transcript", "page", "article") and bool(about & {"language", "lang", "languages"})
    if about & _DATED and holder in FIELDS and not any(split(field)[-1] in _STAMPED for field in FIELDS[holder]):
        return False  # by a day that the things do not bear none of them is found
    if holder in ALMANAC and not about & (ALMANAC[holder][0].keys() | SEARCHES | {"limit", "count"}):
        return False
    return is_plain_argument(key) and not (prose or stamp or foreign)


def is_of_other_way(key: str, properties: JsonObject) -> bool:
    """Whether an argument belongs to a way that is not taken where nobody names one: a canary's share of a roll-out.

    >>> ways = {"strategy": {"enum": ["rolling", "canary"], "default": "rolling"}}
    >>> is_of_other_way("canary_percent", ways), is_of_other_way("version", ways)
    (True, False)
    """
    choices = [inner for inner in properties.values() if isinstance(inner, dict) and "default" in inner]
    others = {str(member) for inner in choices for member in inner.get("enum", ()) if member != inner["default"]}
    return len(words(key)) > 1 and words(key)[0] in others


def alters(tool: str, key: str) -> bool:
    """Whether the argument is what something is changed to."""
    about = words(key)
    which = about[-1:] == ["name"] and len(about) > 1 and about[-2] in words(tool)  # the column whose description it is
    return bool(_ALTERING & set(words(tool))) and not which and not _NAMING & set(about[-1:])


def needs(tool: Described, spare: Sequence[str], required: Sequence[str], fed: Collection[str]) -> list[str]:
    """Optional arguments of which one has to be there, or the call would say nothing, the most telling first."""
    name = words(tool["name"])
    properties = tool["inputSchema"].get("properties") or {}
    which = [key for key in required if _NAMING & set(words(key)[-1:]) or (properties.get(key) or {}).get("enum")]
    if _ALTERING & set(name) and which == [*required]:
        return [
            key
            for key in spare
            if (set(words(key)) <= _ALTERED if is_registered(tool) else not _NAMING & set(words(key)[-1:]))
        ]
    if name[0] == "set" and is_registered(tool) and (told := [key for key in spare if set(words(key)) <= {*name[1:]}]):
        return told  # to set a type is to say which
    if is_registered(tool) and not required and _RUNNING & set(name):
        return [key for key in spare if words(key)[-1] in _RUN]  # to run a query is to say which
    if is_registered(tool) and name[0] == "set" and required and all(words(key)[-1] in _TARGETS for key in required):
        # to set where a device is takes both halves of the point
        return [key for key in spare if words(key)[-1] in POINT] or [
            key for key in spare if not _NAMING & {*words(key)}
        ]
    if not required and not fed and not tool["reads"] and not is_registered(tool):
        return [key for key in spare if _NAMING & set(words(key)[-1:])]  # to play is to play something
    if not required and not fed and tool["reads"] and not is_listing(tool, {}):
        return [key for key in spare if _WHICH & set(words(key))]
    if required or not {"search", "find"} & set(name):
        return []
    searching = [key for key in spare if SEARCHES & set(words(key))]
    # Who looks up the one thing says whose it is or which: `the policy` of somebody.
    single = not is_registered(tool) and phrase_of(tool).endswith(singular(words(phrase_of(tool))[-1]))
    return searching or [key for key in spare if single and {"name", "email"} & set(words(key)[-1:])]


def find_owners(tool: Described, spare: Sequence[str]) -> list[str]:
    """Optional arguments that say of which thing something is asked: the repository in `the pull requests of a
    repository`, the duration in `for the given duration`."""
    if whose := re.match(r"(?:An?|The) (\w+)'s ", tool.get("description") or ""):
        own = [key for key in spare if words(key)[0] == whose[1].lower() and words(key)[-1] in _CALLED]
        if own:
            return own  # `a customer's policies` are looked for by whose they are
    if not is_registered(tool):
        return []
    if {"search", "find"} & set(words(tool["name"])):
        return []  # what is looked for says enough
    of = {_SHORT.get(noun, noun) for noun in _OWNED.findall(tool.get("description") or "")}
    about = {key: [_SHORT.get(word, word) for word in words(key)] for key in spare}
    return [key for key, said in about.items() if said[0] in of and (len(said) == 1 or said[-1] in _CALLED)]
