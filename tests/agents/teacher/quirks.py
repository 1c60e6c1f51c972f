"""An endpoint with one bad habit at a time, each met in public bug reports; /<quirk>/v1 is the base URL of one.

A quirk refuses a request, or changes the good completion on its way out. `times` is how often it does so before it
behaves; `docs/endpoints.md` lists them all.
"""

import gzip
import html
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Body = dict[str, Any]
Refuse = Callable[[Body], Response | None]
Change = Callable[[Body], Response | Body]
PLAN = "The plan says: first call the tool {maybe}, then answer."
ALWAYS = 10**9


@dataclass(frozen=True)
class Quirk:
    """What the endpoint does to a request or to a completion, so many times."""

    refuse: Refuse = lambda body: None
    change: Change = lambda completion: completion
    times: int = ALWAYS


def error(http: int, message: str, code: str | int | None = None, **more: Any) -> Response:
    return JSONResponse({"error": {"message": message, "code": code, **more}}, http)


def message_of(completion: Body) -> Body:
    return dict(completion["choices"][0]["message"])


def with_message(completion: Body, **fields: Any) -> Body:
    choice = completion["choices"][0]
    message = {key: value for key, value in {**choice["message"], **fields}.items() if value is not ...}
    return {**completion, "choices": [{**choice, "message": message}]}


def with_choice(completion: Body, **fields: Any) -> Body:
    return {**completion, "choices": [{**completion["choices"][0], **fields}]}


def wrap(before: str, after: str = "") -> Change:
    """The content with something before and after it."""

    def change(completion: Body) -> Body:
        return with_message(completion, content=f"{before}{message_of(completion)['content'] or ''}{after}")

    return change


def calls(edit: Callable[[Body], Body]) -> Change:
    """Each call edited, where there are any."""

    def change(completion: Body) -> Body:
        message = message_of(completion)
        edited = [edit(call) for call in message.get("tool_calls") or ()]
        return with_message(completion, tool_calls=edited) if edited else completion

    return change


def function(edit: Callable[[Body], Body]) -> Change:
    return calls(lambda call: {**call, "function": {**call["function"], **edit(call["function"])}})


def parts(completion: Body, *before: Body) -> Body:
    content = message_of(completion)["content"]
    text = [{"type": "text", "text": content[:2]}, {"type": "text", "text": content[2:]}] if content else []
    return with_message(completion, content=[*before, *text])


def legacy_call(completion: Body) -> Body:
    listed = message_of(completion).get("tool_calls")
    if not listed or len(listed) > 1:
        return completion
    return with_message(completion, tool_calls=..., function_call=listed[0]["function"])


