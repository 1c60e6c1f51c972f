"""One conversation -> prompts and answers, as inference would send and receive them: the render gate.

A student is trained on exactly the tokens that a server would have put before it and on the answer it should have
given, stop token included. So every assistant turn is rendered twice by the student's own chat template: as the prompt
of that turn, and answered. What the template has no room for is left out and counted (reasoning, text beside a call) or
said in another way and counted (calls at once, one after the other). What it loses or changes beyond that is a
RenderError: the row is refused.
"""

import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pydantic import JsonValue

from agents.errors import RenderError
from finetune.data.conversation import Conversation, Json, Utterance
from finetune.data.template import Template

NO_THOUGHT = "thoughts that the chat template never shows"
NO_TEXT = "texts beside a call, for which the chat template has no room"
IN_TURN = "answers with several calls, said one after the other"
CLOSED = "answers that close at once the thought that the prompt opens"
OPEN_THOUGHT = re.compile(r"<think>\s*\Z")
LONG = 40
"""Messages above which a conversation is rendered in windows."""
WINDOW = 12
"""Messages that a window has at least, before the next begins."""


@dataclass(frozen=True)
class RenderedTurn:
    """One assistant turn as text: what is sent, and what should come back up to the stop token."""

    prompt: str
    answer: str
    utterance: Utterance


def render_turns(
    conversation: Conversation, template: Template, notes: Counter[str] | None = None
) -> list[RenderedTurn]:
    """Each assistant turn of a conversation; `notes` counts what was left out or said in another way.

    Raises: RenderError: an answer does not follow its prompt, does not end at a stop token, or something is lost.
    """
    counted = Counter[str]() if notes is None else notes
    utterances = list(_adapt(conversation.utterances, template, counted))
    answer_numbers = [number for number, utterance in enumerate(utterances) if utterance.role == "assistant"]
    if not any(utterances[number].learn for number in answer_numbers):
        raise RenderError("no assistant turn" if not answer_numbers else "no assistant turn is to be learned")
    renderings = Renderings(template, [template.message(utterance) for utterance in utterances], conversation.tools)
    turns, shown, before = list[RenderedTurn](), 0, ""
    for number in answer_numbers:
        turn = _render_turn(utterances, renderings, number, counted)
        # what is new stands at the end, most often: a search from the start would be quadratic
        fresh = turn.prompt[len(before) :] if turn.prompt.startswith(before) else turn.prompt
        for place, utterance in enumerate(utterances[shown:number], shown):
            if utterance.role == "assistant" or _is_shown(utterance.text, fresh):
                continue
            if not _is_shown(utterance.text, turn.prompt):
                raise RenderError(f"message {place}: the chat template drops what the {utterance.role} said")
        turns.append(turn)
        shown, before = number + 1, turn.prompt
    # One look is enough: templates show the tools in the first prompt, or in none.
    for tool in conversation.tools:
        function = tool["function"]
        if isinstance(function, dict) and not all(
            _is_shown(str(function.get(key) or ""), turns[0].prompt) for key in ("name", "description")
        ):
            raise RenderError(f"the chat template does not show the tool {function['name']}")
    return turns


def _adapt(utterances: Sequence[Utterance], template: Template, notes: Counter[str]) -> Iterator[Utterance]:
    """The utterances in a form that the template has room for; `notes` counts what that changes."""
    habits = template.habits
    names = {call.id: call.name for utterance in utterances for call in utterance.calls}
    queue = deque(utterances)
    while queue:
        utterance = queue.popleft()
        if utterance.role == "tool" and habits.named_results and not utterance.name:
            utterance = replace(utterance, name=names.get(utterance.call_id, ""))
        if utterance.thought and not habits.thought_key:
            notes[NO_THOUGHT] += 1
            utterance = replace(utterance, thought="")
        if utterance.calls and utterance.text.strip():
            room = habits.thought_and_text if utterance.thought else habits.text_beside_calls
            if not room:
                notes[NO_TEXT] += 1
                utterance = replace(utterance, text="")
        if len(utterance.calls) > 1 and not habits.parallel:
            notes[IN_TURN] += 1
            results = []
            while queue and queue[0].role == "tool":
                results.append(queue.popleft())
            # each call as an answer of its own, followed by its result; the words stand before the first
            by_id = {result.call_id: result for result in results}
            if len(by_id) != len(results) or not all(call.id in by_id for call in utterance.calls):
                raise RenderError("the chat template takes one call an answer, and the results of these name no call")
            for call in utterance.calls:
                yield replace(utterance, calls=(call,))
                yield by_id[call.id]
                utterance = replace(utterance, text="", thought="")
        else:
            yield utterance


