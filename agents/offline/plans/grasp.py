"""How well it is understood what a tool does: whether people would ask for it so, and what its arguments hold."""

import re
from functools import lru_cache

import orjson

from agents.offline.fields.strings import means_something
from agents.offline.fields.topic import looks, name_thing
from agents.offline.talk.phrases import is_plain_order, phrase_of
from agents.offline.trade.subject import is_named, load_table
from agents.plan.dataflow import Described, nouns
from agents.plan.examples import examples
from agents.plan.json_paths import flat
from agents.schema import Schema, singular, words

_ARGUMENTS = frozenset(load_table("repertoire")["arguments"].split())
_OF_ONE = re.compile(r" (?:of|for|from|in|to|on|with) an? ")
"""What is asked of some thing or other, of which somebody would have to say which."""
_OWNING = "file|folder|page|document|user|project|repository|channel|board|table"
_OF_ITS = re.compile(rf" (?:of|for|from) an? (?:{_OWNING})\b")
"""The same in a description, which also speaks of things that there is one of."""
_ANSWERING = frozenset(load_table("repertoire")["answering"].split())
"""Verbs of requests of which the result is what is wanted, and not that it was done."""
_ASKED = frozenset(("query", "q", "search", "term", "question", "keyword", "keywords"))
_ARGUMENTS_LISTED = re.compile(r"\b(?:Args|Arguments|Parameters|Params)\b")
_POINTING = re.compile(r"(?i)\b(?:specific|given|specified|by (?:its |the )?(?:id|name))\b")


def grasps(tool: Described) -> bool:
    """Whether the tool is asked for in plain words, and each argument that it needs has a meaning.

    What changes something and takes no argument is never grasped: nobody could say what it changes.
    """
    return _grasps(orjson.dumps(tool))


@lru_cache(maxsize=16384)
def _grasps(text: bytes) -> bool:
    tool = orjson.loads(text)
    schema = tool["inputSchema"]
    if not is_plain_order(tool["name"], tool.get("description") or ""):
        return False
    phrase = phrase_of(tool)
    required = schema.get("required", [])
    filed = phrase.startswith("load ") and any(words(key)[-1] in ("filename", "file", "path") for key in required)
    asking = (
        filed
        or phrase.split()[0] in _ANSWERING
        or (bool(required) and all(_ASKED & set(words(key)) for key in required))
    )
    if asking and not looks(tool) and not tool.get("outputSchema"):
        return False  # that it was done is no answer to somebody who wants the summary
    first = (tool.get("description") or "").partition(".")[0]
    if not schema.get("properties") and (_OF_ONE.search(phrase) or _OF_ITS.search(first)):
        return False
    noun = nouns(tool["name"])[-1:]
    known = is_named(noun[0]) or noun[0] in (tool.get("description") or "").lower() if noun else False
    if not known and tool.get("description") and {"name", "title"} & set(required):
        return False  # the name of what?
    described = f"{' '.join(words(tool['name']))} {tool.get('description') or ''}"
    # Without an argument nobody can say which one is meant.
    if not schema.get("properties") and (not looks(tool) or _POINTING.search(described)):
        return False
    holder = name_thing(tool["name"])
    properties = schema.get("properties") or {}
    return all(
        _knows(key, explain(tool, key), holder, schema) for key in schema.get("required", []) if key in properties
    )


def _knows(key: str, schema: Schema, holder: str, root: Schema, depth: int = 0) -> bool:
    """Whether a value of the argument can be one that means something."""
    schema = flat(schema, root)
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if schema.get("enum") or "const" in schema or "default" in schema or examples(schema):
        return True
    if kind == "array":
        return isinstance(schema.get("items"), dict) and _knows(singular(key), schema["items"], holder, root, depth + 1)
    if kind == "object":
        inner = schema.get("properties") or {}
        asked = schema.get("required", list(inner))
        return (
            depth < 3
            and bool(inner)
            and all(_knows(name, inner.get(name) or {}, key, root, depth + 1) for name in asked)
        )
    return kind != "string" or means_something(schema, key, holder)


def is_plain_argument(key: str) -> bool:
    """Whether the words of an argument are ones that people have a value for."""
    return all(word in _ARGUMENTS or singular(word) in _ARGUMENTS for word in words(key))


def explain(tool: Described, key: str) -> Schema:
    """The argument's schema; what only the tool's description says of it (`Args: key: ...`) is its description."""
    schema = tool["inputSchema"]
    inner: Schema = flat((schema.get("properties") or {}).get(key) or {}, schema)
    if inner.get("description"):
        return _with_examples(inner)
    described = tool.get("description") or ""
    if key not in described or not _ARGUMENTS_LISTED.search(described):
        return inner
    line = re.search(
        rf"(?m)(?<![\w-]){re.escape(key)}\s*(?:\([^)\n]*\))?\s*[:–]\s*(\S.*?)(?=\s+\w+\s*(?:\([^)]*\))?: |$)",
        described,
    )
    return _with_examples({**inner, "description": line[1]}) if line else inner


def _with_examples(schema: Schema) -> Schema:
    """The schema with the examples that its description gives without quotes: `(e.g. CA, NY)`."""
    told = re.search(r"(?:e\.g\.|[Ee]xamples?:|such as),? ([\w.:/-]+(?:, ?[\w.:/-]+){0,4})", schema["description"])
    if not told or schema.get("examples") or examples(schema) or schema.get("type", "string") != "string":
        return schema
    listed = [part.strip().rstrip(".") for part in told[1].split(",")]
    single = [part for part in listed if re.search(r"[A-Z0-9/_-]", part)]  # a plain word may begin a phrase
    return {**schema, "examples": single} if single else schema
