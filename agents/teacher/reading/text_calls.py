"""Calls that a server's missing parser left in the words, in the forms of many chat templates -> calls.

Only where the request offered tools, every name is one of them, every call's arguments are an object, and nothing of a
template is left in the words. Anything else stays as it is, and is an answer with a flaw.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from agents.schema import Schema
from agents.teacher.reading import loose_json, plain_calls, react
from agents.teacher.reading.arguments import call_of, clean_name, is_object
from agents.teacher.reading.reasoning import has_markup
from agents.teacher.request import Answer

_JSON = r"\s*(?:```(?:json)?\s*)?(?P<json>\{.*?\})\s*(?:```)?\s*"
_OWN = r"(?:\w+:|｜\w+｜)"
"""A family's own beginning of its tags."""
_FORMS = [
    # Anthropic's kin: MiniMax, StepFun, and DeepSeek V3.2 in marks of its own
    rf"<{_OWN}?invoke name=[\"'](?P<name>[^\"']+)[\"']>(?P<invoke>.*?)</{_OWN}?invoke>",
    # FunctionGemma
    r"<start_function_call>\s*call:(?P<name>[\w.-]+)\{(?P<gemma>.*?)\}\s*<end_function_call>(?:<start_function_response>)?",
    # Qwen 2's agent
    rf"✿FUNCTION✿:\s*(?P<name>[\w.-]+)\s*✿ARGS✿:{_JSON}(?:✿RESULT✿:?\s*)?(?=✿|$)",
    # Hunyuan and GLM's first: the name before the object
    rf"<tool_call>\s*(?P<name>[\w.-]+){_JSON}</tool_call>",
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
_INVOKED = re.compile(rf"<{_OWN}?parameter name=[\"']([^\"']+)[\"'][^<>]*>\n?(.*?)\n?</{_OWN}?parameter>", re.DOTALL)
_GEMMA = re.compile(r"(\w+):(?:<escape>)?(.*?)(?:<escape>)?(?=,\w+:|$)", re.DOTALL)
_CALLS = [re.compile(form, re.DOTALL) for form in _FORMS]
_SECTIONS = re.compile(r"<\|tool_calls_section_(?:begin|end)\|>|<｜tool▁calls▁(?:begin|end)｜>|<\|start\|>\s*assistant")
_AROUND = re.compile(rf"</?{_OWN}?(?:tool_calls?|function_calls?)>")
"""What stands around calls, once these are taken out."""
_THOUGHT = re.compile(r"<\|channel\|>\s*(?:analysis|commentary)\s*<\|message\|>(.*?)<\|end\|>", re.DOTALL)


def read(answer: Answer, tools: Sequence[Schema]) -> Answer:
    """The answer with the calls that its words hold as calls; itself where there are none that are plain."""
    schemas = {tool["function"]["name"]: tool["function"].get("parameters") or {} for tool in tools}
    if answer.tool_calls:
        if not has_markup(answer.content):
            return answer
        # some servers read the calls and leave them in the words as well
        spoken = _from_words(answer.model_copy(update={"tool_calls": ()}), schemas)
        calls = [
            (call["name"], json.loads(call["arguments"])) for call in answer.tool_calls if is_object(call["arguments"])
        ]
        copies = [(call["name"], json.loads(call["arguments"])) for call in spoken.tool_calls]
        repeated = copies and all(copy in calls for copy in copies)
        return answer.model_copy(update={"content": spoken.content}) if repeated else answer
    if answer.content.strip():
        return _from_words(answer, schemas)
    thoughts = answer.reasoning.rstrip()
    if not has_markup(thoughts) or not thoughts.endswith(plain_calls.ENDS):
        return answer
    # calls that end the thinking: the model never closed that, or its server's parser took all that follows for it
    spoken = _from_words(answer.model_copy(update={"content": thoughts, "reasoning": ""}), schemas)
    rest = "\n".join(filter(None, (spoken.reasoning, spoken.content)))
    return spoken.model_copy(update={"content": "", "reasoning": rest}) if spoken.tool_calls else answer


def _from_words(answer: Answer, schemas: Mapping[str, Schema]) -> Answer:
    if reading := react.read(answer.content, schemas):
        thought = "\n".join(filter(None, (answer.reasoning, reading.thought)))
        acted = answer.model_copy(update={"content": reading.content, "reasoning": thought})
        if not reading.calls or answer.finish == "refusal":
            return acted
        # what was cut off for want of tokens is what came after the call, and is no part of it
        return acted.model_copy(update={"tool_calls": tuple(reading.calls), "finish": "tool_calls"})
    if not has_markup(answer.content):
        return _with_calls(answer, *plain_calls.read(answer.content, schemas))
    thoughts = _THOUGHT.findall(answer.content)
    text = _SECTIONS.sub("", _THOUGHT.sub("", answer.content)).strip()
    for form in _CALLS:
        matches = list(form.finditer(text))
        if not matches:
            continue
        calls = [call for match in matches for call in _calls(match.groupdict(), schemas)]
        rest = _AROUND.sub("", form.sub("", text)).strip()
        fits = calls and all(call["name"] in schemas and is_object(call["arguments"]) for call in calls)
        if fits and not has_markup(rest):
            reasoning = "\n".join(filter(None, (answer.reasoning, *thoughts)))
            return _with_calls(answer.model_copy(update={"reasoning": reasoning}), rest, calls)
    return _with_calls(answer, *plain_calls.read(text, schemas))


def _with_calls(answer: Answer, rest: str, calls: Sequence[Mapping[str, str]]) -> Answer:
    if not calls or has_markup(rest):
        return answer
    finish = "tool_calls" if answer.finish == "stop" else answer.finish
    return answer.model_copy(update={"content": rest, "tool_calls": tuple(calls), "finish": finish})


def _calls(parts: Mapping[str, str | None], schemas: Mapping[str, Schema]) -> Iterator[dict[str, str]]:
    """The calls of one match: a name beside its arguments, or objects that hold both."""
    name = clean_name(parts.get("name") or "")
    if name and any(parts.get(kind) is not None for kind in ("xml", "glm", "invoke", "gemma")):
        pairs = re.findall(r"<parameter=([\w.-]+)>\n?(.*?)\n?</parameter>", parts.get("xml") or "", re.DOTALL)
        pairs += re.findall(
            r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)</arg_value>", parts.get("glm") or "", re.DOTALL
        )
        pairs += _INVOKED.findall(parts.get("invoke") or "")
        pairs += _GEMMA.findall(parts.get("gemma") or "")
        properties = schemas.get(name, {}).get("properties") or {}
        yield call_of(name, {key: plain_calls.read_value(text, properties.get(key)) for key, text in pairs})
        return
    if name:
        yield call_of(name, parts.get("json"))
        return
    try:
        listed = loose_json.read(parts.get("list") or parts.get("json") or "")
    except (ValueError, RecursionError):
        return
    for call in listed if isinstance(listed, list) else [listed]:
        function = call.get("function", call) if isinstance(call, Mapping) else {}
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            arguments: object = next((function[key] for key in ("arguments", "parameters") if key in function), {})
            yield call_of(function["name"], arguments)