class Renderings:
    """What a template makes of a conversation up to each of its messages.

    A template writes every prompt from its start, so that a long conversation would take time by the square of its
    length. Such a one is rendered in windows instead: the messages before the first answer, and the last few. What the
    windows add up to must be what the template makes of the whole, to the letter; else each prompt is rendered whole.
    """

    def __init__(self, template: Template, messages: Sequence[Json], tools: Sequence[Json]) -> None:
        self.template, self.messages, self.tools = template, messages, tools
        self._joined: dict[tuple[int, bool], tuple[str, str]] = {}
        if len(messages) <= LONG:
            return
        roles = [message["role"] for message in messages]
        begin = roles.index("assistant") if "assistant" in roles else 0
        head, joined = messages[:begin], dict[tuple[int, bool], tuple[str, str]]()

        def render_tail(count: int, prompt: bool) -> str:
            """What a window up to `count` messages has behind the head."""
            text = template.render([*head, *messages[begin:count]], tools, prompt)
            if not text.startswith(start):
                raise RenderError("the chat template rewrites how a conversation begins")
            return text[len(start) :]

        answer_numbers = [number for number, role in enumerate(roles) if role == "assistant"]
        with suppress(RenderError):
            start = before = template.render(head, tools, prompt=False)
            for number in answer_numbers:
                # A window begins with an answer to somebody, as what follows the head does: roles alternate as ever.
                if number - begin >= WINDOW and roles[number - 1] in ("user", "tool"):
                    before += render_tail(number, prompt=False)
                    begin = number
                joined[number, True] = before, render_tail(number, prompt=True)
                joined[number + 1, False] = before, render_tail(number + 1, prompt=False)
            ends = ((answer_numbers[-1], True), (answer_numbers[-1] + 1, False))
            # else the template rewrites earlier turns
            if all("".join(joined[key]) == template.render(messages[: key[0]], tools, key[1]) for key in ends):
                self._joined = joined

    def render(self, count: int, prompt: bool) -> str:
        """The first `count` messages, as a prompt for the next or as they stand."""
        if (count, prompt) in self._joined:
            return "".join(self._joined[count, prompt])
        return self.template.render(self.messages[:count], self.tools, prompt)


def _render_turn(
    utterances: Sequence[Utterance], renderings: Renderings, number: int, notes: Counter[str]
) -> RenderedTurn:
    template, messages, tools = renderings.template, renderings.messages, renderings.tools
    utterance, prompt = utterances[number], renderings.render(number, prompt=True)
    # What an answer is in this template may also be seen behind what it answers, without a history: in place some
    # templates change what came before (Mistral shows the system prompt beside the last user's words only), or forget
    # how a second call begins (DeepSeek-V3).
    places: list[Sequence[Json] | None] = [None]
    if number and utterances[number - 1].role == "tool":
        caller = max((n for n in range(number) if utterances[n].role == "assistant"), default=0)
        places.append([{"role": "user", "content": "?"}, *messages[caller:number]])
    places.append([{"role": "user", "content": "?"}])
    fault = ""
    for alone in places:
        try:
            if alone is None:
                start, whole = prompt, renderings.render(number + 1, prompt=False)
            else:
                start = template.render(alone, tools, prompt=True)
                whole = template.render([*alone, messages[number]], tools, prompt=False)
            answer, added = _read_answer(start, prompt, whole, utterance, template, number)
        except RenderError as error:
            fault = fault or str(error)
            continue
        if not (lost := _find_lost(utterance, answer)):
            notes.update([CLOSED] if added else [])
            return RenderedTurn(prompt, answer, utterance)
        fault = fault or f"message {number}: the chat template loses {lost}"
    raise RenderError(fault)


def _read_answer(
    start: str, prompt: str, whole: str, utterance: Utterance, template: Template, number: int
) -> tuple[str, bool]:
    """What of the answered conversation stands behind its prompt, up to its first stop token, that token included.

    Where the prompt opens a thought and the answer has none, the answer first closes it, in the template's own way if
    it has one; the second value is whether that had to be added here. Only white space may follow the stop token.
    """
    opened, needed = (OPEN_THOUGHT.search(text, max(0, len(text) - 80)) for text in (start, prompt))
    answer, closed = "", False
    if whole.startswith(start):
        answer, closed = whole[len(start) :], opened is not None
    elif opened and whole.startswith(start[: opened.start()]):
        answer = whole[opened.start() :]
        if answer.startswith("<think>"):
            answer, closed = answer.removeprefix("<think>"), True
    else:
        raise RenderError("the chat template changes the prompt once it is answered")
    text, added = (f"\n</think>\n\n{answer}", True) if needed and not closed else (answer, False)
    stops = template.stops
    if any(stop in text for stop in stops):
        end = min(text.index(stop) + len(stop) for stop in stops if stop in text)
        if text[end:].strip():
            raise RenderError(f"message {number}: holds a stop token before its end")
        return text[:end], added
    # Some templates end an answer with the token that begins the next role's turn: it is the stop to learn.
    closing = template.habits.closings.get("calls" if utterance.calls else "text")
    if closing is None:
        raise RenderError(f"message {number}: ends with {text[-20:]!r} and not with a stop token ({' '.join(stops)})")
    return text + closing, added


def _find_lost(utterance: Utterance, answer: str) -> str:
    """What of an utterance is not in its rendered answer, in order; empty where all of it is."""
    text = re.sub(r"<think>.*?</think>", "", utterance.text, flags=re.DOTALL).strip()
    if not _is_shown(text, answer):
        return f"its text {text[:40]!r}"
    if not _is_shown(utterance.thought, answer):
        return f"its reasoning {utterance.thought.strip()[:40]!r}"
    rest = answer.replace(text, "", 1)
    for call in utterance.calls:
        _, name, rest = rest.partition(call.name)
        if not name:
            return f"the call of {call.name}"
        for leaf in _leaf_texts(call.arguments):
            if not _is_shown(leaf, rest):
                return f"{leaf[:40]!r} in the call of {call.name}"
    return ""


def _leaf_texts(value: JsonValue) -> list[str]:
    """Keys and values of a JSON value as text; what templates spell differently (true, null) is left out."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *_leaf_texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _leaf_texts(inner)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _is_shown(text: str, rendered: str) -> bool:
    """Whether a text is there: as it is, as in a JSON string, or with other escapes (LFM2 writes Python's)."""
    plain = text.strip()
    if plain in rendered or any(json.dumps(plain, ensure_ascii=ascii)[1:-1] in rendered for ascii in (False, True)):
        return True
    return ("\n" in plain or "'" in plain or '"' in plain) and _squeeze(plain) in _squeeze(rendered)


def _squeeze(text: str) -> str:
    return re.sub(r"\\[nrt]|[\\\s]", "", text)
