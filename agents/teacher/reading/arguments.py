"""A call as models and servers really write it -> a bare name, and the text of one JSON object where that is plain."""

import json
import re
from collections.abc import Mapping

from agents.teacher.reading import loose_json, reasoning
from agents.teacher.request import LONGEST

ARGUMENTS = ("arguments", "input", "parameters", "args")
"""Where they stand."""
_MARKS = re.compile(
    r"<\|[^|<>]{1,40}\|>|</?(?:tool_calls?|function|parameter)(?:=[\w.-]+)?>|```(?:json)?|\[/?TOOL_CALLS?\]|</s>"
)
"""What a template puts around a call."""
_WORDS = re.compile(r"\s*[^\W\d][^\"{}\[\]]*")
"""What a model says before or behind its arguments; what could be more of them has quotation marks or brackets."""
_UNFIT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""As JSON escapes them: NUL, and a half of a character beyond the first 65,536, which alone is none."""
_DECODER = json.JSONDecoder(object_pairs_hook=loose_json.once)


def is_object(text: str) -> bool:
    try:
        return isinstance(_DECODER.decode(text), dict)
    except (ValueError, RecursionError):
        return False


def in_order(value: object) -> list[object]:
    """The members of a list, also of one that PHP and its kin wrote as a map from their numbers, and of one alone.

    >>> in_order({"1": "b", "0": "a"}), in_order({"name": "find"}), in_order(None)
    (['a', 'b'], [{'name': 'find'}], [])
    """
    if isinstance(value, Mapping) and value and all(str(key).isdecimal() for key in value):
        return [value[key] for key in sorted(value, key=int)]
    return [value] if isinstance(value, Mapping) else list(value) if isinstance(value, list) else []


def tidy(text: str) -> str:
    """The object in a model's text, or the text itself where it is not plain which object was meant.

    Quoted once more, behind a thought, between marks of a template or in a fence, said twice, or begun with the `{}` of
    a server that had promised an object: all of these are the same arguments. So is what `loose_json` reads.

    >>> tidy('{}{"id": 3}'), tidy('{"id": 3}</tool_call>'), tidy('"{\\\\"id\\\\": 3}"'), tidy("{'id': None}")
    ('{"id": 3}', '{"id": 3}', '{"id": 3}', '{"id": null}')
    >>> tidy('Now I call it: {"id": 3}'), tidy('{"id": 3} {"id": 4}')
    ('{"id": 3}', '{"id": 3} {"id": 4}')
    >>> tidy('{"text": "first\\nsecond"}')
    '{"text": "first\\\\nsecond"}'
    """
    if is_object(text) or len(text) > LONGEST:
        return text
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
        whole = loose_json.read(bare)
        if isinstance(whole, dict):
            return json.dumps(whole, ensure_ascii=False)
    except loose_json.Twice:
        return text
    except (ValueError, RecursionError):
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


def call_of(name: str, arguments: object) -> dict[str, str]:
    """A call with its arguments as the model's own text, where they came as text.

    Servers whose parser stops too late leave template marks on a name, others quote the arguments twice.

    >>> call_of("functions.find<|channel|>json", {"id": 3}), call_of("find", '"{}"')
    ({'name': 'find', 'arguments': '{"id":3}'}, {'name': 'find', 'arguments': '{}'})
    >>> call_of("find", '{"name": "find", "parameters": {"id": 3}}')
    {'name': 'find', 'arguments': '{"id":3}'}
    >>> call_of("find", '{"text": "Hi\\\\u0000 \\\\ud83d"}')["arguments"]
    '{"text": "Hi ?"}'
    """
    bare = clean_name(name)
    if isinstance(arguments, str):
        arguments = text = tidy(arguments)
        if bare in text and is_object(text) and (inner := json.loads(text)).get("name") == bare and len(inner) == 2:
            arguments = next((inner[key] for key in ARGUMENTS if isinstance(inner.get(key), dict)), text)
    if not isinstance(arguments, str):  # else the model's own text
        arguments = json.dumps(arguments or {}, ensure_ascii=False, separators=(",", ":"))
    arguments = encodable_json(arguments) if is_object(arguments) else encodable(arguments)
    return {"name": encodable(bare), "arguments": arguments}


def clean_name(name: str) -> str:
    """A tool's name without what templates put around it; one that is sent is letters, digits, `_` and `-` alone.

    >>> clean_name("functions.find:0"), clean_name('"find"'), clean_name("find()"), clean_name("default_api.find")
    ('find', 'find', 'find', 'find')
    """
    bare = name.partition("<|")[0].strip().strip("\"'`()[] ")
    bare = re.sub(r"^(?:functions?|tools?|default_api|to=functions)[.:]", "", bare)
    return re.sub(r":\d+$", "", bare) or name.strip()


def encodable(text: str) -> str:
    """Lone surrogates, which JSON can carry and UTF-8 cannot, become `?`; NUL, which many a reader stops at, goes."""
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def encodable_json(text: str) -> str:
    """The same of JSON whose texts may hold them as escapes.

    >>> encodable_json('{"say": "Hi \\\\ud83d"}'), encodable_json('{"say": "Hi \\\\ud83d\\\\ude00"}')
    ('{"say": "Hi ?"}', '{"say": "Hi 😀"}')

    Raises: ValueError: it is no JSON.
    """
    if not _UNFIT.search(text):
        return encodable(text)
    value = reasoning.map_texts(json.loads(text, strict=False), encodable)
    return encodable(json.dumps(value, ensure_ascii=False))
