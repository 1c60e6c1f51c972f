"""Turns as people write them down -> messages in OpenAI's layout.

A turn's speaker has many names; calls stand in fields, in parts, in tags, as JSON or as Python; results in turns of
their own or within the user's.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from agents.schema import JsonObject
from agents.teacher.reading import plain_calls
from agents.teacher.reading.arguments import call_of

_ROLES = {
    "system": "system developer",
    "user": "user human prompter",
    "assistant": "assistant gpt chatgpt bing bard model bot ai agent function_call tool_call",
    "tool": "tool observation function function_response tool_response function_result ipython",
}
ROLES = {name: role for role, names in _ROLES.items() for name in names.split()}
"""What a turn calls its speaker -> OpenAI's word."""
CALL = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|$)", re.DOTALL)
RESPONSE = re.compile(r"<tool_response>\s*(.*?)\s*</tool_response>", re.DOTALL)
Turn = JsonObject


class AnyName(Collection[str]):
    """The names of all tools, where nobody says which were offered."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(name)

    def __iter__(self) -> Iterator[str]:
        return iter([""])

    def __len__(self) -> int:
        return 1


def read(turns: Sequence[Turn]) -> Iterator[Turn]:
    """One message or more for each turn; results answer the calls before them in their order.

    What is in OpenAI's layout already stays as it is. Raises: KeyError, TypeError, ValueError: it is no turn.
    """
    waiting: list[str] = []
    for place, turn in enumerate(turns):
        following = turns[place + 1] if place + 1 < len(turns) else {}
        speaker = str(turn["role"] if "role" in turn else turn["from"]).lower()
        role = ROLES[speaker]
        if is_openai(turn, role):
            called = [call["id"] for call in turn.get("tool_calls") or () if "id" in call]
            waiting = called or [call_id for call_id in waiting if call_id != turn.get("tool_call_id")]
            yield turn
            continue
        value = next((turn[key] for key in ("content", "value", "parts", "text") if turn.get(key) is not None), "")
        text, calls, results = read_parts(value)
        if role == "tool":
            text, results = "", split_results(text, len(waiting)) if text or not results else results
        for number, content in enumerate(results):
            call_id = waiting.pop(0) if waiting else f"call_{place}_{number}"
            yield {"role": "tool", "tool_call_id": call_id, "content": content}
        if role == "assistant":
            answered = ROLES.get(str(following.get("role", following.get("from"))).lower()) == "tool"
            text, more = read_calls(speaker, text, turn, answered)
            calls += more
        if results and not text and not calls:
            continue
        message: Turn = {"role": role, "content": text}
        waiting = [f"call_{place}_{number}" for number in range(len(calls))]
        if calls:
            message["tool_calls"] = [
                {"id": call_id, "type": "function", "function": call}
                for call_id, call in zip(waiting, calls, strict=True)
            ]
        yield message


def is_openai(turn: Turn, role: str) -> bool:
    """Whether a turn is a message of OpenAI's as it stands."""
    content = turn.get("content")
    plain = content is None or isinstance(content, str)
    if isinstance(content, list):
        plain = all(isinstance(part, dict) and part.get("type") in {"text", "image_url"} for part in content)
    named = turn.get("role") == role or turn.get("role") == "developer"
    bound = role != "tool" or "tool_call_id" in turn
    tagged = role == "assistant" and not turn.get("tool_calls") and isinstance(content, str) and CALL.search(content)
    written = "content" in turn or bool(turn.get("tool_calls"))
    return named and plain and bound and written and not tagged and not turn.get("function_call")


def read_parts(value: object) -> tuple[str, list[dict[str, str]], list[str]]:
    """The text, the calls and the results of a content: text, or Anthropic's and Gemini's parts."""
    if not isinstance(value, list):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), [], []
    texts, calls, results = list[str](), list[dict[str, str]](), list[str]()
    for part in value:
        if isinstance(part, str):
            texts.append(part)
            continue
        call = part.get("functionCall") or part.get("function_call") or (part if part.get("type") == "tool_use" else {})
        result = part.get("functionResponse") or part.get("function_response")
        if call:
            calls.append(call_of(call["name"], call.get("args", call.get("input"))))
        elif result:
            results.append(json.dumps(result.get("response"), ensure_ascii=False))
        elif part.get("type") == "tool_result":
            results.append(read_parts(part.get("content") or "")[0])
        else:
            texts.append(str(part.get("text") or ""))
    return "".join(texts), calls, results


def read_calls(speaker: str, text: str, turn: Turn, answered: bool) -> tuple[str, list[dict[str, str]]]:
    """What an assistant's turn says, and the calls that it makes. Raises: ValueError: calls that cannot be read."""
    named, around = turn.get("function_call"), turn.get("tool_calls")
    if isinstance(named, Mapping):  # OpenAI's older field
        return text, [call_of(named["name"], named.get("arguments"))]
    if isinstance(around, list) and around:
        return text, [plain_calls.of_object(call, AnyName()) for call in around]
    if speaker in ("function_call", "tool_call"):  # LLaMA-Factory: the calls are the whole turn
        return str(turn.get("text") or "") if "value" in turn else "", parse_calls(text)
    if tagged := CALL.findall(text):
        return CALL.sub("", text).strip(), [call for part in tagged for call in parse_calls(part)]
    return plain_calls.read(text, AnyName()) if answered else (text, [])


def parse_calls(text: str) -> list[dict[str, str]]:
    """Calls in JSON, or as Python prints them. Raises: ValueError."""
    try:
        return list(plain_calls.from_json(text, AnyName()))
    except ValueError as error:
        try:
            return list(plain_calls.from_python(text, AnyName()))
        except (ValueError, SyntaxError):
            raise error from None


def split_results(text: str, count: int) -> list[str]:
    """The results of so many calls: in tags, as a JSON list, or the whole text, which answers the first of them."""
    if tagged := RESPONSE.findall(text):
        return [str(part) for part in tagged]
    if count <= 1:  # whatever it looks like: a list may be one call's result
        return [text]
    try:
        listed = json.loads(text)
    except ValueError:
        return [text]
    if not isinstance(listed, list) or len(listed) != count:
        return [text]
    return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in listed]