def events(completion: Body, *, indexed: bool = True, done: bool = True) -> Response:
    """The completion as a stream that nobody asked for, its arguments in halves."""
    choice, message = completion["choices"][0], message_of(completion)
    deltas: list[Body] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in (message.get("content") or "").partition(" ") if piece]
    for n, call in enumerate(message.get("tool_calls") or ()):
        place = {"index": n} if indexed else {}
        named, text = call["function"], call["function"]["arguments"]
        first = {"id": call["id"], "function": {"name": named["name"], "arguments": text[:3]}}
        deltas += [
            {"tool_calls": [{**place, **first}]},
            {"tool_calls": [{**place, "function": {"arguments": text[3:]}}]},
        ]
    chunks = [{"model": completion["model"], "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]}
    lines = [f"data: {json.dumps(chunk)}" for chunk in ([*chunks, end] if done else chunks[: 1 + len(chunks) // 2])]
    lines += [f"data: {json.dumps({'choices': [], 'usage': completion['usage']})}", "data: [DONE]"] if done else []
    return Response(": PROCESSING\n\n" + "\n\n".join(lines) + "\n\n", media_type="text/event-stream")


Pieces = Callable[[str], list[str]]


def streamed(
    words: Pieces, arguments: Pieces, place: Callable[[int, Body], Body] | None = None
) -> Callable[[Body], Response]:
    """A stream whose texts are cut as these say; `place`: what each piece of the nth call says beside its function."""

    def change(completion: Body) -> Response:
        message = message_of(completion)
        deltas: list[Body] = [{"content": piece} for piece in words(message.get("content") or "")]
        for n, call in enumerate(message.get("tool_calls") or ()):
            function = call["function"]
            beside = place(n, call) if place else {"index": n, "id": call["id"]}
            pieces = [{"name": function["name"], "arguments": text} for text in arguments(function["arguments"])]
            deltas += [{"tool_calls": [{**beside, "function": piece}]} for piece in pieces]
        ends = {"choices": [{"delta": {}, "finish_reason": completion["choices"][0]["finish_reason"]}]}
        events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
        counts = {"choices": [], "usage": completion["usage"]}
        lines = [f"data: {json.dumps(event)}" for event in [*events, ends, counts]]
        return Response("\n\n".join([*lines, "data: [DONE]", ""]), media_type="text/event-stream")

    return change


def parts_of(text: str) -> list[str]:
    return [text[n : n + 7] for n in range(0, len(text), 7)]


def so_far(text: str) -> list[str]:
    return list(itertools.accumulate(parts_of(text)))


def and_whole(text: str) -> list[str]:
    return [*parts_of(text), text]


def whole(text: str) -> list[str]:
    return [text] if text else []


def listed_twice(completion: Body) -> Response:
    """Each call at two places, by the same id."""
    stream = bytes(streamed(parts_of, whole)(completion).body).decode()
    again = re.compile(r'^(data: .*"index": )(\d)(, "id".*)$', re.MULTILINE)
    return Response(again.sub(r"\1\2\3\n\n\g<1>1\2\3", stream), media_type="text/event-stream")


def in_two_choices(completion: Body) -> Body:
    """The words as one choice, the calls as the next."""
    if not (listed := message_of(completion).get("tool_calls")):
        return completion
    choice = completion["choices"][0]
    words = {**choice, "message": {"role": "assistant", "content": message_of(completion)["content"]}}
    return {**completion, "choices": [words, {**choice, "index": 1, "message": {"tool_calls": listed}}]}


def beside_calls(words: Callable[[str], str]) -> Change:
    """Words beside calls that have none, from the text of the calls as Hermes writes it."""

    def change(completion: Body) -> Body:
        listed = [call["function"] for call in message_of(completion).get("tool_calls") or ()]
        marked = "".join(f"<tool_call>{as_object(f['name'], f['arguments'])}</tool_call>" for f in listed)
        wordless = listed and not message_of(completion).get("content")
        return with_message(completion, content=words(marked)) if wordless else completion

    return change


def thought_calls(completion: Body) -> Body:
    """The calls in the thinking, as where a server's parser never saw that end."""
    spoken = message_of(beside_calls(lambda marked: f"{PLAN}\n{marked}")(completion))
    if not spoken.get("tool_calls") or message_of(completion).get("content"):
        return completion
    bare = with_message(completion, content=None, tool_calls=[], reasoning_content=spoken["content"])
    return with_choice(bare, finish_reason="stop")


def encoded(encoding: str, kind: str = "application/json") -> Change:
    return lambda completion: Response(
        json.dumps(completion, ensure_ascii=False).encode(encoding), headers={"Content-Type": kind}
    )


def within(completion: Body) -> Body:
    """A thought inside the first text of the content, where that is JSON."""
    content = message_of(completion)["content"] or ""
    return (
        with_message(completion, content=content.replace('": "', f'": "<think>{PLAN}</think>', 1))
        if content
        else completion
    )


def spoken_calls(form: Callable[[str, str], str], before: str = "", after: str = "", joint: str = "") -> Change:
    """The calls in the words, as a template writes them: `form(name, arguments)` for each."""

    def change(completion: Body) -> Body:
        message = message_of(completion)
        listed = [call["function"] for call in message.get("tool_calls") or ()]
        if not listed:
            return completion
        words = joint.join(form(function["name"], function["arguments"]) for function in listed)
        spoken = with_message(
            completion, content=f"{message.get('content') or ''}{before}{words}{after}", tool_calls=...
        )
        return with_choice(spoken, finish_reason="stop")

    return change


def as_object(name: str, arguments: str) -> str:
    return json.dumps({"name": name, "arguments": json.loads(arguments)}, ensure_ascii=False)


def in_xml(name: str, arguments: str) -> str:
    def text_of(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    pairs = json.loads(arguments).items()
    fields = "".join(f"<parameter={key}>\n{text_of(value)}\n</parameter>\n" for key, value in pairs)
    return f"<tool_call>\n<function={name}>\n{fields}</function>\n</tool_call>"


def tool_use(completion: Body) -> Body:
    listed = message_of(completion).get("tool_calls")
    if not listed:
        return completion
    parts = [
        {"type": "tool_use", "id": call["id"], "name": function["name"], "input": json.loads(function["arguments"])}
        for call in listed
        for function in [call["function"]]
    ]
    said = [{"type": "text", "text": message_of(completion)["content"]}] if message_of(completion)["content"] else []
    return with_message(completion, content=[*said, *parts], tool_calls=...)


def read_for_us(completion: Body) -> Body:
    content = message_of(completion)["content"] or ""
    return with_message(completion, content=json.loads(content)) if content.startswith("{") else completion


def restream(edit: Callable[[str], str]) -> Change:
    """The stream of `events` with its text edited."""

    def change(completion: Body) -> Response:
        stream = bytes(events(completion).body).decode()
        return Response(edit(stream), media_type="text/event-stream")

    return change


def second_answer(stream: str) -> str:
    other = {"choices": [{"index": 1, "delta": {"content": "Another answer. "}, "finish_reason": None}]}
    first, *rest = stream.split("\n\ndata: ")
    return "\n\ndata: ".join([first, *(piece for event in rest for piece in (json.dumps(other), event))])


def response(completion: Body) -> Body:
    """The same as OpenAI's Responses API says it."""
    message, usage = message_of(completion), completion["usage"]
    words = [{"type": "output_text", "text": message["content"], "annotations": []}] if message["content"] else []
    calls = [
        {"type": "function_call", "call_id": call["id"], **call["function"]} for call in message.get("tool_calls") or ()
    ]
    output = [{"type": "message", "role": "assistant", "status": "completed", "content": words}, *calls]
    counts = {"input_tokens": usage["prompt_tokens"], "output_tokens": usage["completion_tokens"]}
    whole = {"object": "response", "status": "completed", "error": None, "incomplete_details": None}
    return {**whole, "model": completion["model"], "output": output, "usage": counts}


def responses(completion: Body) -> Response:
    """The events that end with it."""
    begun = {"type": "response.created", "response": {**response(completion), "status": "in_progress", "output": []}}
    ends = {"type": "response.completed", "response": response(completion)}
    lines = [f"event: {event['type']}\ndata: {json.dumps(event)}" for event in (begun, ends)]
    return Response("\n\n".join([*lines, ""]), media_type="text/event-stream")


def by_key(key: Callable[[int, Body], str]) -> Change:
    """The list of calls as a map."""

    def change(completion: Body) -> Body:
        listed = message_of(completion).get("tool_calls") or []
        named = {key(n, call): call for n, call in enumerate(listed)}
        return with_message(completion, tool_calls=named) if named else completion

    return change


def bare(text: str) -> str:
    return re.sub(r'"(\w+)":', r"\1:", text)


def curly(text: str) -> str:
    return re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text)


def zipped(completion: Body) -> Response:
    return Response(gzip.compress(json.dumps(completion).encode()), media_type="application/json")


def not_zipped(completion: Body) -> Response:
    return Response(json.dumps(completion), headers={"Content-Encoding": "gzip"}, media_type="application/json")


def lacks(key: str, answer: Response) -> Refuse:
    """Refuses an assistant's calls that lack a key."""

    def refuse(body: Body) -> Response | None:
        called = [message for message in body["messages"] if message.get("tool_calls")]
        bare = [m for m in called if key not in m and any(key not in call for call in m["tool_calls"])]
        return answer if bare else None

    return refuse


def text(before: str, after: str = "") -> Change:
    """The whole body as text, with something around it."""
    return lambda completion: Response(before + json.dumps(completion) + after, media_type="application/json")


def knows_no(field: str, answer: Response) -> Refuse:
    return lambda body: answer if field in body else None


def ids(body: Body) -> Response | None:
    for message in body["messages"]:
        listed = [call["id"] for call in message.get("tool_calls") or ()] + [message.get("tool_call_id", "a" * 9)]
        if not all(len(each) == 9 and each.isalnum() for each in listed):
            return error(400, "Tool call id must be a-z, A-Z, 0-9, with a length of 9.")
    return None


def alternates(body: Body) -> Response | None:
    roles = [message["role"] for message in body["messages"] if message["role"] != "system"]
    if any(first == second for first, second in itertools.pairwise(roles)):
        return error(400, "Conversation roles must alternate user/assistant/user/assistant/...")
    return None


def knows_roles(*roles: str, words: str) -> Refuse:
    return lambda body: error(400, words) if {m["role"] for m in body["messages"]} - set(roles) else None


def schemas(wrong: Callable[[Mapping[str, Any], bool], bool], words: str) -> Refuse:
    """Refuses tools with a schema, at any depth, that is `wrong(schema, at the root)`."""

    def walk(schema: Any, root: bool) -> bool:
        if isinstance(schema, list):
            return any(walk(part, False) for part in schema)
        if not isinstance(schema, Mapping):
            return False
        inner = [*(schema.get("properties") or {}).values(), schema.get("items"), schema.get("anyOf")]
        return wrong(schema, root) or any(walk(part, False) for part in inner)

    def refuse(body: Body) -> Response | None:
        tools = body.get("tools") or []
        return error(400, words) if any(walk(tool["function"]["parameters"], True) for tool in tools) else None

    return refuse


def empty_content(body: Body) -> Response | None:
    if any(message.get("content", "x") in ("", None) for message in body["messages"]):
        return error(400, "messages.2.content: content must not be empty")
    return None


def strict(body: Body) -> Response | None:
    schema = (body.get("response_format") or {}).get("json_schema", {})
    return error(400, "Unknown field 'strict' in response_format.json_schema") if "strict" in schema else None


def complex_form(body: Body) -> Response | None:
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema" and "Blueprint" in json.dumps(form):
        return error(400, "Invalid schema for response_format 'Blueprint': schema is too complex")
    return None


def never(body: Body) -> Response | None:
    return None


THOUGHTS = "Missing `reasoning_content` field in the assistant message at message index 2."
SIGNATURES = "Function call is missing a thought_signature in functionCall parts."
NESTED = {
    "object": "error",
    "message": {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]},
}
BLOCKED = "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>"
REGAIN = "You have reached your specified API usage limits. You will regain access on 2099-12-01 at 00:00 UTC."
USED_UP = "Your team has either used all available credits or reached its monthly spending limit."
TPM = "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 13251, please reduce it."
FILTERED = {"code": "content_filter", "message": "The response was filtered due to the prompt triggering a policy."}
HARMONY = ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>")
GOOGLE = [{"error": {"message": 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'}}]
FIXED = (
    "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported."
)
RENAMED = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
DEVELOPER = "'messages[0].role' does not support 'system' with this model; use 'developer'"
INVALID = "Invalid schema for function 'weather': "
ROOT = f"{INVALID}schema must have type 'object' and not have 'anyOf' at the top level"
LONG = {"object": "error", "message": "maximum context length is 4096 tokens", "code": 400}
PAGE = "<html><title>Welcome</title></html>"
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
BALANCE = {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}, "choices": None}
EXTRA = [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]
TPD = "Rate limit reached on tokens per day (TPD): Limit 100000, Used 99000. Please try again in 12m3.5s."
PER_MINUTE = "You exceeded your current quota, please check your plan and billing details."
RETRY = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.01s"}]
PER_DAY = [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]

SHAPES: dict[str, Quirk] = {
    "think tags": Quirk(change=wrap(f"<think>\n{PLAN}\n</think>\n\n")),
    "think tag closed only": Quirk(change=wrap(f"{PLAN}\n</think>\n\n")),
    "thinking tags in capitals": Quirk(change=wrap(f"<THINKING>{PLAN}</THINKING> ")),
    "two thoughts": Quirk(change=wrap(f"<think>{PLAN}</think><think>Again: {PLAN}</think>")),
    "[THINK] marks": Quirk(change=wrap(f"[THINK]{PLAN}[/THINK]")),
    "harmony channels": Quirk(change=wrap(PLAN.join(HARMONY))),
    "reasoning_content": Quirk(change=lambda c: with_message(c, reasoning_content=PLAN)),
    "reasoning": Quirk(change=lambda c: with_message(c, reasoning=PLAN)),
    "thinking": Quirk(change=lambda c: with_message(c, thinking=PLAN)),
    "reasoning_details": Quirk(
        change=lambda c: with_message(c, reasoning_details=[{"type": "reasoning.text", "text": PLAN}])
    ),
    "content in parts": Quirk(change=parts),
    "thinking in parts": Quirk(
        change=lambda c: parts(c, {"type": "thinking", "thinking": [{"type": "text", "text": PLAN}]})
    ),
    "arguments as an object": Quirk(change=function(lambda f: {"arguments": json.loads(f["arguments"])})),
    "arguments quoted twice": Quirk(change=function(lambda f: {"arguments": json.dumps(f["arguments"])})),
    "thinking in arguments": Quirk(change=function(lambda f: {"arguments": f"<think>{PLAN}</think>{f['arguments']}"})),
    "template marks on a name": Quirk(change=function(lambda f: {"name": f"functions.{f['name']}<|channel|>json"})),
    "calls without ids": Quirk(change=calls(lambda call: {"function": call["function"]})),
    "tool_calls null": Quirk(
        change=lambda c: c if message_of(c).get("tool_calls") else with_message(c, tool_calls=None)
    ),
    "tool_calls empty": Quirk(
        change=lambda c: c if message_of(c).get("tool_calls") else with_message(c, tool_calls=[])
    ),
    "one function_call": Quirk(change=legacy_call),
    "no content at all": Quirk(change=lambda c: c if message_of(c).get("content") else with_message(c, content=...)),
    "a stream nobody asked for": Quirk(change=events),
    "a stream without indices": Quirk(change=lambda c: events(c, indexed=False)),
    "finish_reason null": Quirk(change=lambda c: with_choice(c, finish_reason=None)),
    "finish_reason eos": Quirk(change=lambda c: with_choice(c, finish_reason="eos_token")),
    "blank lines before": Quirk(change=text("\n \n\n")),
    "a byte order mark": Quirk(change=text("\ufeff")),
    "end marks left on": Quirk(change=wrap("", "<|im_end|>")),
    "delta for message": Quirk(change=lambda c: {**c, "choices": [{"finish_reason": "stop", "delta": message_of(c)}]}),
    "one completion in a list": Quirk(change=lambda c: JSONResponse([c])),
    "HTTP 201": Quirk(change=lambda c: JSONResponse(c, 201)),
    "harmony without its marks": Quirk(change=wrap(f"analysis{PLAN}assistantfinal")),
    "a thought in full width": Quirk(change=wrap(f"＜think＞{PLAN}＜/think＞")),
    "a thought as a page writes it": Quirk(change=wrap(f"&lt;think&gt;{PLAN}&lt;/think&gt;")),
    "a thought in [REASONING] marks": Quirk(change=wrap(f"[REASONING]{PLAN}[/REASONING]")),
    "a thought in an analysis tag": Quirk(change=wrap(f"<analysis>{PLAN}</analysis>")),
    "a thought between Gemma's marks": Quirk(change=wrap(f"<unused94>thought\n{PLAN}<unused95>")),
    "a thought that is folded": Quirk(
        change=wrap(f'<details type="reasoning" done="true"><summary>Thought</summary>{PLAN}</details>\n')
    ),
    "a thought in Granite's sentences": Quirk(change=wrap(f"Here is my thought process: {PLAN} Here is my response: ")),
    "a thought within the JSON": Quirk(change=within),
    "an answer tag after the thought": Quirk(change=wrap(f"<think>{PLAN}</think><answer>", "</answer>")),
    "end marks twice": Quirk(change=wrap("", "<|endoftext|><|im_end|>\n")),
    "a header of the turn": Quirk(change=wrap("<|start_header_id|>assistant<|end_header_id|>\n\n")),
    "calls in parts": Quirk(change=tool_use),
    "content that was read for us": Quirk(change=read_for_us),
    "arguments with a tag behind": Quirk(change=function(lambda f: {"arguments": f"{f['arguments']}</tool_call>"})),
    "arguments twice": Quirk(change=function(lambda f: {"arguments": f["arguments"] * 2})),
    "arguments behind {}": Quirk(change=function(lambda f: {"arguments": "{}" + f["arguments"]})),
    "arguments in a fence": Quirk(change=function(lambda f: {"arguments": f"```json\n{f['arguments']}\n```"})),
    "arguments quoted three times": Quirk(
        change=function(lambda f: {"arguments": json.dumps(json.dumps(f["arguments"]))})
    ),
    "arguments as Python writes them": Quirk(
        change=function(lambda f: {"arguments": repr(json.loads(f["arguments"]))})
    ),
    "arguments with a brace too many": Quirk(change=function(lambda f: {"arguments": f["arguments"] + "}"})),
    "a number behind a name": Quirk(change=function(lambda f: {"name": f"functions.{f['name']}:0"})),
    "a name in quotes": Quirk(change=function(lambda f: {"name": f'"{f["name"]}"'})),
    "a name of Gemini's": Quirk(change=function(lambda f: {"name": f"default_api.{f['name']}"})),
    "a place kept for a call": Quirk(
        change=lambda c: c if message_of(c).get("tool_calls") else with_message(c, tool_calls=[{}])
    ),
    "calls as Hermes writes them": Quirk(
        change=spoken_calls(lambda n, a: f"<tool_call>\n{as_object(n, a)}\n</tool_call>\n")
    ),
    "calls as Qwen's coder writes them": Quirk(change=spoken_calls(in_xml)),
    "calls as Llama writes them": Quirk(change=spoken_calls(lambda n, a: f"<function={n}>{a}</function>")),
    "calls as Mistral writes them": Quirk(change=spoken_calls(as_object, "[TOOL_CALLS][", "]", ", ")),
    "calls as Kimi writes them": Quirk(
        change=spoken_calls(
            lambda n, a: f"<|tool_call_begin|>functions.{n}:0<|tool_call_argument_begin|>{a}<|tool_call_end|>",
            "<|tool_calls_section_begin|>",
            "<|tool_calls_section_end|>",
        )
    ),
    "calls as DeepSeek writes them": Quirk(
        change=spoken_calls(
            lambda n, a: f"<｜tool▁call▁begin｜>function<｜tool▁sep｜>{n}\n```json\n{a}\n```<｜tool▁call▁end｜>",
            "<｜tool▁calls▁begin｜>",
            "<｜tool▁calls▁end｜><｜end▁of▁sentence｜>",
        )
    ),
    "calls in harmony's commentary": Quirk(
        change=spoken_calls(
            lambda n, a: f"<|channel|>commentary to=functions.{n} <|constrain|>json<|message|>{a}<|call|>",
            "<|channel|>analysis<|message|>So be it.<|end|><|start|>assistant",
        )
    ),
    "calls as ReAct writes them": Quirk(
        change=spoken_calls(
            lambda n, a: f"Action: {n}\nAction Input: {a}\n", "\nThought: So be it.\n", 'Observation: {"ok": true}'
        )
    ),
    "a stream of two answers": Quirk(change=restream(second_answer)),
    "a stream without blank lines": Quirk(change=restream(lambda stream: stream.replace("\n\n", "\n"))),
    "a stream of JSON lines": Quirk(
        change=restream(lambda stream: stream.replace(": PROCESSING\n\n", "").replace("data: ", ""))
    ),
    "a stream whose calls are all 0": Quirk(change=restream(lambda stream: stream.replace('"index": 1', '"index": 0'))),
    "finish_reason as an object": Quirk(
        change=lambda c: with_choice(c, finish_reason={"type": c["choices"][0]["finish_reason"]})
    ),
    "finish_reason as a mark": Quirk(change=lambda c: with_choice(c, finish_reason="<|im_end|>")),
    "a gateway's envelope": Quirk(change=lambda c: {"code": 0, "msg": "ok", "data": c}),
    "a completion as text": Quirk(change=lambda c: JSONResponse(json.dumps(c))),
    "gzip that is not told": Quirk(change=zipped),
    "gzip that is told and not done": Quirk(change=not_zipped),
    "words before the arguments": Quirk(change=function(lambda f: {"arguments": f"The arguments: {f['arguments']}"})),
    "words behind the arguments": Quirk(
        change=function(lambda f: {"arguments": f"{f['arguments']}\n\nI call it now."})
    ),
    "arguments in a list of one": Quirk(change=function(lambda f: {"arguments": f"[{f['arguments']}]"})),
    "arguments with the name again": Quirk(
        change=function(lambda f: {"arguments": f'{{"name": "{f["name"]}", "parameters": {f["arguments"]}}}'})
    ),
    "tool_calls as text": Quirk(
        change=lambda c: with_message(c, tool_calls=json.dumps(message_of(c).get("tool_calls") or []))
    ),
    "a thought in a family's own tag": Quirk(change=wrap(f"<mm:think>{PLAN}</mm:think>")),
    "a box around the answer": Quirk(
        change=lambda c: c if message_of(c).get("tool_calls") else wrap("<|begin_of_box|>", "<|end_of_box|>")(c)
    ),
    "finish_reason None as text": Quirk(change=lambda c: with_choice(c, finish_reason="None")),
    "a stream whose numbers are text": Quirk(
        change=restream(lambda stream: stream.replace('"index": 0', '"index": "0"'))
    ),
    "a stream that says all so far": Quirk(change=streamed(so_far, so_far)),
    "a stream that says all again at its end": Quirk(change=streamed(and_whole, and_whole)),
    "a stream whose calls are all 0 and have no ids": Quirk(
        change=streamed(parts_of, whole, lambda n, call: {"index": 0, "id": ""})
    ),
    "a stream whose calls have neither numbers nor ids": Quirk(change=streamed(parts_of, whole, lambda n, call: {})),
    "a stream whose calls end with their name again": Quirk(
        change=streamed(parts_of, lambda text: [text, ""], lambda n, call: {"index": n})
    ),
    "a stream that lists each call twice": Quirk(change=listed_twice),
    "a stream of one call, not a list": Quirk(
        change=restream(lambda stream: re.sub(r'"tool_calls": \[(.*?)\]\}\}\]', r'"tool_calls": \1}}]', stream))
    ),
    "a stream of parts and then text": Quirk(
        change=restream(lambda s: s.replace('{"content": ""}', '{"content": [{"type": "text", "text": ""}]}', 1))
    ),
    "comments before JSON": Quirk(
        change=lambda c: Response(f": PROCESSING\n\n: PROCESSING\n\n{json.dumps(c, indent=2)}")
    ),
    "UTF-16": Quirk(change=encoded("utf-16")),
    "UTF-16 without a mark": Quirk(change=encoded("utf-16-le")),
    "UTF-32": Quirk(change=encoded("utf-32")),
    "an encoding that the header names": Quirk(change=encoded("iso-8859-1", "application/json; charset=ISO-8859-1")),
    "a byte order mark in the words": Quirk(change=wrap("\ufeff")),
    "finish_reason with a hyphen": Quirk(
        change=lambda c: with_choice(c, finish_reason=c["choices"][0]["finish_reason"].replace("_", "-"))
    ),
    "finish_reason in camel case": Quirk(
        change=lambda c: with_choice(
            c, finish_reason={"stop": "endTurn"}.get(c["choices"][0]["finish_reason"], "toolUse")
        )
    ),
    "an error with nothing in it": Quirk(change=lambda c: {**c, "error": {"message": "", "type": "", "code": None}}),
    "words and calls in two choices": Quirk(change=in_two_choices),
    "blank lines beside calls": Quirk(change=beside_calls(lambda marked: "\n\n")),
    "null in words beside calls": Quirk(change=beside_calls(lambda marked: "null")),
    "calls in the words beside themselves": Quirk(change=beside_calls(lambda marked: marked)),
    "calls in the wrong field": Quirk(change=thought_calls),
    "the answer in the wrong field": Quirk(
        change=lambda c: (
            with_message(c, content=None, reasoning_content=message_of(c)["content"])
            if str(message_of(c)["content"]).startswith("{")
            else c
        )
    ),
    "NUL behind the body": Quirk(change=text("", "\0\0\0")),
    "NUL behind the arguments": Quirk(change=function(lambda f: {"arguments": f["arguments"] + "\0"})),
    "a body as Python prints it": Quirk(change=lambda c: Response(repr(c))),
    "arguments with bare keys": Quirk(change=function(lambda f: {"arguments": bare(f["arguments"])})),
    "arguments with a comma too many": Quirk(change=function(lambda f: {"arguments": f["arguments"][:-1] + ",}"})),
    "arguments in typographic quotes": Quirk(change=function(lambda f: {"arguments": curly(f["arguments"])})),
    "arguments as a page escapes them": Quirk(change=function(lambda f: {"arguments": html.escape(f["arguments"])})),
    "tool_calls by number": Quirk(change=by_key(lambda n, call: str(n))),
    "tool_calls by id": Quirk(change=by_key(lambda n, call: str(call["id"]))),
    "choices by number": Quirk(change=lambda c: {**c, "choices": {"0": c["choices"][0]}}),
    "a body of the Responses API": Quirk(change=response),
    "a stream of the Responses API": Quirk(change=responses),
    "finish_reason with its name before it": Quirk(
        change=lambda c: with_choice(c, finish_reason=f"STOP_REASON_{c['choices'][0]['finish_reason'].upper()}")
    ),
    "finish_reason as an enum's member": Quirk(
        change=lambda c: with_choice(c, finish_reason=f"<FinishReason.{c['choices'][0]['finish_reason'].upper()}: 1>")
    ),
    "usage null": Quirk(change=lambda c: {**c, "usage": None}),
    "usage empty": Quirk(change=lambda c: {**c, "usage": {}}),
    "usage in part": Quirk(change=lambda c: {**c, "usage": {"prompt_tokens": 3}}),
    "usage in text": Quirk(change=lambda c: {**c, "usage": {"prompt_tokens": "3", "completion_tokens": None}}),
}
"""What comes to the very answer that a good endpoint gives."""

AGAIN: dict[str, tuple[Quirk, str]] = {
    "finish_reason error": (Quirk(change=lambda c: with_choice(c, finish_reason="error"), times=1), "malformed"),
    "finish_reason abort": (Quirk(change=lambda c: with_choice(c, finish_reason="abort"), times=1), "malformed"),
    "finish_reason as a number": (Quirk(change=lambda c: with_choice(c, finish_reason=2), times=1), "malformed"),
    "an error in a choice": (
        Quirk(change=lambda c: with_choice(c, error={"message": "upstream", "code": 502}), times=1),
        "server",
    ),
    "an error with HTTP 200": (
        Quirk(refuse=lambda b: JSONResponse({"error": {"message": "Provider returned error", "code": 500}}), times=1),
        "server",
    ),
    "a rate limit with HTTP 200": (
        Quirk(refuse=lambda b: JSONResponse({"error": {"message": "Rate limit exceeded", "code": 429}}), times=1),
        "throttled",
    ),
    "tool_use_failed": (
        Quirk(
            refuse=lambda b: error(
                400, "Failed to call a function.", "tool_use_failed", failed_generation="<function="
            ),
            times=1,
        ),
        "malformed",
    ),
    "json_validate_failed": (
        Quirk(refuse=lambda b: error(400, "Failed to generate JSON.", "json_validate_failed"), times=1),
        "malformed",
    ),
    "a stream cut off": (Quirk(change=lambda c: events(c, done=False), times=1), "cut"),
    "a page for once": (Quirk(refuse=lambda b: Response(PAGE), times=1), "malformed"),
    "overloaded": (Quirk(refuse=lambda b: JSONResponse(OVERLOADED, 529), times=1), "server"),
    "an upstream that failed": (
        Quirk(refuse=lambda b: error(424, "Request failed during generation"), times=1),
        "server",
    ),
    "a client that was taken for gone": (
        Quirk(refuse=lambda b: error(499, "Client Closed Request"), times=1),
        "server",
    ),
    "too many at once, in Chinese": (
        Quirk(
            refuse=lambda b: JSONResponse({"error": {"code": "1302", "message": "您当前使用该API的并发数过高"}}),
            times=1,
        ),
        "throttled",
    ),
    "a date to wait for": (
        Quirk(
            refuse=lambda b: JSONResponse({}, 429, headers={"Retry-After": "Sat, 01 Jan 2000 00:00:00 GMT"}), times=1
        ),
        "throttled",
    ),
    "the wait in words": (
        Quirk(refuse=lambda b: error(429, "Rate limit reached (RPM). Please try again in 9ms."), times=2),
        "throttled",
    ),
    "a quota for the minute": (
        Quirk(refuse=lambda b: error(429, PER_MINUTE, 429, status="RESOURCE_EXHAUSTED", details=RETRY), times=1),
        "throttled",
    ),
    "a model that is still loading": (
        Quirk(refuse=lambda b: error(404, "Model is currently loading, please retry in a few seconds"), times=1),
        "server",
    ),
    "a model that came and went": (
        Quirk(refuse=lambda b: JSONResponse({"error": "Model reloaded."}, 400), times=1),
        "server",
    ),
    "a call that Ollama cannot read": (
        Quirk(
            refuse=lambda b: JSONResponse({"error": "error parsing tool call: raw='{', err=unexpected end"}, 500),
            times=1,
        ),
        "malformed",
    ),
    "a wait in minutes": (
        Quirk(refuse=lambda b: JSONResponse({}, 429, headers={"Retry-After": "0m0.01s"}), times=1),
        "throttled",
    ),
    "nothing with HTTP 204": (Quirk(change=lambda c: Response(status_code=204), times=1), "malformed"),
    "no choices for once": (Quirk(change=lambda c: {**c, "choices": []}, times=1), "malformed"),
}
"""What passes when it is asked again, and the fault that it counts as."""

STOPS: dict[str, tuple[Quirk, str]] = {
    "no payment": (Quirk(refuse=lambda b: error(402, "This request requires more credits")), "requires more credits"),
    "insufficient_quota": (
        Quirk(refuse=lambda b: error(429, "You exceeded your current quota", "insufficient_quota")),
        "current quota",
    ),
    "tokens per day": (Quirk(refuse=lambda b: error(429, TPD, "rate_limit_exceeded")), "tokens per day"),
    "requests per day": (Quirk(refuse=lambda b: error(429, PER_MINUTE, 429, details=PER_DAY + RETRY)), "current quota"),
    "credit balance too low": (
        Quirk(refuse=lambda b: error(400, "Your credit balance is too low to access the API")),
        "too low",
    ),
    "a balance with HTTP 200": (Quirk(refuse=lambda b: JSONResponse(BALANCE)), "insufficient balance"),
    "a daily key limit": (Quirk(refuse=lambda b: error(403, "Key limit exceeded (daily limit)")), "daily limit"),
    "usage limits of a month": (Quirk(refuse=lambda b: error(400, REGAIN)), "specified API usage limits"),
    "a team without credits": (Quirk(refuse=lambda b: JSONResponse({"error": USED_UP}, 403)), "all available credits"),
    "an account in arrears": (
        Quirk(refuse=lambda b: JSONResponse({"code": "Arrearage", "message": "Access denied"}, 400)),
        "out of credit",
    ),
    "an account that is disabled": (
        Quirk(refuse=lambda b: error(400, "The account has been disabled due to unpaid invoices")),
        "out of credit",
    ),
    "a hard limit": (Quirk(refuse=lambda b: error(400, "Billing hard limit has been reached")), "hard limit"),
    "a proxy's budget": (Quirk(refuse=lambda b: error(400, "Budget has been exceeded! Max budget: 1.0")), "Max budget"),
    "a firewall's page": (Quirk(refuse=lambda b: Response(BLOCKED, 403)), "a gateway in front of it refuses"),
    "a wrong key": (Quirk(refuse=lambda b: error(401, "No auth credentials found")), "No auth credentials found"),
    "an unknown model": (
        Quirk(refuse=lambda b: JSONResponse({"detail": "model 'm' not found"}, 404)),
        "unknown model or path",
    ),
    "moved": (
        Quirk(refuse=lambda b: Response(status_code=308, headers={"Location": "https://elsewhere/v1"})),
        "https://elsewhere/v1",
    ),
}
"""What stops a run at once, and what the user is told."""

SLOTS: dict[str, tuple[Quirk, str]] = {
    "a page for ever": (Quirk(refuse=lambda b: Response(PAGE)), "it is not JSON; it begins '<html>"),
    "no tools here": (
        Quirk(refuse=lambda b: error(404, "No endpoints found that support tool use")),
        "No endpoints found that support tool use",
    ),
    "no functions here": (
        Quirk(
            refuse=lambda b: error(400, "Function calling is not enabled for this model") if b.get("tools") else None
        ),
        "Function calling is not enabled",
    ),
    "too long a prompt": (Quirk(refuse=lambda b: JSONResponse(LONG, 400)), "maximum context length"),
    "more tokens than a minute has": (
        Quirk(refuse=lambda b: error(413, TPM, "rate_limit_exceeded")),
        "Limit 6000, Requested 13251",
    ),
    "a prompt that is held back": (
        Quirk(refuse=lambda b: JSONResponse({"choices": [], "prompt_filter_results": [{"prompt_index": 0}]})),
        "holds back the prompt",
    ),
    "Azure's filter": (Quirk(refuse=lambda b: JSONResponse({"error": FILTERED}, 400)), "The response was filtered"),
    "half an answer without a name": (Quirk(change=function(lambda f: {"name": None})), "a call in it has no name"),
}
"""What ends the one request, and what is said of it."""

REFUSES: dict[str, Quirk] = {
    "seed unknown": Quirk(knows_no("seed", error(400, "Unrecognized request argument supplied: seed"))),
    "seed unknown to Google": Quirk(knows_no("seed", JSONResponse(GOOGLE, 400))),
    "seed not permitted": Quirk(knows_no("seed", JSONResponse({"detail": EXTRA}, 422))),
    "seed in an error within an error": Quirk(knows_no("seed", JSONResponse(NESTED, 422))),
    "seed unknown to a function": Quirk(
        knows_no("seed", error(500, "generate() got an unexpected keyword argument 'seed'"))
    ),
    "seed out of range": Quirk(knows_no("seed", error(400, "Invalid seed: must be between 0 and 2147483647"))),
    "temperature of one value": Quirk(
        knows_no("temperature", error(400, "invalid temperature: only 1 is allowed for this model"))
    ),
    "seed too large": Quirk(knows_no("seed", error(400, "Invalid value for 'seed': expected a value <= 2147483647"))),
    "temperature of one value alone": Quirk(
        knows_no("temperature", error(400, "`temperature` may only be set to 1 when thinking is enabled."))
    ),
    "seed by its field": Quirk(knows_no("seed", JSONResponse({"errors": {"seed": ["is not permitted"]}}, 400))),
    "streams alone": Quirk(
        lambda b: None if b.get("stream") else error(400, "This model only support stream mode, please enable it.")
    ),
    "thoughts wanted back": Quirk(lacks("reasoning_content", error(400, THOUGHTS))),
    "signatures wanted": Quirk(lacks("extra_content", JSONResponse([{"error": {"message": SIGNATURES}}], 400))),
    "stream unknown": Quirk(knows_no("stream", error(400, "property 'stream' is unsupported", param="stream"))),
    "temperature fixed": Quirk(knows_no("temperature", error(400, FIXED, "unsupported_value", param="temperature"))),
    "max_completion_tokens": Quirk(knows_no("max_tokens", error(400, RENAMED, param="max_tokens"))),
    "parallel_tool_calls unknown": Quirk(
        knows_no("parallel_tool_calls", error(400, "parallel_tool_calls: Extra inputs are not permitted"))
    ),
    "strict unknown": Quirk(strict),
    "call ids of nine": Quirk(ids),
    "roles alternate": Quirk(alternates),
    "no system role": Quirk(knows_roles("user", "assistant", "tool", words="System role not supported")),
    "developer for system": Quirk(knows_roles("user", "assistant", "tool", "developer", words=DEVELOPER)),
    "no empty content": Quirk(empty_content),
    "arrays need items": Quirk(
        schemas(
            lambda s, root: s.get("type") == "array" and "items" not in s,
            f"{INVALID}In context=('properties', 'days'), array schema missing items.",
        )
    ),
    "no lookaround": Quirk(
        schemas(lambda s, root: "(?" in str(s.get("pattern")), f"{INVALID}pattern: look-around not supported")
    ),
    "an object at the root": Quirk(schemas(lambda s, root: root and ("anyOf" in s or s.get("type") != "object"), ROOT)),
    "no references": Quirk(schemas(lambda s, root: "$ref" in s, "tools[0].function.parameters: $ref is not supported")),
    "a form too complex": Quirk(complex_form),
}
"""What is said otherwise to an endpoint that refuses it, after one request that it refused."""

QUIRKS: dict[str, Quirk] = {
    **SHAPES,
    **REFUSES,
    **{name: quirk for kind in (AGAIN, STOPS, SLOTS) for name, (quirk, _) in kind.items()},
}


class Quirky:
    """All of them behind one server: `completion` is what a good endpoint would say."""

    def __init__(self, completion: Callable[[Body], Body]) -> None:
        self._completion = completion
        self.bodies: dict[str, list[Body]] = {}
        self.keys: list[str] = []
        self._used: Counter[str] = Counter()
        self.off: set[str] = set()
        """Quirks that are switched off meanwhile."""

    async def complete(self, request: Request) -> Response:
        name, body = request.path_params["quirk"], json.loads(await request.body())
        self.bodies.setdefault(name, []).append(body)
        self.keys.append(request.headers.get("authorization", ""))
        quirk = QUIRKS.get(name, Quirk())
        if name in self.off or self._used[name] >= quirk.times:
            return JSONResponse(self._completion(body))
        if (refused := quirk.refuse(body)) is not None:
            self._used[name] += 1
            return refused
        completion = self._completion(body)
        changed = quirk.change(completion)
        self._used[name] += changed is not completion
        return changed if isinstance(changed, Response) else JSONResponse(changed)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{quirk}/v1/chat/completions", self.complete, methods=["POST"])])


def completion(message: Body, model: str = "m") -> Body:
    """A good endpoint's completion around this message."""
    finish = "tool_calls" if message.get("tool_calls") else "stop"
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "model": model, "choices": [choice], "usage": usage}
