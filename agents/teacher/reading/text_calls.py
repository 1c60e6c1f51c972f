"""Calls that a server's missing parser left in the words, in the forms of many chat templates -> calls.

Only where the request offered tools, every name is one of them, every call's arguments are an object, and nothing of a
template is left in the words. Anything else stays as it is, and is an answer with a flaw.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from agents.schema import Schema
from agents.teacher.reading import completion
from agents.teacher.reading.arguments import is_object
from agents.teacher.reading.reasoning import has_markup
from agents.teacher.request import Answer

_JSON = r"\s*(?:```(?:json)?\s*)?(?P<json>\{.*?\})\s*(?:```)?\s*"
_FORMS = [
    # Hermes, Qwen; the closing tag is often the end of the answer
    rf"<tool_calls?>(?:{_JSON}|\s*(?P<list>\[.*?\])\s*)(?:</tool_calls?>|$)",
    # GLM
    r"<tool_call>\s*(?P<name>[\w.-]+)\s*(?P<glm>(?:<arg_key>.*?</arg_value>\s*)*)</tool_call>",
    # Llama 3 and Qwen3-Coder
    rf"(?:<tool_call>\s*)?<function=(?P<name>[\w.-]+)>(?:{_JSON}|(?P<xml>(?:\s*<parameter=.*?</parameter>)*\s*))"
    r"(?:</function>|$)(?:\s*</tool_call>)?",
    # Mistral, new and old
    rf"\[TOOL_CALLS\](?P<name>[\w.-]+)(?:\[CALL_ID\]\w+)?(?:\[ARGS\])?{_JSON}(?=\[TOOL_CALLS\]|$)",
    r"\[TOOL_CALLS\]\s*(?P<list>\[.*\])\s*(?:\[/TOOL_CALLS\])?$",
    # Llama 3.1
    rf"<\|python_tag\|>{_JSON}(?:<\|eom_id\|>|$)",
    # Kimi K2, DeepSeek V3 and V3.1
    rf"<\|tool_call_begin\|>(?P<name>[\w.:-]+)\s*<\|tool_call_argument_begin\|>{_JSON}<\|tool_call_end\|>",
    rf"<｜tool▁call▁begin｜>function<｜tool▁sep｜>(?P<name>[\w.-]+){_JSON}<｜tool▁call▁end｜>",
    rf"<｜tool▁call▁begin｜>(?P<name>[\w.-]+)<｜tool▁sep｜>{_JSON}<｜tool▁call▁end｜>",
    # gpt-oss: harmony's commentary channel
    rf"<\|channel\|>\s*commentary\s+to=(?P<name>[\w.-]+)\s*(?:<\|constrain\|>\s*)?(?:json\s*)?<\|message\|>{_JSON}(?:<\|call\|>|$)",
]
_CALLS = [re.compile(form, re.DOTALL) for form in _FORMS]
_SECTIONS = re.compile(r"<\|tool_calls_section_(?:begin|end)\|>|<｜tool▁calls▁(?:begin|end)｜>|<\|start\|>\s*assistant")
_THOUGHT = re.compile(r"<\|channel\|>\s*(?:analysis|commentary)\s*<\|message\|>(.*?)<\|end\|>", re.DOTALL)


def read(answer: Answer, tools: Sequence[Schema]) -> Answer:
    """The answer with the calls that its words hold as calls; itself where it has calls, or none that are plain."""
    if answer.tool_calls or not has_markup(answer.content):
        return answer
    schemas = {tool["function"]["name"]: tool["function"].get("parameters") or {} for tool in tools}
    thoughts = _THOUGHT.findall(answer.content)
    text = _SECTIONS.sub("", _THOUGHT.sub("", answer.content)).strip()
    for form in _CALLS:
        matches = list(form.finditer(text))
        if not matches:
            continue
        calls = [call for match in matches for call in _calls(match.groupdict(), schemas)]
        rest = form.sub("", text).strip()
        fits = calls and all(call["name"] in schemas and is_object(call["arguments"]) for call in calls)
        if fits and not has_markup(rest):
            reasoning = "\n".join(filter(None, (answer.reasoning, *thoughts)))
            finish = "tool_calls" if answer.finish == "stop" else answer.finish
            changes = {"content": rest, "reasoning": reasoning, "tool_calls": tuple(calls), "finish": finish}
            return answer.model_copy(update=changes)
    return answer


def _calls(parts: Mapping[str, str | None], schemas: Mapping[str, Schema]) -> Iterator[dict[str, str]]:
    """The calls of one match: a name beside its arguments, or objects that hold both."""
    name = completion.clean_name(parts.get("name") or "")
    if name and (parts.get("xml") is not None or parts.get("glm") is not None):
        pairs = re.findall(r"<parameter=([\w.-]+)>\n?(.*?)\n?</parameter>", parts.get("xml") or "", re.DOTALL)
        pairs += re.findall(
            r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)</arg_value>", parts.get("glm") or "", re.DOTALL
        )
        properties = schemas.get(name, {}).get("properties") or {}
        yield completion.call_of(name, {key: _value(text, properties.get(key)) for key, text in pairs})
        return
    if name:
        yield completion.call_of(name, parts.get("json"))
        return
    try:
        listed = json.loads(parts.get("list") or parts.get("json") or "")
    except (ValueError, RecursionError):
        return
    for call in listed if isinstance(listed, list) else [listed]:
        function = call.get("function", call) if isinstance(call, Mapping) else {}
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            arguments: object = next((function[key] for key in ("arguments", "parameters") if key in function), {})
            yield completion.call_of(function["name"], arguments)


def _value(text: str, schema: object) -> object:
    """A parameter's value, which XML gives as text: as it is where text is wanted, else as JSON."""
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
