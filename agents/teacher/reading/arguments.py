"""A call's arguments as models and servers really write them -> the text of one JSON object, where that is plain."""

import ast
import json
import re

from agents.teacher.reading import reasoning

LONGEST = 200_000
"""Characters that are looked at; longer arguments are a model that runs in circles, and are kept as they are."""
_MARKS = re.compile(
    r"<\|[^|<>]{1,40}\|>|</?(?:tool_calls?|function|parameter)(?:=[\w.-]+)?>|```(?:json)?|\[/?TOOL_CALLS?\]|</s>"
)
"""What a template puts around a call."""
_WORDS = re.compile(r"\s*[^\W\d][^\"{}\[\]]*")
"""What a model says before or behind its arguments; what could be more of them has quotation marks or brackets."""
_DECODER = json.JSONDecoder()


def is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def tidy(text: str) -> str:
    """The object in a model's text, or the text itself where it is not plain which object was meant.

    Quoted once more, behind a thought, between marks of a template or in a fence, said twice, or begun with the `{}` of
    a server that had promised an object: all of these are the same arguments.

    >>> tidy('{}{"id": 3}'), tidy('{"id": 3}</tool_call>'), tidy('"{\\\\"id\\\\": 3}"'), tidy("{'id': None}")
    ('{"id": 3}', '{"id": 3}', '{"id": 3}', '{"id": null}')
    >>> tidy('Now I call it: {"id": 3}'), tidy('{"id": 3} {"id": 4}')
    ('{"id": 3}', '{"id": 3} {"id": 4}')
    >>> tidy('{"text": "first\\nsecond"}')
    '{"text": "first\\\\nsecond"}'
    """
    if is_object(text) or len(text) > LONGEST:
        return text
    try:
        whole = json.loads(text, strict=False)  # a text in it holds a line break as it is
        if isinstance(whole, dict):
            return json.dumps(whole, ensure_ascii=False)
    except (ValueError, RecursionError):
        pass
    bare = text
    for _ in range(4):  # each layer of quotation marks doubles the backslashes: more are no server's habit
        if not bare.lstrip().startswith('"'):
            break
        try:
            inner = json.loads(bare)
        except (ValueError, RecursionError):
            break
        bare = inner if isinstance(inner, str) else bare
    bare = reasoning.split(bare)[1] if reasoning.END.search(bare) else bare
    bare = bare if is_object(bare) else _MARKS.sub(" ", bare).strip()
    if is_object(bare):
        return bare
    if bare in {"", "null", "[]", "None", "undefined"}:
        return "{}"
    try:
        whole = ast.literal_eval(bare)  # a model that has read more Python than JSON
        if isinstance(whole, dict) and all(isinstance(key, str) for key in whole):
            return json.dumps(whole, ensure_ascii=False)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    before, objects, rest = bare.partition("{")[0], list[object](), bare
    if _WORDS.fullmatch(before) or before.strip() == "[":
        rest = bare[len(before) :]
    while rest.startswith("{"):
        try:
            value, end = _DECODER.raw_decode(rest)
        except (ValueError, RecursionError):
            return text
        objects.append(value)
        rest = rest[end:].strip()
    distinct = [value for n, value in enumerate(objects) if value and value not in objects[:n]]
    if not objects or len(distinct) > 1 or not (_WORDS.fullmatch(rest) or not rest.strip("}] \n")):
        return text
    return json.dumps(distinct[0], ensure_ascii=False) if distinct else "{}"
