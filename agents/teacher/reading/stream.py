"""The pieces of a streamed answer -> the completion that they add up to: server-sent events, or JSON lines."""

import json
import re
from collections.abc import Iterator, Mapping

from agents.teacher.fault import Fault, WireError, is_error, refusal

Json = Mapping[str, object]
STARTS = (b"data:", b"event:", b"id:", b"retry:", b":")
"""How a body of events begins."""


def read(text: str) -> Json:
    """The completion that a stream's pieces add up to.

    Raises: ValueError: what is no stream. WireError: it tells an error, or stops short.
    """
    whole: dict[str, object] = {}
    message: dict[str, object] = {}
    calls = _Calls()
    finish, ended, pieces = None, False, 0
    for event in _events(text):
        if event is None:
            ended = True
            continue
        if not isinstance(event, Mapping):
            raise ValueError("an event of the stream is no JSON object")
        if event.get("error") or (is_error(event) and not event.get("choices")):
            raise refusal(None, event)
        whole.update({key: event[key] for key in ("model", "system_fingerprint", "usage") if event.get(key)})
        listed = event.get("choices")
        choices = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else [listed]
        # several answers may come in turns; the first is read, as of a whole completion
        choice = next((c for c in choices if isinstance(c, Mapping) and c.get("index") in (None, 0, "0")), None)
        if choice is None:
            continue
        pieces += 1
        if choice.get("error"):
            raise refusal(None, {"error": choice["error"]})
        finish = choice.get("finish_reason") or finish
        delta = choice.get("delta")
        if isinstance(choice.get("message"), Mapping):
            message = dict(choice["message"])
        elif isinstance(delta, Mapping):
            _add(delta, message)
            calls.add(delta)
    if not pieces:
        raise ValueError("the stream has no choices")
    if not ended and not finish:
        raise WireError(Fault.CUT, "the stream ended within the answer")
    if calls.listed:
        message["tool_calls"] = [{"function": call} for call in calls.listed]
    return {**whole, "choices": [{"message": message, "finish_reason": finish}]}


def _events(text: str) -> Iterator[object]:
    """The JSON of each event; None for the end mark. Raises: ValueError.

    An event's data may take several lines, and some servers leave out the blank line that ends it. Only the newlines
    of the specification end a line: U+2028 and its like may stand inside a text.
    """
    waiting = ""
    for line in re.split(r"\r\n|\n|\r", text):
        field, _, value = line.partition(":")
        if line.startswith(("{", "[")):
            field, value = "data", line
        if field == "data":
            waiting = f"{waiting}\n{value}" if waiting else value.strip()
        elif line:
            continue
        if waiting == "[DONE]":
            yield None
            waiting = ""
        elif waiting:
            try:
                event = json.loads(waiting, strict=False)
            except ValueError:
                if not line:
                    raise
                continue  # the rest is in the lines that follow
            yield event
            waiting = ""
    if waiting:
        raise ValueError("the stream ended within an event")


def _add(delta: Json, message: dict[str, object]) -> None:
    for key in ("content", "reasoning_content", "reasoning", "thinking", "refusal", "reasoning_details"):
        piece, before = delta.get(key), message.get(key)
        if isinstance(piece, str):
            message[key] = (before if isinstance(before, str) else "") + piece
        elif isinstance(piece, list):
            message[key] = [*(before if isinstance(before, list) else [before] if before else []), *piece]


class _Calls:
    """The calls of a stream, in the order in which they began."""

    def __init__(self) -> None:
        self.listed: list[dict[str, str]] = []
        self._places: dict[int | str, dict[str, str]] = {}
        self._ids: dict[int | str, str] = {}

    def add(self, delta: Json) -> None:
        pieces = delta.get("tool_calls")
        for piece in pieces if isinstance(pieces, list) else []:
            function = piece.get("function", piece) if isinstance(piece, Mapping) else None
            if isinstance(piece, Mapping) and isinstance(function, Mapping):
                call_id = piece.get("id")
                self._add(piece.get("index"), call_id if isinstance(call_id, str) else "", function)
        if isinstance(legacy := delta.get("function_call"), Mapping):
            self._add("function_call", "", legacy)

    def _add(self, index: object, call_id: str, function: Json) -> None:
        name, arguments = function.get("name"), function.get("arguments")
        name = name if isinstance(name, str) else ""
        place = index if isinstance(index, int | str) else call_id or next(reversed(self._places), 0)
        # some number every call 0, and some give every piece an id of its own: a call begins with both, id and name
        other = call_id and self._ids.get(place, "") not in ("", call_id)
        if place not in self._places or (name and other):
            self._places.pop(place, None)  # so that it is the last one again
            self._places[place] = {"name": "", "arguments": ""}
            self._ids[place] = call_id
            self.listed.append(self._places[place])
        call = self._places[place]
        if not call["name"] or (not call["arguments"] and name != call["name"]):
            call["name"] += name  # in pieces, or again with each of them
        if isinstance(arguments, str):
            call["arguments"] += arguments
        elif arguments:
            call["arguments"] += json.dumps(arguments, ensure_ascii=False)
