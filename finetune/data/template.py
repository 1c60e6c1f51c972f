"""The student's chat template: what it takes, what it has room for, and what a server would send through it.

Templates differ: some want a call's arguments as an object and some as text, some want call ids of nine letters, some
have room for one call an answer, or for no text beside it. None of that is looked up by a model's name. A template is
asked with short conversations (`probe`), so that one that nobody here has seen is read right as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from pydantic import JsonValue

from agents.errors import RenderError, UsageError
from finetune.data.conversation import Call, Json, Utterance

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase as Tokenizer

TOOLS_FIRST = """{%- if tools %}
{%- set shown = namespace(text='## Tools\n\nYou have access to the following tools:') %}
{%- for tool in tools %}
{%- set function = tool.function if tool.function is defined else tool %}
{%- set shown.text = shown.text ~ '\n\n### ' ~ function.name ~ '\nDescription: ' ~ function.description ~
 '\n\nParameters: ' ~ (function.parameters | tojson) %}
{%- endfor %}
{%- if messages and messages[0].role == 'system' %}
{%- set shown.text = messages[0].content ~ '\n\n' ~ shown.text %}
{%- set messages = messages[1:] %}
{%- endif %}
{%- set messages = [{'role': 'system', 'content': shown.text}] + messages %}
{%- endif %}"""
"""Before a chat template that has calls but shows no tools (DeepSeek's, whose card asks for this form): they are put
behind the system prompt. It is saved with the model, so that a server sends what was trained."""
ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Habits:
    """What a chat template takes and shows; the defaults are those of a template that has room for everything."""

    text_arguments: bool = False
    """A call's arguments are JSON text, not an object."""
    short_ids: bool = False
    """Call ids have nine letters or digits."""
    named_results: bool = False
    """A tool's result must name the tool."""
    parallel: bool = True
    """An answer may hold several calls."""
    text_beside_calls: bool = True
    """Text is shown, and before the call."""
    thought_key: str = "reasoning_content"
    """The key under which reasoning is shown; empty: it never is."""
    thought_and_text: bool = True
    """An answer with a call may have both reasoning and text."""
    tools: bool = True
    """The offered tools are shown."""
    closings: Mapping[str, str] = field(default_factory=dict)
    """What stands between an answer and the next turn, up to a stop token, where the answer itself ends with none:
    of `calls` and of `text`. GLM stops at the token that begins the next role's turn."""


@dataclass(frozen=True)
class Template:
    """A tokenizer's chat template, the tokens at which generation stops, and further arguments for it."""

    tokenizer: "Tokenizer"
    stops: tuple[str, ...]
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)

    @cached_property
    def parting_stops(self) -> tuple[str, ...]:
        """The stop tokens that keep what is before them from what is behind them when a text is tokenised."""
        tokens = {token.content: token for token in self.tokenizer.added_tokens_decoder.values()}
        clean = [stop for stop in self.stops if stop in tokens and not tokens[stop].lstrip and not tokens[stop].rstrip]
        parting = list[str]()
        for stop in clean:
            before, behind, whole = self.tokenize([f"it{stop}", f"{stop}\n is", f"it{stop}\n is"])
            if before + behind[1:] == whole:
                parting.append(stop)
        return tuple(parting)

    def render(self, messages: Sequence[Json], tools: Sequence[Json], prompt: bool) -> str:
        """The conversation so far: as a server sends it for the next answer, or as it stands.

        Raises: RenderError: whatever the template itself raises.
        """
        try:
            text = self.tokenizer.apply_chat_template(
                list(messages),
                tools=list(tools) or None,
                tokenize=False,
                add_generation_prompt=prompt,
                **self.arguments,
            )
        except Exception as error:  # jinja's own, raise_exception's and whatever an expression in it raises
            raise RenderError(f"the chat template failed: {type(error).__name__}: {error}") from error
        return str(text)

    def tokenize(self, texts: list[str]) -> list[list[int]]:
        """Token ids of each text; the template writes its special tokens itself."""
        return list(self.tokenizer(texts, add_special_tokens=False)["input_ids"]) if texts else []

    def message(self, utterance: Utterance) -> Json:
        """An utterance as this template takes it; without empty keys, for some take their mere presence for calls."""
        habits = self.habits
        message: Json = {"role": utterance.role, "content": utterance.text}
        if utterance.thought and habits.thought_key:
            message[habits.thought_key] = utterance.thought
        if utterance.calls:
            message["tool_calls"] = [self._call(call) for call in utterance.calls]
        if utterance.call_id:
            message["tool_call_id"] = _short_id(utterance.call_id) if habits.short_ids else utterance.call_id
        if utterance.name:
            message["name"] = utterance.name
        return message

    def _call(self, call: Call) -> Json:
        text = self.habits.text_arguments
        arguments: JsonValue = orjson.dumps(call.arguments).decode() if text else call.arguments
        name = {"id": _short_id(call.id) if self.habits.short_ids else call.id} if call.id else {}
        return {**name, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _short_id(name: str) -> str:
    """Nine letters or digits that differ where the ids of one conversation do.

    >>> _short_id("call_12"), _short_id("abcdefghi")
    ('call00012', 'abcdefghi')
    """
    if len(name) == 9 and name.isalnum():
        return name
    head, _, number = name.rpartition("_")
    if number.isdecimal() and len(number) <= 5 and head == "call":
        return f"call{int(number):05}"
    # FNV-1a: the same on every machine, which `hash` is not
    total = 0xCBF29CE484222325
    for byte in name.encode():
        total = (total ^ byte) * 0x100000001B3 % 2**64
    return "".join(ID_ALPHABET[total // 36**place % 36] for place in range(9))


def load_template(
    tokenizer: "Tokenizer",
    stop_ids: Sequence[int],
    chat_template: str = "",
    arguments: Mapping[str, JsonValue] | None = None,
) -> Template:
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
    template = Template(tokenizer, stops, arguments or {})
    habits = probe(template)
    if not habits.tools:
        # a name that picks one of several templates is gone with it
        tokenizer.chat_template = TOOLS_FIRST + tokenizer.get_chat_template(tools=[TOOL])
        habits = replace(probe(template), tools=False)
    return replace(template, habits=habits)


def _read(name: str) -> str:
    folder = _templates_folder()
    for path in (Path(name), *([folder / f"{name}.jinja"] if folder else [])):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    names = " ".join(sorted(path.stem for path in folder.glob("*.jinja"))) if folder else "none, trl is not installed"
    raise UsageError(f"--chat-template: no file {name}, and no template of that name; names: {names}")


def _templates_folder() -> Path | None:
    """Where the `trl` package keeps its chat templates; None: it is not installed."""
    package = find_spec("trl")
    return Path(package.origin).parent / "chat_templates" if package and package.origin else None


def training_variant(tokenizer: "Tokenizer") -> str:
    """The name of the shipped template that differs from the student's only in keeping earlier turns; else empty."""
    folder = _templates_folder()
    for path in folder.glob("*_training.jinja") if folder else ():
        plain = path.with_name(path.name.replace("_training", ""))
        if plain.is_file() and plain.read_text(encoding="utf-8") == tokenizer.chat_template:
            return path.stem
    return ""


ASK, THINK, SAY, CITY, MORE = "Probe asks?", "Probe thinks.", "Probe looks.", "Probe's town", "Probeham"
"""Words that no template holds of its own; the apostrophe tells Python's spelling of an object from JSON's."""
TOOL: Json = {
    "type": "function",
    "function": {
        "name": "probe_tool",
        "description": "Probes.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "A city."}}},
    },
}


def probe(template: Template) -> Habits:
    """What this template takes and shows, by what becomes of short conversations; never raises."""
    calls = (Call("probe_tool", {"city": CITY}, "call_1"), Call("probe_tool", {"city": MORE}, "call_2"))
    base = Utterance("assistant", calls=calls[:1])

    def text(habits: Habits, answer: Utterance, *behind: Utterance) -> str:
        variant = replace(template, habits=habits)
        messages = [variant.message(each) for each in (Utterance("user", ASK), answer, *behind)]
        try:
            return variant.render(messages, [TOOL], prompt=False)
        except RenderError:
            return ""

    def shows(habits: Habits, answer: Utterance, *words: str) -> bool:
        """Whether these words are there, in this order: Gemma 4 shows text behind a call, where nobody says it."""
        rest = text(habits, answer).partition(ASK)[2].replace("\\'", "'")
        places = [rest.find(word) for word in words]
        return bool(rest) and -1 not in places and places == sorted(places)

    result = Utterance("tool", "{}", call_id="call_1")
    named = replace(result, name="probe_tool")
    options = [Habits(text_arguments=a, short_ids=b, named_results=c) for c, b, a in product((False, True), repeat=3)]
    for habits in options:
        whole = text(habits, base, named if habits.named_results else result)
        # a template that prints an object without `tojson` prints Python's spelling of it, which is not JSON
        if (
            CITY in whole
            and "{'city'" not in whole
            and '{"city": "' + "Probe\\'s" not in whole
            and '\\"city' not in whole
        ):
            break
    else:
        habits = Habits()
    keys = ("reasoning_content", "thinking", "reasoning")
    thinking = [replace(habits, thought_key=key) for key in keys]
    thoughtful = [
        each
        for each in thinking
        if any(shows(each, replace(answer, thought=THINK), THINK) for answer in (base, Utterance("assistant", SAY)))
    ]
    thought_key = thoughtful[0].thought_key if thoughtful else ""
    habits = replace(
        habits,
        thought_key=thought_key,
        parallel=shows(habits, replace(base, calls=calls), CITY, MORE),
        text_beside_calls=shows(habits, replace(base, text=SAY), SAY, CITY),
    )
    try:
        tools = "probe_tool" in template.render([{"role": "user", "content": ASK}], [TOOL], prompt=True)
    except RenderError:
        tools = True
    both = replace(base, text=SAY, thought=THINK)
    habits = replace(habits, thought_and_text=not thought_key or shows(habits, both, THINK, SAY, CITY))
    closings = {}
    for kind, answer, follow in (
        ("calls", base, named if habits.named_results else result),
        ("text", Utterance("assistant", SAY), Utterance("user", ASK)),
    ):
        whole = text(habits, answer)
        rest = text(habits, answer, follow).removeprefix(whole)
        stop = next((stop for stop in template.stops if rest.lstrip().startswith(stop)), "")
        if whole and stop and not whole.rstrip().endswith(template.stops):
            closings[kind] = rest[: rest.index(stop) + len(stop)]
    # a template without any calls is no template for tools at all
    return replace(habits, closings=closings, tools=tools or not shows(habits, base, CITY))
