"""The pieces of a streamed answer -> the completion that they add up to: server-sent events, or JSON lines."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.teacher.fault import Fault, WireError, is_error, refusal
from agents.teacher.reading.arguments import in_order, is_object
from agents.teacher.reading.shapes import Json, is_response

STARTS = (b"data:", b"event:", b"id:", b"retry:", b":")
"""How a body of events begins."""
REPEATED = 4
"""[ours] Characters that pieces must say again until they are taken for a text that is repeated, and not for its parts.
"""
TEXTS = ("content", "reasoning_content", "reasoning", "thinking", "refusal", "reasoning_details")
"""What a message says in pieces: text, or lists of parts."""


def read(text: str) -> Json:
    """The completion that a stream's pieces add up to.

    Raises: ValueError: what is no stream. WireError: it tells an error, or stops short.
    """
    whole: dict[str, object] = {}
    message: dict[str, object] = {}
    pieces: dict[str, list[object]] = {}
    calls = _Calls()
    finish, ended, choices_seen = None, False, 0
    response: Json | None = None
    for event in _events(text):
        if event is None:
            ended = True
            continue
        if not isinstance(event, Mapping):
            raise ValueError("an event of the stream is no JSON object")
        if event.get("error") or (is_error(event) and not event.get("choices")):
            raise refusal(None, event)
        if isinstance(answered := event.get("response"), Mapping) and is_response(answered):
            response = answered  # what the events of the Responses API begin and end with
            continue
        whole.update({key: event[key] for key in ("model", "system_fingerprint", "usage") if event.get(key)})
        choices = in_order(event.get("choices"))
        # several answers may come in turns; the first is read, as of a whole completion
        choice = next((c for c in choices if isinstance(c, Mapping) and c.get("index") in (None, 0, "0")), None)
        if choice is None:
            continue
        choices_seen += 1
        if choice.get("error"):
            raise refusal(None, {"error": choice["error"]})
        finish = choice.get("finish_reason") or finish
        delta = choice.get("delta")
        if isinstance(choice.get("message"), Mapping):
            message = dict(choice["message"])
        elif isinstance(delta, Mapping):
            for key in TEXTS:
                if delta.get(key):
                    pieces.setdefault(key, []).append(delta[key])
            calls.add(delta)
        elif isinstance(choice.get("text"), str):  # a server that speaks the older API of completions
            pieces.setdefault("content", []).append(choice["text"])
    if response and not choices_seen:
        return response
    if not choices_seen:
        raise ValueError("the stream has no choices")
    if not ended and not finish:
        raise WireError(Fault.CUT, "the stream ended within the answer")
    for key, values in pieces.items():
        texts = [value for value in values if isinstance(value, str)]
        parts = [part for value in values for part in (value if isinstance(value, list) else [value])]
        message[key] = join(texts) if len(texts) == len(values) else parts  # some give parts first, and then text
    if listed := calls.as_list():
        message["tool_calls"] = listed
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


def join(pieces: Sequence[str]) -> str:
    """The text that pieces are parts of; or, from a gateway that says all so far with each of them, the last one.

    >>> join(["The order ", "is on ", "its way."]), join(["The order ", "The order is on ", "The order is on its way."])
    ('The order is on its way.', 'The order is on its way.')
    >>> join(["It is ", "on its way.", "It is on its way."])
    'It is on its way.'
    """
    pieces = [piece for piece in pieces if piece]
    if len(pieces) < 2:
        return "".join(pieces)
    *before, last = pieces
    grows = all(later.startswith(earlier) for earlier, later in zip(before, pieces[1:], strict=True))
    if grows and sum(map(len, before)) >= REPEATED and last != pieces[0]:
        return last
    whole = "".join(before)
    return whole if len(before) > 1 and last == whole and len(whole) >= REPEATED else whole + last


@dataclass
class _Call:
    """A call as far as it has come."""

    id: str
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    split: bool = False
    """Whether it was begun because the one before was whole, and not because a number or an id said so."""

    @property
    def arguments(self) -> str:
        """Parts where they add up to an object, as they do nearly always."""
        whole = "".join(self.pieces)
        return whole if is_object(whole) else join(self.pieces)


class _Calls:
    """The calls of a stream, in the order in which they began."""

    def __init__(self) -> None:
        self._begun: list[_Call] = []
        self._places: dict[int | str, _Call] = {}

    def add(self, delta: Json) -> None:
        for piece in in_order(delta.get("tool_calls")):  # TGI streams one call, not a list of them
            function = piece.get("function", piece) if isinstance(piece, Mapping) else None
            if isinstance(piece, Mapping) and isinstance(function, Mapping):
                call_id = piece.get("id")
                self._add(piece.get("index"), call_id if isinstance(call_id, str) else "", function)
        if isinstance(legacy := delta.get("function_call"), Mapping):
            self._add("function_call", "", legacy)

    def _add(self, index: object, call_id: str, function: Json) -> None:
        name, arguments = function.get("name"), function.get("arguments")
        name = name if isinstance(name, str) else ""
        if not isinstance(arguments, str):
            arguments = json.dumps(arguments, ensure_ascii=False) if arguments else ""
        place = index if isinstance(index, int | str) else call_id or next(reversed(self._places), 0)
        call = self._places.get(place)
        # some number every call 0, and some give every piece an id of its own: a call begins with both, id and name
        other = call is not None and bool(call_id) and call.id not in ("", call_id)
        # gateways before Gemini give all parallel calls the number 0 and no id, one not even a name: a name, or an
        # object, after whole arguments begins another call, unless it says the same again
        whole = call.arguments if call and not call_id and (name or is_object(arguments)) else ""
        split = is_object(whole) and whole.strip() != "{}" and not arguments.startswith(whole)
        if call is None or split or (name and other):
            self._places.pop(place, None)  # so that it is the last one again
            name = name or (call.name if call and split else "")
            call = self._places[place] = _Call(call_id, split=split)
            self._begun.append(call)
        if not any(call.pieces):
            # as far as it goes, again with each piece, or in pieces
            call.name = name if name.startswith(call.name) else call.name + name
        call.pieces.append(arguments)

    def as_list(self) -> list[Json]:
        """Each call once: some list the same one at two places, or end it with its name and nothing else."""
        listed = dict[tuple[object, ...], Json]()
        for n, call in enumerate(self._begun):
            if not (call.split and not call.arguments):
                key = (call.id, call.name, call.arguments) if call.id else (n,)
                listed.setdefault(key, {"function": {"name": call.name, "arguments": call.arguments}})
        return list(listed.values())
