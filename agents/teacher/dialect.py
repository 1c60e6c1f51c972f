"""What one endpoint does not take, learned from what it refused: a request is said again in its own way.

A field that it names as unknown is left out, and said once. Roles, tools and the way to ask for JSON are put
differently where it complains of those. The request itself, its digest and the row never change.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from agents.schema import JsonObject
from agents.teacher.fault import Fault, WireError, one_line
from agents.teacher.request import Message
from agents.teacher.wire_schema import LEVELS, tolerant

logger = logging.getLogger(__name__)
NEEDED = frozenset({"model", "messages", "tools", "response_format"})
"""What is never left out here. How JSON is asked for is for Teachers to change."""
LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""Two names of one field."""
_UNKNOWN = re.compile(
    r"unsupported|n[o']t support|unknown|unrecogni[sz]ed|unexpected|not (permitted|allowed|accept|recogni|a valid|valid"
    r"|available|implemented)|extra (fields|inputs)|deprecated|no longer|cannot (find field|be used|be set)"
    r"|incompatible|invalid (field|parameter|argument|name|key|property)|only the default"
    r"|additional propert|forbidden|unavailable",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(r"context|too long|too large|maximum.{0,20}length|exceeds", re.IGNORECASE)
_ALTERNATE = re.compile(
    r"roles? must (alternate|be alternat)|must alternate|alternat(e|ing) between|consecutive|same role", re.IGNORECASE
)
_SYSTEM = re.compile(
    r"(system|developer)['\"]? (role|message|prompt|instruction)s?.{0,40}(not|n't|unsupported|disabled)"
    r"|role.{0,30}['\"]?(system|developer)|does not support ['\"]?system|(unsupported|invalid|unknown).{0,40}role"
    r"|developer instruction",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"content.{0,60}(empty|null|none|required|blank|must be a string|at least|minimum|missing)"
    r"|(empty|null).{0,30}content",
    re.IGNORECASE,
)
_TOOLS = re.compile(r"tool|function|schema|parameters|properties|\bitems\b|pattern|anyOf|oneOf|\$ref", re.IGNORECASE)
_NO_TOOLS = re.compile(
    r"tool[ _-]?choice|(not|n't|no endpoints.*) support.{0,20}(tool|function)|tool use", re.IGNORECASE
)


class Dialect:
    """One endpoint's way of speaking. `learn` from each refusal, `say` each request."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.left_out: dict[str, str] = {}
        """Field -> what the endpoint said of it."""
        self.renamed: dict[str, str] = {}
        self.system, self.merged, self.empty_content, self.tools = "system", False, True, 0

    @property
    def notes(self) -> list[str]:
        """What is done differently here, for the manifest."""
        notes = [f"without {field}" for field in self.left_out]
        notes += [f"{old} as {new}" for old, new in self.renamed.items()]
        notes += [f"system as {self.system}"] if self.system != "system" else []
        notes += ["roles alternate"] if self.merged else []
        notes += [] if self.empty_content else ["no empty content"]
        return [*notes, f"tools simplified ({self.tools})"] if self.tools else notes

    def say(self, body: Mapping[str, Any]) -> JsonObject:
        """The body as this endpoint takes it; a field that is None is left out."""
        spoken = {self.renamed.get(key, key): value for key, value in body.items() if value is not None}
        for field in self.left_out:
            spoken = _without(spoken, field.split("."))
        messages = [_on_wire(message) for message in spoken["messages"]]
        if self.system != "system":
            messages = _fold_system(messages) if self.system == "user" else _as_developer(messages)
        if self.merged:
            messages = _alternating(messages)
        if not self.empty_content:
            messages = [_fill_content(message) for message in messages]
        spoken["messages"] = messages
        return {**spoken, "tools": tolerant(spoken["tools"], self.tools)} if spoken.get("tools") else spoken

    def learn(self, error: WireError, body: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
        """Whether the request would now be said otherwise than it was sent, so that it is worth another try."""
        if error.fault in {Fault.REJECTED, Fault.SERVER} and error.status not in {None, 401, 403, 429}:
            self._note(error, sent)
        return self.say(body) != sent

    def _note(self, error: WireError, sent: Mapping[str, Any]) -> None:
        words, rejected = str(error), error.status in {400, 404, 415, 422, 501}
        if rejected and self._note_field(error, sent):
            return
        if _ALTERNATE.search(words) and not self.merged:
            self._tell(words, "roles alternate: messages of one role in a row are joined")
            self.merged = True
        elif _SYSTEM.search(words) and self.system != "user":
            developer = "developer" in words and "developer instruction" not in words.lower()
            self.system = "developer" if developer and self.system == "system" else "user"
            self._tell(words, f"no system message: it is sent as {self.system}")
        elif rejected and self.empty_content and _EMPTY.search(words) and _has_empty(sent):
            self.empty_content = False
            self._tell(words, "no empty content: it is left out, or a space")
        elif rejected and sent.get("tools") and self.tools < LEVELS and is_about_tools(words):
            self.tools += 1
            self._tell(words, f"tools are sent with simpler schemas ({self.tools} of {LEVELS}); rows keep theirs")

    def _note_field(self, error: WireError, sent: Mapping[str, Any]) -> bool:
        """A field that the endpoint names and does not know, or knows by another name."""
        words = str(error)
        for old, new in LIMITS.items():
            if old in sent and re.search(rf"\b{new}\b", words) and old not in self.renamed.values():
                self.renamed[old] = new
                self._tell(words, f"{old} is sent as {new}")
                return True
        fields = [field for field in _fields(sent) if _names(error, field.split(".")[-1])]
        ours = error.param.split(".")[-1] in {"seed", "stream", "strict"}
        if not fields or not (ours or (_UNKNOWN.search(words) and not _TOO_LONG.search(words))):
            return False
        for field in fields:
            self.left_out[field] = " ".join(words.split())[:200]
            self._tell(words, f"{field} is left out")
        return True

    def _tell(self, words: str, change: str) -> None:
        logger.warning("teacher %s: %s (it said: %s)", self._name, change, one_line(words))


def is_about_tools(words: str) -> bool:
    """Whether an endpoint complains of a tool's definition, and not that it knows no tools at all."""
    return bool(_TOOLS.search(words)) and not _NO_TOOLS.search(words)


def _fields(sent: Mapping[str, Any]) -> list[str]:
    """What may be left out of a body, `strict` deep in it included."""
    fields = [key for key in sent if key not in NEEDED]
    inner = sent.get("response_format", {}).get("json_schema", {})
    return [*fields, "response_format.json_schema.strict"] if "strict" in inner else fields


def _names(error: WireError, field: str) -> bool:
    if error.param:
        return error.param.split(".")[-1] == field or re.search(rf"['\"`]{field}['\"`]", str(error)) is not None
    return re.search(rf"(?<![\w-]){re.escape(field)}(?![\w-])", str(error)) is not None


def _without(body: Mapping[str, Any], path: Sequence[str]) -> JsonObject:
    if path[0] not in body:
        return dict(body)
    if len(path) == 1:
        return {key: value for key, value in body.items() if key != path[0]}
    return {**body, path[0]: _without(body[path[0]], path[1:])}


def _on_wire(message: Message) -> Message:
    """The message with call ids of nine letters and digits, as the strictest endpoint wants them.

    >>> _on_wire({"role": "tool", "tool_call_id": "call_12", "content": "{}"})["tool_call_id"]
    'call00012'
    """
    if message.get("tool_calls"):
        calls = [{**call, "id": wire_id(call["id"])} for call in message["tool_calls"]]
        return {**message, "tool_calls": calls}
    if "tool_call_id" in message:
        return {**message, "tool_call_id": wire_id(message["tool_call_id"])}
    return message


def wire_id(call_id: str) -> str:
    """Nine letters and digits for one of our `call_1`, `call_2`, ..."""
    number = call_id.removeprefix("call_")
    return f"call{int(number):05d}" if number.isdigit() else call_id


def _as_developer(messages: Sequence[Message]) -> list[Message]:
    return [{**m, "role": "developer"} if m["role"] == "system" else m for m in messages]


def _fold_system(messages: Sequence[Message]) -> list[Message]:
    """System messages become the beginning of the first user message."""
    system = "\n\n".join(str(m["content"]) for m in messages if m["role"] == "system")
    rest = [m for m in messages if m["role"] != "system"]
    if rest and rest[0]["role"] == "user":
        return [{**rest[0], "content": f"{system}\n\n{rest[0]['content']}"}, *rest[1:]]
    return [{"role": "user", "content": system}, *rest]


def _alternating(messages: Sequence[Message]) -> list[Message]:
    """Messages of one role in a row joined, and a user's word in front where the assistant would begin."""
    joined: list[Message] = []
    for message in messages:
        last = joined[-1] if joined else None
        plain = message["role"] in {"user", "system"} or (
            message["role"] == "assistant" and "tool_calls" not in message
        )
        if last and plain and last["role"] == message["role"] and "tool_calls" not in last:
            joined[-1] = {**last, "content": f"{last['content']}\n\n{message['content']}"}
        else:
            joined.append(message)
    return joined


def _has_empty(sent: Mapping[str, Any]) -> bool:
    return any(not message.get("content") for message in sent["messages"])


def _fill_content(message: Message) -> Message:
    if message.get("content"):
        return message
    if message.get("tool_calls"):
        return {key: value for key, value in message.items() if key != "content"}
    return {**message, "content": " "}
