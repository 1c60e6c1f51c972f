"""Calls of models that were trained to think, act and wait for an observation in plain words -> calls.

`Thought: ... Action: NAME`, `Action Input: ...` is the oldest form there is, and what models without calls of their own
fall back to. What they go on to say after it, observations included, is made up: it is cut.
"""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.schema import Schema
from agents.teacher.reading import plain_calls
from agents.teacher.reading.arguments import call_of, clean_name, is_object, tidy

_START, _END = r"(?:^[ \t>#*_-]*|(?<=[\s.!?])[*_]{0,2})", r"(?:[ _#]?\d+)?[*_ \t]*:[*_]*[ \t]*"
"""Around a label: a line of its own or the end of a sentence before it; bold or numbered."""
_INPUT = rf"(?:(?:Action|Tool|Function)[ _](?:Input|Args|Arguments)|Arguments|Input){_END}"
LABEL = re.compile(
    rf"{_START}(?:(?P<thought>Thought)|(?P<action>Action|Tool|Function)|(?P<input>Action[ _]Input)"
    rf"|(?P<observation>Observation|Tool[ _](?:Output|Result|Response))|(?P<final>Final[ _]Answer)){_END}",
    re.MULTILINE,
)
INPUT = re.compile(rf"\s*[*_]{{0,2}}{_INPUT}\s*", re.IGNORECASE)
NAME = re.compile(r"\s*[`\"'*]*(?P<name>[\w.-]+)[`\"'*]*[ \t]*")
FENCE = re.compile(r"\s*```\w*[ \t]*\n?(?P<inside>.*?)\n?[ \t]*```[ \t]*", re.DOTALL)
PAIR = re.compile(r"[ \t]*[-*]?[ \t]*[\"'`]?(\w+)[\"'`]?[ \t]*[:=][ \t]*(.+?)[ \t]*,?[ \t]*")
NOTHING = {"", "none", "null", "n/a", "na", "empty", "no input", "{}", "-"}


@dataclass
class Reading:
    """What a text in this form comes to."""

    content: str = ""
    """What is said before a thought and a call, or as the final answer."""
    thought: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)


def read(text: str, schemas: Mapping[str, Schema]) -> Reading | None:
    """None where the text is not in this form, or calls something that was not offered.

    >>> weather = {"weather": {"properties": {"city": {"type": "string"}}}}
    >>> reading = read("Thought: I look. Action: weather\\nAction Input: Bonn\\nObservation: Rain.", weather)
    >>> reading.thought, reading.calls
    ('I look.', [{'name': 'weather', 'arguments': '{"city":"Bonn"}'}])
    >>> read("Thought: I know.\\nFinal Answer: It rains.", weather).content
    'It rains.'
    """
    label = LABEL.search(text)
    reading, thoughts, final = Reading(text[: label.start()].strip() if label else ""), list[str](), False
    while label and not label["observation"]:  # all from there on is made up
        end = label.end()
        if label["action"] and not text[end:].lstrip("`\"'* ").lower().startswith(("none", "n/a", "no ")):
            call, end = _call_at(text, end, schemas)
            if call is None:
                return None
            reading.calls.append(call)
        after = LABEL.search(text, end)
        words = text[label.end() : after.start() if after else len(text)].strip()
        if label["thought"]:
            thoughts.append(words)
        final = bool(label["final"])
        if final:
            reading.content = "\n".join(filter(None, (reading.content, "" if reading.calls else words)))
            break
        label = after
    reading.thought = "\n".join(thoughts)
    # an action without a thought may also be what an answer is headed with: then words follow it
    bare = reading.calls and not thoughts and label is None and text[end:].strip()
    return reading if (reading.calls or final or thoughts) and not bare else None


def _call_at(text: str, start: int, schemas: Mapping[str, Schema]) -> tuple[dict[str, str] | None, int]:
    """The call that an action names, and where it ends; None for one that cannot be read, or was not offered."""
    fence = FENCE.match(text, start)
    inside, end = (fence["inside"], fence.end()) if fence else (text[start:], len(text))
    if inside.lstrip().startswith("{"):  # LangChain's structured chat: one object for both
        try:
            value, length = json.JSONDecoder().raw_decode(inside.lstrip())
            call = plain_calls.of_object(value, schemas)
        except (ValueError, RecursionError):
            return None, start
        return call, end if fence else end - len(inside.lstrip()) + length
    named = NAME.match(text, start)
    name = clean_name(named["name"]) if named else ""
    if not named or name not in schemas:
        return None, start
    line = text[named.end() :].partition("\n")[0].strip()
    if line.startswith("(") and line.endswith(")"):
        try:
            (spelt,) = plain_calls.from_python(f"{name}{line}", schemas)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return _call_of_text(name, line[1:-1], schemas[name]), named.end() + len(line)
        return spelt, named.end() + len(line)
    if line.startswith("[") and line.endswith("]"):  # as in the paper of ReAct: Search[query]
        return _call_of_text(name, line[1:-1], schemas[name]), named.end() + len(line)
    label = INPUT.match(text, named.end())
    if label is None:
        return _call_of_text(name, line, schemas[name]), named.end() + len(line)
    start = label.end()
    if fence := FENCE.match(text, start):
        return _call_of_text(name, fence["inside"], schemas[name]), fence.end()
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
        after = LABEL.search(text, end)
        if not text[end : after.start() if after else len(text)].strip() or isinstance(value, dict):
            return _call_of_text(name, text[start:end], schemas[name]), end
    except (ValueError, RecursionError):
        pass
    after = LABEL.search(text, start)
    end = after.start() if after else len(text)
    return _call_of_text(name, text[start:end], schemas[name]), end


def _call_of_text(name: str, text: str, schema: Schema) -> dict[str, str] | None:
    """A call whose input is an object, nothing, a line for each argument, or the value of the only one there is."""
    text = text.strip()
    bare = tidy(text)
    properties: Schema = schema.get("properties") or {}
    required = schema.get("required") or ()
    if is_object(bare) and (bare != "{}" or text.lower() in NOTHING):
        return call_of(name, bare)
    if text.lower() in NOTHING:
        return call_of(name, "{}")
    pairs = [PAIR.fullmatch(line) for line in text.splitlines() if line.strip()]
    if all(pair and pair[1] in properties for pair in pairs):
        return call_of(name, {p[1]: plain_calls.read_value(_unquote(p[2]), properties[p[1]]) for p in pairs if p})
    if text.startswith("{") and any(re.search(rf"\b{re.escape(key)}\W{{0,2}}\s*:", text) for key in properties):
        return None  # an object that is damaged, and not the value of the one argument
    only = next((keys[0] for keys in (list(properties), list(required)) if len(keys) == 1), "")
    return call_of(name, {only: plain_calls.read_value(_unquote(text), properties.get(only))}) if only else None


def _unquote(text: str) -> str:
    """A text without the quotation marks around it."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return value if isinstance(value, str) else text
