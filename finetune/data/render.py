"""One row -> prompts and answers, as inference would send and receive them: the render gate.

A student is trained on exactly the tokens that a server would have put before it and on the answer it should have
given, stop token included. So every assistant turn is rendered twice by the student's own chat template: as the prompt
of that turn, and answered. What the template cannot say, drops or changes is a RenderError: the row is refused.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ValidationError

from agents.errors import RenderError, UsageError


def _object(arguments: Any) -> Any:
    # A template that prints arguments as JSON would quote a string twice, so servers parse it first.
    return json.loads(arguments or "{}") if isinstance(arguments, str) else arguments


class Function(BaseModel):
    """What is called, its arguments as an object: rows carry them as OpenAI does, as JSON text."""

    name: str
    arguments: Annotated[dict[str, Any], BeforeValidator(_object)]


class Call(BaseModel):
    """One tool call of an assistant message."""

    id: str = ""
    type: str = ""
    function: Function


class Message(BaseModel):
    """One OpenAI chat message, as servers give it to a template."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Annotated[str, BeforeValidator(lambda content: content or "")] = ""
    reasoning_content: str | None = None
    tool_calls: list[Call] | None = None
    tool_call_id: str = ""
    name: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """Without empty keys: a template may take the mere presence of `tool_calls` for calls."""
        return {**self.model_dump(exclude_defaults=True), "content": self.content}


class Row(BaseModel):
    """What training needs of a line of trajectories.jsonl."""

    messages: list[Message]
    tools: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Turn:
    """One assistant turn as text: what is sent, and what should come back up to the stop token."""

    prompt: str
    answer: str


@dataclass(frozen=True)
class Template:
    """A tokenizer's chat template and the tokens at which generation stops."""

    tokenizer: Any
    stops: tuple[str, ...]

    def prompt(self, messages: Sequence[dict[str, Any]], tools: list[Any]) -> str:
        """What a server sends for the next assistant turn."""
        return self._render(messages, tools, True)

    def answered(self, messages: Sequence[dict[str, Any]], tools: list[Any]) -> str:
        """The conversation so far, its last turn included."""
        return self._render(messages, tools, False)

    def ids(self, texts: list[str]) -> list[list[int]]:
        """Token ids of each text; the template writes its special tokens itself."""
        return list(self.tokenizer(texts, add_special_tokens=False)["input_ids"])

    def _render(self, messages: Sequence[dict[str, Any]], tools: list[Any], ask: bool) -> str:
        try:
            text = self.tokenizer.apply_chat_template(
                list(messages), tools=tools or None, tokenize=False, add_generation_prompt=ask
            )
        except Exception as error:  # jinja's own, raise_exception's and whatever an expression in it raises
            raise RenderError(f"the chat template failed: {type(error).__name__}: {error}") from error
        return str(text)


def template(tokenizer: Any, stop_ids: Sequence[int], chat_template: str = "") -> Template:
    """The student's template, or another one: a file, or a name that the `trl` package carries (`qwen2_5`).

    Raises: UsageError: there is no template, no such file or name, or no stop token.
    """
    if chat_template:
        tokenizer.chat_template = _read(chat_template)
    if not tokenizer.chat_template:
        raise UsageError("--model: its tokenizer has no chat template; name one with --chat-template, such as qwen2_5")
    stops = tuple(dict.fromkeys(tokenizer.convert_ids_to_tokens([*stop_ids])))
    if not stops:
        raise UsageError("--model: neither tokenizer nor generation_config.json names an end-of-turn token")
    return Template(tokenizer, stops)


def _read(name: str) -> str:
    shipped = find_spec("trl")
    folder = Path(shipped.origin).parent / "chat_templates" if shipped and shipped.origin else None
    for path in (Path(name), *([folder / f"{name}.jinja"] if folder else [])):
        if path.is_file():
            return path.read_text()
    known = " ".join(sorted(path.stem for path in folder.glob("*.jinja"))) if folder else "none, trl is not installed"
    raise UsageError(f"--chat-template: no file {name}, and no template of that name; names: {known}")


def turns(row: dict[str, Any], template: Template) -> list[Turn]:
    """Each assistant turn of a row of OpenAI messages and tools.

    Raises: RenderError: an answer does not follow its prompt, does not end at a stop token, or something is lost.
    """
    try:
        read = Row.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        raise RenderError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}: {str(first['input'])[:80]}") from None
    spoken = [number for number, message in enumerate(read.messages) if message.role == "assistant"]
    if not spoken:
        raise RenderError("no assistant turn")
    found = [_turn(read, number, template) for number in spoken]
    _check_kept(read, spoken[-1], found[-1].prompt)
    return found


def _turn(row: Row, number: int, template: Template) -> Turn:
    messages = [message.plain for message in row.messages[: number + 1]]
    prompt, whole = template.prompt(messages[:-1], row.tools), template.answered(messages, row.tools)
    if not whole.startswith(prompt):
        raise RenderError(f"message {number}: the chat template changes the prompt once it is answered")
    answer = _stopped(whole[len(prompt) :], template.stops, number)
    if lost := _lost(row.messages[number], answer):
        raise RenderError(f"message {number}: the chat template loses {lost}")
    return Turn(prompt, answer)


def _stopped(text: str, stops: Sequence[str], number: int) -> str:
    """The text up to its first stop token, that token included; only white space may follow it."""
    ends = [text.index(stop) + len(stop) for stop in stops if stop in text]
    if not ends:
        raise RenderError(f"message {number}: ends with {text[-20:]!r} and not with a stop token ({' '.join(stops)})")
    if text[min(ends) :].strip():
        raise RenderError(f"message {number}: holds a stop token before its end")
    return text[: min(ends)]


def _lost(message: Message, answer: str) -> str:
    """What of an assistant message is not in its rendered answer, in order; empty where all of it is."""
    spoken = re.sub(r"<think>.*?</think>", "", message.content, flags=re.DOTALL).strip()
    if not _in(spoken, answer):
        return f"its text {spoken[:40]!r}"
    rest = answer.replace(spoken, "", 1)
    for called in (call.function for call in message.tool_calls or ()):
        _, found, rest = rest.partition(called.name)
        if not found:
            return f"the call of {called.name}"
        for leaf in _leaves(called.arguments):
            if not _in(leaf, rest):
                return f"{leaf[:40]!r} in the call of {called.name}"
    return ""


def _leaves(value: Any) -> list[str]:
    """Keys and values of a JSON value as text; what templates spell differently (true, null) is left out."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *_leaves(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _leaves(inner)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _in(text: str, rendered: str) -> bool:
    """Whether a text is there, as it is or as in a JSON string."""
    return text.strip() in rendered or json.dumps(text.strip(), ensure_ascii=False)[1:-1] in rendered


def _check_kept(row: Row, last: int, prompt: str) -> None:
    for number, message in enumerate(row.messages[:last]):
        if message.role != "assistant" and not _in(message.content, prompt):
            raise RenderError(f"message {number}: the chat template drops what the {message.role} said")
    for function in (tool["function"] for tool in row.tools):
        if not all(_in(function.get(key) or "", prompt) for key in ("name", "description")):
            raise RenderError(f"the chat template does not show the tool {function['name']}")
