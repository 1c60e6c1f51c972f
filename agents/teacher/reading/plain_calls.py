"""Calls that a model wrote out as JSON or as Python, with or without a template's marks around them -> calls.

Whatever the marks of a family are, what stands between them is one of few things: objects with a name and arguments,
a list of such, or calls as Python writes them. All that ends the text must be calls of tools that were offered.
"""

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping

from agents.teacher.reading import loose_json
from agents.teacher.reading.arguments import call_of, clean_name

MARKS = re.compile(
    r"<\|[^|<>]{1,40}\|>|</?(?:\w+:)?(?:tool_calls?|toolcall|function_?calls?)>|```\w*|(?:^|(?<=\n))functools(?=\[)|</s>",
    re.IGNORECASE,
)
"""What families put around calls, and fences."""
ENDS = ("}", "]", ")", ">", "`", ";")
"""How words end that end in calls."""
LINES = 60
"""So many beginnings of lines are tried; a model that calls does not speak at length before."""
NAMES = ("name", "tool_name", "tool", "function_name", "action")
ARGUMENTS = ("arguments", "parameters", "args", "input", "tool_input", "action_input")
_BETWEEN = re.compile(r"[\s;,]*")
_DECODER = json.JSONDecoder()


def read(text: str, offered: Collection[str]) -> tuple[str, list[dict[str, str]]]:
    """What is said before the calls, and the calls; no calls where it is not plain that there are any.

    >>> read('Let me see.\\n{"name": "find", "parameters": {"id": 3}}', ["find"])
    ('Let me see.', [{'name': 'find', 'arguments': '{"id":3}'}])
    >>> read("[find(id=3)]", ["find"])[1], read('{"name": "lost"}', ["find"])[1]
    ([{'name': 'find', 'arguments': '{"id":3}'}], [])
    """
    if not text.rstrip().endswith(ENDS) or not any(name in text for name in offered):
        return text, []
    bare = MARKS.sub("\n", text)
    starts = [match.start() for match in re.finditer(r"^[ \t]*\S", bare, re.MULTILINE)]
    for start in starts[:LINES]:
        rest = bare[start:].strip()
        for reader in (from_json, from_python):
            try:
                calls = list(reader(rest, offered))
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if calls:
                return bare[:start].strip(), calls
    return text, []


def from_json(text: str, offered: Collection[str]) -> Iterator[dict[str, str]]:
    """Calls of JSON values in a row. Raises: ValueError: something there is no call."""
    place = 0
    while place < len(text):
        value, place = _DECODER.raw_decode(text, place)
        for call in value if isinstance(value, list) else [value]:
            listed = call.get("tool_calls") if isinstance(call, Mapping) else None
            for each in listed if isinstance(listed, list) else [call]:
                yield of_object(each, offered)
        between = _BETWEEN.match(text, place)
        place = between.end() if between else place


def of_object(value: object, offered: Collection[str]) -> dict[str, str]:
    """The call that an object holds. Raises: ValueError."""
    call = value.get("function", value) if isinstance(value, Mapping) else None
    if not isinstance(call, Mapping):
        raise ValueError("no call")
    name = next((call[key] for key in NAMES if isinstance(call.get(key), str)), "")
    key = next((key for key in ARGUMENTS if key in call), "")
    if len(call) == 1 and not name:  # the name itself is the key
        name, key = next(iter(call)), next(iter(call))
    arguments = call.get(key)
    if isinstance(arguments, str):
        arguments = loose_json.read(arguments)
    if clean_name(name) not in offered or not isinstance(arguments, Mapping):
        raise ValueError("no call of a tool that was offered")
    return call_of(name, arguments)


def from_python(text: str, offered: Collection[str]) -> Iterator[dict[str, str]]:
    """Calls as Python writes them, each a line or all in a list. Raises: ValueError, SyntaxError."""
    for statement in ast.parse(text).body:
        if not isinstance(statement, ast.Expr):
            raise ValueError("no call")
        value = statement.value
        for call in value.elts if isinstance(value, ast.List) else [value]:
            if isinstance(call, ast.Dict):
                yield of_object(ast.literal_eval(call), offered)
                continue
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "print" and len(call.args) == 1:
                call = call.args[0]
            if not isinstance(call, ast.Call) or call.args or any(word.arg is None for word in call.keywords):
                raise ValueError("no call by keywords")
            spelt = ast.unparse(call.func)
            name = spelt.removesuffix(".call")
            name = spelt if spelt in offered else clean_name(name)
            if name not in offered:
                raise ValueError("no tool that was offered")
            yield call_of(name, {str(word.arg): ast.literal_eval(word.value) for word in call.keywords})


def read_value(text: str, schema: object) -> object:
    """A parameter's value, which came as text: as it is where text is wanted, else as JSON."""
    schema = schema if isinstance(schema, Mapping) else {}
    ways = [
        schema,
        *(part for key in ("anyOf", "oneOf") for part in schema.get(key) or () if isinstance(part, Mapping)),
    ]
    kinds = [kind for way in ways for kind in (way["type"] if isinstance(way.get("type"), list) else [way.get("type")])]
    if "string" in kinds and not (text == "null" and "null" in kinds):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
