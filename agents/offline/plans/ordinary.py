"""Tools that no table knows and that are called all the same, because what comes back follows from the call alone.

That something was done, a list of a kind of thing that the tables name, one such thing by its id, a yes or a no: of
these a teacher made of rules can speak in the words of the tool's own description. Of anything else it would have to
invent a world, so it calls others where there are any.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from random import Random

import orjson

from agents.offline.fields.reference import look_up
from agents.offline.fields.strings import FILE_KINDS
from agents.offline.fields.topic import find_sense, has_fields, is_listing, looks, name_thing
from agents.offline.plans.arguments import fillable, usable
from agents.offline.plans.grasp import explain, grasps, is_plain_argument
from agents.offline.plans.optional import needs
from agents.offline.plans.repertoire import TABLE, is_named_plainly, makes_its_own, means_otherwise, says_nothing
from agents.offline.talk.phrases import phrase_of
from agents.offline.talk.wording import answers_yes_or_no, find_head
from agents.offline.trade.subject import FIRST_DAY, is_named
from agents.plan.dataflow import MAKING, Described, is_registered
from agents.plan.examples import examples
from agents.schema import Schema, singular, words

_UNDONE = frozenset(TABLE["undone"].split())
"""Verbs of which the effect is not clear: what is run or generated brings something of its own."""
_VAGUE = frozenset(TABLE["vague"].split())
"""Nouns of which nobody can say what one of them holds."""
_TURNED = frozenset(TABLE["turned"].split())
"""Nouns of which another word makes something else: messages of a console are none that people send."""
_SECRET = frozenset(("password", "passwd", "secret", "token", "credential", "credentials", "apikey", "api", "private"))
_POINTING = frozenset(("id", "ids", "uuid", "uid", "gid", "name", "slug", "title", "number", "email", "url", "key"))
"""Last words of arguments that say which thing is meant, whatever it is."""
_NUMBERED = frozenset(("id", "ids", "uuid", "uid", "gid", "number"))
_PLACED = frozenset(("filename", "file", "path", "selector", "link", "uri", "width", "height"))
"""Last words of further arguments for which people have a value where something is changed."""
_SAID_WORDS = "name title text content message email comment description body subject label topic note"
_SAID = frozenset(_SAID_WORDS.split())
"""Last words of arguments for which somebody says what it is that they have made."""
_FILED = frozenset(("path", "file", "filename", "filepath"))
_FILES = frozenset(("file", "folder", "directory", "project"))
_ANY_ONE = re.compile(r"\b(?:if|whether) an? (?!.*\b(?:configured|installed|set|running)\b)")
_WRAPPING = frozenset(("result", "content", "text", "_meta", "annotations", "message", "error", "structuredContent"))
"""Fields of a declared result that say nothing about what is in it."""
_ODD = re.compile(
    r"\b(?:an?|the) (?:(?!(?:of|for|in|from|on|to|by|with|and|or|as|at|that|is)\b)\w+ ){1,4}(?:an?|the) \w|"
    r"\b(?:the|an?) [A-Z][a-z]+ (?:on|off|up|down)\b|\ba(?:n|ll)? (?:the|an?)\b|\b(\w+) \1\b"
    r"|\b(?:batch|bulk|manage|html|raw|a one|different|object identified|json|internal|alpha|associated|owned)\b"
    r"|\b(?:written|selected|target|or|rsync|optionally)\b|\ban? \w+'s\b"
)
"""Words of programs in a request."""
_OF_SOMETHING = re.compile(r" (?:of|for|in|from|on|to|by|with|about) (?:an?|the|one|my|its|their) [a-z]")
_MOST = 3
"""Arguments that a call may need."""
_LONGEST = 11
"""Words of a request that a person still says."""


def is_ordinary(tool: Described) -> bool:
    """Whether the tool's description is request enough, and its result one that follows from the call."""
    return _is_ordinary(orjson.dumps(tool))


def keep_telling(described: Mapping[str, Described], known: Collection[str], ordinary: Collection[str]) -> set[str]:
    """The keys of those of the tools of which somebody can say why they are called.

    A change of which nothing but an id is said comes out of nothing where the same desk cannot show such a thing; what
    an ordinary tool declares of its result are fields of which no table has heard; and that something on a page was
    clicked is no answer to anybody.
    """
    known, ordinary = ({key for key in keys if not _is_pointed(described[key])} for keys in (known, ordinary))
    tools = [described[key] for key in (*known, *ordinary)]
    shown = {(tool["service"], name_thing(tool["name"])) for tool in tools if looks(tool)}
    return known | {key for key in ordinary if _tells(described[key], shown)}


