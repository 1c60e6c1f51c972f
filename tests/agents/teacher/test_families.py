"""Calls in the words of models whose server has no parser for them: one family's template at a time."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.schema import Schema
from agents.teacher.reading import text_calls
from agents.teacher.reading.reasoning import has_markup, split
from agents.teacher.request import Answer

DOCS = Path(__file__).parents[3] / "docs" / "endpoints.md"
Arguments = dict[str, Any]
PROPERTIES: Schema = {"city": {"type": "string"}, "days": {"type": "integer"}, "metric": {"type": "boolean"}}
TOOLS: list[Schema] = [
    {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": PROPERTIES}}}
]
ARGUMENTS: Arguments = {"city": "São Tomé, 2", "days": 3, "metric": True}


def named(arguments: Arguments, key: str = "arguments", name: str = "name") -> str:
    return json.dumps({name: "weather", key: arguments}, ensure_ascii=False)


def keywords(arguments: Arguments) -> str:
    return f"weather({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def texts(arguments: Arguments) -> dict[str, str]:
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()}


def invoked(own: str = "", more: str = "") -> Callable[[Arguments], str]:
    def write(arguments: Arguments) -> str:
        fields = "".join(
            f'<{own}parameter name="{key}"{more}>{text}</{own}parameter>\n' for key, text in texts(arguments).items()
        )
        return f'<{own}invoke name="weather">\n{fields}</{own}invoke>'

    return write


def gemma(arguments: Arguments) -> str:
    fields = ",".join(
        f"{key}:<escape>{text}<escape>" if isinstance(arguments[key], str) else f"{key}:{text}"
        for key, text in texts(arguments).items()
    )
    return f"<start_function_call>call:weather{{{fields}}}<end_function_call>"


def seed(arguments: Arguments) -> str:
    fields = "".join(f"<parameter={key}>{text}</parameter>" for key, text in texts(arguments).items())
    return f"<seed:tool_call>\n<function=weather>\n{fields}\n</function>\n</seed:tool_call>"


FAMILIES: dict[str, Callable[[Arguments], str]] = {
    "calls as bare JSON": lambda a: named(a, "parameters"),
    "calls as bare JSON in a row": lambda a: f"{named(a)}; {named(a)}",
    "calls as a bare list": lambda a: f"[{named(a)}]",
    "calls as JSON in a fence": lambda a: f"```json\n{named(a)}\n```",
    "calls as OpenAI's own field": lambda a: (
        f'{{"tool_calls": [{{"type": "function", "function": {named(a)}}}]}}'  # the whole message was said
    ),
    "calls as Llama 3.2 writes them": lambda a: f"[{keywords(a)}]",
    "calls as Llama 3.1 writes them": lambda a: f"<|python_tag|>{keywords(a).replace('weather', 'weather.call')}",
    "calls as MiniMax writes them": lambda a: f"<minimax:tool_call>\n{invoked()(a)}\n</minimax:tool_call>",
    "calls as Anthropic's older models write them": lambda a: f"<function_calls>\n{invoked()(a)}\n</function_calls>",
    "calls as Step writes them": lambda a: f"<steptml:tool_calls>{invoked('steptml:')(a)}</steptml:tool_calls>",
    "calls as DeepSeek V3.2 writes them": lambda a: (
        f"<｜DSML｜function_calls>\n{invoked('｜DSML｜', ' string=true')(a)}\n</｜DSML｜function_calls>"
    ),
    "calls as Nemotron writes them": lambda a: f"<TOOLCALL>[{named(a)}]</TOOLCALL>",
    "calls as Granite writes them": lambda a: f"<|tool_call|>[{named(a)}]",
    "calls as Phi writes them": lambda a: f"<|tool_call|>[{named(a)}]<|/tool_call|>",
    "calls as LFM writes them": lambda a: f"<|tool_call_start|>[{keywords(a)}]<|tool_call_end|>",
    "calls as Cohere writes them": lambda a: f"<|START_ACTION|>[{named(a, 'parameters', 'tool_name')}]<|END_ACTION|>",
    "calls as InternLM writes them": lambda a: f"<|action_start|><|plugin|>\n{named(a, 'parameters')}<|action_end|>",
    "calls as Seed writes them": seed,
    "calls as Gemma writes them": gemma,
    "calls as Gemma's code": lambda a: f"```tool_code\nprint({keywords(a)})\n```",
    "calls as Qwen's agent writes them": lambda a: f"✿FUNCTION✿: weather\n✿ARGS✿: {json.dumps(a)}\n✿RESULT✿:",
    "calls as Apertus writes them": lambda a: f'<|tools_prefix|>[{{"weather": {json.dumps(a)}}}]<|tools_suffix|>',
    "calls as OLMo writes them": lambda a: f"<function_calls>\n{keywords(a)}\n</function_calls>",
    "calls as Glaive writes them": lambda a: (
        f'<functioncall> {{"name": "weather", "arguments": {json.dumps(json.dumps(a))}}} <|endoftext|>'
    ),
    "calls as FireFunction writes them": lambda a: f"functools[{named(a)}]",
    "calls as Hermes writes them in Python": lambda a: (
        f"<tool_call>\n{ ({'name': 'weather', 'arguments': a})!r}\n</tool_call>"
    ),
    "calls as Hunyuan writes them": lambda a: (
        f"<tool_calls>\n<tool_call>weather\n```json\n{json.dumps(a)}\n```\n</tool_call>\n</tool_calls>"
    ),
}


def react(form: Callable[[Arguments], str], after: str = "\nObservation: It rains.\nFinal Answer: It rains.") -> Any:
    return lambda a: f"Thought: I need the weather.\nAction: weather\nAction Input: {form(a)}{after}"


FAMILIES |= {
    "calls as ReAct writes them": react(json.dumps),
    "calls as ReAct in a fence": react(lambda a: f"\n```json\n{json.dumps(a, indent=2)}\n```\n"),
    "calls as ReAct in Python": react(repr, ""),
    "calls as ReAct in pairs": react(lambda a: "\n".join(f"{key}: {text}" for key, text in texts(a).items())),
    "calls as ReAct on one line": lambda a: (
        f"Thought: I need the weather. Action: weather Action Input: {json.dumps(a)} Observation: It rains."
    ),
    "calls as ReAct in bold": lambda a: (
        f"**Thought 1:** Hm.\n**Action 1:** `weather`\n**Action Input 1:** {json.dumps(a)}"
    ),
    "calls as ReAct's keywords": lambda a: f"Thought: Hm.\nAction: {keywords(a)}\nObservation: {{}}",
    "calls as LangChain's structured chat": lambda a: (
        f"Action:\n```json\n{json.dumps({'action': 'weather', 'action_input': a})}\n```\nObservation: It rains."
    ),
}


def answer(words: str) -> Answer:
    return Answer(content=split(words)[1])


@pytest.mark.parametrize("before", ["", "Let me look that up.\n"])
@pytest.mark.parametrize("family", FAMILIES)
def test_calls_in_the_words_are_read(family: str, before: str) -> None:
    read = text_calls.read(answer(before + FAMILIES[family](ARGUMENTS)), TOOLS)
    count = 2 if family.endswith("in a row") else 1
    assert [(call["name"], json.loads(call["arguments"])) for call in read.tool_calls] == [
        ("weather", ARGUMENTS)
    ] * count
    assert (read.content, read.finish) == (before.strip(), "tool_calls")


@pytest.mark.parametrize("family", FAMILIES)
def test_calls_of_a_tool_that_was_not_offered_stay_words(family: str) -> None:
    said = answer(FAMILIES[family](ARGUMENTS).replace("weather", "teleport"))
    assert text_calls.read(said, TOOLS) == said
    unmarked = (
        "calls as bare",
        "calls as a bare",
        "calls as JSON",
        "calls as OpenAI",
        "calls as Llama 3.2",
        "calls as Fire",
        "calls as ReAct's keywords",
        "calls as LangChain",
    )
    assert has_markup(said.content) or family.startswith(unmarked), "marks of a template are no answer either"


@pytest.mark.parametrize(
    "words",
    [
        "The tool is called weather.",
        'I sent {"name": "weather", "arguments": {"city": "Bonn"}} and it failed.',
        '{"name": "weather", "arguments": "Bonn"}',
        '{"name": "weather", "temperature": 3}',
        "Ask weather (the tool)",
        'weather("Bonn")',
        'weather(city="Bonn"',
        "weather(**where)",
        'city = weather(city="Bonn")',
        '{"name": "weather", "arguments": {"city": "Bonn"}}\nThat is what I would call.',
        "<minimax:tool_call>",
        '<invoke name="weather">',
        "The tools are listed below.\nTool: weather\nIt tells how warm it is.",
        "Action: weather the storm\nStatus: done",
        "Observation: it is raining.\nObservation: it is cold.",
        "Thought: I need the weather.\nAction: weather\nAction Input: somewhere near Bonn",
    ],
)
def test_words_about_calls_stay_words(words: str) -> None:
    assert text_calls.read(answer(words), TOOLS).tool_calls == ()


@pytest.mark.parametrize(
    "mark", ["<seed:tool_call>", "</minimax:tool_call>", '<invoke name="x">', "<｜DSML｜invoke", "✿ARGS✿"]
)
def test_marks_of_any_family_are_no_answer(mark: str) -> None:
    assert has_markup(f"It is warm. {mark}")
    assert not has_markup("It is warm: 3 < 4, a <b>bold</b> ✿ and <invoice name='x'>.")


ONLY: Schema = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
SEARCH: list[Schema] = [{"type": "function", "function": {"name": "search", "parameters": ONLY}}]


@pytest.mark.parametrize(
    "written",
    [
        "Action: search\nAction Input: ships to Bonn",
        'Action: search\nAction Input: "ships to Bonn"',
        "Action: search\nAction Input:\n```\nships to Bonn\n```",
        "Action: search[ships to Bonn]",
        "Action: search('ships to Bonn')",
        "Action: search\nAction Input: query = ships to Bonn",
        'Tool: search\nTool Input: {"query": "ships to Bonn"}',
        'Action: search\nAction Input: {"query": "ships to Bonn"}\nI will wait.',
    ],
)
def test_an_action_ends_where_its_observation_is_made_up(written: str) -> None:
    words = f"Thought: I look.\n{written}\nObservation: Three.\nThought: I know.\nFinal Answer: There are three."
    read = text_calls.read(answer(words).model_copy(update={"finish": "length"}), SEARCH)
    (call,) = read.tool_calls
    assert (call["name"], json.loads(call["arguments"])) == ("search", {"query": "ships to Bonn"})
    assert (read.content, read.reasoning, read.finish) == ("", "I look.", "tool_calls")


def test_two_actions_are_two_calls_and_none_is_words() -> None:
    first, second = "Action: search\nAction Input: a: b", 'Action: search\nAction Input: {"query": "Action: stop"}'
    two = f"Thought: Both.\n{first}\n{second}\nObservation: x"
    assert [json.loads(call["arguments"]) for call in text_calls.read(answer(two), SEARCH).tool_calls] == [
        {"query": "a: b"},
        {"query": "Action: stop"},
    ]
    final = "Thought: I need nothing.\nAction: None\nFinal Answer: It is late.\nGood night."
    read = text_calls.read(answer(final), SEARCH)
    assert (read.content, read.reasoning, read.tool_calls) == ("It is late.\nGood night.", "I need nothing.", ())
    assert text_calls.read(answer("Thought: What now?"), SEARCH).content == "", "a thought is said to nobody"


MARKED = '<tool_call>\n{"name": "search", "arguments": {"query": "ships"}}\n</tool_call>'
SHIPS = {"name": "search", "arguments": '{"query":"ships"}'}


def test_calls_left_in_the_words_beside_themselves_are_taken_out() -> None:
    both = Answer(content=f"I look.\n{MARKED}", tool_calls=({"name": "search", "arguments": '{"query": "ships"}'},))
    assert text_calls.read(both, SEARCH) == both.model_copy(update={"content": "I look."})
    other = both.model_copy(update={"tool_calls": ({"name": "search", "arguments": '{"query": "boats"}'},)})
    assert text_calls.read(other, SEARCH) == other


@pytest.mark.parametrize(("thoughts", "calls"), [(f"I look.\n{MARKED}", (SHIPS,)), (f"{MARKED} No, I ask first.", ())])
def test_calls_that_end_the_thinking_are_calls(thoughts: str, calls: tuple[Any, ...]) -> None:
    read = text_calls.read(Answer(content="\n", reasoning=thoughts), SEARCH)
    assert (read.tool_calls, read.content.strip()) == (calls, "")
    assert read.reasoning == ("I look." if calls else thoughts)


def test_the_docs_list_every_family() -> None:
    rows = re.findall(r"^\| ([^|]*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [family for family in FAMILIES if family not in rows] == []