def _is_pointed(tool: Described) -> bool:
    return not looks(tool) and "selector" in tool["inputSchema"].get("required", ()) and is_registered(tool)


def _tells(tool: Described, shown: Collection[tuple[str, str]]) -> bool:
    if tool.get("outputSchema"):
        return False
    if looks(tool) or (tool["service"], name_thing(tool["name"])) in shown:
        return True
    said = any(words(key)[-1] in _SAID for key in tool["inputSchema"].get("required", ()))
    return said and not MAKING.isdisjoint(words(tool["name"])[:4])


def is_foreseen(tool: Described) -> bool:
    """Whether what comes back follows from the call, in whatever words the tool has to be asked for."""
    phrase = phrase_of(tool)
    return not says_nothing(tool) and (follows(tool, phrase, changing=not looks(tool)) or is_looked_up(tool))


def is_likely(tool: Described) -> bool:
    """Whether at least the kind of thing that comes back is one that the tables know, or all that comes is a yes."""
    if not looks(tool):
        return bool(tool["inputSchema"].get("required"))
    about, described = name_thing(tool["name"]), f"{tool['service']} {tool['name']} {tool.get('description')}"
    return bool(tool.get("outputSchema")) or (has_fields(about) and not means_otherwise(about, described))


@lru_cache(maxsize=16384)
def _is_ordinary(text: bytes) -> bool:
    tool = orjson.loads(text)
    required = tool["inputSchema"].get("required", [])
    phrase = phrase_of(tool)
    if len(phrase.split()) > _LONGEST or _ODD.search(phrase) or len(required) > _MOST:
        return False
    changing = not looks(tool)
    if not all(is_said(key, explain(tool, key), changing) for key in required) or not grasps(tool):
        return False
    if says_nothing(tool):
        return False
    # to look it up takes longest
    return (follows(tool, phrase, changing=changing) and usable(text)) or is_looked_up(tool)


def follows(tool: Described, phrase: str, *, changing: bool) -> bool:
    """Whether what comes back follows from the call, by the tool's own text."""
    schema, name = tool["inputSchema"], words(tool["name"])
    required = schema.get("required", [])
    described = f"{tool['service']} {tool['name']} {tool.get('description')}"
    about = name_thing(tool["name"])
    if makes_its_own(tool) or means_otherwise(about, described):
        return False
    if declared := tool.get("outputSchema"):
        return len((declared.get("properties") or {}).keys() - _WRAPPING) > 1
    if not required and _OF_SOMETHING.search(phrase):
        return False
    if changing:
        plain = [key for key in schema.get("properties") or {} if is_plain_argument(key)]
        if any(words(key)[-1] in _FILED for key in required) and not (
            about in _FILES or FILE_KINDS.keys() & set(words(described))
        ):
            return False  # what kind of file?
        changed = needs(tool, plain, required, ()) or not needs(tool, ["title"], required, ())
        return bool(required and changed and not _UNDONE & set(name))
    if answers_yes_or_no(phrase):
        return bool(required or not _ANY_ONE.search(phrase))
    if about in _VAGUE or find_head(phrase) != about.rpartition("_")[2] or _UNDONE & set(name):
        return False
    if about in _TURNED and not find_sense(tool) and not is_named_plainly(tool):
        return False
    if not (has_fields(about) and (is_named(about) or not is_listing(tool, {}))):
        return False
    pointed = all(words(key)[-1] in (_POINTING if is_named(about) else _NUMBERED) for key in required)
    return pointed and (is_listing(tool, {}) or len(required) == 1)


def is_looked_up(tool: Described) -> bool:
    """Whether what the tool brings can be looked up or worked out by anybody."""
    if means_otherwise(name_thing(tool["name"]), f"{tool['service']} {tool['name']} {tool.get('description')}"):
        return False
    arguments = fillable(tool, Random(0), optional=False)
    now = f"{FIRST_DAY}T09:00:00+00:00"
    return arguments is not None and look_up(tool["name"], name_thing(tool["name"]), arguments, now, "") is not None


def is_said(key: str, schema: Schema, changing: bool) -> bool:
    """Whether people have a value for an argument of that name."""
    about = words(key)
    if _SECRET & set(about) or schema.get("type") in ("object", "boolean"):
        return False
    if schema.get("type") == "array" and singular(about[-1]) not in _POINTING and not examples(schema):
        return False
    if schema.get("enum") or examples(schema) or is_plain_argument(key):
        return True
    fitting = _POINTING | _PLACED if changing else _POINTING
    return about[-1] in fitting and all(len(word) > 2 and word.isalpha() for word in about[:-1])
